"""How points reach the roads: a join to every road piece within reach, and legs across country.

A point joins every road edge within `max_join_metres`, at the place of the edge nearest to it. Because an added road
only adds joins (and a split one keeps them), adding or opening a road can never make a trip longer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from geo.network.obstacles import Obstacles
from geo.network.seasons import Season
from geo.network.topology import GEOD, RoadNetwork
from geo.units import METRES_PER_KM, UNREACHABLE_MS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Int8s = npt.NDArray[np.int8]

#: Widening of the planar search, so that no join is lost to the distortion of the metric reference system.
SEARCH_SLACK = 1.02


@dataclass(frozen=True)
class LegRules:
    """Contract of legs (docs/methods.md). All distances are straight lines; a leg is `leg_factor` times as long.

    Legs do not cross `obstacles`, in the season's coordinates, unless the season opens them.
    """

    max_join_metres: float = 20.0 * METRES_PER_KM
    max_walk_metres: float = 5.0 * METRES_PER_KM
    leg_factor: float = 1.3
    obstacles: Obstacles | None = field(default=None, compare=False)

    def crossed(self, begin: Floats, end: Floats) -> Int8s:
        """Return what obstacles straight legs cross, from (n, 2) to (n, 2) in the study's metric system."""
        return np.zeros(len(begin), dtype=np.int8) if self.obstacles is None else self.obstacles.crossed(begin, end)

    def leg_ms(self, straight_metres: Floats, season: Season, crosses: Int8s | None = None) -> Ints:
        """Return the milliseconds of legs: the faster of driving across country and walking.

        Parameters
        ----------
        straight_metres : float64
            Straight distances.
        crosses : int8
            What obstacles the legs cross; none if not given.
        season
            Gives both speeds; driving across country may be closed.

        Returns
        -------
        int64
            `UNREACHABLE_MS` where neither is possible.
        """
        length = straight_metres * self.leg_factor
        walk = np.where(straight_metres <= self.max_walk_metres, season.walk_ms_per_metre, np.inf)
        best = np.minimum(season.drive_ms_per_metre, walk)
        possible = np.isfinite(best)
        if crosses is not None:
            possible &= (crosses & season.obstacles) == 0
        ms = np.where(possible, length * np.where(possible, best, 0.0), UNREACHABLE_MS)
        return np.minimum(np.rint(ms), UNREACHABLE_MS).astype(np.int64)


@dataclass(frozen=True)
class Points:
    """Places that trips begin or end at.

    Parameters
    ----------
    ids : tuple of str
        Identifiers, in order.
    lon, lat : float64 (n,)
        Position.
    x, y : float64 (n,)
        Position in the study's metric system.
    """

    ids: tuple[str, ...]
    lon: Floats
    lat: Floats
    x: Floats
    y: Floats

    @classmethod
    def from_lonlat(cls, ids: tuple[str, ...], lon: Floats, lat: Floats, crs: pyproj.CRS) -> Points:
        """Make points from coordinates in WGS 84."""
        transformer = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
        x, y = transformer.transform(lon, lat)
        as_floats = [np.asarray(values, dtype=np.float64) for values in (lon, lat, x, y)]
        return cls(ids, *as_floats)

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.ids)

    def choose(self, ids: Sequence[str]) -> Points:
        """Return some of the points, in the order given.

        Raises
        ------
        KeyError
            If one of them is not among these points.
        """
        number = {identifier: i for i, identifier in enumerate(self.ids)}
        return self.take(np.array([number[identifier] for identifier in ids], dtype=np.int64))

    def take(self, rows: Ints) -> Points:
        """Return some of the points by their positions, in the order given."""
        ids = tuple(self.ids[row] for row in rows.tolist())
        return Points(ids, self.lon[rows], self.lat[rows], self.x[rows], self.y[rows])


@dataclass(frozen=True)
class Joins:
    """All joins of a set of points to a network; the same for every season.

    Parameters
    ----------
    point, edge : int64 (n_joins,)
        Which point joins which edge; sorted by point, then edge.
    road_metres : float64 (n_joins,)
        Where on its road (geodesic distance from the road's beginning).
    straight_metres : float64 (n_joins,)
        Geodesic distance from the point.
    crosses : int8 (n_joins,)
        What obstacles the leg crosses (`geo.network.obstacles`).
    nearest_road_metres : float64 (n_points,)
        Geodesic distance to the nearest road, however far; infinite without any road.
    nearest_lon, nearest_lat : float64 (n_points,)
        Where that road is nearest; NaN without any road.
    """

    point: Ints
    edge: Ints
    road_metres: Floats
    straight_metres: Floats
    crosses: Int8s
    nearest_road_metres: Floats
    nearest_lon: Floats
    nearest_lat: Floats

    def __post_init__(self) -> None:
        for item in fields(self):
            getattr(self, item.name).flags.writeable = False

    def of_points(self, points: Ints) -> Joins:
        """Return the joins of some points, each named once, which are numbered anew in the order given."""
        begin = np.searchsorted(self.point, points, side="left")
        counts = np.searchsorted(self.point, points, side="right") - begin
        own = np.arange(counts.sum()) + np.repeat(begin - np.cumsum(counts) + counts, counts)
        return Joins(
            np.repeat(np.arange(len(points)), counts),
            self.edge[own],
            self.road_metres[own],
            self.straight_metres[own],
            self.crosses[own],
            self.nearest_road_metres[points],
            self.nearest_lon[points],
            self.nearest_lat[points],
        )


def together(one: tuple[Points, Joins], other: tuple[Points, Joins]) -> tuple[Points, Joins]:
    """Return two sets of points with their joins as one."""
    (p, j), (q, k) = one, other
    points = Points(
        (*p.ids, *q.ids), *(np.concatenate([getattr(p, name), getattr(q, name)]) for name in ("lon", "lat", "x", "y"))
    )
    names = ("edge", "road_metres", "straight_metres", "crosses", "nearest_road_metres", "nearest_lon", "nearest_lat")
    rest = (np.concatenate([getattr(j, name), getattr(k, name)]) for name in names)
    return points, Joins(np.concatenate([j.point, len(p) + k.point]), *rest)


def join_points(network: RoadNetwork, points: Points, rules: LegRules) -> Joins:
    """Find every join of points to the edges of a network.

    Parameters
    ----------
    network
        Topology.
    points
        In the same metric system as the network.
    rules
        Gives the farthest join.
    """
    if not network.n_edges:
        nothing = np.empty(0, np.int64)
        return join_pairs(network, points, nothing, nothing, np.full(len(points), -1), rules)
    spots = shapely.points(points.x, points.y)
    point, edge = network.tree.query(spots, predicate="dwithin", distance=rules.max_join_metres * SEARCH_SLACK)
    return join_pairs(network, points, point, edge, nearest_edges(network, points), rules)


def nearest_edges(network: RoadNetwork, points: Points) -> Ints:
    """Return the edge nearest to each point in the metric system, however far; there must be roads."""
    nearest = np.full(len(points), -1, dtype=np.int64)
    point, edge = network.tree.query_nearest(shapely.points(points.x, points.y), all_matches=False)
    nearest[point] = edge
    return nearest


def join_pairs(network: RoadNetwork, points: Points, point: Ints, edge: Ints, nearest: Ints, rules: LegRules) -> Joins:
    """Make joins of pairs of points and edges; those that are farther apart than legs may be are left out.

    Parameters
    ----------
    network, points, rules
        As for `join_points`.
    point, edge : int64 (n_pairs,)
        Pairs, each once.
    nearest : int64 (n_points,)
        Nearest edge of each point; -1 without any road.
    """
    known = np.flatnonzero(nearest >= 0)
    edges = np.unique(np.concatenate([edge, nearest[known]]))
    lines = network.lines(edges)
    road_metres, straight, _lon, _lat, x, y = _project(
        network, lines[np.searchsorted(edges, edge)], points, point, edge
    )
    keep = straight <= rules.max_join_metres
    point, edge, road_metres, straight = point[keep], edge[keep], road_metres[keep], straight[keep]
    begin = np.column_stack([points.x[point], points.y[point]])
    crosses = rules.crossed(begin, np.column_stack([x[keep], y[keep]]))
    order = np.lexsort((edge, point))
    near = [np.full(len(points), np.inf), np.full(len(points), np.nan), np.full(len(points), np.nan)]
    near_lines = lines[np.searchsorted(edges, nearest[known])]
    _metres, *found, _x, _y = _project(network, near_lines, points, known, nearest[known])
    for values, own in zip(near, found, strict=True):
        values[known] = own
    return Joins(
        point=point[order].astype(np.int64),
        edge=edge[order].astype(np.int64),
        road_metres=road_metres[order],
        straight_metres=straight[order],
        crosses=crosses[order],
        nearest_road_metres=near[0],
        nearest_lon=near[1],
        nearest_lat=near[2],
    )


def _project(
    network: RoadNetwork, lines: npt.NDArray[np.object_], points: Points, point: Ints, edge: Ints
) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """Return for each pair where the edge is nearest to the point: road metres, straight metres, lon, lat, x, y.

    `lines` are those of the pairs.
    """
    if not len(point):
        nothing = np.empty(0)
        return nothing, nothing, nothing, nothing, nothing, nothing
    spots = shapely.points(points.x[point], points.y[point])
    along = shapely.line_locate_point(lines, spots)
    planar = _planar_positions(network)
    # One sorted key over all edges finds the straight piece that holds each position.
    offset = np.concatenate([[0.0], np.cumsum(planar[network.vertex_start[1:] - 1] + 1.0)])[:-1]
    key = planar + np.repeat(offset, np.diff(network.vertex_start))
    first, last = network.vertex_start[edge], network.vertex_start[edge + 1] - 1
    piece = np.clip(np.searchsorted(key, along + offset[edge], side="right") - 1, first, last - 1)
    length = planar[piece + 1] - planar[piece]
    share = np.clip((along - planar[piece]) / np.where(length > 0, length, 1.0), 0.0, 1.0)
    metres = network.vertex_metres[piece] + share * (network.vertex_metres[piece + 1] - network.vertex_metres[piece])
    lon = network.vertex_lon[piece] + share * (network.vertex_lon[piece + 1] - network.vertex_lon[piece])
    lat = network.vertex_lat[piece] + share * (network.vertex_lat[piece + 1] - network.vertex_lat[piece])
    _azimuth, _back, straight = GEOD.inv(points.lon[point], points.lat[point], lon, lat)
    x = network.vertex_x[piece] + share * (network.vertex_x[piece + 1] - network.vertex_x[piece])
    y = network.vertex_y[piece] + share * (network.vertex_y[piece + 1] - network.vertex_y[piece])
    return metres, np.asarray(straight, dtype=np.float64), lon, lat, x, y


def _planar_positions(network: RoadNetwork) -> Floats:
    """Return the planar distance of each vertex from the beginning of its edge."""
    step = np.hypot(np.diff(network.vertex_x), np.diff(network.vertex_y))
    total = np.concatenate([[0.0], np.cumsum(step)])
    begins = np.repeat(total[network.vertex_start[:-1]], np.diff(network.vertex_start))
    return np.asarray(total - begins, dtype=np.float64)
