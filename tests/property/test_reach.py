"""Areas and catchments over random road networks: they say of every place what the matrix says of it."""

from __future__ import annotations

import numpy as np
import pyproj
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from geo.network.access_legs import Joins, Points, join_points
from geo.network.seasons import Season, SeasonRules, make_season
from geo.network.topology import RoadNetwork, build_network
from geo.travel import travel_times
from geo.travel.catchment import RoadPieces, road_pieces
from geo.travel.isochrone import OUTLINE_METRES, reach_areas
from geo.travel.nearest import choose, k_nearest_of_nodes, nearest_facility
from geo.units import MS_PER_MINUTE
from tests.property.test_roads import CRS, RULES, SEASONS, networks, places, road_table, speeds

HYPOTHESIS = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
    # A network that fails is as good as a smaller one, and shrinking takes minutes.
    phases=(Phase.explicit, Phase.generate),
)
WITHIN_MS = 120_000
LIMITS = (8, 20, 45)
#: Milliseconds per metre in a straight line, of the fastest leg.
FASTEST_LEG_MS = 1.3 * 3600 / 12


def world(edges, spots, season: str) -> tuple[RoadNetwork, Season, Points, Joins]:
    network = build_network(road_table(edges), CRS)
    lon, lat = np.array(spots).T
    points = Points.from_lonlat(tuple(f"p{i}" for i in range(len(spots))), lon, lat, CRS)
    rules = SeasonRules(season, 0.5, (), True, True, True, season)
    return network, make_season(network, rules, speeds(), "car"), points, join_points(network, points, RULES)


def metric(area: shapely.Geometry) -> shapely.Geometry:
    move = pyproj.Transformer.from_crs("EPSG:4326", CRS, always_xy=True).transform
    return shapely.transform(area, lambda spots: np.column_stack(move(spots[:, 0], spots[:, 1])))


def beside(area: shapely.Geometry, metres: float, n_places: int = 60) -> Points:
    """Places at a distance inside (below 0) or outside the outline of an area, all along it."""
    line = area.buffer(metres).boundary
    spots = shapely.get_coordinates(shapely.line_interpolate_point(line, np.linspace(0, 1, n_places), normalized=True))
    back = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform
    lon, lat = back(*spots[~np.isnan(spots).any(axis=1)].T)
    return Points.from_lonlat(tuple(map(str, range(len(lon)))), lon, lat, CRS)


@HYPOTHESIS
@given(networks(), places(), st.sampled_from(SEASONS), st.booleans())
def test_a_place_lies_in_the_area_if_and_only_if_its_trip_takes_no_longer(edges, spots, season, from_facility):
    network, weighed, points, joins = world(edges, spots, season)
    areas = reach_areas(
        network, weighed, points, joins, RULES, LIMITS, within_settlement_ms=WITHIN_MS, from_facility=from_facility
    )
    for limit, area in areas.items():
        assert area.is_valid
        longest_leg = min((limit * MS_PER_MINUTE - WITHIN_MS) / FASTEST_LEG_MS, RULES.max_join_metres)
        band = OUTLINE_METRES + 0.005 * longest_leg
        for metres in (-band, band):
            ring = beside(metric(area), metres)
            own = join_points(network, ring, RULES)
            ends = ((points, joins), (ring, own)) if from_facility else ((ring, own), (points, joins))
            ms = travel_times(network, weighed, *ends[0], *ends[1], RULES, WITHIN_MS).milliseconds
            nearest = ms.min(axis=0 if from_facility else 1)
            assert ((nearest <= limit * MS_PER_MINUTE) == (metres < 0)).all()


def ms_at(pieces: RoadPieces, edge: int, metres: float) -> float:
    """Time at a place of an edge; infinite where no piece holds it."""
    own = np.flatnonzero((pieces.edge == edge) & (pieces.begin_metres <= metres) & (metres <= pieces.end_metres))
    shares = [(metres - pieces.begin_metres[i]) / (pieces.end_metres[i] - pieces.begin_metres[i]) for i in own]
    ends = [(pieces.begin_ms[i], pieces.end_ms[i]) for i in own]
    return min((a + share * (b - a) for share, (a, b) in zip(shares, ends, strict=True)), default=np.inf)


@HYPOTHESIS
@given(networks(), places(), st.sampled_from(SEASONS), st.booleans())
def test_roads_belong_to_the_facility_that_is_nearest_of_all_asked_one_by_one(edges, spots, season, from_facility):
    network, weighed, points, joins = world(edges, [*spots, spots[0]], season)
    nearest, pieces = road_pieces(network, weighed, joins, RULES, from_facility=from_facility)
    alone = [
        road_pieces(network, weighed, choose(points, joins, [i])[1], RULES, from_facility=from_facility)
        for i in range(len(points))
    ]
    ms = np.stack([own.ms for own, _pieces in alone])
    assert np.array_equal(nearest.ms, ms.min(axis=0))
    reached = nearest.facility >= 0
    # The last point stands where the first does: of equally near facilities the first counts.
    assert np.array_equal(nearest.facility[reached], ms.argmin(axis=0)[reached])
    assert len(points) - 1 not in pieces.facility
    for i in range(len(pieces)):
        middle = (pieces.begin_metres[i] + pieces.end_metres[i]) / 2
        times = [ms_at(own, pieces.edge[i], middle) for _nearest, own in alone]
        assert abs((pieces.begin_ms[i] + pieces.end_ms[i]) / 2 - min(times)) <= 3
        assert times[pieces.facility[i]] <= min(times) + 3
    length = np.bincount(pieces.edge, pieces.end_metres - pieces.begin_metres, minlength=network.n_edges)
    both_ways = weighed.forward & weighed.backward
    # Of a one-way road only the part before the last facility may lead to any.
    assert np.all((length == 0) | np.isclose(length, network.edge_metres) | ~both_ways)


@HYPOTHESIS
@given(networks(), places(), st.integers(1, 6))
def test_the_few_nearest_of_junctions_begin_with_the_nearest(edges, spots, k):
    network, weighed, points, joins = world(edges, spots, "dry")
    few = k_nearest_of_nodes(network, weighed, points, joins, RULES, k)
    assert np.array_equal(few.site[:, 0], nearest_facility(network, weighed, joins, RULES).facility)
    alone = np.stack(
        [nearest_facility(network, weighed, choose(points, joins, [i])[1], RULES).ms for i in range(len(points))]
    )
    kept = min(k, len(points))
    known = np.isfinite(few.minutes[:, :kept])
    assert np.array_equal((few.minutes[:, :kept] * MS_PER_MINUTE)[known].round(), np.sort(alone.T)[:, :kept][known])
    assert (few.site[:, kept:] == -1).all()
