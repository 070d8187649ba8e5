"""Gini and Theil beside PySAL's `inequality`, which knows no weights: people are repeated rows there.

Rey, S. J. et al. (2024), inequality: spatial inequality analysis. https://github.com/pysal/inequality
"""

from __future__ import annotations

import importlib.util
import os

import numpy as np
import pytest

from geo.access.inequality import gini, theil_split, theil_t

N_INSTANCES = 40


@pytest.fixture(scope="module")
def package() -> None:
    """PySAL's `inequality`; the tests are skipped without it, or fail with GEO_REQUIRE_ALL=1."""
    if importlib.util.find_spec("inequality") is None:
        reason = "needs PySAL's inequality: pip install inequality"
        if os.environ.get("GEO_REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)


def instance(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times above 0 with ties, people, and groups, each with somebody in it."""
    rng = np.random.default_rng([8, seed])
    n = int(rng.integers(3, 60))
    minutes = np.where(rng.random(n) < 0.3, 5.0 * rng.integers(1, 30, n), rng.gamma(1.0, 40.0, n) + 0.01)
    persons = rng.integers(1, 80, n) if seed % 2 else np.ones(n, dtype=np.int64)
    return minutes, persons, rng.integers(0, int(rng.integers(1, 6)), n)


@pytest.mark.parametrize("seed", range(N_INSTANCES))
def test_gini_and_theil_agree(package, seed):
    from inequality.gini import Gini
    from inequality.theil import Theil

    minutes, persons, _groups = instance(seed)
    everybody = np.repeat(minutes, persons)
    assert gini(minutes, persons) == pytest.approx(Gini(everybody).g, abs=1e-10)
    assert theil_t(minutes, persons) == pytest.approx(float(Theil(everybody).T), abs=1e-10)


@pytest.mark.parametrize("seed", range(N_INSTANCES))
def test_the_split_agrees(package, seed):
    from inequality.theil import TheilD

    minutes, persons, groups = instance(seed)
    theirs = TheilD(np.repeat(minutes, persons), np.repeat(groups, persons))
    ours = theil_split(minutes, persons, groups)
    assert ours.total == pytest.approx(float(theirs.T), abs=1e-10)
    assert ours.within == pytest.approx(theirs.wg.item(), abs=1e-10)
    assert ours.between == pytest.approx(theirs.bg.item(), abs=1e-10)


def test_the_package_would_notice_a_wrong_weight(package):
    """The comparison can fail: with one person per place the weighted instance differs from the package."""
    from inequality.gini import Gini

    minutes, persons, _groups = instance(1)
    assert gini(minutes, np.ones_like(persons)) != pytest.approx(Gini(np.repeat(minutes, persons)).g, abs=1e-3)
