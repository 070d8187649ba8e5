"""The goals of a programme in their order, as numbers of a plan: unmet people, the equal equivalent of times, money."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np

from geo.planning.choices import Choices, Plan
from geo.planning.events import burden
from geo.planning.measure import need_ms, unmet_needs, worst_ms
from geo.units import UNREACHABLE_MS

Name = Literal["unmet-person-years", "equally-distributed-equivalent", "discounted-cost"]
UNMET: Final = "unmet-person-years"
EDE: Final = "equally-distributed-equivalent"
COST: Final = "discounted-cost"

#: Relative room with which a value counts as another one: sums of real numbers differ by their order.
SAME: Final = 1e-9

#: Fractions of a person's weight that first goals are told apart by.
_FINEST: Final = 1e-6


@dataclass(frozen=True, eq=False)
class Goals:
    """What plans of some choices are compared by."""

    choices: Choices

    @property
    def names(self) -> tuple[Name, ...]:
        """The goals in their order; the equivalent only where the case has a kappa and people."""
        has_ede = self.choices.case.kappa is not None and bool(self.choices.case.persons.any())
        return (UNMET, EDE, COST) if has_ede else (UNMET, COST)

    def values(self, plan: Plan) -> dict[str, float]:
        """Return the linear values of a plan, all minimised, worked out anew."""
        case = self.choices.case
        states = self.choices.in_force(plan)
        found = {UNMET: 0.0, EDE: 0.0, COST: self.choices.plan_cost(plan)}
        ms = None
        for year, state in enumerate(states):
            if ms is None or (state != states[year - 1]).any():
                ms = need_ms(case, state)
            persons = case.persons[year]
            found[UNMET] += float((persons * self.choices.weight)[unmet_needs(case, ms)].sum())
            if EDE in self.names:
                found[EDE] += float(persons @ burden(worst_ms(ms), self.kappa, case.cap_ms))
        return {name: found[name] for name in self.names}

    @property
    def kappa(self) -> float:
        """The case's kappa, 0 where it has none."""
        return float(self.choices.case.kappa or 0.0)

    @cached_property
    def step(self) -> float:
        """What first goals of two plans differ by at least, if at all; 0 where it may be anything."""
        stakes = (self.choices.case.persons * self.choices.weight).ravel() / _FINEST
        whole = np.rint(stakes)
        if (np.abs(stakes - whole) > 1e-3).any() or whole.max(initial=0.0) > 2.0**52:
            return 0.0
        return float(np.gcd.reduce(whole.astype(np.int64), initial=0)) * _FINEST

    def raised(self, name: str, bound: float) -> float:
        """Return a lower bound, brought up to the next value that the goal can have."""
        if name != UNMET or self.step <= 0 or not np.isfinite(bound):
            return bound
        steps = bound / self.step
        return max(bound, self.step * math.ceil(steps - 1e-6 - 1e-12 * abs(steps)))

    def shown(self, name: str, linear: float) -> float:
        """Return a linear value as people read it: weighted persons times years, minutes, money."""
        if name != EDE:
            return linear
        total = int(self.choices.case.persons.sum())
        return float(np.log1p(-self.kappa * linear / total) / -self.kappa)

    def most(self, name: str, value: float) -> float:
        """Return the largest value that counts as equal to a value."""
        if name == UNMET and self.step > 0:
            return value + self.step / 2
        return value + SAME * max(1.0, abs(value))

    def keeps(self, values: dict[str, float], held: dict[str, float]) -> bool:
        """Return whether values are no worse than what is held."""
        return all(values[name] <= self.most(name, value) for name, value in held.items())

    def is_better(self, values: dict[str, float], known: dict[str, float]) -> bool:
        """Return whether values come before known ones in the order of the goals."""
        for name in self.names:
            if values[name] < known[name] - (self.most(name, known[name]) - known[name]):
                return True
            if values[name] > self.most(name, known[name]):
                return False
        return False


def is_harmless(choices: Choices, plan: Plan) -> bool:
    """Return whether a plan keeps everybody's time within the tolerance, in every season of every year."""
    case = choices.case
    if case.max_worsening_ms is None:
        return True
    before = need_ms(case, case.today)
    latest = np.where(before < UNREACHABLE_MS, before.astype(np.int64) + case.max_worsening_ms, UNREACHABLE_MS)
    states = np.unique(choices.in_force(plan), axis=0)
    return all(bool((need_ms(case, state) <= latest).all()) for state in states)


def is_allowed(choices: Choices, plan: Plan) -> bool:
    """Return whether a plan keeps its budgets, harms nobody beyond the tolerance, and contains what it must."""
    return choices.contains(plan) and choices.is_affordable(plan) and is_harmless(choices, plan)
