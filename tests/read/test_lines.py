from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.read.lines import geodesic_lengths, read_roads
from geo.read.noding import node_lines

ALONG = shapely.LineString([(70, 50), (70.2, 50)])
ACROSS = shapely.LineString([(70.1, 49.9), (70.1, 50.1)])


def vertices(line: shapely.LineString) -> list[tuple[float, float]]:
    return list(line.coords)


def noded(*lines: shapely.LineString, bridges: tuple[bool, ...] | None = None) -> list[list[tuple[float, float]]]:
    result = node_lines(np.array(lines, dtype=object), np.array(bridges or (False,) * len(lines)))
    return [vertices(line) for line in result.lines]


def write(path: Path, shapes: list[shapely.Geometry], **columns: object) -> Path:
    gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326").to_file(path)
    return path


def test_crossing_lines_get_one_common_vertex() -> None:
    assert noded(ALONG, ACROSS) == [[(70, 50), (70.1, 50), (70.2, 50)], [(70.1, 49.9), (70.1, 50), (70.1, 50.1)]]


def test_slanted_crossings_get_identical_vertices() -> None:
    first, second = noded(shapely.LineString([(70, 50), (70.3, 50.1)]), shapely.LineString([(70, 50.07), (70.31, 50)]))
    assert len(set(first) & set(second)) == 1
    assert (len(first), len(second)) == (3, 3)


def test_a_bridge_is_crossed_without_meeting() -> None:
    assert noded(ALONG, ACROSS, bridges=(True, False)) == [vertices(ALONG), vertices(ACROSS)]
    assert len(noded(ALONG, ACROSS, bridges=(True, True))[0]) == 3


def test_a_bridge_is_joined_at_its_ends() -> None:
    ramp = shapely.LineString([(70.1, 50), (70.1, 50.1)])
    assert noded(ALONG, ramp, bridges=(False, True))[0] == [(70, 50), (70.1, 50), (70.2, 50)]


@pytest.mark.parametrize("gap", [0.0, 5e-8])
def test_a_road_end_on_a_segment_becomes_its_vertex(gap: float) -> None:
    side = shapely.LineString([(70.1, 50 + gap), (70.1, 50.1)])
    assert noded(ALONG, side)[0] == [(70, 50), (70.1, 50 + gap), (70.2, 50)]


def test_a_road_end_farther_off_is_left_alone() -> None:
    side = shapely.LineString([(70.1, 50 + 5e-7), (70.1, 50.1)])
    assert noded(ALONG, side) == [vertices(ALONG), vertices(side)]


def test_lines_that_run_together_share_their_vertices() -> None:
    over = shapely.LineString([(70.05, 50), (70.1, 50), (70.3, 50)])
    first, second = noded(ALONG, over)
    assert first == [(70, 50), (70.05, 50), (70.1, 50), (70.2, 50)]
    assert second == [(70.05, 50), (70.1, 50), (70.2, 50), (70.3, 50)]


def test_a_line_that_crosses_itself_meets_itself() -> None:
    loop = shapely.LineString([(70, 50), (70.2, 50), (70.2, 50.2), (70.1, 50.2), (70.1, 49.9)])
    (line,) = noded(loop)
    assert line.count((70.1, 50.0)) == 2


def test_noding_is_finished_after_one_round() -> None:
    grid = [shapely.LineString([(70 + i / 10, 50), (70.03 + i / 10, 51)]) for i in range(5)]
    grid += [shapely.LineString([(69, 50.11 + i / 7), (71, 50.13 + i / 7)]) for i in range(5)]
    once = node_lines(np.array(grid, dtype=object), np.zeros(10, dtype=bool))
    again = node_lines(once.lines, np.zeros(10, dtype=bool))
    assert (once.n_crossings, again.n_crossings, again.n_touches) == (25, 0, 0)


coordinate = st.integers(0, 8)
segment = st.tuples(st.tuples(coordinate, coordinate), st.tuples(coordinate, coordinate)).filter(
    lambda ends: ends[0] != ends[1]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(segment, min_size=2, max_size=6, unique=True))
def test_every_pair_of_meeting_lines_shares_a_vertex(ends: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    lines = [shapely.LineString(pair) for pair in ends]
    result = noded(*lines)
    for i, line in enumerate(lines):
        assert result[i][0] == vertices(line)[0]
        assert result[i][-1] == vertices(line)[-1]
        assert shapely.LineString(result[i]).hausdorff_distance(line) < 1e-6
        for j in range(i):
            assert bool(set(result[i]) & set(result[j])) == line.intersects(lines[j])


def test_roads_with_the_declared_columns(tmp_path: Path) -> None:
    path = write(
        tmp_path / "roads.gpkg",
        [ALONG, ACROSS],
        edge_id=["b", "a"],
        road_category=["IV", "track"],
        surface=["asphalt", None],
        length_km=[14.34, 30.0],
        maxspeed_kmh=[60, None],
    )
    roads, faults = read_roads(path, "roads.gpkg")
    assert list(roads.index) == ["a", "b"]
    assert roads["surface"].tolist() == ["unknown", "asphalt"]
    assert roads["surface_imputed"].tolist() == [False, False]
    assert vertices(roads.geometry["b"])[1] == (70.1, 50)
    assert [(fault.row, fault.code) for fault in faults] == [(3, "length-differs"), (0, "noded-crossings")]
    assert "vertex: 1; road ends in the middle of another road: 0." in faults[1].message


def test_a_multi_line_becomes_one_road_per_part(tmp_path: Path) -> None:
    both = shapely.MultiLineString([ALONG, ACROSS])
    single = shapely.MultiLineString([shapely.LineString([(71, 50), (71, 51)])])
    path = write(
        tmp_path / "r.gpkg", [both, single], edge_id=["x", "y"], road_category=["IV", "zz"], length_km=[36.0, 1.0]
    )
    roads, faults = read_roads(path, "r.gpkg")
    assert list(roads.index) == ["x-1", "x-2"]
    assert roads["length_metres"].isna().all()
    assert [(fault.row, fault.code) for fault in faults] == [(3, "unknown-choice"), (0, "noded-crossings")]


def test_roads_with_tags_are_read_like_an_extract(tmp_path: Path) -> None:
    path = write(
        tmp_path / "r.geojson",
        [ALONG, ACROSS, ALONG, ALONG],
        highway=["primary", "track", "footway", "service"],
        maxspeed=[60, None, None, None],
        oneway=["-1", None, None, None],
        access=[None, None, None, "private"],
    )
    roads, faults = read_roads(path, "r.geojson")
    assert roads[["road_id", "road_category", "oneway", "surface"]].to_numpy().tolist() == [
        ["r2", "III", "backward", "asphalt"],
        ["r3", "track", "no", "earth"],
    ]
    assert roads["limit_kph"].tolist()[0] == 60
    assert roads["surface_imputed"].tolist() == [True, True]
    assert {"not-for-cars", "noded-crossings", "imputed-surface"} <= {fault.code for fault in faults}


def test_points_and_a_table_without_geometry_are_no_roads(tmp_path: Path) -> None:
    path = write(tmp_path / "p.gpkg", [shapely.Point(70, 50)], edge_id=["a"], road_category=["IV"])
    assert [fault.code for fault in read_roads(path, "p.gpkg")[1]] == ["wrong-geometry"]
    table = tmp_path / "r.csv"
    table.write_text("edge_id,road_category\na,IV\n", encoding="utf-8")
    assert [fault.code for fault in read_roads(table, "r.csv")[1]] == ["no-geometry"]


@pytest.mark.shared
def test_haixi(shared: Path) -> None:
    roads, _faults = read_roads(shared / "china-haixi" / "roads.geojson", "roads.geojson")
    assert geodesic_lengths(roads.geometry).sum() / 1000 == pytest.approx(17871, abs=1)
    # GEOS's own noding of the whole layer finds the same vertices.
    xy = np.unique(shapely.get_coordinates(roads.geometry.to_numpy()), axis=0)
    reference = np.unique(shapely.get_coordinates(shapely.unary_union(roads.geometry.to_numpy())), axis=0)
    assert len(xy) == len(reference) == 31735
