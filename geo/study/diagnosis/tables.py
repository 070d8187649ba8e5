"""All tables of the diagnosis of one unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import pandas as pd

from geo.siting.solution import SitingSolution
from geo.study.diagnosis.access import equity, group_access
from geo.study.diagnosis.areas import rollups
from geo.study.diagnosis.profile import settlement_profile
from geo.study.diagnosis.transfer import interventions, transfer_need
from geo.study.plans import UnitService
from geo.study.prepare import Prepared
from geo.study.result import WHOLE_STUDY

#: A service of a unit and its plans by name.
Planned = tuple[UnitService, Mapping[str, SitingSolution]]


def diagnosis_tables(
    prepared: Prepared,
    unit_id: str,
    settlements: gpd.GeoDataFrame,
    services: Sequence[Planned],
    written: Mapping[str, pd.DataFrame],
) -> dict[str, list[pd.DataFrame]]:
    """Return the rows of every table of the diagnosis.

    Parameters
    ----------
    settlements
        Of the unit.
    services
        Every service with its plans.
    written
        Tables of the unit that the diagnosis builds on: `access_settlement` and `norm_gaps`.
    """
    study, around = prepared.study, prepared.surroundings
    loads = _of_unit(prepared, unit_id, prepared.loads)
    found: dict[str, list[pd.DataFrame]] = {
        "settlement_profile": [settlement_profile(study, settlements, around, written["access_settlement"])],
        "access_indicators": [_in(prepared.indicators, settlements)],
        "facility_load": [loads],
        "viability": [_thresholds(prepared.thresholds, settlements, loads)],
        "unit_profile": [prepared.units],
        "trip_check": [prepared.calibration.trips],
        "calibration": [prepared.calibration.seasons],
    }
    for part, plans in services:
        own = interventions(study, part, plans, written["norm_gaps"], around)
        rows = {
            "group_access": group_access(study, part, plans),
            "equity": equity(study, part, plans),
            "rollups": rollups(study, part, plans, unit_id),
            "interventions": own,
            "transfer_need": transfer_need(part, own, written["norm_gaps"], around),
        }
        for name, frame in rows.items():
            found.setdefault(name, []).append(frame)
    return found


def _in(rows: pd.DataFrame, settlements: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the rows about settlements of a unit."""
    return rows[rows["settlement_id"].isin(settlements.index)] if len(rows) else rows


def _thresholds(rows: pd.DataFrame, settlements: gpd.GeoDataFrame, loads: pd.DataFrame) -> pd.DataFrame:
    """Return the settlements of a unit, and the facilities that stand in it, beside their thresholds."""
    if not len(rows):
        return rows
    own = rows["site_id"].isin(loads["site_id"]) if "site_id" in rows and len(loads) else False
    return rows[((rows["subject"] == "settlement") & rows["settlement_id"].isin(settlements.index)) | own]


def _of_unit(prepared: Prepared, unit_id: str, loads: pd.DataFrame) -> pd.DataFrame:
    """Return the facilities that stand in a unit."""
    if unit_id == WHOLE_STUDY or not len(loads):
        return loads
    sites = prepared.sites
    inside = sites.loc[(sites["kind"] == "existing") & (sites["unit_id"] == unit_id), "site_id"]
    return loads[loads["site_id"].isin(inside)]
