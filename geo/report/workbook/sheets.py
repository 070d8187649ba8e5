"""The tables of a result as a planner reads them: heads with units, names beside codes, codes in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from geo.language import gettext as _
from geo.report.workbook.codes import SETTLEMENT_CODES, SITE_CODES, Codes
from geo.tables.schema import SHARE, Column, Kind, Table, unit_in_words

_LONGEST_TITLE: Final = 31
_NOT_IN_TITLES: Final = re.compile(r"[\[\]:*?/\\]")
#: Columns that say what a row is about where they stand before all others; names of places, too, do so.
_KEYS: Final = ("service", "plan", "season", "indicator", "rank", "action", "route", "stop")
#: Tables whose column `persons` holds what the study counts: people who need a service, or settlements.
_OF_SERVICES: Final = frozenset(
    ("access_settlement", "access_district", "assignment", "losers", "rollups", "equity", "edge_criticality")
)
#: Columns whose rows have units of their own, in another column.
_ROW_UNITS: Final = {
    "norm_compliance": ("unit", ("value", "limit", "shortfall")),
    "norm_summary": ("unit", ("largest_shortfall",)),
    "plans": ("value_unit", ("value", "bound")),
    "before_after": ("unit", ("before", "after", "difference")),
    "programme_goals": ("value_unit", ("value", "bound")),
    "debt_ledger": ("quantity_unit", ("quantity",)),
}


@dataclass(frozen=True)
class SheetColumn:
    """A column of a sheet.

    Parameters
    ----------
    head
        Label with its unit.
    values
        One per row: text, numbers, or None where nothing is known.
    kind
        What the values are.
    units
        Code of the unit per row, or one for all.
    code
        Head of the same column in the CSV file; empty for names, which CSV files have in ``places`` and ``sites``.
    meaning
        What it holds, in words.
    """

    head: str
    values: tuple[Any, ...]
    kind: Kind
    units: tuple[str, ...] | str
    code: str
    meaning: str


@dataclass(frozen=True)
class Sheet:
    """A sheet of the workbook.

    Parameters
    ----------
    title
        On its tab: unique in the workbook, at most 31 characters.
    file
        Name of the same table as a CSV file, without its suffix.
    meaning
        What it holds, in words.
    columns
        From left to right.
    n_keys
        How many columns at the left say what a row is about.
    """

    title: str
    file: str
    meaning: str
    columns: tuple[SheetColumn, ...]
    n_keys: int

    @property
    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Rows of values."""
        return zip(*(column.values for column in self.columns), strict=True)

    @property
    def n_rows(self) -> int:
        """How many rows there are below the head."""
        return len(self.columns[0].values)


def sheet_titles(titles: Iterable[str]) -> list[str]:
    """Return titles that a workbook accepts: no forbidden signs, short enough, no two alike."""
    found: list[str] = []
    for title in titles:
        clean = _NOT_IN_TITLES.sub(" ", title).strip("' ")
        number, result = 1, clean[:_LONGEST_TITLE].rstrip()
        while result.casefold() in {other.casefold() for other in found}:
            number += 1
            end = f" {number}"
            result = clean[: _LONGEST_TITLE - len(end)].rstrip() + end
        found.append(result)
    return found


def sheets(tables: Mapping[Table, pd.DataFrame], codes: Codes, most_rows: int) -> list[Sheet]:
    """Return tables as sheets.

    Parameters
    ----------
    tables
        Rounded rows by table.
    codes
        Words and names of the result.
    most_rows
        Rows that fit; those beyond are left to the CSV file.
    """
    titles = sheet_titles([_("About"), _("Data dictionary"), *(table.title for table in tables)])[2:]
    return [
        _sheet(title, table, frame.head(most_rows).reset_index(drop=True), codes)
        for title, (table, frame) in zip(titles, tables.items(), strict=True)
    ]


def _sheet(title: str, table: Table, frame: pd.DataFrame, codes: Codes) -> Sheet:
    columns: list[SheetColumn] = []
    n_keys, only_keys = 0, True
    for column in table.columns:
        named = _name_column(column, frame, codes)
        columns.append(_column(table, column, frame, codes, is_code=named is not None))
        if named:
            columns.append(named)
        only_keys = only_keys and (named is not None or column.name in _KEYS)
        n_keys = len(columns) if only_keys else n_keys
    return Sheet(title, table.name, _(table.meaning), tuple(columns), max(n_keys, 1))


def _column(table: Table, column: Column, frame: pd.DataFrame, codes: Codes, *, is_code: bool) -> SheetColumn:
    head = _("{label}, code").format(label=column.title) if is_code else _head(table, column, codes)
    values = frame[column.name] if is_code else codes.in_words(table, column.name, frame)
    return SheetColumn(head, _plain(values), column.kind, _units(table, column, frame), column.name, _(column.meaning))


def _name_column(column: Column, frame: pd.DataFrame, codes: Codes) -> SheetColumn | None:
    """Return the names that belong to a column of codes; None for every other column."""
    if column.name not in (*SETTLEMENT_CODES, *SITE_CODES):
        return None
    name_of = codes.settlement if column.name in SETTLEMENT_CODES else codes.site
    known = {code: name_of(code) for code in frame[column.name].dropna().unique() if code != ""}
    names = _plain(frame[column.name].map(lambda code: known.get(code, "")))
    return SheetColumn(column.title, names, "text", "", "", _("Name in the language of this file"))


def _head(table: Table, column: Column, codes: Codes) -> str:
    if column.name == "persons" and table.name in _OF_SERVICES and codes.counted != _("People"):
        return codes.counted
    unit = "%" if column.unit == SHARE else unit_in_words(column.unit)
    if not unit or unit.casefold() == column.title.casefold():
        return column.title
    return _("{label} [{unit}]").format(label=column.title, unit=unit)


def _units(table: Table, column: Column, frame: pd.DataFrame) -> tuple[str, ...] | str:
    of, columns = _ROW_UNITS.get(table.name, ("", ()))
    return tuple(frame[of].fillna("").astype(str)) if column.name in columns else column.unit


def _plain(values: pd.Series) -> tuple[Any, ...]:
    """Return plain Python values: None where missing, yes and no in words, no signs that a workbook cannot hold."""
    return tuple(None if pd.isna(value) else _plain_value(value) for value in values.astype("object"))


def _plain_value(value: Any) -> Any:
    if isinstance(value, str):
        return ILLEGAL_CHARACTERS_RE.sub("", value)
    if isinstance(value, bool | np.bool_):
        return _("yes") if value else _("no")
    return value
