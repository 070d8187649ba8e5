"""Problems beyond the size of the compiled path: published optima, sparse times, repeatability, honest limits."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from geo.siting import exact, problem, sizes
from geo.siting.pairs import SparseTimes
from geo.siting.problem import SitingProblem
from geo.siting.solution import SitingSolution
from geo.siting.solve import solve
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS
from tests.siting.orlib import pmed_optima, read_pmed


def _problem(milliseconds: np.ndarray, n_open: int, **changes: object) -> SitingProblem:
    n_settlements, n_sites = milliseconds.shape[-2:]
    settings: dict[str, object] = {
        "settlement_ids": tuple(f"v{i}" for i in range(n_settlements)),
        "site_ids": tuple(f"s{j}" for j in range(n_sites)),
        "season_names": tuple(f"season{s}" for s in range(milliseconds.reshape(-1, n_settlements, n_sites).shape[0])),
        "milliseconds": milliseconds.reshape(-1, n_settlements, n_sites).astype(np.int32),
        "persons": np.ones(n_settlements, dtype=np.int64),
        "status": ("candidate",) * n_sites,
        "existing": np.zeros(n_sites, dtype=np.bool_),
        "objective": "p-median",
        "n_open": n_open,
    }
    return SitingProblem(**{**settings, **changes})  # type: ignore[arg-type]


def _region(n_seasons: int = 1, n: int = 230) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    spots = rng.uniform(0, 200, (n, 2))
    minutes = np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1)) * 1.3
    slower = rng.uniform(1.0, 1.6, (n_seasons, n, 1))
    persons = np.rint(rng.lognormal(5, 1.2, n)).astype(np.int64) + 1
    return np.rint(minutes * slower * MS_PER_MINUTE).astype(np.int32), persons


@pytest.mark.parametrize("number", [11, 20, 26, 40])
def test_published_optima_are_proven(number: int, shared: Path) -> None:
    instance = read_pmed(f"pmed{number}")
    solution = solve(_problem(instance.costs, instance.n_open))
    assert (solution.status, solution.value) == ("optimal", pmed_optima()[f"pmed{number}"])
    assert solution.bound == solution.value


@pytest.mark.parametrize("objective", ["p-median", "kolm-pollak", "max-cover", "lexicographic"])
def test_large_and_small_paths_prove_the_same(objective: str, monkeypatch: pytest.MonkeyPatch) -> None:
    times, persons = _region()
    limit = {"limit_ms": 30 * MS_PER_MINUTE} if objective in ("max-cover", "lexicographic") else {}
    costs = np.random.default_rng(4).integers(50, 200, times.shape[-1]) * 1e6
    drawn = _problem(times, 12, objective=objective, persons=persons, kappa=-0.02, opening_cost=costs, **limit)
    compiled = solve(drawn)
    monkeypatch.setattr(exact, "SMALL_SETTLEMENTS", 1_000)
    monkeypatch.setattr(sizes, "SMALL_SETTLEMENTS", 1_000)
    whole_arrays = solve(drawn)
    assert compiled.status == whole_arrays.status == "optimal"
    for stage, other in zip(compiled.stages, whole_arrays.stages, strict=True):
        assert stage.value == pytest.approx(other.value, rel=2e-9), stage.name


def test_seasons_that_take_turns_are_proven_too() -> None:
    """The worst season of a settlement depends on the plan: prices only narrow, models of all seasons prove."""
    times, persons = _region(n_seasons=2)
    rng = np.random.default_rng(1)
    times = np.where(rng.random(times.shape) < 0.1, np.minimum(times * 2, UNREACHABLE_MS - 1), times)
    solution = solve(_problem(times, 40, persons=persons))
    assert solution.status == "optimal"


def test_the_same_seed_gives_the_same_result() -> None:
    times, persons = _region()
    first, second = (solve(_problem(times, 10, persons=persons)) for _run in range(2))
    names = [field.name for field in fields(SitingSolution) if field.name != "seconds"]
    for name in names:
        one, other = getattr(first, name), getattr(second, name)
        assert np.array_equal(one, other) if isinstance(one, np.ndarray) else one == other, name


def test_without_time_there_is_a_gap_and_no_claim() -> None:
    times, persons = _region()
    proven = solve(_problem(times, 10, persons=persons))
    hasty = solve(_problem(times, 10, persons=persons, seconds=0.0))
    assert hasty.status == "feasible"
    assert hasty.bound <= proven.value <= hasty.value


@pytest.mark.parametrize("objective", ["p-median", "kolm-pollak", "max-cover"])
def test_sparse_times_mean_the_same_as_dense_ones(objective: str, monkeypatch: pytest.MonkeyPatch) -> None:
    times, persons = _region(n=210)
    times[times > 70 * MS_PER_MINUTE] = UNREACHABLE_MS
    near = times < UNREACHABLE_MS
    starts = np.concatenate([[0], np.cumsum(near[0].sum(axis=1))]).astype(np.int64)
    pairs = SparseTimes(starts, np.nonzero(near[0])[1].astype(np.int32), times[0][near[0]], times.shape[-1])
    dense = _problem(times, 25, objective=objective, persons=persons, kappa=-0.02, limit_ms=40 * MS_PER_MINUTE)
    monkeypatch.setattr(problem, "MOST_DENSE", 0)
    empty = np.zeros((0, 0, 0), dtype=np.int32)
    sparse = replace(dense, milliseconds=empty, pairs=(pairs,))
    assert sparse.pairs
    first, second = solve(dense), solve(sparse)
    assert first.status == second.status == "optimal"
    assert first.value == pytest.approx(second.value, rel=2e-9)
    assert first.persons_unserved == second.persons_unserved
    with pytest.raises(ValueError, match="p-median, kolm-pollak, max-cover"):
        replace(sparse, objective="p-center")


def test_a_district_loads_no_compiler() -> None:
    code = (
        "import sys, numpy as np; from tests.siting.median.test_large import _problem, _region;"
        "from geo.siting.solve import solve; t, w = _region(n=120);"
        "print(solve(_problem(t, 8, persons=w)).status, 'numba' in sys.modules)"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["optimal", "False"]
