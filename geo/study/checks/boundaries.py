"""Doubts about boundaries: overlaps, slivers, holes, and layers of regions that are no more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from geo.errors import Fault
from geo.language import gettext as _
from geo.study.config import StudyConfig
from geo.tables.check import FILE_ROW, WGS84, is_blank

#: Overlaps and gaps of a level below this share of its area are digitising noise (domain brief, 6.1).
_SHARE: Final = 0.001
#: A gap between two units that is narrower than this is a sliver, not a unit that is missing.
_SLIVER_METRES: Final = 250.0
_M2_PER_KM2: Final = 1e6
#: Oblasts of Kazakhstan that exist since 2022, by what their KATO codes begin with, and those they were taken from.
_NEW: Final = ("10", "33", "62")
_OLD: Final = ("63", "19", "35")
_OBLASTS_BEFORE: Final = 14


def boundary_doubts(boundaries: gpd.GeoDataFrame, config: StudyConfig) -> list[Fault]:
    """Return what is doubtful about a layer of units; nothing where it only stands in for one."""
    file = config.inputs.boundaries
    if file is None or boundaries["hull"].all():
        return []
    faults: list[Fault] = []
    for level, units in boundaries.groupby("level", sort=True):
        if len(units) > 1:
            faults += _overlaps_and_gaps(units, str(level), file)
    return [*faults, *_antique(boundaries, config, file)]


def _overlaps_and_gaps(units: gpd.GeoDataFrame, level: str, file: str) -> Iterator[Fault]:
    crs = _equal_area(units)
    shapes = units.geometry.to_crs(crs).to_numpy()
    whole = float(shapely.area(shapes).sum())
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    for i, j in sorted((i, j) for i, j in zip(left.tolist(), right.tolist(), strict=True) if i < j):
        common = shapely.intersection(shapes[i], shapes[j])
        if common.area <= _SHARE * whole:
            continue
        text = _("Units {one} and {other} overlap by {km2} km², {percent} % of the level “{level}”.")
        message = text.format(one=units.index[i], other=units.index[j], **_size(common, whole), level=level)
        remedy = _("Draw their border once; what lies in both belongs to the first of them.")
        yield _fault(units, j, file, "boundaries-overlap", message, remedy, common, crs)
    yield from _gaps(units, shapes, level, file, crs, whole)


def _gaps(
    units: gpd.GeoDataFrame, shapes: np.ndarray, level: str, file: str, crs: pyproj.CRS, whole: float
) -> Iterator[Fault]:
    """Yield holes in the level, and slivers between its units that are open at an end."""
    union = shapely.union_all(shapes)
    parts = shapely.get_parts(union)
    rings = [shapely.Polygon(ring) for part in parts for ring in part.interiors]
    found = [hole for hole in rings if hole.area > _SHARE * whole]
    closed = union.buffer(_SLIVER_METRES, quad_segs=1, join_style="mitre").buffer(
        -_SLIVER_METRES, quad_segs=1, join_style="mitre"
    )
    slivers = shapely.get_parts(shapely.difference(closed, shapely.union_all([union, *rings])))
    found += [
        sliver
        for sliver in slivers
        if sliver.area > _SHARE * whole and (shapely.distance(shapes, sliver) < 1).sum() > 1
    ]
    for gap in found:
        touching = [str(units.index[i]) for i in np.flatnonzero(shapely.distance(shapes, gap) < 1)]
        text = _("Between units {units} there is a gap of {km2} km², {percent} % of the level “{level}”.")
        message = text.format(units=", ".join(touching), **_size(gap, whole), level=level)
        remedy = _("Add the unit that is missing, or close the sliver: who lives there belongs to no unit.")
        first = units.index.get_loc(touching[0]) if touching else 0
        yield _fault(units, first, file, "boundaries-gap", message, remedy, gap, crs)


def _size(shape: shapely.Geometry, whole: float) -> dict[str, float]:
    return {"km2": round(shape.area / _M2_PER_KM2, 1), "percent": round(100 * shape.area / whole, 2)}


def _equal_area(units: gpd.GeoDataFrame) -> pyproj.CRS:
    west, south, east, north = units.total_bounds
    return pyproj.CRS.from_proj4(f"+proj=laea +lat_0={(south + north) / 2} +lon_0={(west + east) / 2} +datum=WGS84")


def _fault(
    units: gpd.GeoDataFrame,
    position: int,
    file: str,
    code: str,
    message: str,
    remedy: str,
    shape: shapely.Geometry,
    crs: pyproj.CRS,
) -> Fault:
    spot = gpd.GeoSeries([shape.representative_point()], crs=crs).to_crs(WGS84).iloc[0]
    row = int(units[FILE_ROW].iloc[position])
    return Fault(file, row, "geometry", code, message, remedy, "warning", (round(spot.x, 6), round(spot.y, 6)))


def _antique(boundaries: gpd.GeoDataFrame, config: StudyConfig, file: str) -> Iterator[Fault]:
    """Yield a warning for Kazakhstan's oblasts of before 2022, and one for units that had ended."""
    oblasts = boundaries[boundaries["level"] == "oblast"]
    begins = {str(code)[:2] for code in oblasts.index if str(code)[:2].isdigit()}
    if len(oblasts) >= _OBLASTS_BEFORE and begins.issuperset(_OLD) and begins.isdisjoint(_NEW):
        message = _(
            "The layer has {n} oblasts and none of Abai, Zhetisu and Ulytau: it is older than June 2022."
        ).format(n=len(oblasts))
        remedy = _("Use a layer of today; boundaries/kazakhstan comes with the program.")
        yield Fault(file, 0, "unit_id", "old-boundaries", message, remedy, "warning")
    ended = boundaries[
        boundaries["valid_to"].map(lambda day: not is_blank(day)) & (boundaries["level"] == config.study.units)
    ]
    today = boundaries[boundaries["valid_from"].map(lambda day: not is_blank(day))]["valid_from"].max()
    for position, (unit, end) in enumerate(ended["valid_to"].items()):
        if isinstance(today, str) and str(end) < today:
            message = _("Unit {unit} ended on {day}, before others of the layer began ({other}).").format(
                unit=unit, day=end, other=today
            )
            remedy = _("Use units of one day only.")
            row = int(ended[FILE_ROW].iloc[position])
            yield Fault(file, row, "valid_to", "old-boundaries", message, remedy, "warning")
