"""Barriers on nodes: who can pass which, and that whoever passes the node passes the barrier."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geo.network.seasons import SeasonRules, make_season
from geo.network.speeds import SpeedRow, SpeedTable
from geo.network.topology import build_network
from geo.read.access import closed_months
from geo.read.barriers import RoadRows, cut_at_barriers, read_barrier
from geo.read.months import ALL_YEAR
from geo.read.osm import OsmExtract, read_osm
from geo.read.values import load_rows
from geo.tables import VEHICLES

SHORT = {"c": "car", "s": "school_bus", "a": "ambulance", "w": "walk"}
CRS = pyproj.CRS("EPSG:32642")
ANYTIME = SeasonRules("dry", 1.0, (), True, True, True, "dry")
SPEEDS = SpeedTable(
    tuple(SpeedRow(road, "any", "any", v, "any", 5.0, "test") for v in VEHICLES for road in ("any", "offroad")), "test"
)


@pytest.mark.parametrize(
    ("tags", "who"),
    [
        ({"barrier": "gate"}, "c s a w"),
        ({"barrier": "lift_gate"}, "c s a w"),
        ({"barrier": "gate", "access": "private"}, "a"),
        ({"barrier": "gate", "access": "private", "foot": "yes"}, "a w"),
        ({"barrier": "gate", "locked": "yes"}, ""),
        ({"barrier": "gate", "locked": "yes", "emergency": "yes", "foot": "yes"}, "a w"),
        ({"barrier": "bollard"}, "w"),
        ({"barrier": "bollard", "bus": "yes"}, "s w"),
        ({"barrier": "bollard", "access": "yes"}, "c s a w"),
        ({"barrier": "bollard", "emergency": "designated"}, "a w"),
        ({"barrier": "bus_trap"}, "s w"),
        ({"barrier": "height_restrictor"}, "c a w"),
        ({"barrier": "cattle_grid"}, "c s a w"),
        ({"barrier": "toll_booth"}, "c s a w"),
        ({"barrier": "fence"}, ""),
        ({"barrier": "border_control"}, "c s a w"),
        ({"ford": "stepping_stones"}, "w"),
        ({"ford": "boat"}, ""),
    ],
)
def test_who_can_pass(tags: dict[str, str], who: str) -> None:
    barrier = read_barrier("n1", tags, [])
    passing = {v for v in VEHICLES if closed_months(barrier.closed_to or "", v) != ALL_YEAR}
    assert passing == {SHORT[letter] for letter in who.split()}
    assert barrier.border_crossing == (tags.get("barrier") == "border_control")


def test_a_kind_that_is_not_known_stops_nobody_and_is_named() -> None:
    unread: list[str] = []
    barrier = read_barrier("n1", {"barrier": "moon_gate"}, unread)
    assert (barrier.closed_to, unread) == (None, ["barrier=moon_gate"])


def test_a_gate_may_be_shut_in_some_months() -> None:
    barrier = read_barrier("n1", {"barrier": "gate", "motor_vehicle:conditional": "no @ (Nov-Apr)"}, [])
    assert closed_months(barrier.closed_to or "", "car") == {11, 12, 1, 2, 3, 4}
    assert not closed_months(barrier.closed_to or "", "walk")
    assert barrier.concerns(("car",))
    assert not barrier.concerns(("walk",))


def test_every_row_names_vehicles_that_there_are() -> None:
    rows = load_rows("osm_barriers.csv")
    assert all(set(row["closed_to"].split()) <= set(VEHICLES) for row in rows)
    assert {row["border_crossing"] for row in rows} == {"", "yes"}


#: Node 5 in the middle of everything; nodes 1 to 4 around it.
SPOTS = {5: (70.0, 50.0), 1: (70.01, 50.0), 2: (70.0, 50.01), 3: (69.99, 50.0), 4: (70.0, 49.99), 6: (70.0000001, 50.0)}


def osm_file(tmp_path: Path, ways: dict[int, list[int]], tags: dict[int, dict[str, str]]) -> Path:
    nodes = "".join(
        f'<node id="{n}" lon="{lon}" lat="{lat}">{tag_lines(tags.get(n, {}))}</node>' for n, (lon, lat) in SPOTS.items()
    )
    lines = "".join(
        f'<way id="{w}">{"".join(f"<nd ref={chr(34)}{n}{chr(34)}/>" for n in refs)}'
        f"{tag_lines({'highway': 'tertiary', **tags.get(100 + w, {})})}</way>"
        for w, refs in ways.items()
    )
    path = tmp_path / "cross.osm"
    path.write_text(f'<osm version="0.6">{nodes}{lines}</osm>', encoding="utf-8")
    return path


def tag_lines(tags: dict[str, str]) -> str:
    return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())


def linked(extract: OsmExtract, vehicle: str, rules: SeasonRules = ANYTIME) -> set[tuple[int, int]]:
    """Pairs of outer nodes that a vehicle can drive between, either way."""
    network = build_network(extract.roads, CRS)
    season = make_season(network, rules, SPEEDS, vehicle)
    usable = ~season.closed_roads[network.edge_road]
    ends = (network.edge_from[usable], network.edge_to[usable])
    shape = (network.n_nodes, network.n_nodes)
    part = connected_components(csr_array((np.ones(len(ends[0])), ends), shape=shape), directed=False)[1]
    lonlat = {
        (round(lon, 6), round(lat, 6)): part[node]
        for edge, (start, end) in enumerate(zip(network.edge_from, network.edge_to, strict=True))
        for node, lon, lat in (
            (start, network.vertex_lon[network.vertex_start[edge]], network.vertex_lat[network.vertex_start[edge]]),
            (end, *(values[network.vertex_start[edge + 1] - 1] for values in (network.vertex_lon, network.vertex_lat))),
        )
    }
    outer = {n: lonlat.get(SPOTS[n]) for n in (1, 2, 3, 4)}
    return {pair for pair in combinations(outer, 2) if outer[pair[0]] is not None and outer[pair[0]] == outer[pair[1]]}


ALL_PAIRS = set(combinations((1, 2, 3, 4), 2))
CROSSES = {
    "two ways cross": {1: [1, 5, 3], 2: [2, 5, 4]},
    "four ways meet": {1: [1, 5], 2: [5, 2], 3: [5, 3], 4: [4, 5]},
    "a way ends on another": {1: [1, 5, 3], 2: [2, 5], 3: [5, 4]},
    "one way comes back": {1: [1, 5, 2], 2: [5, 3], 3: [4, 5]},
}


@pytest.mark.parametrize("ways", CROSSES.values(), ids=CROSSES)
@pytest.mark.parametrize("barrier", ["bollard", "gate"])
def test_whoever_passes_the_node_passes_the_barrier(ways, barrier, tmp_path) -> None:
    path = osm_file(tmp_path, ways, {5: {"barrier": barrier}})
    extract = read_osm(path, "cross.osm", vehicles=VEHICLES)
    assert linked(extract, "walk") == ALL_PAIRS
    assert linked(extract, "car") == (set() if barrier == "bollard" else ALL_PAIRS)
    assert extract.counts["barriers"] == (barrier == "bollard")


@pytest.mark.parametrize("ways", CROSSES.values(), ids=CROSSES)
def test_a_border_is_closed_unless_the_study_opens_it(ways, tmp_path) -> None:
    path = osm_file(tmp_path, ways, {5: {"barrier": "border_control"}})
    extract = read_osm(path, "cross.osm")
    assert linked(extract, "car") == set()
    assert linked(extract, "car", SeasonRules("dry", 1.0, (), True, True, True, "dry", borders_open=True)) == ALL_PAIRS


def test_a_barrier_is_a_road_of_centimetres_and_the_way_keeps_its_columns(tmp_path) -> None:
    tags = {5: {"barrier": "bollard"}, 101: {"name": "Main", "oneway": "yes", "maxspeed": "40"}}
    roads = read_osm(osm_file(tmp_path, {1: [1, 5, 3]}, tags), "cross.osm", vehicles=VEHICLES).roads
    assert list(roads.index) == ["n5", "w1-1", "w1-2"]
    metres = roads.geometry.to_crs(CRS).length
    assert 0.01 < metres["n5"] < 0.2
    assert metres.sum() == pytest.approx(shapely.LineString([SPOTS[1], SPOTS[5], SPOTS[3]]).length * 71_700, rel=1e-3)
    assert roads["limit_kph"].tolist() == [40, 40, 40]
    assert roads["oneway"].tolist() == ["no", "forward", "forward"]
    assert roads["closed_to"].tolist() == ["ambulance car school_bus", None, None]
    assert roads["surface_imputed"].tolist() == [False, True, True]


def test_a_car_study_has_a_gap_where_a_walking_study_has_a_way(tmp_path) -> None:
    path = osm_file(tmp_path, {1: [1, 5, 3]}, {5: {"barrier": "bollard"}})
    assert list(read_osm(path, "cross.osm").roads.index) == ["w1-1", "w1-2"]
    assert list(read_osm(path, "cross.osm", vehicles=("walk",)).roads.index) == ["w1"]


def test_a_barrier_at_the_end_of_one_road_cuts_nothing_and_one_in_a_fence_is_not_met(tmp_path) -> None:
    at_end = read_osm(osm_file(tmp_path, {1: [1, 5]}, {5: {"barrier": "bollard"}}), "cross.osm")
    assert (list(at_end.roads.index), at_end.counts["barriers"]) == (["w1"], 0)
    beside = read_osm(osm_file(tmp_path, {1: [1, 3]}, {5: {"barrier": "moon_gate"}}), "cross.osm")
    assert not [fault for fault in beside.faults if fault.code in {"barrier", "unread-tag"}]


def test_a_barrier_is_told_with_its_node(tmp_path) -> None:
    extract = read_osm(osm_file(tmp_path, {1: [1, 5, 3]}, {5: {"barrier": "bollard"}}), "cross.osm")
    told = [fault.message for fault in extract.faults if fault.code == "barrier"]
    assert told == ["Barriers on roads that stop a vehicle, or stand on the state border: 1 (n5)."]


def test_a_vertex_a_centimetre_away_does_not_join_the_sides_again(tmp_path) -> None:
    path = osm_file(tmp_path, {1: [3, 5, 6, 1]}, {5: {"barrier": "bollard"}})
    extract = read_osm(path, "cross.osm", vehicles=VEHICLES)
    assert (1, 3) in linked(extract, "walk")
    assert (1, 3) not in linked(extract, "car")


def test_a_ring_that_begins_at_the_barrier_is_cut_there() -> None:
    ring = shapely.LineString([(70, 50), (70.01, 50), (70.01, 50.01), (70, 50)])
    roads = RoadRows(ids=["w1"], names=[None], kinds=[0], shapes=[ring], columns=[{"surface_imputed": False}])
    barrier = read_barrier("n5", {"barrier": "bollard"}, [])
    cut = cut_at_barriers(roads, {(70.0, 50.0): barrier}, ("car",))
    assert cut.roads.ids == ["w1"]
    assert not cut.roads.shapes[0].is_closed
