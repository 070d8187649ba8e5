"""Zones where nothing may be built, or only at a price."""

from __future__ import annotations

from typing import Any, Final

import geopandas as gpd

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
    return [areas_and_lines(zones) for _key, zones in _groups(result)]


def _titles(result: StudyResult) -> list[str]:
    """Return what each group of zones is and what it means, in the order of the groups."""
    return [
        _("{kind}: {effect}").format(kind=_(KINDS.get(kind, kind)), effect=_(EFFECTS.get(effect, effect)))
        for (kind, effect), _zones in _groups(result)
    ]


def _groups(result: StudyResult) -> list[tuple[tuple[str, str], gpd.GeoDataFrame]]:
    """Return the zones by kind and effect."""
    if result.hazards.empty:
        return []
    return list(result.hazards.groupby(["kind", "effect"], sort=True))


HAZARDS: Final = Layer(mark("Hazard zones"), _hazards, words=_titles)
