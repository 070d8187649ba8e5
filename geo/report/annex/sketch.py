"""The sketch map of a bus route: its course on the roads of the study, numbered stops, and the school."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any, Final

import numpy as np
import pandas as pd
from shapely.geometry import LineString

from geo.maps.picture import Extent, Picture
from geo.study.result import StudyResult

#: Pixels of a drawing that are a millimetre on paper.
PIXELS_PER_MM: Final = 4
_WIDTH_PX: Final = 400
_HEIGHT_PX: Final = 200
_ROAD: Final = "#a3a3a3"
_COURSE: Final = "#0b4f9e"
_RADIUS: Final = 8.0
#: Pixels between the points of the course that names keep clear of, and how clear.
_COURSE_STEP: Final = 6.0
_COURSE_ROOM: Final = 1.5
#: Least size of a sketch in degrees of latitude, about 4 km, so that a short route keeps its surroundings.
_LEAST_DEGREES: Final = 0.04


class _Sketch(Picture):
    """A picture that knows the stops of a bus."""

    def course(self, geometries: Any) -> None:
        """Add the course of the route, and keep names off it."""
        self.lines(geometries, "#ffffff", 6.0)
        self.lines(geometries, _COURSE, 3.5)
        for line in geometries:
            pixels = LineString([self.at(lon, lat) for lon, lat in line.coords])
            for along in np.arange(0.0, pixels.length, _COURSE_STEP):
                point = pixels.interpolate(along)
                self._take(point.x, point.y, _COURSE_ROOM)

    def numbered(self, lon: float, lat: float, number: str) -> None:
        """Add a stop with its number."""
        x, y = self.at(lon, lat)
        circle = (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_RADIUS:g}" fill="{_COURSE}" stroke="#fff" stroke-width="1.5"/>'
        )
        style = 'font-size="10" font-weight="700" text-anchor="middle" fill="#fff"'
        self._parts.append(f'{circle}<text x="{x:.1f}" y="{y + 3.5:.1f}" {style}>{escape(number)}</text>')
        self._take(x, y, _RADIUS)


def route_sketch(
    result: StudyResult, service: str, route: str, stops: pd.DataFrame, names: Sequence[str], school: str
) -> Picture:
    """Draw a route.

    Parameters
    ----------
    result
        Results of the unit.
    service, route
        Which route.
    stops
        Rows of `transport_routes` without the school.
    names
        Names of the stops.
    school
        Name of the school.

    Returns
    -------
    Picture
        Roads grey, the course dark, stops as numbered circles, the school as a dark square.
    """
    own = result.routes[(result.routes["service"] == service) & (result.routes["route"] == route)]
    course = own.geometry.to_numpy()
    picture = _Sketch(_roomy(Extent.around(course)), _WIDTH_PX, _HEIGHT_PX)
    waters = result.waters.geometry.to_numpy()
    picture.areas(waters, "#cfe6f2", "#5b9dbd", 0.6)
    picture.lines(result.roads.geometry.to_numpy(), _ROAD, 1.2)
    picture.course(course)
    places = result.settlements.geometry.reindex(stops["settlement_id"])
    end = np.asarray(course[0].coords)[-1]
    picture.square(float(end[0]), float(end[1]), 14.0)
    picture.label(float(end[0]), float(end[1]), school, 9, bold=True)
    for number, (point, name) in enumerate(zip(places, names, strict=True), start=1):
        picture.numbered(point.x, point.y, str(number))
        picture.label(point.x, point.y, name, _RADIUS)
    return picture


def _roomy(extent: Extent) -> Extent:
    """Return an extent of the shape of the sketch that is not too small, with room for names at its sides."""
    shrink = math.cos(math.radians((extent.south + extent.north) / 2))
    high, wide = extent.north - extent.south, (extent.east - extent.west) * shrink
    # Around the middle: half of the height, and of the width in degrees of latitude.
    up = max(0.62 * high, 0.7 * wide * _HEIGHT_PX / _WIDTH_PX, _LEAST_DEGREES / 2)
    aside = up * _WIDTH_PX / _HEIGHT_PX / shrink
    lon, lat = (extent.west + extent.east) / 2, (extent.south + extent.north) / 2
    return Extent(lon - aside, lat - up, lon + aside, lat + up)
