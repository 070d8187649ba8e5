"""Tables of norms: every settlement against every norm, each norm in one row, and what is missing where."""

from __future__ import annotations

from typing import Final

from geo.language import mark
from geo.tables.columns import SERVICE, SETTLEMENT, minutes, people, settlements, share, text
from geo.tables.schema import Column, Table

_NORM: Final = text("norm_id", mark("Norm"), mark("Code of the norm in its pack"))
_PACK: Final = text("pack", mark("Norm pack"), mark("Code of the norm pack"))
_LEVEL: Final = text("level", mark("Lowest level that counts"), mark("Lowest level that satisfies the norm"))
_GROUP: Final = text(
    "demand_group",
    mark("Group of people"),
    mark("Column of people the norm is about; blank = those who need the service, or everybody"),
)
_PRIORITY: Final = Column(
    "priority", "integer", mark("1 = minimum standard, 2 = target, and so on"), label=mark("Priority")
)
_UNIT: Final = text("unit", mark("Unit"), mark("Unit of value, limit and shortfall"))
_VERIFIED: Final = Column(
    "verified", "boolean", mark("The norm was checked by a lawyer"), label=mark("Legally verified")
)

NORM_COMPLIANCE: Final = Table(
    "norm_compliance",
    mark("Every settlement against every norm of the study's packs"),
    (
        SETTLEMENT,
        _NORM,
        _PACK,
        SERVICE,
        _LEVEL,
        _PRIORITY,
        _GROUP,
        people("persons", mark("People"), mark("People the norm is about; blank = unknown")),
        text(
            "status",
            mark("Met or not"),
            mark("Whether the settlement meets the norm"),
            "met",
            "unmet",
            "not_applicable",
            "unknown",
        ),
        text(
            "reason",
            mark("Why"),
            mark("Why it is unknown, or that there is no way; blank = nothing to explain"),
            "size-unknown",
            "density-unknown",
            "class-unknown",
            "border-unknown",
            "no-band",
            "supply-unknown",
            "level-unknown",
            "level-not-studied",
            "load-unknown",
            "people-unknown",
            "visits-unknown",
            "not-assessable",
            "no-season",
            "no-way",
        ),
        text("season", mark("Season"), mark("Season that decides")),
        Column("value", "number", mark("What was found; blank = no way or unknown"), label=mark("Found")),
        Column("limit", "number", mark("What the norm asks"), label=mark("Asked")),
        Column("shortfall", "number", mark("How much is missing; blank = no way or unknown"), label=mark("Shortfall")),
        _UNIT,
        _VERIFIED,
    ),
    label=mark("Norms"),
)

NORM_SUMMARY: Final = Table(
    "norm_summary",
    mark("Every norm of the study's packs: how many settlements and people meet it"),
    (
        _PACK,
        _NORM,
        SERVICE,
        _LEVEL,
        _GROUP,
        _PRIORITY,
        text("season_rule", mark("Season"), mark("`worst` = in every season, `any` = in one, or the season it is for")),
        settlements("met_settlements", mark("Met"), mark("Settlements that meet the norm")),
        people("met_persons", mark("Met"), mark("Known people in settlements that meet the norm")),
        settlements("unmet_settlements", mark("Not met"), mark("Settlements that do not meet the norm")),
        people("unmet_persons", mark("Not met"), mark("Known people in settlements that do not meet the norm")),
        settlements(
            "not_applicable_settlements",
            mark("Does not apply"),
            mark("Settlements the norm is not about"),
        ),
        people(
            "not_applicable_persons",
            mark("Does not apply"),
            mark("Known people in settlements the norm is not about"),
        ),
        settlements("unknown_settlements", mark("Unknown"), mark("Settlements for which it cannot be told")),
        people(
            "unknown_persons",
            mark("Unknown"),
            mark("Known people in settlements for which it cannot be told"),
        ),
        share(
            "share_met",
            mark("Share met"),
            mark("People for whom it is met, of those for whom it is met or not met; blank = nobody, or unknown"),
        ),
        share(
            "coverage_target",
            mark("Target share"),
            mark("Share of the people for whom the norm is to be met; blank = all of them"),
        ),
        text(
            "target_met",
            mark("Target reached"),
            mark("Whether the target share is reached, whatever is unknown; blank = the norm has none"),
            "met",
            "unmet",
            "unknown",
        ),
        Column(
            "largest_shortfall",
            "number",
            mark("Largest shortfall of a settlement; blank = none that can be measured"),
            label=mark("Largest shortfall"),
        ),
        _UNIT,
        _VERIFIED,
    ),
    label=mark("Norms, summary"),
)

NORM_GAPS: Final = Table(
    "norm_gaps",
    mark("What each settlement should have by the norms, what it has, and where the nearest is; what is missing first"),
    (
        SETTLEMENT,
        SERVICE,
        _PACK,
        _NORM,
        text(
            "basis",
            mark("Basis"),
            mark("`size` = a norm asks for it by size; `viability` = demand would carry it, but no norm asks for it"),
            "size",
            "viability",
        ),
        people("persons", mark("People"), mark("People the norm is about; blank = unknown")),
        text(
            "required_level",
            mark("Should have"),
            mark(
                "Level the norm asks for, or, for schools, that the settlement's own demand carries; `visits` = a"
                " visiting worker, no premises; blank = unknown or none"
            ),
        ),
        text(
            "present_level",
            mark("Has"),
            mark("Highest level that stands in the settlement; blank = none, or of unknown level"),
        ),
        text("status", mark("Met or not"), mark("Whether it has what it should"), "met", "unmet", "unknown"),
        text("gap", mark("What is missing"), mark("What is missing; blank = nothing"), "none", "lower", "unknown"),
        text(
            "site_id",
            mark("Nearest of that level"),
            mark(
                "Nearest facility of that level or above in the worst season, or, without a way then, in the best one;"
                " blank = no way in any season"
            ),
        ),
        minutes("minutes", mark("Minutes to it"), mark("Time to it in the settlement's worst season; blank = no way")),
    ),
    label=mark("Missing by the norms"),
)
