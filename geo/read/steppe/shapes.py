"""Plane geometry of the synthetic steppe: bent lines, crossings, distances, and the way from plan to degrees."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from geo.read.steppe.plan import HEIGHT_KM, WIDTH_KM, Point

Coordinates = npt.NDArray[np.float64]

_LON0: Final = 66.0
_LAT0: Final = 49.0
_KM_PER_DEGREE: Final = 111.2


def bend(points: Coordinates) -> Coordinates:
    """Bend plan coordinates gently, so that straight plan borders become natural ones.

    Parameters
    ----------
    points
        (n, 2) plan coordinates in km.

    Returns
    -------
    numpy.ndarray
        (n, 2) km. The map is one to one: no two places swap sides of a border.
    """
    x, y = points[:, 0], points[:, 1]
    east = x + 1.3 * np.sin(y / 13.0 + 0.7) + 0.35 * np.sin((x + y) / 4.6)
    north = y + 1.2 * np.sin(x / 14.0 + 1.9) + 0.35 * np.sin((x - y) / 5.1)
    return np.column_stack([east, north])


def to_degrees(points: Coordinates) -> Coordinates:
    """Return (n, 2) longitude and latitude in degrees, 7 decimals, of plan coordinates in km."""
    bent = bend(np.asarray(points, dtype=np.float64).reshape(-1, 2))
    lat = _LAT0 + (bent[:, 1] - HEIGHT_KM / 2) / _KM_PER_DEGREE
    lon = _LON0 + (bent[:, 0] - WIDTH_KM / 2) / (_KM_PER_DEGREE * math.cos(math.radians(_LAT0)))
    degrees: Coordinates = np.column_stack([lon, lat]).astype(np.float64).round(7)
    return degrees


def distance_km(one: Point, other: Point) -> float:
    """Return the straight plan distance in km."""
    return math.hypot(one[0] - other[0], one[1] - other[1])


def distances_km(point: Point, points: Coordinates) -> Coordinates:
    """Return the straight plan distances in km from one point to (n, 2) points."""
    gaps: Coordinates = np.hypot(points[:, 0] - point[0], points[:, 1] - point[1])
    return gaps


def bent_line(start: Point, end: Point, bends: Coordinates, step_km: float = 0.5) -> Coordinates:
    """Return a gently bending line between two points, ends included.

    Parameters
    ----------
    start, end
        Plan coordinates in km.
    bends
        Amplitudes of the sine waves laid across the straight line, as shares of its length.
    step_km
        Usual distance between vertices.

    Returns
    -------
    numpy.ndarray
        (n, 2) vertices in km, 0.4 to 0.7 km apart.
    """
    length = distance_km(start, end)
    n_steps = max(1, round(length / step_km))
    share = np.arange(n_steps + 1) / n_steps
    share[1:-1] += 0.14 * np.sin(np.arange(1, n_steps) * 2.4 + start[0]) / n_steps
    across = np.zeros(n_steps + 1)
    for wave, amplitude in enumerate(bends, start=1):
        across += amplitude * length * np.sin(wave * math.pi * share)
    along_x, along_y = end[0] - start[0], end[1] - start[1]
    if length == 0.0:
        return np.array([start, end])
    line = np.column_stack(
        [
            start[0] + along_x * share - along_y / length * across,
            start[1] + along_y * share + along_x / length * across,
        ]
    )
    line[0], line[-1] = start, end
    return line


def curve_through(points: list[Point], step_km: float = 0.5) -> Coordinates:
    """Return a smooth (Catmull-Rom) curve through way points, vertices about `step_km` apart."""
    knots = np.array([points[0], *points, points[-1]])
    pieces: list[Coordinates] = []
    for before, start, end, after in zip(knots, knots[1:], knots[2:], knots[3:], strict=False):
        n_steps = max(1, round(float(np.hypot(*(end - start))) / step_km))
        t = (np.arange(n_steps) / n_steps)[:, None]
        pieces.append(
            0.5
            * (
                2 * start
                + (end - before) * t
                + (2 * before - 5 * start + 4 * end - after) * t**2
                + (3 * start - before - 3 * end + after) * t**3
            )
        )
    return np.vstack([*pieces, knots[-1:]])


def meander(line: Coordinates, amplitude_km: float, wave_km: float) -> Coordinates:
    """Return the line with meanders of the given amplitude and wave length; both ends stay."""
    steps = np.hypot(*np.diff(line, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    taper = np.minimum(1.0, np.minimum(along, along[-1] - along) / wave_km)
    waves = np.sin(2 * math.pi * along / wave_km) + 0.6 * np.sin(2 * math.pi * along / (wave_km * 2.7) + 1.0)
    direction = np.gradient(line, axis=0)
    direction /= np.hypot(direction[:, 0], direction[:, 1])[:, None]
    normal = np.column_stack([-direction[:, 1], direction[:, 0]])
    bent: Coordinates = line + normal * (amplitude_km * taper * waves)[:, None]
    return bent


def crossings(line: Coordinates, starts: Coordinates, ends: Coordinates) -> list[tuple[int, float, int, float]]:
    """Return where a line properly crosses segments, in the order of the line.

    Parameters
    ----------
    line
        (n, 2) vertices.
    starts, ends
        (m, 2) ends of the segments.

    Returns
    -------
    list of (int, float, int, float)
        Segment of the line, share along it, number of the crossed segment, share along that. Touching ends do not
        count as crossing.
    """
    if len(starts) == 0 or len(line) < 2:
        return []
    p, r = line[:-1, None, :], np.diff(line, axis=0)[:, None, :]
    q, s = starts[None, :, :], (ends - starts)[None, :, :]
    denominator = r[..., 0] * s[..., 1] - r[..., 1] * s[..., 0]
    parallel = np.abs(denominator) < 1e-12
    safe = np.where(parallel, 1.0, denominator)
    gap = q - p
    t = (gap[..., 0] * s[..., 1] - gap[..., 1] * s[..., 0]) / safe
    u = (gap[..., 0] * r[..., 1] - gap[..., 1] * r[..., 0]) / safe
    tiny = 1e-9
    hit = ~parallel & (t > tiny) & (t < 1 - tiny) & (u > tiny) & (u < 1 - tiny)
    found = [(int(i), float(t[i, j]), int(j), float(u[i, j])) for i, j in np.argwhere(hit)]
    return sorted(found)


def inside(point: Point, outline: tuple[Point, ...]) -> bool:
    """Say whether a point lies inside a convex counter-clockwise outline."""
    turns = (
        (bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax)
        for (ax, ay), (bx, by) in zip(outline, outline[1:] + outline[:1], strict=True)
    )
    return all(turn > 0 for turn in turns)


def edge_distance_km(point: Point, outline: tuple[Point, ...]) -> float:
    """Return the distance in km from an inner point to the nearest side of a convex outline."""
    return min(
        abs((bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax)) / distance_km((ax, ay), (bx, by))
        for (ax, ay), (bx, by) in zip(outline, outline[1:] + outline[:1], strict=True)
    )
