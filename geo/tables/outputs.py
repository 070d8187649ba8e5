"""The tables a run writes. Names and columns are stable: spreadsheets and scripts may rely on them."""

from __future__ import annotations

from typing import Final

from geo.language import mark
from geo.tables.schema import SHARE, Column, Table


def _text(name: str, label: str, meaning: str, *choices: str) -> Column:
    return Column(name, "text", meaning, label=label, choices=choices)


def _minutes(name: str, label: str, meaning: str) -> Column:
    return Column(name, "number", meaning, unit="min", label=label)


def _people(name: str, label: str, meaning: str) -> Column:
    return Column(name, "integer", meaning, unit="persons", label=label)


def _share(name: str, label: str, meaning: str) -> Column:
    return Column(name, "number", meaning, unit=SHARE, label=label)


def _money(name: str, label: str, meaning: str) -> Column:
    return Column(name, "number", meaning, unit="KZT", label=label)


def _count(name: str, unit: str, label: str, meaning: str) -> Column:
    return Column(name, "integer", meaning, unit=unit, label=label)


def _settlements(name: str, label: str, meaning: str) -> Column:
    return _count(name, "settlements", label, meaning)


_SERVICE: Final = _text("service", mark("Service"), mark("Service the row is about"))
_SEASON: Final = _text(
    "season", mark("Season"), mark("Season of the study; `worst` = every settlement in its own worst season")
)
_PLAN: Final = _text("plan", mark("Plan"), mark("`baseline` = today; otherwise the name of a plan of table `plans`"))
_SETTLEMENT: Final = _text("settlement_id", mark("Settlement"), mark("Settlement the row is about"))
_SITE: Final = _text("site_id", mark("Site"), mark("Facility or candidate"))
_PERSONS: Final = _people("persons", mark("People"), mark("People who need the service; blank = unknown"))
_OPEN_SITES: Final = _text("open_sites", mark("Opened"), mark("Sites opened, separated by spaces"))
_PLAN_STATUS: Final = _text(
    "status", mark("How good"), mark("Whether the plan is proven to be the best"), "optimal", "feasible", "infeasible"
)
_COST: Final = _money("cost", mark("Cost"), mark("Opening cost, where prices are known"))
_MAX_MINUTES: Final = _minutes(
    "max_minutes", mark("Longest trip"), mark("Worst time among the reachable; blank = no way")
)

ACCESS_SETTLEMENT: Final = Table(
    "access_settlement",
    mark("Minutes to the nearest facility, per settlement, service, season and plan"),
    (
        _SETTLEMENT,
        _SERVICE,
        _PLAN,
        _SEASON,
        _PERSONS,
        _minutes("minutes", mark("Minutes"), mark("Door-to-door time to the nearest open facility; blank = no way")),
        _minutes(
            "access_minutes", mark("Of it to the road"), mark("Part from the settlement to the road; blank = no way")
        ),
        _minutes("network_minutes", mark("Of it on the road"), mark("Part on the road; blank = no way")),
        _minutes(
            "egress_minutes",
            mark("Of it at the end"),
            mark("Part from the road to the facility, and within the settlement; blank = no way"),
        ),
        _text("site_id", mark("Nearest facility"), mark("Nearest open facility or candidate")),
        _minutes("limit_minutes", mark("Norm"), mark("The norm used for siting")),
        _text(
            "verdict",
            mark("Verdict"),
            mark("How the trip stands against the norm"),
            "within",
            "beyond",
            "unreachable",
            "not_assessable",
        ),
        _text(
            "reason",
            mark("Why without a way"),
            mark("Why there is no way; blank = has a way"),
            "no-facility",
            "far-from-road",
            "closed-in-season",
            "not-connected",
        ),
        Column(
            "nearest_road_km",
            "number",
            mark("Straight distance to the nearest road"),
            unit="km",
            label=mark("To the nearest road"),
        ),
    ),
    label=mark("Access, settlements"),
)

ACCESS_DISTRICT: Final = Table(
    "access_district",
    mark(
        "Access of the unit's people as a whole, per service, season and plan; the unreachable are in every denominator"
    ),
    (
        _SERVICE,
        _PLAN,
        _SEASON,
        _settlements("n_settlements", mark("Assessed"), mark("Settlements assessed")),
        _people("persons", mark("People"), mark("People assessed")),
        _people("within_persons", mark("Within the norm"), mark("People within the norm")),
        _share(
            "within_share",
            mark("Share within the norm"),
            mark("Share of the people assessed who are within the norm"),
        ),
        _people(
            "beyond_persons", mark("Not within the norm"), mark("People not within the norm, the unreachable included")
        ),
        _people("unreachable_persons", mark("Cut off"), mark("People without any way")),
        _people(
            "not_assessable_persons",
            mark("Not assessable"),
            mark("People in settlements that cannot be assessed; in no other count"),
        ),
        _settlements(
            "unknown_settlements",
            mark("People unknown"),
            mark("Settlements whose people are unknown; in no count of people"),
        ),
        _minutes("median_minutes", mark("Median trip"), mark("Weighted median; blank = no way")),
        _minutes(
            "p90_minutes",
            mark("Nine in ten travel at most"),
            mark("Time that nine in ten people do not exceed; blank = no way"),
        ),
        _minutes("mean_minutes", mark("Mean trip"), mark("Weighted mean over the reachable; blank = no way")),
        _MAX_MINUTES,
        _minutes("ede_minutes", mark("Equivalent trip"), mark("Kolm-Pollak equally-distributed equivalent")),
        _people("capped_persons", mark("Capped in it"), mark("People whose time was capped in the EDE")),
    ),
    label=mark("Access, unit"),
)

NORM_COMPLIANCE: Final = Table(
    "norm_compliance",
    mark("Every settlement against every norm of the study's packs"),
    (
        _SETTLEMENT,
        _text("norm_id", mark("Norm"), mark("Code of the norm in its pack")),
        _text("pack", mark("Norm pack"), mark("Code of the norm pack")),
        _SERVICE,
        _text("level", mark("Lowest level that counts"), mark("Lowest level that satisfies the norm")),
        _people("persons", mark("People"), mark("People the norm is about; blank = unknown")),
        _text(
            "status",
            mark("Met or not"),
            mark("Whether the settlement meets the norm"),
            "met",
            "unmet",
            "not_applicable",
            "unknown",
        ),
        _text("season", mark("Season"), mark("Season that decides")),
        Column("value", "number", mark("What was found; blank = no way or unknown"), label=mark("Found")),
        Column("limit", "number", mark("What the norm asks"), label=mark("Asked")),
        Column("shortfall", "number", mark("How much is missing; blank = no way or unknown"), label=mark("Shortfall")),
        _text("unit", mark("Unit"), mark("Unit of value, limit and shortfall")),
        Column("verified", "boolean", mark("The norm was checked by a lawyer"), label=mark("Legally verified")),
    ),
    label=mark("Norms"),
)

PLANS: Final = Table(
    "plans",
    mark("Every plan computed: its goal, how good it is, and how good any plan could be"),
    (
        _SERVICE,
        _PLAN,
        _text("objective", mark("Goal"), mark("Goal of the plan")),
        _PLAN_STATUS,
        Column(
            "value",
            "number",
            mark("Value of the goal; a lexicographic plan gives its first goal"),
            label=mark("Value of the goal"),
        ),
        _text("value_unit", mark("Unit"), mark("Unit of the value")),
        Column("bound", "number", mark("No plan can be better than this"), label=mark("Best conceivable")),
        _share("gap", mark("Gap"), mark("Share by which a better plan could exist")),
        _OPEN_SITES,
        _text("closed_sites", mark("Closed"), mark("Facilities closed, separated by spaces")),
        _people(
            "beyond_persons", mark("Not within the norm"), mark("People not within the norm in their worst season")
        ),
        _people("unreachable_persons", mark("Cut off"), mark("People without any way in their worst season")),
        _minutes(
            "ede_minutes", mark("Equivalent trip"), mark("Kolm-Pollak equally-distributed equivalent, worst season")
        ),
        _MAX_MINUTES,
        _COST,
        _settlements("losers", mark("With a longer trip"), mark("Settlements whose trip gets longer")),
        _text(
            "blockers",
            mark("In the way"),
            mark("Settlements that make the plan impossible, separated by spaces"),
        ),
        _text(
            "blocked_by",
            mark("Why impossible"),
            mark("What stands in the way of the plan"),
            "tolerance",
            "tolerance-jointly",
            "limit",
            "limit-jointly",
        ),
        _minutes(
            "smallest_worsening_minutes",
            mark("Tolerance that would do"),
            mark("Extra time that would have to be allowed"),
        ),
        _minutes("smallest_limit_minutes", mark("Norm that would do"), mark("Norm that could be kept")),
        _count("smallest_open", "sites", mark("Number that would do"), mark("Open sites that would do")),
        _money("smallest_budget", mark("Budget that would do"), mark("Budget that would do")),
    ),
    label=mark("Plans"),
)

RECOMMENDATIONS: Final = Table(
    "recommendations",
    mark("What the headline plan does, in order of the people who gain"),
    (
        _SERVICE,
        Column("rank", "integer", mark("Number on the map"), label=mark("Number")),
        _text("action", mark("Action"), mark("What the headline plan does"), "open", "close"),
        _SITE,
        _SETTLEMENT,
        _text("level", mark("Level"), mark("Level of the facility")),
        _people(
            "gained_persons",
            mark("Come within the norm"),
            mark("People who come within the norm and would not without this site"),
        ),
        _settlements("gained_settlements", mark("Come within the norm"), mark("Their settlements")),
        _text("before_site_id", mark("Nearest today"), mark("Nearest facility of this settlement today")),
        _minutes("before_minutes", mark("Trip today"), mark("Time to it in the worst season; blank = no way")),
        _minutes(
            "after_minutes",
            mark("Trip with the plan"),
            mark("Time in the worst season with the plan; blank = no way"),
        ),
        _text("second_best_site_id", mark("Second best"), mark("Best other site instead of this one")),
        _people(
            "second_best_fewer_persons",
            mark("Fewer within the norm then"),
            mark("How many fewer people are then within the norm"),
        ),
        _minutes(
            "second_best_longer_minutes",
            mark("Worst trip longer then"),
            mark("How much longer the worst trip then is"),
        ),
        _text(
            "second_best_reason",
            mark("What decides"),
            mark("What decides against it"),
            "norm",
            "ede",
            "cost",
            "tie",
        ),
        _COST,
        _share(
            "scenario_share",
            mark("Scenarios that agree"),
            mark("Share of the study's scenarios that choose this site"),
        ),
        _text("competent_body", mark("Competent body"), mark("Who decides")),
        _text("norm_id", mark("Norm"), mark("Norm the plan answers")),
    ),
    label=mark("Recommendations"),
)

ASSIGNMENT: Final = Table(
    "assignment",
    mark("Who goes where, per season, with the headline plan"),
    (
        _SERVICE,
        _SETTLEMENT,
        _SEASON,
        _text("site_id", mark("Nearest facility"), mark("Nearest open facility; blank = no way")),
        _minutes("minutes", mark("Minutes"), mark("Door-to-door time; blank = no way")),
        _PERSONS,
    ),
    label=mark("Assignment"),
)

BEFORE_AFTER: Final = Table(
    "before_after",
    mark("Every indicator today and with the headline plan"),
    (
        _SERVICE,
        _SEASON,
        _text("indicator", mark("Indicator"), mark("Column of `access_district`")),
        _text("unit", mark("Unit"), mark("Unit of the values")),
        Column("before", "number", mark("Today")),
        Column("after", "number", mark("With the headline plan"), label=mark("With the plan")),
        Column("difference", "number", mark("After less before"), label=mark("Change")),
    ),
    label=mark("Before and after"),
)

LOSERS: Final = Table(
    "losers",
    mark("Everybody whose trip gets longer, per plan and season; empty when nobody's does"),
    (
        _SERVICE,
        _PLAN,
        _SETTLEMENT,
        _SEASON,
        _PERSONS,
        _minutes("before_minutes", mark("Trip today"), mark("Time today; blank = no way")),
        _minutes("after_minutes", mark("Trip with the plan"), mark("Time with the plan; blank = no way")),
        _minutes("longer_minutes", mark("Longer by"), mark("Difference; blank = access is lost")),
    ),
    label=mark("Longer trips"),
)

SCENARIOS: Final = Table(
    "scenarios",
    mark("The headline plan under the study's other assumptions"),
    (
        _SERVICE,
        _text("scenario", mark("Assumption"), mark("Scenario of the study")),
        _PLAN_STATUS,
        _OPEN_SITES,
        _people("within_persons", mark("Within the norm"), mark("People within the norm with the scenario's plan")),
        _people(
            "beyond_persons",
            mark("Not within the norm"),
            mark("People not within the norm with the scenario's plan"),
        ),
        _text(
            "same_sites",
            mark("Also in the headline plan"),
            mark("Sites that the headline plan opens too, separated by spaces"),
        ),
    ),
    label=mark("Scenarios"),
)

DATA_QUALITY: Final = Table(
    "data_quality",
    mark("What is wrong, missing, imputed or doubtful in the data"),
    (
        _text("severity", mark("Severity"), mark("How grave it is"), "error", "warning", "repaired", "note"),
        _text("code", mark("Code of the finding"), mark("Kind of finding")),
        Column("file", "text", mark("File")),
        Column("row", "integer", mark("Row as a spreadsheet shows it; blank = the whole file"), label=mark("Row")),
        Column("column", "text", mark("Column")),
        _text("message", mark("Finding"), mark("What was found")),
        Column("remedy", "text", mark("What to do")),
    ),
    label=mark("Data quality"),
)

DISTANCE_CHECK: Final = Table(
    "distance_check",
    mark("Network distances beside published ones"),
    (
        _text("from_id", mark("From"), mark("Settlement where the trip begins")),
        _text("to_id", mark("To"), mark("Settlement where the trip ends")),
        Column(
            "network_km",
            "number",
            mark("Distance on the study's roads; blank = no way"),
            unit="km",
            label=mark("On the study's roads"),
        ),
        Column("published_km", "number", mark("Published distance"), unit="km", label=mark("Published")),
        _share("difference_share", mark("Difference"), mark("Network over published, less one")),
        _text("source", mark("Source"), mark("Where it is published")),
    ),
    label=mark("Distances"),
)

_ROUTE: Final = _text("route", mark("Route"), mark("Number of the bus route within the unit and service"))
_STOP: Final = Column(
    "stop", "integer", mark("Place in the order of the route; the last one is the school"), label=mark("Stop")
)

TRANSPORT_PUPILS: Final = Table(
    "transport_pupils",
    mark(
        "How the pupils of every settlement come to school with the headline plan; only where the study asks for buses"
    ),
    (
        _SERVICE,
        _SETTLEMENT,
        _text("site_id", mark("School"), mark("School they attend; blank = no way to any")),
        _people("pupils", mark("Pupils"), mark("Pupils of the settlement; blank = unknown")),
        _text(
            "outcome",
            mark("How they come"),
            mark("How the pupils come to school, or why no bus is planned"),
            "own-school",
            "walks",
            "carried",
            "beyond-cap",
            "no-road",
            "no-school",
            "unknown",
        ),
        Column("km", "number", mark("Way to the school on the roads"), unit="km", label=mark("Way to school")),
        _minutes("alone_minutes", mark("Ride alone"), mark("Ride in a bus that calls nowhere else, the stop included")),
        _text("season", mark("Season"), mark("Season the way and the route are planned for")),
    ),
    label=mark("Pupils and school"),
)

TRANSPORT_ROUTES: Final = Table(
    "transport_routes",
    mark("School bus routes in the morning, stop by stop; the last row of a route is the school"),
    (
        _SERVICE,
        _ROUTE,
        _text("site_id", mark("School"), mark("School the route leads to")),
        _text("season", mark("Season"), mark("Season the way and the route are planned for")),
        _STOP,
        _SETTLEMENT,
        _people("pupils", mark("Pupils"), mark("Pupils who board; at the school those who get off")),
        Column("leg_km", "number", mark("Way from the stop before"), unit="km", label=mark("From the stop before")),
        Column("total_km", "number", mark("Way from the first stop"), unit="km", label=mark("From the first stop")),
        _minutes("leg_minutes", mark("Driving"), mark("Driving from the stop before")),
        _minutes(
            "total_minutes", mark("Arrival"), mark("Arrival after the bus reaches its first stop, stops included")
        ),
        _minutes(
            "ride_minutes", mark("Ride to school"), mark("Time aboard from here to the school, this stop included")
        ),
        Column("seats", "integer", mark("Seats of the bus"), unit="seats", label=mark("Seats")),
        Column(
            "empty_km",
            "number",
            mark("Way of the empty bus from the school to its first stop"),
            unit="km",
            label=mark("Empty run"),
        ),
        _text("closed_seasons", mark("No bus in"), mark("Seasons without an open way from this stop to the school")),
        _text(
            "beyond_cap_seasons",
            mark("Over the limit in"),
            mark("Seasons in which the ride from here exceeds the limit"),
        ),
    ),
    label=mark("Bus routes"),
)

TRANSPORT_SEASONS: Final = Table(
    "transport_seasons",
    mark(
        "Ride to school from every stop in every season; stops that are cut off in a season are left out of the route"
    ),
    (
        _SERVICE,
        _ROUTE,
        _STOP,
        _SETTLEMENT,
        _SEASON,
        _minutes("ride_minutes", mark("Ride to school"), mark("Time aboard; blank = no open way")),
    ),
    label=mark("Bus rides by season"),
)

OUTPUT_TABLES: Final = {
    table.name: table
    for table in (
        ACCESS_SETTLEMENT,
        ACCESS_DISTRICT,
        NORM_COMPLIANCE,
        PLANS,
        RECOMMENDATIONS,
        ASSIGNMENT,
        BEFORE_AFTER,
        LOSERS,
        SCENARIOS,
        DATA_QUALITY,
        DISTANCE_CHECK,
        TRANSPORT_PUPILS,
        TRANSPORT_ROUTES,
        TRANSPORT_SEASONS,
    )
}
