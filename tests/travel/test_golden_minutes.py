"""Golden values A.1 through the public functions: real geometry, network, seasons, door-to-door times."""

from __future__ import annotations

import numpy as np
import pytest

from geo.units import UNREACHABLE_MS
from tests import toy

MINUTES_TO_A = {
    "dry": {"B": 25.7143, "C": 54.5143, "D": 84.5143, "E": 108.5143, "F": 73.7143},
    "winter": {"B": 32.1429, "C": 73.2857, "D": 133.2857, "E": 181.2857, "F": 100.7143},
    "thaw": {"B": 25.7143, "C": 66.8571, "D": np.inf, "E": np.inf, "F": 94.2857},
}


@pytest.mark.parametrize("season", toy.SEASONS)
def test_minutes_to_the_facility_in_a(season):
    minutes = toy.times(season).minutes[:, 0]
    expected = [0.0, *(MINUTES_TO_A[season][v] for v in "BCDEF")]
    np.testing.assert_allclose(minutes, expected, atol=1e-4)


def test_repairing_the_earth_roads_reconnects_the_far_villages():
    raw = toy.raw_roads(repaired=True)
    thaw, dry = toy.times("thaw", raw).minutes[:, 0], toy.times("dry", raw).minutes[:, 0]
    np.testing.assert_allclose(thaw[3:5], [92.571, 113.143], atol=1e-3)
    np.testing.assert_allclose(dry[3:5], [72.514, 86.914], atol=1e-3)


def test_exactly_thirty_minutes_is_thirty_minutes():
    times = toy.times("dry")
    assert times.milliseconds[2, 3] == 30 * 60_000
    assert times.milliseconds[2, 5] == 40 * 60_000


def test_parts_add_up_and_unreachable_is_explicit():
    times = toy.times("thaw")
    reached = times.milliseconds < UNREACHABLE_MS
    assert not reached[3, 0]
    assert (times.access_ms + times.egress_ms <= times.milliseconds)[reached].all()
