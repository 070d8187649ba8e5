"""The part `[provision]` of `study.toml`: which forms of provision are compared, under which limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import Field, model_validator

from geo.language import gettext as _
from geo.study.config_base import Fraction, Names, Part
from geo.study.config_faults import inconsistent
from geo.tables import SETTLEMENTS

FormName = Literal["road", "build", "share", "bus", "mobile", "boarding"]


class ProvisionRoad(Part):
    """Roads that are built better together, compared beside those that the program finds itself."""

    roads: tuple[str, ...] = Field(min_length=1, description="Codes of the roads")
    surface: Literal["gravel", "asphalt"] = Field(default="gravel", description="The new surface; open in every season")
    label: Names | None = Field(default=None, description="Name on pages")


class ProvisionService(Part):
    """What is compared for one service. The values are proposals, not verified norms."""

    name: str = Field(description="Name of the service")
    forms: tuple[FormName, ...] = Field(
        min_length=1, description="Forms that are compared; the service floor always is, and needs no mention"
    )
    viable_persons: int | None = Field(
        default=None,
        ge=1,
        description="People who must still need the service at the end of diagnosis.horizon_years for a building; "
        "default: the least load that a norm of the study asks of the level in a place of that size, 1 if none does",
    )
    most_cost_per_person: float | None = Field(
        default=None,
        gt=0,
        description="Most money per year and person brought within the norm, for a building, road or bus that the rule "
        "recommends",
    )
    mobile_base: str | None = Field(
        default=None, description="Lowest level of a facility that a visiting team comes from; default: what serves"
    )
    boarding: tuple[str, ...] = Field(
        default=("pop_10_14", "pop_15_17"), description="Columns of pupils old enough for a boarding place"
    )
    boarding_max_share: Fraction = Field(
        default=1.0, description="Largest share of these pupils whose families would take a boarding place"
    )


class Provision(Part):
    """Forms of provision for places below the norm (docs/provision.md). The values are proposals."""

    discount_rate: float = Field(default=0.06, ge=0, le=1, description="Interest per year, for annuities")
    most_capex: float | None = Field(
        default=None, gt=0, description="Most money for one building or road that the rule recommends"
    )
    visit_interval_days: int = Field(default=14, ge=1, le=365, description="Days between two visits to a village")
    working_days_per_week: int = Field(default=5, ge=1, le=7, description="Days on which a visiting team travels")
    visit_minutes: float = Field(default=120.0, gt=0, description="Time of a visiting team in one village")
    day_minutes: float = Field(default=480.0, gt=0, description="Longest day of a visiting team, driving included")
    iterations: int = Field(default=200, ge=1, description="Length of the search for circuits from one base")
    find_roads: bool = Field(default=True, description="Whether roads worth building better are looked for")
    surfaces: tuple[Literal["gravel", "asphalt"], ...] = Field(
        default=("gravel",), min_length=1, description="Surfaces that found roads may get"
    )
    most_packages: int = Field(
        default=12, ge=0, le=20, description="Most road packages that are found per unit, those for most people first"
    )
    budget: float | None = Field(
        default=None,
        ge=0,
        description="Money per unit and service for sites and roads together; default: what the sites of the headline "
        "plan cost",
    )
    road_body: Names | None = Field(default=None, description="Who decides about roads")
    bus_body: Names | None = Field(default=None, description="Who decides about school buses")
    road: tuple[ProvisionRoad, ...] = Field(default=(), description="Road packages of your own")
    service: tuple[ProvisionService, ...] = Field(default=(), description="What is compared per service")

    @model_validator(mode="after")
    def _consistent(self) -> Provision:
        names = [service.name for service in self.service]
        if not names:
            message = _("The table [provision] names no service, so that nothing would be compared.")
            remedy = _("Add a table [[provision.service]] with the name of a service, or delete [provision].")
            raise inconsistent(message, remedy, ("service",))
        for index, name in enumerate(names):
            if name in names[:index]:
                message = _("The name “{name}” is used twice.").format(name=name)
                raise inconsistent(message, _("Give every table its own name."), ("service", index, "name"))
        return self

    def check_services(self, levels: Mapping[str, Sequence[str]]) -> None:
        """Refuse services, levels and columns that the study does not have.

        Parameters
        ----------
        levels
            Levels of every service of the study by its name.
        """
        countable = [column.name for column in SETTLEMENTS.columns if column.unit == "persons"]
        for index, service in enumerate(self.service):
            place = ("provision", "service", index)
            wanted: list[tuple[str, str, Sequence[str]]] = [("name", service.name, list(levels))]
            if service.mobile_base is not None:
                wanted.append(("mobile_base", service.mobile_base, levels.get(service.name, ())))
            wanted += [("boarding", column, countable) for column in service.boarding]
            for key, value, choices in wanted:
                if value not in choices:
                    message = _("“{value}” is not known here.").format(value=value)
                    remedy = _("Use one of: {choices}.").format(choices=", ".join(choices))
                    raise inconsistent(message, remedy, (*place, key))

    def working_days(self) -> int:
        """Return the working days of a visiting team between two visits, at least one."""
        return max(1, self.visit_interval_days * self.working_days_per_week // 7)
