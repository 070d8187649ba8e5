"""The school transport annex: routes, stops and sketch maps as a district akimat adopts them, as a draft."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pandas as pd

from geo.language import current, ngettext, numbers
from geo.language import gettext as _
from geo.maps.credits import credit_lines
from geo.maps.first_screen import banners, unit_name
from geo.report.annex.route import BusRouteText, imputed_settlements, school_name, seats_in_words
from geo.report.annex.words import legal_grounds, outcome_words, route_rules
from geo.report.sections.answer import page_links, print_page
from geo.report.sections.content import Head, TextTable, text_table
from geo.study import explain
from geo.study.config import Transport
from geo.study.figures import people, tenths
from geo.study.result import StudyResult
from geo.study.wording import settlement_name

PAGE: Final = "transport.html"
#: Outcomes in the order of the page.
_OUTCOMES: Final = ("own-school", "walks", "carried", "beyond-cap", "no-road", "no-school", "unknown")
_NOT_CARRIED: Final = ("beyond-cap", "no-road", "no-school", "unknown")


def annex_page(result: StudyResult) -> str:
    """Return the annex of a unit as one self-contained page in the language in use.

    Raises
    ------
    LookupError
        If the study asks for no buses in this unit (`geo.report.answer.has_transport`).
    """
    services = [_service(result, service.name) for service in result.config.service if service.transport]
    if not services:
        raise LookupError("the study asks for no buses")
    return print_page(
        "report/annex.j2",
        unit=unit_name(result),
        title=result.config.study.title.in_language(current()),
        banners=[_("DRAFT - supports a decision"), *banners(result)],
        links=page_links(result, PAGE),
        services=services,
        legal=legal_grounds(),
        sources=credit_lines(result),
        closing=explain.closing_sentence(),
    )


def write_annex(result: StudyResult, path: Path) -> None:
    """Write the annex of a unit as one self-contained page that prints on A4.

    Parameters
    ----------
    result
        Results of the unit.
    path
        File to write, usually ``transport.html``.
    """
    path.write_text(annex_page(result), encoding="utf-8", newline="\n")


def _service(result: StudyResult, service: str) -> dict[str, Any]:
    config = result.service(service)
    rules = config.transport or Transport()
    pupils = result.table("transport_pupils", service=service)
    stops = result.table("transport_routes", service=service)
    routes = [BusRouteText(result, rules, rows) for _number, rows in stops.groupby("route", sort=False)]
    return {
        "label": config.label.in_language(current()),
        "headline": _headline(result, pupils, routes, rules),
        "figures": _figures(result, pupils, routes, rules),
        "everybody": _everybody(result, pupils, rules),
        "summary": _summary(routes),
        "left": _not_carried(result, pupils, rules),
        "routes": [route.content() for route in routes],
        "rules": route_rules(result, rules),
    }


def _count(result: StudyResult, pupils: pd.DataFrame, outcomes: tuple[str, ...]) -> tuple[int, str]:
    """Return settlements, and their pupils as text."""
    rows = pupils[pupils["outcome"].isin(outcomes)]
    service = rows["service"].iloc[0] if len(rows) else ""
    imputed = bool(service) and bool(imputed_settlements(result, service) & set(rows["settlement_id"]))
    if len(rows) and rows["pupils"].isna().all():
        return len(rows), _("unknown")
    return len(rows), people(int(rows["pupils"].fillna(0).sum()), imputed)


def _headline(result: StudyResult, pupils: pd.DataFrame, routes: list[BusRouteText], rules: Transport) -> str:
    carried = _count(result, pupils, ("carried",))[1]
    text = ngettext(
        "{n} bus brings {pupils} pupils who live more than {km} km from their school.",
        "{n} buses bring {pupils} pupils who live more than {km} km from their school.",
        len(routes),
    )
    sentences = [
        text.format(n=numbers.persons(len(routes)), pupils=carried, km=numbers.decimal(rules.walk_km, 0))
        if routes
        else _("No bus is needed or possible.")
    ]
    places, left = _count(result, pupils, _NOT_CARRIED)
    if places:
        sentences.append(_("Not carried: {pupils} pupils; the reasons are listed.").format(pupils=left))
    closed = [route.number for route in routes if route.seasons_of("closed_seasons")]
    if closed:
        text = _("Roads are closed in some season on these routes: {routes}.")
        sentences.append(text.format(routes=", ".join(closed)))
    return " ".join(sentences)


def _figures(
    result: StudyResult, pupils: pd.DataFrame, routes: list[BusRouteText], rules: Transport
) -> list[dict[str, str]]:
    day_km = sum(route.day_km for route in routes)
    seats = sum(int(route.school["seats"]) for route in routes)
    longest = max((route.ride_minutes for route in routes), default=0.0)
    places, left = _count(result, pupils, _NOT_CARRIED)
    carried = _count(result, pupils, ("carried",))[1]
    limit = _("limit {limit}").format(limit=numbers.minutes(rules.max_ride_minutes))
    rows = (
        (_("Buses"), numbers.persons(len(routes)), seats_in_words(seats) if routes else ""),
        (_("Pupils carried"), carried, _("not carried: {pupils}").format(pupils=left) if places else ""),
        (_("Kilometres a day"), numbers.decimal(day_km, 0), _("there and back, empty runs included")),
        (_("Longest ride"), numbers.minutes(longest) if routes else "–", limit),
    )
    return [{"label": label, "value": value, "note": note} for label, value, note in rows]


def _everybody(result: StudyResult, pupils: pd.DataFrame, rules: Transport) -> TextTable:
    """Return all pupils of the unit by how they come to school."""
    words, rows = outcome_words(rules), []
    for outcome in _OUTCOMES:
        places, count = _count(result, pupils, (outcome,))
        if places:
            rows.append((words[outcome], numbers.persons(places), count))
    heads = (_("How pupils come to school"), Head(_("Settlements"), number=True), Head(_("Pupils"), number=True))
    total = _count(result, pupils, _OUTCOMES)
    rows.append((_("All"), numbers.persons(total[0]), total[1]))
    return text_table(_("How pupils come to school"), heads, rows, table="transport_pupils")


def _summary(routes: list[BusRouteText]) -> TextTable:
    rows = [
        (
            _("{n}. {name}").format(n=route.number, name=route.school_name),
            ", ".join(route.names),
            route.n_pupils,
            numbers.persons(int(route.school["seats"])),
            tenths(route.school["total_km"]),
            tenths(route.day_km),
            tenths(route.ride_minutes),
            route.words_of("closed_seasons") or "–",
            route.words_of("beyond_cap_seasons") or "–",
        )
        for route in routes
    ]
    heads = (
        _("Route to"),
        _("Stops"),
        Head(_("Pupils"), number=True),
        Head(_("Seats"), number=True),
        Head(_("km"), number=True),
        Head(_("km a day"), number=True),
        Head(_("Longest ride (min)"), number=True),
        _("No bus in"),
        _("Over the limit in"),
    )
    return text_table(_("Routes"), heads, rows, nothing=_("No route."), table="transport_routes")


def _not_carried(result: StudyResult, pupils: pd.DataFrame, rules: Transport) -> TextTable:
    words = outcome_words(rules)
    rows = pupils[pupils["outcome"].isin(_NOT_CARRIED)]
    imputed = imputed_settlements(result, str(rows["service"].iloc[0])) if len(rows) else set()
    rows = rows.sort_values("pupils", ascending=False, kind="stable")
    cells = [
        (
            settlement_name(result, str(row["settlement_id"])),
            people(row["pupils"], row["settlement_id"] in imputed),
            school_name(result, str(row["service"]), str(row["site_id"])) if row["site_id"] else "–",
            tenths(row["km"], "–"),
            tenths(row["alone_minutes"], "–"),
            words[row["outcome"]],
        )
        for _number, row in rows.iterrows()
    ]
    heads = (
        _("Settlement"),
        Head(_("Pupils"), number=True),
        _("School"),
        Head(_("km"), number=True),
        Head(_("Ride alone (min)"), number=True),
        _("Why no bus"),
    )
    nothing = _("Every pupil beyond the walking norm is carried.")
    return text_table(_("Not carried"), heads, cells, nothing=nothing, table="transport_pupils")
