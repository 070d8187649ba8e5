from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from openpyxl import Workbook

from geo.errors import DataError
from geo.read.tabular import read_declared, read_raw
from geo.tables import CLOSURES, COSTS, HAZARDS, REFERENCE_DISTANCES


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding=encoding)
    return path


def points() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"name": ["A", "B"]}, geometry=gpd.points_from_xy([70, 71], [50, 51]), crs="EPSG:4326")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_is_text_with_the_rows_of_a_spreadsheet(tmp_path: Path, encoding: str, separator: str) -> None:
    path = write(tmp_path / "a.csv", "id|name\n007|Ақкөл\n\n2|Б\n".replace("|", separator), encoding)
    raw = read_raw(path, "a.csv")
    assert raw.to_dict("list") == {"id": ["007", "2"], "name": ["Ақкөл", "Б"], "file_row": [2, 4]}


def test_csv_keeps_quoted_separators_and_line_breaks(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'id,note\n1,"a, b\nc"\n2,d\n')
    raw = read_raw(path, "a.csv")
    assert raw["note"].tolist() == ["a, b\nc", "d"]
    assert raw["file_row"].tolist() == [2, 3]


def test_rows_with_too_many_cells_are_one_error_each_and_nothing_else(tmp_path: Path) -> None:
    text = "edge_id,season,probability\nw1,thaw,0,5\nw2,thaw,\nw3,thaw\nw4,thaw,1,,\n,thaw,0,5,,\n"
    path = write(tmp_path / "a.csv", text)
    frame, faults = read_declared(CLOSURES, path, "a.csv")
    assert [(fault.row, fault.code) for fault in faults] == [(2, "wrong-length"), (6, "wrong-length")]
    assert {fault.message for fault in faults} == {"The row has 4 cells, row 1 has 3."}
    assert "quotes" in faults[0].remedy
    assert frame["road_id"].tolist() == ["w2", "w3", "w4"]
    assert read_raw(path, "a.csv")["edge_id"].tolist() == ["w1", "w2", "w3", "w4", ""]


def test_a_file_of_which_every_row_has_too_many_cells_is_not_called_empty(tmp_path: Path) -> None:
    # A spreadsheet that saves such a file again gives the added column a blank name.
    frame, faults = read_declared(CLOSURES, write(tmp_path / "a.csv", "edge_id,season,\nw1,thaw,5\n"), "a.csv")
    assert (len(frame), [(fault.row, fault.code) for fault in faults]) == (0, [(2, "wrong-length")])


def book_of(path: Path, *rows: tuple[object, ...]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_columns_that_stand_twice_are_an_error(tmp_path: Path) -> None:
    files = [
        write(tmp_path / "a.csv", "edge_id,season,note, season ,note\nw1,thaw,,winter,\n"),
        book_of(tmp_path / "a.xlsx", ("edge_id", "season", "note", "season", "note"), ("w1", "thaw", "", "winter", "")),
    ]
    for path in files:
        faults = read_declared(CLOSURES, path, path.name)[1]
        assert [(fault.row, fault.column, fault.code) for fault in faults if fault.severity == "error"] == [
            (1, "season", "repeated-column"),
            (1, "note", "repeated-column"),
        ]
        assert faults[0].message == "The column season stands twice."


def test_cells_beside_the_table_of_a_workbook_are_a_column_without_a_name(tmp_path: Path) -> None:
    path = book_of(tmp_path / "a.xlsx", ("edge_id", "season"), ("w1", "thaw", "seen by Ali"))
    frame, faults = read_declared(CLOSURES, path, "a.xlsx")
    assert (len(frame), [(fault.column, fault.severity) for fault in faults]) == (1, [("column_3", "note")])


@pytest.mark.parametrize(
    "text",
    [
        'id;"Село, верхнее, нижнее"\n1;2\n',
        '"Село, верхнее, нижнее";id\r\n2;1\r\n',
        '"Село, ""верхнее"",\nнижнее";id\n2;1\n',
        '5" pipe, old;id;"a,b,c"\n2;1;3\n',
    ],
)
def test_separators_in_quotes_do_not_count(tmp_path: Path, text: str) -> None:
    raw = read_raw(write(tmp_path / "a.csv", text), "a.csv")
    assert raw["id"].tolist() == ["1"]
    assert raw.iloc[:, : raw.columns.get_loc("file_row")].shape[1] == text.splitlines()[-1].count(";") + 1


@pytest.mark.parametrize("first", ["sep=;\n", "\ufeffsep=;\r\n", '"SEP=;"\r'])
def test_the_line_that_tells_excel_the_separator_is_no_header(tmp_path: Path, first: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes((first + "edge_id,season;season\nw1;thaw\nw2;thaw;x\n").encode())
    raw = read_raw(path, "a.csv")
    assert raw["edge_id,season"].tolist() == ["w1", "w2"]
    assert raw["file_row"].tolist() == [3, 4]
    path.write_bytes((first + "edge_id;season\nw1;thaw\nw2;thaw;x\n").encode())
    assert [(fault.row, fault.code) for fault in read_declared(CLOSURES, path, "a.csv")[1]] == [(4, "wrong-length")]


def test_a_workbook_under_the_name_of_a_csv_file_is_told_from_text(tmp_path: Path) -> None:
    path = book_of(tmp_path / "a.xlsx", ("edge_id",), ("w1",)).rename(tmp_path / "a.csv")
    with pytest.raises(DataError, match="Change the end of its name"):
        read_raw(path, "a.csv")


def test_csv_whose_alphabet_cannot_be_told_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "id,name\n1,Село\n", "koi8-r")
    with pytest.raises(DataError, match="UTF-8") as caught:
        read_raw(path, "tables/a.csv")
    assert caught.value.faults[0].file == "tables/a.csv"


def test_book_is_read_by_value_and_sheet(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["id", "value"])
    book.active.append(["a", 1.5])
    book.active.append([None, None])
    book.active.append(["b", "=1+1"])
    book.create_sheet("other").append(["x"])
    path = tmp_path / "a.xlsx"
    book.save(path)
    raw = read_raw(path, "a.xlsx")
    assert raw["id"].tolist() == ["a", "b"]
    assert raw["value"].tolist() == [1.5, None]
    assert raw["file_row"].tolist() == [2, 4]
    assert list(read_raw(path, "a.xlsx", "other").columns) == ["x", "file_row"]
    with pytest.raises(DataError, match="Sheet, other"):
        read_raw(path, "a.xlsx", "third")


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "shp"])
def test_layers(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    points().to_file(path)
    raw = read_raw(path, path.name)
    assert raw.crs == "EPSG:4326"
    assert raw["name"].tolist() == ["A", "B"]
    assert raw["file_row"].tolist() == [2, 3]
    assert raw.geometry.x.tolist() == [70, 71]


def test_first_or_named_layer_of_a_geopackage(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    points().to_file(path, layer="first")
    points().iloc[:1].to_file(path, layer="second")
    assert len(read_raw(path, "a.gpkg")) == 2
    assert len(read_raw(path, "a.gpkg", "second")) == 1
    with pytest.raises(DataError, match="first, second"):
        read_raw(path, "a.gpkg", "third")


def test_a_layer_without_crs_is_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "a.shp"
    points().to_file(path)
    (tmp_path / "a.prj").unlink()
    assert read_raw(path, "a.shp").crs is None


def test_zipped_shapefile_beside_mac_folders(tmp_path: Path) -> None:
    points().to_file(tmp_path / "a.shp")
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for suffix in ("shp", "shx", "dbf", "prj"):
            archive.write(tmp_path / f"a.{suffix}", f"a.{suffix}")
        archive.writestr("__MACOSX/._a.shp", "x")
    assert read_raw(path, "a.zip")["name"].tolist() == ["A", "B"]


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.gpkg", "a.zip", "a.docx"])
def test_unreadable_files_are_one_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="does not exist"):
        read_raw(tmp_path / name, name)
    (tmp_path / name).write_bytes(b"\xff\x00broken")
    with pytest.raises(DataError) as caught:
        read_raw(tmp_path / name, name)
    assert [fault.file for fault in caught.value.faults] == [name]


def test_an_empty_file_has_no_header(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Row 1"):
        read_raw(write(tmp_path / "a.csv", ""), "a.csv")


def test_declared_tables(tmp_path: Path) -> None:
    costs = write(
        tmp_path / "costs.csv", "item;unit;value;price_year;source\nphc/fap;object;1 234,5;2024;akimat\n;km;-5;2024;x\n"
    )
    frame, faults = read_declared(COSTS, costs, "costs.csv")
    assert frame["value"].to_dict() == {"phc/fap": 1234.5}
    assert sorted((fault.row, fault.column, fault.code) for fault in faults) == [
        (2, "value", "number-notation"),
        (3, "item", "blank-value"),
        (3, "value", "negative-value"),
    ]
    closures = write(tmp_path / "closures.csv", "edge_id,season\nw1,thaw\n")
    frame, faults = read_declared(CLOSURES, closures, "closures.csv")
    assert (frame["road_id"].tolist(), frame["probability"].tolist(), faults) == (["w1"], [1.0], [])
    distances = write(tmp_path / "d.csv", "from_id,to_id,published_km,source\na,b,12,x\n")
    assert len(read_declared(REFERENCE_DISTANCES, distances, "d.csv")[0]) == 1


def test_declared_layer(tmp_path: Path) -> None:
    path = tmp_path / "hazards.geojson"
    values = {"kind": ["flood", "fire"], "effect": "exclude", "buffer_km": 2}
    gpd.GeoDataFrame(values, geometry=[shapely.box(70, 50, 71, 51)] * 2, crs="EPSG:4326").to_file(path)
    frame, faults = read_declared(HAZARDS, path, "hazards.geojson")
    assert frame["buffer_metres"].tolist() == [2000]
    assert [(fault.row, fault.code) for fault in faults] == [(3, "unknown-choice")]
    assert pd.Index(["kind", "effect"]).isin(frame.columns).all()


@pytest.mark.shared
def test_cox_s_bazar_shapefiles(shared: Path) -> None:
    folder = shared / "bangladesh-coxsbazar"
    schools = read_raw(folder / "education_cxb.zip", "education_cxb.zip")
    clinics = read_raw(folder / "health_cxb.zip", "health_cxb.zip")
    assert (len(schools), len(clinics)) == (788, 21)
    assert schools.crs.to_epsg() == 32646


def _without(whole: Path, path: Path, part: str, *more: zipfile.ZipInfo) -> Path:
    """Copy a workbook but for one part and all links to it, and add members."""
    short = part.rpartition("/")[2].partition(".")[0].encode()
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name).replace(short, b"none") if more else old.read(name))
        for member in more:
            new.writestr(member, b"")
    return path


def test_a_workbook_without_styles_is_read_whatever_else_is_in_it(tmp_path: Path) -> None:
    whole = book_of(tmp_path / "a.xlsx", ("edge_id", "season"), ("w1", "thaw"))
    nameless = zipfile.ZipInfo()
    nameless.filename = "\0"  # Readers cut names at the first zero.
    path = _without(whole, tmp_path / "b.xlsx", "xl/styles.xml", nameless)
    with zipfile.ZipFile(path) as book:
        assert "" in book.namelist()
    assert read_raw(path, "b.xlsx")["edge_id"].tolist() == ["w1"]


def test_a_workbook_whose_styles_are_named_and_gone_is_refused(tmp_path: Path) -> None:
    whole = book_of(tmp_path / "a.xlsx", ("edge_id", "season"), ("w1", "thaw"))
    with pytest.raises(DataError, match="styles"):
        read_raw(_without(whole, tmp_path / "b.xlsx", "xl/styles.xml"), "b.xlsx")
