from __future__ import annotations

import pytest

from geo.read.months import conditional_months, seasonal_months, write_months
from geo.read.tags import is_road, load_rows, open_to_cars, read_road_tags, road_classes
from geo.tables import ROADS

ROAD = {"highway": "tertiary"}


def column(name: str, **tags: str) -> object:
    return read_road_tags({**ROAD, **{key.replace("__", ":"): value for key, value in tags.items()}}).columns[name]


@pytest.mark.parametrize(
    ("value", "kph"),
    [
        ("50", 50.0),
        ("50 km/h", 50.0),
        ("30 mph", 48.28032),
        ("60;40", 40.0),
        ("none", None),
        ("KZ:rural", None),
        ("300", None),
        ("0", None),
    ],
)
def test_speed_limits(value: str, kph: float | None) -> None:
    assert column("maxspeed_kmh", maxspeed=value) == (None if kph is None else pytest.approx(kph))


def test_speed_limit_by_direction_takes_the_lower() -> None:
    assert column("maxspeed_kmh", maxspeed__forward="60", maxspeed__backward="40") == 40


def test_what_cannot_be_read_is_named() -> None:
    unread = read_road_tags({**ROAD, "maxspeed": "KZ:rural", "surface": "lava", "oneway": "reversible"}).unread
    assert unread == ("surface=lava", "maxspeed=kz:rural", "oneway=reversible")


@pytest.mark.parametrize(
    ("tags", "direction"),
    [
        ({"oneway": "yes"}, "forward"),
        ({"oneway": "1"}, "forward"),
        ({"oneway": "-1"}, "backward"),
        ({"oneway": "reverse"}, "backward"),
        ({"junction": "roundabout"}, "forward"),
        ({"junction": "roundabout", "oneway": "no"}, "no"),
        ({"highway": "motorway"}, "forward"),
        ({}, "no"),
    ],
)
def test_direction(tags: dict[str, str], direction: str) -> None:
    assert read_road_tags({**ROAD, **tags}).columns["oneway"] == direction


@pytest.mark.parametrize(
    ("tags", "verdict"),
    [
        ({}, "yes"),
        ({"access": "no"}, "no"),
        ({"access": "private"}, "no"),
        ({"access": "no", "motor_vehicle": "yes"}, "yes"),
        ({"vehicle": "yes", "motor_vehicle": "no"}, "no"),
        ({"motor_vehicle": "no", "motorcar": "permissive"}, "yes"),
        ({"access": "destination"}, "yes"),
        ({"smoothness": "impassable"}, "no"),
        ({"access": "no", "access:conditional": "yes @ (Dec-Mar)"}, "months"),
        ({"motor_vehicle:conditional": "no @ (Apr-May)"}, "months"),
        ({"motor_vehicle:conditional": "no @ (20:00-06:00)"}, "yes"),
        ({"access": "no", "seasonal": "winter"}, "no"),
    ],
)
def test_access_goes_from_the_general_to_the_particular(tags: dict[str, str], verdict: str) -> None:
    assert open_to_cars({**ROAD, **tags}) == verdict


@pytest.mark.parametrize(
    ("tags", "surface", "imputed"),
    [
        ({"surface": "paving_stones"}, "asphalt", False),
        ({"surface": "compacted"}, "gravel", False),
        ({"surface": "mud"}, "earth", False),
        ({"surface": "concrete; gravel"}, "gravel", False),
        ({"surface": "lava"}, "gravel", True),
        ({}, "gravel", True),
        ({"tracktype": "grade5"}, "earth", False),
        ({"highway": "ice_road"}, "snow_ice", True),
        ({"winter_road": "yes"}, "snow_ice", True),
    ],
)
def test_surface(tags: dict[str, str], surface: str, imputed: bool) -> None:
    read = read_road_tags({**ROAD, **tags})
    assert (read.columns["surface"], read.surface_imputed) == (surface, imputed)


def test_condition_prefers_smoothness_to_tracktype() -> None:
    assert column("condition", smoothness="bad", tracktype="grade1") == "poor"
    assert column("condition", tracktype="grade2") == "satisfactory"
    assert column("condition") == "unknown"


def test_winter_roads_are_marked() -> None:
    read = read_road_tags({"highway": "track", "ice_road": "yes"})
    assert (read.columns["road_category"], read.columns["winter_road"]) == ("winter_road", True)


@pytest.mark.parametrize(
    ("value", "minutes"), [("1:30", 90), ("00:45:30", 45.5), ("20", 20), ("PT1H5M", 65), ("long", None)]
)
def test_ferry_duration(value: str, minutes: float | None) -> None:
    read = read_road_tags({"route": "ferry", "duration": value})
    assert (read.columns["road_category"], read.columns["duration_minutes"]) == ("ferry", minutes)


@pytest.mark.parametrize("kind", ["footway", "path", "cycleway", "steps", "construction", "proposed", "bus_stop"])
def test_what_is_no_road(kind: str) -> None:
    assert not is_road({"highway": kind})


def test_every_class_means_something_that_the_roads_table_allows() -> None:
    categories, surfaces = ROADS.column("road_category").choices, ROADS.column("surface").choices
    assert all(category in categories and surface in surfaces for category, surface in road_classes().values())


@pytest.mark.parametrize("file", ["osm_classes.csv", "osm_values.csv", "facility_words.csv"])
def test_every_row_of_a_data_file_names_its_source_and_is_there_once(file: str) -> None:
    rows = load_rows(file)
    assert all(row["source"] for row in rows)
    keys = [(*list(row.values())[:2], row.get("kind")) for row in rows]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("value", "closed", "months"),
    [
        ("no @ (Nov-Mar)", False, "4 5 6 7 8 9 10"),
        ("no @ (Nov 15-Apr 10)", False, "5 6 7 8 9 10"),
        ("yes @ (Dec 15-Mar 31)", True, "1 2 3"),
        ("yes @ (Dec-Mar)", True, "12 1 2 3"),
        ("no @ (Apr 5)", False, "5 6 7 8 9 10 11 12 1 2 3"),
        ("no @ Apr", False, "5 6 7 8 9 10 11 12 1 2 3"),
        ("no @ (Jan,Apr)", False, "2 3 5 6 7 8 9 10 11 12"),
        ("no @ (Apr-May); no @ (Nov)", False, "12 1 2 3 6 7 8 9 10"),
        ("yes @ winter", True, "12 1 2 3"),
    ],
)
def test_conditional_months(value: str, closed: bool, months: str) -> None:
    found = conditional_months(value, closed=closed)
    assert found is not None
    assert write_months(found) == months


@pytest.mark.parametrize(
    "value", ["no @ (20:00-06:00)", "no @ (weight>5)", "no @ (wet)", "customers @ (Apr)", "no @ (Foo-Bar)"]
)
def test_conditions_about_other_things_are_not_months(value: str) -> None:
    assert conditional_months(value, closed=False) is None


def test_seasons() -> None:
    assert seasonal_months("spring;summer") == frozenset({3, 4, 5, 6, 7, 8})
    assert seasonal_months("yes") is None
    assert write_months(range(1, 13)) == ""
