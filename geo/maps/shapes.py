"""Shapes as short lists of whole numbers: steps of a hundred-thousandth of a degree, about a metre."""

from __future__ import annotations

from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely

_PER_DEGREE: Final = 100_000
#: A layer is thinned until it has no more corners than this, so that a page of a whole country stays a few megabytes.
MOST_CORNERS: Final = 120_000


def _steps(coordinates: Any) -> list[int]:
    whole = np.rint(np.asarray(coordinates) * _PER_DEGREE).astype(np.int64)
    keep = np.ones(len(whole), dtype=bool)
    keep[1:] = np.any(whole[1:] != whole[:-1], axis=1)
    whole = whole[keep]
    steps = np.vstack([whole[:1], np.diff(whole, axis=0)])
    return [int(value) for value in steps.ravel()]


def position(point: Any) -> list[float]:
    """Return longitude and latitude with five decimals."""
    return [round(float(point.x), 5), round(float(point.y), 5)]


def thinned(geometries: Any, most_corners: int = MOST_CORNERS) -> Any:
    """Return geometries without corners that cannot be seen.

    Parameters
    ----------
    geometries
        Array of shapes in degrees.
    most_corners
        How many corners may remain.
    """
    if not len(geometries):
        return geometries
    west, south, east, north = shapely.total_bounds(geometries)
    # A ten-thousandth of the extent is far below a pixel when the whole unit is shown.
    tolerance = max(float(np.hypot(east - west, north - south)) / 10_000, 1 / _PER_DEGREE)
    result = shapely.simplify(geometries, tolerance)
    while shapely.get_num_coordinates(result).sum() > most_corners and tolerance < 1:
        tolerance *= 2
        result = shapely.simplify(geometries, tolerance)
    return result


def line_steps(geometries: Any) -> list[list[int]]:
    """Return the lines among the parts of geometries, joined end to end where nothing branches."""
    parts = shapely.get_parts(shapely.get_parts(geometries))
    lines = parts[shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING]
    if not len(lines):
        return []
    joined = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))
    steps = [_steps(shapely.get_coordinates(line)) for line in joined]
    return [line for line in steps if len(line) >= 4]


def ring_steps(geometries: Any) -> list[list[list[int]]]:
    """Return the polygons among the parts of geometries, each as its rings, the outer one first."""
    return [polygon for _owner, polygon in owned_rings(geometries)]


def owned_rings(geometries: Any) -> list[tuple[int, list[list[int]]]]:
    """Return the polygons of `ring_steps`, each with the number of the geometry that it is a part of."""
    parts, outer = shapely.get_parts(geometries, return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)
    found = []
    for part, owner in zip(parts, outer[inner].tolist(), strict=True):
        if part.geom_type == "Polygon":
            rings = [_steps(shapely.get_coordinates(ring)) for ring in shapely.get_rings(part)]
            found.append((owner, rings))
    return [(owner, [ring for ring in rings if len(ring) >= 6]) for owner, rings in found if len(rings[0]) >= 6]


def areas_and_lines(layer: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return what a background layer draws: polygons and lines."""
    geometries = thinned(layer.geometry.dropna().to_numpy())
    return {"areas": ring_steps(geometries), "lines": line_steps(geometries)}
