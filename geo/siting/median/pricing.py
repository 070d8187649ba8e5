"""Prices of being served and the bound that they prove; compiled.

With the price ``l_i`` of client ``i``, a site is worth ``rho_j = sum_i min(0, c_ij - l_i)``, and no plan with at most p
free sites costs less than ``sum l_i`` plus the p smallest ``rho_j``. Prices are kept on a grid of powers of two on
which every sum is exact, so that a bound is a certificate whatever the order of its terms.

References
----------
Cornuejols, Fisher and Nemhauser (1977), Management Science 23:789-810; Beasley (1993), European Journal of Operational
Research 65:383-399. Scaling each price by its own size: the diagonal preconditioning of Shor (1985), Minimization
Methods for Non-Differentiable Functions, chapter 3.
"""

from __future__ import annotations

import numpy as np

from geo.compiled import compiled
from geo.siting.median.types import Climb, Flags, Floats, Ints, Lists, Settings

#: Multiples of the grid that a float tells apart.
EXACT = 2.0**53


@compiled
def price(lists: Lists, prices: Floats, worth: Floats) -> float:
    """Fill ``worth`` (n_sites,) with what each site is worth at these prices (n_clients,); return their sum."""
    for j in range(len(worth)):
        worth[j] = 0.0
    total = 0.0
    for i in range(len(prices)):
        own = prices[i]
        total += own
        for k in range(lists.start[i], lists.start[i + 1]):
            saved = lists.cost[k] - own
            if saved >= 0.0:
                break
            worth[lists.site[k]] += saved
    return total


@compiled
def nth_smallest(values: Floats, n: int) -> float:
    """Return the value that ``n`` others may precede, by selection (Hoare 1961, Communications of the ACM 4:321)."""
    left = values.copy()
    low, high = 0, len(left) - 1
    while low < high:
        middle = left[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while left[i] < middle:
                i += 1
            while left[j] > middle:
                j -= 1
            if i <= j:
                left[i], left[j] = left[j], left[i]
                i += 1
                j -= 1
        if n <= j:
            high = j
        elif n >= i:
            low = i
        else:
            break
    return float(left[n])


@compiled
def ascending(values: Floats) -> Ints:
    """Return the order of values, ties by position, by a heap (Williams 1964, Communications of the ACM 7:347)."""
    n_values = len(values)
    order = np.arange(n_values)
    for end in range(n_values - 1 + n_values // 2, 0, -1):
        # First the heap is built from its middle down, then the largest goes to the end again and again.
        first = max(0, end - n_values)
        last = min(end, n_values - 1)
        if end < n_values:
            order[0], order[end] = order[end], order[0]
            first, last = 0, end - 1
        parent = first
        while 2 * parent + 1 <= last:
            child = 2 * parent + 1
            if child < last and precedes(values, order[child], order[child + 1]):
                child += 1
            if not precedes(values, order[parent], order[child]):
                break
            order[parent], order[child] = order[child], order[parent]
            parent = child
    return order


@compiled
def precedes(values: Floats, a: int, b: int) -> bool:
    """Return whether one position comes before another by its value, ties by position."""
    return values[a] < values[b] or (values[a] == values[b] and a < b)


@compiled
def choose(worth: Floats, weight: Floats, room: float, chosen: Flags) -> tuple[float, float, float]:
    """Mark the sites worth most that fit, the lowest index among equals; only worth below zero counts.

    Parameters
    ----------
    worth
        (n_sites,), at most 0.
    weight, room
        What each site takes of the resource, and how much there is. All weights 1: the best ``room`` sites. Otherwise
        the sites of the best ratio; the first that does not fit is not marked but counts by the share that would fit.
    chosen
        (n_sites,), filled.

    Returns
    -------
    tuple
        A lower bound on the worth of any set that fits; the worth per weight at which a site left out would come in,
        and that at which a chosen one would fall out.
    """
    n_sites = len(worth)
    for j in range(n_sites):
        chosen[j] = False
    for j in range(n_sites):
        if weight[j] != 1.0:
            return choose_by_ratio(worth, weight, room, chosen)
    n_free = int(room)
    if n_free <= 0:
        return 0.0, -np.inf, 0.0
    edge = nth_smallest(worth, n_free - 1) if n_free < n_sites else 0.0
    total = 0.0
    left = n_free
    for j in range(n_sites):
        if worth[j] < edge:
            chosen[j] = True
            total += worth[j]
            left -= 1
    following = 0.0
    for j in range(n_sites):
        if worth[j] == edge and edge < 0.0 and left > 0:
            chosen[j] = True
            total += edge
            left -= 1
        elif not chosen[j]:
            following = min(following, worth[j])
    return total, edge, following


@compiled
def choose_by_ratio(worth: Floats, weight: Floats, room: float, chosen: Flags) -> tuple[float, float, float]:
    """Do what `choose` does for sites that take more or less of the resource."""
    n_sites = len(worth)
    ratio = np.zeros(n_sites)
    for j in range(n_sites):
        if worth[j] < 0.0:
            ratio[j] = worth[j] / weight[j] if weight[j] > 0.0 else -np.inf
    total = 0.0
    left = room
    for j in ascending(ratio):
        if worth[j] >= 0.0:
            break
        if weight[j] > max(left, 0.0):
            # A product is rounded: a hair less keeps the bound a bound.
            part = worth[j] * (left / weight[j])
            return (total + part) * (1.0 + 1e-14), ratio[j], ratio[j]
        chosen[j] = True
        total += worth[j]
        left -= weight[j]
    return total, 0.0, 0.0


@compiled
def count_service(lists: Lists, prices: Floats, chosen: Flags, slope: Floats) -> None:
    """Fill ``slope`` (n_clients,) with 1 - the number of chosen sites cheaper than the client's price."""
    for i in range(len(slope)):
        slope[i] = 1.0
    for j in range(len(chosen)):
        if chosen[j]:
            for k in range(lists.column[j], lists.column[j + 1]):
                if lists.column_cost[k] < prices[lists.client[k]]:
                    slope[lists.client[k]] -= 1.0


@compiled
def move(lists: Lists, climb: Climb, length: float, momentum: float) -> bool:
    """Take a step uphill; return whether there is one."""
    norm = 0.0
    for i in range(len(climb.prices)):
        own = climb.slope[i]
        if (own > 0.0 and climb.prices[i] >= lists.highest[i]) or (own < 0.0 and climb.prices[i] <= 0.0):
            own = 0.0
        climb.direction[i] = climb.scale[i] * own + momentum * climb.direction[i]
        norm += climb.direction[i] * climb.direction[i]
    if norm == 0.0:
        return False
    for i in range(len(climb.prices)):
        value = climb.prices[i] + length / norm * climb.scale[i] * climb.direction[i]
        climb.prices[i] = np.floor(min(max(value, 0.0), lists.highest[i]) / lists.grid) * lists.grid
    return True


@compiled
def keep_best(climb: Climb) -> None:
    """Remember prices and worths of the moment as the best ones."""
    for i in range(len(climb.prices)):
        climb.best_prices[i] = climb.prices[i]
    for j in range(len(climb.worth)):
        climb.best_worth[j] = climb.worth[j]


@compiled
def back_to_best(climb: Climb) -> None:
    """Go back to the best prices, at rest."""
    for i in range(len(climb.prices)):
        climb.prices[i] = climb.best_prices[i]
        climb.direction[i] = 0.0


@compiled
def ascend(
    lists: Lists, climb: Climb, target: float, slack: float, average: Floats, n_steps: int, settings: Settings
) -> tuple[float, int]:
    """Raise the bound by scaled subgradient steps with momentum; return the best bound and the number of steps.

    Parameters
    ----------
    lists, climb
        What is priced, and the prices; the best ones are left in ``climb``.
    target, slack
        Value of the best plan known; a bound of at least target - slack ends the work.
    average
        (n_sites,), running average of the chosen sites; updated.
    n_steps
        Most steps.
    settings
        Step length, share of it kept after idle steps, momentum, idle steps allowed, step length at which to end.
    """
    length, shrink, momentum, patience, shortest = settings
    best = -np.inf
    idle = 0
    for step in range(n_steps):
        prices = price(lists, climb.prices, climb.worth)
        worth, _edge, _following = choose(climb.worth, lists.weight, lists.room, climb.chosen)
        # Beyond this the grid is too fine for exact sums.
        bound = prices + worth if prices < EXACT * lists.grid else -np.inf
        idle = 0 if bound > best + 1e-7 * abs(target - best) else idle + 1
        if bound > best:
            best = bound
            keep_best(climb)
        if best >= target - slack:
            return best, step + 1
        for j in range(len(average)):
            average[j] = 0.97 * average[j] + (0.03 if climb.chosen[j] else 0.0)
        if idle > patience or bound == -np.inf:
            length *= shrink
            if length < shortest:
                return best, step + 1
            idle = 0
            back_to_best(climb)
            continue
        count_service(lists, climb.prices, climb.chosen, climb.slope)
        if not move(lists, climb, length * max(1.0001 * target - bound, slack), momentum):
            return best, step + 1
    return best, n_steps
