"""The times between the same places over and over, under other speeds and closures: the same milliseconds, sooner.

What does not change from one set of speeds to the next is worked out once: which legs lead from door to door, which
joins lead to which junctions, and the contracted roads. Nothing is approximated: every table is that of
`geo.travel.travel_times` in a season with the same speeds, to the millisecond.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.spatial import KDTree

from geo.network.access_legs import SEARCH_SLACK, Int8s, Joins, LegRules, Points
from geo.network.seasons import Season
from geo.network.topology import GEOD, RoadNetwork
from geo.travel.choice import can_compile, n_threads
from geo.travel.graph import Offers, OnRoad, SeasonGraph, Table, without_dominated
from geo.travel.hierarchy import Topology
from geo.travel.matrix import along_one_edge
from geo.travel.order import can_order
from geo.travel.plain import plain_table
from geo.units import UNREACHABLE_MS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Milliseconds = npt.NDArray[np.int32]

#: Tables of at most so many origins, over all that is asked for, are done before compiled code would be loaded.
FEW_ROWS: Final = 5_000


@dataclass(frozen=True, eq=False)
class _Direct:
    """Pairs of places near enough for a leg from door to door; (n_pairs,) each."""

    row: Ints
    column: Ints
    metres: Floats
    crosses: Int8s

    @classmethod
    def of(cls, origins: Points, destinations: Points, rules: LegRules) -> _Direct:
        reach = rules.max_join_metres * SEARCH_SLACK
        ends = [KDTree(np.column_stack([points.x, points.y])) for points in (origins, destinations)]
        near = ends[0].sparse_distance_matrix(ends[1], reach, output_type="coo_matrix")
        row, column = near.row.astype(np.int64), near.col.astype(np.int64)
        begin_at, end_at = (origins.lon[row], origins.lat[row]), (destinations.lon[column], destinations.lat[column])
        metres = np.asarray(GEOD.inv(*begin_at, *end_at)[2], dtype=np.float64)
        close = metres <= rules.max_join_metres
        row, column, metres = row[close], column[close], metres[close]
        begin = np.column_stack([origins.x[row], origins.y[row]])
        end = np.column_stack([destinations.x[column], destinations.y[column]])
        return cls(row, column, metres, rules.crossed(begin, end))


@dataclass(frozen=True, eq=False)
class _Side:
    """The joins of origins, or of destinations, and which junctions they lead to.

    Parameters
    ----------
    n_points, joins
        Points, with and without joins, and the joins sorted by edge.
    order : int64 (2 n_joins,)
        Sorts what joins offer, to the ends of their edges and then to the starts, by point and junction.
    first : int64 (n_pairs,)
        Where each pair of point and junction begins in that order.
    point, node : int64 (n_pairs,)
        The pairs.
    pair : int64 (2 n_joins,)
        Pair of each offer, before it is sorted.
    """

    n_points: int
    joins: Joins
    order: Ints
    first: Ints
    point: Ints
    node: Ints
    pair: Ints

    @classmethod
    def of(cls, network: RoadNetwork, n_points: int, joins: Joins) -> _Side:
        by_edge = np.argsort(joins.edge, kind="stable")
        names = ("point", "edge", "road_metres", "straight_metres", "crosses")
        nearest = (joins.nearest_road_metres, joins.nearest_lon, joins.nearest_lat)
        point, edge, *rest = (getattr(joins, name)[by_edge] for name in names)
        joins = Joins(point, edge, rest[0], rest[1], rest[2], *nearest)
        point = np.concatenate([joins.point, joins.point])
        node = np.concatenate([network.edge_to[joins.edge], network.edge_from[joins.edge]])
        order = np.lexsort((node, point))
        new = np.ones(len(order), dtype=np.bool_)
        new[1:] = (np.diff(point[order]) != 0) | (np.diff(node[order]) != 0)
        first = np.flatnonzero(new)
        pair = np.empty(len(order), dtype=np.int64)
        pair[order] = np.cumsum(new) - 1
        return cls(n_points, joins, order, first, point[order[first]], node[order[first]], pair)

    def enter(self, network: RoadNetwork, season: Season, rules: LegRules, *, entering: bool) -> tuple[OnRoad, Offers]:
        """Return the joins that a trip along one edge may need, by edge, and what all joins offer to junctions."""
        road = OnRoad.of(network, season, self.joins, rules)
        ways = (season.forward[road.edge], season.backward[road.edge])
        to_end, to_start = ways if entering else ways[::-1]
        # A join at the very junction is at the junction, whatever the direction of the road.
        to_end, to_start = to_end | (road.here == road.end), to_start | (road.here == road.begin)
        n = len(self.joins.point)
        ms = np.full(2 * n, UNREACHABLE_MS, dtype=np.int64)
        ms[road.join[to_end]] = (road.leg + road.end - road.here)[to_end]
        ms[n + road.join[to_start]] = (road.leg + road.here - road.begin)[to_start]
        best = np.minimum.reduceat(ms[self.order], self.first) if len(self.first) else ms
        use = best < UNREACHABLE_MS
        start = np.concatenate([[0], np.cumsum(np.bincount(self.point[use], minlength=self.n_points))])
        offers = Offers(start, self.node[use], best[use], np.zeros(int(use.sum()), dtype=np.int64))
        # The rule of `OnRoad.without_beaten`: what another way of the same point reaches sooner is of no use.
        with_road, against = ways[::-1] if entering else ways
        along_end = best[self.pair[road.join]] + road.end - road.here
        along_start = best[self.pair[n + road.join]] + road.here - road.begin
        arrival = np.minimum(
            np.where(with_road, along_end, UNREACHABLE_MS), np.where(against, along_start, UNREACHABLE_MS)
        )
        return road.take(arrival >= road.leg), offers


@dataclass(frozen=True, eq=False)
class RepeatedTimes:
    """Times from the same origins to the same destinations, asked for in one season after another."""

    network: RoadNetwork
    rules: LegRules
    within_ms: int
    origins: _Side
    destinations: _Side
    direct: _Direct
    topology: Topology | None

    @classmethod
    def of(
        cls,
        network: RoadNetwork,
        origins: Points,
        origin_joins: Joins,
        destinations: Points,
        destination_joins: Joins,
        rules: LegRules,
        within_settlement_ms: int = 0,
        n_tables: int = 1,
    ) -> RepeatedTimes:
        """Prepare for many tables.

        Parameters
        ----------
        network, origins, destinations, rules, within_settlement_ms
            As for `geo.travel.travel_times`.
        origin_joins, destination_joins
            All joins within reach (`geo.network.access_legs.join_points`): under other speeds, other ones are needed.
        n_tables
            How many will be asked for, which decides about the way; the results do not depend on it.
        """
        topology = None
        if len(origins) * n_tables > FEW_ROWS and can_order() and can_compile():
            from geo.travel.fast import network_topology

            topology = network_topology(network)
        return cls(
            network,
            rules,
            within_settlement_ms,
            _Side.of(network, len(origins), origin_joins),
            _Side.of(network, len(destinations), destination_joins),
            _Direct.of(origins, destinations, rules),
            topology,
        )

    def table(self, season: Season) -> Milliseconds:
        """Return door-to-door milliseconds, int32 (n_origins, n_destinations); `UNREACHABLE_MS` where no way is."""
        begin, entries = self.origins.enter(self.network, season, self.rules, entering=True)
        end, exits = self.destinations.enter(self.network, season, self.rules, entering=False)
        ms = self._through_junctions(season, entries, exits).ms
        for trips in along_one_edge(season, begin, end):
            np.minimum.at(ms, (trips.row, trips.column), trips.total.astype(np.int32))
        direct = self.direct
        legs = self.rules.leg_ms(direct.metres, season, direct.crosses).astype(np.int32)
        cells = (direct.row, direct.column)
        ms[cells] = np.minimum(ms[cells], legs)
        np.add(ms, self.within_ms, out=ms, where=ms < UNREACHABLE_MS)
        return np.minimum(ms, UNREACHABLE_MS, out=ms)

    def _through_junctions(self, season: Season, entries: Offers, exits: Offers) -> Table:
        if self.topology is None:
            graph = SeasonGraph.of(self.network, season)
            entries = without_dominated(entries, graph, entering=True)
            return plain_table(graph, entries, without_dominated(exits, graph, entering=False))
        from geo.travel.fast import weighed

        return weighed(self.topology, season).table(entries, exits, n_threads=n_threads())
