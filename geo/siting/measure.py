"""Measures of a set of open sites, without optimising anything."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from geo.siting import constraints, goals
from geo.siting.capacity.measure import evaluate_places
from geo.siting.objectives import OBJECTIVES, PLACED
from geo.siting.regret import regrets
from geo.siting.solution import Evaluation, Loser
from geo.units import UNREACHABLE_MS

if TYPE_CHECKING:
    from geo.siting.problem import Mask, Milliseconds, SitingProblem


def mask_of(problem: SitingProblem, open_sites: Iterable[int]) -> Mask:
    """Return the mask (n_sites,) of open sites given by position.

    Raises
    ------
    ValueError
        If a position is not one of the problem's sites.
    """
    is_open = np.zeros(problem.n_sites, dtype=np.bool_)
    for site in open_sites:
        if not 0 <= site < problem.n_sites:
            raise ValueError(f"site position {site} is outside 0..{problem.n_sites - 1}")
        is_open[site] = True
    return is_open


def assign(problem: SitingProblem, is_open: Mask) -> Milliseconds:
    """Return the nearest open site (n_seasons, n_settlements), the lowest index among ties, -1 where none."""
    sites = np.flatnonzero(is_open)
    if problem.pairs:
        return np.stack([times.assign(is_open) for times in problem.pairs])
    if sites.size == 0:
        return np.full((problem.n_seasons, problem.n_settlements), -1, dtype=np.int32)
    times = problem.milliseconds[:, :, sites]
    reached = times.min(axis=2) < UNREACHABLE_MS
    return np.where(reached, sites[times.argmin(axis=2)], -1).astype(np.int32)


def evaluate(problem: SitingProblem, open_sites: Iterable[int]) -> Evaluation:
    """Return the measures of any set of open sites, allowed or not; ``breaches`` says what of the problem it breaks.

    Parameters
    ----------
    problem
        The problem whose people, times, costs and goals count.
    open_sites
        Positions of the open sites.

    Raises
    ------
    ValueError
        If a position is not one of the problem's sites.
    """
    is_open = mask_of(problem, open_sites)
    if problem.objective in PLACED:
        return evaluate_places(problem, is_open)
    before = constraints.nearest_ms(problem, problem.existing)
    after = constraints.nearest_ms(problem, is_open)
    persons = problem.persons
    worst = after.max(axis=0)
    served = worst < UNREACHABLE_MS
    persons_unserved = int(persons[~served].sum())
    beyond = int(persons[worst > problem.limit_ms].sum())
    objective = OBJECTIVES[problem.objective]
    found = constraints.breaches(problem, is_open)
    first, *_ = objective.goals(problem)
    if objective.must_cover and not problem.allow_unserved and first.linear(after, is_open) > 0:
        found += ("limit",)
    ede_minutes = None
    if problem.kappa is not None:
        equal = goals.EqualEquivalent(problem)
        ede_minutes = equal.shown(float(equal.linear(after, is_open)), persons_unserved)
    return Evaluation(
        open_sites=_positions(is_open),
        opened=_positions(is_open & ~problem.existing),
        closed=_positions(problem.existing & ~is_open),
        assignment=_frozen(assign(problem, is_open)),
        milliseconds_after=_frozen(after),
        milliseconds_before=_frozen(before),
        unserved=_positions(~served),
        persons_unserved=persons_unserved,
        persons_beyond_limit=beyond,
        persons_within_limit=int(persons.sum()) - beyond,
        largest_ms=int(worst[served & (persons > 0)].max(initial=0)),
        ede_minutes=ede_minutes,
        cost=float(goals.cost(problem).linear(after, is_open)),
        spending=float(goals.spending(problem).linear(after, is_open)),
        losers=losers(before, after),
        goals=tuple(
            goal.shown(goal.linear(after, is_open).item(), persons_unserved) for goal in objective.goals(problem)
        ),
        breaches=found,
        regrets=regrets(problem, after, is_open),
    )


def losers(before: Milliseconds, after: Milliseconds) -> tuple[Loser, ...]:
    """Return everybody whose time grows, by settlement and season; arrays (n_seasons, n_settlements)."""
    grown = np.argwhere((after > before).T)
    return tuple(Loser(int(i), int(s), int(before[s, i]), int(after[s, i])) for i, s in grown)


def _positions(mask: Mask) -> tuple[int, ...]:
    return tuple(int(position) for position in np.flatnonzero(mask))


def _frozen(array: Milliseconds) -> Milliseconds:
    array.flags.writeable = False
    return array
