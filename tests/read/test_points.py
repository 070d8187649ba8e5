"""Settlements, facilities and candidates."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest

from geo.read.facilities import Places, read_candidates, read_facilities
from geo.read.settlements import read_settlements

LEVELS = {"phc": ("fap", "ambulatory"), "school": ("primary", "basic")}
SERVICES = ("phc", "school")


@pytest.fixture
def settlements(tmp_path: Path) -> gpd.GeoDataFrame:
    path = tmp_path / "settlements.csv"
    path.write_text(
        "settlement_id;name_kk;lon;lat;pop_total\n101033100;Ақкөл;70,5;50,25;1 200\n101033200;Жаңа;70.6;50.3;\n",
        encoding="utf-8",
    )
    return read_settlements(path, "settlements.csv")[0]


def facilities(
    tmp_path: Path, settlements: gpd.GeoDataFrame, *rows: str
) -> tuple[gpd.GeoDataFrame, list[tuple[int, str, str, str]]]:
    path = tmp_path / "facilities.csv"
    path.write_text("\n".join(["facility_id,lon,lat,settlement_id,service,level,status", *rows]), encoding="utf-8")
    frame, faults = read_facilities(path, "facilities.csv", Places.of(settlements), LEVELS, SERVICES)
    return frame, [(fault.row, fault.column, fault.code, fault.severity) for fault in faults]


def test_settlements_are_sorted_points_with_people(settlements: gpd.GeoDataFrame) -> None:
    assert list(settlements.index) == ["101033100", "101033200"]
    assert settlements.geometry.x.tolist() == [70.5, 70.6]
    assert settlements["population_persons"].isna().tolist() == [False, True]
    assert settlements["population_imputed"].tolist() == [False, False]
    assert settlements.crs == "EPSG:4326"


def test_a_settlement_layer_gives_lon_and_lat(tmp_path: Path, settlements: gpd.GeoDataFrame) -> None:
    layer = settlements[["settlement_id", "name_kk", "geometry"]].assign(pop_total=[5, 6]).reset_index(drop=True)
    layer.to_crs(32642).to_file(tmp_path / "s.gpkg")
    frame, faults = read_settlements(tmp_path / "s.gpkg", "s.gpkg")
    assert faults == []
    assert frame["lat"].tolist() == pytest.approx([50.25, 50.3])


def test_faults_of_settlements_are_gathered(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text("settlement_id,name_ru,lon,lat,pop_total\na,А,70,50,-5\na,А,700,50,1\n,Б,,50,x\n", encoding="utf-8")
    frame, faults = read_settlements(path, "s.csv")
    assert len(frame) == 0
    assert {(fault.row, fault.column, fault.code) for fault in faults} == {
        (2, "pop_total", "negative-value"),
        (3, "settlement_id", "duplicate-id"),
        (3, "lon", "out-of-range"),
        (4, "settlement_id", "blank-value"),
        (4, "lon", "no-position"),
        (4, "pop_total", "no-data-word"),
    }


def test_a_facility_stands_in_its_settlement_where_it_has_no_position(
    tmp_path: Path, settlements: gpd.GeoDataFrame
) -> None:
    frame, faults = facilities(tmp_path, settlements, "f1,,,101033100,phc,fap,", "f2,71,51,,school,basic,")
    assert frame[["lon", "lat"]].to_numpy().tolist() == [[70.5, 50.25], [71, 51]]
    assert frame.geometry.x.tolist() == [70.5, 71]
    assert frame["suspected"].tolist() == [False, False]
    assert faults == []


def test_an_unknown_settlement_is_named_with_the_nearest(tmp_path: Path, settlements: gpd.GeoDataFrame) -> None:
    path = tmp_path / "facilities.csv"
    path.write_text(
        "facility_id,settlement_id,lon,lat,service,level\nf1,101033109,,,phc,fap\nf2,101033209,70,50,phc,fap\n",
        encoding="utf-8",
    )
    frame, faults = read_facilities(path, "facilities.csv", Places.of(settlements), LEVELS, SERVICES)
    assert list(frame.index) == ["f2"]
    assert [(fault.row, fault.code, fault.severity, fault.remedy) for fault in faults] == [
        (2, "unknown-settlement", "error", "Did you mean 101033100?"),
        (3, "unknown-settlement", "warning", "Did you mean 101033200?"),
    ]


def test_a_level_belongs_to_its_service(tmp_path: Path, settlements: gpd.GeoDataFrame) -> None:
    frame, faults = facilities(
        tmp_path, settlements, "f1,70,50,,phc,basic,", "f2,70,50,,school,fpa,", "f3,70,50,,bank,fap,"
    )
    assert len(frame) == 0
    assert set(faults) == {
        (2, "level", "level-of-other-service", "error"),
        (3, "level", "unknown-choice", "error"),
        (4, "service", "unknown-choice", "error"),
    }


def test_closed_facilities_stay_and_are_told(tmp_path: Path, settlements: gpd.GeoDataFrame) -> None:
    frame, faults = facilities(
        tmp_path, settlements, "f1,70,50,,phc,fap,closed", "f2,71,50,,phc,fap,building", "f3,72,50,,phc,,"
    )
    assert frame["status"].tolist() == ["closed", "building", "open"]
    assert (2, "status", "not-open", "note") in faults
    assert (3, "status", "not-open", "note") in faults
    assert (4, "level", "unknown-value", "warning") in faults


def test_facilities_side_by_side_are_told(tmp_path: Path, settlements: gpd.GeoDataFrame) -> None:
    _frame, faults = facilities(
        tmp_path,
        settlements,
        "f1,70,50,,phc,fap,",
        "f2,70.001,50,,phc,fap,",
        "f3,70,50,,school,basic,",
        "f4,70.002,50,,phc,fap,",
    )
    assert faults == [(3, "", "near-facilities", "warning"), (5, "", "near-facilities", "warning")]


def test_candidates_are_placed_alike(tmp_path: Path, settlements: gpd.GeoDataFrame) -> None:
    path = tmp_path / "c.csv"
    path.write_text(
        'candidate_id,settlement_id,service,level,capex\nc1,101033200,phc,fap,"134 000 000"\nc2,zz,phc,,\n',
        encoding="utf-8",
    )
    frame, faults = read_candidates(path, "c.csv", Places.of(settlements), LEVELS, SERVICES)
    assert frame[["candidate_id", "lon", "opening_cost", "kind"]].to_numpy().tolist() == [["c1", 70.6, 134e6, "new"]]
    assert [(fault.row, fault.code) for fault in faults] == [(2, "number-notation"), (3, "unknown-settlement")]
