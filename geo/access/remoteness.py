"""Remoteness: how far a settlement is from centres of every tier, on the scale of ARIA.

References
----------
Department of Health and Aged Care of Australia (2001), Measuring remoteness: Accessibility/Remoteness Index of
Australia (ARIA), revised edition. Occasional Papers 14.
Australian Institute of Health and Welfare (2004), Rural, regional and remote health: a guide to remoteness
classifications (classes of ARIA+).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from geo.access.reach import Floats

#: A score is 0 to 15 as in ARIA+: five tiers of at most 3.
HIGHEST_SCORE: Final = 15.0
HIGHEST_RATIO: Final = 3.0
#: Last scores of ARIA+: major city, inner regional, outer regional, remote; above is very remote (AIHW 2004). Made for
#: road kilometres in Australia.
ARIA_UPPERS: Final = (0.2, 2.4, 5.92, 10.53)


def tier_means(minutes: Floats) -> Floats:
    """Return the mean time to each tier over the settlements that reach it, not weighted by people, as ARIA does.

    Parameters
    ----------
    minutes : float64 (n_settlements, n_tiers)
        Time to the nearest centre of each tier; infinite = no way, NaN = unknown.

    Returns
    -------
    float64 (n_tiers,)
        NaN for a tier that nobody reaches.
    """
    reached = np.isfinite(minutes)
    counts = reached.sum(axis=0)
    sums = np.where(reached, minutes, 0.0).sum(axis=0)
    means: Floats = np.divide(sums, counts, out=np.full(minutes.shape[1], np.nan), where=counts > 0)
    return means


def remoteness_scores(minutes: Floats, mean_minutes: Floats | None = None) -> Floats:
    """Return how remote every settlement is: ``sum over tiers of min(3, t / mean t)``, stretched to 0-15.

    With five tiers this is ARIA+; with L tiers the sum is multiplied by 5/L, so that the scale stays. No way counts 3,
    the most that a tier can. A tier without a mean (nobody reaches it) is left out. With the means kept a score never
    falls when a road closes; with means made anew it may, because others become remoter still.

    Parameters
    ----------
    minutes : float64 (n_settlements, n_tiers)
        Time to the nearest centre of each tier; infinite = no way, NaN = unknown. Tiers nest: a centre of a tier is
        also a centre of every lower one, so that a top centre is at 0 from all and scores 0. That is for the caller
        to see to.
    mean_minutes : float64 (n_tiers,), optional
        Means to keep, from `tier_means` at the baseline; by default those of `minutes`.

    Returns
    -------
    float64 (n_settlements,)
        0 to 15; NaN = unknown: a time is unknown, or no tier is left.
    """
    means = tier_means(minutes) if mean_minutes is None else np.asarray(mean_minutes, dtype=np.float64)
    used = ~np.isnan(means)
    if not used.any():
        return np.full(len(minutes), np.nan)
    kept = minutes[:, used]
    # Where everybody who gets there is there already, the mean is 0: any way at all is then long.
    none = np.where(kept > 0, np.inf, kept)
    ratios = np.divide(kept, means[used], out=none, where=(means[used] > 0) & ~np.isinf(kept))
    scores: Floats = np.minimum(ratios, HIGHEST_RATIO).sum(axis=1)
    return scores * (HIGHEST_SCORE / (HIGHEST_RATIO * int(used.sum())))


def remoteness_coefficient(scores: Floats) -> Floats:
    """Return a factor for cost per head: ``1 + score / 15``, from 1 at a top centre to 2 at the remotest.

    A proposal, not verified: it only says that no remoter settlement gets less. What remoteness costs in a country has
    to be measured there.
    """
    return 1.0 + scores / HIGHEST_SCORE


def remoteness_class(scores: Floats, uppers: Sequence[float] = ARIA_UPPERS) -> npt.NDArray[np.int64]:
    """Return the class of every score: 0 up to the first of `uppers`, and so on; -1 = unknown.

    Parameters
    ----------
    scores : float64 (n,)
        From `remoteness_scores`.
    uppers
        The last score of each class but the last, ascending.

    Raises
    ------
    ValueError
        If `uppers` is not ascending.
    """
    if any(a >= b for a, b in pairwise(uppers)):
        raise ValueError(f"class bounds {tuple(uppers)} are not ascending")
    found = np.searchsorted(np.asarray(uppers, dtype=np.float64), scores, side="left").astype(np.int64)
    return np.where(np.isnan(scores), -1, found)
