"""How many people a settlement will have: exponential growth, shrunk towards its unit because villages of 40 are noise.

All functions take and return one value per settlement (or a single one). Unknown stays unknown: NaN in, NaN out; a
settlement without a known history has no projection, and its people are never taken for 0 or for steady.

References
----------
Smith, S. K., Tayman, J. & Swanson, D. A. (2013), A Practitioner's Guide to State and Local Population Projections:
the exponential form.
Efron, B. & Morris, C. (1977), Stein's paradox in statistics. Scientific American 236: why rates are shrunk. The weight
of the unit, five years, is the domain brief's (4.6; proposed).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Years of observation that a unit's rate counts for (domain brief 4.6, proposed).
PRIOR_YEARS: Final = 5.0


@dataclass(frozen=True, eq=False)
class Projection:
    """People in a later year, (n,) each; NaN = unknown. Fractions of a person are left in.

    Parameters
    ----------
    low, base, high : float64 (n,)
        Persons at the shrunken rate less the spread, at it, and at it plus the spread.
    """

    low: Floats
    base: Floats
    high: Floats


def growth_rate(before: npt.ArrayLike, now: npt.ArrayLike, years: npt.ArrayLike) -> Floats:
    """Return the yearly rate r of ``now = before * exp(r * years)``.

    Parameters
    ----------
    before, now
        Persons at the two counts; NaN = unknown.
    years
        Years between the counts.

    Returns
    -------
    float64
        Per year; NaN where a count is unknown or 0 (nothing grows from nobody, and no rate leads to nobody) or where
        the counts are not in order.
    """
    first, last, apart = np.broadcast_arrays(*(np.asarray(values, dtype=np.float64) for values in (before, now, years)))
    known = (first > 0) & (last > 0) & (apart > 0)
    ratio = np.divide(last, first, out=np.full(known.shape, np.nan), where=known)
    rate: Floats = np.divide(np.log(ratio), apart, out=np.full(known.shape, np.nan), where=known)
    return rate


def unit_growth(before: npt.ArrayLike, now: npt.ArrayLike, years: npt.ArrayLike) -> tuple[float, float]:
    """Return the rate of a unit as a whole and how far its settlements spread about each other.

    Parameters
    ----------
    before, now, years : (n,)
        As in `growth_rate`, for the settlements of the unit.

    Returns
    -------
    rate : float
        Rate per year of the sum of the settlements whose own rate is known; where years differ, over their mean
        weighted by the people at the first count. NaN if none is known.
    spread : float
        Standard deviation of the settlements' own rates, per year. NaN if fewer than two are known.
    """
    own = growth_rate(before, now, years)
    known = np.isfinite(own)
    if not known.any():
        return float("nan"), float("nan")
    first, last, apart = (
        np.broadcast_to(np.asarray(v, dtype=np.float64), own.shape)[known] for v in (before, now, years)
    )
    rate = float(np.log(last.sum() / first.sum()) / np.average(apart, weights=first))
    return rate, float(own[known].std(ddof=1)) if known.sum() > 1 else float("nan")


def shrunken_rate(
    rate: npt.ArrayLike, years: npt.ArrayLike, unit_rate: npt.ArrayLike, prior_years: float = PRIOR_YEARS
) -> Floats:
    """Return ``(years * rate + prior_years * unit_rate) / (years + prior_years)``.

    Parameters
    ----------
    rate
        The settlement's own rate, per year.
    years
        Years that it was observed over.
    unit_rate
        Rate of its unit, per year.
    prior_years
        Years of observation that the unit's rate counts for; 0 = the own rate alone.

    Returns
    -------
    float64
        Per year, between the two; NaN where either is unknown.
    """
    own, apart, unit = (np.asarray(values, dtype=np.float64) for values in (rate, years, unit_rate))
    shrunken: Floats = np.asarray((apart * own + prior_years * unit) / (apart + prior_years), dtype=np.float64)
    return shrunken


def project(persons_now: npt.ArrayLike, rate: npt.ArrayLike, years: npt.ArrayLike) -> Floats:
    """Return the people after so many years, ``persons_now * exp(rate * years)``.

    Parameters
    ----------
    persons_now
        Persons; NaN = unknown.
    rate
        Per year; NaN = unknown.
    years
        Years ahead.

    Returns
    -------
    float64
        Persons, fractions left in; NaN where people or rate are unknown.
    """
    now, r, ahead = (np.asarray(values, dtype=np.float64) for values in (persons_now, rate, years))
    later: Floats = np.asarray(now * np.exp(r * ahead), dtype=np.float64)
    return later


def project_range(
    persons_now: npt.ArrayLike, rate: npt.ArrayLike, spread: npt.ArrayLike, years: npt.ArrayLike
) -> Projection:
    """Return the projection at the rate, and at one `spread` below and above it.

    Parameters
    ----------
    persons_now, rate, years
        As in `project`.
    spread
        Standard deviation of the rates of the unit's settlements, per year (`unit_growth`); NaN = low and high unknown.
    """
    r, sd = np.asarray(rate, dtype=np.float64), np.asarray(spread, dtype=np.float64)
    low, base, high = (project(persons_now, r + step * sd if step else r, years) for step in (-1, 0, 1))
    return Projection(low, base, high)


def first_year_below(
    persons_now: npt.ArrayLike, rate: npt.ArrayLike, threshold: float, year: int, horizon_year: int
) -> Floats:
    """Return the first year in which people are fewer than a threshold.

    Parameters
    ----------
    persons_now
        Persons in `year`; NaN = unknown.
    rate
        Per year; NaN = unknown.
    threshold
        Persons, e.g. 50 inhabitants or 41 pupils; exactly as many are not below.
    year
        Year of `persons_now`.
    horizon_year
        Last year that is looked at.

    Returns
    -------
    float64
        Whole years: `year` itself where people are fewer already, whatever the rate. Infinite = not by the horizon;
        NaN = unknown.
    """
    now, r = np.broadcast_arrays(*(np.asarray(values, dtype=np.float64) for values in (persons_now, rate)))
    first = np.where(np.isfinite(now) & np.isfinite(r), np.inf, np.nan)
    for later in range(horizon_year, year, -1):
        first = np.where(project(now, r, later - year) < threshold, float(later), first)
    found: Floats = np.where(now < threshold, float(year), first)
    return found


def first_step_below(persons: npt.ArrayLike, threshold: npt.ArrayLike) -> Floats:
    """Return at which step of a projection people are first fewer than a threshold.

    Parameters
    ----------
    persons : (n_steps, n)
        Persons, the first row today's; NaN = unknown.
    threshold
        Persons, one for all or one each; exactly as many are not below.

    Returns
    -------
    float64 (n,)
        Whole steps from 0, today. Infinite = in none; NaN where a number is unknown before any is below.
    """
    course = np.asarray(persons, dtype=np.float64)
    below = course < np.asarray(threshold, dtype=np.float64)
    first = np.where(below.any(axis=0), below.argmax(axis=0).astype(np.float64), np.inf)
    unknown = np.isnan(course)
    gap = np.where(unknown.any(axis=0), unknown.argmax(axis=0).astype(np.float64), np.inf)
    found: Floats = np.where(gap < first, np.nan, first)
    return found
