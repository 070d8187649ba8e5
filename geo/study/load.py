"""Read everything a study names, check it all, and raise every fault in one go."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.network.obstacles import Obstacles
from geo.network.speeds import PACKAGED_FILE, SpeedTable, packaged_speeds
from geo.network.topology import build_network
from geo.norms import Norm
from geo.read.boundaries import hull_boundary, read_boundaries
from geo.read.bundled import resolve
from geo.read.facilities import read_candidates, read_facilities
from geo.read.joining import NAMES, Places
from geo.read.lines import read_roads
from geo.read.osm import OsmExtract, read_osm
from geo.read.overpass import read_graphml, read_osm_with_osmnx
from geo.read.population import settlements_from_buildings
from geo.read.positions import utm_zone
from geo.read.settlements import read_settlements, stated_codes
from geo.read.sources import Source, read_sources, with_openstreetmap
from geo.read.tabular import read_declared
from geo.study.checks import doubts
from geo.study.checks.roads import road_doubts
from geo.study.compliance.choice import read_norms
from geo.study.config import STUDY_FILE, StudyConfig
from geo.study.config_file import read_config, study_file
from geo.study.cross_check import (
    check_costs,
    check_demand,
    check_history,
    check_languages,
    check_okrugs,
    check_trips,
    check_vehicle,
    demand_persons,
    no_sources,
    nothing_in_extract,
)
from geo.study.membership import assign_units, check_roads
from geo.study.overrides import Known, Overrides, read_overrides
from geo.study.road_upgrades import check_scenario_roads
from geo.study.snapping import snap_roads
from geo.tables import (
    CLOSURES,
    COSTS,
    FACILITIES,
    HAZARDS,
    INPUT_TABLES,
    OBSERVED_TRIPS,
    OVERRIDES,
    REFERENCE_DISTANCES,
    RENAMED_CODES,
    SPEEDS,
    VEHICLES,
)
from geo.tables.check import WGS84, check, is_blank
from geo.tables.positions import assuming_crs
from geo.tables.schema import Table

#: Buffer around the data where no boundary is known.
_HULL_BUFFER_METRES = 2_000.0
#: Wider studies use Lambert's conic instead of one UTM zone.
_UTM_WIDTH_DEGREES = 9.0
#: Readers of road files that hold OpenStreetMap's data, by the end of the name.
_OPENSTREETMAP_ROADS = {".graphml": read_graphml, ".osm": read_osm_with_osmnx}


@dataclass(frozen=True)
class StudyData:
    """A study with its checked tables. Layers are in WGS 84, indexed by id, sorted.

    Parameters
    ----------
    folder
        Study folder.
    config
        Study file.
    crs
        Metric reference system of the study; depends on units and settlements only.
    boundaries
        All units; `settlements` has the unit of each settlement in `unit_id`.
    speeds
        Speed table.
    norms
        Every norm of the study's packs.
    siting_norms
        Per service, the norm that siting answers.
    overrides
        What people on the spot know better; each is among the faults as a note, old -> new.
    faults
        Findings that do not stop the run.
    digests
        SHA-256 of every file read, by its name.
    """

    folder: Path
    config: StudyConfig
    crs: pyproj.CRS
    boundaries: gpd.GeoDataFrame
    settlements: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    candidates: gpd.GeoDataFrame | None
    roads: gpd.GeoDataFrame
    waters: gpd.GeoDataFrame
    hazards: gpd.GeoDataFrame
    closures: pd.DataFrame
    costs: pd.DataFrame
    reference_distances: pd.DataFrame
    observed_trips: pd.DataFrame
    speeds: SpeedTable
    norms: tuple[Norm, ...]
    siting_norms: Mapping[str, Norm]
    overrides: Overrides
    sources: tuple[Source, ...]
    faults: tuple[Fault, ...]
    digests: Mapping[str, str]

    @cached_property
    def obstacles(self) -> Obstacles:
        """What legs across country do not cross."""
        by = self.config.network.legs_blocked_by
        zones = self.hazards[self.hazards["effect"] == "exclude"] if len(self.hazards) else self.hazards
        shapes = zones.geometry.to_crs(self.crs)
        if len(zones):
            shapes = shapes.buffer(zones["buffer_metres"].to_numpy(dtype=float))
        waters = self.waters.geometry.to_crs(self.crs)
        none = np.empty(0, dtype=object)
        return Obstacles(waters.to_numpy() if "waters" in by else none, shapes.to_numpy() if "hazards" in by else none)

    @property
    def units(self) -> gpd.GeoDataFrame:
        """The units of the study's tier, which get a folder each."""
        return self.boundaries[self.boundaries["level"] == self.config.study.units]


class _Reading:
    """The files of one study while they are read; gathers faults and digests."""

    def __init__(self, folder: Path, config: StudyConfig, faults: list[Fault]) -> None:
        self.folder = folder
        self.config = config
        self.faults = faults
        self.digests: dict[str, str] = {}

    def file(self, name: str | None, read: Callable[[Path, str], tuple[Any, list[Fault]]]) -> Any:
        """Read one input; None where the study names none or it cannot be read at all."""
        if name is None:
            return None
        path = resolve(self.folder, name)
        try:
            content, faults = read(path, name)
        except DataError as error:
            self.faults.extend(error.faults)
            return None
        self.digests[name] = hashlib.sha256(path.read_bytes()).hexdigest()
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


def load_study(path: Path | str, *, assume_crs: str | None = None) -> StudyData:
    """Read a study folder (or study file) and check everything in it.

    Parameters
    ----------
    path
        Study folder or study file.
    assume_crs
        Reference system of layers that state none; wins over the study's own `inputs.assume_crs`.

    Raises
    ------
    DataError
        With every error found in all files.
    """
    file = study_file(Path(path))
    config, faults = read_config(file)
    reading = _Reading(file.parent, config, faults)
    reading.digests[file.name] = hashlib.sha256(file.read_bytes()).hexdigest()
    with assuming_crs(_assumed_crs(assume_crs or config.inputs.assume_crs, reading)):
        return _load(reading)


def _assumed_crs(stated: str | None, reading: _Reading) -> pyproj.CRS | None:
    if stated is None:
        return None
    try:
        return pyproj.CRS.from_user_input(stated)
    except pyproj.exceptions.CRSError:
        message = _("“{value}” is no coordinate reference system.").format(value=stated)
        remedy = _("Write a code such as EPSG:4326, EPSG:32642 or EPSG:28412.")
        reading.faults.append(Fault(STUDY_FILE, 0, "inputs.assume_crs", "unknown-crs", message, remedy))
        return None


def _load(reading: _Reading) -> StudyData:
    """Read and check every file of a study."""
    config = reading.config
    norms, siting_norms, found = read_norms(config, reading.folder)
    reading.faults.extend(found)
    extract: OsmExtract | None = reading.file(config.inputs.osm, partial(_osm, config=config))
    if extract is not None:
        reading.faults.extend(_of_used_parts(extract, config))
    listed = _read_settlements(reading, extract)
    boundaries = _read_boundaries(reading, extract, listed)
    settlements = listed
    if listed is not None and boundaries is not None and not reading.failed(config.inputs.boundaries):
        settlements, found = assign_units(listed, boundaries, config)
        reading.faults.extend(found)
    renamed = reading.declared(RENAMED_CODES, config.inputs.renamed_codes)
    places = _places(reading, listed, settlements, boundaries, renamed)
    facilities, candidates = _read_supply(reading, extract, places)
    roads = _read_roads(reading, extract)
    closures = reading.declared(CLOSURES, config.inputs.closures)
    if roads is not None:
        complete = not reading.failed(config.inputs.roads)
        reading.faults.extend(check_roads(roads, closures, config, complete=complete))
        reading.faults.extend(check_scenario_roads(roads, config) if complete else ())
    trips = reading.declared(OBSERVED_TRIPS, config.inputs.observed_trips)
    if settlements is not None and not reading.failed(config.inputs.settlements):
        reading.faults.extend(check_trips(trips, settlements, config))
    speeds = _read_speeds(reading)
    if speeds is not None and not reading.failed(config.inputs.speeds):
        reading.faults.extend(check_vehicle(speeds, config))
    known = Known(roads, facilities, places, speeds, closures, config)
    overrides, found = read_overrides(reading.declared(OVERRIDES, config.inputs.overrides), known)
    reading.faults.extend(found)
    costs = reading.declared(COSTS, config.inputs.costs)
    reading.faults.extend(check_costs(costs, config))
    data = {
        "hazards": reading.declared(HAZARDS, config.inputs.hazards),
        "costs": costs,
        "reference_distances": reading.declared(REFERENCE_DISTANCES, config.inputs.reference_distances),
        "observed_trips": trips,
        "speeds": speeds,
        "sources": with_openstreetmap(_read_sources(reading), _openstreetmap_files(config)),
    }
    settlements = _cross_checked(reading, settlements, boundaries, facilities, places)
    if reading.has_errors():
        reading.faults.extend(_doubts_of_roads(config, settlements, boundaries, roads))
    reading.stop_on_errors()
    crs = choose_crs(boundaries, settlements)
    roads, found = snap_roads(roads, crs, config)
    reading.faults.extend(found)
    return StudyData(
        folder=reading.folder,
        config=config,
        crs=crs,
        boundaries=boundaries,
        settlements=settlements,
        facilities=facilities,
        candidates=candidates,
        roads=roads,
        waters=gpd.GeoDataFrame(geometry=[], crs=WGS84) if extract is None else extract.waters,
        closures=overrides.with_closures(closures),
        norms=norms,
        siting_norms=siting_norms,
        overrides=overrides,
        faults=tuple(sorted(dict.fromkeys(reading.faults))),
        digests=dict(sorted(reading.digests.items())),
        **data,
    )


def _doubts_of_roads(
    config: StudyConfig,
    settlements: gpd.GeoDataFrame | None,
    boundaries: gpd.GeoDataFrame | None,
    roads: gpd.GeoDataFrame | None,
) -> list[Fault]:
    """Return the doubts about roads of a study that other files keep from being put together."""
    if settlements is None or roads is None or not len(settlements) or not len(roads):
        return []
    extent = settlements if boundaries is None or not len(boundaries) else boundaries
    return road_doubts(config, settlements, build_network(roads, choose_crs(extent, settlements)))


def _cross_checked(
    reading: _Reading,
    settlements: gpd.GeoDataFrame | None,
    boundaries: gpd.GeoDataFrame | None,
    facilities: gpd.GeoDataFrame,
    places: Places,
) -> gpd.GeoDataFrame:
    """Compare tables with each other, as far as they could be read, and return the settlements with their demand."""
    config = reading.config
    if settlements is not None:
        settlements, found = check_history(_with_demand(settlements, config), config)
        reading.faults.extend(found)
        if not reading.failed(config.inputs.settlements):
            reading.faults.extend(check_demand(settlements, config))
        if boundaries is not None and "unit_id" in settlements:
            reading.faults.extend(check_okrugs(settlements, boundaries, config))
    reading.faults.extend(check_languages(facilities, config))
    reading.faults.extend(doubts(config, settlements, boundaries, facilities, places.renamed))
    return settlements


def choose_crs(boundaries: gpd.GeoDataFrame, settlements: gpd.GeoDataFrame) -> pyproj.CRS:
    """Return the metric reference system of a study: UTM for a district, Lambert's conic for a country."""
    west, south, east, north = boundaries.total_bounds
    if east - west <= _UTM_WIDTH_DEGREES:
        return utm_zone(boundaries if len(boundaries) else settlements)
    low, high = south + (north - south) / 6, south + (north - south) * 5 / 6
    middle = (west + east) / 2
    return pyproj.CRS.from_proj4(
        f"+proj=lcc +lat_1={low} +lat_2={high} +lat_0={(low + high) / 2} +lon_0={middle} +datum=WGS84"
    )


def road_vehicles(vehicle: str) -> tuple[str, ...]:
    """Return the vehicle whose roads are read: no other one's are shown, joined or counted."""
    return (vehicle if vehicle in VEHICLES else "car",)


def _osm(path: Path, name: str, *, config: StudyConfig) -> tuple[OsmExtract, list[Fault]]:
    network = config.network
    return read_osm(path, name, vehicles=road_vehicles(network.vehicle), paths=network.paths == "used"), []


def _of_used_parts(extract: OsmExtract, config: StudyConfig) -> tuple[Fault, ...]:
    """Return the findings about the parts of the extract that the study does not bring itself."""
    own = {
        "roads": config.inputs.roads,
        "places": config.inputs.settlements,
        "facilities": config.inputs.facilities,
        "boundaries": config.inputs.boundaries,
    }
    return extract.faults_of(*(part for part, name in own.items() if name is None))


def _read_settlements(reading: _Reading, extract: OsmExtract | None) -> gpd.GeoDataFrame | None:
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


def _read_boundaries(
    reading: _Reading, extract: OsmExtract | None, settlements: gpd.GeoDataFrame | None
) -> gpd.GeoDataFrame | None:
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


def _read_supply(
    reading: _Reading, extract: OsmExtract | None, places: Places
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame | None]:
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


def _places(
    reading: _Reading,
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
    name = reading.config.inputs.settlements
    table = empty(INPUT_TABLES["settlements"]) if listed is None else listed
    stated: frozenset[str] | None = frozenset(table.index)
    if name is not None and (listed is None or reading.failed(name)):
        stated = stated_codes(resolve(reading.folder, name), name, reading.config.columns.settlements)
    elif listed is None:
        stated = None
    units = {} if settlements is None or "unit_id" not in settlements else settlements["unit_id"].dropna().to_dict()
    names = {} if boundaries is None else _unit_names(boundaries, reading.config)
    return Places(table, stated, units, names, dict(zip(renamed["old_id"], renamed["new_id"], strict=True)))


def _unit_names(boundaries: gpd.GeoDataFrame, config: StudyConfig) -> dict[str, tuple[str, ...]]:
    """Return the names of the study's units in every language."""
    units = boundaries[boundaries["level"] == config.study.units]
    rows = zip(units.index, units[list(NAMES)].itertuples(index=False), strict=True)
    return {str(unit): tuple(str(name) for name in names if not is_blank(name)) for unit, names in rows}


def _read_roads(reading: _Reading, extract: OsmExtract | None) -> gpd.GeoDataFrame | None:
    name = reading.config.inputs.roads
    if name is not None:
        read = _OPENSTREETMAP_ROADS.get(Path(name).suffix.lower(), read_roads)
        roads = reading.file(name, partial(read, vehicles=road_vehicles(reading.config.network.vehicle)))
        left_out = roads is not None and reading.config.network.paths == "left_out"
        return roads[roads["road_category"] != "path"] if left_out else roads
    if extract is None:
        _missing_input(reading, "roads")
        return None
    if not len(extract.roads):
        reading.faults.append(nothing_in_extract("roads", reading.config.inputs.osm or ""))
    return extract.roads


def _missing_input(reading: _Reading, key: str) -> None:
    if reading.config.inputs.osm is None:
        message = _("The study names neither {key} nor an OSM extract.").format(key=key)
        reading.faults.append(
            Fault(STUDY_FILE, 0, f"inputs.{key}", "missing-input", message, _("Name a file under [inputs]."))
        )


def _read_speeds(reading: _Reading) -> SpeedTable | None:
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


def _read_sources(reading: _Reading) -> tuple[Source, ...]:
    name = reading.config.inputs.sources
    if name is None:
        return ()
    if not (reading.folder / name).exists():
        reading.faults.append(no_sources(name))
        return ()
    content = reading.file(name, read_sources)
    return () if content is None else content


def _openstreetmap_files(config: StudyConfig) -> list[str]:
    """Return the inputs that hold OpenStreetMap's data; a synthetic study only borrows its format."""
    if config.study.synthetic:
        return []
    named = [config.inputs.osm]
    roads = config.inputs.roads
    if roads is not None and Path(roads).suffix.lower() in _OPENSTREETMAP_ROADS:
        named.append(roads)
    return [name for name in named if name is not None]


def _with_demand(settlements: gpd.GeoDataFrame, config: StudyConfig) -> gpd.GeoDataFrame:
    """Add the people who need each service, as ``<service>_persons``; missing = unknown."""
    result = settlements.rename_axis(index=None)
    for service in config.service:
        result[f"{service.name}_persons"] = demand_persons(settlements, service)
    return result


def nearest_settlement(
    points: gpd.GeoSeries, settlements: gpd.GeoDataFrame, crs: pyproj.CRS, metres: float
) -> list[str | None]:
    """Return for each point the settlement within `metres`, nearest first, or None."""
    if not len(settlements):
        return [None] * len(points)
    tree = shapely.STRtree(settlements.geometry.to_crs(crs).to_numpy())
    spots = points.to_crs(crs).to_numpy()
    found: list[str | None] = [None] * len(points)
    index, place = tree.query_nearest(spots, max_distance=metres, all_matches=False)
    for i, j in zip(index.tolist(), place.tolist(), strict=True):
        found[i] = str(settlements.index[j])
    return found
