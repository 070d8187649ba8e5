"""The tables a run writes. Names and columns are stable: spreadsheets and scripts may rely on them."""

from __future__ import annotations

from typing import Final

from geo.language import mark
from geo.tables.choices import CHOICE_TABLES
from geo.tables.columns import (
    COST,
    MAX_MINUTES,
    NEAREST_ROAD,
    OPEN_SITES,
    PERSONS,
    PLAN,
    PLAN_STATUS,
    SEASON,
    SERVICE,
    SETTLEMENT,
    SITE,
    count,
    minutes,
    money,
    people,
    settlements,
    share,
    text,
)
from geo.tables.diagnosis import DIAGNOSIS_TABLES
from geo.tables.norms import NORM_COMPLIANCE, NORM_GAPS, NORM_SUMMARY
from geo.tables.people import PEOPLE_TABLES
from geo.tables.programme import PROGRAMME_TABLES
from geo.tables.proposals import PROPOSAL_TABLES
from geo.tables.provision import PROVISION_TABLES
from geo.tables.robustness import ROBUSTNESS_TABLES
from geo.tables.schema import Column, Table
from geo.tables.transport import TRANSPORT_PUPILS, TRANSPORT_ROUTES, TRANSPORT_SEASONS

ACCESS_SETTLEMENT: Final = Table(
    "access_settlement",
    mark("Minutes to the nearest facility, per settlement, service, season and plan"),
    (
        SETTLEMENT,
        SERVICE,
        PLAN,
        SEASON,
        PERSONS,
        minutes("minutes", mark("Minutes"), mark("Door-to-door time to the nearest open facility; blank = no way")),
        minutes(
            "access_minutes", mark("Of it to the road"), mark("Part from the settlement to the road; blank = no way")
        ),
        minutes("network_minutes", mark("Of it on the road"), mark("Part on the road; blank = no way")),
        minutes(
            "egress_minutes",
            mark("Of it at the end"),
            mark("Part from the road to the facility, and within the settlement; blank = no way"),
        ),
        text("site_id", mark("Nearest facility"), mark("Nearest open facility or candidate")),
        minutes("limit_minutes", mark("Norm"), mark("The norm used for siting")),
        text(
            "verdict",
            mark("Verdict"),
            mark("How the trip stands against the norm"),
            "within",
            "beyond",
            "unreachable",
            "not_assessable",
        ),
        text(
            "reason",
            mark("Why without a way"),
            mark("Why there is no way; blank = has a way"),
            "no-facility",
            "far-from-road",
            "closed-in-season",
            "not-connected",
        ),
        NEAREST_ROAD,
    ),
    label=mark("Access, settlements"),
)

ACCESS_DISTRICT: Final = Table(
    "access_district",
    mark(
        "Access of the unit's people as a whole, per service, season and plan; the unreachable are in every denominator"
    ),
    (
        SERVICE,
        PLAN,
        SEASON,
        settlements("n_settlements", mark("Assessed"), mark("Settlements assessed")),
        people("persons", mark("People"), mark("People assessed")),
        people("within_persons", mark("Within the norm"), mark("People within the norm")),
        share(
            "within_share",
            mark("Share within the norm"),
            mark("Share of the people assessed who are within the norm"),
        ),
        people(
            "beyond_persons", mark("Not within the norm"), mark("People not within the norm, the unreachable included")
        ),
        people("unreachable_persons", mark("Cut off"), mark("People without any way")),
        people(
            "not_assessable_persons",
            mark("Not assessable"),
            mark("People in settlements that cannot be assessed; in no other count"),
        ),
        settlements(
            "unknown_settlements",
            mark("People unknown"),
            mark("Settlements whose people are unknown; in no count of people"),
        ),
        minutes("median_minutes", mark("Median trip"), mark("Weighted median; blank = no way")),
        minutes(
            "p90_minutes",
            mark("Nine in ten travel at most"),
            mark("Time that nine in ten people do not exceed; blank = no way"),
        ),
        minutes("mean_minutes", mark("Mean trip"), mark("Weighted mean over the reachable; blank = no way")),
        MAX_MINUTES,
        minutes("ede_minutes", mark("Equivalent trip"), mark("Kolm-Pollak equally-distributed equivalent")),
        people("capped_persons", mark("Capped in it"), mark("People whose time was capped in the EDE")),
    ),
    label=mark("Access, unit"),
)

PLANS: Final = Table(
    "plans",
    mark("Every plan computed: its goal, how good it is, and how good any plan could be"),
    (
        SERVICE,
        PLAN,
        text("objective", mark("Goal"), mark("Goal of the plan")),
        PLAN_STATUS,
        Column(
            "value",
            "number",
            mark("Value of the goal; a lexicographic plan gives its first goal, set cover its new sites"),
            label=mark("Value of the goal"),
        ),
        text("value_unit", mark("Unit"), mark("Unit of the value")),
        Column("bound", "number", mark("No plan can be better than this"), label=mark("Best conceivable")),
        share("gap", mark("Gap"), mark("Share by which a better plan could exist")),
        OPEN_SITES,
        text("closed_sites", mark("Closed"), mark("Facilities closed, separated by spaces")),
        people("beyond_persons", mark("Not within the norm"), mark("People not within the norm in their worst season")),
        people("unreachable_persons", mark("Cut off"), mark("People without any way in their worst season")),
        minutes(
            "ede_minutes", mark("Equivalent trip"), mark("Kolm-Pollak equally-distributed equivalent, worst season")
        ),
        MAX_MINUTES,
        COST,
        settlements("losers", mark("With a longer trip"), mark("Settlements whose trip gets longer")),
        text(
            "blockers",
            mark("In the way"),
            mark("Settlements that make the plan impossible, separated by spaces"),
        ),
        text(
            "blocked_by",
            mark("Why impossible"),
            mark("What stands in the way of the plan"),
            "tolerance",
            "tolerance-jointly",
            "limit",
            "limit-jointly",
        ),
        minutes(
            "smallest_worsening_minutes",
            mark("Tolerance that would do"),
            mark("Extra time that would have to be allowed"),
        ),
        minutes("smallest_limit_minutes", mark("Norm that would do"), mark("Norm that could be kept")),
        count("smallest_open", "sites", mark("Number that would do"), mark("Open sites that would do")),
        money("smallest_budget", mark("Budget that would do"), mark("Budget that would do")),
    ),
    label=mark("Plans"),
)

RECOMMENDATIONS: Final = Table(
    "recommendations",
    mark("What the headline plan does, in order of the people who gain"),
    (
        SERVICE,
        Column("rank", "integer", mark("Number on the map"), label=mark("Number")),
        text("action", mark("Action"), mark("What the headline plan does"), "open", "close"),
        SITE,
        SETTLEMENT,
        text("level", mark("Level"), mark("Level of the facility")),
        people(
            "gained_persons",
            mark("Come within the norm"),
            mark("People who come within the norm and would not without this site"),
        ),
        settlements("gained_settlements", mark("Come within the norm"), mark("Their settlements")),
        text("before_site_id", mark("Nearest today"), mark("Nearest facility of this settlement today")),
        minutes("before_minutes", mark("Trip today"), mark("Time to it in the worst season; blank = no way")),
        minutes(
            "after_minutes",
            mark("Trip with the plan"),
            mark("Time in the worst season with the plan; blank = no way"),
        ),
        text("second_best_site_id", mark("Second best"), mark("Best other site instead of this one")),
        people(
            "second_best_fewer_persons",
            mark("Fewer within the norm then"),
            mark("How many fewer people are then within the norm"),
        ),
        minutes(
            "second_best_longer_minutes",
            mark("Worst trip longer then"),
            mark("How much longer the worst trip then is"),
        ),
        text(
            "second_best_reason",
            mark("What decides"),
            mark("What decides against it"),
            "norm",
            "ede",
            "cost",
            "tie",
        ),
        COST,
        share(
            "scenario_share",
            mark("Scenarios that agree"),
            mark("Share of the study's scenarios that choose this site"),
        ),
        text("competent_body", mark("Competent body"), mark("Who decides")),
        text("norm_id", mark("Norm"), mark("Norm the plan answers")),
    ),
    label=mark("Recommendations"),
)

ASSIGNMENT: Final = Table(
    "assignment",
    mark("Who goes where, per season, with the headline plan"),
    (
        SERVICE,
        SETTLEMENT,
        SEASON,
        text("site_id", mark("Nearest facility"), mark("Nearest open facility; blank = no way")),
        minutes("minutes", mark("Minutes"), mark("Door-to-door time; blank = no way")),
        PERSONS,
    ),
    label=mark("Assignment"),
)

BEFORE_AFTER: Final = Table(
    "before_after",
    mark("Every indicator today and with the headline plan"),
    (
        SERVICE,
        SEASON,
        text("indicator", mark("Indicator"), mark("Column of `access_district`")),
        text("unit", mark("Unit"), mark("Unit of the values")),
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
        SERVICE,
        PLAN,
        SETTLEMENT,
        SEASON,
        PERSONS,
        minutes("before_minutes", mark("Trip today"), mark("Time today; blank = no way")),
        minutes("after_minutes", mark("Trip with the plan"), mark("Time with the plan; blank = no way")),
        minutes("longer_minutes", mark("Longer by"), mark("Difference; blank = access is lost")),
    ),
    label=mark("Longer trips"),
)

SCENARIOS: Final = Table(
    "scenarios",
    mark("The headline plan under the study's other assumptions"),
    (
        SERVICE,
        text("scenario", mark("Assumption"), mark("Scenario of the study")),
        PLAN_STATUS,
        OPEN_SITES,
        people("within_persons", mark("Within the norm"), mark("People within the norm with the scenario's plan")),
        people(
            "beyond_persons",
            mark("Not within the norm"),
            mark("People not within the norm with the scenario's plan"),
        ),
        text(
            "same_sites",
            mark("Also in the headline plan"),
            mark("Sites that the headline plan opens too, separated by spaces"),
        ),
    ),
    label=mark("Scenarios"),
)

EDGE_CRITICALITY: Final = Table(
    "edge_criticality",
    mark(
        "Links of the roads whose closure, one at a time, costs most on trips to the nearest facility of today, in "
        "whatever unit; the first 50 per service and season"
    ),
    (
        SERVICE,
        SEASON,
        count("rank", "", mark("Rank"), mark("First by people cut off, then by extra person-minutes")),
        text("road_id", mark("Road"), mark("Code of the road")),
        text("road_name", mark("Name of the road"), mark("Name or number of the road")),
        Column("from_km", "number", mark("Where the link begins on its road"), unit="km", label=mark("From")),
        Column("length_km", "number", mark("Length of the link"), unit="km", label=mark("Length")),
        Column("lon", "number", mark("Longitude of its middle"), unit="degrees", label=mark("Longitude")),
        Column("lat", "number", mark("Latitude of its middle"), unit="degrees", label=mark("Latitude")),
        settlements("settlements", mark("Settlements"), mark("Settlements that lose time or their way")),
        people("persons", mark("People"), mark("People in them who need the service, where known")),
        Column(
            "extra_person_minutes",
            "number",
            mark("Extra time of all who still have a way, for one trip each"),
            unit="person-min",
            label=mark("Extra time"),
        ),
        settlements("cut_off_settlements", mark("Settlements cut off"), mark("Settlements that have no way left")),
        people("cut_off_persons", mark("People cut off"), mark("People in settlements that have no way left")),
        text("worst_settlement_id", mark("Hit worst"), mark("Cut off with most people, else with the longest delay")),
        minutes("worst_extra_minutes", mark("Its delay"), mark("Extra time of that settlement; blank = cut off")),
        count("n_links", "links", mark("Of links"), mark("Links whose closure has an effect, listed or not")),
    ),
    label=mark("Roads that matter"),
)

SCENARIO_EFFECTS: Final = Table(
    "scenario_effects",
    mark("What each scenario of the study changes for people while the facilities stay as they are today"),
    (
        SERVICE,
        text("scenario", mark("Assumption"), mark("Scenario of the study")),
        SEASON,
        people("within_before_persons", mark("Within the norm today"), mark("People within the norm, without it")),
        people("within_after_persons", mark("Within the norm then"), mark("People within the norm, with it")),
        people("connected_persons", mark("Newly connected"), mark("People who have a way only with it")),
        people("cut_off_persons", mark("People cut off"), mark("People who have a way only without it")),
        Column(
            "gained_person_minutes",
            "number",
            mark("Time saved by all whose trip gets shorter, for one trip each"),
            unit="person-min",
            label=mark("Time saved"),
        ),
        Column(
            "lost_person_minutes",
            "number",
            mark("Extra time of all whose trip gets longer, for one trip each"),
            unit="person-min",
            label=mark("Time lost"),
        ),
    ),
    label=mark("Effects of scenarios"),
)

DATA_QUALITY: Final = Table(
    "data_quality",
    mark("What is wrong, missing, imputed or doubtful in the data"),
    (
        text("severity", mark("Severity"), mark("How grave it is"), "error", "warning", "repaired", "note"),
        text("code", mark("Code of the finding"), mark("Kind of finding")),
        Column("file", "text", mark("File")),
        Column("row", "integer", mark("Row as a spreadsheet shows it; blank = the whole file"), label=mark("Row")),
        Column("column", "text", mark("Column")),
        text("message", mark("Finding"), mark("What was found")),
        Column("remedy", "text", mark("What to do")),
    ),
    label=mark("Data quality"),
)

DISTANCE_CHECK: Final = Table(
    "distance_check",
    mark("Network distances beside published ones"),
    (
        text("from_id", mark("From"), mark("Settlement where the trip begins")),
        text("to_id", mark("To"), mark("Settlement where the trip ends")),
        Column(
            "network_km",
            "number",
            mark("Distance on the study's roads; blank = no way"),
            unit="km",
            label=mark("On the study's roads"),
        ),
        Column("published_km", "number", mark("Published distance"), unit="km", label=mark("Published")),
        share("difference_share", mark("Difference"), mark("Network over published, less one")),
        text("source", mark("Source"), mark("Where it is published")),
    ),
    label=mark("Distances"),
)

TRIP_CHECK: Final = Table(
    "trip_check",
    mark("Observed trips beside computed times, door to door"),
    (
        text("from_id", mark("From"), mark("Settlement where the trip began")),
        text("to_id", mark("To"), mark("Settlement where the trip ended")),
        text("season", mark("Season"), mark("Season of the study in which it was made")),
        text("date", mark("Day"), mark("Day of the trip (ISO date)")),
        minutes("observed_minutes", mark("Observed"), mark("Time that was observed")),
        minutes("computed_minutes", mark("Computed"), mark("Time on the study's network; blank = no way")),
        minutes("difference_minutes", mark("Difference"), mark("Computed less observed; blank = no way")),
    ),
    label=mark("Observed trips"),
)

CALIBRATION: Final = Table(
    "calibration",
    mark("How well computed times fit observed trips; nothing is changed by it"),
    (
        text("season", mark("Season"), mark("Season of the study")),
        count("trips", "trips", mark("Trips"), mark("Observed trips that are compared")),
        count("no_way_trips", "trips", mark("Without a way"), mark("Observed trips for which there is no way")),
        Column(
            "median_ratio",
            "number",
            mark("Bias: median of computed over observed minutes; above 1 = too slow"),
            label=mark("Computed over observed"),
        ),
        minutes("mean_absolute_minutes", mark("Mean difference"), mark("Mean of the differences, whatever their sign")),
        Column(
            "suggested_factor",
            "number",
            mark("What speeds on roads would have to be multiplied with, so that times on roads agree in sum"),
            label=mark("Suggested speed factor"),
        ),
    ),
    label=mark("Calibration"),
)

OUTPUT_TABLES: Final = {
    table.name: table
    for table in (
        ACCESS_SETTLEMENT,
        ACCESS_DISTRICT,
        NORM_COMPLIANCE,
        NORM_SUMMARY,
        NORM_GAPS,
        PLANS,
        RECOMMENDATIONS,
        ASSIGNMENT,
        BEFORE_AFTER,
        LOSERS,
        SCENARIOS,
        SCENARIO_EFFECTS,
        EDGE_CRITICALITY,
        *DIAGNOSIS_TABLES,
        *PROGRAMME_TABLES,
        *PEOPLE_TABLES,
        *PROPOSAL_TABLES,
        DATA_QUALITY,
        DISTANCE_CHECK,
        TRIP_CHECK,
        CALIBRATION,
        TRANSPORT_PUPILS,
        TRANSPORT_ROUTES,
        TRANSPORT_SEASONS,
        *PROVISION_TABLES,
        *ROBUSTNESS_TABLES,
        *CHOICE_TABLES,
    )
}
