"""People to come: who will need a service in every year of a programme, and which thresholds that crosses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.study.config import ServiceConfig
from geo.study.load import StudyData
from geo.study.outlook import Outlook, first_year_of, look_ahead, service_multiples, whole_persons
from geo.study.programme.asset_life import asset_rows
from geo.study.programme.crossings import event_rows
from geo.study.programme.planned import PlannedUnit
from geo.study.values import numbers_of

Floats = npt.NDArray[np.float64]


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


def people_to_come(unit: PlannedUnit) -> Mapping[str, pd.DataFrame]:
    """Return the rows of `projection`, `projection_events` and `asset_life`; nothing without ``[projection]``."""
    study = unit.prepared.study
    first = first_year_of(study)
    if study.config.projection is None or first is None:
        return {}
    outlook = look_ahead(study, range(first, first + study.config.projection.horizon_years + 1))
    return {
        "projection": projection_rows(study, outlook, unit.settlements.index),
        "projection_events": event_rows(unit),
        "asset_life": asset_rows(unit, first) if study.config.projection.asset_life else pd.DataFrame(),
    }


def projection_rows(study: StudyData, outlook: Outlook, ids: pd.Index) -> pd.DataFrame:
    """Return the rows of `projection` of some settlements: all inhabitants first, then each service's people."""
    settlements = study.settlements
    rows = settlements.index.get_indexer(ids)
    needs: list[tuple[str, str, Floats]] = [("", "population_persons", outlook.everybody)]
    if study.config.demand.counts == "people":
        needs += [
            (service.name, f"{service.name}_persons", service_multiples(study, outlook, service))
            for service in study.config.service
        ]
    frames = []
    for need, column, multiples in needs:
        today = numbers_of(settlements[column])
        low, high = (today * multiples * outlook.apart(sign) for sign in (-1, 1))
        base = whole_persons(today, multiples, outlook.unit_ids).astype(np.float64)
        base[np.isnan(today * multiples)] = np.nan
        base[0] = today
        frame = pd.DataFrame(
            {
                "settlement_id": np.repeat(ids.to_numpy(dtype=object), len(outlook.years)),
                "need": need,
                "year": np.tile(np.array(outlook.years), len(ids)),
                # Rounded outwards, so that what is rounded to add up never leaves them.
                "low": np.floor(low + _ROUNDING)[:, rows].T.ravel(),
                "base": base[:, rows].T.ravel(),
                "high": np.ceil(high - _ROUNDING)[:, rows].T.ravel(),
                "method": np.repeat(outlook.method[rows], len(outlook.years)),
                "raked": np.repeat(outlook.raked[rows], len(outlook.years)),
            }
        )
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


#: What a whole number may be off by after multiplying.
_ROUNDING = 1e-9
