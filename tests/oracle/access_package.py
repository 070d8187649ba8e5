"""Our indicators as PySAL's `access` computes them.

Saxon, J. et al. (2022), An open software environment to make spatial access metrics more accessible. Journal of
Computational Social Science 5.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.units import MS_PER_MINUTE, UNREACHABLE_MS

Floats = npt.NDArray[np.float64]


def pairs(ms: npt.NDArray[np.int32]) -> pd.DataFrame:
    """The table of pairs with a way, in minutes."""
    origin, destination = np.nonzero(ms < UNREACHABLE_MS)
    return pd.DataFrame({"origin": origin, "dest": destination, "cost": ms[origin, destination] / MS_PER_MINUTE})


def score(
    method: str,
    costs: pd.DataFrame,
    persons: Floats,
    supply: Floats,
    max_cost: float | None = None,
    weight_fn: Callable[[float], float] | None = None,
) -> Floats:
    """Scores by settlement of `two_stage_fca`, `three_stage_fca` or `weighted_catchment`; NaN where it gives none."""
    from access import fca

    demand = pd.DataFrame({"demand": persons}, index=pd.RangeIndex(len(persons), name="geoid"))
    offers = pd.DataFrame({"supply": supply}, index=pd.RangeIndex(len(supply), name="geoid"))
    if method == "weighted_catchment":
        found = fca.weighted_catchment(
            offers, costs, max_cost, "dest", "origin", loc_index=True, loc_value="supply", weight_fn=weight_fn
        )
    else:
        call = getattr(fca, method)
        # It adds columns to the costs that it is given.
        found = call(demand, offers, costs.copy(), max_cost, weight_fn=weight_fn)
    return found.reindex(range(len(persons))).to_numpy(dtype=np.float64)
