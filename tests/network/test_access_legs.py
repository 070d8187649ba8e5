"""How settlements reach roads: to every road within reach, by the faster of driving across country and walking."""

from __future__ import annotations

import numpy as np
import pytest

from geo.network.access_legs import Joins, LegRules, Points, join_points
from geo.network.seasons import Season
from geo.network.topology import GEOD, build_network
from geo.units import UNREACHABLE_MS
from tests.network.small import CRS, Spot, road_table

#: Roads along parallels about 2.2, 11 and 33 km north of the village.
PARALLELS = {"near": 49.02, "middle": 49.10, "far": 49.30}
LINES = {name: [(65.9, lat), (66.1, lat)] for name, lat in PARALLELS.items()}
VILLAGE = (66.0, 49.0)


def season(drive_kph: float, walk_kph: float) -> Season:
    slowness = [3600 / kph if kph else np.inf for kph in (drive_kph, walk_kph)]
    return Season("dry", 1.0, np.empty(0), np.empty(0, np.int64), np.empty(0, bool), np.empty(0, bool), *slowness)


def leg_minutes(straight_km: float, drive_kph: float, walk_kph: float, rules: LegRules | None = None) -> float:
    ms = (rules or LegRules()).leg_ms(np.array([straight_km * 1000]), season(drive_kph, walk_kph))
    return float("inf") if ms[0] == UNREACHABLE_MS else float(ms[0]) / 60_000


def joins(lines: dict[str, list[Spot]], *spots: Spot, rules: LegRules | None = None) -> Joins:
    network = build_network(road_table(lines), CRS)
    lon, lat = np.array(spots).T
    points = Points.from_lonlat(tuple(f"p{i}" for i in range(len(spots))), lon, lat, CRS)
    return join_points(network, points, rules or LegRules())


def metres_between(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(GEOD.inv(*a, *b)[2])


def test_a_leg_is_longer_than_the_straight_line():
    assert leg_minutes(10, 12, 0) == pytest.approx(1.3 * 10 / 12 * 60)


@pytest.mark.parametrize(("drive_kph", "walk_kph", "faster_kph"), [(12, 4, 12), (2, 4, 4), (0, 4, 4), (12, 0, 12)])
def test_the_faster_of_driving_and_walking_counts(drive_kph, walk_kph, faster_kph):
    assert leg_minutes(2, drive_kph, walk_kph) == pytest.approx(1.3 * 2 / faster_kph * 60, abs=1e-4)


def test_walking_ends_at_its_limit_in_a_straight_line():
    assert leg_minutes(5.0, 0, 4) == pytest.approx(1.3 * 5 / 4 * 60)
    assert leg_minutes(5.001, 0, 4) == np.inf
    assert leg_minutes(5.001, 12, 4) == pytest.approx(1.3 * 5.001 / 12 * 60, abs=1e-4)


def test_a_leg_that_nobody_can_take_is_unreachable():
    assert leg_minutes(1, 0, 0) == np.inf


def test_a_village_joins_every_road_within_reach_not_only_the_nearest():
    found = joins(LINES, VILLAGE)
    assert found.edge.tolist() == [1, 2], "roads are sorted by id: far, middle, near"
    assert found.straight_metres.tolist() == pytest.approx(
        [metres_between(VILLAGE, (66.0, PARALLELS[name])) for name in ("middle", "near")], abs=2
    )


def test_a_join_is_where_the_road_is_nearest():
    found = joins({"near": LINES["near"]}, VILLAGE)
    half = metres_between(LINES["near"][0], LINES["near"][1]) / 2
    assert found.road_metres[0] == pytest.approx(half, abs=40)
    assert found.straight_metres[0] == pytest.approx(metres_between(VILLAGE, (66.0, 49.02)), abs=2)


def test_beyond_the_end_of_a_road_the_join_is_at_its_end():
    found = joins({"near": LINES["near"]}, (65.85, 49.02))
    assert found.road_metres[0] == 0.0
    assert found.straight_metres[0] == pytest.approx(metres_between((65.85, 49.02), (65.9, 49.02)), abs=1e-3)


def test_both_pieces_of_a_split_road_are_joined():
    middle = (66.0, 49.02)
    found = joins({"near": [(65.9, 49.02), middle, (66.1, 49.02)], "side": [middle, (66.0, 49.05)]}, VILLAGE)
    assert found.edge.tolist() == [0, 1, 2]


def test_a_village_beyond_reach_joins_nothing_but_knows_its_nearest_road():
    found = joins({"far": LINES["far"]}, VILLAGE)
    assert found.edge.tolist() == []
    assert found.nearest_road_metres[0] == pytest.approx(metres_between(VILLAGE, (66.0, 49.30)), abs=2)
    assert (found.nearest_lon[0], found.nearest_lat[0]) == pytest.approx((66.0, 49.30), abs=1e-3)


def test_the_reach_is_that_of_the_study():
    assert joins(LINES, VILLAGE, rules=LegRules(max_join_metres=3_000)).edge.tolist() == [2]
    assert joins(LINES, VILLAGE, rules=LegRules(max_join_metres=40_000)).edge.tolist() == [0, 1, 2]


def test_joins_are_sorted_by_point_then_edge():
    found = joins(LINES, VILLAGE, (66.0, 49.29), (66.0, 49.05))
    pairs = list(zip(found.point.tolist(), found.edge.tolist(), strict=True))
    assert pairs == [(0, 1), (0, 2), (1, 0), (2, 1), (2, 2)]


def test_without_any_road_the_nearest_is_infinitely_far():
    network = build_network(road_table(LINES).iloc[:0], CRS)
    found = join_points(network, Points.from_lonlat(("a",), np.array([66.0]), np.array([49.0]), CRS), LegRules())
    assert found.edge.tolist() == []
    assert found.nearest_road_metres.tolist() == [np.inf]
    assert np.isnan(found.nearest_lon[0])
