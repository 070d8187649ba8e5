"""Positions that cannot be: metres for degrees, zeros, layers that do not say where they lie, or say it wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geo.language import gettext as _
from geo.tables.study_files import short

if TYPE_CHECKING:
    from geo.tables.check import Findings

#: Codes of findings after which no position of the file can be trusted.
LOST_POSITIONS: Final = frozenset(("no-crs", "wrong-crs"))
_WGS84: Final = "EPSG:4326"
#: Gauss-Kruger eastings on the Pulkovo 1942 datum begin with the number of the zone; zone 8 is EPSG:28408, and zones
#: 8 to 15 are those of Kazakhstan (42 to 90 degrees east; EPSG registry, 28404-28432).
_GAUSS_KRUGER: Final = range(8, 16)
#: Eastings and northings of UTM zones between 40 and 56 degrees north; zones 38 to 45 (EPSG:32638-32645) are those of
#: Kazakhstan (EPSG registry).
_UTM_EASTING: Final = (100_000.0, 900_000.0)
_UTM_NORTHING: Final = (4_400_000.0, 6_250_000.0)
#: Degrees with a lost decimal point are smaller than this, coordinates in metres hardly ever are.
_LEAST_METRES: Final = 10_000.0

_assumed: ContextVar[pyproj.CRS | None] = ContextVar("assumed_crs", default=None)


@contextmanager
def assuming_crs(crs: pyproj.CRS | None) -> Iterator[None]:
    """Read layers that state no reference system as if they stated this one, for the length of a with block.

    Only what a planner says explicitly belongs here: nothing is ever guessed.
    """
    token = _assumed.set(crs)
    try:
        yield
    finally:
        _assumed.reset(token)


def in_degrees(frame: gpd.GeoDataFrame, found: Findings) -> np.ndarray:
    """Return a layer's shapes in WGS 84; where they cannot be brought there, as they are, with an error noted."""
    crs = frame.crs or _assumed.get()
    if crs is None:
        message = _("The layer does not say its coordinate reference system.")
        remedy = _(
            "Save it with its CRS (for a .shp, add the .prj file), or say it with assume_crs under [inputs] or with "
            "--assume-crs; it is never guessed."
        )
        found.add(0, "geometry", "no-crs", message, remedy)
        return np.asarray(frame.geometry.to_numpy())
    if frame.crs is None:
        message = _("The layer does not say its coordinate reference system; it is read as {crs}, as you say.")
        found.add(0, "geometry", "assumed-crs", message.format(crs=crs.to_string()), _("Save it with its CRS."), "note")
    if _mislabelled(frame, crs, found):
        return np.asarray(frame.geometry.to_numpy())
    shapes = frame.geometry if frame.crs else frame.geometry.set_crs(crs)
    try:
        return np.asarray(shapes.to_crs(_WGS84).to_numpy())
    except RuntimeError as error:  # of pyproj: a system that nothing leads out of
        message = _("The coordinate reference system of the layer cannot be used: {reason}.").format(
            reason=short(error)
        )
        remedy = _("Save it with its CRS (for a .shp, add the .prj file); it is never guessed.")
        found.add(0, "geometry", "unknown-crs", message.format(reason=short(error)), remedy)
        return np.asarray(shapes.to_numpy())


def _mislabelled(frame: gpd.GeoDataFrame, crs: pyproj.CRS, found: Findings) -> bool:
    """Note a layer of degrees that holds metres, or the other way round."""
    bounds = frame.total_bounds
    if not np.isfinite(bounds).all():
        return False
    west, south, east, north = (float(value) for value in bounds)
    could_be_degrees = max(abs(west), abs(east)) <= 360 and max(abs(south), abs(north)) <= 90
    if crs.is_geographic and not could_be_degrees:
        message = _("The layer says {crs}, in degrees, but its coordinates reach {x}, {y}: they are metres.")
        hint = epsg_hint((west + east) / 2, (south + north) / 2)
    elif crs.is_projected and could_be_degrees:
        message = _("The layer says {crs}, in metres, but its coordinates end at {x}, {y}: they are degrees.")
        hint = "EPSG:4326"
    else:
        return False
    remedy = _("Save it again with the CRS that it is really in (probably {hint}).").format(hint=hint)
    text = message.format(crs=crs.to_string(), x=round(east, 1), y=round(north, 1))
    found.add(0, "geometry", "wrong-crs", text, remedy)
    return True


def epsg_hint(one: float, other: float) -> str:
    """Return which reference systems of Kazakhstan two coordinates in metres can belong to, in whichever order."""
    for value in (one, other):
        zone = int(abs(value) // 1_000_000)
        if zone in _GAUSS_KRUGER:
            return f"EPSG:{28400 + zone}"
    low, high = sorted((abs(one), abs(other)))
    if _UTM_EASTING[0] <= low <= _UTM_EASTING[1] and _UTM_NORTHING[0] <= high <= _UTM_NORTHING[1]:
        return "UTM EPSG:32638-32645, EPSG:28408-28415"
    return "EPSG:28408-28415, UTM EPSG:32638-32645"


def explain_ranges(result: pd.DataFrame, rows: np.ndarray, found: Findings) -> None:
    """Say of columns lon and lat that are out of range what they are: metres, or the wrong way round.

    Parameters
    ----------
    result
        Parsed columns `lon` and `lat`.
    rows
        Row of each in the file.
    found
        Findings; those "out of range" are replaced where the reason can be told.
    """
    strange = {fault.row for fault in found.faults if fault.code == "out-of-range" and fault.column in {"lon", "lat"}}
    if not strange:
        return
    told = {}
    for lon, lat, row in zip(result["lon"].tolist(), result["lat"].tolist(), rows.tolist(), strict=True):
        if row in strange and np.isfinite(lon) and np.isfinite(lat):
            told[row] = _reason(lon, lat)
    kept = [
        fault
        for fault in found.faults
        if not (fault.code == "out-of-range" and fault.column in {"lon", "lat"} and told.get(fault.row))
    ]
    found.faults[:] = kept
    for row, reason in told.items():
        if reason:
            found.add(row, "lon", *reason)


def _reason(lon: float, lat: float) -> tuple[str, str, str] | None:
    """Return code, message and remedy for two coordinates that are no degrees."""
    if max(abs(lon), abs(lat)) > _LEAST_METRES:
        message = _("lon {lon} and lat {lat} are metres, not degrees.").format(lon=f"{lon:.0f}", lat=f"{lat:.0f}")
        remedy = _("Convert them to degrees (WGS 84); they are probably in {hint}.").format(hint=epsg_hint(lon, lat))
        return "projected-coordinates", message, remedy
    if abs(lon) <= 90 < abs(lat) <= 180:
        message = _("A latitude of {lat} cannot be; the two may stand the wrong way round.").format(lat=f"{lat:g}")
        return "swapped-coordinates", message, _("Swap lon and lat.")
    return None


def note_zeros(shapes: np.ndarray, rows: np.ndarray, found: Findings) -> None:
    """Note points at 0, 0: what programs write where they know no position."""
    x, y = shapely.get_x(shapes), shapely.get_y(shapes)
    for row in rows[(x == 0) & (y == 0)].tolist():
        message = _("lon and lat are both 0, which is in the Atlantic.")
        found.add(int(row), "lon", "zero-position", message, _("Fill in the position, or leave both blank."))
