"""Rows about the items of a programme: what is done, what it brings, who decides, and what is only declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from geo.planning.case import NOTHING, Action, Option
from geo.planning.phases import order_of_opening
from geo.planning.programme import Programme
from geo.study.load import StudyData
from geo.study.programme.case import UnitCase
from geo.study.programme.options import authority
from geo.study.programme.renewal import Renewal
from geo.study.programme.years import people_by_service

FUNDED: Final = "funded"
DECLARATIVE: Final = "declarative"


@dataclass(frozen=True)
class Item:
    """Something that is done, or would be.

    Parameters
    ----------
    year, place
        Positions; the year is None where there is no money.
    action, serves
        What is done, and what the place then offers, or offered where it is closed.
    capex, growth
        Money to build it, and by how much running costs grow in a year.
    gained
        People whom it brings within the norm on top of everything before it.
    waits
        Why it is in no year: no money, or that the programme is not proven, so that money may have sufficed.
    """

    year: int | None
    place: int
    action: Action
    serves: Mapping[str, int]
    capex: float
    growth: float
    gained: int
    waits: str = "money"


def item_rows(
    study: StudyData, unit: UnitCase, programme: Programme, renewals: Sequence[Renewal]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of `programme_items`: year by year in the order of opening, then worn buildings; last no money."""
    late = len(unit.case.years)
    worn = sorted(_renewed(unit, renewals), key=lambda item: (item.capex, item.place))
    undone = sorted(_unfunded(unit, programme), key=lambda item: (-item.gained, item.capex, item.place))
    found = [*_changes(unit, programme), *undone, *worn]
    # Sorting is stable: within a year, what is opened keeps its order and stands before what is renewed.
    found.sort(key=lambda item: late if item.year is None else item.year)
    for rank, item in enumerate(found, start=1):
        yield _row(study, unit, item, rank)


def _row(study: StudyData, unit: UnitCase, item: Item, rank: int) -> dict[str, Any]:
    place = unit.places[item.place]
    body, basis, verified = authority(study, unit.settings, item.serves)
    lacks = [(item.waits, item.year is None), ("body", not body), ("basis", not basis)]
    missing = " ".join(code for code, is_missing in lacks if is_missing)
    money = unit.book.has_money
    return {
        "rank": rank,
        "year": None if item.year is None else unit.case.years[item.year],
        "action": item.action,
        "site_id": place.place_id,
        "settlement_id": place.settlement_id,
        "services": " ".join(item.serves),
        "levels": " ".join(unit.service(name).levels[level] for name, level in item.serves.items()),
        "wear_pct": place.wear_percent,
        "capex": item.capex if money else None,
        "opex_year": item.growth if money else None,
        "gained_persons": item.gained,
        "cost_per_person": item.capex / item.gained if money and item.gained and item.capex else None,
        "funding": DECLARATIVE if missing else FUNDED,
        "lacks": missing,
        "competent_body": body,
        "legal_basis": basis,
        "verified": verified,
    }


def _changes(unit: UnitCase, programme: Programme) -> Iterator[Item]:
    """Yield what the programme changes in its order of opening, with whom each brings within the norm on top."""
    case = unit.case
    state = case.today.copy()
    for opening in order_of_opening(case, programme):
        change = opening.item
        option = case.options[change.option]
        old = None if state[change.place] == NOTHING else case.options[state[change.place]]
        state[change.place] = change.option
        before, after = opening.unmet_before, opening.unmet_after
        gained, lost = (
            sum(people_by_service(unit, chosen, change.year).values()) for chosen in (before & ~after, after & ~before)
        )
        serves = option.serves or (old.serves if old is not None else {})
        growth = option.opex_year - (old.opex_year if old is not None else 0.0)
        yield Item(change.year, change.place, option.action, serves, option.capex, growth, gained - lost)


def _renewed(unit: UnitCase, renewals: Sequence[Renewal]) -> Iterator[Item]:
    """Yield worn buildings: who goes there does not change, and no one comes within the norm."""
    for renewal in renewals:
        levels = unit.places[renewal.place].levels
        yield Item(renewal.year, renewal.place, renewal.work, levels, renewal.capex, 0.0, 0)


def _unfunded(unit: UnitCase, programme: Programme) -> Iterator[Item]:
    """Yield what would bring more people within the norm if there were money, or a better programme.

    Only where the first goal is proven is it certain that no year has the money: an item that could be paid for would
    have lowered that goal.
    """
    proven = bool(programme.stages) and programme.stages[0].status == "optimal"
    last = programme.in_force[-1] if len(programme.in_force) else unit.case.today
    for left_out in programme.unfunded:
        option: Option = unit.case.options[left_out.option]
        old = int(last[left_out.place])
        running = 0.0 if old == NOTHING else unit.case.options[old].opex_year
        growth = option.opex_year - running
        yield Item(
            None,
            left_out.place,
            option.action,
            option.serves,
            option.capex,
            growth,
            left_out.gain_persons,
            "money" if proven else "proof",
        )
