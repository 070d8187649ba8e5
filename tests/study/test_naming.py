"""Namesakes are told apart, and facilities without a name are named by what they are and where."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest

from geo.language import LANGUAGES, using
from geo.report.gis.layers import _SHOWN_NAMES
from geo.study import StudyResult, explain, load_study, run_study
from geo.study.wording import names_of
from tests.study.folders import boundary_frame, facilities_frame, settlements_frame, write_toy


def run(folder) -> StudyResult:
    return next(iter(run_study(load_study(folder), ["T1"])))


def settlement_names(result: StudyResult) -> dict[str, str]:
    return dict(zip(result.settlements.index, names_of(result.settlements), strict=True))


def namesakes():
    """B and E share a name; A and F, the biggest around them, have names of their own."""
    table = settlements_frame()
    table.loc[table["settlement_id"].isin(["B", "E"]), "name_en"] = "Aksu"
    return table


def test_namesakes_are_told_apart_by_their_bigger_neighbour_everywhere(tmp_path):
    result = run(write_toy(tmp_path, settlements=namesakes()))
    names = settlement_names(result)
    assert names["B"] == "Aksu (near Village A)"
    assert names["E"] == "Aksu (near Village D)"
    assert names["A"] == "Village A"
    assert explain.settlement_name(result, "E") == names["E"]
    assert explain.site_name(result, "phc", "new-E") == names["E"]


def test_the_okrug_tells_namesakes_apart_where_it_is_known(tmp_path):
    folder = write_toy(tmp_path, settlements=namesakes().assign(okrug_id=list("-1--2-")).replace("-", None))
    district = boundary_frame()
    okrugs = gpd.GeoDataFrame(
        {"unit_id": ["1", "2"], "level": "okrug", "name_en": ["West okrug", "East okrug"], "parent_id": "T1"},
        geometry=[district.geometry[0].buffer(-0.3), district.geometry[0].buffer(-0.2)],
        crs=district.crs,
    )
    both = gpd.GeoDataFrame(pd.concat([district, okrugs], ignore_index=True), crs=district.crs)
    both.to_file(folder / "boundaries.geojson", driver="GeoJSON")
    names = settlement_names(run(folder))
    assert (names["B"], names["E"]) == ("Aksu (West okrug)", "Aksu (East okrug)")


def test_digits_of_the_code_tell_apart_what_lies_near_one_place(tmp_path):
    table = settlements_frame()
    table.loc[table["settlement_id"].isin(["D", "E"]), "name_en"] = "Aksu"
    table.loc[table["settlement_id"] == "D", "pop_total"] = 40
    names = settlement_names(run(write_toy(tmp_path, settlements=table)))
    assert (names["D"], names["E"]) == ("Aksu (D)", "Aksu (E)")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_facility_without_a_name_shows_no_code(tmp_path, language):
    table = facilities_frame("A", "C")
    table["name_en"] = ""
    result = run(write_toy(tmp_path, facilities_table=table))
    with using(language):
        name = explain.site_name(result, "phc", "clinic-C")
    assert "Village C" in name
    assert "clinic-C" not in name
    if language == "en":
        assert name == "feldsher point near Village C"


def test_facilities_of_one_name_are_numbered(tmp_path):
    table = facilities_frame("A", "C").assign(name_en="Clinic")
    result = run(write_toy(tmp_path, facilities_table=table))
    names = [explain.site_name(result, "phc", site) for site in ("clinic-A", "clinic-C")]
    assert names == ["Clinic", "Clinic (2)"]


def test_names_for_pages_are_not_written_into_layers(tmp_path):
    result = run(write_toy(tmp_path))
    assert set(_SHOWN_NAMES) <= set(result.sites.columns)
    assert result.sites[_SHOWN_NAMES].isna().all(axis=None)
