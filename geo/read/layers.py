"""Read a layer as it stands: GeoPackage, GeoJSON and shapefiles, also zipped, in the order of the file."""

from __future__ import annotations

import json
import re
import sqlite3
import zipfile
import zlib
from contextlib import closing
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

from geo.language import gettext as _
from geo.read.files import BROKEN, no_layer, refusal, unreadable_file
from geo.tables.check import FILE_ROW
from geo.tables.study_files import short

#: Ends of names of files that are read as layers.
LAYERS: Final = {".gpkg", ".geojson", ".json", ".shp", ".zip"}
_JSON: Final = {".geojson", ".json"}
#: How files of a kind begin. GDAL goes by the content: without this a .geojson could be a program of its own, such as
#: a VRT, that opens other files and addresses of the internet.
_BEGINNINGS: Final = {".gpkg": b"SQLite format 3\0", ".shp": b"\x00\x00\x27\x0a", ".zip": b"PK"}
_VIRTUAL: Final = re.compile(r"\s*CREATE\s+VIRTUAL\s+TABLE", re.IGNORECASE)
#: Virtual tables that GeoPackages have: indices of places and of texts.
_INDEX: Final = re.compile(r".*\bUSING\s+\"?(rtree|fts\d)\b", re.IGNORECASE | re.DOTALL)
#: An archive may unpack to this much, or to this many times its own size where that is more.
_MAX_UNPACKED_BYTES: Final = 200_000_000
_MAX_UNPACKED_RATIO: Final = 60


def read_layer(path: Path, name: str, layer: str | None) -> gpd.GeoDataFrame:
    """Read one layer; parameters, result and errors as for `geo.read.tabular.read_raw`. Heights are dropped."""
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        _check_beginning(path, name, suffix, file.read(1024))
    try:
        if suffix == ".gpkg":
            with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
                _refuse_queries(database, name)
        source = _inside_zip(path, name) if suffix == ".zip" else str(path.absolute())
        layers = [str(entry) for entry in pyogrio.list_layers(source)[:, 0]]
        if not layers:
            raise unreadable_file(name, _("it holds no layer"))
        if layer is not None and layer not in layers:
            raise no_layer(name, layer, layers)
        chosen = layer or layers[0]
        frame = gpd.read_file(source, layer=chosen, engine="pyogrio")
        if isinstance(frame, gpd.GeoDataFrame):
            frame = frame.set_geometry(shapely.force_2d(frame.geometry.to_numpy()), crs=frame.crs)
    except (*BROKEN, sqlite3.Error, shapely.errors.ShapelyError, zipfile.BadZipFile, zlib.error) as error:
        raise unreadable_file(name, _layer_reason(path, error)) from error
    if not isinstance(frame, gpd.GeoDataFrame):
        frame = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries([None] * len(frame), index=frame.index), crs=None)
    if frame.active_geometry_name != "geometry":
        frame = frame.rename_geometry("geometry")
    frame[FILE_ROW] = np.arange(2, len(frame) + 2, dtype=np.int64)
    return frame


def _check_beginning(path: Path, name: str, suffix: str, beginning: bytes) -> None:
    """Refuse a file, or a member of an archive, that is of another kind than its name says."""
    if suffix in _JSON:
        sound = not beginning.strip() or beginning.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"
    else:
        sound = beginning.startswith(_BEGINNINGS[suffix])
    if not sound:
        raise unreadable_file(name, _layer_reason(path, None))


def _refuse_queries(database: sqlite3.Connection, name: str) -> None:
    """Refuse a GeoPackage with stored queries: they may take for ever or lead elsewhere, and GDAL asks them all."""
    made = database.execute("SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view')").fetchall()
    for title, kind, statement in made:
        if kind == "view" or (_VIRTUAL.match(str(statement)) and not _INDEX.match(str(statement))):
            message = _("“{layer}” is a stored query (a view), not a table.").format(layer=short(title))
            raise refusal(name, "view", message, _("Export the layer you need into a GeoPackage of its own."))


def _layer_reason(path: Path, error: Exception | None) -> str:
    """Return why a layer cannot be read, without GDAL's advice to programmers and the paths of this machine."""
    if path.suffix.lower() in _JSON and (reason := _json_reason(path)):
        return reason
    if error is None or "not recognized" in str(error) or isinstance(error, zipfile.BadZipFile | zlib.error):
        return _("it is no {suffix} file, or only a part of one").format(suffix=path.suffix.lower())
    if isinstance(error, MemoryError):
        return _("it asks for more memory than there is")
    return str(error).split("; It might help")[0].replace(str(path.absolute()), path.name)


def _json_reason(path: Path) -> str:
    """Return why a file is no JSON; empty where it is."""
    try:
        json.loads(path.read_bytes())
    except json.JSONDecodeError as broken:
        return _("it is no complete JSON, line {line}, column {column}").format(line=broken.lineno, column=broken.colno)
    except UnicodeDecodeError:
        return _("it is not written in UTF-8")
    except RecursionError:
        return _("its brackets are nested too deeply")
    except ValueError:
        return _("it holds a number of too many digits")
    return ""


def _inside_zip(path: Path, name: str) -> str:
    """Return GDAL's path of the one layer in an archive; folders that macOS adds hold no data."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    _refuse_bomb(path, name, sum(entry.file_size for entry in entries))
    shapes = [
        entry.filename
        for entry in entries
        if entry.filename.lower().endswith((".shp", ".gpkg", ".geojson")) and not entry.filename.startswith("__MACOSX")
    ]
    if len(shapes) != 1:
        raise refusal(
            name,
            "unclear-archive",
            _("The archive holds {n} layers, not one.").format(n=len(shapes)),
            _("Put one layer into each archive."),
        )
    if shapes[0].startswith(("/", "\\")) or ".." in shapes[0].replace("\\", "/").split("/"):
        message = _("The archive holds a file whose place is outside the archive: {file}.")
        raise refusal(name, "unsafe-archive", message.format(file=short(shapes[0])), _("Pack the layer again."))
    _check_member(path, name, shapes[0])
    # Braces tell GDAL where the name of the archive ends, whatever it holds.
    return f"/vsizip/{{{path.absolute()}}}/{shapes[0]}"


def _check_member(path: Path, name: str, member: str) -> None:
    """Look at the layer in an archive as at a file of its own."""
    suffix = Path(member).suffix.lower()
    with zipfile.ZipFile(path) as archive, archive.open(member) as file:
        content = file.read() if suffix == ".gpkg" else file.read(1024)
    _check_beginning(path, name, suffix, content[:1024])
    if suffix == ".gpkg":
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(content)
            _refuse_queries(database, name)


def _refuse_bomb(path: Path, name: str, n_bytes: int) -> None:
    if n_bytes > max(_MAX_UNPACKED_BYTES, path.stat().st_size * _MAX_UNPACKED_RATIO):
        message = _("The archive unpacks to {n} MB, {times} times its size.").format(
            n=n_bytes // 1_000_000, times=n_bytes // max(path.stat().st_size, 1)
        )
        raise refusal(name, "too-large", message, _("Unpack it, and name the layer in it if it is what you expect."))
