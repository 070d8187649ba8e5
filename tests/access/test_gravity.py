"""Gravity indicators: worked values, the floor, sums."""

from __future__ import annotations

import numpy as np
import pytest

from geo.access.gravity import hansen_potential, joseph_bantock, spatial_access_ratio
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS
from tests.access.laws import districts

MS = (np.array([[10, 40], [20, 20]]) * MS_PER_MINUTE).astype(np.int32)


def test_potential_by_hand():
    assert hansen_potential(MS, np.array([8.0, 16.0]), beta=1) == pytest.approx([8 / 10 + 16 / 40, 8 / 20 + 16 / 20])
    assert hansen_potential(MS, np.array([8.0, 16.0]), beta=2) == pytest.approx([0.08 + 0.01, 0.02 + 0.04])


def test_competition_by_hand():
    # At the first facility 100/10 + 300/20 = 25 people near, at the second 100/40 + 300/20 = 17.5.
    scores = joseph_bantock(MS, np.array([100.0, 300.0]), np.array([8.0, 16.0]), beta=1)
    assert scores == pytest.approx([8 / 25 / 10 + 16 / 17.5 / 40, 8 / 25 / 20 + 16 / 17.5 / 20])


def test_next_door_counts_as_one_minute():
    ms = np.array([[0], [30_000], [60_000], [120_000]], dtype=np.int32)
    assert list(hansen_potential(ms, np.array([4.0]), beta=2)) == [4.0, 4.0, 4.0, 1.0]
    assert hansen_potential(ms, np.array([4.0]), beta=1, least_minutes=2) == pytest.approx([2, 2, 2, 2])


def test_no_way_is_zero_and_a_facility_nobody_reaches_adds_nothing():
    ms = np.array([[60_000, UNREACHABLE_MS], [UNREACHABLE_MS, UNREACHABLE_MS]], dtype=np.int32)
    assert list(hansen_potential(ms, np.array([4.0, 7.0]))) == [4.0, 0.0]
    assert list(joseph_bantock(ms, np.array([2.0, 5.0]), np.array([4.0, 7.0]))) == [2.0, 0.0]
    assert list(joseph_bantock(ms, np.array([0.0, 5.0]), np.array([4.0, 7.0]))) == [0.0, 0.0]


def test_all_supply_in_reach_is_shared_out_to_a_billionth():
    rng = np.random.default_rng(5)
    ms = rng.integers(0, 600 * MS_PER_MINUTE, (1300, 40)).astype(np.int32)
    ms[:, 3] = UNREACHABLE_MS
    persons, supply = rng.lognormal(5, 1.5, 1300), rng.lognormal(2, 1, 40)
    reached = supply.sum() - supply[3]
    assert np.sum(joseph_bantock(ms, persons, supply) * persons) == pytest.approx(reached, rel=1e-9)


def test_blocks_of_settlements_change_nothing():
    rng = np.random.default_rng(6)
    ms = rng.integers(0, 600 * MS_PER_MINUTE, (1100, 7)).astype(np.int32)
    supply = rng.uniform(1, 9, 7)
    weights = np.maximum(ms / MS_PER_MINUTE, 1.0) ** -1.5
    assert hansen_potential(ms, supply) == pytest.approx(weights @ supply, rel=1e-12)


def test_the_ratio_to_the_mean_counts_everybody():
    ratio = spatial_access_ratio(np.array([0.3, 0.1, 0.0]), np.array([100.0, 100.0, 200.0]))
    assert ratio == pytest.approx([3.0, 1.0, 0.0])
    assert np.average(ratio, weights=[100, 100, 200]) == pytest.approx(1.0)


def test_the_ratio_does_not_change_with_the_scale_of_the_scores():
    for data, _rng in districts(20):
        scores = joseph_bantock(data.milliseconds, data.persons, data.supply)
        once, often = (spatial_access_ratio(factor * scores, data.persons) for factor in (1, 1000))
        assert often == pytest.approx(once)


def test_the_ratio_where_nobody_has_access_is_zero():
    assert list(spatial_access_ratio(np.zeros(3), np.ones(3))) == [0, 0, 0]
    assert list(spatial_access_ratio(np.zeros(0), np.zeros(0))) == []


@pytest.mark.parametrize("settings", [{"beta": 0}, {"beta": -1}, {"least_minutes": 0}])
def test_friction_and_floor_must_be_above_zero(settings):
    with pytest.raises(ValueError, match="above 0"):
        hansen_potential(MS, np.ones(2), **settings)
