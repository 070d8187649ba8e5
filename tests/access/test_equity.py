"""Kolm-Pollak: the golden values of A.4, and the laws for which it was chosen over Gini."""

from __future__ import annotations

import math

import numpy as np
import pytest

from geo.access.equity import kolm_pollak_ede, kolm_pollak_kappa

TODAY = [10, 20, 60, 90]
EQUAL = [1, 1, 1, 1]
KAPPA = kolm_pollak_kappa(TODAY, EQUAL, -1.0)


def test_kappa_of_the_four_villages():
    assert pytest.approx(-0.0147541, abs=5e-8) == KAPPA


@pytest.mark.parametrize(
    ("minutes", "ede"),
    [(TODAY, 52.6559), ([2, 20, 60, 90], 51.6430), ([5, 10, 30, 45], 24.4169), ([10, 20, 60, 82], 49.3013)],
    ids=["today", "the best-off helped", "all halved", "the worst-off helped"],
)
def test_the_equivalent_of_the_four_villages(minutes, ede):
    assert kolm_pollak_ede(minutes, EQUAL, KAPPA) == pytest.approx(ede, abs=5e-5)


def test_helping_the_worst_off_counts_three_times_as_much():
    best_off = 52.6559 - kolm_pollak_ede([2, 20, 60, 90], EQUAL, KAPPA)
    worst_off = 52.6559 - kolm_pollak_ede([10, 20, 60, 82], EQUAL, KAPPA)
    assert worst_off > 3 * best_off > 0


def test_it_is_at_least_the_mean_and_equal_to_it_for_equal_times():
    assert kolm_pollak_ede(TODAY, EQUAL, KAPPA) > np.mean(TODAY)
    assert kolm_pollak_ede([45, 45, 45], [1, 7, 3], KAPPA) == pytest.approx(45)


def test_more_people_in_the_same_places_change_nothing():
    persons = np.array([3000, 40, 450, 180])
    once, twice = (kolm_pollak_ede(TODAY, persons * n, KAPPA) for n in (1, 2))
    assert twice == pytest.approx(once, rel=1e-12)
    assert kolm_pollak_kappa(TODAY, 2 * persons, -1) == pytest.approx(kolm_pollak_kappa(TODAY, persons, -1))


def test_in_hours_kappa_is_sixty_times_as_large_and_the_equivalent_the_same():
    hours = np.array(TODAY) / 60
    kappa = kolm_pollak_kappa(hours, EQUAL, -1.0)
    assert kappa == pytest.approx(60 * KAPPA)
    assert 60 * kolm_pollak_ede(hours, EQUAL, kappa) == pytest.approx(kolm_pollak_ede(TODAY, EQUAL, KAPPA))


def test_more_aversion_never_lowers_the_equivalent():
    values = [kolm_pollak_ede(TODAY, EQUAL, kolm_pollak_kappa(TODAY, EQUAL, aversion)) for aversion in (-0.01, -1, -4)]
    assert values == sorted(values)
    assert values[0] == pytest.approx(np.mean(TODAY), abs=0.1)


def test_long_times_do_not_overflow():
    assert kolm_pollak_ede([0.0, 1e6], [1, 1], -1.0) == pytest.approx(1e6 - math.log(2))


def test_settlements_without_people_do_not_count():
    assert kolm_pollak_ede([*TODAY, 9999], [*EQUAL, 0], KAPPA) == pytest.approx(52.6559, abs=5e-5)
    assert math.isnan(kolm_pollak_ede([10.0], [0], KAPPA))


def test_without_any_time_there_is_no_inequality_to_weigh():
    kappa = kolm_pollak_kappa([0.0, 0.0], [5, 7], -2.0)
    assert kappa == -2.0
    assert kolm_pollak_ede([0.0, 0.0], [5, 7], kappa) == pytest.approx(0.0)
