"""A sheet of a workbook, and what gathers its cells and stops where there are too many."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

#: Bytes of a workbook, packed or unpacked; a country's list of settlements has some ten million.
MOST_BYTES: Final = 256 * 2**20
#: Cells of a sheet that hold something: a hundred thousand rows of twenty columns.
MOST_CELLS: Final = 2_000_000
#: Cells of the rows that hold something, blank ones included.
MOST_AREA: Final = 8_000_000
#: Rows and columns of the largest sheet of Excel and LibreOffice.
MOST_ROWS: Final = 1_048_576
MOST_COLUMNS: Final = 16_384
#: Characters of one cell; Excel holds 32,767.
MOST_CHARACTERS: Final = 32_767
_DAY_SECONDS: Final = 86_400
#: Formats that show a number as a date or a time (ECMA-376, 18.8.30).
_DATE_FORMATS: Final = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_NO_DATE_PART: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|general', re.IGNORECASE)

#: First row, first column, last row, last column of merged cells, all from 0.
Area = tuple[int, int, int, int]


class BadWorkbookError(Exception):
    """The file is no sound workbook; its text says why, in the user's language."""


class TooLargeError(Exception):
    """The workbook holds more than is read."""


class LockedError(Exception):
    """The workbook asks for a password."""


@dataclass(frozen=True)
class Sheet:
    """Cells of one sheet.

    Parameters
    ----------
    title
        Its name.
    records
        Rows that hold something: row as the program shows it (the first is 1), and its cells; None = blank.
    merged
        Merged cells.
    lost
        Cells whose value is not in the file, from 0: row, column -> what stands there instead, e.g. ``#REF!``.
    """

    title: str
    records: tuple[tuple[int, list[Any]], ...]
    merged: tuple[Area, ...] = ()
    lost: Mapping[tuple[int, int], str] = field(default_factory=dict)


class Cells:
    """Cells of a sheet while it is read."""

    def __init__(self) -> None:
        self._rows: dict[int, dict[int, Any]] = {}
        self._merged: list[Area] = []
        self._lost: dict[tuple[int, int], str] = {}
        self._n_cells = 0

    def put(self, row: int, column: int, value: Any) -> None:
        """Take one cell; rows and columns count from 0. Blank ones and those beyond the largest sheet are none."""
        if value is None or value == "" or not (0 <= row < MOST_ROWS and 0 <= column < MOST_COLUMNS):
            return
        self._count()
        self._rows.setdefault(row, {})[column] = value[:MOST_CHARACTERS] if isinstance(value, str) else value

    def lose(self, row: int, column: int, instead: str) -> None:
        """Take a cell whose value is not in the file."""
        self._count()
        self._lost[row, column] = instead

    def merge(self, area: Area) -> None:
        """Take an area of merged cells."""
        self._count()
        if area[0] <= area[2] < MOST_ROWS and area[1] <= area[3] < MOST_COLUMNS:
            self._merged.append(area)

    def _count(self) -> None:
        self._n_cells += 1
        if self._n_cells > MOST_CELLS:
            raise TooLargeError

    def sheet(self, title: str) -> Sheet:
        """Return the sheet."""
        width = 1 + max((max(cells) for cells in self._rows.values()), default=-1)
        if width * len(self._rows) > MOST_AREA:
            raise TooLargeError
        records = tuple(
            (row + 1, [cells.get(column) for column in range(width)]) for row, cells in sorted(self._rows.items())
        )
        return Sheet(title, records, tuple(sorted(self._merged)), self._lost)


def is_date_format(number: int, code: str = "") -> bool:
    """Return whether a number format shows a date or a time: a built-in one, or one with its code."""
    return number in _DATE_FORMATS or bool(re.search("[dmyhs]", _NO_DATE_PART.sub("", code), re.IGNORECASE))


def as_number(value: float) -> int | float:
    """Return a number as a spreadsheet shows it: whole ones without a fraction."""
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def as_date(serial: float, *, since_1904: bool = False) -> Any:
    """Return the day of a serial number, with its time if it has one; the number itself where there is no such day."""
    if not 0 < serial < 2_958_466:  # the last day is 9999-12-31
        return as_number(serial)
    days = serial + 1_462 if since_1904 else serial + (serial < 60)  # Excel's 1900 has a 29 February
    moment = datetime.datetime(1899, 12, 30) + datetime.timedelta(seconds=round(days * _DAY_SECONDS))
    return moment.date() if moment.time() == datetime.time() else moment
