"""Set covering against enumeration, without and with compiled code, as an optimum and as a decision."""

from __future__ import annotations

import math

import numpy as np
import pytest

from geo.siting.cover import setcover
from geo.siting.cover.dominance import dominated_sites, implied_rows
from geo.siting.cover.setcover import Effort, certify, cover
from tests.siting.cover.random_cover import as_csr, cheapest_cover, random_sets

#: Kernels of a fresh checkout are compiled by one process.
pytestmark = pytest.mark.xdist_group("cover-kernels")

KINDS = ("ones", "whole", "real")


def _problem(seed: int, kind: str) -> tuple[list[list[int]], np.ndarray]:
    rng = np.random.default_rng([seed, *kind.encode()])
    n_sites = int(rng.integers(1, 11))
    rows = random_sets(rng, int(rng.integers(0, 16)), n_sites)
    if rng.random() < 0.85:
        rows = [row for row in rows if row]
    costs = np.ones(n_sites)
    if kind == "whole":
        costs = rng.integers(0, 9, n_sites).astype(np.float64)
    if kind == "real":
        costs = rng.uniform(0, 1e7, n_sites) * (rng.random(n_sites) < 0.9)
    return rows, costs


@pytest.fixture(params=["small", "compiled"])
def path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "compiled":
        monkeypatch.setattr(setcover, "SMALL_SETTLEMENTS", -1)
    return request.param


@pytest.mark.parametrize("kind", KINDS)
def test_the_cheapest_cover_is_found_and_proven(path: str, kind: str) -> None:
    outcomes = set()
    for seed in range(80):
        rows, costs = _problem(seed, kind)
        expected = cheapest_cover(rows, costs.tolist())
        found = cover(*as_csr(rows), costs, seed=seed)
        outcomes.add(found.status)
        if expected is None:
            assert (found.status, found.chosen, found.bound) == ("infeasible", None, math.inf)
            continue
        assert found.status == "optimal"
        assert found.value == pytest.approx(expected, rel=1e-12)
        assert found.bound <= found.value
        assert found.chosen is not None
        assert all(set(row) & set(found.chosen.tolist()) for row in rows)
        assert costs[found.chosen].sum() == pytest.approx(found.value)
    assert outcomes == {"optimal", "infeasible"}


@pytest.mark.parametrize("kind", ["ones", "whole"])
def test_decisions_are_right(path: str, kind: str) -> None:
    outcomes = []
    for seed in range(80):
        rows, costs = _problem(seed, kind)
        expected = cheapest_cover(rows, costs.tolist())
        for at_most in (0, 1, 2, 3, 5):
            found = cover(*as_csr(rows), costs, at_most=at_most, effort=Effort(steps=2), seed=seed)
            outcomes.append(found.status)
            if expected is None or expected > at_most:
                assert (found.status, found.chosen) == ("infeasible", None)
                assert found.bound > at_most
                continue
            assert found.status in ("optimal", "feasible")
            assert expected <= found.value <= at_most
            assert found.bound <= expected
            assert found.chosen is not None
            assert all(set(row) & set(found.chosen.tolist()) for row in rows)
    assert {"feasible", "infeasible"} <= set(outcomes)


def test_the_compiled_path_is_taken_by_size_only(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    monkeypatch.setattr(setcover, "reduce_cover", lambda *args, small: calls.append(small) or _stop())
    rows = [[0, 1]] * 3
    for size in (2, 3):
        monkeypatch.setattr(setcover, "SMALL_SETTLEMENTS", size)
        with pytest.raises(InterruptedError):
            cover(*as_csr(rows), np.ones(2))
    assert calls == [False, True]


def _stop() -> None:
    raise InterruptedError


def test_without_effort_a_cover_still_has_an_honest_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setcover, "_greedy", lambda core: np.ones(len(core.columns), dtype=np.bool_))
    # Every two of five sites in a ring: the relaxation says 2.5, three are needed.
    rows = [[0, 1], [1, 2], [2, 3], [3, 4], [0, 4]]
    found = cover(*as_csr([sorted(row) for row in rows]), np.ones(5), effort=Effort(pairs=0))
    assert (found.status, found.value, found.bound) == ("feasible", 5.0, 3.0)
    decision = cover(*as_csr([sorted(row) for row in rows]), np.ones(5), at_most=3, effort=Effort(pairs=0))
    assert (decision.status, decision.chosen, decision.bound) == ("unknown", None, 3.0)


def test_any_prices_give_a_bound() -> None:
    for seed in range(200):
        rows, costs = _problem(seed, "real")
        expected = cheapest_cover(rows, costs.tolist())
        if expected is None:
            continue
        starts, sites = as_csr(rows)
        core = setcover.Core(starts, sites, costs, np.arange(len(costs)), np.zeros(0, dtype=np.int64))
        prices = np.random.default_rng(seed).uniform(-1e6, 1e7, len(rows)) * 3.0 ** -np.arange(len(rows))
        bound, reduced = certify(core, prices)
        assert bound <= expected
        for site in np.flatnonzero(reduced > 0):
            without = [row for row in rows if site not in row]
            assert bound + reduced[site] <= costs[site] + (cheapest_cover(without, costs.tolist()) or 0.0) + 1e-6


@pytest.mark.parametrize("small", [True, False])
def test_dominance_is_what_it_says(small: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.siting.cover.dominance.BLOCK", 3)
    for seed in range(80):
        rows, costs = _problem(seed, "whole")
        starts, sites = as_csr(rows)
        sets = [set(row) for row in rows]
        implied = [
            any(b and b <= a and (b != a or k < i) for k, b in enumerate(sets) if k != i) for i, a in enumerate(sets)
        ]
        assert implied_rows(starts, sites, len(costs), small=small).tolist() == implied
        own = [{i for i, row in enumerate(rows) if j in row} for j in range(len(costs))]
        beaten = [
            not a
            or any(
                a <= b and costs[k] <= costs[j] and ((a, costs[j]) != (b, costs[k]) or k < j)
                for k, b in enumerate(own)
                if k != j
            )
            for j, a in enumerate(own)
        ]
        assert dominated_sites(starts, sites, costs, small=small).tolist() == beaten
