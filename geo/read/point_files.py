"""Files of places with a code and a position: what `geo matrix` computes times from and to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.read.tabular import read_raw
from geo.tables.check import FILE_ROW, Findings, check
from geo.tables.matrix import ID_COLUMNS, POINTS
from geo.tables.schema import Table

#: Under which other names, in small letters, people keep codes and positions.
_OFTEN_CALLED: Final = {
    "id": (*ID_COLUMNS, "code", "kato", "osm_id", "код", "като"),
    "lon": ("lon", "lng", "long", "longitude", "x", "долгота", "бойлық"),
    "lat": ("lat", "latitude", "y", "широта", "ендік"),
}


@dataclass(frozen=True, eq=False)
class PlaceFile:
    """Places in the order of their file.

    Parameters
    ----------
    file
        Name for messages, as it was typed.
    ids : tuple of str
        Codes, each once.
    rows : tuple of int
        Row of the file of each.
    lon, lat : float64 (n,)
        Degrees, WGS 84.
    """

    file: str
    ids: tuple[str, ...]
    rows: tuple[int, ...]
    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]


def require_named(path: Path) -> str:
    """Return the name of a file for messages, as it was typed.

    Raises
    ------
    DataError
        If there is no such file.
    """
    name = str(path)
    if path.is_dir():
        message, remedy = _("This is a folder, not a file."), _("Name a file inside the folder.")
        raise DataError([Fault(name, 0, "", "folder", message, remedy)])
    if not path.is_file():
        raise DataError([Fault(name, 0, "", "missing-file", _("The file does not exist."), _("Correct its name."))])
    return name


def read_places(path: Path) -> tuple[PlaceFile, list[Fault]]:
    """Read places from a spreadsheet, or a layer of points.

    Parameters
    ----------
    path
        File, see `geo.read.tabular.read_raw`: one of the columns `ID_COLUMNS`, and `lon` and `lat` or a geometry.

    Returns
    -------
    PlaceFile
        Sound rows.
    list of Fault
        Every fault, located.

    Raises
    ------
    DataError
        If the file is missing or cannot be read at all.
    """
    name = require_named(path)
    raw = read_raw(path, name)
    key = next((column for column in ID_COLUMNS if column in raw.columns), "")
    frame, faults = check(_declared(key, is_layer=isinstance(raw, gpd.GeoDataFrame)), raw, name)
    found = Findings(name)
    if not len(raw):
        found.add(0, "", "empty-table", _("The file has no rows."), _("Write one row for each place."))
    if not key:
        remedy = _rename("id", raw.columns) or _("Name it {choices}.").format(choices=", ".join(ID_COLUMNS))
        found.add(1, "id", "missing-column", _("There is no column with the codes of the places."), remedy)
    found.faults += [_advised(fault, raw) for fault in faults if fault.code not in {"empty-table", "unknown-column"}]
    unused = [str(column) for column in raw.columns if column not in {key, "lon", "lat", "geometry", FILE_ROW}]
    if unused and not any(fault.code == "missing-column" for fault in found.faults):
        message = _("Columns that are not used: {columns}.").format(columns=", ".join(unused))
        found.add(1, "", "unknown-column", message, "", "note")
    _check_degrees(frame, found)
    frame = frame[~frame[FILE_ROW].isin(found.bad_rows())].sort_values(FILE_ROW)
    ids = tuple(frame[key].tolist()) if key else ()
    lon, lat = (frame[column].to_numpy(dtype=np.float64)[: len(ids)] for column in ("lon", "lat"))
    return PlaceFile(name, ids, tuple(frame[FILE_ROW].tolist()[: len(ids)]), lon, lat), found.faults


def _declared(key: str, *, is_layer: bool) -> Table:
    """Return what the columns must be; a layer's positions come from its geometry."""
    code, *position = POINTS.columns
    columns = (*([replace(code, name=key)] if key else []), *([] if is_layer else position))
    return replace(POINTS, key=key, columns=columns, geometry="Point" if is_layer else None)


def _rename(wanted: str, columns: Iterable[object]) -> str:
    """Return the advice to rename the column that probably is the wanted one; nothing where there is none."""
    near = next((str(column) for column in columns if str(column).strip().lower() in _OFTEN_CALLED[wanted]), "")
    return _("Rename column {near}?").format(near=near) if near else ""


def _advised(fault: Fault, raw: pd.DataFrame) -> Fault:
    """Return a fault with the advice that fits positions."""
    if fault.code == "missing-column" and fault.column in _OFTEN_CALLED:
        return replace(fault, remedy=_rename(fault.column, raw.columns) or fault.remedy)
    if fault.code in {"out-of-range", "unreadable-value"} and fault.column in {"lon", "lat"}:
        return replace(fault, remedy=_("Give degrees, WGS 84, and see that lon and lat are not swapped."))
    return fault


def _check_degrees(frame: pd.DataFrame, found: Findings) -> None:
    """Refuse positions that are none: layers that state the wrong reference system have them."""
    lon, lat = frame["lon"].to_numpy(dtype=np.float64), frame["lat"].to_numpy(dtype=np.float64)
    wrong = ~((np.abs(lon) <= 180) & (np.abs(lat) <= 90))
    for row in frame[FILE_ROW].to_numpy()[wrong].tolist():
        message = _("The position lies nowhere on earth.")
        found.add(row, "geometry", "out-of-range", message, _("Check the coordinate reference system of the layer."))
