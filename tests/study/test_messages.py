"""What a planner's slips lead to: one fault where the slip is, in words, with the right remedy."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from openpyxl import Workbook

from geo.errors import DataError, Fault, StudyFileError
from geo.study import load_study
from geo.study.config_file import read_config
from tests.study.folders import boundary_frame, facilities_frame, settlements_frame, write_toy


def errors(folder: Path) -> list[Fault]:
    with pytest.raises(DataError) as caught:
        load_study(folder)
    return list(caught.value.faults)


def only(folder: Path) -> Fault:
    (fault,) = errors(folder)
    return fault


def warned(folder: Path) -> dict[str, Fault]:
    return {fault.code: fault for fault in load_study(folder).faults}


def edit(folder: Path, old: str, new: str) -> Path:
    path = folder / "study.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


class TestTablesThatDependOnAnother:
    def test_a_renamed_key_column_is_one_fault(self, tmp_path):
        fault = only(write_toy(tmp_path, settlements=settlements_frame().rename(columns={"settlement_id": "id_of_it"})))
        assert (fault.file, fault.row, fault.column, fault.code) == (
            "settlements.csv",
            1,
            "settlement_id",
            "missing-column",
        )

    def test_settlements_that_cannot_be_read_are_no_fault_of_the_facilities(self, tmp_path):
        folder = write_toy(tmp_path)
        (folder / "settlements.csv").write_bytes("settlement_id,name_ru\nA,Село\n".encode("koi8-r"))
        assert only(folder).code == "not-utf-8"

    def test_a_faulty_row_is_no_fault_of_its_facility(self, tmp_path):
        table = settlements_frame().astype({"pop_total": object})
        table.loc[0, "pop_total"] = "many"
        folder = write_toy(tmp_path, settlements=table, facilities_table=facilities_frame("A", "X"))
        assert [(fault.file, fault.row, fault.code) for fault in errors(folder)] == [
            ("facilities.csv", 3, "unknown-settlement"),
            ("settlements.csv", 2, "unreadable-value"),
        ]

    def test_settlements_without_a_row(self, tmp_path):
        fault = only(write_toy(tmp_path, settlements=settlements_frame().iloc[:0], facilities_table=None))
        assert (fault.file, fault.code) == ("settlements.csv", "empty-table")

    def test_a_road_layer_without_a_road(self, tmp_path):
        folder = write_toy(tmp_path)
        (folder / "roads.geojson").write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
        assert "empty-table" in {fault.code for fault in errors(folder) if fault.file == "roads.geojson"}

    def test_closures_say_nothing_where_roads_are_faulty(self, tmp_path):
        folder = edit(write_toy(tmp_path), 'roads = "roads.geojson"', 'roads = "roads.geojson"\nclosures = "c.csv"')
        (folder / "c.csv").write_text("edge_id,season\nnowhere,thaw\n", encoding="utf-8")
        assert only(folder).code == "unknown-road"
        roads = gpd.read_file(folder / "roads.geojson")
        roads["road_category"] = "motorway"
        roads.to_file(folder / "roads.geojson", driver="GeoJSON")
        assert {fault.code for fault in errors(folder)} == {"unknown-choice"}


class TestFilesThatCannotBeRead:
    def test_a_folder(self, tmp_path):
        folder = write_toy(tmp_path)
        (folder / "settlements.csv").unlink()
        (folder / "settlements.csv").mkdir()
        assert "folder" in only(folder).message

    def test_a_workbook_named_csv(self, tmp_path):
        folder = write_toy(tmp_path)
        Workbook().save(folder / "facilities.csv")
        fault = only(folder)
        assert "Excel" in fault.message
        assert ".xlsx" in fault.remedy

    @pytest.mark.parametrize("encoding", ["koi8-r", "cp866"])
    def test_an_alphabet_that_cannot_be_told(self, tmp_path, encoding):
        folder = write_toy(tmp_path)
        (folder / "facilities.csv").write_bytes("facility_id,name_ru\nf1,Село\n".encode(encoding))
        assert (only(folder).code, only(folder).remedy) == ("not-utf-8", "Save it as “CSV UTF-8”.")

    def test_an_empty_first_sheet_is_named(self, tmp_path):
        folder = edit(write_toy(tmp_path), "facilities.csv", "facilities.xlsx")
        book = Workbook()
        book.active.title = "Notes"
        book.create_sheet("Table").append(["facility_id"])
        book.save(folder / "facilities.xlsx")
        assert "“Notes”" in only(folder).message

    def test_a_broken_layer_names_the_line_and_no_driver(self, tmp_path):
        folder = write_toy(tmp_path)
        (folder / "roads.geojson").write_text('{"type": "FeatureCollection",\n "features": [', encoding="utf-8")
        assert "line 2" in only(folder).message
        assert "driver" not in only(folder).message

    def test_a_layer_of_another_kind_shows_no_path_of_the_machine(self, tmp_path):
        folder = edit(write_toy(tmp_path), "roads.geojson", "roads.gpkg")
        (folder / "roads.gpkg").write_text("hello", encoding="utf-8")
        assert only(folder).message == "The file cannot be read: it is no .gpkg file, or only a part of one."

    def test_a_part_of_an_extract_is_to_be_downloaded_again(self, tmp_path):
        folder = edit(write_toy(tmp_path), 'roads = "roads.geojson"', 'osm = "part.osm.pbf"')
        (folder / "part.osm.pbf").write_bytes(b"\0\0\0\x0d\x0a\x09OSMHeader\x18\x7c")
        assert "Download it again" in only(folder).remedy


class TestTheStudyFile:
    def test_another_encoding(self, tmp_path):
        folder = write_toy(tmp_path)
        text = (folder / "study.toml").read_text(encoding="utf-8").replace("Six villages", "Шесть сёл")
        (folder / "study.toml").write_bytes(text.encode("cp1251"))
        assert only(folder).code == "not-utf-8"
        assert "UTF-8" in only(folder).remedy

    @pytest.mark.parametrize("path", ["C:\\data\\roads.geojson", "C:\\Users\\roads.geojson"])
    def test_a_path_of_windows(self, tmp_path, path):
        fault = only(edit(write_toy(tmp_path), "roads.geojson", path))
        assert "/ instead of \\" in fault.remedy
        assert fault.row == 10

    def test_a_table_is_no_study(self, tmp_path):
        with pytest.raises(StudyFileError) as caught:
            read_config(write_toy(tmp_path) / "settlements.csv")
        assert "folder that holds a study.toml" in caught.value.faults[0].remedy

    @pytest.mark.parametrize(("more", "near"), [('"pop_totl"', "Did you mean pop_total?"), ('"name_kk"', "wcba")])
    def test_demand_is_a_column_that_counts_people(self, tmp_path, more, near):
        fault = only(write_toy(tmp_path, service=f"open = 1\ndemand = [{more}]"))
        assert (fault.file, fault.column, fault.code) == ("study.toml", '[[service]] "phc": demand', "bad-setting")
        lines = (tmp_path / "study.toml").read_text(encoding="utf-8").splitlines()
        assert lines[fault.row - 1].startswith("demand")
        assert near in fault.remedy

    @pytest.mark.parametrize(
        ("old", "new", "column", "message", "remedy"),
        [
            ('units = "district"', 'units = "rayon"', "study.units", "“rayon” is not allowed here.", "country, oblast"),
            ('name = "toy"', 'name = "Toy 1"', "study.name", "“Toy 1” does not fit the pattern", "small Latin letters"),
            ("open = 1", "open = 1.5", '[[service]] "phc": open', "“1.5” is not a whole number.", "a whole number"),
            ("weight = 0.5", "weight = 1.5", '[[season]] "dry": weight', "1.5 cannot be", "Correct"),
            ('serving_level = "fap"', "", '[[service]] "phc": serving_level', "is missing", "Add it"),
            ("synthetic = true", 'synthetic = "so"', "study.synthetic", "“so” is not true or false", "true or false"),
        ],
    )
    def test_a_wrong_setting_in_words(self, tmp_path, old, new, column, message, remedy):
        fault = only(edit(write_toy(tmp_path), old, new))
        assert fault.column == column
        assert message in fault.message
        assert remedy in fault.remedy

    def test_weights_are_added_up_and_located(self, tmp_path):
        fault = only(edit(write_toy(tmp_path), "weight = 0.375", "weight = 0.4"))
        assert "1.025" in fault.message
        lines = (tmp_path / "study.toml").read_text(encoding="utf-8").splitlines()
        assert lines[fault.row - 1] == "weight = 0.5"

    def test_months_of_two_seasons_and_of_none_are_warned_about(self, tmp_path):
        folder = edit(write_toy(tmp_path), "weight = 0.5\n", "weight = 0.5\nmonths = [5, 6, 7, 8, 9, 10]\n")
        edit(folder, "weight = 0.375\n", "weight = 0.375\nmonths = [10, 11, 12, 1, 2]\n")
        edit(folder, "weight = 0.125\n", "weight = 0.125\nmonths = [4]\n")
        found = warned(folder)
        assert found["months-overlap"].message.endswith(": 10.")
        assert found["months-missing"].message.endswith(": 3.")


class TestUnits:
    def tiers(self, folder: Path) -> Path:
        oblast = boundary_frame().assign(unit_id="OB", level="oblast")
        district = boundary_frame().assign(parent_id="OB")
        gpd.GeoDataFrame(pd.concat([oblast, district], ignore_index=True)).to_file(
            folder / "boundaries.geojson", driver="GeoJSON"
        )
        return edit(folder, 'units = "district"', 'units = "oblast"')

    def test_a_unit_of_another_tier_is_no_fault(self, tmp_path):
        study = load_study(self.tiers(write_toy(tmp_path)))
        assert set(study.settlements["unit_id"]) == {"OB"}
        assert not [fault for fault in study.faults if fault.column == "district_id"]

    def test_a_code_that_no_boundary_has_is_one_fault(self, tmp_path):
        fault = only(write_toy(tmp_path, settlements=settlements_frame().assign(district_id="Z9")))
        assert (fault.row, fault.column, fault.code) == (2, "district_id", "unknown-unit")
        assert "6" in fault.message

    def test_codes_of_another_list_are_one_fault(self, tmp_path):
        fault = only(write_toy(tmp_path, settlements=settlements_frame().assign(district_id=list("UVWXYZ"))))
        assert "6 settlements" in fault.message

    def test_places_far_from_their_own_unit_and_from_every_other_can_be_left_out(self, tmp_path):
        table = settlements_frame()
        table.loc[5, ["lon", "lat"]] = [80.0, 49.0]
        study = load_study(write_toy(tmp_path, settlements=table, study='outside = "exclude"'))
        assert list(study.settlements.index) == list("ABCDE")
        assert {fault.code: fault.severity for fault in study.faults}["outside-every-unit"] == "note"

    def test_without_boundaries_stated_codes_are_not_compared(self, tmp_path):
        study = load_study(edit(write_toy(tmp_path), 'boundaries = "boundaries.geojson"\n', ""))
        assert set(study.settlements["unit_id"]) == {"toy"}


class TestDoubtfulContents:
    def test_nobody_is_known_to_need_the_service(self, tmp_path):
        fault = only(write_toy(tmp_path, settlements=settlements_frame().assign(pop_total=0)))
        assert (fault.file, fault.column, fault.code) == ("settlements.csv", "pop_total", "nobody-needs-it")

    def test_impossible_populations(self, tmp_path):
        table = settlements_frame().assign(pop_63p=[0, 0, 0, 0, 0, 10**6])
        table.loc[0, "pop_total"] = 0
        found = warned(write_toy(tmp_path, settlements=table))
        assert (found["nobody-lives-here"].row, found["nobody-lives-here"].severity) == (2, "warning")
        assert (found["ages-do-not-add-up"].row, found["ages-do-not-add-up"].severity) == (7, "warning")

    def test_ages_within_two_percent_are_no_fault(self, tmp_path):
        groups = ("pop_0_5", "pop_6_9", "pop_10_14", "pop_15_17", "pop_18_62", "pop_63p")
        table = settlements_frame().assign(**dict.fromkeys(groups, 17), pop_total=100)
        assert "ages-do-not-add-up" not in warned(write_toy(tmp_path / "near", settlements=table))
        table["pop_total"] = 105
        assert "ages-do-not-add-up" in warned(write_toy(tmp_path / "far", settlements=table))

    def test_three_settlements_on_one_spot(self, tmp_path):
        table = settlements_frame()
        table.loc[[1, 2], ["lon", "lat"]] = table.loc[0, ["lon", "lat"]].to_numpy(dtype=float)
        assert "A, B, C" in warned(write_toy(tmp_path, settlements=table))["shared-position"].message

    def test_a_price_of_no_service(self, tmp_path):
        folder = edit(write_toy(tmp_path), "[inputs]\n", '[inputs]\ncosts = "costs.csv"\n')
        rows = ["item,unit,value,price_year,source", "phc/fapp,object,1,2024,x", "road_km/gravel,km,1,2024,x"]
        (folder / "costs.csv").write_text("\n".join([*rows, "phc/fap,object,1,2024,x"]), encoding="utf-8")
        found = [fault for fault in load_study(folder).faults if fault.file == "costs.csv"]
        assert [(fault.row, fault.severity, fault.remedy) for fault in found] == [
            (2, "warning", "Did you mean phc/fap?")
        ]

    def test_data_of_unknown_origin(self, tmp_path):
        assert warned(write_toy(tmp_path))["no-sources"].severity == "warning"


def test_findings_about_parts_of_an_extract_that_are_not_used_are_not_told(tmp_path):
    folder = edit(write_toy(tmp_path), 'roads = "roads.geojson"', 'roads = "roads.geojson"\nosm = "a.osm"')
    node = '<node id="{0}" version="1" lat="{1}" lon="66.0"><tag k="{2}" v="{3}"/><tag k="name" v="N"/></node>'
    nodes = [node.format(1, 49.0, "place", "village"), node.format(2, 49.1, "amenity", "school")]
    (folder / "a.osm").write_text(f'<osm version="0.6">{"".join(nodes)}</osm>', encoding="utf-8")
    assert not [fault for fault in load_study(folder).faults if fault.file == "a.osm"]
    edit(folder, 'facilities = "facilities.csv"\n', "")
    told = {fault.code for fault in load_study(folder).faults if fault.file == "a.osm"}
    assert "unknown-level" in told
    assert "unknown-population" not in told


def test_a_boundary_that_overlaps_nothing_keeps_its_own_settlements(tmp_path):
    folder = write_toy(tmp_path)
    far = boundary_frame().assign(unit_id="T2", geometry=[shapely.box(68, 48.6, 69, 49.4)])
    both = gpd.GeoDataFrame(pd.concat([boundary_frame(), far], ignore_index=True))
    both.to_file(folder / "boundaries.geojson", driver="GeoJSON")
    assert set(load_study(folder).settlements["unit_id"]) == {"T1"}
