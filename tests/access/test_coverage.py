"""Everybody counts: shares and quantiles over all, mean and maximum over the reachable."""

from __future__ import annotations

import math

import numpy as np
import pytest

from geo.access.coverage import measure_coverage, weighted_quantile

INF = math.inf


def quantile(minutes: list[float], persons: list[int], share: float) -> float:
    return weighted_quantile(np.array(minutes, dtype=float), np.array(persons, dtype=np.int64), share)


@pytest.mark.parametrize(
    ("minutes", "persons", "share", "expected"),
    [
        ([10, 20, 30, 40], [1, 1, 1, 1], 0.5, 20),
        ([40, 10, 30, 20], [1, 1, 1, 1], 0.5, 20),
        ([10, 20], [50, 50], 0.5, 10),
        ([10, 20], [49, 51], 0.5, 20),
        (list(range(1, 11)), [1] * 10, 0.9, 9),
        (list(range(1, 11)), [1] * 10, 1.0, 10),
        ([10, 20, INF], [80, 10, 10], 0.9, 20),
        ([10, 20, INF], [80, 9, 11], 0.9, INF),
        ([5, 10, 20], [0, 60, 40], 0.5, 10),
        ([5, 10, 900], [50, 50, 0], 1.0, 10),
        ([7], [3], 0.9, 7),
    ],
)
def test_quantile_is_the_smallest_time_that_the_share_of_all_people_do_not_exceed(minutes, persons, share, expected):
    assert quantile(minutes, persons, share) == expected


def test_a_share_that_is_a_whole_number_of_people_is_not_rounded_up():
    assert quantile([1, 2], [3_300_000, 6_700_000], 0.33) == 1


def test_nobody_has_no_quantile():
    assert math.isnan(quantile([10, 20], [0, 0], 0.5))


def measured(minutes: list[float], persons: list[int], within: list[bool]):
    return measure_coverage(
        np.array(minutes, dtype=float), np.array(persons, dtype=np.int64), np.array(within), -0.02, 240.0
    )


def test_the_unreachable_stay_in_the_share_and_out_of_the_mean():
    result = measured([10, 50, INF], [60, 20, 20], [True, False, False])
    assert result.within_share == 0.6
    assert (result.within_persons, result.beyond_persons, result.unreachable_persons) == (60, 40, 20)
    assert result.mean_minutes == pytest.approx((60 * 10 + 20 * 50) / 80)
    assert result.max_minutes == 50
    assert result.p90_minutes == INF


def test_the_capped_are_the_unreachable_and_those_beyond_the_cap():
    result = measured([240, 241, INF], [1, 2, 4], [False, False, False])
    assert result.capped_persons == 6
    assert result.ede_minutes == pytest.approx(240)


def test_a_settlement_without_people_decides_nothing():
    result = measured([10, 900], [5, 0], [True, False])
    assert (result.max_minutes, result.mean_minutes, result.within_share) == (10, 10, 1.0)
    assert result.n_settlements == 2


def test_with_nobody_there_is_no_share_and_no_mean():
    result = measured([10, INF], [0, 0], [True, False])
    values = (result.within_share, result.mean_minutes, result.max_minutes, result.median_minutes, result.ede_minutes)
    assert all(math.isnan(value) for value in values)
    assert (result.persons, result.unreachable_persons) == (0, 0)


def test_where_nobody_can_get_there_the_mean_is_unknown_and_the_share_is_zero():
    result = measured([INF, INF], [3, 4], [False, False])
    assert math.isnan(result.mean_minutes)
    assert result.within_share == 0.0
    assert result.median_minutes == INF


def test_the_order_of_settlements_does_not_matter():
    minutes, persons, within = [10, 50, INF, 20], [60, 20, 20, 7], [True, False, False, True]
    order = [2, 0, 3, 1]
    shuffled = measured(*([values[i] for i in order] for values in (minutes, persons, within)))
    straight = measured(minutes, persons, within)
    for name in ("within_share", "median_minutes", "p90_minutes", "mean_minutes", "max_minutes", "ede_minutes"):
        assert getattr(shuffled, name) == pytest.approx(getattr(straight, name), rel=1e-12), name
