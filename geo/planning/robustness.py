"""How far a choice of sites stands when its assumptions change: seeded draws, shares with intervals, what decides.

Every assumption has a stream of random numbers of its own, drawn from the seed and the assumption's name. So run k
sees the same speeds whether or not people are drawn as well, whatever plan is measured, and however many runs follow:
common random numbers, by which plans and settings are compared run by run instead of on average.

References
----------
Saltelli, A. et al. (2008), Global Sensitivity Analysis: The Primer. Wiley: first-order indices, and what runs with one
assumption changed at a time can and cannot tell.
Plischke, E., Borgonovo, E. & Smith, C. L. (2013), European Journal of Operational Research 226:536-550: first-order
indices from the runs at hand, by classes of the assumption's values.
Wilson, E. B. (1927), Journal of the American Statistical Association 22:209-212: intervals of shares.
Law, A. M. (2015), Simulation Modeling and Analysis, 5th ed., chapter 11: common random numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from scipy.special import chdtri, ndtri

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

Label = Literal["robust", "moderate", "weak"]
Direction = Literal["more", "less", "mixed"]

#: Shares of the runs from which on a site is robust, and below which it is weak (domain brief 4.7; proposed).
ROBUST_SHARE: Final = 0.8
WEAK_SHARE: Final = 0.5
#: Classes of an assumption's values, with as many runs each.
CLASSES: Final = 5
#: Chance that an assumption without any effect is called deciding, all assumptions of a site together.
FALSE_ALARM: Final = 0.05
#: Normal quantile of a two-sided interval of 95 %.
_NORMAL_95: Final = 1.959963984540054


@dataclass(frozen=True)
class Draws:
    """Random numbers of some runs.

    Parameters
    ----------
    seed : int
        Not negative.
    runs : int
        Number of runs; the first ones are the same however many follow.
    """

    seed: int
    runs: int

    def uniform(self, assumption: str, size: int = 1) -> Floats:
        """Return numbers between 0 and 1, neither included (n_runs, size), that depend on seed and name alone."""
        name = hashlib.blake2b(assumption.encode(), digest_size=16).digest()
        words = np.frombuffer(name, dtype="<u4").tolist()
        generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence([self.seed, *words])))
        # 53 bits, in the middle of their cell: neither 0 nor 1, whose normal quantiles are infinite.
        whole = generator.integers(0, 2**53, size=(self.runs, size), dtype=np.int64)
        return np.asarray((whole + 0.5) * 2.0**-53)


def lognormal(uniform: Floats, sigma: float) -> Floats:
    """Return factors whose logarithm is normal with this standard deviation; their median is 1."""
    return np.asarray(np.exp(sigma * ndtri(uniform)))


def around_one(uniform: Floats, share: float) -> Floats:
    """Return factors between ``1 - share`` and ``1 + share``, all equally likely."""
    return np.asarray(1.0 + share * (2.0 * uniform - 1.0))


def chosen_share(chosen: Mask) -> Floats:
    """Return for each site the share of runs that choose it (n_sites,), from (n_runs, n_sites)."""
    return np.asarray(chosen.mean(axis=0))


def share_interval(successes: int, runs: int) -> tuple[float, float]:
    """Return the interval of 95 % that Wilson gives for a share: what more runs would not be expected to leave.

    Raises
    ------
    ValueError
        If there is no run, or more successes than runs.
    """
    if not 0 <= successes <= runs or runs < 1:
        raise ValueError(f"{successes} of {runs} runs")
    share, z2 = successes / runs, _NORMAL_95**2
    middle = (share + z2 / (2 * runs)) / (1 + z2 / runs)
    half = _NORMAL_95 / (1 + z2 / runs) * np.sqrt(share * (1 - share) / runs + z2 / (4 * runs**2))
    low = 0.0 if successes == 0 else max(0.0, float(middle - half))
    high = 1.0 if successes == runs else min(1.0, float(middle + half))
    return low, high


def label(share: float, *, stranded: bool = False) -> Label:
    """Return what a share is called; a site that is to lose its users within its life is never robust."""
    if share < WEAK_SHARE:
        return "weak"
    return "robust" if share >= ROBUST_SHARE and not stranded else "moderate"


@dataclass(frozen=True)
class Deciding:
    """The assumption on which a choice depends most.

    Parameters
    ----------
    assumption : str
        Its name.
    index : float
        First-order sensitivity index, 0..1: the share of the variance of the choice that knowing this one would take
        away.
    direction
        Whether the site is chosen more or less often where the assumption is high; mixed where neither end is.
    """

    assumption: str
    index: float
    direction: Direction


def first_order_index(values: Floats, chosen: Mask, classes: int = CLASSES) -> tuple[float, int]:
    """Return the first-order index of an assumption for a choice, from the runs at hand, and the number of classes.

    Runs are sorted into classes of equal size by the assumption's value (each value its own where there are no more),
    and the index is how much of the variance of the choice lies between the classes.

    Parameters
    ----------
    values : (n_runs,)
        The assumption in each run.
    chosen : bool (n_runs,)
        Whether the run chooses the site.
    """
    share = float(chosen.mean())
    if share in (0.0, 1.0):
        return 0.0, 1
    distinct = np.unique(values)
    if len(distinct) <= classes:
        own = np.searchsorted(distinct, values)
    else:
        bounds = np.quantile(values, np.arange(1, classes) / classes)
        own = np.searchsorted(bounds, values, side="right")
    sizes = np.bincount(own)
    shares = np.bincount(own, weights=chosen.astype(np.float64)) / np.maximum(sizes, 1)
    between = float((sizes * (shares - share) ** 2).sum() / len(values))
    return min(1.0, between / (share * (1 - share))), int((sizes > 0).sum())


def deciding(assumptions: Mapping[str, Floats], chosen: Mask) -> Deciding | None:
    """Return the assumption with the largest first-order index, or None where chance alone could explain it.

    An assumption without any effect has an index of about (classes - 1) / runs; one is named only if its index would be
    exceeded by chance for any of them in fewer than `FALSE_ALARM` of such studies (chi-squared, Bonferroni).

    Parameters
    ----------
    assumptions
        By name, its value in each run (n_runs,).
    chosen : bool (n_runs,)
        Whether the run chooses the site.
    """
    moving = {name: values for name, values in assumptions.items() if np.ptp(values) > 0}
    best: Deciding | None = None
    for name in sorted(moving):
        index, classes = first_order_index(moving[name], chosen)
        if classes < 2:
            continue
        by_chance = float(chdtri(classes - 1, FALSE_ALARM / len(moving))) / len(chosen)
        if index > by_chance and (best is None or index > best.index):
            best = Deciding(name, index, _direction(moving[name], chosen))
    return best


def _direction(values: Floats, chosen: Mask) -> Direction:
    """Compare the runs with high values with those with low ones."""
    middle = float(np.median(values))
    high = values > middle
    if not high.any():
        high = values >= middle
    if high.all():
        return "mixed"
    more, less = float(chosen[high].mean()), float(chosen[~high].mean())
    error = np.sqrt(chosen.mean() * (1 - chosen.mean()) * (1 / high.sum() + 1 / (~high).sum()))
    if abs(more - less) <= _NORMAL_95 * error:
        return "mixed"
    return "more" if more > less else "less"


def interval(values: npt.ArrayLike, share: float = 0.9) -> tuple[float, float, float]:
    """Return the value below which (1 - share) / 2 of the runs lie, the median, and the one above which as many lie.

    Every one is the value of a run; of whole numbers they are whole.
    """
    found = np.asarray(values, dtype=np.float64)
    ends = ((1 - share) / 2, 0.5, 1 - (1 - share) / 2)
    low, middle, high = np.quantile(found, ends, method="inverted_cdf")
    return float(low), float(middle), float(high)
