"""Measures of a plan in which people hold places; the same record as for plans without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geo.siting import constraints, goals
from geo.siting.capacity.places import translate
from geo.siting.capacity.solve import solve_capacity
from geo.siting.objectives import PLACED
from geo.siting.solution import Evaluation, Loser
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS

if TYPE_CHECKING:
    from geo.siting.capacity.instance import Mask
    from geo.siting.problem import Milliseconds, SitingProblem

Persons = npt.NDArray[np.int64]


def evaluate_places(problem: SitingProblem, is_open: Mask) -> Evaluation:
    """Return the measures of a set of open sites, its places given out in the cheapest way found.

    Where the places do not suffice, or a promise is broken, everybody is sent to the nearest open site instead, and
    ``breaches`` says so.
    """
    places = translate(problem, is_open)
    result = solve_capacity(places.instance, problem.seed)
    if result.plan is not None:
        return measures(problem, is_open, places.persons_at(result.plan), ())
    nearest = np.zeros((problem.n_settlements, problem.n_sites), dtype=np.int64)
    worst = np.where(is_open, problem.milliseconds.max(axis=0), UNREACHABLE_MS)
    reached = np.flatnonzero(worst.min(axis=1, initial=UNREACHABLE_MS) < UNREACHABLE_MS)
    nearest[reached, worst[reached].argmin(axis=1)] = problem.persons[reached]
    return measures(problem, is_open, nearest, ("places",))


def measures(problem: SitingProblem, is_open: Mask, persons_at: Persons, breaches: tuple[str, ...]) -> Evaluation:
    """Return the measures of a plan.

    Parameters
    ----------
    problem
        The problem.
    is_open
        Open sites (n_sites,).
    persons_at
        Whole persons (n_settlements, n_sites) by the site where they hold a place; nobody or everybody of a settlement.
    breaches
        What is known to be broken beside what this function finds itself.
    """
    before = constraints.nearest_ms(problem, problem.existing)
    holds: Mask = np.asarray(persons_at.any(axis=1))
    assignment = _assignment(problem, is_open, persons_at, holds)
    after = _times(problem, assignment)
    worst = problem.milliseconds.max(axis=0)
    unserved = ~holds & (after.max(axis=0) >= UNREACHABLE_MS)
    beyond = int((persons_at * (worst > problem.limit_ms)).sum() + problem.persons[~holds].sum())
    persons_unserved = int(problem.persons[~holds].sum())
    found = constraints.breaches(problem, is_open)
    found = (*(breach for breach in found if breach != "worsening"), *breaches)
    longest = _longest(problem, persons_at, holds, after)
    if (longest > constraints.latest_ms(problem, problem.max_worsening_ms)).any():
        found += ("worsening",)
    ede_minutes = None
    if problem.kappa is not None:
        equal = goals.EqualEquivalent(problem)
        ede_minutes = equal.shown(float(equal.linear(after, is_open)), persons_unserved)
    settlement, site = np.nonzero(persons_at)
    shares = persons_at[settlement, site] / problem.persons[settlement]
    return Evaluation(
        open_sites=_positions(is_open),
        opened=_positions(is_open & ~problem.existing),
        closed=_positions(problem.existing & ~is_open),
        assignment=_frozen(assignment),
        milliseconds_after=_frozen(after),
        milliseconds_before=_frozen(before),
        unserved=_positions(unserved | (~holds & (problem.persons > 0))),
        persons_unserved=persons_unserved,
        persons_beyond_limit=beyond,
        persons_within_limit=int(problem.persons.sum()) - beyond,
        largest_ms=int(worst[settlement, site].max(initial=0)),
        ede_minutes=ede_minutes,
        cost=float(goals.cost(problem).linear(after, is_open)),
        spending=float(goals.spending(problem).linear(after, is_open)),
        losers=_losers(before, longest),
        goals=(persons_unserved, value_of(problem, is_open, persons_at)),
        breaches=found,
        shares=tuple((int(i), int(j), float(s)) for i, j, s in zip(settlement, site, shares, strict=True)),
        loads=tuple(persons_at.sum(axis=0).tolist()),
    )


def value_of(problem: SitingProblem, is_open: Mask, persons_at: Persons) -> float:
    """Return person-milliseconds, a whole number, or money."""
    settlement, site = np.nonzero(persons_at)
    persons = persons_at[settlement, site].tolist()
    worst = problem.milliseconds.max(axis=0)[settlement, site].tolist()
    person_ms: int = sum(count * ms for count, ms in zip(persons, worst, strict=True))
    if not PLACED[problem.objective].in_money:
        return person_ms
    money: float = float(problem.opening[is_open & ~problem.existing].sum() + problem.running[is_open].sum())
    money += (
        float(problem.closing[problem.existing & ~is_open].sum()) + problem.travel_price * person_ms / MS_PER_MINUTE
    )
    loads = persons_at.sum(axis=0)
    return money if problem.place_cost is None else money + float(loads @ problem.place_cost)


def _assignment(problem: SitingProblem, is_open: Mask, persons_at: Persons, holds: Mask) -> Milliseconds:
    """Return the site with the largest share in every season; the nearest open one for whoever holds no place."""
    times = np.where(is_open, problem.milliseconds, UNREACHABLE_MS)
    reached = times.min(axis=2, initial=UNREACHABLE_MS) < UNREACHABLE_MS
    if problem.n_sites == 0:
        return np.full(reached.shape, -1, dtype=np.int32)
    nearest = np.where(reached, times.argmin(axis=2), -1)
    return np.asarray(np.where(holds, persons_at.argmax(axis=1), nearest), dtype=np.int32)


def _times(problem: SitingProblem, assignment: Milliseconds) -> Milliseconds:
    if problem.n_sites == 0:
        return np.full(assignment.shape, UNREACHABLE_MS, dtype=np.int32)
    found = np.take_along_axis(problem.milliseconds, np.maximum(assignment, 0)[:, :, np.newaxis], axis=2)[:, :, 0]
    return np.where(assignment >= 0, found, UNREACHABLE_MS).astype(np.int32)


def _longest(problem: SitingProblem, persons_at: Persons, holds: Mask, after: Milliseconds) -> Milliseconds:
    """Return the longest way of anybody in a settlement, season by season."""
    ways = np.where(persons_at > 0, problem.milliseconds, 0).max(axis=2, initial=0)
    return np.asarray(np.where(holds, ways, after), dtype=np.int32)


def _losers(before: Milliseconds, longest: Milliseconds) -> tuple[Loser, ...]:
    grown = np.argwhere((longest > before).T)
    return tuple(Loser(int(i), int(s), int(before[s, i]), int(longest[s, i])) for i, s in grown)


def _positions(mask: Mask) -> tuple[int, ...]:
    return tuple(int(position) for position in np.flatnonzero(mask))


def _frozen(array: Milliseconds) -> Milliseconds:
    array.flags.writeable = False
    return array
