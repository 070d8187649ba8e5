"""The largest regret of a season and backup coverage: meaning, bounds, and the second look at them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.errors import SolverError
from geo.siting import exact
from geo.siting.check import check
from geo.siting.regret import least_times
from geo.siting.solve import solve
from tests.siting.brute import best, goal_values, random_problem
from tests.siting.toy import PERSONS, milliseconds, problem


def test_regrets_of_the_toy_district_by_hand() -> None:
    made = problem("dry", "winter", facilities="", objective="minimax-regret", n_open=1)
    times = milliseconds("dry", "winter")
    spent = [
        [sum(w * int(t) for w, t in zip(PERSONS, season[:, j], strict=True)) for j in range(6)] for season in times
    ]
    regrets = [[value - min(season) for value in season] for season in spent]
    largest = [max(season[j] for season in regrets) for j in range(6)]
    solution = solve(made)
    (chosen,) = solution.open_sites
    assert solution.status == "optimal"
    assert (chosen, solution.value) == (largest.index(min(largest)), min(largest))
    assert [told.regret for told in solution.regrets] == [season[chosen] for season in regrets]
    assert [told.least for told in solution.regrets] == [min(season) for season in spent]


def test_seasons_mixed_for_large_problems_agree_with_brute_force(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact, "SMALL_SETTLEMENTS", -1)
    monkeypatch.setattr(exact, "TINY_MODEL", -1)
    monkeypatch.setattr(exact, "SMALL_MODEL", -1)
    proven = 0
    for seed in range(3_000, 3_060):
        made = random_problem("minimax-regret", seed)
        expected, solution = best(made), solve(made)
        assert (solution.status == "infeasible") == (expected is None)
        if expected is not None:
            assert solution.status == "optimal"
            assert goal_values(made, solution.open_sites) == pytest.approx(expected, rel=2e-9, abs=1e-9)
            proven += made.n_seasons > 1
    assert proven > 20


def test_a_season_that_is_only_bounded_leaves_a_valid_bound() -> None:
    made = problem("dry", "winter", "thaw", facilities="", objective="minimax-regret", n_open=2)
    hasty = solve(replace(made, seconds=0.0))
    assert hasty.status == "feasible"
    assert any(told.bound < told.least for told in hasty.regrets)
    assert hasty.bound <= solve(made).value <= hasty.value


def test_least_times_are_searched_once() -> None:
    made = problem("dry", "winter", objective="minimax-regret", n_open=2)
    assert least_times(made) is least_times(made)


def test_a_second_site_counts_in_every_season() -> None:
    made = problem("dry", "thaw", facilities="", objective="backup-cover", n_open=6)
    solution = solve(made)
    alone = [(season <= made.limit_ms).sum(axis=1) < 2 for season in milliseconds("dry", "thaw")]
    assert solution.value == sum(w for w, a, b in zip(PERSONS, *alone, strict=True) if a or b)
    assert solution.status == "optimal"


@pytest.mark.parametrize("objective", ["backup-cover", "minimax-regret"])
def test_the_second_look_finds_a_wrong_value(objective: str) -> None:
    made = problem("dry", "winter", objective=objective, n_open=2)
    solution = solve(made)
    last = solution.stages[-1]
    wrong = replace(last, value=last.value + 7, bound=last.bound + 7, gap=0.0)
    stages = (*solution.stages[:-1], wrong)
    goals = tuple(stage.value for stage in stages)
    with pytest.raises(SolverError, match=r"backup is wrong|regret is wrong"):
        check(made, replace(solution, stages=stages, goals=goals, value=wrong.value, bound=wrong.bound))
