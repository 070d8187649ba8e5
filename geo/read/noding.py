"""Give lines that meet a common vertex, because a road network is split where vertices are identical.

Line layers are drawn for the eye: roads cross without a vertex, and a side road ends in the middle of a segment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

#: Points closer than this are one: 1e-7 degrees is about a centimetre, the grid of OpenStreetMap's own coordinates.
SAME_POINT_DEGREES: Final = 1e-7
_DECIMALS: Final = 7


@dataclass(frozen=True)
class Noded:
    """Lines with common vertices where they meet.

    Parameters
    ----------
    lines
        LineStrings in the order given; vertices were only added.
    n_crossings
        Places where two lines crossed, or one crossed itself, and a vertex was added.
    n_touches
        Line ends on another line's segment for which a vertex was added.
    """

    lines: np.ndarray
    n_crossings: int
    n_touches: int


def node_lines(lines: np.ndarray, bridges: np.ndarray) -> Noded:
    """Insert a common vertex wherever lines meet.

    Where exactly one of two crossing lines is a bridge they do not meet, except at a line's end.

    Parameters
    ----------
    lines
        LineStrings in WGS 84, shape (n,).
    bridges
        Which of them are bridges, shape (n,).

    Returns
    -------
    Noded
        The lines and how many vertices were added.
    """
    work = _Work(lines)
    touches = _touches(work)
    crossings = _crossings(work, bridges) + _own_crossings(work)
    return Noded(work.finish(), crossings, touches)


class _Work:
    """Lines, their vertices, and the vertices to be added to each."""

    def __init__(self, lines: np.ndarray) -> None:
        self.lines = lines
        self.tree = shapely.STRtree(lines)
        xy, owner = shapely.get_coordinates(lines, return_index=True)
        starts = np.searchsorted(owner, np.arange(len(lines) + 1))
        self.vertices = [xy[starts[i] : starts[i + 1]] for i in range(len(lines))]
        self.known = [set(map(tuple, part.tolist())) for part in self.vertices]
        self.added: dict[int, list[tuple[float, float]]] = {}

    def ends(self, line: int) -> set[tuple[float, float]]:
        """Return a line's first and last vertex."""
        first, last = self.vertices[line][0], self.vertices[line][-1]
        return {(float(first[0]), float(first[1])), (float(last[0]), float(last[1]))}

    def vertex_at(self, line: int, point: tuple[float, float]) -> tuple[float, float] | None:
        """Return a line's vertex at a point, within `SAME_POINT_DEGREES`."""
        if point in self.known[line]:
            return point
        away = np.abs(self.vertices[line] - point).max(axis=1)
        nearest = int(away.argmin())
        if away[nearest] > SAME_POINT_DEGREES:
            return None
        return float(self.vertices[line][nearest, 0]), float(self.vertices[line][nearest, 1])

    def add(self, line: int, point: tuple[float, float]) -> bool:
        """Add a vertex to a line; return whether it was new."""
        if point in self.known[line]:
            return False
        self.known[line].add(point)
        self.added.setdefault(line, []).append(point)
        return True

    def finish(self) -> np.ndarray:
        """Return the lines with what was added."""
        result = self.lines.copy()
        for line, points in self.added.items():
            result[line] = shapely.LineString(_insert(self.vertices[line], np.array(points)))
        return result


def _touches(work: _Work) -> int:
    """Put the ends of lines into the lines they end on."""
    n = len(work.lines)
    ends = np.concatenate([shapely.get_point(work.lines, 0), shapely.get_point(work.lines, -1)])
    end, line = work.tree.query(ends, predicate="dwithin", distance=SAME_POINT_DEGREES)
    order = np.lexsort((line, end))
    count = 0
    for i, j in zip(end[order].tolist(), line[order].tolist(), strict=True):
        if i % n != j:
            count += work.add(j, (ends[i].x, ends[i].y))
    return count


def _crossings(work: _Work, bridges: np.ndarray) -> int:
    left, right = work.tree.query(work.lines, predicate="intersects")
    pairs = left < right
    left, right = left[pairs], right[pairs]
    order = np.lexsort((right, left))
    left, right = left[order], right[order]
    xy, pair = shapely.get_coordinates(shapely.intersection(work.lines[left], work.lines[right]), return_index=True)
    count = 0
    for (x, y), position in zip(xy.tolist(), pair.tolist(), strict=True):
        i, j = int(left[position]), int(right[position])
        first, second = work.vertex_at(i, (x, y)), work.vertex_at(j, (x, y))
        point = first or second or (round(x, _DECIMALS), round(y, _DECIMALS))
        if bridges[i] != bridges[j] and not {first, second} & (work.ends(i) | work.ends(j)):
            continue
        count += work.add(i, point) | work.add(j, point)
    return count


def _own_crossings(work: _Work) -> int:
    """Give lines that cross themselves a vertex twice, once on each pass."""
    count = 0
    for line in np.flatnonzero(~shapely.is_simple(work.lines)).tolist():
        for x, y in shapely.get_coordinates(shapely.node(work.lines[line])).tolist():
            if work.vertex_at(line, (x, y)) is None:
                point = (round(x, _DECIMALS), round(y, _DECIMALS))
                count += work.add(line, point)
    return count


def _insert(vertices: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Insert points into every segment that passes through them; at least into the nearest one.

    Parameters
    ----------
    vertices
        Shape (m, 2).
    points
        Shape (k, 2).
    """
    start, step = vertices[:-1], np.diff(vertices, axis=0)
    square = np.maximum((step**2).sum(axis=1), np.finfo(float).tiny)
    along = ((points[:, None, :] - start) * step).sum(axis=2) / square
    along = np.clip(along, 0.0, 1.0)
    away = np.linalg.norm(points[:, None, :] - (start + along[:, :, None] * step), axis=2)
    on = (away <= SAME_POINT_DEGREES) & (along > 0.0) & (along < 1.0)
    rows = np.arange(len(points))
    nearest = away.argmin(axis=1)
    on[rows[~on.any(axis=1)], nearest[~on.any(axis=1)]] = True
    which, segment = np.nonzero(on)
    order = np.lexsort((along[which, segment], segment))
    return np.insert(vertices, segment[order] + 1, points[which[order]], axis=0)
