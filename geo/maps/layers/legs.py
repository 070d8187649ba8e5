"""Straight lines from settlements to the nearest road."""

from __future__ import annotations

from typing import Any, Final

from geo.language import mark
from geo.maps.layers.layer import Layer
from geo.maps.shapes import line_steps
from geo.study.result import StudyResult


def _legs(result: StudyResult) -> dict[str, Any]:
    return {"areas": [], "lines": line_steps(result.legs.geometry.dropna().to_numpy())}


LEGS: Final = Layer(mark("Ways to the nearest road"), _legs)
