"""Road ends that nearly meet another road, joined to it: only as near as the study allows, and each one listed."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from geo.errors import Fault
from geo.language import gettext as _
from geo.network.topology import build_network
from geo.study.checks.roads import Gap, find_gaps
from geo.study.config import StudyConfig
from geo.tables.check import FILE_ROW


def snap_roads(roads: gpd.GeoDataFrame, crs: pyproj.CRS, config: StudyConfig) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Lengthen road ends to the roads that they nearly meet.

    Parameters
    ----------
    roads
        Declared road table in WGS 84.
    crs
        Metric reference system of the study.
    config
        Gives `network.snap_metres`; at 0 nothing is done.

    Returns
    -------
    GeoDataFrame
        Roads; the other road got a vertex at the place where the end meets it. No vertex was moved.
    list of Fault
        One "repaired" per end.
    """
    limit = config.network.snap_metres
    gaps = find_gaps(build_network(roads, crs), limit) if limit > 0 and len(roads) else []
    if not gaps:
        return roads, []
    lines = roads.geometry.to_numpy().copy()
    for gap in gaps:
        lines[gap.other] = _with_vertex(lines[gap.other], gap.target)
        lines[gap.road] = _longer(lines[gap.road], gap)
    faults = [_listed(roads, gap, config) for gap in gaps]
    return roads.set_geometry(gpd.GeoSeries(lines, index=roads.index, crs=roads.crs)), faults


def _with_vertex(line: Any, spot: tuple[float, float]) -> Any:
    """Return a line with a vertex at a spot beside it, on the segment nearest to the spot."""
    corners = shapely.get_coordinates(line)
    if (corners == spot).all(axis=1).any():
        return line
    segments = shapely.linestrings(np.stack([corners[:-1], corners[1:]], axis=1))
    nearest = int(np.argmin(shapely.distance(segments, shapely.Point(spot))))
    return shapely.LineString(np.insert(corners, nearest + 1, spot, axis=0))


def _longer(line: Any, gap: Gap) -> Any:
    corners = shapely.get_coordinates(line)
    at_start = np.abs(corners[0] - gap.end).sum() <= np.abs(corners[-1] - gap.end).sum()
    return shapely.LineString([gap.target, *corners] if at_start else [*corners, gap.target])


def _listed(roads: gpd.GeoDataFrame, gap: Gap, config: StudyConfig) -> Fault:
    text = _("Road {one} ended {metres} m from road {other} and has been joined to it (snap_metres = {limit}).")
    message = text.format(
        one=roads.index[gap.road],
        other=roads.index[gap.other],
        metres=round(gap.metres, 1),
        limit=f"{config.network.snap_metres:g}",
    )
    row = int(roads[FILE_ROW].iloc[gap.road]) if FILE_ROW in roads else 0
    file = config.inputs.roads or config.inputs.osm or ""
    return Fault(
        file, row, "geometry", "snapped-end", message, _("Join them in the source as well."), "repaired", gap.end
    )
