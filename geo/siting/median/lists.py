"""Each client's sites, cheapest first, and the same by site; compiled where it sorts nothing.

A list may end before all sites are on it. What follows costs at least ``beyond``: prices may not exceed that, which
keeps every bound a bound.
"""

from __future__ import annotations

import numpy as np

from geo.compiled import compiled
from geo.siting.median.pricing import Flags, Floats, Ints, Sites


@compiled
def transpose(rows: tuple[Ints, Sites, Floats], n_sites: int) -> tuple[Ints, Sites, Floats]:
    """Return the clients by site, ascending, with their costs."""
    start, site, cost = rows
    column = np.zeros(n_sites + 1, dtype=np.int64)
    for k in range(start[-1]):
        column[site[k] + 1] += 1
    for j in range(n_sites):
        column[j + 1] += column[j]
    place = column[:-1].copy()
    client = np.empty(start[-1], dtype=np.int32)
    column_cost = np.empty(start[-1])
    for i in range(len(start) - 1):
        for k in range(start[i], start[i + 1]):
            j = site[k]
            client[place[j]] = i
            column_cost[place[j]] = cost[k]
            place[j] += 1
    return column, client, column_cost


@compiled
def keep(rows: tuple[Ints, Sites, Floats], kept: Flags, position: Sites, most: Floats) -> tuple[Ints, Sites, Floats]:
    """Return the lists of the kept sites, renumbered, without entries of at least ``most`` (n_clients,)."""
    start, site, cost = rows
    n_clients = len(start) - 1
    new_start = np.zeros(n_clients + 1, dtype=np.int64)
    for i in range(n_clients):
        count = 0
        for k in range(start[i], start[i + 1]):
            if cost[k] >= most[i]:
                break
            if kept[site[k]]:
                count += 1
        new_start[i + 1] = new_start[i] + count
    new_site = np.empty(new_start[-1], dtype=np.int32)
    new_cost = np.empty(new_start[-1])
    for i in range(n_clients):
        at = new_start[i]
        for k in range(start[i], start[i + 1]):
            if at == new_start[i + 1]:
                break
            if kept[site[k]]:
                new_site[at] = position[site[k]]
                new_cost[at] = cost[k]
                at += 1
    return new_start, new_site, new_cost
