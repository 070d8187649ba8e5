"""Layers and extracts that are odd, broken or meant to break something: one clear error each, and soon."""

from __future__ import annotations

import json
import random
import sqlite3
import struct
import time
import zipfile
from pathlib import Path

import geopandas as gpd
import osmnx  # noqa: F401 - its import is no part of the time of a test
import pytest
import shapely

from geo.errors import DataError
from geo.read import layers
from geo.read.boundaries import read_boundaries
from geo.read.lines import read_roads
from geo.read.osm import read_osm
from geo.read.overpass import read_graphml, read_osm_with_osmnx
from geo.read.tabular import read_raw
from tests.conftest import TINY_OSM

_TWENTYFOLD = "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 20}">' for i in range(8))
BOMB = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "{"a" * 1000}">{_TWENTYFOLD}]>'


@pytest.fixture(autouse=True)
def soon():
    """Nothing here takes longer than ten seconds."""
    begin = time.monotonic()
    yield
    assert time.monotonic() - begin < 10


def refused(read, path, code="unreadable-file"):
    with pytest.raises(DataError) as caught:
        read(path, path.name)
    (fault,) = caught.value.faults
    assert (fault.file, fault.code) == (path.name, code)
    assert str(path.parent) not in fault.message
    return fault.message


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def roads(shapes, **columns):
    n = len(shapes)
    values = {"edge_id": [f"r{i}" for i in range(n)], "road_category": "IV", "surface": "asphalt", **columns}
    return gpd.GeoDataFrame(values, geometry=shapes, crs="EPSG:4326")


class TestShapes:
    def test_heights_are_dropped_and_the_rest_is_told_by_row(self, tmp_path):
        shapes = [
            shapely.LineString([(70, 50, 300), (70.1, 50, 310)]),
            shapely.LineString([(70, 50.1), (70.1, 50.2), (70.1, 50.1), (70, 50.2)]),
            shapely.LineString(),
            None,
        ]
        file = tmp_path / "odd.gpkg"
        roads(shapes).to_file(file)
        frame, faults = read_roads(file, file.name)
        assert sorted(frame.index) == ["r0", "r1"]
        assert not frame.geometry.has_z.any()
        assert {(fault.row, fault.code) for fault in faults if fault.severity == "error"} == {
            (4, "no-geometry"),
            (5, "no-geometry"),
        }

    @pytest.mark.parametrize(
        ("shape", "n_points"),
        [
            (struct.pack("<BII", 1, 8, 3) + struct.pack("<6d", 70, 50, 70.05, 50.05, 70.1, 50), 30),
            (struct.pack("<BII", 1, 3002, 2) + struct.pack("<8d", 70, 50, 1, 2, 70.1, 50, 1, 3), 2),
        ],
    )
    def test_curves_and_measures_become_plain_lines(self, tmp_path, shape, n_points):
        file = tmp_path / "odd.gpkg"
        roads([shapely.LineString([(70, 50), (70.1, 50)])]).to_file(file, layer="roads", geometry_type="Unknown")
        with sqlite3.connect(file) as database:
            for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                database.execute(f"DROP TRIGGER {trigger}")
            database.execute("UPDATE gpkg_geometry_columns SET z = 2, m = 2")
            database.execute("UPDATE roads SET geom = ?", (b"GP\0\1" + struct.pack("<i", 4326) + shape,))
        database.close()
        frame, faults = read_roads(file, file.name)
        assert not [fault for fault in faults if fault.severity == "error"]
        (line,) = frame.geometry
        assert line.geom_type == "LineString"
        assert not line.has_z
        assert len(line.coords) >= n_points

    def test_a_self_crossing_polygon_is_mended_and_told(self, tmp_path):
        bow_tie = shapely.Polygon([(69, 49), (71, 51), (71, 49), (69, 51)])
        values = {"unit_id": ["T1"], "level": ["district"], "name_en": ["Toy"]}
        gpd.GeoDataFrame(values, geometry=[bow_tie], crs=4326).to_file(tmp_path / "b.gpkg")
        frame, faults = read_boundaries(tmp_path / "b.gpkg", "b.gpkg")
        assert frame.geometry.is_valid.all()
        assert [(fault.row, fault.code, fault.severity) for fault in faults] == [(2, "invalid-polygon", "repaired")]

    def test_no_reference_system_is_an_error(self, tmp_path):
        file = tmp_path / "nowhere.gpkg"
        with pytest.warns(UserWarning, match="crs"):
            roads([shapely.LineString([(70, 50), (70.1, 50)])]).set_crs(None, allow_override=True).to_file(file)
        faults = read_roads(file, file.name)[1]
        assert "no-crs" in {fault.code for fault in faults if fault.severity == "error"}


class TestLayers:
    @pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.shp", "a.zip", "a.json"])
    def test_gdal_is_not_led_to_other_files_by_a_wrong_name(self, tmp_path, name):
        secret = tmp_path / "secret.csv"
        secret.write_text("edge_id,WKT\n1,LINESTRING (0 0, 1 1)\n", "utf-8")
        vrt = f'<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{secret}</SrcDataSource></OGRVRTLayer>'
        refused(read_raw, write(tmp_path / name, f"{vrt}</OGRVRTDataSource>"))

    def test_brackets_in_brackets(self, tmp_path):
        text = '{"type": "FeatureCollection", "features": ' + "[" * 1_000_000 + "]" * 1_000_000 + "}"
        refused(read_raw, write(tmp_path / "deep.geojson", text))

    def test_collections_in_collections(self, tmp_path):
        shape = '{"type": "Point", "coordinates": [70, 50]}'
        for _level in range(500):
            shape = f'{{"type": "GeometryCollection", "geometries": [{shape}]}}'
        text = f'{{"type": "Feature", "properties": {{}}, "geometry": {shape}}}'
        refused(read_raw, write(tmp_path / "nested.geojson", text))

    def test_a_stored_query_that_never_ends_is_not_asked(self, tmp_path):
        file = tmp_path / "endless.gpkg"
        roads([shapely.LineString([(70, 50), (70.1, 50)])]).to_file(file, layer="roads")
        with sqlite3.connect(file) as database:
            database.execute("UPDATE gpkg_contents SET table_name = 'endless' WHERE table_name = 'roads'")
            database.execute("PRAGMA foreign_keys = off")
            database.execute("UPDATE gpkg_geometry_columns SET table_name = 'endless'")
            database.execute(
                "CREATE VIEW endless AS WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x FROM c) "
                "SELECT x AS fid, NULL AS geom FROM c WHERE x = 2"
            )
        database.close()
        refused(read_raw, file, "view")


class TestArchives:
    @pytest.fixture
    def parts(self, tmp_path):
        folder = tmp_path / "parts"
        folder.mkdir()
        frame = gpd.GeoDataFrame({"highway": ["track"]}, geometry=[shapely.LineString([(70, 50), (71, 50)])], crs=4326)
        frame.to_file(folder / "roads.shp")
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}

    def pack(self, path, parts):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        return path

    def test_a_sound_one_is_read(self, tmp_path, parts):
        assert len(read_raw(self.pack(tmp_path / "a {b}.zip", parts), "a.zip")) == 1

    @pytest.mark.parametrize("start", ["../", "a/../../", "/tmp/", "..\\"])
    def test_a_member_outside_the_archive(self, tmp_path, parts, start):
        climbing = {f"{start}{name}": content for name, content in parts.items()}
        before = set(tmp_path.rglob("*"))
        path = self.pack(tmp_path / "a.zip", climbing)
        refused(read_raw, path, "unsafe-archive")
        assert set(tmp_path.rglob("*")) == before | {path}

    def test_what_is_in_it_is_looked_at_like_a_file(self, tmp_path):
        vrt = "<OGRVRTDataSource></OGRVRTDataSource>"
        refused(read_raw, self.pack(tmp_path / "a.zip", {"a.geojson": vrt}))
        file = tmp_path / "view.gpkg"
        roads([shapely.LineString([(70, 50), (70.1, 50)])]).to_file(file)
        assert len(read_raw(self.pack(tmp_path / "b.zip", {"a.gpkg": file.read_bytes()}), "b.zip")) == 1
        with sqlite3.connect(file) as database:
            database.execute("CREATE VIEW endless AS SELECT 1 AS fid")
        database.close()
        refused(read_raw, self.pack(tmp_path / "c.zip", {"a.gpkg": file.read_bytes()}), "view")

    def test_a_bomb(self, tmp_path, parts, monkeypatch):
        monkeypatch.setattr(layers, "_MAX_UNPACKED_BYTES", 1_000_000)
        path = self.pack(tmp_path / "a.zip", {**parts, "roads.dbf": bytes(5_000_000)})
        assert "5 MB" in refused(read_raw, path, "too-large")

    def test_the_real_limits_let_ordinary_archives_pass(self):
        assert layers._MAX_UNPACKED_BYTES >= 100_000_000
        assert layers._MAX_UNPACKED_RATIO >= 50

    def test_an_archive_that_lies_about_its_size_gives_no_more_than_it_says(self, tmp_path, parts):
        path = self.pack(tmp_path / "a.zip", {**parts, "roads.dbf": bytes(5_000_000)})
        content = path.read_bytes().replace(struct.pack("<I", 5_000_000), struct.pack("<I", 10))
        path.write_bytes(content)
        frame = read_raw(path, "a.zip")
        assert len(frame) == 1
        assert "highway" not in frame.columns


class TestExtracts:
    @pytest.mark.parametrize("name", ["a.osm.pbf", "a.osm"])
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            random.Random(1).randbytes(5000),
            struct.pack(">I", 0xFFFFFFFF) + b"\x0a\x09OSMHeader\x18\xff\xff\xff\xff\x7f",
            struct.pack(">I", 13) + b"\x0a\x07OSMData\x18\xff\xff\xff\xff\x07" + bytes(1000),
            b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x7c" + bytes(50),
        ],
    )
    def test_no_extract_at_all(self, tmp_path, name, content):
        refused(read_osm, write(tmp_path / name, content))

    @pytest.mark.parametrize("share", [0.2, 0.6, 0.97])
    def test_a_cut_one(self, tmp_path, shared, share):
        whole = (shared / "andorra" / "andorra.osm.pbf").read_bytes()
        refused(read_osm, write(tmp_path / "cut.osm.pbf", whole[: int(len(whole) * share)]))

    @pytest.mark.parametrize("read", [read_osm, read_osm_with_osmnx])
    def test_entities_that_multiply(self, tmp_path, read):
        text = TINY_OSM.replace('<?xml version="1.0" encoding="UTF-8"?>', BOMB).replace("Мешіт Нұр", "&i;")
        refused(read, write(tmp_path / "bomb.osm", text))

    def test_entities_that_multiply_in_a_graph(self, tmp_path):
        refused(read_graphml, write(tmp_path / "bomb.graphml", f"{BOMB}<graphml>&i;</graphml>"))

    def test_an_entity_that_is_a_file(self, tmp_path):
        (tmp_path / "secret.txt").write_text("geheim", "utf-8")
        text = f'<!DOCTYPE x [<!ENTITY a SYSTEM "file://{tmp_path}/secret.txt">]><graphml>&a;</graphml>'
        assert "geheim" not in refused(read_graphml, write(tmp_path / "a.graphml", text))

    def test_a_file_called_like_an_address_is_a_file(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "http:" / "localhost:9").mkdir(parents=True)
        write(tmp_path / "http:/localhost:9/a.osm", TINY_OSM)
        path = Path("http:/localhost:9/a.osm")
        assert len(read_osm(path, "a.osm").places) == 2

    def test_positions_beyond_the_earth(self, tmp_path):
        for value in ("91", "=1+1"):
            refused(read_osm, write(tmp_path / "a.osm", TINY_OSM.replace('lat="50.0015000"', f'lat="{value}"')))


def test_geojson_with_absurd_numbers(tmp_path):
    for value in ("1e999", "9" * 5000):
        feature = {
            "type": "Feature",
            "properties": {"edge_id": "a", "road_category": "IV"},
            "geometry": {"type": "LineString", "coordinates": [[70, 50], "@"]},
        }
        text = json.dumps(feature).replace('"@"', f"[{value}, 50]")
        try:
            frame, faults = read_roads(write(tmp_path / "a.geojson", text), "a.geojson")
        except DataError:
            continue
        assert [fault for fault in faults if fault.severity == "error"] or not len(frame)


def test_a_reference_system_that_nothing_leads_out_of(tmp_path):
    file = tmp_path / "local.gpkg"
    local = 'LOCAL_CS["Plan of the works",UNIT["metre",1]]'
    roads([shapely.LineString([(70, 50), (70.1, 50)])]).set_crs(local, allow_override=True).to_file(file)
    faults = read_roads(file, file.name)[1]
    assert {fault.code for fault in faults if fault.severity == "error"} & {"unknown-crs", "no-crs"}
