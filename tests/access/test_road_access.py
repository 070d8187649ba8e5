"""The Rural Access Index: who is near an all-season road, who is not, who is unknown."""

from __future__ import annotations

import math

import numpy as np

from geo.access.road_access import rural_access_share

INF, NAN = np.inf, np.nan


def share(metres: list[float], persons: list[float], **settings: float) -> float:
    return rural_access_share(np.array(metres), np.array(persons, dtype=float), **settings)


def test_two_kilometres_are_within():
    assert share([0, 2000, 2000.1, 9000], [10, 20, 30, 40]) == 0.3
    assert share([0, 2000, 2000.1, 9000], [10, 20, 30, 40], limit_metres=9000) == 1.0


def test_no_road_at_all_is_without_access_and_unknown_is_left_out():
    assert share([100, INF], [25, 75]) == 0.25
    assert share([100, INF, NAN], [25, 75, 900]) == 0.25


def test_with_nobody_known_there_is_no_share():
    assert math.isnan(share([NAN, NAN], [5, 6]))
    assert math.isnan(share([100], [0]))
    assert math.isnan(share([], []))
