"""Pick from one OpenStreetMap file what the program can use, in two passes of pyosmium.

A third pass is made only where a ferry's relation has ways that do not say themselves that they are one.

Memory: 16 bytes for every node of the file (pyosmium's node cache), and what is picked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import osmium
import shapely
from osmium.filter import EntityFilter, IdFilter, KeyFilter
from osmium.geom import WKBFactory

from geo.language import gettext as _
from geo.read.barriers import Position, may_be_barrier
from geo.read.boundaries import polygons_of
from geo.read.tabular import require_file, unreadable_file
from geo.read.tags import is_road, road_tags
from geo.read.values import meaning

_AREA_KEYS: Final = ("place", "amenity", "healthcare", "boundary", "natural", "building")
_KEYS: Final = (*_AREA_KEYS, "highway", "route", "waterway", "ford")
#: Barriers along a way are no business of roads, those on a node are.
_NODE_KEYS: Final = (*_KEYS, "barrier")
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

    roads: list[Feature] = field(default_factory=list)
    barriers: dict[Position, Feature] = field(default_factory=dict)
    places: list[Feature] = field(default_factory=list)
    facilities: list[Feature] = field(default_factory=list)
    boundaries: list[Feature] = field(default_factory=list)
    waters: list[Feature] = field(default_factory=list)
    building_ids: list[str] = field(default_factory=list)
    building_points: list[np.ndarray] = field(default_factory=list)
    n_uninhabited: int = 0
    cut_ways: list[str] = field(default_factory=list)
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
    require_file(path, name)
    picked = _Picker(paths=paths)
    others = osmium.osm.WAY | osmium.osm.RELATION | osmium.osm.AREA
    try:
        processor = osmium.FileProcessor(str(path)).with_areas(KeyFilter(*_AREA_KEYS))
        processor.with_filter(_having(_NODE_KEYS, osmium.osm.NODE)).with_filter(_having(_KEYS, others))
        for item in processor:
            picked.take(item)
        if untagged := picked.untagged_ferries():
            ways = osmium.FileProcessor(str(path)).with_locations()
            ways.with_filter(EntityFilter(osmium.osm.WAY)).with_filter(IdFilter(untagged))
            for way in ways:
                picked.take_ferry(way)
    except (RuntimeError, ValueError) as error:
        raise unreadable_file(name, error, _("Download it again: it may be incomplete.")) from error
    return picked.finish()


def _having(keys: tuple[str, ...], entities: Any) -> KeyFilter:
    """Return a filter that lets objects of these kinds pass only with one of these keys, and all others anyway."""
    result = KeyFilter(*keys)
    result.enable_for(entities)
    return result


class _Picker:
    def __init__(self, *, paths: bool) -> None:
        self.scan = Scan()
        self.paths = paths
        self.ferries: dict[int, dict[str, str]] = {}
        self.fords: set[int] = set()
        self.rings: list[np.ndarray] = []
        self.to_wkb = WKBFactory()

    def take(self, item: Any) -> None:
        """Sort one object in. Nodes precede ways, and ways multipolygons, in every file sorted as usual."""
        if item.is_node():
            self._take_node(item)
        elif item.is_way():
            self._take_way(item)
        elif item.is_relation():
            if item.tags.get("boundary") == "administrative":
                self.scan.missing_boundaries[f"r{item.id}"] = item.tags.get("name", "")
            elif item.tags.get("route") == "ferry":
                self._take_ferry_relation(item)
        elif not item.from_way():
            shape = shapely.from_wkb(self.to_wkb.create_multipolygon(item))
            self._take_area(f"r{item.orig_id()}", dict(item.tags), lambda: shape)

    def _take_ferry_relation(self, relation: Any) -> None:
        """Remember what a ferry's relation says of its ways; one time for several ways says nothing about each."""
        tags = road_tags(dict(relation.tags))
        members = [member.ref for member in relation.members if member.type == "w"]
        if len(members) > 1:
            tags.pop("duration", None)
        for way_id in members:
            self.ferries.setdefault(way_id, tags)

    def untagged_ferries(self) -> list[int]:
        """Return the ways of ferries that are not among the roads by tags of their own."""
        known = {feature.osm_id.partition("-")[0] for feature in self.scan.roads} if self.ferries else set()
        return sorted(way_id for way_id in self.ferries if f"w{way_id}" not in known)

    def take_ferry(self, way: Any) -> None:
        """Take a way as the ferry that its relation says it is, unless it says otherwise."""
        tags = road_tags(dict(way.tags))
        if "highway" not in tags:
            self._take_road(way, {**self.ferries[way.id], **tags, "route": "ferry"})

    def finish(self) -> Scan:
        """Return what was picked."""
        self._flush_buildings()
        for feature in self.scan.boundaries:
            self.scan.missing_boundaries.pop(feature.osm_id, None)
        return self.scan

    def _take_node(self, node: Any) -> None:
        tags = dict(node.tags)
        if meaning("ford", tags.get("ford")) == "ford":
            self.fords.add(node.id)
        if may_be_barrier(tags):
            self.scan.barriers[node.lon, node.lat] = Feature(f"n{node.id}", tags, shapely.Point(node.lon, node.lat))
        self._take_points(f"n{node.id}", tags, shapely.Point(node.lon, node.lat))

    def _take_way(self, way: Any) -> None:
        tags = dict(way.tags)
        if is_road(tags, paths=self.paths):
            self._take_road(way, road_tags(tags))
            if is_road(tags):
                return
        # What is for walkers alone may be a square, too, or a school's ground.
        if tags.get("waterway") in _RIVERS:
            self.scan.waters += [Feature(f"w{way.id}", tags, shapely.LineString(run)) for run in _runs(way)]
        elif len(way.nodes) > 3 and way.nodes[0].ref == way.nodes[-1].ref:
            ring = _positions(way)
            if ring is not None:
                self._take_area(f"w{way.id}", tags, lambda: _polygon(ring))
            else:
                self._take_cut_area(way, tags)

    def _take_road(self, way: Any, used: dict[str, str]) -> None:
        runs = list(_runs(way))
        if self.fords and any(node.ref in self.fords for node in way.nodes):
            used["ford"] = "yes"
        if len(runs) != 1 or len(runs[0]) < len(way.nodes):
            self.scan.cut_ways.append(f"w{way.id}")
        for number, run in enumerate(runs, start=1):
            part = f"-{number}" if len(runs) > 1 else ""
            self.scan.roads.append(Feature(f"w{way.id}{part}", used, shapely.LineString(run)))

    def _take_cut_area(self, way: Any, tags: dict[str, str]) -> None:
        """Let what is only a point to the program stand in the middle of the corners that are there; drop the rest."""
        osm_id = f"w{way.id}"
        self.scan.open_areas.append(osm_id)
        corners = {(node.lon, node.lat) for node in way.nodes if node.location.valid()}
        if corners:
            self._take_points(osm_id, tags, shapely.MultiPoint(sorted(corners)).centroid)

    def _take_points(self, osm_id: str, tags: dict[str, str], point: shapely.Point) -> None:
        if meaning("place", tags.get("place")):
            self.scan.places.append(Feature(osm_id, tags, point))
        if is_facility(tags):
            self.scan.facilities.append(Feature(osm_id, tags, point))
        if tags.get("building", "no") != "no":
            self._take_building(osm_id, tags, lambda: point)

    def _take_area(self, osm_id: str, tags: dict[str, str], outline: Callable[[], shapely.Geometry]) -> None:
        """Sort a closed way or multipolygon in; `outline` builds its shape where it is needed."""
        if tags.get("boundary") == "administrative" and "admin_level" in tags:
            self.scan.boundaries.append(Feature(osm_id, tags, outline()))
        elif meaning("place", tags.get("place")):
            self.scan.places.append(Feature(osm_id, tags, outline()))
        elif tags.get("natural") == "water":
            self.scan.waters.append(Feature(osm_id, tags, outline()))
        if is_facility(tags):
            self.scan.facilities.append(Feature(osm_id, tags, outline()))
        if tags.get("building", "no") != "no":
            self._take_building(osm_id, tags, outline)

    def _take_building(self, osm_id: str, tags: dict[str, str], outline: Callable[[], shapely.Geometry]) -> None:
        if any(meaning(key, tags[key].lower()) is not None for key in _UNINHABITED_KEYS if key in tags):
            self.scan.n_uninhabited += 1
            return
        self.scan.building_ids.append(osm_id)
        self.rings.append(outline())
        if len(self.rings) >= _BATCH:
            self._flush_buildings()

    def _flush_buildings(self) -> None:
        self.scan.building_points.append(shapely.point_on_surface(np.array(self.rings, dtype=object)))
        self.rings = []


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


def _positions(way: Any) -> list[tuple[float, float]] | None:
    """Return the exact coordinates of a way's nodes; None if a node is not in the file."""
    try:
        return [(node.lon, node.lat) for node in way.nodes]
    except osmium.InvalidLocationError:
        return None


def _runs(way: Any) -> Iterator[list[tuple[float, float]]]:
    """Cut a way where nodes are missing, as they are at the edge of an extract."""
    whole = _positions(way)
    if whole is not None:
        if len(whole) > 1:
            yield whole
        return
    run: list[tuple[float, float]] = []
    for node in way.nodes:
        if node.location.valid():
            run.append((node.lon, node.lat))
            continue
        if len(run) > 1:
            yield run
        run = []
    if len(run) > 1:
        yield run


def _polygon(ring: list[tuple[float, float]]) -> shapely.Geometry:
    polygon = shapely.Polygon(ring)
    return polygon if polygon.is_valid else polygons_of(shapely.make_valid(polygon, method="structure"))
