"""Make a table of a spreadsheet what its declaration expects, and say every change: old -> new."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path
from typing import Any, Final

import pandas as pd

from geo.tables.check import FILE_ROW, is_blank
from geo.tables.schema import Table

#: How a text begins that a spreadsheet would compute.
_FORMULA_MARKS: Final = ("=", "+", "-", "@")


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
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA_MARKS) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
