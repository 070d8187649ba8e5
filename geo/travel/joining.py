"""Joins of many points to a large network: only those that no other join of the point beats in some season."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyproj

from geo.compiled import say_if_new
from geo.network.access_legs import Joins, LegRules, Points, join_pairs, nearest_edges
from geo.network.seasons import Season
from geo.network.topology import RoadNetwork
from geo.travel.joining_kernels import AHEAD, BACK, Grid, Legs, Roads, Spots, Weights, make_memory, useful_pairs

Ints = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]

#: Cells to the longest leg.
_CELLS: Final = 16
#: By which share the scale of the map projection may change within the longest leg.
_SLACK: Final = 0.005


def useful_joins(
    network: RoadNetwork, seasons: Sequence[Season], points: Points, rules: LegRules, n_threads: int = 1
) -> Joins:
    """Find the joins that may be the best way between a point and some place, in one of several seasons.

    Parameters
    ----------
    network
        Topology.
    seasons
        A join is left out if another one of the point is certainly at its place on the road before it in each of them.
    points
        In the same metric system as the network.
    rules
        Contract of legs.
    n_threads
        How many threads share the work; the result does not depend on it.

    Returns
    -------
    Joins
        Times in these seasons are the same as with all joins (`geo.network.access_legs.join_points`).
    """
    if not network.n_edges or not len(points):
        nothing = np.empty(0, dtype=np.int64)
        return join_pairs(network, points, nothing, nothing, np.full(len(points), -1), rules)
    say_if_new(useful_pairs)
    roads, grid, spots = _roads(network), _grid(network, rules), _spots(points, network.crs)
    nobody = np.full(len(points), -1, dtype=np.int64)

    def joins_of(key: Ints, near: Ints) -> Joins:
        return join_pairs(network, points, key // network.n_edges, key % network.n_edges, near, rules)

    keys = [np.empty(0, dtype=np.int64)]
    for season in seasons:
        for weights in _weights(network, season):
            search = _Search(grid, roads, weights, _legs(season, rules), spots)
            blocked, asked = np.empty(0, dtype=np.int64), np.arange(len(points))
            while len(asked):
                key = search.keys(asked, blocked, n_threads)
                crosses = np.empty(0, dtype=np.int64)
                if rules.obstacles is not None:
                    found = joins_of(key, nobody)
                    crossed = (found.crosses & season.obstacles) != 0
                    crosses = found.point[crossed] * network.n_edges + found.edge[crossed]
                keys.append(np.setdiff1d(key, crosses))
                # What does not cross was found by waves that may have come across: those points are asked again.
                blocked = np.union1d(blocked, crosses)
                asked = np.unique(crosses // network.n_edges)
    return joins_of(np.unique(np.concatenate(keys)), nearest_edges(network, points))


class _Search(NamedTuple):
    """The search for useful joins in one season."""

    grid: Grid
    roads: Roads
    weights: Weights
    legs: Legs
    spots: Spots

    def keys(self, points: Ints, blocked: Ints, n_threads: int) -> Ints:
        """Return the useful joins of some points, as point times number of edges plus edge, without blocked ones."""
        n_edges = len(self.roads.ends)
        bounds = np.linspace(0, len(points), max(n_threads, 1) + 1).astype(int).tolist()
        without = np.searchsorted(blocked, np.column_stack([points, points + 1]) * n_edges)

        def share(first: int, last: int) -> Ints:
            own = points[first:last]
            memory = make_memory(len(self.roads.node), n_edges)
            row, edge = useful_pairs(*self, own, blocked % n_edges, without[first:last], memory)
            return np.asarray(own[row] * n_edges + edge, dtype=np.int64)

        with ThreadPoolExecutor(len(bounds) - 1) as pool:
            return np.concatenate(list(pool.map(share, bounds[:-1], bounds[1:])))


def _roads(network: RoadNetwork) -> Roads:
    ends = np.concatenate([network.edge_from, network.edge_to])
    order = np.argsort(ends, kind="stable")
    return Roads(
        ends=np.column_stack([network.edge_from, network.edge_to]).astype(np.int32),
        vertex_start=network.vertex_start,
        vertex=np.column_stack([network.vertex_x, network.vertex_y, network.vertex_metres]),
        node=np.column_stack([network.node_x, network.node_y]),
        node_start=np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=network.n_nodes))]).astype(np.int32),
        node_edge=(order % network.n_edges).astype(np.int32),
    )


def _grid(network: RoadNetwork, rules: LegRules) -> Grid:
    """Sort the edges into cells by the middles of their pieces; long pieces are cut."""
    width = max(rules.max_join_metres, 1.0) / _CELLS
    last = network.vertex_start[1:] - 1
    inner = np.ones(len(network.vertex_x), dtype=np.bool_)
    inner[last] = False
    begin = np.flatnonzero(inner)
    edge = np.repeat(np.arange(network.n_edges), np.diff(network.vertex_start) - 1)
    step_x = network.vertex_x[begin + 1] - network.vertex_x[begin]
    step_y = network.vertex_y[begin + 1] - network.vertex_y[begin]
    parts = np.maximum(np.ceil(np.hypot(step_x, step_y) / width), 1).astype(np.int64)
    piece = np.repeat(np.arange(len(begin)), parts)
    share = (np.arange(len(piece)) - np.repeat(np.cumsum(parts) - parts, parts) + 0.5) / parts[piece]
    x = network.vertex_x[begin][piece] + share * step_x[piece]
    y = network.vertex_y[begin][piece] + share * step_y[piece]
    left, low = float(x.min()), float(y.min())
    column, row = ((x - left) // width).astype(np.int64), ((y - low) // width).astype(np.int64)
    n_columns, n_rows = int(column.max()) + 1, int(row.max()) + 1
    key = np.unique((row * n_columns + column) * network.n_edges + edge[piece])
    start = np.concatenate([[0], np.cumsum(np.bincount(key // network.n_edges, minlength=n_columns * n_rows))])
    return Grid(left, low, width, n_columns, n_rows, start.astype(np.int32), (key % network.n_edges).astype(np.int32))


def _spots(points: Points, crs: pyproj.CRS) -> Spots:
    factors = pyproj.Proj(crs).get_factors(points.lon, points.lat)
    scales = np.stack([factors.meridional_scale, factors.parallel_scale])
    return Spots(points.x, points.y, (1 - _SLACK) / scales.max(axis=0), (1 + _SLACK) / scales.min(axis=0))


def _legs(season: Season, rules: LegRules) -> Legs:
    slowness = (season.drive_ms_per_metre * rules.leg_factor, season.walk_ms_per_metre * rules.leg_factor)
    return Legs(*slowness, rules.max_walk_metres, rules.max_join_metres)


def _weights(network: RoadNetwork, season: Season) -> list[Weights]:
    """Return the season as it is met from points, and, unless that is the same, as it is met on the way to them."""
    per_metre = season.road_ms_per_metre[network.edge_road]
    is_open = np.isfinite(per_metre)
    per_metre = np.where(is_open, per_metre, 0.0)
    ways = [(season.forward, season.backward), (season.backward, season.forward)]
    if (season.forward == season.backward).all():
        ways = ways[:1]
    return [
        Weights(((AHEAD * ahead + BACK * back) * is_open).astype(np.int8), network.edge_metres * per_metre, per_metre)
        for ahead, back in ways
    ]
