"""Whole siting problems whose goals are coverings, against brute force; the way by models must stay the exception."""

from __future__ import annotations

import subprocess
import sys

import pytest

from geo.siting import exact
from geo.siting.cover import prove
from geo.siting.solve import solve
from tests.siting.brute import best, goal_values, is_allowed, random_problem

#: Kernels of a fresh checkout are compiled by one process.
pytestmark = pytest.mark.xdist_group("cover-kernels")


@pytest.mark.parametrize("least_settlements", [200, -1], ids=["small", "compiled"])
@pytest.mark.parametrize("objective", ["p-center", "set-cover"])
def test_coverings_prove_most_plans(objective: str, least_settlements: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prove, "SMALL_SETTLEMENTS", least_settlements)
    monkeypatch.setattr("geo.siting.solve.improve", lambda neighbourhood, sites, start: start)
    taken: list[bool] = []

    def noted(*args: object) -> object:
        found = prove.prove_by_covering(*args)
        taken.append(found is not None)
        return found

    monkeypatch.setattr(exact, "prove_by_covering", noted)
    for seed in range(3_000, 3_080):
        problem = random_problem(objective, seed)
        if problem.season_rule != "worst" or problem.budget is not None:
            continue
        expected = best(problem)
        solution = solve(problem)
        if expected is None:
            assert solution.status == "infeasible"
            continue
        assert solution.status == "optimal"
        assert is_allowed(problem, solution.open_sites)
        assert goal_values(problem, solution.open_sites) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert sum(taken) > 10


def test_the_solver_starts_without_compiled_code() -> None:
    code = "import sys, geo.siting.solve, geo.siting.cover.prove; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
