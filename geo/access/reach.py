"""The pairs of settlement and facility within a limit, gathered once from a large matrix.

Of the pairs of a country few are within an hour; every indicator with a catchment needs only these.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from geo.units import UNREACHABLE_MS

Milliseconds = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Reach:
    """Pairs within a limit, by settlement, then facility.

    Parameters
    ----------
    ends : int64 (n_settlements + 1,)
        Pairs of settlement i are those from ``ends[i]`` up to ``ends[i + 1]``.
    facility : int32 (n_pairs,)
        Positions.
    milliseconds : int32 (n_pairs,)
        Times, all at most the limit.
    shape
        Of the matrix they are from.
    limit_ms
        The limit; a time equal to it is within.
    """

    ends: Counts
    facility: Positions
    milliseconds: Milliseconds
    shape: tuple[int, int]
    limit_ms: int

    @classmethod
    def of(cls, times: Milliseconds | Reach, limit_ms: int) -> Reach:
        """Gather the pairs within a limit from a matrix, or from pairs gathered within the same or a longer one.

        Raises
        ------
        ValueError
            If the pairs were gathered within a shorter limit.
        """
        limit_ms = min(limit_ms, UNREACHABLE_MS - 1)
        if isinstance(times, Reach):
            return times._shortened(limit_ms)
        within = times <= limit_ms
        shape = (times.shape[0], times.shape[1])
        # A mask picks by rows whatever the order in memory, and needs no 64-bit positions.
        facility = np.broadcast_to(np.arange(shape[1], dtype=np.int32), shape)[within]
        return cls(_ends(np.count_nonzero(within, axis=1)), facility, times[within], shape, limit_ms)

    def _shortened(self, limit_ms: int) -> Reach:
        if limit_ms == self.limit_ms:
            return self
        if limit_ms > self.limit_ms:
            raise ValueError(f"pairs within {self.limit_ms} ms do not tell those within {limit_ms} ms")
        kept = self.milliseconds <= limit_ms
        counts = np.diff(np.concatenate([[0], np.cumsum(kept)])[self.ends])
        return Reach(_ends(counts), self.facility[kept], self.milliseconds[kept], self.shape, limit_ms)

    @property
    def n_within(self) -> Counts:
        """How many facilities are within the limit, (n_settlements,)."""
        return np.diff(self.ends)

    def spread(self, values: Floats) -> Floats:
        """Repeat a value of each settlement for each of its pairs, (n_pairs,)."""
        return np.repeat(values, self.n_within)

    def by_settlement(self, weights: Floats, per_facility: Floats) -> Floats:
        """Add up ``weight * value of the facility`` over the pairs of every settlement, (n_settlements,)."""
        sums: Floats = self._matrix(weights) @ per_facility
        return sums

    def by_facility(self, weights: Floats, per_settlement: Floats) -> Floats:
        """Add up ``weight * value of the settlement`` over the pairs of every facility, (n_facilities,)."""
        sums: Floats = self._matrix(weights).T @ per_settlement
        return sums

    def _matrix(self, weights: Floats) -> csr_array:
        return csr_array((weights, self.facility, self.ends), shape=self.shape)


def _ends(counts: npt.NDArray[np.integer]) -> Counts:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def divide_or_zero(above: Floats, below: Floats) -> Floats:
    """Return `above / below`, and 0 where nothing is below."""
    return np.divide(above, below, out=np.zeros(np.shape(above)), where=below > 0)
