"""Lines from each settlement to the facility it would use, and areas that use the same one."""

from __future__ import annotations

from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely

from geo.language import mark
from geo.maps.layers.layer import Layer, derived
from geo.maps.shapes import ring_steps
from geo.read.positions import utm_zone
from geo.study.result import StudyResult


def _cells(result: StudyResult) -> list[list[list[list[int]]]]:
    """Return the area around each settlement that is nearer to it than to any other, cut to the unit.

    The page colours it by the facility that the settlement uses: catchments follow travel times between settlements and
    facilities; only the line between two neighbouring settlements is drawn half-way.
    """
    if result.settlements.empty or result.boundary.empty:
        return []
    crs = utm_zone(result.settlements)
    points = shapely.get_coordinates(result.settlements.geometry.to_crs(crs).to_numpy())
    shape = result.boundary.geometry.to_crs(crs).union_all().simplify(100)
    west, south, east, north = shapely.union_all([shape, shapely.multipoints(points)]).bounds
    # Settlements at one point share a cell: the first of them gets it.
    _unique, first, number = np.unique(points, axis=0, return_index=True, return_inverse=True)
    diagram = shapely.voronoi_polygons(
        shapely.multipoints(points[first]), extend_to=shapely.box(west, south, east, north), ordered=True
    )
    cells = shapely.intersection(np.array(diagram.geoms), shape)
    shown = gpd.GeoSeries(cells, crs=crs).to_crs(result.settlements.crs).to_numpy()
    owner = set(first.tolist())
    return [ring_steps(np.array([shown[number[place]]])) if place in owner else [] for place in range(len(points))]


def _catchments(result: StudyResult) -> list[Any]:
    cells = _cells(result)
    return cells if any(cells) else []


ASSIGNMENT: Final = Layer(mark("Who goes where"), derived, shown=False)
CATCHMENTS: Final = Layer(mark("Catchments"), _catchments, shown=False)
