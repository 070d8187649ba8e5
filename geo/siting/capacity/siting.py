"""From a siting problem with places to a proven plan."""

from __future__ import annotations

import numpy as np

from geo.siting import constraints
from geo.siting.capacity.instance import CapacityResult
from geo.siting.capacity.measure import evaluate_places, measures
from geo.siting.capacity.places import Places, translate
from geo.siting.capacity.solve import solve_capacity
from geo.siting.model import Deadline
from geo.siting.objectives import PLACED
from geo.siting.problem import SitingProblem
from geo.siting.solution import (
    OPTIMALITY_GAP,
    Blocker,
    Evaluation,
    SitingSolution,
    Stage,
    Status,
    fields_of,
    relative_gap,
)


def solve_places(problem: SitingProblem) -> SitingSolution:
    """Return the best plan of a problem whose objective is in ``PLACED``, with its proof.

    Raises
    ------
    SolverError
        If neither a plan was found nor its absence proven within the limits.
    """
    deadline = Deadline(problem.seconds)
    places = translate(problem)
    result = solve_capacity(places.instance, problem.seed, deadline)
    if result.plan is None:
        return _infeasible(places, result, deadline)
    found = measures(problem, result.plan.is_open, places.persons_at(result.plan), ())
    stages = _stages(places, result, found)
    main = stages[-1]
    return SitingSolution(
        **fields_of(found),
        objective=problem.objective,
        status=main.status,
        value=main.value,
        unit=main.unit,
        sense=main.sense,
        bound=main.bound,
        gap=main.gap,
        stages=stages,
        seed=problem.seed,
        iterations=main.iterations,
        nodes=main.nodes,
        seconds=deadline.elapsed,
        log=result.log,
    )


def _stages(places: Places, result: CapacityResult, found: Evaluation) -> tuple[Stage, Stage]:
    """Return the persons unserved, the same in every plan, and the value with its bound."""
    objective = PLACED[places.problem.objective]
    unserved, value = found.goals
    bound = min(result.bound + places.constant, value)
    if places.instance.integral:
        bound = int(bound)
    gap = relative_gap(value, bound)
    status: Status = "optimal" if result.status == "optimal" and gap <= OPTIMALITY_GAP else "feasible"
    return (
        Stage("persons-unserved", "persons", "min", unserved, unserved, 0.0, "optimal", 0, 0),
        Stage(objective.goal, objective.unit, "min", value, bound, gap, status, result.iterations, result.nodes),
    )


def _infeasible(places: Places, result: CapacityResult, deadline: Deadline) -> SitingSolution:
    """Return today's sites as the plan, and what the problem is short of."""
    problem = places.problem
    smallest = (
        None
        if result.smallest_budget is None
        else result.smallest_budget + float(problem.closing[problem.existing].sum())
    )
    objective = PLACED[problem.objective]
    return SitingSolution(
        **fields_of(evaluate_places(problem, problem.existing)),
        objective=problem.objective,
        status="infeasible",
        value=None,
        unit=objective.unit,
        sense="min",
        bound=None,
        gap=None,
        stages=(),
        seed=problem.seed,
        iterations=result.iterations,
        nodes=result.nodes,
        seconds=deadline.elapsed,
        log=result.log,
        blockers=_blockers(places, result),
        smallest_n_open=result.smallest_n_open,
        smallest_budget=smallest,
        short=result.short,
    )


def _blockers(places: Places, result: CapacityResult) -> tuple[Blocker, ...]:
    """Return everybody who has no site within the closure tolerance, season by season."""
    if not result.clients:
        return ()
    problem = places.problem
    usable = problem.always | problem.free
    before = constraints.nearest_ms(problem, problem.existing)
    best = constraints.nearest_ms(problem, usable)
    late = best > constraints.latest_ms(problem, problem.max_worsening_ms)
    alone = places.settlements[[client for client in result.clients if client < places.settlements.size]]
    late[:, alone] = True
    return tuple(
        Blocker(int(i), int(s), "tolerance", int(before[s, i]), int(best[s, i])) for i, s in np.argwhere(late.T)
    )
