"""The tables of a result as a workbook for people and as CSV twins for machines. Same result, same bytes."""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from geo.language import current, numbers
from geo.language import gettext as _
from geo.maps.credits import credit_lines
from geo.maps.first_screen import banners, unit_name
from geo.report.workbook.codes import Codes
from geo.report.workbook.places import lookup_tables
from geo.report.workbook.sheets import Sheet, SheetColumn, sheet_titles, sheets
from geo.report.workbook.values import number_format, rounded
from geo.study import explain
from geo.study.result import StudyResult
from geo.tables import OUTPUT_TABLES
from geo.tables.formulas import harmless, is_formula
from geo.tables.schema import KINDS, SHARE, Table, unit_in_words

#: Rows that a sheet can hold, less its header.
_MOST_ROWS: Final = 1_048_575
#: Oldest time that a zip archive can hold: what every part of the workbook carries instead of the clock's.
_ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)
_TIME: Final = "1980-01-01T00:00:00Z"
_MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
_NARROWEST, _WIDEST = 9, 48
_WIDEST_FROZEN: Final = 80
#: Height of a line of text in points, and how many letters of any alphabet surely fit into it on the first sheet.
_LINE_HEIGHT: Final = 15
_LETTERS_IN_LINE: Final = 115
_HEAD_HEIGHT: Final = 48
_A4: Final = 9
_HEAD_STYLE: Final = {
    "font": Font(bold=True),
    "fill": PatternFill("solid", start_color="E8E8E8"),
    "alignment": Alignment(wrap_text=True, vertical="top"),
    "border": Border(bottom=Side("thin")),
}


def write_tables(result: StudyResult, folder: Path) -> None:
    """Write `tables.xlsx` and `tables/<name>.csv` (UTF-8 with a byte-order mark) into a folder.

    Parameters
    ----------
    result
        Results of a unit.
    folder
        Existing folder.
    """
    frames = {table: result.tables[name] for name, table in OUTPUT_TABLES.items()} | lookup_tables(result)
    tables = {table: rounded(frame, table) for table, frame in frames.items()}
    csv_folder = folder / "tables"
    csv_folder.mkdir(exist_ok=True)
    for table, frame in tables.items():
        text = frame.map(harmless, na_action="ignore").to_csv(index=False, lineterminator="\n")
        (csv_folder / f"{table.name}.csv").write_text(text, encoding="utf-8-sig", newline="")
    (folder / "tables.xlsx").write_bytes(_workbook(result, tables))


def _workbook(result: StudyResult, tables: dict[Table, pd.DataFrame]) -> bytes:
    book = Workbook(write_only=True)
    about, dictionary = sheet_titles([_("About"), _("Data dictionary")])
    content = sheets(tables, Codes(result), _MOST_ROWS)
    header = f"{result.config.study.title.in_language(current())} - {unit_name(result)}"
    _add_about(_new_sheet(book, about, header), result, content)
    for sheet in content:
        _add_table(_new_sheet(book, sheet.title, header), sheet)
    _add_dictionary(_new_sheet(book, dictionary, header), content)
    file = io.BytesIO()
    book.save(file)
    return _timeless(file.getvalue())


def _new_sheet(book: Workbook, title: str, header: str) -> Any:
    """Return a new sheet that prints on A4, as wide as the paper."""
    sheet = book.create_sheet(title)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    # An ampersand begins a code in headers; two of them are one that is printed.
    sheet.HeaderFooter.oddHeader.left.text = header.replace("&", "&&")
    sheet.HeaderFooter.oddHeader.right.text = "&A"
    sheet.HeaderFooter.oddFooter.right.text = "&P / &N"
    return sheet


def _add_about(sheet: Any, result: StudyResult, content: Sequence[Sheet]) -> None:
    """Fill the first sheet: what this is, how far it can be trusted, where the data come from, what the others hold."""
    sheet.column_dimensions["A"].width = _LETTERS_IN_LINE + 15
    warnings = banners(result)
    lines = [unit_name(result), result.config.study.title.in_language(current())]
    lines += [explain.headline(result, service.name) for service in result.config.service]
    lines += [*explain.limits(result), *credit_lines(result), explain.closing_sentence()]
    for text in warnings:
        sheet.append([_text_cell(sheet, text, font=Font(bold=True, color="B00000"))])
    for number, text in enumerate(lines, start=len(warnings) + 1):
        # Not every program makes room for a wrapped text by itself.
        sheet.row_dimensions[number].height = _LINE_HEIGHT * math.ceil(len(text) / _LETTERS_IN_LINE)
        sheet.append([_text_cell(sheet, text, alignment=Alignment(wrap_text=True, vertical="top"))])
    sheet.append([_text_cell(sheet, _("Sheets"), font=Font(bold=True))])
    for one in content:
        sheet.append([_text_cell(sheet, _said_of(one))])


def _said_of(sheet: Sheet) -> str:
    """Return what a sheet holds, and whether it is empty: an empty sheet is an answer, too."""
    if not sheet.n_rows:
        text = _("{sheet}: {meaning}. Empty here.")
        return text.format(sheet=sheet.title, meaning=sheet.meaning)
    text = _("{sheet}: {meaning}. Rows: {rows}.")
    return text.format(sheet=sheet.title, meaning=sheet.meaning, rows=numbers.persons(sheet.n_rows))


def _add_table(sheet: Any, content: Sheet) -> None:
    widths = [_width(column) for column in content.columns]
    sheet.freeze_panes = f"{get_column_letter(_n_frozen(content, widths) + 1)}2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(content.columns))}{content.n_rows + 1}"
    sheet.print_title_rows = "1:1"
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    _append_head(sheet, [column.head for column in content.columns])
    formats = [_formats(column, content.n_rows) for column in content.columns]
    for row in zip(content.rows, zip(*formats, strict=True), strict=True):
        sheet.append([_cell(sheet, value, form) for value, form in zip(*row, strict=True)])


def _n_frozen(content: Sheet, widths: Sequence[float]) -> int:
    """Return how many columns stay in view: those that say what a row is about, unless they would fill the screen."""
    fitting = (n for n in range(content.n_keys, 1, -1) if sum(widths[:n]) <= _WIDEST_FROZEN)
    return next(fitting, 1)


def _append_head(sheet: Any, heads: Sequence[str]) -> None:
    sheet.row_dimensions[1].height = _HEAD_HEIGHT
    sheet.append([_text_cell(sheet, head, **_HEAD_STYLE) for head in heads])


def _width(column: SheetColumn) -> float:
    longest = max((len(str(value)) for value in column.values[:200] if value is not None), default=0)
    # A head breaks between words, and a filter's button stands beside it.
    head = max(len(word) for word in column.head.split())
    return min(max(head + 3, longest + 1, _NARROWEST), _WIDEST)


def _formats(column: SheetColumn, n_rows: int) -> Iterator[str]:
    """Yield the number format of every row of a column; empty for text."""
    for number in range(n_rows):
        unit = column.units if isinstance(column.units, str) else column.units[number]
        yield number_format(column.kind, unit, column.code)


def _add_dictionary(sheet: Any, content: Sequence[Sheet]) -> None:
    """Fill the last sheet: what every column of every sheet means, and what it is called in the CSV files."""
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    for letter, width in zip("ABCDEF", (26, 34, 30, 14, 16, 90), strict=True):
        sheet.column_dimensions[letter].width = width
    heads = (_("Sheet"), _("Column"), _("Column in the CSV file"), _("Unit"), _("Kind"), _("Meaning"))
    rows = [row for one in content for row in _dictionary_rows(one)]
    sheet.auto_filter.ref = f"A1:F{len(rows) + 1}"
    _append_head(sheet, heads)
    for row in rows:
        sheet.append([_text_cell(sheet, text) for text in row])


def _dictionary_rows(sheet: Sheet) -> Iterator[tuple[str, ...]]:
    yield (sheet.title, "", f"{sheet.file}.csv", "", "", sheet.meaning)
    for column in sheet.columns:
        unit = column.units if isinstance(column.units, str) else _("see the row")
        unit = "%" if unit == SHARE else unit_in_words(unit)
        yield (sheet.title, column.head, column.code, unit, _(KINDS[column.kind]), column.meaning)


def _cell(sheet: Any, value: Any, form: str) -> Any:
    """Return a number with its format, or a text; one that a spreadsheet would run or take for an error is marked."""
    if isinstance(value, str):
        return _text_cell(sheet, value) if is_formula(value) or value.startswith("#") else value
    if value is None or not form:
        return value
    cell = WriteOnlyCell(sheet, value=value)
    cell.number_format = form
    return cell


def _text_cell(sheet: Any, value: str, **style: Any) -> Any:
    """Return a cell that holds text, whatever it begins with."""
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"
    for name, part in style.items():
        setattr(cell, name, part)
    if is_formula(value):
        cell.quotePrefix = True
    return cell


def _timeless(workbook: bytes) -> bytes:
    """Return a workbook without the time at which it was made."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>" + _TIME.encode(), content)
            new.writestr(zipfile.ZipInfo(name, _ZIP_TIME), content, zipfile.ZIP_DEFLATED)
    return result.getvalue()
