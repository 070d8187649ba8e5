"""Why this plan and not another: what each new site brings, the best exchange for it, and the second-best plan.

References
----------
Murty (1968), Operations Research 16:682-687; Lawler (1972), Management Science 18:401-405 (ranking solutions by
dividing what is left after the best one).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from geo.siting import constraints, goals
from geo.siting.interchange import Neighbourhood, is_better
from geo.siting.measure import evaluate, mask_of
from geo.siting.model import Deadline
from geo.siting.objectives import OBJECTIVES, PLACED
from geo.siting.problem import SitingProblem
from geo.siting.regret import share_least
from geo.siting.solution import OPTIMALITY_GAP, Evaluation, SitingSolution, Stage, relative_gap
from geo.siting.solve import solve

__all__ = ["Contribution", "SecondPlan", "Swap", "best_swaps", "contribution", "evaluate", "second_best", "second_plan"]

#: Settlements up to which all other plans are compared for the second-best one.
MOST_COMPARED: Final = 1_000


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


@dataclass(frozen=True, eq=False)
class SecondPlan:
    """The best plan that gives up some of the sites on which another plan's goals depend.

    Parameters
    ----------
    evaluation
        Its measures.
    stages
        The proof goal by goal among all such plans, up to the first that is not proven; empty if only exchanges were
        compared, so that nothing is known about other plans.
    status
        ``optimal`` if every goal is proven, else ``feasible``.
    compared
        ``all`` plans, or ``exchanges`` of one site only.
    """

    evaluation: Evaluation
    stages: tuple[Stage, ...]
    status: Literal["optimal", "feasible"]
    compared: Literal["all", "exchanges"]


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


def second_plan(problem: SitingProblem, plan: Evaluation) -> SecondPlan | None:
    """Return the best allowed plan that differs from another in a way that matters; None where there is none.

    A difference matters unless the sites that both plans have in common would by themselves do as well by every goal
    that depends on travel: an idle site more or less makes no other plan. For a proven plan this is the second-best
    one; plans that contain all the sites on which its goals depend are not compared with it.

    The other plans are divided by the first of these sites that they give up; each part is a problem of its own, with
    its own proof. Problems of more than ``MOST_COMPARED`` settlements get the best exchange of one site, unproven.

    Parameters
    ----------
    problem
        What was to be decided; its seconds, if limited, are those of the whole comparison.
    plan
        An allowed plan, the problem's solution as a rule.
    """
    if problem.n_settlements > MOST_COMPARED and problem.objective not in PLACED:
        swap = second_best(problem, plan)
        return None if swap is None else SecondPlan(swap.evaluation, (), "feasible", "exchanges")
    deadline = Deadline(problem.seconds)
    queue: list[tuple[tuple[float, ...], int, SitingProblem, SitingSolution]] = []
    compared = 0
    dividing: tuple[SitingProblem, Evaluation] | None = (problem, plan)
    while dividing is not None:
        for part in _parts(*dividing, deadline):
            solution = _as_told(problem, solve(part))
            compared += 1
            if solution is not None:
                heapq.heappush(queue, (_rank(solution), compared, part, solution))
        dividing = None
        if queue and not _differs(problem, plan, queue[0][3]):
            _rank_of, _order, part, variant = heapq.heappop(queue)
            dividing = (part, replace(variant, open_sites=_common(plan, variant)))
    if not queue:
        return None
    best = queue[0][3]
    stages = _joint_stages(best, [solution for *_others, solution in queue])
    proven = all(stage.status == "optimal" for stage in stages)
    return SecondPlan(evaluate(problem, best.open_sites), stages, "optimal" if proven else "feasible", "all")


def _parts(problem: SitingProblem, plan: Evaluation, deadline: Deadline) -> Iterator[SitingProblem]:
    """Yield problems that share out all plans but those that contain every site on which the goals depend."""
    status = list(problem.status)
    for site in _core(problem, plan):
        if not problem.free[site]:
            continue
        given_up = [*status[:site], "forbidden", *status[site + 1 :]]
        seconds = None if problem.seconds is None else deadline.remaining
        part = replace(problem, status=tuple(given_up), seconds=seconds)
        if problem.objective == "minimax-regret":
            share_least(problem, part)
        yield part
        status[site] = "fixed"


def _as_told(problem: SitingProblem, solution: SitingSolution) -> SitingSolution | None:
    """Return the solution of a part with the values that it has in the whole problem; None if it has none there."""
    if solution.status == "infeasible":
        return None
    told = evaluate(problem, solution.open_sites)
    if told.breaches:
        # Without the site given up nobody could reach some people who must hold a place.
        return None
    stages = [
        # A value differs only where the site given up was the only way of somebody, who is then capped in every plan.
        stage if value == stage.value else replace(stage, value=value, bound=value, gap=0.0)
        for stage, value in zip(solution.stages, told.goals, strict=True)
    ]
    return replace(solution, stages=tuple(stages), goals=told.goals)


def _core(problem: SitingProblem, plan: Evaluation) -> list[int]:
    """Return sites of a plan that suffice for its goals, and of which none can be left out."""
    if problem.objective in PLACED:
        loads = evaluate(problem, plan.open_sites).loads
        return [site for site in plan.open_sites if loads[site] > 0]
    neighbourhood = _travel(problem)
    is_open = mask_of(problem, plan.open_sites)
    value = neighbourhood.vector(is_open)
    for site in plan.open_sites[::-1]:
        is_open[site] = False
        if is_better(value, neighbourhood.vector(is_open)):
            is_open[site] = True
    return [int(site) for site in np.flatnonzero(is_open)]


def _travel(problem: SitingProblem) -> Neighbourhood:
    """Return the view of a problem by those of its goals that depend on travel."""
    ordered = OBJECTIVES[problem.objective].goals(problem)
    return Neighbourhood(problem, [goal for goal in ordered if not isinstance(goal, goals.SiteGoal)])


def _common(plan: Evaluation, other: Evaluation) -> tuple[int, ...]:
    return tuple(sorted(set(plan.open_sites) & set(other.open_sites)))


def _differs(problem: SitingProblem, plan: Evaluation, other: Evaluation) -> bool:
    """Return whether two plans differ in more than idle sites."""
    if problem.objective in PLACED:
        return _core(problem, plan) != _core(problem, other)
    neighbourhood = _travel(problem)
    kept, *both = (
        neighbourhood.vector(mask_of(problem, sites))
        for sites in (_common(plan, other), plan.open_sites, other.open_sites)
    )
    return any(is_better(one, kept) or is_better(kept, one) for one in both)


def _rank(solution: SitingSolution) -> tuple[float, ...]:
    """Return the values of the goals, all of them to be minimised."""
    return tuple(stage.value if stage.sense == "min" else -stage.value for stage in solution.stages)


def _joint_stages(best: SitingSolution, rivals: list[SitingSolution]) -> tuple[Stage, ...]:
    """Return the proof of the best of several solutions that together stand for all plans."""
    stages: list[Stage] = []
    for position, own in enumerate(best.stages):
        others = [rival.stages[position] for rival in rivals]
        bounds = [stage.bound for stage in others]
        bound = min(*bounds, own.value) if own.sense == "min" else max(*bounds, own.value)
        gap = relative_gap(own.value, bound)
        proven = gap <= OPTIMALITY_GAP
        work = sum(stage.iterations for stage in others), sum(stage.nodes for stage in others)
        status: Literal["optimal", "feasible"] = "optimal" if proven else "feasible"
        stages.append(Stage(own.name, own.unit, own.sense, own.value, bound, gap, status, *work))
        if not proven:
            break
        rivals = [
            rival
            for rival, stage in zip(rivals, others, strict=True)
            if relative_gap(own.value, stage.bound) <= OPTIMALITY_GAP
        ]
    return tuple(stages)


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
