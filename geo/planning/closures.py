"""Closing or lowering a place: whom it would worsen, whether anything could make up for it, and what is protected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from geo.planning.case import NOTHING, Ints, Milliseconds, Option, PlanningCase
from geo.planning.measure import Loser, losers_between, need_ms
from geo.units import UNREACHABLE_MS


@dataclass(frozen=True)
class Refusal:
    """An option that lowers or closes a place, and what speaks against it.

    Parameters
    ----------
    option
        Position of the option.
    losers
        Whom it would worsen by more than the tolerance if nothing else changed, with the people of the first year;
        without a tolerance, everybody whom it would worsen.
    reason
        ``protected``: refused whatever happens. ``worsening``: refused unless something makes up for it. ``allowed``:
        there is no tolerance, so that it is not refused; the losers are listed all the same.
    possible
        Whether something could make up for it: everybody among the losers would stay within the tolerance if every
        other place had whatever helps them most, without a look at money. False says that no programme at all can
        contain the option; True does not promise that one with money does.
    beyond_help
        Positions of needs that no programme can keep within the tolerance; empty where ``possible``.
    """

    option: int
    losers: tuple[Loser, ...]
    reason: Literal["protected", "worsening", "allowed"]
    possible: bool
    beyond_help: tuple[int, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Whether the option is refused as things stand."""
        return self.reason != "allowed"


def is_lowering(before: Option, after: Option) -> bool:
    """Return whether some service, level or language of today would not be there any more."""
    fewer_levels = any(after.serves.get(service, -1) < level for service, level in before.serves.items())
    if not before.serves:
        return False
    all_of_them = not after.languages or (bool(before.languages) and set(before.languages) <= set(after.languages))
    return fewer_levels or not all_of_them


def lowering_options(case: PlanningCase) -> tuple[int, ...]:
    """Return the positions of options that close or lower what stands today, ascending."""
    today = case.today
    found = []
    for position, option in enumerate(case.options):
        kept = int(today[case.place_of_option[position]])
        if kept not in (NOTHING, position) and is_lowering(case.options[kept], option):
            found.append(position)
    return tuple(found)


def is_protected(case: PlanningCase, option: int) -> bool:
    """Return whether the place of a lowering option is protected."""
    return case.protected is not None and bool(case.protected[case.place_of_option[option]])


def refusals(case: PlanningCase) -> tuple[Refusal, ...]:
    """Return what speaks against each option that closes or lowers a place, in the order of options.

    Options that worsen nobody beyond the tolerance, and whose place is not protected, are left out.
    """
    before = need_ms(case, case.today)
    best = _Best.of(case)
    found = []
    for option in lowering_options(case):
        state = case.today.copy()
        state[case.place_of_option[option]] = option
        tolerance = case.max_worsening_ms
        worse = losers_between(case.persons[0], before, need_ms(case, state), tolerance or 0)
        if is_protected(case, option):
            found.append(Refusal(option, worse, "protected", possible=False))
        elif worse and tolerance is None:
            found.append(Refusal(option, worse, "allowed", possible=True))
        elif worse:
            helped = best.with_option(option)
            beyond = sorted({o.need for o in worse if helped[o.season, o.need] > o.before_ms + (tolerance or 0)})
            found.append(Refusal(option, worse, "worsening", not beyond, tuple(beyond)))
    return tuple(found)


def tolerated(case: PlanningCase) -> tuple[tuple[int, tuple[Loser, ...]], ...]:
    """Return the positions of options that close or lower a place and harm nobody, or all within the tolerance only.

    Each with everybody whose time it makes longer, in the order of options: those that `refusals` leaves out.
    """
    before = need_ms(case, case.today)
    found = []
    for option in lowering_options(case):
        if is_protected(case, option):
            continue
        state = case.today.copy()
        state[case.place_of_option[option]] = option
        after = need_ms(case, state)
        if not losers_between(case.persons[0], before, after, case.max_worsening_ms or 0):
            found.append((option, losers_between(case.persons[0], before, after)))
    return tuple(found)


@dataclass(frozen=True, eq=False)
class _Best:
    """The nearest and the next nearest place that could ever serve each need, whichever option it takes for it."""

    case: PlanningCase
    nearest: Milliseconds
    second: Milliseconds
    place: Ints

    @classmethod
    def of(cls, case: PlanningCase) -> _Best:
        """Work it out without a look at money; options refused for protection do not count."""
        lowered = set(lowering_options(case))
        usable = [o for o in range(len(case.options)) if not (o in lowered and is_protected(case, o))]
        n_needs = len(case.needs)
        could = np.zeros((n_needs, len(case.place_ids)), dtype=np.bool_)
        for option in usable:
            could[:, case.place_of_option[option]] |= case.can_serve[:, option]
        shape = len(case.season_names), n_needs
        nearest, second = (np.full(shape, UNREACHABLE_MS, dtype=np.int32) for _one in range(2))
        place = np.full(shape, -1, dtype=np.int64)
        for need in range(n_needs if could.shape[1] else 0):
            times = np.where(could[need], case.place_ms[:, case.settlement_of_need[need], :], UNREACHABLE_MS)
            which = times.argmin(axis=1)
            seasons = np.arange(shape[0])
            nearest[:, need], place[:, need] = times[seasons, which], which
            times[seasons, which] = UNREACHABLE_MS
            second[:, need] = times.min(axis=1)
        return cls(case, nearest, second, place)

    def with_option(self, option: int) -> Milliseconds:
        """Return the shortest possible times (n_seasons, n_needs) when one place has this option."""
        case = self.case
        place = int(case.place_of_option[option])
        others = np.where(self.place == place, self.second, self.nearest)
        own = case.place_ms[:, case.settlement_of_need, place]
        return np.where(case.can_serve[:, option], np.minimum(others, own), others)
