"""Land of the synthetic country: its outline, its rivers, where people like to live, its towns and their districts.

Plan coordinates are km east and north of the country's middle. `to_degrees` bends them, so that straight plan borders
become natural ones, and everything that is bent alike stays on its side of a border.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from scipy.spatial import KDTree

from geo.read.steppe.shapes import meander

Coordinates = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

N_OBLASTS: Final = 17
N_DISTRICTS: Final = 160
_HALF_WIDTH_KM: Final = 1350.0
_HALF_HEIGHT_KM: Final = 750.0
_N_OUTLINE: Final = 360
_N_RIVERS: Final = 14
_RIVER_STEP_KM: Final = 4.0
#: Cells of this size hold at most one town, and at most one settlement: what keeps them apart.
_TOWN_CELL_KM: Final = 55.0
_PLACE_CELL_KM: Final = 4.0
#: No settlement lies as near to a town as this.
_TOWN_ROOM_KM: Final = 7.0
#: Share of a cell's width left empty on each side.
_MARGIN: Final = 0.2
_BORDER_STEP_KM: Final = 12.0
_TO_WGS84: Final = pyproj.Transformer.from_crs(
    "+proj=lcc +lat_1=43 +lat_2=53 +lat_0=48.2 +lon_0=67 +ellps=WGS84 +units=km", "EPSG:4326", always_xy=True
)


@dataclass(frozen=True, eq=False)
class Land:
    """The country before its settlements.

    Parameters
    ----------
    outline
        The country.
    rivers
        (n, 2) courses.
    towns : float64 (N_DISTRICTS, 2)
        District centres; the first `N_OBLASTS` are centres of oblasts too, the very first is the capital.
    oblast : int64 (N_DISTRICTS,)
        Oblast of each district.
    districts
        Polygon of each district; neighbours share every vertex.
    """

    outline: shapely.Polygon
    rivers: tuple[Coordinates, ...]
    towns: Coordinates
    oblast: Ints
    districts: npt.NDArray[np.object_]


def to_degrees(points: Coordinates) -> Coordinates:
    """Return (n, 2) longitude and latitude in degrees, 7 decimals, of plan coordinates in km."""
    x, y = np.asarray(points, dtype=np.float64).reshape(-1, 2).T
    east = x + 9.0 * np.sin(y / 61.0 + 0.7) + 2.5 * np.sin((x + y) / 23.0)
    north = y + 8.0 * np.sin(x / 67.0 + 1.9) + 2.5 * np.sin((x - y) / 27.0)
    return np.round(np.column_stack(_TO_WGS84.transform(east, north)), 7)


def make_land(rng: np.random.Generator) -> Land:
    """Return outline, rivers, towns and districts."""
    outline = _outline(rng)
    rivers = tuple(_rivers(outline, rng))
    towns = scattered(outline, _river_pull(rivers), N_DISTRICTS, _TOWN_CELL_KM, rng)
    towns = towns[_oblast_centres_first(towns)]
    oblast = np.hypot(*(towns[:, None] - towns[None, :N_OBLASTS]).transpose(2, 0, 1)).argmin(axis=1)
    return Land(outline, rivers, towns, oblast.astype(np.int64), _districts(outline, towns))


def scattered(
    outline: shapely.Polygon, pull: Pull, n_points: int, cell_km: float, rng: np.random.Generator
) -> Coordinates:
    """Return points within the outline, more of them where the pull is strong, at most one in a cell.

    Parameters
    ----------
    outline
        Where they may lie.
    pull
        Relative density at (n, 2) points.
    n_points
        How many.
    cell_km
        Width of the square cells.
    rng
        Random numbers.
    """
    west, south, east, north = outline.bounds
    corners = np.stack(np.meshgrid(np.arange(west, east, cell_km), np.arange(south, north, cell_km)), axis=-1)
    jitter = rng.uniform(_MARGIN, 1 - _MARGIN, corners.shape)
    points = (corners + jitter * cell_km).reshape(-1, 2)
    points = points[shapely.contains_xy(outline, points)]
    weights = pull.at(points)
    chosen = np.sort(rng.choice(len(points), n_points, replace=False, p=weights / weights.sum()))
    return np.asarray(points[chosen], dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Pull:
    """How much people like to live somewhere: near lines, in the black-earth north and below the southern mountains.

    Parameters
    ----------
    lines
        Vertices of what attracts, with the distances in km over which the attraction falls and its strengths.
    """

    lines: tuple[tuple[Coordinates, float, float], ...]

    def at(self, points: Coordinates) -> Coordinates:
        """Return the relative density at (n, 2) points."""
        x, y = points.T
        fertile = 0.9 / (1 + np.exp(-(y - 330 - 0.05 * x) / 90)) + 1.1 / (1 + np.exp((y + 430 - 0.12 * x) / 70))
        # Deserts: the south-west and a belt through the middle.
        desert = np.exp(-(((x + 700) / 420) ** 2) - ((y + 200) / 260) ** 2) + 0.8 * np.exp(-(((y + 30) / 150) ** 2))
        density = 0.06 + fertile
        for vertices, reach_km, strength in self.lines:
            density = density + strength * np.exp(-_distance_km(points, vertices) / reach_km)
        return np.asarray(density * (1 - 0.9 * np.minimum(desert, 1.0)), dtype=np.float64)


def _river_pull(rivers: tuple[Coordinates, ...]) -> Pull:
    return Pull(((np.vstack(rivers), 12.0, 1.6),))


def settlement_pull(land: Land, roads: Coordinates) -> Pull:
    """Return what attracts settlements: rivers, main roads and, most of all, towns.

    Parameters
    ----------
    land
        The country.
    roads
        (n, 2) points along the main roads.
    """
    return Pull(((np.vstack(land.rivers), 7.0, 2.2), (roads, 8.0, 1.6), (land.towns, 25.0, 2.4)))


def place_points(land: Land, pull: Pull, n_points: int, rng: np.random.Generator) -> Coordinates:
    """Return where settlements other than towns lie; none of them in a town."""
    found = scattered(land.outline, pull, n_points + 6 * N_DISTRICTS, _PLACE_CELL_KM, rng)
    free = _distance_km(found, land.towns) > _TOWN_ROOM_KM
    chosen = np.sort(rng.permutation(np.flatnonzero(free))[:n_points])
    return np.asarray(found[chosen], dtype=np.float64)


def _distance_km(points: Coordinates, others: Coordinates) -> Coordinates:
    return np.asarray(KDTree(others).query(points)[0], dtype=np.float64)


def _outline(rng: np.random.Generator) -> shapely.Polygon:
    """Return a rounded box with bays and capes."""
    turns = 2 * np.pi * np.arange(_N_OUTLINE) / _N_OUTLINE
    reach = np.ones(_N_OUTLINE)
    for wave in (2, 3, 5, 7, 11, 17):
        reach += 0.28 / wave * rng.uniform(0.4, 1.0) * np.sin(wave * turns + rng.uniform(0, 2 * np.pi))
    ring = np.column_stack([np.cos(turns), np.sin(turns)])
    # A box rounder than a rectangle and fuller than an ellipse.
    ring = np.sign(ring) * np.abs(ring) ** 0.8 * reach[:, None]
    ring = 2 * (ring - ring.min(axis=0)) / np.ptp(ring, axis=0) - 1
    return shapely.Polygon(ring * (_HALF_WIDTH_KM, _HALF_HEIGHT_KM))


def _rivers(outline: shapely.Polygon, rng: np.random.Generator) -> list[Coordinates]:
    """Return rivers: walks that keep their direction more or less, with meanders, cut at the border."""
    found = []
    for _river in range(_N_RIVERS):
        n_steps = int(rng.integers(110, 320))
        heading = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, 0.07, n_steps))
        steps = _RIVER_STEP_KM * np.column_stack([np.cos(heading), np.sin(heading)])
        start = rng.uniform(-0.8, 0.8, 2) * (_HALF_WIDTH_KM, _HALF_HEIGHT_KM)
        course = meander(start + np.cumsum(steps, axis=0), 5.0, 45.0)
        inside = shapely.contains_xy(outline, course)
        # The longest run inside the country.
        ends = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(np.int8))).reshape(-1, 2)
        if len(ends):
            first, last = ends[np.argmax(ends[:, 1] - ends[:, 0])]
            found.append(course[first:last])
    return [course for course in found if len(course) > 20]


def _oblast_centres_first(towns: Coordinates) -> Ints:
    """Return the order of the towns that begins with `N_OBLASTS` far from each other, the most central one first."""
    first = int(np.argmin(np.abs(towns / (_HALF_WIDTH_KM, _HALF_HEIGHT_KM)).sum(axis=1)))
    chosen = [first]
    gap = np.hypot(*(towns - towns[first]).T)
    while len(chosen) < N_OBLASTS:
        chosen.append(int(np.argmax(gap)))
        gap = np.minimum(gap, np.hypot(*(towns - towns[chosen[-1]]).T))
    return np.array(chosen + sorted(set(range(len(towns))) - set(chosen)), dtype=np.int64)


def _districts(outline: shapely.Polygon, towns: Coordinates) -> npt.NDArray[np.object_]:
    """Return the part of the country nearest to each town, with vertices close enough to bend."""
    cells = np.array(
        shapely.voronoi_polygons(shapely.multipoints(towns), extend_to=outline.envelope, ordered=True).geoms
    )
    parts = shapely.get_parts(shapely.GeometryCollection(shapely.intersection(cells, outline).tolist()))
    # One coverage noded once: neighbours get the same vertices, also where three of them meet.
    lines = shapely.union_all(shapely.boundary(shapely.set_precision(parts, 1e-6)))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.segmentize(lines, _BORDER_STEP_KM))))
    return _of_towns(faces, towns)


def _of_towns(faces: npt.NDArray[np.object_], towns: Coordinates) -> npt.NDArray[np.object_]:
    """Return the faces joined by the town nearest to a point inside each."""
    inner = shapely.get_coordinates(shapely.point_on_surface(faces))
    owner = KDTree(towns).query(inner)[1]
    return np.array([shapely.union_all(faces[owner == town]) for town in range(len(towns))])
