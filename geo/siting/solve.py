"""From a problem to a proven plan; the one place where the parts of the solver meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from geo.siting import constraints, goals
from geo.siting.capacity.siting import solve_places
from geo.siting.check import check
from geo.siting.diagnose import Conflict, first_plan, uncovered
from geo.siting.exact import Held, Proof, Search
from geo.siting.interchange import Neighbourhood, improve, tidy
from geo.siting.measure import evaluate
from geo.siting.model import Deadline
from geo.siting.objectives import OBJECTIVES, PLACED, Objective
from geo.siting.problem import Mask, SitingProblem
from geo.siting.solution import OPTIMALITY_GAP, SitingSolution, Stage, Status, fields_of, relative_gap
from geo.units import UNREACHABLE_MS


@dataclass(frozen=True)
class Run:
    """Clock and log of one run."""

    deadline: Deadline
    log: list[str] = field(default_factory=list)


def solve(problem: SitingProblem) -> SitingSolution:
    """Return the best plan by the problem's objective, with its proof.

    Each goal of the objective is brought to its optimum while the earlier ones are held at theirs. Of several optima
    any is returned, but always the same one; it opens no site and closes none that gains nothing by its goals.

    Raises
    ------
    SolverError
        If the solution does not survive its independent check.
    """
    if problem.objective in PLACED:
        placed = solve_places(problem)
        check(problem, placed)
        return placed
    run = Run(Deadline(problem.seconds))
    objective = OBJECTIVES[problem.objective]
    affordable = constraints.within_means(problem)
    search = Search(affordable, run.deadline)
    start = first_plan(search)
    if isinstance(start, Conflict):
        run.log.append("no plan meets the constraints")
        # What would do instead is found among all sites, those beyond the budget too.
        whole = Search(problem, run.deadline)
        of_all = start if affordable is problem else first_plan(whole)
        conflict = of_all if isinstance(of_all, Conflict) else start
        if objective.must_cover and not problem.allow_unserved and not conflict.blockers:
            conflict = uncovered(whole.reduced, problem.always | problem.free)
        return _infeasible(problem, objective, conflict, run)
    ordered = objective.goals(problem)
    plan, proofs = _prove(search, ordered, start, run)
    if objective.must_cover and not problem.allow_unserved and proofs[0].bound > 0:
        run.log.append("somebody cannot be covered")
        return _infeasible(problem, objective, uncovered(Search(problem, run.deadline).reduced, plan), run)
    plan = tidy(Neighbourhood(problem, ordered), plan)
    stages = tuple(stage_of(problem, goal, plan, proof) for goal, proof in zip(ordered, proofs, strict=True))
    solution = solution_of(problem, objective, plan, stages, run)
    check(problem, solution)
    return solution


def _prove(search: Search, ordered: Sequence[goals.Goal], start: Mask, run: Run) -> tuple[Mask, list[Proof]]:
    """Return the plan that is best by the goals in their order, and the proof of each goal."""
    problem = search.problem
    neighbourhood = Neighbourhood(problem, ordered)
    plan = start
    proofs: list[Proof] = []
    all_proven = True
    for goal in ordered:
        held = _held(search, ordered, proofs, plan)
        if not search.is_large and not search.prices(goal, held):
            plan = improve(neighbourhood, search.reduced.sites, plan)
            held = _held(search, ordered, proofs, plan)
        value = search.value(goal, plan)
        proof = search.prove(goal, held, plan) if all_proven else Proof(plan, value, search.trivial_bound(goal))
        if proof.value < value:
            plan = proof.is_open
        proofs.append(proof)
        all_proven = all_proven and stage_of(problem, goal, plan, proof).status == "optimal"
        run.log.append(f"{goal.name}: {value} -> {proof.value}, bound {proof.bound}, {proof.nodes} nodes")
    return plan, proofs


def _held(search: Search, ordered: Sequence[goals.Goal], proofs: Sequence[Proof], plan: Mask) -> list[Held]:
    """Return the goals proven so far with their values in a plan."""
    return [Held(goal, search.value(goal, plan), proof.sites) for goal, proof in zip(ordered, proofs, strict=False)]


def stage_of(problem: SitingProblem, goal: goals.Goal, plan: Mask, proof: Proof) -> Stage:
    """Return value, bound and gap of a goal as people read them."""
    nearest = constraints.nearest_ms(problem, plan)
    unserved = int(problem.persons[nearest.max(axis=0) >= UNREACHABLE_MS].sum())
    linear = goal.linear(nearest, plan).item()
    value = goal.shown(linear, unserved)
    bound = value if proof.bound >= linear else goal.shown(proof.bound, unserved)
    gap = relative_gap(value, bound)
    status: Status = "optimal" if gap <= OPTIMALITY_GAP else "feasible"
    return Stage(goal.name, goal.unit, goal.sense, value, bound, gap, status, proof.iterations, proof.nodes)


def solution_of(
    problem: SitingProblem, objective: Objective, plan: Mask, stages: tuple[Stage, ...], run: Run
) -> SitingSolution:
    """Return a plan with its measures and the proof of each goal of an objective."""
    main = stages[objective.main]
    proven = all(stage.status == "optimal" for stage in stages)
    return SitingSolution(
        **fields_of(evaluate(problem, np.flatnonzero(plan))),
        objective=objective.name,
        status="optimal" if proven else "feasible",
        value=main.value,
        unit=main.unit,
        sense=main.sense,
        bound=main.bound,
        gap=main.gap,
        stages=stages,
        seed=problem.seed,
        iterations=sum(stage.iterations for stage in stages),
        nodes=sum(stage.nodes for stage in stages),
        seconds=run.deadline.elapsed,
        log=tuple(run.log),
    )


def _infeasible(problem: SitingProblem, objective: Objective, conflict: Conflict, run: Run) -> SitingSolution:
    """Return today's sites as the plan, and why the problem has none."""
    main = objective.goals(problem)[objective.main]
    solution = SitingSolution(
        **fields_of(evaluate(problem, np.flatnonzero(problem.existing))),
        objective=objective.name,
        status="infeasible",
        value=None,
        unit=main.unit,
        sense=main.sense,
        bound=None,
        gap=None,
        stages=(),
        seed=problem.seed,
        iterations=0,
        nodes=0,
        seconds=run.deadline.elapsed,
        log=tuple(run.log),
        **fields_of(conflict),
    )
    check(problem, solution)
    return solution
