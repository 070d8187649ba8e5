"""What communities propose: the table that a study brings, and how a run measures it beside the solver's own sites."""

from __future__ import annotations

from typing import Final

from geo.language import mark
from geo.tables.columns import (
    OPEN_SITES,
    PLAN_STATUS,
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

PROPOSALS: Final = Table(
    "proposals",
    mark("Places where a community asks for a service; measured like every other site, and never binding"),
    (
        Column("proposal_id", "text", mark("Code of the proposal"), required=True),
        Column("title", "text", mark("What its authors call it")),
        Column("proposer", "text", mark("Who proposes it"), required=True),
        Column("settlement_id", "text", mark("Settlement it is in")),
        Column("lon", "number", mark("Longitude, WGS 84"), unit="degrees", low=-180, high=180),
        Column("lat", "number", mark("Latitude, WGS 84"), unit="degrees", low=-90, high=90),
        Column("service", "text", mark("Service that is asked for"), required=True),
        Column("level", "text", mark("Level that is asked for; blank = what a new site offers")),
        Column("capex", "number", mark("Cost of opening by its authors; blank = the study's price"), unit="KZT", low=0),
        Column("co_funding", "number", mark("Money that they bring along"), unit="KZT", low=0, default=0.0),
        Column("supporters", "integer", mark("People who signed for it"), unit="persons", low=0),
        Column("letters", "integer", mark("Letters received"), low=0),
        Column(
            "file",
            "text",
            mark("What-if file of the map beside the study file, whose sites are opened and closed instead"),
        ),
        Column("note", "text", mark("Remark")),
        Column("settlement_name", "text", mark("Name of that settlement, where settlement_id is blank")),
        Column("district_id", "text", mark("District of that settlement: a name is joined within it only")),
        Column("district_name", "text", mark("Name of that district, where district_id is blank")),
    ),
    key="proposal_id",
    geometry="Point",
)

PROPOSAL_SCORES: Final = Table(
    "proposal_scores",
    mark("Proposals of communities and the solver's single sites in one list, measured by the same engine"),
    (
        SERVICE,
        text(
            "entry",
            mark("Whose"),
            mark("A community's proposal, or a site that the solver may choose"),
            *("proposal", "candidate"),
        ),
        text("proposal_id", mark("Proposal"), mark("Code of the proposal; blank = the solver's own site")),
        text("proposal_title", mark("Title"), mark("What its authors call it")),
        text("proposer", mark("Proposed by"), mark("Who proposes it")),
        SETTLEMENT,
        Column("lon", "number", mark("Longitude of the proposal, WGS 84"), unit="degrees", label=mark("Longitude")),
        Column("lat", "number", mark("Latitude of the proposal, WGS 84"), unit="degrees", label=mark("Latitude")),
        text("open_sites", mark("Opened"), mark("Sites opened, separated by spaces; a place of its own by its code")),
        text("closed_sites", mark("Closed"), mark("Sites closed, separated by spaces")),
        text(
            "score_status",
            mark("Measured or not"),
            mark(
                "`measured`; `breaks_tolerance`: measured too, but trips get longer than the study allows; or why it "
                "is not measured: it stands in a zone where nothing may be built, its level is too low to serve, or no "
                "road is near enough to tell"
            ),
            "measured",
            "breaks_tolerance",
            "hazard_zone",
            "does_not_serve",
            "not_assessable",
        ),
        count(
            "rank",
            "sites",
            mark("Rank"),
            mark("Among rows with as many new sites, breaches last; equal ones share it"),
        ),
        count("n_ranked", "sites", mark("Of"), mark("Rows measured for the service with as many new sites")),
        count("new_sites", "sites", mark("New sites"), mark("Sites that it opens; ranks are among equally many")),
        people("gained_persons", mark("Gained"), mark("People brought within the norm in their worst season")),
        people("beyond_persons", mark("Not within the norm"), mark("People who stay beyond it, the cut-off too")),
        minutes("ede_gained_minutes", mark("Equivalent trip shorter by"), mark("Kolm-Pollak, today less then")),
        settlements("losers", mark("Worse off"), mark("Settlements whose trip gets longer in some season")),
        people("loser_persons", mark("People worse off"), mark("People who live in these settlements, where known")),
        settlements(
            "loser_unknown_settlements",
            mark("Of them, people unknown"),
            mark("Those of these settlements whose people nobody knows"),
        ),
        minutes(
            "loser_minutes",
            mark("Trip longer by at most"),
            mark("Most that a trip gets longer in any season; blank = none does, or no way is left"),
        ),
        text("loser_ids", mark("Which"), mark("Their codes, separated by spaces")),
        money("cost", mark("Cost"), mark("Opening cost: the authors', else the study's; blank = no price known")),
        money("cost_per_person", mark("Per person gained"), mark("Cost over people gained; blank = nobody gains")),
        money("co_funding", mark("Brought along"), mark("Money that the authors bring; never part of the rank")),
        money("budget_cost", mark("Left for the budget"), mark("Cost less what the authors bring")),
        people("supporters", mark("Signed for it"), mark("People who signed; never part of the rank")),
        Column("letters", "integer", mark("Letters received; never part of the rank"), label=mark("Letters")),
        people(
            "optimum_persons",
            mark("Best possible"),
            mark("People whom the best plan with as many new sites brings within the norm, at most"),
        ),
        share("optimum_share", mark("Share of the best"), mark("People gained over that; blank = nobody can gain")),
    ),
    label=mark("Proposals of communities"),
)

ZONE_PEOPLE: Final = Table(
    "zone_people",
    mark("Who lives in hazard zones: they count in every figure, and nothing is recommended where zones exclude it"),
    (
        text(
            "hazard_kind",
            mark("Kind"),
            mark("Kind of hazard"),
            "radiation",
            "salt_dust",
            "flood",
            "industrial",
            "protected",
        ),
        text("effect", mark("Effect"), mark("What the zone does to candidates"), "exclude", "penalise", "note"),
        text("zone", mark("Zone"), mark("Code of the zone")),
        settlements("n_settlements", mark("Settlements"), mark("Settlements inside")),
        people("persons", mark("People"), mark("People inside, where known; they stay counted as demand")),
        settlements("unknown_settlements", mark("People unknown"), mark("Settlements inside whose people are unknown")),
        count("n_recommended", "sites", mark("Recommended inside"), mark("Recommended new sites inside the zone")),
    ),
    label=mark("People in hazard zones"),
)

WEIGHTED_PLANS: Final = Table(
    "weighted_plans",
    mark(
        "The headline plan beside the one that counts people of vulnerable settlements for more; all figures are people"
    ),
    (
        SERVICE,
        text(
            "plan", mark("Plan"), mark("`headline` = everybody counts the same; `weighted` = by column vulnerability")
        ),
        PLAN_STATUS,
        OPEN_SITES,
        people("within_persons", mark("Within the norm"), mark("People within the norm in their worst season")),
        people("beyond_persons", mark("Not within the norm"), mark("People who stay beyond it, the cut-off too")),
        people("vulnerable_persons", mark("Vulnerable"), mark("People of settlements with a weight above 1")),
        people("vulnerable_within_persons", mark("Of them within"), mark("Those of them within the norm")),
        minutes("ede_minutes", mark("Equivalent trip"), mark("Kolm-Pollak equally-distributed equivalent")),
    ),
    label=mark("Vulnerable groups"),
)

PROPOSAL_TABLES: Final = (PROPOSAL_SCORES, ZONE_PEOPLE, WEIGHTED_PLANS)
