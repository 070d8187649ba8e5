"""What cannot be part of any plan as good as a known one, by a Lagrangian bound; it makes the exact models small.

The requirement that everybody is served is priced: with the price ``l_i`` of a settlement, a site is worth
``rho_j = sum min(0, c_ij - l_i)``, and no plan with p free sites costs less than ``L = sum l_i`` plus the p smallest
``rho_j``. If opening a site lifts that above the known plan's cost, the site is out; and nobody can be burdened with
more than ``l_i`` plus the gap. Whoever must be within some time counts the whole cost of the known plan beyond it.

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
from geo.siting.problem import Floats, Mask, Milliseconds
from geo.siting.reduce import Reduced

#: Subgradient steps; enough for the bound to settle on districts.
N_STEPS: Final = 400

#: Steps without progress after which the step length shrinks, and by how much.
PATIENCE: Final = 15
SHRINK: Final = 0.6

#: Share of the last direction kept in the next one.
MOMENTUM: Final = 0.7

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
    if problem.n_open is None:
        return reduced
    n_free = min(problem.n_open - int(problem.always.sum()), reduced.sites.size)
    target = most - float(goal.linear(reduced.best_ms, problem.always))
    priced = _priced(reduced, goal, plan, latest_ms, target)
    prices, worth = _subgradient(priced, n_free, target, plan[reduced.sites])
    order = np.sort(worth)
    bound = float(prices.sum() + order[:n_free].sum())
    gap = max(0.0, target - bound) + ROUNDING * target
    last = order[n_free - 1] if n_free else -np.inf
    keep = (worth - last <= gap) | plan[reduced.sites]
    counted = priced.weights > 0
    limits = priced.floors + (prices + gap) / np.where(counted, priced.weights, 1.0)
    shape = (-1, problem.n_settlements)
    return replace(
        reduced,
        sites=reduced.sites[keep],
        milliseconds=np.ascontiguousarray(reduced.milliseconds[:, :, keep]),
        burden_limits=np.where(counted, limits, np.inf).reshape(shape),
    )


def _priced(reduced: Reduced, goal: goals.BurdenGoal, plan: Mask, latest_ms: Milliseconds, target: float) -> Priced:
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
    costs = np.where(late & counted[:, np.newaxis], np.maximum(costs, target), costs)
    most = np.where(late_ceilings & counted, np.maximum(most, target), most)
    return Priced(costs, most, floors, weights)


def _subgradient(priced: Priced, n_free: int, target: float, chosen: Mask) -> tuple[Floats, Floats]:
    """Return the best prices found and what each site is worth under them."""
    known = np.sort(np.column_stack([priced.costs[:, chosen], priced.ceilings]), axis=1)
    prices = np.minimum((known[:, 0] + known[:, min(1, known.shape[1] - 1)]) / 2, priced.ceilings)
    scale = np.sqrt(prices + 1e-3 * prices.mean() + np.finfo(np.float64).tiny)
    best, best_bound, best_worth = prices, -np.inf, np.zeros(priced.costs.shape[1])
    direction, length, idle = np.zeros_like(prices), 1.0, 0
    for _ in range(N_STEPS):
        saved = np.minimum(priced.costs - prices[:, np.newaxis], 0.0)
        worth = saved.sum(axis=0)
        cheapest = np.argsort(worth, kind="stable")[:n_free]
        bound = float(prices.sum() + worth[cheapest].sum())
        if bound > best_bound:
            best, best_bound, best_worth, idle = prices, bound, worth, 0
        else:
            idle += 1
        if idle > PATIENCE:
            prices, length, idle, direction = best, length * SHRINK, 0, np.zeros_like(prices)
            continue
        direction = scale * (1.0 - (saved[:, cheapest] < 0).sum(axis=1)) + MOMENTUM * direction
        norm = float(direction @ direction)
        if norm == 0.0 or bound >= target:
            break
        step = length * (1.0001 * target - bound) / norm
        prices = np.clip(prices + step * scale * direction, 0.0, priced.ceilings)
    return best, best_worth
