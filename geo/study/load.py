"""Read everything a study names, check it all, and raise every fault in one go."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geo.errors import Fault
from geo.language import gettext as _
from geo.network.obstacles import Obstacles
from geo.network.speeds import SpeedTable
from geo.network.topology import build_network
from geo.norms import Norm
from geo.read.database import Location
from geo.read.joining import Places
from geo.read.osm import OsmExtract
from geo.read.positions import utm_zone
from geo.read.sources import Source, with_openstreetmap
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
    counted_settlements,
    demand_persons,
)
from geo.study.inputs import (
    Extracts,
    Reading,
    boundaries_of,
    of_used_parts,
    openstreetmap_files,
    pairs_of,
    places_of,
    read_extract,
    roads_of,
    settlements_of,
    sources_of,
    speeds_of,
    supply_of,
)
from geo.study.membership import assign_units, check_roads
from geo.study.overrides import Known, Overrides, read_overrides
from geo.study.people_inputs import ages_of, check_projection, proposals_of
from geo.study.price_list import PriceList
from geo.study.road_upgrades import check_scenario_roads
from geo.study.snapping import snap_roads
from geo.tables import (
    CLOSURES,
    COSTS,
    HAZARDS,
    OBSERVED_TRIPS,
    OVERRIDES,
    REFERENCE_DISTANCES,
    RENAMED_CODES,
)
from geo.tables.check import WGS84
from geo.tables.positions import assuming_crs

#: Wider studies use Lambert's conic instead of one UTM zone.
_UTM_WIDTH_DEGREES = 9.0


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
    ages: pd.DataFrame
    proposals: gpd.GeoDataFrame
    speeds: SpeedTable
    norms: tuple[Norm, ...]
    siting_norms: Mapping[str, Norm]
    overrides: Overrides
    sources: tuple[Source, ...]
    faults: tuple[Fault, ...]
    digests: Mapping[str, str]

    @cached_property
    def prices(self) -> PriceList:
        """The table of prices, asked item by item."""
        return PriceList(self.costs)

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


def load_study(
    path: Path | str,
    extracts: Extracts | None = None,
    *,
    assume_crs: str | None = None,
    locations: dict[str, Location] | None = None,
) -> StudyData:
    """Read a study folder (or study file) and check everything in it.

    Parameters
    ----------
    path
        Study folder, or study file.
    extracts
        Memory of somebody who reads a study again and again: an extract that has not changed is not read again.
    assume_crs
        Reference system of layers that state none; wins over the study's own `inputs.assume_crs`.
    locations
        Takes where each input stands, for somebody who looks at the inputs again: a database is asked once.

    Raises
    ------
    DataError
        With every error found in all files.
    """
    file = study_file(Path(path))
    config, faults = read_config(file)
    reading = Reading(file.parent, config, faults, locations)
    reading.digests[file.name] = hashlib.sha256(file.read_bytes()).hexdigest()
    with assuming_crs(_assumed_crs(assume_crs or config.inputs.assume_crs, reading)):
        return _load(reading, extracts)


def _assumed_crs(stated: str | None, reading: Reading) -> pyproj.CRS | None:
    if stated is None:
        return None
    try:
        return pyproj.CRS.from_user_input(stated)
    except pyproj.exceptions.CRSError:
        message = _("“{value}” is no coordinate reference system.").format(value=stated)
        remedy = _("Write a code such as EPSG:4326, EPSG:32642 or EPSG:28412.")
        reading.faults.append(Fault(STUDY_FILE, 0, "inputs.assume_crs", "unknown-crs", message, remedy))
        return None


def _load(reading: Reading, extracts: Extracts | None) -> StudyData:
    """Read and check every file of a study."""
    config = reading.config
    norms, siting_norms, found = read_norms(config, reading.folder)
    reading.faults.extend(found)
    extract: OsmExtract | None = reading.file(
        config.inputs.osm, partial(read_extract, config=config, extracts=extracts)
    )
    if extract is not None:
        reading.faults.extend(of_used_parts(extract, config))
    settlements, boundaries, places = _settled(reading, extract)
    facilities, candidates = supply_of(reading, extract, places)
    roads, closures = _roads(reading, extract)
    trips = _trips(reading, settlements, places)
    speeds = _speeds(reading)
    known = _known(reading, roads, facilities, places, speeds, closures)
    overrides, found = read_overrides(reading.declared(OVERRIDES, config.inputs.overrides), known)
    reading.faults.extend(found)
    data = {
        "costs": _costs(reading),
        "hazards": reading.declared(HAZARDS, config.inputs.hazards),
        "reference_distances": pairs_of(reading, REFERENCE_DISTANCES, config.inputs.reference_distances, places),
        "observed_trips": trips,
        "ages": ages_of(reading, settlements),
        "proposals": proposals_of(reading, places),
        "speeds": speeds,
        "sources": with_openstreetmap(sources_of(reading), openstreetmap_files(config)),
    }
    settlements = _cross_checked(reading, settlements, boundaries, facilities, places)
    if reading.has_errors() and not reading.failed(config.inputs.roads):
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


def _settled(
    reading: Reading, extract: OsmExtract | None
) -> tuple[gpd.GeoDataFrame | None, gpd.GeoDataFrame | None, Places]:
    """Return settlements with their unit, boundaries, and the places that rows of other tables may speak of."""
    inputs = reading.config.inputs
    listed = settlements_of(reading, extract)
    boundaries = boundaries_of(reading, extract, listed)
    settlements = listed
    if listed is not None and boundaries is not None and not reading.failed(inputs.boundaries):
        settlements, found = assign_units(listed, boundaries, reading.config)
        reading.faults.extend(found)
    renamed = reading.declared(RENAMED_CODES, inputs.renamed_codes)
    return settlements, boundaries, places_of(reading, listed, settlements, boundaries, renamed)


def _roads(reading: Reading, extract: OsmExtract | None) -> tuple[gpd.GeoDataFrame | None, pd.DataFrame]:
    """Return the roads, and when which of them are closed."""
    config = reading.config
    roads = roads_of(reading, extract)
    closures = reading.declared(CLOSURES, config.inputs.closures)
    if roads is not None:
        complete = not reading.failed(config.inputs.roads)
        reading.faults.extend(check_roads(roads, closures, config, complete=complete))
        reading.faults.extend(check_scenario_roads(roads, config) if complete else ())
    return roads, closures


def _trips(reading: Reading, settlements: gpd.GeoDataFrame | None, places: Places) -> pd.DataFrame:
    """Return the observed trips."""
    config = reading.config
    trips = pairs_of(reading, OBSERVED_TRIPS, config.inputs.observed_trips, places)
    if settlements is not None and not reading.failed(config.inputs.settlements):
        reading.faults.extend(check_trips(trips, settlements, config, changes_known=places.changes_known))
    return trips


def _speeds(reading: Reading) -> SpeedTable | None:
    """Return the speed table; None where it cannot be read."""
    speeds = speeds_of(reading)
    if speeds is not None and not reading.failed(reading.config.inputs.speeds):
        reading.faults.extend(check_vehicle(speeds, reading.config))
    return speeds


def _costs(reading: Reading) -> pd.DataFrame:
    """Return what sites and places cost."""
    costs: pd.DataFrame = reading.declared(COSTS, reading.config.inputs.costs)
    reading.faults.extend(check_costs(costs, reading.config))
    return costs


def _known(
    reading: Reading,
    roads: gpd.GeoDataFrame | None,
    facilities: gpd.GeoDataFrame,
    places: Places,
    speeds: SpeedTable | None,
    closures: pd.DataFrame,
) -> Known:
    """Return what overrides may speak of. A table that lacks faulty rows tells nothing about what does not exist."""
    inputs = reading.config.inputs
    roads_fail = reading.failed(inputs.roads or inputs.osm)
    # A facility is left out, too, where it stands in a settlement whose own row is faulty, or whose code has changed.
    own = (inputs.facilities or inputs.osm, inputs.settlements or inputs.osm, inputs.boundaries)
    needed = (*own, inputs.renamed_codes)
    facilities_fail = any(reading.failed(name) for name in needed)
    return Known(
        None if roads_fail else roads, None if facilities_fail else facilities, places, speeds, closures, reading.config
    )


def _doubts_of_roads(
    config: StudyConfig,
    settlements: gpd.GeoDataFrame | None,
    boundaries: gpd.GeoDataFrame | None,
    roads: gpd.GeoDataFrame | None,
) -> list[Fault]:
    """Return the doubts about roads of a study that other files keep from being put together.

    Roads with errors of their own are no network: what their faulty rows would connect is not disconnected.
    """
    if settlements is None or roads is None or not len(settlements) or not len(roads):
        return []
    extent = settlements if boundaries is None or not len(boundaries) else boundaries
    return road_doubts(config, settlements, build_network(roads, choose_crs(extent, settlements)))


def _cross_checked(
    reading: Reading,
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
    reading.faults.extend(counted_settlements(config))
    reading.faults.extend(check_projection(config, settlements, boundaries))
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


def _with_demand(settlements: gpd.GeoDataFrame, config: StudyConfig) -> gpd.GeoDataFrame:
    """Add the people who need each service, as ``<service>_persons``; missing = unknown.

    Where settlements are counted, each is one, but for those where nobody is known to live.
    """
    result = settlements.rename_axis(index=None)
    each_once = config.demand.counts == "settlements"
    ones = pd.Series(1, index=result.index, dtype="Int64").mask(nobody_lives_in(settlements), 0)
    for service in config.service:
        result[f"{service.name}_persons"] = ones if each_once else demand_persons(settlements, service)
    return result


def nobody_lives_in(settlements: gpd.GeoDataFrame) -> pd.Series:
    """Return in which settlements nobody lives as far as is known; an unknown population is not 0."""
    empty: pd.Series = settlements["population_persons"].eq(0).fillna(False).astype(bool)
    return empty


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
