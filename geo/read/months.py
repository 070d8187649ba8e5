"""Months in which a road is open, from OpenStreetMap's `seasonal`, `opening_hours` and `*:conditional` tags."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

Months = frozenset[int]

ALL_YEAR: Final[Months] = frozenset(range(1, 13))
NEVER: Final[Months] = frozenset()
_NAMES: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
#: ``mar`` and ``march`` -> 3.
_MONTHS: Final = {text: n for n, name in enumerate(_NAMES, start=1) for text in (name.lower(), name[:3].lower())}
#: Seasons as OpenStreetMap mappers of the northern temperate zone use them (OpenStreetMap wiki, Key:seasonal);
#: winter lasts until the end of March because snow roads in the steppe do.
_SEASONS: Final[Mapping[str, tuple[int, ...]]] = {
    "winter": (12, 1, 2, 3),
    "spring": (3, 4, 5),
    "summer": (6, 7, 8),
    "autumn": (9, 10, 11),
}
_SPAN: Final = re.compile(r"([a-z]+)\s*(\d{1,2})?(?:\s*-\s*(?:([a-z]+)\s*)?(\d{1,2})?)?")
_CLAUSE: Final = re.compile(r"\s*([a-z_]+)\s*@\s*(\([^()]*\)|[^;()]+?)\s*(?:;|$)")


def seasonal_months(value: str) -> Months | None:
    """Return the open months of a `seasonal` value such as ``spring;summer`` or ``May-Oct``; None if it names none."""
    months: Months = NEVER
    for word in value.lower().split(";"):
        spans = _spans(word.strip())
        if spans is None:
            return None
        months |= spans[1]
    return months


def opening_months(value: str) -> Months | None:
    """Return the months named by an `opening_hours` value that speaks of nothing else; None for any other value."""
    spans = _spans(value.strip().lower())
    return None if spans is None else spans[1]


def conditional_months(
    value: str, months: Months, opens: Callable[[str], bool | None]
) -> tuple[Months, tuple[str, ...]]:
    """Apply a conditional access value to the months in which a road is open without it.

    A month counts as open only if it is open from its first to its last day.

    Parameters
    ----------
    value
        Such as ``no @ (Nov 15-Mar 31)`` or ``yes @ (May-Oct); no @ (Jun)``.
    months
        Open months where no condition holds.
    opens
        Whether an access value opens the road; None for a value that says nothing about it.

    Returns
    -------
    months
        Open months. Clauses that could not be read change nothing.
    unread
        Clauses about something else than months (hours, weight, weather), as written.

    References
    ----------
    OpenStreetMap wiki, Conditional restrictions: later clauses count more than earlier ones.
    """
    unread: list[str] = []
    position = 0
    while position < len(value):
        clause = _CLAUSE.match(value.lower(), position)
        if clause is None:
            return months, (*unread, value[position:].strip())
        verdict, spans = opens(clause[1]), _spans(clause[2].strip("() "))
        if verdict is None or spans is None:
            unread.append(value[position : clause.end()].strip("; "))
        else:
            touched, whole = spans
            months = months | whole if verdict else months - touched
        position = clause.end()
    return months, tuple(unread)


def _spans(condition: str) -> tuple[Months, Months] | None:
    """Return the months that a condition touches and those it covers wholly; None if it speaks of anything else."""
    touched: set[int] = set()
    whole: set[int] = set()
    for part in condition.replace("–", "-").split(","):
        text = part.strip()
        if text in _SEASONS:
            touched |= set(_SEASONS[text])
            whole |= set(_SEASONS[text])
            continue
        span = _SPAN.fullmatch(text)
        first = _MONTHS.get(span[1]) if span else None
        last = _MONTHS.get(span[3]) if span and span[3] else first
        if span is None or first is None or last is None or text.endswith("-"):
            return None
        begin = int(span[2] or 1)
        only_day = span[2] is not None and "-" not in text
        end = begin if only_day else int(span[4] or 31)
        if first == last and end < begin:
            return None
        run = _run(first, last)
        touched |= set(run)
        whole |= set(run) - ({first} if begin > 1 else set()) - ({last} if end < _days(last) else set())
    return frozenset(touched), frozenset(whole)


def _days(month: int) -> int:
    return calendar.monthrange(2001, month)[1]


def _run(first: int, last: int) -> list[int]:
    length = (last - first) % 12 + 1
    return [(first - 1 + step) % 12 + 1 for step in range(length)]


def write_months(months: Iterable[int]) -> str:
    """Return months as the ROADS table writes them, beginning after a gap: ``12 1 2 3``; empty for the whole year."""
    chosen = set(months)
    if len(chosen) == 12:
        return ""
    starts = [month for month in sorted(chosen) if (month - 2) % 12 + 1 not in chosen]
    start = starts[-1] if {12, 1} <= chosen else starts[0]
    return " ".join(str(month) for month in _run(start, (start - 2) % 12 + 1) if month in chosen)
