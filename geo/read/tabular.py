"""Read a table or a layer in the order of the file: CSV, workbooks, GeoPackage, GeoJSON and shapefiles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.read.database import DatabaseTable, Location
from geo.read.delimited import TEXTS, note_wrong_length, text_records
from geo.read.files import refusal, require_file, too_large
from geo.read.headers import Record
from geo.read.layers import LAYERS, read_layer
from geo.read.repair import repair_layer, repair_records, repair_values
from geo.read.workbooks.choice import BOOKS, read_sheet
from geo.read.workbooks.sheet import MOST_COLUMNS, MOST_ROWS, Sheet
from geo.tables.check import FAULTS, FILE_ROW, USED, Faults, Findings, check
from geo.tables.schema import Table

#: Cells of a text table: two hundred thousand rows of twenty columns.
_MOST_TEXT_CELLS: Final = 4_000_000
#: Columns of a table that are looked at one by one.
_MOST_COLUMNS: Final = 1_000


def read_raw(path: Location, name: str, layer: str | None = None) -> pd.DataFrame:
    """Read a file without judging its content: the header is its first row.

    Parameters
    ----------
    path
        File: .csv (separated by comma, semicolon or tab), .xlsx, .xls, .ods, .gpkg, .geojson, .shp, or a .zip with one
        shapefile; or rows of a database.
    name
        Name for messages, relative to the study folder.
    layer
        Sheet or layer; the first one by default.

    Returns
    -------
    DataFrame
        Rows in the order of the file, wholly blank ones left out. CSV values are text. Column `file_row` is the row as
        a spreadsheet shows it (header = 1; the first feature of a layer = 2). A GeoDataFrame for a layer; its CRS stays
        None where the layer states none. ``attrs["faults"]`` has rows of a CSV file with more cells than row 1,
        columns that stand twice, and the alphabet where it is not UTF-8: `check` reports them.

    Raises
    ------
    DataError
        If the file is missing or cannot be read at all.
    """
    if isinstance(path, DatabaseTable):
        return path.frame.copy()
    found = Findings(name)
    if _is_layer(path, name):
        frame: pd.DataFrame = read_layer(path, name, layer)
        return frame
    sheet = _sheet(path, name, layer, found)
    frame = _frame(sheet.records, name, found, sheet=sheet.title)
    return _with_faults(frame, found)


def read_table(
    table: Table,
    path: Location,
    name: str,
    layer: str | None = None,
    headings: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Read a file of a declared table as people keep it, and make it what the declaration expects.

    Parameters
    ----------
    table
        Declaration.
    path, name, layer
        As for `read_raw`.
    headings
        The study's own meanings of headings: as written in the file -> declared column.

    Returns
    -------
    DataFrame
        As `read_raw`, under declared names, without rows that belong to no row of the table. Every change is one fault
        in ``attrs["faults"]``, with file, row, column, old and new value (docs/bad-input.md).

    Raises
    ------
    DataError
        If the file is missing or cannot be read at all.
    """
    found = Findings(name)
    if isinstance(path, DatabaseTable):
        return _with_faults(repair_layer(table, path.frame.copy(), headings or {}, found), found)
    if _is_layer(path, name):
        layer_frame: pd.DataFrame = read_layer(path, name, layer)
        return _with_faults(repair_layer(table, layer_frame, headings or {}, found), found)
    sheet = _sheet(path, name, layer, found)
    records, columns = repair_records(table, sheet, headings or {}, found)
    frame = _frame(records, name, found, sheet=sheet.title)
    return _with_faults(repair_values(table, frame, sheet, columns, found), found)


def _is_layer(path: Path, name: str) -> bool:
    """Return whether a file is a layer; refuse what is none of the kinds of files that are read."""
    require_file(path, name)
    suffix = path.suffix.lower()
    if suffix in TEXTS or suffix in BOOKS:
        return False
    if suffix in LAYERS:
        return True
    raise refusal(
        name,
        "unknown-format",
        _("Files of type “{suffix}” cannot be read.").format(suffix=suffix),
        _("Use one of: {choices}.").format(choices=", ".join(sorted(TEXTS | BOOKS | LAYERS))),
    )


def _sheet(path: Path, name: str, title: str | None, found: Findings) -> Sheet:
    """Return the rows of a text table or workbook; a text table is a sheet without a title."""
    if path.suffix.lower() in BOOKS:
        return read_sheet(path, name, title)
    instead = _("Change the end of its name to .xlsx, also where it is named, or save it as “CSV UTF-8”.")
    records, n_cells = [], 0
    for row, cells in text_records(path, name, instead=instead, found=found):
        n_cells += len(cells)
        if n_cells > _MOST_TEXT_CELLS or row > MOST_ROWS or len(cells) > MOST_COLUMNS:
            raise too_large(name)
        records.append((row, cells))
    return Sheet("", tuple(records))


def _with_faults(frame: pd.DataFrame, found: Findings) -> pd.DataFrame:
    if found.faults:
        frame.attrs[FAULTS] = Faults(found.faults)
    if found.used:
        frame.attrs[USED] = found.used
    return frame


def read_declared(
    table: Table,
    path: Location,
    name: str,
    *,
    layer: str | None = None,
    choices: dict[str, tuple[str, ...]] | None = None,
    headings: Mapping[str, str] | None = None,
) -> tuple[pd.DataFrame, list[Fault]]:
    """Read a file and check it against its declaration: hazards, closures, costs, speeds, reference distances.

    Parameters
    ----------
    table
        Declaration.
    path, name, layer
        As for `read_raw`.
    choices
        Values that the study allows in some columns.
    headings
        As for `read_table`.

    Returns
    -------
    DataFrame
        Sound rows under the program's names.
    list of Fault
        Every fault, located.

    Raises
    ------
    DataError
        If the file is missing or cannot be read at all.
    """
    return check(table, read_table(table, path, name, layer, headings), name, choices=choices)


def note_repeated_columns(names: Iterable[str], found: Findings) -> None:
    """Note each column name that stands in row 1 more than once; blank ones are no names."""
    for name, times in Counter(names).items():
        if name and times > 1:
            message = _("The column {name} stands twice.").format(name=name)
            found.add(1, name, "repeated-column", message, _("Delete one of them, or give it another name."))


def _frame(records: Iterable[Record], name: str, found: Findings, *, sheet: str = "") -> pd.DataFrame:
    """Return rows as a table. In text, cells beyond the last named column are a comma too many, not a column."""
    rows, is_text = iter(records), not sheet
    header = [str(value).strip() if value is not None else "" for value in next(rows, (1, ()))[1]]
    if not any(header):
        raise _no_header(name, sheet)
    while is_text and not header[-1]:
        header.pop()
    note_repeated_columns(header, found)
    kept, numbers = [], []
    for number, record in rows:
        if any(value is not None and str(value).strip() for value in record):
            if is_text and any(value.strip() for value in record[len(header) :]):
                note_wrong_length(record, len(header), number, found)
            kept.append(list(record[: len(header)] if is_text else record))
            numbers.append(number)
    width = max([len(header), *(len(record) for record in kept)])
    columns = _unique([*header, *[""] * (width - len(header))])
    table = {
        column: pd.Series([record[i] if i < len(record) else None for record in kept], dtype="object")
        for i, column in enumerate(columns)
    }
    frame = pd.DataFrame(table, columns=columns)
    nameless = [column for i, column in enumerate(columns) if i >= len(header) or not header[i]]
    again = [column for i, column in enumerate(columns) if i < len(header) and column != header[i] and header[i]]
    blank = [column for column in nameless if frame[column].isin([None, ""]).all()]
    frame = frame.drop(columns=[*again, *blank])
    if frame.shape[1] > _MOST_COLUMNS:
        message = _("There are {n} columns; a table of this program has some dozens.").format(n=frame.shape[1])
        raise refusal(name, "too-many-columns", message, _("Delete the columns that do not belong to the table."))
    frame[FILE_ROW] = np.array(numbers, dtype=np.int64)
    return frame


def _no_header(name: str, sheet: str) -> DataError:
    if not sheet:
        return refusal(name, "no-header", _("Row 1 has no column names."), _("Put the column names into row 1."))
    return refusal(
        name,
        "no-header",
        _("Row 1 of sheet “{sheet}” has no column names.").format(sheet=sheet),
        _("Put the column names into row 1, or move the sheet with the table to the front."),
    )


def _unique(header: Sequence[str]) -> list[str]:
    """Give nameless columns a name, so that the check can report them, and repeated ones a number."""
    taken: dict[str, int] = {}
    names = []
    for position, written in enumerate(header, start=1):
        title = written or f"column_{position}"
        taken[title] = taken.get(title, 0) + 1
        names.append(title if taken[title] == 1 else f"{title}.{taken[title]}")
    return names
