"""The nearest facility of every junction of a network in one season, and the few nearest of settlements and junctions.

One search from all facilities at once. Times and labels travel together as one whole number, ``milliseconds x number of
facilities + position of the facility``: its minimum is the shortest time and, among equal times, the first facility, so
that ties need no rule of their own and the result does not depend on the order in which a search visits junctions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse.csgraph import dijkstra

from geo.network.access_legs import Joins, LegRules, Points
from geo.network.seasons import Season
from geo.network.topology import RoadNetwork
from geo.travel.graph import SeasonGraph, least_arcs, make_offers
from geo.travel.matrix import TravelTimes
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

#: Key of a place from which no facility is reached; sums of a few stay inside int64.
NO_KEY: Final = 2**60
#: Facilities whose distances to all junctions are held at a time by `k_nearest_of_nodes`; bounds memory.
_FACILITIES_AT_A_TIME: Final = 32


@dataclass(frozen=True)
class Nearest:
    """What every junction of a network reaches first.

    Parameters
    ----------
    ms : int64 (n_nodes,)
        Whole milliseconds along the roads and by the facility's leg, without the time within a settlement;
        `UNREACHABLE_MS` where there is no way.
    facility : int64 (n_nodes,)
        Position of the nearest facility, the first of equally near ones; -1 where there is no way.
    n_facilities : int
        How many facilities were asked about.
    """

    ms: Ints
    facility: Ints
    n_facilities: int

    def __post_init__(self) -> None:
        for values in (self.ms, self.facility):
            values.flags.writeable = False

    @property
    def key(self) -> Ints:
        """Time and facility as one number that sorts by time, then facility; `NO_KEY` where there is no way."""
        return np.where(self.facility >= 0, self.ms * self.n_facilities + self.facility, NO_KEY)


def facing(season: Season, *, from_facility: bool) -> Season:
    """Return a season in which trips to a facility take what trips from it take in the given one.

    Legs are the same both ways, so that only the directions of the roads change places.
    """
    return replace(season, forward=season.backward, backward=season.forward) if from_facility else season


def choose(points: Points, joins: Joins, positions: Sequence[int]) -> tuple[Points, Joins]:
    """Return some of the points with their joins, in the order asked for."""
    chosen = np.asarray(positions, dtype=np.int64)
    return points.take(chosen), joins.of_points(chosen)


def nearest_facility(
    network: RoadNetwork,
    season: Season,
    joins: Joins,
    rules: LegRules,
    *,
    from_facility: bool = False,
    limit_ms: int | None = None,
) -> Nearest:
    """Find the nearest facility of every junction.

    Parameters
    ----------
    network, season
        Roads and their weights.
    joins
        Joins of the facilities (`geo.network.access_legs.join_points`); their order decides between equally near ones.
    rules
        Contract of legs.
    from_facility
        Times of trips from the facility, as an ambulance drives; by default trips lead to it.
    limit_ms
        Junctions that are farther count as having no way.
    """
    season = facing(season, from_facility=from_facility)
    n_facilities = len(joins.nearest_road_metres)
    offers = make_offers(network, joins, season, rules, entering=False)
    best = np.full(network.n_nodes, NO_KEY, dtype=np.int64)
    np.minimum.at(best, offers.node, offers.ms * n_facilities + offers.point)
    first = np.flatnonzero(best < NO_KEY)
    if not len(first):
        return Nearest(np.full(network.n_nodes, UNREACHABLE_MS), np.full(network.n_nodes, -1), n_facilities)
    graph = SeasonGraph.of(network, season)
    tail = np.concatenate([graph.head, np.full(len(first), network.n_nodes)])
    head = np.concatenate([graph.tail, first])
    weight = np.concatenate([graph.ms * n_facilities, best[first]])
    limit = np.inf if limit_ms is None else float((limit_ms + 1) * n_facilities - 1)
    found = dijkstra(least_arcs(tail, head, weight, network.n_nodes + 1), indices=network.n_nodes, limit=limit)
    reached = np.isfinite(found[:-1])
    key = np.where(reached, found[:-1], 0.0).astype(np.int64)
    reached &= key // n_facilities < UNREACHABLE_MS
    ms = np.where(reached, key // n_facilities, UNREACHABLE_MS)
    return Nearest(ms, np.where(reached, key % n_facilities, -1), n_facilities)


@dataclass(frozen=True)
class NearestSites:
    """The few nearest sites of every row, the nearest first.

    Parameters
    ----------
    site : int64 (n, k)
        Positions of the sites; -1 where there are no more within reach.
    minutes : float64 (n, k)
        Infinite where there are no more within reach.
    site_ids : tuple of str
        What the positions mean.
    """

    site: Ints
    minutes: Floats
    site_ids: tuple[str, ...]

    @property
    def ids(self) -> npt.NDArray[np.object_]:
        """Identifiers of the sites; None where there are no more within reach."""
        names = np.array([*self.site_ids, None], dtype=object)
        return np.asarray(names[self.site], dtype=object)


def k_nearest(times: TravelTimes, k: int) -> NearestSites:
    """Return the `k` nearest sites of every settlement; of equally near ones the first in the order of the sites.

    Raises
    ------
    ValueError
        If `k` is below 1.
    """
    n_sites = len(times.site_ids)
    keys = np.where(
        times.milliseconds < UNREACHABLE_MS,
        times.milliseconds.astype(np.int64) * n_sites + np.arange(n_sites),
        NO_KEY,
    )
    return _sites_of(_least(keys, k), n_sites, times.site_ids)


def k_nearest_of_nodes(
    network: RoadNetwork,
    season: Season,
    points: Points,
    joins: Joins,
    rules: LegRules,
    k: int,
    *,
    from_facility: bool = False,
    limit_ms: int | None = None,
) -> NearestSites:
    """Return the `k` nearest facilities of every junction: parameters of `nearest_facility`, result of `k_nearest`.

    Raises
    ------
    ValueError
        If `k` is below 1.
    """
    season = facing(season, from_facility=from_facility)
    n_facilities, n_nodes = len(points), network.n_nodes
    offers = make_offers(network, joins, season, rules, entering=False)
    graph = SeasonGraph.of(network, season)
    tail = np.concatenate([graph.head, n_nodes + offers.point])
    head = np.concatenate([graph.tail, offers.node])
    matrix = least_arcs(tail, head, np.concatenate([graph.ms, offers.ms]), n_nodes + n_facilities)
    limit = np.inf if limit_ms is None else float(limit_ms)
    keys = _least(np.full((n_nodes, 1), NO_KEY, dtype=np.int64), k)
    for begin in range(0, n_facilities, _FACILITIES_AT_A_TIME):
        rows = np.arange(begin, min(begin + _FACILITIES_AT_A_TIME, n_facilities))
        ms = dijkstra(matrix, indices=n_nodes + rows, limit=limit)[:, :n_nodes].T
        reached = ms < UNREACHABLE_MS
        own = np.where(reached, np.where(reached, ms, 0).astype(np.int64) * n_facilities + rows, NO_KEY)
        keys = _least(np.hstack([keys, own]), k)
    return _sites_of(keys, n_facilities, points.ids)


def _least(keys: Ints, k: int) -> Ints:
    """Return the least `k` keys of every row, ascending, filled up with `NO_KEY`."""
    if k < 1:
        raise ValueError(f"k is {k}, at least 1 is needed")
    found = np.full((len(keys), k), NO_KEY, dtype=np.int64)
    kept = min(k, keys.shape[1])
    few = np.partition(keys, kept - 1, axis=1)[:, :kept] if 0 < kept < keys.shape[1] else keys
    found[:, :kept] = np.sort(few, axis=1)
    return found


def _sites_of(keys: Ints, n_sites: int, site_ids: tuple[str, ...]) -> NearestSites:
    known = keys < NO_KEY
    divisor = max(n_sites, 1)
    site = np.where(known, keys % divisor, -1)
    return NearestSites(site, np.where(known, keys // divisor / MS_PER_MINUTE, np.inf), site_ids)
