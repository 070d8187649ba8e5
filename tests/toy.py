"""The six-village district of the golden values, as real geometry with the stated geodesic lengths."""

from __future__ import annotations

from functools import lru_cache

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
from shapely.geometry import LineString, Point

from geo.network.access_legs import LegRules, Points, join_points
from geo.network.seasons import Season, SeasonRules, make_season
from geo.network.speeds import SpeedRow, SpeedTable
from geo.network.topology import GEOD, RoadNetwork, build_network
from geo.tables import ROADS, SETTLEMENTS
from geo.tables.check import check
from geo.travel import TravelTimes, travel_times

VILLAGES = "ABCDEF"
PERSONS = np.array([3000, 1200, 450, 180, 40, 800], dtype=np.int64)
#: Places chosen so that every road is a little longer than the straight line between its ends.
PLACES = {
    "A": (66.00, 49.00),
    "B": (66.36, 49.08),
    "C": (66.62, 48.98),
    "D": (66.78, 49.04),
    "E": (66.90, 49.09),
    "F": (66.62, 48.84),
}
#: from, to, km, surface
EDGES = (
    ("A", "B", 30, "asphalt"),
    ("B", "C", 24, "gravel"),
    ("C", "D", 15, "earth"),
    ("D", "E", 12, "earth"),
    ("B", "F", 40, "gravel"),
    ("F", "C", 20, "earth"),
)
SPEEDS = {"asphalt": (70, 56, 70), "gravel": (50, 35, 35), "earth": (30, 15, 0)}
SEASONS = ("dry", "winter", "thaw")
CRS = pyproj.CRS("EPSG:32642")


def line_of_length(start: tuple[float, float], end: tuple[float, float], metres: float, side: int = 1) -> LineString:
    """A line with one bend whose geodesic length is as asked, found by bisection."""
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    low, high = 0.0, 1.0
    for _step in range(200):
        bend = (low + high) / 2
        line = LineString([start, (middle[0], middle[1] + side * bend), end])
        if GEOD.geometry_length(line) < metres:
            low = bend
        else:
            high = bend
    return line


def raw_roads(repaired: bool = False) -> gpd.GeoDataFrame:
    """Return the roads; a copy, so that no test changes those of another."""
    return _raw_roads(repaired).copy()


@lru_cache(maxsize=4)
def _raw_roads(repaired: bool) -> gpd.GeoDataFrame:
    rows = []
    for start, end, km, surface in EDGES:
        gravelled = repaired and start + end in {"CD", "DE"}
        rows.append(
            {
                "edge_id": start + end,
                "road_category": "IV",
                "surface": "gravel" if gravelled else surface,
                "condition": "good",
                # B-F bends south, so that no two roads cross.
                "geometry": line_of_length(PLACES[start], PLACES[end], km * 1000, -1 if start + end == "BF" else 1),
            }
        )
    return gpd.GeoDataFrame(rows, crs="EPSG:4326")


def roads(raw: gpd.GeoDataFrame | None = None) -> gpd.GeoDataFrame:
    table, faults = check(ROADS, raw_roads() if raw is None else raw, "roads.geojson")
    assert not [fault for fault in faults if fault.severity == "error"], faults
    return table


def settlements() -> gpd.GeoDataFrame:
    raw = pd.DataFrame(
        {
            "settlement_id": list(VILLAGES),
            "name_en": [f"Village {v}" for v in VILLAGES],
            "lon": [PLACES[v][0] for v in VILLAGES],
            "lat": [PLACES[v][1] for v in VILLAGES],
            "pop_total": PERSONS,
        }
    )
    table, faults = check(SETTLEMENTS, raw, "settlements.csv")
    assert not faults
    return table


def speed_table() -> SpeedTable:
    rows = [
        SpeedRow("any", surface, "any", "car", season, kph, "golden values")
        for surface, values in SPEEDS.items()
        for season, kph in zip(SEASONS, values, strict=True)
    ]
    rows += [
        SpeedRow("offroad", "any", "any", "car", season, kph, "golden values")
        for season, kph in zip(SEASONS, (12, 6, 0), strict=True)
    ]
    rows += [SpeedRow("offroad", "any", "any", "walk", "any", 3, "golden values")]
    return SpeedTable(tuple(rows), "speeds.csv")


def season(network: RoadNetwork, name: str, closed: tuple[str, ...] = ()) -> Season:
    rules = SeasonRules(name, 1 / 3, (), True, True, True, name)
    return make_season(network, rules, speed_table(), "car", closed)


def points() -> Points:
    lon, lat = (np.array([PLACES[v][i] for v in VILLAGES]) for i in (0, 1))
    return Points.from_lonlat(tuple(VILLAGES), lon, lat, CRS)


def times(season_name: str, raw: gpd.GeoDataFrame | None = None, rules: LegRules | None = None) -> TravelTimes:
    rules = rules or LegRules()
    network = build_network(roads(raw), CRS)
    places = points()
    joins = join_points(network, places, rules)
    return travel_times(network, season(network, season_name), places, joins, places, joins, rules)


def village(row: str) -> Point:
    return Point(PLACES[row])
