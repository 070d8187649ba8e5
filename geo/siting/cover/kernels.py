"""Compiled loops of the covering engine. Whoever needs them imports this module where they are needed: it loads numba.

Arrays are the CSR of ``merge`` and its transpose: ``starts, sites`` list the sites of every row, ``t_starts, t_rows``
the rows of every site.

References
----------
Gao, Weise and Li (2015), European Journal of Operational Research 246:750-761 (local search with row weights); Zhang,
Lü, Su, Li, Fang and Ma (2020), IJCAI, 1497-1503 (the same idea for the p-center).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled
from geo.siting.cover.merge import Floats, Mask, Members, Starts

Milliseconds = npt.NDArray[np.int32]
Bits = npt.NDArray[np.uint64]
#: CSR and transpose.
Graph = tuple[Starts, Members, Starts, Members]
#: Open sites, counts, weights, scores, uncovered rows, their places.
State = tuple[Mask, Starts, Starts, Starts, Starts, Starts]
Found = tuple[Mask, int]

#: Numerators and modulus of a small random generator (ANSI C's, ISO/IEC 9899 section 7.22.2): it only breaks ties.
_FACTOR, _STEP, _MODULUS = 1_103_515_245, 12_345, 2**31


@compiled
def reach_counts(times: Milliseconds, clients: Starts, limits: Milliseconds) -> Starts:
    """Return the starts (n_clients + 1,) of the CSR of sites within the limit of each of some clients."""
    starts = np.zeros(len(clients) + 1, dtype=np.int64)
    for row in range(len(clients)):
        count = 0
        for site in range(times.shape[1]):
            count += times[clients[row], site] <= limits[row]
        starts[row + 1] = starts[row] + count
    return starts


@compiled
def reach_sites(times: Milliseconds, clients: Starts, limits: Milliseconds, starts: Starts) -> Members:
    """Return the sites of that CSR."""
    sites = np.empty(starts[-1], dtype=np.int32)
    for row in range(len(clients)):
        place = starts[row]
        for site in range(times.shape[1]):
            if times[clients[row], site] <= limits[row]:
                sites[place] = site
                place += 1
    return sites


@compiled
def next_level(times: Milliseconds, least: int, most: int) -> int:
    """Return the smallest time above ``least``, ``most`` if there is none below it."""
    n_rows, n_sites = times.shape
    found = most
    for row in range(n_rows):
        for site in range(n_sites):
            value = times[row, site]
            if least < value < found:
                found = value
    return found


@compiled
def _as_bits(starts: Starts, items: Members, n_items: int) -> Bits:
    """Return sets as rows of bits."""
    bits = np.zeros((len(starts) - 1, (n_items + 63) // 64), dtype=np.uint64)
    for one in range(len(bits)):
        for k in range(starts[one], starts[one + 1]):
            bits[one, items[k] >> 6] |= np.uint64(1) << np.uint64(items[k] & 63)
    return bits


@compiled
def _has_all(bits: Bits, outer: int, members: Members) -> bool:
    """Return whether a set of bits has all the members."""
    for member in members:  # noqa: SIM110 - numba compiles no generators
        if not (bits[outer, member >> 6] >> np.uint64(member & 63)) & np.uint64(1):
            return False
    return True


@compiled
def supersets(
    starts: Starts, items: Members, t_starts: Starts, t_sets: Members, costs: Floats, drop_larger: int
) -> Mask:
    """Return which sets to drop because another set contains them or is contained in them.

    With ``drop_larger`` a set goes if it contains another one; without, if another one of no higher cost contains it.
    Of equals (in cost too) the first stays. Empty sets neither go nor make others go.
    """
    n_sets = len(starts) - 1
    bits = _as_bits(starts, items, len(t_starts) - 1)
    dropped = np.zeros(n_sets, dtype=np.bool_)
    for inner in range(n_sets):
        members = items[starts[inner] : starts[inner + 1]]
        if len(members) == 0:
            continue
        sizes = t_starts[members + 1] - t_starts[members]
        rarest = members[np.argmin(sizes)]
        for q in range(t_starts[rarest], t_starts[rarest + 1]):
            outer = t_sets[q]
            loser, winner = (outer, inner) if drop_larger else (inner, outer)
            size = starts[outer + 1] - starts[outer]
            if dropped[loser] or size < len(members) or costs[winner] > costs[loser]:
                continue
            same = size == len(members) and costs[winner] == costs[loser]
            if not (same and winner >= loser) and _has_all(bits, outer, members):
                dropped[loser] = True
    return dropped


@compiled
def _open(site: int, graph: Graph, state: State) -> None:
    """Open a site: rows covered for the first time stop to be a gain of others, rows covered twice a loss of one."""
    starts, sites, t_starts, t_rows = graph
    is_open, counts, weights, scores, uncovered, places = state
    is_open[site] = True
    for k in range(t_starts[site], t_starts[site + 1]):
        row = t_rows[k]
        counts[row] += 1
        if counts[row] == 1:
            size = len(places) - 1
            places[size] -= 1
            moved = uncovered[places[size]]
            uncovered[places[row]] = moved
            places[moved] = places[row]
            for q in range(starts[row], starts[row + 1]):
                if sites[q] != site:
                    scores[sites[q]] -= weights[row]
        elif counts[row] == 2:
            for q in range(starts[row], starts[row + 1]):
                if is_open[sites[q]] and sites[q] != site:
                    scores[sites[q]] -= weights[row]
                    break


@compiled
def _close(site: int, graph: Graph, state: State) -> None:
    """Close a site: the reverse of opening it."""
    starts, sites, t_starts, t_rows = graph
    is_open, counts, weights, scores, uncovered, places = state
    is_open[site] = False
    for k in range(t_starts[site], t_starts[site + 1]):
        row = t_rows[k]
        counts[row] -= 1
        if counts[row] == 0:
            size = len(places) - 1
            uncovered[places[size]] = row
            places[row] = places[size]
            places[size] += 1
            for q in range(starts[row], starts[row + 1]):
                if sites[q] != site:
                    scores[sites[q]] += weights[row]
        elif counts[row] == 1:
            for q in range(starts[row], starts[row + 1]):
                if is_open[sites[q]]:
                    scores[sites[q]] += weights[row]
                    break


@compiled
def _least_missed(state: State, costs: Floats, since: Starts, spared: int) -> int:
    """Return the open site whose closing loses least per cost (the longest open of equals), -1 if none may close."""
    is_open, scores = state[0], state[3]
    least = -1
    for site in range(len(is_open)):
        if not is_open[site] or site == spared:
            continue
        more = 1.0 if least < 0 else scores[least] * costs[site] - scores[site] * costs[least]
        if more > 0 or (more == 0 and since[site] < since[least]):
            least = site
    return least


@compiled
def _most_gaining(row: int, graph: Graph, state: State, costs: Floats, since: Starts, closed: int) -> int:
    """Return the site of a row whose opening gains most per cost (the longest closed of equals)."""
    starts, sites, _, _ = graph
    scores = state[3]
    best = -1
    for q in range(starts[row], starts[row + 1]):
        site = sites[q]
        if site == closed:
            continue
        more = 1.0 if best < 0 else scores[site] * costs[best] - scores[best] * costs[site]
        if more > 0 or (more == 0 and since[site] < since[best]):
            best = site
    return best if best >= 0 else closed


@compiled
def _greedy(graph: Graph, state: State, costs: Floats, limit: float) -> float:
    """Open the best site per cost as long as it covers something and fits the limit; return the cost of all."""
    is_open, scores = state[0], state[3]
    spent = 0.0
    for site in range(len(costs)):
        if is_open[site]:
            spent += costs[site]
    while True:
        best = -1
        for site in range(len(costs)):
            if is_open[site] or scores[site] <= 0 or spent + costs[site] > limit:
                continue
            if best < 0 or scores[site] * costs[best] > scores[best] * costs[site]:
                best = site
        if best < 0:
            return spent
        spent += costs[best]
        _open(best, graph, state)


@compiled
def _begin(graph: Graph, start: Mask, weights: Starts) -> State:
    """Return the state of a search: open sites, counts, weights and scores, uncovered rows with their places."""
    _, _, t_starts, t_rows = graph
    n_rows, n_sites = len(weights), len(start)
    scores = np.zeros(n_sites, dtype=np.int64)
    for site in range(n_sites):
        for k in range(t_starts[site], t_starts[site + 1]):
            scores[site] += weights[t_rows[k]]
    # The last place is not a row's: it holds how many rows are uncovered.
    state = (
        np.zeros(n_sites, dtype=np.bool_),
        np.zeros(n_rows, dtype=np.int64),
        weights,
        scores,
        np.arange(n_rows),
        np.arange(n_rows + 1),
    )
    for site in range(n_sites):
        if start[site]:
            _open(site, graph, state)
    return state


@compiled
def search(graph: Graph, costs: Floats, limit: float, start: Mask, weights: Starts, steps: tuple[int, int]) -> Found:
    """Look for a cover of at most the limit; return the open sites and how many rows they leave uncovered.

    Each step closes the site that is missed least, takes a random uncovered row, opens the best of its sites, and
    makes rows that stay uncovered heavier.

    Parameters
    ----------
    graph
        CSR and transpose; no row without sites.
    costs
        (n_sites,), above zero.
    limit
        Largest cost.
    start
        bool (n_sites,) where to start; filled up greedily, or thinned out, to the limit.
    weights
        int64 (n_rows,), from 1 on. Changed in place, so that a later search goes on from them.
    steps
        Number of steps and random seed.
    """
    state = _begin(graph, start, weights)
    starts, sites = graph[0], graph[1]
    is_open, _, _, scores, uncovered, places = state
    spent = _greedy(graph, state, costs, limit)
    since = np.zeros(len(costs), dtype=np.int64)
    while spent > limit:
        closed = _least_missed(state, costs, since, -1)
        _close(closed, graph, state)
        spent -= costs[closed]
    n_steps, random = steps
    last = -1
    for step in range(1, n_steps + 1):
        if places[-1] == 0:
            break
        closed = _least_missed(state, costs, since, last)
        if closed >= 0:
            _close(closed, graph, state)
            spent -= costs[closed]
            since[closed] = step
        random = (random * _FACTOR + _STEP) % _MODULUS
        opened = _most_gaining(uncovered[(random >> 8) % places[-1]], graph, state, costs, since, closed)
        while spent + costs[opened] > limit:
            other = _least_missed(state, costs, since, -1)
            if other < 0:
                return is_open, places[-1]
            _close(other, graph, state)
            spent -= costs[other]
            since[other] = step
        _open(opened, graph, state)
        spent += costs[opened]
        since[opened], last = step, opened
        for k in range(places[-1]):
            row = uncovered[k]
            weights[row] += 1
            for q in range(starts[row], starts[row + 1]):
                scores[sites[q]] += 1
    return is_open, places[-1]
