"""Forms of provision for one settlement and service: what each costs, which one a rule names, which is cheapest.

A place below the norm need not get a building: a road, a bus, a visiting team, a boarding place or a neighbour's site
may serve it better. Every form is an `Offer`; its yearly cost is the annuity of what is spent once plus what it takes
to run (Antunes and Peeters 2001), and forms are compared by that cost per person brought within the norm.

The rule is a proposal of this project and no norm, tried in this order: a road on which an existing facility comes
within the norm; a building of its own where enough people will need it and it can be paid; one building with
neighbours; a bus or a visiting team; a boarding place; and for everybody the service floor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from geo.planning.money import capital_recovery_factor

Form = Literal["road", "build", "share", "bus", "mobile", "boarding", "floor"]
#: In the order of the rule.
FORMS: Final[tuple[Form, ...]] = get_args(Form)
#: Forms that a ceiling is about: those that something is built for, and buses.
LIMITED: Final[tuple[Form, ...]] = ("road", "build", "share", "bus")

#: Why a form is not possible.
Refusal = Literal[
    "",
    "no-road-helps",
    "no-plot",
    "too-few-people",
    "people-unknown",
    "no-neighbour",
    "no-bus",
    "ride-too-long",
    "too-young",
    "day-too-short",
    "no-way",
    "no-school",
]


@dataclass(frozen=True)
class Price:
    """What a form costs.

    Parameters
    ----------
    capex
        Money spent once.
    lifetime_years
        Years until it is spent again; above 0.
    opex_year
        Money spent every year.
    """

    capex: float
    lifetime_years: float
    opex_year: float

    def __post_init__(self) -> None:
        if min(self.capex, self.opex_year) < 0 or not self.lifetime_years > 0:
            raise ValueError(f"an impossible price: {self}")

    def annual(self, rate: float) -> float:
        """Return the money per year: the annuity of the capex, and the running cost."""
        once = self.capex * capital_recovery_factor(rate, self.lifetime_years) if self.capex else 0.0
        return once + self.opex_year


@dataclass(frozen=True)
class Offer:
    """One form of provision for one settlement and service.

    Parameters
    ----------
    form
        Which.
    refusal
        Why it is not possible; empty where it is.
    price
        None where no price is known: then it has no cost, which is not a cost of 0. What is not possible may have one
        too, to be told beside the others.
    persons
        People brought within the norm, neighbours who are below it included; for a bus, a visit or a boarding place
        those who are served by the limit of that form.
    own_persons, needed
        Those of them in the settlement itself, and all there who need the service.
    worst_ms
        Time to the service in the worst season; None where nobody travels, or there is no way.
    closed
        Seasons in which the form does not work, and nothing in its price makes up for it.
    lodging
        Seasons that temporary lodging bridges, its cost included in the price.
    """

    form: Form
    refusal: Refusal = ""
    price: Price | None = None
    persons: int = 0
    own_persons: int = 0
    needed: int = 0
    worst_ms: int | None = None
    closed: tuple[str, ...] = ()
    lodging: tuple[str, ...] = ()

    @property
    def is_possible(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.refusal

    @property
    def is_full(self) -> bool:
        """Whether it serves everybody of the settlement in every season."""
        return self.is_possible and self.own_persons >= self.needed and not self.closed

    def annual_cost(self, rate: float) -> float | None:
        """Return the money per year; None where it has no price."""
        return None if self.price is None else self.price.annual(rate)

    def cost_per_person(self, rate: float) -> float | None:
        """Return the money per year and person brought within the norm; None where there is none of either."""
        cost = self.annual_cost(rate)
        return None if cost is None or self.persons < 1 else cost / self.persons


@dataclass(frozen=True)
class Ceiling:
    """What may be spent on roads, buildings and buses; the rule goes on to the next form where it is more.

    Parameters
    ----------
    rate
        Rate of interest per year, not negative, of annuities.
    capex
        Most money for one building or road; None: no limit.
    per_person
        Most money per year and person brought within the norm; None: no limit.
    """

    rate: float
    capex: float | None = None
    per_person: float | None = None

    def allows(self, offer: Offer) -> bool:
        """Return whether an offer may be recommended; what has no price cannot be judged and is not refused for it."""
        if offer.form not in LIMITED or offer.price is None:
            return True
        if self.capex is not None and offer.price.capex > self.capex:
            return False
        per_person = offer.cost_per_person(self.rate)
        return self.per_person is None or (per_person is not None and per_person <= self.per_person)


Why = Literal[
    "road-within-norm",
    "viable",
    "viable-together",
    "bus-within-limit",
    "visits",
    "beyond-bus",
    "nobody-needs-it",
    "nothing-else",
]

_WHY: Final[dict[Form, Why]] = {
    "road": "road-within-norm",
    "build": "viable",
    "share": "viable-together",
    "bus": "bus-within-limit",
    "mobile": "visits",
    "boarding": "beyond-bus",
    "floor": "nothing-else",
}


@dataclass(frozen=True)
class Choice:
    """What a settlement gets.

    Parameters
    ----------
    rule
        The form that the rule names, and why.
    why
        Step of the rule.
    cheapest
        The possible form that costs least per person brought within the norm: of those within the ceiling if there is
        one, and of these of those that serve everybody of the settlement in every season if there is one. None where
        no possible form has a price.
    """

    rule: Form
    why: Why
    cheapest: Form | None


def choose(offers: Sequence[Offer], ceiling: Ceiling) -> Choice:
    """Apply the rule to the offers for one settlement and service.

    Parameters
    ----------
    offers
        At most one of each form.
    ceiling
        What may be spent.

    Returns
    -------
    Choice
        The service floor where nothing else is possible: nobody is left without a form.

    Raises
    ------
    ValueError
        If a form is offered twice.
    """
    by_form = {offer.form: offer for offer in offers}
    if len(by_form) != len(offers):
        raise ValueError("a form is offered twice")
    cheapest = _cheapest(offers, ceiling)
    for form in FORMS[:-1]:
        offer = by_form.get(form)
        if offer is not None and offer.is_possible and ceiling.allows(offer):
            return Choice(form, _WHY[form], cheapest)
    return Choice("floor", _WHY["floor"], cheapest)


def _cheapest(offers: Sequence[Offer], ceiling: Ceiling) -> Form | None:
    priced = [
        (not ceiling.allows(offer), not offer.is_full, cost, FORMS.index(offer.form))
        for offer in offers
        if offer.form != "floor" and offer.is_possible and (cost := offer.cost_per_person(ceiling.rate)) is not None
    ]
    return FORMS[min(priced)[3]] if priced else None
