"""Workbooks of Excel since 2007 (ECMA-376, part 1): .xlsx and .xlsm."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from geo.language import gettext as _
from geo.read.workbooks.parts import Parts
from geo.read.workbooks.sheet import (
    MOST_CHARACTERS,
    Area,
    BadWorkbookError,
    Cells,
    Sheet,
    TooLargeError,
    as_date,
    as_number,
    is_date_format,
)

MAIN_PART: Final = "xl/workbook.xml"
_MOST_STRINGS: Final = 2_000_000
_PLACE: Final = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_COLUMN_LETTERS: Final = 26
#: A formula was never computed: the program that wrote it is no spreadsheet.
_NOT_COMPUTED: Final = "=…"
_ESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")


@dataclass
class _Book:
    """workbook.xml: titles of sheets and the identifiers of their parts."""

    sheets: list[tuple[str, str]] = field(default_factory=list)
    since_1904: bool = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet":
            part = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            self.sheets.append((attributes.get("name", ""), part))
        elif name == "workbookPr":
            self.since_1904 = attributes.get("date1904") in {"1", "true"}

    def end(self, name: str) -> None:
        """Nothing stands between the elements."""

    def text(self, text: str) -> None:
        """Nothing stands between the elements."""


@dataclass
class _Links:
    """workbook.xml.rels: identifier -> part."""

    parts: dict[str, str] = field(default_factory=dict)
    by_kind: dict[str, str] = field(default_factory=dict)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            part = posixpath.normpath(posixpath.join("xl", attributes.get("Target", ""))).lstrip("/")
            self.parts[attributes.get("Id", "")] = part
            self.by_kind[attributes.get("Type", "").rpartition("/")[2]] = part

    def end(self, name: str) -> None:
        """Links have no content."""

    def text(self, text: str) -> None:
        """Links have no content."""


class _Strings:
    """sharedStrings.xml: the texts that cells share, without their formats and readings."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self._parts: list[str] = []
        self._in_text = self._in_reading = False

    def start(self, name: str, _attributes: Mapping[str, str]) -> None:
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._in_reading = True
        elif name == "t":
            self._in_text = not self._in_reading

    def end(self, name: str) -> None:
        if name == "si":
            self.strings.append(_unescaped("".join(self._parts)))
            if len(self.strings) > _MOST_STRINGS:
                raise TooLargeError
        elif name == "rPh":
            self._in_reading = False
        elif name == "t":
            self._in_text = False

    def text(self, text: str) -> None:
        if self._in_text:
            self._parts.append(text)


class _Styles:
    """styles.xml: which cell formats show dates."""

    def __init__(self) -> None:
        self.dates: list[bool] = []
        self._codes: dict[str, str] = {}
        self._in_cells = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "numFmt":
            self._codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            number = attributes.get("numFmtId", "0")
            known = int(number) if number.isdecimal() and len(number) < 9 else 0
            self.dates.append(is_date_format(known, self._codes.get(number, "")))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._in_cells = False

    def text(self, text: str) -> None:
        """Styles have no text."""


class _SheetPart:
    """A sheet's part: rows of cells, then merged cells."""

    def __init__(self, strings: list[str], dates: list[bool], *, since_1904: bool) -> None:
        self.cells = Cells()
        self._strings, self._dates, self._since_1904 = strings, dates, since_1904
        self._row, self._column = -1, -1
        self._attributes: Mapping[str, str] = {}
        self._value: list[str] = []
        self._in_value = self._is_computed = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "c":
            place = _place(attributes.get("r", ""))
            self._row, self._column = place or (self._row, self._column + 1)
            self._attributes, self._value, self._is_computed = attributes, [], False
        elif name in {"v", "t"}:
            self._in_value = True
        elif name == "f":
            self._is_computed = True
        elif name == "row":
            number = attributes.get("r", "")
            self._row = int(number) - 1 if number.isdecimal() and len(number) < 9 else self._row + 1
            self._column = -1
        elif name == "mergeCell" and (area := _area(attributes.get("ref", ""))):
            self.cells.merge(area)

    def end(self, name: str) -> None:
        if name in {"v", "t"}:
            self._in_value = False
        elif name == "c":
            self._put("".join(self._value))

    def text(self, text: str) -> None:
        if self._in_value:
            self._value.append(text)

    def _put(self, text: str) -> None:
        kind = self._attributes.get("t", "n")
        if kind == "e" or (self._is_computed and not text and kind != "str"):
            self.cells.lose(self._row, self._column, text[:MOST_CHARACTERS] or _NOT_COMPUTED)
        elif text:
            self.cells.put(self._row, self._column, self._valued(kind, text))

    def _valued(self, kind: str, text: str) -> Any:
        if kind == "s":
            at = int(text) if text.isdecimal() and len(text) < 9 else -1
            if not 0 <= at < len(self._strings):
                raise BadWorkbookError(_("a cell names a text that is not in it"))
            return self._strings[at]
        if kind in {"str", "inlineStr", "d"}:
            return _unescaped(text)
        if kind == "b":
            return text.strip() in {"1", "true"}
        try:
            number = float(text)
        except ValueError:
            return text
        style = self._attributes.get("s", "")
        at = int(style) if style.isdecimal() and len(style) < 9 else 0
        is_date = at < len(self._dates) and self._dates[at]
        return as_date(number, since_1904=self._since_1904) if is_date else as_number(number)


def titles_and_sheet(parts: Parts, choose: Callable[[Sequence[str]], str]) -> Sheet:
    """Return the sheet that `choose` picks by its title among the titles of all."""
    book, links = _Book(), _Links()
    parts.parse(MAIN_PART, book)
    parts.parse("xl/_rels/workbook.xml.rels", links)
    title = choose([title for title, _part in book.sheets])
    part = links.parts.get(dict(reversed(book.sheets))[title], "")
    strings, styles = _Strings(), _Styles()
    for kind, handler in (("sharedStrings", strings), ("styles", styles)):
        if kind in links.by_kind:
            parts.parse(links.by_kind[kind], handler)
    content = _SheetPart(strings.strings, styles.dates, since_1904=book.since_1904)
    parts.parse(part, content)
    return content.cells.sheet(title)


def _place(reference: str) -> tuple[int, int] | None:
    """Return row and column, from 0, of a cell such as B12."""
    found = _PLACE.fullmatch(reference)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * _COLUMN_LETTERS + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1


def _area(reference: str) -> Area | None:
    first, _colon, last = reference.partition(":")
    one, other = _place(first), _place(last)
    return None if one is None or other is None else (*one, *other)


def _unescaped(text: str) -> str:
    """Return a text in which characters that XML cannot hold are written as ``_x000D_``."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
