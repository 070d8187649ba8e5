"""Remoteness 0-15: by hand, and never falling when a road closes."""

from __future__ import annotations

import numpy as np
import pytest

from geo.access.remoteness import (
    ARIA_UPPERS,
    remoteness_class,
    remoteness_coefficient,
    remoteness_scores,
    tier_means,
)

INF, NAN = np.inf, np.nan
#: Rows: the top centre, a centre of the second tier, a village, one cut off.
MINUTES = np.array([[0.0, 0.0], [60.0, 0.0], [120.0, 30.0], [INF, INF]])


def test_means_are_over_settlements_that_reach_the_tier():
    assert tier_means(MINUTES).tolist() == [60.0, 10.0]
    assert tier_means(np.array([[INF, 4.0], [INF, 8.0]])).tolist() == pytest.approx([NAN, 6.0], nan_ok=True)


def test_scores_by_hand():
    # 2.5 stretches two tiers to the scale of five: 2.5 * (0, 1, 2 + 3, 3 + 3).
    assert remoteness_scores(MINUTES).tolist() == [0.0, 2.5, 12.5, 15.0]


def test_five_tiers_are_not_stretched():
    minutes = np.array([[0.0] * 5, [10.0, 20.0, 30.0, 40.0, 50.0]])
    assert remoteness_scores(minutes).tolist() == [0.0, 10.0]
    assert remoteness_scores(minutes, np.array([10.0, 20.0, 10.0, 4.0, 500.0]))[1] == pytest.approx(8.1)


def test_a_top_centre_scores_zero_and_nothing_exceeds_fifteen():
    rng = np.random.default_rng(1)
    for tiers in (1, 2, 4, 5, 7):
        minutes = rng.exponential(100, (40, tiers))
        minutes[0] = 0
        minutes[rng.random(minutes.shape) < 0.2] = INF
        minutes[0] = 0
        scores = remoteness_scores(minutes)
        assert scores[0] == 0
        assert ((scores >= 0) & (scores <= 15)).all()


def test_a_tier_that_nobody_reaches_is_left_out():
    without = MINUTES[:, [1]]
    with_lost = np.column_stack([np.full(4, INF), without])
    assert remoteness_scores(with_lost).tolist() == remoteness_scores(without).tolist()
    assert np.isnan(remoteness_scores(np.full((2, 3), INF))).all()
    assert np.isnan(remoteness_scores(np.zeros((2, 0)))).all()


def test_where_all_who_get_there_are_there_others_are_as_far_as_can_be():
    assert remoteness_scores(np.array([[0.0], [0.0], [INF]])).tolist() == [0.0, 0.0, 15.0]
    assert remoteness_scores(np.array([[0.0], [1.0]]), np.array([0.0])).tolist() == [0.0, 15.0]


def test_an_unknown_time_is_an_unknown_score():
    scores = remoteness_scores(np.array([[10.0, NAN], [30.0, 5.0]]))
    assert np.isnan(scores[0])
    assert scores[1] == pytest.approx(2.5 * (1.5 + 1))


def test_with_the_means_kept_a_closed_road_never_lowers_a_score():
    rng = np.random.default_rng(2)
    for _run in range(200):
        minutes = rng.exponential(60, (8, 3)) * (rng.random((8, 3)) > 0.1)
        means = tier_means(minutes)
        later = minutes + rng.exponential(30, minutes.shape) * (rng.random(minutes.shape) < 0.4)
        later[rng.random(minutes.shape) < 0.3] = INF
        assert (remoteness_scores(later, means) >= remoteness_scores(minutes, means)).all()


def test_with_means_made_anew_it_may():
    before, after = np.array([[10.0], [20.0]]), np.array([[10.0], [50.0]])
    assert remoteness_scores(after)[0] < remoteness_scores(before)[0]
    assert remoteness_scores(after, tier_means(before))[0] == remoteness_scores(before)[0]


def test_the_coefficient_is_one_to_two_and_grows():
    assert remoteness_coefficient(np.array([0.0, 7.5, 15.0])).tolist() == [1.0, 1.5, 2.0]


def test_a_score_on_a_bound_belongs_to_the_lower_class():
    scores = np.array([0.0, 0.2, 0.2001, 2.4, 5.92, 10.53, 10.54, 15.0, NAN])
    assert remoteness_class(scores).tolist() == [0, 0, 1, 1, 2, 3, 4, 4, -1]
    assert remoteness_class(scores, ()).tolist() == [0] * 8 + [-1]
    assert list(ARIA_UPPERS) == sorted(ARIA_UPPERS)
    with pytest.raises(ValueError, match="ascending"):
        remoteness_class(scores, (2.0, 1.0))
