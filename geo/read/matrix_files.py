"""Files of `geo solve`: minutes from settlements to sites, wide or long; who needs the service; what sites there are.

Ids stay ids here: `geo.travel.given` joins the files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.language import mark
from geo.read.delimited import note_wrong_length, text_records
from geo.read.tabular import note_repeated_columns, read_declared
from geo.tables.check import Findings, parse_number
from geo.tables.schema import Column, Table
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS

Milliseconds = npt.NDArray[np.int32]

SETTLEMENT: Final = "settlement_id"
SITE: Final = "site_id"
MINUTES: Final = "minutes"
#: How files say that there is no way. "No data" is none of them: unknown is not unreachable.
_NO_WAY: Final = {"", "-", "–", "—", "nan", "inf", "+inf", "infinity", "+infinity", "∞"}
#: What a cell that is no number of minutes becomes before it is reported.
_UNREADABLE: Final = -np.inf
_MOST_MINUTES: Final = (UNREACHABLE_MS - 1) // MS_PER_MINUTE
#: Faults of one matrix that are kept: a matrix that is wrong everywhere would have millions.
MOST_FAULTS: Final = 1000

DEMAND: Final = Table(
    "demand",
    mark("Who needs the service, by settlement"),
    (
        Column(SETTLEMENT, "text", mark("Code of the settlement"), required=True),
        Column("demand", "number", mark("People or other demand; 0 = nobody"), unit="persons", required=True, low=0),
    ),
    key=SETTLEMENT,
    needs_rows=True,
)
SITES: Final = Table(
    "sites",
    mark("What may be decided about each site"),
    (
        Column(SITE, "text", mark("Code of the site"), required=True),
        Column(
            "status",
            "text",
            mark("Whether the site is open today, and whether it may be opened or closed"),
            choices=("fixed", "open", "closable", "candidate", "forbidden"),
            default="candidate",
        ),
        Column("capacity", "number", mark("Most demand it can serve"), unit="persons", low=0),
        Column("min_load", "number", mark("Least demand it must serve if it is open"), unit="persons", low=0),
        Column("cost", "number", mark("Cost of opening it"), low=0),
    ),
    key=SITE,
    needs_rows=True,
)


@dataclass(frozen=True, eq=False)
class WideMatrix:
    """A row for each settlement, a column for each site.

    Parameters
    ----------
    file
        Name for messages.
    settlement_ids, site_ids : tuple of str
        Of rows and columns, each unique.
    rows : tuple of int
        Row of the file of each settlement.
    milliseconds : int32 (n_settlements, n_sites)
        `UNREACHABLE_MS` where there is no way.
    """

    file: str
    settlement_ids: tuple[str, ...]
    site_ids: tuple[str, ...]
    rows: tuple[int, ...]
    milliseconds: Milliseconds


@dataclass(frozen=True, eq=False)
class LongMatrix:
    """A row for each pair; pairs that are not listed have no way.

    Parameters
    ----------
    file
        Name for messages.
    settlement_ids, site_ids : tuple of str
        Of each row; each pair at most once.
    rows : tuple of int
        Row of the file of each pair.
    milliseconds : int32 (n_pairs,)
        `UNREACHABLE_MS` where there is no way.
    """

    file: str
    settlement_ids: tuple[str, ...]
    site_ids: tuple[str, ...]
    rows: tuple[int, ...]
    milliseconds: Milliseconds


def read_demand(path: Path) -> tuple[pd.DataFrame, list[Fault]]:
    """Read demand by settlement: `settlement_id` and `demand`, sorted by id, with every fault."""
    return _declared(DEMAND, path)


def read_sites(path: Path) -> tuple[pd.DataFrame, list[Fault]]:
    """Read sites: `site_id`, `status`, `capacity`, `min_load` and `cost`, sorted by id, with every fault.

    A blank status is ``candidate``; blank numbers stay missing.
    """
    return _declared(SITES, path)


def read_matrix(path: Path) -> tuple[WideMatrix | LongMatrix | None, list[Fault]]:
    """Read a matrix of minutes.

    Parameters
    ----------
    path
        CSV file, wide (first column `settlement_id`, the other columns are sites) or long (columns `settlement_id`,
        `site_id`, `minutes`). Blank cells, ``inf`` and ``NaN`` mean that there is no way.

    Returns
    -------
    WideMatrix, LongMatrix or None
        None where there are faults.
    list of Fault
        Every fault, located, but no more than `MOST_FAULTS`.

    Raises
    ------
    DataError
        If the file is missing or cannot be read at all.
    """
    name = _existing(path)
    instead = _("A matrix is a CSV file: save it as “CSV UTF-8”.")
    records = text_records(path, name, instead=instead)
    header = [cell.strip() for cell in next(records, (1, []))[1]]
    while header and not header[-1]:
        header.pop()
    found = Findings(name)
    matrix: WideMatrix | LongMatrix | None = None
    if not header:
        found.add(1, "", "no-header", _("Row 1 has no column names."), _("Put the column names into row 1."))
    elif SETTLEMENT in header and SITE in header:
        matrix = _read_long(header, records, found)
    elif header[0] == SETTLEMENT:
        matrix = _read_wide(header, records, found)
    else:
        found.add(
            1,
            header[0],
            "missing-column",
            _("The first column is not settlement_id."),
            _("Rename it; or write one row for each pair, with columns settlement_id, site_id and minutes."),
        )
    return (None if found.faults else matrix), found.faults


def _declared(table: Table, path: Path) -> tuple[pd.DataFrame, list[Fault]]:
    frame, faults = read_declared(table, path, _existing(path))
    return frame, faults


def _existing(path: Path) -> str:
    """Return the name of a file for messages, as it was typed.

    Raises
    ------
    DataError
        If there is no such file.
    """
    name = str(path)
    if not path.is_file():
        fault = Fault(name, 0, "", "missing-file", _("The file does not exist."), _("Correct its name."))
        raise DataError([fault])
    return name


def _read_wide(header: Sequence[str], records: Iterator[tuple[int, list[str]]], found: Findings) -> WideMatrix:
    site_ids = header[1:]
    note_repeated_columns([name for name in header if name == SETTLEMENT], found)
    _check_sites(site_ids, found)
    first: dict[str, int] = {}
    parts: list[Milliseconds] = []
    for row, record in _filled(records, found):
        settlement = record[0].strip()
        if not _same_length(header, record, row, found):
            continue
        if not settlement:
            found.add(row, SETTLEMENT, "blank-value", _("A value is required here."), _("Fill it in."))
        elif settlement in first:
            _note_repeated(row, SETTLEMENT, settlement, first[settlement], found)
        else:
            first[settlement] = row
            minutes = _minutes_of(record[1 : len(header)])
            _check_minutes(minutes, record[1:], [row] * len(site_ids), site_ids, found)
            parts.append(_milliseconds(minutes))
    if not site_ids or not parts:
        _note_empty(found)
        return WideMatrix(found.file, (), (), (), np.empty((0, 0), dtype=np.int32))
    return WideMatrix(found.file, tuple(first), tuple(site_ids), tuple(first.values()), np.stack(parts))


def _read_long(header: list[str], records: Iterator[tuple[int, list[str]]], found: Findings) -> LongMatrix | None:
    if MINUTES not in header:
        found.add(1, MINUTES, "missing-column", _("The column is missing."), _("Add the column."))
        return None
    note_repeated_columns(header, found)
    at = [header.index(name) for name in (SETTLEMENT, SITE, MINUTES)]
    first: dict[tuple[str, str], int] = {}
    cells: list[str] = []
    for row, record in _filled(records, found):
        if not _same_length(header, record, row, found):
            continue
        settlement, site, minutes = (record[position].strip() for position in at)
        for column, value in ((SETTLEMENT, settlement), (SITE, site)):
            if not value:
                found.add(row, column, "blank-value", _("A value is required here."), _("Fill it in."))
        if settlement and site:
            if (settlement, site) in first:
                _note_repeated(row, SITE, f"{settlement}, {site}", first[settlement, site], found)
                continue
            first[settlement, site] = row
            cells.append(minutes)
    if not cells:
        _note_empty(found)
    values, rows = _minutes_of(cells), tuple(first.values())
    _check_minutes(values, cells, rows, [MINUTES] * len(rows), found)
    settlements, sites = (tuple(pair[end] for pair in first) for end in (0, 1))
    return LongMatrix(found.file, settlements, sites, rows, _milliseconds(values))


def _filled(records: Iterator[tuple[int, list[str]]], found: Findings) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not wholly blank, until there are more faults than anybody reads."""
    for row, record in records:
        if len(found.faults) >= MOST_FAULTS:
            return
        if any(cell and not cell.isspace() for cell in record):
            yield row, record


def _check_sites(site_ids: Sequence[str], found: Findings) -> None:
    seen: set[str] = set()
    for number, site in enumerate(site_ids, start=2):
        if not site:
            message = _("Column {number} has no site in row 1.").format(number=number)
            found.add(1, "", "blank-value", message, _("Fill it in."))
        elif site in seen:
            message = _("The site {site} stands twice.").format(site=site)
            found.add(1, site, "duplicate-id", message, _("Give every column its own code."))
        seen.add(site)


def _same_length(header: Sequence[str], record: Sequence[str], row: int, found: Findings) -> bool:
    """Say whether a row has a cell for each column; blank ones beyond the header are left aside."""
    if len(record) >= len(header) and not any(cell.strip() for cell in record[len(header) :]):
        return True
    note_wrong_length(record, len(header), row, found)
    return False


def _note_repeated(row: int, column: str, value: str, before: int, found: Findings) -> None:
    message = _("{value} is already used in row {row}.").format(value=value, row=before)
    found.add(row, column, "duplicate-id", message, _("Keep one of them."))


def _note_empty(found: Findings) -> None:
    if not found.faults:
        found.add(0, "", "empty-table", _("The matrix has no times."), _("Write a row for each settlement."))


def _minutes_of(cells: Sequence[str]) -> npt.NDArray[np.float64]:
    """Return minutes; not finite and above zero where there is no way, `_UNREADABLE` where a cell is no number."""
    try:
        # The usual row, quickly; "1_000" is a number for Python alone.
        return np.array([cell.replace(",", ".").replace("_", "?") or "nan" for cell in cells], dtype=np.float64)
    except ValueError:
        return np.array([_minutes(cell) for cell in cells], dtype=np.float64)


def _minutes(cell: str) -> float:
    if cell.strip().lower() in _NO_WAY:
        return np.inf
    try:
        return parse_number(cell)
    except ValueError:
        return _UNREADABLE


def _milliseconds(minutes: npt.NDArray[np.float64]) -> Milliseconds:
    """Return whole milliseconds; what is a fault becomes unreachable, and is reported elsewhere."""
    usable = (minutes >= 0) & (minutes <= _MOST_MINUTES)
    ms = np.rint(np.where(usable, minutes, 0.0) * MS_PER_MINUTE)
    return np.where(usable, ms, UNREACHABLE_MS).astype(np.int32)


def _check_minutes(
    minutes: npt.NDArray[np.float64],
    cells: Sequence[str],
    rows: Sequence[int],
    columns: Sequence[str],
    found: Findings,
) -> None:
    """Report cells that are no number, negative, or longer than any trip."""
    wrong = np.flatnonzero((minutes < 0) | (np.isfinite(minutes) & (minutes > _MOST_MINUTES)))
    for k in islice(wrong.tolist(), max(0, MOST_FAULTS - len(found.faults))):
        cell, value = cells[k].strip(), float(minutes[k])
        if value == _UNREADABLE:
            code, message = "unreadable-value", _("“{value}” is not a number of minutes.").format(value=cell[:40])
        elif value < 0:
            code, message = "negative-value", _("{value} minutes cannot be.").format(value=cell)
        else:
            text = _("{value} minutes are longer than any trip (the most is {most}).")
            code, message = "out-of-range", text.format(value=cell, most=_MOST_MINUTES)
        found.add(rows[k], columns[k], code, message, _("Write minutes, or leave the cell blank if there is no way."))
