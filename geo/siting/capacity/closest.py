"""Plans in which everybody goes to the nearest open site: the sites decide all, so a plan is only checked."""

from __future__ import annotations

import numpy as np

from geo.siting.capacity.assign import Allotment, Assigner
from geo.siting.capacity.instance import CapacityInstance, Floats, Positions


class NearestAssigner(Assigner):
    """Sends every client to its nearest open site, whether or not there is a place."""

    def __init__(self, instance: CapacityInstance) -> None:
        super().__init__(instance)
        self.nearness = np.where(np.isfinite(instance.nearness), instance.nearness, np.inf)

    def build(self, sites: Positions, known: Positions | None = None) -> Allotment:  # noqa: ARG002 - nothing to choose
        """Return the only assignment to the sites; ties go to the lowest index."""
        place = self.nearness[:, sites].argmin(axis=1)
        cost: Floats = self.cost[np.arange(place.size), sites[place]]
        loads = self._loads(place, sites.size)
        excess = float(np.maximum(self._misses(sites, loads) - self.instance.load_doubt, 0.0).sum())
        return Allotment(sites, place, float(cost.sum()), excess)
