"""Hamilton-Perry for the six villages, worked by hand, and the laws of the method."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.planning.cohorts import change_ratios, persons_of_ages, project_cohorts
from tests.planning.district import AGE_SHARES_NOW, AGES_BEFORE, AGES_NOW, VILLAGES

A, E = VILLAGES.index("A"), VILLAGES.index("E")


class TestByHand:
    """Without shrinkage: every village by its own two counts (tests/planning/district.py)."""

    RATIOS = change_ratios(AGES_BEFORE, AGES_NOW, prior_persons=0)

    def test_ratios(self):
        # A: everybody stayed; of the last two groups, 1 % + 1 % of the people, 1 % is left.
        assert self.RATIOS.change[A].tolist() == pytest.approx([1.0] * 16 + [0.5])
        # E: of those of 15 to 19 years (12 %) half are there as 20 to 24 (6 %).
        assert self.RATIOS.change[E].tolist() == pytest.approx([1.0] * 3 + [0.5] + [1.0] * 12 + [0.5])
        # Children of 0-4 are 8 %; those of 15 to 49 are 7 + 6 + 6 + 7 + 7 + 7 + 6 = 46 %.
        assert self.RATIOS.children.tolist() == pytest.approx([8 / 46] * 6)

    def test_five_years_on(self):
        people = project_cohorts(AGES_NOW, self.RATIOS, [0, 5])
        # A, in % of today: today's 0-4 to 75-79 are one group older (97 %), the open group is (2 + 1) / 2 = 1.5 %;
        # of 15 to 49 years are 8 + 7 + 6 + 6 + 7 + 7 + 7 = 48 %, and their children 48 x 8 / 46 = 8.347826 %.
        assert people[1, A].sum() == pytest.approx(3000 * (97 + 1.5 + 8.347826) / 100, abs=1e-4)
        # E: of 20 to 24 years are 7 / 2 = 3.5 instead of 7 %; so 44.5 % of 15 to 49, with 44.5 x 8 / 46 = 7.739130 %.
        assert people[1, E].sum() == pytest.approx(40 * (97 - 3.5 + 1.5 + 7.739130) / 100, abs=1e-6)
        np.testing.assert_allclose(people[0], AGES_NOW)

    def test_years_between_change_evenly(self):
        people = project_cohorts(AGES_NOW, self.RATIOS, [0, 2, 5])
        np.testing.assert_allclose(people[1], people[0] + 0.4 * (people[2] - people[0]))

    def test_the_tiny_village_leans_on_its_district(self):
        # Of 15 to 19 years: in A, B, F 6 % of 5,000, in C, D, E 12 % of 670 before; 6 % of 5,670 of 20 to 24 now.
        of_district = (0.06 * 5670) / (0.06 * 5000 + 0.12 * 670)
        assert of_district == pytest.approx(0.894322, abs=5e-7)
        ratios = change_ratios(AGES_BEFORE, AGES_NOW, prior_persons=50)
        # E has 4.8 before and 2.4 now: (2.4 + 50 x 0.894322) / (4.8 + 50).
        assert ratios.change[E, 3] == pytest.approx(0.859783, abs=5e-7)
        # A has 180 and 180: (180 + 50 x 0.894322) / (180 + 50) = 0.977026.
        assert ratios.change[A, 3] == pytest.approx(0.977026, abs=1e-6)


class TestLaws:
    counts = st.lists(st.integers(0, 60), min_size=12, max_size=12)

    @given(before=counts, now=counts, prior=st.floats(0, 500))
    @settings(max_examples=60, deadline=None)
    def test_a_unit_of_one_settlement_is_not_shrunk(self, before, now, prior):
        own = change_ratios([before], [now], prior)
        alone = change_ratios([before], [now], 0)
        np.testing.assert_allclose(own.change, alone.change)

    @given(data=st.lists(st.tuples(counts, counts), min_size=2, max_size=5), prior=st.floats(0.1, 500))
    @settings(max_examples=60, deadline=None)
    def test_ratios_lie_between_the_own_and_the_unit_s(self, data, prior):
        before, now = (np.array(part) for part in zip(*data, strict=True))
        own, shrunken = change_ratios(before, now, 0).change, change_ratios(before, now, prior).change
        unit = change_ratios(before.sum(axis=0, keepdims=True), now.sum(axis=0, keepdims=True), 0).change
        low, high = np.minimum(own, unit), np.maximum(own, unit)
        assert ((shrunken >= low - 1e-9) & (shrunken <= high + 1e-9)).all()

    @given(now=counts, years=st.integers(0, 40))
    @settings(max_examples=60, deadline=None)
    def test_people_are_never_negative_and_none_stay_none(self, now, years):
        ratios = change_ratios(AGES_BEFORE[:1, :12], AGES_NOW[:1, :12])
        people = project_cohorts([now], ratios, [years])
        assert (people >= 0).all()
        assert (people.sum() > 0) or sum(now[:10]) == 0 or years > 0

    @given(factor=st.floats(0.1, 10))
    @settings(max_examples=30, deadline=None)
    def test_twice_the_people_are_twice_the_people_later(self, factor):
        ratios = change_ratios(AGES_BEFORE, AGES_NOW, 0)
        larger = change_ratios(factor * AGES_BEFORE, factor * AGES_NOW, 0)
        np.testing.assert_allclose(
            project_cohorts(factor * AGES_NOW, larger, [13]), factor * project_cohorts(AGES_NOW, ratios, [13])
        )


class TestUnknown:
    def test_a_missing_group_makes_a_settlement_unknown_and_counts_for_nobody(self):
        before, now = AGES_BEFORE.copy(), AGES_NOW.copy()
        now[E, 4] = np.nan
        found = change_ratios(before, now)
        without = change_ratios(np.delete(before, E, axis=0), np.delete(now, E, axis=0))
        assert np.isnan(found.change[E]).all()
        assert np.isnan(found.children[E])
        np.testing.assert_array_equal(np.delete(found.change, E, axis=0), without.change)
        assert np.isnan(project_cohorts(now, found, [5])[0, E]).all()

    def test_nobody_of_an_age_in_the_unit(self):
        before = np.zeros((2, 12))
        assert (change_ratios(before, before, 0).change == 1).all()

    @pytest.mark.parametrize("shape", [(2, 10), (12,), (2, 3, 12)])
    def test_other_shapes_are_refused(self, shape):
        with pytest.raises(ValueError, match="age groups"):
            change_ratios(np.ones(shape), np.ones(shape))

    def test_years_before_the_count_are_refused(self):
        with pytest.raises(ValueError, match="negative"):
            project_cohorts(AGES_NOW, change_ratios(AGES_BEFORE, AGES_NOW), [-1])


class TestAges:
    def test_a_group_is_spread_evenly(self):
        # 6 to 9 are four fifths of 5-9; 0 to 5 all of 0-4 and a fifth of 5-9; 63 and over two fifths of 60-64 and more.
        percent = 100 * AGE_SHARES_NOW
        assert persons_of_ages(percent, 6, 9) == pytest.approx(0.8 * 8)
        assert persons_of_ages(percent, 0, 5) == pytest.approx(8 + 0.2 * 8)
        assert persons_of_ages(percent, 63, None) == pytest.approx(0.4 * 5 + 4 + 3 + 3 + 2 + 1)
        assert persons_of_ages(percent, 15, 17) == pytest.approx(0.6 * 7)

    def test_all_ages_are_everybody(self):
        assert persons_of_ages(AGES_NOW, 0, None) == pytest.approx(AGES_NOW.sum(axis=1))
        parts = [(0, 5), (6, 9), (10, 14), (15, 17), (18, 62), (63, None)]
        assert sum(persons_of_ages(AGES_NOW, *part) for part in parts) == pytest.approx(AGES_NOW.sum(axis=1))
