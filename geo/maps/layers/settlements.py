"""Settlements as circles: area by people, colour by minutes against the norm."""

from __future__ import annotations

import math
from typing import Any, Final

from geo.language import mark
from geo.language.numbers import whole_minutes
from geo.maps.access import people_are_imputed, rows_by_plan_and_season, service_persons, verdicts
from geo.maps.classes import class_codes, class_counts
from geo.maps.layers.layer import Layer
from geo.maps.shapes import position
from geo.study.explain import name_of
from geo.study.result import StudyResult


def _whole(value: float) -> int | None:
    """Return whole minutes as `numbers.minutes` shows them; None where there is no way."""
    return whole_minutes(value) if math.isfinite(value) else None


def _tenths(value: float) -> float | None:
    return round(value, 1) if math.isfinite(value) else None


def _service(result: StudyResult, service: str) -> dict[str, Any]:
    minutes: dict[str, dict[str, list[int | None]]] = {}
    codes: dict[str, dict[str, str]] = {}
    counts: dict[str, dict[str, dict[str, list[int]]]] = {}
    for plan, season, rows in rows_by_plan_and_season(result, service):
        classes = class_codes(rows, result.norms[service].value)
        minutes.setdefault(plan, {})[season] = [_whole(value) for value in rows["minutes"].astype(float)]
        codes.setdefault(plan, {})[season] = "".join(classes)
        counts.setdefault(plan, {})[season] = class_counts(classes, rows["persons"])
    persons = service_persons(result, service)
    return {
        "persons": [None if value is None else round(value) for value in persons],
        "imputed": people_are_imputed(result, service),
        "minutes": minutes,
        "classes": codes,
        "counts": counts,
        "verdicts": verdicts(result, service),
    }


def _settlements(result: StudyResult) -> dict[str, Any]:
    rows = result.settlements
    road_km = rows["nearest_road_km"].astype(float)
    return {
        "names": [name_of(row) for _id, row in rows.iterrows()],
        "positions": [position(point) for point in rows.geometry],
        "roadKm": [_tenths(value) for value in road_km],
        "services": {service.name: _service(result, service.name) for service in result.config.service},
    }


SETTLEMENTS: Final = Layer(mark("Settlements"), _settlements)
