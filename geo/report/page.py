"""The printable report of a unit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from geo.language import current
from geo.language import gettext as _
from geo.maps.credits import credit_lines
from geo.maps.first_screen import closures, first_screen, ranked
from geo.maps.html import render
from geo.report import diagnosis, effects, grounds
from geo.report.charts import people_by_season
from geo.report.content import Head, TextTable, text_table
from geo.study import explain
from geo.study.result import StudyResult


def report_page(result: StudyResult) -> str:
    """Return the report of a unit as one self-contained page in the language in use."""
    content = first_screen(result)
    for entry in content["services"]:
        entry.update(_service_sections(result, entry["name"]))
    return render(
        "report/report.j2",
        **content,
        compliance=diagnosis.compliance(result),
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


def _service_sections(result: StudyResult, service: str) -> dict[str, Any]:
    planned = effects.has_plan(result, service)
    return {
        "chart": people_by_season(result, service),
        "planned": planned,
        "recommended": _recommended(result, service),
        "closed": _closed(result, service),
        "cost": grounds.plan_cost(result, service),
        "proof": explain.proof(result, service),
        "before_after": effects.before_after(result, service),
        "losers": effects.losers(result, service) if planned else None,
        "below": diagnosis.below_norm(result, service),
        "cut_off": diagnosis.unreachable(result, service),
        "alternatives": effects.alternatives(result, service),
        "scenarios": effects.scenarios(result, service),
        "body": _competent_body(result, service),
    }


def _recommended(result: StudyResult, service: str) -> list[dict[str, Any]]:
    """Return the ranked rows, each with its paragraph."""
    rows = result.table("recommendations", service=service, action="open").sort_values("rank")
    texts = ["" if pd.isna(rank) else explain.recommendation(result, service, int(rank)) for rank in rows["rank"]]
    return [row | {"text": text} for row, text in zip(ranked(result, service), texts, strict=True)]


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
    return text_table(_("Closed by the study's wish"), heads, rows)


def _competent_body(result: StudyResult, service: str) -> str:
    body = result.service(service).competent_body
    return body.in_language(current()) if body else ""


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
