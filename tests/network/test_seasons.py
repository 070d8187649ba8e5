"""What a season closes and how fast the rest is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.network.seasons import Season, SeasonRules, make_season
from geo.network.topology import build_network
from geo.units import UNREACHABLE_MS
from tests.network.small import CRS, road_table, speed_table

LINES = {"a": [(66.0, 49.0), (66.1, 49.0)], "b": [(66.1, 49.0), (66.2, 49.0)]}
OPEN = SeasonRules("thaw", 0.125, (3, 4), True, True, True, "thaw")
SPEEDS = speed_table(
    ("any", "asphalt", "any", "car", "any", 60.0),
    ("any", "earth", "any", "car", "any", 0.0),
    ("any", "gravel", "any", "car", "thaw", 30.0),
    ("any", "gravel", "any", "car", "dry", 50.0),
    ("ferry", "any", "any", "car", "any", 10.0),
    ("ferry", "any", "any", "car", "winter", 0.0),
)


def season(rules: SeasonRules = OPEN, closed: tuple[str, ...] = (), **columns: list[object]) -> Season:
    return make_season(build_network(road_table(LINES, **columns), CRS), rules, SPEEDS, "car", closed)


def closed_roads(*args: object, **columns: list[object]) -> list[bool]:
    return season(*args, **columns).closed_roads.tolist()


def test_roads_across_the_state_border_are_closed_unless_opened():
    assert closed_roads(OPEN, border_crossing=[True, False]) == [True, False]
    assert closed_roads(replace(OPEN, borders_open=True), border_crossing=[True, False]) == [False, False]


@pytest.mark.parametrize(
    ("rule", "column"),
    [("fords_open", "ford"), ("winter_roads_open", "winter_road"), ("flood_prone_open", "flood_prone")],
)
def test_a_season_closes_the_kinds_of_road_it_says(rule, column):
    assert closed_roads(OPEN, **{column: [True, False]}) == [False, False]
    assert closed_roads(replace(OPEN, **{rule: False}), **{column: [True, False]}) == [True, False]


@pytest.mark.parametrize(
    ("open_months", "is_closed"), [("3 4", False), ("2 3 4 5", False), ("4 5 6", True), ("6 7 8", True), (None, False)]
)
def test_a_road_must_be_open_in_every_month_of_the_season(open_months, is_closed):
    assert closed_roads(open_months=[open_months, None]) == [is_closed, False]


@pytest.mark.parametrize(
    ("closed_to", "vehicle", "is_closed"),
    [
        ("car", "car", True),
        ("walk", "car", False),
        ("ambulance school_bus", "car", False),
        ("car", "lorry", True),
        ("car:4,5", "car", True),
        ("car:5,6", "car", False),
        ("walk:4 car:6", "car", False),
    ],
)
def test_a_road_may_be_closed_to_a_vehicle_always_or_in_some_months(closed_to, vehicle, is_closed):
    network = build_network(road_table(LINES, closed_to=[closed_to, None]), CRS)
    rows = [("any", "asphalt", "any", vehicle, "any", 60.0), ("offroad", "any", "any", vehicle, "any", 12.0)]
    made = make_season(network, OPEN, speed_table(*rows), vehicle)
    assert made.closed_roads.tolist() == [is_closed, False]


def test_walkers_go_both_ways_unless_a_sign_is_for_them():
    table = road_table(LINES, oneway=["forward", "backward"], oneway_walk=["no", "forward"])
    speeds = speed_table(*(("any", "asphalt", "any", vehicle, "any", 5.0) for vehicle in ("car", "walk")))
    ways = {}
    for vehicle in ("car", "walk"):
        made = make_season(build_network(table, CRS), OPEN, speeds, vehicle)
        ways[vehicle] = (made.forward.tolist(), made.backward.tolist())
    assert ways == {"car": ([True, False], [False, True]), "walk": ([True, True], [True, False])}


def test_a_season_without_months_says_nothing_about_months():
    assert closed_roads(replace(OPEN, months=()), open_months=["6 7", None]) == [False, False]


def test_a_road_may_name_the_seasons_in_which_it_is_closed():
    assert closed_roads(closed_seasons=["winter thaw", "winter"]) == [True, False]


def test_closures_close_roads_by_their_code():
    assert closed_roads(OPEN, ("b", "unknown")) == [False, True]


def test_a_speed_of_zero_closes_a_road():
    made = season(surface=["earth", "asphalt"])
    assert made.closed_roads.tolist() == [True, False]
    assert made.edge_ms[0] == UNREACHABLE_MS
    assert made.edge_ms[1] < UNREACHABLE_MS


def test_the_limit_caps_the_speed_of_the_table_and_never_raises_it():
    kph = 3600 / season(maxspeed_kmh=[40, 90]).road_ms_per_metre
    assert kph.tolist() == pytest.approx([40, 60])


def test_a_limit_does_not_open_a_closed_road():
    assert closed_roads(surface=["earth", "asphalt"], maxspeed_kmh=[40, None]) == [True, False]


def test_speeds_may_be_those_of_another_season():
    slow, fast = (season(replace(OPEN, speeds_of=of), surface=["gravel", "gravel"]) for of in ("thaw", "dry"))
    assert 3600 / slow.road_ms_per_metre[0] == pytest.approx(30)
    assert 3600 / fast.road_ms_per_metre[0] == pytest.approx(50)


def test_a_ferry_takes_the_time_it_states():
    made = season(road_category=["ferry", "IV"], surface=["unknown", "asphalt"], duration_minutes=[25, None])
    assert made.edge_ms[0] == 25 * 60_000


def test_a_ferry_without_a_time_has_the_speed_of_the_table():
    made = season(road_category=["ferry", "IV"], surface=["unknown", "asphalt"])
    assert 3600 / made.road_ms_per_metre[0] == pytest.approx(10)


def test_a_time_on_a_road_that_is_no_ferry_is_not_used():
    made = season(duration_minutes=[25, None])
    assert 3600 / made.road_ms_per_metre[0] == pytest.approx(60)


def test_a_stated_time_does_not_open_a_ferry_that_the_season_closes():
    winter = replace(OPEN, name="winter", speeds_of="winter")
    kinds = {"road_category": ["ferry", "IV"], "surface": ["unknown", "asphalt"]}
    assert closed_roads(winter, **kinds, duration_minutes=[25, None]) == [True, False]


def test_a_closed_road_has_no_time_and_an_open_one_a_whole_number():
    made = season(OPEN, ("a",))
    assert np.isinf(made.road_ms_per_metre[0])
    metres = build_network(road_table(LINES), CRS).edge_metres
    assert made.edge_ms[1] == round(metres[1] * 60)


def test_legs_across_country_have_the_speeds_of_the_table():
    made = season()
    assert (3600 / made.drive_ms_per_metre, 3600 / made.walk_ms_per_metre) == pytest.approx((12, 4))
