"""Merging, turning over and cutting sets of sites, against plain Python sets."""

from __future__ import annotations

import numpy as np
import pytest

from geo.siting.cover import merge
from tests.siting.cover.random_cover import as_csr, random_sets


@pytest.mark.parametrize("collide", [False, True])
def test_rows_merge_exactly_when_their_sites_are_the_same(collide: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if collide:
        monkeypatch.setattr(merge, "_hashes", lambda starts, sites: np.zeros(len(starts) - 1, dtype=np.uint64))
    for seed in range(60):
        rng = np.random.default_rng(seed)
        rows = random_sets(rng, int(rng.integers(0, 30)), 4)
        weights = rng.integers(0, 9, len(rows)).astype(np.float64)
        merged = merge.merge_rows(*as_csr(rows), weights)
        groups = list(dict.fromkeys(frozenset(row) for row in rows))
        assert [groups[g] for g in merged.group_of_row] == [frozenset(row) for row in rows]
        starts, sites = as_csr([sorted(group) for group in groups])
        assert merged.starts.tolist() == starts.tolist()
        assert merged.sites.tolist() == sites.tolist()
        totals = [sum(w for row, w in zip(rows, weights, strict=True) if frozenset(row) == g) for g in groups]
        assert merged.weights.tolist() == totals


def test_transposing_lists_the_rows_of_every_site() -> None:
    for seed in range(60):
        rng = np.random.default_rng(seed)
        n_sites = int(rng.integers(1, 9))
        rows = random_sets(rng, int(rng.integers(0, 12)), n_sites)
        starts, sites = as_csr(rows)
        by_site = merge.transpose(starts, sites, n_sites)
        expected = as_csr([[i for i, row in enumerate(rows) if site in row] for site in range(n_sites)])
        assert by_site[0].tolist() == expected[0].tolist()
        assert by_site[1].tolist() == expected[1].tolist()
        back = merge.transpose(*by_site, len(rows))
        assert (back[0].tolist(), back[1].tolist()) == (starts.tolist(), sites.tolist())


def test_taking_rows_and_sites() -> None:
    starts, sites = as_csr([[0, 2, 3], [], [1], [0, 1, 2, 3]])
    assert [part.tolist() for part in merge.take_rows(starts, sites, np.array([0, 3]))] == [
        [0, 3, 7],
        [0, 2, 3, 0, 1, 2, 3],
    ]
    kept = merge.take_sites(starts, sites, np.array([True, False, True, False]))
    assert [part.tolist() for part in kept] == [[0, 2, 2, 2, 4], [0, 1, 0, 1]]
