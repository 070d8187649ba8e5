"""Ways of a visiting team: from the nearest facility to every village below the norm and back, in every season."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geo.planning.circuits import VisitRound
from geo.travel.paths import Paths
from geo.units import UNREACHABLE_MS

if TYPE_CHECKING:
    from geo.study.prepare import Prepared

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class VisitWays:
    """Ways between bases and villages; the bases come first among the places of each season's ways.

    Parameters
    ----------
    base_ids, village_ids
        Facilities that teams come from, and settlements that are visited.
    ways
        Per season of the study.
    """

    base_ids: tuple[str, ...]
    village_ids: tuple[str, ...]
    ways: tuple[Paths, ...]

    @classmethod
    def of(cls, prepared: Prepared, base_ids: Sequence[str], village_ids: Sequence[str]) -> VisitWays:
        """Find the ways on the roads of every season."""
        settlements = {name: place for place, name in enumerate(prepared.places.settlements.ids)}
        sites = {name: len(settlements) + place for place, name in enumerate(prepared.places.sites.ids)}
        points = [sites[name] for name in base_ids] + [settlements[name] for name in village_ids]
        return cls(tuple(base_ids), tuple(village_ids), tuple(graph.between(points) for graph in prepared.path_graphs))

    def driving_ms(self, season: int) -> tuple[Ints, Ints]:
        """Return the base of every village in a season, and the time there and back.

        Returns
        -------
        base : int64 (n_villages,)
            Position of the nearest base, there and back; -1 where no way is open.
        ms : int64 (n_villages,)
            `UNREACHABLE_MS` there.
        """
        n = len(self.base_ids)
        ms = self.ways[season].ms
        if not n or not self.village_ids:
            nowhere = np.full(len(self.village_ids), -1, dtype=np.int64)
            return nowhere, np.full(len(self.village_ids), UNREACHABLE_MS, dtype=np.int64)
        there, back = ms[:n, n:], ms[n:, :n].T
        both = np.where((there < UNREACHABLE_MS) & (back < UNREACHABLE_MS), there + back, UNREACHABLE_MS)
        base = both.argmin(axis=0)
        shortest = both[base, np.arange(both.shape[1])]
        return np.where(shortest < UNREACHABLE_MS, base, -1), shortest

    def metres(self, season: int, base: int, villages: Sequence[int]) -> float:
        """Return the length of the way from a base through villages in their order and back; infinite without one."""
        way = [base, *(len(self.base_ids) + village for village in villages), base]
        return sum(self.ways[season].metres(here, there) for here, there in itertools.pairwise(way))

    def round(self, season: int, base: int, villages: Sequence[int], visit_ms: int, day_ms: int) -> VisitRound:
        """Return the question of a round from one base; place 0 is the base, the others are the villages given."""
        places = np.array([base, *(len(self.base_ids) + village for village in villages)], dtype=np.int64)
        ms = self.ways[season].ms[np.ix_(places, places)]
        visits = np.array([0, *(visit_ms for _village in villages)], dtype=np.int64)
        return VisitRound(ms.copy(), visits, day_ms)
