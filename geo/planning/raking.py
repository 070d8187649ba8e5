"""Settlements that add up: scaled to a total that somebody published, and rounded to whole persons without a rest.

References
----------
Smith, S. K., Tayman, J. & Swanson, D. A. (2013), A Practitioner's Guide to State and Local Population Projections,
ch. 9: raking small areas to the projection of the larger one.
Hamilton's method of the largest remainder, as in the apportionment of seats.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def raking_factors(sums: npt.ArrayLike, years: Sequence[int], controls: Mapping[int, float]) -> Floats:
    """Return what a unit's settlements are multiplied with in every year, so that they add up to its control totals.

    In a year with a control total it is that total over the sum; in the first year 1; between, the logarithm goes
    evenly from one to the next; after the last control total the factor stays.

    Parameters
    ----------
    sums : (n_years,)
        Projected people of the unit by year.
    years
        The years, increasing.
    controls
        Control total by year, above 0; totals of other years than these, and of the first, are not used.

    Returns
    -------
    float64 (n_years,)
        Factors above 0.

    Raises
    ------
    ValueError
        If a sum or a control total is not above 0.
    """
    projected, when = np.asarray(sums, dtype=np.float64), np.asarray(years)
    fixed = [0, *(number for number, year in enumerate(years) if number and year in controls)]
    totals = np.array([projected[0], *(controls[years[number]] for number in fixed[1:])], dtype=np.float64)
    if not ((projected > 0).all() and (totals > 0).all()):
        raise ValueError("sums and control totals are above 0")
    at = totals / projected[fixed]
    factors: Floats = np.exp(np.interp(when, when[fixed], np.log(at)))
    factors[fixed] = at
    return factors


def largest_remainder(values: npt.ArrayLike, total: int | None = None) -> npt.NDArray[np.int64]:
    """Return whole numbers that add up to a total, each beside its value.

    Everybody gets the whole part; what is left goes to the largest fractions, of equals to the first.

    Parameters
    ----------
    values : (n,)
        Not negative.
    total
        What the whole numbers add up to; by default the sum of the values, rounded half up. Values are scaled to it.

    Returns
    -------
    int64 (n,)
        No farther than 1 from the (scaled) value.

    Raises
    ------
    ValueError
        If a value is negative or not a number, or nothing is to be shared out to.
    """
    shares = np.asarray(values, dtype=np.float64)
    if not (shares >= 0).all():
        raise ValueError("values are not negative, and known")
    whole_sum = shares.sum()
    goal = int(np.floor(whole_sum + 0.5)) if total is None else total
    if goal and whole_sum <= 0:
        raise ValueError(f"{goal} cannot be shared out among values that are all 0")
    if whole_sum > 0:
        shares = shares * (goal / whole_sum)
    # Of numbers that are whole but for rounding nothing is cut off.
    found = np.floor(shares + 1e-9).astype(np.int64)
    rest = goal - int(found.sum())
    order = np.argsort(-np.round(shares - found, 9), kind="stable")
    found[order[:rest]] += 1
    return found
