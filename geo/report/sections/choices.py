"""Parts of the programme about goals: what one costs in another, and what caps on support per head cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pandas as pd

from geo.language import gettext as _
from geo.language import ngettext, numbers
from geo.maps.words import PLAN_STATUS
from geo.report.sections.content import Head, Part, TextTable, long_table, text_table
from geo.report.sections.names import SettlementNames, SiteNames, service_name
from geo.report.sections.scatter import Axis, scatter
from geo.study.figures import people, tenths
from geo.study.programme.choice_words import CAPS, frontier_in_words
from geo.study.programme.frontier_words import Rows, headline_row, money, trade_sentence
from geo.study.result import StudyResult
from geo.study.wording import by_what_counts, listed, word

#: Points from which a drawing says more than a table.
_WORTH_DRAWING: Final = 3
_MILLION: Final = 1e6


def millions(amount: Any, digits: int = 0) -> str:
    """Return an amount in millions, for a column whose head names the money; a missing one is unknown."""
    return _("unknown") if pd.isna(amount) else numbers.decimal(float(amount) / _MILLION, digits)


def cost_head(result: StudyResult, service: str) -> Head:
    """Return the head of a column of amounts in millions."""
    prices = result.manifest.get("prices", {}).get(service)
    if prices is None:
        return Head(_("Cost (million)"), number=True)
    text = _("Cost (million {currency}, {year} prices)")
    return Head(text.format(currency=prices[0], year=int(prices[1])), number=True)


def goals(result: StudyResult) -> Part | None:
    """Return how goals stand against each other: plans of which none is better by both."""
    rows = result.tables["frontier"]
    if result.config.equity is None or not len(rows):
        return None
    sentences = [
        by_what_counts(
            result.config,
            _(
                "The headline plan follows one order of goals: first the fewest people beyond the norm in their worst "
                "season, then the least unequal trips (EDE), then the lowest cost. The goals are never added up into "
                "one score: every goal has a column of its own, and what more of one costs in another is shown here."
            ),
            _(
                "The headline plan follows one order of goals: first the fewest settlements beyond the norm in their "
                "worst season, then the least unequal trips (EDE), then the lowest cost. The goals are never added up "
                "into one score: every goal has a column of its own, and what more of one costs in another is shown "
                "here."
            ),
        )
    ]
    tables, charts = [], []
    for service in (service.name for service in result.config.service):
        for name in result.config.equity.frontiers:
            own: Rows = rows[(rows["service"] == service) & (rows["frontier"] == name)].to_dict("records")
            if not own:
                continue
            sentences.append(trade_sentence(result, service, name, own))
            if own[0]["left_out"]:
                continue
            points = [row for row in own if pd.notna(row["point"])]
            if len(points) >= _WORTH_DRAWING:
                charts.append(_chart(result, service, name, own))
            if len(own) > 1:
                tables.append(_frontier_table(result, service, name, own))
    if tables:
        tables[-1] = replace(tables[-1], note=_trips_note(result))
    return Part("goals", _("What one goal costs in another"), tuple(sentences), tuple(tables), charts=tuple(charts))


def _chart(result: StudyResult, service: str, name: str, own: Rows) -> dict[str, Any]:
    priced = bool(pd.notna(own[0]["cost"]))
    spend: Callable[[float], str] = lambda value: numbers.decimal(value / _MILLION, 0)  # noqa: E731 - beside the others
    beyond = by_what_counts(result.config, _("People beyond the norm"), _("Settlements beyond the norm"))
    axes = {
        "beyond_persons": Axis(beyond, numbers.persons),
        "mean_minutes": Axis(_("Mean trip, capped (min)"), lambda value: numbers.decimal(value, 1)),
        "ede_minutes": Axis(_("Equivalent trip, EDE (min)"), lambda value: numbers.decimal(value, 1)),
        "cost": Axis(_("Cost of opening, {unit}").format(unit=_unit(result, service)), spend),
        "new_sites": Axis(_("New sites"), numbers.persons),
    }
    columns = _columns(name, priced=priced)
    points = [_at(row, columns) for row in own if pd.notna(row["point"])]
    headline = headline_row(own)
    title = _("{service}: {goals}").format(
        service=service_name(result, service), goals=frontier_in_words(result.config, name)
    )
    star = None if headline is None else _at(headline, columns)
    return scatter(title, axes[columns[0]], axes[columns[1]], points, star, _("headline plan"))


def _columns(name: str, *, priced: bool) -> tuple[str, str]:
    """Return the columns of what is paid and of what is gained for it."""
    return {
        "cost": ("cost" if priced else "new_sites", "beyond_persons"),
        "norm": ("beyond_persons", "mean_minutes"),
        "equity": ("mean_minutes", "ede_minutes"),
    }[name]


def _at(row: dict[Any, Any], columns: tuple[str, str]) -> tuple[float, float]:
    return float(row[columns[0]]), float(row[columns[1]])


def _unit(result: StudyResult, service: str) -> str:
    prices = result.manifest.get("prices", {}).get(service)
    currency = prices[0] if prices else "KZT"
    return _("million {currency}").format(currency=currency)


def _frontier_table(result: StudyResult, service: str, name: str, own: Rows) -> TextTable:
    priced = bool(pd.notna(own[0]["cost"]))
    columns = _columns(name, priced=priced)
    rows = [
        _frontier_row(row, priced=priced)
        for row in sorted(own, key=lambda row: (float(row[columns[0]]), -float(row[columns[1]])))
    ]
    heads = (
        _("Plan"),
        Head(_("New sites"), number=True),
        *((cost_head(result, service),) if priced else ()),
        Head(_("Beyond the norm"), number=True),
        Head(_("Cut off"), number=True),
        Head(_("Mean trip, capped (min)"), number=True),
        Head(_("EDE (min)"), number=True),
        Head(_("Worst trip (min)"), number=True),
        _("How good"),
        _("Builds on the one before"),
    )
    title = _("{service}: {goals}").format(
        service=service_name(result, service), goals=frontier_in_words(result.config, name)
    )
    return text_table(title, heads, rows, table="frontier")


def _trips_note(result: StudyResult) -> str:
    """Return what the columns of trips count, once below the last of the tables."""
    note = by_what_counts(
        result.config,
        _("The mean trip counts the people cut off with {cap}; the worst trip is that of the people with a way."),
        _("The mean trip counts places cut off with {cap}; the worst trip is that of the places with a way."),
    )
    return note.format(cap=numbers.minutes(result.config.siting.cap_minutes))


def _frontier_row(row: dict[Any, Any], *, priced: bool) -> tuple[str, ...]:
    name = str(row["point"]) if pd.notna(row["point"]) else _("the headline plan")
    if row["point_role"] == "both":
        name = _("{n}, the headline plan").format(n=row["point"])
    builds = "" if pd.isna(row["nested"]) or row["point"] == 1 else _("yes") if row["nested"] else _("no")
    return (
        name,
        numbers.persons(row["new_sites"]),
        *((millions(row["cost"]),) if priced else ()),
        people(row["beyond_persons"]),
        people(row["unreachable_persons"]),
        tenths(row["mean_minutes"]),
        tenths(row["ede_minutes"]),
        tenths(row["max_minutes"]),
        word(PLAN_STATUS, row["status"]),
        builds,
    )


def caps(result: StudyResult) -> Part | None:
    """Return which caps on support bind, and who would be helped without them."""
    rows: Rows = result.tables["support_caps"].to_dict("records")
    if not rows:
        return None
    intro = by_what_counts(
        result.config,
        _(
            "A cap on support keeps one place from getting so much that others go without. It is measured as the cost "
            "of opening per person whom the site alone would bring within the norm. No plan opens a site above the "
            "cap; what stands today stays, so that nobody loses what they have. The caps are proposed, not legal norms."
        ),
        _(
            "A cap on support keeps one place from getting so much that others go without. It is measured as the cost "
            "of opening per settlement that the site alone would bring within the norm. No plan opens a site above "
            "the cap; what stands today stays, so that nobody loses what they have. The caps are proposed, not legal "
            "norms."
        ),
    )
    sentences = [intro, *(_cap_words(result, row) for row in rows)]
    tables = tuple(_support_table(result, service.name) for service in result.config.service)
    return Part("caps", _("Caps on support"), tuple(sentences), tuple(one for one in tables if one.rows))


def _cap_words(result: StudyResult, row: dict[Any, Any]) -> str:
    service = str(row["service"])
    facts = {
        "service": service_name(result, service),
        "cap": _cap(result, row["cap"]),
        "amount": money(result, service, row["cap_amount"]),
        "n": numbers.persons(row["excluded_sites"]),
        "more": people(row["with_beyond_persons"] - row["without_beyond_persons"]),
        "helped": _places(result, row["helped_without"]),
        "with_cost": money(result, service, row["with_cost"]),
        "without_cost": money(result, service, row["without_cost"]),
    }
    if not row["excluded_sites"]:
        return _("{service}: the cap on {cap}, {amount}, rules out no site.").format(**facts)
    ruled_out = ngettext(
        "{service}: the cap on {cap}, {amount}, rules out {n} site.",
        "{service}: the cap on {cap}, {amount}, rules out {n} sites.",
        int(row["excluded_sites"]),
    )
    if not row["binding"]:
        effect = _("It does not bind: the plan would be the same without it.")
    elif not row["helped_without"]:
        effect = _("It binds, but nobody would be within the norm without it who is not with it.")
    else:
        effect = by_what_counts(
            result.config,
            _(
                "It binds: without it {more} fewer people would stay beyond the norm, for {without_cost} instead of "
                "{with_cost}; within the norm would be {helped} too."
            ),
            _(
                "It binds: without it fewer settlements would stay beyond the norm (by {more}), for {without_cost} "
                "instead of {with_cost}; within the norm would be {helped} too."
            ),
        )
    texts = [ruled_out, effect]
    if row["only_too_dear"]:
        facts["only"] = _places(result, row["only_too_dear"])
        texts.append(
            _("Only a site above the cap would bring {only} within the norm: they need another form of provision.")
        )
    return " ".join(text.format(**facts) for text in texts)


def _cap(result: StudyResult, name: object) -> str:
    """Return what a cap is on, in words."""
    if name == "per_head":
        return by_what_counts(result.config, word(CAPS, name), _("money per settlement helped"))
    return word(CAPS, name)


def _places(result: StudyResult, codes: str) -> str:
    names = SettlementNames(result)
    return listed([names[code] for code in codes.split()])


def _support_table(result: StudyResult, service: str) -> TextTable:
    names, sites = SettlementNames(result), SiteNames(result)
    rows = [
        (
            names.get(row["settlement_id"]) or sites[row["site_id"]],
            people(row["gained_persons"]),
            millions(row["cost"]),
            _("helps nobody") if pd.isna(row["cost_per_head"]) else millions(row["cost_per_head"], 2),
            _cap(result, row["excluded_by"]) if row["excluded_by"] else "",
        )
        for row in result.table("support_sites", service=service).to_dict("records")
    ]
    heads = (
        _("Place"),
        Head(by_what_counts(result.config, _("People helped"), _("Settlements helped")), number=True),
        cost_head(result, service),
        Head(
            by_what_counts(result.config, _("Per person (million)"), _("Per settlement (million)")),
            number=True,
        ),
        _("Ruled out by"),
    )
    return long_table(service_name(result, service), heads, rows, table="support_sites")
