"""Door-to-door times between two sets of points in one season, exact in whole milliseconds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.spatial import KDTree

from geo.network.access_legs import SEARCH_SLACK, Joins, LegRules, Points
from geo.network.seasons import Season
from geo.network.topology import GEOD, RoadNetwork
from geo.travel.choice import junction_table
from geo.travel.graph import Offers, OnRoad, SeasonGraph, Table, without_dominated
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS

Ints = npt.NDArray[np.int64]
Matrix = npt.NDArray[np.int32]

#: Pairs of joins on one edge that are held at a time; bounds memory.
_PAIRS_AT_A_TIME: Final = 2_000_000


@dataclass(frozen=True)
class TravelTimes:
    """Times from settlements (rows) to sites (columns) in one season.

    Parameters
    ----------
    settlement_ids, site_ids : tuple of str
        What rows and columns are.
    milliseconds : int32 (n_settlements, n_sites)
        Door to door; `UNREACHABLE_MS` where there is no way.
    access_ms, egress_ms : int32 (n_settlements, n_sites)
        Parts from the settlement to the road, and from the road to the site with the time within the settlement. A
        trip wholly across country counts as access. What remains is spent on the road.
    """

    settlement_ids: tuple[str, ...]
    site_ids: tuple[str, ...]
    milliseconds: Matrix
    access_ms: Matrix
    egress_ms: Matrix

    def __post_init__(self) -> None:
        shape = (len(self.settlement_ids), len(self.site_ids))
        for values in (self.milliseconds, self.access_ms, self.egress_ms):
            if values.shape != shape:
                raise ValueError(
                    f"travel times of shape {values.shape} for {shape[0]} settlements and {shape[1]} sites"
                )
            values.flags.writeable = False

    def select(self, settlement_ids: Sequence[str], site_ids: Sequence[str]) -> TravelTimes:
        """Return the times of some settlements and sites, in the order asked for.

        Raises
        ------
        KeyError
            If one of them is not among these times.
        """
        row_at = {settlement_id: i for i, settlement_id in enumerate(self.settlement_ids)}
        column_at = {site_id: j for j, site_id in enumerate(self.site_ids)}
        rows = np.array([row_at[settlement_id] for settlement_id in settlement_ids], dtype=np.int64)
        columns = np.array([column_at[site_id] for site_id in site_ids], dtype=np.int64)
        cells = np.ix_(rows, columns)
        parts = (self.milliseconds[cells], self.access_ms[cells], self.egress_ms[cells])
        return TravelTimes(tuple(settlement_ids), tuple(site_ids), *parts)

    @property
    def minutes(self) -> npt.NDArray[np.float64]:
        """Minutes; infinite where there is no way."""
        return np.where(self.milliseconds < UNREACHABLE_MS, self.milliseconds / MS_PER_MINUTE, np.inf)


@dataclass(frozen=True)
class _Trips:
    """Some ways between pairs of points; (n,) each."""

    row: Ints
    column: Ints
    total: Ints
    access: Ints
    egress: Ints

    def improve(self, table: Table) -> None:
        """Write the ways that are faster than a table's, or as fast with a shorter access leg, or else egress leg."""
        # Of many thousands of ways, few are as fast as the table's: only they are sorted.
        fast = np.flatnonzero(self.total <= table.ms[self.row, self.column])
        keys = (self.egress, self.access, self.total, self.column, self.row)
        order = fast[np.lexsort([key[fast] for key in keys])]
        first = np.ones(len(order), dtype=np.bool_)
        first[1:] = (np.diff(self.row[order]) != 0) | (np.diff(self.column[order]) != 0)
        best = order[first]
        cells = (self.row[best], self.column[best])
        ways = (self.total[best], self.access[best], self.egress[best])
        own = [part[cells] for part in (table.ms, table.access_ms, table.egress_ms)]
        shorter = (ways[1] < own[1]) | ((ways[1] == own[1]) & (ways[2] < own[2]))
        better = (ways[0] < own[0]) | ((ways[0] == own[0]) & shorter)
        for part, values in zip((table.ms, table.access_ms, table.egress_ms), ways, strict=True):
            part[cells[0][better], cells[1][better]] = values[better]


def travel_times(
    network: RoadNetwork,
    season: Season,
    origins: Points,
    origin_joins: Joins,
    destinations: Points,
    destination_joins: Joins,
    rules: LegRules,
    within_settlement_ms: int = 0,
) -> TravelTimes:
    """Return the door-to-door times from every origin to every destination.

    Parameters
    ----------
    network, season
        Roads and their weights.
    origins, destinations
        Settlements and sites.
    origin_joins, destination_joins
        Their joins to the network (`geo.network.access_legs.join_points`).
    rules
        Contract of legs.
    within_settlement_ms
        Added once per trip.

    Returns
    -------
    TravelTimes
        The fastest of: leg, road, leg; leg, part of one edge, leg; and a leg straight from door to door.
    """
    graph = SeasonGraph.of(network, season)
    begin, entries = _entrances(network, season, origins, origin_joins, rules, entering=True)
    end, exits = _entrances(network, season, destinations, destination_joins, rules, entering=False)
    entries = without_dominated(entries, graph, entering=True)
    exits = without_dominated(exits, graph, entering=False)
    table = junction_table(network, season, graph, entries, exits)
    for trips in along_one_edge(season, begin, end):
        trips.improve(table)
    direct_legs(origins, destinations, season, rules).improve(table)
    reached = table.ms < UNREACHABLE_MS
    np.add(table.ms, within_settlement_ms, out=table.ms, where=reached)
    np.minimum(table.ms, UNREACHABLE_MS, out=table.ms)
    np.add(table.egress_ms, within_settlement_ms, out=table.egress_ms, where=reached)
    return TravelTimes(origins.ids, destinations.ids, table.ms, table.access_ms, table.egress_ms)


def direct_legs(origins: Points, destinations: Points, season: Season, rules: LegRules) -> _Trips:
    """Return the legs straight from door to door."""
    reach = rules.max_join_metres * SEARCH_SLACK
    ends = [KDTree(np.column_stack([points.x, points.y])) for points in (origins, destinations)]
    near = ends[0].sparse_distance_matrix(ends[1], reach, output_type="coo_matrix") if len(origins) else None
    empty = np.empty(0, dtype=np.int64)
    row, column = (near.row, near.col) if near is not None else (empty, empty)
    row, column = row.astype(np.int64), column.astype(np.int64)
    _azimuth, _back, metres = GEOD.inv(
        origins.lon[row], origins.lat[row], destinations.lon[column], destinations.lat[column]
    )
    close = np.asarray(metres) <= rules.max_join_metres
    row, column, metres = row[close], column[close], np.asarray(metres)[close]
    begin, end = (
        np.column_stack([points.x[at], points.y[at]]) for points, at in ((origins, row), (destinations, column))
    )
    ms = rules.leg_ms(metres, season, rules.crossed(begin, end))
    open_ = ms < UNREACHABLE_MS
    return _Trips(row[open_], column[open_], ms[open_], ms[open_], np.zeros(int(open_.sum()), dtype=np.int64))


def _entrances(
    network: RoadNetwork, season: Season, points: Points, joins: Joins, rules: LegRules, *, entering: bool
) -> tuple[OnRoad, Offers]:
    """Return the joins that some trip may need, by edge, and what all joins offer to junctions."""
    on_road = OnRoad.of(network, season, joins, rules)
    offers = on_road.offers(network, season, len(points), entering=entering)
    needed = on_road.without_beaten(network, season, offers, entering=entering)
    return needed.take(np.argsort(needed.edge, kind="stable")), offers


def along_one_edge(season: Season, begin: OnRoad, end: OnRoad) -> Iterator[_Trips]:
    """Return trips that leave the road on the edge on which they entered it, reaching no junction.

    Both sets of joins are sorted by edge.
    """
    first = np.searchsorted(end.edge, begin.edge, side="left")
    counts = np.searchsorted(end.edge, begin.edge, side="right") - first
    blocks = np.cumsum(counts) // _PAIRS_AT_A_TIME
    for block in np.unique(blocks).tolist():
        chosen = np.flatnonzero(blocks == block)
        left = np.repeat(chosen, counts[chosen])
        before = np.cumsum(counts[chosen]) - counts[chosen]
        right = np.arange(len(left)) - np.repeat(before, counts[chosen]) + first[left]
        a, b = begin.take(left), end.take(right)
        allowed = (b.here == a.here) | np.where(b.here > a.here, season.forward[a.edge], season.backward[a.edge])
        total = np.abs(b.here - a.here) + a.leg + b.leg
        use = allowed & (total < UNREACHABLE_MS)
        yield _Trips(a.point[use], b.point[use], total[use], a.leg[use], b.leg[use])
