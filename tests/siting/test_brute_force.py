"""Every objective in the registry against brute force on random small problems."""

from __future__ import annotations

import pytest

from geo.siting import exact
from geo.siting.objectives import OBJECTIVES
from geo.siting.solve import solve
from tests.siting.brute import best, goal_values, is_allowed, random_problem

SEEDS = range(200)


def agrees(objective: str, seed: int) -> str:
    problem = random_problem(objective, seed)
    expected = best(problem)
    solution = solve(problem)
    if expected is None:
        assert solution.status == "infeasible"
        assert solution.value is None
        return "infeasible"
    assert solution.status == "optimal"
    assert is_allowed(problem, solution.open_sites)
    found = goal_values(problem, solution.open_sites)
    assert found == pytest.approx(expected, rel=2e-9, abs=1e-9)
    for stage, value in zip(solution.stages, found, strict=True):
        if stage.sense == "min":
            assert stage.value == pytest.approx(value, rel=1e-12, abs=1e-9)
            assert stage.bound <= stage.value
    return "optimal"


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_agrees_with_brute_force(objective: str) -> None:
    outcomes = [agrees(objective, seed) for seed in SEEDS]
    assert set(outcomes) == {"optimal", "infeasible"}
    assert outcomes.count("optimal") > 50


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_agrees_with_brute_force_when_models_are_cut_short(objective: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reach that keeps large models small, forced upon small ones."""
    monkeypatch.setattr(exact, "SMALL_MODEL", -1)
    monkeypatch.setattr(exact, "SPARE_RANKS", 0)
    for seed in range(1_000, 1_040):
        agrees(objective, seed)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_agrees_with_brute_force_without_a_good_start(objective: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exact part alone, so that the interchange cannot hide its mistakes."""
    monkeypatch.setattr("geo.siting.solve.improve", lambda neighbourhood, sites, start: start)
    for seed in range(2_000, 2_060):
        agrees(objective, seed)
