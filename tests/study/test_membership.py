"""Settlements and their units: swapped coordinates judged by the district, borders, places outside."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from geo.errors import DataError
from geo.study import load_study
from tests.study.folders import settlements_frame, write_toy


def test_swapped_coordinates_are_found_by_the_settlements_own_district(tmp_path):
    table = settlements_frame()
    table.loc[1, ["lon", "lat"]] = [table.loc[1, "lat"], table.loc[1, "lon"]]
    with pytest.raises(DataError) as raised:
        load_study(write_toy(tmp_path, settlements=table))
    fault = next(fault for fault in raised.value.faults if fault.row == 3)
    assert fault.code == "swapped-coordinates"
    assert "km outside its own unit T1" in fault.message
    assert fault.remedy == "Swap lon and lat."


def test_a_settlement_just_outside_its_unit_is_only_warned_about(tmp_path):
    table = settlements_frame()
    table.loc[0, ["lon", "lat"]] = [65.69, 49.0]
    study = load_study(write_toy(tmp_path, settlements=table))
    assert {fault.code: fault.severity for fault in study.faults}["near-border"] == "warning"
    assert study.settlements.loc["A", "unit_id"] == "T1"


def test_excluded_places_are_listed_and_left_out(tmp_path):
    table = settlements_frame().drop(columns="district_id")
    table.loc[5, ["lon", "lat"]] = [80.0, 49.0]
    study = load_study(write_toy(tmp_path, settlements=table, study='outside = "exclude"'))
    assert list(study.settlements.index) == list("ABCDE")
    note = next(fault for fault in study.faults if fault.code == "outside-every-unit")
    assert (note.row, note.severity) == (7, "note")


def test_without_a_stated_unit_the_position_decides(tmp_path):
    folder = write_toy(tmp_path, settlements=settlements_frame().drop(columns="district_id"))
    halves = gpd.GeoDataFrame(
        {"unit_id": ["W", "E"], "level": "district", "name_en": ["West", "East"]},
        geometry=[shapely.box(65, 48, 66.5, 50), shapely.box(66.5, 48, 68, 50)],
        crs=4326,
    )
    halves.to_file(folder / "boundaries.geojson", driver="GeoJSON")
    study = load_study(folder)
    assert study.settlements["unit_id"].to_dict() == {"A": "W", "B": "W", "C": "E", "D": "E", "E": "E", "F": "E"}
