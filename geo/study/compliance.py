"""Every norm of a study against every settlement of a unit."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.access.compliance import check_norm
from geo.norms import Norm
from geo.study.prepare import BASE_SCENARIO, Prepared
from geo.units import UNREACHABLE_MS


def norm_compliance(prepared: Prepared, settlements: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the rows of `norm_compliance`: every norm of the study's packs that is about one of its services.

    Where only a facility of unknown level could meet a norm, the status is unknown; and so it is for everybody where
    the study knows no facility of the service at all.
    """
    services = {service.name: service for service in prepared.study.config.service}
    existing = sites[sites["kind"] == "existing"]
    frames = []
    for norm in prepared.study.norms:
        service = services.get(norm.service)
        if service is None or norm.level not in service.levels:
            continue
        own = existing[existing["service"] == norm.service]
        enough = own["level"].isin(service.levels[service.levels.index(norm.level) :])
        frame = _check(prepared, norm, settlements, own[enough], known=len(own) > 0)
        if own["level"].isna().any():
            possible = _check(prepared, norm, settlements, own[enough | own["level"].isna()], known=True)
            unclear = (frame["status"] == "unmet") & (possible["status"] == "met")
            frame.loc[unclear, "status"] = "unknown"
            frame.loc[unclear, ["value", "shortfall"]] = np.nan
            frame.loc[unclear, "season"] = ""
        frames.append(_described(frame, norm, settlements))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _check(
    prepared: Prepared, norm: Norm, settlements: gpd.GeoDataFrame, supply: gpd.GeoDataFrame, *, known: bool
) -> pd.DataFrame:
    rows, columns = tuple(settlements.index), tuple(supply["site_id"])
    nearest = {
        name: times.select(rows, columns).milliseconds.min(axis=1, initial=UNREACHABLE_MS)
        for name, times in prepared.times[BASE_SCENARIO].items()
    }
    return check_norm(
        norm,
        settlements["population_persons"],
        nearest,
        settlements.index.isin(supply["settlement_id"].dropna()),
        prepared.assessed.reindex(settlements.index).to_numpy(dtype=bool),
        known,
    )


def _described(frame: pd.DataFrame, norm: Norm, settlements: gpd.GeoDataFrame) -> pd.DataFrame:
    """Add what the norm says and whom it is about: everybody in the settlement, or those who need the service."""
    column = "population_persons" if norm.metric == "in_settlement" else f"{norm.service}_persons"
    return frame.assign(
        norm_id=norm.norm_id,
        pack=norm.pack,
        service=norm.service,
        level=norm.level,
        unit=norm.unit,
        verified=norm.verified,
        persons=settlements[column].to_numpy(dtype=object),
    ).astype("object")
