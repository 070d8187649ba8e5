"""When a need is beyond a time: rows of models that say which options prevent it, shared by needs that have them alike.

An *event* is "in some season nothing in force serves the need within D". Its column is at least
``1 - sum(options in force that serve within D)`` for each season that matters. The first goal weighs the events at the
limits; a burden of the worst season is a sum of events at growing D (the radius formulation), so that both goals, and
the tolerance for closures, are made of one kind. Needs with the same rows share their events, and a season whose
options contain those of another season needs no row.

References
----------
Cornuejols, Nemhauser and Wolsey (1980), SIAM Journal on Algebraic and Discrete Methods 1:261-272 (radius formulation);
Church and ReVelle (1974), Papers of the Regional Science Association 32:101-118 (coverage).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np

from geo.planning.case import NOTHING, Floats, Ints, Mask, Milliseconds
from geo.planning.choices import Choices
from geo.planning.measure import need_ms
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS


@dataclass(frozen=True, eq=False)
class Row:
    """``constant + signs @ x[choices]`` counts what serves in time; x of a year are the choices in force."""

    constant: int
    choices: Ints
    signs: Floats


@dataclass(eq=False)
class Events:
    """The events of a case, found one by one, and what needs have at stake in them.

    Parameters
    ----------
    choices
        What may change.
    """

    choices: Choices
    rows: list[tuple[Row, ...]] = field(default_factory=list)
    _known: dict[tuple[bytes, ...], int] = field(default_factory=dict, init=False)
    _seen: dict[tuple[bytes, ...], int | None] = field(default_factory=dict, init=False)

    @cached_property
    def _units(self) -> Ints:
        """Options by column of the tables of times: the choices, then what is kept (n_units,)."""
        today = self.choices.case.today
        return np.concatenate([self.choices.options, today[today != NOTHING]])

    @cached_property
    def _unit_place(self) -> Ints:
        return self.choices.case.place_of_option[self._units].astype(np.int64)

    @cached_property
    def _is_fixed(self) -> Mask:
        """Whether a unit is what stands in a place without choices (n_units,)."""
        has_choice = np.zeros(len(self.choices.case.place_ids), dtype=np.bool_)
        has_choice[self.choices.place] = True
        return ~has_choice[self._unit_place]

    def serving(self, need: int) -> tuple[Ints, Milliseconds]:
        """Return the units that can serve a need, and their times (n_seasons, n_serving)."""
        case = self.choices.case
        units = np.flatnonzero(case.can_serve[need, self._units])
        return units, case.place_ms[:, case.settlement_of_need[need], self._unit_place[units]]

    def beyond(self, need: int, limit_ms: int) -> int | None:
        """Return the event of a need beyond a time; None where it cannot happen, -1 where it always does."""
        units, times = self.serving(need)
        return self.within(units, times <= limit_ms)

    def chain(self, need: int, cap_ms: int) -> list[tuple[int, int, int | None]]:
        """Return (time, next time, event of being beyond the first) by growing worst-season time, up to a cap.

        The first entry is (0, shortest time, -1): that much is always there. None ends a chain: nobody is further.
        """
        units, times = self.serving(need)
        times = times[_worst_seasons(times)]
        # With everything in force, somebody in the worst season still goes the longest of the shortest times.
        nearest = min(cap_ms, int(times.min(axis=1, initial=cap_ms).max()))
        always = times[:, self._is_fixed[units]].min(axis=1, initial=cap_ms).max()
        levels = np.unique(np.concatenate([[nearest, cap_ms], times[(times > nearest) & (times < cap_ms)]]))
        levels = levels[: np.searchsorted(levels, always) + 1]
        found: list[tuple[int, int, int | None]] = [(0, nearest, -1)]
        for low, high in pairwise(levels):
            event = self.within(units, times <= low)
            found.append((int(low), int(high), event))
            if event is None:
                break
        return found

    def within(self, units: Ints, within: Mask) -> int | None:
        """Return the event that in some season none of the units within is in force (n_seasons, n_units)."""
        seen = tuple(sorted({units[row].tobytes() for row in within}))
        if seen not in self._seen:
            self._seen[seen] = self._event(units, within)
        return self._seen[seen]

    def _event(self, units: Ints, within: Mask) -> int | None:
        seasons = _least(within)
        rows = [row for row in (self._row(units[within[s]]) for s in seasons) if row is not None]
        if not rows:
            return None
        if any(row.constant == 0 and not row.choices.size for row in rows):
            return -1
        key = tuple(sorted({_signature(row) for row in rows}))
        if key not in self._known:
            self._known[key] = len(self.rows)
            self.rows.append(tuple({_signature(row): row for row in rows}.values()))
        return self._known[key]

    def _row(self, units: Ints) -> Row | None:
        """Return the row of units that serve in time; None where one of them is always in force."""
        n_choices = self.choices.n_choices
        direct = units[units < n_choices]
        kept = self._unit_place[units[units >= n_choices]]
        lost: list[Ints] = []
        for place in kept:
            own = self.choices.of_place[place]
            mine = direct[self.choices.place[direct] == place]
            if mine.size == own.size:
                return None
            lost.append(np.setdiff1d(own, mine, assume_unique=True) if mine.size else own)
        gained = direct
        for place in kept:
            gained = gained[self.choices.place[gained] != place]
        away = np.concatenate(lost) if lost else np.zeros(0, dtype=np.int64)
        columns = np.concatenate([gained, away])
        order = np.argsort(columns)
        signs = np.concatenate([np.ones(gained.size), -np.ones(away.size)])
        return Row(len(lost), columns[order], signs[order])


@dataclass(frozen=True, eq=False)
class Stakes:
    """A goal as weights of events: its value is ``base + sum weights * (event happens in the year)``.

    Parameters
    ----------
    base
        What is there in every plan.
    weights
        float (n_events, n_years); events found later weigh nothing.
    """

    base: float
    weights: dict[int, Floats]


def unmet_stakes(events: Events) -> Stakes:
    """Return the first goal: weighted persons of unmet needs, over all years."""
    case = events.choices.case
    at_stake = case.persons * events.choices.weight
    base, weights = 0.0, dict[int, Floats]()
    for need in np.flatnonzero(at_stake.any(axis=0)):
        event = events.beyond(int(need), int(case.limit_ms[need]))
        base += _add(weights, event, at_stake[:, need])
    return Stakes(base, weights)


def burden(milliseconds: Milliseconds | Ints, kappa: float, cap_ms: int) -> Floats:
    """Return the exponential burden of capped times that orders plans as the Kolm-Pollak equivalent does."""
    minutes = np.minimum(milliseconds, cap_ms) / MS_PER_MINUTE
    return np.asarray(np.expm1(-kappa * minutes) / -kappa)


def ede_stakes(events: Events) -> Stakes:
    """Return the linear form of the second goal: the burden of everybody's worst season, over all years."""
    case = events.choices.case
    kappa = float(case.kappa or 0.0)
    base, weights = 0.0, dict[int, Floats]()
    for need in np.flatnonzero(case.persons.any(axis=0)):
        for low, high, event in events.chain(int(need), case.cap_ms):
            step = burden(np.array([low, high], dtype=np.int64), kappa, case.cap_ms)
            base += _add(weights, event, case.persons[:, need] * (step[1] - step[0]))
    return Stakes(base, weights)


def latest_events(events: Events) -> list[int]:
    """Return the events that the tolerance for closures forbids in every year."""
    case = events.choices.case
    if case.max_worsening_ms is None:
        return []
    before = need_ms(case, case.today)
    found: set[int] = set()
    for season, need in np.argwhere(before < UNREACHABLE_MS):
        latest = int(before[season, need]) + case.max_worsening_ms
        units, times = events.serving(int(need))
        event = events.within(units, times[[season]] <= latest)
        if event is not None:
            found.add(event)
    return sorted(found)


def _add(weights: dict[int, Floats], event: int | None, stake: Floats) -> float:
    """Add what is at stake to an event; return what is always there."""
    if event is None:
        return 0.0
    if event < 0:
        return float(stake.sum())
    weights[event] = weights.get(event, 0.0) + stake
    return 0.0


def _least(within: Mask) -> list[int]:
    """Return the seasons whose units contain those of no other season left, the first of equals."""
    kept: list[int] = []
    order = np.argsort(within.sum(axis=1), kind="stable")
    for season in order:
        if not any((within[other] <= within[season]).all() for other in kept):
            kept.append(int(season))
    return kept


def _worst_seasons(times: Milliseconds) -> list[int]:
    """Return the seasons that are not faster than another one left for every unit, the first of equals."""
    kept: list[int] = []
    for season in np.argsort(-times.astype(np.int64).sum(axis=1), kind="stable"):
        if not any((times[season] <= times[other]).all() for other in kept):
            kept.append(int(season))
    return kept


def _signature(row: Row) -> bytes:
    return row.constant.to_bytes(4, "big") + row.choices.tobytes() + row.signs.tobytes()
