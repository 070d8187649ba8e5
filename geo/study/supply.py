"""Who supplies a service today, and where it might be supplied: the sites of a unit."""

from __future__ import annotations

from collections.abc import Collection

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.study.config import ServiceConfig
from geo.study.load import StudyData, nearest_settlement, nobody_lives_in
from geo.tables.check import WGS84

#: Site id of the default candidate of a settlement.
CANDIDATE_PREFIX = "new-"
#: A facility this near to a settlement stands in it.
_IN_SETTLEMENT_METRES = 3_000.0


def find_sites(study: StudyData) -> gpd.GeoDataFrame:
    """Return every open facility and every candidate of the study, one row per service and site.

    Returns
    -------
    GeoDataFrame
        `site_id`, `service`, `kind` (existing | candidate), `level`, `serves` (its level is enough), `settlement_id`,
        `unit_id`, `closable`, `opening_cost`, names and point in WGS 84; sorted by service and site.

    Raises
    ------
    DataError
        If the study closes a facility that does not exist, or that is protected.
    """
    parts = []
    for service in study.config.service:
        existing = _existing(study, service)
        _check_closures(study, service, existing)
        parts.append(existing)
        parts.append(_candidates(study, service, existing))
    sites = pd.concat([part for part in parts if len(part)], ignore_index=True) if any(map(len, parts)) else parts[0]
    sites = gpd.GeoDataFrame(sites, geometry="geometry", crs=WGS84)
    return sites.sort_values(["service", "site_id"], kind="stable").reset_index(drop=True)


def _existing(study: StudyData, service: ServiceConfig) -> gpd.GeoDataFrame:
    facilities = study.facilities
    own = facilities[(facilities["service"] == service.name) & (facilities["status"] == "open")].copy()
    enough = service.levels[service.levels.index(service.serving_level) :]
    settlement = settlements_at(study, own)
    protected = study.settlements["protected_reason"].reindex(settlement).notna().to_numpy()
    return gpd.GeoDataFrame(
        {
            "site_id": own.index.to_numpy(dtype=object),
            "service": service.name,
            "kind": "existing",
            "level": own["level"].to_numpy(dtype=object),
            "serves": own["level"].isin(enough).to_numpy(dtype=bool),
            "settlement_id": pd.Series(settlement, dtype="object").to_numpy(),
            "unit_id": units_at(study, own.geometry, settlement),
            "closable": own["closable"].to_numpy(dtype=bool) & ~protected,
            "opening_cost": 0.0,
            **{f"name_{c}": own[f"name_{c}"].to_numpy(dtype=object) for c in ("en", "ru", "kk")},
        },
        geometry=own.geometry.to_numpy(),
        crs=WGS84,
    )


def settlements_at(study: StudyData, places: gpd.GeoDataFrame) -> list[str | None]:
    """Return the settlement each place stands in: the one it states, else the nearest within reach."""
    stated = places["settlement_id"].where(places["settlement_id"].isin(study.settlements.index), None)
    near = nearest_settlement(places.geometry, study.settlements, study.crs, _IN_SETTLEMENT_METRES)
    return [s if isinstance(s, str) else n for s, n in zip(stated, near, strict=True)]


def units_at(study: StudyData, points: gpd.GeoSeries, settlement: list[str | None]) -> np.ndarray:
    """Return the unit each point belongs to: that of its settlement, else the one it lies in; empty outside all."""
    units = np.full(len(points), "", dtype=object)
    point, unit = study.units.sindex.query(points, predicate="intersects")
    units[point] = study.units.index.to_numpy(dtype=object)[unit]
    for i, settlement_id in enumerate(settlement):
        if settlement_id is not None:
            units[i] = study.settlements.loc[settlement_id, "unit_id"]
    return units


def _check_closures(study: StudyData, service: ServiceConfig, existing: gpd.GeoDataFrame) -> None:
    faults = []
    for site_id in service.close:
        place = f"service.{service.name}.close"
        rows = existing[existing["site_id"] == site_id]
        if not len(rows):
            message = _("There is no open facility “{site}” of this service.").format(site=site_id)
            faults.append(Fault("study.toml", 0, place, "unknown-facility", message, _("Correct the code.")))
            continue
        settlement_id = rows["settlement_id"].iloc[0]
        reason = None if settlement_id is None else study.settlements.loc[settlement_id, "protected_reason"]
        if isinstance(reason, str):
            message = _("“{site}” is protected: {reason}.").format(site=site_id, reason=reason)
            faults.append(Fault("study.toml", 0, place, "protected-facility", message, _("Take it off the list.")))
    if faults:
        raise DataError(faults)


def _candidates(study: StudyData, service: ServiceConfig, existing: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    if study.candidates is not None:
        own = study.candidates[(study.candidates["service"] == service.name) & study.candidates["land_ok"]]
        ids = own.index.to_numpy(dtype=object)
        settlement = settlements_at(study, own)
        prices = own["opening_cost"].fillna(opening_cost(study, service, service.serving_level)).to_numpy(dtype=float)
        names = {f"name_{c}": _names_of(study, settlement, c) for c in ("en", "ru", "kk")}
    else:
        taken = set(existing.loc[existing["serves"], "settlement_id"].dropna())
        own = _inhabited(study, service.candidate_min_persons, taken)
        ids = (CANDIDATE_PREFIX + own.index.astype(str)).to_numpy(dtype=object)
        settlement = list(own.index)
        prices = np.full(len(own), opening_cost(study, service, service.serving_level))
        names = {f"name_{c}": own[f"name_{c}"].to_numpy(dtype=object) for c in ("en", "ru", "kk")}
    frame = gpd.GeoDataFrame(
        {
            "site_id": ids,
            "service": service.name,
            "kind": "candidate",
            "level": service.serving_level,
            "serves": True,
            "settlement_id": pd.Series(settlement, dtype="object").to_numpy(),
            "unit_id": units_at(study, own.geometry, settlement),
            "closable": False,
            "opening_cost": prices,
            **names,
        },
        geometry=own.geometry.to_numpy(),
        crs=WGS84,
    )
    return frame[~inside_exclusion(study, frame.geometry)]


def _names_of(study: StudyData, settlement: list[str | None], language: str) -> np.ndarray:
    names = study.settlements[f"name_{language}"].reindex(settlement)
    return np.asarray(names, dtype=object)


def _inhabited(study: StudyData, least_persons: int, taken: Collection[str]) -> gpd.GeoDataFrame:
    if study.config.demand.counts == "settlements":
        return study.settlements[~study.settlements.index.isin(list(taken)) & ~nobody_lives_in(study.settlements)]
    population = study.settlements["population_persons"].fillna(0)
    enough = (population >= max(least_persons, 1)) & ~study.settlements.index.isin(list(taken))
    return study.settlements[enough]


def serving_today(sites: gpd.GeoDataFrame, service: str) -> gpd.GeoDataFrame:
    """Return the open facilities of a service whose level is enough, from `find_sites`."""
    return sites[(sites["service"] == service) & (sites["kind"] == "existing") & sites["serves"]]


def inside_exclusion(study: StudyData, points: gpd.GeoSeries) -> np.ndarray:
    """Return which points lie in a hazard zone where nothing may be built."""
    return inside_zones(study, points, ("exclude",))


def inside_zones(study: StudyData, points: gpd.GeoSeries, effects: Collection[str]) -> np.ndarray:
    """Return which points lie in a hazard zone, with its buffer, that has one of these effects."""
    zones = study.hazards[study.hazards["effect"].isin(list(effects))] if len(study.hazards) else study.hazards
    inside = np.zeros(len(points), dtype=bool)
    if len(zones) and len(points):
        shapes = zones.geometry.to_crs(study.crs).buffer(zones["buffer_metres"].to_numpy(dtype=float))
        inside[shapes.sindex.query(points.to_crs(study.crs), predicate="intersects")[0]] = True
    return inside


def price_of(study: StudyData, service: ServiceConfig, level: str) -> pd.Series | None:
    """Return the row of the price table for a level of a service; None where there is none."""
    return study.prices.row(f"{service.name}/{level}")


def opening_cost(study: StudyData, service: ServiceConfig, level: str, places: float | None = None) -> float:
    """Return what opening a site of a level costs; 0 where no price is known.

    Parameters
    ----------
    places
        Size where the price is one per place; by default the study's size of a new site.
    """
    price = price_of(study, service, level)
    if price is None:
        return 0.0
    return study.prices.building_cost(price, places if places is not None else service.capacity_persons or 1)


def price_note(study: StudyData, service: ServiceConfig) -> tuple[str, int, str, int | None] | None:
    """Return currency, price year, source and size in places of a service's opening cost; None without a price."""
    price = price_of(study, service, service.serving_level)
    if price is None:
        return None
    size = service.capacity_persons if price["unit"] == "place" else None
    return str(price["currency"]), int(price["price_year"]), str(price["source"]), size
