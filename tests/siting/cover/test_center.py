"""The p-center against enumeration, without and with compiled code, and against published optima."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from geo.siting.cover import center
from geo.siting.cover.center import CenterEffort, solve_center
from geo.siting.cover.setcover import Effort
from geo.units import UNREACHABLE_MS
from tests.siting.orlib import pcenter_optima, read_pmed

#: Kernels of a fresh checkout are compiled by one process.
pytestmark = pytest.mark.xdist_group("cover-kernels")

SEEDS = range(120)


def _problem(seed: int) -> tuple[np.ndarray, np.ndarray, int, np.ndarray | None]:
    """Return times, ceiling, number of free sites and latest times: ties, unreachable pairs, fixed sites, all mixed."""
    rng = np.random.default_rng(seed)
    n_clients, n_sites = int(rng.integers(1, 14)), int(rng.integers(0, 9))
    times = rng.integers(0, rng.choice([6, 1_000]), (n_clients, n_sites))
    times[rng.random(times.shape) < rng.choice([0.0, 0.2, 0.5])] = UNREACHABLE_MS
    ceiling = np.full(n_clients, UNREACHABLE_MS)
    if rng.random() < 0.6:
        fixed = rng.random(n_clients) < 0.5
        ceiling[fixed] = rng.integers(0, 1_000, fixed.sum())
    latest = rng.choice([3, 500, 900, UNREACHABLE_MS], n_clients) if rng.random() < 0.4 else None
    n_free = int(rng.integers(0, n_sites + 2))
    return times.astype(np.int32), ceiling.astype(np.int32), n_free, latest


def _best(times: np.ndarray, ceiling: np.ndarray, n_free: int, latest: np.ndarray | None) -> int | None:
    found = []
    for n in range(min(n_free, times.shape[1]) + 1):
        for plan in itertools.combinations(range(times.shape[1]), n):
            nearest = [min([int(ceiling[i]), *(int(row[j]) for j in plan)]) for i, row in enumerate(times)]
            limits = [UNREACHABLE_MS - 1] * len(nearest) if latest is None else latest.tolist()
            if all(t < UNREACHABLE_MS and t <= limit for t, limit in zip(nearest, limits, strict=True)):
                found.append(max(nearest))
    return min(found, default=None)


@pytest.mark.parametrize("path", ["small", "compiled", "compiled-without-search"])
def test_the_shortest_longest_time_is_found_and_proven(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    effort = None
    if path != "small":
        monkeypatch.setattr(center, "SMALL_SETTLEMENTS", -1)
    if path == "compiled-without-search":
        effort = CenterEffort(search_pairs=0, relaxations=0, decision=Effort(steps=0))
    outcomes = []
    for seed in SEEDS:
        times, ceiling, n_free, latest = _problem(seed)
        expected = _best(times, ceiling, n_free, latest)
        found = solve_center(times, ceiling, n_free, latest=latest, effort=effort, seed=seed)
        outcomes.append(found.status)
        if expected is None:
            assert (found.status, found.value, found.chosen, found.bound) == ("infeasible", None, None, UNREACHABLE_MS)
            continue
        assert (found.status, found.value, found.bound) == ("optimal", expected, expected)
        assert found.chosen is not None
        assert len(found.chosen) <= n_free
        nearest = np.minimum(times[:, found.chosen].min(axis=1, initial=UNREACHABLE_MS), ceiling)
        assert nearest.max() == expected
        assert latest is None or (nearest <= latest).all()
    assert outcomes.count("optimal") > 50
    assert outcomes.count("infeasible") > 20


def test_without_effort_bound_and_plan_enclose_the_optimum() -> None:
    statuses = set()
    for seed in SEEDS:
        times, ceiling, n_free, latest = _problem(seed)
        expected = _best(times, ceiling, n_free, latest)
        found = solve_center(times, ceiling, n_free, latest=latest, effort=CenterEffort(decisions=0))
        statuses.add(found.status)
        assert found.bound <= (UNREACHABLE_MS if expected is None else expected)
        if found.value is not None:
            assert expected is not None
            assert expected <= found.value
    assert statuses == {"optimal", "feasible", "infeasible", "unknown"}


def test_a_start_is_only_improved_upon() -> None:
    times = np.array([[0, 5, 9], [5, 0, 5], [9, 5, 0]], dtype=np.int32)
    ceiling = np.full(3, UNREACHABLE_MS, dtype=np.int32)
    found = solve_center(times, ceiling, 1, start=np.array([1]), effort=CenterEffort(decisions=0))
    assert (found.value, found.chosen.tolist()) == (5, [1])


@pytest.mark.shared
@pytest.mark.parametrize("name", ["pmed1", "pmed6", "pmed15", "pmed32", "pmed40"])
def test_published_optima_are_proven(shared: object, name: str) -> None:
    instance = read_pmed(name)
    optimum = pcenter_optima()[name]
    ceiling = np.full(len(instance.costs), UNREACHABLE_MS, dtype=np.int32)
    found = solve_center(instance.costs.astype(np.int32), ceiling, instance.n_open)
    assert (found.status, found.value, found.bound) == ("optimal", optimum, optimum)
    again = solve_center(instance.costs.astype(np.int32), ceiling, instance.n_open)
    assert (again.chosen.tolist(), again.log, again.nodes) == (found.chosen.tolist(), found.log, found.nodes)
