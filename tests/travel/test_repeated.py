"""Times asked for over and over are those of a single run, to the millisecond, whatever way they go."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.network.access_legs import LegRules, join_points
from geo.network.seasons import with_speeds
from geo.network.topology import build_network
from geo.travel import travel_times
from geo.travel.repeated import RepeatedTimes
from geo.units import UNREACHABLE_MS
from tests import toy
from tests.travel.graphs import needs_order

RULES = LegRules(max_join_metres=25_000.0)


@pytest.fixture(scope="module")
def world():
    raw = toy.raw_roads()
    raw["oneway"] = ["no", "forward", "no", "backward", "no", "no"]
    network = build_network(toy.roads(raw), toy.CRS)
    places = toy.points()
    return network, places, join_points(network, places, RULES)


def changed(network, name: str, seed: int):
    rng = np.random.default_rng(seed)
    factor = np.exp(0.3 * rng.normal(size=len(network.roads)))
    return with_speeds(network, toy.season(network, name), factor, float(rng.uniform(0.5, 2)), rng.random(6) < 0.2)


@needs_order
@pytest.mark.parametrize("n_tables", [1, 10**6])
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), name=st.sampled_from(toy.SEASONS))
def test_the_same_milliseconds_as_a_single_run(world, n_tables, seed, name):
    network, places, joins = world
    season = changed(network, name, seed)
    repeated = RepeatedTimes.of(network, places, joins, places, joins, RULES, 300_000, n_tables)
    assert (repeated.topology is None) == (n_tables == 1)
    expected = travel_times(network, season, places, joins, places, joins, RULES, 300_000).milliseconds
    np.testing.assert_array_equal(repeated.table(season), expected)


def test_factors_of_one_change_no_time(world):
    network, _places, _joins = world
    season = toy.season(network, "dry")
    same = with_speeds(network, season, np.ones(len(network.roads)), 1.0)
    np.testing.assert_array_equal(same.edge_ms, season.edge_ms)
    assert same.drive_ms_per_metre == season.drive_ms_per_metre


def test_half_the_speed_is_twice_the_time_and_closed_is_closed(world):
    network, _places, _joins = world
    season = toy.season(network, "dry")
    closed = np.zeros(len(network.roads), dtype=bool)
    closed[0] = True
    slower = with_speeds(network, season, np.full(len(network.roads), 0.5), 0.5, closed)
    shut = network.edge_road == 0
    assert (slower.edge_ms[shut] == UNREACHABLE_MS).all()
    np.testing.assert_allclose(slower.edge_ms[~shut], 2 * season.edge_ms[~shut], atol=2)
    assert slower.walk_ms_per_metre == 2 * season.walk_ms_per_metre
