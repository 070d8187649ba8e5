"""How unequal access is, in minutes.

References
----------
Kolm, S.-C. (1976), Unequal inequalities I. Journal of Economic Theory 12.
Pollak, R. A. (1971), Additive utility functions and linear Engel curves. Review of Economic Studies 38.
Logan, T. M. et al. (2021), Measuring inequalities in urban systems. Computers, Environment and Urban Systems 86.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def kolm_pollak_kappa(minutes: npt.ArrayLike, persons: npt.ArrayLike, aversion: float) -> float:
    """Return kappa, the aversion in units of 1/minute: ``aversion * sum(w x) / sum(w x^2)``.

    Computed once at the baseline and kept for every plan, so that plans are compared on one scale.

    Parameters
    ----------
    minutes : (n,)
        Finite times (cap the unreachable first).
    persons : (n,)
        Weights.
    aversion
        Negative for burdens such as time.

    Returns
    -------
    float
        Negative. Where everybody's time is 0 there is no inequality to weigh, and `aversion` itself is returned.
    """
    x, w = np.asarray(minutes, dtype=np.float64), np.asarray(persons, dtype=np.float64)
    squares = float(np.sum(w * x * x))
    return float(aversion) if squares <= 0 else float(aversion) * float(np.sum(w * x)) / squares


def kolm_pollak_ede(minutes: npt.ArrayLike, persons: npt.ArrayLike, kappa: float) -> float:
    """Return the Kolm-Pollak equally-distributed equivalent: the equal time as bad as these times.

    ``-(1/kappa) ln( sum(w exp(-kappa x)) / sum(w) )``, by log-sum-exp. At least the mean; adding 5 minutes for
    everybody adds exactly 5.

    Parameters
    ----------
    minutes : (n,)
        Finite times.
    persons : (n,)
        Weights.
    kappa
        From `kolm_pollak_kappa`.

    Returns
    -------
    float
        Minutes; NaN where nobody is counted.
    """
    x, w = np.asarray(minutes, dtype=np.float64), np.asarray(persons, dtype=np.float64)
    counted = w > 0
    if not counted.any():
        return float("nan")
    exponent = -kappa * x[counted]
    top = float(exponent.max())
    total = float(np.sum(w[counted] * np.exp(exponent - top)))
    return -(top + float(np.log(total / w[counted].sum()))) / kappa
