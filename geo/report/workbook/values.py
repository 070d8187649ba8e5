"""Tables as files write them: rounded as declared, and how a workbook shows their numbers."""

from __future__ import annotations

from typing import Final

import pandas as pd

from geo.tables.schema import SHARE, Column, Table

#: Decimals by unit; what has no entry gets four.
_DECIMALS: Final = {"min": 1, "km": 1, "KZT": 0}
_OTHER_DECIMALS: Final = 4
#: How a workbook shows numbers, by unit; spreadsheets put in the separators of their own language.
_FORMATS: Final = {"min": "#,##0.0", "km": "#,##0.0", SHARE: "0.0 %", "degrees": "0.00000"}
_GROUPED: Final = "#,##0"
_ANY_NUMBER: Final = "#,##0.##"
#: Whole numbers that are no counts: nobody groups the digits of a row's number.
_UNGROUPED: Final = ("row", "rank")


def rounded(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return a table's declared columns with its numbers rounded: one decimal for minutes and kilometres."""
    columns = {column.name: _rounded(frame[column.name], column) for column in table.columns}
    return pd.DataFrame(columns)


def _rounded(values: pd.Series, column: Column) -> pd.Series:
    if column.kind != "number":
        return values
    result = values.astype("float64").round(_DECIMALS.get(column.unit, _OTHER_DECIMALS))
    # Minus zero is a rounding artefact nobody should read.
    return result + 0.0


def number_format(kind: str, unit: str, column: str) -> str:
    """Return a workbook's format for the numbers of a column; empty for what is no number."""
    if kind not in ("integer", "number") or column in _UNGROUPED:
        return ""
    if unit in _FORMATS:
        return _FORMATS[unit]
    return _GROUPED if kind == "integer" or unit in ("persons", "KZT") else _ANY_NUMBER
