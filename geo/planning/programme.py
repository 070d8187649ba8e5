"""A programme over years: which option where and when, within yearly money, and how good that is proven to be.

Goals in their order: fewest unmet weighted person-years, then the least equally-distributed equivalent of times, then
the least discounted cost. How it is solved, and what is proven, is in docs/programme-method.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from geo.planning.case import Ints, PlanningCase
from geo.planning.choices import Choices, Plan
from geo.planning.closures import Refusal, refusals
from geo.planning.goals import COST, EDE, Goals
from geo.planning.measure import Loser, YearMeasure, losers, measure_year
from geo.planning.stages import Proven, prove_stages
from geo.planning.unfunded import Unfunded, unfunded_items
from geo.siting.solution import Stage, Status, relative_gap

_UNITS: Final = {COST: "money", EDE: "minutes"}


@dataclass(frozen=True)
class Item:
    """A change of a programme: positions of the option, of its place, and of the year in which it comes."""

    option: int
    place: int
    year: int


@dataclass(frozen=True, eq=False, kw_only=True)
class Programme:
    """What is to be done, year by year.

    Parameters
    ----------
    in_force
        int64 (n_years, n_places), position of the option in force, `geo.planning.case.NOTHING` for an empty plot.
    items
        The changes, by year and place.
    stages
        One per goal: what it is worth, and the proof. The bound of a goal holds for all plans that are as good by the
        goals before it. Empty where nothing is possible.
    status
        ``optimal`` where every goal is proven, ``feasible``, or ``infeasible``: no plan contains what it must. Then
        `in_force` is today's state, and `refusals` says what speaks against options.
    years
        Measures of each year.
    losers
        For each year everybody whose time is longer than today in some season.
    unfunded
        What would bring further people within the norm if money were there, in the order of gain per money.
    refusals
        What speaks against each option that closes or lowers a place.
    log
        What was done to find and prove it.
    """

    in_force: Ints
    items: tuple[Item, ...]
    stages: tuple[Stage, ...]
    status: Status
    years: tuple[YearMeasure, ...]
    losers: tuple[tuple[Loser, ...], ...]
    unfunded: tuple[Unfunded, ...]
    refusals: tuple[Refusal, ...]
    log: tuple[str, ...] = field(default=())


def solve_programme(case: PlanningCase, *, must: Mapping[str, str] | None = None) -> Programme:
    """Return the best programme that can be found, with the proof of how good it is.

    Parameters
    ----------
    case
        The region.
    must
        Option that a place must have by the last year, by their ids; empty text: the place stays as it is.

    Raises
    ------
    ValueError
        If `must` names what is not in the case.
    """
    choices = Choices.of(case, must or {})
    log: list[str] = []
    proven = None if choices.refused else prove_stages(choices, log)
    plan = Plan.nothing(len(case.place_ids)) if proven is None else proven.plan
    return _programme(choices, plan, proven, log)


def programme_of(case: PlanningCase, in_force: Ints) -> Programme:
    """Return the measures of given states (n_years, n_places) as a programme without a proof, to compare plans.

    Its stages have bounds of minus infinity, and its status is ``feasible`` whatever budgets and tolerance say.
    """
    choices = Choices.of(case, {})
    return _assembled(choices, in_force, (), "feasible", [])


def _programme(choices: Choices, plan: Plan, proven: Proven | None, log: list[str]) -> Programme:
    in_force = choices.in_force(plan)
    if proven is None:
        return _assembled(choices, in_force, (), "infeasible", log)
    goals = Goals(choices)
    stages: list[Stage] = []
    for name, value in proven.values.items():
        shown, bound = goals.shown(name, value), goals.shown(name, proven.bounds[name])
        gap = relative_gap(shown, bound)
        is_proven = gap <= 1e-9 and all(stage.status == "optimal" for stage in stages)
        iterations, nodes = proven.efforts[name]
        stages.append(
            Stage(
                name=name,
                unit=_UNITS.get(name, "person-years"),
                sense="min",
                value=shown,
                bound=bound,
                gap=gap,
                status="optimal" if is_proven else "feasible",
                iterations=iterations,
                nodes=nodes,
            )
        )
    status: Status = "optimal" if all(stage.status == "optimal" for stage in stages) else "feasible"
    return _assembled(choices, in_force, tuple(stages), status, log, plan)


def _assembled(
    choices: Choices,
    in_force: Ints,
    stages: tuple[Stage, ...],
    status: Status,
    log: list[str],
    plan: Plan | None = None,
) -> Programme:
    case = choices.case
    before = np.concatenate([case.today[np.newaxis], in_force[:-1]])
    items = [Item(int(in_force[year, place]), int(place), int(year)) for year, place in np.argwhere(in_force != before)]
    in_force = in_force.copy()
    in_force.flags.writeable = False
    return Programme(
        in_force=in_force,
        items=tuple(items),
        stages=stages,
        status=status,
        years=tuple(measure_year(case, year, in_force[year], before[year]) for year in range(len(case.years))),
        losers=tuple(losers(case, year, in_force[year]) for year in range(len(case.years))),
        unfunded=() if plan is None else unfunded_items(choices, plan),
        refusals=refusals(case),
        log=tuple(log),
    )
