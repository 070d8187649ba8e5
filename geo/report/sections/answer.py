"""The first page of the report, and what the hearing pack shares with it: answer, map, ranked table, proof."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from geo.language import gettext as _
from geo.language import mark, ngettext
from geo.maps.html import package_text, render
from geo.report.sections.plan_map import report_map
from geo.study import explain
from geo.study.result import StudyResult

#: Rows of the ranked table that fit on the first page.
MOST_RANKED: Final = 6
#: Most settlements of a whole study that get a sheet each, where the study has several units.
MOST_SHEETS: Final = 400

#: Pages of a unit's folder in the order in which they are linked, with the words of the link.
PAGES: Final = {
    "map.html": mark("Map"),
    "map-online.html": mark("Map with an internet background"),
    "report.html": mark("Report"),
    "hearing.html": mark("Hearing pack"),
    "settlements.html": mark("Sheets of the settlements"),
    "transport.html": mark("School transport"),
    "tables.xlsx": mark("All tables"),
    "results.gpkg": mark("Layers for GIS"),
}


def has_sheets(result: StudyResult) -> bool:
    """Return whether a unit gets one page per settlement: a whole study only if it is small or has a single unit."""
    return len(result.boundary) == 1 or len(result.settlements) < MOST_SHEETS


def has_transport(result: StudyResult) -> bool:
    """Return whether a unit gets the annex of school buses: the study asks for them, and there are pupils."""
    return len(result.tables["transport_pupils"]) > 0


def page_links(result: StudyResult, own: str) -> list[dict[str, str]]:
    """Return the links from one page of a unit to the others."""
    return [{"href": page, "text": _(PAGES[page])} for page in unit_pages(result) if page != own]


def unit_pages(result: StudyResult) -> tuple[str, ...]:
    """Return the files of a unit's folder that are linked."""
    left_out = set() if has_sheets(result) else {"settlements.html"}
    if not has_transport(result):
        left_out.add("transport.html")
    return tuple(page for page in PAGES if page not in left_out)


def answer(result: StudyResult, service: dict[str, Any], width_px: int = 480, height_px: int = 520) -> dict[str, Any]:
    """Return what the first page of a service adds to the first screen.

    Parameters
    ----------
    result
        Results of the unit.
    service
        One entry of the services of `geo.maps.first_screen.first_screen`.
    width_px, height_px
        Size of the map; four pixels are a millimetre on paper.
    """
    rows = service["ranked"]
    more = len(rows) - MOST_RANKED if len(rows) > MOST_RANKED + 1 else 0
    text = ngettext("{n} more site stands in the list below.", "{n} more sites stand in the list below.", more)
    return {
        "picture": report_map(result, service["name"], width_px, height_px),
        "first_ranked": rows[:MOST_RANKED] if more else rows,
        "more_ranked": text.format(n=more) if more else "",
        "proof": explain.proof(result, service["name"]),
    }


def recommendation_texts(result: StudyResult, service: str) -> list[tuple[int | None, str]]:
    """Return rank and paragraph of every opened site, in the order of the ranked table."""
    ranks = result.table("recommendations", service=service, action="open").sort_values("rank")["rank"]
    known = [None if pd.isna(rank) else int(rank) for rank in ranks]
    return [(rank, "" if rank is None else explain.recommendation(result, service, rank)) for rank in known]


def print_page(template: str, **content: Any) -> str:
    """Return a page for paper and screen from a template of this package."""
    return render(template, report_css=package_text("geo.report", "templates", "report.css"), **content)
