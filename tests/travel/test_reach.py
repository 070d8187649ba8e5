"""Areas within reach, catchments and the few nearest on networks of a few roads."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.network.access_legs import LegRules, Points, join_points
from geo.network.seasons import Season, SeasonRules, make_season
from geo.network.topology import RoadNetwork, build_network
from geo.travel import TravelTimes, travel_times
from geo.travel.catchment import catchments
from geo.travel.isochrone import OUTLINE_METRES, _LegReach, isochrones, reach_areas
from geo.travel.nearest import k_nearest
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS
from tests.network.small import CRS, road_table, speed_table
from tests.property.test_reach import beside, metric

RULES = LegRules(max_join_metres=8_000, max_walk_metres=3_000)
SLOW = ("any", "any", "any", "car", "any", 5.0)


def points(**places: tuple[float, float]) -> Points:
    lon, lat = np.array(list(places.values())).T
    return Points.from_lonlat(tuple(places), lon, lat, CRS)


def season(network: RoadNetwork, name: str, *rows, drive: float = 12.0) -> Season:
    rules = SeasonRules(name, 1.0, (), name != "thaw", True, True, name)
    table = speed_table(("offroad", "any", "any", "car", name, drive), *rows)
    return make_season(network, rules, table, "car")


def ford() -> RoadNetwork:
    """A road of three pieces from west to east, the middle one a ford of a kilometre."""
    lines = {
        "west": [(66.0, 49.0), (66.2, 49.0)],
        "ford": [(66.2, 49.0), (66.214, 49.0)],
        "east": [(66.214, 49.0), (66.6, 49.0)],
    }
    return build_network(road_table(lines, ford=[False, True, False]), CRS)


ROAD = ("any", "any", "any", "car", "any", 60.0)


@pytest.mark.parametrize(("name", "drive", "within"), [("dry", 12.0, True), ("thaw", 0.0, False)])
def test_a_village_across_a_closed_ford_is_outside_every_area_of_the_thaw(name, drive, within):
    network, clinic = ford(), points(clinic=(66.0, 49.0))
    closed = season(network, name, ROAD, drive=drive)
    rows = isochrones(network, closed, clinic, join_points(network, clinic, RULES), RULES, (30, 60, 600))
    village = shapely.Point(66.5, 49.001)
    # It is 37 km away: 37 minutes over the ford. In thaw nobody gets farther than three kilometres
    # beyond its near side.
    assert rows.geometry.contains(village).tolist() == [False, within, within]
    assert list(rows["minutes"]) == [30, 60, 600]
    assert rows.geometry.contains(shapely.Point(66.19, 49.0)).all()
    assert rows.geometry.is_valid.all()
    lines = catchments(network, closed, clinic, join_points(network, clinic, RULES), RULES)
    assert (lines.geometry.iloc[0].distance(shapely.Point(66.5, 49.0)) < 1e-6) == within


@pytest.mark.parametrize(("walk", "drive"), [(4, 12), (4, 2), (4, 3.9), (0, 12), (4, 0), (0, 0)])
def test_a_leg_leads_as_far_as_its_time_allows(walk, drive):
    network = ford()
    rules = SeasonRules("any", 1.0, (), True, True, True, "any")
    table = speed_table(ROAD)
    table = table.with_changes(
        [
            row.__class__("offroad", "any", "any", vehicle, "any", kph, "test")
            for row in table.rows[:1]
            for vehicle, kph in (("car", drive), ("walk", walk))
        ]
    )
    own = make_season(network, rules, table, "car")
    metres = np.array([1.0, 100.0, 2999.0, 3000.0, 3001.0, 5000.0, 7999.0, 8000.0])
    ms = RULES.leg_ms(metres, own)
    reach = _LegReach.of(own, RULES)
    possible = ms < UNREACHABLE_MS
    assert (reach.of_ms(ms[possible] + 1.0) >= metres[possible]).all()
    assert (reach.of_ms(ms[possible] - 1.0)[:-1] < metres[possible][:-1]).all()
    assert reach.of_ms(np.array([1e12]))[0] == max(metres[possible], default=0)


@pytest.mark.parametrize(
    ("drive", "spots"),
    [(4.0, {"a": (66.0, 49.001), "b": (66.075, 49.016)}), (0.0, {"beyond": (66.107, 49.011)})],
)
def test_beside_bends_and_ends_walkers_are_within_reach_where_the_matrix_says_so(drive, spots):
    """Where roads are hardly faster than the ground, strips, wedges and fans all count; one road bends both ways."""
    lines = {
        "bent": [(66.0, 49.0), (66.02, 49.005), (66.03, 49.02), (66.05, 49.02)],
        "side": [(66.05, 49.02), (66.06, 49.04)],
        "end": [(66.05, 49.02), (66.08, 49.015)],
    }
    network = build_network(road_table(lines), CRS)
    walk = season(network, "dry", SLOW, drive=drive)
    clinics = points(**spots)
    joins = join_points(network, clinics, RULES)
    for limit, area in reach_areas(network, walk, clinics, joins, RULES, (15, 30, 60, 80)).items():
        wrong = []
        for metres in (-OUTLINE_METRES, OUTLINE_METRES):
            ring = beside(metric(area), metres, 150)
            own = join_points(network, ring, RULES)
            ms = travel_times(network, walk, ring, own, clinics, joins, RULES).milliseconds.min(axis=1)
            wrong.append(np.mean((ms <= limit * MS_PER_MINUTE) != (metres < 0)))
        assert wrong == [0, 0]


def test_the_few_nearest_sites_are_those_of_the_matrix_first_ones_first():
    ms = np.array([[9, 3, 3], [UNREACHABLE_MS, 5, UNREACHABLE_MS]], dtype=np.int32) * 1
    ms = np.where(ms < UNREACHABLE_MS, ms * MS_PER_MINUTE, UNREACHABLE_MS).astype(np.int32)
    times = TravelTimes(("u", "v"), ("x", "y", "z"), ms, ms * 0, ms * 0)
    few = k_nearest(times, 2)
    assert few.ids.tolist() == [["y", "z"], ["y", None]]
    assert few.minutes.tolist() == [[3.0, 3.0], [5.0, np.inf]]
    assert k_nearest(times, 4).ids[0].tolist() == ["y", "z", "x", None]
    with pytest.raises(ValueError, match="at least 1"):
        k_nearest(times, 0)
