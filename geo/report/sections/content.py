"""A table of the report: heads, rows of finished text, and what to say where there is nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from geo.language import gettext as _
from geo.language import ngettext, numbers
from geo.study.figures import people

#: Longest list that is printed; the workbook has the rest.
MOST_ROWS: Final = 200
#: Rows of a long list that stand open.
FIRST_ROWS: Final = 10

#: Longest cell that stays on one line.
_UNBROKEN: Final = 14


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
    shown
        Rows that stand open on the page; the reader unfolds the rest. All of them by default.
    printed
        Most rows on paper, of those that stand open; the workbook has the rest. All of them by default.
    """

    title: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[str, ...], ...]
    nothing: str = ""
    note: str = ""
    table: str = ""
    shown: int = MOST_ROWS
    printed: int = MOST_ROWS

    @property
    def on_paper(self) -> int:
        """How many rows are printed."""
        kept = min(self.shown, self.printed)
        # A line about two rows costs as much as the rows do.
        return kept if len(self.rows) > kept + 2 else min(self.shown, len(self.rows))

    @property
    def off_paper(self) -> str:
        """How many rows are not printed; empty where all are."""
        left = len(self.rows) - self.on_paper
        return ngettext("{n} more row", "{n} more rows", left).format(n=numbers.persons(left)) if left > 0 else ""

    @property
    def more(self) -> str:
        """What the fold of the rest is called; empty where everything stands open."""
        folded = len(self.rows) - self.shown
        if folded <= 0:
            return ""
        return ngettext("{n} more row", "{n} more rows", folded).format(n=numbers.persons(folded))


@dataclass(frozen=True)
class Part:
    """A part of a chapter: what it shows in words, then its tables.

    Parameters
    ----------
    anchor
        For the list of contents.
    title
        Its heading.
    sentences
        One paragraph each.
    tables
        Each with its title above it where there are several.
    caveat
        What one must know to read the numbers; stands right above them.
    charts
        Drawings above the tables, as numbers for the macros `scatter` (those with points) and `drawing` of tables.j2.
    """

    anchor: str
    title: str
    sentences: tuple[str, ...]
    tables: tuple[TextTable, ...] = ()
    caveat: str = ""
    charts: tuple[Mapping[str, Any], ...] = ()


def text_table(
    title: str,
    heads: Sequence[str | Head],
    rows: Iterable[Sequence[str]],
    nothing: str = "",
    note: str = "",
    table: str = "",
    shown: int = MOST_ROWS,
) -> TextTable:
    """Return a table; a head given as text is a column of text."""
    columns = tuple(head if isinstance(head, Head) else Head(head) for head in heads)
    return TextTable(title, columns, tuple(tuple(row) for row in rows), nothing, note, table, shown)


def long_table(
    title: str,
    heads: Sequence[str | Head],
    rows: Iterable[Sequence[str]],
    nothing: str = "",
    note: str = "",
    table: str = "",
    shown: int = FIRST_ROWS,
) -> TextTable:
    """Return a table that may be long: the first rows stand open, the workbook has what even the page does not."""
    every = list(rows)
    notes = [note] if note else []
    if len(every) > MOST_ROWS:
        text = _("{count} more rows are in tables.xlsx.")
        notes.append(text.format(count=numbers.persons(len(every) - MOST_ROWS)))
    # A fold for two rows costs the reader more than the rows do.
    opened = shown if len(every) > shown + 2 else MOST_ROWS
    return text_table(title, heads, every[:MOST_ROWS], nothing, " ".join(notes), table, opened)


def fraction(value: Any, digits: int = 3) -> str:
    """Return an index with three decimals; a missing one cannot be told."""
    return _("unknown") if value is None or pd.isna(value) else numbers.decimal(float(value), digits)


def places_and_people(places: float, persons: Any, n_uncounted: int = 0) -> str:
    """Return places and in brackets their people; nothing where there is no place.

    Where the people of some of the places are unknown, those of the others are the least that it can be.
    """
    if not places:
        return "0"
    shown = people(persons)
    if n_uncounted and not pd.isna(persons):
        shown = _("at least {people}").format(people=shown)
    text = _("{places} ({people})").format(places=numbers.persons(places), people=shown)
    # Two numbers stay on one line; words between them may go to the next.
    return text if len(text) > _UNBROKEN else text.replace(" ", numbers.NO_BREAK_SPACE)
