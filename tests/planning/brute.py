"""Slow second opinions for small programmes: every sequence of changes is looked at, with loops and the definitions.

Nothing here uses the measures, goals or models of the program.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from geo.planning.case import NOTHING, PlanningCase
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS

#: Of every place the option and year of its change, or None.
Changes = tuple[tuple[int, int] | None, ...]


def all_changes(case: PlanningCase) -> Iterator[Changes]:
    """Yield every set of changes, one at most for a place."""
    ways: list[list[tuple[int, int] | None]] = []
    for place in case.place_ids:
        own = [o for o, option in enumerate(case.options) if option.place_id == place and option.action != "keep"]
        ways.append([None, *itertools.product(own, range(len(case.years)))])
    return itertools.product(*ways)


def state(case: PlanningCase, changes: Changes, year: int) -> list[int]:
    """Return the option in force of every place."""
    found = [int(option) for option in case.today]
    for place, change in enumerate(changes):
        if change is not None and change[1] <= year:
            found[place] = change[0]
    return found


def times(case: PlanningCase, in_force: list[int]) -> list[list[int]]:
    """Return [season][need] milliseconds to the nearest place that serves."""
    found = []
    for season in range(len(case.season_names)):
        row = []
        for need in case.needs:
            settlement = case.settlement_ids.index(need.settlement_id)
            ways = [UNREACHABLE_MS]
            for place, option in enumerate(in_force):
                if option != NOTHING and case.options[option].can_serve(need):
                    ways.append(int(case.place_ms[season, settlement, place]))
            row.append(min(ways))
        found.append(row)
    return found


def is_allowed(case: PlanningCase, changes: Changes, must: dict[str, str] | None = None) -> bool:
    """Return whether changes keep the money of every year, the tolerance, protection, and what must be."""
    for place_id, option_id in (must or {}).items():
        last = state(case, changes, len(case.years) - 1)[case.place_ids.index(place_id)]
        if last == NOTHING or case.options[last].option_id != option_id:
            return False
    before = times(case, [int(option) for option in case.today])
    running_today = sum(case.options[o].opex_year for o in case.today if o != NOTHING)
    for place, change in enumerate(changes):
        if change is not None and case.protected[place] and case.today[place] != NOTHING:
            kept, new = case.options[case.today[place]], case.options[change[0]]
            if any(new.serves.get(service, -1) < level for service, level in kept.serves.items()):
                return False
    for year in range(len(case.years)):
        spent = sum(case.options[c[0]].capex for c in changes if c is not None and c[1] == year)
        in_force = state(case, changes, year)
        grown = sum(case.options[o].opex_year for o in in_force if o != NOTHING) - running_today
        if spent > case.budget[year] + 1e-6 or grown > case.running_budget[year] + 1e-6:
            return False
        if case.max_worsening_ms is not None:
            for old, new in zip(before, times(case, in_force), strict=True):
                for one, other in zip(old, new, strict=True):
                    if one < UNREACHABLE_MS and other > one + case.max_worsening_ms:
                        return False
    return True


def goals(case: PlanningCase, changes: Changes) -> tuple[float, float, float]:
    """Return unmet weighted person-years, the equivalent in minutes over all person-years, and the discounted cost."""
    unmet, exponentials, people, cost = 0.0, 0.0, 0, 0.0
    for year in range(len(case.years)):
        in_force = state(case, changes, year)
        ms = times(case, in_force)
        for need in range(len(case.needs)):
            worst, persons = max(row[need] for row in ms), int(case.persons[year, need])
            unmet += persons * float(case.weight[need]) * (worst > case.limit_ms[need])
            people += persons
            exponentials += persons * math.exp(-(case.kappa or 0.0) * min(worst, case.cap_ms) / MS_PER_MINUTE)
        spent = sum(case.options[c[0]].capex for c in changes if c is not None and c[1] == year)
        running = sum(case.options[o].opex_year for o in in_force if o != NOTHING)
        cost += (spent + running) / (1 + case.discount_rate) ** year
    ede = math.log(exponentials / people) / -case.kappa if case.kappa and people else 0.0
    return unmet, ede, cost


def best(case: PlanningCase, must: dict[str, str] | None = None) -> tuple[float, float, float] | None:
    """Return the goals of the best allowed changes, goal after goal; None if nothing is allowed."""
    found = [goals(case, changes) for changes in all_changes(case) if is_allowed(case, changes, must)]
    for goal in range(3):
        if found:
            least = min(values[goal] for values in found)
            found = [values for values in found if values[goal] <= least + 1e-9 * max(1.0, abs(least))]
    return found[0] if found else None
