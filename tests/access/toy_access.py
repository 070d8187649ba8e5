"""Access of the six toy villages, from their real geometry."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from geo.access.coverage import Coverage, measure_coverage
from geo.access.equity import kolm_pollak_kappa
from tests import toy

CAP_MINUTES = 240.0


@lru_cache(maxsize=4)
def minutes(season: str) -> npt.NDArray[np.float64]:
    return toy.times(season).minutes


def nearest(season: str, facilities: str) -> npt.NDArray[np.float64]:
    return minutes(season)[:, [toy.VILLAGES.index(v) for v in facilities]].min(axis=1)


@lru_cache(maxsize=1)
def baseline_kappa() -> float:
    return kolm_pollak_kappa(nearest("dry", "A"), toy.PERSONS, -1.0)


def coverage(season: str, facilities: str, limit_minutes: int = 30) -> Coverage:
    times = toy.times(season)
    ms = times.milliseconds[:, [toy.VILLAGES.index(v) for v in facilities]].min(axis=1)
    within = ms <= limit_minutes * 60_000
    return measure_coverage(nearest(season, facilities), toy.PERSONS, within, baseline_kappa(), CAP_MINUTES)
