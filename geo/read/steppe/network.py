"""A road network under construction: nodes, roads that share them at junctions, and joining without loose crossings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geo.read.steppe.plan import Point
from geo.read.steppe.shapes import Coordinates, crossings, distances_km

Purpose = Literal["main", "link", "loop", "track", "street"]
Crossing = Literal["usual", "ford", "ferry", "ice"]

#: A new road that comes as near as this to an old one joins it, once it is as far as that from its start.
_JOIN_KM: Final = 0.5
_START_KM: Final = 1.3


@dataclass
class Road:
    """One road as a chain of nodes.

    Parameters
    ----------
    nodes
        Node numbers.
    highway, surface
        OpenStreetMap values; the surface is filled in when all roads are laid.
    purpose
        Why it was laid.
    place
        Number of the settlement it serves; -1 for a main road.
    protected
        No other road may join or cross it.
    crossing
        How it crosses rivers; ``usual`` depends on its class.
    earth_km
        Part of an otherwise better road that is earth: from, to in km from its first node.
    """

    nodes: list[int]
    highway: str
    purpose: Purpose
    place: int
    protected: bool = False
    crossing: Crossing = "usual"
    earth_km: tuple[float, float] | None = None
    surface: str = ""
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Segments:
    """All road segments of a network at one moment."""

    starts: Coordinates
    ends: Coordinates
    roads: npt.NDArray[np.int64]
    positions: npt.NDArray[np.int64]


class Network:
    """Nodes and roads; roads that meet share a node."""

    def __init__(self) -> None:
        self._points: list[Point] = []
        self.roads: list[Road] = []

    @property
    def points(self) -> Coordinates:
        """(n, 2) plan coordinates of the nodes in km."""
        return np.array(self._points, dtype=np.float64).reshape(-1, 2)

    def point(self, node: int) -> Point:
        """Return the plan coordinates of one node in km."""
        return self._points[node]

    def add_node(self, point: Point) -> int:
        """Add a node and return its number; plan coordinates are kept to a centimetre."""
        self._points.append((round(float(point[0]), 5), round(float(point[1]), 5)))
        return len(self._points) - 1

    def segments(self) -> Segments:
        """Return every segment of every road, in order."""
        starts: list[int] = []
        ends: list[int] = []
        roads: list[int] = []
        positions: list[int] = []
        for number, road in enumerate(self.roads):
            starts += road.nodes[:-1]
            ends += road.nodes[1:]
            roads += [number] * (len(road.nodes) - 1)
            positions += range(len(road.nodes) - 1)
        points = self.points
        return Segments(
            points[starts], points[ends], np.array(roads, dtype=np.int64), np.array(positions, dtype=np.int64)
        )

    def length_km(self, road: Road) -> float:
        """Return the plan length of a road in km."""
        return float(np.hypot(*np.diff(self.points[road.nodes], axis=0).T).sum())

    def add_through(self, line: Coordinates, ends: tuple[int, int], road: Road) -> set[int]:
        """Lay a road that passes through what it meets, sharing a node at each crossing.

        Returns
        -------
        set of int
            Settlements whose streets the road crosses and thereby joins.
        """
        segments = self.segments()
        found = crossings(line, segments.starts, segments.ends)
        touched: set[int] = set()
        inner: list[tuple[float, int]] = [(float(k), self.add_node(tuple(line[k]))) for k in range(1, len(line) - 1)]
        insertions: list[tuple[int, int, float, int]] = []
        for step, share, number, other_share in found:
            node = self.add_node(tuple(line[step] + share * (line[step + 1] - line[step])))
            inner.append((step + share, node))
            other = int(segments.roads[number])
            insertions.append((other, int(segments.positions[number]), other_share, node))
            touched.add(self.roads[other].place)
        for other, position, _, node in sorted(insertions, reverse=True):
            self.roads[other].nodes.insert(position + 1, node)
        road.nodes = [ends[0], *(node for _, node in sorted(inner)), ends[1]]
        self.roads.append(road)
        return touched - {-1}

    def add_until_met(
        self,
        line: Coordinates,
        ends: tuple[int, int],
        road: Road,
        joinable: npt.NDArray[np.int64],
        *,
        may_meet: bool = True,
    ) -> bool:
        """Lay a road that ends where it first meets a joinable one.

        Parameters
        ----------
        line
            (n, 2) vertices from the start node to the end node.
        ends
            Node numbers of both ends.
        road
            The road to lay; its nodes are filled in.
        joinable
            Nodes near which the road ends before it reaches its end; may be empty.
        may_meet
            The road may end where it crosses another one.

        Returns
        -------
        bool
            False, with nothing laid, if it would cross a protected road, a street, or any road when it may not.
        """
        start, end = ends
        line, end = self._shortened(line, end, joinable)
        segments = self.segments()
        found = crossings(line, segments.starts, segments.ends)
        if found:
            step, share, number, _ = found[0]
            other = self.roads[int(segments.roads[number])]
            if other.protected or other.purpose == "street" or not may_meet:
                return False
            end = self.add_node(tuple(line[step] + share * (line[step + 1] - line[step])))
            other.nodes.insert(int(segments.positions[number]) + 1, end)
            line = line[: step + 2]
        road.nodes = [start, *(self.add_node(tuple(p)) for p in line[1:-1]), end]
        self.roads.append(road)
        return True

    def _shortened(self, line: Coordinates, end: int, joinable: npt.NDArray[np.int64]) -> tuple[Coordinates, int]:
        """Cut a line where it first comes close to a joinable node, and end it there."""
        spots = self.points[joinable]
        for k in range(1, len(line) - 1 if len(spots) else 0):
            if np.hypot(*(line[k] - line[0])) < _START_KM:
                continue
            gaps = distances_km((line[k, 0], line[k, 1]), spots)
            nearest = int(np.argmin(gaps))
            if gaps[nearest] < _JOIN_KM:
                return np.vstack([line[:k], spots[nearest : nearest + 1]]), int(joinable[nearest])
        return line, end

    def distances_from(self, sources: list[int], closed: set[int] | None = None) -> Coordinates:
        """Return (sources, nodes) road distances in km; `inf` = no way.

        Parameters
        ----------
        sources
            Node numbers.
        closed
            Roads that may not be used.
        """
        points = self.points
        starts: list[int] = []
        ends: list[int] = []
        for number, road in enumerate(self.roads):
            if closed is None or number not in closed:
                starts += road.nodes[:-1]
                ends += road.nodes[1:]
        lengths = np.hypot(*(points[starts] - points[ends]).T) + 1e-6
        graph = csr_matrix((lengths, (starts, ends)), shape=(len(points), len(points)))
        distances: Coordinates = dijkstra(graph, directed=False, indices=sources)
        return distances
