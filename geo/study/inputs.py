"""The inputs of a study, each from where the study names it: a file, a database, or the extract."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.network.speeds import PACKAGED_FILE, SpeedTable, packaged_speeds
from geo.read.boundaries import hull_boundary, read_boundaries
from geo.read.bundled import resolve
from geo.read.database import Location, digest_of
from geo.read.facilities import read_candidates, read_facilities
from geo.read.files import require_file
from geo.read.joining import JOINING_CODES, Places, rename_codes
from geo.read.lines import read_roads
from geo.read.osm import OsmExtract, read_osm
from geo.read.overpass import read_graphml, read_osm_with_osmnx
from geo.read.population import settlements_from_buildings
from geo.read.settlements import read_settlements, stated_codes
from geo.read.sources import Source, read_sources, sha256_of
from geo.read.tabular import read_declared
from geo.study.config import STUDY_FILE, StudyConfig
from geo.study.cross_check import (
    no_sources,
    nothing_in_extract,
)
from geo.study.districts import district_names, districts_of
from geo.tables import (
    FACILITIES,
    INPUT_TABLES,
    SPEEDS,
    VEHICLES,
)
from geo.tables.check import WGS84, Findings, check
from geo.tables.schema import Table

#: Buffer around the data where no boundary is known.
_HULL_BUFFER_METRES = 2_000.0
#: Readers of road files that hold OpenStreetMap's data, by the end of the name.
_OPENSTREETMAP_ROADS = {".graphml": read_graphml, ".osm": read_osm_with_osmnx}


#: Extracts that were read already, by everything that decides what is read.
Extracts = dict[tuple[object, ...], OsmExtract]


class Reading:
    """The files of one study while they are read; gathers faults and digests."""

    def __init__(
        self, folder: Path, config: StudyConfig, faults: list[Fault], locations: dict[str, Location] | None = None
    ) -> None:
        self.folder = folder
        self.config = config
        self.faults = faults
        self.digests: dict[str, str] = {}
        self._locations = {} if locations is None else locations

    def location(self, name: str) -> Location:
        """Return where an input stands; a database is asked once for all who want to know."""
        if name not in self._locations:
            self._locations[name] = resolve(self.folder, name)
        return self._locations[name]

    def file(self, name: str | None, read: Callable[[Any, str], tuple[Any, list[Fault]]]) -> Any:
        """Read one input; None where the study names none or it cannot be read at all."""
        if name is None:
            return None
        try:
            location = self.location(name)
            content, faults = read(location, name)
        except DataError as error:
            self.faults.extend(error.faults)
            return None
        self.digests[name] = digest_of(location)
        self.faults.extend(faults)
        return content

    def declared(self, table: Table, name: str | None) -> Any:
        """Read one plain table; an empty one where the study names none."""
        headings = self.config.columns.of(table.name)
        frame = self.file(name, lambda path, shown: read_declared(table, path, shown, headings=headings))
        return empty(table) if frame is None else frame

    def failed(self, name: str | None) -> bool:
        """Return whether a file has an error: what depends on it then says nothing about what it lacks."""
        return any(fault.severity == "error" and fault.file == name for fault in self.faults)

    def has_errors(self) -> bool:
        """Return whether anything so far is an error."""
        return any(fault.severity == "error" for fault in self.faults)

    def stop_on_errors(self) -> None:
        """Raise if anything so far is an error; a fault that two readers met is told once."""
        found = dict.fromkeys(self.faults)
        errors = [fault for fault in found if fault.severity == "error"]
        if errors:
            raise DataError(errors, also=[fault for fault in found if fault.severity != "error"])


def empty(table: Table) -> pd.DataFrame:
    """Return a declared table without rows."""
    frame = pd.DataFrame({column.code_name: pd.Series(dtype="object") for column in table.columns})
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries([], crs=WGS84)) if table.geometry else frame


def road_vehicles(vehicle: str) -> tuple[str, ...]:
    """Return the vehicle whose roads are read: no other one's are shown, joined or counted."""
    return (vehicle if vehicle in VEHICLES else "car",)


def read_extract(
    path: Path, name: str, *, config: StudyConfig, extracts: Extracts | None
) -> tuple[OsmExtract, list[Fault]]:
    """Read an extract, or take it from those that were read already."""
    vehicles, paths = road_vehicles(config.network.vehicle), config.network.paths == "used"
    require_file(path, name)
    if extracts is None:
        return read_osm(path, name, vehicles=vehicles, paths=paths), []
    key = (sha256_of(path), name, vehicles, paths)
    if key not in extracts:
        extracts.clear()
        extracts[key] = read_osm(path, name, vehicles=vehicles, paths=paths)
    return extracts[key], []


def of_used_parts(extract: OsmExtract, config: StudyConfig) -> tuple[Fault, ...]:
    """Return the findings about the parts of the extract that the study does not bring itself."""
    own = {
        "roads": config.inputs.roads,
        "places": config.inputs.settlements,
        "facilities": config.inputs.facilities,
        "boundaries": config.inputs.boundaries,
    }
    return extract.faults_of(*(part for part, name in own.items() if name is None))


def settlements_of(reading: Reading, extract: OsmExtract | None) -> gpd.GeoDataFrame | None:
    """Return the settlements of a study as read; None where there are none."""
    config = reading.config
    if config.inputs.settlements is not None:
        return reading.file(config.inputs.settlements, partial(read_settlements, headings=config.columns.settlements))
    if extract is None:
        _missing_input(reading, "settlements")
        return None
    settlements = extract.places
    if config.population.from_buildings:
        settlements, faults = settlements_from_buildings(
            extract.buildings, extract.places, config.population.persons_per_building
        )
        reading.faults.extend(faults)
    if not len(settlements):
        reading.faults.append(nothing_in_extract("settlements", config.inputs.osm or ""))
        return None
    return settlements


def boundaries_of(
    reading: Reading, extract: OsmExtract | None, settlements: gpd.GeoDataFrame | None
) -> gpd.GeoDataFrame | None:
    """Return the units of a study, a hull around its settlements where nobody knows them."""
    config = reading.config
    if config.inputs.boundaries is not None:
        return reading.file(config.inputs.boundaries, read_boundaries)
    if extract is not None and (extract.boundaries["level"] == config.study.units).any():
        return extract.boundaries
    if settlements is None or not len(settlements):
        return None
    hull = hull_boundary(settlements.geometry, _HULL_BUFFER_METRES, config.study.name)
    hull["level"] = config.study.units
    for language in ("en", "ru", "kk"):
        hull[f"name_{language}"] = config.study.title.in_language(language)
    return hull


def supply_of(
    reading: Reading, extract: OsmExtract | None, places: Places
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame | None]:
    """Return facilities of the study's services, and candidates where the study lists them."""
    config = reading.config
    levels = {service.name: service.levels for service in config.service}
    services = tuple(levels)
    facilities = empty(FACILITIES) if extract is None else extract.facilities
    if config.inputs.facilities is not None:
        read = reading.file(
            config.inputs.facilities,
            lambda path, name: read_facilities(
                path, name, places, levels, services, headings=config.columns.facilities
            ),
        )
        facilities = empty(FACILITIES) if read is None else read
    facilities = facilities[facilities["service"].isin(services)].copy()
    for service in config.service:
        nameless = (facilities["service"] == service.name) & facilities["level"].isna()
        if service.default_level is not None:
            facilities.loc[nameless, "level"] = service.default_level
    candidates = reading.file(
        config.inputs.candidates,
        lambda path, name: read_candidates(path, name, places, levels, services, headings=config.columns.candidates),
    )
    return facilities, candidates


def places_of(
    reading: Reading,
    listed: gpd.GeoDataFrame | None,
    settlements: gpd.GeoDataFrame | None,
    boundaries: gpd.GeoDataFrame | None,
    renamed: pd.DataFrame,
) -> Places:
    """Return the settlements that supply may stand in, and the codes that even faulty rows state.

    Parameters
    ----------
    listed
        Settlements as read.
    settlements
        Those that lie in a unit, with it.
    """
    inputs = reading.config.inputs
    name = inputs.settlements
    table = empty(INPUT_TABLES["settlements"]) if listed is None else listed
    stated: frozenset[str] | None = frozenset(table.index)
    if name is not None and (listed is None or reading.failed(name)):
        stated = stated_codes(reading.location(name), name, reading.config.columns.settlements)
    elif listed is None:
        stated = None
    in_units = None if settlements is None or "unit_id" not in settlements else frozenset(settlements.index)
    untold = JOINING_CODES if reading.failed(inputs.boundaries) else ()
    return Places(
        table,
        stated,
        districts_of(table, boundaries),
        district_names(boundaries),
        dict(zip(renamed["old_id"], renamed["new_id"], strict=True)),
        in_units,
        frozenset([*untold, *(["unknown-settlement"] if reading.failed(name) else [])]),
        not reading.failed(inputs.renamed_codes),
    )


def pairs_of(reading: Reading, table: Table, name: str | None, places: Places) -> pd.DataFrame:
    """Return the rows of a table between two settlements, `from_id` and `to_id`; changed codes are read as the new."""
    pairs: pd.DataFrame = reading.declared(table, name)
    found = Findings(name or "")
    rename_codes(pairs, places, found, ("from_id", "to_id"))
    reading.faults.extend(found.faults)
    return pairs


def roads_of(reading: Reading, extract: OsmExtract | None) -> gpd.GeoDataFrame | None:
    """Return the roads of a study; None where they cannot be read."""
    name = reading.config.inputs.roads
    if name is not None:
        as_drawn = partial(read_roads, node=reading.config.road_layer.meet == "crossings")
        read = _OPENSTREETMAP_ROADS.get(Path(name).suffix.lower(), as_drawn)
        roads = reading.file(name, partial(read, vehicles=road_vehicles(reading.config.network.vehicle)))
        left_out = roads is not None and reading.config.network.paths == "left_out"
        return roads[roads["road_category"] != "path"] if left_out else roads
    if extract is None:
        _missing_input(reading, "roads")
        return None
    if not len(extract.roads):
        reading.faults.append(nothing_in_extract("roads", reading.config.inputs.osm or ""))
    return extract.roads


def _missing_input(reading: Reading, key: str) -> None:
    if reading.config.inputs.osm is None:
        message = _("The study names neither {key} nor an OSM extract.").format(key=key)
        reading.faults.append(
            Fault(STUDY_FILE, 0, f"inputs.{key}", "missing-input", message, _("Name a file under [inputs]."))
        )


def speeds_of(reading: Reading) -> SpeedTable | None:
    """Return the study's speed table, else that of the package."""
    name = reading.config.inputs.speeds
    if name is None:
        reading.digests[PACKAGED_FILE] = hashlib.sha256(packaged_speeds().encode()).hexdigest()
        return packaged_speed_table()
    headings = reading.config.columns.speeds
    frame = reading.file(name, lambda path, shown: read_declared(SPEEDS, path, shown, headings=headings))
    return None if frame is None else SpeedTable.from_frame(frame, name)


def packaged_speed_table() -> SpeedTable:
    """Return the speed table that comes with the package."""
    frame, _faults = check(SPEEDS, pd.read_csv(io.StringIO(packaged_speeds()), dtype=str), PACKAGED_FILE)
    return SpeedTable.from_frame(frame, PACKAGED_FILE)


def sources_of(reading: Reading) -> tuple[Source, ...]:
    """Return where the data come from."""
    name = reading.config.inputs.sources
    if name is None:
        return ()
    if not _is_there(reading.folder / name):
        reading.faults.append(no_sources(name))
        return ()
    content = reading.file(name, read_sources)
    return () if content is None else content


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that no file can have
        return False


def openstreetmap_files(config: StudyConfig) -> list[str]:
    """Return the inputs that hold OpenStreetMap's data; a synthetic study only borrows its format."""
    if config.study.synthetic:
        return []
    named = [config.inputs.osm]
    roads = config.inputs.roads
    if roads is not None and Path(roads).suffix.lower() in _OPENSTREETMAP_ROADS:
        named.append(roads)
    return [name for name in named if name is not None]
