"""Draws, shares, intervals and deciding assumptions; golden choices between C and F of the six-village district."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from geo.planning.robustness import (
    Draws,
    around_one,
    chosen_share,
    deciding,
    first_order_index,
    interval,
    label,
    lognormal,
    share_interval,
)
from geo.siting.every import EveryPlan
from geo.siting.problem import SitingProblem
from geo.units import minutes_to_ms
from tests.planning.district import PERSONS, VILLAGES, times_ms


def one_more_clinic(minutes: float) -> SitingProblem:
    """A clinic stands in A, and one more may be opened; dry season."""
    return SitingProblem(
        settlement_ids=VILLAGES,
        site_ids=VILLAGES,
        season_names=("dry",),
        milliseconds=times_ms()[:1],
        persons=PERSONS,
        status=("open", *["candidate"] * 5),
        existing=np.array([True, *[False] * 5]),
        limit_ms=minutes_to_ms(minutes),
        n_open=2,
        kappa=-0.0162624,
    )


def opened(minutes: float) -> str:
    problem = one_more_clinic(minutes)
    (site,) = np.flatnonzero(EveryPlan.of(problem).best(problem, problem.existing) & ~problem.existing)
    return VILLAGES[site]


def test_the_choice_between_c_and_f_flips_at_forty_minutes():
    # Dry minutes: A-B 25.7, B-C 28.8, C-D 30, D-E 24, B-F 48, F-C 40.
    # With a clinic in C: B 25.7, C 0, D 30, E 54, F 40. In F: B 25.7, C 40, D 70, E 94, F 0.
    # From 30 to under 40 min: C leaves out E and F, 40 + 800 = 840 people; F leaves out C, D, E, 450 + 180 + 40 = 670.
    # From 40 min on: C leaves out E alone, 40 people; F leaves out D and E, 220.
    assert [opened(minutes) for minutes in (30, 35, 39.9, 40, 54, 60)] == ["F", "F", "F", "C", "C", "C"]


def test_a_norm_that_may_be_shorter_makes_c_as_sure_as_the_norm_is_above_forty():
    # 44 min give or take a quarter: 33 to 55 min, alike; C is best from 40 min on, so in 15 / 22 = 68 % of the runs.
    runs = 400
    factor = around_one(Draws(7, runs).uniform("norm"), 0.25)[:, 0]
    choices = np.array([opened(44 * one) for one in factor])
    is_c = choices == "C"
    np.testing.assert_array_equal(is_c, 44 * factor >= 40)
    low, high = share_interval(int(is_c.sum()), runs)
    assert low < 15 / 22 < high
    assert label(float(is_c.mean())) == "moderate"
    assert label(float((choices == "F").mean())) == "weak"
    other = around_one(Draws(7, runs).uniform("price"), 0.3)[:, 0]
    found = deciding({"norm": factor, "price": other}, is_c)
    assert (found.assumption, found.direction) == ("norm", "more")
    # Five classes of 80 runs. F's 32 % of the runs fill the lowest class and three fifths of the next: C's shares are
    # 0, 0.41, 1, 1, 1 about a mean of 0.68. Between them: (0.68^2 + 0.27^2 + 3 x 0.32^2) / 5 = 0.169, of 0.217 in all.
    assert found.index == pytest.approx(0.78, abs=0.04)


def test_run_k_is_the_same_whatever_else_is_drawn_and_however_many_follow():
    draws, more = Draws(3, 50), Draws(3, 80)
    for name, size in (("speed:IV", 1), ("population", 7)):
        own = draws.uniform(name, size)
        draws.uniform("something else", 100)
        np.testing.assert_array_equal(own, draws.uniform(name, size))
        np.testing.assert_array_equal(own, more.uniform(name, size)[:50])
    assert not np.array_equal(draws.uniform("speed:IV"), draws.uniform("speed:V"))
    assert not np.array_equal(draws.uniform("speed:IV"), Draws(4, 50).uniform("speed:IV"))


def test_draws_are_what_they_are_called():
    uniform = Draws(1, 20_000).uniform("x")
    assert (uniform > 0).all()
    assert (uniform < 1).all()
    log = np.log(lognormal(uniform, 0.2))
    assert log.mean() == pytest.approx(0, abs=0.005)
    assert log.std() == pytest.approx(0.2, abs=0.005)
    flat = around_one(uniform, 0.3)
    assert flat.min() == pytest.approx(0.7, abs=1e-3)
    assert flat.max() == pytest.approx(1.3, abs=1e-3)
    np.testing.assert_array_equal(lognormal(uniform, 0.0), 1.0)


@pytest.mark.parametrize(("successes", "runs"), [(0, 20), (1, 200), (100, 200), (199, 200), (200, 200)])
def test_the_interval_of_a_share_is_wilsons(successes, runs):
    expected = binomtest(successes, runs).proportion_ci(method="wilson")
    assert share_interval(successes, runs) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_half_of_no_runs_is_refused():
    for successes, runs in ((0, 0), (3, 2), (-1, 5)):
        with pytest.raises(ValueError, match="runs"):
            share_interval(successes, runs)


def test_labels_change_where_the_page_says():
    assert [label(share) for share in (0.0, 0.499, 0.5, 0.799, 0.8, 1.0)] == [
        "weak",
        "weak",
        "moderate",
        "moderate",
        "robust",
        "robust",
    ]
    assert [label(share, stranded=True) for share in (0.49, 0.9)] == ["weak", "moderate"]


def test_an_assumption_that_decides_alone_has_the_whole_index():
    event = np.repeat([0.0, 1.0], 50)
    assert first_order_index(event, event > 0) == (1.0, 2)
    assert first_order_index(event, np.ones(100, dtype=bool)) == (0.0, 1)
    # Chosen in 3 of 4 runs where the road is open, in 1 of 4 where it is closed: shares .75 and .25 about .5;
    # between the two classes 0.0625 of a variance of 0.25.
    chosen = np.tile([True, True, True, False], 25)
    chosen[50:] = ~chosen[50:]
    index, classes = first_order_index(event, chosen)
    assert index == pytest.approx(0.25, abs=0.01)
    assert classes == 2
    assert deciding({"road": event}, chosen).direction == "less"


def test_chance_decides_nothing():
    draws = Draws(11, 200)
    named = 0
    for study in range(60):
        values = {f"{study}:{name}": draws.uniform(f"{study}:{name}")[:, 0] for name in range(8)}
        named += deciding(values, draws.uniform(f"choice {study}")[:, 0] < 0.5) is not None
    # In 5 % of studies, give or take: at most 9 of 60 (probability of more below 0.1 %).
    assert named <= 9


def test_an_assumption_that_helps_at_neither_end_has_no_direction():
    values = np.linspace(-1, 1, 200)
    found = deciding({"speed": values}, np.abs(values) < 0.5)
    assert found.direction == "mixed"
    assert found.index > 0.5


def test_shares_and_intervals_of_values():
    np.testing.assert_array_equal(chosen_share(np.array([[True, False], [True, True]])), [1.0, 0.5])
    # Nine of ten runs of 1..100: the 5th, the 50th and the 95th.
    assert interval(np.arange(1, 101)) == (5.0, 50.0, 95.0)
    assert interval([3]) == (3.0, 3.0, 3.0)
