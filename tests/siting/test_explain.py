"""Exchanges, the second-best plan and what each site brings, against enumeration."""

from __future__ import annotations

import pytest

from geo.siting.explain import best_swaps, contribution, evaluate, second_best
from geo.siting.objectives import OBJECTIVES
from geo.siting.solve import solve
from tests.siting.brute import goal_values, is_allowed, random_problem
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


def test_an_evaluation_of_the_plan_is_the_plan() -> None:
    made = problem("dry", "thaw", objective="lexicographic", n_open=3)
    solution = solve(made)
    again = evaluate(made, solution.open_sites)
    assert again.goals == solution.goals
    assert (again.milliseconds_after == solution.milliseconds_after).all()
    assert again.breaches == ()
