"""Sets of sites by row, kept as compressed sparse rows (CSR), and what makes them fewer without changing a problem.

``starts`` int64 (n_rows + 1,) and ``sites`` int32 (n_pairs,): the sites of row ``i`` are
``sites[starts[i]:starts[i + 1]]``, ascending. A row is a settlement, or a settlement in a season; its sites are those
that reach it in time.

References
----------
Toregas and ReVelle (1972), Papers of the Regional Science Association 28:135-144 (row and column dominance); Lv, Yu,
Liang, Chen and Dai (2025), European Journal of Operational Research (rows of equal coverage in one).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Starts = npt.NDArray[np.int64]
Members = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class MergedRows:
    """Rows with pairwise different sets of sites.

    Parameters
    ----------
    starts, sites
        CSR of the groups, in the order of their first rows.
    weights
        float64 (n_groups,), sums over the rows of each group.
    group_of_row
        int64 (n_rows,).
    """

    starts: Starts
    sites: Members
    weights: Floats
    group_of_row: Starts


def merge_rows(starts: Starts, sites: Members, weights: Floats) -> MergedRows:
    """Merge rows with the same set of sites, adding their weights (n_rows,) in the order of the rows.

    Hashes only propose which rows are the same; every row is compared with the first row of its group.
    """
    lengths = np.diff(starts)
    n_rows = len(lengths)
    hashes = _hashes(starts, sites)
    first_of_row = np.arange(n_rows)
    pending = np.arange(n_rows)
    while pending.size:
        order = np.lexsort((pending, lengths[pending], hashes[pending]))
        ordered = pending[order]
        fresh = np.ones(len(ordered), dtype=np.bool_)
        fresh[1:] = (np.diff(hashes[ordered]) != 0) | (np.diff(lengths[ordered]) != 0)
        firsts = ordered[np.maximum.accumulate(np.where(fresh, np.arange(len(ordered)), 0))]
        first_of_row[ordered] = firsts
        differs = ~fresh
        differs[differs] = ~_same(starts, sites, ordered[differs], firsts[differs])
        pending = np.sort(ordered[differs])
    kept, group_of_row = np.unique(first_of_row, return_inverse=True)
    merged_starts, merged_sites = take_rows(starts, sites, kept)
    totals = np.bincount(group_of_row, weights=weights, minlength=len(kept)).astype(np.float64)
    return MergedRows(merged_starts, merged_sites, totals, group_of_row.astype(np.int64))


def take_rows(starts: Starts, sites: Members, rows: npt.NDArray[np.integer]) -> tuple[Starts, Members]:
    """Return the CSR of some rows, given by ascending position."""
    lengths = np.diff(starts)[rows]
    new_starts = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum(lengths, out=new_starts[1:])
    return new_starts, sites[_spread(starts[rows], lengths)]


def take_sites(starts: Starts, sites: Members, keep: Mask) -> tuple[Starts, Members]:
    """Return the CSR without the sites that are not kept (n_sites,), the others counted anew from 0."""
    kept = keep[sites]
    before = np.zeros(len(sites) + 1, dtype=np.int64)
    np.cumsum(kept, out=before[1:])
    position = (np.cumsum(keep) - 1).astype(np.int32)
    return before[starts], position[sites[kept]]


def transpose(starts: Starts, sites: Members, n_sites: int) -> tuple[Starts, Members]:
    """Return the same pairs by site (CSC): starts int64 (n_sites + 1,) and rows int32, ascending within a site."""
    n_rows = len(starts) - 1
    new_starts = np.zeros(n_sites + 1, dtype=np.int64)
    np.cumsum(np.bincount(sites, minlength=n_sites), out=new_starts[1:])
    # One number per pair: sorting numbers is several times faster than sorting positions by site.
    pairs = sites.astype(np.int64) * n_rows + np.repeat(np.arange(n_rows), np.diff(starts))
    pairs.sort()
    return new_starts, (pairs % max(n_rows, 1)).astype(np.int32)


def row_of_pair(starts: Starts) -> Members:
    """Return the row of every pair, int32 (n_pairs,)."""
    return np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))


def _hashes(starts: Starts, sites: Members) -> npt.NDArray[np.uint64]:
    """Return a hash per row: the sum of the scrambled numbers of its sites (Steele et al. 2014, SplitMix64)."""
    values = np.arange(1, int(sites.max(initial=-1)) + 2, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    values ^= values >> np.uint64(31)
    sums = np.zeros(len(sites) + 1, dtype=np.uint64)
    np.cumsum(values[sites], out=sums[1:])
    return np.asarray(sums[starts[1:]] - sums[starts[:-1]])


def _same(starts: Starts, sites: Members, rows: Starts, others: Starts) -> Mask:
    """Return for pairs of rows of equal lengths whether their sites are the same."""
    lengths = starts[rows + 1] - starts[rows]
    equal = sites[_spread(starts[rows], lengths)] == sites[_spread(starts[others], lengths)]
    unequal = np.zeros(len(equal) + 1, dtype=np.int64)
    np.cumsum(~equal, out=unequal[1:])
    ends = np.cumsum(lengths)
    return np.asarray(unequal[ends] == unequal[ends - lengths])


def _spread(firsts: Starts, lengths: Starts) -> Starts:
    """Return the positions first, first + 1, ... of runs of these lengths, one run after the other."""
    ends = np.cumsum(lengths)
    return np.asarray(np.arange(int(lengths.sum())) + np.repeat(firsts - (ends - lengths), lengths))
