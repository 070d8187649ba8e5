"""Random road graphs with everything that breaks shortcuts, and what plain Dijkstra says about them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.travel.graph import Offers, SeasonGraph
from geo.travel.order import can_order
from geo.units import UNREACHABLE_MS

Ints = np.ndarray

needs_order = pytest.mark.skipif(not can_order(), reason="pymetis has no wheel for this system")


class Graph(NamedTuple):
    n_nodes: int
    tail: Ints
    head: Ints
    ms: Ints


def random_graph(seed: int, n_nodes: int = 60) -> Graph:
    """A few trees, rings and chains thrown together: parallel arcs, loops, one-ways, closed arcs, arcs of no time."""
    rng = np.random.default_rng(seed)
    parent = [int(rng.integers(max(0, k - 4), k)) for k in range(1, n_nodes)]
    pairs = [(p, k) for k, p in enumerate(parent, start=1) if rng.random() < 0.9]
    pairs += [tuple(rng.integers(0, n_nodes, 2).tolist()) for _more in range(n_nodes // 5)]
    pairs += [pairs[k] for k in rng.integers(0, len(pairs), 5).tolist()]
    tail, head = np.array(pairs).T
    both = rng.random(len(tail)) < 0.8
    tail, head = np.concatenate([tail, head[both]]), np.concatenate([head, tail[both]])
    ms = rng.integers(0, 12, len(tail)) * rng.integers(1, 90_000, len(tail))
    ms[rng.random(len(tail)) < 0.05] = UNREACHABLE_MS
    names = rng.permutation(n_nodes)
    return Graph(n_nodes, names[tail], names[head], ms)


def random_offers(seed: int, n_points: int, n_nodes: int) -> Offers:
    """Points with none to four ways in or out; legs repeat, so that ties come up."""
    rng = np.random.default_rng(seed)
    point = np.repeat(np.arange(n_points), rng.integers(0, 5, n_points))
    leg = rng.integers(0, 4, len(point)) * 30_000
    return Offers.of(n_points, point, rng.integers(0, n_nodes, len(point)), leg + rng.integers(0, 3, len(point)), leg)


def season_graph(graph: Graph) -> SeasonGraph:
    """The open arcs, the fastest of parallel ones."""
    use = (graph.ms < UNREACHABLE_MS) & (graph.tail != graph.head)
    order = np.lexsort((graph.ms[use], graph.head[use], graph.tail[use]))
    tail, head, ms = (values[use][order] for values in graph[1:])
    first = np.ones(len(tail), dtype=bool)
    first[1:] = (np.diff(tail) != 0) | (np.diff(head) != 0)
    return SeasonGraph(graph.n_nodes, tail[first], head[first], ms[first])


def all_distances(graph: SeasonGraph) -> Ints:
    """Milliseconds between all nodes; infinite where there is no way."""
    shape = (graph.n_nodes, graph.n_nodes)
    return dijkstra(csr_array((graph.ms.astype(float), (graph.tail, graph.head)), shape=shape))


def expected(distances: Ints, origins: Offers, destinations: Offers) -> tuple[Ints, Ints, Ints]:
    """Milliseconds, access and egress legs of all pairs, by trying every pair of offers."""
    shape = (origins.n_points, destinations.n_points)
    found = np.full(shape, UNREACHABLE_MS), np.zeros(shape, dtype=int), np.zeros(shape, dtype=int)
    for i in range(shape[0]):
        for j in range(shape[1]):
            ways = [
                (
                    origins.ms[a] + distances[origins.node[a], destinations.node[b]] + destinations.ms[b],
                    origins.leg_ms[a],
                    destinations.leg_ms[b],
                )
                for a in range(*origins.of_point(i).indices(10**9))
                for b in range(*destinations.of_point(j).indices(10**9))
            ]
            best = min(ways, default=(np.inf, 0, 0))
            if best[0] < UNREACHABLE_MS:
                for part, value in zip(found, best, strict=True):
                    part[i, j] = value
    return found
