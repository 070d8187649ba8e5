"""Who goes where when the open sites are known and every client goes whole: a generalised assignment problem, searched.

Clients that would lose most are placed first; then single clients are moved and pairs exchanged as long as that helps.
Loads may be wrong on the way: every place too many, or too few, costs a fine above any detour.

References
----------
Martello and Toth (1981), in Operational Research '81, 589-603 (the construction by regret); Osman (1995), OR Spektrum
17:211-225 (shifts and swaps).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from geo.siting.capacity.instance import CapacityInstance, Floats, Positions

#: Rounds of moves and exchanges at most; each applies several that do not touch each other.
MOST_ROUNDS: Final = 200

#: Smallest gain worth a move, relative to the cost of the plan.
SMALLEST_GAIN: Final = 1e-12


@dataclass(frozen=True, eq=False)
class Allotment:
    """Open sites and the position among them that serves each client; ``excess`` is what the loads miss in places."""

    sites: Positions
    place: Positions
    cost: float
    excess: float

    @property
    def where(self) -> Positions:
        """Site of each client (n_clients,)."""
        return self.sites[self.place]


class Assigner:
    """Shares clients out among open sites; what is forbidden is priced at a fine instead of infinity."""

    def __init__(self, instance: CapacityInstance) -> None:
        self.instance = instance
        finite = instance.cost[np.isfinite(instance.cost)]
        most = float(finite.max(initial=0.0)) or 1.0
        #: Cost of a client at a site that cannot serve it.
        self.barred = 1e3 * most
        self.cost = np.where(np.isfinite(instance.cost), instance.cost, self.barred)
        smallest = float(instance.demand[instance.demand > 0].min(initial=np.inf))
        #: Cost of one place too many or too few.
        self.fine = 10.0 * most / (smallest if np.isfinite(smallest) else 1.0)

    def build(self, sites: Positions, known: Positions | None = None) -> Allotment:
        """Return a good assignment to the sites, starting from the sites (n_clients,) of a former one if given."""
        cost = self.cost[:, sites]
        place = self._constructed(sites, cost, known)
        return self._improved(sites, cost, place)

    def _constructed(self, sites: Positions, cost: Floats, known: Positions | None) -> Positions:
        instance = self.instance
        place = np.full(instance.n_clients, -1)
        if known is not None:
            position = np.full(instance.n_sites, -1)
            position[sites] = np.arange(sites.size)
            place = position[known]
        room = instance.capacity[sites] - self._loads(place, sites.size)
        left = np.flatnonzero(place < 0)
        near = np.sort(cost[left], axis=1)[:, :2]
        regret = near[:, -1] - near[:, 0]
        for client in left[np.argsort(-regret, kind="stable")]:
            over = np.maximum(instance.demand[client] - np.maximum(room, 0.0), 0.0)
            chosen = int(np.argmin(cost[client] + self.fine * over))
            place[client] = chosen
            room[chosen] -= instance.demand[client]
        return place

    def _loads(self, place: Positions, n_places: int) -> Floats:
        inside = place >= 0
        return np.bincount(place[inside], self.instance.demand[inside], n_places).astype(np.float64)

    def _misses(self, sites: Positions, loads: Floats) -> Floats:
        """Return by how many places loads (..., n_sites) are too high or too low."""
        high = np.maximum(loads - self.instance.capacity[sites], 0.0)
        return np.asarray(high + np.maximum(self.instance.min_load[sites] - loads, 0.0))

    def _improved(self, sites: Positions, cost: Floats, place: Positions) -> Allotment:
        everybody = np.arange(place.size)
        for _ in range(MOST_ROUNDS):
            loads = self._loads(place, sites.size)
            threshold = -SMALLEST_GAIN * (float(cost[everybody, place].sum()) + 1.0)
            moved = self._shift(sites, cost, place, loads, threshold)
            if not moved and not self._swap(sites, cost, place, loads, threshold):
                break
        loads = self._loads(place, sites.size)
        excess = float(np.maximum(self._misses(sites, loads) - self.instance.load_doubt, 0.0).sum())
        return Allotment(sites, place, float(cost[everybody, place].sum()), excess)

    def _shift(self, sites: Positions, cost: Floats, place: Positions, loads: Floats, threshold: float) -> bool:
        """Move single clients to other sites in place; return whether any was moved."""
        demand, everybody = self.instance.demand, np.arange(place.size)
        now = self._misses(sites, loads)
        left = self._misses(sites[place], loads[place] - demand) - now[place]
        joined = self._misses(sites, loads + demand[:, np.newaxis]) - now
        change = cost - cost[everybody, place][:, np.newaxis] + self.fine * (left[:, np.newaxis] + joined)
        change[everybody, place] = 0.0
        best = change.argmin(axis=1)
        gains = change[everybody, best]
        clients = np.flatnonzero(gains < threshold)
        touched: set[int] = set()
        for client in clients[np.argsort(gains[clients], kind="stable")]:
            pair = {int(place[client]), int(best[client])}
            if not pair & touched:
                touched |= pair
                place[client] = best[client]
        return bool(touched)

    def _swap(self, sites: Positions, cost: Floats, place: Positions, loads: Floats, threshold: float) -> bool:
        """Exchange pairs of clients between sites in place; return whether any was exchanged."""
        demand = self.instance.demand
        now = self._misses(sites, loads)[place]
        there = cost[:, place]
        own = np.diagonal(there)
        # Row i, column k: what site of i is off by when k comes instead of i.
        load = loads[place][:, np.newaxis] - demand[:, np.newaxis] + demand
        off = self._row_misses(sites[place], load) - now[:, np.newaxis]
        change = there - own[:, np.newaxis] + self.fine * off
        change = change + change.T
        change[place[:, np.newaxis] == place] = 0.0
        best = change.argmin(axis=1)
        gains = change[np.arange(place.size), best]
        clients = np.flatnonzero(gains < threshold)
        touched: set[int] = set()
        for client in clients[np.argsort(gains[clients], kind="stable")]:
            other = int(best[client])
            pair = {int(place[client]), int(place[other])}
            if not pair & touched:
                touched |= pair
                place[client], place[other] = place[other], place[client]
        return bool(touched)

    def _row_misses(self, sites: Positions, loads: npt.NDArray[Any]) -> Floats:
        high = np.maximum(loads - self.instance.capacity[sites][:, np.newaxis], 0.0)
        return np.asarray(high + np.maximum(self.instance.min_load[sites][:, np.newaxis] - loads, 0.0))
