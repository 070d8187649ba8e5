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
from geo.tables.check import is_blank
from geo.tables.schema import Table

Record = tuple[int, Sequence[Any]]

#: Rows in which a header is looked for, and rows that it may take up.
_SEARCHED: Final = 30
_MOST_HEADER_ROWS: Final = 3
#: Columns in which a header below the first row is looked for, characters of a heading, cells filled from merged ones:
#: more is no header, and would take time without end.
_MOST_COLUMNS: Final = 256
_MOST_CHARACTERS: Final = 300
_MOST_FILLED: Final = 200_000
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
    r"|\b(чел|человек|адам|единиц|persons)$"
)
_YEAR: Final = re.compile(r"\b(?:19|20)\d\d\b")
_BROKEN_WORD: Final = re.compile(r"(?<=\w)[-‐]\s*\n\s*(?=[^\W\d])")
_NUMERAL: Final = re.compile(r"[\d\s.,]+")
#: How surely a heading means a column, the surest first: the study says so, it says so but for a year or a unit, the
#: heading is the declared name, the dictionary has it, the dictionary has what stands in its last row.
_OWN, _OWN_BUT_FOR_ASIDE, _DECLARED, _WHOLE, _LAST_PART = range(5)


@dataclass(frozen=True)
class Rivals:
    """Several headings that mean one declared column equally well.

    Parameters
    ----------
    column
        The declared column.
    headings
        All of them, as they are written.
    newest
        The one that is taken, because they differ by the year only; empty where none is.
    """

    column: str
    headings: tuple[str, ...]
    newest: str = ""


@dataclass(frozen=True)
class _Claim:
    """One heading that means a declared column."""

    sureness: int
    position: int
    heading: str


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
    rivals
        Headings of which several mean one column.
    """

    first: int
    last: int
    names: tuple[str, ...]
    written: tuple[str, ...]
    used: frozenset[str] = frozenset()
    rivals: tuple[Rivals, ...] = ()


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
        names two of them. Rows with sub-headings below belong to it.
    """
    if not records:
        return Header(0, 0, (), ())
    meanings = _Meanings(table, own or {})
    texts = _texts(records[: _SEARCHED + _MOST_HEADER_ROWS], merged)
    best = _with_subheadings(meanings, _best_header(meanings, texts, records), texts, records, merged, table.key)
    return meanings.header(texts, best.first, best.last, records[best.last + 1 :])


def _best_header(meanings: _Meanings, texts: Sequence[Sequence[str]], records: Sequence[Record]) -> Header:
    """Return the header that names most declared columns, read in its first columns only."""
    best = meanings.header(texts, 0, 0)
    most = meanings.n_known(best)
    if most and most == sum(bool(text) for text in best.written):
        return best
    least = max(_LEAST_KNOWN, most + 1)
    numeric = [_has_numbers(cells) for _row, cells in records[: len(texts)]]
    narrow = [row[:_MOST_COLUMNS] for row in texts]
    for more in range(_MOST_HEADER_ROWS):
        for first in range(min(_SEARCHED, len(texts) - more)):
            if any(numeric[first + 1 : first + more + 1]):
                continue
            found = meanings.header(narrow, first, first + more)
            if meanings.n_known(found) >= least:
                best, least = found, meanings.n_known(found) + 1
    return best


def _with_subheadings(
    meanings: _Meanings,
    best: Header,
    texts: Sequence[Sequence[str]],
    records: Sequence[Record],
    merged: Sequence[Area],
    key: str | None,
) -> Header:
    """Return a header with the rows of sub-headings below it, as all, men and women below the population."""
    narrow = [row[:_MOST_COLUMNS] for row in texts]
    while best.last - best.first + 1 < _MOST_HEADER_ROWS and best.last + 1 < len(texts):
        above, (row, below) = records[best.last][1], records[best.last + 1]
        is_reached = any(top < row - 1 <= bottom for top, _left, bottom, _right in merged)
        has_no_key = key in best.names and _is_empty(below, best.names.index(key))
        if _has_numbers(below) or not (has_no_key or is_reached) or not _has_group(above, below):
            break
        longer = meanings.header(narrow, best.first, best.last + 1)
        if meanings.n_known(longer) < meanings.n_known(best):
            break
        best = longer
    return best


def _has_group(above: Sequence[Any], below: Sequence[Any]) -> bool:
    """Return whether neighbours in a row have one heading above them, which stands over the first of them only."""
    columns = range(1, min(len(below), _MOST_COLUMNS))
    return any(_is_empty(above, j) and not _is_empty(below, j) and not _is_empty(below, j - 1) for j in columns)


def _is_empty(cells: Sequence[Any], position: int) -> bool:
    return position >= len(cells) or is_blank(cells[position])


@lru_cache(maxsize=4096)
def simplified(heading: str) -> str:
    """Return a heading without signs, capitals and line breaks, so that equal ones compare as equal."""
    return _SIGNS.sub(" ", _DASHES.sub("-", heading.casefold().replace("ё", "е"))).strip()


@lru_cache(maxsize=1)
def _dictionary() -> Mapping[str, Mapping[str, str]]:
    """Return table -> simplified heading -> declared column."""
    tables: dict[str, dict[str, str]] = {}
    for row in load_rows("headers.csv"):
        tables.setdefault(row["table"], {}).setdefault(simplified(row["header"]), row["column"])
    return tables


class _Meanings:
    """What headings of one table mean: the study's own words win, then the declared names, then the dictionary."""

    def __init__(self, table: Table, own: Mapping[str, str]) -> None:
        self._declared = {column.name for column in table.columns}
        self._declared |= set(CODE_PARTS) if table.key == "settlement_id" else set()
        words = {**_dictionary().get(_ALL_TABLES, {}), **_dictionary().get(table.name, {})}
        self._known = {heading: column for heading, column in words.items() if column in self._declared}
        self._known |= {simplified(column.name): column.name for column in table.columns}
        self._known |= {simplified(heading): column for heading, column in own.items()}
        self._own = {simplified(heading): heading for heading in own}

    def n_known(self, header: Header) -> int:
        """Return how many declared columns a header names, those included that several headings mean."""
        return len(self._declared & {*header.names, *(rivals.column for rivals in header.rivals)})

    def header(self, texts: Sequence[Sequence[str]], first: int, last: int, below: Sequence[Record] = ()) -> Header:
        """Return what some rows say when they are read as the header. Each declared column is taken once.

        Of several headings that mean one column, those with nothing in the rows `below` count for nothing.
        """
        columns = _columns(texts[first : last + 1])
        written = [" ".join(dict.fromkeys(column)) for column in columns]
        names, rivals = list(written), []
        claims: dict[str, list[_Claim]] = {}
        for j, column_texts in enumerate(columns):
            column, heading, sureness = self._meaning(written[j], column_texts) if column_texts else ("", "", _WHOLE)
            if column:
                claims.setdefault(column, []).append(_Claim(sureness, j, heading))
        for column, claimed in claims.items():
            best = _surest(claimed, below)
            if len(best) > 1 and best[0].sureness != _DECLARED:
                found = _rivals(column, [written[claim.position] for claim in best])
                rivals.append(found)
                best = [claim for claim in best if written[claim.position] == found.newest]
            for claim in best:
                names[claim.position] = column
            _rename_unused(names, column, claimed, best)
        used = {
            self._own[claim.heading] for several in claims.values() for claim in several if claim.heading in self._own
        }
        return Header(first, last, tuple(names), tuple(written), frozenset(used), tuple(rivals))

    def _meaning(self, written: str, texts: Sequence[str]) -> tuple[str, str, int]:
        """Return the column that a heading means, the heading, simplified, and how sure that is; else empty ones."""
        if written in self._declared and simplified(written) not in self._own:
            return written, simplified(written), _DECLARED
        plain = [simplified(text) for text in texts]
        bare = [part for text in plain if (part := " ".join(_ASIDE.sub(" ", text).split()))]
        for parts, own in ((plain, _OWN), (bare, _OWN_BUT_FOR_ASIDE)):
            several = (" ".join(parts), " ".join(reversed(parts))) if len(parts) > 1 else ()
            for heading in (*several, *parts[-1:]):
                if heading in self._known:
                    is_whole = len(parts) == 1 or heading in several
                    sureness = own if heading in self._own else _WHOLE if is_whole else _LAST_PART
                    return self._known[heading], heading, sureness
        return "", "", _LAST_PART


def _surest(claims: Sequence[_Claim], below: Sequence[Record]) -> list[_Claim]:
    """Return the headings that mean a column most surely; of several, those with values in the rows below."""
    surest = min(claim.sureness for claim in claims)
    best = [claim for claim in claims if claim.sureness == surest]
    if len(best) == 1 or not below:
        return best
    return [claim for claim in best if _has_values(below, claim.position)] or best[:1]


def _has_values(records: Sequence[Record], position: int) -> bool:
    return not all(_is_empty(cells, position) for _row, cells in records)


def _rivals(column: str, headings: Sequence[str]) -> Rivals:
    """Return headings that mean one column, with the newest where the year is all they differ by."""
    plain = [simplified(heading) for heading in headings]
    years = [int(found[0]) if len(found := _YEAR.findall(heading)) == 1 else 0 for heading in plain]
    is_year_all = len({" ".join(_ASIDE.sub(" ", heading).split()) for heading in plain}) == 1
    if is_year_all and all(years) and len(set(years)) == len(years):
        return Rivals(column, tuple(headings), headings[years.index(max(years))])
    return Rivals(column, tuple(headings))


def _rename_unused(names: list[str], column: str, claims: Sequence[_Claim], taken: Sequence[_Claim]) -> None:
    """Give a column another name that has a declared one, where the study says that another column is meant."""
    if not taken or taken[0].sureness > _OWN_BUT_FOR_ASIDE:
        return
    unused = [claim.position for claim in claims if claim.sureness == _DECLARED]
    for number, position in enumerate(unused, start=2):
        names[position] = f"{column} ({number})"


def _texts(records: Sequence[Record], merged: Sequence[Area]) -> list[list[str]]:
    """Return the texts of the first rows; merged cells speak for all the cells they cover."""
    width = max(len(cells) for _row, cells in records)
    texts = [[_text(value) for value in cells] + [""] * (width - len(cells)) for _row, cells in records]
    at = {row - 1: i for i, (row, _cells) in enumerate(records)}
    left_to_fill = _MOST_FILLED
    for top, left, bottom, right in merged:
        if top not in at or left >= width:
            continue
        covered = [i for row, i in at.items() if top <= row <= bottom]
        n_columns = min(right, width - 1) - left + 1
        left_to_fill -= len(covered) * n_columns
        if left_to_fill < 0:
            break
        for i in covered:
            texts[i][left : left + n_columns] = [texts[at[top]][left]] * n_columns
    return texts


def _columns(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the texts of each column from top to bottom. A group's name may stand over its first column only."""
    texts = [list(row) for row in rows]
    for i in range(len(texts) - 1):
        for j in range(1, len(texts[i])):
            if not texts[i][j] and texts[i][j - 1] and texts[-1][j] and not _stands_alone(texts, i, j - 1):
                texts[i][j] = texts[i][j - 1]
    return [[text for text in column if text] for column in zip(*texts, strict=True)]


def _stands_alone(texts: Sequence[Sequence[str]], i: int, j: int) -> bool:
    """Return whether a heading has nothing below it, or the same: then it names its own column only."""
    return all(not row[j] or row[j] == texts[i][j] for row in texts[i + 1 :])


def _text(value: Any) -> str:
    return "" if value is None else " ".join(_BROKEN_WORD.sub("", str(value)[:_MOST_CHARACTERS]).split())


def _has_numbers(cells: Sequence[Any]) -> bool:
    return any(
        not isinstance(value, str) or _NUMERAL.fullmatch(value.strip()) for value in cells if value not in {None, ""}
    )
