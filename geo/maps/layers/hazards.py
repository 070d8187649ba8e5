"""Zones where nothing may be built, or only at a price."""

from __future__ import annotations

from typing import Any, Final

from geo.language import gettext as _
from geo.language import mark
from geo.maps.layers.layer import Layer
from geo.maps.shapes import areas_and_lines
from geo.study.result import StudyResult

KINDS: Final = {
    "radiation": mark("radiation"),
    "salt_dust": mark("salt and dust storms"),
    "flood": mark("flood"),
    "industrial": mark("industrial zone"),
    "protected": mark("protected area"),
}
EFFECTS: Final = {
    "exclude": mark("nothing may open here"),
    "penalise": mark("building costs more here"),
    "note": mark("for information"),
}


def _hazards(result: StudyResult) -> list[dict[str, Any]]:
    if result.hazards.empty:
        return []
    return [
        {
            "title": _("{kind}: {effect}").format(kind=_(KINDS.get(kind, kind)), effect=_(EFFECTS.get(effect, effect))),
            **areas_and_lines(zones),
        }
        for (kind, effect), zones in result.hazards.groupby(["kind", "effect"], sort=True)
    ]


HAZARDS: Final = Layer(mark("Hazard zones"), _hazards)
