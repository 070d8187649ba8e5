"""Closing a link, for every link: the same as weighing the roads anew without it and computing all times again."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.network.access_legs import Points, join_points
from geo.network.seasons import SeasonRules, make_season
from geo.network.topology import build_network
from geo.travel import choice, travel_times
from geo.travel.criticality import Departures, close_links, joins_for_closures
from geo.travel.nearest import choose
from tests.property.test_roads import CRS, HYPOTHESIS, RULES, SEASONS, networks, places, road_table, speeds


def joined(edges, spots):
    network = build_network(road_table(edges), CRS)
    lon, lat = np.array(spots).T
    points = Points.from_lonlat(tuple(f"p{i}" for i in range(len(spots))), lon, lat, CRS)
    return network, points, join_points(network, points, RULES)


def season_of(network, name, closed=()):
    return make_season(network, SeasonRules(name, 0.5, (), True, True, True, name), speeds(), "car", closed)


def nearest_ms(network, season, points, joins, n_facilities):
    """Times to the nearest of the first points, by the matrix."""
    to, to_joins = choose(points, joins, range(n_facilities))
    return travel_times(network, season, points, joins, to, to_joins, RULES).milliseconds.min(axis=1)


def closed_ms(network, season, points, joins, n_facilities):
    """Times to the nearest facility with each edge closed; rows are edges."""
    to, to_joins = choose(points, joins, range(n_facilities))
    trips = Departures.of(network, season, points, joins, RULES).trips_to(to, to_joins)
    joins = joins_for_closures(network, [season], points, joins, RULES, trips.used_links)
    to_joins = joins_for_closures(network, [season], to, to_joins, RULES, trips.used_links)
    found = close_links(Departures.of(network, season, points, joins, RULES).trips_to(to, to_joins), trips.used_links)
    assert (found.ms > trips.point_ms[found.point]).all(), "a link without effect is none that matters"
    result = np.tile(trips.point_ms, (network.n_edges, 1))
    result[found.edge, found.point] = found.ms
    return result


@settings(HYPOTHESIS, max_examples=10)
@given(networks(), places(), st.sampled_from(SEASONS), st.integers(1, 2))
def test_closing_a_link_is_weighing_the_roads_without_it(edges, spots, season, n_facilities):
    network, points, joins = joined(edges, spots)
    weighed = season_of(network, season)
    found = closed_ms(network, weighed, points, joins, n_facilities)
    for edge, road in enumerate(network.edge_road.tolist()):
        without = season_of(network, season, [network.roads.index[road]])
        assert (found[edge] == nearest_ms(network, without, points, joins, n_facilities)).all()


def test_compiled_steps_find_the_same(monkeypatch):
    rng = np.random.default_rng(3)
    spots = list(zip(rng.uniform(65.95, 66.3, 40).tolist(), rng.uniform(48.95, 49.2, 40).tolist(), strict=True))
    pairs = [(a, b) for a in range(25) for b in (a + 1, a + 5) if b < 25 and (b - a == 5 or b % 5)]
    kinds = [(("asphalt", "earth")[i % 2], ("no", "no", "forward", "backward")[i % 4]) for i in range(len(pairs))]
    network, points, joins = joined([(a, b, *kind) for (a, b), kind in zip(pairs, kinds, strict=True)], spots)
    season = season_of(network, "thaw")
    plain = closed_ms(network, season, points, joins, 3)
    assert (plain > nearest_ms(network, season, points, joins, 3)).sum() > 20
    monkeypatch.setattr(choice, "SMALL_POINTS", 0)
    few = choice.find_joins(network, [season], points, RULES)
    assert len(few.point) < len(joins.point)
    assert (closed_ms(network, season, points, few, 3) == plain).all()
