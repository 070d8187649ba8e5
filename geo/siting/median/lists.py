"""Each client's sites, cheapest first, and the same by site; compiled where it sorts nothing.

A list may end before all sites are on it. What follows costs at least ``beyond``: prices may not exceed that, which
keeps every bound a bound.
"""

from __future__ import annotations

import numpy as np

from geo.compiled import compiled
from geo.siting.median.types import Flags, Floats, Ints, Sites


@compiled
def _place(start: Ints, site: Sites, cost: Floats, at: Ints, client: Sites, column_cost: Floats) -> None:
    for i in range(len(start) - 1):
        for k in range(start[i], start[i + 1]):
            place = at[site[k]]
            client[place] = i
            column_cost[place] = cost[k]
            at[site[k]] += 1


def transpose(start: Ints, site: Sites, cost: Floats, n_sites: int) -> tuple[Ints, Sites, Floats]:
    """Return the clients by site, ascending, with their costs."""
    column = np.zeros(n_sites + 1, dtype=np.int64)
    np.cumsum(np.bincount(site, minlength=n_sites), out=column[1:])
    client = np.empty(len(site), dtype=np.int32)
    column_cost = np.empty(len(site))
    _place(start, site, cost, column[:-1].copy(), client, column_cost)
    return column, client, column_cost


@compiled
def _count(start: Ints, site: Sites, cost: Floats, kept: Flags, most: Floats, lengths: Ints) -> None:
    for i in range(len(lengths)):
        lengths[i] = 0
        for k in range(start[i], start[i + 1]):
            if cost[k] >= most[i]:
                break
            if kept[site[k]]:
                lengths[i] += 1


@compiled
def _copy(
    start: Ints, site: Sites, cost: Floats, kept: Flags, position: Sites, new: tuple[Ints, Sites, Floats]
) -> None:
    new_start, new_site, new_cost = new
    for i in range(len(start) - 1):
        at = new_start[i]
        for k in range(start[i], start[i + 1]):
            if at == new_start[i + 1]:
                break
            if kept[site[k]]:
                new_site[at] = position[site[k]]
                new_cost[at] = cost[k]
                at += 1


def keep(start: Ints, site: Sites, cost: Floats, kept: Flags, most: Floats) -> tuple[Ints, Sites, Floats]:
    """Return the lists of the kept sites, renumbered, without entries of at least ``most`` (n_clients,)."""
    position = (np.cumsum(kept) - 1).astype(np.int32)
    lengths = np.empty(len(start) - 1, dtype=np.int64)
    _count(start, site, cost, kept, most, lengths)
    new_start = np.zeros(len(start), dtype=np.int64)
    np.cumsum(lengths, out=new_start[1:])
    rows = (new_start, np.empty(int(new_start[-1]), dtype=np.int32), np.empty(int(new_start[-1])))
    _copy(start, site, cost, kept, position, rows)
    return rows


@compiled
def value_of(column: Ints, client: Sites, column_cost: Floats, paid: Floats, chosen: Flags) -> float:
    """Return the cost of going to the cheapest chosen site, or paying what ``paid`` says, which is lowered."""
    for j in range(len(chosen)):
        if chosen[j]:
            for k in range(column[j], column[j + 1]):
                paid[client[k]] = min(paid[client[k]], column_cost[k])
    total = 0.0
    for i in range(len(paid)):
        total += paid[i]
    return total


@compiled
def lower(column: Ints, client: Sites, column_cost: Floats, ceiling: Floats, opened: int) -> None:
    """Lower the ceilings of an opened site's clients."""
    for k in range(column[opened], column[opened + 1]):
        ceiling[client[k]] = min(ceiling[client[k]], column_cost[k])
