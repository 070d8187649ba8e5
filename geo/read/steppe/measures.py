"""Measures the written steppe: sizes, distances, roads, circuity, who is cut off in thaw, who lacks what.

Everything is read back from the files, so that the generator cannot flatter itself.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import osmium
from openpyxl import load_workbook
from pyproj import Geod
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

_GEOD: Final = Geod(ellps="WGS84")
_PUBLIC: Final = ("trunk", "primary", "secondary", "tertiary", "unclassified")
_EARTH: Final = ("ground", "earth")
#: A settlement farther than this from every road node has no road.
_JOIN_KM: Final = 1.0
#: Pairs of settlements whose circuity is measured lie this far apart.
_PAIR_KM: Final = (10.0, 150.0)
#: From this chance on a closure counts, as in the declared table of closures.
_CERTAIN: Final = 0.5

Floats = npt.NDArray[np.float64]
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class RoadWay:
    """One road or ferry of the extract; nodes are positions in `Extract.lonlat`."""

    road_id: str
    nodes: tuple[int, ...]
    tags: dict[str, str]
    step_km: Floats
    street: bool

    @property
    def length_km(self) -> float:
        """Geodesic length in km."""
        return float(self.step_km.sum())

    def is_open(self, season: str) -> bool:
        """Say whether tags let one through in dry, winter or thaw."""
        if self.tags.get("winter_road") == "yes":
            return season == "winter"
        wet = self.tags.get("surface") in _EARTH or self.tags.get("ford") == "yes"
        return not (season == "thaw" and wet)


@dataclass(frozen=True)
class Extract:
    """Roads of the extract with (n, 2) node positions in degrees."""

    lonlat: Floats
    ways: list[RoadWay]

    def distances_km(self, sources: list[int], season: str, closed: Iterable[str]) -> Floats:
        """Return (sources, nodes) road km in a season without the closed roads; `inf` = no way."""
        shut = set(closed)
        usable = [way for way in self.ways if way.is_open(season) and way.road_id not in shut]
        starts = [n for way in usable for n in way.nodes[:-1]]
        ends = [n for way in usable for n in way.nodes[1:]]
        lengths = np.concatenate([way.step_km for way in usable]) + 1e-6
        n_nodes = len(self.lonlat)
        distances: Floats = dijkstra(
            csr_matrix((lengths, (starts, ends)), shape=(n_nodes, n_nodes)), directed=False, indices=sources
        )
        return distances


@dataclass(frozen=True)
class WrittenSteppe:
    """The written files, read back.

    Parameters
    ----------
    extract, settlements, facilities, units, closures
        Roads, and the rows of the tables.
    apart_km
        (settlements, settlements) geodesic distances.
    node, node_km
        Per settlement the nearest road node and its distance.
    """

    extract: Extract
    settlements: Rows
    facilities: Rows
    units: Rows
    closures: Rows
    apart_km: Floats
    node: npt.NDArray[np.int64]
    node_km: Floats

    def closed(self, season: str) -> list[str]:
        """Return the roads that closures.csv closes in a season for certain."""
        return [r["edge_id"] for r in self.closures if r["season"] == season and float(r["probability"]) >= _CERTAIN]

    def persons(self, column: str = "pop_total") -> Floats:
        """Return the population of each settlement, that of today unless asked otherwise; NaN = unknown."""
        return np.array([float(row[column] or "nan") for row in self.settlements])

    def of_class(self, *classes: str) -> npt.NDArray[np.int64]:
        """Return the positions of settlements of some classes."""
        return np.flatnonzero([row["settlement_class"] in classes for row in self.settlements])

    def cut_off(self, season: str) -> npt.NDArray[np.bool_]:
        """Say of each settlement whether its roads lead to no district centre in a season."""
        centres = self.node[self.of_class("district_centre")].tolist()
        nearest = self.extract.distances_km(centres, season, self.closed(season)).min(axis=0)
        cut: npt.NDArray[np.bool_] = ~np.isfinite(nearest[self.node]) | (self.node_km > _JOIN_KM)
        return cut


def read_steppe(folder: Path) -> WrittenSteppe:
    """Read back a folder written by `geo.read.steppe.write_steppe`."""
    extract = _read_extract(folder / "steppe.osm.pbf")
    settlements = _read_csv(folder / "settlements.csv")
    lonlat = np.array([[float(row["lon"]), float(row["lat"])] for row in settlements])
    on_roads = np.array(sorted({node for way in extract.ways for node in way.nodes}), dtype=np.int64)
    to_nodes = _apart_km(lonlat, extract.lonlat[on_roads])
    units = json.loads((folder / "boundaries.geojson").read_text(encoding="utf-8"))["features"]
    return WrittenSteppe(
        extract,
        settlements,
        _read_sheet(folder / "facilities.xlsx"),
        units,
        _read_csv(folder / "closures.csv"),
        _apart_km(lonlat, lonlat),
        on_roads[to_nodes.argmin(axis=1)],
        to_nodes.min(axis=1),
    )


def circuities(steppe: WrittenSteppe, *classes: str) -> Floats:
    """Return road km over straight km in the dry season for pairs of settlements 10 to 150 km apart."""
    chosen = steppe.of_class(*classes)
    chosen = chosen[steppe.node_km[chosen] <= _JOIN_KM]
    nodes = steppe.node[chosen].tolist()
    by_road = steppe.extract.distances_km(nodes, "dry", steppe.closed("dry"))[:, nodes]
    straight = steppe.apart_km[np.ix_(chosen, chosen)]
    upper = np.triu(np.ones_like(straight, dtype=bool), 1)
    wanted = upper & (straight >= _PAIR_KM[0]) & (straight <= _PAIR_KM[1]) & np.isfinite(by_road)
    ratios: Floats = by_road[wanted] / straight[wanted]
    return ratios


def neighbour_km(steppe: WrittenSteppe) -> Floats:
    """Return the straight km from each settlement that is no camp to the nearest other one."""
    chosen = steppe.of_class("district_centre", "okrug_centre", "other")
    apart = steppe.apart_km[np.ix_(chosen, chosen)].copy()
    np.fill_diagonal(apart, np.inf)
    nearest: Floats = apart.min(axis=1)
    return nearest


def road_km(steppe: WrittenSteppe, highways: tuple[str, ...] = _PUBLIC, surfaces: tuple[str, ...] = ()) -> float:
    """Return the km of roads outside settlements, of some classes and, if given, of some surfaces."""
    return sum(
        way.length_km
        for way in steppe.extract.ways
        if not way.street
        and way.tags.get("highway") in highways
        and (not surfaces or way.tags.get("surface") in surfaces)
    )


def area_km2(steppe: WrittenSteppe, level: str) -> list[float]:
    """Return the geodesic areas of the units of one level."""
    rings = [np.array(u["geometry"]["coordinates"][0]) for u in steppe.units if u["properties"]["level"] == level]
    return [abs(_GEOD.polygon_area_perimeter(ring[:, 0], ring[:, 1])[0]) / 1e6 for ring in rings]


def without(steppe: WrittenSteppe, service: str, least_persons: int) -> float:
    """Return the share of villages of at least so many people that have no facility of a service."""
    hosts = {row["settlement_id"] for row in steppe.facilities if row["service"] == service}
    persons = steppe.persons()
    villages = [k for k in steppe.of_class("okrug_centre", "other") if persons[k] >= least_persons]
    return sum(steppe.settlements[k]["settlement_id"] not in hosts for k in villages) / len(villages)


def _apart_km(one: Floats, other: Floats) -> Floats:
    """Return (n, m) geodesic km between two sets of positions in degrees."""
    rows, columns = np.indices((len(one), len(other))).reshape(2, -1)
    metres = _GEOD.inv(one[rows, 0], one[rows, 1], other[columns, 0], other[columns, 1])[2]
    apart: Floats = metres.reshape(len(one), len(other)) / 1000
    return apart


def _read_extract(path: Path) -> Extract:
    """Read roads and ferries; the streets of a settlement are known by their speed limit of 40 or 60 km/h."""
    positions: dict[int, int] = {}
    lonlat: list[tuple[float, float]] = []
    found: list[tuple[int, tuple[int, ...], dict[str, str]]] = []
    for item in osmium.FileProcessor(str(path)):
        if isinstance(item, osmium.osm.Node):
            positions[item.id] = len(lonlat)
            lonlat.append((item.location.lon, item.location.lat))
        elif isinstance(item, osmium.osm.Way) and ("highway" in item.tags or item.tags.get("route") == "ferry"):
            found.append((item.id, tuple(node.ref for node in item.nodes), {tag.k: tag.v for tag in item.tags}))
    spots = np.array(lonlat)
    ways = []
    for way_id, refs, tags in found:
        nodes = tuple(positions[ref] for ref in refs)
        line = spots[list(nodes)]
        steps = np.asarray(_GEOD.inv(line[:-1, 0], line[:-1, 1], line[1:, 0], line[1:, 1])[2]) / 1000
        ways.append(RoadWay(f"w{way_id}", nodes, tags, steps, tags.get("maxspeed") in ("40", "60")))
    return Extract(spots, ways)


def _read_csv(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _read_sheet(path: Path) -> Rows:
    book = load_workbook(path, read_only=True)
    header, *rows = book.worksheets[0].iter_rows(values_only=True)
    book.close()
    return [dict(zip([str(name) for name in header], row, strict=True)) for row in rows]
