"""The Rural Access Index.

References
----------
United Nations, SDG indicator 9.1.1, metadata: share of the rural population who live within 2 km of an all-season road.
Such a road is motorable all year round, short interruptions allowed.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from geo.access.reach import Floats

#: SDG indicator 9.1.1.
RURAL_ACCESS_METRES: Final = 2000.0


def rural_access_share(distance_metres: Floats, persons: Floats, limit_metres: float = RURAL_ACCESS_METRES) -> float:
    """Return the share of people near an all-season road.

    Parameters
    ----------
    distance_metres : float64 (n,)
        To the nearest all-season road in a straight line. Infinite = there is none at all, which counts as without
        access. NaN = unknown: such people are left out on both sides, and the caller says how many they are.
    persons : float64 (n,)
        Rural people.
    limit_metres
        A distance equal to it is within.

    Returns
    -------
    float
        NaN where nobody is counted.
    """
    known = ~np.isnan(distance_metres)
    total = float(persons[known].sum())
    near = distance_metres <= limit_metres
    return float(persons[near].sum()) / total if total > 0 else float("nan")
