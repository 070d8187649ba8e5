"""A user's files are joined by id: the order of rows and columns decides nothing, and nobody is lost in silence."""

from __future__ import annotations

import numpy as np

from geo.read.matrix_files import LongMatrix, WideMatrix
from geo.travel.given import Listed, give_times, unmatched
from geo.units import UNREACHABLE_MS


def wide() -> WideMatrix:
    return WideMatrix("M.csv", ("b", "a"), ("s2", "s1"), (2, 3), np.array([[1, 2], [3, UNREACHABLE_MS]], np.int32))


def test_rows_and_columns_are_in_the_order_of_ids():
    times = give_times(wide())
    assert (times.settlement_ids, times.site_ids) == (("a", "b"), ("s1", "s2"))
    assert times.milliseconds.tolist() == [[UNREACHABLE_MS, 3], [2, 1]]
    assert times.n_unreachable_pairs == 1


def test_pairs_that_are_not_listed_have_no_way():
    long = LongMatrix("M.csv", ("b", "a", "b"), ("s2", "s2", "s1"), (2, 3, 4), np.array([1, 3, 2], np.int32))
    np.testing.assert_array_equal(give_times(long).milliseconds, give_times(wide()).milliseconds)


def test_ids_that_one_file_has_and_another_lacks():
    demand, sites = Listed("D.csv", {"b": 2, "c": 3}), Listed("S.csv", {"s1": 5, "s9": 6})
    found = [(fault.file, fault.row, fault.column, fault.message) for fault in unmatched(wide(), demand, sites)]
    assert found == [
        ("M.csv", 3, "settlement_id", "a is not in D.csv."),
        ("D.csv", 3, "settlement_id", "c is not in M.csv."),
        ("M.csv", 1, "site_id", "s2 is not in S.csv."),
        ("S.csv", 6, "site_id", "s9 is not in M.csv."),
    ]
    assert [fault.row for fault in unmatched(wide(), Listed("D.csv", {"a": 2, "b": 3}), None)] == []
