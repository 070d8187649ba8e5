"""The hearing pack: two sheets per service that answer what is asked aloud in the hall, and one on the programme."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pandas as pd

from geo.language import current, ngettext, numbers
from geo.language import gettext as _
from geo.maps.first_screen import first_screen
from geo.report.sections import effects
from geo.report.sections.answer import has_sheets, page_links, print_page
from geo.report.sections.content import Head, TextTable, text_table
from geo.report.sections.diagnosis import people_shown
from geo.report.sections.facts import competent_body, gaining_places, legal_basis
from geo.report.sections.names import SettlementNames
from geo.report.sections.plan_map import report_map
from geo.report.sections.programme_sheet import programme_sheet
from geo.report.sections.proposal_words import in_short
from geo.study import explain
from geo.study.diagnosis import sentences
from geo.study.figures import people
from geo.study.headline import losers_sentence
from geo.study.result import WORST, StudyResult
from geo.study.wording import counted, people_are_imputed

#: Two sheets hold no more: the rest is counted, and stands in the report.
_MOST_BELOW: Final = 6
_MOST_RANKED: Final = 5
_MOST_GAINING: Final = 6
_MOST_LOSERS: Final = 4
_MOST_INSTEAD: Final = 3
_MOST_LIMITS: Final = 4
_SHORT: Final = ("within_persons", "beyond_persons", "unreachable_persons", "p90_minutes", "max_minutes")


def hearing_page(result: StudyResult) -> str:
    """Return the hearing pack of a unit as one self-contained page in the language in use."""
    content = first_screen(result)
    for entry in content["services"]:
        entry.update(_sheets(result, entry))
    return print_page(
        "report/hearing.j2",
        **content,
        programme=programme_sheet(result),
        links=page_links(result, "hearing.html"),
        closing=explain.closing_sentence(),
    )


def write_hearing(result: StudyResult, path: Path) -> None:
    """Write the hearing pack of a unit: two A4 pages per service, and one on the programme where there is one.

    Parameters
    ----------
    result
        Results of the unit.
    path
        File to write, usually ``hearing.html``.
    """
    path.write_text(hearing_page(result), encoding="utf-8", newline="\n")


def _sheets(result: StudyResult, entry: dict[str, Any]) -> dict[str, Any]:
    service = entry["name"]
    planned = effects.has_plan(result, service)
    ranked = entry["ranked"]
    return {
        "asked": _question(result, service),
        "today": f"{sentences.by_season(result, service)} {_how_sure(result, service)}".strip(),
        "below": _below(result, service),
        "picture": report_map(result, service, width_px=450, height_px=500),
        "first_ranked": ranked[:_MOST_RANKED],
        "more_ranked": _more(len(ranked) - _MOST_RANKED),
        "change": _change(result, service) if planned else None,
        "gaining": _gaining(result, service) if planned else None,
        "losers": _losers(result, service) if planned else None,
        "losers_sentence": losers_sentence(result, service) if planned else "",
        "instead": _instead(result, service),
        "proof": explain.proof(result, service),
        "proposal": in_short(result, service),
        "limits": explain.limits(result)[:_MOST_LIMITS],
        "sheets": has_sheets(result),
        "basis": legal_basis(result, service),
        "body": competent_body(result, service),
    }


def _question(result: StudyResult, service: str) -> str:
    """Return the question that the plan answers, in one sentence."""
    limit = numbers.minutes(result.norms[service].value)
    text = _("Where should the next site open ({site}), so that as few people as possible live farther than {limit}?")
    return text.format(site=result.service(service).site_label.in_language(current()), limit=limit)


def _how_sure(result: StudyResult, service: str) -> str:
    return _("How sure: {text}").format(text=sentences.how_sure(result, service))


def _more(count: int) -> str:
    if count <= 0:
        return ""
    text = ngettext("{n} more row stands in the report.", "{n} more rows stand in the report.", count)
    return text.format(n=numbers.persons(count))


def _below(result: StudyResult, service: str) -> TextTable:
    """Return the largest places that are not within the norm today, with their minutes or why there is no way."""
    names, shown = SettlementNames(result), people_shown(result, service)
    rows = effects.baseline_rows(result, service)
    rows = rows[rows["verdict"].isin(("beyond", "unreachable"))]
    rows = rows.sort_values(["persons", "settlement_id"], ascending=[False, True])
    cells = [
        (
            names[row["settlement_id"]],
            shown(row),
            explain.verdict(row) if pd.isna(row["minutes"]) else numbers.minutes(float(row["minutes"])),
        )
        for _number, row in rows.head(_MOST_BELOW).iterrows()
    ]
    heads = (_("Place"), Head(counted(result.config), number=True), _("To the nearest today"))
    nothing = _("Everybody is within the norm today.")
    return text_table(_("Not within the norm today"), heads, cells, nothing, _more(len(rows) - _MOST_BELOW))


def _change(result: StudyResult, service: str) -> TextTable:
    """Return the figures of the worst season, today and with the plan."""
    rows = result.table("before_after", service=service, season=WORST).set_index("indicator")
    cells = []
    for name in _SHORT:
        if name not in rows.index:
            continue
        show = people if name.endswith("_persons") else _trip
        cells.append((_(effects.INDICATORS[name]), show(rows.loc[name, "before"]), show(rows.loc[name, "after"])))
    several = len(result.config.season) > 1
    title = _("In the worst season") if several else _("People and trips")
    heads = (title, Head(_("Today"), number=True), Head(_("With the plan"), number=True))
    return text_table(title, heads, cells, _("There is no plan to compare with."))


def _trip(value: Any) -> str:
    return _("no way") if pd.isna(value) else numbers.decimal(float(value), 1)


def _gaining(result: StudyResult, service: str) -> TextTable:
    """Return the largest places that come within the norm."""
    names = SettlementNames(result)
    rows = gaining_places(result, service)
    imputed = dict(zip(result.settlements.index, people_are_imputed(result, service), strict=True))
    cells = [
        (
            names[settlement],
            people(row["persons"], imputed[settlement]),
            _("no way") if pd.isna(row["before"]) else numbers.minutes(float(row["before"])),
            numbers.minutes(float(row["after"])),
        )
        for settlement, row in rows.head(_MOST_GAINING).iterrows()
    ]
    heads = (
        _("Who comes within the norm"),
        Head(counted(result.config), number=True),
        Head(_("Today"), number=True),
        Head(_("With the plan"), number=True),
    )
    nothing = _("Nobody new comes within the norm; trips get shorter.")
    return text_table(_("Who comes within the norm"), heads, cells, nothing, _more(len(rows) - _MOST_GAINING))


def _losers(result: StudyResult, service: str) -> TextTable:
    """Return the first of those whose trip gets longer."""
    table = effects.losers(result, service)
    rows = table.rows[:_MOST_LOSERS]
    return text_table(table.title, table.heads, rows, table.nothing, _more(len(table.rows) - _MOST_LOSERS))


def _instead(result: StudyResult, service: str) -> list[str]:
    """Return why not the neighbour, for the first of what opens."""
    rows = result.table("recommendations", service=service, action="open").sort_values("rank")
    texts = []
    for _number, row in rows.iterrows():
        reason = explain.second_best(result, service, row)
        if reason:
            place = explain.settlement_or_site(result, row)
            texts.append(_("{place}: {reason}").format(place=place, reason=reason))
    return texts[:_MOST_INSTEAD]
