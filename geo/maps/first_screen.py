"""What a reader sees first, on the map and in the report alike: banners, headline, three figures, the ranked table."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geo.language import current, numbers
from geo.language import gettext as _
from geo.maps.sites import shown_sites, with_id
from geo.maps.words import LEVELS, word
from geo.study import explain
from geo.study.result import StudyResult


def banners(result: StudyResult) -> list[str]:
    """Return the warnings that every page carries at its head."""
    texts = []
    if result.config.study.synthetic:
        texts.append(_("SYNTHETIC - not a real place"))
    if not all(norm.verified for norm in result.norms.values()):
        texts.append(_("norm not legally verified"))
    return texts


def unit_name(result: StudyResult) -> str:
    """Return the unit's name in the language in use, falling back to another language."""
    names = result.unit_name
    return next((names[key] for key in (current(), "en", "ru", "kk") if names.get(key)), result.unit_id)


def first_screen(result: StudyResult) -> dict[str, Any]:
    """Return the content that both page templates begin with."""
    language = current()
    return {
        "title": result.config.study.title.in_language(language),
        "unit": unit_name(result),
        "question": result.config.study.question.in_language(language) if result.config.study.question else "",
        "notes": [note.in_language(language) for note in result.config.study.notes],
        "banners": banners(result),
        "services": [
            {
                "name": service.name,
                "label": service.label.in_language(language),
                "norm": norm_line(result, service.name),
                "headline": explain.headline(result, service.name),
                "figures": explain.figures(result, service.name),
                "ranked": ranked(result, service.name),
            }
            for service in result.config.service
        ],
    }


def norm_line(result: StudyResult, service: str) -> str:
    """Return the norm that siting answers, with a warning where no lawyer has checked it."""
    norm = result.norms[service]
    if norm.verified:
        return norm.title(current())
    return _("{norm} (norm not legally verified)").format(norm=norm.title(current()))


def ranked(result: StudyResult, service: str) -> list[dict[str, Any]]:
    """Return the rows of the ranked table; ranks are the numbers on the map."""
    sites = shown_sites(result)
    rows = result.table("recommendations", service=service).sort_values("rank")
    return [_ranked_row(row, sites[sites["service"] == service], result) for _number, row in rows.iterrows()]


def _ranked_row(row: pd.Series[Any], sites: pd.DataFrame, result: StudyResult) -> dict[str, Any]:
    found = sites.index[sites["site_id"] == row["site_id"]]
    number = int(found[0]) if len(found) else None
    return {
        "rank": "" if pd.isna(row["rank"]) else numbers.persons(float(row["rank"])),
        "action": str(row["action"]),
        "site": number,
        "name": site_name(result, row["site_id"]),
        "level": word(LEVELS, row["level"]),
        "gained": None if pd.isna(row["gained_persons"]) else numbers.persons(float(row["gained_persons"])),
        "before": _minutes(row["before_minutes"]),
        "after": _minutes(row["after_minutes"]),
    }


def site_name(result: StudyResult, site_id: object) -> str:
    """Return a site's name, empty where there is no site."""
    if not isinstance(site_id, str) or not site_id:
        return ""
    rows = with_id(result.sites, "site_id")
    rows = rows[rows["site_id"] == site_id]
    return explain.name_of(rows.iloc[0]) if len(rows) else ""


def _minutes(value: Any) -> str:
    return _("no way") if pd.isna(value) else numbers.minutes(float(value))
