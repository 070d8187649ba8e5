"""Who goes where when the open sites are known and clients may be shared: a transportation problem.

References
----------
Hitchcock (1941), Journal of Mathematics and Physics 20:224-230.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from geo.siting.capacity.instance import CapacityInstance, Floats, Mask, Plan, Positions
from geo.siting.model import Deadline, Model

#: Nearest open sites that each client is offered at first.
NEAREST: Final = 8

#: Gain, relative to the largest cost, from which a further pair is worth adding; the tolerance of HiGHS.
PRICE_DOUBT: Final = 1e-9

#: Shares below this are rounding errors of the simplex.
SMALLEST_SHARE: Final = 1e-9

#: Distance from a whole number of places that is a rounding error.
WHOLE_DOUBT: Final = 1e-4


@dataclass(frozen=True, eq=False)
class Shipment:
    """A cheapest sharing of the clients among open sites, and the prices of the clients that prove it."""

    plan: Plan
    prices: Floats


def ship(instance: CapacityInstance, is_open: Mask, seed: int) -> Shipment | None:
    """Return the cheapest plan with exactly these sites open, None if there is none.

    Clients are first offered their nearest sites only; sites that the prices then find wanting are added.
    """
    sites = np.flatnonzero(is_open)
    cost = instance.cost[:, sites]
    doubt = instance.load_doubt
    total = float(instance.demand.sum())
    reached = bool(np.isfinite(cost).any(axis=1).all())
    if not reached or not instance.min_load[sites].sum() - doubt <= total <= instance.capacity[sites].sum() + doubt:
        return None
    finite = np.isfinite(cost)
    allowed = finite.copy()
    if sites.size > NEAREST:
        allowed &= cost <= np.partition(cost, NEAREST - 1, axis=1)[:, [NEAREST - 1]]
    while True:
        client, column = np.nonzero(allowed)
        solved = _solved(instance, sites, client, column, seed)
        if solved is None:
            if allowed.sum() == finite.sum():
                return None
            allowed = finite.copy()
            continue
        shares, prices, places = solved
        reduced = np.where(finite, cost, np.inf) - prices[:, np.newaxis] - np.outer(instance.demand, places)
        wanted = (reduced < -PRICE_DOUBT * float(cost[finite].max())) & ~allowed
        if not wanted.any():
            break
        allowed |= wanted
    whole = np.zeros(instance.cost.shape)
    whole[client, sites[column]] = shares
    return Shipment(finished(instance, is_open, whole), prices)


def _solved(
    instance: CapacityInstance, sites: Positions, client: Positions, column: Positions, seed: int
) -> tuple[Floats, Floats, Floats] | None:
    """Return the shares of the pairs and the prices of clients and of places; None if there is no way."""
    cost = instance.cost[client, sites[column]]
    size = float(cost.max(initial=0.0)) or 1.0
    unit = float(instance.demand.max(initial=0.0)) or 1.0
    demand = instance.demand / unit
    model = Model(0)
    pairs = model.add_columns(client.size)
    model.minimise(pairs, cost / size)
    starts = np.searchsorted(client, np.arange(instance.n_clients + 1))
    for i in range(instance.n_clients):
        mine = pairs[starts[i] : starts[i + 1]]
        model.add_row(mine, np.ones(mine.size), lower=1.0, upper=1.0)
    for position, site in enumerate(sites):
        mine = np.flatnonzero(column == position)
        lower, upper = float(instance.min_load[site]) / unit, float(instance.capacity[site]) / unit
        model.add_row(pairs[mine], demand[client[mine]], lower=lower, upper=upper)
    outcome = model.solve(seed, Deadline(None))
    if outcome.values is None or outcome.duals is None:
        return None
    prices, places = np.split(outcome.duals * size, [instance.n_clients])
    return outcome.values, prices, places / unit


def finished(instance: CapacityInstance, is_open: Mask, shares: Floats) -> Plan:
    """Return the plan with these shares: each client's add up to one, whole numbers of places stay whole."""
    parts = np.where(shares > SMALLEST_SHARE, shares, 0.0)
    if bool((instance.demand == np.floor(instance.demand)).all()):
        places = np.rint(parts * instance.demand[:, np.newaxis])
        whole = np.abs(places - parts * instance.demand[:, np.newaxis]).max(initial=0.0) < WHOLE_DOUBT
        if whole and (places.sum(axis=1) == instance.demand).all():
            with np.errstate(invalid="ignore"):
                exact = places / instance.demand[:, np.newaxis]
            parts = np.where(instance.demand[:, np.newaxis] > 0, exact, parts)
    parts = parts / parts.sum(axis=1, keepdims=True)
    cost = np.where(parts > 0, instance.cost, 0.0)
    value = float((cost * parts).sum()) + float(instance.opening[is_open].sum())
    return Plan(is_open, parts, value)
