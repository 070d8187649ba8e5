"""The headline question of every service under many assumptions: the same plan measured, and the best one found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geo.network.seasons import with_speeds
from geo.siting.every import EveryPlan, best_or_solved
from geo.siting.problem import SitingProblem
from geo.study.conditions import repeated_times
from geo.study.plans import UnitService, nearest_ms
from geo.units import UNREACHABLE_MS

if TYPE_CHECKING:
    from geo.study.prepare import Prepared
    from geo.study.programme.assumptions import Assumptions, Runs

Milliseconds = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What becomes of one service in some runs.

    Parameters
    ----------
    persons, plan_within, best_within : int64 (n_runs,)
        People who need the service; of them those within the norm with the headline plan, and with the run's best plan.
    feasible : bool (n_runs,)
        Whether any plan meets the constraints; without, the best plan is what stands today.
    best : bool (n_runs, n_sites)
        Open sites of the best plan; the headline plan where no other is better.
    """

    persons: Ints
    plan_within: Ints
    best_within: Ints
    feasible: Bools
    best: Bools


class Sensitivity:
    """A unit's services, ready to be asked about under one set of assumptions after another.

    Parameters
    ----------
    prepared
        What all units share.
    assumptions
        What is varied.
    parts
        Services of the unit.
    plans : sequence of bool (n_sites,)
        Open sites of the headline plan of each.
    n_runs : int
        How many runs will be asked for; no result depends on it.
    """

    def __init__(
        self,
        prepared: Prepared,
        assumptions: Assumptions,
        parts: Sequence[UnitService],
        plans: Sequence[Bools],
        n_runs: int,
    ) -> None:
        self._network, self._assumptions = prepared.network, assumptions
        self._parts, self._plans = parts, plans
        #: All plans of each service; None where they are too many to look at each.
        self.listed = [EveryPlan.of(part.problem) for part in parts]
        rows = sorted({name for part in parts for name in part.problem.settlement_ids})
        columns = sorted({name for part in parts for name in part.problem.site_ids})
        places = prepared.places_in_any_season.choose(rows, columns)
        self._cells = [places.cells(part.problem.settlement_ids, part.problem.site_ids) for part in parts]
        own = dict(zip(assumptions.settlement_ids, range(len(assumptions.settlement_ids)), strict=True))
        self._people = [np.array([own[name] for name in part.problem.settlement_ids], dtype=np.intp) for part in parts]
        n_tables = n_runs * len(assumptions.seasons)
        self._times = repeated_times(prepared.study, prepared.network, places, n_tables)

    def times(self, runs: Runs, run: int) -> Milliseconds:
        """Return the times of a run (n_seasons, n_settlements, n_sites), of all settlements and sites of the unit."""
        factor = self._assumptions.road_factor(runs, run)
        tables = []
        for place, season in enumerate(self._assumptions.seasons):
            closed = self._assumptions.closed(runs, run, place)
            changed = with_speeds(self._network, season, factor, float(runs.offroad[run]), closed)
            tables.append(self._times.table(changed))
        return np.stack(tables)

    def problem(self, service: int, ms: Milliseconds, runs: Runs, run: int) -> SitingProblem:
        """Return the headline problem of a service in a run, with its times."""
        problem = self._parts[service].problem
        people = runs.people[run, self._people[service]]
        prices, budget = problem.opening_cost, problem.budget
        own_ms = np.ascontiguousarray(ms[:, self._cells[service][0], self._cells[service][1]])
        return replace(
            problem,
            milliseconds=own_ms,
            persons=np.rint(problem.persons * people).astype(np.int64),
            limit_ms=min(round(problem.limit_ms * float(runs.norm[run])), UNREACHABLE_MS - 1),
            opening_cost=None if prices is None else prices * runs.price[run],
            budget=None if budget is None else budget * float(runs.budget[run]),
        )

    def is_listed(self, service: int) -> bool:
        """Return whether the plans of a service are few enough to look at each."""
        return self.listed[service] is not None

    def outcomes(self, runs: Runs, *, large: bool = True) -> list[Outcomes]:
        """Return what becomes of each service in every run.

        Parameters
        ----------
        large
            Whether the best plan is sought too where plans are too many to look at each; otherwise the headline plan
            stands for it there.
        """
        found = [_Collected([], [], [], [], []) for _part in self._parts]
        for run in range(len(runs)):
            ms = self.times(runs, run)
            for service, own in enumerate(found):
                problem = self.problem(service, ms, runs, run)
                best: Bools | None = self._plans[service]
                if large or self.is_listed(service):
                    best = best_or_solved(problem, self.listed[service], self._plans[service])
                own.persons.append(int(problem.persons.sum()))
                own.feasible.append(best is not None)
                own.best.append(problem.existing if best is None else best)
                own.plan_within.append(_within(problem, self._plans[service]))
                own.best_within.append(_within(problem, own.best[-1]))
        return [own.outcomes(part.problem.n_sites) for own, part in zip(found, self._parts, strict=True)]


@dataclass
class _Collected:
    persons: list[int]
    plan_within: list[int]
    best_within: list[int]
    feasible: list[bool]
    best: list[Bools]

    def outcomes(self, n_sites: int) -> Outcomes:
        return Outcomes(
            persons=np.array(self.persons, dtype=np.int64),
            plan_within=np.array(self.plan_within, dtype=np.int64),
            best_within=np.array(self.best_within, dtype=np.int64),
            feasible=np.array(self.feasible, dtype=np.bool_),
            best=np.array(self.best, dtype=np.bool_).reshape(len(self.best), n_sites),
        )


def _within(problem: SitingProblem, is_open: Bools) -> int:
    """Return the people within the norm in every season."""
    worst = nearest_ms(problem.milliseconds, is_open).max(axis=0)
    return int(problem.persons[worst <= problem.limit_ms].sum())
