"""The printable report of a unit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from geo.language import gettext as _
from geo.maps.credits import credit_lines
from geo.maps.first_screen import closures, first_screen
from geo.report.sections import diagnosis, effects, grounds
from geo.report.sections.answer import answer, page_links, print_page, recommendation_texts
from geo.report.sections.chapter import diagnosis_chapter, programme_chapter
from geo.report.sections.charts import people_by_season
from geo.report.sections.content import Head, TextTable, text_table
from geo.report.sections.facts import competent_body, site_facts
from geo.report.sections.first_page import first_page
from geo.report.sections.proposal import proposal_section
from geo.study import explain
from geo.study.result import StudyResult


def report_page(result: StudyResult) -> str:
    """Return the report of a unit as one self-contained page in the language in use."""
    content = first_screen(result)
    for entry in content["services"]:
        entry.update(answer(result, entry))
        entry.update(_service_sections(result, entry))
    return print_page(
        "report/report.j2",
        **content,
        links=page_links(result, "report.html"),
        today=first_page(result),
        chapter=diagnosis_chapter(result),
        programme=programme_chapter(result),
        quality=grounds.data_quality(result),
        seasons=grounds.seasons(result),
        speeds=grounds.speeds(result),
        rules=grounds.joining_rules(result) + grounds.demand_rules(result) + grounds.price_rules(result),
        norms=grounds.norms(result),
        distances=grounds.distance_check(result),
        limits=explain.limits(result),
        sources=credit_lines(result),
        closing=explain.closing_sentence(),
    )


def _service_sections(result: StudyResult, entry: dict[str, Any]) -> dict[str, Any]:
    service = entry["name"]
    planned = effects.has_plan(result, service)
    return {
        "chart": people_by_season(result, service),
        "planned": planned,
        "recommended": _recommended(result, service, entry["ranked"]),
        "closed": _closed(result, service),
        "cost": grounds.plan_cost(result, service),
        "before_after": effects.before_after(result, service),
        "losers": effects.losers(result, service) if planned else None,
        "below": diagnosis.below_norm(result, service),
        "cut_off": diagnosis.unreachable(result, service),
        "proposal": proposal_section(result, service),
        "alternatives": effects.alternatives(result, service),
        "scenarios": effects.scenarios(result, service),
        "body": competent_body(result, service),
    }


def _recommended(result: StudyResult, service: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the ranked rows, each with its paragraph and what it rests on."""
    texts = recommendation_texts(result, service)
    return [
        row | {"text": text, "facts": [] if rank is None else site_facts(result, service, rank)}
        for row, (rank, text) in zip(rows, texts, strict=True)
    ]


def _closed(result: StudyResult, service: str) -> TextTable:
    """Return what the study itself closes, with what it means for the place where it stands."""
    rows = [
        (
            _("{name} ({level})").format(name=row["name"], level=row["level"]),
            row["people"] or _("unknown"),
            row["before"],
            row["after"],
        )
        for row in closures(result, service)
    ]
    heads = (
        _("Facility"),
        Head(_("People who live there"), number=True),
        Head(_("Today"), number=True),
        Head(_("With the plan"), number=True),
    )
    return text_table(_("Closed by the study's wish"), heads, rows, table="recommendations")


def write_report(result: StudyResult, path: Path) -> None:
    """Write the report of a unit as one self-contained page that prints on A4.

    Parameters
    ----------
    result
        Results of the unit.
    path
        File to write, usually ``report.html``.
    """
    path.write_text(report_page(result), encoding="utf-8", newline="\n")
