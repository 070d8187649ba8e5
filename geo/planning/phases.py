"""In which order items come, and whether the programme of less money is the beginning of the one of more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from geo.planning.case import Floats, Ints, Mask, PlanningCase
from geo.planning.measure import need_ms, unmet_needs, weight_of
from geo.planning.programme import Item, Programme, solve_programme


@dataclass(frozen=True, eq=False)
class Opening:
    """An item in its order.

    Parameters
    ----------
    item
        What changes.
    unmet_before, unmet_after
        bool (n_needs,), needs below their norm before the item and with it, all items before it being there.
    gain_weight, gain_persons
        Weighted people, and people, of the item's year whom it brings within the norm on top of everything before it;
        below zero where it takes them out of it.
    capex
        Money for it.
    """

    item: Item
    unmet_before: Mask
    unmet_after: Mask
    gain_weight: float
    gain_persons: int
    capex: float


@dataclass(frozen=True, eq=False)
class BudgetPoint:
    """The programme of some share of the budgets.

    Parameters
    ----------
    share
        Share of every year's budget for capex and for growing running costs.
    programme
        The best programme found with it, and its proof.
    nested
        Whether it contains every change of the programme of the share before it, whatever the year, so that the one
        can be carried on to become the other; False for the first.
    """

    share: float
    programme: Programme
    nested: bool


def order_of_opening(case: PlanningCase, programme: Programme) -> tuple[Opening, ...]:
    """Return the items of a programme in the order in which each brings most weighted people per capex.

    Years come one after another. Within a year the next item is the one with the largest gain per money on top of what
    stands by then; free ones with a gain come first, those that bring nobody within the norm last, by their position.
    """
    state = case.today.copy()
    unmet = unmet_needs(case, need_ms(case, state))
    found: list[Opening] = []
    for year in range(len(case.years)):
        left = [item for item in programme.items if item.year == year]
        while left:
            options = [_opening(case, state, unmet, item) for item in left]
            best = max(range(len(left)), key=lambda number: (_per_money(options[number]), -number))
            found.append(options[best])
            unmet = options[best].unmet_after
            state[left[best].place] = left[best].option
            left.pop(best)
    return tuple(found)


def by_budget(
    case: PlanningCase, shares: Iterable[float], known: Mapping[float, Programme] | None = None
) -> tuple[BudgetPoint, ...]:
    """Return the programme for each share of the budgets, in the order given; those known are not sought again."""
    points: list[BudgetPoint] = []
    before: set[tuple[int, int]] | None = None
    found = dict(known or {})
    for share in shares:
        budget, running = (_share(money, share) for money in (case.budget, case.running_budget))
        programme = found.get(share) or solve_programme(replace(case, budget=budget, running_budget=running))
        changes = {(item.place, item.option) for item in programme.items}
        points.append(BudgetPoint(share, programme, nested=before is not None and before <= changes))
        before = changes
    return tuple(points)


def _share(money: Floats | None, share: float) -> Floats | None:
    return None if money is None else np.where(np.isfinite(money), money * share, np.inf)


def _opening(case: PlanningCase, state: Ints, unmet: Mask, item: Item) -> Opening:
    then = state.copy()
    then[item.place] = item.option
    after = unmet_needs(case, need_ms(case, then))
    persons = case.persons[item.year]
    change = unmet.astype(np.int64) - after
    weight = float((change * persons * weight_of(case)).sum())
    return Opening(item, unmet, after, weight, int(change @ persons), case.options[item.option].capex)


def _per_money(opening: Opening) -> float:
    if opening.gain_weight == 0:
        return 0.0
    return opening.gain_weight / opening.capex if opening.capex > 0 else np.inf * np.sign(opening.gain_weight)
