"""Plans between two goals: each is the best by one goal that keeps the other within a limit, with a proof of its own.

References
----------
Haimes, Lasdon and Wismer (1971), IEEE Transactions on Systems, Man, and Cybernetics 1:296-297 (the epsilon-constraint
method); Laumanns, Thiele and Zitzler (2006), European Journal of Operational Research 169:932-942 (all efficient points
of whole-numbered goals).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from geo.siting import blocks, goals
from geo.siting.check import check
from geo.siting.constraints import within_means
from geo.siting.diagnose import Conflict, first_plan
from geo.siting.exact import Held, Proof, Search
from geo.siting.interchange import Neighbourhood, tidy
from geo.siting.model import Deadline
from geo.siting.objectives import PLACED, Objective
from geo.siting.problem import Mask, SitingProblem
from geo.siting.reduce import with_every_site
from geo.siting.regret import LargestRegret
from geo.siting.solution import SitingSolution
from geo.siting.solve import Run, solution_of, solve, stage_of

__all__ = ["GOALS", "Frontier", "FrontierPoint", "by_number", "frontier"]

#: Goals that a frontier can lie between, by their names in words of planning; ``cost`` counts new sites without prices.
GOALS: Final[dict[str, Callable[[SitingProblem], goals.Goal]]] = {
    "persons-beyond-limit": goals.BeyondLimit,
    "persons-unserved": goals.Unserved,
    "persons-without-backup": goals.WithoutBackup,
    "person-time": goals.TotalTime,
    "capped-person-time": goals.CappedTime,
    "equally-distributed-equivalent": goals.EqualEquivalent,
    "largest-regret": LargestRegret,
    "open-sites": goals.open_count,
    "cost": goals.cost,
    "spending": goals.spending,
}


@dataclass(frozen=True, eq=False)
class FrontierPoint:
    """A plan of a frontier.

    Parameters
    ----------
    solution
        The plan with its proof: no plan that is as good by the second goal has a first goal below the bound.
    nested
        Whether its open sites contain those of the plan before it, so that the one can be built after the other; False
        for the first plan.
    """

    solution: SitingSolution
    nested: bool


@dataclass(frozen=True, eq=False)
class Frontier:
    """Plans of which none is better than another by both goals, from the least of the second goal upwards.

    Parameters
    ----------
    first, second
        Names of the goals.
    points
        The plans; empty where no plan meets the constraints.
    complete
        Whether every efficient pair of values is there, and proven. Otherwise others may lie between the points.
    """

    first: str
    second: str
    points: tuple[FrontierPoint, ...]
    complete: bool


@dataclass(frozen=True, eq=False)
class _Found:
    """A plan with the proofs of goals by their names, and linear values of the first and the second goal."""

    is_open: Mask
    proofs: dict[str, Proof]
    values: tuple[float, float]
    is_proven: bool


def by_number(problem: SitingProblem, numbers: Iterable[int]) -> Frontier:
    """Return the best plan by the problem's objective for each largest number of open sites, in the order given.

    Every number has its point, also where one more site gains nothing, or where the problem is infeasible: ``solution``
    tells. ``nested`` compares with the last plan before.

    Parameters
    ----------
    problem
        What is to be decided; its own number of sites or budget does not count.
    numbers
        Largest total numbers of open sites, ascending.
    """
    points: list[FrontierPoint] = []
    last: set[int] | None = None
    for number in numbers:
        solution = solve(replace(problem, n_open=number, budget=None))
        chosen = set(solution.open_sites)
        feasible = solution.status != "infeasible"
        points.append(FrontierPoint(solution, nested=feasible and last is not None and last <= chosen))
        last = chosen if feasible else last
    proven = all(point.solution.status != "feasible" for point in points)
    return Frontier(problem.objective, "open-sites", tuple(points), complete=proven)


def frontier(problem: SitingProblem, first: str, second: str, n_points: int | None = None) -> Frontier:
    """Return plans from the least of the second goal to the least of the first one.

    Where either is a sum or a difference of travel times, only plans with the fewest unserved persons are looked at,
    since the times of plans that serve different people do not compare.

    Parameters
    ----------
    problem
        What is to be decided, and within which number of sites or budget.
    first, second
        Keys of ``GOALS``; the second is what is paid for the first: a number of sites, money, another goal.
    n_points
        Number of limits on the second goal, evenly spaced over its range, both ends included. None: every efficient
        point, which takes one of the goals to count in whole numbers.

    Raises
    ------
    ValueError
        If the goals are unknown or the same, if the problem has places or too many times for models, or if neither goal
        counts in whole numbers and no number of points is given.
    """
    _check(problem, first, second)
    ends = _Ends.of(problem, GOALS[first](problem), GOALS[second](problem), n_points)
    start = first_plan(Search(problem, ends.run.deadline))
    if isinstance(start, Conflict):
        return Frontier(first, second, (), complete=True)
    found, complete = ends.walk(start, n_points)
    kept = _efficient(found, ends.pair)
    points: list[FrontierPoint] = []
    for point in sorted(kept, key=lambda one: one.values[1]):
        solution = ends.solution(point)
        nested = bool(points) and set(points[-1].solution.open_sites) <= set(solution.open_sites)
        points.append(FrontierPoint(solution, nested))
    return Frontier(first, second, tuple(points), complete=complete and all(one.is_proven for one in found))


@dataclass(frozen=True, eq=False)
class _Ends:
    """The two goals of a frontier: one is minimised, the other held below a falling limit."""

    problem: SitingProblem
    pair: tuple[goals.Goal, goals.Goal]
    moved: goals.Goal
    limited: goals.Goal
    required: tuple[goals.Goal, ...]
    run: Run

    @classmethod
    def of(cls, problem: SitingProblem, first: goals.Goal, second: goals.Goal, n_points: int | None) -> _Ends:
        if n_points is None and not (first.integral or second.integral):
            raise ValueError("neither goal counts in whole numbers: a number of points is needed")
        moved, limited = (first, second) if n_points is not None or second.integral else (second, first)
        in_time = (goals.TotalTime, LargestRegret)
        compares = problem.season_rule == "worst" and any(isinstance(goal, in_time) for goal in (first, second))
        required = (goals.Unserved(problem),) if compares else ()
        return cls(problem, (first, second), moved, limited, required, Run(Deadline(problem.seconds)))

    def walk(self, start: Mask, n_points: int | None) -> tuple[list[_Found], bool]:
        """Return the plans found, and whether all efficient ones are among them if all are proven."""
        held: list[tuple[goals.Goal, Proof]] = []
        for goal in self.required:
            proof = self._search(None).prove(goal, [known.holds(other) for other, known in held], start)
            held.append((goal, proof))
            start = proof.is_open
        floor = self._best(start, held, (self.limited, self.moved), None)
        point = self._best(floor.is_open, held, (self.moved, self.limited), None)
        found = [floor, point]
        if n_points is not None:
            ends = self._limited_value(point), self._limited_value(floor)
            for limit in np.linspace(*ends, max(2, n_points))[1:-1]:
                whole = float(np.floor(limit)) if self.limited.integral else float(limit)
                found.append(self._best(self._start(found, whole), held, (self.moved, self.limited), whole))
            return found, False
        least = floor.proofs[self.limited.name].bound
        while self._limited_value(point) > self._limited_value(floor):
            limit = self._limited_value(point) - 1
            point = self._best(self._start(found, limit), held, (self.moved, self.limited), limit)
            found.append(point)
        return found, least >= self._limited_value(floor)

    def solution(self, point: _Found) -> SitingSolution:
        """Return the plan with its proofs, checked anew."""
        ordered = (*self.required, *self.pair)
        name = f"{self.pair[0].name} / {self.pair[1].name}"
        objective = Objective(name, lambda _problem: ordered, main=len(self.required))
        stages = tuple(stage_of(self.problem, goal, point.is_open, point.proofs[goal.name]) for goal in ordered)
        solution = solution_of(self.problem, objective, point.is_open, stages, self.run)
        solution = replace(solution, goals=tuple(stage.value for stage in stages))
        check(self.problem, solution)
        return solution

    def _limited_value(self, point: _Found) -> float:
        return point.values[self.pair.index(self.limited)]

    def _start(self, found: Sequence[_Found], limit: float) -> Mask:
        """Return the plan that is best by the goal moved among those known within the limit."""
        moved = self.pair.index(self.moved)
        within = [point for point in found if self._limited_value(point) <= limit] or found[:1]
        return min(within, key=lambda point: point.values[moved]).is_open

    def _search(self, limit: float | None) -> Search:
        """Return the search within a limit on the number of open sites, which needs no goal to be held."""
        problem = within_means(self.problem)
        if limit is not None and self._counts_sites:
            problem = replace(problem, n_open=int(limit))
        every_site = any(isinstance(goal, goals.WithoutBackup) for goal in self.pair)
        return Search(problem, self.run.deadline, with_every_site(problem) if every_site else None)

    @property
    def _counts_sites(self) -> bool:
        return self.limited.name == "open-sites" and self.problem.budget is None

    def _best(
        self,
        start: Mask,
        held: Sequence[tuple[goals.Goal, Proof]],
        ordered: tuple[goals.Goal, goals.Goal],
        limit: float | None,
    ) -> _Found:
        """Return the best plan by two goals in their order, the limited one within the limit, from a plan that is."""
        search = self._search(limit)
        kept = [proof.holds(goal) for goal, proof in held]
        if limit is not None and not self._counts_sites:
            kept.append(Held(self.limited, limit))
        proofs = {goal.name: proof for goal, proof in held}
        plan, proven = start, all(proof.bound >= proof.value for _goal, proof in held)
        for goal in ordered:
            value = search.value(goal, plan)
            kept = [other for other in kept if other.goal is not goal]
            proof = search.prove(goal, kept, plan) if proven else Proof(plan, value, search.trivial_bound(goal))
            proven = proven and stage_of(self.problem, goal, proof.is_open, proof).status == "optimal"
            plan, proofs[goal.name] = proof.is_open, proof
            kept.append(proof.holds(goal))
            self.run.log.append(f"{goal.name} at most {limit}: {value} -> {proof.value}, bound {proof.bound}")
        tidied = tidy(Neighbourhood(search.problem, (*self.required, *ordered)), plan)
        found, tidier = (
            _Found(one, proofs, (search.value(self.pair[0], one), search.value(self.pair[1], one)), proven)
            for one in (plan, tidied)
        )
        # Tidying keeps the order of goals, but knows of no limit.
        return tidier if _covers(tidier, found, self.pair) else found


def _check(problem: SitingProblem, first: str, second: str) -> None:
    for name in (first, second):
        if name not in GOALS:
            raise ValueError(f"goal {name!r} is unknown; known are {', '.join(GOALS)}")
        if GOALS[name] is goals.EqualEquivalent and problem.kappa is None:
            raise ValueError(f"goal {name!r} needs kappa")
    if first == second:
        raise ValueError(f"a frontier lies between two goals, not between {first!r} and itself")
    if problem.objective in PLACED or problem.pairs:
        raise ValueError("a frontier needs a problem without places, whose times are few enough for models")


def _efficient(found: Sequence[_Found], pair: tuple[goals.Goal, goals.Goal]) -> list[_Found]:
    """Return the plans that no other one beats, the first of equals."""
    kept: list[_Found] = []
    for position, point in enumerate(found):
        others = (*kept, *found[position + 1 :])
        equal = [one for one in kept if _covers(one, point, pair)]
        beaten = [one for one in others if _covers(one, point, pair) and not _covers(point, one, pair)]
        if not equal and not beaten:
            kept.append(point)
    return kept


def _covers(one: _Found, other: _Found, pair: tuple[goals.Goal, goals.Goal]) -> bool:
    """Return whether a plan is at least as good as another by both goals."""
    triples = zip(pair, one.values, other.values, strict=True)
    return all(value <= blocks.limit_of(goal, most) for goal, value, most in triples)
