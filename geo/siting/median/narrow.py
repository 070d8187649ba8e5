"""What cannot be part of any plan as good as a known one, by a Lagrangian bound; it makes the exact models small.

The requirement that everybody is served is priced: with the price ``l_i`` of a settlement, a site is worth
``rho_j = sum min(0, c_ij - l_i)``, and no plan with p free sites costs less than ``L = sum l_i`` plus the p smallest
``rho_j``. If opening a site lifts that above the known plan's cost, the site is out; and nobody can be burdened with
more than ``l_i`` plus the gap. Whoever must be within some time has no price that would be too high.

References
----------
Cornuejols, Fisher and Nemhauser (1977), Management Science 23:789-810; Beasley (1993), European Journal of Operational
Research 65:383-399.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from geo.siting import constraints, goals
from geo.siting.median.engines import engine_for
from geo.siting.median.instance import Instance
from geo.siting.median.search import Work
from geo.siting.problem import Floats, Mask, Milliseconds
from geo.siting.reduce import Reduced

#: Most steps, enough for the bound to settle on districts; see `Settings`.
N_STEPS: Final = 400
STEPS: Final = (1.0, 0.6, 0.7, 15, 1e-3)

#: Relative room left for rounding when something is ruled out.
ROUNDING: Final = 1e-7


@dataclass(frozen=True, eq=False)
class Priced:
    """Burdens x persons above the floor, one row per settlement (or per season and settlement, if weighted)."""

    costs: Floats
    ceilings: Floats
    floors: Floats
    weights: Floats


def narrow(reduced: Reduced, goal: goals.BurdenGoal, most: float, plan: Mask, latest_ms: Milliseconds) -> Reduced:
    """Return the problem without sites and burdens that no plan with a linear value of at most ``most`` can have.

    Parameters
    ----------
    reduced
        The problem; its number of open sites must be limited.
    goal
        The goal whose value is bounded.
    most
        Linear value of a known plan, or slightly more.
    plan
        That plan.
    latest_ms
        (n_seasons, n_settlements), the longest time that each may have, ``UNREACHABLE_MS`` where any time will do.
    """
    problem = reduced.problem
    if problem.n_open is None or reduced.sites.size == 0:
        return reduced
    n_free = min(problem.n_open - int(problem.always.sum()), reduced.sites.size)
    target = (most - float(goal.linear(reduced.best_ms, problem.always))) * (1 + ROUNDING)
    priced = _priced(reduced, goal, plan, latest_ms)
    work = Work.of(engine_for(problem), _instance(priced, float(n_free), target).on_grid(target))
    work.climb(target, 0.0, N_STEPS, STEPS)
    keep = np.zeros(reduced.sites.size, dtype=np.bool_)
    keep[work.reduced(target, plan[reduced.sites]).sites] = True
    counted = priced.weights > 0
    gap = max(0.0, target - work.bound)
    limits = priced.floors + (work.prices + gap) / np.where(counted, priced.weights, 1.0)
    shape = (-1, problem.n_settlements)
    return replace(
        reduced,
        sites=reduced.sites[keep],
        milliseconds=np.ascontiguousarray(reduced.milliseconds[:, :, keep]),
        burden_limits=np.where(counted, limits, np.inf).reshape(shape),
    )


def _priced(reduced: Reduced, goal: goals.BurdenGoal, plan: Mask, latest_ms: Milliseconds) -> Priced:
    problem = reduced.problem
    values = goal.burden(reduced.milliseconds).astype(np.float64)
    ceilings = goal.burden(reduced.ceiling_ms).astype(np.float64)
    floors = goal.burden(reduced.best_ms).astype(np.float64)
    late = reduced.milliseconds > latest_ms[:, :, np.newaxis]
    late_ceilings = reduced.ceiling_ms > latest_ms
    if problem.season_rule == "worst":
        season = constraints.nearest_ms(problem, plan).argmax(axis=0)
        everybody = np.arange(problem.n_settlements)
        floors = floors.max(axis=0)
        values, ceilings = values[season, everybody], ceilings[season, everybody]
        late, late_ceilings = late[season, everybody], late_ceilings[season, everybody]
        weights = problem.persons.astype(np.float64)
    else:
        values, ceilings, floors = values.reshape(-1, reduced.sites.size), ceilings.ravel(), floors.ravel()
        late, late_ceilings = late.reshape(-1, reduced.sites.size), late_ceilings.ravel()
        weights = (problem.normal_weights[:, np.newaxis] * problem.persons).ravel()
    costs = weights[:, np.newaxis] * np.maximum(values - floors[:, np.newaxis], 0.0)
    most = weights * np.maximum(ceilings - floors, 0.0)
    counted = weights > 0
    costs = np.where(late & counted[:, np.newaxis], np.inf, costs)
    most = np.where(late_ceilings & counted, np.inf, most)
    return Priced(costs, most, floors, weights)


def _instance(priced: Priced, room: float, target: float) -> Instance:
    """Return costs as lists by settlement, without those that no plan within the target can have."""
    usable = priced.costs < np.minimum(priced.ceilings, target)[:, np.newaxis]
    row, site = np.nonzero(usable)
    cost = priced.costs[row, site]
    order = np.lexsort((cost, row))
    start = np.concatenate([[0], np.cumsum(usable.sum(axis=1))])
    n_sites = priced.costs.shape[1]
    return Instance(
        rows=(start, site[order].astype(np.int32), cost[order]),
        ceiling=priced.ceilings,
        beyond=np.full(len(priced.ceilings), np.inf),
        sites=np.arange(n_sites),
        weight=np.ones(n_sites),
        room=room,
        base=0.0,
        grid=0.0,
    )
