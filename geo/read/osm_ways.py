"""Pick the roads of one OpenStreetMap file while it is read: the ways, what stands on their nodes, ferries' relations.

Ways are picked in bulk: a country has a hundred thousand of them with a million nodes, and only some dozen distinct
sets of tags that decide something. A line goes from pyosmium to shapely as well-known binary, and never node by node.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import osmium
import shapely
from osmium.geom import WKBFactory, use_nodes

from geo.read.barriers import Position, at_places, may_be_barrier
from geo.read.tags import NAME_KEYS, is_road, road_name, road_tags
from geo.read.values import meaning

#: Keys of the objects that roads are made of.
ROAD_NODE_KEYS: Final = ("ford", "barrier")
ROAD_WAY_KEYS: Final = ("highway", "route")
#: Keys that most ways of a plain extract have, and nothing else: asking for each is faster than listing all tags.
_COMMON_KEYS: Final = ("highway", "surface", "name")


@dataclass
class RoadWays:
    """The roads of a file, as tagged.

    Parameters
    ----------
    ids
        ``w`` and the number of the way, with ``-1``, ``-2`` where nodes are missing in it.
    names
        Name or number of each road.
    kinds
        Each road's place in `tags`.
    lines
        Each road's course, with the exact coordinates of its nodes.
    tags
        Distinct sets of the tags that decide something, names apart.
    barriers
        Nodes that may stop somebody: id and tags.
    cut_ways
        Ways that lack nodes.
    """

    ids: list[str] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    lines: npt.NDArray[np.object_] = field(default_factory=lambda: np.empty(0, dtype=object))
    tags: list[Mapping[str, str]] = field(default_factory=list)
    barriers: dict[Position, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    cut_ways: list[str] = field(default_factory=list)


class Lines:
    """Course of ways, whole or in runs."""

    def __init__(self) -> None:
        self._factory = WKBFactory()

    def whole(self, way: Any) -> bytes | None:
        """Return the line of a way as well-known binary; None if a node is not in the file or there is only one."""
        try:
            # By default pyosmium leaves out a node that lies where the one before it lies.
            written = self._factory.create_linestring(way, use_nodes.ALL) if len(way.nodes) > 1 else None
        except osmium.InvalidLocationError:
            return None
        # GEOS is slow at hexadecimal digits.
        return None if written is None else bytes.fromhex(written)

    def runs(self, way: Any) -> list[bytes]:
        """Return the lines of a way, cut where nodes are missing, as they are at the edge of an extract."""
        whole = self.whole(way)
        if whole is not None:
            return [whole]
        return [shapely.to_wkb(shapely.LineString(run)) for run in _runs(way)]


def _runs(way: Any) -> Iterator[list[Position]]:
    run: list[Position] = []
    for node in way.nodes:
        if node.location.valid():
            run.append((node.lon, node.lat))
            continue
        if len(run) > 1:
            yield run
        run = []
    if len(run) > 1:
        yield run


def tags_of(item: Any) -> dict[str, str]:
    """Return the tags of an object; the same as ``dict(item.tags)``, sooner where there are few."""
    tags = item.tags
    found = {key: value for key in _COMMON_KEYS if (value := tags.get(key)) is not None}
    return found if len(found) == len(tags) else dict(tags)


class RoadPicker:
    """Takes nodes, ways and relations in the order of the file: nodes precede ways, and ways relations."""

    def __init__(self, *, paths: bool) -> None:
        self.ways = RoadWays()
        self.lines = Lines()
        self._paths = paths
        self._ferries: dict[int, dict[str, str]] = {}
        self._fords: set[Position] = set()
        self._binaries: list[bytes] = []
        self._kind_of: dict[tuple[tuple[str, str], ...], int] = {}

    def take_node(self, node: Any, tags: Mapping[str, str]) -> None:
        """Remember a ford or a barrier."""
        if meaning("ford", tags.get("ford")) == "ford":
            self._fords.add((node.lon, node.lat))
        if may_be_barrier(tags):
            self.ways.barriers[node.lon, node.lat] = (f"n{node.id}", tags)

    def take_way(self, way: Any, tags: Mapping[str, str]) -> bool:
        """Take a way if it is a road; return whether it is."""
        if not is_road(tags, paths=self._paths):
            return False
        self._take_road(way, tags)
        return True

    def take_relation(self, relation: Any) -> None:
        """Remember what a ferry's relation says of its ways; one time for several ways says nothing about each."""
        if relation.tags.get("route") != "ferry":
            return
        tags = road_tags(dict(relation.tags))
        members = [member.ref for member in relation.members if member.type == "w"]
        if len(members) > 1:
            tags.pop("duration", None)
        for way_id in members:
            self._ferries.setdefault(way_id, tags)

    def untagged_ferries(self) -> list[int]:
        """Return the ways of ferries that are not among the roads by tags of their own."""
        known = {road_id.partition("-")[0] for road_id in self.ways.ids} if self._ferries else set()
        return sorted(way_id for way_id in self._ferries if f"w{way_id}" not in known)

    def take_ferry(self, way: Any) -> None:
        """Take a way as the ferry that its relation says it is, unless it says otherwise."""
        tags = road_tags(dict(way.tags))
        if "highway" not in tags:
            self._take_road(way, {**self._ferries[way.id], **tags, "route": "ferry"})

    def finish(self) -> RoadWays:
        """Return what was picked."""
        ways = self.ways
        ways.lines = np.asarray(shapely.from_wkb(np.array(self._binaries, dtype=object)))
        self._binaries = []
        self._mark_fords()
        ways.tags = [dict(kind) for kind in self._kind_of]
        return ways

    def _take_road(self, way: Any, tags: Mapping[str, str]) -> None:
        whole = self.lines.whole(way)
        runs = self.lines.runs(way) if whole is None else [whole]
        osm_id, name = f"w{way.id}", road_name(tags)
        if whole is None:
            self.ways.cut_ways.append(osm_id)
            if self._fords and any(n.location.valid() and (n.lon, n.lat) in self._fords for n in way.nodes):
                tags = {**tags, "ford": "yes"}
        kind = self._kind(tags)
        for number, run in enumerate(runs, start=1):
            self.ways.ids.append(f"{osm_id}-{number}" if len(runs) > 1 else osm_id)
            self.ways.names.append(name)
            self.ways.kinds.append(kind)
            self._binaries.append(run)

    def _kind(self, tags: Mapping[str, str]) -> int:
        items = tuple(sorted(item for item in road_tags(tags).items() if item[0] not in NAME_KEYS))
        return self._kind_of.setdefault(items, len(self._kind_of))

    def _mark_fords(self) -> None:
        """Say of the roads that pass a ford's node that they have a ford."""
        if not self._fords or not len(self.ways.lines):
            return
        lonlat, road = shapely.get_coordinates(self.ways.lines, return_index=True)
        known = list(self._kind_of)
        for number in dict.fromkeys(road[at_places(lonlat, self._fords)].tolist()):
            self.ways.kinds[number] = self._kind({**dict(known[self.ways.kinds[number]]), "ford": "yes"})
