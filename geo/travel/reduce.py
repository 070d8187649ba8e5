"""Exact reduction of a road graph: dead ends and chains of junctions with two neighbours, which no terminal lies on.

Everything here depends on which nodes are joined, not on any season, and is plain numpy and scipy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from geo.units import UNREACHABLE_MS

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Links:
    """Pairs of nodes that at least one arc joins, whatever its direction; loops are left out.

    Parameters
    ----------
    n_nodes
        Nodes of the graph.
    low, high : int64 (n_links,)
        The nodes of each pair, `low` < `high`; sorted, each pair once.
    """

    n_nodes: int
    low: Ints
    high: Ints

    @classmethod
    def of(cls, n_nodes: int, tail: Ints, head: Ints) -> Links:
        """Return the links of arcs."""
        low, high = np.minimum(tail, head).astype(np.int64), np.maximum(tail, head).astype(np.int64)
        key = np.unique((low * n_nodes + high)[low != high])
        return cls(n_nodes, key // max(n_nodes, 1), key % max(n_nodes, 1))

    def find(self, one: Ints, other: Ints) -> Ints:
        """Return the number of the link between two nodes each; there must be one."""
        key = self.low * self.n_nodes + self.high
        return np.searchsorted(key, np.minimum(one, other) * self.n_nodes + np.maximum(one, other))

    def slots(self, tail: Ints, head: Ints) -> Ints:
        """Return where the weight of each arc stands in (n_links, 2) weights, flat; -1 for loops.

        Column 0 leads from `low` to `high`, column 1 back.
        """
        slot = np.full(len(tail), -1, dtype=np.int64)
        real = np.flatnonzero(tail != head)
        slot[real] = 2 * self.find(tail[real], head[real]) + (tail[real] > head[real])
        return slot


@dataclass(frozen=True, eq=False)
class Reduction:
    """What remains of a graph, and where the rest belongs.

    Parameters
    ----------
    core : int64 (n_core,)
        Nodes that remain, sorted.
    dead_ends : int64 (n_dead_ends,)
        Nodes of dead ends in the order of their removal: each then has at most one neighbour left.
    chain_nodes : int64 (n_chain_nodes,)
        Nodes within chains, chain by chain and in order along each.
    chain_start : int64 (n_chains + 1,)
        Chain c has the nodes ``chain_nodes[chain_start[c]:chain_start[c + 1]]``.
    chain_ends : int64 (n_chains, 2)
        Core nodes before the first and after the last node of each chain; they may be the same.
    core_links : int64
        Numbers of the links between core nodes.
    """

    core: Ints
    dead_ends: Ints
    chain_nodes: Ints
    chain_start: Ints
    chain_ends: Ints
    core_links: Ints

    def arcs(self, links: Links, ms: Ints) -> tuple[Ints, Ints, Ints]:
        """Return tail, head and milliseconds of the arcs of the core: its links, and whole chains.

        Parameters
        ----------
        links
            The graph that was reduced.
        ms : int64 (n_links, 2)
            Milliseconds from `low` to `high` and back; `UNREACHABLE_MS` where closed, and such arcs are left out here.
        """
        begin, end = self.chain_ends.T
        low, high = links.low[self.core_links], links.high[self.core_links]
        ahead, back = self._chain_ms(links, ms)
        tail = np.concatenate([low, high, begin, end])
        head = np.concatenate([high, low, end, begin])
        times = np.concatenate([ms[self.core_links, 0], ms[self.core_links, 1], ahead, back])
        use = (times < UNREACHABLE_MS) & (tail != head)
        return tail[use], head[use], times[use]

    def _chain_ms(self, links: Links, ms: Ints) -> tuple[Ints, Ints]:
        """Return the milliseconds along each chain, and back."""
        n_chains = len(self.chain_ends)
        if not n_chains:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        counts = np.diff(self.chain_start)
        # Each chain has one link more than nodes: before each node, and after the last.
        first = self.chain_start[:-1] + np.arange(n_chains)
        before = np.empty(len(self.chain_nodes) + n_chains, dtype=np.int64)
        after = np.empty_like(before)
        inner = np.arange(len(self.chain_nodes)) + np.repeat(np.arange(n_chains), counts)
        after[inner] = before[inner + 1] = self.chain_nodes
        before[first], after[first + counts] = self.chain_ends.T
        link = links.find(before, after)
        upward = before < after
        ahead = np.where(upward, ms[link, 0], ms[link, 1])
        back = np.where(upward, ms[link, 1], ms[link, 0])
        return _sums(ahead, first), _sums(back, first)


def reduce_links(links: Links, terminals: Ints) -> Reduction:
    """Remove dead ends and the inside of chains.

    Parameters
    ----------
    links
        Graph.
    terminals
        Nodes to keep.

    Returns
    -------
    Reduction
        Shortest ways between nodes of the core run over links of the core and whole chains.
    """
    kept = np.zeros(links.n_nodes, dtype=np.bool_)
    kept[terminals] = True
    dead_ends = _dead_ends(links, kept)
    alive = np.ones(links.n_nodes, dtype=np.bool_)
    alive[dead_ends] = False
    remaining = np.flatnonzero(alive[links.low] & alive[links.high])
    low, high = links.low[remaining], links.high[remaining]
    degree = np.bincount(low, minlength=links.n_nodes) + np.bincount(high, minlength=links.n_nodes)
    inside = alive & (degree == 2) & ~kept
    nodes, start, ends = _chains(links.n_nodes, low, high, inside)
    core = alive & ~inside
    return Reduction(np.flatnonzero(core), dead_ends, nodes, start, ends, remaining[core[low] & core[high]])


def _dead_ends(links: Links, kept: Bools) -> Ints:
    """Return nodes that lead nowhere else, outermost first, and nodes without any neighbour."""
    n = links.n_nodes
    degree = np.bincount(links.low, minlength=n) + np.bincount(links.high, minlength=n)
    # The sum of a node's neighbours: what is left of it when all but one are gone is the last one.
    rest = np.zeros(n, dtype=np.int64)
    np.add.at(rest, links.low, links.high)
    np.add.at(rest, links.high, links.low)
    rounds = [np.flatnonzero((degree == 0) & ~kept)]
    leaves = np.flatnonzero((degree == 1) & ~kept)
    while len(leaves):
        parent = rest[leaves]
        # Of two leaves that are each other's last neighbour, one stays.
        last = (degree[parent] == 1) & ~kept[parent] & (parent > leaves)
        leaves, parent = leaves[~last], parent[~last]
        rounds.append(leaves)
        degree[leaves] = 0
        np.subtract.at(degree, parent, 1)
        np.subtract.at(rest, parent, leaves)
        parent = np.unique(parent)
        leaves = parent[(degree[parent] == 1) & ~kept[parent]]
    return np.concatenate(rounds)


def _chains(n_nodes: int, low: Ints, high: Ints, inside: Bools) -> tuple[Ints, Ints, Ints]:
    """Return nodes, starts and ends of the chains of nodes `inside`; a ring without another node gets one for its end.

    `inside` is changed where a ring loses a node to the core.
    """
    both = inside[low] & inside[high]
    label = _labels(n_nodes, low[both], high[both])
    entering = np.concatenate([np.column_stack([low, high]), np.column_stack([high, low])])
    entering = entering[~inside[entering[:, 0]] & inside[entering[:, 1]]]
    is_ring = np.zeros(n_nodes, dtype=np.bool_)
    is_ring[label[inside]] = True
    is_ring[label[entering[:, 1]]] = False
    if is_ring.any():
        members = np.flatnonzero(inside & is_ring[label])
        _rings, first = np.unique(label[members], return_index=True)
        inside[members[first]] = False
        return _chains(n_nodes, low, high, inside)
    # Each chain is entered twice; the entry with the lower numbers is its beginning.
    order = np.lexsort((entering[:, 1], entering[:, 0], label[entering[:, 1]]))
    entering = entering[order]
    begin, end = entering[0::2], entering[1::2]
    nodes = np.flatnonzero(inside)
    position = np.zeros(n_nodes)
    if len(nodes):
        ones = np.ones(int(both.sum()))
        graph = csr_array((ones, (low[both], high[both])), shape=(n_nodes, n_nodes))
        position = dijkstra(graph, directed=False, indices=begin[:, 1], unweighted=True, min_only=True)
    nodes = nodes[np.lexsort((position[nodes], label[nodes]))]
    counts = np.unique(label[nodes], return_counts=True)[1]
    return nodes, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), np.column_stack([begin[:, 0], end[:, 0]])


def _labels(n_nodes: int, low: Ints, high: Ints) -> Ints:
    graph = csr_array((np.ones(len(low)), (low, high)), shape=(n_nodes, n_nodes))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _sums(ms: Ints, first: Ints) -> Ints:
    return np.asarray(np.minimum(np.add.reduceat(ms, first), UNREACHABLE_MS), dtype=np.int64)
