"""The same searches for small problems, in whole arrays: nothing is compiled, and a district is done at once.

Every function does what its namesake among the compiled ones does; lists are spread out into a matrix of costs.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from geo.siting.median.types import STRENGTH, Climb, Flags, Floats, Ints, Lists, Settings, Sites

#: Rough operations that a kick stands for.
EFFORT_OF_KICK: Final = 4e7


def transpose(start: Ints, site: Sites, cost: Floats, n_sites: int) -> tuple[Ints, Sites, Floats]:
    """Return the clients by site, ascending, with their costs."""
    client = np.repeat(np.arange(len(start) - 1, dtype=np.int32), np.diff(start))
    order = np.argsort(site, kind="stable")
    column = np.zeros(n_sites + 1, dtype=np.int64)
    np.cumsum(np.bincount(site, minlength=n_sites), out=column[1:])
    return column, client[order], cost[order]


def keep(start: Ints, site: Sites, cost: Floats, kept: Flags, most: Floats) -> tuple[Ints, Sites, Floats]:
    """Return the lists of the kept sites, renumbered, without entries of at least ``most`` (n_clients,)."""
    client = np.repeat(np.arange(len(start) - 1), np.diff(start))
    stays = kept[site] & (cost < most[client])
    position = (np.cumsum(kept) - 1).astype(np.int32)
    new_start = np.zeros(len(start), dtype=np.int64)
    np.cumsum(np.bincount(client[stays], minlength=len(start) - 1), out=new_start[1:])
    return new_start, position[site[stays]], cost[stays]


def value_of(column: Ints, client: Sites, column_cost: Floats, paid: Floats, chosen: Flags) -> float:
    """Return the cost of going to the cheapest chosen site, or paying what ``paid`` says, which is lowered."""
    entries = np.repeat(chosen, np.diff(column))
    np.minimum.at(paid, client[entries], column_cost[entries])
    return float(paid.sum())


def lower(column: Ints, client: Sites, column_cost: Floats, ceiling: Floats, opened: int) -> None:
    """Lower the ceilings of an opened site's clients."""
    part = slice(column[opened], column[opened + 1])
    ceiling[client[part]] = np.minimum(ceiling[client[part]], column_cost[part])


def choose(worth: Floats, weight: Floats, room: float, chosen: Flags) -> tuple[float, float, float]:
    """Mark the sites worth most that fit; see `geo.siting.median.pricing.choose`."""
    chosen[:] = False
    if (weight != 1.0).any():
        return _choose_by_ratio(worth, weight, room, chosen)
    n_free = int(room)
    if n_free <= 0:
        return 0.0, -np.inf, 0.0
    order = np.argsort(worth, kind="stable")
    best = order[:n_free][worth[order[:n_free]] < 0.0]
    chosen[best] = True
    edge = float(worth[order[n_free - 1]]) if n_free < len(worth) else 0.0
    following = min(0.0, float(worth[order[len(best)]])) if len(best) < len(worth) else 0.0
    return float(worth[best].sum()), edge, following


def _choose_by_ratio(worth: Floats, weight: Floats, room: float, chosen: Flags) -> tuple[float, float, float]:
    ratio = np.where(worth < 0.0, -np.inf, 0.0)
    heavy = (worth < 0.0) & (weight > 0.0)
    ratio[heavy] = worth[heavy] / weight[heavy]
    total, left = 0.0, room
    for j in np.argsort(ratio, kind="stable").tolist():
        if worth[j] >= 0.0:
            break
        if weight[j] > max(left, 0.0):
            # A product is rounded: a hair less keeps the bound a bound.
            part = float(worth[j]) * (left / float(weight[j]))
            return (total + part) * (1.0 + 1e-14), float(ratio[j]), float(ratio[j])
        chosen[j] = True
        total += float(worth[j])
        left -= float(weight[j])
    return total, 0.0, 0.0


def ascend(
    lists: Lists, climb: Climb, target: float, slack: float, average: Floats, n_steps: int, settings: Settings
) -> tuple[float, int]:
    """Raise the bound by scaled subgradient steps with momentum; see `geo.siting.median.pricing.ascend`."""
    length, shrink, momentum, patience, shortest = settings
    costs = _spread(lists.start, lists.site, lists.cost, len(average), np.inf)
    best, idle = -np.inf, 0
    for step in range(n_steps):
        saved = np.minimum(costs - climb.prices[:, np.newaxis], 0.0)
        saved.sum(axis=0, out=climb.worth)
        worth, _edge, _following = choose(climb.worth, lists.weight, lists.room, climb.chosen)
        prices = float(climb.prices.sum())
        bound = prices + worth if prices < 2.0**53 * lists.grid else -np.inf
        idle = 0 if bound > best + 1e-7 * abs(target - best) else idle + 1
        if bound > best:
            best = bound
            climb.best_prices[:] = climb.prices
            climb.best_worth[:] = climb.worth
        if best >= target - slack:
            return best, step + 1
        average *= 0.97
        average[climb.chosen] += 0.03
        if idle > patience or bound == -np.inf:
            length *= shrink
            if length < shortest:
                return best, step + 1
            idle = 0
            climb.prices[:] = climb.best_prices
            climb.direction[:] = 0.0
            continue
        slope = 1.0 - (saved[:, climb.chosen] < 0.0).sum(axis=1)
        stuck = ((slope > 0.0) & (climb.prices >= lists.highest)) | ((slope < 0.0) & (climb.prices <= 0.0))
        climb.direction[:] = climb.scale * np.where(stuck, 0.0, slope) + momentum * climb.direction
        norm = float(climb.direction @ climb.direction)
        if norm == 0.0:
            return best, step + 1
        far = length * max(1.0001 * target - bound, slack) / norm
        moved = np.clip(climb.prices + far * climb.scale * climb.direction, 0.0, lists.highest)
        climb.prices[:] = np.floor(moved / lists.grid) * lists.grid
    return best, n_steps


def _spread(start: Ints, site: Sites, cost: Floats, n_sites: int, otherwise: Floats | float) -> Floats:
    """Return lists as a matrix (n_clients, n_sites), with something else where there is no entry."""
    n_clients = len(start) - 1
    costs = np.empty((n_clients, n_sites))
    costs[:] = np.reshape(otherwise, (-1, 1))
    costs[np.repeat(np.arange(n_clients), np.diff(start)), site] = cost
    return costs


def improve(lists: Lists, otherwise: Floats, plan: Flags) -> Flags:
    """Return a plan after exchanges."""
    return Table(lists, otherwise).improve(plan)


def kick(lists: Lists, otherwise: Floats, plan: Flags, effort: float, seed: int) -> Flags:
    """Return a plan after kicks; each takes some milliseconds."""
    n_kicks = int(min(150.0, max(5.0, effort / EFFORT_OF_KICK)))
    return Table(lists, otherwise).kick(plan, n_kicks, np.random.default_rng(seed))


class Table:
    """Costs of a small problem as a matrix (n_clients, n_sites), what clients pay otherwise, and what sites take."""

    def __init__(self, lists: Lists, otherwise: Floats) -> None:
        self.weight, self.room = lists.weight, lists.room
        self.costs = _spread(lists.start, lists.site, lists.cost, len(self.weight), otherwise)
        self.otherwise = otherwise

    def value(self, is_open: Flags) -> float:
        """Return what a plan costs."""
        return float(np.minimum(self.costs[:, is_open].min(axis=1, initial=np.inf), self.otherwise).sum())

    def improve(self, is_open: Flags) -> Flags:
        """Return a plan after the best exchanges, one by one, until none helps."""
        found = is_open.copy()
        while True:
            opens, closes, change = self._best_exchange(found)
            if not change < 0.0:
                return found
            found[opens] = True
            if closes >= 0:
                found[closes] = False

    def kick(self, is_open: Flags, n_kicks: int, rng: np.random.Generator) -> Flags:
        """Return the best plan of random exchanges, each followed by the best ones."""
        best, value = is_open, self.value(is_open)
        for _kick in range(n_kicks):
            tried = best.copy()
            for _exchange in range(STRENGTH):
                outside, inside = np.flatnonzero(~tried), np.flatnonzero(tried)
                if not outside.size or not inside.size:
                    return best
                opens, closes = int(rng.choice(outside)), int(rng.choice(inside))
                left = self.room - float(self.weight[tried].sum())
                if self.weight[opens] <= left + self.weight[closes]:
                    tried[opens], tried[closes] = True, False
            tried = self.improve(tried)
            found = self.value(tried)
            if found <= value:
                best, value = tried, found
        return best

    def _best_exchange(self, is_open: Flags) -> tuple[int, int, float]:
        """Return which site to open, which to close (-1: none), and what that adds to the cost."""
        inside, outside = np.flatnonzero(is_open), np.flatnonzero(~is_open)
        left = self.room - float(self.weight[is_open].sum())
        if not outside.size:
            return -1, -1, 0.0
        own = np.column_stack([self.costs[:, inside], self.otherwise, self.otherwise])
        nearest = own.argmin(axis=1)
        two = np.partition(own, 1, axis=1)[:, :2]
        first, second = two[:, :1], two[:, 1:]
        others = self.costs[:, outside]
        gain = np.maximum(first - others, 0.0).sum(axis=0)
        belongs = (nearest[:, np.newaxis] == np.arange(inside.size)).astype(np.float64)
        # Whoever loses a site goes to the second one, or to the new one if that is nearer.
        missed = belongs.T @ np.maximum(np.minimum(others, second) - first, 0.0)
        change = missed - gain
        change[self.weight[inside][:, np.newaxis] + left < self.weight[outside]] = np.inf
        added = np.where(self.weight[outside] <= left, -gain, np.inf)
        table = np.vstack([added, change])
        closes, opens = np.unravel_index(int(table.argmin()), table.shape)
        closed = int(inside[closes - 1]) if closes else -1
        return int(outside[opens]), closed, float(table[closes, opens])
