"""Areas from which a facility is within the norm, and the roads from which each is the nearest."""

from __future__ import annotations

from typing import Any, Final

import shapely

from geo.language import mark
from geo.maps.layers.layer import Layer
from geo.maps.services import season_choices
from geo.maps.shapes import line_steps, ring_steps, thinned
from geo.maps.sites import site_numbers
from geo.study.result import StudyResult
from geo.units import minutes_to_ms

#: All areas and all roads of a page have at most so many corners each: some hundred kilobytes.
_MOST_CORNERS: Final = 12_000


def _areas(result: StudyResult) -> list[dict[str, Any]]:
    """Return the areas of every service, plan and choice of season, the larger before those they hold."""
    if result.reach is None:
        return []
    rows = result.reach.areas
    if rows.empty:
        return []
    seasons = {service.name: season_choices(result, service.name) for service in result.config.service}
    rows = rows[[season in seasons[service] for service, season in zip(rows["service"], rows["season"], strict=True)]]
    rows = rows.sort_values("minutes", ascending=False, kind="stable")
    shapes = thinned(rows.geometry.to_numpy(), _MOST_CORNERS)
    return [
        {
            "service": row["service"],
            "plan": row["plan"],
            "season": row["season"],
            "ms": minutes_to_ms(row["minutes"]),
            "areas": ring_steps(shapes[number : number + 1]),
        }
        for number, (_index, row) in enumerate(rows.iterrows())
    ]


def _roads(result: StudyResult) -> list[dict[str, Any]]:
    """Return the roads that lead to each facility, and the plans and seasons of which that is true.

    Most catchments are the same in several of them and are embedded once.
    """
    if result.reach is None:
        return []
    rows = result.reach.catchments
    numbers = {service.name: site_numbers(result, service.name) for service in result.config.service}
    known = [site in numbers[service] for service, site in zip(rows["service"], rows["site_id"], strict=True)]
    rows = rows[known]
    views: dict[tuple[str, str, bytes], list[list[str]]] = {}
    merged = shapely.normalize(shapely.line_merge(rows.geometry.to_numpy()))
    for (_index, row), shape in zip(rows.iterrows(), shapely.to_wkb(merged), strict=True):
        views.setdefault((row["service"], row["site_id"], shape), []).append([row["plan"], row["season"]])
    shapes = thinned(shapely.from_wkb([shape for _service, _site, shape in views]), _MOST_CORNERS)
    return [
        {"service": service, "site": numbers[service][site], "views": found, "lines": line_steps(shapes[n : n + 1])}
        for n, ((service, site, _shape), found) in enumerate(views.items())
    ]


REACH: Final = Layer(mark("Within the norm on the ground"), _areas, shown=False)
ROAD_CATCHMENTS: Final = Layer(mark("Roads by nearest facility"), _roads, shown=False)
