from __future__ import annotations

import pytest

from geo.read.access import closed_months, opens
from geo.read.months import ALL_YEAR, NEVER, conditional_months, opening_months, seasonal_months, write_months
from geo.read.tags import is_road, read_road_tags, road_classes
from geo.read.values import load_rows
from geo.tables import ROADS, VEHICLES

ROAD = {"highway": "tertiary"}


def column(name: str, **tags: str) -> object:
    return read_road_tags({**ROAD, **{key.replace("__", ":"): value for key, value in tags.items()}}).columns[name]


def months_of(vehicle: str, **tags: str) -> frozenset[int]:
    """The months in which a vehicle may pass a way with these tags."""
    named = {key.replace("__", ":"): value for key, value in tags.items()}
    read = read_road_tags({**ROAD, **named})
    if vehicle not in read.open_to:
        return NEVER
    written = str(read.columns["open_months"] or "")
    anybody = frozenset(map(int, written.split())) if written else ALL_YEAR
    return anybody - closed_months(str(read.columns["closed_to"] or ""), vehicle)


@pytest.mark.parametrize(
    ("value", "kph"),
    [
        ("50", 50.0),
        ("50 km/h", 50.0),
        ("30 mph", 48.28032),
        ("10 knots", 18.52),
        ("60;40", 40.0),
        ("none", None),
        ("none;60", 60.0),
        ("walk", 5.0),
        ("KZ:rural", 100.0),
        ("KZ:urban", 60.0),
        ("kz:motorway", 140.0),
        ("RU:living_street", 20.0),
        ("DE:zone:30", 30.0),
        ("DE:20", 20.0),
        ("XX:rural", None),
        ("signals", None),
        ("300", None),
        ("0", None),
    ],
)
def test_speed_limits(value: str, kph: float | None) -> None:
    read = read_road_tags({**ROAD, "maxspeed": value})
    assert read.columns["maxspeed_kmh"] == (None if kph is None else pytest.approx(kph))
    assert bool(read.unread) == (kph is None and value != "none")


@pytest.mark.parametrize("key", ["maxspeed:type", "source:maxspeed", "zone:maxspeed", "zone:traffic"])
def test_a_zone_counts_only_where_no_limit_is_tagged(key: str) -> None:
    assert read_road_tags({**ROAD, key: "KZ:urban"}).columns["maxspeed_kmh"] == 60
    assert read_road_tags({**ROAD, key: "KZ:urban", "maxspeed": "40"}).columns["maxspeed_kmh"] == 40
    assert read_road_tags({**ROAD, key: "sign"}).unread == ()
    assert read_road_tags({**ROAD, key: "XX:urban"}).unread == (f"{key}=xx:urban",)


def test_no_zone_of_speed_is_called_verified() -> None:
    rows = load_rows("osm_speed_zones.csv")
    assert {row["verified"] for row in rows} == {"false"}
    assert len({(row["country"], row["zone"]) for row in rows}) == len(rows)


def test_speed_limit_by_direction_takes_the_lower() -> None:
    assert column("maxspeed_kmh", maxspeed__forward="60", maxspeed__backward="40") == 40


def test_what_cannot_be_read_is_named() -> None:
    unread = read_road_tags({**ROAD, "maxspeed": "XX:rural", "surface": "lava", "oneway": "sometimes"}).unread
    assert unread == ("surface=lava", "oneway=sometimes", "maxspeed=xx:rural")


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
        ({"highway": "motorway_link"}, "no"),
        ({"oneway": "yes", "oneway:motor_vehicle": "no"}, "no"),
        ({"oneway:motor_vehicle": "yes"}, "forward"),
        ({"oneway": "yes", "oneway:motorcar": "-1"}, "backward"),
        ({"oneway": "yes", "oneway:bicycle": "no"}, "forward"),
        ({"oneway": "alternating"}, "no"),
        ({}, "no"),
    ],
)
def test_direction(tags: dict[str, str], direction: str) -> None:
    assert read_road_tags({**ROAD, **tags}).columns["oneway"] == direction


@pytest.mark.parametrize(
    ("tags", "walk"),
    [
        ({"oneway": "yes"}, "no"),
        ({"oneway:foot": "yes"}, "forward"),
        ({"oneway": "yes", "oneway:foot": "-1"}, "backward"),
    ],
)
def test_walkers_heed_only_signs_for_walkers(tags: dict[str, str], walk: str) -> None:
    assert read_road_tags({**ROAD, **tags}).columns["oneway_walk"] == walk


def test_directions_that_change_are_told_and_rush_hour_roads_closed_to_vehicles() -> None:
    taking_turns = read_road_tags({**ROAD, "oneway": "alternating"})
    assert (taking_turns.told, taking_turns.open_to) == (("alternating",), frozenset(VEHICLES))
    reversible = read_road_tags({**ROAD, "oneway": "reversible"})
    assert (reversible.told, reversible.open_to) == (("reversible",), {"walk"})
    assert read_road_tags({**ROAD, "oneway:conditional": "yes @ (07:00-09:00)"}).unread


#: Tags -> who may pass in some month: a car, a school bus, an ambulance, a walker.
ACCESS = [
    ({}, "c s a w"),
    ({"access": "no"}, ""),
    ({"access": "private"}, "a"),
    ({"access": "military"}, ""),
    ({"access": "destination"}, "c s a w"),
    ({"access": "agricultural;forestry"}, ""),
    ({"access": "permit;yes"}, "c s a w"),
    ({"access": "no", "motor_vehicle": "yes"}, "c s a"),
    ({"access": "no", "foot": "yes"}, "w"),
    ({"foot": "no"}, "c s a"),
    ({"foot": "use_sidepath"}, "c s a"),
    ({"vehicle": "no"}, "w"),
    ({"vehicle": "yes", "motor_vehicle": "no"}, "w"),
    ({"motor_vehicle": "no", "motorcar": "permissive"}, "c a w"),
    ({"motor_vehicle": "no", "psv": "yes"}, "s w"),
    ({"motor_vehicle": "no", "psv": "yes", "bus": "no"}, "w"),
    ({"access": "psv"}, "s"),
    ({"motor_vehicle": "bus"}, "s w"),
    ({"bus": "no"}, "c a w"),
    ({"access": "no", "emergency": "designated"}, "a"),
    ({"access": "emergency"}, "a"),
    ({"emergency": "no"}, "c s w"),
    ({"emergency": "fire_hydrant"}, "c s a w"),
    ({"smoothness": "impassable"}, "w"),
    ({"ford": "stepping_stones"}, "w"),
    ({"ford": "boat"}, ""),
    ({"motorroad": "yes", "highway": "trunk"}, "c s a"),
    ({"motorroad": "yes", "highway": "trunk", "foot": "yes"}, "c s a w"),
    ({"highway": "motorway"}, "c s a"),
    ({"highway": "motorway_link", "access": "yes"}, "c s a"),
    ({"highway": "motorway", "foot": "yes"}, "c s a w"),
    ({"highway": "footway"}, "w"),
    ({"highway": "footway", "access": "yes", "motor_vehicle": "yes"}, "w"),
    ({"highway": "path", "foot": "no"}, ""),
    ({"highway": "cycleway"}, ""),
    ({"highway": "cycleway", "foot": "designated"}, "w"),
    ({"access": "no", "seasonal": "winter"}, ""),
]


@pytest.mark.parametrize(("tags", "who"), ACCESS)
def test_access_goes_from_the_general_to_the_particular(tags: dict[str, str], who: str) -> None:
    read = read_road_tags({**ROAD, **tags})
    short = {"c": "car", "s": "school_bus", "a": "ambulance", "w": "walk"}
    assert read.open_to == {short[letter] for letter in who.split()}
    closed = str(read.columns["closed_to"] or "").split()
    assert set(closed) == set(VEHICLES) - read.open_to


def test_a_value_of_access_that_is_not_known_says_nothing_and_is_named() -> None:
    read = read_road_tags({**ROAD, "access": "no", "motor_vehicle": "perhaps"})
    assert (read.open_to, read.unread) == (frozenset(), ("motor_vehicle=perhaps",))
    assert opens("car", "access", "perhaps") is None


SPRING = frozenset({4, 5})
SUMMER = frozenset(range(4, 11))


@pytest.mark.parametrize(
    ("vehicle", "tags", "months"),
    [
        ("car", {"motor_vehicle__conditional": "no @ (Apr-May)"}, ALL_YEAR - SPRING),
        ("walk", {"motor_vehicle__conditional": "no @ (Apr-May)"}, ALL_YEAR),
        ("school_bus", {"psv__conditional": "no @ (Apr-May)"}, ALL_YEAR - SPRING),
        ("car", {"psv__conditional": "no @ (Apr-May)"}, ALL_YEAR),
        ("walk", {"foot__conditional": "no @ (Apr-May)"}, ALL_YEAR - SPRING),
        ("ambulance", {"access": "no", "emergency__conditional": "yes @ (Apr-May)"}, SPRING),
        ("ambulance", {"access__conditional": "private @ (Apr-May)"}, ALL_YEAR),
        ("car", {"access__conditional": "private @ (Apr-May)"}, ALL_YEAR - SPRING),
        ("car", {"access__conditional": "no @ (Apr-May)", "motor_vehicle": "yes"}, ALL_YEAR),
        ("walk", {"access__conditional": "no @ (Apr-May)", "motor_vehicle": "yes"}, ALL_YEAR - SPRING),
        ("car", {"access": "no", "access__conditional": "yes @ (Dec-Mar)"}, frozenset({12, 1, 2, 3})),
        ("car", {"motor_vehicle__conditional": "no @ (20:00-06:00)"}, ALL_YEAR),
        ("car", {"snowplowing": "no"}, SUMMER),
        ("car", {"winter_service": "no"}, SUMMER),
        ("walk", {"winter_service": "no"}, ALL_YEAR),
        ("car", {"snowplowing": "no", "seasonal": "winter"}, frozenset({12, 1, 2, 3})),
        ("car", {"snowplowing": "no", "ice_road": "yes"}, ALL_YEAR),
        ("car", {"seasonal": "May-Oct"}, frozenset(range(5, 11))),
        ("car", {"seasonal": "yes"}, ALL_YEAR),
        ("car", {"seasonal": "winter", "access__conditional": "no @ (Apr-May)"}, ALL_YEAR - SPRING),
        ("car", {"seasonal": "summer", "access__conditional": "no @ (wet)"}, frozenset({6, 7, 8})),
    ],
)
def test_months_of_each_vehicle(vehicle: str, tags: dict[str, str], months: frozenset[int]) -> None:
    assert months_of(vehicle, **tags) == months


def test_months_common_to_all_vehicles_are_open_months_and_the_rest_is_closed_to() -> None:
    everybody = read_road_tags({**ROAD, "access:conditional": "no @ (Nov-Mar)"}).columns
    assert (everybody["open_months"], everybody["closed_to"]) == ("4 5 6 7 8 9 10", None)
    vehicles = read_road_tags({**ROAD, "vehicle:conditional": "no @ (Apr-May)"}).columns
    assert vehicles["open_months"] is None
    assert vehicles["closed_to"] == "ambulance:4,5 car:4,5 school_bus:4,5"


def test_roads_that_nobody_clears_are_told() -> None:
    assert read_road_tags({**ROAD, "snowplowing": "no"}).told == ("not-cleared",)
    assert read_road_tags({**ROAD, "snowplowing": "no", "winter_road": "yes"}).told == ()
    assert read_road_tags({"highway": "footway", "winter_service": "no"}).told == ()


def test_other_vehicles_go_where_a_car_goes() -> None:
    assert closed_months("car:4,5 walk", "lorry") == {4, 5}
    assert closed_months("lorry walk", "lorry") == ALL_YEAR
    assert closed_months("school_bus walk", "car") == NEVER


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
    ("value", "minutes"),
    [
        ("1:30", 90),
        ("00:45:30", 45.5),
        ("20", 20),
        ("PT1H5M", 65),
        ("P1DT2H", 26 * 60),
        ("PT45M30S", 45.5),
        ("1 h 30 min", 90),
        ("2 hours", 120),
        ("1.5h", 90),
        ("45 minutes", 45),
        ("0:00", None),
        ("long", None),
        ("", None),
    ],
)
def test_ferry_duration(value: str, minutes: float | None) -> None:
    read = read_road_tags({"route": "ferry", "duration": value})
    assert (read.columns["road_category"], read.columns["duration_minutes"]) == ("ferry", minutes)
    assert bool(read.unread) == (minutes is None)


def test_a_ferry_is_a_ferry_even_where_it_is_tagged_as_a_road() -> None:
    read = read_road_tags({"route": "ferry", "highway": "secondary"})
    assert (read.columns["road_category"], read.columns["surface"]) == ("ferry", "unknown")


def test_ferries_have_access_and_months_too() -> None:
    assert read_road_tags({"route": "ferry", "motor_vehicle": "no"}).open_to == {"walk"}
    assert read_road_tags({"route": "ferry", "foot": "no"}).open_to == set(VEHICLES) - {"walk"}
    by_hours = read_road_tags({"route": "ferry", "opening_hours": "May-Oct"})
    assert by_hours.columns["open_months"] == "5 6 7 8 9 10"
    assert read_road_tags({"route": "ferry", "opening_hours": "Mo-Fr 08:00-18:00"}).unread
    assert read_road_tags({**ROAD, "opening_hours": "May-Oct"}).columns["open_months"] is None


@pytest.mark.parametrize("kind", ["footway", "path", "cycleway", "steps", "construction", "proposed", "bus_stop"])
def test_what_is_no_road(kind: str) -> None:
    assert not is_road({"highway": kind})


def test_ways_for_walkers_are_roads_of_walkers() -> None:
    kinds = ("footway", "path", "pedestrian", "steps", "cycleway", "bridleway")
    assert all(is_road({"highway": kind}, paths=True) for kind in kinds)
    assert {read_road_tags({"highway": kind}).columns["road_category"] for kind in kinds} == {"path"}
    assert not is_road({"highway": "construction"}, paths=True)


def test_every_class_means_something_that_the_roads_table_allows() -> None:
    categories, surfaces = ROADS.column("road_category").choices, ROADS.column("surface").choices
    for category, surface, closed_to in road_classes().values():
        assert category in categories
        assert surface in surfaces
        assert closed_to <= set(VEHICLES)


FILES = ("osm_barriers.csv", "osm_classes.csv", "osm_speed_zones.csv", "osm_values.csv", "facility_words.csv")


@pytest.mark.parametrize("file", FILES)
def test_every_row_of_a_data_file_names_its_source_and_is_there_once(file: str) -> None:
    rows = load_rows(file)
    assert all(row["source"] for row in rows)
    n_keys = 1 if file in {"osm_barriers.csv", "osm_classes.csv"} else 2
    keys = [(*list(row.values())[:n_keys], row.get("kind")) for row in rows]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("value", "closed", "months"),
    [
        ("no @ (Nov-Mar)", False, "4 5 6 7 8 9 10"),
        ("no @ (Nov 15-Apr 10)", False, "5 6 7 8 9 10"),
        ("yes @ (Dec 15-Mar 31)", True, "1 2 3"),
        ("yes @ (Dec-Mar)", True, "12 1 2 3"),
        ("no @ (Apr 5)", False, "5 6 7 8 9 10 11 12 1 2 3"),
        ("no @ (Apr 5-20)", False, "5 6 7 8 9 10 11 12 1 2 3"),
        ("no @ Apr", False, "5 6 7 8 9 10 11 12 1 2 3"),
        ("no @ (Mar-May)", False, "6 7 8 9 10 11 12 1 2"),
        ("no @ Mar 15-May 1", False, "6 7 8 9 10 11 12 1 2"),
        ("no @ (mar 15 - may 1)", False, "6 7 8 9 10 11 12 1 2"),
        ("no @ (March–May)", False, "6 7 8 9 10 11 12 1 2"),
        ("no @ (Jan,Apr)", False, "2 3 5 6 7 8 9 10 11 12"),
        ("no @ (Apr-May); no @ (Nov)", False, "12 1 2 3 6 7 8 9 10"),
        ("no @ (Apr-Sep); yes @ (Jun)", False, "10 11 12 1 2 3 6"),
        ("yes @ (summer)", True, "6 7 8"),
        ("yes @ winter", True, "12 1 2 3"),
        ("yes @ (May-Oct);", True, "5 6 7 8 9 10"),
    ],
)
def test_conditional_months(value: str, closed: bool, months: str) -> None:
    found, unread = conditional_months(value, NEVER if closed else ALL_YEAR, car)
    assert (write_months(found), unread) == (months, ())


def car(word: str) -> bool | None:
    return opens("car", "access", word)


@pytest.mark.parametrize(
    "value",
    [
        "no @ (20:00-06:00)",
        "no @ (weight>5)",
        "no @ (wet)",
        "no @ (Mar-May AND weight>5)",
        "no @ (Nov-Mar; sunset-sunrise)",
        "no @ (Mar-)",
        "no @ (Apr 20-Apr 10)",
        "fast @ (Apr)",
        "no @ (Foo-Bar)",
        "no",
    ],
)
@pytest.mark.parametrize("usual", [ALL_YEAR, NEVER])
def test_conditions_about_other_things_change_nothing_and_are_named(value: str, usual: frozenset[int]) -> None:
    assert conditional_months(value, usual, car) == (usual, (value,))


def test_of_several_clauses_those_that_can_be_read_count() -> None:
    months, unread = conditional_months("no @ (Apr-May); no @ (weight>5); no @ (Nov)", ALL_YEAR, car)
    assert months == ALL_YEAR - {4, 5, 11}
    assert unread == ("no @ (weight>5)",)


def test_seasons() -> None:
    assert seasonal_months("spring;summer") == frozenset({3, 4, 5, 6, 7, 8})
    assert seasonal_months("yes") is None
    assert opening_months("May-Oct") == frozenset(range(5, 11))
    assert opening_months("24/7") is None
    assert write_months(range(1, 13)) == ""
