"""Tables of the choices behind a plan: goals against one another, caps, lines between areas, two ways of planning."""

from __future__ import annotations

from typing import Final

from geo.language import mark
from geo.tables.columns import (
    COST,
    MAX_MINUTES,
    OPEN_SITES,
    PLAN_STATUS,
    SERVICE,
    SETTLEMENT,
    SITE,
    TIED_NORMS,
    count,
    minutes,
    money,
    people,
    settlements,
    share,
    text,
)
from geo.tables.schema import Column, Table

_BEYOND: Final = people("beyond_persons", mark("Beyond the norm"), mark("People beyond the norm in their worst season"))
_UNREACHABLE: Final = people(
    "unreachable_persons", mark("Cut off"), mark("People of these without any way in some season")
)
_EDE: Final = minutes("ede_minutes", mark("Equivalent trip (EDE)"), mark("Kolm-Pollak equally-distributed equivalent"))
_NEW_SITES: Final = count("new_sites", "sites", mark("New sites"), mark("Sites that open"))
_LEFT_OUT: Final = Column(
    "left_out",
    "boolean",
    mark("Whether this was left out because the unit is larger than most_times of the study file"),
    label=mark("Left out"),
)

FRONTIER: Final = Table(
    "frontier",
    mark("Plans of which none is better than another by both of two goals, each with its proof, and the headline plan"),
    (
        SERVICE,
        text("frontier", mark("Goals"), mark("The two goals set against each other"), "cost", "norm", "equity"),
        Column(
            "point", "integer", mark("Number of the plan along the frontier; blank = beside it"), label=mark("Point")
        ),
        text(
            "point_role",
            mark("Which plan"),
            mark("A plan of the frontier, the headline plan, or the headline plan on the frontier"),
            "point",
            "headline",
            "both",
        ),
        _BEYOND,
        _UNREACHABLE,
        minutes(
            "mean_minutes", mark("Mean trip, capped"), mark("Mean time of everybody; the cut off count as the cap")
        ),
        _EDE,
        MAX_MINUTES,
        _NEW_SITES,
        COST,
        Column(
            "step_cost",
            "number",
            mark("Cost of each further person brought within the norm since the plan before; sites where no price is"),
            label=mark("Cost per further person"),
        ),
        OPEN_SITES,
        PLAN_STATUS,
        Column("gap", "number", mark("Certified gap of the worst-proven goal, a fraction"), label=mark("Gap")),
        Column(
            "nested",
            "boolean",
            mark("Whether it holds all sites of the plan before, so that the one can follow the other"),
            label=mark("Builds on the plan before"),
        ),
        Column(
            "complete",
            "boolean",
            mark("Whether the frontier has every efficient plan; otherwise more may lie between its points"),
            label=mark("All of them"),
        ),
        _LEFT_OUT,
    ),
    label=mark("Goals against goals"),
)

SUPPORT_CAPS: Final = Table(
    "support_caps",
    mark("What each cap on support costs: the headline plan with it beside the one without"),
    (
        SERVICE,
        text("cap", mark("Cap"), mark("What the cap limits"), "per_head", "per_place"),
        money("cap_amount", mark("At most"), mark("Most money for opening, per person helped or per place")),
        count("excluded_sites", "sites", mark("Sites ruled out"), mark("Candidates dearer than the cap")),
        Column("binding", "boolean", mark("Whether another plan would be better without the cap"), label=mark("Binds")),
        people("with_beyond_persons", mark("Beyond the norm"), mark("People beyond the norm with the cap")),
        people(
            "without_beyond_persons", mark("Without the cap"), mark("People beyond the norm if this cap did not hold")
        ),
        minutes("with_ede_minutes", mark("Equivalent trip (EDE)"), mark("Equivalent trip with the cap")),
        minutes("without_ede_minutes", mark("EDE without the cap"), mark("Equivalent trip without this cap")),
        money("with_cost", mark("Cost"), mark("Opening cost with the cap")),
        money("without_cost", mark("Cost without the cap"), mark("Opening cost without this cap")),
        text(
            "helped_without",
            mark("Helped without the cap"),
            mark("Settlements within the norm without this cap and beyond it with it"),
        ),
        text(
            "only_too_dear",
            mark("Only too dear a site helps"),
            mark("Settlements beyond the norm today that no allowed site would bring within it, but one ruled out"),
        ),
        text("status", mark("How good"), mark("Whether both plans are proven to be the best"), "optimal", "feasible"),
    ),
    label=mark("Caps on support"),
)

SUPPORT_SITES: Final = Table(
    "support_sites",
    mark("Support per head at every place where a site could open"),
    (
        SERVICE,
        SITE,
        SETTLEMENT,
        COST,
        people(
            "gained_persons",
            mark("People helped"),
            mark("People beyond the norm today whom this site alone would bring within it"),
        ),
        money("cost_per_head", mark("Cost per person"), mark("Opening cost per person helped; blank = helps nobody")),
        text(
            "excluded_by",
            mark("Ruled out by"),
            mark("Cap that rules the site out; blank = allowed"),
            "per_head",
            "per_place",
        ),
    ),
    label=mark("Support per head"),
)

BORDER_PENALTY: Final = Table(
    "border_penalty",
    mark("What it costs if people use only what stands in their own district or region, today and with the best plans"),
    (
        SERVICE,
        text("moment", mark("When"), mark("Today, or with the best plan of either side"), "today", "plan"),
        people("open_beyond_persons", mark("Line open"), mark("People beyond the norm if they may cross the line")),
        people("closed_beyond_persons", mark("Line closed"), mark("People beyond the norm if they may not")),
        people(
            "penalty_persons",
            mark("More because of the line"),
            mark("More people beyond it because of the line; never negative"),
        ),
        people(
            "penalty_most_persons",
            mark("At most"),
            mark("As many at most, where plans are not proven; else the same number"),
        ),
        minutes("open_ede_minutes", mark("EDE, line open"), mark("Equivalent trip with the line open, same sites")),
        minutes("closed_ede_minutes", mark("EDE, line closed"), mark("Equivalent trip with the line closed")),
        minutes("penalty_minutes", mark("Longer by"), mark("Longer equivalent trip, same sites; never negative")),
        share(
            "self_containment",
            mark("Met inside"),
            mark("Share of the people whose nearest facility is within the norm and on their own side of the line"),
        ),
        text("over_line", mark("Served over the line"), mark("Settlements whose nearest facility is over the line")),
        text(
            "lost",
            mark("Beyond it because of the line"),
            mark("Settlements within the norm with the line open and beyond it with the line closed"),
        ),
        PLAN_STATUS,
        _LEFT_OUT,
    ),
    label=mark("Cost of the line"),
)

DIVIDEND: Final = Table(
    "dividend",
    mark("What planning areas together gains over each placing its own share for itself"),
    (
        SERVICE,
        text(
            "tier",
            mark("Areas"),
            mark("Areas that would plan for themselves"),
            "okrug",
            "district",
            "oblast",
            "country",
        ),
        count("n_areas", "areas", mark("Number of areas"), mark("Areas that have a share")),
        text("share_of", mark("Shared out"), mark("What is shared out among the areas"), "sites", "money"),
        Column("total", "number", mark("Number of new sites or money in all"), label=mark("In all")),
        people(
            "separate_beyond_persons",
            mark("Each for itself"),
            mark("People beyond the norm if each area plans for itself"),
        ),
        people("joint_beyond_persons", mark("Together"), mark("People beyond the norm with one plan for all")),
        people("dividend_persons", mark("Gain"), mark("Fewer people beyond the norm; never negative")),
        people(
            "dividend_most_persons", mark("At most"), mark("Gain at most, where plans are not proven; else the same")
        ),
        share("dividend_share", mark("Gain, share"), mark("Gain as a share of the people who need the service")),
        share("threshold", mark("Threshold"), mark("Larger gains call for planning together (proposed)")),
        minutes("separate_ede_minutes", mark("EDE each for itself"), mark("Equivalent trip, each for itself")),
        minutes("joint_ede_minutes", mark("EDE together"), mark("Equivalent trip with one plan for all")),
        text(
            "who_plans",
            mark("Who plans"),
            mark("Whether the local plans stand, or one plan for all is worth it"),
            "local",
            "together",
            "no-difference",
        ),
        text("competent_body", mark("Who decides"), mark("Body that decides after that; blank = not stated")),
        text("separate_sites", mark("Opened each for itself"), mark("Sites the areas open, separated by spaces")),
        text("joint_sites", mark("Opened together"), mark("Sites of the joint plan, separated by spaces")),
        PLAN_STATUS,
        _LEFT_OUT,
    ),
    label=mark("Gain of planning together"),
)

DIVIDEND_AREAS: Final = Table(
    "dividend_areas",
    mark("What each area may open for itself, and what it opens"),
    (
        SERVICE,
        text("area_id", mark("Area"), mark("Area; blank = settlements in none")),
        people("persons", mark("People"), mark("People who need the service")),
        people("beyond_persons", mark("Beyond the norm today"), mark("People of these beyond the norm today")),
        Column("area_share", "number", mark("Number of sites or money that it may place"), label=mark("Share")),
        text("open_sites", mark("Opened"), mark("Sites it opens, separated by spaces")),
    ),
    label=mark("Shares of areas"),
)

_WAY: Final = text(
    "way",
    mark("Way of planning"),
    mark("How the sites are chosen; whole = carried to its end, whatever that takes"),
    "today",
    "solver",
    "top_down",
    "bottom_up",
    "top_down_whole",
    "bottom_up_whole",
)

WAYS: Final = Table(
    "ways",
    mark("Planning from the centres, from the villages, and by the solver, by the same measures"),
    (
        SERVICE,
        _WAY,
        _NEW_SITES,
        COST,
        _BEYOND,
        people(
            "least_beyond_persons",
            mark("Least possible"),
            mark("Fewest people beyond the norm with as many new sites; a bound where no plan is proven"),
        ),
        _UNREACHABLE,
        _EDE,
        MAX_MINUTES,
        count(
            "viable_sites",
            "sites",
            mark("Sites that last"),
            mark("New sites with at least as many users within the norm as a site needs"),
        ),
        people(
            "viable_persons",
            mark("Users a site needs"),
            mark("Users that a site needs to last; blank = not the same everywhere, see ways_sites"),
        ),
        text("norm_id", mark("Norm"), mark("Norm that names that number; blank = the study file does, or none")),
        TIED_NORMS,
        settlements(
            "without_settlements",
            mark("Places without a site"),
            mark("Inhabited settlements beyond the norm of every site: they need another form of provision"),
        ),
        people("without_persons", mark("Their people"), mark("People of these settlements")),
        _LEFT_OUT,
    ),
    label=mark("Ways of planning"),
)

WAYS_SITES: Final = Table(
    "ways_sites",
    mark("Sites that each way of planning opens, in its order"),
    (
        SERVICE,
        _WAY,
        Column("order", "integer", mark("Place in the order of opening"), label=mark("Order")),
        SITE,
        SETTLEMENT,
        text(
            "site_role",
            mark("Why here"),
            mark("Why a site opens there"),
            "hub",
            "satellite",
            "catchment",
            "chosen",
        ),
        text("parent_settlement_id", mark("Hub"), mark("Nearest hub of a satellite; blank = none")),
        people("users", mark("Users"), mark("People within the norm for whom it is the nearest in the worst season")),
        people("viable_persons", mark("Users it needs"), mark("Users that the site needs to last")),
        Column("viable", "boolean", mark("Whether it has the users it needs to last"), label=mark("Lasts")),
        text("members", mark("Grown from"), mark("Settlements that merged into its catchment")),
    ),
    label=mark("Sites by way of planning"),
)

CHOICE_TABLES: Final = (
    FRONTIER,
    SUPPORT_CAPS,
    SUPPORT_SITES,
    BORDER_PENALTY,
    DIVIDEND,
    DIVIDEND_AREAS,
    WAYS,
    WAYS_SITES,
)
