"""Floating catchments: the golden values of A.3, sums, edges of zones, and a slow second opinion."""

from __future__ import annotations

import math

import numpy as np
import pytest

from geo.access.floating_catchment import (
    FAST_DECAY,
    SLOW_DECAY,
    Decay,
    Gaussian,
    Uniform,
    Zones,
    enhanced_two_step,
    modified_two_step,
    three_step,
    two_step,
)
from geo.access.reach import Reach
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS
from tests import toy
from tests.access.laws import districts

PERSONS = toy.PERSONS.astype(np.float64)
SUPPLY = np.array([6.0, 2.0])
#: A is 0 minutes from A, B 26, C 55; F is 0 from F, C exactly 40, B 48. Appendix A.3 prints this as 7.037910.
M2SFCA_TOTAL = (3000 + 1200 * 0.68**2 + 450 * 0.22**2) * 6 / (3000 + 1200 * 0.68 + 450 * 0.22) + (
    800 + 450 * 0.68**2 + 1200 * 0.22**2
) * 2 / (800 + 450 * 0.68 + 1200 * 0.22)
DECAYS = [Uniform(60), SLOW_DECAY, FAST_DECAY, Gaussian(60), Gaussian(25)]


@pytest.fixture(scope="module")
def dry():
    """Times of the six villages to A and F in the dry season."""
    return toy.times("dry").milliseconds[:, [toy.VILLAGES.index(v) for v in "AF"]]


@pytest.mark.parametrize(
    ("method", "per_thousand", "total"),
    [
        (lambda ms: two_step(ms, PERSONS, SUPPLY, 60), (1.290323, 2.106649, 2.106649, 0, 0, 0.816327), 8.0),
        (lambda ms: enhanced_two_step(ms, PERSONS, SUPPLY), (1.532567, 1.363313, 1.329865, 0, 0, 1.459854), 8.0),
        (
            lambda ms: modified_two_step(ms, PERSONS, SUPPLY),
            (1.532567, 0.779316, 0.749213, 0, 0, 1.459854),
            M2SFCA_TOTAL,
        ),
    ],
    ids=["2SFCA", "E2SFCA", "M2SFCA"],
)
def test_golden_values_of_the_six_villages(dry, method, per_thousand, total):
    scores = method(dry)
    assert 1000 * scores == pytest.approx(per_thousand, abs=5e-7)
    assert np.sum(scores * PERSONS) == pytest.approx(total, abs=5e-7)


def test_what_the_modified_method_wastes():
    assert pytest.approx(7.037910, abs=1e-6) == M2SFCA_TOTAL


def test_villages_without_access_score_exactly_zero(dry):
    for scores in (two_step(dry, PERSONS, SUPPLY, 60), enhanced_two_step(dry, PERSONS, SUPPLY)):
        assert list(scores[[3, 4]]) == [0.0, 0.0]


def minutes(*values: float) -> np.ndarray:
    return np.array([[round(value * MS_PER_MINUTE)] for value in values], dtype=np.int32)


def test_the_last_millisecond_of_a_zone_belongs_to_it():
    edges = np.array([20, 40, 60]) * MS_PER_MINUTE
    assert SLOW_DECAY.weigh(edges.astype(np.int32)).tolist() == [1.0, 0.68, 0.22]
    assert SLOW_DECAY.weigh((edges[:2] + 1).astype(np.int32)).tolist() == [0.68, 0.22]
    one = minutes(60)
    assert two_step(one, np.ones(1), np.ones(1), 60)[0] == 1.0
    assert two_step(one + 1, np.ones(1), np.ones(1), 60)[0] == 0.0
    assert enhanced_two_step(one, np.ones(1), np.ones(1))[0] == 1.0
    assert enhanced_two_step(one + 1, np.ones(1), np.ones(1))[0] == 0.0


def test_zones_stretch_with_the_catchment():
    assert SLOW_DECAY.scaled_to(90).uppers_minutes == (30.0, 60.0, 90.0)
    assert SLOW_DECAY.scaled_to(60) == SLOW_DECAY


@pytest.mark.parametrize(
    ("uppers", "weights"), [((20, 20), (1, 1)), ((20, 10), (1, 1)), ((), ()), ((20,), (1, 0.5)), ((20,), (1.5,))]
)
def test_zones_that_make_no_sense_are_refused(uppers, weights):
    with pytest.raises(ValueError, match="weights"):
        Zones(uppers, weights)


def test_the_bell_curve():
    ms = np.array([0, 30 * MS_PER_MINUTE, 60 * MS_PER_MINUTE], dtype=np.int32)
    half = (math.exp(-0.125) - math.exp(-0.5)) / (1 - math.exp(-0.5))
    assert Gaussian(60).weigh(ms) == pytest.approx([1.0, half, 0.0], abs=1e-15)


def test_at_the_end_of_a_bell_curve_there_is_no_access_and_no_nan():
    assert enhanced_two_step(minutes(60), np.ones(1), np.ones(1), Gaussian(60))[0] == 0.0
    assert three_step(minutes(60), np.ones(1), np.ones(1), Gaussian(60))[0] == 0.0


def test_users_all_equally_far_are_seen_by_the_modified_method_only():
    near, far = (minutes(value, value) for value in (5, 55))
    persons, supply = np.array([300.0, 100.0]), np.array([4.0])
    assert enhanced_two_step(near, persons, supply) == pytest.approx(enhanced_two_step(far, persons, supply))
    assert modified_two_step(near, persons, supply) == pytest.approx(modified_two_step(far, persons, supply) / 0.22)


def test_a_facility_that_nobody_reaches_adds_nothing():
    ms = np.array([[600_000, UNREACHABLE_MS], [600_000, UNREACHABLE_MS], [UNREACHABLE_MS, 600_000]], dtype=np.int32)
    persons, supply = np.array([100.0, 300.0, 0.0]), np.array([4.0, 9.0])
    for method in (enhanced_two_step, modified_two_step, three_step):
        assert method(ms, persons, supply) == pytest.approx([0.01, 0.01, 0.0])


def slowly(method: str, ms: np.ndarray, persons: np.ndarray, supply: np.ndarray, decay: Decay) -> list[float]:
    """The formulas as printed, by loops."""
    rows, columns = range(ms.shape[0]), range(ms.shape[1])
    end = decay.catchment_minutes * MS_PER_MINUTE
    f = [[float(decay.weigh(ms[i, [j]])[0]) if ms[i, j] <= end else 0.0 for j in columns] for i in rows]
    chosen = [[f[i][j] / sum(f[i]) if sum(f[i]) else 0.0 for j in columns] for i in rows]
    scores = []
    for i in rows:
        score = 0.0
        for j in columns:
            weight = [f[k][j] * (chosen[k][j] if method == "three" else 1.0) for k in rows]
            demand = sum(persons[k] * weight[k] for k in rows)
            if demand > 0:
                score += supply[j] / demand * weight[i] * (f[i][j] if method == "modified" else 1.0)
        scores.append(score)
    return scores


@pytest.mark.parametrize(
    ("name", "method"),
    [("enhanced", enhanced_two_step), ("modified", modified_two_step), ("three", three_step)],
)
@pytest.mark.parametrize("decay", DECAYS, ids=str)
def test_the_formulas_by_loops(name, method, decay):
    for data, _rng in districts(25):
        ms, persons, supply = data.milliseconds, data.persons, data.supply
        assert method(ms, persons, supply, decay) == pytest.approx(
            slowly(name, ms, persons, supply, decay), rel=1e-12, abs=1e-15
        )


@pytest.mark.parametrize("decay", DECAYS, ids=str)
def test_all_supply_in_reach_is_shared_out_to_a_billionth(decay):
    rng = np.random.default_rng(7)
    for _run in range(20):
        ms = rng.integers(0, 90 * MS_PER_MINUTE, (400, 60)).astype(np.int32)
        ms[rng.random(ms.shape) < 0.8] = UNREACHABLE_MS
        persons, supply = rng.lognormal(5, 1.5, 400) * (rng.random(400) > 0.3), rng.lognormal(2, 1, 60)
        within = (ms <= decay.catchment_minutes * MS_PER_MINUTE) & (persons > 0)[:, None]
        reached = supply[within.any(axis=0)].sum()
        for method in (enhanced_two_step, three_step):
            assert np.sum(method(ms, persons, supply, decay) * persons) == pytest.approx(reached, rel=1e-9)
        assert np.sum(modified_two_step(ms, persons, supply, decay) * persons) <= reached * (1 + 1e-9)


def test_pairs_gathered_once_serve_every_shorter_catchment():
    rng = np.random.default_rng(3)
    ms = rng.integers(0, 150 * MS_PER_MINUTE, (30, 12)).astype(np.int32)
    persons, supply = rng.uniform(1, 900, 30), rng.uniform(0, 9, 12)
    pairs = Reach.of(ms, 120 * MS_PER_MINUTE)
    for catchment in (120, 60, 1):
        assert list(two_step(pairs, persons, supply, catchment)) == list(two_step(ms, persons, supply, catchment))
    with pytest.raises(ValueError, match="do not tell"):
        two_step(pairs, persons, supply, 121)


def test_a_transposed_view_gives_the_same_as_its_copy():
    ms = np.arange(12, dtype=np.int32).reshape(3, 4).T * 1_000_000
    once, twice = (two_step(times, np.ones(4), np.ones(3), 60) for times in (ms, np.ascontiguousarray(ms)))
    assert list(once) == list(twice)
