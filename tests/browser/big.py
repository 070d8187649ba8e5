"""Results as large as pages get: many places that may host many sites, and a whole country."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from shapely.geometry import box

from geo.siting.solution import SitingSolution
from geo.siting.solve import solve
from geo.study import tabulate
from geo.study.config import StudyConfig
from geo.study.plans import UnitService, unit_service
from geo.study.recommend import recommendations
from geo.study.result import BASELINE, HEADLINE, StudyResult
from geo.study.tabulate import UnitTimes, typed
from geo.study.whatif import WhatIf
from geo.tables import OUTPUT_TABLES
from geo.travel import TravelTimes
from geo.units import UNREACHABLE_MS
from tests.sample import SEASONS, sample_config, sample_norm, sample_result

_SEED = 20261122
_SERVICES = ("phc", "school", "pharmacy", "hospital")
#: km/h over all roads of a season; thaw cuts some places off besides.
_KMH = {"dry": 50.0, "winter": 32.0, "thaw": 38.0}
_CUT_OFF_SHARE = 0.08
_WEST, _SOUTH = 64.0, 48.5
_KM2_PER_PLACE = 150.0
#: Degrees of latitude and, at 49 to 50 degrees north, of longitude.
_KM_PER_DEGREE = np.array([72.0, 111.2])

Ints = npt.NDArray[np.int64]


def with_places(n_places: int, n_services: int, n_candidates: int | None = None) -> StudyResult:
    """Return the sample blown up: times are invented but plausible, plans are the solver's own.

    Parameters
    ----------
    n_places
        Settlements; every tenth has a facility of a service today.
    n_services
        1 to 4.
    n_candidates
        Places where a service may open; all of them by default.
    """
    rng = np.random.default_rng([_SEED, n_places, n_services])
    config = _config(_SERVICES[:n_services])
    settlements = _settlements(n_places, config, rng)
    sample = sample_result()
    norms = {service.name: dataclasses.replace(sample_norm(), service=service.name) for service in config.service}
    parts, times = {}, {}
    for service in config.service:
        sites = _sites(settlements, service.name, n_places if n_candidates is None else n_candidates, rng)
        times[service.name] = _times(settlements, sites, rng)
        assessed = np.ones(n_places, dtype=bool)
        parts[service.name] = unit_service(
            config, service, norms[service.name], settlements, assessed, sites, times[service.name], service.open
        )
    tables, sites = _tables(parts, times, config.siting.cap_minutes)
    return dataclasses.replace(
        sample,
        config=config,
        norms=norms,
        settlements=settlements,
        sites=sites,
        roads=sample.roads.iloc[:0],
        legs=sample.legs.iloc[:0],
        boundary=_layer([{"unit_id": sample.unit_id, "geometry": box(*_window(n_places))}]),
        neighbours=sample.neighbours.iloc[:0],
        waters=sample.waters.iloc[:0],
        hazards=sample.hazards.iloc[:0],
        tables=tables,
        what_if={name: WhatIf(part.problem) for name, part in parts.items()},
    )


def _config(services: tuple[str, ...]) -> StudyConfig:
    sample = sample_config()
    model = sample.service[0]
    changed = [
        model.model_copy(update={"name": name, "label": model.label.model_copy(update={"en": name.capitalize()})})
        for name in services
    ]
    return sample.model_copy(update={"service": tuple(changed), "scenario": ()})


def _window(n_places: int) -> tuple[float, float, float, float]:
    """Return west, south, east and north of a square that gives every place the same room, however many there are."""
    width, height = np.sqrt(n_places * _KM2_PER_PLACE) / _KM_PER_DEGREE
    return _WEST, _SOUTH, _WEST + float(width), _SOUTH + float(height)


def _settlements(n_places: int, config: StudyConfig, rng: np.random.Generator) -> gpd.GeoDataFrame:
    west, south, east, north = _window(n_places)
    ids = [f"{70_000_000 + number}" for number in range(n_places)]
    persons = np.rint(rng.lognormal(5.5, 1.1, n_places)).astype(np.int64) + 3
    frame = gpd.GeoDataFrame(
        {
            "settlement_id": ids,
            "name_kk": [f"{number}-ауыл" for number in range(n_places)],
            "name_ru": [f"Село {number}" for number in range(n_places)],
            "name_en": [f"Village {number}" for number in range(n_places)],
            "population_persons": pd.array(persons, dtype="Int64"),
            "population_imputed": False,
            "settlement_class": ["district_centre"] + ["other"] * (n_places - 1),
            "nearest_road_km": 0.1,
            **{f"{service.name}_persons": pd.array(persons, dtype="Int64") for service in config.service},
        },
        geometry=gpd.points_from_xy(rng.uniform(west, east, n_places), rng.uniform(south, north, n_places)),
        crs=4326,
    )
    return frame.set_index("settlement_id").assign(settlement_id=ids)


def _sites(
    settlements: gpd.GeoDataFrame, service: str, n_candidates: int, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Return a facility in every tenth place, and candidates."""
    n_existing = max(1, len(settlements) // 10)
    hosts = np.sort(rng.choice(len(settlements), n_existing, replace=False))
    candidates = np.sort(rng.choice(len(settlements), n_candidates, replace=False))
    rows = settlements.iloc[np.concatenate([hosts, candidates])].reset_index(drop=True)
    is_existing = np.arange(len(rows)) < n_existing
    kind = np.where(is_existing, "existing", "candidate")
    return gpd.GeoDataFrame(
        {
            "site_id": [
                f"{service}-{'f' if old else 'c'}{settlement}"
                for old, settlement in zip(is_existing, rows["settlement_id"], strict=True)
            ],
            "service": service,
            "kind": kind,
            "level": "fap",
            "serves": True,
            "in_unit": True,
            "closable": is_existing,
            "opening_cost": np.where(is_existing, 0.0, 20e6),
            "settlement_id": rows["settlement_id"],
            **{name: rows[name] for name in ("name_kk", "name_ru", "name_en")},
        },
        geometry=rows.geometry.to_numpy(),
        crs=4326,
    )


def _times(settlements: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, rng: np.random.Generator) -> dict[str, TravelTimes]:
    """Return times by season: straight km, a detour of one's own for each pair, and places that thaw cuts off."""
    here = np.column_stack([settlements.geometry.x, settlements.geometry.y])
    there = np.column_stack([sites.geometry.x, sites.geometry.y])
    km = np.hypot(*((here[:, None] - there[None]) * _KM_PER_DEGREE).transpose(2, 0, 1))
    km *= rng.uniform(1.1, 1.7, km.shape)
    cut = set(settlements.index[rng.random(len(settlements)) < _CUT_OFF_SHARE])
    is_apart = settlements["settlement_id"].isin(cut).to_numpy()[:, None] | sites["settlement_id"].isin(cut).to_numpy()
    is_apart &= settlements["settlement_id"].to_numpy()[:, None] != sites["settlement_id"].to_numpy()
    found = {}
    for season in SEASONS:
        ms = np.rint(km / _KMH[season] * 3_600_000).astype(np.int32)
        if season == "thaw":
            ms = np.where(is_apart, np.int32(UNREACHABLE_MS), ms)
        nothing = np.zeros_like(ms)
        found[season] = TravelTimes(tuple(settlements.index), tuple(sites["site_id"]), ms, nothing, nothing.copy())
    return found


def _tables(
    parts: Mapping[str, UnitService], times: Mapping[str, Mapping[str, TravelTimes]], cap_minutes: float
) -> tuple[dict[str, pd.DataFrame], gpd.GeoDataFrame]:
    """Return every table, and the sites with what the plans do with them."""
    rows: dict[str, list[pd.DataFrame]] = {name: [] for name in OUTPUT_TABLES}
    sites = []
    for name, part in parts.items():
        plans = {HEADLINE: solve(part.problem)}
        _add_service(rows, part, plans, times[name], cap_minutes)
        sites.append(_with_actions(part.sites, rows["recommendations"][-1]))
    tables = _typed(rows)
    tables["before_after"] = typed("before_after", tabulate.before_after(tables["access_district"]))
    return tables, gpd.GeoDataFrame(pd.concat(sites, ignore_index=True), geometry="geometry", crs=4326)


def _add_service(
    rows: dict[str, list[pd.DataFrame]],
    part: UnitService,
    plans: dict[str, SitingSolution],
    times: Mapping[str, TravelTimes],
    cap_minutes: float,
) -> None:
    """Add the rows of one service to those of all tables."""
    ids = part.settlements.index
    unit = UnitTimes(times, pd.Series(0.1, index=ids), pd.Series(True, index=ids))
    rows["access_settlement"] += [
        tabulate.access_settlement(part, plan, plans[HEADLINE], unit) for plan in (BASELINE, HEADLINE)
    ]
    rows["access_district"].append(tabulate.access_district(part, plans, cap_minutes))
    rows["plans"].append(tabulate.plan_rows(part, plans))
    rows["recommendations"].append(recommendations(part, plans[HEADLINE], None))
    rows["losers"].append(tabulate.losers(part, plans))
    rows["assignment"].append(tabulate.assignment(part, plans[HEADLINE]))


def _typed(rows: Mapping[str, list[pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    filled = {name: [frame.astype("object") for frame in frames if len(frame)] for name, frames in rows.items()}
    return {
        name: typed(name, pd.concat(frames, ignore_index=True) if frames else pd.DataFrame())
        for name, frames in filled.items()
    }


def _with_actions(sites: gpd.GeoDataFrame, recommended: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the sites with what the plan does with each, and its number on the map."""
    by_site = recommended.set_index("site_id") if len(recommended) else pd.DataFrame({"action": [], "rank": []})
    action = sites["site_id"].map(by_site["action"])
    return sites.assign(
        action=action.where(action.notna(), np.where(sites["kind"] == "existing", "keep", "none")),
        rank=sites["site_id"].map(by_site["rank"]).astype("Int64"),
    )


def _layer(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=4326)
