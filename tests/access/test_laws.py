"""Every registered indicator against the laws it declares, and against those it does not."""

from __future__ import annotations

import numpy as np
import pytest

from geo.access.indicator import LAWS, AccessData, Law
from geo.access.registry import ACCESS, INDICATORS
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS
from tests.access.laws import CHECKS, Check, assert_no_worse, districts, measure, with_facility

#: Competition: who keeps the way gains when the other one loses it.
SHARING = ("two_step", "e2sfca_steps", "e2sfca_gauss", "m2sfca", "three_step", "joseph_bantock", "spar")
DECLARED = [(name, law) for name, indicator in INDICATORS.items() for law in sorted(indicator.laws)]
UNDECLARED = [(name, law) for name, indicator in INDICATORS.items() for law in LAWS if law not in indicator.laws]
NO_WAY = UNREACHABLE_MS / MS_PER_MINUTE


def district(minutes: list[list[float]], persons: list[float], supply: list[float], limit: float = 60) -> AccessData:
    ms = np.rint(np.array(minutes) * MS_PER_MINUTE).astype(np.int32)
    return AccessData(ms, np.array(persons, dtype=float), np.array(supply, dtype=float), limit)


def broken(check: Check, name: str) -> bool:
    for data, rng in districts(300):
        try:
            check(INDICATORS[name], data, rng)
        except AssertionError:
            return True
    return False


def test_every_law_has_a_check():
    assert set(CHECKS) == set(LAWS)


def test_every_indicator_declares_known_laws():
    assert all(indicator.laws <= set(LAWS) for indicator in INDICATORS.values())
    assert all("order-free" in indicator.laws for indicator in INDICATORS.values())


@pytest.mark.parametrize(("name", "law"), DECLARED)
def test_an_indicator_obeys_the_laws_it_declares(name: str, law: Law):
    for data, rng in districts(150):
        CHECKS[law](INDICATORS[name], data, rng)


@pytest.mark.parametrize(("name", "law"), UNDECLARED)
def test_a_law_that_is_not_declared_is_broken_somewhere(name: str, law: Law):
    assert broken(CHECKS[law], name), f"{name} seems to obey {law}: declare it"


@pytest.mark.parametrize("name", SHARING)
def test_a_neighbour_cut_off_leaves_more_for_the_others(name: str):
    before = measure(INDICATORS[name], district([[10], [10]], [100, 100], [2]))
    after = measure(INDICATORS[name], district([[10], [NO_WAY]], [100, 100], [2]))
    assert after[0] > before[0] > after[1] == 0


def test_with_three_steps_an_empty_facility_next_door_lowers_a_score():
    before = district([[10], [10]], [100, 100], [10])
    after = with_facility(before, np.array([10 * MS_PER_MINUTE, UNREACHABLE_MS]), 0)
    assert measure(ACCESS["three_step"], before) == pytest.approx([0.05, 0.05])
    assert measure(ACCESS["three_step"], after) == pytest.approx([1 / 30, 1 / 15])
    assert measure(ACCESS["two_step"], after) == pytest.approx([0.05, 0.05])


@pytest.mark.parametrize("name", ["mean_minutes", "max_minutes"])
def test_connecting_a_far_village_worsens_what_covers_the_reachable_only(name: str):
    cut_off, connected = (district([[10], [far]], [100, 100], [1]) for far in (NO_WAY, 200))
    before, after = (measure(ACCESS[name], data) for data in (cut_off, connected))
    assert before == 10
    assert after > before
    with pytest.raises(AssertionError):
        assert_no_worse(ACCESS[name], before, after)
    for honest in ("p90_minutes", "kolm_pollak_ede", "within_share"):
        assert_no_worse(ACCESS[honest], measure(ACCESS[honest], cut_off), measure(ACCESS[honest], connected))


def test_helping_the_best_off_raises_gini():
    today, later = (district([[first], [20], [60], [90]], [1, 1, 1, 1], [1]) for first in (10, 2))
    before, after = (measure(INDICATORS["gini"], data) for data in (today, later))
    assert (float(before[0]), float(after[0])) == (pytest.approx(0.388889, abs=5e-7), pytest.approx(0.44186, abs=5e-7))
    assert "another-facility-never-worsens" not in INDICATORS["gini"].laws


@pytest.mark.parametrize("name", INDICATORS)
def test_without_facilities_or_people_nothing_breaks(name: str):
    for data in (
        AccessData(np.zeros((3, 0), np.int32), np.ones(3), np.zeros(0), 60),
        AccessData(np.full((3, 2), UNREACHABLE_MS, np.int32), np.zeros(3), np.ones(2), 60),
        AccessData(np.full((3, 2), 60_000, np.int32), np.zeros(3), np.ones(2), 60),
    ):
        values = measure(INDICATORS[name], data)
        assert len(values) in {1, 3}
        assert not np.isnan(values).any() or len(values) == 1, "unknown is for the whole only"


def test_data_that_do_not_fit_together_are_refused():
    with pytest.raises(ValueError, match="persons 2"):
        AccessData(np.zeros((3, 1), np.int32), np.ones(2), np.ones(1), 60)
