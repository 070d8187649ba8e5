"""Indicators of access: 2SFCA beside PySAL's `access` (BSD), and all of a country of 6,500 settlements alone.

Travel times are given: only the indicators are measured.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import numpy.typing as npt

from geo.access.floating_catchment import two_step
from geo.access.indicator import AccessData
from geo.access.registry import INDICATORS
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS
from tests.benchmarks.case import Case, Measured
from tests.oracle import access_package

LIMIT_MINUTES = 60.0
SETTLEMENTS, FACILITIES, SEASONS = 6_500, 2_000, 3
#: Kilometres: the size of Kazakhstan, where few pairs are within the limit, and a district, where nearly all are.
EXTENTS = {"country": (2_900.0, 1_600.0), "everything within the limit": (30.0, 30.0)}
PEER_SETTLEMENTS, PEER_FACILITIES = 1_500, 300


def cases() -> list[Case]:
    """Return 2SFCA on one synthetic region."""
    data = _season(PEER_SETTLEMENTS, PEER_FACILITIES, (150.0, 150.0), 0)
    costs = access_package.pairs(data.milliseconds)

    def ours() -> npt.NDArray[np.float64]:
        return two_step(data.milliseconds, data.persons, data.supply, LIMIT_MINUTES)

    def peer() -> npt.NDArray[np.float64]:
        return access_package.score("two_stage_fca", costs, data.persons, data.supply, LIMIT_MINUTES)

    def check() -> None:
        if not np.allclose(ours(), np.nan_to_num(peer()), rtol=1e-9, atol=0):
            raise RuntimeError("ours and PySAL's access disagree")

    return [Case(f"2SFCA {PEER_SETTLEMENTS} x {PEER_FACILITIES}", "PySAL access", ours, peer, check)]


def figures() -> list[Measured]:
    """Return processor seconds (of one thread) and peak memory of all indicators in all seasons."""
    found = []
    for name in EXTENTS:
        # A fresh process, because a peak of memory never falls again.
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as processes:
            seconds, peak_mb, share = processes.submit(_measure_all, name).result()
        label = f"{name}, {SETTLEMENTS} x {FACILITIES} x {SEASONS} seasons, {len(INDICATORS)} indicators"
        found.append(
            Measured(f"{label}, {100 * share:.1f} % of pairs within {LIMIT_MINUTES:.0f} min:", seconds, "CPU s")
        )
        if peak_mb is not None:
            found.append(Measured(f"{label}: peak memory", peak_mb, "MB"))
    return found


def _measure_all(name: str) -> tuple[float, float | None, float]:
    seasons = [_season(SETTLEMENTS, FACILITIES, EXTENTS[name], season) for season in range(SEASONS)]
    begin = time.process_time()
    for data in seasons:
        for indicator in INDICATORS.values():
            indicator.measure(data)
    seconds = time.process_time() - begin
    return (
        seconds,
        _peak_mb(),
        float(np.mean([len(data.reach.milliseconds) for data in seasons])) / (SETTLEMENTS * FACILITIES),
    )


def _season(n_settlements: int, n_facilities: int, extent_km: tuple[float, float], season: int) -> AccessData:
    """Settlements and some of them with a facility; a tenth of all ways is lost after the first season."""
    rng = np.random.default_rng(20260104)
    spots = rng.uniform(0, extent_km, (n_settlements, 2))
    sites = spots[rng.choice(n_settlements, n_facilities, replace=False)]
    milliseconds = np.empty((n_settlements, n_facilities), dtype=np.int32)
    for row, spot in enumerate(spots):
        minutes = np.hypot(*(sites - spot).T) * 1.4 * (1 + 0.3 * season)
        milliseconds[row] = np.rint(minutes * MS_PER_MINUTE)
    if season:
        milliseconds[np.random.default_rng(season).random(milliseconds.shape, dtype=np.float32) < 0.1] = UNREACHABLE_MS
    persons = np.rint(rng.lognormal(5, 1.2, n_settlements)) + 5
    return AccessData(milliseconds, persons, rng.integers(1, 40, n_facilities).astype(np.float64), LIMIT_MINUTES)


def _peak_mb() -> float | None:
    """Return the most memory that this process has held, in megabytes; Windows does not tell it."""
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)
