"""Read administrative units; mend polygons that cross themselves; stand in for a boundary that nobody has."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from geo.errors import Fault
from geo.language import gettext as _
from geo.read.database import Location
from geo.read.positions import utm_zone
from geo.read.tabular import read_raw
from geo.tables import BOUNDARIES
from geo.tables.check import FILE_ROW, WGS84, Findings, check


def read_boundaries(path: Location, name: str, layer: str | None = None) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Read administrative units and mend invalid polygons.

    Parameters
    ----------
    path
        Polygon layer, see `geo.read.tabular.read_raw`.
    name
        Name for messages, relative to the study folder.
    layer
        Layer; the first one by default.

    Returns
    -------
    GeoDataFrame
        Table BOUNDARIES in WGS 84, sorted and indexed by `unit_id`, every polygon valid; `hull` is False throughout.
    list of Fault
        Every fault, located; each mended polygon is one fault of severity "repaired".

    Raises
    ------
    DataError
        If the file is missing or cannot be read at all.
    """
    raw = read_raw(path, name, layer)
    found = Findings(name)
    if isinstance(raw, gpd.GeoDataFrame):
        raw = raw.set_geometry(_mend(raw, found))
    frame, faults = check(BOUNDARIES, raw, name)
    frame["hull"] = False
    return frame, [*faults, *found.faults]


def _mend(raw: gpd.GeoDataFrame, found: Findings) -> gpd.GeoSeries:
    shapes = raw.geometry.copy()
    broken = ~(shapes.is_valid | shapes.isna())
    for position in raw.index[broken]:
        shape = shapes[position]
        unit = str(raw["unit_id"][position]) if "unit_id" in raw.columns else ""
        found.add(
            int(raw[FILE_ROW][position]),
            "geometry",
            "invalid-polygon",
            _("The polygon of unit {unit} was invalid ({reason}) and has been mended.").format(
                unit=unit, reason=shapely.is_valid_reason(shape)
            ),
            _("Mend it in the source as well."),
            "repaired",
        )
        shapes[position] = polygons_of(shapely.make_valid(shape, method="structure", keep_collapsed=False))
    return shapes


def polygons_of(shape: shapely.Geometry) -> shapely.Geometry:
    """Return the polygonal part of a geometry, as one Polygon or MultiPolygon."""
    if shape.geom_type in {"Polygon", "MultiPolygon"}:
        return shape
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in {"Polygon", "MultiPolygon"}]
    return shapely.union_all(parts)


def hull_boundary(points_and_roads: gpd.GeoSeries, buffer_metres: float, unit_id: str) -> gpd.GeoDataFrame:
    """Stand in for a missing boundary: the convex hull of what is known, widened.

    Parameters
    ----------
    points_and_roads
        Geometries of settlements, facilities and roads, at least one, with a CRS.
    buffer_metres
        How far the hull is widened.
    unit_id
        Code of the unit.

    Returns
    -------
    GeoDataFrame
        Table BOUNDARIES with one row, level "district", `hull` True: no page may call it an official boundary.
    """
    known = points_and_roads[~(points_and_roads.is_empty | points_and_roads.isna())].to_crs(WGS84)
    metric = known.to_crs(utm_zone(known))
    hull = gpd.GeoSeries([metric.union_all().convex_hull.buffer(buffer_metres)], crs=metric.crs).to_crs(WGS84)
    values = pd.DataFrame({"unit_id": [unit_id], "level": ["district"], "name_en": [f"Hull of the data ({unit_id})"]})
    frame, _faults = check(BOUNDARIES, gpd.GeoDataFrame(values, geometry=hull.to_numpy(), crs=WGS84), unit_id)
    frame["hull"] = True
    return frame
