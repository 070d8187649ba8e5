"""A siting problem with one burden to minimise, as lists of sites by client.

A client is a settlement, or a settlement in a season; it goes to the cheapest open site of its list, or pays its ceiling
where none is open. Sites that are open anyway have become ceilings. Whoever must be within some time has an infinite
ceiling and a list that ends there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from geo.units import UNREACHABLE_MS

if TYPE_CHECKING:
    from geo.siting.problem import SitingProblem

Ints = npt.NDArray[np.int64]
Sites = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Rows = tuple[Ints, Sites, Floats]
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
        A power of two.
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
    largest: float,
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
    largest
        No plan worth looking at costs more than this beyond the base: sets the grid.
    """
    flat_ms = _first_flat(burden, problem.longest_ms)
    within = np.minimum(np.minimum(clients.ceiling_ms, clients.latest_ms + 1), flat_ms)
    parts = list(_parts(problem, clients, sites, within, n_most))
    lengths = np.concatenate([np.zeros(0, dtype=np.int64), *(part.lengths for part in parts)])
    site = np.concatenate([np.zeros(0, dtype=np.int32), *(part.sites for part in parts)])
    ms = np.concatenate([np.zeros(0, dtype=np.int32), *(part.ms for part in parts)])
    beyond_ms = np.concatenate([np.zeros(0, dtype=np.int64), *(part.beyond_ms for part in parts)])
    del parts
    start = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])
    cut = beyond_ms < UNREACHABLE_MS
    floor_ms = np.minimum(clients.ceiling_ms, UNREACHABLE_MS)
    filled = lengths > 0
    floor_ms[filled] = np.minimum(floor_ms[filled], ms[start[:-1][filled]])
    floor = burden(floor_ms)
    grid = 2.0 ** (np.ceil(np.log2(max(largest, 1.0))) + 4 - DIGITS)
    owner = np.repeat(np.arange(len(lengths)), lengths)
    cost = _on_grid((burden(ms) - floor[owner]) * clients.weight[owner], grid)
    must = clients.ceiling_ms > clients.latest_ms
    ceiling = _on_grid((burden(np.minimum(clients.ceiling_ms, UNREACHABLE_MS)) - floor) * clients.weight, grid)
    ceiling = np.where(must, np.inf, ceiling)
    beyond = np.where(cut, _on_grid((burden(beyond_ms) - floor) * clients.weight, grid), np.inf)
    total = (floor * clients.weight).sum()
    return Instance((start, site, cost), ceiling, beyond, sites, weight, room, total.item(), grid)


def _on_grid(values: npt.NDArray[Any], grid: float) -> Floats:
    """Return values rounded down to the grid: lower costs keep every lower bound."""
    if values.dtype.kind == "i" and grid <= 1.0:
        return values.astype(np.float64)
    return np.floor(values / grid) * grid


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
) -> Iterator[_Part]:
    position = np.full(problem.n_sites, -1, dtype=np.int32)
    position[sites] = np.arange(len(sites), dtype=np.int32)
    bounds = np.flatnonzero(np.diff(clients.season, prepend=-1, append=-1))
    step = max(1, PAIRS_AT_A_TIME // max(1, len(sites)))
    for first, last in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        season = int(clients.season[first])
        for a in range(first, last, step):
            block = slice(a, min(a + step, last))
            settlements = clients.settlement[block]
            if problem.pairs:
                yield _listed(problem, season, settlements, position, within[block], n_most)
            else:
                times = problem.milliseconds[season][np.ix_(settlements, sites)]
                yield _nearest(times, within[block], n_most)


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
