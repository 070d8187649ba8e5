"""Roads from OSMnx: a saved graph (.graphml), or an .osm file read through it. OSMnx is imported here only."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError

import geopandas as gpd
import shapely

from geo.errors import Fault
from geo.language import gettext as _
from geo.read.files import BROKEN, require_file, unreadable_file
from geo.read.lines import roads_from_tags
from geo.read.road_notes import note_imputed_surface
from geo.read.tabular import attach
from geo.read.tags import ROAD_KEYS
from geo.tables import ROADS
from geo.tables.check import FILE_ROW, WGS84, Findings, check

_CHUNK_BYTES: Final = 1 << 20


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
        Table ROADS and `surface_imputed`; ids are ``x<number>`` in the order of the graph's edges. The two directions
        of a two-way road are one row.
    list of Fault
        Everything noticed.

    Raises
    ------
    DataError
        If the file is missing or is no graph of OSMnx.
    """
    import osmnx

    _refuse_entities(path, name)
    try:
        graph = osmnx.load_graphml(path)
        raw = _edges(graph)
    except _broken() as error:
        raise unreadable_file(name, _reason(error)) from error
    return _roads(raw, name, vehicles)


def read_osm_with_osmnx(
    path: Path, name: str, *, vehicles: Collection[str] = ("car",)
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Read the roads of an .osm file through OSMnx; parameters, results and errors as for `read_graphml`.

    `geo.read.osm.read_osm` reads the same file faster and reads more of it; this is the second opinion.
    """
    import osmnx

    _refuse_entities(path, name)
    with _all_road_tags(osmnx.settings):
        try:
            graph = osmnx.graph_from_xml(path, simplify=False, retain_all=True)
            graph = osmnx.simplify_graph(graph, edge_attrs_differ=["osmid"])
            raw = _edges(graph)
        except _broken() as error:
            raise unreadable_file(name, _reason(error)) from error
    return _roads(raw, name, vehicles)


def _refuse_entities(path: Path, name: str) -> None:
    """Refuse XML that defines words of its own: a few of them can stand for more text than fits into memory."""
    require_file(path, name)
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            if b"<!" in chunk and any(mark in tail + chunk for mark in (b"<!DOCTYPE", b"<!ENTITY")):
                reason = _("it defines entities of its own")
                raise unreadable_file(name, reason, _("Save it again with OSMnx, or download it again."))
            tail = chunk[-16:]


def _broken() -> tuple[type[Exception], ...]:
    """Return what a broken file makes OSMnx raise."""
    from networkx import NetworkXException

    return (*BROKEN, ParseError, NetworkXException, shapely.errors.ShapelyError)


def _reason(error: Exception) -> str:
    """Return what a library says of a broken file, or at least of what kind it is."""
    return str(error) or type(error).__name__


@contextmanager
def _all_road_tags(settings: Any) -> Iterator[None]:
    """Make OSMnx keep every tag that decides a column of ROADS."""
    before = settings.useful_tags_way
    settings.useful_tags_way = sorted({*before, *ROAD_KEYS})
    try:
        yield
    finally:
        settings.useful_tags_way = before


def _edges(graph: Any) -> gpd.GeoDataFrame:
    """Return tags and lines of a graph's edges, the two directions of a two-way road once."""
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
    return raw


def _roads(raw: gpd.GeoDataFrame, name: str, vehicles: Collection[str]) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    found = Findings(name)
    values = roads_from_tags(raw, found, vehicles)
    frame, faults = check(ROADS, values.drop(columns="surface_imputed"), name)
    attach(frame, values, ["surface_imputed"])
    frame["surface_imputed"] = frame["surface_imputed"].astype(bool)
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
