"""Everything that a map page embeds: words, seasons, services, sites and layers, ready for JSON."""

from __future__ import annotations

from typing import Any

import numpy as np
from babel.numbers import get_group_symbol

from geo.language import current
from geo.language import gettext as _
from geo.maps.access import plans_of, rows_by_plan_and_season, season_with_months, seasons_of
from geo.maps.classes import CODES, COLOURS, class_labels
from geo.maps.layers import LAYERS
from geo.maps.sites import site_entries
from geo.maps.words import LEVELS, word
from geo.study import explain
from geo.study.config import ServiceConfig
from geo.study.result import WORST, StudyResult


def page_data(result: StudyResult) -> dict[str, Any]:
    """Return the data block of a map page."""
    language = current()
    return {
        "numbers": {"group": get_group_symbol(language), "noWay": _("no way"), "unknown": _("unknown")},
        "words": _words() | _season_words(several=len(result.config.season) > 1),
        "bounds": _bounds(result),
        "colours": dict(zip(CODES, COLOURS, strict=False)),
        "codes": list(CODES),
        "services": [_service(result, service) for service in result.config.service],
        "sites": [entry | {"level": _level(result, entry)} for entry in site_entries(result)],
        "layers": [
            {"name": name, "title": _(layer.title), "shown": layer.shown, "data": layer.build(result)}
            for name, layer in LAYERS.items()
        ],
    }


def _level(result: StudyResult, entry: dict[str, Any]) -> str:
    """Return what a site is called: its own level where it stands, the study's word for what would open."""
    if entry["existing"]:
        return word(LEVELS, entry["level"])
    return result.service(entry["service"]).site_label.in_language(current())


def _service(result: StudyResult, service: ServiceConfig) -> dict[str, Any]:
    limit = result.norms[service.name].value
    hardest = explain.worst_season(result, service.name)
    return {
        "name": service.name,
        "label": service.label.in_language(current()),
        "siteLabel": service.site_label.in_language(current()),
        "classLabels": class_labels(limit),
        "plans": list(plans_of(result, service.name)),
        "hardest": hardest,
        "hardestLabel": season_with_months(result, hardest),
        "oneWorst": one_worst_season(result, service.name, hardest),
        "seasons": _seasons(result, service.name),
    }


def _seasons(result: StudyResult, service: str) -> list[dict[str, str]]:
    """Return the choices of the season switch, the worst first.

    Where one season is the worst for everybody, today and after the plan, it is not offered a second time.
    """
    hardest = explain.worst_season(result, service)
    same = one_worst_season(result, service, hardest)
    if len(result.config.season) == 1:
        return [{"name": WORST, "label": season_with_months(result, hardest)}]
    words = _("worst season: {season}") if same else _("every place in its worst season, mostly {season}")
    choices = [{"name": WORST, "label": words.format(season=season_with_months(result, hardest))}]
    others = sorted(result.config.season, key=lambda season: season.name != hardest)
    choices += [
        {"name": season.name, "label": season_with_months(result, season.name)}
        for season in others
        if not (same and season.name == hardest)
    ]
    return choices


def one_worst_season(result: StudyResult, service: str, season: str) -> bool:
    """Return whether one season is the worst for every settlement, today and with the plan."""
    columns: dict[str, list[Any]] = {name: [] for name in seasons_of(result)}
    for _plan, name, rows in rows_by_plan_and_season(result, service):
        columns[name].append(rows["minutes"].to_numpy(dtype=float, na_value=np.nan))
    return np.array_equal(np.concatenate(columns[WORST]), np.concatenate(columns[season]), equal_nan=True)


def _bounds(result: StudyResult) -> list[list[float]]:
    """Return south-west and north-east corners of the unit and its settlements."""
    boxes = [layer.total_bounds for layer in (result.boundary, result.settlements) if len(layer)]
    west, south = np.min(boxes, axis=0)[:2]
    east, north = np.max(boxes, axis=0)[2:]
    return [[round(float(south), 5), round(float(west), 5)], [round(float(north), 5), round(float(east), 5)]]


def _words() -> dict[str, str]:
    """Return the words that the page's program puts into the page."""
    return {
        "minutes": _("{minutes} min"),
        "hours": _("{hours} h"),
        "hoursMinutes": _("{hours} h {minutes} min"),
        "imputed": _("≈{people}"),
        "today": _("today"),
        "after": _("with the plan"),
        "people": _("People"),
        "peopleUnknown": _("unknown"),
        "places": _("Places"),
        "total": _("All"),
        "season": _("Season"),
        "nearestToday": _("Nearest today"),
        "nearestAfter": _("Nearest with the plan"),
        "roadKm": _("Nearest road: {km} km"),
        "close": _("Close"),
        "zoomIn": _("Zoom in"),
        "zoomOut": _("Zoom out"),
        "kilometres": _("km"),
        "metres": _("m"),
        "shown": _("{service}: {season}, {plan}"),
        "below": _("{places} places, {people} people below the norm: {season}, {plan}"),
        "noneBelow": _("Nobody is below the norm: {season}, {plan}"),
        "showAll": _("Show all {places} places"),
        "existing": _("existing"),
        "lowerLevel": _("existing, its level is too low"),
        "neighbour": _("existing, outside the unit"),
        "recommended": _("recommended, number {rank}"),
        "recommendedAny": _("recommended"),
        "secondBest": _("second best"),
        "closing": _("to be closed"),
        "roadOpen": _("road; wider is a higher class"),
        "roadSeasonal": _("road closed in another season"),
        "roadClosed": _("road closed: {season}"),
        "roadSometimesClosed": _("road closed in at least one season"),
        "legLine": _("way to the nearest road"),
        "circles": _("Circle area: people (the fewest: a dot)"),
        "minutesTitle": _("Minutes to the nearest: {site}"),
    }


def _season_words(several: bool) -> dict[str, str]:
    """Return the words that name the worst season, which a study of one season has not."""
    if several:
        return {"verdictToday": _("Today, worst season"), "verdictAfter": _("With the plan, worst season")}
    return {"verdictToday": _("Today"), "verdictAfter": _("With the plan")}
