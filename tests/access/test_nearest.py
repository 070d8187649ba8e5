"""The nearest facilities and what is within the norm, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from geo.access.nearest import n_within, nearest_k_ms, share_with_options, supply_within
from geo.access.reach import Reach
from geo.units import UNREACHABLE_MS

MS = np.array(
    [[30, 10, 20], [10, 10, UNREACHABLE_MS], [UNREACHABLE_MS] * 3, [21, 40, 50], [20, 90, 20]], dtype=np.int32
)
PERSONS = np.array([100.0, 50.0, 30.0, 20.0, 0.0])


def test_the_nearest_in_order():
    assert nearest_k_ms(MS, 2).tolist() == [[10, 20], [10, 10], [UNREACHABLE_MS] * 2, [21, 40], [20, 20]]
    assert nearest_k_ms(MS, 1)[:, 0].tolist() == MS.min(axis=1).tolist()


def test_fewer_facilities_than_asked_for_are_filled_up():
    found = nearest_k_ms(MS, 5)
    assert found.shape == (5, 5)
    assert found.dtype == np.int32
    assert found[0].tolist() == [10, 20, 30, UNREACHABLE_MS, UNREACHABLE_MS]
    assert (nearest_k_ms(np.zeros((2, 0), np.int32), 3) == UNREACHABLE_MS).all()


def test_none_is_not_a_number_of_facilities():
    with pytest.raises(ValueError, match="at least 1"):
        nearest_k_ms(MS, 0)


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_it_is_the_beginning_of_the_sorted_row(k):
    rng = np.random.default_rng(k)
    ms = rng.integers(0, 40, (50, 9)).astype(np.int32)
    assert (nearest_k_ms(ms, k) == np.sort(ms, axis=1)[:, :k]).all()


def test_choice_within_the_norm_is_inclusive():
    assert n_within(MS, 20).tolist() == [2, 2, 0, 0, 2]
    assert n_within(MS, 21).tolist() == [2, 2, 0, 1, 2]


def test_no_limit_is_long_enough_for_no_way():
    assert n_within(MS, 2**31 - 1).tolist() == [3, 2, 0, 3, 3]
    assert supply_within(MS, np.ones(3), 2**31 - 1).tolist() == [3, 2, 0, 3, 3]


def test_supply_within():
    supply = np.array([5.0, 7.0, 11.0])
    assert supply_within(MS, supply, 20).tolist() == [18.0, 12.0, 0.0, 0.0, 16.0]
    assert supply_within(Reach.of(MS, 60), supply, 20).tolist() == [18.0, 12.0, 0.0, 0.0, 16.0]


def test_the_share_with_options_counts_everybody():
    assert share_with_options(MS, PERSONS, 20) == 150 / 200
    assert share_with_options(MS, PERSONS, 21, 1) == 170 / 200
    assert share_with_options(MS, PERSONS, 20, 3) == 0.0
    assert math.isnan(share_with_options(MS, 0 * PERSONS, 20))
