"""Roads by class, with the seasons in which they are closed."""

from __future__ import annotations

from typing import Any, Final

import geopandas as gpd
import shapely

from geo.language import gettext as _
from geo.language import mark
from geo.maps.layers.layer import Layer, derived
from geo.maps.shapes import line_steps, thinned
from geo.study.result import StudyResult

#: Categories from the widest line to the narrowest.
CATEGORIES: Final = ("I", "II", "III", "IV", "V", "winter_road", "ferry", "street", "track", "path")
SURFACE_WORDS: Final = {
    "asphalt": mark("asphalt"),
    "gravel": mark("gravel"),
    "earth": mark("earth"),
    "snow_ice": mark("snow or ice"),
    "unknown": mark("surface unknown"),
}


#: Beyond this a unit is so large that its streets are smaller than a pixel. Of two corners each, they cannot be
#: thinned, and all other roads would pay for them with their shape.
_MOST_CORNERS_WITH_STREETS: Final = 1_000_000


def _roads(result: StudyResult) -> list[dict[str, Any]]:
    """Return one entry per category, surface and set of seasons closed: drawn as one line of many parts."""
    roads = result.roads
    if roads.empty:
        return []
    if shapely.get_num_coordinates(roads.geometry.to_numpy()).sum() > _MOST_CORNERS_WITH_STREETS:
        roads = roads[roads["road_category"] != "street"]
    seasons = [season.name for season in result.config.season]
    shapes = thinned(roads.geometry.to_numpy())
    closed = roads[[f"closed_{season}" for season in seasons]].to_numpy(dtype=bool)
    keys = list(zip(roads["road_category"].astype(str), _surfaces(roads), map(tuple, closed.tolist()), strict=True))
    groups: dict[tuple[str, str, tuple[bool, ...]], list[int]] = {}
    for number, key in enumerate(keys):
        groups.setdefault(key, []).append(number)
    order = {category: number for number, category in enumerate(CATEGORIES)}
    return [
        {
            "category": category,
            "surface": surface,
            "closed": [name for name, is_closed in zip(seasons, pattern, strict=True) if is_closed],
            "lines": line_steps(shapes[groups[category, surface, pattern]]),
        }
        for category, surface, pattern in sorted(groups, key=lambda key: (order.get(key[0], len(order)), key))
    ]


def _surfaces(roads: gpd.GeoDataFrame) -> list[str]:
    return [value if value in SURFACE_WORDS else "unknown" for value in roads["surface"].astype(object)]


def _surface_words(_result: StudyResult) -> list[str]:
    return [_(text) for text in SURFACE_WORDS.values()]


ROADS: Final = Layer(mark("Roads"), _roads)
SURFACES: Final = Layer(mark("Road surface"), derived, shown=False, words=_surface_words)
