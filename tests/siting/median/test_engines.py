"""Both engines do the same, and any prices give a bound."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from geo.siting.median import fast, plain
from geo.siting.median.types import Climb, Engine, Lists

ENGINES = [plain, fast]
GRID = 2.0**-20


def _lists(seed: int, *, money: bool = False) -> tuple[Lists, np.ndarray, np.ndarray]:
    """Return random lists, what clients pay without any, and the costs as a matrix (infinite: not listed)."""
    rng = np.random.default_rng(seed)
    n_clients, n_sites = 7, 6
    matrix = rng.integers(0, 30, (n_clients, n_sites)).astype(np.float64)
    matrix[rng.random(matrix.shape) < 0.3] = np.inf
    ceiling = rng.integers(20, 60, n_clients).astype(np.float64)
    matrix[matrix >= ceiling[:, None]] = np.inf
    order = np.argsort(matrix, axis=1, kind="stable")
    counts = np.isfinite(matrix).sum(axis=1)
    site = np.concatenate([row[:count] for row, count in zip(order, counts, strict=True)]).astype(np.int32)
    cost = np.concatenate([matrix[i, order[i, : counts[i]]] for i in range(n_clients)])
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    weight = rng.integers(0, 5, n_sites) / 2 if money else np.ones(n_sites)
    columns = plain.transpose(start, site, cost, n_sites)
    return Lists(start, site, cost, *columns, ceiling, weight, 2.0, GRID), ceiling, matrix


def _least(lists: Lists, ceiling: np.ndarray, matrix: np.ndarray) -> float:
    """Return the least cost of any set of sites that fits."""
    sites = range(len(lists.weight))
    sets = itertools.chain.from_iterable(itertools.combinations(sites, size) for size in range(len(sites) + 1))
    fitting = [list(chosen) for chosen in sets if lists.weight[list(chosen)].sum() <= lists.room]
    return min(float(np.minimum(matrix[:, c].min(axis=1, initial=np.inf), ceiling).sum()) for c in fitting)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("money", [False, True])
def test_any_prices_give_a_bound(engine: Engine, money: bool) -> None:
    settings = (1.0, 0.75, 0.9, 25, 1e-3)
    closest = 0
    for seed in range(60):
        lists, ceiling, matrix = _lists(seed, money=money)
        least = _least(lists, ceiling, matrix)
        rng = np.random.default_rng(seed)
        for n_steps in (1, 200):
            prices = np.floor(rng.uniform(0, 1, len(ceiling)) * ceiling / GRID) * GRID
            climb = Climb.of(prices, len(lists.weight))
            bound, steps = engine.ascend(lists, climb, least, 0.0, np.zeros(len(lists.weight)), n_steps, settings)
            assert 1 <= steps <= n_steps
            assert bound <= least + 1e-9
            recomputed = np.minimum(matrix - climb.best_prices[:, None], 0.0).sum(axis=0)
            assert climb.best_worth == pytest.approx(recomputed)
        closest += bound >= least - 1.0
    assert closest > (15 if money else 30)


@pytest.mark.parametrize("money", [False, True])
def test_engines_agree_on_every_piece(money: bool) -> None:
    for seed in range(40):
        lists, ceiling, _matrix = _lists(seed, money=money)
        rng = np.random.default_rng(seed)
        kept = rng.random(len(lists.weight)) < 0.7
        most = rng.uniform(0, 40, len(ceiling))
        rows = (lists.start, lists.site, lists.cost)
        for mine, other in zip(plain.keep(*rows, kept, most), fast.keep(*rows, kept, most), strict=True):
            assert np.array_equal(mine, other)
        for mine, other in zip(
            plain.transpose(*rows, len(lists.weight)), fast.transpose(*rows, len(lists.weight)), strict=True
        ):
            assert np.array_equal(mine, other)
        worth = -rng.integers(0, 5, len(lists.weight)).astype(np.float64)
        marked = [np.zeros(len(worth), dtype=np.bool_) for _engine in ENGINES]
        found = [engine.choose(worth, lists.weight, 2.0, own) for engine, own in zip(ENGINES, marked, strict=True)]
        assert found[0] == pytest.approx(found[1])
        assert np.array_equal(*marked)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("money", [False, True])
def test_exchanges_and_kicks_fit_and_never_worsen(engine: Engine, money: bool) -> None:
    reached = 0
    for seed in range(40):
        lists, ceiling, matrix = _lists(seed, money=money)
        columns = (lists.column, lists.client, lists.column_cost)
        nothing = np.zeros(len(lists.weight), dtype=np.bool_)
        improved = engine.improve(lists, ceiling, nothing)
        kicked = engine.kick(lists, ceiling, improved, 4e8, seed)
        costs = [engine.value_of(*columns, ceiling.copy(), plan) for plan in (nothing, improved, kicked)]
        assert costs == sorted(costs, reverse=True)
        assert lists.weight[kicked].sum() <= lists.room
        assert costs[-1] == np.minimum(matrix[:, kicked].min(axis=1, initial=np.inf), ceiling).sum()
        reached += costs[-1] == _least(lists, ceiling, matrix)
    assert reached >= 30
