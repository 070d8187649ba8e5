"""The tables a run writes. Names and columns are stable: spreadsheets and scripts may rely on them."""

from __future__ import annotations

from typing import Final

from geo.tables.schema import Column, Table

_SERVICE = Column("service", "text", "Service the row is about")
_SEASON = Column("season", "text", "Season of the study; `worst` = every settlement in its own worst season")
_PLAN = Column("plan", "text", "`baseline` = today; otherwise the name of a plan of table `plans`")
_SETTLEMENT = Column("settlement_id", "text", "Settlement")
_SITE = Column("site_id", "text", "Facility or candidate")


def _minutes(name: str, meaning: str) -> Column:
    return Column(name, "number", f"{meaning}; blank = no way", unit="min")


def _people(name: str, meaning: str) -> Column:
    return Column(name, "integer", meaning, unit="persons")


ACCESS_SETTLEMENT: Final = Table(
    "access_settlement",
    "Minutes to the nearest facility, per settlement, service, season and plan",
    (
        _SETTLEMENT,
        _SERVICE,
        _PLAN,
        _SEASON,
        _people("persons", "People who need the service; blank = unknown"),
        _minutes("minutes", "Door-to-door time to the nearest open facility"),
        _minutes("access_minutes", "Part from the settlement to the road"),
        _minutes("network_minutes", "Part on the road"),
        _minutes("egress_minutes", "Part from the road to the facility, and within the settlement"),
        Column("site_id", "text", "Nearest open facility or candidate"),
        Column("limit_minutes", "number", "The norm used for siting", unit="min"),
        Column("verdict", "text", "within | beyond | unreachable | not_assessable"),
        Column("reason", "text", "no-facility | far-from-road | closed-in-season | not-connected; blank = has a way"),
        Column("nearest_road_km", "number", "Straight distance to the nearest road", unit="km"),
    ),
)

ACCESS_DISTRICT: Final = Table(
    "access_district",
    "Access of the unit's people as a whole, per service, season and plan; the unreachable stay in every denominator",
    (
        _SERVICE,
        _PLAN,
        _SEASON,
        Column("n_settlements", "integer", "Settlements assessed", unit="settlements"),
        _people("persons", "People assessed"),
        _people("within_persons", "People within the norm"),
        Column("within_share", "number", "Share of the people assessed who are within the norm", unit="0..1"),
        _people("beyond_persons", "People not within the norm, the unreachable included"),
        _people("unreachable_persons", "People without any way"),
        _people("not_assessable_persons", "People in settlements that cannot be assessed; in no other count"),
        Column(
            "unknown_settlements",
            "integer",
            "Settlements whose people are unknown; in no count of people",
            unit="settlements",
        ),
        _minutes("median_minutes", "Weighted median"),
        _minutes("p90_minutes", "Time that nine in ten people do not exceed"),
        _minutes("mean_minutes", "Weighted mean over the reachable"),
        _minutes("max_minutes", "Worst time among the reachable"),
        Column("ede_minutes", "number", "Kolm-Pollak equally-distributed equivalent", unit="min"),
        _people("capped_persons", "People whose time was capped in the EDE"),
    ),
)

NORM_COMPLIANCE: Final = Table(
    "norm_compliance",
    "Every settlement against every norm of the study's packs",
    (
        _SETTLEMENT,
        Column("norm_id", "text", "Norm"),
        Column("pack", "text", "Norm pack"),
        _SERVICE,
        Column("level", "text", "Lowest level that satisfies the norm"),
        _people("persons", "People the norm is about; blank = unknown"),
        Column("status", "text", "met | unmet | not_applicable | unknown"),
        Column("season", "text", "Season that decides"),
        Column("value", "number", "What was found; blank = no way or unknown"),
        Column("limit", "number", "What the norm asks"),
        Column("shortfall", "number", "How much is missing; blank = no way or unknown"),
        Column("unit", "text", "Unit of value, limit and shortfall"),
        Column("verified", "boolean", "The norm was checked by a lawyer"),
    ),
)

PLANS: Final = Table(
    "plans",
    "Every plan computed: its goal, how good it is, and how good any plan could be",
    (
        _SERVICE,
        _PLAN,
        Column("objective", "text", "Goal of the plan"),
        Column("status", "text", "optimal | feasible | infeasible"),
        Column("value", "number", "Value of the goal; a lexicographic plan gives its first goal"),
        Column("value_unit", "text", "Unit of the value"),
        Column("bound", "number", "No plan can be better than this"),
        Column("gap", "number", "Share by which a better plan could exist", unit="0..1"),
        Column("open_sites", "text", "Sites opened, separated by spaces"),
        Column("closed_sites", "text", "Facilities closed, separated by spaces"),
        _people("beyond_persons", "People not within the norm in their worst season"),
        _people("unreachable_persons", "People without any way in their worst season"),
        Column("ede_minutes", "number", "Kolm-Pollak equally-distributed equivalent, worst season", unit="min"),
        _minutes("max_minutes", "Worst time among the reachable"),
        Column("cost", "number", "Opening cost, where prices are known", unit="KZT"),
        Column("losers", "integer", "Settlements whose trip gets longer", unit="settlements"),
        Column("blockers", "text", "Settlements that make the plan impossible, separated by spaces"),
        Column("blocked_by", "text", "tolerance (no closer site) | tolerance-jointly | limit | limit-jointly"),
        Column("smallest_worsening_minutes", "number", "Extra time that would have to be allowed", unit="min"),
        Column("smallest_limit_minutes", "number", "Norm that could be kept", unit="min"),
        Column("smallest_open", "integer", "Open sites that would do", unit="sites"),
        Column("smallest_budget", "number", "Budget that would do", unit="KZT"),
    ),
)

RECOMMENDATIONS: Final = Table(
    "recommendations",
    "What the headline plan does, in order of the people who gain",
    (
        _SERVICE,
        Column("rank", "integer", "Number on the map"),
        Column("action", "text", "open | close"),
        _SITE,
        _SETTLEMENT,
        Column("level", "text", "Level of the facility"),
        _people("gained_persons", "People who come within the norm and would not without this site"),
        Column("gained_settlements", "integer", "Their settlements", unit="settlements"),
        Column("before_site_id", "text", "Nearest facility of this settlement today"),
        _minutes("before_minutes", "Time to it in the worst season"),
        _minutes("after_minutes", "Time in the worst season with the plan"),
        Column("second_best_site_id", "text", "Best other site instead of this one"),
        _people("second_best_fewer_persons", "How many fewer people are then within the norm"),
        Column("second_best_longer_minutes", "number", "How much longer the worst trip then is", unit="min"),
        Column("second_best_reason", "text", "What decides against it: norm | ede | cost | tie"),
        Column("cost", "number", "Opening cost, where prices are known", unit="KZT"),
        Column("scenario_share", "number", "Share of the study's scenarios that choose this site", unit="0..1"),
        Column("competent_body", "text", "Who decides"),
        Column("norm_id", "text", "Norm the plan answers"),
    ),
)

ASSIGNMENT: Final = Table(
    "assignment",
    "Who goes where, per season, with the headline plan",
    (
        _SERVICE,
        _SETTLEMENT,
        _SEASON,
        Column("site_id", "text", "Nearest open facility; blank = no way"),
        _minutes("minutes", "Door-to-door time"),
        _people("persons", "People who need the service; blank = unknown"),
    ),
)

BEFORE_AFTER: Final = Table(
    "before_after",
    "Every indicator today and with the headline plan",
    (
        _SERVICE,
        _SEASON,
        Column("indicator", "text", "Column of `access_district`"),
        Column("unit", "text", "Unit of the values"),
        Column("before", "number", "Today"),
        Column("after", "number", "With the headline plan"),
        Column("difference", "number", "After less before"),
    ),
)

LOSERS: Final = Table(
    "losers",
    "Everybody whose trip gets longer, per plan and season; empty when nobody's does",
    (
        _SERVICE,
        _PLAN,
        _SETTLEMENT,
        _SEASON,
        _people("persons", "People who need the service; blank = unknown"),
        _minutes("before_minutes", "Time today"),
        _minutes("after_minutes", "Time with the plan"),
        Column("longer_minutes", "number", "Difference; blank = access is lost", unit="min"),
    ),
)

SCENARIOS: Final = Table(
    "scenarios",
    "The headline plan under the study's other assumptions",
    (
        _SERVICE,
        Column("scenario", "text", "Scenario of the study"),
        Column("status", "text", "optimal | feasible | infeasible"),
        Column("open_sites", "text", "Sites opened, separated by spaces"),
        _people("within_persons", "People within the norm with the scenario's plan"),
        _people("beyond_persons", "People not within the norm with the scenario's plan"),
        Column("same_sites", "text", "Sites that the headline plan opens too, separated by spaces"),
    ),
)

DATA_QUALITY: Final = Table(
    "data_quality",
    "What is wrong, missing, imputed or doubtful in the data",
    (
        Column("severity", "text", "error | warning | repaired | note"),
        Column("code", "text", "Kind of finding"),
        Column("file", "text", "File"),
        Column("row", "integer", "Row as a spreadsheet shows it; blank = the whole file"),
        Column("column", "text", "Column"),
        Column("message", "text", "What was found"),
        Column("remedy", "text", "What to do"),
    ),
)

DISTANCE_CHECK: Final = Table(
    "distance_check",
    "Network distances beside published ones",
    (
        Column("from_id", "text", "Settlement where the trip begins"),
        Column("to_id", "text", "Settlement where the trip ends"),
        Column("network_km", "number", "Distance on the study's roads; blank = no way", unit="km"),
        Column("published_km", "number", "Published distance", unit="km"),
        Column("difference_share", "number", "Network over published, less one", unit="0..1"),
        Column("source", "text", "Where it is published"),
    ),
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
    )
}
