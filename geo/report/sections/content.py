"""A table of the report: heads, rows of finished text, and what to say where there is nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geo.language import gettext as _
from geo.language import numbers


@dataclass(frozen=True)
class Head:
    """A column's head; numbers are set flush right."""

    text: str
    number: bool = False


@dataclass(frozen=True)
class TextTable:
    """A table as the template prints it.

    Parameters
    ----------
    title
        For screen readers.
    heads
        One per column.
    rows
        Cells as text; the first cell names its row.
    nothing
        Sentence in place of a table without rows.
    note
        Sentence below the table.
    table
        Name of the table of the workbook that the figures come from.
    """

    title: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[str, ...], ...]
    nothing: str = ""
    note: str = ""
    table: str = ""


def text_table(
    title: str,
    heads: Sequence[str | Head],
    rows: Iterable[Sequence[str]],
    nothing: str = "",
    note: str = "",
    table: str = "",
) -> TextTable:
    """Return a table; a head given as text is a column of text."""
    columns = tuple(head if isinstance(head, Head) else Head(head) for head in heads)
    return TextTable(title, columns, tuple(tuple(row) for row in rows), nothing, note, table)


def people(value: Any, imputed: bool = False) -> str:
    """Return people with separators; unknown in words, imputed with its sign."""
    if value is None or pd.isna(value):
        return _("unknown")
    text = numbers.persons(float(value))
    return _("≈{people}").format(people=text) if imputed else text


def tenths(value: Any, missing: str | None = None) -> str:
    """Return a number with one decimal; a missing one is no way, unless said otherwise."""
    if value is None or pd.isna(value):
        return _("no way") if missing is None else missing
    return numbers.decimal(float(value), 1)
