"""People to come: who will need a service in every year of a programme, and which thresholds that crosses."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.study.load import StudyData
from geo.study.outlook import Outlook, first_year_of, look_ahead, service_multiples, whole_persons
from geo.study.programme.asset_life import asset_rows
from geo.study.programme.crossings import event_rows
from geo.study.programme.planned import PlannedUnit
from geo.study.values import numbers_of

Floats = npt.NDArray[np.float64]


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
