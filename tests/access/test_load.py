"""Catchments: nobody is lost, nobody is in two places, and the capacitated one is the best there is."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.access.load import (
    catchment_capacity,
    catchment_gravity,
    catchment_nearest,
    speaks,
    utilisation,
    verdicts,
)
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS

NO_WAY = UNREACHABLE_MS // MS_PER_MINUTE + 1


def ms(minutes) -> np.ndarray:
    return np.minimum(np.array(minutes, dtype=np.int64) * MS_PER_MINUTE, UNREACHABLE_MS).astype(np.int32)


def world(seed: int, n: int, m: int) -> tuple[np.ndarray, np.ndarray, np.random.Generator]:
    rng = np.random.default_rng(seed)
    minutes = rng.integers(1, 9, (n, m))
    minutes[rng.random((n, m)) < 0.2] = NO_WAY
    return ms(minutes), rng.integers(0, 5, n), rng


class TestNearest:
    def test_the_first_of_equally_near_ones(self):
        found = catchment_nearest(ms([[5, 5, 9], [7, 6, 6], [NO_WAY, NO_WAY, NO_WAY]]), [10, 20, 40])
        assert found.assigned.tolist() == [0, 1, -1]
        assert found.load_persons.tolist() == [10, 20, 0]
        assert found.unserved_persons.tolist() == [0, 0, 40]

    def test_without_facilities_everybody_is_unserved(self):
        found = catchment_nearest(np.zeros((2, 0), dtype=np.int32), [3, 4])
        assert (found.assigned.tolist(), found.load_persons.tolist()) == ([-1, -1], [])
        assert found.unserved_persons.tolist() == [3, 4]

    @pytest.mark.parametrize("persons", [[1, np.nan], [1, -1], [1, 2, 3]])
    def test_unknown_people_are_refused(self, persons):
        with pytest.raises(ValueError, match="known number of people"):
            catchment_nearest(ms([[1], [2]]), persons)


class TestGravity:
    def test_by_hand(self):
        found = catchment_gravity(ms([[10, 20], [NO_WAY, 30]]), [100, 50], [1, 2])
        share = (1 / 100) / (1 / 100 + 2 / 400)
        assert found.load_persons == pytest.approx([100 * share, 100 * (1 - share) + 50])

    def test_a_facility_without_supply_draws_nobody(self):
        found = catchment_gravity(ms([[1, 20], [1, NO_WAY]]), [100, 7], [0, 3])
        assert found.load_persons.tolist() == [0, 100]
        assert found.unserved_persons.tolist() == [0, 7]

    def test_nothing_supplied_leaves_all_unserved(self):
        found = catchment_gravity(ms([[1, 20]]), [100], [0, 0])
        assert (found.load_persons.tolist(), found.unserved_persons.tolist()) == ([0, 0], [100])

    def test_steeper_is_nearer_and_endlessly_steep_is_the_nearest(self):
        times, people = ms([[10, 20]]), [100]
        loads = [catchment_gravity(times, people, [1, 1], e).load_persons[0] for e in (0, 1, 2, 500)]
        assert loads == sorted(loads)
        assert (loads[0], loads[-1]) == (50, 100)

    def test_the_host_s_own_time_may_be_nothing(self):
        found = catchment_gravity(ms([[0, 2]]), [100], [1, 1], least_minutes=1.0)
        assert found.load_persons == pytest.approx([80, 20])

    def test_more_settlements_than_are_weighed_at_a_time(self):
        times, people, rng = world(3, 1300, 4)
        supply = rng.uniform(0.5, 2, 4)
        whole = catchment_gravity(times, people, supply)
        halves = [catchment_gravity(times[k::2], people[k::2], supply) for k in (0, 1)]
        assert whole.load_persons == pytest.approx(sum(half.load_persons for half in halves))
        assert whole.unserved_persons[1::2].tolist() == halves[1].unserved_persons.tolist()

    @pytest.mark.parametrize("supply", [[1, np.nan], [1, -1], [1], [1, np.inf]])
    def test_unknown_supply_is_refused(self, supply):
        with pytest.raises(ValueError, match="known supply"):
            catchment_gravity(ms([[1, 2]]), [1], supply)

    def test_a_time_of_nothing_cannot_be_the_shortest(self):
        with pytest.raises(ValueError, match="above 0"):
            catchment_gravity(ms([[1, 2]]), [1], [1, 1], least_minutes=0)


class TestCapacity:
    def test_the_nearest_is_full_and_the_cheapest_to_move_goes_on(self):
        found = catchment_capacity(ms([[5, 30], [6, 10]]), [30, 20], [35, 100])
        triplets = list(zip(found.settlement.tolist(), found.facility.tolist(), found.persons.tolist(), strict=True))
        assert triplets == [(0, 0, 30), (1, 0, 5), (1, 1, 15)]
        assert found.share.tolist() == [1, 0.25, 0.75]
        assert found.load_persons.tolist() == [35, 15]
        assert found.short_places == 0

    def test_serving_more_people_goes_before_their_time(self):
        # The second settlement has but one way: the first must leave that facility, however far it then goes.
        found = catchment_capacity(ms([[1, 9000], [2, NO_WAY]]), [10, 10], [10, 10])
        assert found.unserved_persons.sum() == 0
        assert found.load_persons.tolist() == [10, 10]

    def test_short_by_so_many_places(self):
        found = catchment_capacity(ms([[5, 9], [5, 9], [NO_WAY, NO_WAY]]), [30, 20, 7], [25, 10])
        assert found.short_places == 15
        assert found.cut_off_persons.tolist() == [0, 0, 7]
        assert found.unplaced_persons.sum() == 15
        assert found.unserved_persons.sum() == 22

    @pytest.mark.parametrize("unknown", [np.inf, np.nan])
    def test_an_unknown_capacity_bounds_nothing(self, unknown):
        found = catchment_capacity(ms([[5, 9]]), [1000], [unknown, 50])
        assert found.load_persons.tolist() == [1000, 0]

    def test_half_a_place_is_none(self):
        assert catchment_capacity(ms([[5]]), [4], [3.9]).load_persons.tolist() == [3]

    def test_only_the_nearest_options_count(self):
        times = ms([[1, 2, 3]])
        assert catchment_capacity(times, [10], [4, 4, 4], n_options=2).short_places == 2
        assert catchment_capacity(times, [10], [4, 4, 4], n_options=3).short_places == 0

    def test_nobody_and_nothing(self):
        assert catchment_capacity(ms([[1, 2]]), [0], [5, 5]).load_persons.tolist() == [0, 0]
        found = catchment_capacity(np.zeros((2, 0), dtype=np.int32), [3, 4], [])
        assert found.cut_off_persons.tolist() == [3, 4]

    @pytest.mark.parametrize(
        ("persons", "capacity", "n_options", "words"),
        [
            ([1.5], [5], 3, "whole numbers"),
            ([1], [-1], 3, "capacity"),
            ([1], [5, 5], 3, "capacity"),
            ([1], [5], 0, "one"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, persons, capacity, n_options, words):
        with pytest.raises(ValueError, match=words):
            catchment_capacity(ms([[1]]), persons, capacity, n_options)

    @pytest.mark.parametrize("seed", range(40))
    def test_as_good_as_every_way_to_place_single_people(self, seed):
        times, people, rng = world(seed, 3, 2)
        people = np.minimum(people, 2)
        capacity = rng.integers(0, 4, 2).astype(float)
        if seed % 4 == 0:
            capacity[0] = np.inf
        found = catchment_capacity(times, people, capacity)
        minutes = times[found.settlement, found.facility] / MS_PER_MINUTE
        assert (found.unserved_persons.sum(), (minutes * found.persons).sum()) == best_of_all(times, people, capacity)

    def test_enough_places_everywhere_is_the_nearest(self):
        times, people, _rng = world(5, 200, 12)
        near = catchment_nearest(times, people)
        found = catchment_capacity(times, people, np.full(12, 10_000.0))
        assert found.load_persons.tolist() == near.load_persons.tolist()
        assert found.unserved_persons.tolist() == near.unserved_persons.tolist()

    def test_the_same_every_time(self):
        times, people, rng = world(8, 300, 20)
        capacity = rng.integers(5, 40, 20).astype(float)
        one, other = (catchment_capacity(times, people, capacity) for _ in range(2))
        for name in ("settlement", "facility", "persons", "unplaced_persons"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def best_of_all(times: np.ndarray, people: np.ndarray, capacity: np.ndarray) -> tuple[int, float]:
    """Return the fewest unserved, then the fewest person-minutes, over all ways to place each single person."""
    single = np.repeat(np.arange(len(people)), people)
    n_facilities = times.shape[1]
    best = (len(single), 0.0)
    for choice in itertools.product(range(-1, n_facilities), repeat=len(single)):
        used = np.bincount([c for c in choice if c >= 0], minlength=n_facilities)
        taken = [(i, c) for i, c in zip(single, choice, strict=True) if c >= 0]
        if (used > capacity).any() or any(times[i, c] >= UNREACHABLE_MS for i, c in taken):
            continue
        best = min(best, (choice.count(-1), sum(times[i, c] for i, c in taken) / MS_PER_MINUTE))
    return best


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 25), m=st.integers(1, 8))
def test_loads_and_unserved_are_all_people(seed, n, m):
    times, people, rng = world(seed, n, m)
    capacity = np.where(rng.random(m) < 0.2, np.inf, rng.integers(0, 12, m))
    near = catchment_nearest(times, people)
    full = catchment_capacity(times, people, capacity, n_options=3)
    drawn = catchment_gravity(times, people, rng.integers(0, 3, m))
    for found in (near, full, drawn):
        assert found.load_persons.sum() + found.unserved_persons.sum() == pytest.approx(people.sum(), abs=1e-9)
        assert (found.unserved_persons <= people).all()
    assert (full.load_persons <= capacity).all()
    assert (full.persons > 0).all()
    np.testing.assert_array_equal(full.cut_off_persons, near.unserved_persons)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_one_place_more_never_leaves_more_people_out(seed):
    times, people, rng = world(seed, 12, 4)
    capacity = rng.integers(0, 8, 4).astype(float)
    more = capacity + (np.arange(4) == rng.integers(4))
    before, after = (catchment_capacity(times, people, places).short_places for places in (capacity, more))
    assert before - 1 <= after <= before


class TestUtilisation:
    def test_unknown_is_neither_full_nor_empty(self):
        shares = utilisation([50, 50, np.nan, 10, 0, 5], [100, np.nan, 100, 0, 100, np.inf])
        np.testing.assert_array_equal(shares, [0.5, np.nan, np.nan, np.nan, 0, np.nan])
        assert verdicts(shares).tolist() == ["fitting", "unknown", "unknown", "unknown", "near_empty", "unknown"]

    def test_the_bounds_themselves_are_fitting(self):
        shares = utilisation([100, 101, 40, 39], [100, 100, 100, 100])
        assert verdicts(shares).tolist() == ["fitting", "overloaded", "fitting", "near_empty"]

    def test_the_bounds_are_the_planner_s(self):
        assert verdicts(np.array([1.1, 0.3]), 1.2, 0.2).tolist() == ["fitting", "fitting"]
        with pytest.raises(ValueError, match="at once"):
            verdicts(np.array([1.0]), 0.5, 0.6)


class TestLanguage:
    TAUGHT = ("kk", "ru", "mixed", "other", None, np.nan, "")

    @pytest.mark.parametrize(("language", "serves"), [("kk", [1, 0, 1, 0, 0, 0, 0]), ("ru", [0, 1, 1, 0, 0, 0, 0])])
    def test_a_pupil_is_served_in_the_own_language_only(self, language, serves):
        found, unknown = speaks(self.TAUGHT, language)
        assert found.tolist() == [bool(s) for s in serves]
        assert unknown.tolist() == [False] * 4 + [True] * 3
        assert not (found & unknown).any()

    def test_no_other_language(self):
        with pytest.raises(ValueError, match="no language"):
            speaks(["kk"], "en")

    def test_no_schools(self):
        assert [len(mask) for mask in speaks([], "kk")] == [0, 0]
