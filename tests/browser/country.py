"""The synthetic country of `geo.read.steppe.country` as the result of a run: its page is the largest that there is.

Times are those of today, over the roads themselves; nothing is opened, and sites are not tried on a country's page.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import KDTree

from geo.access.coverage import measure_coverage
from geo.access.equity import kolm_pollak_kappa
from geo.read.steppe.country import Country, build_country
from geo.read.steppe.country_land import to_degrees
from geo.read.steppe.country_places import KINDS, CountryFacilities
from geo.read.steppe.country_roads import ROAD_CLASSES
from geo.study import tabulate
from geo.study.config import StudyConfig
from geo.study.result import BASELINE, HEADLINE, WHOLE_STUDY, WORST, StudyResult
from geo.study.tabulate import minutes_of, typed, with_worst
from geo.tables import OUTPUT_TABLES
from geo.units import UNREACHABLE_MS, minutes_to_ms
from tests.sample import LIMIT_MINUTES, SEASONS, sample_config, sample_norm, sample_result

#: km/h of each class of `ROAD_CLASSES` by season; 0 = closed.
_KMH = {
    "dry": (90, 80, 70, 50, 50, 30, 40, 30, 20),
    "winter": (70, 60, 56, 35, 35, 15, 30, 20, 15),
    "thaw": (90, 80, 70, 35, 35, 0, 40, 25, 0),
}
_CATEGORIES = ("II", "III", "IV", "IV", "V", "track", "street", "street", "street")
_SURFACES = {"asphalt": "asphalt", "gravel": "gravel", "compacted": "gravel", "ground": "earth"}
_CLASSES = dict(zip(KINDS, ("oblast_centre", "oblast_centre", "district_centre", "okrug_centre", "other"), strict=True))

Milliseconds = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]


def country_result(n_settlements: int = 6500) -> StudyResult:
    """Return a country with clinics and schools in three seasons, its districts, roads, streets and rivers."""
    country = build_country(n_settlements=n_settlements)
    config = _config(tuple(facilities.service for facilities in country.facilities))
    norms = {service.name: dataclasses.replace(sample_norm(), service=service.name) for service in config.service}
    graph = _Graph.of(country)
    settlements = _settlements(country, config, graph)
    rows: dict[str, list[pd.DataFrame]] = {name: [] for name in OUTPUT_TABLES}
    for facilities in country.facilities:
        found = [graph.nearest(facilities.place, season) for season in SEASONS]
        ms = np.stack([times for times, _nearest in found])
        sites = np.append(_site_ids(country, facilities), "")[np.stack([nearest for _times, nearest in found])]
        _add_service(rows, settlements, facilities.service, ms, sites, config.siting.cap_minutes)
    tables = {
        name: typed(name, pd.concat(frames, ignore_index=True) if frames else pd.DataFrame())
        for name, frames in rows.items()
    }
    tables["before_after"] = typed("before_after", tabulate.before_after(tables["access_district"]))
    sample = sample_result()
    return dataclasses.replace(
        sample,
        config=config,
        unit_id=WHOLE_STUDY,
        unit_name={"en": "Synthetic country", "ru": "Вымышленная страна", "kk": "Ойдан шығарылған ел"},
        norms=norms,
        settlements=settlements,
        sites=_sites(country),
        roads=_roads(country),
        legs=_legs(settlements),
        boundary=_districts(country),
        neighbours=sample.neighbours.iloc[:0],
        waters=_layer({}, [shapely.LineString(to_degrees(river)) for river in country.land.rivers]),
        hazards=sample.hazards.iloc[:0],
        tables=tables,
        what_if={},
    )


def _config(services: tuple[str, ...]) -> StudyConfig:
    sample = sample_config()
    model = sample.service[0]
    changed = [
        model.model_copy(
            update={"name": name, "label": model.label.model_copy(update={"en": name.capitalize()}), "open": 0}
        )
        for name in services
    ]
    return sample.model_copy(update={"service": tuple(changed), "scenario": ()})


def _layer(columns: dict[str, Any], shapes: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=4326)


def _settlements(country: Country, config: StudyConfig, graph: _Graph) -> gpd.GeoDataFrame:
    places = country.places
    persons = pd.array(places.persons, dtype="Int64")
    columns = {
        "settlement_id": places.ids,
        **{f"name_{language}": [getattr(name, language) for name in places.names] for language in ("kk", "ru", "en")},
        "population_persons": persons,
        "population_imputed": False,
        "settlement_class": [_CLASSES[KINDS[kind]] for kind in places.kind],
        "nearest_road_km": np.maximum(graph.apart_km(), 0.1),
        **{f"{service.name}_persons": persons for service in config.service},
    }
    frame = _layer(columns, shapely.points(to_degrees(places.points)))
    return frame.set_index("settlement_id").assign(settlement_id=places.ids)


def _site_ids(country: Country, facilities: CountryFacilities) -> npt.NDArray[np.object_]:
    ids = country.places.ids
    return np.array([f"{facilities.service}-{ids[place]}" for place in facilities.place], dtype=object)


def _sites(country: Country) -> gpd.GeoDataFrame:
    places, ids = country.places, country.places.ids
    parts = []
    for facilities in country.facilities:
        names = [places.names[place] for place in facilities.place]
        columns = {
            "site_id": _site_ids(country, facilities),
            "service": facilities.service,
            "kind": "existing",
            "level": facilities.level,
            "serves": True,
            "in_unit": True,
            "action": "keep",
            "rank": pd.array([pd.NA] * len(names), dtype="Int64"),
            "settlement_id": [ids[place] for place in facilities.place],
            **{f"name_{language}": [getattr(name, language) for name in names] for language in ("kk", "ru", "en")},
        }
        parts.append(_layer(columns, shapely.points(to_degrees(places.points[facilities.place]))))
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), geometry="geometry", crs=4326)


def _roads(country: Country) -> gpd.GeoDataFrame:
    roads = country.roads
    line = np.repeat(np.arange(len(roads.road_class)), np.diff(roads.line_start))
    shapes = shapely.linestrings(to_degrees(roads.points)[roads.line_nodes], indices=line)
    return _layer(
        {
            "road_category": np.array(_CATEGORIES)[roads.road_class],
            "surface": np.array([_SURFACES[surface] for _highway, surface in ROAD_CLASSES])[roads.road_class],
            "condition": "good",
            "bridge": False,
            "ford": False,
            "winter_road": False,
            **{f"closed_{season}": np.array(_KMH[season])[roads.road_class] == 0 for season in SEASONS},
        },
        shapes,
    )


def _districts(country: Country) -> gpd.GeoDataFrame:
    shapes = shapely.transform(country.land.districts, to_degrees)
    return _layer({"unit_id": [f"70{number:03d}" for number in range(len(shapes))], "hull": False}, shapes)


@dataclasses.dataclass(frozen=True)
class _Graph:
    """Junctions and the pieces of road between them.

    Parameters
    ----------
    tail, head
        Junctions at the ends of the pieces.
    km, road_class
        Length and class of each piece.
    centre
        Junction of each settlement.
    points
        Plan km of the junctions.
    """

    tail: Ints
    head: Ints
    km: npt.NDArray[np.float64]
    road_class: Ints
    centre: Ints
    points: npt.NDArray[np.float64]

    @classmethod
    def of(cls, country: Country) -> _Graph:
        """Keep the nodes where lines meet or end."""
        roads = country.roads
        uses = np.bincount(roads.line_nodes, minlength=len(roads.points))
        ends = np.concatenate([roads.line_start[:-1], roads.line_start[1:] - 1])
        uses[roads.line_nodes[ends]] += 1
        steps = np.hypot(*np.diff(roads.points[roads.line_nodes], axis=0).T)
        along = np.concatenate([[0.0], np.cumsum(steps)])
        kept = np.flatnonzero(uses[roads.line_nodes] > 1)
        line = np.repeat(np.arange(len(roads.road_class)), np.diff(roads.line_start))[kept]
        same = line[1:] == line[:-1]
        junction, number = np.unique(roads.line_nodes[kept], return_inverse=True)
        return cls(
            tail=number[:-1][same],
            head=number[1:][same],
            km=np.diff(along[kept])[same],
            road_class=roads.road_class[line[:-1][same]],
            centre=np.searchsorted(junction, roads.centre),
            points=roads.points[junction],
        )

    def nearest(self, places: Ints, season: str) -> tuple[Milliseconds, Ints]:
        """Return each settlement's milliseconds to the nearest of some settlements, and the number of that one."""
        kmh = np.array(_KMH[season], dtype=float)[self.road_class]
        is_open = kmh > 0
        ms = np.maximum(np.rint(self.km[is_open] / kmh[is_open] * 3_600_000), 1)
        shape = (len(self.points),) * 2
        arcs = coo_array((ms, (self.tail[is_open], self.head[is_open])), shape=shape).tocsr()
        times, _before, source = dijkstra(
            arcs, directed=False, indices=self.centre[places], min_only=True, return_predecessors=True
        )
        which = dict(zip(self.centre[places].tolist(), range(len(places)), strict=True))
        here = times[self.centre]
        nearest = np.array([which.get(junction, -1) for junction in source[self.centre].tolist()])
        return np.where(np.isfinite(here), here, UNREACHABLE_MS).astype(np.int32), nearest

    def apart_km(self) -> npt.NDArray[np.float64]:
        """Return how far each settlement is from the connected network; 0 where it is on it."""
        ones = np.ones(len(self.tail))
        graph = coo_array((ones, (self.tail, self.head)), shape=(len(self.points),) * 2)
        _n_parts, part = connected_components(graph, directed=False)
        is_main = part == np.bincount(part).argmax()
        distance = KDTree(self.points[is_main]).query(self.points[self.centre])[0]
        return np.where(is_main[self.centre], 0.0, distance)


def _legs(settlements: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return no lines: a settlement of the country lies on a road, or too far from one."""
    return _layer({"settlement_id": settlements.index[:0], "length_km": np.zeros(0)}, [])


def _add_service(
    rows: dict[str, list[pd.DataFrame]],
    settlements: gpd.GeoDataFrame,
    service: str,
    ms: Milliseconds,
    sites: npt.NDArray[np.object_],
    cap_minutes: float,
) -> None:
    """Add the rows of one service; the plan is today.

    Parameters
    ----------
    ms : int32 (n_seasons, n_settlements)
        Times to the nearest site.
    sites : object (n_seasons, n_settlements)
        Identifiers of the nearest sites; empty where there is no way.
    """
    persons = settlements["population_persons"].to_numpy(dtype=np.int64)
    limit_ms = minutes_to_ms(LIMIT_MINUTES)
    worst_sites = np.take_along_axis(sites, ms.argmax(axis=0)[None], axis=0)
    capped = np.minimum(minutes_of(ms.max(axis=0)), cap_minutes)
    kappa = kolm_pollak_kappa(capped, persons, -1.0)
    access, districts = [], []
    for season, season_ms, site in zip((*SEASONS, WORST), with_worst(ms), np.vstack([sites, worst_sites]), strict=True):
        measured = measure_coverage(minutes_of(season_ms), persons, season_ms <= limit_ms, kappa, cap_minutes)
        districts.append({"season": season, "within_share": measured.within_share, **measured.__dict__})
        access.append(_access(settlements, season, season_ms, site, ever=ms.min(axis=0) < UNREACHABLE_MS))
    for plan in (BASELINE, HEADLINE):
        named = {"service": service, "plan": plan}
        rows["access_settlement"].append(pd.concat(access, ignore_index=True).assign(**named))
        rows["access_district"].append(
            pd.DataFrame(districts).assign(not_assessable_persons=0, unknown_settlements=0, **named)
        )
    rows["norm_compliance"].append(_compliance(access[-1], service))
    shared = {name: districts[-1][name] for name in ("beyond_persons", "unreachable_persons", "ede_minutes")}
    row = {"service": service, "plan": HEADLINE, "objective": "lexicographic", "status": "optimal", "losers": 0}
    value = {"value": shared["beyond_persons"], "value_unit": "persons", "bound": shared["beyond_persons"], "gap": 0.0}
    rows["plans"].append(pd.DataFrame([row | value | shared | {"max_minutes": districts[-1]["max_minutes"]}]))
    assigned = [part[["settlement_id", "season", "site_id", "minutes", "persons"]] for part in access[:-1]]
    rows["assignment"].append(pd.concat(assigned, ignore_index=True).assign(service=service))


def _access(
    settlements: gpd.GeoDataFrame,
    season: str,
    ms: Milliseconds,
    sites: npt.NDArray[np.object_],
    ever: npt.NDArray[np.bool_],
) -> pd.DataFrame:
    minutes = minutes_of(ms)
    verdict = np.where(
        ms <= minutes_to_ms(LIMIT_MINUTES), "within", np.where(ms < UNREACHABLE_MS, "beyond", "unreachable")
    )
    return pd.DataFrame(
        {
            "settlement_id": settlements.index,
            "season": season,
            "persons": settlements["population_persons"].to_numpy(dtype=np.int64),
            "minutes": minutes,
            "access_minutes": 0.0,
            "network_minutes": minutes,
            "egress_minutes": 0.0,
            "site_id": sites,
            "limit_minutes": LIMIT_MINUTES,
            "verdict": verdict,
            "reason": np.where(verdict != "unreachable", "", np.where(ever, "closed-in-season", "far-from-road")),
            "nearest_road_km": settlements["nearest_road_km"].to_numpy(),
        }
    )


def _compliance(worst: pd.DataFrame, service: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "settlement_id": worst["settlement_id"],
            "norm_id": f"{service}-30",
            "pack": "kz-sparse",
            "service": service,
            "level": "fap",
            "persons": worst["persons"],
            "status": np.where(worst["verdict"] == "within", "met", "unmet"),
            "season": WORST,
            "value": worst["minutes"],
            "limit": LIMIT_MINUTES,
            "shortfall": (worst["minutes"] - LIMIT_MINUTES).clip(lower=0),
            "unit": "min",
            "verified": False,
        }
    )
