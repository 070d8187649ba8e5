"""Roads by class, with the seasons in which they are closed."""

from __future__ import annotations

from typing import Any, Final

from geo.language import gettext as _
from geo.language import mark
from geo.maps.layers.layer import Layer
from geo.maps.shapes import line_steps, thinned
from geo.study.result import StudyResult

#: Categories from the widest line to the narrowest.
CATEGORIES: Final = {
    "I": mark("category I"),
    "II": mark("category II"),
    "III": mark("category III"),
    "IV": mark("category IV"),
    "V": mark("category V"),
    "winter_road": mark("winter road"),
    "ferry": mark("ferry"),
    "street": mark("street"),
    "track": mark("track"),
}


def _roads(result: StudyResult) -> list[dict[str, Any]]:
    """Return one entry per category and set of seasons closed: drawn as one line of many parts."""
    roads = result.roads
    if roads.empty:
        return []
    seasons = [season.name for season in result.config.season]
    shapes = thinned(roads.geometry.to_numpy())
    closed = roads[[f"closed_{season}" for season in seasons]].to_numpy(dtype=bool)
    keys = list(zip(roads["road_category"].astype(str), map(tuple, closed.tolist()), strict=True))
    order = list(CATEGORIES)
    groups = sorted(set(keys), key=lambda key: (order.index(key[0]) if key[0] in order else len(order), key))
    return [
        {
            "category": category,
            "title": _(CATEGORIES.get(category, category)),
            "closed": [name for name, is_closed in zip(seasons, pattern, strict=True) if is_closed],
            "lines": line_steps(shapes[[key == (category, pattern) for key in keys]]),
        }
        for category, pattern in groups
    ]


ROADS: Final = Layer(mark("Roads"), _roads)
