"""Part of the report about forms of provision: what else than a building serves a place, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pandas as pd

from geo.language import gettext as _
from geo.language import numbers
from geo.report.sections.content import Head, Part, TextTable, long_table
from geo.report.sections.names import NormTitles, SettlementNames, service_name, tied_norms
from geo.study.figures import people
from geo.study.programme.provision_words import (
    FORM_WORDS,
    REFUSAL_WORDS,
    WHY_WORDS,
    bus_sentences,
    counts_sentence,
    form_line,
    joint_sentence,
    millions,
    road_sentences,
    teams_sentence,
    whole_sentence,
)
from geo.study.result import BASELINE, StudyResult
from geo.study.wording import by_what_counts, counted, word

#: Forms of the comparison, as columns.
_COMPARED: Final = ("road", "build", "share", "bus", "mobile", "boarding")
_NOTHING: Final = "–"

#: Money per person is written in thousands from here on.
_ROUNDED_FROM: Final = 100_000


def provision(result: StudyResult) -> Part | None:
    """Return the part; None where the study does not ask for it."""
    config, chosen = result.config.provision, result.tables["provision_chosen"]
    if config is None or not len(chosen):
        return None
    services = [service.name for service in result.config.service if (chosen["service"] == service.name).any()]
    texts: list[str] = []
    tables: list[TextTable] = []
    for service in services:
        found = [
            counts_sentence(result, service),
            *road_sentences(result, service),
            *bus_sentences(result, service),
            teams_sentence(result, service),
            whole_sentence(result, service),
            joint_sentence(result, service),
            _differences(result, service),
            _needed_people(result, service),
        ]
        texts += [text for text in found if text]
        tables += [_chosen(result, service), _compared(result, service)]
    if tables:
        tables[-1] = replace(tables[-1], note=_compared_note(result))
    texts.append(
        _(
            "Every inhabited place has a form of provision; where nothing else is possible it is the service floor. "
            "Nothing here says anything against a village."
        )
    )
    return Part("provision", _("What else than a building would serve"), tuple(texts), tuple(tables), _caveat(result))


def _caveat(result: StudyResult) -> str:
    config = result.config.provision
    days = 0 if config is None else config.visit_interval_days
    text = by_what_counts(
        result.config,
        _(
            "The rule, its limits and most prices are proposals, not verified. Costs per year are the annuity of what "
            "is spent once, at {rate} % interest, and the running cost; per person means per person brought within "
            "the norm. A bus, a visiting team (every {days} days) and a boarding place shorten no way: they count "
            "where they keep limits of their own. Money in {currency}."
        ),
        _(
            "The rule, its limits and most prices are proposals, not verified. Costs per year are the annuity of what "
            "is spent once, at {rate} % interest, and the running cost; per settlement means per settlement brought "
            "within the norm. A bus, a visiting team (every {days} days) and a boarding place shorten no way: they "
            "count where they keep limits of their own. Money in {currency}."
        ),
    )
    rate = 0.0 if config is None else 100 * config.discount_rate
    prices = result.manifest.get("prices", {})
    currency = next((str(price[0]) for price in prices.values() if price), "KZT")
    return text.format(rate=numbers.decimal(rate), days=days, currency=currency)


def _differences(result: StudyResult, service: str) -> str:
    """Return in how many places the rule names another form than the cheapest."""
    rows = result.table("provision_chosen", service=service)
    below = rows[(rows["form"] != "met") & (rows["cheapest_form"] != "")]
    n = int((below["form"] != below["cheapest_form"]).sum())
    if not n:
        return ""
    text = by_what_counts(
        result.config,
        _("In {n} of {all} places the rule names another form than the cheapest per person; the table shows both."),
        _("In {n} of {all} places the rule names another form than the cheapest; the table shows both."),
    )
    return text.format(n=numbers.persons(n), all=numbers.persons(len(below)))


def _needed_people(result: StudyResult, service: str) -> str:
    """Return how many people a building needs and by which norm; empty where the study file says it or nobody does."""
    rows = result.table("provision", service=service)
    rows = rows[rows["norm_id"] != ""]
    if not len(rows):
        return ""
    titles = NormTitles(result)
    least = rows.drop_duplicates("norm_id").sort_values("viable_persons")
    says = [
        _("{people} ({norm})").format(
            people=people(row["viable_persons"]), norm=titles.title(*str(row["norm_id"]).split("/", 1))
        )
        for _number, row in least.iterrows()
    ]
    text = _("{service}: a building needs at least so many people at the end of the horizon: {says}.")
    sentence = text.format(service=service_name(result, service), says="; ".join(says))
    ties = tied_norms(result, rows["tied_norms"])
    return f"{sentence} {ties[0].upper()}{ties[1:]}." if ties else sentence


def _chosen(result: StudyResult, service: str) -> TextTable:
    names = SettlementNames(result)
    rows = result.table("provision_chosen", service=service)
    rows = rows[rows["form"] != "met"]
    order = rows.assign(_people=-rows["persons"].astype("Float64").fillna(-1)).sort_values(
        ["_people", "settlement_id"], kind="stable"
    )
    cells = [
        (
            names.get(row["settlement_id"], ""),
            people(row["persons"]),
            form_line(result, pd.Series(row)),
            word(WHY_WORDS, row["why"]),
            _money(row["annual_cost"]),
            _per_person(row["cost_per_person"]),
            _cheapest(row),
        )
        for row in order.to_dict("records")
    ]
    heads: tuple[str | Head, ...] = (
        _("Place"),
        Head(counted(result.config), number=True),
        _("Form by the rule"),
        _("Why"),
        Head(_("Cost per year"), number=True),
        Head(by_what_counts(result.config, _("Per person"), _("Per settlement")), number=True),
        by_what_counts(result.config, _("Cheapest per person"), _("Cheapest per settlement")),
    )
    title = _("{service}: places below the norm with the plan").format(service=service_name(result, service))
    return long_table(title, heads, cells, _("Nobody is below the norm."), "", "provision_chosen")


def _cheapest(row: dict[Any, Any]) -> str:
    if not row["cheapest_form"]:
        return _NOTHING
    if row["cheapest_form"] == row["form"]:
        return _("the same")
    text = _("{form}, {cost}")
    form = word(FORM_WORDS, row["cheapest_form"])
    return text.format(form=form, cost=_per_person(row["cheapest_cost_per_person"]))


def _compared(result: StudyResult, service: str) -> TextTable:
    """Return today's places below the norm with the cost per year of every form, and for how many people."""
    names = SettlementNames(result)
    rows = result.table("provision", service=service, plan=BASELINE)
    forms = [form for form in _COMPARED if (rows["form"] == form).any()]
    by_place = dict(tuple(rows.groupby("settlement_id", sort=False)))
    needed = result.table("provision_chosen", service=service).set_index("settlement_id")["persons"]
    order = sorted(by_place, key=lambda key: (-_count(needed.get(key)), str(key)))
    cells = []
    for key in order:
        own = {str(row["form"]): row for _number, row in by_place[key].iterrows()}
        if len(own) < 2:
            continue
        cells.append(
            (
                names.get(key, ""),
                people(needed.get(key)),
                *(_offer(own[form]) if form in own else _NOTHING for form in forms),
            )
        )
    forms_in_words = [word(FORM_WORDS, form).capitalize() for form in forms]
    heads: list[str | Head] = [_("Place"), Head(counted(result.config), number=True), *forms_in_words]
    title = _("{service}: forms compared, places below the norm today").format(service=service_name(result, service))
    return long_table(title, heads, cells, _("Nobody is below the norm."), table="provision")


def _compared_note(result: StudyResult) -> str:
    """Return how to read the forms compared, once below the last of the tables."""
    return by_what_counts(
        result.config,
        _(
            "Millions a year and, in brackets, people brought within the norm, neighbours included. Costs of forms "
            "that are not possible stand beside the reason."
        ),
        _(
            "Millions a year and, in brackets, settlements brought within the norm, neighbours included. Costs of "
            "forms that are not possible stand beside the reason."
        ),
    )


def _count(value: Any) -> int:
    return 0 if value is None or pd.isna(value) else int(value)


def _offer(row: pd.Series) -> str:
    cost = "" if pd.isna(row["annual_cost"]) else numbers.decimal(float(row["annual_cost"]) / 1e6, 1)
    if not bool(row["eligible"]):
        reason = word(REFUSAL_WORDS, row["refusal"])
        return _("{reason} ({cost})").format(reason=reason, cost=cost) if cost else reason
    if not cost:
        return _("no price")
    return _("{cost} ({people})").format(cost=cost, people=people(row["persons"])).replace(" ", numbers.NO_BREAK_SPACE)


def _money(amount: Any) -> str:
    return _("no price") if pd.isna(amount) else millions(float(amount))


def _per_person(amount: Any) -> str:
    """Return money per person, to three digits or so: thousands where there are many, else what it is."""
    if pd.isna(amount):
        return _NOTHING
    cost = float(amount)
    return numbers.persons(round(cost, -3 if cost >= _ROUNDED_FROM else 0))
