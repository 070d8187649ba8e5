"""Everything that can be said about a study folder without running it: every finding, with its case and its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import DataError, Fault, UsageError
from geo.language import gettext as _
from geo.read.bundled import resolve
from geo.read.database import Location
from geo.read.repair import write_repaired
from geo.read.tabular import read_table
from geo.study.config import StudyConfig
from geo.study.config_file import read_config, study_file
from geo.study.load import StudyData, load_study
from geo.study.prepare import verify
from geo.tables import INPUT_TABLES
from geo.tables.check import FILE_ROW, WGS84, parse_number
from geo.tables.schema import Table

#: Order of severities, the gravest first.
SEVERITIES = ("error", "warning", "repaired", "note")


class RawTables:
    """The tables of a study as they stand in its files and databases, each read once.

    Parameters
    ----------
    folder
        Folder of the study.
    """

    def __init__(self, folder: Path) -> None:
        self.locations: dict[str, Location] = {}
        self._folder = folder
        self._frames: dict[str, pd.DataFrame | None] = {}

    def read(self, name: str, table: Table, headings: Mapping[str, str]) -> pd.DataFrame | None:
        """Return the rows of an input under declared names; None where it cannot be read at all."""
        if name not in self._frames:
            try:
                location = self.locations.get(name) or resolve(self._folder, name)
                self._frames[name] = read_table(table, location, name, headings=headings)
            except DataError:
                self._frames[name] = None
        return self._frames[name]


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
    config
        The study file, where it can be understood.
    tables
        Its tables as they stand in their files.
    """

    folder: Path
    faults: tuple[Fault, ...]
    study: StudyData | None
    config: StudyConfig | None
    tables: RawTables

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
    config, _unknown_keys = read_config(path)
    study: StudyData | None = None
    faults: list[Fault] = []
    tables = RawTables(folder)
    progress(_("Reading"), 0.0)
    try:
        study = load_study(path, assume_crs=assume_crs, locations=tables.locations)
        faults += study.faults
        progress(_("Checking"), 0.5)
        faults += verify(study)
    except DataError as error:
        faults += [*error.faults, *error.also]
    progress(_("Map of the findings"), 0.9)
    ordered = sorted(dict.fromkeys(faults), key=lambda fault: (SEVERITIES.index(fault.severity), fault))
    return Inspection(folder, tuple(_with_places(ordered, tables, config)), study, config, tables)


def _with_places(faults: Sequence[Fault], raw: RawTables, config: StudyConfig) -> Iterable[Fault]:
    """Yield findings with the place of their row, where it has one and none is known yet."""
    wanted = {fault.file for fault in faults if fault.row > 1 and fault.place is None}
    tables = {file: table for file, table in input_tables(config).items() if file in wanted}
    places = {file: _places(raw.read(file, table, config.columns.of(table.name))) for file, table in tables.items()}
    for fault in faults:
        place = fault.place or places.get(fault.file, {}).get(fault.row)
        yield replace(fault, place=place)


def input_tables(config: StudyConfig) -> dict[str, Table]:
    """Return the declared table of each file that a study names and that holds one."""
    named = {name: getattr(config.inputs, name, None) for name in INPUT_TABLES}
    return {file: INPUT_TABLES[name] for name, file in named.items() if file is not None}


def write_repaired_tables(found: Inspection, target: Path) -> list[Path]:
    """Write every table that is no layer as it was read, repairs included, as ``<table>.csv`` into a folder.

    Parameters
    ----------
    found
        What was found; files that cannot be read at all are left out.
    target
        Folder, made if it is not there. Nothing else is written anywhere.

    Returns
    -------
    list of Path
        Files written.

    Raises
    ------
    UsageError
        If the folder is the study's own or lies in it, or a file of one of the names stands there already.
    """
    config = found.config
    if config is None:
        return []
    _check_repaired_folder(target, found.folder, sorted(table.name for table in input_tables(config).values()))
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for file, table in sorted(input_tables(config).items()):
        frame = found.tables.read(file, table, config.columns.of(table.name))
        if frame is not None and not isinstance(frame, gpd.GeoDataFrame):
            path = target / f"{table.name}.csv"
            write_repaired(frame, table, path)
            written.append(path)
    return written


def _places(raw: pd.DataFrame | None) -> dict[int, tuple[float, float]]:
    """Return longitude and latitude of each row of a file, as far as they are degrees."""
    if raw is None:
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


def _check_repaired_folder(target: Path, study_folder: Path, tables: Sequence[str]) -> None:
    if target.resolve().is_relative_to(study_folder.resolve()):
        text = _("{path} is the study's own folder or lies in it; repaired tables go to another one.")
        raise UsageError(text.format(path=target))
    taken = [path for path in (target / f"{table}.csv" for table in tables) if path.exists() or path.is_symlink()]
    if taken:
        text = _("{path} is there already and would be replaced. Name a new folder.")
        raise UsageError(text.format(path=taken[0]))
