"""Interchange: a better plan by opening one site for another, with a memory of what changed; compiled.

A plan knows, per client, the two cheapest open sites of its list; per open site, what its closure would add. A site is
worth looking at again only after somebody near it has changed, so a search costs what it touches.

References
----------
Whitaker (1983), INFOR 21:95-108 (fast interchange); Resende and Werneck (2007), European Journal of Operational
Research 182:105-123 (gain and loss kept apart); Lourenco, Martin and Stuetzle (2003), Handbook of Metaheuristics,
321-353 (iterated local search).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geo.compiled import compiled
from geo.siting.median.types import Flags, Floats, Ints, Sites


class Board(NamedTuple):
    """What does not change: lists by client and by site, what a client pays without any, what a site takes."""

    start: Ints
    site: Sites
    cost: Floats
    column: Ints
    client: Sites
    column_cost: Floats
    otherwise: Floats
    weight: Floats


class Plan(NamedTuple):
    """A plan while it is being improved.

    Cost and site of the cheapest and the second cheapest open site per client (-1: none); what closing a site would
    add; which sites are open; in arrays of one number what is left of the resource, the end of the queue, and the
    length of the journal; the queue of sites to look at, who is in it; the journal of exchanges (opened, closed or -1);
    room for sums per site.
    """

    first: Floats
    second: Floats
    first_site: Sites
    second_site: Sites
    loss: Floats
    is_open: Flags
    left: Floats
    tail: Ints
    n_noted: Ints
    queue: Sites
    queued: Flags
    journal: Ints
    change: Floats
    touched: Sites


@compiled
def seat(board: Board, plan: Plan, i: int) -> None:
    """Find the two cheapest open sites of a client."""
    plan.first[i] = plan.second[i] = board.otherwise[i]
    plan.first_site[i] = plan.second_site[i] = -1
    for k in range(board.start[i], board.start[i + 1]):
        if plan.is_open[board.site[k]]:
            if plan.first_site[i] < 0:
                plan.first[i] = board.cost[k]
                plan.first_site[i] = board.site[k]
            else:
                plan.second[i] = board.cost[k]
                plan.second_site[i] = board.site[k]
                return


def new_plan(board: Board, is_open: Flags, room: float) -> Plan:
    """Return a plan with these sites open; the flags become part of it."""
    n_clients, n_sites = len(board.otherwise), len(is_open)
    plan = Plan(
        first=np.empty(n_clients),
        second=np.empty(n_clients),
        first_site=np.empty(n_clients, dtype=np.int32),
        second_site=np.empty(n_clients, dtype=np.int32),
        loss=np.zeros(n_sites),
        is_open=is_open,
        left=np.array([room - float(board.weight[is_open].sum())]),
        tail=np.zeros(1, dtype=np.int64),
        n_noted=np.zeros(1, dtype=np.int64),
        queue=np.empty(n_sites, dtype=np.int32),
        queued=np.zeros(n_sites, dtype=np.bool_),
        journal=np.empty(8 * n_sites + 64, dtype=np.int64),
        change=np.zeros(n_sites),
        touched=np.empty(n_sites, dtype=np.int32),
    )
    seat_all(board, plan)
    return plan


@compiled
def seat_all(board: Board, plan: Plan) -> None:
    """Find everybody's sites, and what closing each would add."""
    for i in range(len(plan.first)):
        seat(board, plan, i)
        if plan.first_site[i] >= 0:
            plan.loss[plan.first_site[i]] += plan.second[i] - plan.first[i]


@compiled
def total(plan: Plan) -> float:
    """Return what a plan costs."""
    cost = 0.0
    for i in range(len(plan.first)):
        cost += plan.first[i]
    return cost


@compiled
def touch(board: Board, plan: Plan, i: int, most: float) -> None:
    """Queue every closed site that is cheaper than ``most`` for a client."""
    n_sites = len(plan.queue)
    for k in range(board.start[i], board.start[i + 1]):
        if board.cost[k] >= most:
            break
        j = int(board.site[k])
        if not plan.is_open[j] and not plan.queued[j]:
            plan.queued[j] = True
            plan.queue[plan.tail[0] % n_sites] = j
            plan.tail[0] += 1


@compiled
def open_site(board: Board, plan: Plan, j: int) -> None:
    """Open a site."""
    plan.is_open[j] = True
    plan.left[0] -= board.weight[j]
    plan.loss[j] = 0.0
    for k in range(board.column[j], board.column[j + 1]):
        i = int(board.client[k])
        value = board.column_cost[k]
        if value >= plan.second[i]:
            continue
        touch(board, plan, i, plan.second[i])
        before = plan.first_site[i]
        if value < plan.first[i]:
            if before >= 0:
                plan.loss[before] -= plan.second[i] - plan.first[i]
            plan.second[i] = plan.first[i]
            plan.second_site[i] = before
            plan.first[i] = value
            plan.first_site[i] = j
            plan.loss[j] += plan.second[i] - value
        else:
            if before >= 0:
                plan.loss[before] -= plan.second[i] - value
            plan.second[i] = value
            plan.second_site[i] = j


@compiled
def close_site(board: Board, plan: Plan, j: int) -> None:
    """Close a site."""
    plan.is_open[j] = False
    plan.left[0] += board.weight[j]
    plan.loss[j] = 0.0
    for k in range(board.column[j], board.column[j + 1]):
        i = int(board.client[k])
        if plan.first_site[i] == j or plan.second_site[i] == j:
            if plan.first_site[i] != j:
                plan.loss[plan.first_site[i]] -= plan.second[i] - plan.first[i]
            seat(board, plan, i)
            if plan.first_site[i] >= 0:
                plan.loss[plan.first_site[i]] += plan.second[i] - plan.first[i]
            touch(board, plan, i, plan.second[i])


@compiled
def gain_of(board: Board, plan: Plan, j: int) -> tuple[float, int]:
    """Return what opening a site saves, and how many sites would then be missed less.

    Those are noted in ``touched``, and by how much less in ``change``.
    """
    gain = 0.0
    n_touched = 0
    for k in range(board.column[j], board.column[j + 1]):
        i = int(board.client[k])
        value = board.column_cost[k]
        if value >= plan.second[i]:
            continue
        gain += max(0.0, plan.first[i] - value)
        drop = plan.second[i] - max(value, plan.first[i])
        r = int(plan.first_site[i])
        if r >= 0 and drop > 0.0:
            if plan.change[r] == 0.0:
                plan.touched[n_touched] = r
                n_touched += 1
            plan.change[r] += drop
    return gain, n_touched


@compiled
def best_exchange(board: Board, plan: Plan, j: int, cheapest: int) -> tuple[float, int]:
    """Return what opening a site and closing the best one for it adds to the cost, and which one that is.

    It is -1 where the site fits without closing any, and -2 where it does not fit at all. ``cheapest`` is the open site
    whose closure costs least.
    """
    gain, n_touched = gain_of(board, plan, j)
    needed = board.weight[j] - plan.left[0]
    best, leaving = 0.0, -1
    if needed > 0.0:
        best, leaving = np.inf, -2
        if cheapest >= 0 and board.weight[cheapest] >= needed:
            best, leaving = plan.loss[cheapest] - plan.change[cheapest], cheapest
        else:
            for r in range(len(plan.loss)):
                if plan.is_open[r] and board.weight[r] >= needed and plan.loss[r] - plan.change[r] < best:
                    best, leaving = plan.loss[r] - plan.change[r], r
        for t in range(n_touched):
            r = int(plan.touched[t])
            net = plan.loss[r] - plan.change[r]
            if board.weight[r] >= needed and (net < best or (net == best and r < leaving)):
                best, leaving = net, r
    for t in range(n_touched):
        plan.change[plan.touched[t]] = 0.0
    return best - gain, leaving


@compiled
def cheapest_closure(plan: Plan) -> int:
    """Return the open site whose closure costs least, the lowest index among equals; -1 without any."""
    found = -1
    for j in range(len(plan.loss)):
        if plan.is_open[j] and (found < 0 or plan.loss[j] < plan.loss[found]):
            found = j
    return found


@compiled
def exchange(board: Board, plan: Plan, j: int, r: int) -> None:
    """Open a site, close another one if ``r`` is not negative, and note it."""
    open_site(board, plan, j)
    if r >= 0:
        close_site(board, plan, r)
    at = plan.n_noted[0]
    plan.journal[2 * at] = j
    plan.journal[2 * at + 1] = r
    plan.n_noted[0] += 1


@compiled
def settle(board: Board, plan: Plan) -> float:
    """Look at the queued sites until none helps, or the journal is full; return by how much the cost fell."""
    n_sites = len(plan.queue)
    cheapest = cheapest_closure(plan)
    head = 0
    fallen = 0.0
    while head < plan.tail[0]:
        j = int(plan.queue[head % n_sites])
        head += 1
        plan.queued[j] = False
        if plan.is_open[j] or 2 * plan.n_noted[0] + 2 > len(plan.journal):
            continue
        net, leaving = best_exchange(board, plan, j, cheapest)
        if leaving >= -1 and net < 0.0:
            exchange(board, plan, j, leaving)
            fallen -= net
            cheapest = cheapest_closure(plan)
    plan.tail[0] = 0
    return fallen


@compiled
def local_search(board: Board, plan: Plan) -> None:
    """Improve a plan in place until no exchange helps."""
    while True:
        plan.n_noted[0] = 0
        for j in range(len(plan.is_open)):
            if not plan.is_open[j]:
                plan.queue[plan.tail[0]] = j
                plan.queued[j] = True
                plan.tail[0] += 1
        if settle(board, plan) <= 0.0:
            return


@compiled
def kick(board: Board, plan: Plan, strength: int, n_open: int, rng: np.random.Generator) -> None:
    """Open random sites near a random client and close others near it."""
    n_clients, n_sites = len(board.otherwise), len(plan.is_open)
    middle = rng.integers(0, n_clients)
    for _swap in range(strength):
        first, length = board.start[middle], board.start[middle + 1] - board.start[middle]
        j = r = -1
        if length > 0:
            j = int(board.site[first + rng.integers(0, min(length, 1 + 4 * n_sites // max(1, n_open)))])
            for _try in range(8):
                r = int(board.site[first + rng.integers(0, length)])
                if plan.is_open[r]:
                    break
        if j < 0 or plan.is_open[j] or not plan.is_open[r] or board.weight[j] > plan.left[0] + board.weight[r]:
            middle = rng.integers(0, n_clients)
        else:
            exchange(board, plan, j, r)


@compiled
def undo(board: Board, plan: Plan) -> None:
    """Take back the exchanges of the journal, the last one first."""
    for back in range(plan.n_noted[0] - 1, -1, -1):
        if plan.journal[2 * back + 1] >= 0:
            open_site(board, plan, plan.journal[2 * back + 1])
        close_site(board, plan, plan.journal[2 * back])
    for j in range(len(plan.queued)):
        plan.queued[j] = False
    plan.tail[0] = 0


@compiled
def iterate(board: Board, plan: Plan, n_kicks: int, strength: int, n_open: int, rng: np.random.Generator) -> None:
    """Kick a plan, settle it, and keep it if it is no worse, again and again.

    Parameters
    ----------
    n_kicks, strength
        How often, and with how many exchanges.
    n_open
        About how many sites are open: says how far away a near site is.
    rng
        Where the kicks come from.
    """
    value = total(plan)
    if len(plan.first) == 0 or cheapest_closure(plan) < 0:
        return
    for _kick in range(n_kicks):
        plan.n_noted[0] = 0
        kick(board, plan, strength, n_open, rng)
        settle(board, plan)
        found = total(plan)
        if found <= value:
            value = found
        else:
            undo(board, plan)
