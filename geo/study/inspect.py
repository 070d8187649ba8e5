"""Everything that can be said about a study folder without running it: every finding, with its case and its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.read.bundled import resolve
from geo.read.tabular import read_raw
from geo.study.config_file import study_file
from geo.study.load import StudyData, load_study
from geo.study.prepare import verify
from geo.tables.check import FILE_ROW, WGS84, parse_number

#: Order of severities, the gravest first.
SEVERITIES = ("error", "warning", "repaired", "note")


@dataclass(frozen=True)
class Inspection:
    """What was found in a study folder.

    Parameters
    ----------
    folder
        Folder of the study.
    faults
        Every finding, the gravest first, then by file and row, each with its place as far as it is known.
    study
        The study, where nothing stops it from being read.
    """

    folder: Path
    faults: tuple[Fault, ...]
    study: StudyData | None

    def count(self, severity: str) -> int:
        """Return the number of findings of a severity."""
        return sum(fault.severity == severity for fault in self.faults)

    def passes(self, *, strict: bool) -> bool:
        """Return whether the study can be run; strictly, whether nothing is doubtful either."""
        return not self.count("error") and not (strict and self.count("warning"))


def inspect_study(
    path: Path, *, assume_crs: str | None = None, progress: Callable[[str, float], None] = lambda _text, _share: None
) -> Inspection:
    """Read a study as far as it can be read, and put it together if it can be.

    Parameters
    ----------
    path
        Study folder or study file.
    assume_crs
        Reference system of layers that state none.
    progress
        Told what is being done and how far it is.

    Raises
    ------
    StudyFileError
        If there is no study file that could be understood.
    """
    folder = study_file(path).parent
    study: StudyData | None = None
    faults: list[Fault] = []
    progress(_("Reading"), 0.0)
    try:
        study = load_study(path, assume_crs=assume_crs)
        faults += study.faults
        progress(_("Checking"), 0.5)
        faults += verify(study)
    except DataError as error:
        faults += [*error.faults, *error.also]
    progress(_("Map of the findings"), 0.9)
    ordered = sorted(dict.fromkeys(faults), key=lambda fault: (SEVERITIES.index(fault.severity), fault))
    return Inspection(folder, tuple(_with_places(ordered, folder)), study)


def _with_places(faults: Sequence[Fault], folder: Path) -> Iterable[Fault]:
    """Yield findings with the place of their row, where it has one and none is known yet."""
    wanted = {fault.file for fault in faults if fault.row > 1 and fault.place is None}
    places = {file: _places(resolve(folder, file), file) for file in sorted(wanted) if not file.endswith(".toml")}
    for fault in faults:
        place = fault.place or places.get(fault.file, {}).get(fault.row)
        yield replace(fault, place=place)


def _places(path: Path, name: str) -> dict[int, tuple[float, float]]:
    """Return longitude and latitude of each row of a file, as far as they are degrees."""
    try:
        raw = read_raw(path, name)
    except DataError:
        return {}
    if isinstance(raw, gpd.GeoDataFrame):
        return {} if raw.crs is None else _of_shapes(raw)
    if not {"lon", "lat"} <= set(raw.columns):
        return {}
    rows = zip(raw[FILE_ROW].tolist(), raw["lon"], raw["lat"], strict=True)
    return {row: place for row, lon, lat in rows if (place := _degrees(lon, lat))}


def _of_shapes(raw: gpd.GeoDataFrame) -> dict[int, tuple[float, float]]:
    shapes = raw.geometry.to_crs(WGS84).to_numpy()
    known = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    spots = shapely.point_on_surface(shapes[known])
    x, y = np.round(shapely.get_x(spots), 6).tolist(), np.round(shapely.get_y(spots), 6).tolist()
    return {
        row: place for row, lon, lat in zip(raw[FILE_ROW][known], x, y, strict=True) if (place := _degrees(lon, lat))
    }


def _degrees(lon: Any, lat: Any) -> tuple[float, float] | None:
    """Return a position that can be drawn, None where there is none."""
    if pd.isna(lon) or pd.isna(lat):
        return None
    try:
        x, y = parse_number(lon), parse_number(lat)
    except ValueError:
        return None
    return (x, y) if abs(x) <= 180 and abs(y) <= 90 else None
