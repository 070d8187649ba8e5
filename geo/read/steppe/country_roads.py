"""Roads of the synthetic country: main roads between towns, roads from village to village, streets.

Everything that meets shares its node. Roads end at the edge of a settlement's grid of streets, on one of its two axes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree
from scipy.spatial import Delaunay, KDTree

from geo.read.steppe.country_places import OKRUG_CENTRE, VILLAGE, CountryPlaces

Coordinates = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Classes of roads: value of ``highway``, value of ``surface``.
ROAD_CLASSES: Final = (
    ("trunk", "asphalt"),
    ("primary", "asphalt"),
    ("secondary", "asphalt"),
    ("tertiary", "gravel"),
    ("unclassified", "gravel"),
    ("track", "ground"),
    ("residential", "asphalt"),
    ("residential", "compacted"),
    ("residential", "ground"),
)
TRUNK, PRIMARY, SECONDARY, TERTIARY, UNCLASSIFIED, TRACK, STREET = range(7)
#: What streets are like where the best road that leads there is of each class.
_STREET_OF: Final = np.array([6, 6, 6, 7, 7, 8])
#: Distance between junctions on main roads, and how far from a town the first one is.
_STATION_KM: Final = 4.0
_TOWN_FREE_KM: Final = 8.0
_SECONDARY_SHARE: Final = 0.45
#: Chance that the road of a village is earth: below 150 people, below 600, and above. Assumed.
_EARTH_CHANCE: Final = (0.6, 0.3, 0.08)
#: Share of the roads that close a loop and exist, and of the villages that no road reaches. Assumed.
_LOOP_SHARE: Final = 0.5
_LOOP_KM: Final = 40.0
_ROADLESS_SHARE: Final = 0.005
#: Room that a street takes.
_BLOCK_KM: Final = 0.15
_NEAREST: Final = 12


@dataclass(frozen=True, eq=False)
class MainRoads:
    """Roads between towns before anything joins them.

    Parameters
    ----------
    stations : float64 (n, 2)
        Junctions along them, plan km.
    edges : int64 (m, 2)
        Ends of the pieces: numbers of towns, then of stations.
    road_class : int64 (m,)
        `TRUNK` or `PRIMARY`.
    """

    stations: Coordinates
    edges: Ints
    road_class: Ints


@dataclass(frozen=True, eq=False)
class CountryRoads:
    """All roads as lines over shared nodes.

    Parameters
    ----------
    points : float64 (n_nodes, 2)
        Plan km.
    centre : int64 (n_places,)
        Node in the middle of each settlement.
    line_start : int64 (n_lines + 1,)
        Line k has the nodes ``line_nodes[line_start[k]:line_start[k + 1]]``.
    line_nodes : int64
        Numbers of nodes.
    road_class : int64 (n_lines,)
        Positions in `ROAD_CLASSES`.
    """

    points: Coordinates
    centre: Ints
    line_start: Ints
    line_nodes: Ints
    road_class: Ints

    @property
    def n_segments(self) -> int:
        """Number of pieces between neighbouring nodes."""
        return len(self.line_nodes) - len(self.road_class)

    @property
    def line_km(self) -> Coordinates:
        """Length of each line in plan km."""
        steps = np.hypot(*np.diff(self.points[self.line_nodes], axis=0).T)
        steps[self.line_start[1:-1] - 1] = 0.0
        return np.add.reduceat(steps, self.line_start[:-1])


def main_roads(towns: Coordinates, rng: np.random.Generator) -> MainRoads:
    """Join every town to its relative neighbours; what connects all of them with the least length are trunk roads."""
    edges, _lengths = _neighbours(towns)
    lengths = np.hypot(*(towns[edges[:, 1]] - towns[edges[:, 0]]).T)
    in_tree = _tree(edges, lengths, len(towns))
    share, across, row, counts = _curves(lengths, _STATION_KM, (0.05, 0.04), rng)
    along_km = share * lengths[row]
    kept = (along_km > _TOWN_FREE_KM) & (along_km < lengths[row] - _TOWN_FREE_KM)
    stations = _laid(towns[edges[:, 0]], towns[edges[:, 1]], share, across, row)[kept]
    numbers = np.cumsum(kept) - 1 + len(towns)
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    pieces, classes = [], []
    for k, (start, end) in enumerate(edges.tolist()):
        own = slice(first[k], first[k] + counts[k])
        chain = np.concatenate([[start], numbers[own][kept[own]], [end]])
        pieces.append(np.column_stack([chain[:-1], chain[1:]]))
        classes.append(np.full(len(chain) - 1, TRUNK if in_tree[k] else PRIMARY))
    return MainRoads(stations, np.vstack(pieces), np.concatenate(classes))


def lay_country_roads(
    places: CountryPlaces, main: MainRoads, vertex_km: float, rng: np.random.Generator
) -> CountryRoads:
    """Join every settlement to the main roads, lay streets, and give all roads their course.

    Parameters
    ----------
    places
        Settlements, towns first.
    main
        Roads between towns.
    vertex_km
        Distance between vertices of roads; streets have one at each crossing.
    rng
        Random numbers.
    """
    edges, classes = _all_edges(places, main, rng)
    half, grid_start = _grids(places)
    turn = rng.uniform(0, np.pi / 2, len(half))
    grid = _grid_points(places.points, half, turn)
    at = np.vstack([places.points, main.stations])
    ends = np.column_stack([_gates(edges, side, at, half, grid_start, turn, len(grid)) for side in (0, 1)])
    fixed = np.vstack([grid, main.stations])
    road_nodes, road_start, inner = _courses(fixed, ends, vertex_km, rng)
    street_nodes, street_start, street_place = _streets(half, grid_start)
    best = np.full(len(at), TRACK)
    np.minimum.at(best, edges.ravel(), np.repeat(classes, 2))
    return CountryRoads(
        points=np.vstack([fixed, inner]),
        centre=grid_start + 2 * half * (half + 1),
        line_start=np.concatenate([road_start, road_start[-1] + street_start[1:]]),
        line_nodes=np.concatenate([road_nodes, street_nodes]),
        road_class=np.concatenate([classes, _STREET_OF[best[street_place]]]),
    )


def _all_edges(places: CountryPlaces, main: MainRoads, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return pairs of settlements and stations that a road joins, and the class of each road."""
    n_places = len(places.points)
    # Stations are numbered after the towns there, and after all settlements here.
    n_towns = int((places.kind < OKRUG_CENTRE).sum())
    main_edges = np.where(main.edges < n_towns, main.edges, main.edges - n_towns + n_places)
    points = np.vstack([places.points, main.stations])
    near, is_close = _neighbours(points, relative=False)
    edges = np.vstack([main_edges, near])
    km = np.hypot(*(points[edges[:, 1]] - points[edges[:, 0]]).T)
    is_main = np.arange(len(edges)) < len(main_edges)
    # Main roads cost next to nothing, so that every branch leads to the nearest of them.
    in_tree = _tree(edges, np.where(is_main, 1e-6 * km, km), len(points)) & ~is_main
    among_places = (edges < n_places).any(axis=1)
    closes = np.concatenate([np.zeros(len(main_edges), dtype=bool), is_close])
    may_loop = closes & ~in_tree & ~is_main & among_places & (km < _LOOP_KM)
    loop = may_loop & (rng.random(len(edges)) < _LOOP_SHARE)
    branches = edges[in_tree]
    far_end = _far_ends(edges, is_main | in_tree, branches, len(points))
    classes = np.concatenate([main.road_class, _branch_classes(places, branches, far_end, len(points), rng)])
    kept = _reached(places, branches, km[in_tree], rng)
    keep = np.concatenate([np.ones(len(main_edges), dtype=bool), kept])
    joined = np.vstack([main_edges, branches])
    loop_classes = np.full(int(loop.sum()), TRACK)
    centres = (np.append(places.kind, np.full(len(main.stations), VILLAGE))[edges[loop]] <= OKRUG_CENTRE).all(axis=1)
    loop_classes[centres] = TERTIARY
    return np.vstack([joined[keep], edges[loop]]), np.concatenate([classes[keep], loop_classes])


def _far_ends(edges: Ints, used: npt.NDArray[np.bool_], branches: Ints, n_nodes: int) -> Ints:
    """Return the end of each branch that looks away from the main roads, seen from the first town."""
    one, other = edges[used].T
    graph = csr_array((np.ones(len(one)), (one, other)), shape=(n_nodes, n_nodes))
    _order, before = breadth_first_order(graph, 0, directed=False)
    return np.where(before[branches[:, 0]] == branches[:, 1], branches[:, 0], branches[:, 1])


def _branch_classes(
    places: CountryPlaces, branches: Ints, far_end: Ints, n_nodes: int, rng: np.random.Generator
) -> Ints:
    """Return classes: a branch on which a centre of an okrug hangs is a district's road, any other a village's."""
    near_end = branches.sum(axis=1) - far_end
    parent = np.full(n_nodes, -1)
    parent[far_end] = near_end
    carries = np.zeros(n_nodes, dtype=bool)
    carries[: len(places.kind)] = places.kind <= OKRUG_CENTRE
    # A mark climbs one branch per round, until no mark moves.
    while True:
        above = parent[carries]
        above = above[above >= 0]
        if carries[above].all():
            break
        carries[above] = True
    persons = np.append(places.persons, np.zeros(n_nodes - len(places.persons), dtype=np.int64))[far_end]
    chance = np.select([persons < 150, persons < 600], _EARTH_CHANCE[:2], _EARTH_CHANCE[2])
    village = np.where(rng.random(len(branches)) < chance, TRACK, UNCLASSIFIED)
    district = np.where(rng.random(len(branches)) < _SECONDARY_SHARE, SECONDARY, TERTIARY)
    return np.where(carries[far_end], district, village)


def _reached(places: CountryPlaces, branches: Ints, km: Coordinates, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Return which branches are there: a few small villages at the end of the longest ones have none."""
    ends = np.bincount(branches.ravel(), minlength=int(branches.max()) + 1)
    n_places = len(places.kind)
    is_end = (branches < n_places) & (ends[branches] == 1)
    village = np.where(is_end[:, 0], branches[:, 0], branches[:, 1])
    small = is_end.any(axis=1) & (places.persons[np.minimum(village, n_places - 1)] < 300)
    order = np.argsort(-np.where(small, km * rng.uniform(0.7, 1.0, len(km)), 0.0), kind="stable")
    kept = np.ones(len(branches), dtype=bool)
    kept[order[: round(_ROADLESS_SHARE * n_places)]] = False
    return kept


def _neighbours(points: Coordinates, *, relative: bool = True) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Return Delaunay pairs, and which of them have no third point nearer to both (relative neighbours).

    Only the nearest points of both ends are tried as the third one.
    """
    corners = Delaunay(points).simplices
    pairs = np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    pairs = np.unique(np.sort(pairs, axis=1), axis=0).astype(np.int64)
    length = np.hypot(*(points[pairs[:, 1]] - points[pairs[:, 0]]).T)
    near_km, near = KDTree(points).query(points, k=_NEAREST)
    is_close = np.ones(len(pairs), dtype=bool)
    for one, other in ((0, 1), (1, 0)):
        third = near[pairs[:, one]]
        gap = np.hypot(*(points[third] - points[pairs[:, other], None]).transpose(2, 0, 1))
        between = (near_km[pairs[:, one]] < length[:, None]) & (gap < length[:, None])
        is_close &= ~(between & (third != pairs[:, one, None])).any(axis=1)
    return (pairs[is_close], is_close[is_close]) if relative else (pairs, is_close)


def _tree(edges: Ints, weights: Coordinates, n_nodes: int) -> npt.NDArray[np.bool_]:
    """Return which edges are in the least spanning tree; of two edges between the same nodes, the lighter one."""
    low, high = edges.min(axis=1), edges.max(axis=1)
    order = np.lexsort((weights, high, low))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
    single = order[first]
    graph = coo_array((weights[single], (low[single], high[single])), shape=(n_nodes, n_nodes)).tocsr()
    tree = minimum_spanning_tree(graph).tocoo()
    keys = np.sort(np.minimum(tree.row, tree.col).astype(np.int64) * n_nodes + np.maximum(tree.row, tree.col))
    chosen = np.zeros(len(edges), dtype=bool)
    chosen[single] = np.isin(low[single] * n_nodes + high[single], keys)
    return chosen


def _curves(
    lengths: Coordinates, step_km: float, bends: tuple[float, ...], rng: np.random.Generator
) -> tuple[Coordinates, Coordinates, Ints, Ints]:
    """Return inner vertices of lines: share along, distance across as a share of the length, line, and their counts."""
    counts = np.maximum(np.rint(lengths / step_km).astype(np.int64), 1) - 1
    row = np.repeat(np.arange(len(lengths)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    share = (within + 1) / (counts[row] + 1)
    across = np.zeros(len(share))
    for wave, bend in enumerate(bends, start=1):
        across += rng.uniform(-bend, bend, len(lengths))[row] * np.sin(wave * np.pi * share)
    return share, across, row, counts


def _laid(starts: Coordinates, ends: Coordinates, share: Coordinates, across: Coordinates, row: Ints) -> Coordinates:
    """Return vertices of lines in plan km."""
    along = (ends - starts)[row]
    normal = np.column_stack([-along[:, 1], along[:, 0]])
    return np.asarray(starts[row] + along * share[:, None] + normal * across[:, None], dtype=np.float64)


def _courses(
    fixed: Coordinates, ends: Ints, vertex_km: float, rng: np.random.Generator
) -> tuple[Ints, Ints, Coordinates]:
    """Return nodes and starts of the roads between given nodes, and the points of the new nodes between."""
    starts, stops = fixed[ends[:, 0]], fixed[ends[:, 1]]
    lengths = np.hypot(*(stops - starts).T)
    share, across, row, counts = _curves(lengths, vertex_km, (0.06, 0.04, 0.025, 0.015, 0.01), rng)
    inner = _laid(starts, stops, share, across, row)
    start = np.concatenate([[0], np.cumsum(counts + 2)])
    nodes = np.empty(start[-1], dtype=np.int64)
    is_inner = np.ones(len(nodes), dtype=bool)
    is_inner[start[:-1]] = is_inner[start[1:] - 1] = False
    nodes[is_inner] = len(fixed) + np.arange(len(inner))
    nodes[start[:-1]], nodes[start[1:] - 1] = ends[:, 0], ends[:, 1]
    return nodes, start, inner


def _grids(places: CountryPlaces) -> tuple[Ints, Ints]:
    """Return how many streets lie on each side of a settlement's axes, and the first node of its grid."""
    half = np.maximum(np.rint(0.25 * places.persons**0.35).astype(np.int64), 1)
    sizes = (2 * half + 1) ** 2
    return half, np.cumsum(sizes) - sizes


def _grid_points(middles: Coordinates, half: Ints, turn: Coordinates) -> Coordinates:
    """Return the crossings of all streets, settlement by settlement, row by row."""
    parts = []
    for k in np.unique(half).tolist():
        own = np.flatnonzero(half == k)
        steps = _BLOCK_KM * np.arange(-k, k + 1)
        x, y = (axis.ravel() for axis in np.meshgrid(steps, steps, indexing="ij"))
        cos, sin = np.cos(turn[own])[:, None], np.sin(turn[own])[:, None]
        east = middles[own, 0, None] + cos * x - sin * y
        north = middles[own, 1, None] + sin * x + cos * y
        parts.append((own, np.stack([east, north], axis=-1)))
    start = np.cumsum((2 * half + 1) ** 2) - (2 * half + 1) ** 2
    points = np.empty((int(((2 * half + 1) ** 2).sum()), 2))
    for own, block in parts:
        points[start[own][:, None] + np.arange(block.shape[1])] = block
    return points


def _gates(
    edges: Ints, side: int, at: Coordinates, half: Ints, grid_start: Ints, turn: Coordinates, n_grid: int
) -> Ints:
    """Return the node where each road ends on one side: the end of the axis that looks where it goes, or a station."""
    here, there = edges[:, side], edges[:, 1 - side]
    n_places = len(half)
    place = np.minimum(here, n_places - 1)
    away = at[there] - at[here]
    quarter = np.rint((np.arctan2(away[:, 1], away[:, 0]) - turn[place]) / (np.pi / 2)).astype(np.int64) % 4
    k = half[place]
    # Rows of a grid run along its first axis: quarters 0 and 2 are its ends, 1 and 3 those of the second axis.
    row = np.select([quarter == 0, quarter == 2], [2 * k, 0 * k], k)
    column = np.select([quarter == 1, quarter == 3], [2 * k, 0 * k], k)
    gate = grid_start[place] + row * (2 * k + 1) + column
    return np.where(here < n_places, gate, n_grid + here - n_places)


def _streets(half: Ints, grid_start: Ints) -> tuple[Ints, Ints, Ints]:
    """Return nodes and starts of all streets, and the settlement of each."""
    nodes, sizes, owners = [], [], []
    for place, (k, first) in enumerate(zip(half.tolist(), grid_start.tolist(), strict=True)):
        width = 2 * k + 1
        grid = first + np.arange(width * width).reshape(width, width)
        nodes += [grid.ravel(), grid.T.ravel()]
        sizes.append(np.full(2 * width, width))
        owners.append(np.full(2 * width, place))
    start = np.concatenate([[0], np.cumsum(np.concatenate(sizes))])
    return np.concatenate(nodes), start, np.concatenate(owners)
