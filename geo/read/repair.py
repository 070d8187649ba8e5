"""Make a table of a spreadsheet what its declaration expects, and say every change: old -> new."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd

from geo.language import gettext as _
from geo.read.cells import repair_cells
from geo.read.headers import CODE_PARTS, Header, Record, find_header
from geo.read.rows import Rows
from geo.read.texts import changed, lost_value
from geo.read.workbooks.sheet import Sheet
from geo.tables.check import AMBIGUOUS_HEADING, FILE_ROW, Findings, is_blank
from geo.tables.formulas import harmless
from geo.tables.schema import Table

#: Headings that one message lists.
_MOST_LISTED: Final = 10


def repair_records(
    table: Table, sheet: Sheet, headings: Mapping[str, str], found: Findings
) -> tuple[list[Record], Sequence[str]]:
    """Return the rows of a table below its header under declared names, without titles, totals and notes.

    Parameters
    ----------
    table
        Declaration.
    sheet
        Rows as they stand in the file.
    headings
        The study's own meanings of headings.
    found
        Takes the faults.

    Returns
    -------
    list of Record
        The header first.
    sequence of str
        Names of the columns of the sheet.
    """
    if not sheet.records:
        return [], ()
    header = find_header(table, sheet.records, sheet.merged, headings)
    row = sheet.records[header.last][0]
    _tell_header(table, header, row, headings, found)
    kept = Rows(table, header, sheet.records, found).kept()
    return [(row, header.names), *kept], header.names


def _tell_header(table: Table, header: Header, row: int, headings: Mapping[str, str], found: Findings) -> None:
    """Tell what headings were read as, which of the study's there are not, and of which several mean one column."""
    for written, name in zip(header.written, header.names, strict=True):
        if name != written:
            told = changed(
                "renamed-column",
                written,
                name,
                _("If that is wrong, say what it is under [columns] in the study file."),
            )
            found.add(row, written, told.code, told.message, told.remedy, told.severity)
    _tell_rivals(table, header, row, found)
    for heading in sorted(set(headings) - header.used):
        message = _("The study file names the heading “{heading}”, which the table does not have.")
        remedy = _("Write it as in the file.")
        found.add(row, heading, "unused-heading", message.format(heading=heading), remedy, "warning")


def _tell_rivals(table: Table, header: Header, row: int, found: Findings) -> None:
    """Tell of headings of which several mean one column: which is taken, or that nobody can say."""
    remedy = _("Say which it is under [columns.{table}] in the study file.").format(table=table.name)
    for rivals in header.rivals:
        if rivals.newest:
            others = _listed([heading for heading in rivals.headings if heading != rivals.newest])
            message = _("“{newest}” was read as {column}, because it is the newest; not used: {others}.")
            message = message.format(newest=rivals.newest, column=rivals.column, others=others)
            found.add(row, rivals.column, "several-years", message, remedy, "warning")
        else:
            headings = _listed(rivals.headings)
            message = _("Several columns may be {column}: {headings}.").format(column=rivals.column, headings=headings)
            found.add(row, rivals.column, AMBIGUOUS_HEADING, message, remedy)


def _listed(headings: Sequence[str]) -> str:
    more = ", …" if len(headings) > _MOST_LISTED else ""
    return ", ".join(f"“{heading}”" for heading in headings[:_MOST_LISTED]) + more


def repair_values(
    table: Table, frame: pd.DataFrame, sheet: Sheet, columns: Sequence[str], found: Findings
) -> pd.DataFrame:
    """Return a table whose cells are what its columns expect. Nothing is told of rows whose cells are shifted."""
    shifted = found.bad_rows()
    cells = Findings(found.file)
    frame = repair_cells(table, _with_codes(table, frame, cells), cells)
    rows, declared = set(frame[FILE_ROW].tolist()), {column.name for column in table.columns}
    for (row, column), instead in sorted(sheet.lost.items()):
        if row + 1 in rows and column < len(columns) and columns[column] in declared:
            told = lost_value(instead)
            cells.add(row + 1, columns[column], told.code, told.message, told.remedy, told.severity)
    found.faults += [fault for fault in cells.faults if fault.row not in shifted]
    found.used |= cells.used
    return frame


def repair_layer(table: Table, layer: pd.DataFrame, headings: Mapping[str, str], found: Findings) -> pd.DataFrame:
    """Return a layer, or rows of a database, under declared names, with cells that are what its columns expect."""
    columns = [column for column in layer.columns if column not in {"geometry", FILE_ROW}]
    header = find_header(table, [(1, columns)], (), headings)
    _tell_header(table, header, 1, headings, found)
    meant = zip(columns, header.written, header.names, strict=True)
    layer = layer.rename(columns={column: name for column, written, name in meant if name != written})
    return repair_cells(table, _with_codes(table, layer, found), found)


def _with_codes(table: Table, frame: pd.DataFrame, found: Findings) -> pd.DataFrame:
    """Return a table with the code of each settlement put together, where the file keeps its parts in columns."""
    if table.key in frame.columns or not set(CODE_PARTS) <= set(frame.columns):
        return frame
    codes: list[str | None] = []
    for row, parts in zip(frame[FILE_ROW], zip(*(frame[part] for part in CODE_PARTS), strict=True), strict=True):
        digits = ["" if is_blank(part) else _cell(part).split(".")[0].strip() for part in parts]
        whole = "".join(part.zfill(width) for part, width in zip(digits, CODE_PARTS.values(), strict=True))
        sound = all(part.isdecimal() and len(part) <= n for part, n in zip(digits, CODE_PARTS.values(), strict=True))
        codes.append(whole if sound else None)
        if sound and whole != "".join(digits):
            told = changed("code-parts", " ".join(digits), whole)
            found.add(int(row), table.key, told.code, told.message, told.remedy, told.severity)
    found.used |= set(CODE_PARTS)
    return frame.assign(**{table.key: pd.Series(codes, index=frame.index, dtype="object")})


def write_repaired(frame: pd.DataFrame, table: Table, path: Path) -> None:
    """Write what was read of a table as a clean CSV file: UTF-8, declared column names, one header row.

    Parameters
    ----------
    frame
        The raw frame after repair, as `geo.read.tabular.read_table` returns it: values in the file's units.
    table
        Its declaration. Declared columns come first, in the declared order; columns that it does not know follow.
    path
        File to write; its folder exists.
    """
    named = [str(column) for column in frame.columns if column not in {FILE_ROW, "geometry"}]
    declared = [column.name for column in table.columns if column.name in named]
    names = [*declared, *(name for name in named if name not in declared)]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([_cell(name) for name in names])
        writer.writerows(
            [_cell(value) for value in record] for record in zip(*(frame[name] for name in names), strict=True)
        )


def _cell(value: Any) -> str:
    """Return a cell of a CSV file. What a spreadsheet would compute gets an apostrophe, which reading takes off."""
    if is_blank(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, str):
        return value if _is_number(value) else str(harmless(value))
    return str(value)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
