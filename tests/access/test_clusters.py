"""Exploratory groups: planted ones are found, noise is called unstable, and nothing depends on order or units."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import AgglomerativeClustering
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.preprocessing import StandardScaler

from geo.access.clusters import MIN_UNITS, explore_clusters


def planted(sizes: list[int], spread: float = 0.05, seed: int = 1) -> tuple[pd.DataFrame, np.ndarray]:
    """Units in clouds around far corners, and which cloud each came from."""
    rng = np.random.default_rng(seed)
    corners = np.array([[0, 0], [10, 10], [0, 10], [10, 0]])
    cloud = np.repeat(np.arange(len(sizes)), sizes)
    points = corners[cloud] + rng.normal(0, spread, (len(cloud), 2))
    return pd.DataFrame(points, columns=["density", "minutes"], index=[f"u{i:02}" for i in range(len(cloud))]), cloud


@pytest.mark.parametrize("sizes", [[4, 3], [6, 5, 4], [9, 3, 6, 5]])
def test_planted_groups_are_found_and_stable(sizes):
    table, cloud = planted(sizes)
    found = explore_clusters(table, seed=3)
    assert found.n_groups == len(sizes)
    assert adjusted_rand_score(cloud, [found.labels[unit] for unit in table.index]) == 1
    assert found.silhouette > 0.9
    assert found.stability > 0.9
    assert found.reason == ""


def test_noise_is_less_stable_than_groups():
    noise = planted([30], spread=1.0)[0]
    assert explore_clusters(noise, seed=3).stability < 0.8 < explore_clusters(planted([10, 10])[0], seed=3).stability


@pytest.mark.parametrize("seed", range(8))
def test_the_number_of_groups_has_the_best_silhouette_on_standardised_indicators(seed):
    table = planted([9, 8], spread=4.0, seed=seed)[0] * [1.0, 100.0]
    found = explore_clusters(table, seed=3, n_runs=1)
    points = StandardScaler().fit_transform(table)
    scores = {}
    for k in range(2, 7):
        scores[k] = silhouette_score(points, AgglomerativeClustering(k, linkage="ward").fit_predict(points))
    assert found.n_groups == max(scores, key=lambda k: scores[k])
    assert found.silhouette == pytest.approx(scores[found.n_groups])
    assert found.silhouette == pytest.approx(silhouette_score(points, list(found.labels.values())))


def test_fewer_groups_win_a_tie():
    """Twelve corners of a regular simplex: any split in pairs and singles has a silhouette of 0 at best."""
    table = pd.DataFrame(np.eye(12), index=[f"u{i:02}" for i in range(12)])
    found = explore_clusters(table, seed=3, n_runs=1)
    assert found.silhouette == pytest.approx(0)
    assert found.n_groups == 2


def test_groups_are_numbered_by_size_then_by_the_first_id():
    table, cloud = planted([3, 5, 3])
    labels = np.array([explore_clusters(table, seed=3).labels[unit] for unit in table.index])
    assert [set(labels[cloud == c]) for c in range(3)] == [{2}, {1}, {3}]


def test_order_and_units_of_measurement_change_nothing():
    table, _cloud = planted([6, 5, 4], spread=3.0)
    found = explore_clusters(table, seed=3)
    other = explore_clusters((table * [1024.0, 0.25] + [8.0, 0.0]).iloc[::-1], seed=3)
    assert other.labels == found.labels
    assert other.stability == found.stability
    assert other.silhouette == pytest.approx(found.silhouette)


def test_the_same_seed_gives_the_same_and_another_seed_the_same_groups():
    table, _cloud = planted([16], spread=1.0)
    once, again, other = (explore_clusters(table, seed=seed) for seed in (3, 3, 4))
    assert once == again
    assert other.labels == once.labels
    assert other.stability != once.stability


def test_unknown_units_are_left_out_and_listed():
    table, _cloud = planted([6, 5])
    table.loc["u03", "density"] = np.nan
    table.loc["u07", "minutes"] = np.inf
    found = explore_clusters(table, seed=3)
    assert found.left_out == ("u03", "u07")
    assert sorted(found.labels) == sorted(set(table.index) - {"u03", "u07"})


def test_an_indicator_that_is_the_same_everywhere_is_not_used():
    table, _cloud = planted([6, 5])
    found = explore_clusters(table.assign(hazard=0.0), seed=3)
    assert found.constant == ("hazard",)
    assert found.labels == explore_clusters(table, seed=3).labels


def test_too_few_or_too_like_units_have_no_groups():
    few = planted([MIN_UNITS])[0]
    few.iloc[0, 0] = np.nan
    found = explore_clusters(few, seed=3)
    assert (found.reason, found.n_groups, found.silhouette, found.stability) == ("too-few-units", None, None, None)
    assert not found.labels
    assert found.left_out == ("u00",)
    alike = pd.DataFrame({"density": [2.0] * 9}, index=list("abcdefghi"))
    assert explore_clusters(alike, seed=3).reason == "all-alike"
    assert explore_clusters(pd.DataFrame(index=list("abcdefghi")), seed=3).reason == "all-alike"


def test_a_repeated_id_is_refused():
    with pytest.raises(ValueError, match="unique"):
        explore_clusters(pd.DataFrame({"density": range(7)}, index=list("aabcdef")), seed=3)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=6, max_size=14))
def test_ties_and_doubles_break_nothing(rows):
    table = pd.DataFrame(rows, columns=["a", "b"], index=[f"u{i:02}" for i in range(len(rows))])
    found = explore_clusters(table, seed=3, n_runs=5)
    if len(set(rows)) == 1:
        assert found.reason == "all-alike"
        return
    assert 2 <= found.n_groups <= min(6, len(set(rows)))
    assert sorted(set(found.labels.values())) == list(range(1, found.n_groups + 1))
    assert -1 <= found.silhouette <= 1
    assert -0.5 <= found.stability <= 1
    alike: dict[tuple[int, int], set[int]] = {}
    for row, label in zip(rows, found.labels.values(), strict=True):
        alike.setdefault(row, set()).add(label)
    assert all(len(labels) == 1 for labels in alike.values()), "equal units are in one group"
