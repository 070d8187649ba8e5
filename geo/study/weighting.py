"""Need that counts for more: people of vulnerable settlements, weighed by the column `vulnerability`.

Weights enter a goal only, never a count: every figure that is printed is real people (domain brief, P5, P22 and C6).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from geo.siting.problem import SitingProblem
from geo.study.config import StudyConfig
from geo.study.values import numbers_of

Floats = npt.NDArray[np.float64]

#: Weights are rounded to this part of one.
_STEPS: Final = 100


def demand_weights(config: StudyConfig, settlements: gpd.GeoDataFrame) -> Floats:
    """Return what one person of each settlement counts for in a goal, (n_settlements,); ones without weights."""
    if config.demand.weight == "none":
        return np.ones(len(settlements))
    weights = numbers_of(settlements["vulnerability"])
    return np.where(np.isfinite(weights), weights, 1.0)


def weighted_persons(persons: npt.NDArray[np.int64], weights: Floats) -> npt.NDArray[np.int64]:
    """Return whole numbers in the proportion of persons x weights, so that goals stay exact.

    Weights become hundredths, and those their smallest whole proportion: weights that are all equal change nothing.

    Parameters
    ----------
    persons : int64 (n_settlements,)
        People.
    weights : (n_settlements,)
        Not negative; 0 = counts for nothing.
    """
    hundredths = np.rint(np.asarray(weights, dtype=np.float64) * _STEPS).astype(np.int64)
    shared = int(np.gcd.reduce(hundredths)) if hundredths.size else 0
    return persons * (hundredths // shared) if shared else persons


def weighted_problem(problem: SitingProblem, weights: Floats) -> SitingProblem:
    """Return a problem whose goals count people by their weights; kappa stays that of the people themselves."""
    return replace(problem, persons=weighted_persons(problem.persons, weights))
