"""Roads from line layers: GeoPackage, GeoJSON, shapefile; with the columns of ROADS or with OpenStreetMap's tags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Geod

from geo.errors import Fault
from geo.language import gettext as _
from geo.read.database import Location
from geo.read.noding import node_lines
from geo.read.road_notes import note_imputed_surface, note_told, note_unread
from geo.read.tabular import attach, read_raw
from geo.read.tags import ROAD_KEYS, is_road, read_road_tags, road_name
from geo.tables import ROADS, WALK
from geo.tables.check import FILE_ROW, WGS84, Findings, check

#: A stated length may differ from the drawn one by this share (domain brief, 6.1).
_LENGTH_TOLERANCE: Final = 0.05
_NOT_USED: Final = ("surface_imputed",)


def read_roads(
    path: Location, name: str, layer: str | None = None, *, vehicles: Collection[str] = ("car",)
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Read roads and give lines that meet a common vertex.

    A layer with a column `highway` and none `road_category` is read by OpenStreetMap's tags: roads that none of the
    vehicles may use and ways that are no roads are left out, and ids are ``r<row of the file>``. A MultiLineString
    becomes one road per part, with ``-1``, ``-2`` ... after its id.

    Parameters
    ----------
    path
        Line layer, see `geo.read.tabular.read_raw`.
    name
        Name for messages, relative to the study folder.
    layer
        Layer; the first one by default.
    vehicles
        Whose roads are read, where the layer has OpenStreetMap's tags.

    Returns
    -------
    GeoDataFrame
        Table ROADS in WGS 84 and `surface_imputed`, sorted and indexed by `road_id`. No vertex is moved.
    list of Fault
        Every fault, located; how many crossings got a vertex is a note.

    Raises
    ------
    DataError
        If the file is missing or cannot be read at all.
    """
    raw = read_raw(path, name, layer)
    found = Findings(name)
    if "highway" in raw.columns and "road_category" not in raw.columns:
        raw = roads_from_tags(raw, found, vehicles)
    else:
        raw = raw.assign(surface_imputed=False)
    if isinstance(raw, gpd.GeoDataFrame):
        raw = _explode(raw)
    frame, faults = check(ROADS, raw.drop(columns="surface_imputed"), name)
    found.faults[:0] = dict.fromkeys(faults)
    attach(frame, raw.drop_duplicates(FILE_ROW), _NOT_USED)
    frame["surface_imputed"] = frame["surface_imputed"].astype(bool)
    if len(frame) and frame.geometry.notna().all():
        _check_lengths(frame, found)
        _node(frame, found)
        if frame["surface_imputed"].any():
            note_imputed_surface(frame, found)
    return frame, found.faults


def roads_from_tags(raw: pd.DataFrame, found: Findings, vehicles: Collection[str] = ("car",)) -> pd.DataFrame:
    """Turn rows with OpenStreetMap's tags as columns into rows of ROADS with `surface_imputed`."""
    unread: Counter[str] = Counter()
    told: Counter[str] = Counter()
    wanted = frozenset(vehicles)
    keys = [key for key in ROAD_KEYS if key in raw.columns]
    rows, kept, no_road, closed = [], [], 0, 0
    for position, row in enumerate(raw[keys].itertuples(index=False, name=None)):
        tags = _tags(dict(zip(keys, row, strict=True)))
        if not is_road(tags, paths=WALK in wanted):
            no_road += 1
            continue
        read = read_road_tags(tags)
        if wanted.isdisjoint(read.open_to):
            closed += 1
            continue
        unread.update(read.unread)
        told.update(read.told)
        rows.append({"name": road_name(tags), **read.columns, "surface_imputed": read.surface_imputed})
        kept.append(position)
    if no_road or closed:
        found.add(
            0,
            "highway",
            "not-for-cars",
            _("Lines left out: {n} that are no roads for cars, {closed} that are closed to them.").format(
                n=no_road, closed=closed
            ),
            _("Nothing to do unless roads are missing."),
            "note",
        )
    note_unread(unread, found)
    note_told(told, found)
    same = raw.iloc[kept].reset_index(drop=True)
    columns = list(rows[0]) if rows else [*(column.name for column in ROADS.columns), "surface_imputed"]
    values = pd.DataFrame(rows, columns=columns)
    numbered = pd.Series([f"r{row}" for row in same[FILE_ROW]], dtype=object)
    values["edge_id"], values[FILE_ROW] = same.get("edge_id", numbered), same[FILE_ROW]
    if isinstance(same, gpd.GeoDataFrame):
        values = gpd.GeoDataFrame(values, geometry=gpd.GeoSeries(same.geometry.to_numpy(), crs=same.crs))
    return values


def _tags(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags that have a value, as text: a layer may hold numbers, and OSMnx holds lists."""
    tags = {}
    for key, value in values.items():
        if isinstance(value, list | tuple | set | np.ndarray):
            tags[key] = ";".join(str(part) for part in value)
        elif value is not None and not pd.isna(value) and str(value).strip():
            whole = isinstance(value, float) and value.is_integer()
            tags[key] = str(int(value)) if whole else str(value).strip()
    return tags


def _explode(raw: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Make one road of every part of a MultiLineString; a length stated for the whole is not one of its parts."""
    n_parts = shapely.get_num_geometries(raw.geometry.to_numpy())
    several = (n_parts > 1) & (raw.geom_type == "MultiLineString").to_numpy()
    if not (raw.geom_type == "MultiLineString").any():
        return raw
    result = raw.explode(ignore_index=True)
    several = np.repeat(several, np.maximum(n_parts, 1))
    if "edge_id" in result.columns:
        number = result.groupby(FILE_ROW).cumcount() + 1
        ids = result["edge_id"].astype(object)
        result["edge_id"] = ids.where(~several, ids.astype(str) + "-" + number.astype(str))
    if "length_km" in result.columns:
        result["length_km"] = result["length_km"].where(~several)
    return result


def _check_lengths(frame: gpd.GeoDataFrame, found: Findings) -> None:
    stated = frame["length_metres"].to_numpy(dtype=float)
    drawn = geodesic_lengths(frame.geometry)
    differs = np.abs(stated - drawn) > _LENGTH_TOLERANCE * drawn
    for position in np.flatnonzero(differs).tolist():
        found.add(
            int(frame[FILE_ROW].iloc[position]),
            "length_km",
            "length-differs",
            _("The stated length is {stated} km, the drawn one {drawn} km.").format(
                stated=round(stated[position] / 1000, 2), drawn=round(drawn[position] / 1000, 2)
            ),
            _("Correct the length or the line."),
            "warning",
        )


def geodesic_lengths(lines: Iterable[shapely.Geometry]) -> np.ndarray:
    """Return the geodesic lengths of lines in WGS 84, in metres."""
    geod = Geod(ellps="WGS84")
    return np.array([geod.geometry_length(line) for line in lines])


def _node(frame: gpd.GeoDataFrame, found: Findings) -> None:
    noded = node_lines(frame.geometry.to_numpy(), frame["bridge"].to_numpy(dtype=bool))
    frame.geometry = gpd.GeoSeries(noded.lines, index=frame.index, crs=WGS84)
    if noded.n_crossings or noded.n_touches:
        found.add(
            0,
            "geometry",
            "noded-crossings",
            _(
                "Crossings without a common vertex: {crossings}; road ends in the middle of another road: {ends}. "
                "They are joined now."
            ).format(crossings=noded.n_crossings, ends=noded.n_touches),
            _("Mark bridges where roads cross without meeting."),
            "note",
        )
