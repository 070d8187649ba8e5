"""From the laid network to OpenStreetMap nodes and ways: water, bridges, fords, ferries, places."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from geo.read.steppe.network import Road
from geo.read.steppe.places import Name, Place, names
from geo.read.steppe.plan import HEIGHT_KM, WIDTH_KM, Point
from geo.read.steppe.roads import RoadPlan
from geo.read.steppe.shapes import Coordinates, crossings, distances_km

FIRST_NODE: Final = 1_000_001
FIRST_WAY: Final = 2_001
#: Half the length in km of a bridge, ford or ferry across a river and across a stream.
_HALF_RIVER_KM: Final = {"bridge": 0.07, "ford": 0.03, "ice": 0.06, "ferry": 0.16}
_HALF_STREAM_KM: Final = 0.012
_PLACE_VALUES: Final = {"okrug": "village", "village": "village", "hamlet": "hamlet", "camp": "isolated_dwelling"}


@dataclass(frozen=True)
class Water:
    """A river or a stream in plan km."""

    name: Name
    line: Coordinates
    is_river: bool


@dataclass(frozen=True)
class Way:
    """One OpenStreetMap way.

    Parameters
    ----------
    nodes
        Numbers of nodes in `Drawing.points`.
    road
        Number of the road it is part of; -1 for water.
    """

    nodes: tuple[int, ...]
    tags: dict[str, str]
    road: int = -1


@dataclass
class Drawing:
    """Everything that goes into the extract; numbers count from 0 and become ids at `FIRST_NODE` and `FIRST_WAY`."""

    points: list[Point]
    node_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    ways: list[Way] = field(default_factory=list)

    def add_node(self, point: Point) -> int:
        """Add a node in plan km and return its number."""
        self.points.append((round(float(point[0]), 5), round(float(point[1]), 5)))
        return len(self.points) - 1

    def ways_of(self, road: int, *, ferry_only: bool = False) -> list[int]:
        """Return the ids of the ways of one road, or of its ferry alone."""
        ways = [(FIRST_WAY + k, way) for k, way in enumerate(self.ways) if way.road == road]
        return [way_id for way_id, way in ways if "route" in way.tags or not ferry_only]


def draw(plan: RoadPlan, waters: list[Water], seed: int) -> Drawing:
    """Return nodes and ways of roads, water and places."""
    drawing = Drawing([plan.network.point(n) for n in range(len(plan.network.points))])
    fords: list[list[tuple[float, int]]] = [[] for _ in waters]
    for number in range(len(plan.network.roads)):
        _draw_road(drawing, plan, number, waters, fords)
    for water, shared in zip(waters, fords, strict=True):
        _draw_water(drawing, water, shared)
    _draw_lakes(drawing, plan, waters, seed)
    for place in plan.places:
        _draw_place(drawing, place)
    return drawing


def _draw_road(
    drawing: Drawing, plan: RoadPlan, number: int, waters: list[Water], fords: list[list[tuple[float, int]]]
) -> None:
    """Draw one road as ways, split where it crosses water and where its surface changes."""
    road = plan.network.roads[number]
    line = plan.network.points[road.nodes]
    steps = np.hypot(*np.diff(line, axis=0).T)
    stations: dict[float, int] = {float(k): node for k, node in enumerate(road.nodes)}
    parts = _parts_over_water(drawing, road, line, waters, fords, stations)
    if road.earth_km:
        along = np.concatenate([[0.0], np.cumsum(steps)])
        first, last = (float(np.argmin(np.abs(along - km))) for km in road.earth_km)
        parts.append((first, last, {"surface": "earth", "smoothness": "very_bad"}))
    base = _road_tags(plan, road)
    breaks = sorted({0.0, float(len(line) - 1), *(edge for part in parts for edge in part[:2])})
    for start, end in itertools.pairwise(breaks):
        nodes = tuple(stations[s] for s in sorted(stations) if start <= s <= end)
        special = next((tags for a, b, tags in parts if a <= start and end <= b), {})
        tags = {**base, **special}
        if "route" in special:
            tags = dict(special)
        drawing.ways.append(Way(nodes, tags, number))


def _parts_over_water(
    drawing: Drawing,
    road: Road,
    line: Coordinates,
    waters: list[Water],
    fords: list[list[tuple[float, int]]],
    stations: dict[float, int],
) -> list[tuple[float, float, dict[str, str]]]:
    """Return the parts of a road that cross water, as (from, to, tags); add their ends to the stations."""
    found = sorted(
        (step + share, which, position + other, water.is_river)
        for which, water in enumerate(waters)
        for step, share, position, other in crossings(line, water.line[:-1], water.line[1:])
    )
    parts: list[tuple[float, float, dict[str, str]]] = []
    for station, which, water_station, is_river in found:
        kind = _crossing_kind(road, is_river)
        step = int(station)
        length_km = float(np.hypot(*(line[step + 1] - line[step])))
        half = (_HALF_RIVER_KM[kind] if is_river else _HALF_STREAM_KM) / length_km
        start = max(station - half, step + 0.3 * (station - step))
        end = min(station + half, station + 0.7 * (step + 1 - station))
        if parts and start <= parts[-1][1]:
            continue
        for position in (start, end) if kind in ("bridge", "ferry") else (start, station, end):
            stations[position] = drawing.add_node(tuple(line[step] + (position - step) * (line[step + 1] - line[step])))
        if kind == "ford":
            fords[which].append((water_station, stations[station]))
            drawing.node_tags[stations[station]] = {"ford": "yes"}
        parts.append((start, end, _crossing_tags(kind, waters[which].name)))
    return parts


def _crossing_kind(road: Road, is_river: bool) -> str:
    """Return bridge, ford, ice or ferry."""
    if is_river and road.crossing != "usual":
        return road.crossing
    return "ford" if road.surface in ("ground", "earth") else "bridge"


def _crossing_tags(kind: str, water: Name) -> dict[str, str]:
    """Return the tags of the part of a road that crosses water."""
    if kind == "ferry":
        return {"route": "ferry", "motor_vehicle": "yes", "duration": "00:15", "name": water.ru}
    return {"bridge": {"bridge": "yes", "layer": "1"}, "ford": {"ford": "yes"}, "ice": {"ice_road": "yes"}}[kind]


def _road_tags(plan: RoadPlan, road: Road) -> dict[str, str]:
    """Return the tags of a road: class, surface, names of its ends."""
    tags = {"highway": road.highway, "surface": road.surface, **road.tags}
    if road.purpose == "main":
        tags |= {"ref": {"trunk": "T-70", "primary": "R-7044"}[road.highway]}
    elif road.purpose == "link" and road.highway in ("secondary", "tertiary"):
        place = plan.places[road.place]
        hub = next(p for p in plan.places if p.kind == "centre" and p.district == place.district)
        tags |= {"name": f"{hub.name.ru} – {place.name.ru}", "name:kk": f"{hub.name.kk} – {place.name.kk}"}
    elif road.purpose == "street" and plan.places[road.place].kind == "centre" and road.highway == "residential":
        nearby = [r for r in plan.network.roads if r.place == road.place and r.purpose == "street"]
        if nearby.index(road) in (1, 2):
            tags["oneway"] = "yes"
    return tags


def _draw_water(drawing: Drawing, water: Water, shared: list[tuple[float, int]]) -> None:
    """Draw a river or stream; fords share their node with it."""
    stations = {float(k): drawing.add_node(tuple(p)) for k, p in enumerate(water.line)}
    stations.update(dict(shared))
    tags = {"waterway": "river" if water.is_river else "stream", **name_tags(water.name)}
    if not water.is_river:
        tags["intermittent"] = "yes"
    drawing.ways.append(Way(tuple(stations[s] for s in sorted(stations)), tags))


def _draw_lakes(drawing: Drawing, plan: RoadPlan, waters: list[Water], seed: int) -> None:
    """Draw lakes where neither roads nor settlements nor rivers are."""
    rng = np.random.Generator(np.random.PCG64([seed, 5]))
    busy = np.vstack([plan.network.points, *(water.line for water in waters)])
    pool = names("lake")
    for _ in range(4000):
        middle = (float(rng.uniform(6, WIDTH_KM - 6)), float(rng.uniform(6, HEIGHT_KM - 6)))
        radius_km = float(rng.uniform(0.7, 2.4))
        if distances_km(middle, busy).min() < 1.5 * radius_km + 1.0:
            continue
        phase = rng.uniform(0, 2 * math.pi, size=2)
        turns = 2 * math.pi * np.arange(28) / 28
        radii = radius_km * (1 + 0.18 * np.sin(2 * turns + phase[0]) + 0.09 * np.sin(5 * turns + phase[1]))
        ring = np.column_stack([middle[0] + radii * np.cos(turns), middle[1] + 0.8 * radii * np.sin(turns)])
        nodes = [drawing.add_node(tuple(p)) for p in ring]
        busy = np.vstack([busy, ring])
        name = pool.pop(0)
        drawing.ways.append(Way((*nodes, nodes[0]), {"natural": "water", "water": "lake", **name_tags(name)}))
        if not pool:
            return


def _draw_place(drawing: Drawing, place: Place) -> None:
    """Draw a settlement as a place node beside its main crossing."""
    node = drawing.add_node((place.x + 0.02, place.y + 0.03))
    value = "town" if place.kind == "centre" else _PLACE_VALUES[place.kind]
    tags = {"place": value, **name_tags(place.name)}
    if place.code != "missing_population":
        tags["population"] = str(place.persons)
    drawing.node_tags[node] = tags


def name_tags(name: Name) -> dict[str, str]:
    """Return the name tags of an object in three languages."""
    return {"name": name.ru, "name:kk": name.kk, "name:ru": name.ru, "name:en": name.en}
