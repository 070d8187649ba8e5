"""Gravity indicators: every facility counts for every settlement, the less the farther, without a catchment.

A weight is ``max(t, least_minutes)^-beta`` with t in minutes, and 0 where there is no way. Without the floor a facility
at 0 minutes would count infinitely.

References
----------
Hansen, W. G. (1959), How accessibility shapes land use. Journal of the American Institute of Planners 25.
Joseph, A. E. and Bantock, P. R. (1982), Measuring potential physical accessibility to general practitioners in rural
areas. Social Science & Medicine 16.
Wan, N., Zhan, F. B., Zou, B. and Chow, E. (2012), A relative spatial access assessment approach for analyzing potential
spatial access to colorectal cancer services in Texas. Applied Geography 32 (SPAR).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from geo.access.reach import Floats, Milliseconds, divide_or_zero
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS

#: A proposal: the friction of a place can only be measured from observed trips.
BETA: Final = 1.5
LEAST_MINUTES: Final = 1.0
#: Settlements weighed at a time, so that a country needs no second matrix.
_ROWS_AT_A_TIME: Final = 512


def hansen_potential(
    ms: Milliseconds, supply: Floats, beta: float = BETA, least_minutes: float = LEAST_MINUTES
) -> Floats:
    """Return the potential ``A_i = sum_j S_j t_ij^-beta``: supply within reach, whoever else wants it.

    Parameters
    ----------
    ms : int32 (n_settlements, n_facilities)
        Times; `UNREACHABLE_MS` = no way.
    supply : float64 (n_facilities,)
        What each facility offers.
    beta
        Friction, above 0.
    least_minutes
        Shorter times count as this one.

    Returns
    -------
    float64 (n_settlements,)
        Only comparable with other settlements; 0 without access.
    """
    scores = np.zeros(ms.shape[0])
    for rows, weights in _weights(ms, beta, least_minutes):
        scores[rows] = np.einsum("ij,j->i", weights, supply)
    return scores


def joseph_bantock(
    ms: Milliseconds, persons: Floats, supply: Floats, beta: float = BETA, least_minutes: float = LEAST_MINUTES
) -> Floats:
    """Return supply per person with competition: ``A_i = sum_j S_j t_ij^-beta / sum_k(P_k t_kj^-beta)``.

    Scores times people add up to the supply that anybody reaches.

    Parameters
    ----------
    ms, supply, beta, least_minutes
        See `hansen_potential`.
    persons : float64 (n_settlements,)
        People who share a facility, the more the nearer.

    Returns
    -------
    float64 (n_settlements,)
        Supply per person; 0 without access.
    """
    demand = np.zeros(ms.shape[1])
    for rows, weights in _weights(ms, beta, least_minutes):
        demand += np.einsum("ij,i->j", weights, persons[rows])
    return hansen_potential(ms, divide_or_zero(supply, demand), beta, least_minutes)


def spatial_access_ratio(scores: Floats, persons: Floats) -> Floats:
    """Return SPAR, scores over the mean of all people: 1 = as everybody on average; 0 without access.

    Less sensitive than the scores to the friction and to the source of the road data, which move all scores together.
    Those without access stay in the mean. Where nobody has access all ratios are 0; with nobody at all the mean is one
    over settlements.

    Parameters
    ----------
    scores : float64 (n_settlements,)
        Of any indicator that is 0 without access.
    persons : float64 (n_settlements,)
        Weights of the mean.
    """
    total = float(persons.sum())
    mean = float(np.sum(scores * persons)) / total if total > 0 else float(scores.mean()) if len(scores) else 0.0
    return scores / mean if mean > 0 else np.zeros_like(scores)


def _weights(ms: Milliseconds, beta: float, least_minutes: float) -> Iterator[tuple[slice, Floats]]:
    """Yield weights by block of settlements; sums are by numpy, not BLAS, whose order depends on its threads."""
    if beta <= 0 or least_minutes <= 0:
        raise ValueError(f"beta is {beta} and least_minutes {least_minutes}; both must be above 0")
    for begin in range(0, ms.shape[0], _ROWS_AT_A_TIME):
        rows = slice(begin, begin + _ROWS_AT_A_TIME)
        weights = np.maximum(ms[rows] / MS_PER_MINUTE, least_minutes)
        np.power(weights, -beta, out=weights)
        weights[ms[rows] >= UNREACHABLE_MS] = 0.0
        yield rows, weights
