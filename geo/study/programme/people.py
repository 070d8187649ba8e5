"""People who need a service in the years of a programme (stand-in until the projection of the branch `people`)."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from geo.study.config import ServiceConfig
from geo.study.load import StudyData
from geo.study.values import numbers_of


def persons_by_year(
    study: StudyData, settlements: gpd.GeoDataFrame, service: ServiceConfig, years: Sequence[int]
) -> npt.NDArray[np.int64]:
    """Return int64 (n_years, n_settlements): today's people in every year."""
    today = np.nan_to_num(numbers_of(settlements[f"{service.name}_persons"])).astype(np.int64)
    return np.tile(today, (len(years), 1))
