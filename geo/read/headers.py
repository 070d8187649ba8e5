"""Find the header of a table as people keep it: below a title, in two rows, in Kazakh, Russian or English.

What each heading means is in `headers.csv` beside this file, and in the study's own ``[columns]``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from geo.read.values import load_rows
from geo.read.workbooks.sheet import Area
from geo.tables.schema import Table

Record = tuple[int, Sequence[Any]]

#: Rows in which a header is looked for, and rows that it may take up.
_SEARCHED: Final = 30
_MOST_HEADER_ROWS: Final = 3
#: Parts of a code of a settlement that the state's classifier keeps in columns of their own, with their digits.
CODE_PARTS: Final = {"kato_ab": 2, "kato_cd": 2, "kato_ef": 2, "kato_hij": 3}
#: Declared columns that a row below the first must name to be a header.
_LEAST_KNOWN: Final = 2
_ALL_TABLES: Final = "*"
_SIGNS: Final = re.compile(r"[\s\u00a0\u202f_.,:;()«»“”„\"'’№*/\\]+")
_DASHES: Final = re.compile(r"\s*[-‐‑–—]\s*")
#: What headings say beside the name of what is counted: units, and the day or year of the count.
_ASIDE: Final = re.compile(
    r"\b(на |по состоянию на )?(\d{1,2} \d{1,2} )?(19|20)\d\d( (г|год|года|году|ж|жыл|жылы|жылғы))?\b"
    r"|\b(чел|человек|адам|лет всего|единиц|persons)$"
)
_NUMERAL: Final = re.compile(r"[\d\s.,]+")


@dataclass(frozen=True)
class Header:
    """Where the header of a table is.

    Parameters
    ----------
    first, last
        Positions among the records, from 0, both part of it.
    names
        Name of each column: the declared one where the heading is known, else as it is written; empty where there is
        none.
    written
        Headings as they are written, those of several rows joined.
    used
        Headings of the study's own mapping that were found.
    """

    first: int
    last: int
    names: tuple[str, ...]
    written: tuple[str, ...]
    used: frozenset[str] = frozenset()


def find_header(
    table: Table, records: Sequence[Record], merged: Sequence[Area] = (), own: Mapping[str, str] | None = None
) -> Header:
    """Return the header of a table.

    Parameters
    ----------
    table
        Declaration.
    records
        Rows of the file with their numbers, the first being 1.
    merged
        Merged cells.
    own
        The study's mapping: heading -> declared column.

    Returns
    -------
    Header
        The rows in which most declared columns are named; of those the fewest and first. The first row where no other
        names two of them.
    """
    known = _known(table, own or {})
    best = _header(records, 0, 0, merged, known, own or {})
    most = _n_known(best, table)
    if most and most == sum(bool(text) for text in best.written):
        return best
    least = max(_LEAST_KNOWN, most + 1)
    for first in range(min(_SEARCHED, len(records))):
        for last in range(first, min(first + _MOST_HEADER_ROWS, len(records))):
            if last > first and _has_numbers(records[last][1]):
                break
            found = _header(records, first, last, merged, known, own or {})
            if _n_known(found, table) >= least:
                best, least = found, _n_known(found, table) + 1
    return best


@lru_cache(maxsize=4096)
def simplified(heading: str) -> str:
    """Return a heading without signs, capitals and line breaks, so that equal ones compare as equal."""
    text = re.sub(r"(?<=\w)[-‐]\s*\n\s*(?=[^\W\d])", "", heading)
    return _SIGNS.sub(" ", _DASHES.sub("-", text.casefold().replace("ё", "е"))).strip()


@lru_cache(maxsize=1)
def _dictionary() -> Mapping[str, Mapping[str, str]]:
    """Return table -> simplified heading -> declared column."""
    tables: dict[str, dict[str, str]] = {}
    for row in load_rows("headers.csv"):
        tables.setdefault(row["table"], {}).setdefault(simplified(row["header"]), row["column"])
    return tables


def _known(table: Table, own: Mapping[str, str]) -> dict[str, str]:
    """Return simplified heading -> column, of this table; the study's own mapping wins, then the declared names."""
    columns = {column.name for column in table.columns}
    columns |= set(CODE_PARTS) if table.key == "settlement_id" else set()
    words = {**_dictionary().get(_ALL_TABLES, {}), **_dictionary().get(table.name, {})}
    known = {heading: column for heading, column in words.items() if column in columns}
    known |= {simplified(column.name): column.name for column in table.columns}
    return known | {simplified(heading): column for heading, column in own.items()}


def _header(
    records: Sequence[Record],
    first: int,
    last: int,
    merged: Sequence[Area],
    known: Mapping[str, str],
    own: Mapping[str, str],
) -> Header:
    """Return what some rows say when they are read as the header. Each declared column is taken once, exact first."""
    if not records:
        return Header(0, 0, (), ())
    columns = _columns(records[first : last + 1], merged)
    written = [" ".join(dict.fromkeys(texts)) for texts in columns]
    names = list(written)
    ours = {simplified(heading): heading for heading in own}
    used: set[str] = set()
    taken = {text for text in written if text in known.values()}
    for j, texts in enumerate(columns):
        if written[j] in taken and simplified(written[j]) not in ours:
            continue
        column, heading = _meaning(texts, known)
        if column and (column not in taken or heading in ours):
            names[j] = column
            taken.add(column)
            used |= {ours[heading]} if heading in ours else set()
    return Header(first, last, tuple(names), tuple(written), frozenset(used))


def _meaning(texts: Sequence[str], known: Mapping[str, str]) -> tuple[str, str]:
    """Return the column that a heading means, and the heading, simplified; both empty where it is not known."""
    whole = [simplified(" ".join(texts)), simplified(" ".join(reversed(texts))), *(simplified(t) for t in texts[-1:])]
    for heading in (*whole, *(" ".join(_ASIDE.sub(" ", heading).split()) for heading in whole)):
        if heading in known:
            return known[heading], heading
    return "", ""


def _columns(rows: Sequence[Record], merged: Sequence[Area]) -> list[list[str]]:
    """Return the texts of each column from top to bottom; merged cells speak for all the cells they cover."""
    width = max(len(cells) for _row, cells in rows)
    texts = [[_text(cells[j]) if j < len(cells) else "" for j in range(width)] for _row, cells in rows]
    at = {row - 1: i for i, (row, _cells) in enumerate(rows)}
    for top, left, bottom, right in merged:
        for row in range(max(top, rows[0][0] - 1), min(bottom, rows[-1][0] - 1) + 1):
            if row in at and top in at and left < width:
                for j in range(left, min(right, width - 1) + 1):
                    texts[at[row]][j] = texts[at[top]][left]
    for i in range(len(texts) - 1):  # a CSV file has no merged cells: a group's name stands over its first column
        for j in range(1, width):
            if not texts[i][j] and texts[i][j - 1] and texts[-1][j] and not _stands_alone(texts, i, j - 1):
                texts[i][j] = texts[i][j - 1]
    return [[row[j] for row in texts if row[j]] for j in range(width)]


def _stands_alone(texts: Sequence[Sequence[str]], i: int, j: int) -> bool:
    """Return whether a heading has nothing below it, or the same: then it names its own column only."""
    return all(not row[j] or row[j] == texts[i][j] for row in texts[i + 1 :])


def _text(value: Any) -> str:
    return "" if value is None else " ".join(str(value).split())


def _n_known(header: Header, table: Table) -> int:
    declared = {column.name for column in table.columns} | set(CODE_PARTS)
    return len(declared & set(header.names))


def _has_numbers(cells: Sequence[Any]) -> bool:
    return any(
        not isinstance(value, str) or _NUMERAL.fullmatch(value.strip()) for value in cells if value not in {None, ""}
    )
