"""Times through junctions by scipy's Dijkstra on the reduced graph: for small studies, and where nothing compiles."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse.csgraph import dijkstra

from geo.travel.graph import Offers, SeasonGraph, Table, least_arcs
from geo.travel.reduce import Links, reduce_links
from geo.units import UNREACHABLE_MS

Ints = npt.NDArray[np.int64]

#: Origins whose distances to all junctions are held at a time; bounds memory.
_ORIGINS_AT_A_TIME: Final = 256
#: Milliseconds are multiplied by this, and the number of a point's leg is added: below 2^53, floats are exact.
_SCALE: Final = 2**20


def plain_table(graph: SeasonGraph, origins: Offers, destinations: Offers) -> Table:
    """Return the times from every origin to every destination, with their legs.

    Parameters
    ----------
    graph
        A network in one season.
    origins, destinations
        How they enter and leave it.

    Raises
    ------
    ValueError
        If a point has more than a million legs of different lengths.
    """
    table = Table.unreached(origins.n_points, destinations.n_points, parts=True)
    used = np.unique(np.concatenate([origins.node, destinations.node]))
    if not len(used):
        return table
    number, legs = _numbered_legs(origins)
    if len(legs) and legs.shape[1] > _SCALE:
        raise ValueError(f"{legs.shape[1]} legs of one point")
    core, tail, head, ms = _reduced(graph, used)
    place = np.full(graph.n_nodes, -1, dtype=np.int64)
    place[core] = np.arange(len(core))
    size = len(core) + origins.n_points
    tail = np.concatenate([place[tail], len(core) + origins.point])
    head = np.concatenate([place[head], place[origins.node]])
    value = np.concatenate([ms * _SCALE, origins.ms * _SCALE + number])
    matrix = least_arcs(tail, head, value, size)
    by_leg = np.lexsort((destinations.leg_ms, destinations.point))
    for begin in range(0, origins.n_points, _ORIGINS_AT_A_TIME):
        rows = np.arange(begin, min(begin + _ORIGINS_AT_A_TIME, origins.n_points))
        found = dijkstra(matrix, indices=len(core) + rows)[:, : len(core)]
        found = np.where(np.isfinite(found), found, UNREACHABLE_MS * _SCALE).astype(np.int64)
        for column in range(destinations.n_points):
            own = by_leg[destinations.of_point(column)]
            if not len(own):
                continue
            through = found[:, place[destinations.node[own]]] + destinations.ms[own] * _SCALE
            # The first of equal ones is the one with the shortest leg to the destination.
            best = np.argmin(through, axis=1)
            value = through[np.arange(len(rows)), best]
            reached = value < UNREACHABLE_MS * _SCALE
            table.ms[rows[reached], column] = value[reached] // _SCALE
            table.access_ms[rows[reached], column] = legs[rows[reached], value[reached] % _SCALE]
            table.egress_ms[rows[reached], column] = destinations.leg_ms[own][best[reached]]
    return table


def _numbered_legs(origins: Offers) -> tuple[Ints, Ints]:
    """Return for each offer the number of its leg among its point's, by length, and the legs; (n_points, most legs)."""
    order = np.lexsort((origins.leg_ms, origins.point))
    point, leg = origins.point[order], origins.leg_ms[order]
    is_new = np.ones(len(order), dtype=np.int64)
    is_new[1:] = (point[1:] != point[:-1]) | (leg[1:] != leg[:-1])
    count = np.cumsum(is_new) - 1
    begins = count[np.minimum(origins.start[:-1], len(order) - 1)]
    number = np.empty(len(order), dtype=np.int64)
    number[order] = count - begins[point]
    legs = np.zeros((origins.n_points, int(number.max(initial=-1)) + 1), dtype=np.int64)
    legs[origins.point, number] = origins.leg_ms
    return number, legs


def _reduced(graph: SeasonGraph, terminals: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Return the junctions that remain, and tail, head and milliseconds of the arcs between them."""
    links = Links.of(graph.n_nodes, graph.tail, graph.head)
    slot = links.slots(graph.tail, graph.head)
    ms = np.full((len(links.low), 2), UNREACHABLE_MS, dtype=np.int64)
    np.minimum.at(ms.reshape(-1), slot[slot >= 0], graph.ms[slot >= 0])
    reduction = reduce_links(links, terminals)
    return reduction.core, *reduction.arcs(links, ms)
