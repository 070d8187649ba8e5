"""Roads from OSMnx: a saved graph (.graphml), or an .osm file read through it. OSMnx is imported here only."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import geopandas as gpd
import shapely

from geo.errors import Fault
from geo.read.lines import roads_from_tags
from geo.read.road_notes import note_imputed_surface
from geo.read.tabular import require_file, unreadable_file
from geo.read.tags import ROAD_KEYS
from geo.tables import ROADS
from geo.tables.check import FILE_ROW, WGS84, Findings, check


def read_graphml(
    path: Path, name: str, *, vehicles: Collection[str] = ("car",)
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Read a graph that OSMnx saved.

    Parameters
    ----------
    path
        .graphml file in WGS 84.
    name
        Name for messages, relative to the study folder.
    vehicles
        Whose roads are read.

    Returns
    -------
    GeoDataFrame
        Table ROADS; ids are ``x<number>`` in the order of the graph's edges. The two directions
        of a two-way road are one row.
    list of Fault
        Everything noticed.

    Raises
    ------
    DataError
        If the file is missing or is no graph of OSMnx.
    """
    import osmnx

    require_file(path, name)
    try:
        graph = osmnx.load_graphml(path)
    except (ParseError, KeyError, ValueError) as error:
        raise unreadable_file(name, error) from error
    return _roads(graph, name, vehicles)


def read_osm_with_osmnx(
    path: Path, name: str, *, vehicles: Collection[str] = ("car",)
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Read the roads of an .osm file through OSMnx; parameters, results and errors as for `read_graphml`.

    `geo.read.osm.read_osm` reads the same file faster and reads more of it; this is the second opinion.
    """
    import osmnx

    require_file(path, name)
    with _all_road_tags(osmnx.settings):
        try:
            graph = osmnx.graph_from_xml(path, simplify=False, retain_all=True)
            graph = osmnx.simplify_graph(graph, edge_attrs_differ=["osmid"])
        except (ParseError, KeyError, ValueError) as error:
            raise unreadable_file(name, error) from error
    return _roads(graph, name, vehicles)


@contextmanager
def _all_road_tags(settings: Any) -> Iterator[None]:
    """Make OSMnx keep every tag that decides a column of ROADS."""
    before = settings.useful_tags_way
    settings.useful_tags_way = sorted({*before, *ROAD_KEYS})
    try:
        yield
    finally:
        settings.useful_tags_way = before


def _roads(graph: Any, name: str, vehicles: Collection[str]) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    found = Findings(name)
    rows, shapes, seen = [], [], set()
    for start, end, edge in graph.edges(data=True):
        ends = [(graph.nodes[node]["x"], graph.nodes[node]["y"]) for node in (start, end)]
        shape = edge.get("geometry") or shapely.LineString(ends)
        identity = _identity(edge, shape)
        if identity in seen:
            continue
        seen.add(identity)
        direction = "yes" if _one_way(edge) else "no"
        rows.append({key: edge[key] for key in ROAD_KEYS if key in edge} | {"oneway": direction})
        rows[-1]["edge_id"] = f"x{len(rows)}"
        shapes.append(shape)
    columns = sorted({key for row in rows for key in row} | {"edge_id", "highway"})
    raw = gpd.GeoDataFrame(
        {column: [row.get(column) for row in rows] for column in columns},
        geometry=gpd.GeoSeries(shapes, crs=graph.graph.get("crs", WGS84)),
    )
    raw[FILE_ROW] = range(2, len(raw) + 2)
    values = roads_from_tags(raw, found, vehicles)
    frame, faults = check(ROADS, values, name)
    if frame["surface_imputed"].any():
        note_imputed_surface(frame, found)
    return frame, [*faults, *found.faults]


def _one_way(edge: dict[str, Any]) -> bool:
    """Return whether an edge is one-way; OSMnx turns one-way edges into the direction of traffic."""
    return str(edge.get("oneway")).lower() in {"true", "yes", "1"}


def _identity(edge: dict[str, Any], shape: shapely.LineString) -> Hashable:
    """Return the same value for both directions of a two-way road."""
    line = tuple(shape.coords)
    ways = str(sorted(edge["osmid"]) if isinstance(edge["osmid"], list) else [edge["osmid"]])
    return (ways, line) if _one_way(edge) else (ways, min(line, line[::-1]))
