"""What need not be looked at in a covering problem: rows and sites that others imply, sites that must open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from geo.siting.cover.merge import (
    Floats,
    Mask,
    Members,
    Starts,
    merge_rows,
    row_of_pair,
    take_rows,
    take_sites,
    transpose,
)

#: Sets compared at a time without compiled code.
BLOCK: Final = 512


@dataclass(frozen=True, eq=False)
class Core:
    """What is left of a covering problem: rows of at least two sites each, none of which another row or site implies.

    Parameters
    ----------
    starts, sites
        CSR of the rows that are left over the sites that are left.
    costs
        float64 (n_left,).
    columns
        int64 (n_left,), which sites of the whole problem are left, ascending.
    forced
        int64, sites of the whole problem that are opened anyway, ascending.
    """

    starts: Starts
    sites: Members
    costs: Floats
    columns: Starts
    forced: Starts

    @property
    def n_rows(self) -> int:
        """Number of rows left."""
        return len(self.starts) - 1

    def having_opened(self, chosen: Mask) -> Core:
        """Return the core after some of its sites (n_left,) have opened: without them and without their rows."""
        if not chosen.any():
            return self
        covered = np.zeros(self.n_rows, dtype=np.bool_)
        covered[row_of_pair(self.starts)[chosen[self.sites]]] = True
        forced = np.sort(np.concatenate([self.forced, self.columns[chosen]]))
        return replace(self.of_rows(~covered).without(chosen), forced=forced)

    def of_rows(self, keep: Mask) -> Core:
        """Return the core with only some of its rows (n_rows,)."""
        if keep.all():
            return self
        starts, sites = take_rows(self.starts, self.sites, np.flatnonzero(keep))
        return replace(self, starts=starts, sites=sites)

    def without(self, gone: Mask) -> Core:
        """Return the core without some of its sites (n_left,)."""
        if not gone.any():
            return self
        starts, sites = take_sites(self.starts, self.sites, ~gone)
        return replace(self, starts=starts, sites=sites, costs=self.costs[~gone], columns=self.columns[~gone])


def reduce_cover(starts: Starts, sites: Members, costs: Floats, *, small: bool) -> Core:
    """Return the core of a covering problem in which every row has a site: some optimum of it completes to an optimum.

    Sites without cost open. Then, until nothing changes: equal rows become one; the only site of a row opens; a row
    that contains another row goes; a site goes whose rows are among those of a site that costs no more.
    """
    core = Core(starts, sites, costs, np.arange(len(costs)), np.zeros(0, dtype=np.int64))
    return reduce_core(core.having_opened(costs <= 0), small=small)


def reduce_core(core: Core, *, small: bool) -> Core:
    """Return the same for what is left of a problem."""
    while True:
        before = core.n_rows, len(core.columns)
        merged = merge_rows(core.starts, core.sites, np.ones(core.n_rows))
        core = replace(core, starts=merged.starts, sites=merged.sites)
        only = np.zeros(len(core.columns), dtype=np.bool_)
        only[core.sites[core.starts[:-1][np.diff(core.starts) == 1]]] = True
        core = core.having_opened(only)
        core = core.without(dominated_sites(core.starts, core.sites, core.costs, small=small))
        core = core.of_rows(~implied_rows(core.starts, core.sites, len(core.columns), small=small))
        if (core.n_rows, len(core.columns)) == before:
            return core


def implied_rows(starts: Starts, sites: Members, n_sites: int, *, small: bool) -> Mask:
    """Return which rows are covered whenever all others are: those that contain another row; of equals the first stays.

    Rows without sites imply nothing and are not implied.
    """
    if small:
        return _contained(starts, sites, n_sites, np.zeros(len(starts) - 1), drop_larger=True)
    from geo.siting.cover.kernels import supersets

    by_site = transpose(starts, sites, n_sites)
    return np.asarray(supersets(starts, sites, *by_site, np.zeros(len(starts) - 1), 1))


def dominated_sites(starts: Starts, sites: Members, costs: Floats, *, small: bool) -> Mask:
    """Return which sites are never needed: another one of no higher cost has all their rows; of equals the first stays.

    Sites without rows are not needed either.
    """
    n_rows = len(starts) - 1
    t_starts, t_rows = transpose(starts, sites, len(costs))
    idle = np.diff(t_starts) == 0
    if small:
        return np.asarray(idle | _contained(t_starts, t_rows, n_rows, costs, drop_larger=False))
    from geo.siting.cover.kernels import supersets

    return np.asarray(idle | supersets(t_starts, t_rows, starts, sites, costs, 0))


def _contained(starts: Starts, items: Members, n_items: int, costs: Floats, *, drop_larger: bool) -> Mask:
    """Return the same as the compiled ``supersets``, by matrix products."""
    n_sets = len(starts) - 1
    has = np.zeros((n_sets, n_items), dtype=np.float32)
    has[row_of_pair(starts), items] = 1.0
    sizes = np.diff(starts)
    positions = np.arange(n_sets)
    dropped = np.zeros(n_sets, dtype=np.bool_)
    for first in range(0, n_sets, BLOCK):
        block = positions[first : first + BLOCK, np.newaxis]
        inside = (has[first : first + BLOCK] @ has.T == sizes[block]) & (sizes[block] > 0) & (block != positions)
        same = (sizes[block] == sizes) & (costs[block] == costs)
        if drop_larger:
            dropped |= (inside & (~same | (block < positions))).any(axis=0)
        else:
            beaten = inside & (costs <= costs[block]) & (~same | (positions < block))
            dropped[first : first + BLOCK] |= beaten.any(axis=1)
    return dropped
