"""Areas from which a facility is within reach, door to door, in one season.

A place is within reach if `geo.travel.matrix.travel_times` gives it no more than the limit: by a leg to the place of
some edge that is nearest to it, along the roads, and by the facility's own leg; or by a leg straight to the facility.
On a straight piece of road what remains for the leg changes evenly along the road, so that the places with their foot
on the piece fill a strip with straight sides; a bend adds the wedge outside it, a junction what lies beyond the ends of
its edges, the facility a disc. The area is the union of all these: no hull of points, and no guess between roads.

What differs from the matrix. Courses and outlines are thinned, and arcs are drawn as inscribed polygons, so that
outlines are off by up to `OUTLINE_METRES` and 0.5 % of the leg. Beside a winding edge the matrix takes the place of the
edge that is nearest, the strips every place that is nearest among its neighbours: the area may be larger there by what
the leg to a farther place of the same edge saves (docs/methods.md says how much that is).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from geo.network.access_legs import Joins, LegRules, Points
from geo.network.seasons import Season
from geo.network.topology import RoadNetwork
from geo.travel.catchment import Course, RoadPieces, road_pieces
from geo.travel.nearest import Nearest, choose
from geo.units import minutes_to_ms

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]

#: Courses of roads are thinned by this much before strips are laid along them, and outlines of areas afterwards.
_COURSE_METRES: Final = 15.0
_SIMPLIFY_METRES: Final = 15.0
#: How far an outline may lie from where it should be, besides the share of the leg that arcs lose.
OUTLINE_METRES: Final = 35.0
#: Arcs are drawn in steps of at most this; an inscribed polygon then misses 0.5 % of the radius.
_ARC_STEP: Final = np.pi / 16
#: Strips overlap by this much, so that no hair's breadth stays free between them.
_OVERLAP_METRES: Final = 0.1
#: Of the fans in a cell of this width those that reach farthest in some direction hide most of the others, ...
_CELL_METRES: Final = 1_000.0
_DIRECTIONS: Final = 8
#: ... and what lies within them but for this much adds nothing that one could see.
_HIDDEN_METRES: Final = 5.0
#: A bend of less than this leaves no wedge worth drawing.
_LEAST_TURN: Final = 1e-3
_NOTHING: Final = np.empty(0, dtype=object)


@dataclass(frozen=True)
class _LegReach:
    """How far a leg leads in a straight line within the time that is left: linear between knots, level after them."""

    ms: Floats
    metres: Floats

    @classmethod
    def of(cls, season: Season, rules: LegRules) -> _LegReach:
        """Take the faster of walking, up to its limit, and driving across country, as `LegRules.leg_ms` does."""
        walk, drive = (
            rules.leg_factor * slowness for slowness in (season.walk_ms_per_metre, season.drive_ms_per_metre)
        )
        far = rules.max_join_metres
        on_foot = min(rules.max_walk_metres, far)
        if np.isfinite(drive) and drive <= walk:
            knots = [(0.0, 0.0), (drive * far, far)]
        elif np.isfinite(walk) and np.isfinite(drive):
            knots = [(0.0, 0.0), (walk * on_foot, on_foot), (drive * on_foot, on_foot), (drive * far, far)]
        elif np.isfinite(walk):
            knots = [(0.0, 0.0), (walk * on_foot, on_foot)]
        else:
            knots = [(0.0, 0.0)]
        ms, metres = np.array(knots).T
        return cls(ms, metres)

    def of_ms(self, left_ms: Floats) -> Floats:
        """Return straight metres; 0 where no time is left."""
        return np.asarray(np.interp(left_ms, self.ms, self.metres), dtype=np.float64)


@dataclass(frozen=True)
class _Ground:
    """What areas of one season and one set of facilities are drawn from.

    Parameters
    ----------
    pieces, nearest
        Times along the roads and at the junctions.
    course
        Thinned corners of the edges in reach.
    scale : float64 (n_edges,)
        Metres of the plane per metre on the ground, where each edge in reach begins.
    points
        Facilities.
    reach
        What a leg makes of the time that is left.
    """

    network: RoadNetwork
    pieces: RoadPieces
    nearest: Nearest
    course: Course
    scale: Floats
    points: Points
    reach: _LegReach

    def width(self, pieces: RoadPieces, row: Ints, metres: Floats, limit_ms: int) -> Floats:
        """Return how far a leg leads, in metres of the plane, from places of pieces."""
        length = pieces.end_metres[row] - pieces.begin_metres[row]
        share = np.clip((metres - pieces.begin_metres[row]) / length, 0.0, 1.0)
        ms = pieces.begin_ms[row] + share * (pieces.end_ms[row] - pieces.begin_ms[row])
        return self.reach.of_ms(limit_ms - ms) * self.scale[pieces.edge[row]]


def isochrones(
    network: RoadNetwork,
    season: Season,
    points: Points,
    joins: Joins,
    rules: LegRules,
    minutes: Sequence[float],
    *,
    within_settlement_ms: int = 0,
    from_facility: bool = False,
) -> gpd.GeoDataFrame:
    """Return for every facility the areas from which it is within reach.

    Parameters
    ----------
    network, season
        Roads and their weights.
    points, joins
        Facilities and their joins to the network.
    rules
        Contract of legs.
    minutes
        Limits of time.
    within_settlement_ms
        Added once per trip.
    from_facility
        What is within reach of a trip from the facility, as an ambulance drives; by default trips lead to it.

    Returns
    -------
    GeoDataFrame
        `facility_id`, `minutes`, multi-polygons in WGS 84, valid, empty where nothing is within reach; by facility and
        ascending minutes. The area of more minutes holds that of fewer.
    """
    parts = []
    for place, facility_id in enumerate(points.ids):
        own = choose(points, joins, [place])
        areas = reach_areas(
            network,
            season,
            *own,
            rules,
            minutes,
            within_settlement_ms=within_settlement_ms,
            from_facility=from_facility,
        )
        parts.append((facility_id, areas))
    return gpd.GeoDataFrame(
        {
            "facility_id": [facility_id for facility_id, areas in parts for _area in areas],
            "minutes": [limit for _facility_id, areas in parts for limit in areas],
        },
        geometry=[area for _facility_id, areas in parts for area in areas.values()],
        crs=4326,
    )


def reach_areas(
    network: RoadNetwork,
    season: Season,
    points: Points,
    joins: Joins,
    rules: LegRules,
    minutes: Sequence[float],
    *,
    within_settlement_ms: int = 0,
    from_facility: bool = False,
    window: shapely.Geometry | None = None,
) -> dict[float, shapely.MultiPolygon]:
    """Return the areas from which any of the facilities is within reach, by ascending minutes.

    Parameters
    ----------
    window
        In the network's reference system: only what lies within it is drawn. The others as in `isochrones`, and so are
        the areas.
    """
    limits = {limit: minutes_to_ms(limit) - within_settlement_ms for limit in sorted(set(minutes))}
    longest = max(limits.values(), default=-1)
    if longest < 0 or not len(points):
        return {limit: shapely.MultiPolygon() for limit in limits}
    nearest, pieces = road_pieces(network, season, joins, rules, from_facility=from_facility, limit_ms=longest)
    course = Course.of_edges(network, network.vertex_x, network.vertex_y, pieces.edge, _COURSE_METRES)
    edges = np.unique(pieces.edge)
    first = network.vertex_start[edges]
    scale = np.ones(network.n_edges)
    scale[edges] = _scale(network.crs, network.vertex_lon[first], network.vertex_lat[first])
    ground = _Ground(network, pieces, nearest, course, scale, points, _LegReach.of(season, rules))
    found: list[shapely.Geometry] = []
    for limit_ms in limits.values():
        area = _outlined(_area(ground, limit_ms, window))
        # What is within reach in less time is within reach.
        found.append(shapely.union(area, found[-1]) if found else area)
    back = pyproj.Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True)
    return dict(zip(limits, (_on_the_globe(area, back) for area in found), strict=True))


def _area(ground: _Ground, limit_ms: int, window: shapely.Geometry | None) -> shapely.Geometry:
    """Return the union of strips along the roads, wedges at their bends, fans at junctions, discs at facilities."""
    pieces = _cut(ground.pieces, limit_ms, ground.reach)
    fans = _in_sight(_fans(ground, limit_ms), window)
    outer = _outermost(fans)
    shapes = np.concatenate([_strips(ground, pieces, limit_ms), _wedges(ground, pieces, limit_ms)])
    shapes = np.concatenate([fans[~outer], _in_sight(shapes, window)])
    core = shapely.union_all(np.concatenate([fans[outer], _in_sight(_discs(ground, limit_ms), window)]))
    hiding = shapely.buffer(core, _HIDDEN_METRES)
    shapely.prepare(hiding)
    shapes = np.append(shapes[~shapely.covers(hiding, shapes)], core)
    # Neighbours are united first where they stand beside each other.
    area = shapely.union_all(shapes[np.argsort(shapely.bounds(shapes)[:, 0], kind="stable")])
    return area if window is None else shapely.intersection(area, window)


def _in_sight(shapes: Shapes, window: shapely.Geometry | None) -> Shapes:
    """Return the shapes of which something lies in the window."""
    if window is None:
        return shapes
    shapely.prepare(window)
    return np.asarray(shapes[shapely.intersects(window, shapes)], dtype=object)


def _outermost(shapes: Shapes) -> Bools:
    """Return which shapes reach farthest in some direction among those of their cell."""
    chosen = np.zeros(len(shapes), dtype=np.bool_)
    if not len(shapes):
        return chosen
    spots, owner = shapely.get_coordinates(shapes, return_index=True)
    begins = np.searchsorted(owner, np.arange(len(shapes)))
    cells = np.floor(shapely.get_coordinates(shapely.centroid(shapes)) / _CELL_METRES).astype(np.int64)
    _cells, cell = np.unique(cells, axis=0, return_inverse=True)
    for angle in np.arange(_DIRECTIONS) * 2 * np.pi / _DIRECTIONS:
        farthest = np.maximum.reduceat(spots @ np.array([np.cos(angle), np.sin(angle)]), begins)
        order = np.lexsort((-farthest, cell.reshape(-1)))
        sorted_cells = cell.reshape(-1)[order]
        chosen[order[np.concatenate([[True], sorted_cells[1:] != sorted_cells[:-1]])]] = True
    return chosen


def _cut(pieces: RoadPieces, limit_ms: int, reach: _LegReach) -> RoadPieces:
    """Cut pieces where the time runs out and where a leg changes from one way to another; leave out what is too far."""
    for knot in reach.ms.tolist():
        begin, end = limit_ms - pieces.begin_ms - knot, limit_ms - pieces.end_ms - knot
        crossed = (np.minimum(begin, end) < 0) & (np.maximum(begin, end) > 0)
        share = np.where(crossed, begin / np.where(crossed, begin - end, 1.0), 1.0)
        middle = pieces.begin_metres + share * (pieces.end_metres - pieces.begin_metres)
        middle_ms = np.where(crossed, limit_ms - knot, pieces.end_ms).astype(np.float64)
        first = RoadPieces(pieces.edge, pieces.begin_metres, middle, pieces.begin_ms, middle_ms, pieces.facility)
        second = RoadPieces(pieces.edge, middle, pieces.end_metres, middle_ms, pieces.end_ms, pieces.facility)
        pieces = RoadPieces.together(first, second.take(crossed))
        pieces = pieces.take(np.minimum(pieces.begin_ms, pieces.end_ms) < limit_ms)
    return pieces


def _strips(ground: _Ground, pieces: RoadPieces, limit_ms: int) -> Shapes:
    """Return the places with their foot on straight pieces: as wide as the leg that the time left allows."""
    row, metres, x, y = ground.course.along(pieces.edge, pieces.begin_metres, pieces.end_metres)
    width = ground.width(pieces, row, metres, limit_ms)
    a = np.flatnonzero(row[1:] == row[:-1])
    b = a + 1
    length = np.hypot(x[b] - x[a], y[b] - y[a])
    wide = (length > 0) & (np.maximum(width[a], width[b]) > 0)
    a, b, length = a[wide], b[wide], length[wide]
    along = np.column_stack([x[b] - x[a], y[b] - y[a]]) / length[:, None]
    across = np.column_stack([-along[:, 1], along[:, 0]])
    spot = np.column_stack([x, y])
    begin, end = spot[a] - _OVERLAP_METRES * along, spot[b] + _OVERLAP_METRES * along
    left_begin, left_end = across * width[a][:, None], across * width[b][:, None]
    corners = (begin + left_begin, end + left_end, end - left_end, begin - left_begin, begin + left_begin)
    return np.asarray(shapely.polygons(np.stack(corners, axis=1)), dtype=object)


def _wedges(ground: _Ground, pieces: RoadPieces, limit_ms: int) -> Shapes:
    """Return what lies outside the bends: the places nearest to a corner."""
    course = ground.course
    row, corner = course.inside(pieces.edge, pieces.begin_metres - 1e-6, pieces.end_metres + 1e-6)
    edge = pieces.edge[row]
    bend = (corner > course.start[edge]) & (corner < course.start[edge + 1] - 1)
    row, corner = row[bend], corner[bend]
    into = np.arctan2(course.y[corner] - course.y[corner - 1], course.x[corner] - course.x[corner - 1])
    out = np.arctan2(course.y[corner + 1] - course.y[corner], course.x[corner + 1] - course.x[corner])
    turn = (out - into + np.pi) % (2 * np.pi) - np.pi
    # A turn to the left leaves the wedge on the right, and the other way round.
    first = np.where(turn > 0, into - np.pi / 2, out + np.pi / 2)
    radius = ground.width(pieces, row, course.metres[corner], limit_ms)
    return _sectors(course.x[corner], course.y[corner], radius, first, np.abs(turn))


def _fans(ground: _Ground, limit_ms: int) -> Shapes:
    """Return the places nearest to a junction, which lie beyond the end of some edge there."""
    network, course = ground.network, ground.course
    edge = np.flatnonzero(np.diff(course.start))
    first, last = course.start[edge], course.start[edge + 1] - 1
    node = np.concatenate([network.edge_from[edge], network.edge_to[edge]])
    dx = np.concatenate([course.x[first + 1] - course.x[first], course.x[last - 1] - course.x[last]])
    dy = np.concatenate([course.y[first + 1] - course.y[first], course.y[last - 1] - course.y[last]])
    reached = ground.nearest.ms[node] < limit_ms
    node, edge, angle = node[reached], np.concatenate([edge, edge])[reached], np.arctan2(dy, dx)[reached]
    if not len(node):
        return _NOTHING
    order = np.lexsort((angle, node))
    node, edge, angle = node[order], edge[order], angle[order]
    begins = np.flatnonzero(np.concatenate([[True], node[1:] != node[:-1]]))
    ends = np.append(begins[1:], len(node)) - 1
    # From each direction to the next one at the junction, and from the last one round to the first.
    gap = np.diff(angle, append=0.0)
    gap[ends] = angle[begins] + 2 * np.pi - angle[ends]
    owner = np.repeat(np.arange(len(begins)), ends - begins + 1)
    widest = np.lexsort((-gap, owner))[begins]
    # Where all edges leave to one side, some places face them all: they lie opposite the middle of the widest gap.
    sweep = np.where(gap[widest] > np.pi, 3 * np.pi - gap[widest], 2 * np.pi)
    begin = angle[widest] + gap[widest] / 2 - sweep / 2
    at = node[begins]
    radius = ground.reach.of_ms(limit_ms - ground.nearest.ms[at]) * ground.scale[edge[begins]]
    return _sectors(network.node_x[at], network.node_y[at], radius, begin, sweep)


def _discs(ground: _Ground, limit_ms: int) -> Shapes:
    """Return the places from which a leg leads straight to a facility."""
    points = ground.points
    radius = ground.reach.of_ms(np.full(len(points), limit_ms, dtype=np.float64))
    radius = radius * _scale(ground.network.crs, points.lon, points.lat)
    return _sectors(points.x, points.y, radius, np.zeros(len(points)), np.full(len(points), 2 * np.pi))


def _sectors(x: Floats, y: Floats, radius: Floats, begin: Floats, sweep: Floats) -> Shapes:
    """Return sectors of circles, whole ones without their centre, with arcs of short straight steps."""
    real = (radius > 0) & (sweep > _LEAST_TURN)
    x, y, radius, begin, sweep = x[real], y[real], radius[real], begin[real], sweep[real]
    if not len(x):
        return _NOTHING
    steps = np.ceil(sweep / _ARC_STEP).astype(np.int64)
    row = np.repeat(np.arange(len(x)), steps + 1)
    number = np.arange(len(row)) - np.repeat(np.cumsum(steps + 1) - steps - 1, steps + 1)
    angle = begin[row] + sweep[row] * number / steps[row]
    arc = np.column_stack([x[row] + radius[row] * np.cos(angle), y[row] + radius[row] * np.sin(angle)])
    # The ring begins at the centre; that of a whole circle at its own first corner.
    first = np.cumsum(steps + 1) - steps - 1
    whole = sweep >= 2 * np.pi
    centre = np.where(whole[:, None], arc[first], np.column_stack([x, y]))
    spots = np.insert(arc, first, centre, axis=0)
    rings = shapely.linearrings(spots, indices=np.repeat(np.arange(len(x)), steps + 2))
    return np.asarray(shapely.polygons(rings), dtype=object)


def _outlined(area: shapely.Geometry) -> shapely.Geometry:
    """Return an area without corners and holes too small to mean anything."""
    thinned = shapely.get_parts(shapely.simplify(area, _SIMPLIFY_METRES))
    if not len(thinned):
        return shapely.MultiPolygon()
    rings, owner = shapely.get_rings(thinned, return_index=True)
    outer = np.concatenate([[True], owner[1:] != owner[:-1]])
    kept = outer | (shapely.area(shapely.polygons(rings)) > np.pi * OUTLINE_METRES**2)
    return shapely.make_valid(shapely.multipolygons(shapely.polygons(rings[kept], indices=owner[kept])))


def _on_the_globe(area: shapely.Geometry, transformer: pyproj.Transformer) -> shapely.MultiPolygon:
    """Return an area in WGS 84, with nothing but polygons."""
    moved = shapely.transform(area, lambda spots: np.column_stack(transformer.transform(spots[:, 0], spots[:, 1])))
    parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(moved)))
    return shapely.MultiPolygon(list(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]))


def _scale(crs: pyproj.CRS, lon: Floats, lat: Floats) -> Floats:
    """Return how many metres of the plane a metre on the ground is; the same in every direction (conformal)."""
    if not len(lon):
        return np.empty(0)
    return np.asarray(pyproj.Proj(crs).get_factors(lon, lat).meridional_scale, dtype=np.float64)
