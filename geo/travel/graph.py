"""A network in one season as a weighted directed graph, and the offers by which points enter and leave it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from geo.network.access_legs import Joins, LegRules
from geo.network.seasons import Season
from geo.network.topology import RoadNetwork
from geo.units import UNREACHABLE_MS

Ints = npt.NDArray[np.int64]


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

    def with_entries(self, offers: Offers, n_points: int) -> csr_array:
        """Return the graph as a matrix with one more node per point, from which its offers lead into the network."""
        n = self.n_nodes + n_points
        tail = np.concatenate([self.tail, self.n_nodes + offers.point])
        head = np.concatenate([self.head, offers.node])
        ms = np.concatenate([self.ms, offers.ms])
        order = np.lexsort((head, tail))
        starts = np.concatenate([[0], np.cumsum(np.bincount(tail, minlength=n))])
        return csr_array((ms[order].astype(np.float64), head[order], starts), shape=(n, n))


@dataclass(frozen=True)
class Offers:
    """Ways of points into (or out of) the network: to junction `node` in `ms`, of which `leg_ms` are across country.

    Sorted by point, then node; at most one per pair. Offers that another one beats through the network are left out.
    """

    point: Ints
    node: Ints
    ms: Ints
    leg_ms: Ints

    def of_point(self, point: int) -> slice:
        """Return where the offers of one point stand."""
        begin, end = np.searchsorted(self.point, [point, point + 1])
        return slice(int(begin), int(end))


def make_offers(network: RoadNetwork, joins: Joins, season: Season, rules: LegRules, *, entering: bool) -> Offers:
    """Turn joins into offers to junctions: the leg, then the rest of the joined edge.

    Parameters
    ----------
    entering
        From the point into the network; otherwise out of it to the point.
    """
    per_metre = season.road_ms_per_metre[network.edge_road[joins.edge]]
    usable = np.isfinite(per_metre)
    leg = rules.leg_ms(joins.straight_metres, season)
    usable &= leg < UNREACHABLE_MS
    point, edge, leg = joins.point[usable], joins.edge[usable], leg[usable]
    here = np.rint(joins.road_metres[usable] * per_metre[usable]).astype(np.int64)
    begin = np.rint(network.edge_start_metres[edge] * per_metre[usable]).astype(np.int64)
    end = np.rint(network.edge_end_metres[edge] * per_metre[usable]).astype(np.int64)
    forward, backward = season.forward, season.backward
    to_end, to_start = (forward[edge], backward[edge]) if entering else (backward[edge], forward[edge])
    # A join at the very junction is at the junction, whatever the direction of the road.
    to_end, to_start = to_end | (here == end), to_start | (here == begin)
    points = np.concatenate([point[to_end], point[to_start]])
    nodes = np.concatenate([network.edge_to[edge[to_end]], network.edge_from[edge[to_start]]])
    legs = np.concatenate([leg[to_end], leg[to_start]])
    ms = legs + np.concatenate([(end - here)[to_end], (here - begin)[to_start]])
    order = np.lexsort((legs, ms, nodes, points))
    points, nodes, ms, legs = points[order], nodes[order], ms[order], legs[order]
    first = np.ones(len(points), dtype=np.bool_)
    first[1:] = (points[1:] != points[:-1]) | (nodes[1:] != nodes[:-1])
    return Offers(points[first], nodes[first], ms[first], legs[first])


def without_dominated(offers: Offers, graph: SeasonGraph, *, entering: bool) -> Offers:
    """Leave out offers that are no better than another offer of the same point and one arc.

    Every chain of such comparisons ends at an offer that stays, because each step shortens the offer by an arc's time;
    arcs of no time are not used for comparison.
    """
    near, far = (graph.tail, graph.head) if entering else (graph.head, graph.tail)
    timed = graph.ms > 0
    near, far, ms = near[timed], far[timed], graph.ms[timed]
    keep = np.ones(len(offers.point), dtype=np.bool_)
    offered = np.full(graph.n_nodes, UNREACHABLE_MS, dtype=np.int64)
    bounds = np.flatnonzero(np.concatenate([[True], offers.point[1:] != offers.point[:-1], [True]]))
    for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        nodes = offers.node[begin:end]
        offered[nodes] = offers.ms[begin:end]
        beaten = offered[near] + ms <= offered[far]
        beaten_nodes = np.zeros(graph.n_nodes, dtype=np.bool_)
        beaten_nodes[far[beaten]] = True
        keep[begin:end] = ~beaten_nodes[nodes]
        offered[nodes] = UNREACHABLE_MS
    return Offers(offers.point[keep], offers.node[keep], offers.ms[keep], offers.leg_ms[keep])
