"""Compiled search for the joins of a point that no other join of it beats: rings of cells around it, and a wave.

The wave is a search along the roads from the joins found so far. A join is left out where the wave is certainly there
before its leg: distances are planar here, and every comparison leaves room for what that may be off.

Small functions get single arrays and numbers, not tuples of arrays: those are counted and copied at every call.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled, longer

Int32s = npt.NDArray[np.int32]
Int8s = npt.NDArray[np.int8]
Int64s = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

#: What an event is about, and what its code is besides a multiple of three.
_NODE, _EDGE, _RING = 0, 1, 2
#: Milliseconds by which times on roads may be off through rounding.
_ROUNDING_MS = 2.0
#: How the wave may run along an edge, added up; 0 = closed.
AHEAD, BACK = 1, 2


class Grid(NamedTuple):
    """Which edges have a piece whose middle is in each square cell; no piece is longer than a cell is wide."""

    x: float
    y: float
    width: float
    n_columns: int
    n_rows: int
    start: Int32s
    edge: Int32s


class Roads(NamedTuple):
    """Course and junctions of the edges, and the edges at each junction.

    Parameters
    ----------
    ends : int32 (n_edges, 2)
        Junctions, as drawn.
    vertex_start : int64 (n_edges + 1,)
        Vertices of each edge.
    vertex : float64 (n_vertices, 3)
        x, y, and metres on the road.
    node : float64 (n_nodes, 2)
        x, y.
    node_start, node_edge : int32
        Edges at each junction.
    """

    ends: Int32s
    vertex_start: npt.NDArray[np.int64]
    vertex: Floats
    node: Floats
    node_start: Int32s
    node_edge: Int32s


class Weights(NamedTuple):
    """One season: how the wave may run along each edge, how long it takes, and for each metre of its road."""

    ways: Int8s
    edge_ms: Floats
    ms_per_metre: Floats


class Legs(NamedTuple):
    """Slowness of legs in milliseconds per straight metre, infinite where closed, and their longest lengths."""

    drive: float
    walk: float
    max_walk_metres: float
    max_join_metres: float


class Place(NamedTuple):
    """A point in the plane, and between how many true metres a metre of the plane lies around it."""

    x: float
    y: float
    least: float
    most: float


class Spots(NamedTuple):
    """Points in the plane, and between how many true metres a metre of the plane lies around each."""

    x: Floats
    y: Floats
    least: Floats
    most: Floats


class Memory(NamedTuple):
    """Memory of one thread, clean between points.

    Parameters
    ----------
    node_ms : float64 (n_nodes,)
        When the wave is at each junction; infinite.
    edge_point : int32 (n_edges,)
        The last point each edge came up for.
    at : float64 (n_edges, 2)
        Metres on its road and planar distance of each edge's join.
    found : int32 (n_edges,)
        Edges of a ring.
    touched : int32 (n_nodes,)
        Junctions that the wave has been at.
    events : float64 (n, 2)
        A heap of times and codes, the soonest first. An edge comes up once for each point, and each junction asks for
        those around it once, so that five for each edge and two more are room enough.
    counts : int64 (2,)
        Events in the heap, and junctions touched.
    """

    node_ms: Floats
    edge_point: Int32s
    at: Floats
    found: Int32s
    touched: Int32s
    events: Floats
    counts: Int64s


def make_memory(n_nodes: int, n_edges: int) -> Memory:
    """Return memory for a network; no point may have the number -1."""
    return Memory(
        np.full(n_nodes, np.inf),
        np.full(n_edges, -1, np.int32),
        np.empty((n_edges, 2)),
        np.empty(n_edges, np.int32),
        np.empty(n_nodes, np.int32),
        np.empty((5 * n_edges + 2, 2)),
        np.zeros(2, np.int64),
    )


@compiled
def leg_ms(metres: float, legs: Legs) -> float:
    """Return the milliseconds of a leg of so many straight metres; infinite where there is none."""
    if metres > legs.max_join_metres:
        return np.inf
    if metres <= legs.max_walk_metres:
        return metres * min(legs.drive, legs.walk)
    return metres * legs.drive


@compiled
def locate(vertex: Floats, first: int, last: int, x: float, y: float) -> tuple[float, float]:
    """Return where a line of vertices is nearest to a place: metres on its road, and the planar distance."""
    best, at = np.inf, 0.0
    for k in range(first, last):
        ax, ay = x - vertex[k, 0], y - vertex[k, 1]
        bx, by = vertex[k + 1, 0] - vertex[k, 0], vertex[k + 1, 1] - vertex[k, 1]
        square = bx * bx + by * by
        share = min(max((ax * bx + ay * by) / square, 0.0), 1.0) if square > 0 else 0.0
        ax -= share * bx
        ay -= share * by
        apart = ax * ax + ay * ay
        if apart < best:
            best = apart
            at = vertex[k, 2] + share * (vertex[k + 1, 2] - vertex[k, 2])
    return at, np.sqrt(best)


@compiled
def ring_distance(grid: Grid, x: float, y: float, ring: int) -> float:
    """Return how near the edges of a ring of cells around a place's own cell can be, in metres of the plane."""
    if ring == 0:
        return 0.0
    across, along = (x - grid.x) % grid.width, (y - grid.y) % grid.width
    border = min(min(across, grid.width - across), min(along, grid.width - along))  # noqa: PLW3301
    return max(0.0, (ring - 1.5) * grid.width + border)


@compiled
def ring_edges(grid: Grid, x: float, y: float, ring: int, point: int, edge_point: Int32s, found: Int32s) -> int:
    """Write the edges of a ring of cells that have not come up for the point into `found`; return their number."""
    column, row = int(np.floor((x - grid.x) / grid.width)), int(np.floor((y - grid.y) / grid.width))
    n = 0
    for r in range(max(row - ring, 0), min(row + ring, grid.n_rows - 1) + 1):
        step = 1 if abs(r - row) == ring else max(2 * ring, 1)
        for c in range(column - ring, column + ring + 1, step):
            if 0 <= c < grid.n_columns:
                cell = r * grid.n_columns + c
                for k in range(grid.start[cell], grid.start[cell + 1]):
                    edge = grid.edge[k]
                    if edge_point[edge] != point:
                        edge_point[edge] = point
                        found[n] = edge
                        n += 1
    return n


@compiled
def useful_edges(
    grid: Grid, roads: Roads, weights: Weights, legs: Legs, place: Place, point: int, memory: Memory
) -> Int32s:
    """Return the edges that a point has a useful join to, in no order.

    Parameters
    ----------
    grid, roads, weights, legs
        Edges, and the season.
    place, point
        The point, and a number that no other call with this memory has.
    memory
        Memory.
    """
    events, counts = memory.events, memory.counts
    chosen, n_chosen = np.empty(64, np.int32), 0
    events[0, 0], events[0, 1], counts[0], counts[1] = 0.0, _RING, 1, 0
    while counts[0]:
        now, code = events[0, 0], int(events[0, 1])
        _drop_first(events, counts)
        number, kind = code // 3, code % 3
        if kind == _NODE:
            if now <= memory.node_ms[number]:
                _run_on(roads, weights, legs, place, memory, number)
        elif kind == _RING:
            _look_around(grid, roads, weights, legs, place, point, memory, number, now)
        elif _step_on(roads, weights, legs, place, memory, number, now):
            if n_chosen == len(chosen):
                chosen = longer(chosen, n_chosen, 2 * n_chosen)
            chosen[n_chosen] = number
            n_chosen += 1
    for k in range(counts[1]):
        memory.node_ms[memory.touched[k]] = np.inf
    return longer(chosen, n_chosen, n_chosen)


@compiled
def _run_on(roads: Roads, weights: Weights, legs: Legs, place: Place, memory: Memory, node: int) -> None:
    """Let the wave run on from a junction, to a quarter beyond the longest leg: farther on it would only find more."""
    reach = 1.25 * legs.max_join_metres / place.least
    now = memory.node_ms[node]
    for k in range(roads.node_start[node], roads.node_start[node + 1]):
        edge = roads.node_edge[k]
        begin, end, ways = roads.ends[edge, 0], roads.ends[edge, 1], weights.ways[edge]
        other, may = (end, ways & AHEAD) if begin == node else (begin, ways & BACK)
        if may and abs(roads.node[other, 0] - place.x) <= reach and abs(roads.node[other, 1] - place.y) <= reach:
            ms = now + weights.edge_ms[edge] + _ROUNDING_MS
            _reach(memory.node_ms, memory.touched, memory.events, memory.counts, other, ms)


@compiled
def _step_on(roads: Roads, weights: Weights, legs: Legs, place: Place, memory: Memory, edge: int, now: float) -> bool:
    """Let the wave begin at a join, at the latest when its leg certainly ends there, unless it has been there by now.

    Returns
    -------
    bool
        Whether the join is useful.
    """
    ways = weights.ways
    done = (memory.at[edge, 0] - roads.vertex[roads.vertex_start[edge], 2]) * weights.ms_per_metre[edge]
    if _arrival(memory.node_ms, roads.ends, ways, weights.edge_ms, edge, done) + _ROUNDING_MS <= now:
        return False
    latest = leg_ms(memory.at[edge, 1] * place.most, legs) + _ROUNDING_MS
    for way in range(2):
        may, ahead = ways[edge] & (BACK if way == 0 else AHEAD), weights.edge_ms[edge] - done
        if may and latest < np.inf:
            ms = latest + (done if way == 0 else ahead)
            _reach(memory.node_ms, memory.touched, memory.events, memory.counts, roads.ends[edge, way], ms)
    return True


@compiled
def _reach(node_ms: Floats, touched: Int32s, events: Floats, counts: Int64s, node: int, ms: float) -> None:
    """Let the wave come to a junction, unless it is there sooner."""
    if ms >= node_ms[node]:
        return
    if node_ms[node] == np.inf:
        touched[counts[1]] = node
        counts[1] += 1
    node_ms[node] = ms
    _add(events, counts, ms, 3 * node + _NODE)


@compiled
def _look_around(
    grid: Grid,
    roads: Roads,
    weights: Weights,
    legs: Legs,
    place: Place,
    point: int,
    memory: Memory,
    ring: int,
    now: float,
) -> None:
    """Note the edges of a ring where the wave has not been by now, and when their legs may end; then the next ring."""
    for k in range(ring_edges(grid, place.x, place.y, ring, point, memory.edge_point, memory.found)):
        edge = memory.found[k]
        if not weights.ways[edge]:
            continue
        if _covered(memory.node_ms, roads.ends, weights.ways, weights.edge_ms, edge) + _ROUNDING_MS <= now:
            continue
        first, last = roads.vertex_start[edge], roads.vertex_start[edge + 1] - 1
        at, apart = locate(roads.vertex, first, last, place.x, place.y)
        memory.at[edge, 0], memory.at[edge, 1] = at, apart
        _add(memory.events, memory.counts, leg_ms(apart * place.least, legs), 3 * edge + _EDGE)
    soonest = leg_ms(ring_distance(grid, place.x, place.y, ring + 1) * place.least, legs)
    _add(memory.events, memory.counts, soonest, 3 * (ring + 1) + _RING)


@compiled
def _covered(node_ms: Floats, ends: Int32s, ways: Int8s, edge_ms: Floats, edge: int) -> float:
    """Return when the wave has been everywhere on an edge."""
    begin, end, whole = node_ms[ends[edge, 0]], node_ms[ends[edge, 1]], edge_ms[edge]
    if ways[edge] == AHEAD + BACK:
        return float(min(min(begin, end) + whole, (begin + end + whole) / 2))
    return float(begin + whole if ways[edge] == AHEAD else end + whole)


@compiled
def _arrival(node_ms: Floats, ends: Int32s, ways: Int8s, edge_ms: Floats, edge: int, done: float) -> float:
    """Return when the wave is on an edge, `done` milliseconds from where it begins."""
    ahead = node_ms[ends[edge, 0]] + done if ways[edge] & AHEAD else np.inf
    back = node_ms[ends[edge, 1]] + edge_ms[edge] - done if ways[edge] & BACK else np.inf
    return float(min(ahead, back))


@compiled
def _add(events: Floats, counts: Int64s, ms: float, code: int) -> None:
    """Put an event into the heap, unless it never comes."""
    if ms == np.inf:
        return
    k = counts[0]
    counts[0] += 1
    while k > 0:
        parent = (k - 1) // 2
        if events[parent, 0] <= ms:
            break
        events[k, 0], events[k, 1] = events[parent, 0], events[parent, 1]
        k = parent
    events[k, 0], events[k, 1] = ms, code


@compiled
def _drop_first(events: Floats, counts: Int64s) -> None:
    """Take the first event out of the heap."""
    counts[0] -= 1
    last = counts[0]
    ms = events[last, 0]
    k = 0
    while 2 * k + 1 < last:
        child = 2 * k + 1
        if child + 1 < last and events[child + 1, 0] < events[child, 0]:
            child += 1
        if events[child, 0] >= ms:
            break
        events[k, 0], events[k, 1] = events[child, 0], events[child, 1]
        k = child
    events[k, 0], events[k, 1] = ms, events[last, 1]


@compiled
def useful_pairs(
    grid: Grid,
    roads: Roads,
    weights: Weights,
    legs: Legs,
    spots: Spots,
    points: Int64s,
    blocked: Int64s,
    without: Int64s,
    memory: Memory,
) -> tuple[Int32s, Int32s]:
    """Return rows of `points` and useful edges; the row r does without ``blocked[without[r, 0]:without[r, 1]]``."""
    point, edge = np.empty(1024, np.int32), np.empty(1024, np.int32)
    n = 0
    for row in range(len(points)):
        k = points[row]
        for b in range(without[row, 0], without[row, 1]):
            # An edge that has come up for the point already does not come up again.
            memory.edge_point[blocked[b]] = k
        place = Place(spots.x[k], spots.y[k], spots.least[k], spots.most[k])
        chosen = useful_edges(grid, roads, weights, legs, place, k, memory)
        if n + len(chosen) > len(point):
            size = 2 * (n + len(chosen))
            point, edge = longer(point, n, size), longer(edge, n, size)
        for useful in chosen:
            point[n] = row
            edge[n] = useful
            n += 1
    return longer(point, n, n), longer(edge, n, n)
