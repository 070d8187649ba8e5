"""Roads are split where they share a vertex, and nowhere else; positions along a road never depend on other roads."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely

from geo.network.seasons import SeasonRules, make_season
from geo.network.topology import GEOD, build_network
from tests.network.small import CRS, road_table, speed_table

WEST, MIDDLE, EAST = (66.0, 49.0), (66.05, 49.0), (66.1, 49.0)
SOUTH, NORTH = (66.05, 48.95), (66.05, 49.05)


def lengths_by_road(network):
    return {
        road_id: float(network.edge_metres[network.edge_road == row].sum())
        for row, road_id in enumerate(network.roads.index)
    }


def test_roads_that_share_a_vertex_are_split_there():
    network = build_network(road_table({"a": [WEST, MIDDLE, EAST], "b": [SOUTH, MIDDLE, NORTH]}), CRS)
    assert (network.n_nodes, network.n_edges) == (5, 4)
    ends = np.concatenate([network.edge_from, network.edge_to])
    assert sorted(np.bincount(ends).tolist()) == [1, 1, 1, 1, 4]


def test_roads_that_cross_without_a_common_vertex_do_not_meet():
    network = build_network(road_table({"a": [WEST, EAST], "b": [SOUTH, NORTH]}), CRS)
    assert (network.n_nodes, network.n_edges) == (4, 2)
    assert sorted(network.component.tolist()) == [0, 0, 1, 1]


def test_an_end_on_another_roads_inner_vertex_splits_that_road_only():
    network = build_network(road_table({"a": [WEST, MIDDLE, EAST], "b": [MIDDLE, NORTH]}), CRS)
    assert np.bincount(network.edge_road).tolist() == [2, 1]


def test_an_inner_vertex_of_one_road_is_no_junction_but_keeps_its_course():
    network = build_network(road_table({"a": [WEST, (66.05, 49.01), EAST]}), CRS)
    assert (network.n_nodes, network.n_edges, len(network.vertex_x)) == (2, 1, 3)


def test_vertices_within_a_centimetre_are_one_junction():
    beside = (MIDDLE[0] + 3e-8, MIDDLE[1])
    network = build_network(road_table({"a": [WEST, MIDDLE, EAST], "b": [beside, NORTH]}), CRS)
    assert (network.n_nodes, network.n_edges) == (4, 3)


def test_a_ring_alone_is_one_edge_from_a_junction_to_itself():
    ring = [WEST, MIDDLE, NORTH, WEST]
    network = build_network(road_table({"ring": ring}), CRS)
    assert (network.n_nodes, network.n_edges) == (1, 1)
    assert network.edge_from[0] == network.edge_to[0]
    assert network.edge_metres[0] == pytest.approx(GEOD.geometry_length(shapely.LineString(ring)), abs=1e-6)


def test_a_ring_is_split_where_a_road_leaves_it():
    network = build_network(road_table({"ring": [WEST, MIDDLE, NORTH, WEST], "way": [NORTH, (66.05, 49.1)]}), CRS)
    assert np.bincount(network.edge_road).tolist() == [2, 1]


def test_a_road_that_meets_itself_is_split_there():
    eight = [WEST, MIDDLE, NORTH, (66.1, 49.05), MIDDLE, SOUTH]
    network = build_network(road_table({"eight": eight}), CRS)
    assert (network.n_nodes, network.n_edges) == (3, 3)
    assert network.edge_end_metres.max() == pytest.approx(GEOD.geometry_length(shapely.LineString(eight)), abs=1e-6)


def test_a_repeated_vertex_makes_no_edge_of_no_length():
    network = build_network(road_table({"a": [WEST, MIDDLE, MIDDLE, EAST]}), CRS)
    assert (network.edge_metres > 0).all()
    assert network.component.tolist() == [0, 0, 0]
    whole = GEOD.geometry_length(shapely.LineString([WEST, MIDDLE, EAST]))
    assert network.edge_metres.sum() == pytest.approx(whole, abs=1e-6)


def test_components_are_numbered_by_falling_length():
    far = {"short": [(70.0, 49.0), (70.01, 49.0)], "long": [WEST, MIDDLE], "longer": [MIDDLE, EAST]}
    network = build_network(road_table(far), CRS)
    names = network.roads.index[network.edge_road]
    assert dict(zip(names, network.component[network.edge_from], strict=True)) == {"long": 0, "longer": 0, "short": 1}


def test_lengths_are_geodesic():
    line = [WEST, (66.03, 49.02), EAST]
    network = build_network(road_table({"a": line}), CRS)
    assert network.edge_metres[0] == pytest.approx(GEOD.geometry_length(shapely.LineString(line)), abs=1e-9)


def two_parts():
    table = road_table({"a": [WEST, MIDDLE]})
    parts = shapely.MultiLineString([[WEST, MIDDLE], [NORTH, (66.1, 49.05)]])
    return table.assign(geometry=[parts]).set_crs("EPSG:4326", allow_override=True)


def test_the_parts_of_one_road_are_edges_of_that_road():
    network = build_network(two_parts(), CRS)
    assert network.edge_road.tolist() == [0, 0]
    assert sorted(network.component.tolist()) == [0, 0, 1, 1]
    assert network.edge_start_metres.tolist() == [0.0, 0.0]


def test_stated_lengths_stretch_a_road_and_its_pieces():
    lines = {"a": [WEST, MIDDLE, EAST], "b": [MIDDLE, NORTH]}
    table = road_table(lines, length_km=[10.0, None])
    drawn, stated = build_network(table, CRS), build_network(table, CRS, use_stated_lengths=True)
    assert lengths_by_road(stated)["a"] == pytest.approx(10_000, abs=1e-6)
    assert lengths_by_road(stated)["b"] == lengths_by_road(drawn)["b"]
    half = drawn.edge_metres[0] / (drawn.edge_metres[0] + drawn.edge_metres[1])
    assert stated.edge_metres[0] == pytest.approx(10_000 * half, abs=1e-6)


def test_stated_lengths_are_ignored_unless_asked_for():
    line = {"a": [WEST, EAST]}
    with_length = build_network(road_table(line, length_km=[12.0]), CRS)
    assert with_length.edge_metres[0] == build_network(road_table(line), CRS).edge_metres[0]


def test_the_stated_length_of_a_road_in_parts_is_that_of_all_parts_together():
    table = two_parts()
    table["length_metres"] = 9_000.0
    network = build_network(table, CRS, use_stated_lengths=True)
    assert network.edge_metres.sum() == pytest.approx(9_000, abs=1e-6)


@pytest.mark.parametrize("n_cuts", [1, 2, 7, 40])
def test_the_milliseconds_of_the_pieces_of_a_road_add_up_to_those_of_the_road(n_cuts):
    lon = np.linspace(66.0, 66.3, n_cuts + 2)
    course = [(float(x), 49.0 + 0.003 * (i % 3)) for i, x in enumerate(lon)]
    sides = {f"s{i:02}": [spot, (spot[0], 49.1)] for i, spot in enumerate(course[1:-1])}
    speeds = speed_table(("any", "asphalt", "any", "car", "any", 67.0))
    rules = SeasonRules("dry", 1.0, (), True, True, True, "dry")
    alone, split = build_network(road_table({"a": course}), CRS), build_network(road_table({"a": course, **sides}), CRS)
    pieces = split.edge_road == 0
    assert pieces.sum() == n_cuts + 1
    whole_ms = make_season(alone, rules, speeds, "car").edge_ms
    assert make_season(split, rules, speeds, "car").edge_ms[pieces].sum() == whole_ms.sum()


def test_positions_on_a_road_do_not_depend_on_roads_before_it():
    course = [WEST, (66.02, 49.013), (66.07, 48.99), EAST]
    alone = build_network(road_table({"m": course}), CRS)
    after = build_network(road_table({"a": [(65.0, 48.0), (65.3, 48.7)], "m": course}), CRS)
    own = after.edge_road[np.repeat(np.arange(after.n_edges), np.diff(after.vertex_start))] == 1
    assert after.vertex_metres[own].tobytes() == alone.vertex_metres.tobytes()


def town(n_roads=30, seed=5):
    """Roads of two to six vertices between the corners of a grid: many as long as each other, many that meet."""
    random = np.random.default_rng(seed)
    lines = {}
    for number in range(n_roads):
        corners = random.integers(0, 5, size=(random.integers(2, 7), 2))
        lines[f"r{number:02}"] = [(66.0 + 0.0123457 * x, 49.0 + 0.0098761 * y) for x, y in corners.tolist()]
    return road_table(lines)


def courses(network):
    """Per road, its edges: junctions at their ends, and every vertex with its position."""
    found = {}
    for edge, row in enumerate(network.edge_road.tolist()):
        own = slice(network.vertex_start[edge], network.vertex_start[edge + 1])
        ends = (int(network.edge_from[edge]), int(network.edge_to[edge]))
        vertices = (network.vertex_x, network.vertex_y, network.vertex_lon, network.vertex_lat, network.vertex_metres)
        found.setdefault(network.roads.index[row], []).append((*ends, *(one[own].tobytes() for one in vertices)))
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_roads_changes_nothing(seed):
    roads = town()
    one = build_network(roads, CRS)
    other = build_network(roads.sample(frac=1, random_state=seed), CRS)
    assert courses(other) == courses(one)
    for name in ("node_x", "node_y", "component"):
        assert getattr(other, name).tobytes() == getattr(one, name).tobytes()


def test_positions_are_sums_of_the_steps_of_their_road_one_after_another():
    roads = town()
    network = build_network(roads, CRS)
    for road_id, edges in courses(network).items():
        course = list(roads.geometry[road_id].coords)
        metres = [0.0]
        for here, there in itertools.pairwise(course):
            metres.append(metres[-1] + GEOD.inv(*here, *there)[2])
        found = np.concatenate([np.frombuffer(edge[-1]) for edge in edges])
        assert set(found.tolist()) <= set(metres)
        assert found.max() == metres[-1] or course[-1] == course[-2]


def test_junctions_are_places_and_not_sums_of_their_degrees():
    beside = [(66.0000001, 48.9999999), (66.0999999, 49.0000001)]
    network = build_network(road_table({"a": [WEST, MIDDLE, EAST], "b": beside}), CRS)
    assert (network.n_nodes, network.n_edges) == (4, 2)


def test_no_roads_make_an_empty_network():
    network = build_network(road_table({"a": [WEST, EAST]}).iloc[:0], CRS)
    assert (network.n_nodes, network.n_edges, len(network.lines())) == (0, 0, 0)


def test_a_network_cannot_be_changed():
    network = build_network(road_table({"a": [WEST, EAST]}), CRS)
    with pytest.raises(ValueError, match="read-only"):
        network.vertex_metres[0] = 1.0
