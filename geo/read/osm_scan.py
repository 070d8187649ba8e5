"""Pick from one OpenStreetMap file what the program can use, in two passes of pyosmium.

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
from osmium.filter import KeyFilter
from osmium.geom import WKBFactory

from geo.language import gettext as _
from geo.read.boundaries import polygons_of
from geo.read.tabular import require_file, unreadable_file
from geo.read.tags import ROAD_KEYS, is_road, meaning

_AREA_KEYS: Final = ("place", "amenity", "healthcare", "boundary", "natural", "building")
_KEYS: Final = (*_AREA_KEYS, "highway", "route", "waterway", "ford")
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


def scan(path: Path, name: str) -> Scan:
    """Read an .osm.pbf or .osm file.

    Raises
    ------
    DataError
        If the file is missing or is no OpenStreetMap file.
    """
    require_file(path, name)
    picked = _Picker()
    try:
        processor = osmium.FileProcessor(str(path)).with_areas(KeyFilter(*_AREA_KEYS)).with_filter(KeyFilter(*_KEYS))
        for item in processor:
            picked.take(item)
    except (RuntimeError, ValueError) as error:
        raise unreadable_file(name, error, _("Download it again: it may be incomplete.")) from error
    return picked.finish()


class _Picker:
    def __init__(self) -> None:
        self.scan = Scan()
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
        elif not item.from_way():
            shape = shapely.from_wkb(self.to_wkb.create_multipolygon(item))
            self._take_area(f"r{item.orig_id()}", dict(item.tags), lambda: shape)

    def finish(self) -> Scan:
        """Return what was picked."""
        self._flush_buildings()
        for feature in self.scan.boundaries:
            self.scan.missing_boundaries.pop(feature.osm_id, None)
        return self.scan

    def _take_node(self, node: Any) -> None:
        tags = dict(node.tags)
        if tags.get("ford", "no") != "no":
            self.fords.add(node.id)
        self._take_points(f"n{node.id}", tags, shapely.Point(node.lon, node.lat))

    def _take_way(self, way: Any) -> None:
        tags = dict(way.tags)
        if is_road(tags):
            self._take_road(way, tags)
        elif tags.get("waterway") in _RIVERS:
            self.scan.waters += [Feature(f"w{way.id}", tags, shapely.LineString(run)) for run in _runs(way)]
        elif len(way.nodes) > 3 and way.nodes[0].ref == way.nodes[-1].ref:
            ring = _positions(way)
            if ring is not None:
                self._take_area(f"w{way.id}", tags, lambda: _polygon(ring))
            else:
                self._take_cut_area(way, tags)

    def _take_road(self, way: Any, tags: dict[str, str]) -> None:
        runs = list(_runs(way))
        used = {key: tags[key] for key in ROAD_KEYS if key in tags}
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
