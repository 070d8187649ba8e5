"""A road network in one file, to be had again without its sources: every array and the road table, exactly."""

from __future__ import annotations

import json
import os
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geo.network.topology import RoadNetwork
from geo.read.files import require_file, unreadable_file

#: Change it whenever an older program would misread the file.
_VERSION: Final = 1
_FORMAT: Final = "geo road network"
_HEADER: Final = "header"
_ARRAYS: Final = tuple(item.name for item in fields(RoadNetwork) if item.name not in {"roads", "crs"})
_GEOMETRY: Final = "geometry"
#: pandas' columns with gaps -> type of the values beside them.
_MASKED: Final = {"boolean": np.bool_, "Int64": np.int64, "Float64": np.float64}
_TEXTS: Final = {"object", "str"}
#: What a column of objects may hold, and JSON keeps exactly.
_SCALARS: Final = {str, bool, int, float, type(None)}
#: What numpy, zipfile, json, pandas and shapely raise at a file that is not as it was written.
_DAMAGE: Final = (
    *(OSError, ValueError, TypeError, LookupError, EOFError, AttributeError, RuntimeError, struct.error),
    *(zipfile.BadZipFile, shapely.GEOSException),
)
_Arrays = Mapping[str, npt.NDArray[Any]]


def save_network(path: Path, network: RoadNetwork) -> None:
    """Write a network, as numpy's .npz without pickled objects; a half-written file never has the final name.

    Parameters
    ----------
    path
        File; one that is there is replaced.
    network
        Network, its road table included.

    Raises
    ------
    TypeError
        If the road table has a column that cannot be kept exactly, such as one of lists.
    OSError
        If the file cannot be written.
    """
    roads = network.roads
    columns = [[str(name), str(values.dtype), _crs_of(values)] for name, values in roads.items()]
    index = {"dtype": str(roads.index.dtype), "name": roads.index.name}
    shown = roads.active_geometry_name if isinstance(roads, gpd.GeoDataFrame) else None
    header = {
        "format": _FORMAT,
        "version": _VERSION,
        "crs": network.crs.srs,
        "columns": columns,
        "index": index,
        "geometry": shown,
    }
    arrays = {name: getattr(network, name) for name in _ARRAYS}
    for number, (_name, values) in enumerate(roads.items()):
        arrays |= _packed(f"column-{number}", values)
    arrays |= _packed("index", roads.index.to_series())
    arrays[_HEADER] = _as_bytes(json.dumps(header))
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def load_network(path: Path) -> RoadNetwork:
    """Return the network that `save_network` wrote.

    Raises
    ------
    DataError
        If the file is missing, damaged, of something else or of another version of this program.
    """
    require_file(path, path.name)
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            header = json.loads(_as_text(kept[_HEADER]))
            if header["format"] == _FORMAT and header["version"] == _VERSION:
                arrays = {name: kept[name] for name in _ARRAYS}
                return RoadNetwork(roads=_roads(header, kept), crs=pyproj.CRS(header["crs"]), **arrays)
    except _DAMAGE as error:
        raise unreadable_file(path.name, error) from error
    raise unreadable_file(path.name, f"it is no {_FORMAT} of version {_VERSION}")


def _roads(header: Mapping[str, Any], kept: _Arrays) -> pd.DataFrame:
    named = header["index"]
    index = pd.Index(_unpacked("index", named["dtype"], kept), dtype=named["dtype"], name=named["name"])
    columns = {
        name: pd.Series(_unpacked(f"column-{number}", dtype, kept, crs), index=index, dtype=dtype)
        for number, (name, dtype, crs) in enumerate(header["columns"])
    }
    frame = pd.DataFrame(columns, index=index, columns=[name for name, _dtype, _crs in header["columns"]])
    shown = header["geometry"]
    return frame if shown is None else gpd.GeoDataFrame(frame, geometry=shown)


def _crs_of(values: pd.Series) -> str | None:
    crs = gpd.GeoSeries(values).crs if str(values.dtype) == _GEOMETRY else None
    return None if crs is None else str(crs.srs)


def _packed(key: str, values: pd.Series) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays that stand for a column."""
    dtype = str(values.dtype)
    if dtype == _GEOMETRY:
        binaries = shapely.to_wkb(np.asarray(values.array))
        sizes = np.array([-1 if one is None else len(one) for one in binaries], dtype=np.int64)
        return {key: _as_bytes(b"".join(one for one in binaries if one is not None)), f"{key}-sizes": sizes}
    if dtype in _MASKED:
        gaps = values.isna().to_numpy(dtype=bool)
        return {key: values.to_numpy(dtype=_MASKED[dtype], na_value=_MASKED[dtype](0)), f"{key}-gaps": gaps}
    if dtype in _TEXTS:
        words, codes = _words(values.tolist())
        return {key: codes, f"{key}-words": _as_bytes(json.dumps(words))}
    if isinstance(values.dtype, np.dtype) and values.dtype.kind in "biuf":
        return {key: values.to_numpy()}
    raise TypeError(f"a column of {dtype} cannot be kept: {values.name}")


def _unpacked(key: str, dtype: str, kept: _Arrays, crs: str | None = None) -> Any:
    """Return a column from its arrays."""
    values = kept[key]
    if dtype == _GEOMETRY:
        sizes, whole = kept[f"{key}-sizes"], values.tobytes()
        ends = np.cumsum(np.maximum(sizes, 0))
        spans = zip(sizes.tolist(), ends.tolist(), strict=True)
        binaries = [None if size < 0 else whole[end - size : end] for size, end in spans]
        return gpd.array.from_wkb(np.array(binaries, dtype=object), crs=crs)
    if dtype in _MASKED:
        return pd.Series(values).astype(pd.api.types.pandas_dtype(dtype)).mask(kept[f"{key}-gaps"]).array
    if dtype in _TEXTS:
        words = json.loads(_as_text(kept[f"{key}-words"]))
        # An array of objects: pandas makes text of a list of text.
        return np.array([*words, None], dtype=object)[values]
    return values


def _words(values: list[Any]) -> tuple[list[Any], npt.NDArray[np.int64]]:
    """Return the distinct values of a column of text, and each row's place among them; of other columns, all."""
    kinds = set(map(type, values))
    if not kinds <= _SCALARS:
        raise TypeError(f"values of {', '.join(sorted(kind.__name__ for kind in kinds - _SCALARS))} cannot be kept")
    if not kinds <= {str, type(None)}:
        return values, np.arange(len(values))
    place = {word: number for number, word in enumerate(dict.fromkeys(values))}
    return list(place), np.array([place[value] for value in values], dtype=np.int64)


def _as_bytes(content: str | bytes) -> npt.NDArray[np.uint8]:
    return np.frombuffer(content.encode() if isinstance(content, str) else content, dtype=np.uint8)


def _as_text(content: npt.NDArray[np.uint8]) -> str:
    return content.tobytes().decode()
