"""Which way a job goes: small ones by scipy, which compiles nothing; large ones by the hierarchy. The same results.

Nothing but the size decides, so that every run of a study decides alike. Where the hierarchy cannot be had (pymetis has
no wheel for Windows; numba may not load), scipy does the large jobs too, slower.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Sequence
from typing import Final

from geo.network.access_legs import Joins, LegRules, Points, join_points
from geo.network.seasons import Season
from geo.network.topology import RoadNetwork
from geo.travel.graph import Offers, SeasonGraph, Table
from geo.travel.order import can_order
from geo.travel.plain import plain_table

#: Jobs of at most so many points (settlements, or origins) and edges are small.
SMALL_POINTS: Final = 200
SMALL_EDGES: Final = 50_000


def is_small(n_points: int, n_edges: int) -> bool:
    """Return whether a job is done before compiled code would be loaded."""
    return n_points <= SMALL_POINTS and n_edges <= SMALL_EDGES


def can_compile() -> bool:
    """Return whether numba is there: it is one of the packages, but no result depends on it."""
    return importlib.util.find_spec("numba") is not None


def n_threads() -> int:
    """Return how many threads share the work; no result depends on it."""
    return os.cpu_count() or 1


def find_joins(
    network: RoadNetwork,
    seasons: Sequence[Season],
    points: Points,
    rules: LegRules,
    *,
    n_origins: int | None = None,
) -> Joins:
    """Find the joins that times in some seasons depend on.

    Parameters
    ----------
    network, points, rules
        As for `geo.network.access_legs.join_points`.
    seasons
        Every season in which the joins will be used: in another one, a join that is needed may be missing.
    n_origins
        Origins of the job, which decide about its way, where the points are its destinations.
    """
    if is_small(len(points) if n_origins is None else n_origins, network.n_edges) or not can_compile():
        return join_points(network, points, rules)
    from geo.travel.joining import useful_joins

    return useful_joins(network, seasons, points, rules, n_threads())


def junction_table(network: RoadNetwork, season: Season, graph: SeasonGraph, entries: Offers, exits: Offers) -> Table:
    """Return the times and legs of all pairs of points through junctions.

    Parameters
    ----------
    network, season, graph
        Roads, and the graph of the season.
    entries, exits
        How origins enter it and destinations are reached from it.
    """
    if is_small(entries.n_points, network.n_edges) or not (can_order() and can_compile()):
        return plain_table(graph, entries, exits)
    from geo.travel.fast import network_hierarchy

    return network_hierarchy(network, season).table(entries, exits, parts=True, n_threads=n_threads())
