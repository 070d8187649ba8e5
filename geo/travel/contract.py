"""Contraction of a graph in a given order, without weights: which arcs a hierarchy has, for every season.

References
----------
Dibbelt, Strasser and Wagner, Customizable Contraction Hierarchies, ACM JEA 21 (2016), sections 4 and 5.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled, longer

Int32s = npt.NDArray[np.int32]


@compiled
def lower_arcs(up_start: Int32s, up_head: Int32s) -> tuple[Int32s, Int32s, Int32s]:
    """Return the arcs from lower nodes to each node: starts, their lower ends, and their numbers."""
    n = len(up_start) - 1
    start = np.zeros(n + 1, np.int32)
    for u in up_head:
        start[u + 1] += 1
    for v in range(n):
        start[v + 1] += start[v]
    place = start[:-1].copy()
    tail = np.empty(len(up_head), np.int32)
    arc = np.empty(len(up_head), np.int32)
    for v in range(n):
        for e in range(up_start[v], up_start[v + 1]):
            u = up_head[e]
            tail[place[u]] = v
            arc[place[u]] = e
            place[u] += 1
    return start, tail, arc


@compiled
def contract(start: Int32s, head: Int32s) -> tuple[Int32s, Int32s]:
    """Contract nodes 0, 1, 2, ... one by one and return all arcs to higher nodes.

    Parameters
    ----------
    start, head : int32
        Higher neighbours of each node: ``head[start[v]:start[v + 1]]``.

    Returns
    -------
    up_start : int32 (n_nodes + 1,)
        Arcs of each node.
    up_head : int32 (n_arcs,)
        Higher ends, ascending within a node. The first is the node's parent in the elimination tree.
    """
    n = len(start) - 1
    up_start = np.zeros(n + 1, np.int32)
    arcs = np.empty(max(4 * len(head), 16), np.int32)
    first_child = np.full(n, -1, np.int32)
    next_sibling = np.full(n, -1, np.int32)
    seen_by = np.full(n, -1, np.int32)
    end = 0
    for v in range(n):
        begin = end
        seen_by[v] = v
        room = start[v + 1] - start[v]
        child = first_child[v]
        while child >= 0:
            room += up_start[child + 1] - up_start[child]
            child = next_sibling[child]
        if begin + room > len(arcs):
            arcs = longer(arcs, begin, 2 * (begin + room))
        for e in range(start[v], start[v + 1]):
            u = head[e]
            if seen_by[u] != v:
                seen_by[u] = v
                arcs[end] = u
                end += 1
        child = first_child[v]
        while child >= 0:
            for e in range(up_start[child], up_start[child + 1]):
                u = arcs[e]
                if seen_by[u] != v:
                    seen_by[u] = v
                    arcs[end] = u
                    end += 1
            child = next_sibling[child]
        up_start[v + 1] = end
        if end > begin:
            parent = arcs[begin]
            for e in range(begin, end):
                parent = min(parent, arcs[e])
            next_sibling[v] = first_child[parent]
            first_child[parent] = v
    return up_start, _ascending(up_start, longer(arcs, end, end))


@compiled
def _ascending(start: Int32s, head: Int32s) -> Int32s:
    """Return the arcs with the heads of each node in ascending order: heads are dealt out to their tails in turn."""
    lower_start, tail, _arc = lower_arcs(start, head)
    place = start[:-1].copy()
    ordered = np.empty(len(head), np.int32)
    for u in range(len(start) - 1):
        for k in range(lower_start[u], lower_start[u + 1]):
            v = tail[k]
            ordered[place[v]] = u
            place[v] += 1
    return ordered
