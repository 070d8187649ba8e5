from __future__ import annotations

import re
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.errors import Fault
from geo.tables.check import check, parse_number
from geo.tables.schema import Column, Table

PLAIN = Table(
    "plain",
    "For these tests",
    (
        Column("code", "text", "Key", required=True),
        Column(
            "persons", "integer", "People", unit="persons", code="people_persons", low=0, required=True, unknown=True
        ),
        Column("length_km", "number", "Length", unit="km", code="length_metres", factor=1000, low=0, high=250),
        Column("open", "boolean", "Open", default=True),
        Column("known", "boolean", "May be unknown"),
        Column("kind", "text", "Kind", choices=("school", "clinic"), default="school"),
        Column("name_kk", "text", "Name"),
        Column("name_ru", "text", "Name"),
    ),
    key="code",
    one_of=(("name_kk", "name_ru"),),
)
POINTS = Table(
    "points", "For these tests", (Column("code", "text", "Key", required=True),), key="code", geometry="Point"
)
LINES = Table(
    "lines", "For these tests", (Column("code", "text", "Key", required=True),), key="code", geometry="LineString"
)


def run(**columns: list[object]) -> tuple[pd.DataFrame, list[tuple[int, str, str]]]:
    n = len(next(iter(columns.values())))
    values = {"code": [f"c{i}" for i in range(n)], "persons": [1] * n, "name_kk": ["Ақкөл"] * n, **columns}
    frame, faults = check(PLAIN, pd.DataFrame(values, dtype=object), "plain.csv")
    return frame, [(fault.row, fault.column, fault.code) for fault in faults]


def test_values_are_typed_converted_and_named() -> None:
    frame, faults = run(
        code=["b", 7.0], persons=["1 200", 5], length_km=["2,5", None], open=["нет", ""], kind=["clinic", None]
    )
    assert faults == []
    assert list(frame.index) == ["7", "b"]
    assert frame.loc["b", ["people_persons", "length_metres", "open", "kind"]].tolist() == [
        1200,
        2500.0,
        False,
        "clinic",
    ]
    assert frame.loc["7", ["people_persons", "open", "kind"]].tolist() == [5, True, "school"]
    assert frame["length_metres"].isna().tolist() == [True, False]
    assert frame["known"].isna().all()
    assert frame["file_row"].tolist() == [3, 2]


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("persons", "-5", "negative-value"),
        ("persons", "2.5", "fractional-people"),
        ("persons", "около 200", "unreadable-value"),
        ("persons", True, "unreadable-value"),
        ("length_km", "inf", "unreadable-value"),
        ("length_km", 251, "out-of-range"),
        ("open", "maybe", "unreadable-value"),
        ("kind", "scool", "unknown-choice"),
        ("code", " ", "blank-value"),
    ],
)
def test_a_bad_value_is_located_and_its_row_left_out(column: str, value: object, code: str) -> None:
    good = {"code": "a", "persons": 1, "length_km": 1, "open": "1", "kind": "school"}[column]
    frame, faults = run(**{column: [good, value]})
    assert faults == [(3, column, code)]
    assert frame["file_row"].tolist() == [2]


@pytest.mark.parametrize("blank", ["", " ", "-", "н/д", None, float("nan"), pd.NA, pd.NaT])
def test_blank_people_are_unknown_and_not_zero(blank: object) -> None:
    frame, faults = run(persons=[blank])
    assert frame["people_persons"].isna().tolist() == [True]
    assert faults == [(2, "persons", "unknown-value")]


def test_every_fault_of_a_file_is_gathered() -> None:
    _frame, faults = run(persons=["x", "-1"], length_km=["y", 1], kind=["school", "z"])
    assert set(faults) == {
        (2, "persons", "unreadable-value"),
        (2, "length_km", "unreadable-value"),
        (3, "persons", "negative-value"),
        (3, "kind", "unknown-choice"),
    }


def test_remedies_name_the_nearest() -> None:
    raw = pd.DataFrame({"code": ["a"], "person": [1], "kind": ["scool"], "name_ru": ["А"]})
    _frame, faults = check(PLAIN, raw, "plain.csv")
    remedies = {(fault.column, fault.code): fault.remedy for fault in faults}
    assert remedies == {
        ("persons", "missing-column"): "Rename column person?",
        ("person", "unknown-column"): "Did you mean persons?",
        ("kind", "unknown-choice"): "Did you mean school?",
    }


def test_duplicate_keys_name_the_first_row() -> None:
    raw = pd.DataFrame({"code": ["a", "b", "a"], "persons": 1, "name_kk": "А", "file_row": [2, 5, 9]})
    frame, faults = check(PLAIN, raw, "plain.csv")
    assert list(frame.index) == ["a", "b"]
    assert [str(fault) for fault in faults] == [
        "plain.csv, row 9, column code: a is already used in row 2. Give every row its own code."
    ]


def test_one_of_several_columns_is_enough() -> None:
    _frame, faults = run(name_kk=["А", None, None], name_ru=[None, "А", "-"])
    assert faults == [(4, "name_kk", "blank-value")]


def test_choices_of_the_study() -> None:
    raw = pd.DataFrame({"code": ["a", "b"], "persons": 1, "name_kk": "А", "kind": ["bank", "school"]})
    frame, faults = check(PLAIN, raw, "plain.csv", choices={"kind": ("bank",)})
    assert list(frame.index) == ["a"]
    assert [fault.row for fault in faults] == [3]


def test_points_come_from_columns_or_from_a_layer() -> None:
    table = Table(
        "points", "", (*POINTS.columns, Column("lon", "number", ""), Column("lat", "number", "")), "code", "Point"
    )
    from_columns, faults = check(table, pd.DataFrame({"code": ["a"], "lon": ["70,5"], "lat": [50]}), "p.csv")
    assert faults == []
    layer = gpd.GeoDataFrame({"code": ["a"]}, geometry=[shapely.Point(70.5, 50)], crs="EPSG:4326")
    from_layer, faults = check(table, layer.to_crs(32642), "p.gpkg")
    assert faults == []
    assert from_layer.geometry["a"].distance(from_columns.geometry["a"]) < 1e-9
    assert from_layer.loc["a", "lon"] == pytest.approx(70.5)
    assert from_columns.crs == from_layer.crs == "EPSG:4326"


@pytest.mark.parametrize(
    ("shape", "code"),
    [(None, "no-geometry"), (shapely.Point(70, 50), "wrong-geometry"), (shapely.LineString(), "no-geometry")],
)
def test_geometry_of_the_wrong_kind(shape: shapely.Geometry | None, code: str) -> None:
    layer = gpd.GeoDataFrame({"code": ["a"]}, geometry=gpd.GeoSeries([shape], crs="EPSG:4326"))
    frame, faults = check(LINES, layer, "l.gpkg")
    assert len(frame) == 0
    assert [(fault.row, fault.code) for fault in faults] == [(2, code)]


def test_a_layer_without_crs_is_an_error() -> None:
    layer = gpd.GeoDataFrame({"code": ["a"]}, geometry=[shapely.LineString([(0, 0), (1, 1)])])
    _frame, faults = check(LINES, layer, "l.gpkg")
    assert [(fault.code, fault.severity) for fault in faults] == [("no-crs", "error")]


@pytest.mark.parametrize(
    "values",
    [
        ["1", " 1 ", "1", None, "-"],
        [True, 1, 1.0, "1", None],
        [0.0, -0.0, 0.0, None, float("nan")],
        [True, False, True, None, None],
        [2.5, 2.5, 7.0, 0.5, None],
        ["school", "scool", "school", "scool", ""],
        [{"a": 1}, "school", "1", None, b"1"],
    ],
)
def test_a_value_means_the_same_alone_and_among_others(values: list[object]) -> None:
    for column in PLAIN.columns[1:6]:
        together = run(**{column.name: values})
        apart = [run(**{"code": [f"c{row}"], column.name: [value]}) for row, value in enumerate(values)]
        assert [code for _row, _column, code in together[1]] == [code for one in apart for *_place, code in one[1]]
        found = together[0][column.code_name]
        expected = pd.concat([one[0][column.code_name] for one in apart])
        assert found.dtype == apart[0][0][column.code_name].dtype
        assert [(type(one), repr(one)) for one in found] == [(type(one), repr(one)) for one in expected]


def test_an_empty_table_keeps_its_columns() -> None:
    frame, faults = check(PLAIN, pd.DataFrame({"code": [], "persons": []}), "plain.csv")
    assert [(fault.code, fault.severity) for fault in faults] == [("empty-table", "warning")]
    assert [column.code_name for column in PLAIN.columns] == list(frame.columns[:-1])


def test_a_table_that_a_study_cannot_do_without_may_not_be_empty() -> None:
    needed = replace(PLAIN, needs_rows=True)
    _frame, faults = check(needed, pd.DataFrame({"code": [], "persons": []}), "plain.csv")
    assert [(fault.code, fault.severity) for fault in faults] == [("empty-table", "error")]


def test_without_its_key_column_no_row_is_sound() -> None:
    frame, faults = check(PLAIN, pd.DataFrame({"cod": ["a"], "persons": [1], "name_kk": ["A"]}), "plain.csv")
    assert len(frame) == 0
    missing = next(fault for fault in faults if fault.code == "missing-column")
    assert (missing.row, missing.column, missing.remedy) == (1, "code", "Rename column cod?")


@pytest.mark.parametrize(
    ("text", "number"),
    [("1 234,5", 1234.5), ("1\u00a0234", 1234.0), ("-.5", -0.5), ("1e3", 1000.0), ("1'000", 1000.0), (7, 7.0)],
)
def test_numbers_as_people_write_them(text: object, number: float) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize("text", ["1.2.3", "12 дворов", "nan", float("nan"), float("inf"), True, "1,2,3"])
def test_what_is_no_number(text: object) -> None:
    with pytest.raises(ValueError, match=re.escape(str(text))):
        parse_number(text)


def test_a_fault_reads_as_one_line() -> None:
    fault = Fault("a.csv", 3, "kind", "x", "Wrong.", "Mend it.")
    assert str(fault) == "a.csv, row 3, column kind: Wrong. Mend it."
    assert str(Fault("a.csv", 0, "", "x", "Wrong.", "")) == "a.csv: Wrong."
