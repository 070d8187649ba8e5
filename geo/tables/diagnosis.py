"""Tables of the diagnosis: how good access is, for whom, how unequal, and what the minimum standard would cost."""

from __future__ import annotations

from typing import Final

from geo.language import mark
from geo.tables.columns import (
    MAX_MINUTES,
    PERSONS,
    PLAN,
    SEASON,
    SERVICE,
    SETTLEMENT,
    count,
    minutes,
    money,
    people,
    settlements,
    share,
    text,
)
from geo.tables.schema import Column, Table

_GROUP: Final = text(
    "demand_group",
    mark("Group"),
    mark("`all` = everybody who needs the service; `kk`, `ru` = those taught in it; else a column of people"),
)
_TIER: Final = text(
    "tier", mark("Tier"), mark("Tier of the area"), "settlement", "okrug", "district", "oblast", "country", "study"
)
_AREA: Final = text("area_id", mark("Area"), mark("Code of the area; blank = settlements that belong to none"))
_STATUS: Final = ("met", "unmet", "not_applicable", "unknown")


def _number(name: str, label: str, meaning: str, unit: str = "") -> Column:
    return Column(name, "number", meaning, unit=unit, label=label)


ACCESS_INDICATORS: Final = Table(
    "access_indicators",
    mark("Access of every settlement by several measures, per service, group and season, today"),
    (
        SETTLEMENT,
        SERVICE,
        _GROUP,
        SEASON,
        PERSONS,
        minutes("nearest_minutes", mark("Nearest"), mark("Time to the nearest facility; blank = no way")),
        minutes("second_minutes", mark("Second nearest"), mark("Time to the second nearest; blank = no way")),
        minutes("third_minutes", mark("Third nearest"), mark("Time to the third nearest; blank = no way")),
        Column(
            "n_within",
            "integer",
            mark("Facilities within the norm's time: what one can choose among"),
            label=mark("Facilities to choose from"),
        ),
        _number("supply_within", mark("Supply within the norm"), mark("What those facilities offer together")),
        text(
            "supply_unit",
            mark("Supply counted in"),
            mark("Places where every facility's are known, else staff posts, else facilities"),
            "places",
            "posts",
            "facilities",
        ),
        _number(
            "two_step",
            mark("2SFCA"),
            mark("Supply per 1,000 people, two-step floating catchment (`diagnosis.catchment_minutes`)"),
        ),
        _number("e2sfca", mark("E2SFCA"), mark("The same, nearer thirds of the catchment counting 1, 0.68 and 0.22")),
        _number(
            "e2sfca_gaussian",
            mark("E2SFCA, Gaussian"),
            mark("The same, falling smoothly to 0 at the end of the catchment"),
        ),
        _number(
            "m2sfca", mark("M2SFCA"), mark("The same, supply that is far counts as partly wasted: for sparse areas")
        ),
        _number("three_step", mark("3SFCA"), mark("The same, people choose among facilities by distance")),
        _number("gravity", mark("Gravity"), mark("Supply per 1,000 people, falling with the time to the power of 1.5")),
        _number("spar", mark("Gravity, ratio to the mean"), mark("Gravity score over its mean; 1 = average")),
    ),
    label=mark("Access indicators"),
)

GROUP_ACCESS: Final = Table(
    "group_access",
    mark("Access by group of people, per service, season and plan"),
    (
        SERVICE,
        PLAN,
        _GROUP,
        SEASON,
        people("persons", mark("People"), mark("People of the group in settlements where they are known")),
        settlements("unknown_settlements", mark("People unknown"), mark("Settlements where the group is not known")),
        people("within_persons", mark("Within the norm"), mark("People within the norm")),
        share("within_share", mark("Share within the norm"), mark("Share of the group within the norm")),
        people("beyond_persons", mark("Not within the norm"), mark("People not within the norm, the cut off included")),
        people("unreachable_persons", mark("Cut off"), mark("People without any way")),
        share(
            "two_options_share",
            mark("With two options"),
            mark("Share with at least two facilities within the norm; today only"),
        ),
        minutes("median_minutes", mark("Median trip"), mark("Weighted median; blank = no way")),
        minutes(
            "p90_minutes",
            mark("Nine in ten travel at most"),
            mark("Time that nine in ten people do not exceed; blank = no way"),
        ),
        minutes("mean_minutes", mark("Mean trip"), mark("Weighted mean over the reachable; blank = no way")),
        MAX_MINUTES,
    ),
    label=mark("Access by group"),
)

EQUITY: Final = Table(
    "equity",
    mark("How unequal trips are; times are capped, and relative indices mislead where less is better"),
    (
        SERVICE,
        PLAN,
        _GROUP,
        SEASON,
        people("persons", mark("People"), mark("People counted")),
        people("capped_persons", mark("Capped"), mark("People whose time was capped, the cut off among them")),
        minutes("mean_minutes", mark("Mean, capped"), mark("Weighted mean of the capped times")),
        minutes("ede_minutes", mark("Equivalent trip"), mark("Kolm-Pollak equally-distributed equivalent")),
        _number("gini", mark("Gini"), mark("0 = equal; may rise when somebody's trip gets shorter")),
        _number("theil_t", mark("Theil T"), mark("0 = equal; the sum of the next two")),
        _number("theil_within", mark("Theil T within areas"), mark("Part of it within areas of the tier below")),
        _number("theil_between", mark("Theil T between areas"), mark("Part of it between them")),
        _number("theil_l", mark("Theil L"), mark("Mean log deviation; blank where somebody's time is 0")),
        _number("atkinson_half", mark("Atkinson 0.5"), mark("Atkinson index, aversion 0.5")),
        _number("atkinson_one", mark("Atkinson 1"), mark("Atkinson index, aversion 1; blank where a time is 0")),
        _number("hoover", mark("Hoover"), mark("Share of all minutes that would have to change hands")),
        minutes("p20_minutes", mark("One in five travels at most"), mark("Time that 20 % of people do not exceed")),
        minutes("p80_minutes", mark("Four in five travel at most"), mark("Time that 80 % of people do not exceed")),
        _number("p80_p20", mark("P80/P20"), mark("The one over the other; blank where the lower is 0")),
        _number(
            "concentration",
            mark("Concentration"),
            mark("Above 0: longer trips where need is greater (column vulnerability); blank where all are alike"),
        ),
        text("group_tier", mark("Areas compared"), mark("Tier of the areas within and between which Theil T is split")),
    ),
    label=mark("Equity"),
)

ROLLUPS: Final = Table(
    "rollups",
    mark("Access of every rural okrug, district, region and the whole, added up from settlements"),
    (
        _TIER,
        _AREA,
        SERVICE,
        PLAN,
        SEASON,
        settlements("n_settlements", mark("Assessed"), mark("Settlements assessed")),
        people("persons", mark("People"), mark("People assessed")),
        settlements("unknown_settlements", mark("People unknown"), mark("Settlements whose people are unknown")),
        people("within_persons", mark("Within the norm"), mark("People within the norm")),
        share(
            "within_share",
            mark("Share within the norm"),
            mark("Share of the people assessed who are within the norm"),
        ),
        people("beyond_persons", mark("Not within the norm"), mark("People not within the norm, the cut off included")),
        people("unreachable_persons", mark("Cut off"), mark("People without any way")),
        minutes("median_minutes", mark("Median trip"), mark("Weighted median; blank = no way")),
        minutes("p90_minutes", mark("Nine in ten travel at most"), mark("Time that nine in ten people do not exceed")),
        minutes("mean_minutes", mark("Mean trip"), mark("Weighted mean over the reachable; blank = no way")),
        MAX_MINUTES,
        minutes("ede_minutes", mark("Equivalent trip"), mark("Kolm-Pollak equally-distributed equivalent")),
        people("capped_persons", mark("Capped in it"), mark("People whose time was capped in the EDE")),
    ),
    label=mark("Areas"),
)

SETTLEMENT_PROFILE: Final = Table(
    "settlement_profile",
    mark("What kind of place every settlement is: how remote, growing or not, served or not"),
    (
        SETTLEMENT,
        people("population", mark("Inhabitants"), mark("All inhabitants; blank = unknown")),
        minutes(
            "national_city_minutes", mark("To a national city"), mark("In the season of most weight; blank = no way")
        ),
        minutes("oblast_centre_minutes", mark("To a regional centre"), mark("Or a higher one; blank = no way")),
        minutes("district_centre_minutes", mark("To a district centre"), mark("Or a higher one; blank = no way")),
        minutes("supporting_minutes", mark("To a supporting village"), mark("Or a higher centre; blank = no way")),
        minutes("okrug_centre_minutes", mark("To an okrug centre"), mark("Or a higher one; blank = no way")),
        _number("remoteness", mark("Remoteness (0-15)"), mark("0 = in the highest centre, 15 = farthest from all")),
        text("remoteness_class", mark("Remoteness class"), mark("Class of the score after ARIA+")),
        _number("coefficient", mark("Coefficient"), mark("1 to 2, rising with remoteness; proposed, for allowances")),
        _number("all_season_road_km", mark("To an all-season road"), mark("Straight distance; blank = none"), "km"),
        Column(
            "near_all_season_road",
            "boolean",
            mark("Within 2 km of a road that is open in every season (Rural Access Index)"),
            label=mark("Near an all-season road"),
        ),
        share("annual_growth", mark("Growth a year"), mark("From the earlier count; blank = no earlier count")),
        text("growth", mark("Growth"), mark("By that rate"), "growing", "stable", "declining", "unknown"),
        text(
            "served",
            mark("Served"),
            mark("Whether the norms that siting answers are met"),
            "served",
            "unserved",
            "unknown",
        ),
        text(
            "place_class",
            mark("Growth and service"),
            mark("Both together"),
            "growing-served",
            "growing-unserved",
            "stable-served",
            "stable-unserved",
            "declining-served",
            "declining-unserved",
            "unknown",
        ),
    ),
    label=mark("Settlements, profile"),
)

FACILITY_LOAD: Final = Table(
    "facility_load",
    mark("What every facility can take, what it has, and who would come"),
    (
        SERVICE,
        text("site_id", mark("Facility"), mark("Facility the row is about")),
        text("level", mark("Level"), mark("Level of the facility")),
        SETTLEMENT,
        text("instruction_lang", mark("Language"), mark("Language of instruction"), "kk", "ru", "mixed", "other"),
        Column(
            "capacity",
            "integer",
            mark("Places, beds or people it is meant for"),
            unit="persons",
            label=mark("Capacity"),
        ),
        people("load", mark("Users"), mark("Pupils enrolled or people attached; blank = unknown")),
        share("utilisation", mark("Utilisation"), mark("Users over capacity; blank = unknown")),
        text(
            "load_verdict",
            mark("Verdict on load"),
            mark("Above 100 % is overloaded, below 40 % near-empty (proposed)"),
            "overloaded",
            "fitting",
            "near_empty",
            "unknown",
        ),
        _number("wear_pct", mark("Wear"), mark("Wear of the building"), "%"),
        people(
            "nearest_persons",
            mark("Catchment, nearest"),
            mark("People for whom it is the nearest, or who are known to use it"),
        ),
        people(
            "capacity_persons",
            mark("Catchment, by capacity"),
            mark("People sent to it where nobody is sent to a full place and trips are shortest in all"),
        ),
        people("gravity_persons", mark("Catchment, gravity"), mark("People expected where size and nearness attract")),
        text("season", mark("Season"), mark("Season of the catchments: the one of most weight")),
    ),
    label=mark("Load"),
)

VIABILITY: Final = Table(
    "viability",
    mark("Settlements and schools compared with the thresholds of the norms, now and projected"),
    (
        text("subject", mark("What"), mark("What is compared with the threshold"), "settlement", "facility"),
        SETTLEMENT,
        SERVICE,
        text("site_id", mark("Facility"), mark("Facility; blank = the settlement itself")),
        text("level", mark("Level"), mark("Level of the facility")),
        text("pack", mark("Norm pack"), mark("Code of the norm pack")),
        text("norm_id", mark("Norm"), mark("Code of the norm in its pack")),
        people("threshold", mark("Threshold"), mark("Least number of people")),
        people("now", mark("Now"), mark("Inhabitants or users; blank = unknown")),
        text("status", mark("Met or not"), mark("Whether the threshold is met now"), *_STATUS),
        share("annual_growth", mark("Growth a year"), mark("Shrunk towards the unit's; blank = unknown")),
        Column("year", "integer", mark("Year the projection is for"), label=mark("Year")),
        people("low", mark("Low"), mark("Projected, growth one standard deviation lower")),
        people("base", mark("Projected"), mark("Projected")),
        people("high", mark("High"), mark("Projected, growth one standard deviation higher")),
        Column(
            "year_low",
            "integer",
            mark("First year below the threshold, low; blank = not by then"),
            label=mark("Below threshold from, low"),
        ),
        Column(
            "year_base",
            "integer",
            mark("First year below the threshold; blank = not by then"),
            label=mark("Below threshold from"),
        ),
        Column(
            "year_high",
            "integer",
            mark("First year below the threshold, high; blank = not by then"),
            label=mark("Below threshold from, high"),
        ),
    ),
    label=mark("Thresholds"),
)

UNIT_PROFILE: Final = Table(
    "unit_profile",
    mark("Every unit of the study side by side: facts, type with the rule that gave it, and an exploratory cluster"),
    (
        _AREA,
        people("population", mark("Inhabitants"), mark("Known inhabitants")),
        _number("area_km2", mark("Land area"), mark("Land area"), "km2"),
        _number("density", mark("Density"), mark("Inhabitants per square kilometre"), "persons/km2"),
        share(
            "rural_access_share",
            mark("Near an all-season road"),
            mark("Rural people within 2 km of a road of these data that is open in every season"),
        ),
        _number("remoteness", mark("Remoteness (0-15)"), mark("Mean of its people's remoteness")),
        share(
            "hazard_share", mark("In hazard zones"), mark("Share of people in hazard zones that exclude or penalise")
        ),
        share(
            "change_10_years",
            mark("Change in 10 years"),
            mark("Extrapolated where the counts are nearer; blank = unknown"),
        ),
        share(
            "utilisation", mark("Utilisation"), mark("Users over capacity of the fullest service, where both are known")
        ),
        minutes("national_city_minutes", mark("To a national city"), mark("Median; blank = no way or none known")),
        share("below_norm_share", mark("Below a norm"), mark("Share of people below a norm that siting answers")),
        text(
            "unit_type",
            mark("Type"),
            mark("Type by rules (proposed)"),
            "underdeveloped",
            "depressed",
            "concentration",
            "agglomeration_crisis",
            "stable",
            "unknown",
        ),
        text("rule", mark("Rule"), mark("Rule that gave the type")),
        text(
            "unknown_facts",
            mark("Not known"),
            mark("Facts that the rules needed and nobody knows, separated by spaces"),
        ),
        Column(
            "cluster",
            "integer",
            mark("Exploratory: units alike by these facts; blank = too few"),
            label=mark("Cluster"),
        ),
        share("cluster_stability", mark("Cluster stability"), mark("1 = found again in every resampling, 0 = chance")),
    ),
    label=mark("Units, profile"),
)

_BASIS: Final = text(
    "basis",
    mark("Basis"),
    mark("`provision` = objects that norms ask for by size; `access` = sites that bring everybody within the norm"),
    "provision",
    "access",
)

INTERVENTIONS: Final = Table(
    "interventions",
    mark("What would bring every settlement to the minimum standard, one by one"),
    (
        _BASIS,
        SERVICE,
        SETTLEMENT,
        PERSONS,
        text("pack", mark("Norm pack"), mark("Code of the norm pack")),
        text("norm_id", mark("Norm"), mark("Code of the norm in its pack")),
        text(
            "remedy",
            mark("What to do"),
            mark("What would bring the settlement to the standard"),
            "open",
            "raise_level",
            "other_form",
            "unknown",
        ),
        text("level", mark("Level"), mark("Level that is needed")),
        money("capex", mark("Cost of opening"), mark("Blank = no price known, or no building helps")),
        money("opex_year", mark("Running cost a year"), mark("Blank = not known")),
        Column("price_year", "integer", mark("Year of the price"), label=mark("Price year")),
        _number("coefficient", mark("Coefficient"), mark("1 to 2, rising with remoteness; proposed, not in the cost")),
    ),
    label=mark("To the standard, places"),
)

TRANSFER_NEED: Final = Table(
    "transfer_need",
    mark("What it costs every unit to bring all its settlements to the minimum standard"),
    (
        _AREA,
        SERVICE,
        _BASIS,
        text("pack", mark("Norm pack"), mark("Code of the norm pack")),
        settlements("below_settlements", mark("Below the standard"), mark("Settlements below the standard today")),
        people("below_persons", mark("People below"), mark("Their people, where known")),
        settlements("unknown_settlements", mark("Not known"), mark("Settlements of which it cannot be told")),
        count("n_priced", "sites", mark("Priced"), mark("Interventions with a price")),
        count(
            "n_unpriced",
            "sites",
            mark("Without a price"),
            mark("Interventions that no price is known for, or no building helps"),
        ),
        money("capex", mark("Cost of opening"), mark("Sum over its settlements, where priced")),
        money("opex_year", mark("Running cost a year"), mark("Sum where known; blank = none known")),
        money("capex_per_person", mark("Per person"), mark("Over the people below the standard")),
        share(
            "self_containment",
            mark("Served inside the unit"),
            mark("Share of people with a way whose nearest facility stands in the unit, worst season"),
        ),
        _number("coefficient", mark("Coefficient"), mark("Mean remoteness coefficient of its people; proposed")),
    ),
    label=mark("Cost to the standard"),
)

DIAGNOSIS_TABLES: Final = (
    ACCESS_INDICATORS,
    GROUP_ACCESS,
    EQUITY,
    ROLLUPS,
    SETTLEMENT_PROFILE,
    FACILITY_LOAD,
    VIABILITY,
    UNIT_PROFILE,
    INTERVENTIONS,
    TRANSFER_NEED,
)
