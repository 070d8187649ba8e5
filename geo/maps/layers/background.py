"""The unit's own area, the units around it, waters."""

from __future__ import annotations

from typing import Any, Final

from geo.language import mark
from geo.maps.layers.layer import Layer
from geo.maps.shapes import areas_and_lines
from geo.study.result import StudyResult


def _neighbours(result: StudyResult) -> dict[str, Any]:
    return areas_and_lines(result.neighbours)


def _boundary(result: StudyResult) -> dict[str, Any]:
    return areas_and_lines(result.boundary)


def _waters(result: StudyResult) -> dict[str, Any]:
    return areas_and_lines(result.waters)


NEIGHBOURS: Final = Layer(mark("Neighbouring units"), _neighbours)
BOUNDARY: Final = Layer(mark("Boundary"), _boundary)
WATERS: Final = Layer(mark("Waters"), _waters)
