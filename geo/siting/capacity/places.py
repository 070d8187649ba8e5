"""A siting problem as a capacitated instance, and back: who needs a place, what each place costs, who only needs a way.

Settlements with persons that some usable site reaches in every season are clients. All others hold no place; where the
closure tolerance protects them in a season, a client without demand stands for that promise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.siting import constraints
from geo.siting.capacity.instance import CapacityInstance, Floats, Mask, Plan, Positions
from geo.siting.objectives import PLACED
from geo.siting.problem import Milliseconds, SitingProblem
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS


@dataclass(frozen=True, eq=False)
class Places:
    """A problem and the instance made of it.

    Parameters
    ----------
    problem, instance
        The two; the first ``settlements.size`` clients are settlements, the others promises.
    settlements
        Position of the settlement of each client that holds a place.
    constant
        What every plan costs beyond the value of the instance.
    """

    problem: SitingProblem
    instance: CapacityInstance
    settlements: Positions
    constant: float

    def persons_at(self, plan: Plan) -> npt.NDArray[np.int64]:
        """Return whole persons (n_settlements, n_sites) by the site that serves them."""
        problem = self.problem
        persons = np.zeros((problem.n_settlements, problem.n_sites), dtype=np.int64)
        shares = plan.shares[: self.settlements.size]
        persons[self.settlements] = np.rint(shares * problem.persons[self.settlements, np.newaxis]).astype(np.int64)
        return persons


def translate(problem: SitingProblem, is_open: Mask | None = None) -> Places:
    """Return the instance of a problem; with a set of sites given, the one in which exactly these are open."""
    worst = problem.milliseconds.max(axis=0)
    latest = constraints.latest_ms(problem, problem.max_worsening_ms)
    usable = problem.always | problem.free if is_open is None else is_open
    served = (worst[:, usable] < UNREACHABLE_MS).any(axis=1) & (problem.persons > 0)
    settlements = np.flatnonzero(served)
    may = (worst < UNREACHABLE_MS) & (problem.milliseconds <= latest[:, :, np.newaxis]).all(axis=0)
    cost = np.where(may, _cost(problem, worst), np.inf)[settlements]
    promised, near = _promises(problem, latest, served)
    existing = problem.existing
    spending = np.where(existing, -problem.closing, problem.opening)
    constant = float(problem.closing[existing].sum())
    in_money = PLACED[problem.objective].in_money
    budget = None if problem.budget is None else problem.budget - constant
    instance = CapacityInstance(
        cost=np.concatenate([cost, np.where(promised, 0.0, np.inf)]),
        demand=np.append(problem.persons[settlements].astype(np.float64), np.zeros(len(promised))),
        capacity=np.full(problem.n_sites, np.inf) if problem.capacity is None else problem.capacity,
        min_load=np.zeros(problem.n_sites) if problem.min_load is None else problem.min_load,
        opening=spending + problem.running if in_money else np.zeros(problem.n_sites),
        spending=spending,
        budget=budget if is_open is None else None,
        n_open=problem.n_open if is_open is None else None,
        fixed=problem.always if is_open is None else is_open,
        free=problem.free if is_open is None else np.zeros(problem.n_sites, dtype=np.bool_),
        split=problem.split,
        closest=problem.closest,
        nearness=np.concatenate([_distance(worst[settlements]), near]),
        integral=not in_money,
    )
    return Places(problem, instance, settlements, constant if in_money else 0.0)


def _cost(problem: SitingProblem, worst: Milliseconds) -> Floats:
    """Return what each settlement costs at each site; whole person-milliseconds, or money."""
    persons = problem.persons.astype(np.float64)[:, np.newaxis]
    if not PLACED[problem.objective].in_money:
        return np.asarray(persons * worst)
    per_place = np.zeros(problem.n_sites) if problem.place_cost is None else problem.place_cost
    return np.asarray(persons * (per_place + problem.travel_price * worst / MS_PER_MINUTE))


def _promises(problem: SitingProblem, latest: Milliseconds, served: Mask) -> tuple[Mask, Floats]:
    """Return, for each promise to somebody without a place, which sites keep it, and how far they are."""
    season, settlement = np.nonzero((latest < UNREACHABLE_MS) & ~served)
    times = problem.milliseconds[season, settlement]
    return times <= latest[season, settlement][:, np.newaxis], _distance(times)


def _distance(times: Milliseconds) -> Floats:
    return np.where(times < UNREACHABLE_MS, times, np.inf)
