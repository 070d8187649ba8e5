"""Doubts about roads: ends that nearly meet, parts of the network on their own, one-way traps, missing nodes."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geo.errors import Fault
from geo.language import gettext as _
from geo.language import ngettext
from geo.network.topology import RoadNetwork
from geo.study.config import StudyConfig
from geo.study.wording import name_of
from geo.tables import WALK
from geo.tables.check import FILE_ROW, WGS84
from geo.units import METRES_PER_KM

Ints = npt.NDArray[np.int64]

#: A road end this near to another road nearly meets it (domain brief, 6.3, case 27); nearer than a metre it is drawing.
_GAP_METRES: Final = 50.0
#: With a way round that is shorter than this, nobody misses the link: a street that ends beside another one.
_SHORT_WAY_METRES: Final = 1_000.0
#: Settlements this near to the main roads are at them, whatever lane runs by.
_AT_ROAD_METRES: Final = 1_000.0
#: Settlements without a connection are named all; a district rarely has more.
_NAMED: Final = 100
#: A road so little farther away than the nearest one is as near.
_SAME_ROAD_METRES: Final = 100.0
_OPENSTREETMAP: Final = (".pbf", ".osm", ".graphml")


@dataclass(frozen=True)
class Gap:
    """A road end that nearly meets another road.

    Parameters
    ----------
    road, other
        Positions of both roads in the network's table.
    end, target
        The end, and the place of the other road nearest to it: longitude and latitude.
    metres
        How far they lie apart.
    """

    road: int
    other: int
    end: tuple[float, float]
    target: tuple[float, float]
    metres: float


def road_doubts(config: StudyConfig, settlements: gpd.GeoDataFrame, network: RoadNetwork) -> list[Fault]:
    """Return what is doubtful about the roads once they are put together."""
    file = config.inputs.roads or config.inputs.osm or ""
    if not network.n_edges or not len(settlements):
        return []
    faults = [*_gap_faults(network, file), *_lost_parts(config, settlements, network)]
    faults += _traps(config, settlements, network)
    # Other line layers have been given a node wherever they cross.
    if config.road_layer.meet == "vertices" or Path(file).suffix.lower() in _OPENSTREETMAP:
        faults += _crossings(network, file)
    return faults


def find_gaps(network: RoadNetwork, at_most_metres: float = _GAP_METRES) -> list[Gap]:
    """Return road ends that nearly meet a road which they reach by a long way round, or not at all.

    Sorted by road and end. Ferries neither end in a gap nor close one.
    """
    degree = np.bincount(np.concatenate([network.edge_from, network.edge_to]), minlength=network.n_nodes)
    ferry = (network.roads["road_category"] == "ferry").to_numpy()[network.edge_road]
    ends = np.flatnonzero(degree == 1)
    points = shapely.points(network.node_x[ends], network.node_y[ends])
    number, edge = network.tree.query(points, predicate="dwithin", distance=at_most_metres)
    node = ends[number]
    elsewhere = (network.edge_from[edge] != node) & (network.edge_to[edge] != node) & ~ferry[edge]
    graph = _Ways(network)
    best: dict[int, tuple[float, int]] = {}
    for i in np.flatnonzero(elsewhere).tolist():
        metres = float(shapely.distance(points[number[i]], network.tree.geometries[edge[i]]))
        best[int(node[i])] = min(best.get(int(node[i]), (np.inf, 0)), (metres, int(edge[i])))
    gaps = []
    for at, (metres, other) in best.items():
        own = graph.edge_at(at)
        if ferry[own] or not graph.is_far(at, other):
            continue
        gaps.append(_gap(network, at, own, other, metres))
    return sorted(gaps, key=lambda gap: (gap.road, gap.end))


def _gap(network: RoadNetwork, node: int, own: int, other: int, metres: float) -> Gap:
    line = network.tree.geometries[other]
    spot = line.interpolate(line.project(shapely.Point(network.node_x[node], network.node_y[node])))
    to_degrees = pyproj.Transformer.from_crs(network.crs, WGS84, always_xy=True)
    vertex = network.vertex_start[own] if network.edge_from[own] == node else network.vertex_start[own + 1] - 1
    end = (float(network.vertex_lon[vertex]), float(network.vertex_lat[vertex]))
    lon, lat = to_degrees.transform(spot.x, spot.y)
    target = (round(float(lon), 7), round(float(lat), 7))
    return Gap(int(network.edge_road[own]), int(network.edge_road[other]), end, target, metres)


class _Ways:
    """The network to be walked along from a place, as far as asked."""

    def __init__(self, network: RoadNetwork) -> None:
        self.network = network
        both = np.concatenate([network.edge_from, network.edge_to])
        self.order = np.argsort(both, kind="stable")
        self.start = np.searchsorted(both[self.order], np.arange(network.n_nodes + 1))
        self.metres = network.edge_metres

    def edge_at(self, node: int) -> int:
        """Return the first edge at a node."""
        return int(self.order[self.start[node]]) % self.network.n_edges

    def is_far(self, node: int, edge: int) -> bool:
        """Return whether an edge is farther than a short way round."""
        goals = {int(self.network.edge_from[edge]), int(self.network.edge_to[edge])}
        if self.network.component[node] != self.network.component[next(iter(goals))]:
            return True
        queue, done = [(0.0, node)], set()
        while queue:
            metres, at = heapq.heappop(queue)
            if at in goals:
                return False
            if at in done:
                continue
            done.add(at)
            for slot in self.order[self.start[at] : self.start[at + 1]].tolist():
                number = slot % self.network.n_edges
                ahead = self.network.edge_to[number] if slot < self.network.n_edges else self.network.edge_from[number]
                if metres + self.metres[number] <= _SHORT_WAY_METRES:
                    heapq.heappush(queue, (metres + float(self.metres[number]), int(ahead)))
        return True


def _gap_faults(network: RoadNetwork, file: str) -> Iterator[Fault]:
    for gap in find_gaps(network):
        one, other = network.roads.index[gap.road], network.roads.index[gap.other]
        text = _("Road {one} ends {metres} m from road {other} without meeting it.")
        message = text.format(one=one, other=other, metres=round(gap.metres, 1))
        remedy = _("Join them where one can drive; snap_metres under [network] joins all ends that are as near.")
        yield Fault(file, _row(network, gap.road), "geometry", "road-gap", message, remedy, "warning", gap.end)


def _row(network: RoadNetwork, road: int) -> int:
    """Return the row of the file; features of OpenStreetMap have none."""
    return int(network.roads[FILE_ROW].iloc[road]) if FILE_ROW in network.roads else 0


def _lost_parts(config: StudyConfig, settlements: gpd.GeoDataFrame, network: RoadNetwork) -> Iterator[Fault]:
    """Yield a warning for every part of the network that settlements stand on and that does not meet the main part."""
    lines = np.asarray(network.tree.geometries)
    part = network.component[network.edge_from]
    if not part.any():
        return
    spots = settlements.geometry.to_crs(network.crs).to_numpy()
    of_settlement = part[network.tree.nearest(spots)]
    main = np.flatnonzero(part == 0)
    tree = shapely.STRtree(lines[main])
    _near, from_main = tree.query_nearest(spots, return_distance=True, all_matches=False)
    lost = (of_settlement != 0) & (from_main > _AT_ROAD_METRES)
    file = config.inputs.settlements or config.inputs.osm or ""
    for number in np.unique(of_settlement[lost]).tolist():
        own = np.flatnonzero(part == number)
        pairs, metres = tree.query_nearest(lines[own], return_distance=True, all_matches=False)
        nearest = int(np.argmin(metres))
        here, there = own[pairs[0][nearest]], main[pairs[1][nearest]]
        places = settlements.iloc[np.flatnonzero(lost & (of_settlement == number))]
        yield _lost(network, places, (int(here), int(there)), float(metres[nearest]), own, file)


def _lost(
    network: RoadNetwork,
    places: gpd.GeoDataFrame,
    link: tuple[int, int],
    metres: float,
    edges: Ints,
    file: str,
) -> Fault:
    ids = [f"{name_of(row)} ({settlement})" for settlement, row in places.iloc[:_NAMED].iterrows()]
    text = ngettext(
        "The roads of {n} settlement are not connected with the others ({km} km of road): {names}. The missing link is "
        "{link} km long, from road {one} to road {other}.",
        "The roads of {n} settlements are not connected with the others ({km} km of road): {names}. The missing link "
        "is {link} km long, from road {one} to road {other}.",
        len(places),
    )
    message = text.format(
        n=len(places),
        km=round(float(network.edge_metres[edges].sum()) / METRES_PER_KM, 1),
        names=", ".join(ids) + (" …" if len(places) > _NAMED else ""),
        link=f"{metres / METRES_PER_KM:.3g}",
        one=network.roads.index[network.edge_road[link[0]]],
        other=network.roads.index[network.edge_road[link[1]]],
    )
    remedy = _("Add the road that is missing; without it trips go across country, or not at all.")
    row = int(places[FILE_ROW].iloc[0]) if FILE_ROW in places else 0
    point = places.geometry.iloc[0]
    return Fault(file, row, "geometry", "disconnected-settlement", message, remedy, "warning", (point.x, point.y))


def _traps(config: StudyConfig, settlements: gpd.GeoDataFrame, network: RoadNetwork) -> Iterator[Fault]:
    """Yield a warning for settlements at roads that can be left or entered in one direction only."""
    vehicle = config.network.vehicle
    oneway = network.roads["oneway_walk" if vehicle == WALK else "oneway"].to_numpy()[network.edge_road]
    if not (oneway != "no").any():
        return
    ahead, back = oneway != "backward", oneway != "forward"
    start = np.concatenate([network.edge_from[ahead], network.edge_to[back]])
    end = np.concatenate([network.edge_to[ahead], network.edge_from[back]])
    graph = csr_array((np.ones(len(start)), (start, end)), shape=(network.n_nodes, network.n_nodes))
    _n, label = connected_components(graph, directed=True, connection="strong")
    main = np.bincount(label[network.component == 0]).argmax()
    spots = settlements.geometry.to_crs(network.crs).to_numpy()
    lines = np.asarray(network.tree.geometries)
    edge = network.tree.nearest(spots)
    joined = network.component[network.edge_from[edge]] == 0
    both = np.flatnonzero((label[network.edge_from] == main) & (label[network.edge_to] == main))
    if not len(both):
        return
    _near, to_main = shapely.STRtree(lines[both]).query_nearest(spots, return_distance=True, all_matches=False)
    inside = to_main <= shapely.distance(spots, lines[edge]) + _SAME_ROAD_METRES
    file = config.inputs.settlements or config.inputs.osm or ""
    for position in np.flatnonzero(joined & ~inside).tolist():
        row = settlements.iloc[position]
        message = _("{name} stands at road {road}, from which there is a way in one direction only.").format(
            name=name_of(row), road=network.roads.index[network.edge_road[edge[position]]]
        )
        remedy = _("Check the column oneway: a road for both directions may be drawn as one-way.")
        number = int(row[FILE_ROW]) if FILE_ROW in settlements else 0
        place = (float(row.geometry.x), float(row.geometry.y))
        yield Fault(file, number, "geometry", "one-way-trap", message, remedy, "warning", place)


def _crossings(network: RoadNetwork, file: str) -> Iterator[Fault]:
    """Yield a warning for roads that cross without a common node, where neither is a bridge or a ferry."""
    apart = network.roads["bridge"].to_numpy(dtype=bool) | (network.roads["road_category"] == "ferry").to_numpy()
    lines = np.asarray(network.tree.geometries)
    left, right = network.tree.query(lines, predicate="crosses")
    own = network.edge_road
    to_degrees = pyproj.Transformer.from_crs(network.crs, WGS84, always_xy=True)
    for i, j in sorted((i, j) for i, j in zip(left.tolist(), right.tolist(), strict=True) if i < j):
        if apart[own[i]] or apart[own[j]]:
            continue
        spot = shapely.intersection(lines[i], lines[j]).representative_point()
        message = _("Roads {one} and {other} cross without a common node: nobody can turn there.").format(
            one=network.roads.index[own[i]], other=network.roads.index[own[j]]
        )
        remedy = _("Give them a node in OpenStreetMap, or mark the bridge or tunnel.")
        lon, lat = to_degrees.transform(spot.x, spot.y)
        place = (round(float(lon), 6), round(float(lat), 6))
        yield Fault(
            file, _row(network, int(own[i])), "geometry", "crossing-without-node", message, remedy, "warning", place
        )
