"""Projection of settlements: the golden village of A.5, laws of growth and shrinkage, and unknown staying unknown."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.planning.demand import (
    first_step_below,
    first_year_below,
    growth_rate,
    project,
    project_range,
    shrunken_rate,
    unit_growth,
)

rates = st.floats(-0.3, 0.3)
people = st.floats(0, 10_000)
years = st.integers(1, 30)


class TestGolden:
    """Kamenka, Kostanay oblast: 86 people in 2020, 44 in 2023 (domain brief A.5)."""

    RATE = growth_rate(86, 44, 3)

    def test_rate(self):
        assert float(self.RATE) == pytest.approx(-0.223386, abs=5e-7)

    def test_five_years_on(self):
        found = float(project(44, self.RATE, 5))
        assert math.floor(found * 10_000) / 10_000 == 14.4004, "A.5 cuts off, it does not round"
        assert found == pytest.approx(44 * (44 / 86) ** (5 / 3), rel=1e-12)

    def test_shrunken_to_a_steady_district_it_falls_more_slowly(self):
        r = shrunken_rate(self.RATE, 3, -0.01)
        assert float(r) == pytest.approx((3 * -0.223386 + 5 * -0.01) / 8, abs=5e-7)
        assert float(project(44, r, 5)) > 28

    def test_it_was_below_fifty_in_the_third_year(self):
        assert first_year_below(86, self.RATE, 50, 2020, 2030) == 2023


class TestRate:
    @pytest.mark.parametrize(
        ("before", "now", "apart"),
        [
            (0, 40, 3),
            (40, 0, 3),
            (0, 0, 3),
            (np.nan, 40, 3),
            (40, np.nan, 3),
            (40, 50, 0),
            (40, 50, -2),
            (40, 50, np.nan),
        ],
    )
    def test_unknown(self, before, now, apart):
        assert np.isnan(growth_rate(before, now, apart))

    def test_one_per_settlement(self):
        found = growth_rate([100, np.nan, 0], [100, 50, 5], 10)
        np.testing.assert_array_equal(found, [0, np.nan, np.nan])

    @given(before=st.integers(1, 10_000), now=st.integers(1, 10_000), apart=years)
    def test_the_rate_leads_from_the_one_count_to_the_other(self, before, now, apart):
        assert float(project(before, growth_rate(before, now, apart), apart)) == pytest.approx(now)


class TestUnit:
    def test_the_whole_and_the_spread(self):
        rate, spread = unit_growth([100, 1000, np.nan, 0], [50, 1100, 70, 9], 10)
        own = [math.log(0.5) / 10, math.log(1.1) / 10]
        assert rate == pytest.approx(math.log(1150 / 1100) / 10)
        assert spread == pytest.approx(np.std(own, ddof=1))

    def test_counts_of_different_years(self):
        rate, _spread = unit_growth([100, 100], [100 * math.exp(0.1), 100 * math.exp(0.2)], [5, 10])
        assert rate == pytest.approx(0.02, rel=0.02)

    def test_one_settlement_has_no_spread(self):
        rate, spread = unit_growth([100, np.nan], [90, 40], 10)
        assert rate == pytest.approx(math.log(0.9) / 10)
        assert math.isnan(spread)

    def test_no_history_at_all(self):
        assert all(math.isnan(value) for value in unit_growth([np.nan], [40], 10))


class TestShrinkage:
    @given(own=rates, unit=rates, apart=years)
    def test_between_the_own_and_the_unit_s(self, own, unit, apart):
        low, high = sorted((own, unit))
        assert low - 1e-12 <= float(shrunken_rate(own, apart, unit)) <= high + 1e-12

    @given(own=rates, unit=rates, apart=years)
    def test_longer_observation_is_nearer_to_the_own(self, own, unit, apart):
        short, long = (abs(float(shrunken_rate(own, n, unit)) - own) for n in (apart, apart + 1))
        assert long <= short + 1e-12

    def test_without_a_prior_it_is_the_own(self):
        assert shrunken_rate(-0.2, 3, 0.1, prior_years=0) == pytest.approx(-0.2)

    @pytest.mark.parametrize(("own", "unit"), [(np.nan, 0.01), (0.01, np.nan)])
    def test_unknown_is_not_replaced_by_the_other(self, own, unit):
        assert np.isnan(shrunken_rate(own, 10, unit))


class TestProjection:
    @given(now=people, ahead=years)
    def test_no_growth_keeps_everybody(self, now, ahead):
        assert float(project(now, 0.0, ahead)) == now

    @given(now=people, one=rates, other=rates, ahead=years)
    def test_a_higher_rate_never_gives_fewer(self, now, one, other, ahead):
        low, high = sorted((one, other))
        assert project(now, low, ahead) <= project(now, high, ahead)

    def test_nobody_stays_nobody(self):
        assert project(0, 0.05, 10) == 0

    @pytest.mark.parametrize(("now", "rate"), [(np.nan, 0.01), (40, np.nan), (0, np.nan)])
    def test_unknown(self, now, rate):
        assert np.isnan(project(now, rate, 10))

    def test_low_and_high_lie_around(self):
        found = project_range([100, 100], [-0.02, np.nan], 0.01, 10)
        assert (found.low[0], found.base[0], found.high[0]) == pytest.approx(
            (100 * math.exp(-0.3), 100 * math.exp(-0.2), 100 * math.exp(-0.1))
        )
        assert np.isnan([found.low[1], found.base[1], found.high[1]]).all()

    def test_without_a_spread_the_base_is_still_known(self):
        found = project_range(100, -0.02, np.nan, 10)
        assert np.isfinite(found.base)
        assert np.isnan([found.low, found.high]).all()


class TestThreshold:
    def test_already_below_is_now_whatever_the_rate(self):
        assert first_year_below([49, 49, 49], [0.1, -0.1, np.nan], 50, 2024, 2034).tolist() == [2024] * 3

    def test_exactly_as_many_are_not_below(self):
        assert first_year_below(50, 0.0, 50, 2024, 2034) == np.inf

    def test_not_by_the_horizon_is_not_unknown(self):
        found = first_year_below([60, 60, np.nan], [-0.001, np.nan, -0.1], 50, 2024, 2034)
        np.testing.assert_array_equal(found, [np.inf, np.nan, np.nan])

    def test_the_horizon_itself_counts(self):
        rate = math.log(49 / 60) / 10
        assert first_year_below(60, rate, 50, 2024, 2034) == 2034
        assert first_year_below(60, rate, 50, 2024, 2033) == np.inf

    @given(now=people, rate=rates)
    def test_the_year_before_is_not_below(self, now, rate):
        found = float(first_year_below(now, rate, 50, 2024, 2050))
        if math.isinf(found):
            assert project(now, rate, 26) >= 50
        else:
            assert project(now, rate, found - 2024) < 50
            assert found == 2024 or project(now, rate, found - 1 - 2024) >= 50


class TestSteps:
    def test_the_first_step_below_counts_though_it_recovers(self):
        course = [[60, 49, 60, 50], [55, 60, 60, 50], [49, 60, 60, 50], [60, 60, 60, 50]]
        np.testing.assert_array_equal(first_step_below(course, 50), [2, 0, np.inf, np.inf])

    def test_unknown_before_is_unknown_and_after_does_not_matter(self):
        course = [[np.nan, 60, 60], [40, np.nan, 40], [40, 40, np.nan]]
        np.testing.assert_array_equal(first_step_below(course, 50), [np.nan, np.nan, 1])

    def test_thresholds_of_their_own(self):
        assert first_step_below([[60, 60], [45, 45]], [50, 41]).tolist() == [1, np.inf]

    @given(now=people, rate=rates)
    def test_it_is_the_first_year_of_a_growth(self, now, rate):
        course = np.array([[project(now, rate, ahead)] for ahead in range(27)], dtype=float)
        course[0] = now
        assert 2024 + first_step_below(course, 50)[0] == first_year_below(now, rate, 50, 2024, 2050)
