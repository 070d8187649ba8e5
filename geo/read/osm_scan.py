"""Pick from one OpenStreetMap file what the program can use: in two passes of pyosmium, in one if it is roads only.

One more pass is made only where a ferry's relation has ways that do not say themselves that they are one.

Memory: 16 bytes for every node of the file (pyosmium's node cache), and what is picked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import osmium
import shapely
from osmium.filter import EntityFilter, IdFilter, KeyFilter
from osmium.geom import WKBFactory

from geo.language import gettext as _
from geo.read.barriers import Position
from geo.read.boundaries import polygons_of
from geo.read.files import BROKEN, require_file, unreadable_file
from geo.read.osm_blocks import check_blocks
from geo.read.osm_ways import ROAD_NODE_KEYS, ROAD_WAY_KEYS, RoadPicker, RoadWays, tags_of
from geo.read.tags import is_road
from geo.read.values import meaning

_AREA_KEYS: Final = ("place", "amenity", "healthcare", "boundary", "natural", "building")
_KEYS: Final = (*_AREA_KEYS, *ROAD_WAY_KEYS, "waterway", "ford")
_NODE_KEYS: Final = ("place", "amenity", "healthcare", "building", *ROAD_NODE_KEYS)
#: Buildings whose outlines are held at a time.
_BATCH: Final = 20_000
_RIVERS: Final = {"river", "canal"}


@dataclass(frozen=True)
class Feature:
    """One node, way or multipolygon with its tags; `osm_id` is n, w or r and the number."""

    osm_id: str
    tags: Mapping[str, str]
    shape: shapely.Geometry


@dataclass
class Scan:
    """What a file holds, as tagged. Filled while the file is read."""

    roads: RoadWays = field(default_factory=RoadWays)
    places: list[Feature] = field(default_factory=list)
    facilities: list[Feature] = field(default_factory=list)
    boundaries: list[Feature] = field(default_factory=list)
    waters: list[Feature] = field(default_factory=list)
    building_ids: list[str] = field(default_factory=list)
    building_points: list[np.ndarray] = field(default_factory=list)
    n_uninhabited: int = 0
    open_areas: list[str] = field(default_factory=list)
    missing_boundaries: dict[str, str] = field(default_factory=dict)


def scan(path: Path, name: str, *, paths: bool = False) -> Scan:
    """Read an .osm.pbf or .osm file.

    Parameters
    ----------
    path, name
        File, and its name for messages.
    paths
        Whether ways for walkers alone are roads.

    Raises
    ------
    DataError
        If the file is missing or is no OpenStreetMap file.
    """
    picked = _Picker(paths=paths)
    others = osmium.osm.WAY | osmium.osm.RELATION | osmium.osm.AREA
    filters = (_having(_NODE_KEYS, osmium.osm.NODE), _having(_KEYS, others))
    _read(path, name, picked.roads, picked.take, filters, areas=True)
    return picked.finish()


def scan_roads(path: Path, name: str, *, paths: bool = False) -> RoadWays:
    """Read the roads of an .osm.pbf or .osm file, in one pass.

    Parameters
    ----------
    path, name, paths
        As in `scan`.

    Raises
    ------
    DataError
        If the file is missing or is no OpenStreetMap file.
    """
    picked = RoadPicker(paths=paths)

    def take(item: Any) -> None:
        if item.is_way():
            picked.take_way(item, tags_of(item))
        elif item.is_node():
            picked.take_node(item, dict(item.tags))
        else:
            picked.take_relation(item)

    others = osmium.osm.WAY | osmium.osm.RELATION
    filters = (_having(ROAD_NODE_KEYS, osmium.osm.NODE), _having(ROAD_WAY_KEYS, others))
    _read(path, name, picked, take, filters, areas=False)
    return picked.finish()


def _read(
    path: Path, name: str, roads: RoadPicker, take: Callable[[Any], None], filters: Iterable[KeyFilter], *, areas: bool
) -> None:
    """Hand every object that passes the filters to `take`, and then the ferries that only their relations name."""
    require_file(path, name)
    try:
        if path.suffix.lower() == ".pbf":
            check_blocks(path)
        # From the root: what begins with http: would be an address to libosmium.
        file = str(path.absolute())
        processor = osmium.FileProcessor(file).with_locations()
        if areas:
            processor.with_areas(KeyFilter(*_AREA_KEYS))
        for one in filters:
            processor.with_filter(one)
        for item in processor:
            take(item)
        if untagged := roads.untagged_ferries():
            ways = osmium.FileProcessor(file).with_locations()
            ways.with_filter(EntityFilter(osmium.osm.WAY)).with_filter(IdFilter(untagged))
            for way in ways:
                roads.take_ferry(way)
    except (*BROKEN, osmium.InvalidLocationError, shapely.errors.ShapelyError) as error:
        raise unreadable_file(name, error, _("Download it again: it may be incomplete.")) from error


def _having(keys: tuple[str, ...], entities: Any) -> KeyFilter:
    """Return a filter that lets objects of these kinds pass only with one of these keys, and all others anyway."""
    result = KeyFilter(*keys)
    result.enable_for(entities)
    return result


class _Picker:
    def __init__(self, *, paths: bool) -> None:
        self.scan = Scan()
        self.roads = RoadPicker(paths=paths)
        #: Outlines of buildings that are not points yet: shapes, or rings as `Lines.whole` returns them.
        self.outlines: list[shapely.Geometry | bytes] = []
        self.to_wkb = WKBFactory()

    def take(self, item: Any) -> None:
        """Sort one object in. Nodes precede ways, and ways multipolygons, in every file sorted as usual."""
        if item.is_way():
            self._take_way(item)
        elif item.is_node():
            tags = dict(item.tags)
            self.roads.take_node(item, tags)
            self._take_points(f"n{item.id}", tags, (item.lon, item.lat))
        elif item.is_relation():
            if item.tags.get("boundary") == "administrative":
                self.scan.missing_boundaries[f"r{item.id}"] = item.tags.get("name", "")
            else:
                self.roads.take_relation(item)
        elif not item.from_way():
            self._take_area(
                f"r{item.orig_id()}", dict(item.tags), shapely.from_wkb(self.to_wkb.create_multipolygon(item))
            )

    def finish(self) -> Scan:
        """Return what was picked."""
        self._flush_buildings()
        self.scan.roads = self.roads.finish()
        for feature in self.scan.boundaries:
            self.scan.missing_boundaries.pop(feature.osm_id, None)
        return self.scan

    def _take_way(self, way: Any) -> None:
        tags = tags_of(way)
        # What is for walkers alone may be a square, too, or a school's ground.
        if self.roads.take_way(way, tags) and is_road(tags):
            return
        if tags.get("waterway") in _RIVERS:
            runs = shapely.from_wkb(self.roads.lines.runs(way))
            self.scan.waters += [Feature(f"w{way.id}", tags, run) for run in runs]
        elif len(way.nodes) > 3 and way.is_closed():
            ring = self.roads.lines.whole(way)
            if ring is not None:
                self._take_area(f"w{way.id}", tags, ring)
            else:
                self._take_cut_area(way, tags)

    def _take_cut_area(self, way: Any, tags: dict[str, str]) -> None:
        """Let what is only a point to the program stand in the middle of the corners that are there; drop the rest."""
        osm_id = f"w{way.id}"
        self.scan.open_areas.append(osm_id)
        corners = {(node.lon, node.lat) for node in way.nodes if node.location.valid()}
        if corners:
            middle = shapely.MultiPoint(sorted(corners)).centroid
            self._take_points(osm_id, tags, (middle.x, middle.y))

    def _take_points(self, osm_id: str, tags: dict[str, str], lonlat: Position) -> None:
        if meaning("place", tags.get("place")):
            self.scan.places.append(Feature(osm_id, tags, shapely.Point(lonlat)))
        if is_facility(tags):
            self.scan.facilities.append(Feature(osm_id, tags, shapely.Point(lonlat)))
        if _may_be_lived_in(tags):
            self._take_building(osm_id, tags, shapely.Point(lonlat))

    def _take_area(self, osm_id: str, tags: dict[str, str], outline: shapely.Geometry | bytes) -> None:
        """Sort a closed way or multipolygon in."""

        def feature() -> Feature:
            return Feature(osm_id, tags, _shapes([outline])[0])

        if tags.get("boundary") == "administrative" and "admin_level" in tags:
            self.scan.boundaries.append(feature())
        elif meaning("place", tags.get("place")):
            self.scan.places.append(feature())
        elif tags.get("natural") == "water":
            self.scan.waters.append(feature())
        if is_facility(tags):
            self.scan.facilities.append(feature())
        if _may_be_lived_in(tags):
            self._take_building(osm_id, tags, outline)

    def _take_building(self, osm_id: str, tags: dict[str, str], outline: shapely.Geometry | bytes) -> None:
        if any(meaning(key, tags[key].lower()) is not None for key in _UNINHABITED_KEYS if key in tags):
            self.scan.n_uninhabited += 1
            return
        self.scan.building_ids.append(osm_id)
        self.outlines.append(outline)
        if len(self.outlines) >= _BATCH:
            self._flush_buildings()

    def _flush_buildings(self) -> None:
        self.scan.building_points.append(shapely.point_on_surface(_shapes(self.outlines)))
        self.outlines = []


def _may_be_lived_in(tags: Mapping[str, str]) -> bool:
    return tags.get("building", "no") != "no"


_UNINHABITED_KEYS: Final = ("building", "amenity", "healthcare", "office", "man_made")


def is_facility(tags: Mapping[str, str]) -> bool:
    """Return whether tags name a service this program knows."""
    return facility_service(tags) is not None


def facility_service(tags: Mapping[str, str]) -> str | None:
    """Return the service a feature supplies: school, phc or hospital. `amenity` goes before `healthcare`."""
    for key in ("amenity", "healthcare"):
        for value in tags.get(key, "").split(";"):
            service = meaning(key, value.strip())
            if service not in {None, "uninhabited"}:
                return service
    return None


def _shapes(outlines: Sequence[shapely.Geometry | bytes]) -> npt.NDArray[np.object_]:
    """Return outlines as shapes: rings become areas, mended where they cross themselves.

    A ring that encloses nothing, such as a line drawn there and back, becomes the point in its middle.
    """
    result = np.empty(len(outlines), dtype=object)
    result[:] = outlines
    rings = np.flatnonzero([isinstance(outline, bytes) for outline in outlines])
    if len(rings):
        lonlat, owner = shapely.get_coordinates(shapely.from_wkb(result[rings]), return_index=True)
        areas = shapely.polygons(shapely.linearrings(lonlat, indices=owner))
        for crossed in np.flatnonzero(~shapely.is_valid(areas)):
            mended = polygons_of(shapely.make_valid(areas[crossed], method="structure"))
            areas[crossed] = shapely.centroid(areas[crossed]) if mended.is_empty else mended
        result[rings] = areas
    return result
