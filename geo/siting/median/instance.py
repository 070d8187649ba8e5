"""A siting problem with one burden to minimise, as lists of sites by client.

A client is a settlement, or a settlement in a season; it goes to the cheapest open site of its list, or pays its
ceiling where none is open. Sites that are open anyway have become ceilings. Whoever must be within some time has an
infinite ceiling and a list that ends there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from geo.siting.cover.merge import merge_rows, transpose
from geo.siting.median.types import Flags, Floats, Ints, Rows, Sites
from geo.units import UNREACHABLE_MS

if TYPE_CHECKING:
    from geo.siting.problem import SitingProblem

Burden = Callable[[npt.NDArray[Any]], npt.NDArray[Any]]

#: Pairs sorted at a time; bounds memory.
PAIRS_AT_A_TIME: Final = 2_000_000

#: Binary digits that sums of costs may take, so that all of them are exact.
DIGITS: Final = 52


@dataclass(frozen=True, eq=False)
class Clients:
    """Who travels, in which season, how much each counts (0: only has to be served), and until when at the latest."""

    season: Ints
    settlement: Ints
    weight: npt.NDArray[Any]
    latest_ms: Ints
    ceiling_ms: Ints


@dataclass(frozen=True, eq=False)
class Instance:
    """Lists by client.

    Parameters
    ----------
    rows
        Start (n_clients + 1,), site and cost of each client's entries, cheapest first. Costs are those beyond the
        cheapest entry or the ceiling, whichever is less, and multiples of ``grid``.
    ceiling
        (n_clients,), cost where no listed site is open; infinite where one must be.
    beyond
        (n_clients,), what the sites left out at the end of a list cost at least; infinite where none was.
    sites
        Positions of the problem's sites that entries count from 0.
    weight, room
        What each site takes of the resource, and how much there is.
    base
        The sum of what everybody pays at least; whole for a whole burden.
    grid
        A power of two; 0 while costs are as they came.
    """

    rows: Rows
    ceiling: Floats
    beyond: Floats
    sites: Ints
    weight: Floats
    room: float
    base: float
    grid: float

    @property
    def n_clients(self) -> int:
        """Number of clients."""
        return len(self.ceiling)

    def on_grid(self, largest: float) -> Instance:
        """Return the same with costs rounded down to a grid on which sums up to 16 x ``largest`` are exact.

        Lower costs keep every lower bound; whole costs stay as they are where the grid is fine enough.
        """
        grid = 2.0 ** (np.ceil(np.log2(max(largest, 1.0))) + 4 - DIGITS)
        start, site, cost = self.rows
        rows = (start, site, np.floor(cost / grid) * grid)
        ceiling, beyond = np.floor(self.ceiling / grid) * grid, np.floor(self.beyond / grid) * grid
        return replace(self, rows=rows, ceiling=ceiling, beyond=beyond, grid=grid)

    @property
    def essential(self) -> Flags:
        """Sites (n_sites,) that some client cannot do without."""
        start, site, _cost = self.rows
        only = (np.diff(start) == 1) & np.isinf(self.ceiling) & np.isinf(self.beyond)
        found = np.zeros(len(self.sites), dtype=np.bool_)
        found[site[start[:-1][only]]] = True
        return found

    def opened(self, chosen: Flags) -> Instance:
        """Return the same with some sites (n_sites,) open for good: they become ceilings and take their room."""
        if not chosen.any():
            return self
        start, site, cost = self.rows
        owner = np.repeat(np.arange(self.n_clients), np.diff(start))
        ceiling = self.ceiling.copy()
        served = chosen[site]
        np.minimum.at(ceiling, owner[served], cost[served])
        kept = ~served & (cost < ceiling[owner])
        position = np.cumsum(~chosen) - 1
        lengths = np.bincount(owner[kept], minlength=self.n_clients)
        rows = (np.concatenate([[0], np.cumsum(lengths)]), position[site[kept]].astype(np.int32), cost[kept])
        # A list that now ends at its ceiling is no longer cut.
        beyond = np.where(self.beyond >= ceiling, np.inf, self.beyond)
        return replace(
            self,
            rows=rows,
            ceiling=ceiling,
            beyond=beyond,
            sites=self.sites[~chosen],
            weight=self.weight[~chosen],
            room=self.room - float(self.weight[chosen].sum()),
        )

    def merged(self) -> Instance:
        """Return the same with clients of equal lists in one, where a site either serves or does not."""
        start, site, cost = self.rows
        if cost.any() or np.isfinite(self.beyond).any():
            return self
        # Transposed twice, the sites of a list ascend.
        n_sites = len(self.sites)
        start, site = transpose(*transpose(start, site, n_sites), self.n_clients)
        groups = merge_rows(start, site, self.ceiling)
        empty = np.full(len(groups.weights), np.inf)
        rows = (groups.starts, groups.sites, np.zeros(len(groups.sites)))
        return replace(self, rows=rows, ceiling=groups.weights, beyond=empty)


@dataclass(frozen=True, eq=False)
class _Part:
    """Lists of consecutive clients: entries each, their sites and times, and the time that follows a cut list."""

    lengths: Ints
    sites: Sites
    ms: npt.NDArray[np.int32]
    beyond_ms: Ints


def build(
    problem: SitingProblem,
    burden: Burden,
    clients: Clients,
    sites: Ints,
    weight: Floats,
    room: float,
    n_most: int | None,
) -> Instance:
    """Return the instance of a burden.

    Parameters
    ----------
    problem
        Whose times count.
    burden
        Non-decreasing function of milliseconds, element by element.
    clients
        Who travels.
    sites
        Positions of the free sites.
    weight, room
        The resource.
    n_most
        Longest list; None: whole lists.
    """
    flat_ms = _first_flat(burden, problem.longest_ms)
    must = clients.ceiling_ms > clients.latest_ms
    within = np.minimum(clients.ceiling_ms, np.where(must, clients.latest_ms + 1, flat_ms))
    floor_ms = np.minimum(clients.ceiling_ms, UNREACHABLE_MS)
    beyond_ms = np.full(len(floor_ms), UNREACHABLE_MS, dtype=np.int64)
    lengths = np.zeros(len(floor_ms), dtype=np.int64)
    sites_of, cost_of = [np.zeros(0, dtype=np.int32)], [np.zeros(0)]
    for block, part in _parts(problem, clients, sites, within, n_most):
        filled = np.flatnonzero(part.lengths > 0)
        first = np.concatenate([[0], np.cumsum(part.lengths)])[filled]
        floor_ms[block][filled] = np.minimum(floor_ms[block][filled], part.ms[first])
        owner = np.repeat(np.arange(len(part.lengths)), part.lengths)
        paid = (burden(part.ms) - burden(floor_ms[block])[owner]) * clients.weight[block][owner]
        lengths[block], beyond_ms[block] = part.lengths, part.beyond_ms
        sites_of.append(part.sites)
        cost_of.append(paid.astype(np.float64))
    floor = burden(floor_ms)
    start = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])
    ceiling = (burden(np.minimum(clients.ceiling_ms, UNREACHABLE_MS)) - floor) * clients.weight
    ceiling = np.where(must, np.inf, ceiling.astype(np.float64))
    cut = beyond_ms < UNREACHABLE_MS
    beyond = np.where(cut, (burden(beyond_ms) - floor) * clients.weight, np.inf)
    rows = (start, np.concatenate(sites_of), np.concatenate(cost_of))
    total = (floor * clients.weight).sum()
    return Instance(rows, ceiling, beyond, sites, weight, room, total.item(), 0.0)


def build_coverage(
    problem: SitingProblem, limit_ms: int, clients: Clients, sites: Ints, weight: Floats, room: float
) -> Instance:
    """Return the instance of a coverage, where a site serves a client or does not; equal clients are one.

    Whole lists of a country in which everybody reaches everybody would not fit: equal rows are found as bits.
    """
    within = np.minimum(clients.ceiling_ms, np.minimum(clients.latest_ms, limit_ms) + 1)
    packed = []
    for block, season in _blocks(clients, len(sites)):
        times = problem.milliseconds[season][np.ix_(clients.settlement[block], sites)]
        packed.append(np.packbits(times < within[block, np.newaxis], axis=1))
    bits = np.concatenate(packed) if packed else np.zeros((0, (len(sites) + 7) // 8), dtype=np.uint8)
    rows, group = np.unique(bits, axis=0, return_inverse=True)
    group = group.reshape(-1)
    lost = clients.ceiling_ms > limit_ms
    reached = np.bitwise_count(rows).sum(axis=1) > 0
    counts = lost & reached[group]
    must = (clients.ceiling_ms > clients.latest_ms).astype(np.float64)
    ceiling = np.bincount(group, weights=counts * clients.weight, minlength=len(rows)).astype(np.float64)
    ceiling[np.bincount(group, weights=must, minlength=len(rows)) > 0] = np.inf
    covers = np.unpackbits(rows, axis=1, count=len(sites)).astype(np.bool_)
    start = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(covers.sum(axis=1))])
    site = np.nonzero(covers)[1].astype(np.int32)
    hopeless = (clients.weight[lost & ~reached[group]]).sum().item()
    lists = (start, site, np.zeros(len(site)))
    return Instance(lists, ceiling, np.full(len(rows), np.inf), sites, weight, room, hopeless, 0.0)


def _first_flat(burden: Burden, longest_ms: int) -> int:
    """Return the shortest time from which on every longer one, and no way at all, is the same burden."""
    most = burden(np.array([UNREACHABLE_MS]))[0]
    low, high = 0, longest_ms + 1
    while low < high:
        middle = (low + high) // 2
        if burden(np.array([middle]))[0] >= most:
            high = middle
        else:
            low = middle + 1
    return low


def _parts(
    problem: SitingProblem, clients: Clients, sites: Ints, within: Ints, n_most: int | None
) -> Iterator[tuple[slice, _Part]]:
    position = np.full(problem.n_sites, -1, dtype=np.int32)
    position[sites] = np.arange(len(sites), dtype=np.int32)
    for block, season in _blocks(clients, len(sites)):
        settlements = clients.settlement[block]
        if problem.pairs:
            yield block, _listed(problem, season, settlements, position, within[block], n_most)
        else:
            times = problem.milliseconds[season][np.ix_(settlements, sites)]
            yield block, _nearest(times, within[block], n_most)


def _blocks(clients: Clients, n_sites: int) -> Iterator[tuple[slice, int]]:
    """Yield clients of one season, a bounded number of pairs at a time."""
    bounds = np.flatnonzero(np.diff(clients.season, prepend=-1, append=-1))
    step = max(1, PAIRS_AT_A_TIME // max(1, n_sites))
    for first, last in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        for a in range(first, last, step):
            yield slice(a, min(a + step, last)), int(clients.season[first])


def _nearest(times: npt.NDArray[np.int32], within: Ints, n_most: int | None) -> _Part:
    """Return the entries of a dense block, nearest first, ties by position."""
    n_clients, n_sites = times.shape
    digits = max(1, int(n_sites).bit_length())
    counts = (times < within[:, np.newaxis]).sum(axis=1)
    longest = int(counts.max(initial=0))
    n_kept = longest if n_most is None else min(longest, n_most)
    keys = (times.astype(np.int64) << digits) | np.arange(n_sites)
    beyond_ms = np.full(n_clients, UNREACHABLE_MS, dtype=np.int64)
    if n_kept < n_sites:
        keys = np.partition(keys, n_kept, axis=1)
        cut = counts > n_kept
        beyond_ms[cut] = keys[cut, n_kept] >> digits
        keys = keys[:, :n_kept]
    keys = np.sort(keys, axis=1)
    lengths = np.minimum(counts, n_kept)
    chosen = keys[np.arange(n_kept) < lengths[:, np.newaxis]]
    return _Part(
        lengths, (chosen & ((1 << digits) - 1)).astype(np.int32), (chosen >> digits).astype(np.int32), beyond_ms
    )


def _listed(
    problem: SitingProblem, season: int, settlements: Ints, position: Sites, within: Ints, n_most: int | None
) -> _Part:
    """Return the same of sparse times."""
    times = problem.pairs[season]
    counts = times.starts[settlements + 1] - times.starts[settlements]
    owner = np.repeat(np.arange(len(settlements)), counts)
    first = np.concatenate([[0], np.cumsum(counts)])[:-1]
    pair = np.arange(len(owner)) - first[owner] + times.starts[settlements][owner]
    site, ms = position[times.sites[pair]], times.milliseconds[pair]
    kept = (site >= 0) & (ms < within[owner])
    owner, site, ms = owner[kept], site[kept], ms[kept]
    order = np.lexsort((site, ms, owner))
    owner, site, ms = owner[order], site[order], ms[order]
    lengths = np.bincount(owner, minlength=len(settlements))
    beyond_ms = np.full(len(settlements), UNREACHABLE_MS, dtype=np.int64)
    if n_most is not None and int(lengths.max(initial=0)) > n_most:
        start = np.concatenate([[0], np.cumsum(lengths)])
        rank = np.arange(len(owner)) - start[owner]
        cut = np.flatnonzero(rank == n_most)
        beyond_ms[owner[cut]] = ms[cut]
        site, ms = site[rank < n_most], ms[rank < n_most]
        lengths = np.minimum(lengths, n_most)
    return _Part(lengths.astype(np.int64), site, ms, beyond_ms)
