"""What closing one link does, in four steps: compiled on arrays, or as they are on lists, with equal results."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

#: Milliseconds of a vertex that has lost its way and not found another one; sums of a few stay inside int64.
FAR: Final = 2**40


class Arcs(NamedTuple):
    """Arcs as in `geo.travel.criticality.Trips`; `into[into_start[v]:into_start[v + 1]]` lead from junctions to v."""

    tail: Ints
    head: Ints
    ms: Ints
    edge: Ints
    start: Ints
    into_start: Ints
    into: Ints


def hanging_on(roots: Ints, child_start: Ints, child: Ints, members: Ints, now_ms: Ints) -> int:
    """Find what hangs on a link in the forest of fastest trips.

    Parameters
    ----------
    roots
        Vertices whose own arc of the forest runs on the link; one may hang on another.
    child_start, child
        Vertices that follow each vertex in the forest.
    members
        Room for what is found.
    now_ms
        Times to the sink; they become `FAR` where the way is lost.

    Returns
    -------
    int
        How many members there are.
    """
    n = 0
    for root in roots:
        now_ms[root] = FAR
        members[n] = root
        n += 1
    done = 0
    while done < n:
        vertex = members[done]
        done += 1
        for place in range(child_start[vertex], child_start[vertex + 1]):
            if now_ms[child[place]] < FAR:
                now_ms[child[place]] = FAR
                members[n] = child[place]
                n += 1
    return n


def start_from_rim(edge: int, members: Ints, n_nodes: int, arcs: Arcs, sink_ms: Ints, now_ms: Ints) -> int:
    """Give members that have an arc to a junction which keeps its time the best such time, in `now_ms`.

    Parameters
    ----------
    edge
        The closed link.
    members
        From `hanging_on`, no more than were found.
    n_nodes, arcs, sink_ms
        The network and the times with all links open.
    now_ms
        Times with the link closed, as far as they are known.

    Returns
    -------
    int
        From so many milliseconds on, times of junctions are of no use to any settlement among the members.
    """
    _tail, head, ms, edges, start, _into_start, _into = arcs
    bound = 0
    for of_junctions in range(2):
        for vertex in members:
            # Nobody is nearer with a link closed.
            if (vertex < n_nodes) != of_junctions or (of_junctions and sink_ms[vertex] >= bound):
                continue
            best = FAR
            for arc in range(start[vertex], start[vertex + 1]):
                # Arcs are sorted by this.
                if ms[arc] + sink_ms[head[arc]] >= best:
                    break
                if edges[arc] != edge:
                    best = min(best, ms[arc] + now_ms[head[arc]])
            if of_junctions:
                now_ms[vertex] = best
            else:
                bound = max(bound, best)
    return bound


def search_again(edge: int, members: Ints, n_nodes: int, arcs: Arcs, bound: int, now_ms: Ints) -> None:
    """Find the new times of junctions that have lost their way, from those at the rim on; parameters as there."""
    tail, _head, ms, edges, _start, into_start, into = arcs
    heap = [FAR * n_nodes]
    heap.pop()
    for vertex in members:
        if vertex < n_nodes and now_ms[vertex] < bound:
            heappush(heap, now_ms[vertex] * n_nodes + vertex)
    while len(heap) > 0:
        key = heappop(heap)
        here_ms, vertex = key // n_nodes, key % n_nodes
        if here_ms > now_ms[vertex]:
            continue
        for place in range(into_start[vertex], into_start[vertex + 1]):
            arc = into[place]
            there_ms = here_ms + ms[arc]
            if edges[arc] != edge and there_ms < bound and there_ms < now_ms[tail[arc]]:
                now_ms[tail[arc]] = there_ms
                heappush(heap, there_ms * n_nodes + tail[arc])


def compare(
    edge: int, members: Ints, n_nodes: int, arcs: Arcs, sink_ms: Ints, now_ms: Ints, point: Ints, point_ms: Ints
) -> int:
    """Find the new times of settlements, and let `now_ms` be as with all links open again.

    Parameters
    ----------
    edge, members, n_nodes, arcs, sink_ms, now_ms
        As for `start_from_rim`, after `search_again`.
    point, point_ms
        Room for the settlements that lose time or their way, and their new times; `FAR` or more where it is lost.

    Returns
    -------
    int
        How many they are.
    """
    _tail, head, ms, edges, start, _into_start, _into = arcs
    n = 0
    for vertex in members:
        if vertex < n_nodes:
            continue
        best = FAR
        for arc in range(start[vertex], start[vertex + 1]):
            if ms[arc] + sink_ms[head[arc]] >= best:
                break
            if edges[arc] != edge:
                best = min(best, ms[arc] + now_ms[head[arc]])
        if best > sink_ms[vertex]:
            point[n] = vertex - n_nodes
            point_ms[n] = best
            n += 1
    for vertex in members:
        now_ms[vertex] = sink_ms[vertex]
    return n
