"""The clients of a p-center and the sites that reach them: what is asked of their matrix, one pass each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from geo.siting.cover.merge import Members, Starts
from geo.units import UNREACHABLE_MS

Milliseconds = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Clients:
    """Clients and free sites, with the passes over their matrix.

    Parameters
    ----------
    times
        int32 (n_clients, n_sites), ``UNREACHABLE_MS`` where there is no way.
    ceiling
        int32 (n_clients,), time to the nearest site that is open anyway.
    latest
        int32 (n_clients,), the longest time that each client may have, below ``UNREACHABLE_MS``.
    small
        Whether nothing is compiled.
    """

    times: Milliseconds
    ceiling: Milliseconds
    latest: Milliseconds
    small: bool

    @cached_property
    def best(self) -> Milliseconds:
        """Time (n_clients,) if every free site were open."""
        return np.asarray(np.minimum(self.times.min(axis=1, initial=UNREACHABLE_MS), self.ceiling))

    def nearest(self, chosen: Starts) -> Milliseconds:
        """Return the time of every client when these free sites are open."""
        return np.asarray(np.minimum(self.times[:, chosen].min(axis=1, initial=UNREACHABLE_MS), self.ceiling))

    def needing(self, time: int) -> Starts:
        """Return the clients who need a free site to have at most a time."""
        return np.flatnonzero(self.ceiling > np.minimum(self.latest, time))

    def reach(self, clients: Starts, time: int) -> tuple[Starts, Members]:
        """Return the CSR of the free sites that serve some clients within a time."""
        limits = np.minimum(self.latest[clients], time).astype(np.int32)
        if not self.small:
            from geo.siting.cover.kernels import reach_counts, reach_sites

            starts = reach_counts(self.times, clients, limits)
            return starts, reach_sites(self.times, clients, limits, starts)
        within = self.times[clients] <= limits[:, np.newaxis]
        starts = np.zeros(len(clients) + 1, dtype=np.int64)
        np.cumsum(within.sum(axis=1), out=starts[1:])
        return starts, np.nonzero(within)[1].astype(np.int32)

    def next_level(self, time: int, most: int) -> int:
        """Return the smallest time above one that a plan can have, ``most`` if there is none below it."""
        levels = self.ceiling[(self.ceiling > time) & (self.ceiling < most)]
        most = int(levels.min(initial=most))
        if not self.small:
            from geo.siting.cover.kernels import next_level

            return int(next_level(self.times, time, most))
        return int(self.times[(self.times > time) & (self.times < most)].min(initial=most))
