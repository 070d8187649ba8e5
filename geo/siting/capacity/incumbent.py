"""The best plan known so far where clients may be shared, and every set of sites tried on the way to it."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from geo.siting.capacity.instance import CapacityInstance, Mask, Plan, allows
from geo.siting.capacity.lagrangian import Region
from geo.siting.capacity.transport import Shipment, ship

#: Relative gap at which a plan is as good as proven.
CLOSED: Final = 5e-10

#: What the target lies above the bound while no plan is known, as a share.
HOPE: Final = 0.05


def closes(instance: CapacityInstance, bound: float, value: float) -> bool:
    """Return whether a bound proves that no plan is better than one of this value, ``inf`` where none is known."""
    if value == math.inf:
        return bound == math.inf
    if instance.integral and bound > value - 1 + CLOSED * max(value, 1.0):
        return True
    return bound >= value - CLOSED * max(abs(value), 1.0)


def goal(value: float, bound: float) -> float:
    """Return the value that bounds are to reach: that of the best plan, or a guess while there is none."""
    return value if math.isfinite(value) else bound + HOPE * abs(bound) + 1.0


class Incumbent:
    """The best plan known; sets of sites are offered to it, each is looked at once."""

    def __init__(self, instance: CapacityInstance, seed: int) -> None:
        self.instance = instance
        self.seed = seed
        self.plan: Plan | None = None
        self._seen: dict[bytes, Shipment | None] = {}

    @property
    def value(self) -> float:
        """Value of the plan, ``inf`` without one."""
        return self.plan.value if self.plan is not None else math.inf

    def goal(self, bound: float) -> float:
        """Return the value that bounds are to reach."""
        return goal(self.value, bound)

    def closes(self, bound: float) -> bool:
        """Return whether no plan above this bound can be better than the one known."""
        return closes(self.instance, bound, self.value)

    def may_hold(self, region: Region) -> bool:
        """Return whether sites, places, loads and money of a region leave room for a plan at all."""
        instance, doubt = self.instance, self.instance.load_doubt
        if int(region.must.sum()) > region.most or instance.capacity[region.may].sum() < instance.demand.sum() - doubt:
            return False
        if instance.min_load[region.must].sum() > instance.demand.sum() + doubt:
            return False
        if instance.budget is None:
            return True
        saved = np.minimum(instance.spending[region.may & ~region.must], 0.0).sum()
        return bool(instance.spending[region.must].sum() + saved <= instance.budget + instance.money_doubt)

    def offer(self, is_open: Mask) -> Shipment | None:
        """Return the cheapest sharing among these sites, None if there is none; keep it if it is the best so far."""
        key = np.packbits(is_open).tobytes()
        if key not in self._seen:
            shipment = ship(self.instance, is_open, self.seed) if allows(self.instance, is_open) else None
            self._seen[key] = shipment
            if shipment is not None and shipment.plan.value < self.value:
                self.plan = shipment.plan
        return self._seen[key]
