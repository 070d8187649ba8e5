"""Parts of the report about the programme: what is built when, what is only declared, who is harmed, what is owed."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geo.language import gettext as _
from geo.language import numbers
from geo.report.sections.content import Head, Part, TextTable, long_table, text_table
from geo.report.sections.names import SiteNames, service_name
from geo.study.figures import people, percent, tenths
from geo.study.programme import sentences
from geo.study.programme.budget_words import other_sums
from geo.study.programme.load_words import overfull
from geo.study.result import StudyResult
from geo.study.wording import LEVELS, by_what_counts, counted, season_label, settlement_name, word


def programme(result: StudyResult) -> Part | None:
    """Return what is done in which year, for how much, by whom, and how good that is proven to be."""
    years = result.tables["programme_years"]
    if result.config.programme is None or not len(years):
        return None
    texts = [" ".join(sentences.in_short(result)), sentences.proof(result)]
    texts += [*sentences.grounds(result)]
    texts += [sentences.year_sentence(result, int(year)) for year in years["year"]]
    texts += [text for text in (*other_sums(result), overfull(result)) if text]
    tables = (_items(result), _years(result), _needs(result))
    return Part("programme", _("The programme: what is built when"), tuple(texts), tables, sentences.caveat(result))


def _items(result: StudyResult) -> TextTable:
    items = result.tables["programme_items"]
    rows = [
        (
            _("{n}. {item}").format(n=row["rank"], item=sentences.item(result, row)),
            str(int(row["year"])),
            sentences.amount(result, row["capex"]),
            people(row["gained_persons"]) if row["gained_persons"] else _wear(row),
            sentences.amount(result, row["cost_per_person"]) if pd.notna(row["cost_per_person"]) else "",
            sentences.body_name(result.config, row["competent_body"]) or _("nobody named"),
            sentences.lacks(row) or (_("named") if row["verified"] else _("named, not checked")),
        )
        for row in items[items["year"].notna()].to_dict("records")
    ]
    heads = (
        _("What is done"),
        Head(_("Year"), number=True),
        Head(_("Cost of building"), number=True),
        Head(_("Come within the norm"), number=True),
        Head(by_what_counts(result.config, _("Cost per person"), _("Cost per settlement")), number=True),
        _("Who decides"),
        _("Legal basis"),
    )
    note = by_what_counts(
        result.config,
        _(
            "Within a year, what brings most people within the norm for its money comes first. Come within the norm: "
            "people whom the item brings within it on top of everything before it; where it is nobody, wear today. "
            "An item without a legal basis is declarative though money is planned for it."
        ),
        _(
            "Within a year, what brings most settlements within the norm for its money comes first. Come within the "
            "norm: settlements that the item brings within it on top of everything before it; where it is none, wear "
            "today. An item without a legal basis is declarative though money is planned for it."
        ),
    )
    return long_table(_("Items by year"), heads, rows, _("Nothing is planned."), note, "programme_items", shown=15)


def _wear(row: dict[Any, Any]) -> str:
    if row["action"] not in ("renovate", "replace") or pd.isna(row["wear_pct"]):
        return "0"
    return _("wear {percent}").format(percent=percent(float(row["wear_pct"]) / 100, digits=0))


def _years(result: StudyResult) -> TextTable:
    years = result.tables["programme_years"]
    by_money, equity = bool(years["budget"].notna().any()), bool(years["ede_minutes"].notna().any())
    rows = []
    for row in years.to_dict("records"):
        money = [
            sentences.amount(result, row[c]) for c in ("budget", "spent_access", "spent_renewal", "running_growth")
        ]
        rows.append(
            (
                str(int(row["year"])),
                *(money if by_money else [people(row["sites_budget"])]),
                sentences.below(row, "unmet", alone=True),
                sentences.below(row, "unmet_before", alone=True),
                *([tenths(row["ede_minutes"])] if equity else []),
            )
        )
    spent = [_("Budget"), _("On access"), _("On worn buildings"), _("Running cost, change")]
    heads = [
        Head(_("Year")),
        *(Head(text, number=True) for text in (spent if by_money else [_("New sites allowed")])),
        Head(_("Not within the norm"), number=True),
        Head(_("If nothing was done"), number=True),
        *([Head(_("Equivalent trip (min)"), number=True)] if equity else []),
    ]
    notes = [_("Money that no item fits into is not carried over.")] if by_money else []
    if equity:
        notes.append(_("Equivalent trip: the equal time as bad as the unequal times of everybody's worst season."))
    return text_table(_by_year(result), heads, rows, note=" ".join(notes), table="programme_years")


def _by_year(result: StudyResult) -> str:
    return by_what_counts(result.config, _("Money and people by year"), _("Money and settlements by year"))


def _needs(result: StudyResult) -> TextTable:
    table = result.tables["programme_needs"]
    last = table[table["year"] == table["year"].max()]
    rows = [
        (
            service_name(result, row["service"]),
            word(LEVELS, row["level"]),
            people(row["persons"]),
            people(row["unmet_before_persons"]),
            people(row["unmet_persons"]),
            numbers.persons(row["unmet_settlements"]),
            numbers.persons(row["unknown_settlements"]),
        )
        for row in last.to_dict("records")
    ]
    heads = (
        _("Service"),
        _("At least"),
        Head(counted(result.config), number=True),
        Head(_("Below, if nothing was done"), number=True),
        Head(_("Below, with the programme"), number=True),
        Head(_("Their settlements"), number=True),
        Head(_("Places not known"), number=True),
    )
    title = _("Who is below which norm at the end of {year}").format(year=int(table["year"].max()))
    return text_table(title, heads, rows, table="programme_needs")


def declared(result: StudyResult) -> Part | None:
    """Return what the programme only declares: without money, without somebody competent, or without a ground."""
    items = result.tables["programme_items"]
    if result.config.programme is None or not len(result.tables["programme_years"]):
        return None
    own = items[items["funding"] == "declarative"]
    title = _("What is only declared")
    if not len(own):
        return Part("declared", title, tuple(sentences.declared(result)))
    rows = [
        (
            sentences.item(result, row),
            str(int(row["year"])) if pd.notna(row["year"]) else _("no year"),
            sentences.amount(result, row["capex"]),
            people(row["gained_persons"]),
            sentences.lacks(row),
        )
        for row in own.to_dict("records")
    ]
    heads = (
        _("What would be done"),
        Head(_("Year"), number=True),
        Head(_("Cost of building"), number=True),
        Head(_("Come within the norm"), number=True),
        _("What it lacks"),
    )
    table = long_table(title, heads, rows, "", table="programme_items")
    return Part("declared", title, tuple(sentences.declared(result)), (table,))


def harm(result: StudyResult) -> Part | None:
    """Return who is worse off, and which closing is refused because of whom."""
    if result.config.programme is None or not len(result.tables["programme_years"]):
        return None
    tolerance = result.config.programme.max_worsening_minutes
    texts = [sentences.losers(result)]
    if tolerance == 0:
        texts.append(_("No item may make anybody's trip longer, in any season."))
    elif tolerance is None:
        texts.append(_("The study sets no limit to how much longer a trip may get."))
    else:
        text = _("No item may make anybody's trip longer by more than {minutes}, in any season.")
        texts.append(text.format(minutes=numbers.minutes(tolerance)))
    texts += sentences.refusals(result)
    return Part("harm", _("Who would be worse off"), tuple(texts), tuple(_losers(result)))


def _losers(result: StudyResult) -> list[TextTable]:
    rows = result.tables["programme_losers"]
    if not len(rows):
        return []
    cells = [
        (
            settlement_name(result, str(row["settlement_id"])),
            service_name(result, row["service"]),
            word(LEVELS, row["level"]),
            season_label(result, str(row["season"])),
            str(int(row["year"])),
            people(row["persons"]),
            _trip(row["before_minutes"]),
            _trip(row["after_minutes"]),
        )
        for row in rows.to_dict("records")
    ]
    heads = (
        _("Place"),
        _("Service"),
        _("At least"),
        _("Season"),
        Head(_("Worst year"), number=True),
        Head(counted(result.config), number=True),
        Head(_("Trip today"), number=True),
        Head(_("Trip then"), number=True),
    )
    return [long_table(_("Longer trips, each in its worst year"), heads, cells, "", table="programme_losers")]


def _trip(value: Any) -> str:
    return _("no way") if pd.isna(value) else numbers.minutes(float(value))


def debts(result: StudyResult) -> Part | None:
    """Return what stays owed to people, year by year, with the programme and without."""
    table = result.tables["debt_ledger"]
    if result.config.programme is None or not len(table):
        return None
    first, last = (table[table["year"] == year] for year in (table["year"].min(), table["year"].max()))
    texts = [
        _(
            "What is put off does not go away: it is owed to those who live there, and to those who come after. The "
            "ledger adds up what it would take to make it good."
        )
    ]
    for row in last.to_dict("records"):
        if pd.notna(row["unremedied_persons"]) and row["unremedied_persons"]:
            texts.append(_unremedied(result, row))
        if pd.notna(row["amount"]) and row["amount"] != row["amount_without"]:
            text = _("{kind}: {amount} at the end of {year}; if nothing was done, {without}.")
            texts.append(
                text.format(
                    kind=word(sentences.DEBTS, row["kind"]).capitalize(),
                    amount=_owed(result, row, "amount"),
                    year=int(row["year"]),
                    without=_owed(result, row, "amount_without"),
                )
            )
    if (first["kind"] == "roads").any():
        texts.append(_("The programme mends no roads: their debt only grows with prices."))
    rows = [
        (
            str(int(row["year"])),
            word(sentences.DEBTS, row["kind"]),
            _quantity(row),
            _owed(result, row, "amount"),
            _owed(result, row, "amount_without"),
            people(row["unremedied_persons"]) if row["kind"] == "norms" else "",
        )
        for row in table.to_dict("records")
    ]
    heads = (
        _("Year"),
        _("Debt"),
        Head(_("How much"), number=True),
        Head(_("Owed"), number=True),
        Head(_("Owed if nothing was done"), number=True),
        Head(_("Without any remedy"), number=True),
    )
    note = _(
        "Norms: the cheapest sites per person that would meet what is unmet today or later, each owed until the last "
        "of its people is served; at least, where people are left whom no site would help. Buildings: worn over their "
        "lifetime from today's wear. Prices grow by {percent} a year."
    )
    growth = percent(result.config.programme.price_growth, digits=0)
    ledger = text_table(_("Debts by year"), heads, rows, note=note.format(percent=growth), table="debt_ledger")
    return Part("debts", _("What stays owed"), tuple(texts), (ledger,))


def _unremedied(result: StudyResult, row: dict[Any, Any]) -> str:
    text = by_what_counts(
        result.config,
        _(
            "For {people} people below a norm at the end of {year} no site that may open or be raised is a remedy: "
            "what they are owed is not known, and is in no sum here. They need another form of provision."
        ),
        _(
            "For {people} settlements below a norm at the end of {year} no site that may open or be raised is a "
            "remedy: what they are owed is not known, and is in no sum here. They need another form of provision."
        ),
    )
    return text.format(people=people(row["unremedied_persons"]), year=int(row["year"]))


def _owed(result: StudyResult, row: dict[Any, Any], column: str) -> str:
    """Return a sum of the ledger: at least so much where somebody is left without a remedy, never 0 for it."""
    without = row["unremedied_persons" if column == "amount" else "unremedied_without_persons"]
    if pd.isna(without) or not without:
        return sentences.amount(result, row[column])
    if pd.isna(row[column]):
        return _("no remedy known") if row["quantity"] == 0 else sentences.amount(result, row[column])
    return _("at least {amount}").format(amount=sentences.amount(result, row[column]))


def _quantity(row: dict[Any, Any]) -> str:
    units = {"sites": _("{n} sites"), "buildings": _("{n} buildings"), "km": _("{n} km")}
    return units[str(row["quantity_unit"])].format(n=numbers.persons(row["quantity"]))


def referral(result: StudyResult) -> Part | None:
    """Return how far facilities are from the next higher level in their worst season, at the end of the programme."""
    table = result.tables["referral"]
    if result.config.programme is None or not len(table):
        return None
    own = table[table["plan"] == "programme"]
    sites = SiteNames(result)
    rows = []
    for _key, part in own.groupby(["service", "site_id"], sort=True):
        worst = part.assign(_ms=part["minutes"].fillna(float("inf"))).sort_values("_ms", ascending=False).iloc[0]
        rows.append((float(worst["_ms"]), worst))
    rows.sort(key=lambda entry: (-entry[0], str(entry[1]["site_id"])))
    cells = [
        (
            sites[row["site_id"]],
            word(LEVELS, row["level"]),
            sites[row["to_site_id"]] if row["to_site_id"] else "",
            season_label(result, str(row["season"])),
            _trip(row["minutes"]),
        )
        for _minutes, row in rows
    ]
    no_way = sum(1 for minutes, _row in rows if minutes == float("inf"))
    text = _("Facilities from which a higher level is out of reach in some season: {n} of {all}.")
    heads = (
        _("Facility"),
        _("Level"),
        _("Nearest of a higher level"),
        _("Worst season"),
        Head(_("Way"), number=True),
    )
    note = _("The way begins at the settlement of the facility.")
    listed = long_table(_("From facility to higher level"), heads, cells, "", note, "referral", shown=5)
    sentence = text.format(n=numbers.persons(no_way), all=numbers.persons(len(rows)))
    return Part("referral", _("From one level to the next"), (sentence,), (listed,))
