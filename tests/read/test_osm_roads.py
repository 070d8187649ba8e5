"""Roads read alone are the roads read with everything else; lines and tags come in bulk as they would one by one."""

from __future__ import annotations

from pathlib import Path

import osmium
import pandas as pd
import pytest
import shapely

from geo.errors import DataError
from geo.read import osm_scan
from geo.read.bundled import bundled_folder
from geo.read.osm import read_osm
from geo.read.osm_roads import read_osm_roads
from geo.read.osm_ways import tags_of
from geo.tables import VEHICLES

#: The last way passes node 2 twice in a row, and node 3 that lies where node 2 does; way 3 lacks all nodes but a ford.
CORNER = """<osm version="0.6">
 <node id="1" lat="50.0" lon="70.00"/><node id="2" lat="50.0" lon="70.01"/><node id="3" lat="50.0" lon="70.01"/>
 <node id="4" lat="50.0" lon="70.02"><tag k="ford" v="yes"/></node><node id="5" lat="50.1" lon="70.02"/>
 <node id="6" lat="50.1" lon="70.03"/><node id="7" lat="50.2" lon="70.03"><tag k="barrier" v="bollard"/></node>
 <way id="1"><nd ref="1"/><nd ref="4"/><tag k="highway" v="track"/></way>
 <way id="2"><nd ref="5"/><nd ref="6"/><nd ref="99"/><nd ref="4"/><tag k="highway" v="track"/></way>
 <way id="3"><nd ref="98"/><nd ref="4"/><tag k="highway" v="track"/></way>
 <way id="4"><nd ref="1"/><nd ref="2"/><nd ref="2"/><nd ref="3"/><nd ref="5"/><tag k="highway" v="track"/></way>
 <way id="5"><nd ref="6"/><nd ref="7"/><nd ref="1"/><tag k="highway" v="service"/><tag k="name" v="A"/></way>
 <way id="8"><nd ref="1"/><nd ref="5"/></way>
 <relation id="9"><member type="way" ref="8" role=""/><tag k="type" v="route"/><tag k="route" v="ferry"/></relation>
</osm>
"""


@pytest.fixture
def corner(tmp_path: Path) -> Path:
    path = tmp_path / "corner.osm"
    path.write_text(CORNER, encoding="utf-8")
    return path


def assert_alike(path: Path, vehicles: tuple[str, ...]) -> None:
    alone, extract = read_osm_roads(path, "x", vehicles=vehicles), read_osm(path, "x", vehicles=vehicles)
    pd.testing.assert_frame_equal(pd.DataFrame(alone.roads), pd.DataFrame(extract.roads), check_exact=True)
    assert alone.faults == extract.faults_of("roads")
    assert alone.counts.items() <= extract.counts.items()
    assert len(alone.roads) > 0


@pytest.mark.parametrize("vehicles", [("car",), ("walk",), VEHICLES])
def test_roads_alone_are_those_of_the_whole_extract(vehicles, corner: Path, tiny_osm: Path) -> None:
    assert_alike(tiny_osm, vehicles)
    assert_alike(corner, vehicles)


def test_roads_of_the_bundled_steppe_alone_are_those_of_the_whole_extract() -> None:
    assert_alike(bundled_folder("studies") / "steppe" / "steppe.osm.pbf", ("car",))


def test_an_extract_without_roads_and_one_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "empty.osm"
    path.write_text('<osm version="0.6"></osm>', encoding="utf-8")
    assert len(read_osm_roads(path, "empty.osm").roads) == 0
    path.write_text("no map", encoding="utf-8")
    with pytest.raises(DataError, match="cannot be read"):
        read_osm_roads(path, "empty.osm")
    with pytest.raises(DataError, match="does not exist"):
        read_osm_roads(tmp_path / "none.osm", "none.osm")


def test_a_road_keeps_every_vertex_also_two_in_one_place(corner: Path) -> None:
    line = read_osm_roads(corner, "x").roads.geometry["w4"]
    assert list(line.coords) == [(70.0, 50.0), (70.01, 50.0), (70.01, 50.0), (70.01, 50.0), (70.02, 50.1)]


def test_a_ford_is_on_every_road_that_passes_its_node_whole_or_cut(corner: Path) -> None:
    found = read_osm_roads(corner, "x")
    fords = found.roads["ford"]
    assert sorted(fords.index[fords]) == ["w1", "w2"]
    assert found.counts["cut_ways"] == 2


def test_tags_asked_for_by_key_are_all_the_tags(corner: Path, tiny_osm: Path) -> None:
    for path in (corner, tiny_osm):
        both = [(tags_of(way), dict(way.tags)) for way in osmium.FileProcessor(str(path), osmium.osm.WAY)]
        assert [one for one, _other in both] == [other for _one, other in both]


def test_buildings_are_the_same_in_batches_of_any_size(tiny_osm: Path, tmp_path: Path, monkeypatch) -> None:
    # A pool whose sides cross each other, and a house of the same walls in order.
    crossed = '<way id="43"><nd ref="41"/><nd ref="43"/><nd ref="42"/><nd ref="44"/><nd ref="41"/>{tag}</way>'
    node = '<node id="45" lat="50.0003" lon="70.0101">{tag}</node>'
    tag = '<tag k="building" v="yes"/>'
    text = tiny_osm.read_text(encoding="utf-8").replace('<way id="1">', f'{node.format(tag=tag)}<way id="1">')
    path = tmp_path / "houses.osm"
    pond = crossed.format(tag=f'{tag}<tag k="natural" v="water"/>')
    path.write_text(text.replace('<relation id="70">', f'{pond}<relation id="70">'), encoding="utf-8")
    extract = read_osm(path, "x")
    assert extract.waters.geometry["w43"].geom_type == "MultiPolygon"
    assert extract.waters.geometry.is_valid.all()
    at_once = extract.buildings
    monkeypatch.setattr(osm_scan, "_BATCH", 2)
    assert read_osm(path, "x").buildings.equals(at_once)
    assert list(at_once.index) == ["n45", "w40", "w43"]
    assert at_once.geometry["n45"] == shapely.Point(70.0101, 50.0003)
    halves = [[(70.0101, 50.0001), (70.0102, 50.0002)], [(70.0102, 50.0001), (70.0101, 50.0002)]]
    middle = shapely.MultiLineString(halves).convex_hull
    assert middle.contains(at_once.geometry["w43"])
    assert not at_once.geometry["w43"].equals(at_once.geometry["w40"])
