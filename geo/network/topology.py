"""Split road lines at their common vertices and keep what decides times: one topology for every season."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

GEOD = pyproj.Geod(ellps="WGS84")
#: Vertices that agree to this many degrees (about one centimetre) are the same junction.
_DEGREES_PER_STEP = 1e-7
#: Steps from pole to pole. A step of longitude times it stays within 64 bits.
_LATITUDES = round(180 / _DEGREES_PER_STEP) + 1


@dataclass(frozen=True)
class RoadNetwork:
    """Junctions and the road pieces between them, for every season: a closed road has an infinite weight.

    Parameters
    ----------
    roads : DataFrame
        The declared road table; `edge_road` gives positions in it.
    crs : CRS
        The study's metric reference system; for geometry only, lengths are geodesic.
    node_x, node_y : float64 (n_nodes,)
        Junctions in the metric system.
    edge_from, edge_to : int64 (n_edges,)
        Junctions at the ends of each edge, in the direction in which the road is drawn.
    edge_road : int64 (n_edges,)
        Row of `roads` the edge belongs to.
    vertex_start : int64 (n_edges + 1,)
        Edge e has the vertices ``vertex_start[e]:vertex_start[e + 1]``.
    vertex_x, vertex_y, vertex_lon, vertex_lat : float64 (n_vertices,)
        Course of the edges.
    vertex_metres : float64 (n_vertices,)
        Geodesic distance of each vertex from the beginning of its road (not of its edge), so that times of pieces
        of one road add up exactly wherever it is split.
    component : int64 (n_nodes,)
        Connected part of the network, ignoring directions and seasons; 0 is the longest.
    """

    roads: pd.DataFrame
    crs: pyproj.CRS
    node_x: Floats
    node_y: Floats
    edge_from: Ints
    edge_to: Ints
    edge_road: Ints
    vertex_start: Ints
    vertex_x: Floats
    vertex_y: Floats
    vertex_lon: Floats
    vertex_lat: Floats
    vertex_metres: Floats
    component: Ints

    def __post_init__(self) -> None:
        if len(self.vertex_start) != self.n_edges + 1 or self.vertex_start[-1] != len(self.vertex_x):
            raise ValueError("vertex_start does not frame the vertices of the edges")
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, np.ndarray):
                value.flags.writeable = False

    @property
    def n_nodes(self) -> int:
        """Number of junctions."""
        return len(self.node_x)

    @property
    def n_edges(self) -> int:
        """Number of road pieces."""
        return len(self.edge_from)

    @property
    def edge_start_metres(self) -> Floats:
        """Where each edge begins on its road."""
        return self.vertex_metres[self.vertex_start[:-1]]

    @property
    def edge_end_metres(self) -> Floats:
        """Where each edge ends on its road."""
        return self.vertex_metres[self.vertex_start[1:] - 1]

    @property
    def edge_metres(self) -> Floats:
        """Geodesic length of each edge."""
        return self.edge_end_metres - self.edge_start_metres

    @cached_property
    def tree(self) -> shapely.STRtree:
        """All edges in the metric system, to be searched."""
        return shapely.STRtree(self.lines())

    def lines(self, edges: Ints | None = None) -> npt.NDArray[np.object_]:
        """Return edges as lines in the metric system; without `edges`, all of them."""
        edges = np.arange(self.n_edges) if edges is None else edges
        if not len(edges):
            return np.empty(0, dtype=object)
        counts = np.diff(self.vertex_start)[edges]
        owner = np.repeat(np.arange(len(edges)), counts)
        vertices = np.arange(len(owner)) + np.repeat(self.vertex_start[edges] - np.cumsum(counts) + counts, counts)
        coordinates = np.column_stack([self.vertex_x[vertices], self.vertex_y[vertices]])
        return np.asarray(shapely.linestrings(coordinates, indices=owner), dtype=object)


def build_network(roads: gpd.GeoDataFrame, crs: pyproj.CRS, *, use_stated_lengths: bool = False) -> RoadNetwork:
    """Split roads into edges at every vertex that two roads share.

    Parameters
    ----------
    roads
        Declared road table in WGS 84, sorted by id. Lines meet where they have a vertex in common; readers node layers
        that lack common vertices.
    crs
        Metric reference system of the study. It must not depend on the roads, so that adding a road moves nothing.
    use_stated_lengths
        Stretch each road to its `length_metres` where it has one: for lines that are drawn as chords.

    Returns
    -------
    RoadNetwork
        May be empty.
    """
    lonlat, road, row = _vertices(roads)
    metres = _positions(lonlat, road)
    if use_stated_lengths:
        metres = _stretched(metres, road, row, roads["length_metres"].to_numpy(dtype=np.float64))
    place, is_node = _junctions(lonlat, road)
    first, last = _pieces(road, is_node, metres)
    counts = last - first + 1
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    index = np.repeat(first - start[:-1], counts) + np.arange(start[-1])
    n_nodes, edge_from, edge_to = _numbered(place, first, last)
    # Each vertex is transformed once, and then taken as often as edges begin or end there.
    to_metric = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    metric_x, metric_y = to_metric.transform(lonlat[:, 0], lonlat[:, 1])
    x, y = np.asarray(metric_x, dtype=np.float64)[index], np.asarray(metric_y, dtype=np.float64)[index]
    node_x, node_y = np.empty(n_nodes), np.empty(n_nodes)
    node_x[edge_from], node_y[edge_from] = x[start[:-1]], y[start[:-1]]
    node_x[edge_to], node_y[edge_to] = x[start[1:] - 1], y[start[1:] - 1]
    return RoadNetwork(
        roads=roads,
        crs=crs,
        node_x=node_x,
        node_y=node_y,
        edge_from=edge_from,
        edge_to=edge_to,
        edge_road=row[road[first]],
        vertex_start=start,
        vertex_x=x,
        vertex_y=y,
        vertex_lon=lonlat[index, 0],
        vertex_lat=lonlat[index, 1],
        vertex_metres=metres[index],
        component=_components(n_nodes, edge_from, edge_to, metres[last] - metres[first]),
    )


def _vertices(roads: gpd.GeoDataFrame) -> tuple[Floats, Ints, Ints]:
    """Return the vertices of all lines, the line each belongs to, and the road of each line."""
    lines, row = shapely.get_parts(roads.geometry.to_numpy(), return_index=True)
    coordinates, owner = shapely.get_coordinates(lines, return_index=True)
    return np.asarray(coordinates, dtype=np.float64), np.asarray(owner, dtype=np.int64), np.asarray(row, dtype=np.int64)


def _positions(lonlat: Floats, road: Ints) -> Floats:
    """Return how far each vertex is from the beginning of its line."""
    step = np.zeros(len(road))
    within = np.flatnonzero(road[1:] == road[:-1])
    if len(within):
        (lon, lat), (next_lon, next_lat) = lonlat[within].T, lonlat[within + 1].T
        step[within + 1] = GEOD.inv(lon, lat, next_lon, next_lat)[2]
    positions = np.empty(len(road))
    begins = np.flatnonzero(np.diff(road, prepend=-1))
    sizes = np.diff(begins, append=len(road))
    by_size = np.argsort(sizes, kind="stable")
    for block in np.split(by_size, np.flatnonzero(np.diff(sizes[by_size])) + 1) if len(sizes) else ():
        # A sum of its own per road: a road's positions must not change when another road is added before it. Roads of
        # as many vertices are summed at a time, each along itself.
        vertices = begins[block][:, None] + np.arange(sizes[block[0]])
        positions[vertices] = np.cumsum(step[vertices], axis=1)
    return positions


def _stretched(metres: Floats, line: Ints, row: Ints, stated: Floats) -> Floats:
    """Scale the positions on every line so that the lines of a road add up to its stated length.

    Parameters
    ----------
    metres, line
        Position of each vertex, and the line it belongs to.
    row : int64 (n_lines,)
        Road of each line.
    stated : float64 (n_roads,)
        Length of each road; NaN leaves it as drawn.
    """
    if not len(line):
        return metres
    last = np.append(np.flatnonzero(line[:-1] != line[1:]), len(line) - 1)
    drawn = np.bincount(row, weights=metres[last], minlength=len(stated))
    scale = np.where((stated > 0) & (drawn > 0), stated / np.where(drawn > 0, drawn, 1.0), 1.0)
    return np.asarray(metres * scale[row[line]], dtype=np.float64)


def _junctions(lonlat: Floats, road: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Return the place number of each vertex, and which vertices are junctions: road ends and places visited twice."""
    if not len(road):
        return np.empty(0, np.int64), np.empty(0, np.bool_)
    lon, lat = np.round(lonlat / _DEGREES_PER_STEP).astype(np.int64).T
    # One number for both keeps the order of (lon, lat): steps of longitude lie apart by more than all of latitude.
    _places, place, visits = np.unique(lon * _LATITUDES + lat, return_inverse=True, return_counts=True)
    place = place.astype(np.int64)
    is_end = np.ones(len(road), dtype=np.bool_)
    is_end[1:-1] = (road[1:-1] != road[:-2]) | (road[1:-1] != road[2:])
    shared = visits[place] > 1
    end_places = np.zeros(len(visits), dtype=np.bool_)
    end_places[place[is_end]] = True
    return place, shared | end_places[place]


def _pieces(road: Ints, is_node: npt.NDArray[np.bool_], metres: Floats) -> tuple[Ints, Ints]:
    """Return the first and the last vertex of each edge: from a junction to the next on its line, if they lie apart."""
    nodes = np.flatnonzero(is_node)
    first, last = nodes[:-1], nodes[1:]
    keep = road[first] == road[last]
    first, last = first[keep], last[keep]
    keep = metres[last] > metres[first]
    return first[keep], last[keep]


def _numbered(place: Ints, first: Ints, last: Ints) -> tuple[int, Ints, Ints]:
    """Return how many places are an edge's end, and those of each edge, numbered in the order of places."""
    used = np.zeros(int(place.max(initial=-1)) + 1, dtype=np.bool_)
    used[place[first]] = used[place[last]] = True
    number = np.cumsum(used, dtype=np.int64) - 1
    return int(used.sum()), number[place[first]], number[place[last]]


def _components(n_nodes: int, edge_from: Ints, edge_to: Ints, metres: Floats) -> Ints:
    """Return the connected part of each junction, numbered by falling length of road."""
    if not n_nodes:
        return np.empty(0, np.int64)
    links = csr_array((np.ones(len(edge_from)), (edge_from, edge_to)), shape=(n_nodes, n_nodes))
    n_parts, label = connected_components(links, directed=False)
    length = np.bincount(label[edge_from], weights=metres, minlength=n_parts)
    order = np.argsort(-length, kind="stable")
    rank = np.empty(n_parts, np.int64)
    rank[order] = np.arange(n_parts)
    return np.asarray(rank[label], dtype=np.int64)
