"""What closing one link of the road network does to the trips to the nearest facility, for every link that matters.

Distances to a sink that stands behind all facilities form a forest of fastest trips. Closing a link changes nothing
for whoever does not use it, so that only what hangs on the link in the forest is searched again, from its rim inwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse.csgraph import dijkstra

from geo.network.access_legs import SEARCH_SLACK, Joins, LegRules, Points, join_pairs
from geo.network.seasons import Season
from geo.network.topology import RoadNetwork
from geo.travel.choice import find_joins, is_small
from geo.travel.criticality_kernels import Arcs, compare, hanging_on, search_again, start_from_rim
from geo.travel.graph import OnRoad, least_arcs

# The rules of trips that reach no junction are those of the matrix, whose times these must equal.
from geo.travel.matrix import along_one_edge, direct_legs
from geo.units import UNREACHABLE_MS

Ints = npt.NDArray[np.int64]

#: Edge of an arc that no closure can touch.
NO_EDGE: Final = -1


@dataclass(frozen=True, eq=False)
class Trips:
    """All ways from settlements to a sink behind the facilities, as arcs that know the edge they need.

    Vertices are the junctions, then the settlements, then the sink. No arc leads to a settlement, so that nobody
    travels through one.

    Parameters
    ----------
    n_nodes, n_points, n_edges : int
        Junctions, settlements, and edges of the network.
    tail, head, ms, edge : int64 (n_arcs,)
        Sorted by tail, then by the time to the sink that begins with the arc; `edge` is `NO_EDGE` for legs from door to
        door.
    start : int64 (n_nodes + n_points + 2,)
        Vertex v has the arcs ``start[v]:start[v + 1]``.
    sink_ms : int64 (n_nodes + n_points + 1,)
        Time of each vertex to the sink; `UNREACHABLE_MS` where there is no way.
    arc : int64 (n_nodes + n_points + 1,)
        First arc of one fastest way of each vertex to the sink; -1 where there is none.
    """

    n_nodes: int
    n_points: int
    n_edges: int
    tail: Ints
    head: Ints
    ms: Ints
    edge: Ints
    start: Ints
    sink_ms: Ints
    arc: Ints

    @property
    def point_ms(self) -> Ints:
        """Time of each settlement to its nearest facility, without the time within a settlement."""
        return self.sink_ms[self.n_nodes : -1]

    @property
    def used_links(self) -> Ints:
        """Edges on the chosen fastest trips of settlements, ascending."""
        used = np.zeros(len(self.arc), dtype=np.bool_)
        here = self.n_nodes + np.arange(self.n_points)
        while len(here):
            here = here[self.arc[here] >= 0]
            used[here] = True
            here = np.unique(self.head[self.arc[here]])
            here = here[~used[here]]
        edges: Ints = np.setdiff1d(self.edge[self.arc[used]], [NO_EDGE])
        return edges

    @property
    def into(self) -> tuple[Ints, Ints]:
        """Arcs between junctions by where they lead: where those of each junction begin, and the arcs."""
        roads = np.flatnonzero(np.maximum(self.tail, self.head) < self.n_nodes)
        roads = roads[np.argsort(self.head[roads], kind="stable")]
        return _starts(self.head[roads], self.n_nodes), roads


def _starts(owner: Ints, n: int) -> Ints:
    return np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=n))])


class _Arcs(NamedTuple):
    """Some arcs; (n_arcs,) each, as in `Trips`."""

    tail: Ints
    head: Ints
    ms: Ints
    edge: Ints

    def take(self, chosen: Ints | npt.NDArray[np.bool_]) -> _Arcs:
        """Return some of the arcs."""
        return _Arcs(*(values[chosen] for values in self))

    @classmethod
    def together(cls, parts: Sequence[_Arcs]) -> _Arcs:
        """Put arcs one after the other."""
        return cls(*(np.concatenate(values) for values in zip(*parts, strict=True)))


@dataclass(frozen=True, eq=False)
class Departures:
    """Settlements on the roads of a season, ready to be asked for trips to the facilities of one service after another.

    Parameters
    ----------
    network, season, points, rules
        As for `geo.travel.travel_times`.
    on_road
        Joins of the settlements, by edge.
    arcs
        Between junctions, and from settlements to junctions.
    """

    network: RoadNetwork
    season: Season
    points: Points
    rules: LegRules
    on_road: OnRoad
    arcs: _Arcs

    @classmethod
    def of(cls, network: RoadNetwork, season: Season, points: Points, joins: Joins, rules: LegRules) -> Departures:
        """Put settlements on the roads of a season."""
        on_road = OnRoad.of(network, season, joins, rules)
        on_road = on_road.take(np.argsort(on_road.edge, kind="stable"))
        entries = _offered(network, season, on_road, entering=True)
        arcs = _Arcs.together([_road_arcs(network, season), entries._replace(tail=network.n_nodes + entries.tail)])
        return cls(network, season, points, rules, on_road, arcs)

    def trips_to(self, facilities: Points, joins: Joins) -> Trips:
        """Find the trips to the nearest of some facilities, all of them open.

        Parameters
        ----------
        facilities, joins
            The facilities and their joins to the network.

        Returns
        -------
        Trips
            Their times are the least over the facilities of those of `geo.travel.travel_times`.
        """
        n_nodes, sink = self.network.n_nodes, self.network.n_nodes + len(self.points)
        arrivals = OnRoad.of(self.network, self.season, joins, self.rules)
        arrivals = arrivals.take(np.argsort(arrivals.edge, kind="stable"))
        exits = _offered(self.network, self.season, arrivals, entering=False)
        exits = _Arcs(exits.head, np.full_like(exits.head, sink), exits.ms, exits.edge)
        node_ms, following = _search(_Arcs.together([_between_junctions(self.arcs, n_nodes), exits]), n_nodes, sink)
        arcs = _Arcs.together([self.arcs, exits, *self._without_junctions(facilities, arrivals)])
        sink_ms = np.concatenate([node_ms[:n_nodes], np.full(len(self.points), UNREACHABLE_MS), [0]])
        value = arcs.ms + sink_ms[arcs.head]
        # Nobody ever needs a way that takes longer than the leg from door to door.
        bound = np.full(sink + 1, UNREACHABLE_MS - 1)
        direct = arcs.edge == NO_EDGE
        np.minimum.at(bound, arcs.tail[direct], value[direct])
        leads = np.flatnonzero(value <= bound[arcs.tail])
        leads = leads[np.lexsort((value[leads], arcs.tail[leads]))]
        arcs, value, start = arcs.take(leads), value[leads], _starts(arcs.tail[leads], sink + 1)
        own, first = np.unique(arcs.tail, return_index=True)
        # A settlement's first arc is its best one; at junctions an arc of no time might lead round in a circle.
        following = np.concatenate([following[:n_nodes], arcs.head[first[own >= n_nodes]]])
        settled = own[own >= n_nodes]
        sink_ms[settled] = value[first[own >= n_nodes]]
        arc = np.full(sink + 1, -1, dtype=np.int64)
        arc[settled] = first[own >= n_nodes]
        in_forest = np.flatnonzero((arcs.tail < n_nodes) & (arcs.head == following[np.minimum(arcs.tail, n_nodes - 1)]))
        tail, first = np.unique(arcs.tail[in_forest], return_index=True)
        arc[tail] = in_forest[first]
        return Trips(n_nodes, len(self.points), self.network.n_edges, *arcs, start, sink_ms, arc)

    def _without_junctions(self, facilities: Points, arrivals: OnRoad) -> list[_Arcs]:
        """Return the trips that reach no junction: along a part of one edge, and from door to door."""
        if not len(self.points) or not len(facilities):
            return []
        n_nodes, sink = self.network.n_nodes, self.network.n_nodes + len(self.points)
        by_join = self.on_road._replace(point=np.arange(len(self.on_road.point)))
        parts = []
        for trips in along_one_edge(self.season, by_join, arrivals):
            tail = n_nodes + self.on_road.point[trips.row]
            parts.append(_Arcs(tail, np.full_like(tail, sink), trips.total, self.on_road.edge[trips.row]))
        direct = direct_legs(self.points, facilities, self.season, self.rules)
        tail = n_nodes + direct.row
        return [*parts, _Arcs(tail, np.full_like(tail, sink), direct.total, np.full_like(tail, NO_EDGE))]


def _road_arcs(network: RoadNetwork, season: Season) -> _Arcs:
    is_open = (season.edge_ms < UNREACHABLE_MS) & (network.edge_from != network.edge_to)
    ahead, back = np.flatnonzero(season.forward & is_open), np.flatnonzero(season.backward & is_open)
    edge = np.concatenate([ahead, back])
    return _Arcs(
        np.concatenate([network.edge_from[ahead], network.edge_to[back]]),
        np.concatenate([network.edge_to[ahead], network.edge_from[back]]),
        season.edge_ms[edge],
        edge,
    )


def _offered(network: RoadNetwork, season: Season, on_road: OnRoad, *, entering: bool) -> _Arcs:
    """Return what joins offer to junctions: from the point to the junction, whatever the direction."""
    n_joins = len(on_road.point)
    offers = on_road._replace(point=np.arange(n_joins)).offers(network, season, n_joins, entering=entering)
    return _Arcs(on_road.point[offers.point], offers.node, offers.ms, on_road.edge[offers.point])


def _between_junctions(arcs: _Arcs, n_nodes: int) -> _Arcs:
    return arcs.take(arcs.tail < n_nodes)


def _search(arcs: _Arcs, n_nodes: int, sink: int) -> tuple[Ints, Ints]:
    """Return the time of each junction to the sink, and the vertex that follows it on one fastest way; -1 without any.

    `arcs` are those between junctions, and from them to the sink.
    """
    # Against the arcs: rows are heads.
    matrix = least_arcs(np.minimum(arcs.head, n_nodes), arcs.tail, arcs.ms, n_nodes + 1)
    found, following = dijkstra(matrix, indices=n_nodes, return_predecessors=True)
    reached = found < UNREACHABLE_MS
    sink_ms = np.where(reached, np.where(reached, found, 0).astype(np.int64), UNREACHABLE_MS)
    following = np.where(following == n_nodes, sink, following)
    return sink_ms, np.where(reached, following, -1).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Closures:
    """Who loses by the closure of each link, one link at a time; whoever is not named loses nothing.

    Parameters
    ----------
    edge, point : int64 (n,)
        Closed link and settlement, sorted by both.
    ms : int64 (n,)
        The settlement's time to its nearest facility with the link closed, without the time within a settlement;
        `UNREACHABLE_MS` where it is cut off.
    """

    edge: Ints
    point: Ints
    ms: Ints


def close_links(trips: Trips, edges: Ints | None = None) -> Closures:
    """Close links one by one, both directions and all joins to them.

    Parameters
    ----------
    trips
        Trips with all links open.
    edges
        Links to be closed, ascending; by default all whose closure can matter: those on the chosen fastest trips.
    """
    edges = trips.used_links if edges is None else np.intersect1d(edges, trips.used_links)
    roots, root_start = _roots(trips, edges)
    small = is_small(trips.n_points, trips.n_edges)
    gather, begin, search, settle = _steps(compiled=not small)
    children = [_held(values, small=small) for values in _children(trips)]
    arcs = Arcs(
        *(_held(v, small=small) for v in (trips.tail, trips.head, trips.ms, trips.edge, trips.start, *trips.into))
    )
    sink_ms, now_ms = _held(trips.sink_ms, small=small), _held(trips.sink_ms.copy(), small=small)
    members = _held(np.empty(len(trips.sink_ms), dtype=np.int64), small=small)
    point, ms = (_held(np.empty(trips.n_points, dtype=np.int64), small=small) for _room in range(2))
    held_roots = _held(roots, small=small)
    found: list[tuple[Ints, Ints, Ints]] = []
    for number, edge in enumerate(edges.tolist()):
        own = members[: gather(held_roots[root_start[number] : root_start[number + 1]], *children, members, now_ms)]
        bound = begin(edge, own, trips.n_nodes, arcs, sink_ms, now_ms)
        search(edge, own, trips.n_nodes, arcs, bound, now_ms)
        n = settle(edge, own, trips.n_nodes, arcs, sink_ms, now_ms, point, ms)
        found.append((np.full(n, edge), np.array(point[:n], dtype=np.int64), np.array(ms[:n], dtype=np.int64)))
    closed, points, times = (np.concatenate([*part, np.empty(0, dtype=np.int64)]) for part in _columns(found))
    order = np.lexsort((points, closed))
    return Closures(closed[order], points[order], np.minimum(times[order], UNREACHABLE_MS))


def _held(values: Ints, *, small: bool) -> Any:
    """Return values as the steps want them: compiled code arrays; without it, lists are several times as fast."""
    return values.tolist() if small else values


def _columns(found: list[tuple[Ints, Ints, Ints]]) -> list[list[Ints]]:
    return [[row[place] for row in found] for place in range(3)]


def _roots(trips: Trips, edges: Ints) -> tuple[Ints, list[int]]:
    """Return the vertices whose own arc in the forest runs on an edge, by edge, and where those of each begin."""
    vertices = np.flatnonzero(trips.arc >= 0)
    own = trips.edge[trips.arc[vertices]]
    order = np.argsort(own, kind="stable")
    begin, end = (np.searchsorted(own[order], edges, side=side) for side in ("left", "right"))
    chosen = np.repeat(begin - np.cumsum(end - begin) + (end - begin), end - begin) + np.arange((end - begin).sum())
    return vertices[order][chosen], [0, *np.cumsum(end - begin).tolist()]


def _children(trips: Trips) -> tuple[Ints, Ints]:
    """Return the vertices that follow each vertex in the forest: where they begin, and the vertices."""
    vertices = np.flatnonzero(trips.arc >= 0)
    parent = trips.head[trips.arc[vertices]]
    order = np.argsort(parent, kind="stable")
    return _starts(parent, len(trips.arc)), vertices[order]


def _steps(*, compiled: bool) -> list[Any]:
    steps: list[Any] = [hanging_on, start_from_rim, search_again, compare]
    if not compiled:
        return steps
    from geo.compiled import compiled as compile_

    return [compile_(step) for step in steps]


def joins_for_closures(
    network: RoadNetwork, seasons: Sequence[Season], points: Points, joins: Joins, rules: LegRules, edges: Ints
) -> Joins:
    """Add to joins what may be needed when one of some links is closed.

    Parameters
    ----------
    network, points, rules
        As for `geo.travel.choice.find_joins`.
    seasons
        Seasons in which times with a link closed are asked for.
    joins
        From `find_joins` in these seasons.
    edges
        The links, ascending.

    Returns
    -------
    Joins
        Every join to one of the links, and to other edges those that no other join beats without any of the links; so
        that with one of the links closed, times are the same as with all joins.
    """
    is_link = np.zeros(network.n_edges, dtype=np.bool_)
    is_link[edges] = True
    without = [replace(own, forward=own.forward & ~is_link, backward=own.backward & ~is_link) for own in seasons]
    more = find_joins(network, without, points, rules)
    tree = shapely.STRtree(network.lines(edges))
    near = tree.query(
        shapely.points(points.x, points.y), predicate="dwithin", distance=rules.max_join_metres * SEARCH_SLACK
    )
    key = np.concatenate(
        [own.point * network.n_edges + own.edge for own in (joins, more)] + [near[0] * network.n_edges + edges[near[1]]]
    )
    point, edge = np.divmod(np.unique(key), network.n_edges)
    none = np.full(len(points), -1, dtype=np.int64)
    return join_pairs(network, points, point, edge, none, rules)
