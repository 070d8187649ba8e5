"""Settlements against norms: met, unmet, not applicable or unknown. Unknown is never met."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.norms import Norm
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS, minutes_to_ms

Matrix = npt.NDArray[np.int32]


def check_norm(
    norm: Norm,
    population_persons: pd.Series,
    nearest_ms: Mapping[str, Matrix],
    present: npt.NDArray[np.bool_],
    assessable: npt.NDArray[np.bool_],
    supply_known: bool,
) -> pd.DataFrame:
    """Check every settlement against one norm.

    Parameters
    ----------
    norm
        The requirement.
    population_persons : Int64 series (n,)
        Inhabitants by settlement id; missing = unknown.
    nearest_ms : mapping of season to int32 (n,)
        Time to the nearest facility of the norm's level or above; `UNREACHABLE_MS` = no way.
    present : bool (n,)
        Whether the settlement itself has such a facility.
    assessable : bool (n,)
        Whether travel times of the settlement mean anything.
    supply_known
        Whether the study knows the facilities of this service at this level at all.

    Returns
    -------
    DataFrame
        One row per settlement with `settlement_id`, `status`, `season`, `value`, `limit` and `shortfall` (NaN = no way
        or unknown).
    """
    n = len(population_persons)
    if norm.metric == "minutes":
        value, season, met = _minutes(norm, nearest_ms, n)
    else:
        value, season, met = present.astype(np.float64), np.full(n, ""), present.copy()
    known = assessable & supply_known if norm.metric == "minutes" else np.full(n, supply_known)
    applies, size_known = _applies(norm, population_persons)
    status = np.where(met, "met", "unmet")
    status = np.where(known & size_known, status, "unknown")
    status = np.where(size_known & ~applies, "not_applicable", status)
    shown = np.isin(status, ["met", "unmet"])
    value = np.where(shown & np.isfinite(value), value, np.nan)
    missing = np.maximum(value - norm.value, 0.0) if norm.metric == "minutes" else np.maximum(norm.value - value, 0.0)
    return pd.DataFrame(
        {
            "settlement_id": population_persons.index,
            "status": status,
            "season": np.where(shown, season, ""),
            "value": value,
            "limit": norm.value,
            "shortfall": missing,
        }
    )


def _minutes(
    norm: Norm, nearest_ms: Mapping[str, Matrix], n: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.str_], npt.NDArray[np.bool_]]:
    names = list(nearest_ms)
    stack = np.stack([nearest_ms[name] for name in names]) if names else np.full((1, n), UNREACHABLE_MS, np.int32)
    decisive = stack.argmax(axis=0) if norm.season_rule == "worst" else stack.argmin(axis=0)
    ms = stack[decisive, np.arange(n)]
    minutes = np.where(ms < UNREACHABLE_MS, ms / MS_PER_MINUTE, np.inf)
    season = np.array(names or [""])[decisive]
    return minutes, season, ms <= minutes_to_ms(norm.value)


def _applies(norm: Norm, population_persons: pd.Series) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return where the norm applies, and where that can be told: a norm for all sizes needs no size."""
    if norm.pop_min is None and norm.pop_max is None:
        everywhere = np.ones(len(population_persons), dtype=np.bool_)
        return everywhere, everywhere
    known = population_persons.notna().to_numpy(dtype=np.bool_)
    persons = population_persons.fillna(0).to_numpy(dtype=np.int64)
    applies = np.fromiter((norm.applies_to(int(p)) for p in persons), dtype=np.bool_, count=len(persons))
    return applies & known, known
