"""Tables of the forms of provision: what was compared, what each place gets, roads, and circuits of visiting teams."""

from __future__ import annotations

from typing import Final

from geo.language import mark
from geo.tables.columns import (
    PERSONS,
    PLAN,
    PLAN_STATUS,
    SEASON,
    SERVICE,
    SETTLEMENT,
    TIED_NORMS,
    count,
    minutes,
    money,
    people,
    settlements,
    text,
)
from geo.tables.schema import Column, Table

FORMS: Final = ("road", "build", "share", "bus", "mobile", "boarding", "floor")

_TARGET: Final = text(
    "target_id", mark("Where"), mark("Site that is built or led to, base of the visiting team, or road package")
)
_BODY: Final = text("competent_body", mark("Who decides"), mark("Body that decides about it"))
_ANNUAL: Final = money(
    "annual_cost",
    mark("Cost per year"),
    mark("Annuity of what is spent once, and running cost; blank = no price, which is not 0"),
)
_PER_PERSON: Final = money(
    "cost_per_person", mark("Per year and person"), mark("Cost per year and person brought within the norm")
)
_CLOSED: Final = text(
    "closed_seasons", mark("Does not work in"), mark("Seasons in which the form does not work, nothing replacing it")
)
_PACKAGE_TEXT: Final = mark("Road packages, as in table road_packages; blank = sites alone")
_STOP_TEXT: Final = mark("Place in the order of the day")

PROVISION: Final = Table(
    "provision",
    mark("Every form of provision for every settlement below the norm, today and with the headline plan"),
    (
        SETTLEMENT,
        SERVICE,
        PLAN,
        text("form", mark("Form"), mark("Form of provision"), *FORMS),
        Column("eligible", "boolean", mark("Whether it is possible here"), label=mark("Possible")),
        text("refusal", mark("Why not"), mark("Why it is not possible")),
        _TARGET,
        people(
            "viable_persons",
            mark("People a building needs"),
            mark("People who must still need it there later; blank = no building, or nowhere to build"),
        ),
        text("norm_id", mark("Norm"), mark("Norm that names that number; blank = the study file does, or none")),
        TIED_NORMS,
        money("capex", mark("Spent once"), mark("Money for building; blank = no price")),
        money("opex_year", mark("Running cost"), mark("Money for every year; blank = no price")),
        _ANNUAL,
        money(
            "whole_annual_cost",
            mark("With whole vehicles"),
            mark("The same with whole buses paid here alone, and its part of the vehicles a team's round needs"),
        ),
        text("price_status", mark("Price"), mark("Whether a complete price is known"), "priced", "no-price"),
        people("persons", mark("Brought within the norm"), mark("People brought within the norm, neighbours included")),
        people("own_persons", mark("Of them here"), mark("People brought within the norm in the settlement itself")),
        minutes(
            "minutes_after", mark("Worst season then"), mark("Time in the worst season then; blank = nobody travels")
        ),
        _PER_PERSON,
        _CLOSED,
        text("lodging_seasons", mark("Lodging in"), mark("Seasons that lodging bridges; its cost is included")),
        Column("by_rule", "boolean", mark("Whether the rule names this form"), label=mark("By the rule")),
        Column("cheapest", "boolean", mark("Whether it costs least per person"), label=mark("Cheapest")),
        _BODY,
    ),
    label=mark("Forms compared"),
)

PROVISION_CHOSEN: Final = Table(
    "provision_chosen",
    mark("What every inhabited settlement gets with the headline plan: within the norm, or a form of provision"),
    (
        SETTLEMENT,
        SERVICE,
        PERSONS,
        text("form", mark("Form"), mark("Form of provision that the rule names; met = within the norm"), "met", *FORMS),
        people(
            "served_persons",
            mark("Served"),
            mark("People here whom the form serves; blank = unknown, or the norm is met"),
        ),
        text("why", mark("Why"), mark("Step of the rule that names it")),
        _TARGET,
        minutes(
            "minutes_after", mark("Worst season then"), mark("Time in the worst season then; blank = nobody travels")
        ),
        _ANNUAL,
        _PER_PERSON,
        text(
            "cheapest_form", mark("Cheapest form"), mark("Form that costs least per person; blank = no price"), *FORMS
        ),
        money("cheapest_cost_per_person", mark("Its cost per person"), mark("Per year and person")),
        text(
            "whole_form",
            mark("Form, whole vehicles"),
            mark("Form that the rule would name if whole vehicles were paid, not shares; blank = within the norm"),
            *FORMS,
        ),
        text(
            "whole_cheapest_form",
            mark("Cheapest, whole vehicles"),
            mark("Form that would cost least per person if whole vehicles were paid; blank = no price"),
            *FORMS,
        ),
        text("cut_off_seasons", mark("Cut off in"), mark("Seasons without any way to a site of the plan")),
        text(
            "safeguard",
            mark("Besides"),
            mark("What else is needed where there is no way in some season"),
            "stock-and-air",
            "lodging",
        ),
        _BODY,
    ),
    label=mark("Form of every settlement"),
)

PROVISION_JOINT: Final = Table(
    "provision_joint",
    mark("Sites and road packages chosen together for one sum of money: every combination that was tried"),
    (
        SERVICE,
        text("packages", mark("Roads"), _PACKAGE_TEXT),
        text("open_sites", mark("Opened"), mark("Sites opened, separated by spaces")),
        people("beyond_persons", mark("Below the norm"), mark("People beyond the norm in their worst season")),
        minutes("ede_minutes", mark("Equally-distributed time"), mark("Kolm-Pollak equally-distributed equivalent")),
        money("cost", mark("Cost"), mark("Money for roads and sites")),
        money("budget", mark("Money there is"), mark("Money for roads and sites together")),
        PLAN_STATUS,
        Column("chosen", "boolean", mark("Whether it is the best of those tried"), label=mark("Best")),
    ),
    label=mark("Sites and roads"),
)

ROAD_PACKAGES: Final = Table(
    "road_packages",
    mark("Roads that are built better together and stay open in every season, as forms of provision compare them"),
    (
        text("package_id", mark("Package"), mark("Code of the package")),
        text("surface", mark("Surface"), mark("Surface that the roads get"), "gravel", "asphalt"),
        text("roads", mark("Roads"), mark("Codes of the roads, separated by spaces")),
        Column("length_km", "number", mark("Length of the roads, each in full"), unit="km", label=mark("Length")),
        money("capex", mark("Spent once"), mark("Money for building; blank = no price")),
        money("opex_year", mark("Running cost"), mark("Money for every year; blank = no price")),
    ),
    label=mark("Road packages"),
)

MOBILE_CIRCUITS: Final = Table(
    "mobile_circuits",
    mark("Circuits of visiting teams, stop by stop; every village once per round"),
    (
        SERVICE,
        SEASON,
        text("site_id", mark("Base"), mark("Facility that the team comes from")),
        count("circuit", "", mark("Circuit"), mark("Number of the circuit within base and season")),
        count("vehicle", "", mark("Vehicle"), mark("Number of the vehicle of the base")),
        count("day", "", mark("Day"), mark("Working day of the round")),
        count("stop", "", mark("Stop"), _STOP_TEXT),
        SETTLEMENT,
        minutes("arrive_minutes", mark("Arrival"), mark("After leaving the base")),
        minutes("leave_minutes", mark("Departure"), mark("After leaving the base")),
        minutes("day_minutes", mark("Back after"), mark("Whole day, until the team is back at its base")),
        Column("day_km", "number", mark("Way of the whole day by road"), unit="km", label=mark("Way of the day")),
    ),
    label=mark("Visiting circuits"),
)

MOBILE_TEAMS: Final = Table(
    "mobile_teams",
    mark("Visiting teams of every base: what its circuits take in the season with most days, and what they cost"),
    (
        SERVICE,
        text("site_id", mark("Base"), mark("Facility that the team comes from")),
        settlements("settlements", mark("Villages"), mark("Villages visited from here in some season")),
        count("days", "", mark("Days per round"), mark("Days of one round in the season with most of them")),
        count("vehicles", "", mark("Vehicles"), mark("Vehicles with their teams that complete the round in time")),
        Column("visits_year", "number", mark("Visits a year"), unit="visits", label=mark("Visits a year")),
        money("annual_cost", mark("Cost per year"), mark("Visits and vehicles; blank = no price")),
    ),
    label=mark("Visiting teams"),
)

PROVISION_TABLES: Final = (
    PROVISION,
    PROVISION_CHOSEN,
    PROVISION_JOINT,
    ROAD_PACKAGES,
    MOBILE_CIRCUITS,
    MOBILE_TEAMS,
)
