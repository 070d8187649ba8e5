"""The nearest facilities, and how much is within the norm.

References
----------
Wachs, M. and Kumagai, T. G. (1973), Physical accessibility as a social indicator. Socio-Economic Planning Sciences 7
(cumulative opportunities).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geo.access.reach import Floats, Milliseconds, Reach
from geo.units import UNREACHABLE_MS


def nearest_k_ms(ms: Milliseconds, k: int) -> Milliseconds:
    """Return the times to the `k` nearest facilities.

    Parameters
    ----------
    ms : int32 (n_settlements, n_facilities)
        Times; `UNREACHABLE_MS` = no way.
    k
        At least 1.

    Returns
    -------
    int32 (n_settlements, k)
        Ascending, filled up with `UNREACHABLE_MS`.

    Raises
    ------
    ValueError
        If `k` is below 1.
    """
    if k < 1:
        raise ValueError(f"k is {k}, at least 1 is needed")
    found = np.full((ms.shape[0], k), UNREACHABLE_MS, dtype=np.int32)
    kept = min(k, ms.shape[1])
    few = np.partition(ms, kept - 1, axis=1)[:, :kept] if 0 < kept < ms.shape[1] else ms
    found[:, :kept] = np.sort(few, axis=1)
    return found


def n_within(ms: Milliseconds, limit_ms: int) -> npt.NDArray[np.int64]:
    """Return the choice of every settlement: how many facilities are within the limit, (n_settlements,)."""
    counts: npt.NDArray[np.int64] = np.count_nonzero(ms <= min(limit_ms, UNREACHABLE_MS - 1), axis=1).astype(np.int64)
    return counts


def supply_within(times: Milliseconds | Reach, supply: Floats, limit_ms: int) -> Floats:
    """Return the cumulative opportunities: the supply within the limit, whoever else wants it.

    Parameters
    ----------
    times : int32 (n_settlements, n_facilities), or Reach
        Times, or the pairs within the limit or a longer one.
    supply : float64 (n_facilities,)
        What each facility offers.
    limit_ms
        A time equal to it is within.

    Returns
    -------
    float64 (n_settlements,)
        0 where nothing is within.
    """
    reach = Reach.of(times, limit_ms)
    return reach.by_settlement(np.ones(len(reach.facility)), supply)


def share_with_options(ms: Milliseconds, persons: Floats, limit_ms: int, n_options: int = 2) -> float:
    """Return the share of all people who have at least `n_options` facilities within the limit; NaN with nobody."""
    total = float(persons.sum())
    return float(persons[n_within(ms, limit_ms) >= n_options].sum()) / total if total > 0 else float("nan")
