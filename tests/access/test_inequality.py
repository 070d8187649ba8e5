"""Relative indices: the golden values of A.1 and A.4, their definitions, and the laws they are known for."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.access.equity import kolm_pollak_ede, kolm_pollak_kappa
from geo.access.indicator import LAWS, AccessData
from geo.access.inequality import (
    INEQUALITY,
    atkinson,
    concentration_index,
    gini,
    hoover,
    quantile_ratio,
    theil_l,
    theil_split,
    theil_t,
)
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS
from tests import toy
from tests.access.laws import CHECKS, districts
from tests.access.toy_access import baseline_kappa, nearest

#: g0 = A, B, F and g1 = C, D, E.
GROUPS = ["g0", "g0", "g1", "g1", "g1", "g0"]
FOUR = [10.0, 20.0, 60.0, 90.0]
EQUAL = [1, 1, 1, 1]


def atkinson_half(minutes, persons):
    return atkinson(minutes, persons, 0.5)


def atkinson_one(minutes, persons):
    return atkinson(minutes, persons, 1)


INDICES = {
    "gini": gini,
    "theil_t": theil_t,
    "theil_l": theil_l,
    "atkinson_half": atkinson_half,
    "atkinson_one": atkinson_one,
    "atkinson_three": lambda x, w: atkinson(x, w, 3),
    "hoover": hoover,
}
#: Weighted villages: whole persons, times of whole tenths of a minute, above 0.
people = st.integers(1, 5000)
times = st.integers(1, 3000).map(lambda tenths: tenths / 10)
villages = st.lists(st.tuples(times, people), min_size=1, max_size=12)
grouped = st.lists(st.tuples(times, people, st.sampled_from("xyz")), min_size=1, max_size=12)


def columns(rows):
    return tuple(np.array(column) for column in zip(*rows, strict=True))


@pytest.mark.parametrize(
    ("index", "value"), [(gini, 0.649559), (theil_t, 0.868312), (hoover, 0.529101)], ids=["gini", "theil_t", "hoover"]
)
def test_the_six_villages_today(index, value):
    assert index(nearest("dry", "A"), toy.PERSONS) == pytest.approx(value, abs=5e-7)


def test_theil_of_the_six_villages_within_and_between_two_groups():
    split = theil_split(nearest("dry", "A"), toy.PERSONS, GROUPS)
    assert split.total == pytest.approx(0.868312, abs=5e-7)
    assert split.within == pytest.approx(0.714504, abs=5e-7)
    assert split.between == pytest.approx(0.153808, abs=5e-7)
    assert split.within + split.between == pytest.approx(split.total, abs=1e-9)
    assert [group.group for group in split.groups] == ["g0", "g1"]
    assert sum(group.share for group in split.groups) == pytest.approx(1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gini", 0.536071),
        ("theil_t", 0.520085),
        # A.1 prints .661313, which its own Atkinson(1) = 1 - exp(-L) = .483826 rules out; exact times give .6613119.
        ("theil_l", 0.661312),
        ("atkinson_half", 0.262013),
        ("atkinson_one", 0.483826),
    ],
)
def test_the_six_villages_with_five_minutes_of_access(name, value):
    assert INDICES[name](nearest("dry", "A") + 5, toy.PERSONS) == pytest.approx(value, abs=5e-7)


def test_beside_them_the_equivalent_goes_up_by_exactly_five():
    today = nearest("dry", "A")
    assert baseline_kappa() == pytest.approx(-0.0162624, abs=5e-8)
    for minutes, ede in ((today, 31.8198), (today + 5, 36.8198)):
        assert kolm_pollak_ede(minutes, toy.PERSONS, baseline_kappa()) == pytest.approx(ede, abs=5e-5)


@pytest.mark.parametrize(
    ("minutes", "value", "ede"),
    [
        (FOUR, 0.388889, 52.6559),
        ([2, 20, 60, 90], 0.441860, 51.6430),
        ([5, 10, 30, 45], 0.388889, 24.4169),
        ([10, 20, 60, 82], None, 49.3013),
    ],
    ids=["today", "the best-off helped", "all halved", "the worst-off helped"],
)
def test_why_gini_misleads(minutes, value, ede):
    if value is not None:
        assert gini(minutes, EQUAL) == pytest.approx(value, abs=5e-7)
    assert kolm_pollak_ede(minutes, EQUAL, kolm_pollak_kappa(FOUR, EQUAL, -1)) == pytest.approx(ede, abs=5e-5)


@given(villages)
def test_gini_is_the_mean_difference_of_all_pairs(rows):
    x, w = columns(rows)
    pairs = (w[:, None] * w * np.abs(x[:, None] - x)).sum() / (2 * w.sum() ** 2 * np.average(x, weights=w))
    assert gini(x, w) == pytest.approx(pairs, abs=1e-12)


@given(villages, st.randoms(use_true_random=False))
def test_order_people_and_units_change_nothing(rows, random):
    x, w = columns(rows)
    shuffled = list(rows)
    random.shuffle(shuffled)
    y, v = columns(shuffled)
    for name, index in INDICES.items():
        value = index(x, w)
        assert index(y, v) == pytest.approx(value, abs=1e-9), name
        assert index(x, 2 * w) == pytest.approx(value, abs=1e-9), name
        assert index(x / 60, w) == pytest.approx(value, abs=1e-9), name
        assert index(np.repeat(x, 2), np.repeat(w, 2)) == pytest.approx(value, abs=1e-9), name


@given(villages)
def test_each_lies_between_equal_and_its_most(rows):
    x, w = columns(rows)
    for name, index in INDICES.items():
        most = math.inf if name.startswith("theil") else 1
        assert -1e-12 <= index(x, w) <= most, name
        if len(set(x)) > 1:
            assert index(x, w) > 0, name


@given(times, st.lists(people, min_size=1, max_size=8))
def test_equal_times_are_equal(minutes, persons):
    for name, index in INDICES.items():
        assert index([minutes] * len(persons), persons) == pytest.approx(0, abs=1e-12), name


@given(villages)
def test_atkinson_of_one_follows_from_theil_l(rows):
    x, w = columns(rows)
    assert atkinson(x, w, 1) == pytest.approx(1 - math.exp(-theil_l(x, w)), abs=1e-12)


@given(villages, st.data())
def test_minutes_moved_from_the_worst_to_the_best_off_lower_it(rows, data):
    """The principle of transfers (Pigou and Dalton), between two people alike in weight."""
    x, w = columns([*rows, (400.0, 10), (0.05, 10)])
    moved = data.draw(st.floats(1, 199))
    y = x.copy()
    y[-2:] += [-moved, moved]
    for name in ("gini", "theil_t", "theil_l", "atkinson_half", "atkinson_one"):
        assert INDICES[name](y, w) < INDICES[name](x, w), name


@given(villages)
def test_more_for_everybody_looks_more_equal(rows):
    """Why they mislead: ten minutes more for all, the people being worse off, never raise any of them."""
    x, w = columns(rows)
    for name, index in INDICES.items():
        assert index(x + 10, w) <= index(x, w) + 1e-12, name


@given(grouped)
def test_within_and_between_add_up(rows):
    x, w, groups = columns(rows)
    for index, measure in (("T", theil_t), ("L", theil_l)):
        split = theil_split(x, w, groups, index)
        assert split.total == measure(x, w)
        assert split.within + split.between == pytest.approx(split.total, abs=1e-9)
        assert split.within >= 0
        assert split.between >= -1e-12
        assert sum(group.share for group in split.groups) == pytest.approx(1)
        assert sum(group.share * group.index for group in split.groups) == pytest.approx(split.within, abs=1e-12)


@given(villages)
def test_one_group_has_all_within_and_a_group_each_has_all_between(rows):
    x, w = columns(rows)
    for index in ("T", "L"):
        together = theil_split(x, w, ["all"] * len(x), index)
        apart = theil_split(x, w, np.arange(len(x)), index)
        assert (together.within, together.between) == pytest.approx((together.total, 0), abs=1e-12)
        assert (apart.within, apart.between) == pytest.approx((0, apart.total), abs=1e-12)


def test_groups_without_people_or_minutes_break_nothing():
    split = theil_split([0, 30, 30, 7], [10, 5, 5, 0], ["here", "far", "far", "nobody"])
    assert [group.group for group in split.groups] == ["far", "here"]
    assert split.within == 0
    assert split.between == pytest.approx(math.log(2)) == pytest.approx(split.total)
    undefined = theil_split([0, 30], [10, 5], ["here", "far"], "L")
    assert math.isnan(undefined.total)
    assert math.isnan(undefined.within)
    assert math.isnan(undefined.between)
    nobody = theil_split([5, 6], [0, 0], ["here", "far"])
    assert math.isnan(nobody.total)
    assert nobody.groups == ()


def test_a_time_of_zero():
    x, w = [0.0, 30.0], [10, 10]
    assert theil_t(x, w) == pytest.approx(math.log(2))
    assert math.isnan(theil_l(x, w))
    assert math.isnan(atkinson(x, w, 1))
    assert math.isnan(atkinson(x, w, 2))
    assert atkinson(x, w, 0.5) == pytest.approx(0.5)
    assert theil_l([0.0, 30.0], [0, 10]) == 0, "nobody lives there"


def test_where_nobody_travels_all_are_equal():
    for index in (gini, theil_t, hoover, atkinson_half):
        assert index([0, 0], [3, 4]) == 0
    assert math.isnan(theil_l([0, 0], [3, 4]))
    assert math.isnan(quantile_ratio([0, 0], [3, 4]))


@pytest.mark.parametrize("index", [*INDICES.values(), quantile_ratio], ids=[*INDICES, "p80_p20"])
def test_nobody_counted_is_unknown(index):
    assert math.isnan(index([5, 6], [0, 0]))
    assert math.isnan(index([], []))


@pytest.mark.parametrize("index", [*INDICES.values(), quantile_ratio], ids=[*INDICES, "p80_p20"])
@pytest.mark.parametrize(
    ("minutes", "persons"),
    [([1, math.inf], [1, 1]), ([1, math.nan], [1, 1]), ([1, -1], [1, 1]), ([1, 2], [1, -1]), ([1, 2], [1])],
    ids=["unreachable", "unknown", "negative time", "negative people", "other length"],
)
def test_what_cannot_be_measured_is_refused(index, minutes, persons):
    with pytest.raises(ValueError, match=r"must be|cannot be"):
        index(minutes, persons)


def test_atkinson_needs_an_aversion_and_stands_a_large_one():
    with pytest.raises(ValueError, match="epsilon"):
        atkinson(FOUR, EQUAL, 0)
    assert atkinson(FOUR, EQUAL, 1e6) == pytest.approx(1 - 10 / 45, abs=1e-4), "the shortest time decides"
    assert atkinson(FOUR, EQUAL, 1 + 1e-7) == pytest.approx(atkinson(FOUR, EQUAL, 1), abs=1e-6)


def test_quantiles_compare_the_fifths():
    assert quantile_ratio([10, 20, 30, 40, 50], [1] * 5) == 4
    assert quantile_ratio([10, 20, 30], [20, 59, 21]) == 3
    assert quantile_ratio([10, 20, 30], [20, 60, 20]) == 2, "80 % do not exceed 20"
    assert quantile_ratio([0, 20], [20, 80]) == math.inf
    assert quantile_ratio([0, 20], [19, 81]) == 1


def test_concentration_tells_whose_trips_are_longer():
    """By hand: ranks .25 and .75, the deprived with 30 of 40 minutes: (10 x -.5 + 30 x .5) / 40."""
    assert concentration_index([10, 30], [1, 1], [0, 1]) == pytest.approx(0.25)
    assert concentration_index([10, 30], [1, 1], [1, 0]) == pytest.approx(-0.25)
    assert concentration_index([20, 20], [1, 5], [1, 0]) == pytest.approx(0)
    assert math.isnan(concentration_index([10, 30], [1, 1], [2, 2]))
    with pytest.raises(ValueError, match="finite"):
        concentration_index([10, 30], [1, 1], [0, math.nan])


@given(villages, st.data())
def test_concentration_shares_ranks_and_stays_below_gini(rows, data):
    x, w = columns(rows)
    deprivation = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(x), max_size=len(x))))
    value = concentration_index(x, w, deprivation)
    if len(set(deprivation.tolist())) == 1:
        assert math.isnan(value)
        return
    assert abs(value) <= gini(x, w) + 1e-12
    assert concentration_index(x, w, -deprivation) == pytest.approx(-value, abs=1e-12)
    assert concentration_index(x, w, 5.0**deprivation) == pytest.approx(value, abs=1e-12), "only order counts"
    # A tie is as if all tied places were one with their mean time.
    levels = np.unique(deprivation)
    merged = [np.average(x[deprivation == d], weights=w[deprivation == d]) for d in levels]
    together = [w[deprivation == d].sum() for d in levels]
    assert concentration_index(merged, together, levels) == pytest.approx(value, abs=1e-12)


@given(villages)
def test_concentration_by_time_itself_is_gini(rows):
    x, w = columns(rows)
    if len(set(x)) > 1:
        assert concentration_index(x, w, x) == gini(x, w)


@pytest.mark.parametrize(("name", "law"), [(n, law) for n, i in INEQUALITY.items() for law in sorted(i.laws)])
def test_the_registered_obey_their_laws(name, law):
    for data, rng in districts(60):
        CHECKS[law](INEQUALITY[name], data, rng)


@pytest.mark.parametrize("name", INEQUALITY)
def test_the_registered_obey_no_other_law(name):
    for law in set(LAWS) - INEQUALITY[name].laws:
        with pytest.raises(AssertionError):  # noqa: PT012
            for data, rng in districts(300):
                CHECKS[law](INEQUALITY[name], data, rng)


def test_the_registered_cap_the_unreachable_and_keep_them():
    ms = np.array([[10 * MS_PER_MINUTE], [UNREACHABLE_MS]], dtype=np.int32)
    data = AccessData(ms, np.array([3.0, 1.0]), np.ones(1), 60)
    assert INEQUALITY["gini"].measure(data) == pytest.approx(gini([10, 240], [3, 1]))
    assert INEQUALITY["p80_p20"].measure(data) == 24
