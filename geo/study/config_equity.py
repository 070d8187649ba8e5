"""Settings of the choices behind a plan: goals against one another, caps, lines between areas, ways of planning."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from geo.language import gettext as _
from geo.study.config_base import Fraction, Names, Part
from geo.study.config_faults import inconsistent

Amount = Annotated[float, Field(gt=0)]
Persons = Annotated[int, Field(ge=1)]
Tier = Literal["okrug", "district", "oblast", "country"]


class Equity(Part):
    """What goals, borders and the way of planning cost (docs/choices.md); thresholds are proposals, not norms."""

    frontiers: tuple[Literal["cost", "norm", "equity"], ...] = Field(
        default=("cost", "norm", "equity"),
        description="Goals set against each other: people beyond the norm and money; the mean trip and people beyond "
        "the norm; unequal trips and the mean trip",
    )
    points: int = Field(default=9, ge=5, le=40, description="Plans looked for between the two ends of a frontier")
    cap_per_head: dict[str, Amount] = Field(
        default={},
        description="By service, most money for opening a site per person whom it brings within the norm; dearer sites "
        "open in no plan",
    )
    cap_per_place: dict[str, Amount] = Field(
        default={}, description="By service, most money for opening a site in one place; dearer sites open in no plan"
    )
    dividend_threshold: Fraction = Field(
        default=0.01,
        description="Planning goes to the higher level only if it brings more than this share of the people within the "
        "norm (proposed)",
    )
    bodies: dict[Tier, Names] = Field(
        default={},
        description="Who decides about plans made at a tier, e.g. `okrug = { en = ... }`; by default the service's "
        "competent_body",
    )
    viable_persons: dict[str, Persons] = Field(
        default={},
        description="By service, people that a site needs to last; by default the least users, or the smallest "
        "settlement, that a norm names for the level",
    )
    most_times: int = Field(
        default=60_000,
        ge=1,
        description="Seasons x settlements x candidates up to which frontiers, lines and ways are worked out",
    )


def check_services(equity: Equity | None, services: Iterable[str]) -> None:
    """Refuse settings about services that the study does not have.

    Raises
    ------
    PydanticCustomError
        At the first one, with the nearest name there is.
    """
    known = list(services)
    for key in ("cap_per_head", "cap_per_place", "viable_persons") if equity is not None else ():
        for name in getattr(equity, key):
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1) or known[:1]
                message = _("“{value}” is no service of this study.").format(value=name)
                raise inconsistent(message, _("Did you mean {near}?").format(near=near[0]), ("equity", key, name))
