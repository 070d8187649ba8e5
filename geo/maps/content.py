"""Everything that a map page embeds: numbers and shapes once, words in every language, ready for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from geo.language import LANGUAGES, current, using
from geo.maps.classes import CODES, COLOURS
from geo.maps.colourings import colouring_data
from geo.maps.facts import form_numbers, gap_numbers, last_year, profile_data, within_years
from geo.maps.layers import LAYERS
from geo.maps.layers.roads import SURFACE_WORDS
from geo.maps.services import service_data
from geo.maps.sites import can_try, site_entries
from geo.maps.texts import page_texts
from geo.maps.whatif import packed_times, try_data
from geo.study.result import StudyResult


def page_data(result: StudyResult, languages: Sequence[str] = LANGUAGES) -> dict[str, Any]:
    """Return the data block of a map page."""
    return {
        "language": current(),
        "texts": in_languages(lambda: page_texts(result), languages),
        "study": result.config.study.name,
        "unitId": result.unit_id,
        "bounds": _bounds(result),
        "colours": dict(zip(CODES, COLOURS, strict=False)),
        "codes": list(CODES),
        "surfaces": list(SURFACE_WORDS),
        "services": [
            service_data(result, service) | _diagnosis(result, service.name) | {"try": try_data(result, service.name)}
            for service in result.config.service
        ],
        "sites": site_entries(result),
        "profile": profile_data(result),
        "lastYear": last_year(result),
        "proposal": _proposal(result),
        "tiles": None,
        "credit": credit(result),
        "layers": [{"name": name, "shown": layer.shown, "data": layer.build(result)} for name, layer in LAYERS.items()],
    }


def _diagnosis(result: StudyResult, service: str) -> dict[str, Any]:
    """Return what circles may be coloured by and what settlements lack, per service."""
    return {
        "colourings": colouring_data(result, service),
        "gaps": gap_numbers(result, service),
        "forms": form_numbers(result, service),
        "within": within_years(result, service),
    }


def in_languages(build: Any, languages: Sequence[str] = LANGUAGES) -> dict[str, Any]:
    """Return what a function returns in each language, the one in use first."""
    found = {}
    for language in (current(), *(one for one in languages if one != current())):
        with using(language):
            found[language] = build()
    return found


def times_blocks(result: StudyResult) -> dict[str, str]:
    """Return per service all its times, packed; empty where sites cannot be tried."""
    if not can_try(result):
        return {}
    return {service: packed_times(result, service) for service in result.what_if}


def credit(result: StudyResult) -> str:
    """Return the short credit that stands on the map itself: every source's own attribution, else its producer."""
    lines = [source.attribution or source.producer for source in result.sources]
    return "; ".join(dict.fromkeys(line.rstrip(".") for line in lines if line))


def _proposal(result: StudyResult) -> dict[str, Any]:
    """Return what a proposal file opens and closes, as site identifiers."""
    return {
        service: {"open": list(proposed.opened), "close": list(proposed.closed)}
        for service, proposed in result.proposal.items()
    }


def _bounds(result: StudyResult) -> list[list[float]]:
    """Return south-west and north-east corners of the unit and its settlements."""
    boxes = [layer.total_bounds for layer in (result.boundary, result.settlements) if len(layer)]
    west, south = np.min(boxes, axis=0)[:2]
    east, north = np.max(boxes, axis=0)[2:]
    return [[round(float(south), 5), round(float(west), 5)], [round(float(north), 5), round(float(east), 5)]]
