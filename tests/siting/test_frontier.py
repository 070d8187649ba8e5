"""Frontiers against the efficient plans found by looking at every plan."""

from __future__ import annotations

from dataclasses import replace
from weakref import WeakKeyDictionary

import numpy as np
import pytest

from geo.siting import exact
from geo.siting.frontier import GOALS, Frontier, by_number, frontier
from geo.siting.problem import SitingProblem
from geo.siting.solve import solve
from geo.units import minutes_to_ms
from tests.siting.brute import best, goal_values, is_allowed, plans, random_problem
from tests.siting.toy import names, problem

#: Seeds 21 to 27 and 103 to 111 have no plan; with 44 a model would take a plan that breaks its limit by a unit.
SEEDS = (*range(12), 21, 25, 27, 44)
FEWER_SEEDS = (44, 100, 102, 103, 109, 111)
PAIRS = [
    ("persons-beyond-limit", "cost"),
    ("equally-distributed-equivalent", "open-sites"),
    ("equally-distributed-equivalent", "person-time"),
    ("person-time", "open-sites"),
    ("persons-without-backup", "persons-beyond-limit"),
    ("largest-regret", "open-sites"),
]
#: An objective whose goals are, or contain, a goal of a frontier, and its place among them.
BY_BRUTE_FORCE = {
    "persons-beyond-limit": ("max-cover", 0),
    "equally-distributed-equivalent": ("kolm-pollak", 1),
    "person-time": ("p-median", 1),
    "persons-without-backup": ("backup-cover", 1),
    "largest-regret": ("minimax-regret", 1),
    "cost": ("lexicographic", 2),
}


def _made(seed: int) -> SitingProblem:
    """Return a problem with everything mixed, or, by turns, one in which nearly all sets of few sites are allowed."""
    if seed % 2:
        return random_problem("lexicographic", seed)
    rng = np.random.default_rng(seed)
    n_settlements, n_sites = 7, 6
    return SitingProblem(
        settlement_ids=tuple(f"v{i}" for i in range(n_settlements)),
        site_ids=tuple(f"s{j}" for j in range(n_sites)),
        season_names=("dry", "thaw"),
        milliseconds=rng.integers(0, minutes_to_ms(120), (2, n_settlements, n_sites)),
        persons=rng.integers(1, 500, n_settlements),
        status=("candidate",) * n_sites,
        existing=np.zeros(n_sites, dtype=bool),
        limit_ms=minutes_to_ms(60),
        n_open=3,
        kappa=-0.05,
        season_weights=(0.6, 0.4),
        opening_cost=rng.integers(1, 9, n_sites) / 4,
    )


def _value(made, chosen, name: str) -> float:
    if name == "open-sites":
        return len(chosen)
    objective, position = BY_BRUTE_FORCE[name]
    return goal_values(_as(made, objective), chosen)[position]


_OTHERS: WeakKeyDictionary[SitingProblem, dict[str, SitingProblem]] = WeakKeyDictionary()


def _as(made, objective: str):
    """Return a problem with another objective, the same one every time, so that its season optima are known."""
    others = _OTHERS.setdefault(made, {})
    if objective not in others:
        others[objective] = replace(made, objective=objective)
    return others[objective]


def _compares(made, first: str, second: str) -> bool:
    return made.season_rule == "worst" and bool({"person-time", "largest-regret"} & {first, second})


def _efficient(made, first: str, second: str) -> list[tuple[float, float]]:
    """Return the efficient pairs of values over all allowed plans, by the second value."""
    allowed = [chosen for chosen in plans(made) if is_allowed(made, chosen)]
    if _compares(made, first, second):
        unserved = [goal_values(_as(made, "p-median"), chosen)[0] for chosen in allowed]
        allowed = [chosen for chosen, left in zip(allowed, unserved, strict=True) if left == min(unserved)]
    found = sorted({(_value(made, c, second), _value(made, c, first)) for c in allowed})
    kept: list[tuple[float, float]] = []
    for paid, gained in found:
        if not kept or gained < kept[-1][0] - 1e-9 * max(1.0, abs(gained)):
            kept.append((gained, paid))
    return kept


def _pairs(found: Frontier) -> list[tuple[float, float]]:
    return [point.solution.goals[-2:] for point in found.points]


def _is_whole(made, name: str) -> bool:
    return GOALS[name](made).integral


def _agrees(made, first: str, second: str) -> int:
    found = frontier(made, first, second)
    expected = _efficient(made, first, second)
    assert found.complete
    assert _pairs(found) == [pytest.approx(pair, rel=2e-9, abs=1e-9) for pair in expected]
    for point in found.points:
        solution = point.solution
        assert solution.status == "optimal"
        assert is_allowed(made, solution.open_sites)
        for value, name in zip(solution.goals[-2:], (first, second), strict=True):
            assert value == pytest.approx(_value(made, solution.open_sites, name), rel=1e-9, abs=1e-9)
    for before, after in zip(found.points, found.points[1:], strict=False):
        assert after.nested == (set(before.solution.open_sites) <= set(after.solution.open_sites))
    return len(found.points)


@pytest.mark.parametrize(("first", "second"), PAIRS)
@pytest.mark.parametrize("tiny", [exact.TINY_MODEL, -1])
def test_every_efficient_pair_is_found_and_proven(
    first: str, second: str, tiny: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exact, "TINY_MODEL", tiny)
    counts = []
    for seed in SEEDS if tiny > 0 else FEWER_SEEDS:
        made = _made(seed)
        if _is_whole(made, first) or _is_whole(made, second):
            counts.append(_agrees(made, first, second))
    assert 0 in counts
    assert max(counts) >= 2


def test_points_between_goals_that_are_not_whole_numbers_are_efficient() -> None:
    several = 0
    for seed in range(0, 16, 2):
        made = replace(_made(seed), season_rule="weighted")
        found = frontier(made, "equally-distributed-equivalent", "person-time", n_points=4)
        efficient = _efficient(made, "equally-distributed-equivalent", "person-time")
        assert not found.complete
        assert len(_pairs(found)) <= 4
        for pair in _pairs(found):
            assert any(pair == pytest.approx(one, rel=2e-9, abs=1e-9) for one in efficient)
        several += len(found.points) > 1
    assert several > 3


def test_numbers_of_sites_one_by_one_are_each_proven() -> None:
    nested = 0
    for seed in range(20):
        made = random_problem("p-median", seed)
        found = by_number(made, range(1, made.n_sites + 1))
        assert len(found.points) == made.n_sites
        for number, point in enumerate(found.points, start=1):
            expected = best(replace(made, n_open=number, budget=None))
            assert (point.solution.status == "infeasible") == (expected is None)
            if expected is not None:
                assert point.solution.status == "optimal"
                assert goal_values(made, point.solution.open_sites) == pytest.approx(expected, rel=1e-9, abs=1e-9)
            nested += point.nested
    assert nested > 10


def test_the_toy_district_may_be_built_step_by_step() -> None:
    found = by_number(problem(objective="max-cover", n_open=1), (1, 2, 3))
    assert [names(point.solution.opened) for point in found.points] == ["", "F", "DF"]
    assert [point.nested for point in found.points] == [False, True, True]


def test_a_frontier_without_time_says_that_it_is_not_proven() -> None:
    made = problem(facilities="", objective="lexicographic", n_open=5, seconds=0.0)
    found = frontier(made, "person-time", "open-sites")
    assert not found.complete
    for point in found.points:
        assert point.solution.stages[-2].bound <= point.solution.stages[-2].value


@pytest.mark.parametrize(
    ("first", "second", "settings", "message"),
    [
        ("comfort", "cost", {}, "unknown"),
        ("cost", "cost", {}, "itself"),
        ("equally-distributed-equivalent", "cost", {"kappa": None, "objective": "p-median"}, "kappa"),
        ("equally-distributed-equivalent", "cost", {"opening_cost": np.ones(6)}, "number of points"),
        ("person-time", "cost", {"objective": "capacitated"}, "places"),
    ],
)
def test_what_has_no_frontier_is_refused(first: str, second: str, settings: dict, message: str) -> None:
    made = problem(n_open=2, **settings)
    with pytest.raises(ValueError, match=message):
        frontier(made, first, second)


def test_a_problem_without_plans_has_an_empty_frontier() -> None:
    made = problem(facilities="AB", objective="lexicographic", n_open=1)
    assert solve(made).status == "infeasible"
    assert frontier(made, "person-time", "open-sites").points == ()
