"""Why this plan and not another: what each new site brings, the best exchange for it, and the second-best plan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.siting import constraints
from geo.siting.interchange import Neighbourhood, is_better
from geo.siting.measure import evaluate, mask_of
from geo.siting.objectives import OBJECTIVES
from geo.siting.problem import SitingProblem
from geo.siting.solution import Evaluation

__all__ = ["Contribution", "Swap", "best_swaps", "contribution", "evaluate", "second_best"]


@dataclass(frozen=True, eq=False)
class Swap:
    """A plan that gives up one site, with another in its place or with none; differences are plan less original.

    Parameters
    ----------
    site_out, site_in
        Positions of the site given up and of the one opened instead; ``site_in`` is None where none is opened.
    evaluation
        Measures of the changed plan.
    persons_beyond_limit, largest_ms, cost
        What the change adds to these measures; negative where it lowers them.
    ede_minutes
        The same for the equally-distributed equivalent, None without a kappa.
    goals
        The same for each goal of the objective, in its order.
    """

    site_out: int
    site_in: int | None
    evaluation: Evaluation
    persons_beyond_limit: int
    largest_ms: int
    cost: float
    ede_minutes: float | None
    goals: tuple[float, ...]


@dataclass(frozen=True)
class Contribution:
    """What is lost if one newly opened site is left out and nothing takes its place.

    Parameters
    ----------
    site
        Position of the site.
    persons_within_limit, settlements_within_limit
        Persons, and positions of settlements with persons, that would no longer be within the limit.
    persons_nearer, settlements_nearer
        Persons, and positions of settlements with persons, that would travel longer in some season.
    """

    site: int
    persons_within_limit: int
    settlements_within_limit: tuple[int, ...]
    persons_nearer: int
    settlements_nearer: tuple[int, ...]


def best_swaps(problem: SitingProblem, plan: Evaluation) -> tuple[Swap, ...]:
    """Return, for each opened site in order, the best allowed plan that gives it up for one other site or for none.

    "Best" is the lexicographic order of the problem's goals; of equals the lowest site. An opened site that no allowed
    single exchange can replace is left out.
    """
    neighbourhood = Neighbourhood(problem, OBJECTIVES[problem.objective].goals(problem))
    is_open = mask_of(problem, plan.open_sites)
    openable = np.flatnonzero(problem.free & ~is_open)
    swaps = []
    for site in plan.opened:
        if problem.status[site] == "fixed":
            continue
        without = is_open.copy()
        without[site] = False
        moves = neighbourhood.moves(without, openable, drop=True)
        choice = neighbourhood.best(moves)
        if choice >= 0:
            site_in = int(moves.sites[choice])
            swaps.append(_swap(problem, plan, site, site_in if site_in >= 0 else None))
    return tuple(swaps)


def second_best(problem: SitingProblem, plan: Evaluation) -> Swap | None:
    """Return the best of all plans that differ by one exchange; None where there is none.

    Plans that differ in more sites are not looked at, so that a better second plan may exist.
    """
    neighbourhood = Neighbourhood(problem, OBJECTIVES[problem.objective].goals(problem))
    best: Swap | None = None
    best_vector = np.zeros(0)
    for swap in best_swaps(problem, plan):
        vector = neighbourhood.vector(mask_of(problem, swap.evaluation.open_sites))
        if best is None or is_better(vector, best_vector):
            best, best_vector = swap, vector
    return best


def contribution(problem: SitingProblem, plan: Evaluation) -> tuple[Contribution, ...]:
    """Return what each newly opened site brings, one by one; shares of two sites may overlap or fall between them."""
    is_open = mask_of(problem, plan.open_sites)
    worst = plan.milliseconds_after.max(axis=0)
    found = []
    for site in plan.opened:
        without = is_open.copy()
        without[site] = False
        after = constraints.nearest_ms(problem, without)
        populated = problem.persons > 0
        beyond = populated & (worst <= problem.limit_ms) & (after.max(axis=0) > problem.limit_ms)
        farther = populated & (after > plan.milliseconds_after).any(axis=0)
        found.append(
            Contribution(
                site=site,
                persons_within_limit=int(problem.persons[beyond].sum()),
                settlements_within_limit=tuple(np.flatnonzero(beyond).tolist()),
                persons_nearer=int(problem.persons[farther].sum()),
                settlements_nearer=tuple(np.flatnonzero(farther).tolist()),
            )
        )
    return tuple(found)


def _swap(problem: SitingProblem, plan: Evaluation, site_out: int, site_in: int | None) -> Swap:
    chosen = set(plan.open_sites) - {site_out} | ({site_in} if site_in is not None else set())
    changed = evaluate(problem, chosen)
    longer = None
    if changed.ede_minutes is not None and plan.ede_minutes is not None:
        longer = changed.ede_minutes - plan.ede_minutes
    return Swap(
        site_out=site_out,
        site_in=site_in,
        evaluation=changed,
        persons_beyond_limit=changed.persons_beyond_limit - plan.persons_beyond_limit,
        largest_ms=changed.largest_ms - plan.largest_ms,
        cost=changed.cost - plan.cost,
        ede_minutes=longer,
        goals=tuple(b - a for a, b in zip(plan.goals, changed.goals, strict=True)),
    )
