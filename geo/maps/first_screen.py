"""What a reader sees first, on the map and in the report alike: banners, headline, three figures, the ranked table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from geo.language import current, numbers
from geo.language import gettext as _
from geo.maps.access import rows_by_plan_and_season
from geo.maps.sites import site_numbers, with_id
from geo.study import explain
from geo.study.config import StudyConfig
from geo.study.result import BASELINE, HEADLINE, WORST, StudyResult
from geo.study.wording import LEVELS, people_are_imputed, word


def study_banners(config: StudyConfig) -> list[str]:
    """Return the warnings that hold for a study whatever its results are."""
    found = [_("SYNTHETIC - not a real place")] if config.study.synthetic else []
    return [*found, _("settlements are counted, not people")] if config.demand.counts == "settlements" else found


def banners(result: StudyResult) -> list[str]:
    """Return the warnings that every page carries at its head."""
    texts = study_banners(result.config)
    if result.settlements["population_imputed"].fillna(value=False).any():
        texts.append(_("people imputed"))
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
                "figures": figures(result, service.name),
                "demand": explain.assumed_demand(service),
                "ranked": ranked(result, service.name),
                "closures": closures(result, service.name),
            }
            for service in result.config.service
        ],
        "several_seasons": len(result.config.season) > 1,
    }


def figures(result: StudyResult, service: str) -> list[explain.Figure]:
    """Return the three figures; where people are imputed, what counts them carries the sign."""
    if not any(people_are_imputed(result, service)):
        return list(explain.figures(result, service))
    nobody = numbers.persons(0)
    return [
        figure if figure.value == nobody else replace(figure, value=_("≈{people}").format(people=figure.value))
        for figure in explain.figures(result, service)
    ]


def norm_line(result: StudyResult, service: str) -> str:
    """Return the norm that siting answers, with a warning where no lawyer has checked it."""
    norm = result.norms[service]
    if norm.verified:
        return norm.title(current())
    return _("{norm} (norm not legally verified)").format(norm=norm.title(current()))


def ranked(result: StudyResult, service: str) -> list[dict[str, Any]]:
    """Return the rows of the ranked table, what opens; ranks are the numbers on the map."""
    config = result.service(service)
    rows = result.table("recommendations", service=service, action="open").sort_values("rank")
    imputed = _served_imputed(result, service)
    return [
        {
            "rank": "" if pd.isna(row["rank"]) else numbers.persons(float(row["rank"])),
            "action": "open",
            "site": _site_number(result, service, row["site_id"]),
            "name": site_name(result, row["site_id"]),
            "level": config.site_label.in_language(current()),
            "gained": _people(row["gained_persons"], row["site_id"] in imputed),
            "before": _minutes(row["before_minutes"]),
            "after": _minutes(row["after_minutes"]),
        }
        for _number, row in rows.iterrows()
    ]


def closures(result: StudyResult, service: str) -> list[dict[str, Any]]:
    """Return what the study itself closes, with the people and minutes of the place where it stands."""
    rows = result.table("recommendations", service=service, action="close").sort_values("rank")
    return [_closure(result, service, row) for _number, row in rows.iterrows()]


def _closure(result: StudyResult, service: str, row: pd.Series[Any]) -> dict[str, Any]:
    times = result.table("access_settlement", service=service, settlement_id=row["settlement_id"], season=WORST)
    by_plan = times.set_index("plan")
    imputed = dict(zip(result.settlements.index, people_are_imputed(result, service), strict=True))
    # A facility outside the unit stands in no settlement of its tables: then there is nothing to say about people.
    place = len(by_plan) > 0
    return {
        "rank": "",
        "action": "close",
        "site": _site_number(result, service, row["site_id"]),
        "name": site_name(result, row["site_id"]),
        "level": word(LEVELS, row["level"]),
        "people": _people(by_plan.loc[BASELINE, "persons"], imputed[row["settlement_id"]]) if place else None,
        "before": _minutes(by_plan.loc[BASELINE, "minutes"]) if place else "",
        "after": _minutes(by_plan.loc[HEADLINE, "minutes"]) if place else "",
    }


def _site_number(result: StudyResult, service: str, site_id: object) -> int | None:
    return site_numbers(result, service).get(str(site_id))


def _served_imputed(result: StudyResult, service: str) -> set[str]:
    """Return the sites that with the plan serve a settlement whose people are imputed and who were beyond the norm."""
    plans = {plan: rows for plan, season, rows in rows_by_plan_and_season(result, service) if season == WORST}
    if HEADLINE not in plans:
        return set()
    gains = (plans[BASELINE]["verdict"] != "within") & (plans[HEADLINE]["verdict"] == "within")
    chosen = gains.to_numpy(dtype=bool) & np.array(people_are_imputed(result, service), dtype=bool)
    return set(plans[HEADLINE]["site_id"][chosen].dropna().astype(str))


def _people(value: Any, imputed: bool) -> str | None:
    """Return people, with the sign where some are imputed; None where they are unknown."""
    if pd.isna(value):
        return None
    text = numbers.persons(float(value))
    return _("≈{people}").format(people=text) if imputed and value > 0 else text


def site_name(result: StudyResult, site_id: object) -> str:
    """Return a site's name, empty where there is no site."""
    if not isinstance(site_id, str) or not site_id:
        return ""
    rows = with_id(result.sites, "site_id")
    rows = rows[rows["site_id"] == site_id]
    return explain.name_of(rows.iloc[0]) if len(rows) else ""


def _minutes(value: Any) -> str:
    return _("no way") if pd.isna(value) else numbers.minutes(float(value))
