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
    node_of_vertex, is_node = _junctions(lonlat, road)
    first = np.flatnonzero(is_node[:-1] & (road[:-1] == road[1:])) if len(road) else np.empty(0, np.int64)
    following = np.flatnonzero(is_node)
    last = following[np.searchsorted(following, first, side="right")] if len(first) else first
    keep = metres[last] > metres[first]
    first, last = first[keep], last[keep]
    counts = last - first + 1
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    index = np.repeat(first - start[:-1], counts) + np.arange(start[-1])
    used, compact = np.unique(np.concatenate([node_of_vertex[first], node_of_vertex[last]]), return_inverse=True)
    edge_from, edge_to = compact[: len(first)].astype(np.int64), compact[len(first) :].astype(np.int64)
    to_metric = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    x, y = to_metric.transform(lonlat[index, 0], lonlat[index, 1])
    node_x, node_y = np.empty(len(used)), np.empty(len(used))
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
        vertex_x=np.asarray(x, dtype=np.float64),
        vertex_y=np.asarray(y, dtype=np.float64),
        vertex_lon=lonlat[index, 0],
        vertex_lat=lonlat[index, 1],
        vertex_metres=metres[index],
        component=_components(len(used), edge_from, edge_to, metres[last] - metres[first]),
    )


def _vertices(roads: gpd.GeoDataFrame) -> tuple[Floats, Ints, Ints]:
    """Return the vertices of all lines, the line each belongs to, and the road of each line."""
    lines, row = shapely.get_parts(roads.geometry.to_numpy(), return_index=True)
    coordinates, owner = shapely.get_coordinates(lines, return_index=True)
    return np.asarray(coordinates, dtype=np.float64), np.asarray(owner, dtype=np.int64), np.asarray(row, dtype=np.int64)


def _positions(lonlat: Floats, road: Ints) -> Floats:
    if len(road) < 2:
        return np.zeros(len(road))
    _azimuth, _back, step = GEOD.inv(lonlat[:-1, 0], lonlat[:-1, 1], lonlat[1:, 0], lonlat[1:, 1])
    step = np.where(road[:-1] == road[1:], step, 0.0)
    begins = np.flatnonzero(np.concatenate([[True], road[:-1] != road[1:]]))
    positions = np.empty(len(road))
    for begin, end in zip(begins, np.append(begins[1:], len(road)), strict=True):
        # A sum of its own per road: a road's positions must not change when another road is added before it.
        positions[begin:end] = np.concatenate([[0.0], np.cumsum(step[begin : end - 1])])
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
    grid = np.round(lonlat / _DEGREES_PER_STEP).astype(np.int64)
    _places, place, visits = np.unique(grid, axis=0, return_inverse=True, return_counts=True)
    place = place.reshape(-1).astype(np.int64)
    is_end = np.ones(len(road), dtype=np.bool_)
    is_end[1:-1] = (road[1:-1] != road[:-2]) | (road[1:-1] != road[2:])
    shared = visits[place] > 1
    end_places = np.zeros(len(visits), dtype=np.bool_)
    end_places[place[is_end]] = True
    return place, shared | end_places[place]


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
