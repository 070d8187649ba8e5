"""Door-to-door times between two sets of points in one season, exact in whole milliseconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse.csgraph import dijkstra

from geo.network.access_legs import Joins, LegRules, Points
from geo.network.seasons import Season
from geo.network.topology import GEOD, RoadNetwork
from geo.travel.graph import Offers, SeasonGraph, make_offers, without_dominated
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS

Ints = npt.NDArray[np.int64]
Matrix = npt.NDArray[np.int32]

#: Origins whose distances to all junctions are held at a time; bounds memory.
_ORIGINS_AT_A_TIME = 256
_NO_PREDECESSOR = -9999


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
class _Parts:
    """Total and leg parts of all pairs while they are being improved; int64 (n_origins, n_destinations)."""

    total: Ints
    access: Ints
    egress: Ints

    def improve(self, rows: Ints, columns: Ints, total: Ints, access: Ints, egress: Ints) -> None:
        """Take over pairs that have become faster."""
        better = total < self.total[rows, columns]
        rows, columns = rows[better], columns[better]
        self.total[rows, columns] = total[better]
        self.access[rows, columns] = access[better]
        self.egress[rows, columns] = egress[better]


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
    shape = (len(origins), len(destinations))
    parts = _Parts(np.full(shape, UNREACHABLE_MS, np.int64), np.zeros(shape, np.int64), np.zeros(shape, np.int64))
    _direct_legs(parts, origins, destinations, season, rules)
    _along_one_edge(parts, network, season, origin_joins, destination_joins, rules)
    _through_junctions(parts, network, season, origin_joins, destination_joins, rules)
    reached = parts.total < UNREACHABLE_MS
    total = np.where(reached, np.minimum(parts.total + within_settlement_ms, UNREACHABLE_MS), UNREACHABLE_MS)
    egress = np.where(reached, parts.egress + within_settlement_ms, 0)
    return TravelTimes(
        settlement_ids=origins.ids,
        site_ids=destinations.ids,
        milliseconds=total.astype(np.int32),
        access_ms=np.where(reached, parts.access, 0).astype(np.int32),
        egress_ms=egress.astype(np.int32),
    )


def _direct_legs(parts: _Parts, origins: Points, destinations: Points, season: Season, rules: LegRules) -> None:
    apart = np.hypot(origins.x[:, None] - destinations.x[None, :], origins.y[:, None] - destinations.y[None, :])
    rows, columns = np.nonzero(apart <= rules.max_join_metres * 1.02)
    _azimuth, _back, metres = GEOD.inv(
        origins.lon[rows], origins.lat[rows], destinations.lon[columns], destinations.lat[columns]
    )
    near = metres <= rules.max_join_metres
    rows, columns = rows[near], columns[near]
    ms = rules.leg_ms(np.asarray(metres)[near], season)
    parts.improve(rows, columns, ms, ms, np.zeros_like(ms))


def _along_one_edge(
    parts: _Parts,
    network: RoadNetwork,
    season: Season,
    origin_joins: Joins,
    destination_joins: Joins,
    rules: LegRules,
) -> None:
    """Trips that leave the road on the edge on which they entered it, reaching no junction."""
    forward, backward = season.forward, season.backward
    from_edge, to_edge = _by_edge(origin_joins), _by_edge(destination_joins)
    leg_from = rules.leg_ms(origin_joins.straight_metres, season)
    leg_to = rules.leg_ms(destination_joins.straight_metres, season)
    for edge in np.intersect1d(origin_joins.edge, destination_joins.edge).tolist():
        per_metre = season.road_ms_per_metre[network.edge_road[edge]]
        if not np.isfinite(per_metre):
            continue
        a, b = from_edge[edge], to_edge[edge]
        a, b = a[leg_from[a] < UNREACHABLE_MS], b[leg_to[b] < UNREACHABLE_MS]
        begin = np.rint(origin_joins.road_metres[a] * per_metre).astype(np.int64)[:, None]
        end = np.rint(destination_joins.road_metres[b] * per_metre).astype(np.int64)[None, :]
        allowed = (end == begin) | np.where(end > begin, forward[edge], backward[edge])
        total = np.abs(end - begin) + leg_from[a][:, None] + leg_to[b][None, :]
        i, j = np.nonzero(allowed & (total < UNREACHABLE_MS))
        # One point joins an edge once, so no pair comes twice within an edge.
        parts.improve(
            origin_joins.point[a[i]], destination_joins.point[b[j]], total[i, j], leg_from[a[i]], leg_to[b[j]]
        )


def _by_edge(joins: Joins) -> dict[int, Ints]:
    order = np.argsort(joins.edge, kind="stable")
    edges, starts = np.unique(joins.edge[order], return_index=True)
    return dict(zip(edges.tolist(), np.split(order, starts[1:]), strict=True)) if len(edges) else {}


def _through_junctions(
    parts: _Parts,
    network: RoadNetwork,
    season: Season,
    origin_joins: Joins,
    destination_joins: Joins,
    rules: LegRules,
) -> None:
    graph = SeasonGraph.of(network, season)
    entries = without_dominated(make_offers(network, origin_joins, season, rules, entering=True), graph, entering=True)
    exits = without_dominated(
        make_offers(network, destination_joins, season, rules, entering=False), graph, entering=False
    )
    n_origins, n_destinations = parts.total.shape
    if not len(entries.point) or not len(exits.point):
        return
    matrix = graph.with_entries(entries, n_origins)
    for begin in range(0, n_origins, _ORIGINS_AT_A_TIME):
        rows = np.arange(begin, min(begin + _ORIGINS_AT_A_TIME, n_origins))
        distance, before = dijkstra(matrix, indices=graph.n_nodes + rows, return_predecessors=True)
        ms = np.where(np.isfinite(distance), distance, UNREACHABLE_MS).astype(np.int64)[:, : graph.n_nodes]
        entry_leg = _entry_legs(before, rows, graph.n_nodes, entries)
        for column in range(n_destinations):
            out = exits.of_point(column)
            if out.start == out.stop:
                continue
            nodes = exits.node[out]
            through = ms[:, nodes] + exits.ms[out][None, :]
            best = np.argmin(through, axis=1)
            pick = np.arange(len(rows))
            total = np.minimum(through[pick, best], UNREACHABLE_MS)
            access = entry_leg[pick, nodes[best]]
            parts.improve(rows, np.full(len(rows), column), total, access, exits.leg_ms[out][best])


def _entry_legs(before: npt.NDArray[np.int32], rows: Ints, n_nodes: int, entries: Offers) -> Ints:
    """Return for each origin and junction the leg of the offer by which its fastest way enters the network."""
    legs = np.zeros((len(rows), n_nodes), dtype=np.int64)
    for i, row in enumerate(rows.tolist()):
        own = before[i, :n_nodes]
        entry = np.arange(n_nodes)
        inner = (own != _NO_PREDECESSOR) & (own < n_nodes)
        entry[inner] = own[inner]
        while True:
            further = entry[entry]
            if np.array_equal(further, entry):
                break
            entry = further
        leg_of_node = np.zeros(n_nodes, dtype=np.int64)
        offered = entries.of_point(row)
        leg_of_node[entries.node[offered]] = entries.leg_ms[offered]
        legs[i] = leg_of_node[entry]
    return legs
