from __future__ import annotations

import numpy as np
import pytest

from geo.network.access_legs import LegRules, Points, join_points
from geo.network.topology import build_network
from geo.travel import travel_times
from geo.travel.trips import find_trip
from geo.units import UNREACHABLE_MS
from tests import toy

RULES = LegRules(leg_factor=1.3)
WITHIN = 300_000


@pytest.mark.parametrize("season", ["dry", "thaw"])
def test_every_trip_is_as_long_as_its_cell_says(season: str) -> None:
    network = build_network(toy.roads(), toy.CRS)
    weights = toy.season(network, season)
    spots = np.array(
        [(66.0, 49.0), (66.36, 49.081), (66.02, 49.004), (66.62, 48.84), (66.9, 49.09), (66.21, 49.3), (70.0, 40.0)]
    )
    n = len(spots)
    points = Points.from_lonlat(tuple(f"p{i}" for i in range(n)), spots[:, 0], spots[:, 1], network.crs)
    joins = join_points(network, points, RULES)
    cells = travel_times(network, weights, points, joins, points, joins, RULES, WITHIN).milliseconds
    on_roads = 0
    for i in range(n):
        for j in range(n):
            ends = points.choose([f"p{i}"]), points.choose([f"p{j}"])
            own = joins.of_points(np.array([i])), joins.of_points(np.array([j]))
            trip = find_trip(network, weights, ends, own, RULES, WITHIN)
            if trip is None:
                assert cells[i, j] == UNREACHABLE_MS
                continue
            assert trip.ms == cells[i, j]
            np.testing.assert_allclose(trip.course[[0, -1]], spots[[i, j]])
            assert trip.metres >= 0
            on_roads += sum(trip.road_ms.values()) > 0
    assert on_roads
    assert (cells == UNREACHABLE_MS).any()
