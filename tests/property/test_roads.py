"""Laws of travel times over random road networks: exact, in whole milliseconds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise, product
from unittest.mock import patch

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.network.access_legs import LegRules, Points, join_points
from geo.network.obstacles import Obstacles
from geo.network.seasons import SeasonRules, make_season
from geo.network.speeds import SpeedRow, SpeedTable
from geo.network.topology import GEOD, build_network
from geo.tables import ROADS
from geo.tables.check import check
from geo.travel import TravelTimes, choice, travel_times
from geo.travel.choice import find_joins
from geo.units import UNREACHABLE_MS
from tests.travel.graphs import needs_order

CRS = pyproj.CRS("EPSG:32642")
RULES = LegRules(max_join_metres=9_000, max_walk_metres=2_500)
SEASONS = ("dry", "thaw")
#: Junctions of a 5 x 5 grid of about 4 km, moved a little so that nothing is symmetric.
RNG = np.random.default_rng(7)
GRID = [
    (66 + 0.055 * i + float(RNG.uniform(-0.012, 0.012)), 49 + 0.036 * j + float(RNG.uniform(-0.008, 0.008)))
    for i in range(5)
    for j in range(5)
]
PAIRS = [(a, b) for a in range(25) for b in range(a + 1, 25) if b - a in (1, 4, 5, 6) and abs(a % 5 - b % 5) <= 1]


def speeds() -> SpeedTable:
    rows = [
        SpeedRow("any", "asphalt", "any", "car", "any", 70, "test"),
        SpeedRow("any", "earth", "any", "car", "dry", 30, "test"),
        SpeedRow("any", "earth", "any", "car", "thaw", 0, "test"),
        SpeedRow("offroad", "any", "any", "car", "dry", 12, "test"),
        SpeedRow("offroad", "any", "any", "car", "thaw", 0, "test"),
        SpeedRow("offroad", "any", "any", "walk", "any", 4, "test"),
    ]
    return SpeedTable(tuple(rows), "speeds.csv")


@st.composite
def networks(draw: st.DrawFn) -> list[tuple[int, int, str, str]]:
    pairs = draw(st.lists(st.sampled_from(PAIRS), min_size=3, max_size=26, unique=True))
    surface = st.sampled_from(["asphalt", "earth"])
    oneway = st.sampled_from(["no", "no", "no", "forward", "backward"])
    return [(a, b, draw(surface), draw(oneway)) for a, b in pairs]


@st.composite
def places(draw: st.DrawFn) -> list[tuple[float, float]]:
    lon = st.floats(65.9, 66.35, allow_nan=False)
    lat = st.floats(48.93, 49.22, allow_nan=False)
    return draw(st.lists(st.tuples(lon, lat), min_size=2, max_size=5, unique=True))


def road_table(edges: list[tuple[int, int, str, str]]) -> gpd.GeoDataFrame:
    """Roads between junctions; roads that cross are noded as the line reader does it, with one common vertex."""
    lines = [shapely.LineString([GRID[a], GRID[b]]) for a, b, _s, _o in edges]
    raw = gpd.GeoDataFrame(
        {
            "edge_id": [f"r{a}-{b}" for a, b, _s, _o in edges],
            "road_category": "IV",
            "surface": [surface for _a, _b, surface, _o in edges],
            "oneway": [oneway for _a, _b, _s, oneway in edges],
        },
        geometry=lines,
        crs="EPSG:4326",
    )
    table, faults = check(ROADS, raw, "roads")
    assert not faults
    return table


def minutes(edges: list[tuple[int, int, str, str]], spots: list[tuple[float, float]], season: str) -> np.ndarray:
    return door_to_door(edges, spots, season).milliseconds.astype(np.int64)


def door_to_door(
    edges: list[tuple[int, int, str, str]],
    spots: list[tuple[float, float]],
    season: str,
    rules: LegRules = RULES,
) -> TravelTimes:
    network = build_network(road_table(edges), CRS)
    lon, lat = np.array(spots).T
    points = Points.from_lonlat(tuple(f"p{i}" for i in range(len(spots))), lon, lat, CRS)
    seasons = {
        name: make_season(network, SeasonRules(name, 0.5, (), True, True, True, name), speeds(), "car")
        for name in SEASONS
    }
    joins = find_joins(network, tuple(seasons.values()), points, rules, n_origins=len(points))
    return travel_times(network, seasons[season], points, joins, points, joins, rules)


@contextmanager
def as_if_large() -> Iterator[None]:
    """Take the path of large jobs, whatever the size."""
    with patch.object(choice, "SMALL_POINTS", -1):
        yield


HYPOTHESIS = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
#: Each example is computed twice.
TWICE = settings(HYPOTHESIS, max_examples=15)


@HYPOTHESIS
@given(networks(), places(), st.sampled_from(SEASONS), st.data())
def test_adding_a_road_never_lengthens_a_trip(edges, spots, season, data):
    fewer = edges[: data.draw(st.integers(1, len(edges) - 1))]
    assert (minutes(edges, spots, season) <= minutes(fewer, spots, season)).all()


@HYPOTHESIS
@given(networks(), places())
def test_opening_roads_never_lengthens_a_trip(edges, spots):
    paved = [(a, b, "asphalt", oneway) for a, b, _surface, oneway in edges]
    assert (minutes(paved, spots, "thaw") <= minutes(edges, spots, "thaw")).all()


@needs_order
@TWICE
@given(networks(), places(), st.sampled_from(SEASONS))
def test_large_jobs_find_the_same_times_and_legs(edges, spots, season):
    small = door_to_door(edges, spots, season)
    with as_if_large():
        large = door_to_door(edges, spots, season)
    for name in ("milliseconds", "access_ms", "egress_ms"):
        np.testing.assert_array_equal(getattr(large, name), getattr(small, name))


def river_and_lake() -> LegRules:
    """Legs cross neither a river through the middle of the grid nor a lake."""
    to_metric = pyproj.Transformer.from_crs("EPSG:4326", CRS, always_xy=True).transform
    river = shapely.LineString([to_metric(66.09, 48.8), to_metric(66.12, 49.1), to_metric(66.1, 49.3)])
    lake = shapely.Polygon([to_metric(*p) for p in ((66.15, 49.02), (66.22, 49.03), (66.2, 49.09), (66.16, 49.08))])
    return replace(RULES, obstacles=Obstacles(np.array([river, lake], dtype=object), np.empty(0, dtype=object)))


@pytest.mark.parametrize("missing", ["can_order", "can_compile"])
def test_large_jobs_do_without_a_package_that_is_missing(missing):
    edges = [(a, b, ("asphalt", "earth")[a % 2], ("no", "forward")[b % 2]) for a, b in PAIRS[::3]]
    spots = [(66.0, 49.0), (66.11, 49.05), (66.2, 49.1), (66.3, 48.95)]
    small = door_to_door(edges, spots, "dry")
    no_table = patch("geo.travel.hierarchy.Hierarchy.table", side_effect=AssertionError)
    with as_if_large(), patch.object(choice, missing, return_value=False), no_table:
        plain = door_to_door(edges, spots, "dry")
    for name in ("milliseconds", "access_ms", "egress_ms"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(small, name))


@needs_order
@TWICE
@given(networks(), places(), st.sampled_from(SEASONS))
def test_large_jobs_keep_legs_from_crossing_waters(edges, spots, season):
    rules = river_and_lake()
    small = door_to_door(edges, spots, season, rules)
    with as_if_large():
        large = door_to_door(edges, spots, season, rules)
    for name in ("milliseconds", "access_ms", "egress_ms"):
        np.testing.assert_array_equal(getattr(large, name), getattr(small, name))
    assert (small.milliseconds >= door_to_door(edges, spots, season).milliseconds).all()


def test_a_river_keeps_a_village_from_the_road_beyond_it():
    beyond = [(66.0, 49.005), (66.055, 49.005)]
    road = [(0, 5, "asphalt", "no")]
    to_metric = pyproj.Transformer.from_crs("EPSG:4326", CRS, always_xy=True).transform
    ring = shapely.Point(to_metric(*beyond[0])).buffer(20).exterior
    rules = replace(RULES, obstacles=Obstacles(np.array([ring], dtype=object), np.empty(0, dtype=object)))
    assert (door_to_door(road, beyond, "dry").milliseconds < UNREACHABLE_MS).all()
    assert door_to_door(road, beyond, "dry", rules).milliseconds[0, 1] == UNREACHABLE_MS


@needs_order
@TWICE
@given(networks(), places(), st.sampled_from(SEASONS), st.data())
def test_adding_a_road_never_lengthens_a_trip_of_a_large_job(edges, spots, season, data):
    fewer = edges[: data.draw(st.integers(1, len(edges) - 1))]
    with as_if_large():
        assert (minutes(edges, spots, season) <= minutes(fewer, spots, season)).all()


def leg_ms(metres: float, season: str) -> float:
    walk = 4 if metres <= RULES.max_walk_metres else 0
    speed = max(walk, 12 if season == "dry" else 0)
    return metres * 1.3 * 3600 / speed if speed and metres <= RULES.max_join_metres else np.inf


def link(graph: nx.DiGraph, tail: str, head: str, ms: float) -> None:
    """Add an arc, or make it faster."""
    if np.isfinite(ms):
        graph.add_edge(tail, head, weight=min(ms, graph.get_edge_data(tail, head, {"weight": np.inf})["weight"]))


def plain_graph(edges: list[tuple[int, int, str, str]], spots: list[tuple[float, float]], season: str) -> nx.DiGraph:
    """An independent model: every join is a junction of its own, times are floats."""
    graph: nx.DiGraph = nx.DiGraph()
    kph = {"asphalt": 70, "earth": 30 if season == "dry" else 0}
    to_metric = pyproj.Transformer.from_crs("EPSG:4326", CRS, always_xy=True).transform
    for number, (a, b, surface, oneway) in enumerate(edges):
        if not kph[surface]:
            continue
        start, end = np.array(GRID[a]), np.array(GRID[b])
        planar = shapely.LineString([to_metric(*start), to_metric(*end)])
        stops = [(0.0, f"n{a}"), (1.0, f"n{b}")]
        for i, spot in enumerate(spots):
            share = planar.project(shapely.Point(to_metric(*spot)), normalized=True)
            ms = leg_ms(GEOD.inv(*spot, *(start + share * (end - start)))[2], season)
            link(graph, f"from{i}", f"j{number}-{i}", ms)
            link(graph, f"j{number}-{i}", f"to{i}", ms)
            stops.append((share, f"j{number}-{i}"))
        length = GEOD.inv(*start, *end)[2]
        for (s1, n1), (s2, n2) in pairwise(sorted(stops)):
            ms = (s2 - s1) * length * 3600 / kph[surface]
            # Two stops at the same spot are one place, whatever the direction of the road.
            link(graph, n1, n2, ms if oneway != "backward" or s1 == s2 else np.inf)
            link(graph, n2, n1, ms if oneway != "forward" or s1 == s2 else np.inf)
    for (i, spot), (j, other) in product(enumerate(spots), enumerate(spots)):
        link(graph, f"from{i}", f"to{j}", leg_ms(GEOD.inv(*spot, *other)[2], season))
    return graph


@HYPOTHESIS
@given(networks(), places(), st.sampled_from(SEASONS))
def test_times_equal_a_plain_shortest_path_over_every_join(edges, spots, season):
    ours = minutes(edges, spots, season)
    graph = plain_graph(edges, spots, season)
    for i in range(len(spots)):
        reached = nx.single_source_dijkstra_path_length(graph, f"from{i}")
        expected = np.array([reached.get(f"to{j}", np.inf) for j in range(len(spots))])
        lost = np.isinf(expected)
        assert (ours[i][lost] == UNREACHABLE_MS).all()
        # Whole milliseconds are rounded once per leg and road piece.
        assert (np.abs(ours[i][~lost] - expected[~lost]) <= 40).all()


def test_a_road_that_crosses_and_splits_others_changes_nothing_but_for_the_better():
    """The added road shares vertices in the middle of existing roads, so that they are split anew."""
    middle = ((GRID[0][0] + GRID[1][0]) / 2, (GRID[0][1] + GRID[1][1]) / 2)
    long_road = shapely.LineString([GRID[0], middle, GRID[1], GRID[2]])
    added = shapely.LineString([middle, (66.12, 49.02)])

    def times(lines: list[shapely.LineString]) -> np.ndarray:
        frame = pd.DataFrame(
            {"edge_id": [f"r{i}" for i in range(len(lines))], "road_category": "IV", "surface": "asphalt"}
        )
        table, _faults = check(ROADS, gpd.GeoDataFrame(frame, geometry=lines, crs="EPSG:4326"), "roads")
        network = build_network(table, CRS)
        spots = np.array([(66.01, 49.0), (66.0, 49.05), (66.1, 49.03), (66.03, 49.012)])
        points = Points.from_lonlat(("a", "b", "c", "d"), spots[:, 0], spots[:, 1], CRS)
        joins = join_points(network, points, RULES)
        season = make_season(network, SeasonRules("dry", 1.0, (), True, True, True, "dry"), speeds(), "car")
        return travel_times(network, season, points, joins, points, joins, RULES).milliseconds

    before, after = times([long_road]), times([long_road, added])
    assert (after <= before).all()
    assert (after < before).any()
