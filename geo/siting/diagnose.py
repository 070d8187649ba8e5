"""A first allowed plan, or the reason why there is none: who stands in the way, and what would do instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geo.errors import SolverError
from geo.siting import blocks, constraints, goals
from geo.siting.exact import Search
from geo.siting.model import Deadline, Model, Outcome
from geo.siting.problem import Mask, SitingProblem
from geo.siting.reduce import Reduced
from geo.siting.solution import Blocker, Reason
from geo.units import UNREACHABLE_MS


@dataclass(frozen=True)
class Conflict:
    """Why a problem has no solution; fields as in `geo.siting.solution.SitingSolution`."""

    blockers: tuple[Blocker, ...] = ()
    smallest_n_open: int | None = None
    smallest_budget: float | None = None
    smallest_worsening_ms: int | None = None
    smallest_limit_ms: int | None = None


def first_plan(search: Search) -> Mask | Conflict:
    """Return an allowed plan, or why there is none.

    Existing sites are kept where that is allowed; else the plan uses as few sites, or as little money, as possible.
    """
    problem = search.problem
    keep_all = problem.always | problem.having("closable")
    if not constraints.breaches(problem, keep_all):
        return keep_all
    reduced = search.reduced
    hopeless = _blockers(reduced, keep_all | problem.free, "tolerance")
    if hopeless:
        return Conflict(blockers=hopeless, smallest_worsening_ms=_smallest_worsening(reduced))
    goal = goals.open_count(problem) if problem.budget is None else goals.spending(problem)
    leanest = _cheapest(reduced, goal)
    if not constraints.breaches(problem, leanest):
        return leanest
    needed = goal.linear(constraints.nearest_ms(problem, leanest), leanest).item()
    smallest = _smallest_worsening(reduced)
    relaxed = _within(reduced, smallest) if smallest is not None else None
    return Conflict(
        blockers=() if relaxed is None else _blockers(reduced, relaxed, "tolerance-jointly"),
        smallest_n_open=int(needed) if problem.budget is None else None,
        smallest_budget=None if problem.budget is None else needed,
        smallest_worsening_ms=smallest,
    )


def uncovered(reduced: Reduced, best_cover: Mask) -> Conflict:
    """Return why a set cover has no solution, given a proven plan with the fewest people beyond the limit."""
    problem = reduced.problem
    everything = problem.always.copy()
    everything[problem.free] = True
    hopeless = _beyond(problem, everything, "limit")
    conflict = Conflict(
        blockers=hopeless or _beyond(problem, best_cover, "limit-jointly"), smallest_limit_ms=_smallest_limit(reduced)
    )
    if hopeless:
        return conflict
    goal = goals.open_count(problem) if problem.budget is None else goals.spending(problem)
    leanest = _cheapest(reduced, goal, goals.BeyondLimit(problem))
    needed = goal.linear(constraints.nearest_ms(problem, leanest), leanest).item()
    if problem.budget is None:
        return replace(conflict, smallest_n_open=int(needed))
    return replace(conflict, smallest_budget=needed)


def _cheapest(reduced: Reduced, goal: goals.SiteGoal, covered: goals.BeyondLimit | None = None) -> Mask:
    """Return the plan with the smallest site goal within tolerance, whatever number of sites or money it takes."""
    problem = reduced.problem
    model = Model(reduced.sites.size)
    blocks.add_base(model, reduced, problem.max_worsening_ms, resources=False)
    if covered is not None:
        blocks.burden_terms(model, reduced, covered, 0.0)
    terms = blocks.site_terms(reduced, goal)
    model.minimise(terms.columns, terms.coefficients / (float(np.abs(terms.coefficients).max(initial=0.0)) or 1.0))
    return _chosen(reduced, model.solve(problem.seed, Deadline(None)))


def _within(reduced: Reduced, max_worsening_ms: int) -> Mask | None:
    """Return a plan within the number of sites or budget and a tolerance, None if there is none."""
    model = Model(reduced.sites.size)
    blocks.add_base(model, reduced, max_worsening_ms)
    outcome = model.solve(reduced.problem.seed, Deadline(None))
    return _chosen(reduced, outcome) if _has_solution(outcome) else None


def _smallest_worsening(reduced: Reduced) -> int | None:
    """Return the smallest tolerance in milliseconds that has an allowed plan; None if none has."""
    today = constraints.nearest_ms(reduced.problem, reduced.problem.existing).astype(np.int64)
    reached = today < UNREACHABLE_MS
    times = np.concatenate([reduced.milliseconds, reduced.ceiling_ms[:, :, np.newaxis]], axis=2)
    grown = (times - today[:, :, np.newaxis])[reached[:, :, np.newaxis] & (times < UNREACHABLE_MS)]
    levels = np.unique(np.maximum(grown, 0)).tolist()
    return _smallest(levels, lambda level: _within(reduced, level) is not None)


def _smallest_limit(reduced: Reduced) -> int | None:
    """Return the smallest limit in milliseconds that an allowed plan keeps for everybody; None if none does."""
    problem = reduced.problem
    people = problem.persons > 0
    counted = np.append(reduced.milliseconds[:, people].ravel(), reduced.ceiling_ms[:, people].ravel())
    best = reduced.best_ms[:, people]
    if problem.season_rule == "weighted":
        best = best[problem.normal_weights > 0]
    lowest = best.max(initial=0)
    levels = np.unique(counted[(counted >= lowest) & (counted < UNREACHABLE_MS)]).tolist()

    def suffices(limit_ms: int) -> bool:
        model = Model(reduced.sites.size)
        blocks.add_base(model, reduced, problem.max_worsening_ms)
        blocks.burden_terms(model, reduced, goals.BeyondLimit(problem, limit_ms), 0.0)
        return _has_solution(model.solve(problem.seed, Deadline(None)))

    return _smallest(levels, suffices)


def _smallest(levels: Sequence[int], suffices: Callable[[int], bool]) -> int | None:
    """Return the smallest of ascending levels that suffices; larger ones suffice if a smaller one does."""
    if not levels or not suffices(levels[-1]):
        return None
    below, above = 0, len(levels) - 1
    while below < above:
        middle = (below + above) // 2
        below, above = (below, middle) if suffices(levels[middle]) else (middle + 1, above)
    return levels[above]


def _has_solution(outcome: Outcome) -> bool:
    if not outcome.finished:
        raise SolverError("HiGHS could not tell whether a siting problem has a solution")
    return outcome.values is not None


def _chosen(reduced: Reduced, outcome: Outcome) -> Mask:
    if outcome.values is None:
        raise SolverError("HiGHS found no plan for a siting problem that has one")
    return reduced.mask(outcome.values[: reduced.sites.size] > 0.5)


def _blockers(reduced: Reduced, is_open: Mask, reason: Reason) -> tuple[Blocker, ...]:
    """Return everybody whose time in a plan exceeds the tolerance of the problem."""
    problem = reduced.problem
    after = constraints.nearest_ms(problem, is_open)
    return _named(problem, after > constraints.latest_ms(problem, problem.max_worsening_ms), reason)


def _beyond(problem: SitingProblem, is_open: Mask, reason: Reason) -> tuple[Blocker, ...]:
    """Return all people beyond the limit of the problem in a plan, in the seasons that count."""
    after = constraints.nearest_ms(problem, is_open)
    beyond = (after > problem.limit_ms) & (problem.persons > 0)
    if problem.season_rule == "weighted":
        beyond &= problem.normal_weights[:, np.newaxis] > 0
    return _named(problem, beyond, reason)


def _named(problem: SitingProblem, blocked: Mask, reason: Reason) -> tuple[Blocker, ...]:
    before = constraints.nearest_ms(problem, problem.existing)
    best = constraints.nearest_ms(problem, problem.always | problem.free)
    return tuple(Blocker(int(i), int(s), reason, int(before[s, i]), int(best[s, i])) for i, s in np.argwhere(blocked.T))
