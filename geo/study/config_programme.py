"""Settings of a programme: which years, what money, what may be done, and who decides about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, model_validator

from geo.language import gettext as _
from geo.study.config_base import Fraction, Names, Part
from geo.study.config_faults import inconsistent

Money = Annotated[float, Field(ge=0)]


class ProgrammeNeed(Part):
    """One more level of a service that people need, beside the serving level of every service."""

    service: str = Field(description="Service of the study")
    level: str = Field(description="Lowest level that serves the need; a higher one serves it too")
    norm: str = Field(default="", description="Norm in minutes, as pack/norm; default: that of the service")
    demand: tuple[str, ...] = Field(
        default=(), description="Columns of the settlements table that are added up; default: those of the service"
    )


class Authority(Part):
    """Who decides about a service or a level of it, and on what ground."""

    service: str = Field(description="Service of the study")
    level: str = Field(default="", description="Level it is about; default: all levels without one of their own")
    competent_body: Names | None = Field(default=None, description="Who decides; default: that of the service")
    legal_basis: Names | None = Field(default=None, description="Act and article; without one, items are declarative")
    verified: bool = Field(default=False, description="A lawyer has checked body and basis")


class Programme(Part):
    """What is built, renewed and closed in which year, within the money of each year (docs/programme.md)."""

    start_year: int = Field(ge=1990, le=2100, description="First year of the programme")
    years: int = Field(default=5, ge=1, le=20, description="How many years it lasts")
    budget: Money | tuple[Money, ...] | None = Field(
        default=None, description="Money for building, per unit: one number for every year, or one per year"
    )
    sites_per_year: int | None = Field(
        default=None, ge=0, description="How many sites may open in a year, per unit, where no price is known"
    )
    sites_per_year_all: int | None = Field(
        default=None, ge=0, description="The same for the whole study; default: as many as all units together"
    )
    running_budget: Money | tuple[Money, ...] | None = Field(
        default=None, description="Money by which running costs may grow against today, per unit"
    )
    discount_rate: float = Field(default=0.06, ge=0, le=0.5, description="Per year; 0.05 to 0.08 is usual (proposed)")
    services: tuple[str, ...] = Field(default=(), description="Services planned together; default: all")
    need: tuple[ProgrammeNeed, ...] = Field(default=(), description="Further levels that people need")
    languages: tuple[str, ...] = Field(
        default=(), description="Services whose language of instruction matters (share_kk, share_ru, instruction_lang)"
    )
    may_open: bool = Field(default=True, description="Whether something may open where nothing stands")
    open_min_persons: int = Field(
        default=50,
        ge=0,
        description="Smallest settlement where something may open; smaller ones are served in another form (proposed)",
    )
    may_upgrade: bool = Field(default=True, description="Whether facilities may be raised to a higher level")
    may_downgrade: bool = Field(default=False, description="Whether closable facilities may be lowered a level")
    may_close: bool = Field(default=True, description="Whether closable facilities may be closed")
    examine_closing: tuple[str, ...] = Field(
        default=(), description="Facilities whose closing is examined too, beside those marked closable"
    )
    protected: tuple[str, ...] = Field(
        default=(), description="Facilities that may not be closed or lowered, beside those in protected settlements"
    )
    max_worsening_minutes: float | None = Field(
        default=0.0, ge=0, description="Longest extra time that anything may cause anybody, in any season"
    )
    share_building: Fraction = Field(
        default=0.15, description="Share of the price saved where two services open in one building (proposed)"
    )
    renovate_above_wear: float = Field(
        default=70.0, ge=0, le=100, description="Buildings worn by as many per cent are to be renewed (proposed)"
    )
    replace_above_wear: float = Field(
        default=85.0, ge=0, le=100, description="From here on a new building, not a renovation (proposed)"
    )
    renovation_share: Fraction = Field(
        default=0.45, description="Price of a renovation over that of a new building, where none is given (proposed)"
    )
    renewal_share: Fraction = Field(
        default=0.3, description="Share of each year's money kept for worn buildings (proposed)"
    )
    price_growth: float = Field(
        default=0.0, ge=0, le=0.5, description="Growth of building prices per year, for the ledger of debts only"
    )
    equity: bool = Field(
        default=True,
        description="Whether what money is left makes trips less unequal, before cost counts; without it nothing is "
        "built that brings nobody within the norm",
    )
    vulnerability: bool = Field(
        default=False, description="Whether people count by the column vulnerability in the first goal"
    )
    budget_shares: tuple[Annotated[float, Field(gt=0, le=10)], ...] = Field(
        default=(),
        description="Other sums to compare with: shares of the budget, e.g. 0.5; of units, not of the whole study",
    )
    authority: tuple[Authority, ...] = Field(default=(), description="Who decides, and on what ground")
    seconds: float | None = Field(default=None, gt=0, description="Safety limit; turns a proof into a gap")

    @property
    def calendar(self) -> tuple[int, ...]:
        """The years of the programme."""
        return tuple(range(self.start_year, self.start_year + self.years))

    @model_validator(mode="after")
    def _consistent(self) -> Programme:
        if (self.budget is None) == (self.sites_per_year is None):
            message = _("Either budget (money) or sites_per_year (a number) decides what can be built.")
            raise inconsistent(message, _("Give one of them, not both and not none."), ("budget",))
        for key in ("budget", "running_budget"):
            value = getattr(self, key)
            if isinstance(value, tuple) and len(value) != self.years:
                message = _("{n} sums are given for {years} years.").format(n=len(value), years=self.years)
                raise inconsistent(message, _("Give one per year, or one number for all."), (key,))
        if self.replace_above_wear < self.renovate_above_wear:
            message = _("A building would be replaced before it is worn enough for a renovation.")
            raise inconsistent(message, _("Make replace_above_wear the larger one."), ("replace_above_wear",))
        return self


def check_programme(programme: Programme, levels: dict[str, Sequence[str]]) -> None:
    """Refuse services and levels that the study does not have.

    Parameters
    ----------
    levels
        Levels of each service of the study.

    Raises
    ------
    pydantic_core.PydanticCustomError
        Naming the key.
    """
    for key in ("services", "languages"):
        for name in getattr(programme, key):
            _known(name, tuple(levels), ("programme", key))
    for key in ("need", "authority"):
        for number, part in enumerate(getattr(programme, key)):
            _known(part.service, tuple(levels), ("programme", key, number, "service"))
            if part.level or key == "need":
                _known(part.level, levels[part.service], ("programme", key, number, "level"))


def _known(value: str, choices: Sequence[str], place: tuple[str | int, ...]) -> None:
    if value not in choices:
        message = _("“{value}” is none of the study's.").format(value=value)
        raise inconsistent(message, _("Use one of: {choices}.").format(choices=", ".join(choices)), place)
