"""Small random covering problems, and plain enumeration of their plans."""

from __future__ import annotations

import itertools

import numpy as np


def random_sets(rng: np.random.Generator, n_rows: int, n_sites: int) -> list[list[int]]:
    """Return rows of ascending sites, some of them empty or alike."""
    density = rng.uniform(0.1, 0.9)
    return [np.flatnonzero(rng.random(n_sites) < density).tolist() for _ in range(n_rows)]


def as_csr(rows: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    starts = np.cumsum([0, *(len(row) for row in rows)]).astype(np.int64)
    return starts, np.array([site for row in rows for site in row], dtype=np.int32)


def cheapest_cover(rows: list[list[int]], costs: list[float]) -> float | None:
    """Return the least cost of a set of sites that has one of each row, None if there is none."""
    sites = range(len(costs))
    plans = itertools.chain.from_iterable(itertools.combinations(sites, n) for n in range(len(costs) + 1))
    found = [sum(costs[j] for j in plan) for plan in plans if all(set(row) & set(plan) for row in rows)]
    return min(found, default=None)
