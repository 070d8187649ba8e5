"""What would bring further people within the norm if there were money: the part of a programme that is declarative."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.planning.case import NOTHING, Floats, Ints, Mask
from geo.planning.choices import Choices, Plan
from geo.planning.closures import is_lowering
from geo.planning.measure import need_ms


@dataclass(frozen=True)
class Unfunded:
    """An option that the programme leaves out because of money.

    Parameters
    ----------
    option, place
        Positions.
    gain_weight, gain_persons
        Weighted people, and people, of the last year whom it brings within the norm on top of the programme and of the
        unfunded options before it.
    capex
        Money to bring it into force.
    """

    option: int
    place: int
    gain_weight: float
    gain_persons: int
    capex: float


def unfunded_items(choices: Choices, plan: Plan) -> tuple[Unfunded, ...]:
    """Return what would lower the first goal further, each on top of what stands before it.

    Without a look at money, options are added to the last year of a plan as long as one brings somebody within the
    norm, the one with most weighted people per capex first. Nothing is lowered for it. What later options make
    superfluous is taken out again.
    """
    reach = _Reach.of(choices, choices.in_force(plan)[-1])
    added: list[int] = []
    met, usable = reach.met, reach.usable
    while usable.any():
        gains = reach.gains(met, usable)
        per_money = gains / np.maximum(choices.capex + np.maximum(choices.growth, 0.0), 1e-9)
        best = int(np.argmax(per_money))
        if gains[best] <= 0:
            break
        added.append(best)
        met = met | reach.within[:, :, best]
        usable = usable & (choices.place != choices.place[best])
    return reach.listed(reach.needed(added))


@dataclass(frozen=True, eq=False)
class _Reach:
    """Which unmet needs are within their limit today, and with each choice, by season: the needs of one state only.

    Parameters
    ----------
    choices
        What may be added.
    within
        bool (n_seasons, n_unmet, n_choices).
    met
        bool (n_seasons, n_unmet), with what is in force.
    persons, weight
        People of the unmet needs in the last year, and what they count for (n_unmet,).
    usable
        bool (n_choices,), choices that lower nothing of what is in force.
    """

    choices: Choices
    within: Mask
    met: Mask
    persons: Ints
    weight: Floats
    usable: Mask

    @classmethod
    def of(cls, choices: Choices, state: Ints) -> _Reach:
        case = choices.case
        met = need_ms(case, state) <= case.limit_ms
        weight = case.persons[-1] * choices.weight
        unmet = np.flatnonzero(~met.all(axis=0) & (weight > 0))
        times = case.place_ms[:, case.settlement_of_need[unmet]][:, :, choices.place]
        within = (times <= case.limit_ms[unmet, np.newaxis]) & case.can_serve[np.ix_(unmet, choices.options)]
        usable = np.ones(choices.n_choices, dtype=np.bool_)
        for choice, option in enumerate(choices.options):
            current = int(state[choices.place[choice]])
            usable[choice] = current != option and (
                current == NOTHING or not is_lowering(case.options[current], case.options[option])
            )
        return cls(choices, within, met[:, unmet], case.persons[-1, unmet], weight[unmet], usable)

    def gains(self, met: Mask, usable: Mask) -> Floats:
        """Return the weighted people that each choice brings within their limit (n_choices,)."""
        left = ~met.all(axis=0)
        whole = np.logical_or(met[:, left, np.newaxis], self.within[:, left]).all(axis=0)
        return np.where(usable, self.weight[left] @ whole, 0.0)

    def needed(self, added: list[int]) -> list[int]:
        """Return the choices without those that the others make superfluous, the last added looked at last."""
        counts = self.met.astype(np.int64) + self.within[:, :, added].sum(axis=2)
        kept = []
        for choice in added:
            without = counts - self.within[:, :, choice]
            if ((counts > 0).all(axis=0) & ~(without > 0).all(axis=0)).any():
                kept.append(choice)
            else:
                counts = without
        return kept

    def listed(self, added: list[int]) -> tuple[Unfunded, ...]:
        """Return the choices with their gains on top of each other."""
        met, found = self.met, []
        for choice in added:
            then = met | self.within[:, :, choice]
            new = then.all(axis=0) & ~met.all(axis=0)
            option, place = int(self.choices.options[choice]), int(self.choices.place[choice])
            weight, persons = float(self.weight[new].sum()), int(self.persons[new].sum())
            found.append(Unfunded(option, place, weight, persons, float(self.choices.capex[choice])))
            met = then
        return tuple(found)
