"""Read a layer as it stands: GeoPackage, GeoJSON and shapefiles, also zipped, in the order of the file."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from geo.language import gettext as _
from geo.read.files import no_layer, refusal, unreadable_file
from geo.tables.check import FILE_ROW

#: Ends of names of files that are read as layers.
LAYERS: Final = {".gpkg", ".geojson", ".json", ".shp", ".zip"}
_JSON: Final = {".geojson", ".json"}


def read_layer(path: Path, name: str, layer: str | None) -> gpd.GeoDataFrame:
    """Read one layer; parameters, result and errors as for `geo.read.tabular.read_raw`."""
    try:
        source = _inside_zip(path, name) if path.suffix.lower() == ".zip" else str(path)
        layers = [str(entry) for entry in pyogrio.list_layers(source)[:, 0]]
        if not layers:
            raise unreadable_file(name, _("it holds no layer"))
        if layer is not None and layer not in layers:
            raise no_layer(name, layer, layers)
        frame = gpd.read_file(source, layer=layer or layers[0], engine="pyogrio")
    except (DataSourceError, DataLayerError, zipfile.BadZipFile) as error:
        raise unreadable_file(name, _layer_reason(path, error)) from error
    if not isinstance(frame, gpd.GeoDataFrame):
        frame = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries([None] * len(frame), index=frame.index), crs=None)
    if frame.active_geometry_name != "geometry":
        frame = frame.rename_geometry("geometry")
    frame[FILE_ROW] = np.arange(2, len(frame) + 2, dtype=np.int64)
    return frame


def _layer_reason(path: Path, error: Exception) -> str:
    """Return why a layer cannot be read, without GDAL's advice to programmers and the paths of this machine."""
    if path.suffix.lower() in _JSON:
        try:
            json.loads(path.read_bytes())
        except json.JSONDecodeError as broken:
            return _("it is no complete JSON, line {line}, column {column}").format(
                line=broken.lineno, column=broken.colno
            )
        except UnicodeDecodeError:
            return _("it is not written in UTF-8")
    if "not recognized" in str(error) or isinstance(error, zipfile.BadZipFile):
        return _("it is no {suffix} file, or only a part of one").format(suffix=path.suffix.lower())
    return str(error).split("; It might help")[0].replace(str(path), path.name)


def _inside_zip(path: Path, name: str) -> str:
    """Return GDAL's path of the one shapefile in an archive; folders that macOS adds hold no data."""
    with zipfile.ZipFile(path) as archive:
        shapes = [
            entry
            for entry in archive.namelist()
            if entry.lower().endswith((".shp", ".gpkg", ".geojson")) and not entry.startswith("__MACOSX")
        ]
    if len(shapes) != 1:
        raise refusal(
            name,
            "unclear-archive",
            _("The archive holds {n} layers, not one.").format(n=len(shapes)),
            _("Put one layer into each archive."),
        )
    return f"/vsizip/{path}/{shapes[0]}"
