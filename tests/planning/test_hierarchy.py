"""Referral between levels in the six-village district: the places are the villages, so that its times are theirs."""

from __future__ import annotations

import numpy as np
import pytest

from geo.planning.case import NOTHING
from geo.planning.hierarchy import level_of, need_referral_ms, referral_ms
from geo.planning.measure import measure_year
from geo.units import UNREACHABLE_MS
from tests.planning.district import VILLAGES, times_ms
from tests.planning.planned import ambulatory_in_a, clinics, kept


def case_with_points():
    """A has an ambulatory; C and D have feldsher points; F has an ambulatory in a second case."""
    return clinics([ambulatory_in_a(), kept("C", {"phc": 1}), kept("D", {"phc": 1}), kept("F", {"school": 1})])


def test_levels_in_force():
    case = case_with_points()
    assert list(level_of(case, case.today, "phc")) == [2, -1, 1, 1, -1, -1]
    assert list(level_of(case, case.today, "school")) == [-1, -1, -1, -1, -1, 1]
    assert list(level_of(case, np.full(6, NOTHING), "phc")) == [-1] * 6


def test_referral_by_season():
    case = case_with_points()
    ms, to = referral_ms(case, case.today, times_ms(), "phc", 2)
    # C to A: 54.51 dry, 73.29 winter, 66.86 thaw; D to A: 84.51, 133.29, none in thaw. F offers no such service.
    assert ms[:, VILLAGES.index("C")] / 60_000 == pytest.approx([54.5143, 73.2857, 66.8571], abs=1e-3)
    assert ms[:2, VILLAGES.index("D")] / 60_000 == pytest.approx([84.5143, 133.2857], abs=1e-3)
    assert ms[2, VILLAGES.index("D")] == UNREACHABLE_MS
    assert list(to[2]) == [0, -1, 0, -1, -1, -1]
    assert list(ms[:, 0]) == [0, 0, 0]
    assert (ms[:, VILLAGES.index("F")] == UNREACHABLE_MS).all()


def test_village_is_referred_by_the_place_that_serves_it():
    # E is served by D (24 min dry) and referred from there: 84.51 dry; in thaw nothing serves E.
    case = case_with_points()
    year = measure_year(case, 0, case.today, case.today)
    ms, _to = referral_ms(case, case.today, times_ms(), "phc", 2)
    found = need_referral_ms(ms, year.served_by)
    assert found[:, VILLAGES.index("E")][0] / 60_000 == pytest.approx(84.5143, abs=1e-3)
    assert found[2, VILLAGES.index("E")] == UNREACHABLE_MS
    # B is nearer to A (25.71) than to C (28.80): no further way.
    assert found[0, VILLAGES.index("B")] == 0


def test_no_such_level():
    case = case_with_points()
    ms, to = referral_ms(case, case.today, times_ms(), "phc", 3)
    assert (ms == UNREACHABLE_MS).all()
    assert (to == -1).all()


def test_wrong_shape_is_refused():
    case = case_with_points()
    with pytest.raises(ValueError, match="between_ms has shape"):
        referral_ms(case, case.today, times_ms()[:1], "phc", 2)
