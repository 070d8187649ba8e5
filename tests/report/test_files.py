from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest

from geo.report import deliver, write_layers, write_tables
from geo.report.values import harmless, rounded
from geo.study.tabulate import typed
from geo.tables import OUTPUT_TABLES
from tests.sample import sample_result


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_tables_are_the_same_bytes_again(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_tables(sample_result(), tmp_path / name)
        write_layers(sample_result(), tmp_path / name / "results.gpkg")
    one, two = _bytes(tmp_path / "one"), _bytes(tmp_path / "two")
    assert {f"tables/{name}.csv" for name in OUTPUT_TABLES} <= set(one)
    assert one == two


def test_workbook_holds_text_never_formulas(tmp_path: Path) -> None:
    write_tables(sample_result(), tmp_path)
    book = openpyxl.load_workbook(tmp_path / "tables.xlsx")
    assert book.sheetnames[0] == "about"
    assert book["about"]["A1"].value == "SYNTHETIC - not a real place"
    types = {cell.data_type for sheet in book for row in sheet for cell in row}
    assert "f" not in types
    names = [row[3].value for row in book["places"].iter_rows(min_row=2)]
    assert "=cmd|' /C calc'!A0" in names
    sheet = book["access_settlement"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:N{sheet.max_row}"
    assert sheet["F1"].value == "minutes [min]"
    assert [sheet.cell(row, 6).value for row in (2, 3)] == [0, 25.7]


def test_dictionary_explains_every_column(tmp_path: Path) -> None:
    write_tables(sample_result(), tmp_path)
    book = openpyxl.load_workbook(tmp_path / "tables.xlsx")
    explained = {(row[0], row[1]) for row in book["data_dictionary"].iter_rows(min_row=2, values_only=True)}
    for table in OUTPUT_TABLES.values():
        assert {(table.name, column.name) for column in table.columns} <= explained


def test_csv_has_a_mark_for_spreadsheets_and_reads_back(tmp_path: Path) -> None:
    result = sample_result()
    write_tables(result, tmp_path)
    assert (tmp_path / "tables" / "places.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    places = pd.read_csv(tmp_path / "tables" / "places.csv", encoding="utf-8-sig")
    assert "'=cmd|' /C calc'!A0" in set(places["name_en"])
    access = pd.read_csv(tmp_path / "tables" / "access_settlement.csv", encoding="utf-8-sig")
    assert len(access) == len(result.tables["access_settlement"])
    assert access["minutes"].max() == 181.3


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_formulas_get_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"


def test_numbers_and_plain_text_stay() -> None:
    assert [harmless(value) for value in (-1.5, "a=b", None)] == [-1.5, "a=b", None]


def test_rounding_never_leaves_minus_zero() -> None:
    frame = typed("distance_check", pd.DataFrame([{"difference_share": -0.000001, "network_km": 12.3456}]))
    row = rounded(frame, OUTPUT_TABLES["distance_check"]).iloc[0]
    assert str(row["difference_share"]) == "0.0"
    assert row["network_km"] == 12.3


def test_layers_carry_minutes_and_verdicts(tmp_path: Path) -> None:
    write_layers(sample_result(), tmp_path / "results.gpkg")
    layers = gpd.list_layers(tmp_path / "results.gpkg")["name"].tolist()
    assert layers == ["settlements", "sites", "roads", "boundary"]
    settlements = gpd.read_file(tmp_path / "results.gpkg", layer="settlements").set_index("settlement_id")
    assert settlements.loc["c", "phc_minutes_today"] == 73.3
    assert settlements.loc["g", "phc_verdict_plan"] == "unreachable"
    assert settlements.crs == "EPSG:4326"


def test_delivery_is_whole_and_its_manifest_holds_every_digest(tmp_path: Path) -> None:
    folder = deliver(sample_result(), tmp_path / "out", "en")
    assert folder == tmp_path / "out" / "391000000"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    found = {name: hashlib.sha256(content).hexdigest() for name, content in _bytes(folder).items()}
    del found["manifest.json"]
    assert manifest["outputs"] == found
    assert {"map.html", "report.html", "tables.xlsx", "results.gpkg", "tables/losers.csv"} <= set(found)
    assert manifest["seed"] == 0
    assert manifest["language"] == "en"


def test_delivery_replaces_the_folder_before(tmp_path: Path) -> None:
    folder = deliver(sample_result(), tmp_path, "en")
    first = _bytes(folder)
    (folder / "stale.html").write_text("old", encoding="utf-8")
    assert _bytes(deliver(sample_result(), tmp_path, "en")) == first
    assert [path.name for path in tmp_path.iterdir()] == ["391000000"]


def test_a_failed_delivery_leaves_what_was_there(tmp_path: Path) -> None:
    folder = deliver(sample_result(), tmp_path, "en")
    before = _bytes(folder)
    broken = dataclasses.replace(sample_result(), tables={})
    with pytest.raises(KeyError):
        deliver(broken, tmp_path, "en")
    assert _bytes(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["391000000"]


def test_what_an_interrupted_run_left_is_put_back(tmp_path: Path) -> None:
    folder = deliver(sample_result(), tmp_path, "en")
    before = _bytes(folder)
    folder.rename(tmp_path / ".391000000.old")
    with pytest.raises(KeyError):
        deliver(dataclasses.replace(sample_result(), tables={}), tmp_path, "en")
    assert _bytes(folder) == before
