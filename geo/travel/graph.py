"""A network in one season as a weighted directed graph, and the offers by which points enter and leave it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from geo.network.access_legs import Joins, LegRules
from geo.network.seasons import Season
from geo.network.topology import RoadNetwork
from geo.units import UNREACHABLE_MS

Ints = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]

#: Milliseconds are shifted by so many bits where a leg stands behind them: the least value then is the fastest way
#: and, of equally fast ones, that with the shortest leg.
LEG_BITS: Final = 32


@dataclass(frozen=True)
class SeasonGraph:
    """Directed arcs between junctions, the fastest of parallel ones, sorted by tail and head.

    Parameters
    ----------
    n_nodes : int
        Junctions of the network.
    tail, head, ms : int64 (n_arcs,)
        Arcs that are open in the season.
    """

    n_nodes: int
    tail: Ints
    head: Ints
    ms: Ints

    @classmethod
    def of(cls, network: RoadNetwork, season: Season) -> SeasonGraph:
        """Build the graph of a season."""
        forward, backward = season.forward, season.backward
        is_open = season.edge_ms < UNREACHABLE_MS
        ahead, back = forward & is_open, backward & is_open
        tail = np.concatenate([network.edge_from[ahead], network.edge_to[back]])
        head = np.concatenate([network.edge_to[ahead], network.edge_from[back]])
        ms = np.concatenate([season.edge_ms[ahead], season.edge_ms[back]])
        order = np.lexsort((ms, head, tail))
        tail, head, ms = tail[order], head[order], ms[order]
        first = np.ones(len(tail), dtype=np.bool_)
        first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
        return cls(network.n_nodes, tail[first], head[first], ms[first])


@dataclass(frozen=True, eq=False)
class Offers:
    """Ways of points into (or out of) the network: to junction `node` in `ms`, of which `leg_ms` are across country.

    Sorted by point, then node; at most one per pair, the one with the shorter leg of equally fast ones.

    Parameters
    ----------
    start : int64 (n_points + 1,)
        Point p has the offers ``start[p]:start[p + 1]``.
    node, ms, leg_ms : int64 (n_offers,)
        Junction, and milliseconds.
    """

    start: Ints
    node: Ints
    ms: Ints
    leg_ms: Ints

    @classmethod
    def of(cls, n_points: int, point: Ints, node: Ints, ms: Ints, leg_ms: Ints) -> Offers:
        """Sort offers and keep the best of each point and junction."""
        order = np.lexsort((leg_ms, ms, node, point))
        point, node, ms, leg_ms = point[order], node[order], ms[order], leg_ms[order]
        first = np.ones(len(point), dtype=np.bool_)
        first[1:] = (point[1:] != point[:-1]) | (node[1:] != node[:-1])
        start = np.concatenate([[0], np.cumsum(np.bincount(point[first], minlength=n_points))])
        return cls(start, node[first], ms[first], leg_ms[first])

    @classmethod
    def at_nodes(cls, nodes: Ints) -> Offers:
        """Return the offers of points that stand on a junction each."""
        none = np.zeros(len(nodes), dtype=np.int64)
        return cls(np.arange(len(nodes) + 1), np.asarray(nodes, dtype=np.int64), none, none)

    @property
    def n_points(self) -> int:
        """Number of points, with and without offers."""
        return len(self.start) - 1

    @cached_property
    def point(self) -> Ints:
        """Point of each offer."""
        return np.repeat(np.arange(self.n_points), np.diff(self.start))

    def of_point(self, point: int) -> slice:
        """Return where the offers of one point stand."""
        return slice(int(self.start[point]), int(self.start[point + 1]))

    def at(self, point: Ints, node: Ints, n_nodes: int) -> Ints:
        """Return the milliseconds of the offers of points to junctions; `UNREACHABLE_MS` where there is none."""
        if not len(self.node):
            return np.full(len(point), UNREACHABLE_MS, dtype=np.int64)
        key, asked = self.point * n_nodes + self.node, point * n_nodes + node
        place = np.minimum(np.searchsorted(key, asked), len(key) - 1)
        return np.where(key[place] == asked, self.ms[place], UNREACHABLE_MS)

    def where(self, keep: npt.NDArray[np.bool_]) -> Offers:
        """Return some of the offers."""
        start = np.concatenate([[0], np.cumsum(np.bincount(self.point[keep], minlength=self.n_points))])
        return Offers(start, self.node[keep], self.ms[keep], self.leg_ms[keep])


@dataclass(frozen=True, eq=False)
class Table:
    """Times of all pairs of points through junctions; `access_ms` and `egress_ms` are empty unless asked for.

    Of equally fast ways the one with the shortest access leg counts, then the one with the shortest egress leg.

    Parameters
    ----------
    ms : int32 (n_origins, n_destinations)
        `UNREACHABLE_MS` where there is no way.
    access_ms, egress_ms : int32 (n_origins, n_destinations)
        Legs; 0 where there is no way.
    """

    ms: Int32s
    access_ms: Int32s
    egress_ms: Int32s

    @classmethod
    def unreached(cls, n_origins: int, n_destinations: int, *, parts: bool) -> Table:
        """Return a table without any way."""
        shape = (n_origins, n_destinations)
        ms = np.full(shape, UNREACHABLE_MS, dtype=np.int32)
        legs = [np.zeros(shape if parts else (0, 0), dtype=np.int32) for _leg in range(2)]
        return cls(ms, *legs)


class OnRoad(NamedTuple):
    """Joins that can be used in a season: points, edges, legs, and where they are on their roads; (n_joins,) each.

    `join` is the position among all joins. All that follow `edge` are milliseconds: of the leg, and from the beginning
    of the road to the join and to both ends of its edge.
    """

    join: Ints
    point: Ints
    edge: Ints
    leg: Ints
    here: Ints
    begin: Ints
    end: Ints

    @classmethod
    def of(cls, network: RoadNetwork, season: Season, joins: Joins, rules: LegRules) -> OnRoad:
        """Choose the joins whose road and leg are open."""
        per_metre = season.road_ms_per_metre[network.edge_road[joins.edge]]
        leg = rules.leg_ms(joins.straight_metres, season, joins.crosses)
        use = np.flatnonzero(np.isfinite(per_metre) & (leg < UNREACHABLE_MS))
        edge, per_metre = joins.edge[use], per_metre[use]
        places = (joins.road_metres[use], network.edge_start_metres[edge], network.edge_end_metres[edge])
        return cls(
            use, joins.point[use], edge, leg[use], *(np.rint(metres * per_metre).astype(np.int64) for metres in places)
        )

    def take(self, chosen: Ints | npt.NDArray[np.bool_]) -> OnRoad:
        """Return some of the joins."""
        return OnRoad(*(values[chosen] for values in self))

    def offers(self, network: RoadNetwork, season: Season, n_points: int, *, entering: bool) -> Offers:
        """Return what the joins offer: the leg, and the rest of the edge to the junctions at its ends.

        Parameters
        ----------
        n_points
            Points, with and without joins.
        entering
            From the point into the network; otherwise out of it to the point.
        """
        to_end, to_start = _ways(season, self.edge, entering=entering)
        # A join at the very junction is at the junction, whatever the direction of the road.
        to_end, to_start = to_end | (self.here == self.end), to_start | (self.here == self.begin)
        points = np.concatenate([self.point[to_end], self.point[to_start]])
        nodes = np.concatenate([network.edge_to[self.edge[to_end]], network.edge_from[self.edge[to_start]]])
        legs = np.concatenate([self.leg[to_end], self.leg[to_start]])
        ms = legs + np.concatenate([(self.end - self.here)[to_end], (self.here - self.begin)[to_start]])
        return Offers.of(n_points, points, nodes, ms, legs)

    def without_beaten(self, network: RoadNetwork, season: Season, offers: Offers, *, entering: bool) -> OnRoad:
        """Leave out joins whose place an offer of the same point, and part of the edge, reach sooner than the leg.

        Whatever begins or ends there is as fast by way of that offer.
        """
        with_road, against = _ways(season, self.edge, entering=not entering)
        arrival = np.full(len(self.point), UNREACHABLE_MS, dtype=np.int64)
        for node, way, along in (
            (network.edge_to[self.edge], with_road, self.end - self.here),
            (network.edge_from[self.edge], against, self.here - self.begin),
        ):
            arrival = np.where(way, np.minimum(arrival, offers.at(self.point, node, network.n_nodes) + along), arrival)
        return self.take(arrival >= self.leg)


def _ways(season: Season, edge: Ints, *, entering: bool) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return whether a trip may go between a join and the end, and the start, of its edge, in the given direction."""
    forward, backward = season.forward[edge], season.backward[edge]
    return (forward, backward) if entering else (backward, forward)


def make_offers(network: RoadNetwork, joins: Joins, season: Season, rules: LegRules, *, entering: bool) -> Offers:
    """Turn joins into offers to junctions: the leg, then the rest of the joined edge.

    Parameters
    ----------
    entering
        From the point into the network; otherwise out of it to the point.
    """
    n_points = len(joins.nearest_road_metres)
    return OnRoad.of(network, season, joins, rules).offers(network, season, n_points, entering=entering)


def without_dominated(offers: Offers, graph: SeasonGraph, *, entering: bool) -> Offers:
    """Leave out offers that another offer of the same point and one arc beat, with as short a leg.

    Every chain of such comparisons ends at an offer that stays, because each step shortens the offer by an arc's time;
    arcs of no time are not used for comparison.
    """
    if not len(offers.node):
        return offers
    near, far = (graph.tail, graph.head) if entering else (graph.head, graph.tail)
    timed = np.flatnonzero(graph.ms > 0)
    timed = timed[np.argsort(near[timed], kind="stable")]
    far, ms = far[timed], graph.ms[timed] << LEG_BITS
    starts = np.concatenate([[0], np.cumsum(np.bincount(near[timed], minlength=graph.n_nodes))])
    # Every arc from an offered junction makes another offer there; where it meets one of the same point, they compare.
    counts = starts[offers.node + 1] - starts[offers.node]
    offer = np.repeat(np.arange(len(offers.node)), counts)
    arc = np.arange(len(offer)) - np.repeat(np.cumsum(counts) - counts, counts) + starts[offers.node][offer]
    value = offers.ms << LEG_BITS | offers.leg_ms
    key = offers.point * graph.n_nodes + offers.node
    other_key = offers.point[offer] * graph.n_nodes + far[arc]
    met = np.minimum(np.searchsorted(key, other_key), len(key) - 1)
    beaten = (key[met] == other_key) & (value[offer] + ms[arc] <= value[met])
    keep = np.ones(len(key), dtype=np.bool_)
    keep[met[beaten]] = False
    return offers.where(keep)


def least_arcs(tail: Ints, head: Ints, value: Ints, size: int) -> csr_array:
    """Return arcs as a matrix with the least value of parallel ones; values of 0 are arcs like any."""
    order = np.lexsort((value, head, tail))
    tail, head, value = tail[order], head[order], value[order]
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    starts = np.concatenate([[0], np.cumsum(np.bincount(tail[first], minlength=size))])
    return csr_array((value[first].astype(np.float64), head[first], starts), shape=(size, size))
