"""Read a table or a layer as it stands: CSV, xlsx, GeoPackage, GeoJSON and shapefiles, in the order of the file."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.read.files import no_layer as _no_layer
from geo.read.files import refusal as _unreadable
from geo.read.files import require_file, unreadable_file
from geo.read.layers import LAYERS, read_layer
from geo.tables.check import FAULTS, FILE_ROW, Findings, check
from geo.tables.schema import Table

_TEXT: Final = {".csv", ".tsv", ".txt"}
_BOOK: Final = {".xlsx", ".xlsm"}
_SEPARATORS: Final = ",;\t"
#: A cell in quotes, whichever the separator is.
_QUOTED: Final = r'(?<![^,;\t])"[^"]*(?:""[^"]*)*"(?![^,;\t\r\n])'
_FIRST_RECORD: Final = re.compile(rf"(?:{_QUOTED}|[^\r\n])*")
#: The line by which Excel is told the separator.
_SEPARATOR_LINE: Final = re.compile(r'"?sep=([,;\t|])"?[ ]*(?:\r\n|\r|\n|$)', re.IGNORECASE)
#: How a zip archive begins, and so an Excel workbook.
_ZIP_MARK: Final = b"PK\x03\x04"


def read_raw(path: Path, name: str, layer: str | None = None) -> pd.DataFrame:
    """Read a file without judging its content.

    Parameters
    ----------
    path
        File: .csv (UTF-8, separated by comma, semicolon or tab), .xlsx, .gpkg, .geojson, .shp, or a .zip with one
        shapefile.
    name
        Name for messages, relative to the study folder.
    layer
        Sheet or layer; the first one by default.

    Returns
    -------
    DataFrame
        Rows in the order of the file, wholly blank ones left out. CSV values are text. Column `file_row` is the row as
        a spreadsheet shows it (header = 1; the first feature of a layer = 2). A GeoDataFrame for a layer; its CRS stays
        None where the layer states none. ``attrs["faults"]`` has rows of a CSV file with more cells than row 1, and
        columns that stand twice: `check` reports them.

    Raises
    ------
    DataError
        If the file is missing or cannot be read at all.
    """
    suffix = path.suffix.lower()
    require_file(path, name)
    if suffix in _TEXT:
        return _read_csv(path, name)
    if suffix in _BOOK:
        return _read_book(path, name, layer)
    if suffix in LAYERS:
        frame: pd.DataFrame = read_layer(path, name, layer)
        return frame
    raise _unreadable(
        name,
        "unknown-format",
        _("Files of type “{suffix}” cannot be read.").format(suffix=suffix),
        _("Use one of: {choices}.").format(choices=", ".join(sorted(_TEXT | _BOOK | LAYERS))),
    )


def read_declared(
    table: Table,
    path: Path,
    name: str,
    *,
    layer: str | None = None,
    choices: dict[str, tuple[str, ...]] | None = None,
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
    return check(table, read_raw(path, name, layer), name, choices=choices)


def attach(frame: pd.DataFrame, raw: pd.DataFrame, columns: Sequence[str]) -> None:
    """Carry columns that are in no declared table from the raw rows over to the checked rows, by file row."""
    by_row = raw.set_index(FILE_ROW)
    for column in columns:
        frame[column] = by_row[column].reindex(frame[FILE_ROW]).to_numpy()


def note_wrong_length(record: Sequence[str], n_columns: int, row: int, found: Findings) -> None:
    """Note a row that has more or fewer cells than row 1 has columns; blank cells beyond them do not count."""
    n_cells = len(record)
    while n_cells > n_columns and not record[n_cells - 1].strip():
        n_cells -= 1
    message = _("The row has {n} cells, row 1 has {columns}.").format(n=n_cells, columns=n_columns)
    remedy = _("Write one cell for each column of row 1, and decimal commas in quotes.")
    found.add(row, "", "wrong-length", message, remedy)


def note_repeated_columns(names: Iterable[str], found: Findings) -> None:
    """Note each column name that stands in row 1 more than once; blank ones are no names."""
    for name, times in Counter(names).items():
        if name and times > 1:
            message = _("The column {name} stands twice.").format(name=name)
            found.add(1, name, "repeated-column", message, _("Delete one of them, or give it another name."))


def text_records(path: Path, name: str, *, instead: str = "") -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a CSV file as they stand, the header first: UTF-8, separated by comma, semicolon or tab.

    Parameters
    ----------
    path
        File. A first line ``sep=;`` names the separator and is left out.
    name
        Name for messages.
    instead
        What to do with a workbook; by default to save it as CSV.

    Yields
    ------
    tuple of int and list of str
        Row of the file, the first being 1, and its cells.

    Raises
    ------
    DataError
        If the file cannot be read as text, at the latest when the row that is broken is asked for.
    """
    content = path.read_bytes()
    if content.startswith(_ZIP_MARK):
        raise unreadable_file(
            name,
            _("it is an Excel workbook or a zip archive, not text"),
            instead or _("Save it as “CSV UTF-8”."),
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_utf_8(name, error.start) from error
    if "\0" in text:  # UTF-16 without a mark decodes as UTF-8 where the text is English
        raise _not_utf_8(name, content.index(b"\0"))
    separator, start = _separator(text)
    lines = io.StringIO(text, newline="")
    lines.seek(start)
    try:
        yield from enumerate(csv.reader(lines, delimiter=separator), start=2 if start else 1)
    except csv.Error as error:
        raise unreadable_file(name, error) from error


def _separator(text: str) -> tuple[str, int]:
    """Return the separator of a CSV file, and where its header begins."""
    if stated := _SEPARATOR_LINE.match(text):
        return stated[1], stated.end()
    first = _FIRST_RECORD.match(text)
    header = re.sub(_QUOTED, "", first[0] if first else "")
    return max(_SEPARATORS, key=header.count), 0


def _read_csv(path: Path, name: str) -> pd.DataFrame:
    instead = _("Change the end of its name to .xlsx, also where it is named, or save it as “CSV UTF-8”.")
    return _frame(text_records(path, name, instead=instead), name, is_text=True)


def _not_utf_8(name: str, position: int) -> DataError:
    return _unreadable(
        name,
        "not-utf-8",
        _("The file is not written in UTF-8 (byte {byte}).").format(byte=position + 1),
        _("Save it as “CSV UTF-8”."),
    )


def _read_book(path: Path, name: str, sheet: str | None) -> pd.DataFrame:
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise unreadable_file(
            name,
            _("it is no Excel workbook of type .xlsx"),
            _("Open it in a spreadsheet program and save it as .xlsx or as “CSV UTF-8”."),
        ) from error
    try:
        if sheet is not None and sheet not in book.sheetnames:
            raise _no_layer(name, sheet, book.sheetnames)
        title = sheet or book.sheetnames[0]
        return _frame(enumerate(book[title].iter_rows(values_only=True), start=1), name, sheet=title)
    finally:
        book.close()


def _frame(
    records: Iterable[tuple[int, Sequence[Any]]], name: str, *, sheet: str = "", is_text: bool = False
) -> pd.DataFrame:
    """Return rows as a table. In text, cells beyond the last named column are a comma too many, not a column."""
    rows = iter(records)
    header = [str(value).strip() if value is not None else "" for value in next(rows, (1, ()))[1]]
    if not any(header):
        raise _no_header(name, sheet)
    while is_text and not header[-1]:
        header.pop()
    found = Findings(name)
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
    frame[FILE_ROW] = np.array(numbers, dtype=np.int64)
    if found.faults:
        frame.attrs[FAULTS] = found.faults
    return frame


def _no_header(name: str, sheet: str) -> DataError:
    if not sheet:
        return _unreadable(name, "no-header", _("Row 1 has no column names."), _("Put the column names into row 1."))
    return _unreadable(
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
