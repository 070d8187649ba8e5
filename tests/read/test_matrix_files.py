"""Matrices of minutes as people save them: wide or long, any separator; everything that is wrong is located."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from openpyxl import Workbook

from geo.errors import DataError
from geo.read.matrix_files import (
    MOST_FAULTS,
    LongMatrix,
    WideMatrix,
    read_demand,
    read_matrix,
    read_sites,
)
from geo.units import UNREACHABLE_MS

N = UNREACHABLE_MS


def write(folder: Path, text: str, name: str = "M.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(path: Path) -> list[tuple[int, str, str]]:
    matrix, faults = read_matrix(path)
    assert matrix is None
    return [(fault.row, fault.column, fault.code) for fault in faults]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_wide_matrix(tmp_path, separator):
    text = "settlement_id|s1|s2\nв2|1.5|0\n007|12|30.00001\n".replace("|", separator)
    matrix, faults = read_matrix(write(tmp_path, "\ufeff" + text))
    assert faults == []
    assert isinstance(matrix, WideMatrix)
    assert (matrix.settlement_ids, matrix.site_ids, matrix.rows) == (("в2", "007"), ("s1", "s2"), (2, 3))
    assert matrix.milliseconds.dtype == np.int32
    assert matrix.milliseconds.tolist() == [[90_000, 0], [720_000, 1_800_001]]


def test_decimal_commas(tmp_path):
    for text in ("settlement_id;s1;s2\na;1,5;\n", 'settlement_id,s1,s2\na,"1,5",\n'):
        matrix, faults = read_matrix(write(tmp_path, text))
        assert faults == []
        assert matrix.milliseconds.tolist() == [[90_000, N]]


@pytest.mark.parametrize("cell", ["", " ", "inf", "Inf", "+inf", "Infinity", "∞", "NaN", "nan", "-", "—"])
def test_what_means_that_there_is_no_way(tmp_path, cell):
    matrix, faults = read_matrix(write(tmp_path, f"settlement_id,s1,s2\na,{cell},2\n"))
    assert faults == []
    assert matrix.milliseconds.tolist() == [[N, 120_000]]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("far", "unreadable-value"),
        ("н/д", "unreadable-value"),
        ("1_000", "unreadable-value"),
        ("-inf", "unreadable-value"),
        ("-1", "negative-value"),
        ("17896", "out-of-range"),
    ],
)
def test_cells_that_are_no_minutes_are_located(tmp_path, cell, code):
    wide = write(tmp_path, f"settlement_id,s1,s2\na,1,2\n\nb,3,{cell}\n")
    assert faults_of(wide) == [(4, "s2", code)]
    long = write(tmp_path, f"settlement_id,site_id,minutes\na,s1,1\nb,s2,{cell}\n")
    assert faults_of(long) == [(3, "minutes", code)]


def test_a_long_matrix_with_columns_in_any_order(tmp_path):
    text = "site_id,note,minutes,settlement_id\ns2,x,1,a\ns1,,,a\ns1,,0.5,b\n"
    matrix, faults = read_matrix(write(tmp_path, text))
    assert faults == []
    assert isinstance(matrix, LongMatrix)
    assert (matrix.settlement_ids, matrix.site_ids) == (("a", "a", "b"), ("s2", "s1", "s1"))
    assert matrix.milliseconds.tolist() == [60_000, N, 30_000]


def test_every_fault_of_a_wide_matrix_at_once(tmp_path):
    text = "settlement_id,s1,s1,,s2\na,1,2,3,4\na,1,2,3,4\n,1,2,3,4\nb,1,2\nc,1,2,3,4,5\nd,x,-2,3,4\n"
    found = faults_of(write(tmp_path, text))
    assert found == [
        (1, "s1", "duplicate-id"),
        (1, "", "blank-value"),
        (3, "settlement_id", "duplicate-id"),
        (4, "settlement_id", "blank-value"),
        (5, "", "wrong-length"),
        (6, "", "wrong-length"),
        (7, "s1", "unreadable-value"),
        (7, "s1", "negative-value"),
    ]


def test_blank_columns_at_the_end_are_left_aside(tmp_path):
    matrix, faults = read_matrix(write(tmp_path, "settlement_id,s1,,\na,1,,\n"))
    assert faults == []
    assert (matrix.site_ids, matrix.milliseconds.tolist()) == (("s1",), [[60_000]])


def test_every_fault_of_a_long_matrix_at_once(tmp_path):
    text = "settlement_id,site_id,minutes\na,s1,1\na,s1,2\n,s1,3\nb,,4\nc,s1\nd,s1,x\n"
    found = faults_of(write(tmp_path, text))
    assert found == [
        (3, "site_id", "duplicate-id"),
        (4, "settlement_id", "blank-value"),
        (5, "site_id", "blank-value"),
        (6, "", "wrong-length"),
        (7, "minutes", "unreadable-value"),
    ]


def test_columns_that_stand_twice(tmp_path):
    long = write(tmp_path, "settlement_id,site_id,minutes,minutes\na,s1,1,2\n")
    assert faults_of(long) == [(1, "minutes", "repeated-column")]
    wide = write(tmp_path, "settlement_id,s1,settlement_id\na,1,2\n")
    assert faults_of(wide) == [(1, "settlement_id", "repeated-column")]
    _frame, faults = read_demand(write(tmp_path, "settlement_id,demand,demand\na,1,2\n"))
    assert [str(fault).split(": ")[1] for fault in faults] == [
        "The column demand stands twice. Delete one of them, or give it another name."
    ]


def test_decimal_commas_without_quotes_are_no_columns(tmp_path):
    _frame, faults = read_demand(write(tmp_path, "settlement_id,demand\nv1,100,5\nv2,7\nv3,1,5,\n"))
    assert [(fault.row, fault.code) for fault in faults] == [(2, "wrong-length"), (4, "wrong-length")]
    _matrix, of_matrix = read_matrix(write(tmp_path, "settlement_id,s1\nv1,100,5\n"))
    assert (of_matrix[0].message, of_matrix[0].remedy) == (faults[0].message, faults[0].remedy)


def test_separators_in_quotes_and_the_line_for_excel(tmp_path):
    matrix, faults = read_matrix(write(tmp_path, 'settlement_id;"Село, верхнее"\na;1,5\n'))
    assert (faults, matrix.site_ids, matrix.milliseconds.tolist()) == ([], ("Село, верхнее",), [[90_000]])
    matrix, faults = read_matrix(write(tmp_path, "sep=;\nsettlement_id;s1\na;1,5\n"))
    assert (faults, matrix.rows, matrix.milliseconds.tolist()) == ([], (3,), [[90_000]])
    assert faults_of(write(tmp_path, "sep=;\nsettlement_id;s1\na;x\n")) == [(3, "s1", "unreadable-value")]


def test_a_matrix_that_is_a_workbook(tmp_path):
    book = Workbook()
    book.active.append(["settlement_id", "s1"])
    book.save(tmp_path / "M.xlsx")
    with pytest.raises(DataError, match="A matrix is a CSV file: save it as “CSV UTF-8”") as caught:
        read_matrix(tmp_path / "M.xlsx")
    assert "study" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "row", "code"),
    [
        ("", 1, "no-header"),
        ("\n", 1, "no-header"),
        ("village,s1\na,1\n", 1, "missing-column"),
        ("settlement_id,site_id\na,s1\n", 1, "missing-column"),
        ("settlement_id,s1\n", 0, "empty-table"),
        ("settlement_id\na\n", 0, "empty-table"),
        ("settlement_id,site_id,minutes\n", 0, "empty-table"),
    ],
)
def test_a_file_that_is_no_matrix(tmp_path, text, row, code):
    assert [(found[0], found[2]) for found in faults_of(write(tmp_path, text))] == [(row, code)]


def test_a_matrix_that_is_wrong_everywhere_does_not_drown_the_reader(tmp_path):
    rows = "".join(f"v{k}," + ",".join(["-1"] * 100) + "\n" for k in range(50))
    path = write(tmp_path, "settlement_id," + ",".join(f"s{k}" for k in range(100)) + "\n" + rows)
    assert len(faults_of(path)) == MOST_FAULTS


def test_a_file_that_is_missing_or_no_text_is_one_error(tmp_path):
    with pytest.raises(DataError, match="does not exist"):
        read_matrix(tmp_path / "none.csv")
    path = tmp_path / "M.csv"
    path.write_bytes("settlement_id,s1\nауыл,1\n".encode("cp1251"))
    with pytest.raises(DataError, match="UTF-8"):
        read_matrix(path)


def test_demand_is_checked_like_any_table(tmp_path):
    frame, faults = read_demand(write(tmp_path, "settlement_id;demand\nb;1 200\na;2,5\n"))
    assert [(fault.row, fault.code, fault.severity) for fault in faults] == [
        (2, "number-notation", "repaired"),
        (3, "number-notation", "repaired"),
    ]
    assert frame["demand"].to_dict() == {"a": 2.5, "b": 1200.0}
    _frame, faults = read_demand(write(tmp_path, "settlement_id,demand\na,-1\nb,\na,3\nc,many\n"))
    assert [(fault.row, fault.code) for fault in faults] == [
        (2, "negative-value"),
        (3, "blank-value"),
        (5, "unreadable-value"),
        (4, "duplicate-id"),
    ]


def test_sites_are_candidates_unless_the_file_says_otherwise(tmp_path):
    frame, faults = read_sites(write(tmp_path, "site_id,status,cost\ns1,,5\ns2,open,\n"))
    assert faults == []
    assert frame["status"].to_dict() == {"s1": "candidate", "s2": "open"}
    assert frame["cost"].isna().to_dict() == {"s1": False, "s2": True}
    _frame, faults = read_sites(write(tmp_path, "site_id,status,capacity\ns1,opened,-1\n"))
    assert [(fault.row, fault.column, fault.code) for fault in faults] == [
        (2, "status", "unknown-choice"),
        (2, "capacity", "negative-value"),
    ]
