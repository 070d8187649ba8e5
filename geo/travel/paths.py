"""Fastest ways along the roads between a few points: milliseconds, metres and the course on the map.

The same rules as `geo.travel.matrix`, but for a vehicle that keeps to the roads: there are no legs from door to door
across country, only the legs by which a point reaches the road.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.network.access_legs import Joins, LegRules, Points
from geo.network.seasons import Season
from geo.network.topology import RoadNetwork
from geo.travel.graph import OnRoad
from geo.units import UNREACHABLE_MS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

#: What scipy writes where no node comes before.
_NO_PREDECESSOR = -9999


@dataclass(frozen=True)
class _Arcs:
    """Arcs of a graph; (n_arcs,) each.

    Parameters
    ----------
    tail, head, ms : int64
        Where from, where to, how long.
    access_ms, egress_ms : int64
        Milliseconds of it that are spent on the leg from, and to, a point.
    metres : float64
        Length, legs included.
    edge : int64
        Edge of the network it runs on.
    begin_metres, end_metres : float64
        From where to where on the edge's road.
    """

    tail: Ints
    head: Ints
    ms: Ints
    access_ms: Ints
    egress_ms: Ints
    metres: Floats
    edge: Ints
    begin_metres: Floats
    end_metres: Floats

    def take(self, chosen: npt.NDArray[np.bool_] | Ints) -> _Arcs:
        """Return some of the arcs."""
        return _Arcs(*(getattr(self, item.name)[chosen] for item in fields(self)))

    @classmethod
    def together(cls, parts: Sequence[_Arcs]) -> _Arcs:
        """Return the fastest arc of every pair of ends, sorted by tail and head."""
        joined = cls(*(np.concatenate([getattr(part, item.name) for part in parts]) for item in fields(cls)))
        arcs = joined.take(np.lexsort((joined.metres, joined.ms, joined.head, joined.tail)))
        first = np.ones(len(arcs.tail), dtype=np.bool_)
        first[1:] = (arcs.tail[1:] != arcs.tail[:-1]) | (arcs.head[1:] != arcs.head[:-1])
        return arcs.take(first)


class PathGraph:
    """Roads and points of one season, ready to be searched.

    Parameters
    ----------
    network, season
        Roads and their weights.
    points, joins
        Points and how they reach the roads.
    rules
        Contract of legs.
    """

    def __init__(self, network: RoadNetwork, season: Season, points: Points, joins: Joins, rules: LegRules) -> None:
        self._network = network
        self._points = points
        own = OnRoad.of(network, season, joins, rules)
        # Ways leave a point by one node and arrive at it by another, so that none leads through a third point.
        self._leave = network.n_nodes + len(own.edge)
        self._arrive = self._leave + len(points)
        along, legs = _along_edges(network, season, own, joins), _legs(network, own, joins, rules)
        self._arcs = _Arcs.together([_roads(network, season), *along, *legs])
        size = self._arrive + len(points)
        starts = np.concatenate([[0], np.cumsum(np.bincount(self._arcs.tail, minlength=size))])
        self._matrix = csr_array((self._arcs.ms.astype(np.float64), self._arcs.head, starts), shape=(size, size))
        self._key = self._arcs.tail * size + self._arcs.head
        self._size = size

    @cached_property
    def _backward(self) -> csr_array:
        """The graph with every arc turned round."""
        turned: csr_array = self._matrix.T.tocsr()
        return turned

    def between(self, positions: Sequence[int]) -> Paths:
        """Find the fastest ways between some of the points, given by their positions, in that order."""
        chosen = np.asarray(positions, dtype=np.int64)
        starts, ends = self._leave + chosen, self._arrive + chosen
        distance, before = dijkstra(self._matrix, indices=starts, return_predecessors=True)
        ms = np.where(np.isfinite(distance), distance, UNREACHABLE_MS).astype(np.int64)[:, ends]
        ms = np.minimum(ms, UNREACHABLE_MS)
        np.fill_diagonal(ms, 0)
        return Paths(ms, self, chosen, before)

    def metres_to_nearest(self, starts: Sequence[int], ends: Sequence[int]) -> Floats:
        """Return the length of the fastest way from each start to whichever end is nearest in time; inf = no way."""
        leave = self._leave + np.asarray(starts, dtype=np.int64)
        arrive = self._arrive + np.asarray(ends, dtype=np.int64)
        if not len(arrive):
            return np.full(len(leave), np.inf)
        ms, after, _end = dijkstra(self._backward, indices=arrive, return_predecessors=True, min_only=True)
        nodes = np.arange(self._size)
        following = np.where(after == _NO_PREDECESSOR, nodes, after).astype(np.int64)
        moving = np.flatnonzero(following != nodes)
        metres = np.zeros(self._size)
        metres[moving] = self._arcs.metres[np.searchsorted(self._key, moving * self._size + following[moving])]
        # Each round doubles the part of the way that a node has added up.
        while not np.array_equal(following, following[following]):
            metres = metres + metres[following]
            following = following[following]
        return np.where(ms[leave] < UNREACHABLE_MS, metres[leave], np.inf)

    def arcs_to(self, before: npt.NDArray[np.int32], point: int) -> Ints:
        """Return the arcs of the way to a point, by the nodes before each node; empty where there is no way."""
        nodes = [self._arrive + point]
        while before[nodes[-1]] != _NO_PREDECESSOR:
            nodes.append(int(before[nodes[-1]]))
        keys = [tail * self._size + head for head, tail in itertools.pairwise(nodes)]
        return np.searchsorted(self._key, np.array(keys[::-1], dtype=np.int64))

    def legs_ms(self, arcs: Ints) -> tuple[int, int]:
        """Return the milliseconds of a way's legs at its beginning and its end."""
        return int(self._arcs.access_ms[arcs].sum()), int(self._arcs.egress_ms[arcs].sum())

    def road_ms(self, arcs: Ints) -> tuple[Ints, Ints]:
        """Return the edge that each arc of a way runs on, and the milliseconds on it."""
        own = self._arcs
        return own.edge[arcs], own.ms[arcs] - own.access_ms[arcs] - own.egress_ms[arcs]

    def metres(self, arcs: Ints) -> float:
        """Return the length of a way."""
        return float(self._arcs.metres[arcs].sum())

    def course(self, arcs: Ints, start: int, end: int) -> Floats:
        """Return longitude and latitude along a way between two points; (n, 2)."""
        points = self._points
        parts = [np.array([[points.lon[start], points.lat[start]]])]
        parts += [self._on_edge(arc) for arc in arcs.tolist()]
        parts.append(np.array([[points.lon[end], points.lat[end]]]))
        spots = np.concatenate(parts)
        # Pieces meet at a corner that each of them names.
        moved = np.append(np.any(spots[1:] != spots[:-1], axis=1), True)
        moved[0] |= not moved[:-1].any()
        kept: Floats = spots[moved]
        return kept

    def _on_edge(self, arc: int) -> Floats:
        network, edge = self._network, int(self._arcs.edge[arc])
        own = slice(int(network.vertex_start[edge]), int(network.vertex_start[edge + 1]))
        metres, lon, lat = network.vertex_metres[own], network.vertex_lon[own], network.vertex_lat[own]
        begin, end = float(self._arcs.begin_metres[arc]), float(self._arcs.end_metres[arc])
        low, high = min(begin, end), max(begin, end)
        at = np.concatenate([[low], metres[(metres > low) & (metres < high)], [high]])
        course = np.column_stack([np.interp(at, metres, lon), np.interp(at, metres, lat)])
        return course if begin <= end else course[::-1]


@dataclass(frozen=True)
class Paths:
    """Fastest ways between points.

    Parameters
    ----------
    ms : int64 (n, n)
        Time from row to column; `UNREACHABLE_MS` where there is no way.
    graph
        What was searched.
    points : int64 (n,)
        Positions of rows and columns among the graph's points.
    before : int32 (n, n_graph_nodes)
        Node before each node on the ways of each row.
    """

    ms: Ints
    graph: PathGraph
    points: Ints
    before: npt.NDArray[np.int32]

    def __post_init__(self) -> None:
        for values in (self.ms, self.points, self.before):
            values.flags.writeable = False

    def arcs(self, row: int, column: int) -> Ints:
        """Return the arcs of a way; empty where there is none."""
        return self.graph.arcs_to(self.before[row], int(self.points[column]))

    def metres(self, row: int, column: int) -> float:
        """Return the length of a way, infinite where there is none."""
        if row == column:
            return 0.0
        arcs = self.arcs(row, column)
        return self.graph.metres(arcs) if len(arcs) else float("inf")

    def course(self, row: int, column: int) -> Floats:
        """Return longitude and latitude along a way; (n, 2). Where there is none, the straight line."""
        start, end = int(self.points[row]), int(self.points[column])
        return self.graph.course(self.graph.arcs_to(self.before[row], end), start, end)


def _roads(network: RoadNetwork, season: Season) -> _Arcs:
    forward, backward = season.forward, season.backward
    is_open = season.edge_ms < UNREACHABLE_MS
    ahead, back = np.flatnonzero(forward & is_open), np.flatnonzero(backward & is_open)
    start, end, edge = network.edge_start_metres, network.edge_end_metres, np.concatenate([ahead, back])
    return _Arcs(
        tail=np.concatenate([network.edge_from[ahead], network.edge_to[back]]),
        head=np.concatenate([network.edge_to[ahead], network.edge_from[back]]),
        ms=season.edge_ms[edge],
        access_ms=np.zeros_like(edge),
        egress_ms=np.zeros_like(edge),
        metres=network.edge_metres[edge],
        edge=edge,
        begin_metres=np.concatenate([start[ahead], end[back]]),
        end_metres=np.concatenate([end[ahead], start[back]]),
    )


def _along_edges(network: RoadNetwork, season: Season, own: OnRoad, joins: Joins) -> tuple[_Arcs, _Arcs]:
    """Return the arcs from junction to join to join to junction along every edge that has joins, and those back."""
    n_nodes, n_joins = network.n_nodes, len(own.edge)
    edges, first = np.unique(own.edge, return_index=True)
    road_metres = joins.road_metres[own.join]
    # Stops of an edge in the order of the road: where it begins, its joins, where it ends.
    edge = np.concatenate([edges, own.edge, edges])
    here = np.concatenate([own.begin[first], own.here, own.end[first]])
    place = np.concatenate([network.edge_start_metres[edges], road_metres, network.edge_end_metres[edges]])
    node = np.concatenate([network.edge_from[edges], n_nodes + np.arange(n_joins), network.edge_to[edges]])
    kind = np.repeat([0, 1, 2], [len(edges), n_joins, len(edges)])
    order = np.lexsort((place, here, kind, edge))
    edge, here, place, node = edge[order], here[order], place[order], node[order]
    a = np.flatnonzero(edge[1:] == edge[:-1])
    b, on = a + 1, edge[a]
    ms, metres = here[b] - here[a], np.abs(place[b] - place[a])
    # A join at the very junction is at the junction, whatever the direction of the road.
    ahead, back = season.forward[on] | (ms == 0), season.backward[on] | (ms == 0)
    none = np.zeros_like(ms)
    there = _Arcs(node[a], node[b], ms, none, none, metres, on, place[a], place[b]).take(ahead)
    return there, _Arcs(node[b], node[a], ms, none, none, metres, on, place[b], place[a]).take(back)


def _legs(network: RoadNetwork, own: OnRoad, joins: Joins, rules: LegRules) -> tuple[_Arcs, _Arcs]:
    """Return the arcs from points to their joins, and from joins to points: the legs."""
    road_metres, metres = joins.road_metres[own.join], joins.straight_metres[own.join] * rules.leg_factor
    place = network.n_nodes + np.arange(len(own.edge))
    leave = network.n_nodes + len(own.edge) + own.point
    arrive = leave + len(joins.nearest_road_metres)
    none, rest = np.zeros_like(own.leg), (metres, own.edge, road_metres, road_metres)
    return _Arcs(leave, place, own.leg, own.leg, none, *rest), _Arcs(place, arrive, own.leg, none, own.leg, *rest)
