"""The roads of one OpenStreetMap file -> the table ROADS, checked; of nothing else, in one pass over the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely

from geo.errors import Fault
from geo.read.barriers import Barrier, Position, RoadRows, at_places, cut_at_barriers, read_barrier
from geo.read.osm_notes import check_columns, listed, note_cut_ways
from geo.read.osm_scan import scan_roads
from geo.read.osm_ways import RoadWays
from geo.read.road_notes import note_barriers, note_imputed_surface, note_told, note_unread
from geo.read.tags import RoadTags, read_road_tags
from geo.tables import ROADS, WALK
from geo.tables.check import Findings

_SOURCE: Final = "OpenStreetMap"


@dataclass(frozen=True)
class OsmRoads:
    """What one OpenStreetMap file says of roads.

    Parameters
    ----------
    roads
        Table ROADS, as in `geo.read.osm.OsmExtract`.
    faults
        What was noticed about roads.
    counts
        What was found, dropped and imputed, by name.
    """

    roads: gpd.GeoDataFrame
    faults: tuple[Fault, ...]
    counts: Mapping[str, int]


def read_osm_roads(path: Path, name: str, *, vehicles: Collection[str] = ("car",), paths: bool = True) -> OsmRoads:
    """Read the roads of an .osm.pbf or .osm file: the same as those of `geo.read.osm.read_osm`, sooner.

    Parameters
    ----------
    path
        File.
    name
        Name for messages, relative to the study folder.
    vehicles
        Roads that none of these may ever use are left out; vehicles of `geo.tables.inputs.VEHICLES`.
    paths
        Whether ways for walkers alone are roads, where somebody walks.

    Returns
    -------
    OsmRoads
        Checked table, faults and counts.

    Raises
    ------
    DataError
        If the file is missing or is no OpenStreetMap file.
    """
    found = Findings(name)
    counts: Counter[str] = Counter()
    ways = scan_roads(path, name, paths=paths and WALK in vehicles)
    counts["cut_ways"] = len(ways.cut_ways)
    note_cut_ways(ways.cut_ways, found)
    roads = road_table(ways, vehicles, found, counts)
    return OsmRoads(roads, tuple(found.faults), dict(counts))


def road_table(ways: RoadWays, vehicles: Collection[str], found: Findings, counts: Counter[str]) -> gpd.GeoDataFrame:
    """Return the table ROADS of what was picked from a file; tell what was noticed."""
    unread: Counter[str] = Counter()
    told: Counter[str] = Counter()
    whole = _open_roads(ways, vehicles, unread, told, counts)
    barriers = _barriers_on(whole, ways.barriers, unread)
    cut = cut_at_barriers(whole, barriers, vehicles)
    counts["barriers"] = len(cut.nodes)
    if cut.nodes:
        note_barriers(len(cut.nodes), listed(cut.nodes), found)
    rows = cut.roads
    roads = check_columns(ROADS, _columns(rows), rows.shapes, found)
    counts["roads"] = len(roads)
    counts["surface_imputed"] = int(roads["surface_imputed"].sum())
    note_unread(unread, found)
    note_told(told, found)
    if counts["surface_imputed"]:
        note_imputed_surface(roads, found)
    return roads


def _open_roads(
    ways: RoadWays, vehicles: Collection[str], unread: Counter[str], told: Counter[str], counts: Counter[str]
) -> RoadRows:
    """Return the roads that some of the vehicles may use in some month, and count what was noticed on them."""
    wanted = frozenset(vehicles)
    meant = [read_road_tags(tags) for tags in ways.tags]
    is_open = np.array([not wanted.isdisjoint(tags.open_to) for tags in meant], dtype=bool)
    kinds = np.array(ways.kinds, dtype=np.int64)
    kept = np.flatnonzero(is_open[kinds]).tolist()
    if len(kinds):
        counts["road_ways"] = len(kinds)
    if len(kept) < len(kinds):
        counts["closed_ways"] = len(kinds) - len(kept)
    # In the order in which the file has them: of values that are as frequent, a message names the first.
    for kind, n in Counter(ways.kinds[row] for row in kept).items():
        unread.update(dict.fromkeys(meant[kind].unread, n))
        told.update(dict.fromkeys(meant[kind].told, n))
    return RoadRows(
        ids=[ways.ids[row] for row in kept],
        names=[ways.names[row] for row in kept],
        kinds=[ways.kinds[row] for row in kept],
        shapes=ways.lines[kept],
        columns=[_columns_of(tags) for tags in meant],
    )


def _columns_of(tags: RoadTags) -> dict[str, Any]:
    return {"surface_imputed": tags.surface_imputed, **tags.columns, "source": _SOURCE}


def _barriers_on(
    roads: RoadRows, nodes: Mapping[Position, tuple[str, Mapping[str, str]]], unread: Counter[str]
) -> dict[Position, Barrier]:
    """Return the barriers that stand on roads."""
    if not nodes or not len(roads.shapes):
        return {}
    lonlat = shapely.get_coordinates(np.asarray(roads.shapes, dtype=object))
    on_roads = {(lon, lat) for lon, lat in lonlat[at_places(lonlat, nodes)].tolist()}
    missed: list[str] = []
    barriers = {place: read_barrier(*nodes[place], missed) for place in nodes if place in on_roads}
    unread.update(missed)
    return barriers


def _columns(rows: RoadRows) -> dict[str, Sequence[Any]]:
    """Return the columns of ROADS under file names."""
    names = list(rows.columns[0]) if rows.columns else []
    own: dict[str, Sequence[Any]] = {"edge_id": rows.ids, "name": rows.names}
    if not len(rows.ids):
        return {column.name: () for column in ROADS.columns}
    return {**own, **{name: _of_kind(rows, name) for name in names}}


def _of_kind(rows: RoadRows, name: str) -> list[Any]:
    """Return a column that all roads of a kind have in common."""
    values = [columns[name] for columns in rows.columns]
    return [values[kind] for kind in rows.kinds]
