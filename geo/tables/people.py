"""Tables about the people to come: counts by age that a study may bring, and what a run works out from them."""

from __future__ import annotations

from typing import Final

from geo.language import mark
from geo.tables.columns import SERVICE, SETTLEMENT, SITE, TIED_NORMS, count, minutes, people, share, text
from geo.tables.schema import Column, Table

AGES: Final = Table(
    "ages",
    mark("People by five-year age groups in two years that lie five years apart, for the projection by age"),
    (
        Column("settlement_id", "text", mark("Code of the settlement"), required=True),
        Column("year", "integer", mark("Year of the count"), required=True, low=1900, high=2100),
        Column("age_from", "integer", mark("Youngest age of the group: 0, 5, 10, ..."), required=True, low=0, high=120),
        Column("age_to", "integer", mark("Oldest age of the group; blank = the open last group"), low=0, high=130),
        Column("persons", "integer", mark("People of the group"), unit="persons", required=True, low=0),
    ),
)

_METHOD: Final = text(
    "method",
    mark("Method"),
    mark(
        "`cohorts` = by age; `growth` = by its own growth, shrunk towards the unit's; `unit_growth` = no earlier "
        "count, the unit's growth; `unknown` = nothing to go by"
    ),
    "cohorts",
    "growth",
    "unit_growth",
    "unknown",
)
_LEVEL: Final = text("level", mark("Level"), mark("Level of the facility"))
_PACK: Final = text("pack", mark("Norm pack"), mark("Code of the norm pack"))
_NORM: Final = text("norm_id", mark("Norm"), mark("Code of the norm in its pack"))


def _year(name: str, label: str, meaning: str) -> Column:
    return Column(name, "integer", meaning, label=label)


PROJECTION: Final = Table(
    "projection",
    mark("People of every settlement year by year, all and those who need each service; whole, adding up per unit"),
    (
        SETTLEMENT,
        text("need", mark("Who"), mark("Service whose people are counted; blank = all inhabitants")),
        _year("year", mark("Year"), mark("Year; the first has today's counts")),
        people("low", mark("Low"), mark("Projected, growth one standard deviation lower; blank = unknown")),
        people("base", mark("Projected"), mark("Projected; blank = unknown")),
        people("high", mark("High"), mark("Projected, growth one standard deviation higher; blank = unknown")),
        _METHOD,
        Column(
            "raked",
            "boolean",
            mark("Whether the unit's settlements are kept to a published total"),
            label=mark("Kept to a total"),
        ),
    ),
    label=mark("People to come"),
)

PROJECTION_EVENTS: Final = Table(
    "projection_events",
    mark("Which settlement or facility falls below a threshold of the norms, and in which year"),
    (
        text("subject", mark("What"), mark("What is compared with the threshold"), "settlement", "facility"),
        SETTLEMENT,
        SERVICE,
        text("site_id", mark("Facility"), mark("Facility; blank = the settlement itself")),
        _LEVEL,
        _PACK,
        _NORM,
        people("threshold", mark("Threshold"), mark("Least number of people")),
        people("now", mark("Now"), mark("Inhabitants or users today")),
        _year("year", mark("Year"), mark("Year the projection is for")),
        people("base", mark("Projected"), mark("Projected for that year")),
        _year("year_low", mark("Below threshold from, low"), mark("First year below, growth one deviation lower")),
        _year("year_base", mark("Below threshold from"), mark("First year below; blank = only with lower growth")),
        _year("year_high", mark("Below threshold from, high"), mark("First year below, growth one deviation higher")),
        share("growth", mark("Growth a year"), mark("What the numbers now and projected amount to a year")),
        Column(
            "only_here",
            "boolean",
            mark("No other facility of this level or above stands in the settlement; blank = not a facility"),
            label=mark("The only one here"),
        ),
        minutes(
            "next_minutes",
            mark("To the next one"),
            mark("From the settlement to the next facility of this level or above, worst season; blank = no way"),
        ),
        text(
            "warning",
            mark("Warning"),
            mark(
                "`closure_spiral` = below by that year, the only one here, and declining: families may leave with it "
                "(proposed rule)"
            ),
            "closure_spiral",
        ),
    ),
    label=mark("Years of thresholds"),
)

ASSET_LIFE: Final = Table(
    "asset_life",
    mark("New sites: whether enough people will come for as long as the building lasts"),
    (
        SERVICE,
        SITE,
        SETTLEMENT,
        _LEVEL,
        _PACK,
        _NORM,
        people("threshold", mark("Threshold"), mark("Least number of people; blank = no norm asks for any")),
        TIED_NORMS,
        text(
            "opened_by",
            mark("Opened by"),
            mark("Whose site it is: of an item of the programme, or of the headline plan alone"),
            "programme",
            "headline",
        ),
        _year("opens", mark("Opens"), mark("Year of the item; else the first of the programme, or of the counts")),
        count("lifetime_years", "years", mark("Lifetime"), mark("From the price table, else the study's default")),
        _year("half_life", mark("Half of it gone"), mark("Year in which half of the lifetime is over")),
        _year("ends", mark("Ends"), mark("Year in which the lifetime is over")),
        people("now", mark("Comes now"), mark("People who would come today, by that plan's assignment")),
        people("at_opening", mark("When it opens"), mark("Projected for the year it opens; blank = unknown")),
        people("at_half_life", mark("Then at half of it"), mark("Projected for that year; blank = unknown")),
        people("at_end", mark("At the end"), mark("Projected for the end of the lifetime; blank = unknown")),
        _year("year_low", mark("Below threshold from, low"), mark("First year below, growth one deviation lower")),
        _year("year_base", mark("Below threshold from"), mark("First year below; blank = not in its lifetime")),
        _year("year_high", mark("Below threshold from, high"), mark("First year below, growth one deviation higher")),
        text(
            "asset_verdict",
            mark("Verdict"),
            mark(
                "`lasting` = enough to the end; `falls_short` = below in the second half; `stranded` = below before "
                "half of the lifetime; `no_threshold` = no norm to compare with"
            ),
            "lasting",
            "falls_short",
            "stranded",
            "no_threshold",
            "unknown",
        ),
    ),
    label=mark("Lifetime of new sites"),
)

PEOPLE_TABLES: Final = (PROJECTION, PROJECTION_EVENTS, ASSET_LIFE)
