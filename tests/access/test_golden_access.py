"""Golden values of the six villages (A.1, A.2), from roads to indicators."""

from __future__ import annotations

import numpy as np
import pytest

from geo.access.equity import kolm_pollak_ede, kolm_pollak_kappa
from tests import toy
from tests.access.toy_access import baseline_kappa, coverage, nearest

TODAY = {
    # season: mean of the reachable, within 30 of all, within 60 of all, unreachable people
    "dry": (23.6178, 0.7407, 0.8201, 0),
    "winter": (32.3394, 0.5291, 0.7407, 0),
    "thaw": (25.0223, 0.7407, 0.7407, 220),
}
ONE_MORE = {
    # facility besides A: mean, max, within 30, within 60, EDE; dry
    "B": (11.509, 82.8, 0.8201, 0.9929, 15.4295),
    "C": (12.4192, 54.0, 0.8519, 1.0, 14.6528),
    "D": (17.869, 70.0, 0.8589, 0.8589, 23.3763),
    "E": (20.8904, 73.7143, 0.7795, 0.8589, 27.4799),
    "F": (11.5021, 94.0, 0.8818, 0.9612, 14.9611),
}


@pytest.mark.parametrize("season", TODAY)
def test_access_today(season):
    mean, within_30, within_60, unreachable = TODAY[season]
    measured = coverage(season, "A")
    assert measured.mean_minutes == pytest.approx(mean, abs=5e-5)
    assert measured.within_share == pytest.approx(within_30, abs=5e-5)
    assert coverage(season, "A", 60).within_share == pytest.approx(within_60, abs=5e-5)
    assert measured.unreachable_persons == unreachable
    assert measured.persons == measured.within_persons + measured.beyond_persons == 5670


def test_the_thaw_mean_is_better_than_in_winter_although_people_are_cut_off():
    thaw, winter = coverage("thaw", "A"), coverage("winter", "A")
    assert thaw.mean_minutes < winter.mean_minutes
    assert thaw.unreachable_persons > winter.unreachable_persons == 0
    assert thaw.ede_minutes > winter.ede_minutes, "the EDE counts the cut off at the cap"


@pytest.mark.parametrize("facility", ONE_MORE)
def test_access_with_one_more_facility(facility):
    mean, longest, within_30, within_60, ede = ONE_MORE[facility]
    measured = coverage("dry", "A" + facility)
    assert measured.mean_minutes == pytest.approx(mean, abs=5e-5)
    assert measured.max_minutes == pytest.approx(longest, abs=5e-5)
    assert measured.within_share == pytest.approx(within_30, abs=5e-5)
    assert coverage("dry", "A" + facility, 60).within_share == pytest.approx(within_60, abs=5e-5)
    assert measured.ede_minutes == pytest.approx(ede, abs=5e-5)


@pytest.mark.parametrize(("facility", "cut_off"), [("F", 220), ("D", 40)])
def test_who_stays_cut_off_in_thaw(facility, cut_off):
    assert coverage("thaw", "A" + facility).unreachable_persons == cut_off


def test_kappa_and_equivalent_of_today():
    assert baseline_kappa() == pytest.approx(-0.0162624, abs=5e-8)
    assert coverage("dry", "A").ede_minutes == pytest.approx(31.8198, abs=5e-5)


def test_five_minutes_more_for_everybody_are_five_minutes_more():
    later = nearest("dry", "A") + 5
    assert kolm_pollak_ede(later, toy.PERSONS, baseline_kappa()) == pytest.approx(36.8198, abs=5e-5)
    own_kappa = kolm_pollak_kappa(later, toy.PERSONS, -1.0)
    assert kolm_pollak_ede(later, toy.PERSONS, own_kappa) == pytest.approx(37.0607, abs=5e-5), "why kappa is kept"


def test_exactly_thirty_minutes_are_within_thirty():
    dry = nearest("dry", "C")
    assert dry[toy.VILLAGES.index("D")] == 30.0
    within = [village for village, minutes in zip(toy.VILLAGES, dry, strict=True) if minutes <= 30]
    assert within == ["B", "C", "D"]
    assert coverage("dry", "C").within_persons == 1200 + 450 + 180


@pytest.mark.parametrize("season", TODAY)
def test_another_facility_never_makes_anything_worse(season):
    today = coverage(season, "A")
    for facility in "BCDEF":
        more = coverage(season, "A" + facility)
        assert more.within_persons >= today.within_persons
        assert more.unreachable_persons <= today.unreachable_persons
        assert more.ede_minutes <= today.ede_minutes
        assert more.p90_minutes <= today.p90_minutes
    assert np.isfinite(today.ede_minutes)
