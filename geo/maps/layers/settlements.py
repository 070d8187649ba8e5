"""Settlements as circles: area by people, colour by minutes against the norm; crosses where there is no way."""

from __future__ import annotations

import math
from typing import Any, Final

from geo.language import mark
from geo.maps.layers.layer import Layer, derived
from geo.maps.shapes import position
from geo.study.result import StudyResult


def _tenths(value: float) -> float | None:
    return round(value, 1) if math.isfinite(value) else None


def _settlements(result: StudyResult) -> dict[str, Any]:
    rows = result.settlements
    return {
        "ids": [str(settlement) for settlement in rows.index],
        "positions": [position(point) for point in rows.geometry],
        "roadKm": [_tenths(value) for value in rows["nearest_road_km"].astype(float)],
    }


SETTLEMENTS: Final = Layer(mark("Settlements"), _settlements)
CUT_OFF: Final = Layer(mark("Settlements without a way"), derived)
