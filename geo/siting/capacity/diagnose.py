"""Why a capacitated problem has no plan, and what would do instead."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from geo.errors import SolverError
from geo.siting.capacity.instance import CapacityInstance, Floats, Shortage
from geo.siting.capacity.lagrangian import fewest_sites
from geo.siting.capacity.program import Program
from geo.siting.model import Deadline


@dataclass(frozen=True)
class Lack:
    """What is short; fields as in `geo.siting.capacity.instance.CapacityResult`."""

    short: Shortage
    clients: tuple[int, ...] = ()
    smallest_n_open: int | None = None
    smallest_budget: float | None = None


def obvious_lack(instance: CapacityInstance) -> Shortage | None:
    """Return what is short where adding up is enough to see it, None where it is not."""
    unreached = ~np.isfinite(instance.cost[:, instance.usable]).any(axis=1)
    if unreached.any():
        return "reach"
    if fewest_sites(instance) > instance.n_sites:
        return "capacity"
    if max(fewest_sites(instance), int(instance.fixed.sum())) > instance.most_open:
        return "number"
    saved = np.minimum(instance.spending[instance.usable & ~instance.fixed], 0.0).sum()
    least = float(instance.spending[instance.fixed].sum() + saved)
    if instance.budget is not None and least > instance.budget + instance.money_doubt:
        return "budget"
    if instance.min_load[instance.fixed].sum() > instance.demand.sum() + instance.load_doubt:
        return "load"
    return None


def lack(instance: CapacityInstance, seed: int) -> Lack:
    """Return why an infeasible problem has no plan.

    Raises
    ------
    SolverError
        If HiGHS cannot tell.
    """
    unreached = ~np.isfinite(instance.cost[:, instance.fixed | instance.free]).any(axis=1)
    if unreached.any():
        return Lack("reach", tuple(int(client) for client in np.flatnonzero(unreached)))
    return _lack_of_means(instance, seed) or Lack(_lack_of_rules(instance, seed))


def _lack_of_means(instance: CapacityInstance, seed: int) -> Lack | None:
    """Return what more sites or more money would do, None if they would not do."""
    count = np.ones(instance.n_sites)
    n_needed = least(replace(instance, n_open=None), count, seed) if instance.n_open is not None else None
    if n_needed is not None:
        return Lack("number", smallest_n_open=round(n_needed))
    needed = least(replace(instance, budget=None), instance.spending, seed) if instance.budget is not None else None
    if needed is not None:
        return Lack("budget", smallest_budget=needed)
    if instance.n_open is None or instance.budget is None:
        return None
    return Lack("jointly") if least(replace(instance, n_open=None, budget=None), count, seed) is not None else None


def _lack_of_rules(instance: CapacityInstance, seed: int) -> Shortage:
    """Return which rule leaves no plan though every site might open."""
    unlimited = replace(instance, n_open=None, budget=None)
    count = np.ones(instance.n_sites)
    without = replace(unlimited, min_load=np.zeros(instance.n_sites))
    if instance.min_load.any() and least(without, count, seed) is not None:
        return "load"
    if instance.closest and least(replace(unlimited, closest=False), count, seed) is not None:
        return "closest"
    if not instance.split and least(replace(unlimited, split=True), count, seed) is not None:
        return "whole"
    return "capacity"


def least(instance: CapacityInstance, per_site: Floats, seed: int) -> float | None:
    """Return the least sum of a quantity over open sites that has a plan; None if the problem has no plan.

    Raises
    ------
    SolverError
        If HiGHS cannot tell.
    """
    program = Program(instance, links=False)
    program.keep_all()
    found, certain = program.least(per_site, seed, Deadline(None))
    if not certain:
        raise SolverError("HiGHS could not tell whether a siting problem with capacities has a solution")
    return found
