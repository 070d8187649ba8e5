"""How much longer a season's people travel than they would in the plan that is best for that season alone.

A season's person-time counts those without any way as one millisecond more than the longest way of all seasons, or,
in the weighted rule, every time up to the cap; so that plans that serve different people in a season compare.

References
----------
Savage (1951), Journal of the American Statistical Association 46:55-67; Serra and Marianov (1998), Location Science
6:383-394.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from geo.siting import goals
from geo.siting.solution import SeasonRegret
from geo.units import UNREACHABLE_MS

if TYPE_CHECKING:
    from geo.siting.goals import Array
    from geo.siting.problem import Floats, Mask, Milliseconds, SitingProblem
    from geo.siting.reduce import Reduced


@dataclass(frozen=True, eq=False)
class Least:
    """The least person-time of a season.

    Parameters
    ----------
    goal
        The season's person-time, a goal of a problem in which this season alone has weight.
    value
        Person-milliseconds of the best plan found for it.
    bound
        Person-milliseconds that no allowed plan falls below; equal to the value where that is proven least.
    is_open
        That plan; None where the constraints allow none. Value and bound are then those of all usable sites.
    """

    goal: goals.TotalTime
    value: float
    bound: float
    is_open: Mask | None


class _SeasonTime(goals.TotalTime):
    """Person-milliseconds of a single season: whole numbers, though seasons have weights."""

    def __init__(self, problem: SitingProblem) -> None:
        super().__init__(problem)
        self.integral = True


class LargestRegret(goals.Goal):
    """The largest regret of a season, in person-milliseconds; seasons count alike, whatever their weights.

    Regrets are told against the bounds of the seasons' least person-times: where one of these is not proven, they are
    rather too large, by at most ``doubt``.
    """

    name = "largest-regret"
    unit = "person-milliseconds"
    integral = True

    def __init__(self, problem: SitingProblem) -> None:
        super().__init__(problem)
        self.least = least_times(problem)

    @property
    def doubt(self) -> float:
        """Person-milliseconds by which regrets may be told too large."""
        return max(least.value - least.bound for least in self.least)

    def linear(self, nearest: Array, is_open: Mask) -> Array:
        """Return the largest regret."""
        regrets = [np.asarray(least.goal.linear(nearest, is_open)) - least.bound for least in self.least]
        return np.asarray(np.max(regrets, axis=0)).round().astype(np.int64)

    def by_season(self, nearest: Milliseconds, is_open: Mask) -> tuple[SeasonRegret, ...]:
        """Return each season's person-time and regret in a plan."""
        return tuple(
            SeasonRegret(
                season, round(least.goal.linear(nearest, is_open).item()), round(least.value), round(least.bound)
            )
            for season, least in enumerate(self.least)
        )


def regrets(problem: SitingProblem, nearest: Milliseconds, is_open: Mask) -> tuple[SeasonRegret, ...]:
    """Return the regret of each season in a plan; empty where the problem's objective is another one."""
    if problem.objective != "minimax-regret":
        return ()
    return LargestRegret(problem).by_season(nearest, is_open)


#: Goals are made anew whenever they are needed; the searches behind this one run once per problem.
_KNOWN: WeakKeyDictionary[SitingProblem, tuple[Least, ...]] = WeakKeyDictionary()


def least_times(problem: SitingProblem) -> tuple[Least, ...]:
    """Return the least person-time that any allowed plan has in each season alone.

    Of the problem's seconds, if they are limited, every season gets the same share, and as much is left for the rest.
    """
    if problem not in _KNOWN:
        _KNOWN[problem] = _least_times(problem)
    return _KNOWN[problem]


def share_least(problem: SitingProblem, part: SitingProblem) -> None:
    """Let a problem that allows fewer plans tell regrets against the least times of the whole problem."""
    _KNOWN[part] = least_times(problem)


def in_season(reduced: Reduced, least: Least) -> Reduced:
    """Return a reduced problem as that of one season's person-time."""
    return replace(reduced, problem=least.goal.problem)


def _least_times(problem: SitingProblem) -> tuple[Least, ...]:
    from geo.siting.diagnose import Conflict, first_plan
    from geo.siting.exact import Search
    from geo.siting.interchange import Neighbourhood, improve
    from geo.siting.model import Deadline

    goal_of = [_SeasonTime(_weighing(problem, weights)) for weights in np.eye(problem.n_seasons).tolist()]
    start = first_plan(Search(problem, Deadline(None)))
    if isinstance(start, Conflict):
        everything = problem.always | problem.free
        nearest = problem.nearest_ms(everything)
        values = [goal.linear(nearest, everything).item() for goal in goal_of]
        return tuple(Least(goal, value, value, None) for goal, value in zip(goal_of, values, strict=True))
    found = []
    for goal in goal_of:
        share = None if problem.seconds is None else problem.seconds / (problem.n_seasons + 1)
        search = Search(goal.problem, Deadline(share))
        plan = start
        if not search.is_large:
            plan = improve(Neighbourhood(goal.problem, (goal,)), search.reduced.sites, start)
        proof = search.prove(goal, (), plan)
        bound = min(proof.value, math.ceil(proof.bound)) if math.isfinite(proof.bound) else 0.0
        found.append(Least(goal, proof.value, bound, proof.is_open))
    return tuple(found)


def mixed(problem: SitingProblem, weights: Sequence[float]) -> goals.TotalTime:
    """Return the mean of the seasons' person-times by some weights, as a goal of a problem with these weights."""
    return goals.TotalTime(_weighing(problem, weights))


def best_mixture(regrets: Floats, seed: int) -> tuple[Floats, float]:
    """Return the weights of seasons (n_seasons,) with the largest least mean regret of some plans, and that mean.

    Parameters
    ----------
    regrets
        (n_plans, n_seasons), person-milliseconds.
    seed
        Of HiGHS.
    """
    from geo.siting.model import Deadline, Model

    n_plans, n_seasons = regrets.shape
    scale = max(1.0, float(np.abs(regrets).max()))
    model = Model(0)
    weights, mean = model.add_columns(n_seasons), model.add_columns(1, upper=np.inf)
    model.add_row(weights, np.ones(n_seasons), lower=1.0, upper=1.0)
    for plan in range(n_plans):
        model.add_row(np.append(weights, mean), np.append(regrets[plan] / scale, -1.0), lower=0.0)
    model.minimise(mean, -np.ones(1))
    outcome = model.solve(seed, Deadline(None))
    if outcome.values is None:
        return np.full(n_seasons, 1.0 / n_seasons), np.inf
    chosen = np.maximum(outcome.values[:n_seasons], 0.0)
    chosen = chosen / chosen.sum()
    return chosen, float((regrets @ chosen).min())


def _weighing(problem: SitingProblem, weights: Sequence[float]) -> SitingProblem:
    """Return the problem of a mean of person-times; the closure tolerance still holds in every season."""
    longest = min(problem.longest_ms + 1, UNREACHABLE_MS - 1)
    return replace(
        problem,
        objective="p-median",
        kappa=None,
        season_rule="weighted",
        season_weights=tuple(weights),
        cap_ms=problem.cap_ms if problem.season_rule == "weighted" else longest,
    )
