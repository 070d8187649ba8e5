"""Demand points around settlements: everybody is somewhere, and the sparse lists are what their rule says."""

from __future__ import annotations

import numpy as np
import pytest

from geo.units import UNREACHABLE_MS
from tests.benchmarks.instances.country import CountryTimes
from tests.benchmarks.instances.demand import demand_points, sparse_times


@pytest.fixture
def country() -> CountryTimes:
    """Twelve places, 60 km/h as the crow flies, five minutes within; nothing leads to the last one."""
    rng = np.random.default_rng(3)
    plan_km = rng.uniform(0, 60, (12, 2))
    km = np.hypot(*(plan_km[:, None] - plan_km[None]).transpose(2, 0, 1))
    ms = (300_000 + np.rint(60_000 * km)).astype(np.int32)
    ms[:-1, -1] = ms[-1, :-1] = UNREACHABLE_MS
    persons = np.array([9, 30, 100, 4, 700, 20, 80, 1500, 60, 2, 40, 15])
    return CountryTimes(ms, persons, tuple("abcdefghijkl"), plan_km)


def test_everybody_is_at_a_point_of_the_own_settlement(country: CountryTimes):
    points = demand_points(50, country)
    assert len(points.persons) == 50
    assert points.persons.min() >= 0
    np.testing.assert_array_equal(np.bincount(points.settlement, points.persons), country.persons)
    assert (np.diff(points.settlement) >= 0).all()
    again = demand_points(50, country)
    np.testing.assert_array_equal(points.plan_km, again.plan_km)


def test_lists_hold_every_site_within_the_limit_and_the_nearest_first(country: CountryTimes):
    points = demand_points(40, country)
    limit_ms = 40 * 60_000
    sparse = sparse_times(points, limit_ms, country)
    ms_per_km = 1.3 * 3_600_000 / 20
    for point, settlement in enumerate(points.settlement.tolist()):
        apart = np.hypot(*(country.plan_km - points.plan_km[point]).T)
        centre = np.hypot(*(country.plan_km - country.plan_km[settlement]).T)
        expected = country.milliseconds[settlement] + np.rint(ms_per_km * (apart - centre))
        expected = np.maximum(expected, 0)
        own = slice(sparse.starts[point], sparse.starts[point + 1])
        assert sorted(sparse.sites[own].tolist()) == np.flatnonzero(expected <= limit_ms).tolist()
        np.testing.assert_array_equal(sparse.ms[own], np.sort(expected[expected <= limit_ms]))
