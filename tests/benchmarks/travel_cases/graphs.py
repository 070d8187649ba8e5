"""Node graphs of real and synthetic roads: every vertex a node, as peers take them; kept under outputs/bench-cache."""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyproj
from scipy.sparse import csr_array
from scipy.sparse.csgraph import depth_first_order
from scipy.spatial import KDTree

from geo.network.seasons import make_season
from geo.network.topology import RoadNetwork, build_network
from geo.read.osm import OsmExtract, read_osm
from geo.read.steppe.country import SEED, build_country, write_country_extract
from geo.units import UNREACHABLE_MS
from tests.benchmarks.instances.country import CACHE, N_SETTLEMENTS, SEASONS, cache_path, packaged_table

COUNTRY_CRS: Final = "+proj=lcc +lat_1=43.3 +lat_2=52.7 +lat_0=48 +lon_0=67 +datum=WGS84 +units=m"
VAVUNIYA: Final = Path(__file__).resolve().parents[4] / "shared/data/sri-lanka-vavuniya/vavuniya.osm.pbf"


@dataclass(frozen=True, eq=False)
class NodeGraph:
    """Arcs between the vertices of roads, numbered along the roads (depth first), the order that favours Dijkstra.

    Parameters
    ----------
    n_nodes : int64 ()
        Number of nodes.
    tail, head, dry, thaw : int64 (n_arcs,)
        Ends and whole milliseconds; `UNREACHABLE_MS` where closed in a season.
    terminals : int64 (n_points,)
        Where trips begin and end: the node nearest to each settlement.
    lon, lat : float64 (n_nodes,)
        Position.
    """

    n_nodes: npt.NDArray[np.int64]
    tail: npt.NDArray[np.int64]
    head: npt.NDArray[np.int64]
    dry: npt.NDArray[np.int64]
    thaw: npt.NDArray[np.int64]
    terminals: npt.NDArray[np.int64]
    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]


def country_extract() -> Path:
    """Return the synthetic country as an .osm.pbf, written if it is not there yet."""
    path = cache_path("country-extract", SEED).with_suffix(".osm.pbf")
    if not path.exists():
        sys.stderr.write(f"Writing {path} ...\n")
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name("part-" + path.name)
        write_country_extract(part, build_country(SEED, N_SETTLEMENTS))
        part.replace(path)
    return path


def graph_file(name: str) -> Path:
    """Return the file of the node graph of ``country`` or ``vavuniya``, made if it is not there yet."""
    source = country_extract() if name == "country" else VAVUNIYA
    path = CACHE / f"nodes-{name}-{source.stat().st_size}.npz"
    if not path.exists():
        sys.stderr.write(f"Making the node graph {path} ...\n")
        path.parent.mkdir(parents=True, exist_ok=True)
        extract = read_osm(source, source.name)
        crs = pyproj.CRS(COUNTRY_CRS) if name == "country" else extract.roads.estimate_utm_crs()
        graph = node_graph(build_network(extract.roads, crs), extract)
        np.savez(path, **{item.name: getattr(graph, item.name) for item in fields(NodeGraph)})
    return path


def load_graph(path: Path) -> NodeGraph:
    """Return a node graph."""
    with np.load(path) as kept:
        return NodeGraph(*(kept[item.name] for item in fields(NodeGraph)))


def node_graph(network: RoadNetwork, extract: OsmExtract) -> NodeGraph:
    """Return the vertices of a network as nodes."""
    start = network.vertex_start
    node = network.n_nodes + np.arange(len(network.vertex_x))
    node[start[:-1]], node[start[1:] - 1] = network.edge_from, network.edge_to
    used, node = np.unique(node, return_inverse=True)
    before = np.delete(np.arange(len(node)), start[1:] - 1)
    edge = np.repeat(np.arange(network.n_edges), np.diff(start) - 1)
    x, y, lon, lat = (np.empty(len(used)) for _axis in range(4))
    for values, own in (
        (x, network.vertex_x),
        (y, network.vertex_y),
        (lon, network.vertex_lon),
        (lat, network.vertex_lat),
    ):
        values[node] = own
    weights = {}
    for name, rules in SEASONS.items():
        season = make_season(network, rules, packaged_table(), "car")
        slow = season.road_ms_per_metre[network.edge_road[edge]]
        usable = np.where(np.isfinite(slow), slow, 0.0)
        ms = np.rint(network.vertex_metres[before + 1] * usable) - np.rint(network.vertex_metres[before] * usable)
        ms = np.where(np.isfinite(slow), ms, UNREACHABLE_MS).astype(np.int64)
        weights[name] = np.concatenate([ms[season.forward[edge]], ms[season.backward[edge]]])
        ways = (season.forward[edge], season.backward[edge])
    tail = np.concatenate([node[before][ways[0]], node[before + 1][ways[1]]])
    head = np.concatenate([node[before + 1][ways[0]], node[before][ways[1]]])
    place = _along(len(used), tail, head)
    to_metric = pyproj.Transformer.from_crs("EPSG:4326", network.crs, always_xy=True)
    points = np.column_stack(to_metric.transform(extract.places.geometry.x, extract.places.geometry.y))
    terminals = np.unique(place[KDTree(np.column_stack([x, y])).query(points)[1]])
    order = np.argsort(place)
    return NodeGraph(
        np.array(len(used)),
        place[tail],
        place[head],
        weights["dry"],
        weights["thaw"],
        terminals,
        lon[order],
        lat[order],
    )


def _along(n_nodes: int, tail: npt.NDArray[np.int64], head: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the place of each node in a depth-first walk over all parts of the graph."""
    graph = csr_array((np.ones(len(tail)), (tail, head)), shape=(n_nodes, n_nodes))
    seen = np.zeros(n_nodes, dtype=bool)
    walks = []
    for start in np.argsort(-np.bincount(tail, minlength=n_nodes), kind="stable").tolist():
        if not seen[start]:
            walk = depth_first_order(graph, start, directed=False, return_predecessors=False)
            seen[walk] = True
            walks.append(walk)
    place = np.empty(n_nodes, dtype=np.int64)
    place[np.concatenate(walks)] = np.arange(n_nodes)
    return place
