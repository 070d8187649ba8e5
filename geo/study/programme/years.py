"""Rows about the years of a programme: money, people below the norms, and how good it is proven to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from geo.planning.measure import need_ms, opex, unmet_needs
from geo.planning.phases import by_budget
from geo.planning.programme import Programme
from geo.study.programme.case import UnitCase
from geo.study.programme.renewal import Renewal

#: Money is written in whole units.
_CENTS: Final = 2


def year_rows(
    unit: UnitCase, programme: Programme, renewals: Sequence[Renewal], debts: Sequence[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of `programme_years`."""
    case, has_money = unit.case, unit.book.has_money
    today = unmet_needs(case, need_ms(case, case.today))
    running_today = opex(case, case.today)
    for position, year in enumerate(case.years):
        measured = programme.years[position]
        renewed = sum(renewal.capex for renewal in renewals if renewal.year == position)
        settlements = {case.needs[loser.need].settlement_id for loser in programme.losers[position]}
        owed = [row["amount"] for row in debts if row["year"] == year]
        persons = case.persons[position]
        unmet = measured.unmet & ((persons > 0) | ~unit.known)
        row: dict[str, Any] = {
            "year": year,
            "unmet_persons": unmet_people(unit, measured.unmet, position),
            "unmet_settlements": len({case.needs[need].settlement_id for need in np.flatnonzero(unmet)}),
            "unmet_unknown_settlements": _unknown_settlements(unit, measured.unmet),
            "unmet_before_persons": unmet_people(unit, today, position),
            "unmet_before_unknown_settlements": _unknown_settlements(unit, today),
            "ede_minutes": measured.ede_minutes,
            "losers": len(settlements),
            "debt": None if not owed or any(amount is None for amount in owed) else sum(owed),
        }
        if has_money:
            row |= {
                "budget": float(unit.budget[position]),
                "spent_access": round(measured.capex, _CENTS),
                "spent_renewal": round(renewed, _CENTS),
                "left": round(float(unit.budget[position]) - measured.capex - renewed, _CENTS),
                "running_growth": round(measured.opex - running_today, _CENTS),
            }
        else:
            row["sites_budget"] = int(unit.budget[position])
        yield row


def _unknown_settlements(unit: UnitCase, unmet: npt.NDArray[np.bool_]) -> int:
    """Return how many settlements are below a norm and in no count of its people: nobody knows how many these are."""
    return len({unit.case.needs[need].settlement_id for need in np.flatnonzero(unmet & ~unit.known)})


def unmet_people(unit: UnitCase, unmet: npt.NDArray[np.bool_], year: int) -> int:
    """Return the people below a norm, each once per service: whoever lacks two levels of it is one."""
    return sum(people_by_service(unit, unmet, year).values())


def people_by_service(unit: UnitCase, chosen: npt.NDArray[np.bool_], year: int) -> dict[str, int]:
    """Return the people of some needs by service; levels of one service are not added up, languages are."""
    case = unit.case
    by_level: dict[tuple[str, str, int], int] = {}
    for number in np.flatnonzero(chosen):
        need = case.needs[number]
        key = (need.service, need.settlement_id, need.level)
        by_level[key] = by_level.get(key, 0) + int(case.persons[year, number])
    most: dict[tuple[str, str], int] = {}
    for (service, settlement_id, _level), persons in by_level.items():
        most[service, settlement_id] = max(most.get((service, settlement_id), 0), persons)
    found = {service.name: 0 for service in unit.services}
    for (service, _settlement), persons in most.items():
        found[service] += persons
    return found


def need_rows(unit: UnitCase, programme: Programme) -> Iterator[dict[str, Any]]:
    """Yield the rows of `programme_needs`."""
    case = unit.case
    # Bystanders' needs are of no kind.
    kind_of = np.pad(unit.needs.kind_of, (0, len(case.needs) - len(unit.needs.needs)), constant_values=-1)
    today = unmet_needs(case, need_ms(case, case.today))
    ids = np.array([need.settlement_id for need in case.needs])
    known = unit.known
    for position, year in enumerate(case.years):
        persons, unmet = case.persons[position], programme.years[position].unmet
        for number, kind in enumerate(unit.needs.kinds):
            own = kind_of == number
            below = own & unmet & ((persons > 0) | ~known)
            yield {
                "year": year,
                "service": kind.service.name,
                "level": kind.level_name,
                "norm_id": kind.norm.key,
                "persons": int(persons[own].sum()),
                "unmet_persons": int(persons[below].sum()),
                "unmet_settlements": len(set(ids[below])),
                "unmet_before_persons": int(persons[own & today].sum()),
                "unknown_settlements": len(set(ids[own & ~known])),
            }


def place_rows(unit: UnitCase, programme: Programme) -> Iterator[dict[str, Any]]:
    """Yield the rows of `programme_places`: levels of a service apart, its languages together."""
    case, n_own = unit.case, len(unit.needs.needs)
    known = unit.known
    counts = ((case.persons > 0) | ~known)[:, :n_own]
    today = counts[0] & unmet_needs(case, need_ms(case, case.today))[:n_own]
    below = counts & np.stack([year.unmet for year in programme.years])[:, :n_own]
    groups: dict[tuple[str, str, int], list[int]] = {}
    for number in np.flatnonzero(today | below.any(axis=0)).tolist():
        need = case.needs[number]
        groups.setdefault((need.settlement_id, need.service, need.level), []).append(number)
    for (settlement_id, service, level), own in groups.items():
        late = np.flatnonzero(below[:, own].any(axis=1))
        after = int(late[-1]) + 1 if len(late) else 0
        yield {
            "settlement_id": settlement_id,
            "service": service,
            "level": unit.service(service).levels[level],
            "persons": int(case.persons[-1, own].sum()) if known[own].all() else None,
            "below_today": bool(today[own].any()),
            "within_from_year": case.years[after] if after < len(case.years) else None,
        }


def goal_rows(unit: UnitCase, programme: Programme) -> Iterator[dict[str, Any]]:
    """Yield the rows of `programme_goals`; where sites are counted, the cost is their discounted number."""
    for stage in programme.stages:
        money = "KZT" if unit.book.has_money else "sites"
        yield {
            "goal": stage.name,
            "value": stage.value,
            "value_unit": money if stage.unit == "money" else "min" if stage.unit == "minutes" else stage.unit,
            "bound": stage.bound if np.isfinite(stage.bound) else None,
            "gap": stage.gap if np.isfinite(stage.gap) else None,
            "status": stage.status,
        }
    if not programme.stages:
        yield {"goal": "unmet-person-years", "status": programme.status}


def budget_rows(unit: UnitCase, programme: Programme) -> Iterator[dict[str, Any]]:
    """Yield the rows of `programme_budgets`: the programme of other shares of the money beside the one found."""
    shares = sorted({*unit.settings.budget_shares, 1.0})
    for point in by_budget(unit.case, shares, {1.0: programme}):
        stage = next(iter(point.programme.stages), None)
        yield {
            "budget_share": point.share,
            "budget": round(float((unit.budget - unit.reserve).sum()) * point.share, _CENTS),
            "n_items": len(point.programme.items),
            "unmet_person_years": None if stage is None else stage.value,
            "bound": None if stage is None else stage.bound,
            "unmet_persons": unmet_people(unit, point.programme.years[-1].unmet, len(unit.case.years) - 1),
            "nested": None if point.share == shares[0] else point.nested,
        }
