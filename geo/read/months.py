"""Months in which a road is open, from OpenStreetMap's `seasonal` and `*:conditional` tags."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping
from typing import Final

_NAMES: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS: Final = {name: number for number, name in enumerate(_NAMES, start=1)}
#: Seasons as OpenStreetMap mappers of the northern temperate zone use them (OpenStreetMap wiki, Key:seasonal);
#: winter lasts until the end of March because snow roads in the steppe do.
_SEASONS: Final[Mapping[str, tuple[int, ...]]] = {
    "winter": (12, 1, 2, 3),
    "spring": (3, 4, 5),
    "summer": (6, 7, 8),
    "autumn": (9, 10, 11),
}
_RANGE: Final = re.compile(r"([A-Z][a-z]{2})(?: (\d{1,2}))?(?: ?- ?([A-Z][a-z]{2})?(?: ?(\d{1,2}))?)?")
_CLAUSE: Final = re.compile(r"\s*([a-z_]+)\s*@\s*(\([^()]*\)|[^;()]+)\s*(?:;|$)")
_OPEN: Final = {"yes", "permissive", "designated", "destination"}
_CLOSED: Final = {"no", "private"}


def seasonal_months(value: str) -> frozenset[int] | None:
    """Return the open months of a `seasonal` value such as ``spring;summer``; None if it names no season."""
    words = [word.strip() for word in value.split(";")]
    if any(word not in _SEASONS for word in words):
        return None
    return frozenset(month for word in words for month in _SEASONS[word])


def conditional_months(value: str, *, closed: bool) -> frozenset[int] | None:
    """Return the open months of a conditional access value.

    A month counts as open only if it is open from its first to its last day.

    Parameters
    ----------
    value
        Such as ``no @ (Nov 15-Mar 31)`` or ``yes @ (May-Oct)``.
    closed
        The road is closed where no condition holds.

    Returns
    -------
    frozenset of int or None
        Months 1-12; None if a condition is about something else than months (hours, weight, weather).

    References
    ----------
    OpenStreetMap wiki, Conditional restrictions.
    """
    months = set() if closed else set(range(1, 13))
    position = 0
    while position < len(value):
        clause = _CLAUSE.match(value, position)
        if clause is None or clause[1] not in _OPEN | _CLOSED:
            return None
        spans = _spans(clause[2].strip("() "))
        if spans is None:
            return None
        touched, whole = spans
        months = months - touched if clause[1] in _CLOSED else months | whole
        position = clause.end()
    return frozenset(months)


def _spans(condition: str) -> tuple[frozenset[int], frozenset[int]] | None:
    """Return the months that a condition touches and those it covers wholly."""
    if condition in _SEASONS:
        return frozenset(_SEASONS[condition]), frozenset(_SEASONS[condition])
    touched: set[int] = set()
    whole: set[int] = set()
    for text in condition.split(","):
        span = _RANGE.fullmatch(text.strip())
        if span is None or span[1] not in _MONTHS or (span[3] and span[3] not in _MONTHS):
            return None
        single_day = span[2] is not None and span[3] is None and span[4] is None
        first, last = _MONTHS[span[1]], _MONTHS[span[3] or span[1]]
        run = _run(first, last)
        begins = int(span[2] or 1) == 1
        ends = not single_day and int(span[4] or 31) >= calendar.monthrange(2001, last)[1]
        touched |= set(run)
        whole |= set(run) - (set() if begins else {first}) - (set() if ends else {last})
    return frozenset(touched), frozenset(whole)


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
