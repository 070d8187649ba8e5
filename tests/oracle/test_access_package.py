"""Floating catchments and gravity beside PySAL's `access`: equal where it has numbers, 0 where it has none."""

from __future__ import annotations

import importlib.util
import os

import numpy as np
import pytest

from geo.access.floating_catchment import SLOW_DECAY, Gaussian, enhanced_two_step, three_step, two_step
from geo.access.gravity import hansen_potential, joseph_bantock
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS
from tests.oracle import access_package as peer

N_INSTANCES = 36
#: Its three-step method drops columns in a way that pandas 3 advises against.
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword:DeprecationWarning")


@pytest.fixture(scope="module", autouse=True)
def package() -> None:
    """PySAL's `access`; the tests are skipped without it, or fail with GEO_REQUIRE_ALL=1."""
    if importlib.util.find_spec("access") is None:
        reason = "needs PySAL's access: pip install access"
        if os.environ.get("GEO_REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)


def instance(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times with ties, ends of zones, lost ways and a settlement cut off; empty villages; idle facilities."""
    rng = np.random.default_rng([6, seed])
    n, m = int(rng.integers(2, 40)), int(rng.integers(1, 15))
    minutes = np.where(rng.random((n, m)) < 0.4, 10.0 * rng.integers(0, 13, (n, m)), rng.uniform(0, 120, (n, m)))
    ms = np.rint(minutes * MS_PER_MINUTE).astype(np.int32)
    ms[rng.random((n, m)) < 0.25] = UNREACHABLE_MS
    ms[rng.integers(n)] = UNREACHABLE_MS
    persons = rng.integers(1, 3000, n) * (rng.random(n) > 0.15)
    return ms, persons.astype(float), rng.integers(0, 30, m).astype(float)


def assert_agree(ours: np.ndarray, theirs: np.ndarray) -> None:
    """NaN: no facility, or 0 of 0. Infinite: supply that only an empty village reaches, which nobody has."""
    numbers = np.isfinite(theirs)
    assert ours[numbers] == pytest.approx(theirs[numbers], rel=1e-9, abs=1e-15)
    assert (ours[np.isnan(theirs)] == 0).all()
    assert np.isfinite(ours).all()


def steps(decay):
    from access import weights

    return weights.step_fn(dict(zip(decay.uppers_minutes, decay.weights, strict=True)))


def bell(decay):
    def weigh(minutes: float) -> float:
        return float(decay.weigh(np.array([round(minutes * MS_PER_MINUTE)], dtype=np.int32))[0])

    return weigh


@pytest.mark.parametrize("seed", range(N_INSTANCES))
def test_two_steps_agree(seed):
    ms, persons, supply = instance(seed)
    theirs = peer.score("two_stage_fca", peer.pairs(ms), persons, supply, max_cost=60)
    assert_agree(two_step(ms, persons, supply, 60), theirs)


@pytest.mark.parametrize("decay", [SLOW_DECAY, Gaussian(60)], ids=["zones", "Gaussian"])
@pytest.mark.parametrize("seed", range(N_INSTANCES))
def test_enhanced_two_steps_agree(seed, decay):
    ms, persons, supply = instance(seed)
    weigh = bell(decay) if isinstance(decay, Gaussian) else steps(decay)
    theirs = peer.score("two_stage_fca", peer.pairs(ms), persons, supply, max_cost=60, weight_fn=weigh)
    assert_agree(enhanced_two_step(ms, persons, supply, decay), theirs)


@pytest.mark.parametrize("seed", range(N_INSTANCES))
def test_three_steps_agree(seed):
    ms, persons, supply = instance(seed)
    costs = peer.pairs(ms)
    theirs = peer.score("three_stage_fca", costs, persons, supply, max_cost=60, weight_fn=steps(SLOW_DECAY))
    assert_agree(three_step(ms, persons, supply), theirs)


@pytest.mark.parametrize("seed", range(N_INSTANCES))
def test_gravity_agrees(seed):
    from access import weights

    beta = (1.0, 1.5, 2.0)[seed % 3]
    ms, persons, supply = instance(seed)
    costs, weigh = peer.pairs(ms), weights.gravity(scale=1, alpha=-beta, min_dist=1)
    potential = peer.score("weighted_catchment", costs, persons, supply, weight_fn=weigh)
    assert_agree(hansen_potential(ms, supply, beta), potential)
    competed = peer.score("two_stage_fca", costs, persons, supply, weight_fn=weigh)
    assert_agree(joseph_bantock(ms, persons, supply, beta), competed)


def test_the_instances_try_what_is_hard():
    """Most scores are compared as numbers, and there are both kinds of missing ones."""
    found = [
        peer.score("two_stage_fca", peer.pairs(ms), persons, supply, max_cost=60)
        for ms, persons, supply in map(instance, range(N_INSTANCES))
    ]
    scores = np.concatenate(found)
    assert np.isfinite(scores).mean() > 0.5
    assert np.isnan(scores).sum() >= N_INSTANCES
    assert np.isinf(scores).any()
