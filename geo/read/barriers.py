"""Barriers that some vehicle cannot pass: roads are cut there, and a road of a few centimetres stands for the barrier.

A network has nothing but roads, so a barrier is one too: at its node all roads but one are drawn back by a
millionth of a degree (some ten centimetres), and each is joined to the node by a road of its own, ``n<node>``, which
carries what the barrier closes. Whoever passes the node passes the barrier.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from geo.read.access import DRIVEN, HIERARCHIES, closed_months, read_access, write_access
from geo.read.months import ALL_YEAR, NEVER
from geo.read.values import load_rows, meaning
from geo.tables.inputs import VEHICLES

Position = tuple[float, float]

#: How far a road is drawn back, at most half a segment. Junctions are told apart to a tenth of that.
_BACK_DEGREES: Final = 1e-6
#: Columns of a barrier's own; the others are those of the road it stands on.
_PLAIN: Final = {
    "duration_minutes": None,
    **dict.fromkeys(("oneway", "oneway_walk"), "no"),
    **dict.fromkeys(("bridge", "surface_imputed"), False),
}


@dataclass(frozen=True)
class Barrier:
    """What a node on a road does to those who pass it.

    Parameters
    ----------
    osm_id
        ``n`` and the number of the node.
    closed_to, open_months
        Columns of ROADS.
    border_crossing
        It is a control of the state border.
    """

    osm_id: str
    closed_to: str | None
    open_months: str | None
    border_crossing: bool

    def concerns(self, vehicles: Collection[str]) -> bool:
        """Return whether any of these vehicles cannot always pass."""
        return self.border_crossing or self.open_months is not None or any(self._closed(v) for v in vehicles)

    def shuts_out(self, vehicles: Collection[str]) -> bool:
        """Return whether none of these vehicles can ever pass."""
        return all(self._closed(vehicle) == ALL_YEAR for vehicle in vehicles)

    def _closed(self, vehicle: str) -> frozenset[int]:
        return closed_months(self.closed_to or "", vehicle)


@lru_cache(maxsize=1)
def _kinds() -> Mapping[str, tuple[frozenset[str], bool]]:
    return {
        row["barrier"]: (frozenset(row["closed_to"].split()), row["border_crossing"] == "yes")
        for row in load_rows("osm_barriers.csv")
    }


def may_be_barrier(tags: Mapping[str, str]) -> bool:
    """Return whether a node may stop somebody: a barrier, or a ford that is not for wheels."""
    return "barrier" in tags or meaning("ford", tags.get("ford")) in {"on_foot", "boat"}


def read_barrier(osm_id: str, tags: Mapping[str, str], unread: list[str]) -> Barrier:
    """Return what a node for which `may_be_barrier` holds does; a kind that is not known stops nobody and is named."""
    kind = tags.get("barrier", "entrance")
    ford = meaning("ford", tags.get("ford"))
    if kind not in _kinds():
        unread.append(f"barrier={kind}")
    closed_to, border = _kinds().get(kind, (frozenset[str](), False))
    if tags.get("locked") == "yes" or ford == "boat":
        closed_to = frozenset(VEHICLES)
    elif ford == "on_foot":
        closed_to |= DRIVEN
    months = {}
    for vehicle in VEHICLES:
        usual = NEVER if vehicle in closed_to else ALL_YEAR
        months[vehicle] = read_access(tags, vehicle, usual, HIERARCHIES[vehicle], unread).months
    written, closed = write_access(months)
    return Barrier(osm_id, closed, written, border)


@dataclass(frozen=True)
class RoadRows:
    """Rows of the table ROADS, the columns in which many rows agree held once.

    Parameters
    ----------
    ids, names, shapes
        Of each road.
    kinds
        Each road's place in `columns`.
    columns
        Distinct sets of all other columns, under file names.
    """

    ids: Sequence[str]
    names: Sequence[str | None]
    kinds: Sequence[int]
    shapes: Sequence[shapely.LineString] | npt.NDArray[np.object_]
    columns: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Cut:
    """Roads cut at barriers, and the nodes where something was cut."""

    roads: RoadRows
    nodes: tuple[str, ...]


def at_places(lonlat: npt.NDArray[np.float64], places: Collection[Position]) -> npt.NDArray[np.int64]:
    """Return the vertices that lie exactly at one of some places."""
    lons = np.unique([lon for lon, _lat in places])
    if not len(lons):
        return np.empty(0, dtype=np.int64)
    found = np.searchsorted(lons, lonlat[:, 0])
    near = np.flatnonzero(lons[np.minimum(found, len(lons) - 1)] == lonlat[:, 0])
    return near[[(lon, lat) in places for lon, lat in lonlat[near].tolist()]] if len(near) else near


def cut_at_barriers(roads: RoadRows, barriers: Mapping[Position, Barrier], vehicles: Collection[str]) -> Cut:
    """Cut roads at the barriers that concern some of the vehicles.

    A barrier at the end of a single road stops nobody. A road that is cut in two becomes ``w<way>-1``, ``w<way>-2``.
    A barrier that none of the vehicles can ever pass leaves a gap.
    """
    arms = _arms(roads.shapes, {place: one for place, one in barriers.items() if one.concerns(vehicles)})
    if not arms:
        return Cut(roads, ())
    pieces = _Pieces(roads, vehicles)
    for barrier, meeting in arms:
        pieces.put(barrier, meeting)
    return pieces.finish()


@dataclass(frozen=True)
class _Arm:
    """A road that leaves a node: from its vertex `at` towards the next one (1) or the one before (-1)."""

    road: int
    at: int
    towards: int


def _arms(
    shapes: Sequence[shapely.LineString] | npt.NDArray[np.object_], barriers: Mapping[Position, Barrier]
) -> list[tuple[Barrier, list[_Arm]]]:
    """Return the barriers where at least two roads meet, with those roads in their order."""
    if not barriers or not len(shapes):
        return []
    lonlat, road = shapely.get_coordinates(np.asarray(shapes, dtype=object), return_index=True)
    starts = np.searchsorted(road, np.arange(len(shapes) + 1))
    met: dict[Position, list[_Arm]] = {}
    for hit in at_places(lonlat, barriers).tolist():
        place = (float(lonlat[hit, 0]), float(lonlat[hit, 1]))
        number = int(road[hit])
        first, last = int(starts[number]), int(starts[number + 1]) - 1
        for towards in (-1, 1):
            if first <= hit + towards <= last:
                met.setdefault(place, []).append(_Arm(number, hit - first, towards))
    return [(barriers[place], arms) for place, arms in met.items() if len(arms) > 1]


class _Pieces:
    """Roads while they are being cut."""

    def __init__(self, roads: RoadRows, vehicles: Collection[str]) -> None:
        self.roads = roads
        self.vehicles = vehicles
        self.nodes: list[str] = []
        self.ids: list[str] = []
        self.shapes: list[shapely.LineString] = []
        #: One for each of the barriers' roads.
        self.columns: list[Mapping[str, Any]] = []
        #: Per road and vertex, where its parts before (-1) and after (1) the vertex end and begin.
        self.ends: dict[int, dict[int, dict[int, Position]]] = {}

    def put(self, barrier: Barrier, arms: Sequence[_Arm]) -> None:
        """Draw back all arms but the first, and join them to the node by the barrier."""
        self.nodes.append(barrier.osm_id)
        for number, arm in enumerate(arms):
            coordinates = self.roads.shapes[arm.road].coords
            node = coordinates[arm.at]
            end = node if number == 0 else _drawn_back(node, coordinates[arm.at + arm.towards])
            self.ends.setdefault(arm.road, {}).setdefault(arm.at, {})[arm.towards] = end
            if number and not barrier.shuts_out(self.vehicles):
                closing = {
                    "closed_to": barrier.closed_to,
                    "open_months": barrier.open_months,
                    "border_crossing": barrier.border_crossing,
                }
                self.ids.append(barrier.osm_id if number == 1 else f"{barrier.osm_id}-{number}")
                self.columns.append({**self.roads.columns[self.roads.kinds[arm.road]], **_PLAIN, **closing})
                self.shapes.append(shapely.LineString([node, end]))

    def finish(self) -> Cut:
        """Return all roads, those that were cut in parts, and then the barriers."""
        whole = self.roads
        ids, rows, shapes = [], [], []
        for number, shape in enumerate(whole.shapes):
            parts = _parts(list(shape.coords), self.ends[number]) if number in self.ends else [shape]
            shapes += parts
            rows += [number] * len(parts)
            own = whole.ids[number]
            ids += [f"{own}-{part}" for part in range(1, len(parts) + 1)] if len(parts) > 1 else [own] * len(parts)
        kinds = [whole.kinds[row] for row in rows] + list(range(len(whole.columns), len(whole.columns) + len(self.ids)))
        names = [*(whole.names[row] for row in rows), *(None for _id in self.ids)]
        columns = [*whole.columns, *self.columns]
        cut = RoadRows([*ids, *self.ids], names, kinds, [*shapes, *self.shapes], columns)
        return Cut(cut, tuple(self.nodes))


def _drawn_back(node: Position, neighbour: Position) -> Position:
    """Return the place a little from the node towards the next vertex; that vertex where it is hardly farther."""
    step = np.subtract(neighbour, node)
    length = float(np.hypot(*step))
    if length < _BACK_DEGREES / 2:
        return neighbour
    x, y = np.add(node, step * min(_BACK_DEGREES / length, 0.5))
    return (float(x), float(y))


def _parts(coordinates: list[Position], ends: Mapping[int, Mapping[int, Position]]) -> list[shapely.LineString]:
    """Cut a line at the vertices whose two sides end apart."""
    parts = []
    run: list[Position] = []
    for at, place in enumerate(coordinates):
        sides = ends.get(at, {})
        before, after = sides.get(-1, place), sides.get(1, place)
        if at:
            run.append(before)
        if at == 0:
            run = [after]
        elif before != after and at < len(coordinates) - 1:
            parts.append(run)
            run = [after]
    parts.append(run)
    return [shapely.LineString(part) for part in parts if len(set(part)) > 1]
