"""Times from many places to many places over a weighted hierarchy, a batch of sources at a time (RPHAST).

What leads to the targets is laid out once in preorder of the elimination tree. A node then only asks nodes on the way
from the root to it, so that a sweep keeps one row per level of the tree, which stays in the nearest cache.

Values are milliseconds (int32), or milliseconds and the leg by which the source entered, ``ms << 32 | leg`` (int64):
the least value then is the fastest way, and of equally fast ones that with the shortest leg.

References
----------
Delling, Goldberg and Werneck, Faster Batched Shortest Paths in Road Networks, ATMOS 2011 (RPHAST).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled, longer

Int32s = npt.NDArray[np.int32]
Values = npt.NDArray[Any]

#: Sources that are swept together. Measured: 128 lanes are fastest, 32 and 512 take half as long again.
LANES = 128


class Downward(NamedTuple):
    """What leads down to a set of targets, in preorder of the elimination tree.

    Parameters
    ----------
    place : int32 (n_nodes,)
        Position of each node; -1 for nodes that lead to no target.
    depth : int32 (n_places,)
        Level of each position among those that lead to targets.
    start : int32 (n_places + 1,)
        Arcs of each position.
    level : int32 (n_arcs,)
        Level of the node that each arc comes from.
    arc : int32 (n_arcs,)
        Number of each arc in the hierarchy.
    """

    place: Int32s
    depth: Int32s
    start: Int32s
    level: Int32s
    arc: Int32s


@compiled
def lead_down(up_start: Int32s, up_head: Int32s, down_ms: Int32s, targets: Int32s, unreachable: int) -> Any:
    """Return the arrays of `Downward` for a set of targets; arcs of `unreachable` milliseconds are left out."""
    n = len(up_start) - 1
    needed = np.zeros(n, np.bool_)
    for target in targets:
        needed[target] = True
    n_places, n_arcs = 0, 0
    for v in range(n):
        if needed[v]:
            n_places += 1
            for e in range(up_start[v], up_start[v + 1]):
                if down_ms[e] < unreachable:
                    needed[up_head[e]] = True
                    n_arcs += 1
    above, level_of, first, following = _tree(up_start, up_head, needed)
    place = np.full(n, -1, np.int32)
    depth = np.empty(n_places, np.int32)
    start = np.zeros(n_places + 1, np.int32)
    level = np.empty(n_arcs, np.int32)
    arc = np.empty(n_arcs, np.int32)
    # The last entry of `first` is the first root.
    k, a, v = 0, 0, first[n]
    while v >= 0:
        place[v] = k
        depth[k] = level_of[v]
        for e in range(up_start[v], up_start[v + 1]):
            if down_ms[e] < unreachable:
                level[a] = level_of[up_head[e]]
                arc[a] = e
                a += 1
        k += 1
        start[k] = a
        child = first[v]
        while child < 0 and v >= 0:
            child = following[v]
            v = above[v]
        v = child
    return place, depth, start, level, arc


@compiled
def _tree(up_start: Int32s, up_head: Int32s, needed: npt.NDArray[np.bool_]) -> Any:
    """Return the nearest needed node above each, the levels of the needed, and lists of those right below each."""
    n = len(up_start) - 1
    above = np.full(n, -1, np.int32)
    level_of = np.zeros(n, np.int32)
    first = np.full(n + 1, -1, np.int32)
    following = np.full(n, -1, np.int32)
    for v in range(n - 1, -1, -1):
        up = -1
        if up_start[v + 1] > up_start[v]:
            parent = up_head[up_start[v]]
            up = parent if needed[parent] else above[parent]
        above[v] = up
        if needed[v]:
            if up >= 0:
                level_of[v] = level_of[up] + 1
            # Roots, above which is -1, are listed at the end.
            following[v] = first[up]
            first[up] = v
    return above, level_of, first, following


class Upward(NamedTuple):
    """The way up from every node.

    Parameters
    ----------
    start, head : int32
        Arcs to higher nodes; the first head of a node is its parent in the elimination tree.
    value : int32 or int64 (n_arcs,)
        What each arc adds; at least `unreachable` where there is none.
    """

    start: Int32s
    head: Int32s
    value: Values


class Entries(NamedTuple):
    """How sources enter the graph: source s at ``node[start[s]:start[s + 1]]`` with these values."""

    start: Int32s
    node: Int32s
    value: Values


class Scratch(NamedTuple):
    """Memory of one thread, clean between calls."""

    value: Values
    seen: npt.NDArray[np.bool_]
    path: Int32s
    first_label: Int32s
    rows: Values
    best: Values


def make_scratch(up: Upward, down: Downward, lanes: int, unreachable: int) -> Scratch:
    """Return memory for sweeps of as many lanes."""
    n, dtype = len(up.start) - 1, up.value.dtype
    levels = int(down.depth.max(initial=-1)) + 1
    return Scratch(
        value=np.full(n, unreachable, dtype),
        seen=np.zeros(n, np.bool_),
        path=np.empty(n, np.int32),
        first_label=np.full(len(down.depth), -1, np.int32),
        rows=np.empty((levels, lanes), dtype),
        best=np.empty(lanes, dtype),
    )


@compiled
def climb(up: Upward, entries: Entries, source: int, scratch: Scratch, unreachable: int) -> int:
    """Relax all arcs upward from a source's entries; return how many nodes of `scratch.path` were reached.

    Their values are left in `scratch.value`, to be cleaned by the caller.
    """
    value, seen, path = scratch.value, scratch.seen, scratch.path
    n_path = 0
    begin, end = entries.start[source], entries.start[source + 1]
    for k in range(begin, end):
        v = entries.node[k]
        value[v] = min(value[v], entries.value[k])
        while not seen[v]:
            seen[v] = True
            path[n_path] = v
            n_path += 1
            if up.start[v] == up.start[v + 1]:
                break
            v = up.head[up.start[v]]
    if end - begin > 1:
        _sort(path, n_path)
    for k in range(n_path):
        v = path[k]
        seen[v] = False
        if value[v] < unreachable:
            for e in range(up.start[v], up.start[v + 1]):
                if up.value[e] < unreachable:
                    u = up.head[e]
                    value[u] = min(value[u], value[v] + up.value[e])
    return n_path


@compiled
def sweep(
    up: Upward,
    entries: Entries,
    first_source: int,
    down: Downward,
    down_value: Values,
    column: Int32s,
    scratch: Scratch,
    unreachable: int,
    found: Values,
) -> None:
    """Write values of a batch of sources at the columns' nodes.

    Parameters
    ----------
    up, entries
        Ways up, and how sources enter them.
    first_source
        The batch begins here; it has as many sources as there are lanes, or as remain.
    down, down_value
        Ways down; ``down_value[a]`` is what arc a adds.
    column : int32 (n_places,)
        Column of each position; -1 where none.
    scratch
        Memory, as wide as `found`.
    unreachable
        Value that stands for no way.
    found : (n_columns, lanes)
        Filled.
    """
    n_places, lanes = len(down.depth), found.shape[1]
    n_sources = min(lanes, len(entries.start) - 1 - first_source)
    label_lane, label_value, label_next = _labels(up, entries, first_source, n_sources, down, scratch, unreachable)
    first_label, rows, best = scratch.first_label, scratch.rows, scratch.best
    for k in range(n_places):
        for lane in range(lanes):
            best[lane] = unreachable
        label = first_label[k]
        while label >= 0:
            lane = label_lane[label]
            best[lane] = min(best[lane], label_value[label])
            label = label_next[label]
        first_label[k] = -1
        _pull(rows, best, down.level, down_value, down.start[k], down.start[k + 1])
        row = rows[down.depth[k]]
        for lane in range(lanes):
            row[lane] = best[lane]
        if column[k] >= 0:
            row = found[column[k]]
            for lane in range(lanes):
                row[lane] = best[lane]


@compiled
def _pull(rows: Values, best: Values, level: Int32s, value: Values, begin: int, end: int) -> None:
    """Take over what is better over some arcs, two arcs at a time."""
    a = begin
    while a + 1 < end:
        one, other = rows[level[a]], rows[level[a + 1]]
        add_one, add_other = value[a], value[a + 1]
        for lane in range(len(best)):
            # Without the type of the array, numba would widen each sum and the loop would take twice as long.
            first, second = best.dtype.type(one[lane] + add_one), best.dtype.type(other[lane] + add_other)
            best[lane] = min(best[lane], min(first, second))  # noqa: PLW3301 - numba's min takes two faster
        a += 2
    if a < end:
        one, add_one = rows[level[a]], value[a]
        for lane in range(len(best)):
            best[lane] = min(best[lane], best.dtype.type(one[lane] + add_one))


@compiled
def _labels(
    up: Upward,
    entries: Entries,
    first_source: int,
    n_sources: int,
    down: Downward,
    scratch: Scratch,
    unreachable: int,
) -> Any:
    """Climb from each source of a batch and return what it reaches among the positions, in lists by position."""
    size = 64 * n_sources
    label_lane = np.empty(size, np.int32)
    label_value = np.empty(size, scratch.value.dtype)
    label_next = np.empty(size, np.int32)
    n_labels = 0
    for lane in range(n_sources):
        n_path = climb(up, entries, first_source + lane, scratch, unreachable)
        if n_labels + n_path > len(label_lane):
            size = 2 * (n_labels + n_path)
            label_lane = longer(label_lane, n_labels, size)
            label_value = longer(label_value, n_labels, size)
            label_next = longer(label_next, n_labels, size)
        for k in range(n_path):
            v = scratch.path[k]
            place = down.place[v]
            if place >= 0 and scratch.value[v] < unreachable:
                label_lane[n_labels] = lane
                label_value[n_labels] = scratch.value[v]
                label_next[n_labels] = scratch.first_label[place]
                scratch.first_label[place] = n_labels
                n_labels += 1
            scratch.value[v] = unreachable
    return label_lane, label_value, label_next


@compiled
def _sort(path: Int32s, n: int) -> None:
    """Sort a few ascending runs. The sort of numpy's arrays would take seconds to compile."""
    for k in range(1, n):
        v, place = path[k], k
        while place > 0 and path[place - 1] > v:
            path[place] = path[place - 1]
            place -= 1
        path[place] = v


class Exits(NamedTuple):
    """How destinations are reached: from columns ``column[start[d]:start[d + 1]]``, the shortest leg first."""

    start: Int32s
    column: Int32s
    value: Values
    leg: Int32s


#: Destinations that are written together, so that what is written lies side by side.
_TILE = 16


@compiled
def leave(
    found: Values,
    exits: Exits,
    bits: int,
    unreachable: int,
    ms: Int32s,
    access: Int32s,
    egress: Int32s,
) -> None:
    """Write a batch's rows of times, and of legs where values carry them (`bits` > 0).

    Parameters
    ----------
    found : (n_columns, lanes)
        What `sweep` filled.
    exits
        How destinations are reached.
    bits
        How far milliseconds are shifted to the left in values.
    unreachable
        Milliseconds that stand for no way.
    ms, access, egress : int32 (n_sources of the batch, n_destinations)
        Filled; the last two are not touched without `bits`, and nothing is where there is no way: `ms` must hold
        `unreachable` before, and the legs 0.
    """
    n_sources, n_destinations, lanes = ms.shape[0], ms.shape[1], found.shape[1]
    best = np.empty((_TILE, lanes), found.dtype)
    leg = np.empty((_TILE, lanes), np.int32)
    for first in range(0, n_destinations, _TILE):
        n_here = min(_TILE, n_destinations - first)
        for d in range(n_here):
            for lane in range(lanes):
                best[d, lane] = unreachable << bits
            for k in range(exits.start[first + d], exits.start[first + d + 1]):
                _take_exit(best[d], leg[d], found[exits.column[k]], exits.value[k], exits.leg[k], bits)
        if bits:
            _write_parts(best[:n_here], leg, bits, unreachable, first, ms, access, egress)
        else:
            for lane in range(n_sources):
                for d in range(n_here):
                    ms[lane, first + d] = min(best[d, lane], best.dtype.type(unreachable))


@compiled
def _write_parts(
    best: Values, leg: Int32s, bits: int, unreachable: int, first: int, ms: Int32s, access: Int32s, egress: Int32s
) -> None:
    for lane in range(len(ms)):
        for d in range(len(best)):
            total = best[d, lane] >> bits
            if total < unreachable:
                ms[lane, first + d] = total
                access[lane, first + d] = best[d, lane] & ((np.int64(1) << bits) - 1)
                egress[lane, first + d] = leg[d, lane]


@compiled
def _take_exit(best: Values, leg: Int32s, there: Values, add: int, own_leg: int, bits: int) -> None:
    if bits:
        for lane in range(len(best)):
            value = there[lane] + add
            if value < best[lane]:
                best[lane] = value
                leg[lane] = own_leg
    else:
        for lane in range(len(best)):
            best[lane] = min(best[lane], best.dtype.type(there[lane] + add))
