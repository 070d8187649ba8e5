"""Weights of one season for a contracted graph: every arc gets the time of the fastest way between its ends.

References
----------
Dibbelt, Strasser and Wagner, Customizable Contraction Hierarchies, ACM JEA 21 (2016), sections 6 and 7.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled

Int32s = npt.NDArray[np.int32]


@compiled
def customize(
    up_start: Int32s,
    up_head: Int32s,
    lower_start: Int32s,
    lower_tail: Int32s,
    lower_arc: Int32s,
    arc_to: Int32s,
    ms: Int32s,
) -> None:
    """Make each arc as fast as the fastest way over lower nodes, in place.

    Parameters
    ----------
    up_start, up_head, lower_start, lower_tail, lower_arc
        Skeleton (`geo.travel.contract`).
    arc_to : int32 (n_nodes,)
        Memory.
    ms : int32 (n_arcs, 2)
        Upward and downward milliseconds; `UNREACHABLE_MS` where there is no road.
    """
    for a in range(len(up_start) - 1):
        for e in range(up_start[a], up_start[a + 1]):
            arc_to[up_head[e]] = e
        for k in range(lower_start[a], lower_start[a + 1]):
            f = lower_arc[k]
            from_a, to_a = ms[f, 1], ms[f, 0]
            for g in range(f + 1, up_start[lower_tail[k] + 1]):
                e = arc_to[up_head[g]]
                up, down = from_a + ms[g, 0], ms[g, 1] + to_a
                ms[e, 0] = min(ms[e, 0], up)
                ms[e, 1] = min(ms[e, 1], down)


@compiled
def perfect(
    up_start: Int32s, up_head: Int32s, exact: Int32s, arc_to: Int32s, node_of: Int32s, ms: Int32s, unreachable: int
) -> None:
    """Take out, in place, each arc that is slower than a way over higher nodes: it gets `unreachable` milliseconds.

    Parameters
    ----------
    up_start, up_head
        Skeleton.
    exact : int32 (n_arcs, 2)
        A copy of `ms`.
    arc_to, node_of : int32 (n_nodes,)
        Memory; the latter is -1.
    ms : int32 (n_arcs, 2)
        What `customize` left.
    unreachable
        Milliseconds that stand for no way.
    """
    for v in range(len(up_start) - 2, -1, -1):
        begin, end = up_start[v], up_start[v + 1]
        for e in range(begin, end):
            arc_to[up_head[e]] = e
            node_of[up_head[e]] = v
        for f in range(begin, end - 1):
            a = up_head[f]
            up_f, down_f = exact[f, 0], exact[f, 1]
            for e in range(up_start[a], up_start[a + 1]):
                b = up_head[e]
                if node_of[b] != v:
                    continue
                g = arc_to[b]
                up, down = exact[e, 0], exact[e, 1]
                up_f, down_f = min(up_f, exact[g, 0] + down), min(down_f, up + exact[g, 1])
                exact[g, 0] = min(exact[g, 0], exact[f, 0] + up)
                exact[g, 1] = min(exact[g, 1], down + exact[f, 1])
            exact[f, 0], exact[f, 1] = up_f, down_f
    for e in range(len(up_head)):
        for way in range(2):
            if exact[e, way] < ms[e, way]:
                ms[e, way] = unreachable
