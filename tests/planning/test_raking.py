"""Settlements add up: to the total of a unit, to the person, and ties always go the same way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.planning.demand import project
from geo.planning.raking import largest_remainder, raking_factors

people = st.lists(st.floats(0, 5000), min_size=1, max_size=30)


class TestLargestRemainder:
    def test_by_hand(self):
        # 1.6 + 2.3 + 0.1 = 4: whole parts 1 + 2 + 0 = 3, and the one left goes to .6.
        assert largest_remainder([1.6, 2.3, 0.1]).tolist() == [2, 2, 0]

    def test_the_six_villages_to_a_total(self):
        # 5,670 people to 5,000: x 5000 / 5670 = .88183. A 2645.503, B 1058.201, C 396.825, D 158.730, E 35.273,
        # F 705.467: whole parts 4,997; the three left go to C (.825), D (.730) and A (.503).
        found = largest_remainder([3000, 1200, 450, 180, 40, 800], 5000)
        assert found.tolist() == [2646, 1058, 397, 159, 35, 705]

    def test_of_equals_the_first(self):
        assert largest_remainder([0.5, 0.5, 0.5, 0.5]).tolist() == [1, 1, 0, 0]
        assert largest_remainder([1, 1, 1], 4).tolist() == [2, 1, 1]

    def test_half_a_person_is_a_person(self):
        assert largest_remainder([0.25, 0.25]).sum() == 1

    @given(values=people)
    def test_it_adds_up_and_nobody_is_a_person_off(self, values):
        found = largest_remainder(values)
        assert found.sum() == int(np.floor(np.sum(values) + 0.5))
        assert (np.abs(found - values) <= 1 + 1e-6 * np.sum(values)).all()

    @given(values=st.lists(st.integers(0, 10_000), max_size=30))
    def test_whole_people_stay(self, values):
        assert largest_remainder(values).tolist() == values

    @given(values=people, total=st.integers(0, 100_000))
    def test_any_total_is_met(self, values, total):
        if sum(values) > 0:
            assert largest_remainder(values, total).sum() == total

    @pytest.mark.parametrize("values", [[-1.0], [np.nan]])
    def test_wrong_values_are_refused(self, values):
        with pytest.raises(ValueError, match="known"):
            largest_remainder(values)

    def test_nothing_to_share_out_to(self):
        assert largest_remainder([0, 0], 0).tolist() == [0, 0]
        with pytest.raises(ValueError, match="shared out"):
            largest_remainder([0, 0], 3)


class TestRaking:
    YEARS = (2024, 2026, 2029, 2034)

    def test_controls_are_met_and_led_up_to(self):
        # 100, 100, 100, 100 projected; 81 counted on in 2034, ten years on: .9 of them are on the way in 2029.
        found = raking_factors([100] * 4, self.YEARS, {2034: 81})
        assert found.tolist() == pytest.approx([1, 0.81**0.2, 0.9, 0.81])

    def test_the_factor_stays_after_the_last_control(self):
        found = raking_factors([100, 90, 80, 70], self.YEARS, {2026: 99})
        assert found.tolist() == pytest.approx([1, 1.1, 1.1, 1.1])

    def test_a_total_of_today_or_of_another_year_is_not_used(self):
        assert raking_factors([100] * 4, self.YEARS, {2024: 5, 2025: 5}).tolist() == [1] * 4

    @given(
        now=st.lists(st.integers(1, 9000), min_size=1, max_size=20),
        rate=st.floats(-0.1, 0.1),
        total=st.integers(1, 200_000),
    )
    def test_whole_settlements_add_up_to_the_control_total(self, now, rate, total):
        later = np.stack([project(now, rate, after) for after in (0, 2, 5, 10)])
        factors = raking_factors(later.sum(axis=1), self.YEARS, {2034: total})
        assert largest_remainder(later[-1] * factors[-1]).sum() == total
        assert largest_remainder(later[0] * factors[0]).tolist() == now

    @pytest.mark.parametrize(("sums", "controls"), [([0, 1, 1, 1], {}), ([1] * 4, {2026: 0})])
    def test_nobody_is_no_total(self, sums, controls):
        with pytest.raises(ValueError, match="above 0"):
            raking_factors(sums, self.YEARS, controls)
