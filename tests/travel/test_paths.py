"""Ways on the roads against the door-to-door times, and against themselves."""

from __future__ import annotations

import numpy as np
import pytest

from geo.network.access_legs import LegRules, Points, join_points
from geo.network.topology import GEOD, build_network
from geo.travel import travel_times
from geo.travel.paths import PathGraph, Paths
from geo.units import UNREACHABLE_MS
from tests import toy

ALL = range(len(toy.VILLAGES))
#: No two villages are this near to each other: no leg from door to door can win.
RULES = LegRules(max_join_metres=5_000)


def paths(season: str, places=ALL, closed: tuple[str, ...] = ()) -> Paths:
    network = build_network(toy.roads(), toy.CRS)
    points = toy.points()
    joins = join_points(network, points, RULES)
    return PathGraph(network, toy.season(network, season, closed), points, joins, RULES).between(places)


@pytest.mark.parametrize("season", toy.SEASONS)
def test_times_are_those_of_the_matrix(season):
    found = paths(season).ms.copy()
    expected = toy.times(season, rules=RULES).milliseconds
    np.testing.assert_array_equal(found, np.where(np.eye(len(ALL)) == 1, 0, expected))


def test_lengths_are_those_of_the_roads():
    ways = paths("dry")
    a, b, e, f = (toy.VILLAGES.index(v) for v in "ABEF")
    assert ways.metres(a, b) == pytest.approx(30_000, abs=0.1)
    assert ways.metres(a, e) == pytest.approx(81_000, abs=0.1)
    assert ways.metres(e, f) == pytest.approx(47_000, abs=0.1)
    assert ways.metres(a, a) == 0


def test_the_course_is_as_long_as_the_way_and_joins_its_ends():
    ways = paths("dry")
    for start, end in ((0, 4), (4, 0), (5, 3)):
        course = ways.course(start, end)
        assert GEOD.line_length(course[:, 0], course[:, 1]) == pytest.approx(ways.metres(start, end), rel=1e-6)
        ends = [toy.PLACES[toy.VILLAGES[i]] for i in (start, end)]
        np.testing.assert_allclose([course[0], course[-1]], ends)


def test_a_closed_road_leaves_no_way():
    ways = paths("thaw")
    a, e = toy.VILLAGES.index("A"), toy.VILLAGES.index("E")
    assert ways.ms[a, e] == UNREACHABLE_MS
    assert ways.metres(a, e) == float("inf")
    assert len(ways.course(a, e)) == 2


def test_a_choice_of_points_keeps_its_order():
    everything, some = paths("winter"), paths("winter", (4, 0, 2))
    np.testing.assert_array_equal(some.ms, everything.ms[np.ix_((4, 0, 2), (4, 0, 2))])
    assert some.metres(0, 1) == everything.metres(4, 0)


def test_points_along_one_road_meet_without_a_junction():
    """Two places beside the road A-B: their way is the piece of road between them, and no leg from door to door."""
    network = build_network(toy.roads(), toy.CRS)
    line = network.roads.loc["AB"].geometry
    ends = [line.interpolate(share, normalized=True) for share in (0.1, 0.4)]
    lon, lat = (np.array([getattr(point, axis) for point in ends]) for axis in ("x", "y"))
    points = Points.from_lonlat(("P", "Q"), lon, lat, toy.CRS)
    joins = join_points(network, points, RULES)
    for season in toy.SEASONS:
        weights = toy.season(network, season)
        ways = PathGraph(network, weights, points, joins, RULES).between((0, 1))
        expected = travel_times(network, weights, points, joins, points, joins, RULES).milliseconds
        np.testing.assert_array_equal(ways.ms[[0, 1], [1, 0]], expected[[0, 1], [1, 0]])
    # The road bends at its middle only: between the two places it is straight.
    straight = GEOD.inv(lon[0], lat[0], lon[1], lat[1])[2]
    assert [ways.metres(0, 1), ways.metres(1, 0)] == pytest.approx([straight, straight], rel=1e-3)
    np.testing.assert_allclose(ways.course(0, 1), ways.course(1, 0)[::-1])
