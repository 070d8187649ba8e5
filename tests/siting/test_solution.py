"""Proofs, determinism, laws, and the second look at every solution."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import SolverError
from geo.siting import exact
from geo.siting.check import check
from geo.siting.objectives import OBJECTIVES
from geo.siting.problem import SitingProblem
from geo.siting.solution import SitingSolution
from geo.siting.solve import solve
from geo.units import minutes_to_ms
from tests.siting.brute import random_problem
from tests.siting.toy import problem


def _district(objective: str, n: int = 60, **settings) -> SitingProblem:
    """Return a made-up district: n villages on a plane, each a candidate, two seasons, three facilities today."""
    rng = np.random.default_rng(7)
    places = rng.random((n, 2)) * 120
    km = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) * rng.uniform(1.1, 1.6, (n, n))
    existing = np.arange(n) % 20 == 0
    chosen = {
        "settlement_ids": tuple(f"v{i}" for i in range(n)),
        "site_ids": tuple(f"v{i}" for i in range(n)),
        "season_names": ("dry", "winter"),
        "milliseconds": (np.stack([km, km * rng.uniform(1.0, 2.0, (n, n))]) * 60_000).astype(np.int32),
        "persons": np.maximum(1, rng.lognormal(5.5, 1.2, n)).astype(np.int64),
        "status": tuple("open" if e else "candidate" for e in existing),
        "existing": existing,
        "limit_ms": minutes_to_ms(30),
        "n_open": 7,
        "kappa": -0.02,
    }
    return SitingProblem(objective=objective, **(chosen | settings))


def _same(first: SitingSolution, second: SitingSolution) -> bool:
    pairs = [(getattr(first, f.name), getattr(second, f.name)) for f in fields(first) if f.name != "seconds"]
    return all(np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b for a, b in pairs)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_district_is_proven_and_the_same_every_time(objective: str) -> None:
    first, second = solve(_district(objective)), solve(_district(objective))
    assert first.status == "optimal" or (objective == "set-cover" and first.status == "infeasible")
    assert _same(first, second)


@pytest.mark.parametrize("objective", ["lexicographic", "p-median", "kolm-pollak", "p-center"])
def test_models_cut_short_find_the_same_values(objective: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = solve(_district(objective))
    monkeypatch.setattr(exact, "SMALL_MODEL", -1)
    cut = solve(_district(objective))
    assert cut.status == "optimal"
    assert [stage.value for stage in cut.stages] == pytest.approx([stage.value for stage in whole.stages], rel=1e-9)


@pytest.mark.parametrize("objective", ["lexicographic", "p-median", "kolm-pollak", "max-cover", "p-center"])
def test_a_run_without_time_is_feasible_with_an_honest_bound(objective: str) -> None:
    proven = solve(_district(objective))
    hasty = solve(_district(objective, seconds=0.0))
    assert hasty.status == "feasible"
    assert any(stage.gap > 0 for stage in hasty.stages)
    first, hasty_first = proven.stages[0], hasty.stages[0]
    if first.sense == "min":
        assert hasty_first.bound <= first.value <= hasty_first.value
    else:
        assert hasty_first.bound >= first.value >= hasty_first.value
    if hasty_first.value == first.value:
        assert hasty.stages[-1].bound <= proven.stages[-1].value or first.sense == "max"


def test_gap_is_relative_to_the_value() -> None:
    hasty = solve(_district("p-median", seconds=0.0))
    assert hasty.gap == pytest.approx((hasty.value - hasty.bound) / hasty.value)
    assert hasty.gap > 0


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(["lexicographic", "p-median", "kolm-pollak", "max-cover", "p-center"]), st.integers(0, 10**6))
def test_more_sites_never_worsen(objective: str, seed: int) -> None:
    drawn = replace(random_problem(objective, seed), n_open=3, budget=None)
    fewer, more = solve(drawn), solve(replace(drawn, n_open=4))
    if fewer.status != "infeasible":
        assert more.status == "optimal"
        _never_worse(fewer, more)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(["lexicographic", "p-median", "kolm-pollak", "max-cover", "p-center"]), st.integers(0, 10**6))
def test_more_money_never_worsens(objective: str, seed: int) -> None:
    drawn = replace(random_problem(objective, seed), n_open=None, budget=2.0)
    costs = np.arange(drawn.n_sites) % 3 + 0.5
    drawn = replace(drawn, opening_cost=costs, closing_cost=None)
    poorer, richer = solve(drawn), solve(replace(drawn, budget=3.5))
    if poorer.status != "infeasible":
        assert richer.status == "optimal"
        _never_worse(poorer, richer)


def _never_worse(first: SitingSolution, second: SitingSolution) -> None:
    for before, after in zip(first.stages, second.stages, strict=True):
        sign = 1 if before.sense == "min" else -1
        tolerance = 1e-9 * max(abs(before.value), 1.0)
        assert sign * after.value <= sign * before.value + tolerance
        if sign * after.value < sign * before.value - tolerance:
            return


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(list(OBJECTIVES)), st.integers(0, 10**6))
def test_without_tolerance_no_trip_gets_longer(objective: str, seed: int) -> None:
    solution = solve(replace(random_problem(objective, seed), max_worsening_ms=0))
    assert solution.losers == ()
    assert (solution.milliseconds_after <= solution.milliseconds_before).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_doubling_everybody_leaves_the_equivalent_unchanged(seed: int) -> None:
    drawn = random_problem("kolm-pollak", seed)
    once, twice = solve(drawn), solve(replace(drawn, persons=drawn.persons * 2))
    assert once.status == twice.status
    assert twice.ede_minutes == pytest.approx(once.ede_minutes, rel=1e-9)


def _tampered() -> list[tuple[str, dict]]:
    honest = solve(problem(objective="lexicographic", n_open=2))
    wrong_times = honest.milliseconds_after.copy()
    wrong_times[0, 3] += 1
    stage = honest.stages[0]
    return [
        ("nearest open site", {"milliseconds_after": wrong_times}),
        ("persons beyond", {"persons_beyond_limit": honest.persons_beyond_limit - 1}),
        ("unserved", {"unserved": (0,)}),
        ("opened or not", {"opened": ()}),
        ("more sites are open", {"open_sites": (0, 2, 5), "opened": (2, 5)}),
        ("must be open", {"open_sites": (5,), "closed": (0,)}),
        ("cost of the plan", {"cost": 0.0}),
        ("equivalent", {"ede_minutes": 1.0}),
        ("wrong side", {"stages": (replace(stage, bound=stage.value + 1), *honest.stages[1:])}),
        ("gap", {"stages": (replace(stage, gap=0.5), *honest.stages[1:])}),
        ("values of the goals", {"stages": honest.stages[:2]}),
    ]


@pytest.mark.parametrize(("message", "changes"), _tampered(), ids=lambda x: x if isinstance(x, str) else "")
def test_the_check_notices(message: str, changes: dict) -> None:
    made = problem(objective="lexicographic", n_open=2)
    with pytest.raises(SolverError, match=message):
        check(made, replace(solve(made), **changes))


def test_the_check_notices_broken_promises() -> None:
    made = problem(facilities="AB", keep=False, objective="p-median", n_open=2, max_worsening_ms=minutes_to_ms(60))
    solution = solve(made)
    assert solution.losers
    with pytest.raises(SolverError, match="worse off than tolerated"):
        check(replace(made, max_worsening_ms=1), solution)
    with pytest.raises(SolverError, match="losers"):
        check(made, replace(solution, losers=()))
