"""Plans for clients that go whole: allot them to sites, move every site to the middle of its clients, and try again.

References
----------
Cooper (1964), SIAM Review 6:37-53 (location and allocation in turn); Mulvey and Beck (1984), European Journal of
Operational Research 18:339-348 (with places).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from geo.siting.capacity.assign import Allotment, Assigner
from geo.siting.capacity.incumbent import goal
from geo.siting.capacity.instance import CapacityInstance, Floats, Mask, Plan, Positions, allows

#: Rounds of moving sites to the middle of their clients.
MOST_MOVES: Final = 30

#: Share by which a plan may be worse than the best one and still be where trials go on from.
DEVIATION: Final = 0.02

#: Exchanges of one trial, one of these drawn.
EXCHANGES: Final = (1, 1, 1, 2, 2, 3)

#: Sites near a closed one among which its successor is drawn.
SUCCESSORS: Final = 6


class Search:
    """The best plan known, and trials that may better it.

    Parameters
    ----------
    instance, seed
        The problem, and where random choices begin.
    assigner
        Who shares clients out; by default each to where the whole costs least.
    wide
        Whether trials may go on from a plan that is not the best, and exchange several sites at once.
    """

    def __init__(
        self, instance: CapacityInstance, seed: int, assigner: Assigner | None = None, *, wide: bool = False
    ) -> None:
        self.instance, self.wide = instance, wide
        self.assigner = assigner or Assigner(instance)
        self.plan: Plan | None = None
        self._walked: Allotment | None = None
        self._least = math.inf
        self._seen: set[bytes] = set()
        self._random = np.random.default_rng(seed)

    @property
    def value(self) -> float:
        """Value of the best plan, ``inf`` without one."""
        return self.plan.value if self.plan is not None else math.inf

    def goal(self, bound: float) -> float:
        """Return the value that bounds are to reach."""
        return goal(self.value, bound)

    def offer(self, is_open: Mask, known: Positions | None = None) -> None:
        """Try a set of sites, and those that moving each to the middle of its clients leads to."""
        for _ in range(MOST_MOVES):
            key = np.packbits(is_open).tobytes()
            if key in self._seen or not allows(self.instance, is_open) or not is_open.any():
                return
            self._seen.add(key)
            allotment = self.assigner.build(np.flatnonzero(is_open), known)
            self._keep(allotment, is_open)
            moved = self._centred(allotment)
            is_open = np.zeros_like(is_open)
            is_open[moved] = True
            known = moved[allotment.place]

    def perturb(self, n_rounds: int, favoured: Floats) -> None:
        """Close a site and open another one near, or any other, so many times, from the last good plan.

        ``favoured`` (n_sites,) says how often the bound opened each site; the likelier ones are tried more often.
        """
        for _ in range(n_rounds):
            if self._walked is None:
                return
            last = self._walked
            is_open = np.zeros(self.instance.n_sites, dtype=np.bool_)
            is_open[last.sites] = True
            for _exchange in range(self._random.choice(EXCHANGES) if self.wide else 1):
                if not self._exchange(is_open, last, favoured):
                    return
            self.offer(is_open, np.where(is_open[last.where], last.where, -1))

    def _exchange(self, is_open: Mask, last: Allotment, favoured: Floats) -> bool:
        """Close an open site, open another one, or both, in place; return whether there was anything to do."""
        closed = self._drawn(last.sites[is_open[last.sites] & ~self.instance.fixed[last.sites]])
        others = np.flatnonzero(self.instance.usable & ~is_open)
        if closed is None or others.size == 0:
            return False
        kind = self._random.integers(4)
        if kind < 3:
            near = self.assigner.cost[last.where == closed][:, others].sum(axis=0)
            ranked = others[np.argsort(near if kind < 2 else -favoured[others], kind="stable")]
            is_open[self._random.choice(ranked[:SUCCESSORS])] = True
            is_open[closed] = False
        elif self._random.random() < 0.5:
            is_open[closed] = False
        else:
            is_open[self._random.choice(others)] = True
        return True

    def _drawn(self, sites: Positions) -> int | None:
        return int(self._random.choice(sites)) if sites.size else None

    def _keep(self, allotment: Allotment, is_open: Mask) -> None:
        cost = allotment.cost + float(self.instance.opening[is_open].sum())
        judged = cost + self.assigner.fine * allotment.excess
        if judged < self._least or (self.wide and judged <= self._least + DEVIATION * abs(self._least)):
            self._walked = allotment
        self._least = min(self._least, judged)
        allowed = np.isfinite(self.instance.cost[np.arange(self.instance.n_clients), allotment.where]).all()
        if allotment.excess == 0.0 and allowed and cost < self.value:
            self.plan = whole_plan(self.instance, is_open, allotment.where)

    def _centred(self, allotment: Allotment) -> Positions:
        """Return for each open site the best site for its clients that is not taken by another."""
        instance, sites = self.instance, allotment.sites
        member = np.zeros((sites.size, instance.n_clients))
        member[allotment.place, np.arange(instance.n_clients)] = 1.0
        cost = member @ self.assigner.cost + instance.opening
        loads = member @ instance.demand
        too_small = loads[:, np.newaxis] > np.maximum(instance.capacity, instance.capacity[sites][:, np.newaxis])
        cost[:, ~instance.usable] = np.inf
        cost[too_small] = np.inf
        moved, taken = sites.copy(), set(sites.tolist())
        for position, site in enumerate(sites):
            if instance.fixed[site]:
                continue
            best = int(cost[position].argmin())
            if best not in taken and cost[position, best] < cost[position, site]:
                taken.add(best)
                taken.discard(int(site))
                moved[position] = best
        return moved


def whole_plan(instance: CapacityInstance, is_open: Mask, where: Positions) -> Plan:
    """Return the plan in which each client goes whole to its site (n_clients,)."""
    clients = np.arange(instance.n_clients)
    shares = np.zeros(instance.cost.shape)
    shares[clients, where] = 1.0
    value = float(instance.cost[clients, where].sum()) + float(instance.opening[is_open].sum())
    return Plan(is_open, shares, value)
