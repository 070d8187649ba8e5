from __future__ import annotations

from pathlib import Path

import pytest

from geo.errors import DataError
from geo.read.lines import geodesic_lengths
from geo.read.osm import read_osm
from geo.read.overpass import read_graphml, read_osm_with_osmnx

osmnx = pytest.importorskip("osmnx")


@pytest.fixture
def whole_osm(tiny_osm: Path) -> Path:
    """The tiny file with no node missing."""
    whole = tiny_osm.with_name("whole.osm")
    whole.write_text(tiny_osm.read_text(encoding="utf-8").replace('<nd ref="99"/>', ""), encoding="utf-8")
    return whole


@pytest.fixture
def graphml(whole_osm: Path, tmp_path: Path) -> Path:
    path = tmp_path / "graph.graphml"
    osmnx.save_graphml(osmnx.graph_from_xml(whole_osm, simplify=True, retain_all=True), path)
    return path


def test_osmnx_refuses_ways_without_all_their_nodes(tiny_osm: Path) -> None:
    with pytest.raises(DataError, match="missing nodes"):
        read_osm_with_osmnx(tiny_osm, "tiny.osm")


def test_both_directions_of_a_road_are_one_row(whole_osm: Path) -> None:
    roads, _faults = read_osm_with_osmnx(whole_osm, "tiny.osm")
    # w1 is split at its crossing; w2 runs one way, against its drawing, from the crossing to node 4.
    ways = sorted(zip(roads["road_category"], roads["oneway"], strict=True))
    assert [kind for kind, _direction in ways if kind != "V"] == ["IV", "IV", "ferry", "street", "track"]
    street = roads[roads["road_category"] == "street"]
    assert street["oneway"].tolist() == ["forward"]
    assert street.geometry.iloc[0].coords[0] == (70.0100001, 50.0)


def test_tags_survive(whole_osm: Path) -> None:
    roads, _faults = read_osm_with_osmnx(whole_osm, "tiny.osm")
    main = roads[roads["road_category"] == "IV"]
    assert (main["surface"] == "asphalt").all()
    assert (main["limit_kph"] == 50).all()
    assert not main["surface_imputed"].any()
    track = roads[roads["road_category"] == "track"]
    assert track[["condition", "open_months"]].to_numpy().tolist() == [["poor", "12 1 2 3"]]


def test_settings_of_osmnx_are_left_as_they_were(whole_osm: Path) -> None:
    before = list(osmnx.settings.useful_tags_way)
    read_osm_with_osmnx(whole_osm, "tiny.osm")
    assert osmnx.settings.useful_tags_way == before


def test_a_saved_graph_is_read(graphml: Path) -> None:
    roads, faults = read_graphml(graphml, "graph.graphml")
    assert {"IV", "street", "track"} <= set(roads["road_category"])
    assert all(fault.severity != "error" for fault in faults)
    assert roads.crs == "EPSG:4326"


def test_a_broken_graph_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "x.graphml"
    with pytest.raises(DataError, match="does not exist"):
        read_graphml(path, "x.graphml")
    path.write_text("no graph", encoding="utf-8")
    with pytest.raises(DataError, match="cannot be read"):
        read_graphml(path, "x.graphml")


@pytest.mark.shared
def test_beatty_agrees_with_the_extract_reader(shared: Path) -> None:
    path = shared / "usa-beatty-nv" / "beatty.osm"
    roads, _faults = read_osm_with_osmnx(path, "beatty.osm")
    extract = read_osm(path, "beatty.osm")
    assert geodesic_lengths(roads.geometry).sum() == pytest.approx(
        geodesic_lengths(extract.roads.geometry).sum(), rel=1e-3
    )
