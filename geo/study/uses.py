"""Facilities that people are known to use, beside the ones that are computed to be the nearest."""

from __future__ import annotations

import geopandas as gpd
import numpy as np

from geo.errors import Fault
from geo.language import gettext as _
from geo.study.load import StudyData
from geo.study.supply import serving_today
from geo.travel import TravelTimes
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS


def beside_nearest(study: StudyData, sites: gpd.GeoDataFrame, times: TravelTimes, season: str) -> list[Fault]:
    """Return a note for every known use that is not of the computed nearest facility, with both times.

    Parameters
    ----------
    sites
        From `geo.study.supply.find_sites`.
    times
        In the season named, for all settlements and sites.
    """
    file = study.config.inputs.overrides or ""
    faults = []
    for use in study.overrides.uses:
        columns = tuple(serving_today(sites, use.service)["site_id"])
        if use.settlement_id not in study.settlements.index or use.facility_id not in columns:
            continue
        ms = times.select((use.settlement_id,), columns).milliseconds[0]
        nearest = int(np.argmin(ms))
        used = columns.index(use.facility_id)
        if ms[nearest] == ms[used]:
            continue
        text = _("{season}: the nearest to {settlement} is {nearest} ({minutes}), its people use {facility} ({other}).")
        message = text.format(
            season=season,
            settlement=use.settlement_id,
            nearest=columns[nearest],
            minutes=_minutes(int(ms[nearest])),
            facility=use.facility_id,
            other=_minutes(int(ms[used])),
        )
        remedy = _("Norms are judged by the nearest, catchments count these people where they go.")
        faults.append(Fault(file, use.row, "facility_id", "override-not-nearest", message, remedy, "note"))
    return faults


def _minutes(ms: int) -> str:
    return _("no way") if ms >= UNREACHABLE_MS else _("{n} min").format(n=round(ms / MS_PER_MINUTE, 1))
