"""Which facility every piece of road belongs to, and how long it takes from there: catchments along the roads.

Between two places where a way is known to begin - the junctions at the ends of an edge, and the places where a
facility's own leg meets it - time grows with the distance from one or the other. So every edge falls into pieces on
which one facility is the nearest and time is linear; it is cut where both ways round take equally long.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geo.network.access_legs import Joins, LegRules, Points
from geo.network.seasons import Season
from geo.network.topology import RoadNetwork
from geo.travel.nearest import NO_KEY, Nearest, facing, nearest_facility
from geo.units import UNREACHABLE_MS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class RoadPieces:
    """Pieces of edges with one nearest facility and linear time, sorted by edge and place; (n_pieces,) each.

    Parameters
    ----------
    edge : int64
        Edge of the network.
    begin_metres, end_metres : float64
        From where to where on the edge's road.
    begin_ms, end_ms : float64
        Time to the facility from both ends.
    facility : int64
        Position of the nearest facility.
    """

    edge: Ints
    begin_metres: Floats
    end_metres: Floats
    begin_ms: Floats
    end_ms: Floats
    facility: Ints

    def __len__(self) -> int:
        """Return the number of pieces."""
        return len(self.edge)

    def take(self, chosen: Bools | Ints) -> RoadPieces:
        """Return some of the pieces."""
        return RoadPieces(*(getattr(self, item.name)[chosen] for item in fields(self)))

    @classmethod
    def together(cls, *parts: RoadPieces) -> RoadPieces:
        """Return the pieces of all parts, one part after the other."""
        return cls(*(np.concatenate([getattr(part, item.name) for part in parts]) for item in fields(cls)))


@dataclass(frozen=True)
class _Stops:
    """Places of edges with the best way that begins there, sorted by edge and place."""

    edge: Ints
    metres: Floats
    ms: Ints
    key: Ints


def road_pieces(
    network: RoadNetwork,
    season: Season,
    joins: Joins,
    rules: LegRules,
    *,
    from_facility: bool = False,
    limit_ms: int | None = None,
) -> tuple[Nearest, RoadPieces]:
    """Return the nearest facility of every junction, and the pieces of road between them.

    Parameters
    ----------
    network, season
        Roads and their weights.
    joins
        Joins of the facilities; their order decides between equally near ones.
    rules
        Contract of legs.
    from_facility
        Times of trips from the facility; by default trips lead to it.
    limit_ms
        Only pieces of which some place is within this time.
    """
    nearest = nearest_facility(network, season, joins, rules, from_facility=from_facility, limit_ms=limit_ms)
    season = facing(season, from_facility=from_facility)
    limit = UNREACHABLE_MS - 1 if limit_ms is None else limit_ms
    stops = _relaxed(_stops(network, season, joins, rules, nearest, limit), season, nearest.n_facilities)
    pieces = _between(stops, season, network, max(nearest.n_facilities, 1))
    return nearest, pieces.take(np.minimum(pieces.begin_ms, pieces.end_ms) <= limit)


def _stops(
    network: RoadNetwork, season: Season, joins: Joins, rules: LegRules, nearest: Nearest, limit_ms: int
) -> _Stops:
    """Return both ends of every edge in reach, and the joins that are faster than what the ends offer there."""
    n, node_key = nearest.n_facilities, nearest.key
    ahead = np.where(season.forward, node_key[network.edge_to], NO_KEY)
    back = np.where(season.backward, node_key[network.edge_from], NO_KEY)
    is_open = season.edge_ms < UNREACHABLE_MS
    slowness = np.where(is_open, season.road_ms_per_metre[network.edge_road], 0.0)
    begin, end = (np.rint(place * slowness).astype(np.int64) for place in _ends(network))
    leg = rules.leg_ms(joins.straight_metres, season, joins.crosses)
    usable = np.flatnonzero(is_open[joins.edge] & (leg <= limit_ms))
    edge, key = joins.edge[usable], leg[usable] * n + joins.point[usable]
    here = np.rint(joins.road_metres[usable] * slowness[edge]).astype(np.int64)
    faster = key < np.minimum(ahead[edge] + (end[edge] - here) * n, back[edge] + (here - begin[edge]) * n)
    edge, key, here, usable = edge[faster], key[faster], here[faster], usable[faster]
    in_reach = is_open & (np.minimum(ahead, back) < NO_KEY)
    in_reach[edge] = True
    reached = np.flatnonzero(in_reach)
    starts, ends = _ends(network)
    edges = np.concatenate([reached, edge, reached])
    metres = np.concatenate([starts[reached], joins.road_metres[usable], ends[reached]])
    ms = np.concatenate([begin[reached], here, end[reached]])
    keys = np.concatenate([node_key[network.edge_from[reached]], key, node_key[network.edge_to[reached]]])
    rank = np.repeat([0, 1, 2], [len(reached), len(edge), len(reached)])
    order = np.lexsort((keys, rank, metres, edges))
    return _Stops(edges[order], metres[order], ms[order], keys[order])


def _ends(network: RoadNetwork) -> tuple[Floats, Floats]:
    return network.edge_start_metres, network.edge_end_metres


def _relaxed(stops: _Stops, season: Season, n_facilities: int) -> _Stops:
    """Let every stop take the way on to the next one, in the directions of its road, until nothing gets faster."""
    same = stops.edge[1:] == stops.edge[:-1]
    apart = np.diff(stops.ms) * n_facilities
    ahead, back = same & season.forward[stops.edge[1:]], same & season.backward[stops.edge[1:]]
    key = stops.key.copy()
    while True:
        before = key.copy()
        key[:-1] = np.minimum(key[:-1], np.where(ahead, key[1:] + apart, NO_KEY))
        key[1:] = np.minimum(key[1:], np.where(back, key[:-1] + apart, NO_KEY))
        if np.array_equal(before, key):
            return _Stops(stops.edge, stops.metres, stops.ms, key)


def _between(stops: _Stops, season: Season, network: RoadNetwork, n_facilities: int) -> RoadPieces:
    """Cut what lies between neighbouring stops where the way ahead and the way back take equally long."""
    left = np.flatnonzero((stops.edge[1:] == stops.edge[:-1]) & (stops.metres[1:] > stops.metres[:-1]))
    right, edge = left + 1, stops.edge[left]
    slowness = season.road_ms_per_metre[network.edge_road[edge]]
    begin, end = stops.metres[left], stops.metres[right]
    ahead = season.forward[edge] & (stops.key[right] < NO_KEY)
    back = season.backward[edge] & (stops.key[left] < NO_KEY)
    here, there = stops.key[left] // n_facilities, stops.key[right] // n_facilities
    # Times are equal where here + (place - begin) slowness = there + (end - place) slowness.
    middle = (begin + end) / 2 + np.where(ahead & back, there - here, 0) / (2 * slowness)
    cut = np.where(back, np.where(ahead, np.clip(middle, begin, end), end), begin)
    near = RoadPieces(
        edge, begin, cut, here.astype(np.float64), here + (cut - begin) * slowness, stops.key[left] % n_facilities
    )
    far = RoadPieces(
        edge, cut, end, there + (end - cut) * slowness, there.astype(np.float64), stops.key[right] % n_facilities
    )
    both = RoadPieces.together(near, far)
    kept = both.take(np.concatenate([back, ahead]) & (both.end_metres > both.begin_metres))
    return kept.take(np.lexsort((kept.begin_metres, kept.edge)))


def catchments(
    network: RoadNetwork,
    season: Season,
    points: Points,
    joins: Joins,
    rules: LegRules,
    *,
    from_facility: bool = False,
    limit_ms: int | None = None,
) -> gpd.GeoDataFrame:
    """Return the roads from which each facility is the nearest.

    Parameters
    ----------
    points
        The facilities; the others as in `road_pieces`.

    Returns
    -------
    GeoDataFrame
        `facility_id`, one row per facility that has any road, in their order; multi-part lines in WGS 84.
    """
    _nearest, pieces = road_pieces(network, season, joins, rules, from_facility=from_facility, limit_ms=limit_ms)
    pieces = _merged(pieces)
    lines = piece_lines(network, pieces)
    order = np.argsort(pieces.facility, kind="stable")
    owners, number = np.unique(pieces.facility[order], return_inverse=True)
    shapes = shapely.multilinestrings(lines[order], indices=number) if len(lines) else lines
    ids = [points.ids[owner] for owner in owners.tolist()]
    return gpd.GeoDataFrame({"facility_id": ids}, geometry=list(shapes), crs=4326)


def _merged(pieces: RoadPieces) -> RoadPieces:
    """Join neighbouring pieces of one edge and one facility; the times of what is joined are those of its ends."""
    if not len(pieces):
        return pieces
    apart = np.ones(len(pieces), dtype=np.bool_)
    apart[1:] = (
        (pieces.edge[1:] != pieces.edge[:-1])
        | (pieces.facility[1:] != pieces.facility[:-1])
        | (pieces.begin_metres[1:] != pieces.end_metres[:-1])
    )
    first = np.flatnonzero(apart)
    last = np.append(first[1:], len(pieces)) - 1
    head, tail = pieces.take(first), pieces.take(last)
    return RoadPieces(head.edge, head.begin_metres, tail.end_metres, head.begin_ms, tail.end_ms, head.facility)


def piece_lines(network: RoadNetwork, pieces: RoadPieces) -> npt.NDArray[np.object_]:
    """Return the course of pieces in WGS 84."""
    course = Course.of_edges(network, network.vertex_lon, network.vertex_lat, pieces.edge)
    row, _metres, x, y = course.along(pieces.edge, pieces.begin_metres, pieces.end_metres)
    return np.asarray(shapely.linestrings(np.column_stack([x, y]), indices=row), dtype=object)


@dataclass(frozen=True)
class Course:
    """Corners of some edges, ready to be cut at any distance along their roads.

    Parameters
    ----------
    start : int64 (n_edges + 1,)
        Edge e has the corners ``start[e]:start[e + 1]``; none if it is not among those asked for.
    metres, x, y : float64 (n_corners,)
        Distance along the edge's road, and position.
    """

    start: Ints
    metres: Floats
    x: Floats
    y: Floats

    @classmethod
    def of_edges(cls, network: RoadNetwork, x: Floats, y: Floats, edges: Ints, tolerance: float = 0.0) -> Course:
        """Take the corners of edges, without those that lie nearer than `tolerance` to the course without them.

        Parameters
        ----------
        x, y : float64 (n_vertices,)
            Positions of the network's vertices, in whatever reference system.
        """
        own = np.unique(edges)
        counts = np.diff(network.vertex_start)[own]
        index = np.repeat(network.vertex_start[own] - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        owner = np.repeat(own, counts)
        if tolerance > 0 and len(own):
            # The third coordinate says which vertex it was; thinning does not look at it.
            spots = np.column_stack([x[index], y[index], index.astype(np.float64)])
            lines = shapely.simplify(
                shapely.linestrings(spots, indices=np.repeat(np.arange(len(own)), counts)), tolerance
            )
            kept, line = shapely.get_coordinates(lines, include_z=True, return_index=True)
            index, owner = kept[:, 2].astype(np.int64), own[line]
        start = np.searchsorted(owner, np.arange(network.n_edges + 1))
        return cls(start, network.vertex_metres[index], x[index], y[index])

    @property
    def _offset(self) -> Floats:
        """What makes distances along the edges ascend from one edge to the next."""
        has = np.flatnonzero(np.diff(self.start))
        first, last = self.metres[self.start[has]], self.metres[self.start[has + 1] - 1]
        offset = np.zeros(len(self.start) - 1)
        offset[has] = np.concatenate([[0.0], np.cumsum(last - first + 1.0)])[:-1] - first
        return offset

    def at(self, edge: Ints, metres: Floats) -> tuple[Floats, Floats]:
        """Return positions at distances along the roads of edges."""
        offset = self._offset
        keys = self.metres + np.repeat(offset, np.diff(self.start))
        part = np.searchsorted(keys, metres + offset[edge], side="right") - 1
        part = np.clip(part, self.start[edge], self.start[edge + 1] - 2)
        length = self.metres[part + 1] - self.metres[part]
        share = np.clip((metres - self.metres[part]) / np.where(length > 0, length, 1.0), 0.0, 1.0)
        x = self.x[part] + share * (self.x[part + 1] - self.x[part])
        y = self.y[part] + share * (self.y[part + 1] - self.y[part])
        return x, y

    def inside(self, edge: Ints, begin: Floats, end: Floats) -> tuple[Ints, Ints]:
        """Return the corners strictly between two places of each edge: the row that asked, and the corner."""
        offset = self._offset
        keys = self.metres + np.repeat(offset, np.diff(self.start))
        first = np.maximum(np.searchsorted(keys, begin + offset[edge], side="right"), self.start[edge])
        last = np.minimum(np.searchsorted(keys, end + offset[edge], side="left"), self.start[edge + 1])
        counts = np.maximum(last - first, 0)
        row = np.repeat(np.arange(len(edge)), counts)
        corner = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        return row, corner

    def along(self, edge: Ints, begin: Floats, end: Floats) -> tuple[Ints, Floats, Floats, Floats]:
        """Return the course from place to place: the row that asked, distance along the road, x, y of its corners."""
        row, corner = self.inside(edge, begin, end)
        rows = np.arange(len(edge))
        (x0, y0), (x1, y1) = self.at(edge, begin), self.at(edge, end)
        number = np.concatenate([rows, row, rows])
        metres = np.concatenate([begin, self.metres[corner], end])
        order = np.lexsort((metres, number))
        x, y = np.concatenate([x0, self.x[corner], x1]), np.concatenate([y0, self.y[corner], y1])
        return number[order], metres[order], x[order], y[order]
