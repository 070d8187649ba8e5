"""What a state of a region is worth to its people: times, unmet needs, money, and everybody worse off than today.

Everything is worked out anew from the case and the options in force; no search shares its shortcuts, so that it also
checks what searches find.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.access.equity import kolm_pollak_ede
from geo.planning.case import NOTHING, Floats, Ints, Mask, Milliseconds, PlanningCase
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS


@dataclass(frozen=True)
class Loser:
    """A need whose people travel longer than today in one season; positions in the case's tuples.

    Parameters
    ----------
    need, season
        Positions.
    persons
        People of the need in the year looked at; 0 where nobody lives there any more.
    before_ms, after_ms
        Time today and then; ``after_ms`` is ``UNREACHABLE_MS`` where no way is left.
    """

    need: int
    season: int
    persons: int
    before_ms: int
    after_ms: int


@dataclass(frozen=True, eq=False)
class YearMeasure:
    """One year of a programme.

    Parameters
    ----------
    ms
        int32 (n_seasons, n_needs), time to the nearest place that serves the need; ``UNREACHABLE_MS`` without one.
    unmet
        bool (n_needs,), longer than the limit in some season.
    unmet_persons, unmet_weight
        People of the unmet needs, and what they count for in the first goal.
    ede_minutes
        Equally-distributed equivalent of everybody's worst season, capped; None without a kappa, or without people.
    capex, opex
        Money spent on changes this year, and for everything in force. The running cost of what stays as it is counts.
    served_by
        int32 (n_seasons, n_needs), position of the nearest place that serves the need, -1 without one.
    """

    ms: Milliseconds
    unmet: Mask
    unmet_persons: int
    unmet_weight: float
    ede_minutes: float | None
    capex: float
    opex: float
    served_by: npt.NDArray[np.int32]


def need_ms(case: PlanningCase, in_force: Ints) -> Milliseconds:
    """Return the time of every need to the nearest place that serves it (n_seasons, n_needs).

    Parameters
    ----------
    case
        The region.
    in_force
        int64 (n_places,), position of the option in force, `NOTHING` for an empty plot.
    """
    return _nearest(case, in_force)[0]


def measure_year(case: PlanningCase, year_position: int, in_force: Ints, before_in_force: Ints) -> YearMeasure:
    """Return the measures of one year.

    Parameters
    ----------
    case
        The region.
    year_position
        Position of the year in ``case.years``; it decides the people.
    in_force, before_in_force
        int64 (n_places,), options in force this year, and the year before (``case.today`` for the first year).
    """
    ms, served_by = _nearest(case, in_force)
    unmet = unmet_needs(case, ms)
    persons = case.persons[year_position]
    for array in (ms, unmet, served_by):
        array.flags.writeable = False
    return YearMeasure(
        ms=ms,
        unmet=unmet,
        unmet_persons=int(persons[unmet].sum()),
        unmet_weight=float((persons * weight_of(case))[unmet].sum()),
        ede_minutes=ede_minutes(case, worst_ms(ms), persons),
        capex=capex(case, in_force, before_in_force),
        opex=opex(case, in_force),
        served_by=served_by,
    )


def unmet_needs(case: PlanningCase, ms: Milliseconds) -> Mask:
    """Return the needs whose time is longer than the limit in some season (n_needs,)."""
    return np.asarray((ms > case.limit_ms).any(axis=0))


def worst_ms(ms: Milliseconds) -> Milliseconds:
    """Return the longest time over the seasons (n_needs,)."""
    return np.asarray(ms.max(axis=0))


def ede_minutes(case: PlanningCase, worst: Milliseconds, persons: Ints) -> float | None:
    """Return the Kolm-Pollak equivalent of worst-season times, in minutes; None without a kappa or without people.

    `worst` and `persons` have one shape: one year, or several years whose person-years are pooled.
    """
    if case.kappa is None or not persons.any():
        return None
    minutes = np.minimum(worst, case.cap_ms) / MS_PER_MINUTE
    return kolm_pollak_ede(minutes.ravel(), persons.ravel(), case.kappa)


def capex(case: PlanningCase, in_force: Ints, before_in_force: Ints) -> float:
    """Return the money spent on the options that came into force."""
    changed = (in_force != before_in_force) & (in_force != NOTHING)
    return float(sum(case.options[option].capex for option in in_force[changed]))


def opex(case: PlanningCase, in_force: Ints) -> float:
    """Return the money that everything in force takes to run for a year."""
    return float(sum(case.options[option].opex_year for option in in_force if option != NOTHING))


def losers(case: PlanningCase, year_position: int, in_force: Ints) -> tuple[Loser, ...]:
    """Return everybody whose time is longer than today in some season, season by season.

    Who reached a place today and reaches none then is among them, and so are needs without people.
    """
    return losers_between(case.persons[year_position], need_ms(case, case.today), need_ms(case, in_force))


def losers_between(
    persons: Ints, before: Milliseconds, after: Milliseconds, tolerance_ms: int = 0
) -> tuple[Loser, ...]:
    """Return everybody whose time grows by more than a tolerance between two arrays (n_seasons, n_needs)."""
    served = before < UNREACHABLE_MS
    longer = served & (after.astype(np.int64) > before.astype(np.int64) + tolerance_ms)
    return tuple(
        Loser(int(need), int(season), int(persons[need]), int(before[season, need]), int(after[season, need]))
        for season, need in np.argwhere(longer)
    )


def weight_of(case: PlanningCase) -> Floats:
    """Return what one person of each need counts for in the first goal (n_needs,)."""
    weight = case.weight
    return np.ones(len(case.needs)) if weight is None else weight


def _nearest(case: PlanningCase, in_force: Ints) -> tuple[Milliseconds, npt.NDArray[np.int32]]:
    """Return the time to the nearest place that serves each need, and the place; the first of equally near ones."""
    shape = len(case.season_names), len(case.needs)
    ms = np.full(shape, UNREACHABLE_MS, dtype=np.int32)
    served_by = np.full(shape, -1, dtype=np.int32)
    stands = np.flatnonzero(in_force != NOTHING)
    kinds: dict[tuple[str, int, str], list[int]] = {}
    for number, need in enumerate(case.needs):
        kinds.setdefault((need.service, need.level, need.language), []).append(number)
    for members in kinds.values():
        needs = np.array(members, dtype=np.intp)
        places = stands[case.can_serve[needs[0], in_force[stands]]]
        if not places.size:
            continue
        rows, member_row = np.unique(case.settlement_of_need[needs], return_inverse=True)
        for season in range(shape[0]):
            times = case.place_ms[season][np.ix_(rows, places)]
            which = times.argmin(axis=1)
            nearest = times[np.arange(rows.size), which]
            site = np.where(nearest < UNREACHABLE_MS, places[which], -1)
            ms[season, needs] = nearest[member_row]
            served_by[season, needs] = site[member_row]
    return ms, served_by
