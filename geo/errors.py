"""Everything this package raises on purpose.

::

    GeoError                 something a user can mend; `exit_code` says how the command line ends
    ├── DataError            input files are wrong: carries every fault found, located
    │   └── StudyFileError   the study file itself is wrong
    ├── UsageError           the command was called wrongly
    └── SolverError          the siting solver broke its own promise; never shown as a result
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning", "repaired", "note"]


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong with the input, located, with its remedy.

    Parameters
    ----------
    file
        Name of the file as the planner knows it, relative to the study folder.
    row
        Row as a spreadsheet shows it: the header is row 1. 0 where the fault has no row.
    column
        Column name as written in the file; empty where the fault has no column.
    code
        Short stable identifier, e.g. ``duplicate-id``.
    message
        What is wrong, in the user's language.
    remedy
        What to do about it.
    severity
        ``error`` stops the run; the others are listed on the data-quality page.
    place
        Where it is on the map, (longitude, latitude), as far as that is known. Two findings that differ in it alone
        are one.
    """

    file: str
    row: int
    column: str
    code: str
    message: str
    remedy: str
    severity: Severity = "error"
    place: tuple[float, float] | None = field(default=None, compare=False)

    def __str__(self) -> str:
        """Return one line: where, what, what to do."""
        place = self.file
        if self.row:
            place += f", row {self.row}"
        if self.column:
            place += f", {'key' if self.file.endswith(('.json', '.toml')) else 'column'} {self.column}"
        return f"{place}: {self.message} {self.remedy}".rstrip()


class GeoError(Exception):
    """Something that a user can mend."""

    exit_code = 1


class DataError(GeoError):
    """Input files are wrong. Carries every fault found, so that all can be mended in one go.

    Parameters
    ----------
    faults
        The errors.
    also
        What was found beside them and would not have stopped anything.
    """

    def __init__(self, faults: Iterable[Fault], also: Iterable[Fault] = ()) -> None:
        self.faults = tuple(sorted(faults))
        self.also = tuple(sorted(also))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class StudyFileError(DataError):
    """The study file is wrong."""


class UsageError(GeoError):
    """The command was called wrongly."""

    exit_code = 2


class SolverError(GeoError):
    """A solution did not survive its independent check."""
