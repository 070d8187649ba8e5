"""Workbooks of LibreOffice (OpenDocument 1.2, part 1): .ods."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from geo.read.workbooks.parts import Parts
from geo.read.workbooks.sheet import MOST_CELLS, MOST_CHARACTERS, Cells, Sheet, TooLargeError, as_number

CONTENT: Final = "content.xml"
_NUMBERS: Final = {"float", "percentage", "currency"}
_CELLS: Final = {"table-cell", "covered-table-cell"}
_ERRORS: Final = ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "Err:")


class _Titles:
    """Titles of the sheets."""

    def __init__(self) -> None:
        self.titles: list[str] = []
        self._depth = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "table":
            self._depth += 1
            if self._depth == 1:
                self.titles.append(_local(attributes).get("name", ""))

    def end(self, name: str) -> None:
        self._depth -= name == "table"

    def text(self, text: str) -> None:
        """Titles are attributes."""


class _Table:
    """Cells of one sheet. Rows and cells may be repeated; a sheet inside a cell is not read."""

    def __init__(self, title: str) -> None:
        self.cells = Cells()
        self._title = title
        self._depth = 0
        self._seen = self._here = False
        self._row = self._column = 0
        self._again = 1
        self._filled: list[tuple[int, Any, str]] = []
        self._cell: Mapping[str, str] = {}
        self._lines: list[list[str]] = []
        self._in_line = self._in_remark = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "table":
            self._depth += 1
            if self._depth == 1 and not self._seen and _local(attributes).get("name", "") == self._title:
                self._seen = self._here = True
        elif not self._here or self._depth > 1:
            return
        elif name == "table-row":
            self._column, self._filled = 0, []
            self._again = _count(_local(attributes).get("number-rows-repeated", ""))
        elif name in _CELLS:
            self._cell, self._lines, self._in_line = _local(attributes), [], False
        elif name == "annotation":
            self._in_remark = True
        elif not self._in_remark:
            self._start_text(name, attributes)

    def _start_text(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "p":
            self._lines.append([])
            self._in_line = True
        elif self._in_line and name in {"s", "tab", "line-break"}:
            times = min(_count(_local(attributes).get("c", "")), MOST_CHARACTERS) if name == "s" else 1
            self._lines[-1].append({"s": " ", "tab": "\t", "line-break": "\n"}[name] * times)

    def end(self, name: str) -> None:
        if name == "table":
            self._depth -= 1
            self._here = self._here and self._depth > 0
        elif not self._here or self._depth > 1:
            return
        elif name == "annotation":
            self._in_remark = False
        elif name == "p" and not self._in_remark:
            self._in_line = False
        elif name in _CELLS:
            self._end_cell()
        elif name == "table-row":
            self._end_row()

    def text(self, text: str) -> None:
        if self._in_line and not self._in_remark and self._lines:
            self._lines[-1].append(text)

    def _end_cell(self) -> None:
        times = _count(self._cell.get("number-columns-repeated", ""))
        value, lost = _valued(self._cell, "\n".join("".join(line) for line in self._lines))
        if value is not None or lost:
            if len(self._filled) + times > MOST_CELLS:
                raise TooLargeError
            self._filled += [(self._column + step, value, lost) for step in range(times)]
        rows, columns = (_count(self._cell.get(f"number-{what}-spanned", "")) for what in ("rows", "columns"))
        if rows > 1 or columns > 1:
            self.cells.merge((self._row, self._column, self._row + rows - 1, self._column + columns - 1))
        self._column += times

    def _end_row(self) -> None:
        if self._filled and self._again * len(self._filled) > MOST_CELLS:
            raise TooLargeError
        for step in range(self._again if self._filled else 0):
            for column, value, lost in self._filled:
                if lost:
                    self.cells.lose(self._row + step, column, lost)
                else:
                    self.cells.put(self._row + step, column, value)
        self._row += self._again


def titles_and_sheet(parts: Parts, choose: Callable[[Sequence[str]], str]) -> Sheet:
    """Return the sheet that `choose` picks by its title among the titles of all."""
    titles = _Titles()
    parts.parse(CONTENT, titles)
    title = choose(titles.titles)
    table = _Table(title)
    parts.parse(CONTENT, table)
    return table.cells.sheet(title)


def _local(attributes: Mapping[str, str]) -> dict[str, str]:
    return {key.rpartition(":")[2]: value for key, value in attributes.items()}


def _count(text: str) -> int:
    """Return how often something is repeated; once where nothing, or no sound number, is said."""
    return int(text) if text.isdecimal() and 0 < len(text) < 12 and int(text) else 1


def _valued(cell: Mapping[str, str], text: str) -> tuple[Any, str]:
    """Return the value of a cell, None for a blank one, and what stands there where the value is lost."""
    kind = cell.get("value-type", "")
    if text.startswith(_ERRORS) and (kind == "error" or "formula" in cell):
        return None, text[:MOST_CHARACTERS]
    value: Any = cell.get("string-value", text) or None
    try:
        if kind in _NUMBERS:
            value = as_number(float(cell.get("value", "")))
        elif kind == "date":
            moment = datetime.datetime.fromisoformat(cell.get("date-value", ""))
            value = moment.date() if moment.time() == datetime.time() else moment
    except ValueError:
        return text or None, ""
    return cell.get("boolean-value") == "true" if kind == "boolean" else value, ""
