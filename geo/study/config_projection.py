"""How the people of later years are worked out: `[projection]` of the study file."""

from __future__ import annotations

from pydantic import Field, model_validator

from geo.language import gettext as _
from geo.planning.cohorts import PRIOR_PERSONS
from geo.planning.demand import PRIOR_YEARS
from geo.study.config_base import Part
from geo.study.config_faults import inconsistent


class Control(Part):
    """A published total that the settlements of a unit add up to in a year."""

    unit: str = Field(min_length=1, description="Code of the unit")
    year: int = Field(ge=1990, le=2150, description="Year of the total")
    persons: int = Field(ge=1, description="People of the unit in that year")
    source: str = Field(min_length=1, description="Who publishes it")


class Projection(Part):
    """People to come; without this table every year has the people of today."""

    first_year: int | None = Field(
        default=None,
        ge=1990,
        le=2100,
        description="Year that today's counts stand for; default: the latest pop_year of the settlements",
    )
    horizon_years: int = Field(default=10, ge=1, le=50, description="How many years after it are shown")
    prior_years: float = Field(
        default=PRIOR_YEARS,
        ge=0,
        description="Years of observation that the growth of the whole unit counts for in a settlement's (proposed)",
    )
    prior_persons: float = Field(
        default=PRIOR_PERSONS,
        ge=0,
        description="People of an age group that the unit's ratio counts for in a settlement's (proposed)",
    )
    control: tuple[Control, ...] = Field(default=(), description="Published totals that settlements add up to")
    asset_life: bool = Field(
        default=True, description="Whether new sites are held against the people there will be in their lifetime"
    )
    default_lifetime_years: int = Field(
        default=40, ge=1, le=100, description="Lifetime of a new site whose price row states none (proposed)"
    )

    @model_validator(mode="after")
    def _once(self) -> Projection:
        seen: set[tuple[str, int]] = set()
        for number, control in enumerate(self.control):
            key = (control.unit, control.year)
            if key in seen:
                message = _("Unit {unit} has two control totals for {year}.").format(
                    unit=control.unit, year=control.year
                )
                raise inconsistent(message, _("Keep one of them."), ("control", number, "year"))
            seen.add(key)
        return self
