"""Travel times of the synthetic country: 6,500 settlements that are all candidate sites, over the country's own roads.

The country is invented (`geo.read.steppe.country`); its times are computed as the product computes any, by
`geo.network` and `geo.travel` with the packaged speed table. They take minutes, so that they are kept under
``outputs/bench-cache``. Of the streets only the two axes of each settlement are used: every road ends on one of them,
and the others only offer ways round a block.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geo.network.access_legs import LegRules, Points
from geo.network.seasons import SeasonRules, make_season
from geo.network.speeds import PACKAGED_FILE, SpeedTable, packaged_speeds
from geo.network.topology import build_network
from geo.read.steppe.country import SEED, Country, build_country
from geo.read.steppe.country_land import to_degrees
from geo.read.steppe.country_roads import STREET
from geo.tables import ROADS, SPEEDS
from geo.tables.check import check
from geo.travel import travel_times
from geo.travel.choice import find_joins
from geo.units import minutes_to_ms

CACHE: Final = Path(__file__).resolve().parents[3] / "outputs" / "bench-cache"
N_SETTLEMENTS: Final = 6500
#: Change it whenever this module would compute other times from the same country.
_VERSION: Final = 1
_VERTEX_KM: Final = 0.5
_WITHIN_SETTLEMENT_MINUTES: Final = 5.0
#: Category, surface and condition of each class of `geo.read.steppe.country_roads.ROAD_CLASSES`.
_ROADS: Final = (
    ("II", "asphalt", "good"),
    ("III", "asphalt", "good"),
    ("IV", "asphalt", "satisfactory"),
    ("IV", "gravel", "satisfactory"),
    ("V", "gravel", "satisfactory"),
    ("track", "earth", "satisfactory"),
    ("street", "asphalt", "good"),
    ("street", "gravel", "satisfactory"),
    ("street", "earth", "satisfactory"),
)
SEASONS: Final = {
    "dry": SeasonRules("dry", 0.5, (5, 6, 7, 8, 9, 10), True, False, True, "dry"),
    "thaw": SeasonRules("thaw", 0.125, (3, 4), False, False, False, "thaw"),
}

Milliseconds = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class CountryTimes:
    """The country as a siting problem needs it.

    Parameters
    ----------
    milliseconds : int32 (n_settlements, n_settlements)
        Door to door from settlements (rows) to sites (columns), read-only and mapped from the file; `UNREACHABLE_MS`
        where there is no way.
    persons : int64 (n_settlements,)
        Inhabitants.
    ids : tuple of str
        Codes of the settlements, which are also the sites.
    plan_km : float64 (n_settlements, 2)
        Where they are, in km.
    """

    milliseconds: Milliseconds
    persons: npt.NDArray[np.int64]
    ids: tuple[str, ...]
    plan_km: npt.NDArray[np.float64]


def country_times(season: str = "dry") -> CountryTimes:
    """Return the travel times of a season, made and kept if they are not there yet; that is said on stderr."""
    path = cache_path(f"country-{season}", (_ROADS, _VERTEX_KM, _WITHIN_SETTLEMENT_MINUTES, packaged_speeds()))
    country = build_country(SEED, N_SETTLEMENTS, _VERTEX_KM)
    if not path.exists():
        sys.stderr.write(f"Travel times of {N_SETTLEMENTS} x {N_SETTLEMENTS} pairs, kept as {path} ...\n")
        _write_times(path, country, SEASONS[season])
    milliseconds = np.load(path, mmap_mode="r")
    return CountryTimes(milliseconds, country.places.persons, tuple(country.places.ids), country.places.points)


def cache_path(name: str, settings: object) -> Path:
    """Return the file of what is computed from the country under these settings."""
    key = json.dumps([_VERSION, SEED, N_SETTLEMENTS, settings]).encode()
    return CACHE / f"{name}-{hashlib.sha256(key).hexdigest()[:12]}.npy"


def _write_times(path: Path, country: Country, rules: SeasonRules) -> None:
    """Compute the matrix in blocks of origins and write it, so that a half-written file never has the final name."""
    crs = pyproj.CRS("+proj=lcc +lat_1=43.3 +lat_2=52.7 +lat_0=48 +lon_0=67 +datum=WGS84 +units=m")
    network = build_network(_road_table(country), crs)
    season = make_season(network, rules, packaged_table(), "car")
    lon, lat = to_degrees(country.places.points).T
    points = Points.from_lonlat(tuple(country.places.ids), lon, lat, crs)
    legs = LegRules()
    joins = find_joins(network, (season,), points, legs, n_origins=len(points))
    sys.stderr.write(f"{network.n_nodes} junctions, {network.n_edges} edges, {len(joins.point)} joins\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    within_ms = minutes_to_ms(_WITHIN_SETTLEMENT_MINUTES)
    with part.open("wb") as file:
        np.save(file, travel_times(network, season, points, joins, points, joins, legs, within_ms).milliseconds)
    part.replace(path)


def _road_table(country: Country) -> gpd.GeoDataFrame:
    """Return the declared road table: every road between settlements, and the two axes of every settlement."""
    roads = country.roads
    line = np.repeat(np.arange(len(roads.road_class)), np.diff(roads.line_start))
    is_axis = np.zeros(len(roads.road_class), dtype=bool)
    is_axis[line[np.isin(roads.line_nodes, roads.centre)]] = True
    kept = (roads.road_class < STREET) | is_axis
    vertices = kept[line]
    numbers = np.cumsum(kept) - 1
    shapes = shapely.linestrings(to_degrees(roads.points)[roads.line_nodes[vertices]], indices=numbers[line[vertices]])
    categories, surfaces, conditions = np.array(_ROADS, dtype=object)[roads.road_class[kept]].T
    columns = {
        "edge_id": [f"r{number:06d}" for number in range(len(shapes))],
        "road_category": categories,
        "surface": surfaces,
        "condition": conditions,
    }
    raw = gpd.GeoDataFrame(columns, geometry=shapes, crs=4326)
    table, faults = check(ROADS, raw, "country")
    errors = [str(fault) for fault in faults if fault.severity == "error"]
    if errors:
        raise RuntimeError(f"the roads of the country are not as declared: {errors[:3]}")
    return table


def packaged_table() -> SpeedTable:
    """Return the packaged speed table."""
    table, _faults = check(SPEEDS, pd.read_csv(io.StringIO(packaged_speeds()), dtype=str), PACKAGED_FILE)
    return SpeedTable.from_frame(table, PACKAGED_FILE)
