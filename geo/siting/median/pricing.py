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
import numpy.typing as npt

from geo.compiled import compiled

Ints = npt.NDArray[np.int64]
Sites = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

#: Multiples of the grid that a float tells apart.
EXACT = 2.0**53


@compiled
def price(start: Ints, site: Sites, cost: Floats, prices: Floats, worth: Floats) -> None:
    """Fill ``worth`` (n_sites,) with what each site is worth at these prices (n_clients,)."""
    worth[:] = 0.0
    for i in range(len(prices)):
        own = prices[i]
        for k in range(start[i], start[i + 1]):
            saved = cost[k] - own
            if saved >= 0.0:
                break
            worth[site[k]] += saved


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
    chosen[:] = False
    n_sites = len(worth)
    for j in range(n_sites):
        if weight[j] != 1.0:
            return _choose_by_ratio(worth, weight, room, chosen)
    n_free = int(room)
    if n_free >= n_sites:
        total = 0.0
        for j in range(n_sites):
            if worth[j] < 0.0:
                chosen[j] = True
                total += worth[j]
        return total, 0.0, 0.0
    if n_free <= 0:
        return 0.0, -np.inf, 0.0
    edge = np.partition(worth, n_free - 1)[n_free - 1]
    total = 0.0
    left = n_free
    following = 0.0
    for j in range(n_sites):
        if worth[j] < edge:
            chosen[j] = True
            total += worth[j]
            left -= 1
    for j in range(n_sites):
        if worth[j] == edge:
            if left > 0 and edge < 0.0:
                chosen[j] = True
                total += edge
                left -= 1
            else:
                following = min(following, edge)
        elif worth[j] > edge:
            following = min(following, worth[j])
    return total, edge, following


@compiled
def _choose_by_ratio(worth: Floats, weight: Floats, room: float, chosen: Flags) -> tuple[float, float, float]:
    n_sites = len(worth)
    ratio = np.empty(n_sites)
    for j in range(n_sites):
        ratio[j] = worth[j] / weight[j] if weight[j] > 0.0 else (-np.inf if worth[j] < 0.0 else 0.0)
    total = 0.0
    left = room
    for j in np.argsort(ratio, kind="mergesort"):
        if worth[j] >= 0.0:
            break
        if weight[j] <= left:
            chosen[j] = True
            total += worth[j]
            left -= weight[j]
        else:
            part = worth[j] * (left / weight[j])
            # A product is rounded: a hair less keeps the bound a bound.
            return (total + part) * (1.0 + 1e-14), ratio[j], ratio[j]
    return total, 0.0, 0.0


@compiled
def count_service(
    column: Ints, client: Sites, column_cost: Floats, prices: Floats, chosen: Flags, slope: Floats
) -> None:
    """Fill ``slope`` (n_clients,) with 1 - the number of chosen sites cheaper than the client's price."""
    slope[:] = 1.0
    for j in range(len(chosen)):
        if chosen[j]:
            for k in range(column[j], column[j + 1]):
                if column_cost[k] < prices[client[k]]:
                    slope[client[k]] -= 1.0


@compiled
def ascend(
    rows: tuple[Ints, Sites, Floats],
    columns: tuple[Ints, Sites, Floats],
    highest: Floats,
    weight: Floats,
    room: float,
    target: float,
    slack: float,
    grid: float,
    prices: Floats,
    average: Floats,
    n_steps: int,
    settings: tuple[float, float, float, int, float],
) -> tuple[float, Floats, int]:
    """Raise the bound by scaled subgradient steps with momentum.

    Parameters
    ----------
    rows, columns
        Sites by client, cheapest first, and clients by site.
    highest
        (n_clients,), what a price may not exceed.
    weight, room
        The resource, as in `choose`.
    target, slack
        Value of the best plan known; a bound of at least target - slack ends the work.
    grid
        Prices are multiples of this power of two.
    prices
        (n_clients,), the start; the best prices found at the end.
    average
        (n_sites,), running average of the chosen sites; updated.
    n_steps
        Most steps.
    settings
        Step length, share of it kept after idle steps, momentum, idle steps allowed, step length at which to end.

    Returns
    -------
    tuple
        The best bound, what each site is worth there (n_sites,), and the number of steps made.
    """
    start, site, cost = rows
    column, client, column_cost = columns
    length, shrink, momentum, patience, shortest = settings
    n_clients, n_sites = len(prices), len(average)
    current = prices.copy()
    worth = np.zeros(n_sites)
    best_worth = np.zeros(n_sites)
    chosen = np.zeros(n_sites, dtype=np.bool_)
    slope = np.zeros(n_clients)
    direction = np.zeros(n_clients)
    scale = np.empty(n_clients)
    mean = current.mean() if n_clients else 0.0
    for i in range(n_clients):
        scale[i] = np.sqrt(current[i] + 1e-3 * mean) + 1e-300
    best = -np.inf
    idle = 0
    step = 0
    while step < n_steps:
        step += 1
        price(start, site, cost, current, worth)
        total, _edge, _following = choose(worth, weight, room, chosen)
        sum_of_prices = current.sum()
        # Beyond this the grid is too fine for exact sums.
        bound = total + sum_of_prices if sum_of_prices < EXACT * grid else -np.inf
        if bound > best:
            if bound > best + 1e-7 * abs(target - best):
                idle = 0
            else:
                idle += 1
            best = bound
            prices[:] = current
            best_worth[:] = worth
        else:
            idle += 1
        if best >= target - slack:
            break
        for j in range(n_sites):
            average[j] *= 0.97
            if chosen[j]:
                average[j] += 0.03
        if idle > patience:
            length *= shrink
            if length < shortest:
                break
            idle = 0
            current[:] = prices
            direction[:] = 0.0
            continue
        count_service(column, client, column_cost, current, chosen, slope)
        norm = 0.0
        for i in range(n_clients):
            own = slope[i]
            if (own > 0.0 and current[i] >= highest[i]) or (own < 0.0 and current[i] <= 0.0):
                own = 0.0
            direction[i] = scale[i] * own + momentum * direction[i]
            norm += direction[i] * direction[i]
        if norm == 0.0:
            break
        move = length * max(1.0001 * target - bound, slack) / norm
        for i in range(n_clients):
            value = current[i] + move * scale[i] * direction[i]
            value = min(max(value, 0.0), highest[i])
            current[i] = np.floor(value / grid) * grid
    return best, best_worth, step
