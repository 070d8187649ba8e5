"""Tables of robustness: how often each site is chosen, every run, and what each assumption does by itself."""

from __future__ import annotations

from typing import Final

from geo.language import mark
from geo.tables.columns import SERVICE, SITE, count, people, share, text
from geo.tables.schema import Column, Table

#: Kinds of assumptions that are varied.
ASSUMPTIONS: Final = ("speed", "offroad", "closure", "flood", "population", "norm", "price", "budget")
_ASSUMPTION_ABOUT: Final = text(
    "assumption_about", mark("Of it"), mark("Category of road, or season and reason of the closure; else blank")
)


ROBUSTNESS: Final = Table(
    "robustness",
    mark("In how many runs under other assumptions each site is chosen; only where the study asks for it"),
    (
        SERVICE,
        SITE,
        text("action", mark("Action"), mark("What the runs do with the site"), "open", "close"),
        Column("in_headline", "boolean", mark("Whether the headline plan does so too"), label=mark("In the plan")),
        count("runs", "runs", mark("Runs"), mark("Runs made; those without any allowed plan are among them")),
        count("chosen_runs", "runs", mark("Chosen in"), mark("Runs that choose the site")),
        share("chosen_share", mark("Share of runs"), mark("Share of the runs that choose the site")),
        share("share_low", mark("At least"), mark("Lower end of the 95 % interval of that share (Wilson)")),
        share("share_high", mark("At most"), mark("Upper end of the 95 % interval of that share (Wilson)")),
        text(
            "robustness_label",
            mark("How sure"),
            mark(
                "robust = 80 % of the runs or more, weak = under 50 % (both proposed); a stranded site is never robust"
            ),
            "robust",
            "moderate",
            "weak",
        ),
        Column(
            "stranded",
            "boolean",
            mark("Whether its users are projected to fall below the least load within half of its life"),
            label=mark("Stranded"),
        ),
        text(
            "assumption",
            mark("Depends most on"),
            mark("Assumption with the largest first-order index; blank = no single one stands out"),
            *ASSUMPTIONS,
        ),
        _ASSUMPTION_ABOUT,
        share(
            "sensitivity_index",
            mark("Its weight"),
            mark("First-order index: share of the variance of the choice that this assumption explains by itself"),
        ),
        text(
            "direction",
            mark("Direction"),
            mark("Whether the site is chosen more or less often where that assumption is high"),
            "more",
            "less",
            "mixed",
        ),
    ),
    label=mark("Robustness"),
)

ROBUSTNESS_RUNS: Final = Table(
    "robustness_runs",
    mark("Every run: what was assumed, what the headline plan gives then, and which plan would be best"),
    (
        SERVICE,
        count("run", "", mark("Run"), mark("Number of the run; the same in every service and unit")),
        text("draws", mark("Assumed"), mark("Factor or state of every assumption, as name=value")),
        people("run_persons", mark("People"), mark("People who need the service in this run")),
        people("plan_persons", mark("Within, headline plan"), mark("People within the norm with the headline plan")),
        people("best_persons", mark("Within, best plan"), mark("People within the norm with the best plan of the run")),
        people("regret_persons", mark("Fewer"), mark("People whom the best plan of the run would bring in besides")),
        Column(
            "same_plan",
            "boolean",
            mark("Whether no plan is better than the headline plan in this run; blank = no plan is allowed"),
            label=mark("Still best"),
        ),
        text("open_sites", mark("Opened"), mark("Sites opened, separated by spaces")),
        text("closed_sites", mark("Closed"), mark("Sites closed, separated by spaces")),
    ),
    label=mark("Robustness, runs"),
)

TORNADO: Final = Table(
    "tornado",
    mark("One assumption changed at a time, low and high, all others being as in the study"),
    (
        SERVICE,
        text("assumption", mark("Assumption"), mark("What is changed"), *ASSUMPTIONS),
        _ASSUMPTION_ABOUT,
        Column("low_value", "number", mark("Factor, or share of roads closed, at the low end"), label=mark("Low")),
        Column("high_value", "number", mark("Factor, or share of roads closed, at the high end"), label=mark("High")),
        people("low_persons", mark("Beyond, low"), mark("People beyond the norm with the headline plan, low")),
        people("base_persons", mark("Beyond, as planned"), mark("People beyond the norm with the headline plan")),
        people("high_persons", mark("Beyond, high"), mark("People beyond the norm with the headline plan, high")),
        text("low_sites", mark("Other sites, low"), mark("Sites that the best plan opens instead, low; blank = none")),
        text(
            "high_sites", mark("Other sites, high"), mark("Sites that the best plan opens instead, high; blank = none")
        ),
        Column(
            "sites_sought",
            "boolean",
            mark("Whether the best plan was sought; not where the plans are too many to look at each"),
            label=mark("Sought"),
        ),
    ),
    label=mark("Sensitivity"),
)

ROBUSTNESS_TABLES: Final = (ROBUSTNESS, ROBUSTNESS_RUNS, TORNADO)
