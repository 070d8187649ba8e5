"""Results of the bundled studies, found once for all the tests that only read them."""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from geo.language import current, using
from geo.read.bundled import bundled_folder
from geo.study import StudyResult, load_study
from geo.study.prepare import Prepared, prepare
from geo.study.unit import run_unit

RunBundled = Callable[[str, str], StudyResult]
PrepareBundled = Callable[[str], Prepared]

#: Between two looks whether the other process is done, and how often one looks: then that process is taken for dead.
_WAIT_SECONDS = 0.05
_LOOKS = 12_000
#: Enough that pages speak of every kind of site.
_RUNS_FOR_WORDS = 20


class Bundled:
    """The bundled studies: what is worked out about one is kept for all processes of one run of the tests.

    Parameters
    ----------
    folder
        Where it is kept; empty at the beginning of the run.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def run(self, study: str, unit: str) -> StudyResult:
        """Return the result of a unit, a copy of its own for every caller."""
        # A result holds sentences, so that each language has its own.
        name = f"{study}-{unit}-{current()}"
        found: StudyResult = pickle.loads(self._kept(name, lambda: self._find(study, unit)))
        return found

    def _find(self, study: str, unit: str) -> StudyResult:
        if current() == "en":
            return run_unit(self.prepared(study), unit)
        # The best plans of a page that plays hold no words, and take most of the time: they are those of English.
        with using("en"):
            playable = self.run(study, unit).what_if
        with patch("geo.study.unit.what_if", lambda part: playable[part.service.name]):
            return run_unit(self.prepared(study), unit)

    def prepared(self, study: str) -> Prepared:
        """Return what the units of a study share; all callers of a process get the same, and only read it."""
        return _prepared(self, study, current())

    def _kept(self, name: str, find: Callable[[], Any]) -> bytes:
        """Return what was found under a name, pickled; the first process to ask finds it, others wait."""
        path = self.folder / f"{name}.pickle"
        with _held(path.with_suffix(".lock")):
            if not path.exists():
                path.with_suffix(".new").write_bytes(pickle.dumps(find(), protocol=pickle.HIGHEST_PROTOCOL))
                path.with_suffix(".new").replace(path)
        return path.read_bytes()


@cache
def _prepared(bundled: Bundled, study: str, language: str) -> Prepared:
    def find() -> Prepared:
        loaded = load_study(bundled_folder("studies") / study)
        rules = loaded.config.robustness
        if rules is not None:
            # Runs of the whole study take half a minute and tell the tests nothing that those of a district do not; in
            # other languages, only the words of the runs matter.
            runs = rules.runs if language == "en" else min(rules.runs, _RUNS_FOR_WORDS)
            fewer = {"robustness": rules.model_copy(update={"runs": runs, "runs_all": 0})}
            loaded = replace(loaded, config=loaded.config.model_copy(update=fewer))
        return prepare(loaded)

    found: Prepared = pickle.loads(bundled._kept(f"{study}-{language}", find))
    return found


@contextmanager
def _held(lock: Path) -> Iterator[None]:
    """Let one process in at a time."""
    for _look in range(_LOOKS):
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
            break
        except FileExistsError:
            time.sleep(_WAIT_SECONDS)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
