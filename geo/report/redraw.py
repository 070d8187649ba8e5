"""The map of one unit, drawn anew whenever a file of its study has changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from geo.errors import UsageError
from geo.language import LANGUAGES, current, using
from geo.maps import write_map
from geo.report.folders import why_not_written
from geo.study.config_file import study_file
from geo.study.inputs import Extracts
from geo.study.load import load_study
from geo.study.prepare import prepare
from geo.study.run import check_units
from geo.study.unit import run_unit

#: What has been written: a map without what takes longest, then the whole.
Stage = Literal["draft", "whole"]
#: More files than these in a study folder are not its inputs; those beyond are not watched.
_MOST_FILES: Final = 2_000

State = dict[Path, tuple[int, int]]


@dataclass
class Watch:
    """A study whose files are changed and one of whose maps is looked at.

    Parameters
    ----------
    study
        Study folder, or its study file.
    unit_id
        Unit whose map is drawn.
    target
        Page to write.
    language
        Language in which the page opens.
    """

    study: Path
    unit_id: str
    target: Path
    language: str
    _extracts: Extracts = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._folder = study_file(self.study).parent

    def state(self) -> State:
        """Return when each file of the study folder was last changed, and its size.

        Databases, and layers that come with the program or stand in another folder, are read with every drawing and not
        watched.
        """
        found: State = {}
        for path in sorted(self._folder.rglob("*"))[:_MOST_FILES]:
            try:
                now = path.stat()
            except OSError:  # between two saves a file may be gone for a moment
                continue
            if path.is_file() and path.resolve() != self.target.resolve():
                found[path] = (now.st_mtime_ns, now.st_size)
        return found

    def draw(self) -> Iterator[Stage]:
        """Read the study and write its map, first without what takes longest, then whole.

        Yields
        ------
        str
            ``draft`` and ``whole``, each when the page is written.

        Raises
        ------
        DataError
            If the study has errors, or no such unit.
        UsageError
            If the page cannot be written.
        """
        data = load_study(self.study, self._extracts)
        check_units(data, [self.unit_id])
        prepared = prepare(data)
        stages: tuple[Stage, ...] = ("draft", "whole")
        for stage in stages:
            result = run_unit(prepared, self.unit_id, draft=stage == "draft")
            new = self.target.with_name(f".{self.target.name}.new")
            try:
                self.target.parent.mkdir(parents=True, exist_ok=True)
                with using(self.language):
                    write_map(result, new, LANGUAGES if stage == "whole" else (current(),))
                new.replace(self.target)
            except OSError as error:
                raise UsageError(why_not_written(error, self.target)) from error
            yield stage
