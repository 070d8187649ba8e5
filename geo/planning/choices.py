"""What can be chosen: for every place one change at most, and the year in which it comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from geo.planning.case import NOTHING, Floats, Ints, Mask, PlanningCase
from geo.planning.closures import is_protected, lowering_options
from geo.planning.measure import weight_of

#: Relative room for rounding errors in sums of money.
MONEY_ROUNDING: Final = 1e-9


@dataclass(frozen=True, eq=False)
class Plan:
    """A programme as its changes: of each place the position of the new option (-1: no change), and its year.

    Parameters
    ----------
    option, year
        int64 (n_places,); the year is a position, 0 where there is no change.
    """

    option: Ints
    year: Ints

    @classmethod
    def nothing(cls, n_places: int) -> Plan:
        """Return the plan without changes."""
        return cls(np.full(n_places, -1, dtype=np.int64), np.zeros(n_places, dtype=np.int64))

    @property
    def places(self) -> Ints:
        """Places that change, ascending."""
        return np.flatnonzero(self.option >= 0)


@dataclass(frozen=True, eq=False)
class Choices:
    """The options that a programme may bring into force, with their money.

    Parameters
    ----------
    case
        The region.
    options
        int64 (n_choices,), positions of the options, ascending by place and position.
    forced
        Position of the option that must be in force in the last year, by place; -1 where nothing may change.
    refused
        Places whose required option is refused for protection: no plan exists.
    """

    case: PlanningCase
    options: Ints
    forced: Mapping[int, int]
    refused: tuple[int, ...] = ()

    @classmethod
    def of(cls, case: PlanningCase, must: Mapping[str, str]) -> Choices:
        """Return the choices of a case. `must` names the option of a place by the last year; empty text: no change.

        Raises
        ------
        ValueError
            If `must` names what is not there.
        """
        required = _required(case, must)
        closed = {option for option in lowering_options(case) if is_protected(case, option)}
        usable = []
        for option in range(len(case.options)):
            place = int(case.place_of_option[option])
            wanted = required.get(place)
            if option != case.today[place] and option not in closed and wanted in (None, option):
                usable.append(option)
        options = np.array(sorted(usable, key=lambda o: (case.place_of_option[o], o)), dtype=np.int64)
        forced = {place: -1 if option == case.today[place] else option for place, option in required.items()}
        refused = tuple(sorted(place for place, option in required.items() if option in closed))
        return cls(case, options, forced, refused)

    @property
    def n_choices(self) -> int:
        """Number of options that may come into force."""
        return int(self.options.size)

    @property
    def n_years(self) -> int:
        """Number of years."""
        return len(self.case.years)

    @cached_property
    def place(self) -> Ints:
        """Place of each choice (n_choices,)."""
        return self.case.place_of_option[self.options].astype(np.int64)

    @cached_property
    def of_place(self) -> tuple[Ints, ...]:
        """Choices of each place."""
        return tuple(np.flatnonzero(self.place == p) for p in range(len(self.case.place_ids)))

    @property
    def weight(self) -> Floats:
        """What one person of each need counts for in the first goal (n_needs,)."""
        return weight_of(self.case)

    @cached_property
    def capex(self) -> Floats:
        """Money of each choice in its year (n_choices,)."""
        return np.array([self.case.options[o].capex for o in self.options], dtype=np.float64)

    @cached_property
    def growth(self) -> Floats:
        """What running costs grow by from the year of a choice on, against today; below zero where they fall."""
        kept = self.case.today[self.place]
        before = [self.case.options[o].opex_year if o != NOTHING else 0.0 for o in kept]
        after = [self.case.options[o].opex_year for o in self.options]
        return np.array(after, dtype=np.float64) - np.array(before, dtype=np.float64)

    @cached_property
    def cost(self) -> Floats:
        """Discounted cost of each choice in each year against no change (n_choices, n_years)."""
        discount = self.case.discount
        left = np.cumsum(discount[::-1])[::-1]
        return self.capex[:, np.newaxis] * discount + self.growth[:, np.newaxis] * left

    @cached_property
    def base_cost(self) -> float:
        """Discounted running cost of what stands today."""
        running = sum(self.case.options[o].opex_year for o in self.case.today if o != NOTHING)
        return float(running * self.case.discount.sum())

    @cached_property
    def budget(self) -> Floats:
        """Money for capex by year, with room for rounding."""
        return _roomy(self.case.budget, self.capex)

    @cached_property
    def running_budget(self) -> Floats:
        """Money for growing running costs by year, with room for rounding."""
        return _roomy(self.case.running_budget, self.growth)

    @cached_property
    def _choice_of_option(self) -> Ints:
        position = np.full(len(self.case.options), -1, dtype=np.int64)
        position[self.options] = np.arange(self.n_choices)
        return position

    def starts(self, plan: Plan) -> tuple[Ints, Ints]:
        """Return the choices of a plan and their years, by place."""
        return self._choice_of_option[plan.option[plan.places]], plan.year[plan.places]

    def contains(self, plan: Plan) -> bool:
        """Return whether all that a plan changes is among the choices, and all that is required among its changes."""
        required = all(int(plan.option[place]) == option for place, option in self.forced.items())
        return required and bool((self.starts(plan)[0] >= 0).all())

    def restricted(self, kept: Mask) -> Choices:
        """Return some of the choices (n_choices,)."""
        return replace(self, options=self.options[kept])

    def in_force(self, plan: Plan) -> Ints:
        """Return the option in force of every place in every year (n_years, n_places)."""
        state = np.tile(self.case.today, (self.n_years, 1))
        for place in plan.places:
            state[plan.year[place] :, place] = plan.option[place]
        return state

    def spending(self, plan: Plan) -> tuple[Floats, Floats]:
        """Return capex, and the growth of running costs against today, by year (n_years,) each."""
        choices, years = self.starts(plan)
        spent, grown = np.zeros(self.n_years), np.zeros(self.n_years)
        np.add.at(spent, years, self.capex[choices])
        np.add.at(grown, years, self.growth[choices])
        return spent, np.cumsum(grown)

    def is_affordable(self, plan: Plan) -> bool:
        """Return whether the plan keeps both budgets."""
        spent, grown = self.spending(plan)
        return bool((spent <= self.budget).all() and (grown <= self.running_budget).all())

    def plan_cost(self, plan: Plan) -> float:
        """Return the discounted cost of a plan, with what stays as it is."""
        return self.base_cost + float(self.cost[self.starts(plan)].sum())


def _roomy(budget: Floats | None, money: Floats) -> Floats:
    limits = np.asarray(budget, dtype=np.float64)
    return np.asarray(limits + MONEY_ROUNDING * np.maximum(limits, np.abs(money).max(initial=0.0)))


def _required(case: PlanningCase, must: Mapping[str, str]) -> dict[int, int]:
    """Return the option that each place must have in the last year, by positions; `NOTHING` where nothing may open."""
    places = {name: number for number, name in enumerate(case.place_ids)}
    options = {option.option_id: number for number, option in enumerate(case.options)}
    found: dict[int, int] = {}
    for place_id, option_id in must.items():
        if place_id not in places or (option_id and option_id not in options):
            raise ValueError(f"must names {option_id!r} at {place_id!r}, which is not in the case")
        place = places[place_id]
        option = options[option_id] if option_id else int(case.today[place])
        if option != NOTHING and case.place_of_option[option] != place:
            raise ValueError(f"must names {option_id!r}, which is no option of {place_id!r}")
        found[place] = option
    return found
