"""Interchange: a better plan by opening one site for another, with a memory of what changed; compiled.

A plan's state is, per client, the two cheapest open sites of its list; per open site, what its closure would add. A
site is worth looking at again only after somebody near it has changed, so a search costs what it touches.

References
----------
Whitaker (1983), INFOR 21:95-108 (fast interchange); Resende and Werneck (2007), European Journal of Operational
Research 182:105-123 (gain and loss kept apart); Lourenco, Martin and Stuetzle (2003), Handbook of Metaheuristics,
321-353 (iterated local search).
"""

from __future__ import annotations

import numpy as np

from geo.compiled import compiled
from geo.siting.median.pricing import Flags, Floats, Ints, Sites

#: State of a plan: cheapest and second cheapest cost and site per client, loss per site, open flags.
State = tuple[Floats, Floats, Sites, Sites, Floats, Flags]


@compiled
def seat(rows: tuple[Ints, Sites, Floats], otherwise: Floats, is_open: Flags, state: State, i: int) -> None:
    """Find the two cheapest open sites of a client; -1 and the cost ``otherwise`` where its list has none."""
    start, site, cost = rows
    first, second, first_site, second_site, _loss, _open = state
    first[i] = second[i] = otherwise[i]
    first_site[i] = second_site[i] = -1
    for k in range(start[i], start[i + 1]):
        if is_open[site[k]]:
            if first_site[i] < 0:
                first[i] = cost[k]
                first_site[i] = site[k]
            else:
                second[i] = cost[k]
                second_site[i] = site[k]
                return


@compiled
def new_state(rows: tuple[Ints, Sites, Floats], otherwise: Floats, is_open: Flags) -> State:
    """Return the state of a plan; the flags become part of it."""
    n_clients, n_sites = len(otherwise), len(is_open)
    state = (
        np.empty(n_clients),
        np.empty(n_clients),
        np.empty(n_clients, dtype=np.int32),
        np.empty(n_clients, dtype=np.int32),
        np.zeros(n_sites),
        is_open,
    )
    for i in range(n_clients):
        seat(rows, otherwise, is_open, state, i)
        if state[2][i] >= 0:
            state[4][state[2][i]] += state[1][i] - state[0][i]
    return state


@compiled
def touch(
    rows: tuple[Ints, Sites, Floats], state: State, i: int, most: float, queue: Sites, queued: Flags, tail: int
) -> int:
    """Queue every closed site that is cheaper than ``most`` for a client; return the new end of the queue."""
    start, site, cost = rows
    is_open = state[5]
    n_sites = len(is_open)
    for k in range(start[i], start[i + 1]):
        if cost[k] >= most:
            break
        j = site[k]
        if not is_open[j] and not queued[j]:
            queued[j] = True
            queue[tail % n_sites] = j
            tail += 1
    return tail


@compiled
def open_site(
    rows: tuple[Ints, Sites, Floats],
    columns: tuple[Ints, Sites, Floats],
    state: State,
    j: int,
    queue: Sites,
    queued: Flags,
    tail: int,
) -> int:
    """Open a site; return the new end of the queue."""
    column, client, column_cost = columns
    first, second, first_site, second_site, loss, is_open = state
    is_open[j] = True
    loss[j] = 0.0
    for k in range(column[j], column[j + 1]):
        i = client[k]
        value = column_cost[k]
        if value < first[i]:
            tail = touch(rows, state, i, second[i], queue, queued, tail)
            if first_site[i] >= 0:
                loss[first_site[i]] -= second[i] - first[i]
            second[i] = first[i]
            second_site[i] = first_site[i]
            first[i] = value
            first_site[i] = j
            loss[j] += second[i] - value
        elif value < second[i]:
            tail = touch(rows, state, i, second[i], queue, queued, tail)
            if first_site[i] >= 0:
                loss[first_site[i]] -= second[i] - value
            second[i] = value
            second_site[i] = j
    return tail


@compiled
def close_site(
    rows: tuple[Ints, Sites, Floats],
    columns: tuple[Ints, Sites, Floats],
    otherwise: Floats,
    state: State,
    j: int,
    queue: Sites,
    queued: Flags,
    tail: int,
) -> int:
    """Close a site; return the new end of the queue."""
    column, client, _column_cost = columns
    first, second, first_site, second_site, loss, is_open = state
    is_open[j] = False
    loss[j] = 0.0
    for k in range(column[j], column[j + 1]):
        i = client[k]
        if first_site[i] == j or second_site[i] == j:
            if first_site[i] != j:
                loss[first_site[i]] -= second[i] - first[i]
            seat(rows, otherwise, is_open, state, i)
            if first_site[i] >= 0:
                loss[first_site[i]] += second[i] - first[i]
            tail = touch(rows, state, i, second[i], queue, queued, tail)
    return tail


@compiled
def best_exchange(
    columns: tuple[Ints, Sites, Floats],
    state: State,
    resource: tuple[Floats, Flags, Floats],
    j: int,
    change: Floats,
    touched: Sites,
    cheapest: int,
) -> tuple[float, int]:
    """Return what opening a site and closing the best one for it adds to the cost, and which one that is.

    It is -1 where the site fits without closing any, and -2 where it does not fit at all.
    """
    column, client, column_cost = columns
    first, second, first_site, _second_site, loss, is_open = state
    weight, fixed, left = resource
    gain = 0.0
    n_touched = 0
    for k in range(column[j], column[j + 1]):
        i = client[k]
        value = column_cost[k]
        if value >= second[i]:
            continue
        r = first_site[i]
        if value < first[i]:
            gain += first[i] - value
            drop = second[i] - first[i]
        else:
            drop = second[i] - value
        if r >= 0 and not fixed[r]:
            if change[r] == 0.0 and drop > 0.0:
                touched[n_touched] = r
                n_touched += 1
            change[r] += drop
    needed = weight[j] - left[0]
    best = np.inf
    leaving = -2
    if needed <= 0.0:
        best = 0.0
        leaving = -1
    elif cheapest >= 0 and weight[cheapest] >= needed:
        best = loss[cheapest] - change[cheapest]
        leaving = cheapest
    else:
        for r in range(len(loss)):
            if is_open[r] and not fixed[r] and weight[r] >= needed and loss[r] - change[r] < best:
                best = loss[r] - change[r]
                leaving = r
    if leaving != -1:
        for t in range(n_touched):
            r = touched[t]
            net = loss[r] - change[r]
            if weight[r] >= needed and (net < best or (net == best and r < leaving)):
                best = net
                leaving = r
    for t in range(n_touched):
        change[touched[t]] = 0.0
    return best - gain, leaving


@compiled
def cheapest_closure(state: State, fixed: Flags) -> int:
    """Return the open site whose closure costs least, the lowest index among equals; -1 without any."""
    loss, is_open = state[4], state[5]
    found = -1
    for j in range(len(loss)):
        if is_open[j] and not fixed[j] and (found < 0 or loss[j] < loss[found]):
            found = j
    return found


@compiled
def settle(
    rows: tuple[Ints, Sites, Floats],
    columns: tuple[Ints, Sites, Floats],
    otherwise: Floats,
    state: State,
    resource: tuple[Floats, Flags, Floats],
    queue: Sites,
    queued: Flags,
    tail: int,
    tolerance: float,
    swaps: list[tuple[int, int]],
) -> float:
    """Look at the queued sites until none helps; note the swaps made; return by how much the cost fell."""
    weight, fixed, left = resource
    n_sites = len(fixed)
    change = np.zeros(n_sites)
    touched = np.empty(n_sites, dtype=np.int32)
    cheapest = cheapest_closure(state, fixed)
    head = 0
    fallen = 0.0
    while head < tail:
        j = queue[head % n_sites]
        head += 1
        queued[j] = False
        if state[5][j] or fixed[j]:
            continue
        net, leaving = best_exchange(columns, state, resource, j, change, touched, cheapest)
        if leaving >= -1 and net < -tolerance:
            tail = open_site(rows, columns, state, j, queue, queued, tail)
            left[0] -= weight[j]
            if leaving >= 0:
                tail = close_site(rows, columns, otherwise, state, leaving, queue, queued, tail)
                left[0] += weight[leaving]
            swaps.append((j, leaving))
            fallen -= net
            cheapest = cheapest_closure(state, fixed)
    return fallen


@compiled
def local_search(
    rows: tuple[Ints, Sites, Floats],
    columns: tuple[Ints, Sites, Floats],
    otherwise: Floats,
    is_open: Flags,
    resource: tuple[Floats, Flags, Floats],
    tolerance: float,
) -> float:
    """Improve a plan in place until no exchange helps; return its cost.

    Parameters
    ----------
    rows, columns
        Sites by client, cheapest first, and clients by site.
    otherwise
        (n_clients,), what a client pays that has no open site on its list.
    is_open
        (n_sites,), the plan; improved in place.
    resource
        What each site takes, the sites that may not change, and what is left in a one-element array.
    tolerance
        Exchanges that gain no more than this are not made.
    """
    n_sites = len(is_open)
    fixed = resource[1]
    state = new_state(rows, otherwise, is_open)
    swaps = [(0, 0)]
    while True:
        queue = np.empty(n_sites, dtype=np.int32)
        queued = np.zeros(n_sites, dtype=np.bool_)
        tail = 0
        for j in range(n_sites):
            if not is_open[j] and not fixed[j]:
                queue[tail] = j
                queued[j] = True
                tail += 1
        if settle(rows, columns, otherwise, state, resource, queue, queued, tail, tolerance, swaps) == 0.0:
            break
    return state[0].sum()


@compiled
def kick(
    rows: tuple[Ints, Sites, Floats],
    columns: tuple[Ints, Sites, Floats],
    otherwise: Floats,
    state: State,
    resource: tuple[Floats, Flags, Floats],
    queue: Sites,
    queued: Flags,
    strength: int,
    n_open: int,
    swaps: list[tuple[int, int]],
    rng: np.random.Generator,
) -> int:
    """Open random sites near a random client and close others near it; return the new end of the queue."""
    start, site, _cost = rows
    weight, fixed, left = resource
    is_open = state[5]
    n_clients = len(otherwise)
    middle = rng.integers(0, n_clients)
    tail = 0
    for _swap in range(strength):
        length = start[middle + 1] - start[middle]
        if length == 0:
            middle = rng.integers(0, n_clients)
            continue
        reach = min(length, 1 + 4 * len(fixed) // max(1, n_open))
        j = site[start[middle] + rng.integers(0, reach)]
        r = -1
        for _try in range(8):
            k = site[start[middle] + rng.integers(0, length)]
            if is_open[k] and not fixed[k]:
                r = k
                break
        if is_open[j] or fixed[j] or r < 0 or weight[j] > left[0] + weight[r]:
            middle = rng.integers(0, n_clients)
            continue
        tail = open_site(rows, columns, state, j, queue, queued, tail)
        tail = close_site(rows, columns, otherwise, state, r, queue, queued, tail)
        left[0] += weight[r] - weight[j]
        swaps.append((j, r))
    return tail


@compiled
def iterate(
    rows: tuple[Ints, Sites, Floats],
    columns: tuple[Ints, Sites, Floats],
    otherwise: Floats,
    is_open: Flags,
    resource: tuple[Floats, Flags, Floats],
    tolerance: float,
    n_kicks: int,
    strength: int,
    rng: np.random.Generator,
) -> float:
    """Kick a plan, settle it, keep it if it is no worse; the last plan kept is left in ``is_open``; return its cost.

    Parameters
    ----------
    n_kicks, strength
        How often, and with how many exchanges.
    rng
        Where the kicks come from.
    """
    weight, fixed, left = resource
    n_sites, n_clients = len(is_open), len(otherwise)
    state = new_state(rows, otherwise, is_open)
    queue = np.empty(n_sites, dtype=np.int32)
    queued = np.zeros(n_sites, dtype=np.bool_)
    value = state[0].sum()
    swaps = [(0, 0)]
    if n_clients == 0 or cheapest_closure(state, fixed) < 0:
        return value
    n_open = int(is_open.sum())
    for _kick in range(n_kicks):
        swaps.clear()
        tail = kick(rows, columns, otherwise, state, resource, queue, queued, strength, n_open, swaps, rng)
        settle(rows, columns, otherwise, state, resource, queue, queued, tail, tolerance, swaps)
        found = state[0].sum()
        if found <= value:
            value = found
            continue
        for back in range(len(swaps) - 1, -1, -1):
            j, r = swaps[back]
            if r >= 0:
                open_site(rows, columns, state, r, queue, queued, 0)
                left[0] -= weight[r]
            close_site(rows, columns, otherwise, state, j, queue, queued, 0)
            left[0] += weight[j]
        queued[:] = False
    return value
