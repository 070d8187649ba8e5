"""Contraction of a graph in a given order, without weights: which arcs a hierarchy has, for every season.

References
----------
Dibbelt, Strasser and Wagner, Customizable Contraction Hierarchies, ACM JEA 21 (2016), sections 4 and 5.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled

Int32s = npt.NDArray[np.int32]


class Skeleton(NamedTuple):
    """Arcs of a contracted graph, each between a lower and a higher node.

    Parameters
    ----------
    up_start, up_head : int32
        Higher ends of each node's arcs, ascending. The first is the node's parent in the elimination tree.
    lower_start, lower_tail, lower_arc : int32
        Lower ends of the arcs to each node, ascending, and the numbers of these arcs.
    """

    up_start: Int32s
    up_head: Int32s
    lower_start: Int32s
    lower_tail: Int32s
    lower_arc: Int32s


def contract(start: Int32s, head: Int32s) -> Skeleton:
    """Contract nodes 0, 1, 2, ... one by one.

    Parameters
    ----------
    start, head : int32
        Higher neighbours of each node: ``head[start[v]:start[v + 1]]``.
    """
    n = len(start) - 1
    up_start = np.zeros(n + 1, dtype=np.int32)
    room = max(4 * len(head), 16)
    while True:
        arcs = np.empty(room, dtype=np.int32)
        n_arcs = _contract(start, head, up_start, arcs, *(np.full(n, -1, dtype=np.int32) for _list in range(3)))
        if n_arcs <= room:
            break
        room = 2 * n_arcs
    lower_start = np.concatenate([[0], np.cumsum(np.bincount(arcs[:n_arcs], minlength=n))]).astype(np.int32)
    up_head, lower_tail, lower_arc = (np.empty(n_arcs, dtype=np.int32) for _list in range(3))
    _turn(up_start, arcs, lower_start[:-1].copy(), lower_tail)
    # Heads are dealt out to their tails in turn, so that those of each node ascend.
    _turn(lower_start, lower_tail, up_start[:-1].copy(), up_head)
    _number(up_head, lower_start[:-1].copy(), lower_arc)
    return Skeleton(up_start, up_head, lower_start, lower_tail, lower_arc)


@compiled
def _contract(
    start: Int32s,
    head: Int32s,
    up_start: Int32s,
    arcs: Int32s,
    first_child: Int32s,
    next_sibling: Int32s,
    seen_by: Int32s,
) -> int:
    """Write the arcs to higher nodes, in no order, and where those of each node begin; return their number.

    The lists must be -1. Where `arcs` has too little room, a larger number than its size is returned.
    """
    end = 0
    for v in range(len(start) - 1):
        begin = end
        seen_by[v] = v
        room = start[v + 1] - start[v]
        child = first_child[v]
        while child >= 0:
            room += up_start[child + 1] - up_start[child]
            child = next_sibling[child]
        if begin + room > len(arcs):
            return int(max(begin + room, len(arcs) + 1))
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
    return end


@compiled
def _turn(start: Int32s, head: Int32s, place: Int32s, turned: Int32s) -> None:
    """Write the tails of the arcs to each node, ascending, from `place` on, which is changed."""
    for v in range(len(start) - 1):
        for e in range(start[v], start[v + 1]):
            u = head[e]
            turned[place[u]] = v
            place[u] += 1


@compiled
def _number(up_head: Int32s, place: Int32s, lower_arc: Int32s) -> None:
    """Write the numbers of the arcs from lower nodes, in the order of their tails."""
    for e in range(len(up_head)):
        u = up_head[e]
        lower_arc[place[u]] = e
        place[u] += 1
