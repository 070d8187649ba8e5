"""Proofs by HiGHS: one goal is brought to its optimum while the earlier goals are held at theirs.

References
----------
Huangfu and Hall (2018), Mathematical Programming Computation 10:119-142 (HiGHS).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from typing import Final, TypeGuard

import numpy as np

from geo.siting import blocks, constraints, goals
from geo.siting.cover.prove import prove_by_covering
from geo.siting.median.narrow import narrow
from geo.siting.model import Deadline, Model, Outcome
from geo.siting.problem import Floats, Mask, Milliseconds, SitingProblem
from geo.siting.reduce import Positions, Reduced, reduce_problem, restrict
from geo.siting.regret import LargestRegret
from geo.siting.sizes import SMALL_SETTLEMENTS
from geo.units import UNREACHABLE_MS

#: Bounds of models in whole numbers are rounded up after taking off this much.
ROUND_UP_DOUBT: Final = 1e-6

#: Share of what a model can still gain that its tolerances cannot tell from nothing.
RESOLUTION: Final = 1e-11

#: Times in a problem up to which models are built whole.
SMALL_MODEL: Final = 20_000

#: Goals whose models are small however far people may travel.
_COVERAGES: Final = (goals.BeyondLimit, goals.WithoutBackup)

#: Times in a problem up to which sums are minimised by one model.
TINY_MODEL: Final = 2_000

#: Plans that models are kept from one by one.
MOST_EXCLUDED: Final = 200

#: Times beyond which whole arrays of prices would take too long.
LARGE_MODEL: Final = 5_000_000

#: Share of a value below which models cannot tell two values apart as rows.
LEAST_STEP: Final = 1e-6

#: Ranks added to twice the rank of a plan's site.
SPARE_RANKS: Final = 8


@dataclass(frozen=True, eq=False)
class Held:
    """An earlier goal and the linear value that it must keep; the free sites that plans can use then, if known."""

    goal: goals.Goal
    value: float
    sites: Positions | None = None


@dataclass(frozen=True, eq=False)
class Proof:
    """The best plan known for a goal and a lower bound on the goal's linear value.

    ``sites`` are the free sites (positions, ascending) that plans can use which are as good and keep the earlier goals,
    None where that is not known.
    """

    is_open: Mask
    value: float
    bound: float
    iterations: int = 0
    nodes: int = 0
    sites: Positions | None = None

    def holds(self, goal: goals.Goal) -> Held:
        """Return the requirement that plans are as good by the goal proven."""
        return Held(goal, self.value, self.sites)


@dataclass(eq=False)
class Search:
    """Everything that the proofs of one problem share.

    Parameters
    ----------
    problem, deadline
        What is to be decided, and the safety in seconds.
    narrowed
        What a known plan leaves of the problem; None: all that can matter.
    """

    problem: SitingProblem
    deadline: Deadline
    narrowed: Reduced | None = None
    _excluded: list[Floats] = field(default_factory=list, init=False)

    @cached_property
    def reduced(self) -> Reduced:
        """What can matter of the problem; made when a model needs it."""
        return reduce_problem(self.problem) if self.narrowed is None else self.narrowed

    @cached_property
    def best_ms(self) -> Milliseconds:
        """Time if every usable site were open (n_seasons, n_settlements): no plan is better anywhere."""
        if self.narrowed is not None:
            return self.narrowed.best_ms
        return constraints.nearest_ms(self.problem, self.problem.always | self.problem.free)

    @property
    def is_large(self) -> bool:
        """Whether compiled searches are worth loading; the number of settlements alone decides."""
        return self.problem.n_settlements > SMALL_SETTLEMENTS

    def prove(self, goal: goals.Goal, held: Sequence[Held], start: Mask) -> Proof:
        """Return the optimum of a goal among the plans that keep the held goals.

        Parameters
        ----------
        goal
            What to minimise.
        held
            Earlier goals with their values.
        start
            A plan that meets every constraint and the held goals.
        """
        value = self.value(goal, start)
        trivial = max(self.trivial_bound(goal), self._bound_by_number(goal, held))
        if value <= trivial or not self.problem.free.any():
            return Proof(start, value, value)
        if self.prices(goal, held):
            return self._prove_by_prices(goal, held, start)
        covering = prove_by_covering(self.reduced, goal, held, start, self.deadline)
        if covering is not None:
            return Proof(*covering)
        if isinstance(goal, goals.LargestTime) and goal.integral:
            return self._prove_largest(goal, start)
        if isinstance(goal, LargestRegret):
            from geo.siting.minimax import prove_regret

            return prove_regret(self, goal, held, start)
        narrowed = self._narrowed(goal, held, start)
        proof = Proof(start, value, trivial)
        if isinstance(goal, goals.SiteGoal):
            proof = narrowed._nothing_cheaper(goal, held, proof)
        return proof if proof.bound >= proof.value else narrowed._prove_by_models(goal, held, proof)

    def _nothing_cheaper(self, goal: goals.SiteGoal, held: Sequence[Held], proof: Proof) -> Proof:
        """Return the optimum of what sites add up to, by asking how good a plan can be that has less of it.

        Sums over nearest sites make models that bound well as what is minimised, and badly as what is held. Where no
        such sum is held, or values of the goal may differ by almost nothing, the proof comes back as it was.
        """
        sums = [one for one in held if isinstance(one.goal, goals.BurdenGoal) and not isinstance(one.goal, _COVERAGES)]
        step = goal.step
        if not sums or step < LEAST_STEP * abs(proof.value) or self.reduced.milliseconds.size <= SMALL_MODEL:
            return proof
        most = blocks.limit_of(sums[-1].goal, sums[-1].value)
        others = [other for other in held if other is not sums[-1]]
        while True:
            asked = Proof(proof.is_open, most, self.trivial_bound(sums[-1].goal), proof.iterations, proof.nodes)
            found = self._prove_by_models(sums[-1].goal, [*others, Held(goal, proof.value - step)], asked)
            is_better = found.value < most
            value = self.value(goal, found.is_open)
            bound = value if found.bound >= most and not is_better else proof.bound
            proof = Proof(found.is_open, value, bound, found.iterations, found.nodes)
            if not is_better:
                return proof

    def _bound_by_number(self, goal: goals.Goal, held: Sequence[Held]) -> float:
        """Return the fewest new sites that a held number of open sites leaves, where new sites are what is counted."""
        n_open = [other.value for other in held if other.goal.name == goals.OPEN_SITES]
        if goal.name != goals.NEW_SITES or not n_open:
            return -np.inf
        return n_open[0] - float((self.problem.existing & (self.problem.always | self.problem.free)).sum())

    def prices(self, goal: goals.Goal, held: Sequence[Held]) -> TypeGuard[goals.BurdenGoal]:
        """Return whether a goal is minimised by prices: it and all it must keep are sums over nearest sites.

        Tiny problems, and small coverages, are models at once.
        """
        n_times = self.problem.n_seasons * self.problem.n_settlements * self.problem.n_sites
        small = n_times <= TINY_MODEL or (isinstance(goal, goals.BeyondLimit) and not isinstance(goal, goals.Unserved))
        limited = self.problem.n_open is not None or self.problem.budget is not None
        sums = all(isinstance(one, goals.BurdenGoal) for one in (goal, *(other.goal for other in held)))
        return limited and sums and (self.is_large or not small)

    def _prove_by_prices(self, goal: goals.BurdenGoal, held: Sequence[Held], start: Mask) -> Proof:
        """Return the optimum by prices, and by models of what they leave where penalties or seasons leave a gap."""
        from geo.siting.median.prove import prove_by_prices

        priced = prove_by_prices(self.problem, goal, held, start, self.deadline)
        proof = Proof(priced.is_open, priced.value, priced.bound, priced.iterations, priced.nodes, priced.sites)
        if proof.bound >= proof.value or priced.finished or (self.is_large and not priced.compact):
            return proof
        if priced.compact and priced.sites is not None:
            search = Search(self.problem, self.deadline, restrict(self.problem, priced.sites, None))
        else:
            search = self._narrowed(goal, held, proof.is_open)
        # Models tell values apart by what can still be gained, counted from the bound that holds for every plan.
        found = search._prove_by_models(goal, held, replace(proof, bound=self.trivial_bound(goal)))
        return replace(found, bound=max(found.bound, min(proof.bound, found.value)), sites=priced.sites)

    def _narrowed(self, goal: goals.Goal, held: Sequence[Held], start: Mask) -> Search:
        """Return the search without what a Lagrangian bound on a goal, new or held, rules out; large problems only."""
        usable = [other.sites for other in held if other.sites is not None]
        if usable and self.narrowed is None:
            left = restrict(self.problem, reduce(np.intersect1d, usable), None)
            return Search(self.problem, self.deadline, left)._narrowed(goal, held, start)
        if self.reduced.milliseconds.size <= SMALL_MODEL:
            return self
        if isinstance(goal, LargestRegret):
            from geo.siting.minimax import narrowed_by_seasons

            return narrowed_by_seasons(self, goal, held, start)
        if self.reduced.milliseconds.size > LARGE_MODEL:
            return self
        known = [*((other.goal, other.value) for other in held), (goal, self.value(goal, start))]
        for other, value in known:
            if isinstance(other, goals.BurdenGoal) and not isinstance(other, goals.BeyondLimit):
                most = blocks.limit_of(other, value)
                left = narrow(self.reduced, other, most, start, self.latest(held))
                return Search(self.problem, self.deadline, left)
        return self

    def latest(self, held: Sequence[Held]) -> Milliseconds:
        """Return the longest time that anybody may have: by the closure tolerance, and by a coverage that is held."""
        problem = self.problem
        latest = constraints.latest_ms(problem, problem.max_worsening_ms)
        weights = problem.normal_weights if problem.season_rule == "weighted" else np.ones(problem.n_seasons)
        for other in held:
            if isinstance(other.goal, goals.BeyondLimit):
                needed = weights[:, np.newaxis] * problem.persons > blocks.limit_of(other.goal, other.value)
                latest = np.where(needed, np.minimum(latest, other.goal.limit_ms), latest)
        return latest

    def prove_by_models(self, goal: goals.Goal, held: Sequence[Held], proof: Proof) -> Proof:
        """Return the optimum of a goal by models of what a plan leaves possible, from what is known at first."""
        return self._narrowed(goal, held, proof.is_open)._prove_by_models(goal, held, proof)

    def _prove_by_models(self, goal: goals.Goal, held: Sequence[Held], proof: Proof) -> Proof:
        """Return the optimum of a goal by models of growing reach, from what is known at first."""
        start, trivial = proof.is_open, proof.bound
        reach = Reach.around(self.reduced, start)
        while True:
            outcome, bound = self._solve(goal, held, proof.value, reach)
            best, value = self._better(goal, held, proof.is_open, proof.value, outcome)
            if value - bound <= RESOLUTION * (proof.value - trivial):
                bound = value
            bound = min(value, max(trivial, math.floor(bound) if goal.integral and math.isfinite(bound) else bound))
            improved = value < proof.value
            iterations, nodes = proof.iterations + outcome.iterations, proof.nodes + outcome.nodes
            proof = Proof(best, value, bound, iterations, nodes)
            found = self.plan_of(outcome)
            if bound >= value or not outcome.finished or found is None:
                return proof
            if improved:
                return self._narrowed(goal, held, best)._prove_by_models(goal, held, proof)
            if not reach.extend(self.reduced, found) and not self._exclude(found, held):
                return proof

    def _exclude(self, found: Mask, held: Sequence[Held]) -> bool:
        """Keep models from a plan that breaks a held goal by less than their tolerance; return whether it does."""
        broken = [o.goal for o in held if self.value(o.goal, found) > blocks.limit_of(o.goal, o.value)]
        if not broken or len(self._excluded) >= MOST_EXCLUDED:
            return False
        is_open = found[self.reduced.sites]
        # With fewer sites no burden is smaller, so that the plans within this one break the goal as well.
        monotone = not isinstance(broken[0], goals.SiteGoal)
        self._excluded.append(np.where(is_open, 0.0 if monotone else -1.0, 1.0))
        return True

    def _solve(self, goal: goals.Goal, held: Sequence[Held], value: float, reach: Reach) -> tuple[Outcome, float]:
        """Solve the model of a goal as if nobody travelled beyond the reach; return also the bound it proves."""
        seen = Search(self.problem, self.deadline, reach.limited(self.reduced))
        model = Model(self.reduced.sites.size)
        blocks.add_base(model, self.reduced, self.problem.max_worsening_ms)
        for other in held:
            (self if isinstance(other.goal, _COVERAGES) else seen)._hold(model, other)
        scale, base = (self if isinstance(goal, _COVERAGES) else seen)._minimise(model, goal, value)
        for signs in self._excluded:
            model.add_row(np.arange(signs.size), signs, lower=1.0 + float(np.minimum(signs, 0.0).sum()))
        outcome = model.solve(self.problem.seed, self.deadline)
        bound = base + outcome.bound * scale
        if goal.integral and scale == 1.0 and math.isfinite(bound):
            bound = math.ceil(bound - ROUND_UP_DOUBT)
        return outcome, bound

    def plan_of(self, outcome: Outcome) -> Mask | None:
        """Return the open sites of an outcome, if it has a point."""
        return None if outcome.values is None else self.reduced.mask(outcome.values[: self.reduced.sites.size] > 0.5)

    def trivial_bound(self, goal: goals.Goal) -> float:
        """Return a lower bound that holds for every plan."""
        problem = self.problem
        if isinstance(goal, goals.SiteGoal):
            base = goal.constant + float(goal.per_site[problem.always].sum())
            return base + float(np.minimum(goal.per_site[problem.free], 0.0).sum())
        best = self.best_ms
        if isinstance(goal, goals.LargestTime) and goal.integral:
            always_served = constraints.nearest_ms(problem, problem.always).max(axis=0) < UNREACHABLE_MS
            best = np.where(always_served, best, 0)
        bound = float(goal.linear(best, problem.always | problem.free))
        return max(bound, 0.0) if isinstance(goal, LargestRegret) else bound

    def value(self, goal: goals.Goal, is_open: Mask) -> float:
        """Return the linear value of a plan, exactly."""
        value: float = goal.linear(constraints.nearest_ms(self.problem, is_open), is_open).item()
        return value

    def _hold(self, model: Model, held: Held) -> None:
        """Add the requirement that an earlier goal keeps its value."""
        most = blocks.limit_of(held.goal, held.value)
        for terms in self._terms(model, held.goal, most):
            scale = max(most - terms.base, float(np.abs(terms.coefficients).max(initial=0.0)) / blocks.SCALE) or 1.0
            factor = blocks.SCALE / scale
            model.add_row(terms.columns, terms.coefficients * factor, upper=(most - terms.base) * factor)

    def _terms(self, model: Model, goal: goals.Goal, most: float) -> list[blocks.Terms]:
        """Add a goal for plans of at most some value; the goal is the sum returned, or the largest of several."""
        if isinstance(goal, goals.SiteGoal):
            return [blocks.site_terms(self.reduced, goal)]
        if isinstance(goal, goals.BurdenGoal):
            return [blocks.burden_terms(model, self.reduced, goal, most)]
        if isinstance(goal, goals.WithoutBackup):
            return [blocks.backup_terms(model, self.reduced, goal)]
        if isinstance(goal, LargestRegret):
            return blocks.regret_terms(model, self.reduced, goal, most)
        if isinstance(goal, goals.LargestTime) and not goal.integral:
            return blocks.mean_terms(model, self.reduced, goal, most)
        raise TypeError(f"no model for the goal {goal.name}")

    def _minimise(self, model: Model, goal: goals.Goal, value: float) -> tuple[float, float]:
        """Add the objective; return by what it is divided and what is added to it."""
        if isinstance(goal, goals.LargestTime | LargestRegret):
            return self._minimise_largest(model, goal, value)
        (terms,) = self._terms(model, goal, blocks.limit_of(goal, value))
        scale = _scale(goal, value - self.trivial_bound(goal))
        model.minimise(terms.columns, terms.coefficients / scale)
        return scale, terms.base

    def _minimise_largest(self, model: Model, goal: goals.Goal, value: float) -> tuple[float, float]:
        base = self.trivial_bound(goal)
        scale = _scale(goal, value - base)
        largest = model.add_columns(1, upper=np.inf)
        model.minimise(largest, np.ones(1))
        for terms in self._terms(model, goal, value):
            columns = np.concatenate([largest, terms.columns])
            model.add_row(columns, np.append(1.0, -terms.coefficients / scale), lower=(terms.base - base) / scale)
        return scale, base

    def _better(
        self, goal: goals.Goal, held: Sequence[Held], start: Mask, value: float, outcome: Outcome
    ) -> tuple[Mask, float]:
        """Return the outcome's plan if, evaluated exactly, it is allowed and better than the start."""
        found = self.plan_of(outcome)
        return (start, value) if found is None else self.better_plan(goal, held, start, value, found)

    def better_plan(
        self, goal: goals.Goal, held: Sequence[Held], start: Mask, value: float, found: Mask
    ) -> tuple[Mask, float]:
        """Return a plan if, evaluated exactly, it is allowed and better than the start."""
        found_value = self.value(goal, found)
        keeps = all(self.value(other.goal, found) <= blocks.limit_of(other.goal, other.value) for other in held)
        if found_value < value and keeps and not constraints.breaches(self.problem, found):
            return found, found_value
        return start, value

    def _prove_largest(self, goal: goals.LargestTime, start: Mask) -> Proof:
        """Bisect the longest time: can everybody be within it but as many unserved as the start has.

        Whoever is beyond a time is unserved or not within it. The unserved cannot be fewer than in the start, so if no
        more people than those are beyond a time, all others are within it.
        """
        problem = self.problem
        unserved = Held(goals.Unserved(problem), self.value(goals.Unserved(problem), start))

        def attempt(limit_ms: int) -> Outcome:
            model = Model(self.reduced.sites.size)
            blocks.add_base(model, self.reduced, problem.max_worsening_ms)
            self._hold(model, Held(goals.BeyondLimit(problem, limit_ms), unserved.value))
            return model.solve(problem.seed, self.deadline)

        lowest = self.trivial_bound(goal)
        if unserved.value == self.trivial_bound(unserved.goal):
            lowest = float(goal.linear(self.best_ms, problem.always))
        counted = problem.persons > 0
        reached = np.append(self.reduced.milliseconds[:, counted].ravel(), self.reduced.ceiling_ms[:, counted].ravel())
        levels = np.unique(reached[(reached >= lowest) & (reached < UNREACHABLE_MS)])
        return self._bisect(goal, unserved, levels.tolist(), attempt, start)

    def _bisect(
        self, goal: goals.Goal, unserved: Held, levels: list[int], attempt: Callable[[int], Outcome], start: Mask
    ) -> Proof:
        """Return the smallest of the ascending levels that some plan attains, by one feasibility model per step."""
        best, value = start, self.value(goal, start)
        below, above = 0, int(np.searchsorted(levels, value))
        iterations = nodes = 0
        while below < above:
            middle = (below + above) // 2
            outcome = attempt(levels[middle])
            iterations, nodes = iterations + outcome.iterations, nodes + outcome.nodes
            if outcome.proven_infeasible:
                below = middle + 1
                continue
            found, found_value = self._better(goal, (unserved,), best, value, outcome)
            if found_value > levels[middle]:
                break
            best, value = found, found_value
            above = int(np.searchsorted(levels, value))
        bound = value if below >= above else float(levels[below])
        return Proof(best, value, bound, iterations, nodes)


class Reach:
    """How far people are taken to travel at most in a model, which keeps large models small.

    It starts at twice the rank of a known plan's sites, and is extended wherever the model's plan goes beyond it.
    """

    def __init__(self, milliseconds: Milliseconds) -> None:
        self.milliseconds = milliseconds

    @classmethod
    def around(cls, reduced: Reduced, plan: Mask) -> Reach:
        """Return the first reach; no limit for small problems."""
        reach = cls(np.full_like(reduced.ceiling_ms, UNREACHABLE_MS))
        if reduced.milliseconds.size > SMALL_MODEL:
            everybody = np.ones_like(reduced.ceiling_ms, dtype=np.bool_)
            reach._set(reduced, constraints.nearest_ms(reduced.problem, plan), everybody)
        return reach

    def limited(self, reduced: Reduced) -> Reduced:
        """Return the reduced problem as if nobody travelled beyond the reach."""
        return reduced.optimistic(self.milliseconds)

    def extend(self, reduced: Reduced, plan: Mask) -> bool:
        """Extend the reach to a plan that goes beyond it; return whether it does."""
        nearest = constraints.nearest_ms(reduced.problem, plan)
        beyond = nearest > self.milliseconds
        self._set(reduced, nearest, beyond)
        return bool(beyond.any())

    def _set(self, reduced: Reduced, nearest: Milliseconds, where: Mask) -> None:
        for season, settlement in np.argwhere(where):
            times = np.unique(reduced.milliseconds[season, settlement])
            rank = 2 * int(np.searchsorted(times, nearest[season, settlement])) + SPARE_RANKS
            self.milliseconds[season, settlement] = times[rank] if rank < times.size else UNREACHABLE_MS


def _scale(goal: goals.Goal, excess: float) -> float:
    """Return the divisor that brings what can still be gained to about 1,000; small whole numbers stay whole."""
    if goal.integral and excess <= blocks.SCALE**2:
        return 1.0
    return excess / blocks.SCALE
