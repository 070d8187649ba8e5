"""The most precise row of the speed table counts, and a combination that is missing is named."""

from __future__ import annotations

import csv
from itertools import product

import numpy as np
import pandas as pd
import pytest

from geo.errors import DataError
from geo.network.speeds import ANY, SpeedRow, SpeedTable, packaged_speeds
from geo.read.values import load_rows
from geo.tables import ROADS, SPEEDS, VEHICLES
from geo.tables.check import check

SEASONS = ("dry", "winter", "thaw")


def table(*rows: tuple[str, str, str, str, str, float]) -> SpeedTable:
    return SpeedTable(tuple(SpeedRow(*row, f"row {n}") for n, row in enumerate(rows)), "speeds.csv")


def packaged() -> SpeedTable:
    raw = pd.DataFrame(list(csv.DictReader(packaged_speeds().splitlines())))
    frame, faults = check(SPEEDS, raw, "speeds.csv")
    assert not faults
    return SpeedTable.from_frame(frame, "speeds.csv")


@pytest.mark.parametrize(
    ("vague", "precise"),
    [
        ((ANY, ANY, ANY, "car", ANY), (ANY, ANY, ANY, "car", "dry")),
        ((ANY, ANY, ANY, "car", "dry"), (ANY, ANY, "poor", "car", ANY)),
        ((ANY, ANY, "poor", "car", "dry"), (ANY, "gravel", ANY, "car", ANY)),
        ((ANY, "gravel", "poor", "car", "dry"), ("IV", ANY, ANY, "car", ANY)),
    ],
)
def test_category_counts_before_surface_before_condition_before_season(vague, precise):
    for rows in ((vague, precise), (precise, vague)):
        speeds = table(*((*row, 11.0 if row is precise else 10.0) for row in rows))
        assert speeds.find("IV", "gravel", "poor", "car", "dry").speed_kph == 11


def test_of_equally_precise_rows_the_first_counts():
    speeds = table(("IV", ANY, ANY, "car", ANY, 50.0), ("IV", ANY, ANY, "car", ANY, 60.0))
    assert speeds.find("IV", "gravel", "good", "car", "dry").speed_kph == 50


def test_a_row_for_another_vehicle_never_fits():
    assert table((ANY, ANY, ANY, "walk", ANY, 4.0)).find("IV", "gravel", "good", "car", "dry") is None


def test_every_missing_combination_is_named_at_once():
    roads = pd.DataFrame(
        {
            "road_category": ["IV", "V", "IV", "V"],
            "surface": ["gravel", "earth", "gravel", "asphalt"],
            "condition": ["good", "poor", "good", "good"],
        }
    )
    with pytest.raises(DataError) as caught:
        table((ANY, "asphalt", ANY, "car", ANY, 60.0)).kph(roads, "car", "thaw")
    assert [fault.code for fault in caught.value.faults] == ["missing-speed", "missing-speed"]
    messages = [fault.message for fault in caught.value.faults]
    assert messages == [
        "No speed for category IV, surface gravel, condition good, car, season thaw.",
        "No speed for category V, surface earth, condition poor, car, season thaw.",
    ]


def test_each_road_gets_the_speed_of_its_own_combination():
    roads = pd.DataFrame(
        {"road_category": ["V", "IV", "V"], "surface": ["earth", "asphalt", "earth"], "condition": "good"}
    )
    speeds = table((ANY, "asphalt", ANY, "car", ANY, 60.0), (ANY, "earth", ANY, "car", ANY, 30.0))
    assert speeds.kph(roads, "car", "dry").tolist() == [30.0, 60.0, 30.0]


def test_a_table_without_legs_across_country_says_so():
    with pytest.raises(DataError, match="category offroad"):
        table((ANY, "asphalt", ANY, "car", ANY, 60.0)).offroad_kph("car", "dry")


def test_a_change_counts_for_what_it_is_about_and_for_nothing_else():
    speeds = table(("IV", "gravel", "good", "car", ANY, 50.0), ("IV", "gravel", "good", "walk", ANY, 3.0))
    changed = speeds.with_changes([SpeedRow("IV", ANY, ANY, "car", "thaw", 0.0, "scenario flood")])
    found = changed.find("IV", "gravel", "good", "car", "thaw")
    assert (found.speed_kph, found.source) == (0.0, "scenario flood")
    assert changed.find("IV", "gravel", "good", "car", "dry").speed_kph == 50
    assert changed.find("IV", "gravel", "good", "walk", "thaw").speed_kph == 3
    assert speeds.find("IV", "gravel", "good", "car", "thaw").speed_kph == 50


def test_a_change_of_one_category_counts_although_the_table_has_one_row_for_all():
    changed = table((ANY, "gravel", ANY, "car", ANY, 50.0)).with_changes(
        [SpeedRow("IV", "gravel", ANY, "car", ANY, 20.0, "scenario")]
    )
    assert changed.find("IV", "gravel", "good", "car", "dry").speed_kph == 20
    assert changed.find("V", "gravel", "good", "car", "dry").speed_kph == 50


def test_of_two_changes_the_first_counts():
    changes = [SpeedRow(ANY, ANY, ANY, "car", ANY, kph, "scenario") for kph in (10.0, 20.0)]
    changed = table((ANY, ANY, ANY, "car", ANY, 50.0)).with_changes(changes)
    assert changed.find("IV", "gravel", "good", "car", "dry").speed_kph == 10


def test_a_change_of_roads_with_a_surface_does_not_change_legs_across_country():
    speeds = table(("offroad", ANY, ANY, "car", ANY, 12.0), (ANY, "earth", ANY, "car", ANY, 30.0))
    changed = speeds.with_changes([SpeedRow(ANY, "earth", ANY, "car", ANY, 35.0, "scenario")])
    assert changed.offroad_kph("car", "dry") == 12
    assert changed.find("V", "earth", "poor", "car", "dry").speed_kph == 35


def choices(column: str) -> tuple[str, ...]:
    return ROADS.column(column).choices


def test_the_openstreetmap_classes_are_categories_and_surfaces_of_the_road_table():
    for row in load_rows("osm_classes.csv"):
        assert row["road_category"] in choices("road_category"), row
        assert row["default_surface"] in choices("surface"), row


@pytest.mark.parametrize("season", SEASONS)
@pytest.mark.parametrize("vehicle", VEHICLES)
def test_the_packaged_table_has_a_speed_for_everything_a_road_can_be(vehicle, season):
    combinations = product(choices("road_category"), choices("surface"), choices("condition"))
    roads = pd.DataFrame(combinations, columns=["road_category", "surface", "condition"])
    speeds = packaged().kph(roads, vehicle, season)
    assert (speeds >= 0).all()
    assert packaged().offroad_kph(vehicle, season) >= 0


def test_every_packaged_speed_has_a_source():
    assert all(row.source.strip() for row in packaged().rows)


def every_road() -> pd.DataFrame:
    combinations = product(choices("road_category"), choices("surface"), choices("condition"))
    return pd.DataFrame(combinations, columns=["road_category", "surface", "condition"])


@pytest.mark.parametrize("vehicle", VEHICLES)
def test_thaw_is_never_faster_than_dry_in_the_packaged_table(vehicle):
    speeds = packaged()
    assert (speeds.kph(every_road(), vehicle, "thaw") <= speeds.kph(every_road(), vehicle, "dry")).all()


@pytest.mark.parametrize("season", SEASONS)
def test_a_bus_is_slower_than_a_car_and_an_ambulance_is_not(season):
    speeds, roads = packaged(), every_road()
    car, bus, ambulance = (speeds.kph(roads, vehicle, season) for vehicle in ("car", "school_bus", "ambulance"))
    on_land = (roads["road_category"] != "ferry").to_numpy()
    assert bus[on_land] == pytest.approx(np.minimum(60, 0.85 * car[on_land]), abs=1e-3)
    assert (bus[~on_land] == car[~on_land]).all()
    assert (ambulance == car).all()
    assert speeds.offroad_kph("school_bus", season) == pytest.approx(0.85 * speeds.offroad_kph("car", season))


@pytest.mark.parametrize("season", SEASONS)
def test_ways_for_walkers_are_closed_to_wheels_by_the_table_too(season):
    paths = every_road()[every_road()["road_category"] == "path"]
    for vehicle in VEHICLES:
        assert (packaged().kph(paths, vehicle, season) > 0).all() == (vehicle == "walk")
