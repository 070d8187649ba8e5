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
from geo.report.hearing import hearing_page
from geo.report.page import report_page
from geo.report.workbook.values import rounded
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
    assert book.sheetnames[0] == "About"
    assert book["About"]["A1"].value == "SYNTHETIC - not a real place"
    types = {cell.data_type for sheet in book for row in sheet for cell in row}
    assert "f" not in types
    names = [row[1].value for row in book["Settlements"].iter_rows(min_row=2)]
    assert "=cmd|' /C calc'!A0" in names


def test_a_sheet_is_ready_to_read_filter_and_print(tmp_path: Path) -> None:
    write_tables(sample_result(), tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / "tables.xlsx")["Access, settlements"]
    assert sheet.freeze_panes == "F2"
    assert sheet.auto_filter.ref == f"A1:P{sheet.max_row}"
    assert [cell.value for cell in sheet[1]][:7] == [
        *("Settlement, code", "Settlement", "Service", "Plan", "Season", "People [persons]", "Minutes [min]")
    ]
    assert [sheet.cell(row, 7).value for row in (2, 3)] == [0, 25.7]
    assert [sheet.cell(2, column).number_format for column in (6, 7)] == ["#,##0", "#,##0.0"]
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.HeaderFooter.oddHeader.left.text == "Where should the next clinic go? - Six Villages"


def test_a_study_that_counts_settlements_says_so_in_the_heads(tmp_path: Path) -> None:
    result = sample_result()
    demand = result.config.demand.model_copy(update={"counts": "settlements"})
    counted = dataclasses.replace(result, config=result.config.model_copy(update={"demand": demand}))
    write_tables(counted, tmp_path)
    book = openpyxl.load_workbook(tmp_path / "tables.xlsx")
    assert "Settlements" in [cell.value for cell in book["Access, settlements"][1]]
    assert "People [persons]" not in [cell.value for cell in book["Access, settlements"][1]]
    for page in (hearing_page(counted), report_page(counted)):
        assert ">Settlements</th>" in page
        assert ">People</th>" not in page.split('<section class="details"')[0]


def test_codes_become_names_and_words_in_the_workbook_and_stay_codes_in_csv(tmp_path: Path) -> None:
    write_tables(sample_result(), tmp_path)
    book = openpyxl.load_workbook(tmp_path / "tables.xlsx")
    first = [cell.value for cell in book["Access, settlements"][2]]
    assert first[:5] == ["a", "Karasu", "Primary care", "today", "dry"]
    assert first[10:12] == ["clinic-a", "Karasu clinic"]
    assert "cut off" in [row[13].value for row in book["Access, settlements"].iter_rows(min_row=2)]
    plan = [cell.value for cell in book["Plans"][2]]
    assert plan[1] == "headline plan"
    assert ";" in plan[8]
    assert "phc-" not in plan[8]
    access = pd.read_csv(tmp_path / "tables" / "access_settlement.csv", encoding="utf-8-sig")
    assert list(access.columns) == [column.name for column in OUTPUT_TABLES["access_settlement"].columns]
    assert {"within", "beyond", "unreachable"} == set(access["verdict"])


def test_shares_are_percents_and_rows_with_units_of_their_own_too(tmp_path: Path) -> None:
    result = sample_result()
    share = ("phc", "worst", "within_share", "0..1", 0.5, 0.75, 0.25)
    table = pd.DataFrame([share], columns=[column.name for column in OUTPUT_TABLES["before_after"].columns])
    tables = {**result.tables, "before_after": typed("before_after", table)}
    write_tables(dataclasses.replace(result, tables=tables), tmp_path)
    book = openpyxl.load_workbook(tmp_path / "tables.xlsx")
    row = book["Before and after"][2]
    assert [cell.value for cell in row[2:5]] == ["Share within the norm", "%", 0.5]
    assert row[4].number_format == "0.0 %"
    assert book["Access, unit"]["G2"].number_format == "0.0 %"


def test_empty_sheets_keep_their_head_and_are_named_at_the_front(tmp_path: Path) -> None:
    write_tables(sample_result(), tmp_path)
    book = openpyxl.load_workbook(tmp_path / "tables.xlsx")
    assert book["Longer trips"].max_row == 1
    said = [row[0].value for row in book["About"].iter_rows()]
    assert any(str(line).startswith("Longer trips: ") and str(line).endswith("Empty here.") for line in said)


def test_dictionary_explains_every_column(tmp_path: Path) -> None:
    write_tables(sample_result(), tmp_path)
    book = openpyxl.load_workbook(tmp_path / "tables.xlsx")
    rows = list(book["Data dictionary"].iter_rows(min_row=2, values_only=True))
    titles = {row[2].removesuffix(".csv"): row[0] for row in rows if row[1] is None}
    explained = {(row[0], row[2]) for row in rows}
    for table in OUTPUT_TABLES.values():
        assert {(titles[table.name], column.name) for column in table.columns} <= explained
    heads = {(sheet.title, cell.value) for sheet in book.worksheets[1:-1] for cell in sheet[1]}
    assert heads <= {(row[0], row[1]) for row in rows}
    assert all(row[5] for row in rows)


def test_csv_has_a_mark_for_spreadsheets_and_reads_back(tmp_path: Path) -> None:
    result = sample_result()
    write_tables(result, tmp_path)
    assert (tmp_path / "tables" / "places.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    places = pd.read_csv(tmp_path / "tables" / "places.csv", encoding="utf-8-sig")
    assert "'=cmd|' /C calc'!A0" in set(places["name_en"])
    access = pd.read_csv(tmp_path / "tables" / "access_settlement.csv", encoding="utf-8-sig")
    assert len(access) == len(result.tables["access_settlement"])
    assert access["minutes"].max() == 181.3


def test_rounding_never_leaves_minus_zero() -> None:
    frame = typed("distance_check", pd.DataFrame([{"difference_share": -0.000001, "network_km": 12.3456}]))
    row = rounded(frame, OUTPUT_TABLES["distance_check"]).iloc[0]
    assert str(row["difference_share"]) == "0.0"
    assert row["network_km"] == 12.3


def test_layers_carry_minutes_and_verdicts(tmp_path: Path) -> None:
    write_layers(sample_result(), tmp_path / "results.gpkg")
    layers = gpd.list_layers(tmp_path / "results.gpkg")["name"].tolist()
    assert layers == ["settlements", "sites", "roads", "boundary", "layer_styles"]
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
