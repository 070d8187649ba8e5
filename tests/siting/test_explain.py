"""Exchanges, the second-best plan and what each site brings, against enumeration."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.siting import explain
from geo.siting.explain import best_swaps, contribution, evaluate, second_best, second_plan
from geo.siting.objectives import OBJECTIVES
from geo.siting.solve import solve
from tests.siting.brute import goal_values, is_allowed, plans, random_problem
from tests.siting.toy import VILLAGES, names, problem


def _exchanges(made, solution, site):
    """Return every allowed plan without a site, with one other free site or none in its place, and its goals."""
    kept = [j for j in solution.open_sites if j != site]
    for other in [None, *range(made.n_sites)]:
        if other in solution.open_sites or (other is not None and made.status[other] not in ("candidate", "closable")):
            continue
        chosen = tuple(sorted(kept + ([] if other is None else [other])))
        if is_allowed(made, chosen):
            yield goal_values(made, chosen), chosen


def test_second_best_of_the_toy_district() -> None:
    made = problem(objective="p-median", n_open=2)
    solution = solve(made)
    second = second_best(made, solution)
    assert names((second.site_out, second.site_in)) == "FB"
    assert second.persons_beyond_limit == round((0.8818 - 0.8201) * 5670)
    assert second.ede_minutes == pytest.approx(15.4295 - 14.9611, abs=2e-4)
    assert second.goals[0] == 0
    assert second.goals[1] > 0


def test_contribution_of_the_toy_district() -> None:
    made = problem(objective="max-cover", n_open=2)
    (brought,) = contribution(made, solve(made))
    assert VILLAGES[brought.site] == "F"
    assert (brought.persons_within_limit, names(brought.settlements_within_limit)) == (800, "F")
    assert (brought.persons_nearer, names(brought.settlements_nearer)) == (450 + 180 + 40 + 800, "CDEF")


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_best_swaps_agree_with_enumeration(objective: str) -> None:
    seen = 0
    for seed in range(60):
        made = random_problem(objective, seed)
        solution = solve(made)
        if solution.status != "optimal":
            continue
        swaps = {swap.site_out: swap for swap in best_swaps(made, solution)}
        for site in solution.opened:
            if made.status[site] == "fixed":
                assert site not in swaps
                continue
            plans = list(_exchanges(made, solution, site))
            assert (site in swaps) == bool(plans)
            if plans:
                found = goal_values(made, swaps[site].evaluation.open_sites)
                assert found == pytest.approx(min(plans)[0], rel=1e-9, abs=1e-9)
                seen += 1
    assert seen > 10


def _travel(made, chosen):
    """Return the goals that depend on travel."""
    values = goal_values(made, chosen)
    return values[: {"lexicographic": 2, "set-cover": 1}.get(made.objective, len(values))]


def _differs(made, first, second) -> bool:
    kept = _travel(made, tuple(sorted(set(first) & set(second))))
    return not all(_travel(made, chosen) == pytest.approx(kept, rel=1e-9, abs=1e-9) for chosen in (first, second))


def _second_values(made, solution):
    """Return the goals of the best allowed plan that differs from the solution in more than idle sites."""
    found = [c for c in plans(made) if is_allowed(made, c) and _differs(made, c, solution.open_sites)]
    values = [goal_values(made, chosen) for chosen in found]
    for position in range(len(solution.goals)):
        least = min((one[position] for one in values), default=0.0)
        values = [one for one in values if one[position] <= least + 1e-9 * max(abs(least), 1.0)]
    uncovered = made.objective == "set-cover" and not made.allow_unserved and values and values[0][0] > 0
    return None if not values or uncovered else values[0]


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_second_plan_is_the_best_of_all_others(objective: str) -> None:
    seen = 0
    for seed in range(40):
        made = random_problem(objective, seed)
        solution = solve(made)
        if solution.status != "optimal":
            continue
        second, expected = second_plan(made, solution), _second_values(made, solution)
        assert (second is None) == (expected is None)
        if second is not None:
            assert (second.status, second.compared) == ("optimal", "all")
            found = goal_values(made, second.evaluation.open_sites)
            assert found == pytest.approx(expected, rel=2e-9, abs=1e-9)
            assert is_allowed(made, second.evaluation.open_sites)
            assert _differs(made, second.evaluation.open_sites, solution.open_sites)
            assert tuple(stage.value for stage in second.stages) == pytest.approx(second.evaluation.goals, rel=1e-12)
            seen += 1
    assert seen > 5


def test_the_second_plan_may_differ_in_two_sites() -> None:
    made = problem(facilities="", objective="p-median", n_open=2)
    solution = solve(made)
    exchanged, second = second_best(made, solution), second_plan(made, solution)
    assert second.evaluation.goals <= exchanged.evaluation.goals
    assert second.stages[-1].bound == second.evaluation.goals[-1] > solution.value


def test_a_second_plan_without_time_is_not_called_proven() -> None:
    made = problem(facilities="", objective="p-median", n_open=2)
    hasty = replace(made, seconds=0.0)
    second = second_plan(hasty, solve(made))
    assert second.status == "feasible"
    assert second.stages[-1].bound < second.stages[-1].value


def test_large_problems_get_the_best_exchange_unproven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explain, "MOST_COMPARED", 5)
    made = problem(objective="p-median", n_open=2)
    second = second_plan(made, solve(made))
    assert (second.status, second.compared, second.stages) == ("feasible", "exchanges", ())
    assert second.evaluation.open_sites == second_best(made, solve(made)).evaluation.open_sites


def test_a_second_plan_with_places() -> None:
    made = problem(facilities="", objective="capacitated", n_open=2, capacity=np.full(6, 4_000.0))
    first = solve(made)
    second = second_plan(made, first)
    rivals = [evaluate(made, chosen) for chosen in plans(made) if len(chosen) <= 2 and chosen != first.open_sites]
    assert second.status == "optimal"
    assert second.evaluation.goals == min(rival.goals for rival in rivals if not rival.breaches)


def test_an_evaluation_of_the_plan_is_the_plan() -> None:
    made = problem("dry", "thaw", objective="lexicographic", n_open=3)
    solution = solve(made)
    again = evaluate(made, solution.open_sites)
    assert again.goals == solution.goals
    assert (again.milliseconds_after == solution.milliseconds_after).all()
    assert again.breaches == ()
