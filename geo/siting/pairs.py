"""Times of pairs within reach, for problems too large to hold the time of every settlement to every site."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.units import UNREACHABLE_MS

Milliseconds = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class SparseTimes:
    """Times of one season by settlement; a pair that is not listed is unreachable.

    Parameters
    ----------
    starts
        int64 (n_settlements + 1,), where the pairs of each settlement begin and the last ones end.
    sites
        int32 (n_pairs,), positions of sites; none twice within a settlement.
    milliseconds
        int32 (n_pairs,), from 0 and below ``UNREACHABLE_MS``.
    n_sites
        Number of sites.

    Raises
    ------
    ValueError
        If anything above does not hold.
    """

    starts: npt.NDArray[np.int64]
    sites: npt.NDArray[np.int32]
    milliseconds: Milliseconds
    n_sites: int

    def __post_init__(self) -> None:
        n_pairs = len(self.sites)
        for name, dtype in (("starts", np.int64), ("sites", np.int32), ("milliseconds", np.int32)):
            values = getattr(self, name)
            if values.dtype != dtype or values.ndim != 1:
                raise ValueError(f"{name} of sparse times must be a flat array of {np.dtype(dtype)}")
        if len(self.milliseconds) != n_pairs or len(self.starts) == 0 or self.starts[0] != 0:
            raise ValueError("starts, sites and milliseconds of sparse times do not belong together")
        if self.starts[-1] != n_pairs or (np.diff(self.starts) < 0).any():
            raise ValueError("starts of sparse times must ascend to the number of pairs")
        if n_pairs and (self.sites.min() < 0 or self.sites.max() >= self.n_sites):
            raise ValueError(f"sites of sparse times must be positions from 0 to {self.n_sites - 1}")
        if n_pairs and (self.milliseconds.min() < 0 or self.milliseconds.max() >= UNREACHABLE_MS):
            raise ValueError("milliseconds of sparse times must be from 0 and below UNREACHABLE_MS")
        self._check_repeats()

    @property
    def n_settlements(self) -> int:
        """Number of settlements."""
        return len(self.starts) - 1

    @property
    def settlement_of_pair(self) -> npt.NDArray[np.int32]:
        """Position of each pair's settlement (n_pairs,)."""
        return np.repeat(np.arange(self.n_settlements, dtype=np.int32), np.diff(self.starts))

    def nearest_ms(self, is_open: Mask) -> Milliseconds:
        """Return the time to the nearest open site (n_settlements,)."""
        nearest = np.full(self.n_settlements, UNREACHABLE_MS, dtype=np.int32)
        filled = np.flatnonzero(np.diff(self.starts) > 0)
        if filled.size:
            times = np.where(is_open[self.sites], self.milliseconds, np.int32(UNREACHABLE_MS))
            nearest[filled] = np.minimum.reduceat(times, self.starts[filled])
        return nearest

    def assign(self, is_open: Mask) -> Milliseconds:
        """Return the nearest open site (n_settlements,), the lowest position among ties, -1 where none."""
        nearest = self.nearest_ms(is_open)
        found = np.full(self.n_settlements, self.n_sites, dtype=np.int32)
        settlement = self.settlement_of_pair
        tied = is_open[self.sites] & (self.milliseconds == nearest[settlement])
        np.minimum.at(found, settlement[tied], self.sites[tied])
        return np.where(found < self.n_sites, found, -1).astype(np.int32)

    def two_nearest(self, is_open: Mask) -> tuple[Milliseconds, Milliseconds, Milliseconds]:
        """Return time to the nearest open site (n_settlements,), that site (-1: none), and time to the next."""
        nearest, site = self.nearest_ms(is_open), self.assign(is_open)
        others = self.sites != site[self.settlement_of_pair]
        second = np.full(self.n_settlements, UNREACHABLE_MS, dtype=np.int32)
        filled = np.flatnonzero(np.diff(self.starts) > 0)
        if filled.size:
            times = np.where(is_open[self.sites] & others, self.milliseconds, np.int32(UNREACHABLE_MS))
            second[filled] = np.minimum.reduceat(times, self.starts[filled])
        return nearest, site, second

    def row(self, settlement: int) -> tuple[npt.NDArray[np.int32], Milliseconds]:
        """Return sites and times of one settlement."""
        part = slice(self.starts[settlement], self.starts[settlement + 1])
        return self.sites[part], self.milliseconds[part]

    def dense(self) -> Milliseconds:
        """Return all times (n_settlements, n_sites), ``UNREACHABLE_MS`` where no pair is listed."""
        times = np.full((self.n_settlements, self.n_sites), UNREACHABLE_MS, dtype=np.int32)
        times[self.settlement_of_pair, self.sites] = self.milliseconds
        return times

    def _check_repeats(self) -> None:
        for first in range(0, self.n_settlements, 4096):
            last = min(first + 4096, self.n_settlements)
            part = slice(self.starts[first], self.starts[last])
            own = np.repeat(np.arange(first, last), np.diff(self.starts[first : last + 1]))
            keys = np.sort(own * np.int64(self.n_sites) + self.sites[part])
            if (np.diff(keys) == 0).any():
                raise ValueError("sparse times list a pair twice")
