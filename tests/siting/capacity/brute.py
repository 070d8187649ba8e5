"""Slow second opinions on small capacitated instances: every set of sites, every way to share clients out among them.

Only the definitions are used, and SciPy's linear programming where clients may be shared.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import linprog

from geo.siting.capacity import solve as capacity_solve
from geo.siting.capacity.instance import CapacityInstance


def best_value(instance: CapacityInstance) -> float:
    """Return the least cost of a plan, ``inf`` if there is none."""
    sites = [j for j in range(instance.n_sites) if instance.fixed[j] or instance.free[j]]
    sets = itertools.chain.from_iterable(itertools.combinations(sites, size) for size in range(len(sites) + 1))
    return min((value_of(instance, chosen) for chosen in sets if is_allowed(instance, chosen)), default=np.inf)


def is_allowed(instance: CapacityInstance, chosen: tuple[int, ...]) -> bool:
    if any(instance.fixed[j] and j not in chosen for j in range(instance.n_sites)):
        return False
    if instance.n_open is not None and len(chosen) > instance.n_open:
        return False
    return instance.budget is None or sum(instance.spending[j] for j in chosen) <= instance.budget + 1e-9


def value_of(instance: CapacityInstance, chosen: tuple[int, ...]) -> float:
    """Return the least cost with exactly these sites open."""
    opening = sum(instance.opening[j] for j in chosen)
    if instance.closest:
        return opening + _closest(instance, chosen)
    return opening + (_shared(instance, chosen) if instance.split else _whole(instance, chosen))


def _fits(instance: CapacityInstance, chosen: tuple[int, ...], where: tuple[int, ...]) -> bool:
    for j in chosen:
        load = sum(instance.demand[i] for i, site in enumerate(where) if site == j)
        if load > instance.capacity[j] + 1e-9 or load < instance.min_load[j] - 1e-9:
            return False
    return True


def _whole(instance: CapacityInstance, chosen: tuple[int, ...]) -> float:
    best = np.inf
    for where in itertools.product(chosen, repeat=instance.n_clients):
        cost = sum(instance.cost[i, j] for i, j in enumerate(where))
        if cost < best and _fits(instance, chosen, where):
            best = cost
    return best


def _closest(instance: CapacityInstance, chosen: tuple[int, ...]) -> float:
    if not chosen:
        return 0.0 if instance.n_clients == 0 else np.inf
    where = tuple(min(chosen, key=lambda j: (instance.nearness[i, j], j)) for i in range(instance.n_clients))
    cost = sum(instance.cost[i, j] for i, j in enumerate(where))
    return cost if _fits(instance, chosen, where) else np.inf


def _shared(instance: CapacityInstance, chosen: tuple[int, ...]) -> float:
    n, m = instance.n_clients, len(chosen)
    if m == 0 or n == 0:
        return 0.0 if n == 0 and not any(instance.min_load[j] > 0 for j in chosen) else np.inf
    cost = instance.cost[:, chosen].ravel()
    finite = np.isfinite(cost)
    rows, bounds = [], []
    for position, j in enumerate(chosen):
        row = np.zeros((n, m))
        row[:, position] = instance.demand
        if np.isfinite(instance.capacity[j]):
            rows.append(row.ravel())
            bounds.append(instance.capacity[j])
        rows.append(-row.ravel())
        bounds.append(-instance.min_load[j])
    result = linprog(
        np.where(finite, cost, 0.0),
        A_ub=np.array(rows),
        b_ub=np.array(bounds),
        A_eq=np.kron(np.eye(n), np.ones((1, m))),
        b_eq=np.ones(n),
        bounds=[(0, 1 if allowed else 0) for allowed in finite],
        method="highs",
    )
    return float(result.fun) if result.status == 0 else np.inf


def take_few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a tenth of the steps and trials that large instances need: idle work on small ones, which it hides behind.

    What prices and search leave undone is left to the exact part, which must hold as well.
    """
    for name, steps in {"FIRST_STEPS": 15, "SHARED_STEPS": 60, "WHOLE_STEPS": 40, "MOST_TRIALS": 40}.items():
        monkeypatch.setattr(capacity_solve, name, steps)


def random_instance(kind: str, seed: int) -> CapacityInstance:
    """Return a small instance with ties, unreachable pairs, clients without demand, fixed and closed sites."""
    rng = np.random.default_rng([seed, *kind.encode()])
    n_clients, n_sites = int(rng.integers(1, 6)), int(rng.integers(1, 6))
    cost = rng.integers(0, 6, (n_clients, n_sites)).astype(np.float64)
    if rng.random() < 0.5:
        cost += rng.random(cost.shape)
    cost[rng.random(cost.shape) < rng.choice([0.0, 0.15, 0.35])] = np.inf
    demand = rng.integers(0, 8, n_clients).astype(np.float64)
    if rng.random() < 0.3:
        demand = demand * rng.uniform(0.5, 1.5, n_clients)
    ample = demand.sum() * rng.choice([0.4, 0.8, 1.5])
    capacity = np.floor(rng.uniform(0.3, 1.0, n_sites) * ample) + 1.0
    capacity[rng.random(n_sites) < 0.15] = np.inf
    least = np.zeros(n_sites)
    if rng.random() < 0.35:
        least = np.minimum(np.floor(rng.uniform(0.0, 0.4, n_sites) * demand.sum()), capacity)
    fixed = rng.random(n_sites) < 0.1
    opening = rng.integers(-2, 8, n_sites) * float(rng.choice([0.0, 0.5, 1.0]))
    limits: dict = {}
    if rng.random() < 0.6:
        limits["n_open"] = int(rng.integers(0, n_sites + 1))
    if rng.random() < 0.4:
        limits |= {"spending": rng.integers(-1, 6, n_sites) / 2, "budget": float(rng.integers(0, 14)) / 2}
    integral = bool((cost[np.isfinite(cost)] % 1 == 0).all() and (opening % 1 == 0).all() and kind != "split")
    return CapacityInstance(
        cost=cost,
        demand=demand,
        capacity=capacity,
        min_load=least,
        opening=opening,
        fixed=fixed,
        free=fixed | (rng.random(n_sites) < 0.9),
        split=kind == "split",
        closest=kind == "closest",
        nearness=np.where(rng.random(cost.shape) < 0.1, np.round(cost), cost) if kind == "closest" else cost,
        integral=integral,
        **limits,
    )
