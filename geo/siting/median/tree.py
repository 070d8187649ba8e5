"""Branch and bound on single sites with priced bounds; compiled.

A node closes or opens one site. An opened site lowers the ceilings of its clients and leaves the lists, so that every
node is again a problem with ceilings, lists and a number of sites to open, only smaller.

References
----------
Beasley (1985), European Journal of Operational Research 21:270-273 (Lagrangian branch and bound for the p-median).
"""

from __future__ import annotations

import numpy as np

from geo.compiled import compiled
from geo.siting.median.lists import keep, transpose
from geo.siting.median.pricing import Flags, Floats, Ints, Sites, ascend, choose

#: What a node says of a site: undecided, closed, open.
FREE, CLOSED, OPEN = 0, 1, 2


@compiled
def value_of(columns: tuple[Ints, Sites, Floats], ceiling: Floats, chosen: Flags) -> float:
    """Return the cost of going to the cheapest chosen site, or paying the ceiling."""
    column, client, column_cost = columns
    own = ceiling.copy()
    for j in range(len(chosen)):
        if chosen[j]:
            for k in range(column[j], column[j + 1]):
                own[client[k]] = min(own[client[k]], column_cost[k])
    return own.sum()


@compiled
def reduce_ceiling(rows: tuple[Ints, Sites, Floats], ceiling: Floats, opened: int) -> None:
    """Lower the ceilings of an opened site's clients."""
    start, site, cost = rows
    for i in range(len(ceiling)):
        for k in range(start[i], start[i + 1]):
            if cost[k] >= ceiling[i]:
                break
            if site[k] == opened:
                ceiling[i] = cost[k]
                break


@compiled
def stranded(rows: tuple[Ints, Sites, Floats], ceiling: Floats) -> bool:
    """Return whether somebody who must go to a listed site has none left."""
    start = rows[0]
    for i in range(len(ceiling)):
        if start[i] == start[i + 1] and ceiling[i] == np.inf:
            return True
    return False


@compiled
def branch(
    rows: tuple[Ints, Sites, Floats],
    ceiling: Floats,
    prices: Floats,
    weight: Floats,
    room: float,
    target: float,
    slack: float,
    grid: float,
    n_nodes: int,
    n_steps: int,
    settings: tuple[float, float, float, int, float],
) -> tuple[float, float, Flags, int, int]:
    """Return bound, best value below the target (or the target), its sites, nodes and steps.

    Parameters
    ----------
    rows
        Sites by client, cheapest first.
    ceiling
        (n_clients,), cost without any of the listed sites; infinite where one of them must serve.
    prices
        (n_clients,), good prices to begin with.
    weight, room
        The resource, as in `choose`.
    target, slack, grid, settings
        As in `ascend`.
    n_nodes, n_steps
        Most nodes, and most steps in a node.
    """
    n_clients, n_sites = len(ceiling), len(weight)
    best = target
    best_open = np.zeros(n_sites, dtype=np.bool_)
    states = [np.zeros(n_sites, dtype=np.uint8)]
    ceilings = [ceiling.copy()]
    reaches = [ceiling.copy()]
    starts = [prices.copy()]
    rooms = [room]
    bounds = [-np.inf]
    lowest = np.inf
    fixed_any = False
    nodes = 0
    steps = 0
    position = np.zeros(n_sites, dtype=np.int32)
    while len(states) > 0 and nodes < n_nodes:
        state, own, reach = states.pop(), ceilings.pop(), reaches.pop()
        current, left, above = starts.pop(), rooms.pop(), bounds.pop()
        if above >= best - slack:
            lowest = min(lowest, above)
            continue
        nodes += 1
        free = np.empty(n_sites, dtype=np.int32)
        kept = np.zeros(n_sites, dtype=np.bool_)
        n_kept = 0
        for j in range(n_sites):
            if state[j] == FREE and weight[j] > left:
                state[j] = CLOSED
            if state[j] == FREE:
                kept[j] = True
                position[j] = n_kept
                free[n_kept] = j
                n_kept += 1
        small = keep(rows, kept, position, reach)
        if stranded(small, own):
            continue
        small_columns = transpose(small, n_kept)
        average = np.zeros(n_kept)
        takes = weight[free[:n_kept]]
        for i in range(n_clients):
            current[i] = min(current[i], own[i])
        bound, worth, made = ascend(
            small, small_columns, own, takes, left, best, slack, grid, current, average, n_steps, settings
        )
        steps += made
        if bound >= best - slack:
            lowest = min(lowest, bound)
            continue
        chosen = np.zeros(n_kept, dtype=np.bool_)
        _total, edge, following = choose(worth, takes, left, chosen)
        value = value_of(small_columns, own, chosen)
        if value < best:
            best = value
            for j in range(n_sites):
                best_open[j] = state[j] == OPEN
            for t in range(n_kept):
                if chosen[t]:
                    best_open[free[t]] = True
            if bound >= best - slack:
                lowest = min(lowest, bound)
                continue
        slip = best - slack - bound
        # Sites whose opening, or whose closing, lifts the bound to the best value are decided.
        for t in range(n_kept):
            j = free[t]
            if not chosen[t]:
                if worth[t] - edge * takes[t] >= slip:
                    state[j] = CLOSED
                    fixed_any = True
            elif following * takes[t] - worth[t] >= slip:
                state[j] = OPEN
                fixed_any = True
                left -= takes[t]
                reduce_ceiling(rows, own, j)
        # Nobody goes to a site that costs more than the price and what room is left.
        for i in range(n_clients):
            reach[i] = min(own[i], reach[i], current[i] + slip)
            if own[i] > current[i] + slip:
                own[i] = np.inf
                fixed_any = True
        picked = -1
        score = -np.inf
        for t in range(n_kept):
            if state[free[t]] != FREE or not chosen[t]:
                continue
            merit = -abs(average[t] - 0.5)
            if merit > score:
                score = merit
                picked = free[t]
        if picked < 0:
            for t in range(n_kept):
                if state[free[t]] == FREE and takes[t] <= left:
                    merit = -worth[t]
                    if merit > score:
                        score = merit
                        picked = free[t]
        if picked < 0:
            total = own.sum()
            if total < best:
                best = total
                for j in range(n_sites):
                    best_open[j] = state[j] == OPEN
            continue
        opened = state.copy()
        opened[picked] = OPEN
        lowered = own.copy()
        reduce_ceiling(rows, lowered, picked)
        nearer = np.minimum(reach, lowered)
        state[picked] = CLOSED
        states.append(opened)
        ceilings.append(lowered)
        reaches.append(nearer)
        starts.append(current.copy())
        rooms.append(left - weight[picked])
        bounds.append(bound)
        states.append(state)
        ceilings.append(own)
        reaches.append(reach)
        starts.append(current)
        rooms.append(left)
        bounds.append(bound)
    # What fixing ruled out costs at least the best value less the slack.
    lowest = min(lowest, best - slack if fixed_any else best)
    for bound in bounds:
        lowest = min(lowest, bound)
    return lowest, best, best_open, nodes, steps
