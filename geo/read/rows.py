"""Rows of a spreadsheet that are no rows of its table: titles, numbered columns, totals, notes. Each is told of."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, Final

from geo.language import gettext as _
from geo.read.headers import Header, Record, simplified
from geo.tables.check import Findings, is_blank, parse_number
from geo.tables.schema import Table

#: How totals are called in Russian, Kazakh and English, at the beginning or the end of a simplified text.
_TOTAL: Final = re.compile(
    r"^(всего|итого|итог|барлығы|барлыгы|жиыны|жиынтығы|қорытынды|total|subtotal|grand total)\b"
    r"|\b(итого|всего|барлығы)$"
    r"|^(по (району|округу|области|сельскому округу)|в целом по|(аудан|округ|облыс) бойынша)\b"
)
#: How rural okrugs are called; villages are listed below theirs.
_OKRUG: Final = re.compile(
    r"\b(сельский округ|сельского округа|поселковый округ|аульный округ|с о|с/о|ауылдық округі?|кенттік округі?|а о|"
    r"rural okrug|rural district)$"
)
_NOTE: Final = re.compile(
    r"^(примечани|прим\b|ескерт|note|источник|дереккөз|source|исполнител|орындаушы|орындаған|руководител|басшы|"
    r"аким\b|әкім\b|тел\b|составил|подпись|по данным|деректер|мәліметтер|в том числе|оның ішінде|из них)"
)
#: So many words in the only cell of a last row are a sentence, not a code.
_NOTE_WORDS: Final = 3
_MOST_NOTE_CELLS: Final = 2
_SHOWN: Final = 60
#: Cells that number the columns; so many that no row of a table has them by chance, words among its values.
_LEAST_NUMBERED: Final = 3
_SURELY_NUMBERED: Final = 5
#: Fewer rows add up to each other by chance.
_LEAST_ADDED: Final = 2
#: Required values that a total or a note does not have; a code alone it may.
_LEAST_REQUIRED: Final = 2


class Rows:
    """The rows of one table under the names of its header."""

    def __init__(self, table: Table, header: Header, records: Sequence[Record], found: Findings) -> None:
        self._table, self._header, self._found = table, header, found
        self._records = list(records)
        names = header.names
        people = [column.name for column in table.columns if column.unit == "persons" and column.name in names]
        self._counted = names.index(people[0]) if people else None
        self._key = names.index(table.key) if table.key in names else None
        self._required = [
            names.index(column.name)
            for column in table.columns
            if column.required and not column.unknown and column.name in names
        ]
        self._places = [names.index(name) for name in ("lon", "lat") if name in names]
        texts = [name for name in names if name.startswith("name_")] or list(names[:1])
        self._texts = [i for i, name in enumerate(names) if name in texts or i in {self._key, 0}]

    def kept(self) -> list[Record]:
        """Return the rows of the table itself, and tell of all others."""
        above = self._records[: self._header.first]
        for row, cells in above:
            self._leave_out(row, cells, "title-row", _("a title above the table"))
        rest = [record for record in self._records[self._header.last + 1 :] if any(map(_text, record[1]))]
        if rest and self._is_numbering(rest[0][1]):
            self._leave_out(*rest.pop(0), "numbering-row", _("the numbers of the columns"))
        rest = self._without_headers(self._without_notes(rest))
        kept = self._without_totals(rest)
        if above or self._header.last or len(kept) < len(rest):
            self._tell_range(kept)
        return kept

    def _leave_out(self, row: int, cells: Sequence[Any], code: str, why: str) -> None:
        message = _("The row was left out as {why}: “{text}”.").format(why=why, text=_shown(cells))
        remedy = _("If it is a row of the table, give it a code.")
        self._found.add(row, "", code, message, remedy, "repaired")

    def _tell_range(self, kept: Sequence[Record]) -> None:
        first, last = (self._records[i][0] for i in (self._header.first, self._header.last))
        message = (
            _("The column names were read from row {first}; rows of the table below it: {n}, down to row {end}.")
            if first == last
            else _("The column names were read from rows {first} to {last}, and {n} rows below, down to row {end}.")
        )
        end = kept[-1][0] if kept else last
        message = message.format(first=first, last=last, n=len(kept), end=end)
        self._found.add(first, "", "table-range", message, _("Check that this is the table you mean."), "note")

    def _without_headers(self, records: Sequence[Record]) -> list[Record]:
        """Leave out a header that is printed again on the next page."""
        last = [_text(value) for value in self._records[self._header.last][1]]
        while last and not last[-1]:
            last.pop()
        kept = []
        for row, cells in records:
            if 1 < len(last) <= len(cells) and all(
                _text(value) == text for value, text in zip(cells, last, strict=False)
            ):
                self._leave_out(row, cells, "repeated-header", _("the header again"))
            else:
                kept.append((row, cells))
        return kept

    def _without_notes(self, records: Sequence[Record]) -> list[Record]:
        """Leave out what stands below the table: from the last row upwards, sentences in a cell of their own."""
        kept = list(records)
        while kept and self._is_note(kept[-1][1]):
            self._leave_out(*kept.pop(), "note-row", _("a note below the table"))
        return kept

    def _is_note(self, cells: Sequence[Any]) -> bool:
        filled = [(i, _text(value)) for i, value in enumerate(cells) if not is_blank(value)]
        named = sum(bool(name) for name in self._header.names)
        if not filled or len(filled) > _MOST_NOTE_CELLS or named <= len(filled) or self._is_complete(cells):
            return False
        text = filled[0][1]
        if text.startswith(("*", "¹", "²")) or _NOTE.match(simplified(text)):
            return True
        return len(filled) == 1 and filled[0][0] == 0 and len(text.split()) >= _NOTE_WORDS

    def _is_numbering(self, cells: Sequence[Any]) -> bool:
        """Return whether a row numbers the columns, as forms do: 1, 2, 3, ...

        A complete row of a narrow table may happen to: 1,2,3 is a trip from 1 to 2 in 3 minutes.
        """
        filled = [_text(value) for value in cells if not is_blank(value)]
        named = [i for i, name in enumerate(self._header.names) if name]
        is_counted = len(filled) >= _LEAST_NUMBERED and filled == [str(n) for n in range(1, len(filled) + 1)]
        if not is_counted or any(i >= len(cells) or is_blank(cells[i]) for i in named):
            return False
        return len(named) >= _SURELY_NUMBERED or not self._is_complete(cells)

    def _without_totals(self, records: Sequence[Record]) -> list[Record]:
        """Leave out totals, by their words or because they are the sum of the rows around them."""
        kinds = [self._kind(cells) for _row, cells in records]
        values = [self._value(cells) for _row, cells in records]
        below = _sums_below(kinds, values)
        above = _SumsAbove()
        kept = []
        for i, (row, cells) in enumerate(records):
            value, is_sum = values[i], bool(kinds[i]) and values[i] in above.sums()
            if kinds[i] == "total":
                self._check_total(row, value, above)
                self._leave_out(row, cells, "total-row", _("a total"))
            elif kinds[i] == "okrug" and (is_sum or (below[i] > 0 and below[i] == value)):
                self._leave_out(row, cells, "subtotal-row", _("the total of its villages"))
            elif kinds[i] == "nameless" and is_sum:
                self._leave_out(row, cells, "total-row", _("the sum of the rows above"))
            else:
                if kinds[i] == "okrug" and not math.isnan(value):
                    self._warn_of_total(row, cells)
                kept.append((row, cells))
                above.add(value)
                continue
            above.close()
        return kept

    def _warn_of_total(self, row: int, cells: Sequence[Any]) -> None:
        message = _("“{text}” may be the total of its villages and count them twice.").format(text=_shown(cells))
        remedy = _("Delete the row if it is; give it a position if people live there.")
        self._found.add(row, "", "possible-total", message, remedy, "warning")

    def _kind(self, cells: Sequence[Any]) -> str:
        if self._is_placed(cells) or self._is_complete(cells):
            return ""
        texts = [simplified(cells[i]) for i in self._texts if i < len(cells) and isinstance(cells[i], str)]
        if any(_TOTAL.search(text) for text in texts):
            return "total"
        if self._counted is not None and any(_OKRUG.search(text) for text in texts):
            return "okrug"
        has_key = self._key is not None and self._key < len(cells) and not is_blank(cells[self._key])
        return "" if has_key or self._key is None else "nameless"

    def _is_complete(self, cells: Sequence[Any]) -> bool:
        """Return whether a row has all of several required values: then it is a row, whatever it is called."""
        values = [cells[i] if i < len(cells) else None for i in self._required]
        return len(values) >= _LEAST_REQUIRED and not any(map(is_blank, values))

    def _is_placed(self, cells: Sequence[Any]) -> bool:
        return bool(self._places) and not any(is_blank(cells[i] if i < len(cells) else None) for i in self._places)

    def _value(self, cells: Sequence[Any]) -> float:
        """Return the people that a row counts; NaN where they cannot be read."""
        if self._counted is None or self._counted >= len(cells):
            return math.nan
        try:
            return parse_number(cells[self._counted])
        except ValueError:
            return math.nan

    def _check_total(self, row: int, value: float, above: _SumsAbove) -> None:
        """Warn of a total that the rows above do not add up to: a village may be missing."""
        sums = above.sums()
        if math.isnan(value) or value in sums or above.has_unknown or not sums:
            return
        message = _("The total is {stated}, but the rows above add up to {sum}.")
        message = message.format(stated=f"{value:.15g}", sum=f"{max(sums):.15g}")
        remedy = _("See whether a place is missing or counted twice.")
        self._found.add(row, "", "total-differs", message, remedy, "warning")


class _SumsAbove:
    """What the rows so far add up to: all of them, and those since the last total."""

    def __init__(self) -> None:
        self.has_unknown = False
        self._all, self._n_all = 0.0, 0
        self._last, self._n_last = 0.0, 0

    def add(self, value: float) -> None:
        """Take a row that is kept."""
        if math.isnan(value):
            self.has_unknown = True
            return
        self._all, self._n_all = self._all + value, self._n_all + 1
        self._last, self._n_last = self._last + value, self._n_last + 1

    def close(self) -> None:
        """Begin again below a total."""
        self._last, self._n_last = 0.0, 0

    def sums(self) -> set[float]:
        """Return the sums; none of too few rows or of 0."""
        pairs = ((self._all, self._n_all), (self._last, self._n_last))
        return {total for total, n in pairs if n >= _LEAST_ADDED and total > 0}


def _sums_below(kinds: Sequence[str], values: Sequence[float]) -> list[float]:
    """Return for each row the sum of the rows below it, up to the next okrug or total."""
    sums, total = [0.0] * len(values), 0.0
    for i in range(len(values) - 1, -1, -1):
        sums[i] = total
        total = 0.0 if kinds[i] in {"okrug", "total"} else total + (0.0 if math.isnan(values[i]) else values[i])
    return sums


def _text(value: Any) -> str:
    return "" if value is None else " ".join(str(value).split())


def _shown(cells: Sequence[Any]) -> str:
    text = " | ".join(text for value in cells if (text := _text(value)))
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
