"""Results of the bundled studies, run once for all the tests that only read them."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

from geo.language import current
from geo.read.bundled import bundled_folder
from geo.study import StudyResult, load_study
from geo.study.prepare import Prepared, prepare
from geo.study.unit import run_unit

RunBundled = Callable[[str, str], StudyResult]


def runner(folder: Path) -> RunBundled:
    """Return a function that runs one unit of a bundled study, or gives a copy of what an earlier call found.

    Parameters
    ----------
    folder
        Where results are kept for the processes of one run of the tests; empty at its beginning.
    """

    def run_bundled(study: str, unit: str) -> StudyResult:
        # A result holds sentences, so that each language has its own.
        path = folder / f"{study}-{unit}-{current()}.pickle"
        if not path.exists():
            _write(path, pickle.dumps(run_unit(_prepared(study, current()), unit)))
        found: StudyResult = pickle.loads(path.read_bytes())
        return found

    return run_bundled


@cache
def _prepared(study: str, language: str) -> Prepared:
    loaded = load_study(bundled_folder("studies") / study)
    rules = loaded.config.robustness
    if rules is not None:
        # Runs of the whole study take half a minute and tell the tests nothing that those of a district do not.
        none_of_all = {"robustness": rules.model_copy(update={"runs_all": 0})}
        loaded = replace(loaded, config=loaded.config.model_copy(update=none_of_all))
    return prepare(loaded)


def _write(path: Path, content: bytes) -> None:
    """Write a file that another process never sees half-written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    own = path.with_suffix(f".{os.getpid()}")
    own.write_bytes(content)
    own.replace(path)
