"""Worn buildings: which are renovated or replaced in which year, with the money kept for it and what is left over.

A renewed building serves as before, so that no goal of access asks for it; it has to be planned for its own sake. In
Kazakhstan two of three rural medical objects built until 2025 replaced a worn building (kaz.inform.kz, September 2025).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from geo.planning.programme import Programme
from geo.study.programme.case import UnitCase
from geo.study.programme.worn import Work, work_on


@dataclass(frozen=True)
class Renewal:
    """One worn building.

    Parameters
    ----------
    place
        Position in the case.
    year
        Position of the year in which it is renewed; None where there is no money.
    work
        Renovation, or a new building.
    capex
        What it costs.
    """

    place: int
    year: int | None
    work: Work
    capex: float


def plan_renewals(unit: UnitCase, programme: Programme) -> tuple[Renewal, ...]:
    """Return every worn building with its year, by year, the most worn first and of equally worn the most used.

    Each year's money is what the programme leaves of the whole budget. A building that the programme raises gets a new
    house with it, one that it closes needs none: both are left out. A building for which a year has too little money
    waits, and others behind it may come first.
    """
    if not unit.book.has_money:
        return ()
    changed = changed_in(unit, programme)
    spent = np.array([year.capex for year in programme.years])
    left = unit.budget - spent
    done: dict[int, Renewal] = {}
    for year in range(len(unit.case.years)):
        for place in _queue(unit, year, {*done, *changed}):
            found = work_on(unit.services, unit.book, unit.places[place], year)
            if found is not None and found[1] <= left[year]:
                done[place] = Renewal(place, year, *found)
                left[year] -= found[1]
    last = len(unit.case.years) - 1
    waiting = []
    for place in _queue(unit, last, {*done, *changed}):
        found = work_on(unit.services, unit.book, unit.places[place], last)
        if found is not None:
            waiting.append(Renewal(place, None, *found))
    return (*done.values(), *waiting)


def changed_in(unit: UnitCase, programme: Programme) -> dict[int, int]:
    """Return the first year in which the programme makes good each worn building: by closing, raising or renewing it.

    A facility that is lowered, or that teaches in a further language, stays in the building it has.
    """
    found: dict[int, int] = {}
    for item in programme.items:
        option = unit.case.options[item.option]
        today = unit.places[item.place].levels
        raised = any(level > today.get(name, level) for name, level in option.serves.items())
        if option.action in ("close", "replace", "renovate") or (option.action == "upgrade" and raised):
            found.setdefault(item.place, item.year)
    return found


def _queue(unit: UnitCase, year: int, without: Collection[int]) -> list[int]:
    """Return the worn buildings of a year, the most worn first, then the most used, then by id."""
    worn = [
        position
        for position, place in enumerate(unit.places)
        if position not in without and work_on(unit.services, unit.book, place, year) is not None
    ]

    def order(position: int) -> tuple[float, float, str]:
        place = unit.places[position]
        return -(place.wear_percent or 0.0), -(place.users or 0.0), place.place_id

    return sorted(worn, key=order)
