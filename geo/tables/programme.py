"""Tables of a programme: what is done in which year, what it brings and costs, what is refused, what stays owed."""

from __future__ import annotations

from typing import Final

from geo.language import mark
from geo.tables.columns import SEASON, SERVICE, SETTLEMENT, SITE, count, minutes, money, people, settlements, text
from geo.tables.schema import Column, Table

_YEAR: Final = Column("year", "integer", mark("Year of the programme"), label=mark("Year"))
_ACTIONS: Final = ("open", "close", "upgrade", "downgrade", "renovate", "replace")
_SERVICES: Final = text("services", mark("Services"), mark("Services it is about, separated by spaces"))
_LEVELS: Final = text("levels", mark("Levels"), mark("Their levels, in the same order"))
_LEVEL: Final = text("level", mark("Level"), mark("Level of the service"))
_LANGUAGE: Final = text(
    "language", mark("Language"), mark("Language of instruction; blank where it does not matter"), "kk", "ru"
)
_BEFORE: Final = minutes("before_minutes", mark("Trip today"), mark("Time today; blank = no way"))
_HARMED: Final = people("persons", mark("People"), mark("People of the settlement who need it; blank = unknown"))
_AFTER: Final = minutes("after_minutes", mark("Trip then"), mark("Time then; blank = no way"))
_LONGER: Final = minutes("longer_minutes", mark("Longer by"), mark("Difference; blank = access is lost"))

PROGRAMME_ITEMS: Final = Table(
    "programme_items",
    mark("What the programme does, in order of years, and what it would do if money or a legal ground were there"),
    (
        Column("rank", "integer", mark("Number of the item; the map shows the year"), label=mark("Number")),
        Column("year", "integer", mark("Year in which it comes; blank = no money for it"), label=mark("Year")),
        text("action", mark("Action"), mark("What is done"), *_ACTIONS),
        SITE,
        SETTLEMENT,
        _SERVICES,
        _LEVELS,
        Column(
            "wear_pct",
            "number",
            mark("Wear of the building today; blank = no building, or unknown"),
            unit="%",
            label=mark("Wear today"),
        ),
        money("capex", mark("Cost of building"), mark("Money to build it; blank = no price is known")),
        money(
            "opex_year",
            mark("Running cost, change"),
            mark("Running cost of a year, less that of today; blank = no price is known"),
        ),
        people(
            "gained_persons",
            mark("Come within the norm"),
            mark(
                "People of its year whom it brings within the norm on top of every item before it, summed over services"
            ),
        ),
        money("cost_per_person", mark("Cost per person"), mark("Cost of building over the people it brings within")),
        text("funding", mark("Money and ground"), mark("Whether it is more than a wish"), "funded", "declarative"),
        text(
            "lacks",
            mark("What it lacks"),
            mark("Why it is declarative, separated by spaces"),
            "money",
            "proof",
            "body",
            "basis",
        ),
        text("competent_body", mark("Competent body"), mark("Who decides; blank = the study names nobody")),
        text("legal_basis", mark("Legal basis"), mark("Act and article as the study gives them; blank = none given")),
        Column(
            "verified",
            "boolean",
            mark("Whether a lawyer has checked body and basis"),
            label=mark("Checked by a lawyer"),
        ),
    ),
    label=mark("Programme"),
)

PROGRAMME_YEARS: Final = Table(
    "programme_years",
    mark("Money and results of every year of the programme"),
    (
        _YEAR,
        money("budget", mark("Budget"), mark("Money for building in the year; blank = sites are counted, not money")),
        count("sites_budget", "sites", mark("Sites allowed"), mark("Sites that may open; blank = money decides")),
        money("spent_access", mark("Spent on access"), mark("Money for what brings people within the norm")),
        money("spent_renewal", mark("Spent on worn buildings"), mark("Money for renovations and new buildings")),
        money("left", mark("Not spent"), mark("Money that no item fits into; it is not carried over")),
        money("running_growth", mark("Running cost, change"), mark("Running costs of the year, less those of today")),
        people(
            "unmet_persons",
            mark("Not within the norm"),
            mark("People below a norm at the end of the year, summed over services"),
        ),
        settlements("unmet_settlements", mark("Their settlements"), mark("Settlements that lack something")),
        settlements(
            "unmet_unknown_settlements",
            mark("Of them, people unknown"),
            mark("Settlements below a norm whose people nobody knows; in no count of people"),
        ),
        people(
            "unmet_before_persons",
            mark("If nothing was done"),
            mark("People below a norm in the year if nothing was ever done, summed over services"),
        ),
        settlements(
            "unmet_before_unknown_settlements",
            mark("Nothing done, people unknown"),
            mark("Settlements of unknown people below a norm if nothing was ever done; in no count"),
        ),
        minutes("ede_minutes", mark("Equivalent trip"), mark("Kolm-Pollak equally-distributed equivalent")),
        settlements("losers", mark("With a longer trip"), mark("Settlements whose trip is longer than today")),
        money("debt", mark("Debts"), mark("Sum of the year in table debt_ledger; blank = one of them is unknown")),
    ),
    label=mark("Programme by year"),
)

PROGRAMME_NEEDS: Final = Table(
    "programme_needs",
    mark("For every level of a service that people need, who is below its norm in which year"),
    (
        _YEAR,
        SERVICE,
        _LEVEL,
        text("norm_id", mark("Norm"), mark("Norm that decides, as pack/norm")),
        people("persons", mark("People"), mark("People who need it, where known")),
        people("unmet_persons", mark("Not within the norm"), mark("People below the norm at the end of the year")),
        settlements("unmet_settlements", mark("Their settlements"), mark("Settlements below the norm")),
        people(
            "unmet_before_persons", mark("If nothing was done"), mark("People below the norm if nothing was ever done")
        ),
        settlements(
            "unknown_settlements",
            mark("People unknown"),
            mark("Settlements whose people are unknown; in no count of people"),
        ),
    ),
    label=mark("Programme by service"),
)

PROGRAMME_PLACES: Final = Table(
    "programme_places",
    mark("Settlements below a norm today or in some year, and the year from which the programme keeps each within it"),
    (
        SETTLEMENT,
        SERVICE,
        _LEVEL,
        people("persons", mark("People"), mark("People of the last year who need it; blank = unknown")),
        Column("below_today", "boolean", mark("Whether it is below the norm today"), label=mark("Below today")),
        Column(
            "within_from_year",
            "integer",
            mark("First year from whose end it is within the norm to the last; blank = below it at the end"),
            label=mark("Within the norm from"),
        ),
    ),
    label=mark("Programme by settlement"),
)

PROGRAMME_GOALS: Final = Table(
    "programme_goals",
    mark("The goals of the programme in their order, and how good each is proven to be"),
    (
        text(
            "goal",
            mark("Goal"),
            mark("What is made as small as can be"),
            "unmet-person-years",
            "equally-distributed-equivalent",
            "discounted-cost",
        ),
        Column("value", "number", mark("Value of the goal; cost: of places that can change"), label=mark("Value")),
        text("value_unit", mark("Unit"), mark("Unit of the value")),
        Column("bound", "number", mark("No programme can be better than this"), label=mark("Best conceivable")),
        Column("gap", "number", mark("Share by which a better one could exist"), unit="0..1", label=mark("Gap")),
        text(
            "status",
            mark("How good"),
            mark("Whether it is proven to be the best"),
            "optimal",
            "feasible",
            "infeasible",
        ),
    ),
    label=mark("Programme, goals"),
)

PROGRAMME_BUDGETS: Final = Table(
    "programme_budgets",
    mark("The programme of other sums of money, where the study asks for them"),
    (
        Column(
            "budget_share",
            "number",
            mark("Share of the budget of every year; 1 = the programme itself"),
            label=mark("Share"),
        ),
        money("budget", mark("Money in all"), mark("Money of all years, without what is kept for worn buildings")),
        count("n_items", "sites", mark("Items"), mark("Changes that bring people within the norm")),
        Column(
            "unmet_person_years",
            "number",
            mark("People below a norm, added up over the years"),
            label=mark("Unmet person-years"),
        ),
        Column("bound", "number", mark("No programme of this money can be better"), label=mark("Best conceivable")),
        people("unmet_persons", mark("Not within the norm"), mark("People below a norm at the end, over services")),
        Column(
            "nested",
            "boolean",
            mark("Whether it contains every item of the smaller sum before it; blank = the smallest sum"),
            label=mark("Carries on"),
        ),
    ),
    label=mark("Programme by budget"),
)

PROGRAMME_LOSERS: Final = Table(
    "programme_losers",
    mark("Everybody whose trip is longer than today in some year, neighbours too, in the worst year; empty = nobody"),
    (SERVICE, _LEVEL, _LANGUAGE, SETTLEMENT, SEASON, _YEAR, _HARMED, _BEFORE, _AFTER, _LONGER),
    label=mark("Programme, longer trips"),
)  # fmt: skip

CLOSURE_REFUSALS: Final = Table(
    "closure_refusals",
    mark("Closings and lowerings that were examined, whether each is refused, and whom it would harm in which season"),
    (
        SERVICE,
        SITE,
        SETTLEMENT,
        text("action", mark("Action"), mark("What was examined"), "close", "downgrade"),
        _LEVEL,
        text(
            "refused_because",
            mark("Why"),
            mark(
                "Refused: protected, or makes trips longer. Not refused: no limit, within the tolerance, harms nobody"
            ),
            "protected",
            "worsening",
            "allowed",
            "tolerated",
            "harmless",
        ),
        text("protected_reason", mark("Protected because"), mark("Why the facility is protected; blank = it is not")),
        Column(
            "possible",
            "boolean",
            mark("Whether something else could make up for it, money aside"),
            label=mark("Could be made up for"),
        ),
        text("harmed_settlement_id", mark("Harmed"), mark("Settlement whose trip would get longer; blank = nobody's")),
        text("harmed_level", mark("At level"), mark("Level of the service that its people need")),
        Column("year", "integer", mark("Year whose people these are: the first of the programme"), label=mark("Year")),
        SEASON,
        _HARMED,
        _BEFORE,
        _AFTER,
        _LONGER,
    ),
    label=mark("Refused closings"),
)

PROGRAMME_LOADS: Final = Table(
    "programme_loads",
    mark("Who would come to every place with the programme in its fullest year, beside the room there is"),
    (
        SERVICE,
        SITE,
        SETTLEMENT,
        _LEVEL,
        Column(
            "in_unit",
            "boolean",
            mark("Whether it stands in the unit; others have people of their own"),
            label=mark("Stands here"),
        ),
        Column("year", "integer", mark("Year of the programme in which most people come"), label=mark("Fullest year")),
        people("persons", mark("Come then"), mark("People of the unit who come then, where known")),
        settlements(
            "unknown_settlements", mark("People unknown"), mark("Settlements of unknown people that go there too")
        ),
        people("today_persons", mark("Come today"), mark("People of the unit who come today, counted alike")),
        people("capacity", mark("Capacity"), mark("Places there are today; blank = unknown")),
        people("over_persons", mark("Over capacity by"), mark("People without a place; blank = capacity is unknown")),
    ),
    label=mark("Programme, how full places are"),
)

REFERRAL: Final = Table(
    "referral",
    mark("From every facility to the nearest one of a higher level, with the programme and today"),
    (
        SERVICE,
        text("plan", mark("Plan"), mark("`baseline` = today, `programme` = in its last year"), "baseline", "programme"),
        SITE,
        _LEVEL,
        text("to_site_id", mark("Referred to"), mark("Nearest facility of a higher level; blank = no way")),
        text("to_level", mark("Its level"), mark("Level of that facility")),
        SEASON,
        minutes("minutes", mark("Minutes"), mark("From the settlement of the facility; blank = no way or unknown")),
    ),
    label=mark("Referral"),
)

DEBT_LEDGER: Final = Table(
    "debt_ledger",
    mark("What is owed to people at the end of every year, with the programme and if nothing was done"),
    (
        _YEAR,
        text(
            "kind",
            mark("Debt"),
            mark("Norms not met, buildings worn out, roads in bad state"),
            "norms",
            "buildings",
            "roads",
        ),
        Column("quantity", "number", mark("How much there is of it"), label=mark("Amount of it")),
        text("quantity_unit", mark("Unit"), mark("Unit of the quantity: sites, buildings, km")),
        money(
            "amount",
            mark("Owed"),
            mark("Money to make it good, without those for whom no remedy is known; blank = no price or no remedy"),
        ),
        money("amount_without", mark("Owed if nothing was done"), mark("The same if nothing was ever done")),
        people(
            "unremedied_persons",
            mark("Without any remedy"),
            mark("People below a norm whom no site that may open or be raised helps; blank = not a debt of norms"),
        ),
        people(
            "unremedied_without_persons",
            mark("No remedy, nothing done"),
            mark("The same if nothing was ever done"),
        ),
    ),
    label=mark("Debts"),
)

PROGRAMME_TABLES: Final = (
    PROGRAMME_ITEMS,
    PROGRAMME_YEARS,
    PROGRAMME_NEEDS,
    PROGRAMME_PLACES,
    PROGRAMME_GOALS,
    PROGRAMME_BUDGETS,
    PROGRAMME_LOSERS,
    CLOSURE_REFUSALS,
    PROGRAMME_LOADS,
    REFERRAL,
    DEBT_LEDGER,
)
