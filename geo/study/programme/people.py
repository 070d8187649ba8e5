"""People to come: who will need a service in every year of a programme."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from geo.study.config import ServiceConfig
from geo.study.load import StudyData
from geo.study.outlook import look_ahead, service_multiples, whole_persons
from geo.study.values import numbers_of


def persons_by_year(
    study: StudyData, settlements: gpd.GeoDataFrame, service: ServiceConfig, years: Sequence[int]
) -> npt.NDArray[np.int64]:
    """Return the people who need a service in every year, whole persons that add up per unit.

    Parameters
    ----------
    settlements
        Settlements of the study, the rows of the result's columns.
    years
        Increasing; today's counts stand for the first.

    Returns
    -------
    int64 (n_years, n_settlements)
        The first row has today's people. Unknown people count as 0, as in `geo.study.plans.unit_service`. Today's
        people stay for every year where the study has no ``[projection]``, where it counts settlements, and where
        nothing tells how a settlement grows.
    """
    today = numbers_of(study.settlements[f"{service.name}_persons"])
    if study.config.projection is None or study.config.demand.counts == "settlements":
        steady = np.ones((len(years), len(today)))
        people = whole_persons(today, steady, study.settlements["unit_id"].to_numpy(dtype=object))
    else:
        outlook = look_ahead(study, years)
        people = whole_persons(today, service_multiples(study, outlook, service), outlook.unit_ids)
    return people[:, study.settlements.index.get_indexer(settlements.index)]
