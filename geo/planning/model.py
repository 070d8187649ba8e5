"""The programme as a mixed-integer model of HiGHS: one goal is minimised while the earlier ones are held.

``x[choice, year]`` is 1 from the year on in which a choice comes into force, so that phases stay: ``x`` never falls.
``u[event, year]`` is 1 where an event of `geo.planning.events` happens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from geo.planning.case import Floats, Ints, Mask
from geo.planning.choices import Choices, Plan
from geo.planning.events import Events, Row, Stakes
from geo.siting.model import Deadline, Model, Outcome

#: What objectives and held goals are brought to, so that tolerances mean the same for persons and money.
SCALE: Final = 1_000.0

#: Largest number in a row of a held goal; HiGHS takes none above 1e15.
_LARGEST: Final = 1e12


@dataclass(eq=False)
class ProgrammeModel:
    """A model under construction.

    Parameters
    ----------
    choices, events
        What may change, and what can happen.
    forbidden
        Events that the tolerance for closures forbids.
    possible
        bool (n_choices, n_years), the years in which a choice may start; None: all.
    """

    choices: Choices
    events: Events
    forbidden: Sequence[int]
    possible: Mask | None = None
    _columns: dict[tuple[int, int], int] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        n_choices, n_years = self.choices.n_choices, self.choices.n_years
        self.x: Ints = np.arange(n_choices * n_years, dtype=np.int64).reshape(n_choices, n_years)
        self.model = Model(self.x.size)
        self._phases()
        #: Rows that say that phases stay and that a place has one choice.
        self.n_own = self.model.n_rows
        self._money()
        for event in self.forbidden:
            for row in self.events.rows[event]:
                for year in range(n_years):
                    self._at_least_one(row, year, None)
        for place, option in self.choices.forced.items():
            for choice in self.choices.of_place[place]:
                value = float(self.choices.options[choice] == option)
                self.model.add_row(self.x[choice, -1:], np.ones(1), lower=value, upper=value)

    def hold(self, stakes: Stakes, most: float) -> None:
        """Require that a goal of events stays at a value or below."""
        columns, weights = self._terms(stakes)
        largest = float(np.abs(weights).max(initial=0.0))
        scale = min(SCALE / max(1.0, abs(most - stakes.base)), _LARGEST / max(1.0, largest))
        self.model.add_row(columns, weights * scale, upper=(most - stakes.base) * scale)

    def minimise(self, stakes: Stakes, value: float) -> tuple[float, float]:
        """Minimise a goal of events that is at `value` in a known plan; return (base, scale) of the objective."""
        columns, weights = self._terms(stakes)
        return stakes.base, self._objective(columns, weights, value - stakes.base)

    def minimise_cost(self, value: float) -> tuple[float, float]:
        """Minimise the discounted cost that is `value` in a known plan; return (base, scale) of the objective."""
        per_start = self.choices.cost
        later = np.concatenate([per_start[:, 1:], np.zeros((len(per_start), 1))], axis=1)
        base = self.choices.base_cost
        return base, self._objective(self.x.ravel(), (per_start - later).ravel(), value - base)

    def solve(
        self,
        seed: int,
        deadline: Deadline,
        plan: Plan | None,
        max_nodes: int | None = None,
        *,
        searches: bool = True,
    ) -> Outcome:
        """Run HiGHS, from a plan if one is known."""
        point = None if plan is None else self._point(plan)
        return self.model.solve(seed, deadline, max_nodes, point, searches=searches)

    def plan_of(self, outcome: Outcome) -> Plan | None:
        """Return the plan of an outcome, if it has a point."""
        if outcome.values is None:
            return None
        in_force = outcome.values[: self.x.size].reshape(self.x.shape) > 0.5
        n_places = len(self.choices.case.place_ids)
        options, years = np.full(n_places, -1, dtype=np.int64), np.zeros(n_places, dtype=np.int64)
        for choice in np.flatnonzero(in_force[:, -1]):
            options[self.choices.place[choice]] = self.choices.options[choice]
            years[self.choices.place[choice]] = int(in_force[choice].argmax())
        return Plan(options, years)

    def _point(self, plan: Plan) -> Floats:
        x = np.zeros(self.x.shape)
        for choice, year in zip(*self.choices.starts(plan), strict=True):
            x[choice, year:] = 1.0
        point = np.zeros(self.x.size + len(self._columns))
        point[: self.x.size] = x.ravel()
        for (event, year), column in self._columns.items():
            served = [row.constant + row.signs @ x[row.choices, year] for row in self.events.rows[event]]
            point[column] = max(0.0, 1.0 - min(served))
        return point

    def _objective(self, columns: Ints, weights: Floats, value: float) -> float:
        scale = max(abs(value), float(np.abs(weights).max(initial=0.0)), 1e-9) / SCALE
        self.model.minimise(columns, weights / scale)
        return scale

    def _phases(self) -> None:
        pair = np.array([1.0, -1.0])
        for choice in range(len(self.x)):
            for year in range(1, self.choices.n_years):
                least = 0.0 if self._excludes(choice, year) else -np.inf
                self.model.add_row(self.x[choice, [year - 1, year]], pair, lower=least, upper=0.0)
            if self._excludes(choice, 0):
                self.model.add_row(self.x[choice, :1], np.ones(1), upper=0.0)
        for own in self.choices.of_place:
            if own.size > 1:
                self.model.add_row(self.x[own, -1], np.ones(own.size), upper=1.0)

    def _excludes(self, choice: int, year: int) -> bool:
        return self.possible is not None and not self.possible[choice, year]

    def _money(self) -> None:
        choices = self.choices
        for year in range(choices.n_years):
            if np.isfinite(choices.budget[year]) and choices.n_choices:
                columns, money = [self.x[:, year]], [choices.capex]
                if year:
                    columns.append(self.x[:, year - 1])
                    money.append(-choices.capex)
                self._within(np.concatenate(columns), np.concatenate(money), float(choices.budget[year]))
            if np.isfinite(choices.running_budget[year]) and choices.n_choices:
                self._within(self.x[:, year], choices.growth, float(choices.running_budget[year]))

    def _within(self, columns: Ints, money: Floats, most: float) -> None:
        scale = max(most, float(np.abs(money).max(initial=0.0))) or 1.0
        used = money != 0
        self.model.add_row(columns[used], money[used] / scale, upper=most / scale)

    def _terms(self, stakes: Stakes) -> tuple[Ints, Floats]:
        """Return the columns of a goal's events and their weights, with new columns for events seen first."""
        columns, weights = [], []
        for event, by_year in stakes.weights.items():
            for year in np.flatnonzero(by_year):
                columns.append(self._column(event, int(year)))
                weights.append(by_year[year])
        return np.array(columns, dtype=np.int64), np.array(weights, dtype=np.float64)

    def _column(self, event: int, year: int) -> int:
        key = (event, year)
        if key not in self._columns:
            column = int(self.model.add_columns(1)[0])
            self._columns[key] = column
            for row in self.events.rows[event]:
                self._at_least_one(row, year, column)
        return self._columns[key]

    def _at_least_one(self, row: Row, year: int, happens: int | None) -> None:
        columns, signs = self.x[row.choices, year], row.signs
        if happens is not None:
            columns, signs = np.append(columns, happens), np.append(signs, 1.0)
        self.model.add_row(columns, signs, lower=1.0 - row.constant)
