"""What an open site is worth when every client goes to it whole or not at all: one 0-1 knapsack per site.

It lifts the bound of the continuous knapsacks where places are few and clients large. Loads are counted in whole units
of places; where demands are not multiples of a useful unit, demands are rounded down, which keeps the bound a bound.

References
----------
Ceselli and Righini (2005), A branch-and-price algorithm for the capacitated p-median problem, Networks 45:125-142 (how
much these knapsacks lift the bound).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from geo.siting.capacity.instance import CapacityInstance, Floats, Positions
from geo.siting.capacity.lagrangian import ROUNDING, Priced, Region, Relaxation, cheapest

Units = npt.NDArray[np.int64]

#: Units into which the largest limited capacity is divided at most; the tables of the knapsacks are that long.
MOST_UNITS: Final = 1_000


@dataclass(frozen=True, eq=False)
class Filling:
    """The best choice of clients for some sites: what it is worth, and who is in (n_sites, n_clients)."""

    gain: Floats
    chosen: npt.NDArray[np.bool_]


class WholeRelaxation(Relaxation):
    """The bound at any prices when no client may be shared between sites."""

    def __init__(self, instance: CapacityInstance) -> None:
        super().__init__(instance)
        self.demand, self.capacity = _units(instance)

    def price(self, prices: Floats, toll: float, region: Region) -> Priced:
        """Return the bound at these prices; the knapsacks are solved only for sites that may be among the best."""
        loose = super().price(prices, toll, region)
        worth, solved = loose.worth.copy(), np.isinf(loose.worth)
        chosen = np.zeros((self.instance.n_sites, self.instance.n_clients), dtype=np.bool_)
        is_open = loose.is_open
        while (is_open & ~solved).any():
            sites = np.flatnonzero(is_open & ~solved)
            filling = fill(self.cost[sites] - prices, self.demand, self.capacity[sites])
            alone = self.instance.opening[sites] + toll * self.instance.spending[sites] + filling.gain
            worth[sites] = np.maximum(worth[sites], alone)
            chosen[sites] = filling.chosen
            solved[sites] = True
            is_open = cheapest(worth, region)
        served = chosen[is_open].sum(axis=0).astype(np.float64)
        gains = 2 * float(np.abs(worth[is_open]).sum())
        bound = self._certain(prices, toll, worth[is_open], is_open, gains)
        return replace(loose, bound=bound, worth=worth, is_open=is_open, served=served)


def _units(instance: CapacityInstance) -> tuple[Units, Units]:
    """Return demands and capacities in whole units; unlimited capacities hold everybody."""
    limited = np.isfinite(instance.capacity)
    largest = float(instance.capacity[limited].max(initial=0.0))
    whole = bool((instance.demand == np.floor(instance.demand)).all())
    unit = float(np.gcd.reduce(instance.demand.astype(np.int64))) if whole and instance.demand.any() else 1.0
    if not whole or largest / unit > MOST_UNITS:
        unit = max(largest, 1.0) / MOST_UNITS
    # A demand just below a whole number of units may be that number with a rounding error; rounding down is safe.
    demand = np.floor(instance.demand / unit + (0.0 if not whole else ROUNDING)).astype(np.int64)
    capacity = np.where(limited, np.floor(instance.capacity / unit + ROUNDING), demand.sum())
    return demand, np.minimum(capacity, demand.sum()).astype(np.int64)


def fill(gains: Floats, demand: Units, capacity: Units) -> Filling:
    """Return the cheapest set of clients for each site that fits its capacity.

    Parameters
    ----------
    gains
        (n_sites, n_clients): cost of taking a client; only those below 0 are of interest.
    demand, capacity
        (n_clients,) and (n_sites,) in whole units.
    """
    wanted = gains < 0
    fits = wanted & (demand <= capacity[:, np.newaxis])
    load = fits @ demand
    chosen = np.where((load <= capacity)[:, np.newaxis], fits, False)
    hard = np.flatnonzero(load > capacity)
    if hard.size:
        chosen[hard] = _solve(np.where(fits[hard], gains[hard], 0.0), demand, capacity[hard])
    return Filling(np.where(chosen, gains, 0.0).sum(axis=1), chosen)


def _solve(gains: Floats, demand: Units, capacity: Units) -> npt.NDArray[np.bool_]:
    """Return the optimal choices (n_sites, n_clients) of knapsacks, by dynamic programming over all sites at once."""
    n_sites, n_clients = gains.shape
    order = np.argsort(gains, axis=1, kind="stable")
    n_items = int((gains < 0).sum(axis=1).max(initial=0))
    length = int(capacity.max(initial=0)) + 1
    pad = int(demand.max(initial=0))
    table = np.zeros((n_sites, pad + length))
    table[:, :pad] = np.inf
    rows = np.arange(n_sites)
    ends = (rows * (pad + length) + pad)[:, np.newaxis] + np.arange(length)
    taken = np.zeros((n_items, n_sites, length), dtype=np.bool_)
    for step in range(n_items):
        client = order[:, step]
        with_it = table.ravel()[ends - demand[client][:, np.newaxis]] + gains[rows, client][:, np.newaxis]
        np.less(with_it, table[:, pad:], out=taken[step])
        np.minimum(table[:, pad:], with_it, out=table[:, pad:])
    return _traced(taken, order, demand, capacity, n_clients)


def _traced(
    taken: npt.NDArray[np.bool_], order: Positions, demand: Units, capacity: Units, n_clients: int
) -> npt.NDArray[np.bool_]:
    """Walk the tables back from the full capacities."""
    n_items, n_sites, _ = taken.shape
    chosen = np.zeros((n_sites, n_clients), dtype=np.bool_)
    rows, room = np.arange(n_sites), capacity.copy()
    for step in range(n_items - 1, -1, -1):
        inside = taken[step, rows, room]
        client = order[:, step]
        chosen[rows, client] |= inside
        room = room - np.where(inside, demand[client], 0)
    return chosen


def worth_with(relaxation: WholeRelaxation, priced: Priced) -> Floats:
    """Return what each site is worth if it must serve each client (n_clients, n_sites), never more than the truth.

    The client's own gain is added to the best filling of the places that it leaves; that filling may contain the
    client once more, which only makes the number smaller. ``inf`` where the client does not fit.
    """
    instance = relaxation.instance
    worth = np.full(instance.cost.shape, np.inf)
    for site in np.flatnonzero(np.isfinite(priced.worth)):
        gains = relaxation.cost[site] - priced.prices
        base = float(instance.opening[site] + priced.toll * instance.spending[site])
        left = relaxation.capacity[site] - relaxation.demand
        table = filled_table(gains, relaxation.demand, int(relaxation.capacity[site]))
        with_it = np.where(left >= 0, table[np.maximum(left, 0)] + gains, np.inf)
        worth[:, site] = np.maximum(base + with_it, priced.worth[site])
    return worth


def filled_table(gains: Floats, demand: Units, capacity: int) -> Floats:
    """Return the least sum of gains of clients that fit 0, 1, ..., ``capacity`` units."""
    table = np.zeros(capacity + 1)
    for client in np.flatnonzero((gains < 0) & (demand <= capacity)):
        size = demand[client]
        table[size:] = np.minimum(table[size:], table[: capacity + 1 - size] + gains[client])
    return table
