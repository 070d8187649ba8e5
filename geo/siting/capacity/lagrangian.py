"""A lower bound from prices on serving each client, and what those prices rule out.

The requirement that client i is served is priced at ``l_i``. An open site then fills its places with the clients that
gain most per place, ``c_ij - l_i < 0``, the last one in part (a continuous knapsack), and is worth ``rho_j``, its
opening cost plus those gains. No plan costs less than ``sum l_i`` plus the worth of the best allowed set of sites. Any
prices give a bound; the best ones are found by subgradient steps, scaled so that heavy clients do not drown light ones.

References
----------
Cornuejols, Sridharan and Thizy (1991), European Journal of Operational Research 50:280-297 (the relaxation); Mulvey and
Beck (1984), the same 18:339-348 (with one site per client); Beasley (1993), the same 65:383-399 (what is ruled out).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from geo.siting.capacity.instance import CapacityInstance, Floats, Mask, Positions

#: Steps without progress after which the step length shrinks, and by how much.
PATIENCE: Final = 10
SHRINK: Final = 0.7

#: The search for prices ends when the step length has shrunk to this.
SHORTEST: Final = 2e-3

#: Share of the last direction kept in the next one.
MOMENTUM: Final = 0.9

#: Share of the step that the toll on the budget takes.
TOLL_SHARE: Final = 0.3

#: Smallest square of a direction, as a share of the square of the newest part of it.
SMALLEST_PUSH: Final = 1e-2

#: Share of the mean price that is added to every price before steps are scaled by its root.
FLOOR: Final = 0.3

#: Share of the past kept in the average of the sites that the bound opens.
MEMORY: Final = 0.97

#: Relative rounding error of the sums in a bound, many times what float64 can lose in them.
ROUNDING: Final = 1e-12


@dataclass(frozen=True, eq=False)
class Region:
    """What is left to decide: sites that must and that may be open, and how many may be open at all."""

    must: Mask
    may: Mask
    fewest: int
    most: int


@dataclass(frozen=True, eq=False)
class Priced:
    """The bound at one set of prices.

    Parameters
    ----------
    bound
        No plan in the region costs less; rounding errors are taken off.
    prices, toll
        (n_clients,) of serving a client, and of a unit of budget.
    worth, places
        (n_sites,) of an open site, and of one more place in it (not positive).
    is_open, served
        Sites that the bound opens, and how often they serve each client (n_clients,).
    """

    bound: float
    prices: Floats
    toll: float
    worth: Floats
    places: Floats
    is_open: Mask
    served: Floats


class Relaxation:
    """The costs of an instance, one row per site, and the bound they give at any prices."""

    def __init__(self, instance: CapacityInstance) -> None:
        self.instance = instance
        self.cost = np.ascontiguousarray(instance.cost.T)
        #: Lowest useful price: a client is only worth less than nothing where sites must be filled.
        self.lowest = -np.inf if instance.min_load.any() else 0.0

    def price(self, prices: Floats, toll: float, region: Region) -> Priced:
        """Return the bound at these prices over the plans in a region; worth is ``inf`` outside of it."""
        instance = self.instance
        sites = np.flatnonzero(region.may)
        row, client, gain, taken = self._filling(self.cost[sites] - prices, sites)
        worth, places = np.full(instance.n_sites, np.inf), np.zeros(instance.n_sites)
        worth[sites] = instance.opening[sites] + toll * instance.spending[sites]
        worth[sites] += np.bincount(row, gain * taken, sites.size)
        demand = instance.demand[client]
        broken = np.flatnonzero((taken < 1) & (demand > 0) & (gain < 0))
        first = np.unique(row[broken], return_index=True)[1]
        places[sites[row[broken[first]]]] = gain[broken[first]] / demand[broken[first]]
        is_open = cheapest(worth, region)
        used = is_open[sites[row]]
        served: Floats = np.bincount(client[used], taken[used], instance.n_clients).astype(np.float64)
        bound = self._certain(prices, toll, worth[is_open], is_open, float(np.abs(gain[used] * taken[used]).sum()))
        return Priced(bound, prices, toll, worth, places, is_open, served)

    def _certain(self, prices: Floats, toll: float, worth: Floats, is_open: Mask, gains: float) -> float:
        """Return the sum of prices and worth, less what rounding can have added to it."""
        instance = self.instance
        spent = toll * instance.budget if instance.budget is not None else 0.0
        exact = float(prices.sum() + worth.sum()) - spent
        if exact == np.inf:
            return exact
        scale = float(np.abs(prices).sum() + np.abs(instance.opening[is_open]).sum()) + gains + abs(spent)
        scale += toll * float(np.abs(instance.spending[is_open]).sum())
        return exact - ROUNDING * scale

    def _filling(self, gains: Floats, sites: Positions) -> tuple[Positions, Positions, Floats, Floats]:
        """Return what each site (a row) takes: row, client, gain of the whole client, and which part of it."""
        instance = self.instance
        row, client = np.nonzero(gains < 0)
        gain = gains[row, client]
        with np.errstate(divide="ignore"):
            order = np.lexsort((gain / instance.demand[client], row))
        row, client, gain = row[order], client[order], gain[order]
        taken = _filled(row, instance.demand[client], instance.capacity[sites])
        if not instance.min_load.any():
            return row, client, gain, taken
        load = np.bincount(row, instance.demand[client] * taken, sites.size)
        missing = instance.min_load[sites] - load
        missing = np.where(missing > instance.load_doubt, missing, 0.0)
        more = [_topped_up(gains[position], instance.demand, missing[position]) for position in range(sites.size)]
        row = np.concatenate([row, np.repeat(np.arange(sites.size), [clients.size for clients, _, _ in more])])
        client = np.concatenate([client, *(clients for clients, _, _ in more)])
        gain = np.concatenate([gain, *(extra for _, extra, _ in more)])
        return row, client, gain, np.concatenate([taken, *(part for _, _, part in more)])


def _topped_up(gains: Floats, demand: Floats, missing: float) -> tuple[Positions, Floats, Floats]:
    """Return the cheapest further clients that bring a site to its least load, what each costs, and which part."""
    if missing <= 0:
        return np.zeros(0, dtype=np.intp), np.zeros(0), np.zeros(0)
    others = np.flatnonzero((gains >= 0) & np.isfinite(gains) & (demand > 0))
    others = others[np.argsort(gains[others] / demand[others], kind="stable")]
    before = np.cumsum(demand[others]) - demand[others]
    if others.size == 0 or before[-1] + demand[others[-1]] < missing:
        return np.zeros(1, dtype=np.intp), np.full(1, np.inf), np.ones(1)
    part = np.clip((missing - before) / demand[others], 0.0, 1.0)
    used = part > 0
    return others[used], gains[others[used]], part[used]


def _filled(row: np.ndarray, demand: Floats, capacity: Floats) -> Floats:
    """Return which part of each item fits, items ordered by row and preference; an item without demand always fits."""
    before = np.cumsum(demand) - demand
    start = np.searchsorted(row, np.arange(capacity.size))
    offsets = np.append(before, 0.0)[np.minimum(start, before.size)]
    room = capacity[row] - (before - offsets[row])
    return np.where(demand > 0, np.clip(room / np.where(demand > 0, demand, 1.0), 0.0, 1.0), 1.0)


def cheapest(worth: Floats, region: Region) -> Mask:
    """Return the set of sites in a region that is worth least; ties go to the lowest index."""
    chosen = region.must.copy()
    others = np.flatnonzero(region.may & ~region.must)
    order = others[np.argsort(worth[others], kind="stable")]
    n_must = int(chosen.sum())
    n_good = int((worth[order] < 0).sum())
    count = min(max(n_good, region.fewest - n_must), max(region.most - n_must, 0))
    chosen[order[:count]] = True
    return chosen


def fewest_sites(instance: CapacityInstance) -> int:
    """Return how many usable sites, at least, have places for everybody; ``n_sites + 1`` if all together have not."""
    needed = float(instance.demand.sum()) - instance.load_doubt
    sizes = np.sort(instance.capacity[instance.usable & ~instance.fixed])[::-1]
    total = float(instance.capacity[instance.fixed].sum()) + np.append(0.0, np.cumsum(sizes))
    enough = np.flatnonzero(total >= needed)
    return int(instance.fixed.sum() + enough[0]) if enough.size else instance.n_sites + 1


def whole_region(instance: CapacityInstance) -> Region:
    """Return the region of all plans."""
    return Region(instance.fixed, instance.usable, fewest_sites(instance), instance.most_open)


@dataclass(frozen=True, eq=False)
class Ascent:
    """The best bound that a run of steps found, and how often each site was open on the way."""

    best: Priced
    frequency: Floats
    iterations: int


def ascend(
    relaxation: Relaxation,
    region: Region,
    start: Priced,
    target: Callable[[Priced], float],
    n_steps: int,
    length: float = 1.0,
) -> Ascent:
    """Climb from prices to better ones until the bound meets the target or the steps are used up.

    Parameters
    ----------
    relaxation, region
        What is bounded.
    start
        Where to start.
    target
        Returns the value of the best known plan whenever it is asked; it is told the present prices.
    n_steps
        Largest number of steps.
    length
        First step length, as a share of the distance that would close the gap if the bound were linear.
    """
    instance = relaxation.instance
    now = best = start
    frequency = start.is_open.astype(np.float64)
    push, idle, iterations = np.zeros(instance.n_clients), 0, 0
    scale = _scale(best.prices)
    for _ in range(n_steps):
        value = target(now)
        if best.bound >= value or length < SHORTEST:
            break
        slope = 1.0 - now.served
        if np.abs(slope).max(initial=0.0) < ROUNDING and not _strains_budget(instance, now):
            break
        push = scale * slope + MOMENTUM * push
        # Old and new direction may cancel out; the step must not grow without limit then.
        norm = max(float(push @ push), SMALLEST_PUSH * float((scale * slope) @ (scale * slope)))
        norm = norm or 1.0
        stride = length * (1.0001 * value - now.bound) / norm
        toll = _next_toll(instance, now, length * (1.0001 * value - now.bound))
        prices = np.maximum(now.prices + stride * scale * push, relaxation.lowest)
        now = relaxation.price(prices, toll, region)
        iterations += 1
        frequency = MEMORY * frequency + (1 - MEMORY) * now.is_open
        if now.bound > best.bound:
            best, idle = now, 0
        else:
            idle += 1
        if idle > PATIENCE:
            now, push, idle, length = best, np.zeros_like(push), 0, length * SHRINK
            scale = _scale(best.prices)
    return Ascent(best, frequency, iterations)


def _scale(prices: Floats) -> Floats:
    sizes = np.abs(prices)
    return np.asarray(np.sqrt(sizes + FLOOR * (float(sizes.mean()) or 1.0)))


def _strains_budget(instance: CapacityInstance, now: Priced) -> bool:
    """Return whether the sites that the bound opens spend too much, or less than a toll supposes."""
    if instance.budget is None:
        return False
    excess = float(instance.spending[now.is_open].sum()) - instance.budget
    return excess > 0 or (excess < 0 and now.toll > 0)


def _next_toll(instance: CapacityInstance, now: Priced, distance: float) -> float:
    if instance.budget is None:
        return 0.0
    excess = float(instance.spending[now.is_open].sum()) - instance.budget
    size = float(np.abs(instance.spending).mean())
    return max(0.0, now.toll + TOLL_SHARE * distance * excess / (excess**2 + size**2)) if size else now.toll


def start_prices(relaxation: Relaxation) -> Floats:
    """Return first prices: between the cost of the best and of the second-best site."""
    usable = relaxation.cost[relaxation.instance.usable]
    two = np.sort(usable, axis=0)[:2]
    return np.asarray(np.where(np.isfinite(two), two, two[:1]).mean(axis=0))


def gains_of_forcing(priced: Priced, region: Region) -> tuple[Floats, Floats]:
    """Return by how much the bound rises if a site must be open, and if it must be closed; (n_sites,) each."""
    free = region.may & ~region.must
    inside, outside = priced.is_open & free, ~priced.is_open & free
    worst = float(priced.worth[inside].max(initial=-np.inf))
    next_best = float(priced.worth[outside].min(initial=np.inf))
    n_open = int(priced.is_open.sum())
    spare = worst if n_open >= region.most else max(0.0, worst)
    opened, closed = np.zeros(outside.size), np.zeros(outside.size)
    opened[outside] = np.maximum(priced.worth[outside] - spare, 0.0)
    closed[inside] = (next_best if n_open <= region.fewest else min(0.0, next_best)) - priced.worth[inside]
    return np.where(region.may, opened, np.inf), np.where(region.must, np.inf, np.maximum(closed, 0.0))
