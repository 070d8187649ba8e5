"""`geo matrix`: minutes worked out by hand, every kind of fault, three kinds of files with the same content."""

from __future__ import annotations

import gzip
import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from geo.cli import main
from geo.errors import UsageError
from geo.network.access_legs import LegRules, Points
from geo.network.seasons import make_season
from geo.network.topology import build_network
from geo.read.osm_roads import OsmRoads, read_osm_roads
from geo.read.point_files import read_places
from geo.study import matrix_job
from geo.study.conditions import season_rules
from geo.study.config import Network
from geo.study.inputs import packaged_speed_table
from geo.study.load import choose_crs
from geo.study.matrix_request import default_seasons
from geo.study.matrix_table import check_out, minutes_of
from geo.tables.matrix import MATRIX
from geo.travel import travel_times
from geo.travel.choice import find_joins

PAGE = Path(__file__).resolve().parents[2] / "docs" / "matrix.md"
FINLAND = PAGE.parents[1] / "studies" / "finland" / "test.osm.pbf"

#: On the equator 0.1 degrees are 11,131.949 m. A limit of 30 km/h from 70.0 to 70.1, then an earth track to 70.4, of
#: 20 km/h and closed in thaw.
EQUATOR = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6" generator="hand">
 <node id="1" lat="0" lon="70.0"/><node id="2" lat="0" lon="70.1"/><node id="3" lat="0" lon="70.4"/>
 <way id="1"><nd ref="1"/><nd ref="2"/>
  <tag k="highway" v="secondary"/><tag k="surface" v="asphalt"/><tag k="maxspeed" v="30"/></way>
 <way id="2"><nd ref="2"/><nd ref="3"/><tag k="highway" v="track"/><tag k="surface" v="ground"/></way>
</osm>
"""
#: Minutes on the first road, and on the track.
ROAD, TRACK = 11.131949 / 30 * 60, 33.395847 / 20 * 60
#: D stands 0.01 degrees (1,105.743 m) north of the middle of the first road; legs are 1.3 times as long, 12 km/h. The
#: foot of the leg is found on the plane, 5 cm off.
LEG = 1.105743 * 1.3 / 12 * 60
PLACES = "id,lon,lat\nC,70.4,0\nA,70.0,0\nD,70.05,0.01\n"
ENDS = "id,lon,lat\nB,70.1,0\nfar,70.4,3\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    """A folder with an extract and two files of places, where the command runs."""
    for name, text in (("roads.osm", EQUATOR), ("A.csv", PLACES), ("B.csv", ENDS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(monkeypatch):
    def run(*words: str, origins: str = "A.csv", destinations: str = "B.csv", out: str = "M.csv") -> int:
        given = ["--origins", origins, "--destinations", destinations, "--out", out]
        extract = [] if "--pbf" in words else ["--pbf", "roads.osm"]
        monkeypatch.setattr("sys.argv", ["geo", "matrix", *extract, *given, *words])
        with pytest.raises(SystemExit) as stopped:
            main()
        return int(stopped.value.code or 0)

    return run


def table(name: str = "M.csv") -> pd.DataFrame:
    return pd.read_csv(name).set_index(["origin_id", "destination_id"])


def test_minutes_are_those_worked_out_by_hand(run, capsys):
    assert run() == 0
    found = table()
    assert list(found.index) == [(o, d) for o in ("C", "A", "D") for d in ("B", "far")], "the order of both files"
    assert [*found.index.names, *found.columns] == [column.name for column in MATRIX.columns]
    parts = found[["access_minutes", "network_minutes", "egress_minutes"]]
    assert parts.loc[("A", "B")].tolist() == pytest.approx([0, ROAD, 5], abs=2e-5)
    assert parts.loc[("C", "B")].tolist() == pytest.approx([0, TRACK, 5], abs=2e-5)
    assert parts.loc[("D", "B")].tolist() == pytest.approx([LEG, ROAD / 2, 5], abs=2e-4)
    assert found.xs("D")["origin_snap_metres"].tolist() == [1105.7, 1105.7]
    ms = (found.dropna() * 60_000).round()
    assert (ms["minutes"] == ms[parts.columns].sum(axis=1)).all()
    screen = capsys.readouterr().out.splitlines()
    assert screen[:2] == ["6 pairs written to M.csv.", "Pairs without a way: 3 of 6."]
    assert screen[2].startswith("Farthest from a road: far, 331,")
    assert screen[3:] == ["Farther from any road than 20 km, so that no road is used: far."]


def test_thaw_closes_the_track_and_the_pair_stays_with_blanks(run, folder):
    assert run("--season", "thaw") == 0
    found = table()
    assert found.loc[("A", "B"), "minutes"] == pytest.approx(5 + ROAD, abs=2e-5)
    assert found.loc[("C", "B")].iloc[:4].isna().all()
    assert "\nC,B,,,,,0.0,0.0\n" in (folder / "M.csv").read_text(encoding="utf-8-sig")


def test_legs_and_limits_are_those_that_are_asked_for(run):
    words = ["--leg-factor", "2", "--within-settlement-minutes", "0", "--max-join-km", "2", "--max-minutes", "100"]
    assert run(*words, "--vehicle", "car", "--borders", "open") == 0
    found = table()
    assert list(found.index) == [("A", "B"), ("D", "B")], "longer ones and those without a way are left out"
    assert found.loc[("D", "B"), "minutes"] == pytest.approx(LEG / 1.3 * 2 + ROAD / 2, abs=2e-4)


def test_a_speed_table_of_ones_own(run, folder, capsys):
    rows = ["any,any,any,cart,dry,10,us", "offroad,any,any,cart,dry,5,us", "offroad,any,any,walk,dry,4,us"]
    head = "road_category,surface,condition,vehicle,season,speed_kmh,source"
    (folder / "own.csv").write_text("\n".join([head, *rows]), encoding="utf-8")
    assert run("--speeds", "own.csv", "--vehicle", "cart") == 0
    assert table().loc[("A", "B"), "network_minutes"] == pytest.approx(ROAD * 3, abs=2e-5)
    assert run("--speeds", "own.csv") == 2
    assert "--vehicle: there is no “car”. Use one of: cart, walk." in capsys.readouterr().err


def test_every_kind_of_file_has_the_same_content_and_the_same_bytes_again(run, folder, monkeypatch):
    names = ["M.csv", "M.csv.gz", "M.parquet"]
    for name in names:
        assert run(out=name) == 0
    text = (folder / "M.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbforigin_id,")
    assert gzip.decompress((folder / "M.csv.gz").read_bytes()) == text
    before = [(folder / name).read_bytes() for name in names]
    kept = pq.read_table(folder / "M.parquet")
    assert [str(kind) for kind in kept.schema.types] == ["string"] * 2 + ["double"] * 6
    pd.testing.assert_frame_equal(kept.to_pandas(), pd.read_csv("M.csv"), check_exact=True)
    # One origin and one row at a time make the same table.
    monkeypatch.setattr(matrix_job, "_PAIRS_AT_A_TIME", 1)
    monkeypatch.setattr(matrix_job, "_ROWS_AT_A_TIME", 1)
    for name, bytes_before in zip(names[:2], before, strict=False):
        assert run(out=name) == 0
        assert (folder / name).read_bytes() == bytes_before
    assert sorted(path.name for path in folder.glob(".*")) == []


def test_minutes_give_back_every_millisecond():
    ms = np.concatenate([np.arange(200_000), np.arange(2**30 - 1000, 2**30)])
    minutes = minutes_of(ms)
    assert (np.rint(minutes * 60_000) == ms).all()
    assert [float(f"{value:.5f}") for value in minutes[-1000:].tolist()] == minutes[-1000:].tolist()


def test_a_workbook_with_decimal_commas_and_codes_that_are_numbers(run, folder):
    book = Workbook()
    for row in (["settlement_id", "name", "lon", "lat"], [103246250, "A", "70,0", 0], [103246251, "D", 70.05, "0,01"]):
        book.active.append(row)
    book.save(folder / "A.xlsx")
    assert run(origins="A.xlsx") == 0
    assert set(table().index.get_level_values(0)) == {103246250, 103246251}


def test_one_file_for_both_ends_and_codes_that_need_quotes(run, folder):
    (folder / "A.csv").write_text('id;lon;lat\n"a, ""b""";70,0;0\nc;70,1;0\n', encoding="utf-8")
    assert run(destinations="A.csv") == 0
    found = table()
    assert found.loc[('a, "b"', 'a, "b"'), "minutes"] == 5
    assert found.loc[("c", 'a, "b"'), "minutes"] == pytest.approx(5 + ROAD, abs=2e-5)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("id,lon,lat\nA,70,0\nA,71,0\n", "row 3, column id: A is already used in row 2."),
        ("id,lon,lat\nA,,0\n", "row 2, column lon: A value is required here."),
        ("id,lon,lat\n,70,0\n", "row 2, column id: A value is required here."),
        ("id,lon,lat\nA,east,0\n", "row 2, column lon: “east” is not a number. Give degrees, WGS 84"),
        ("id,lon,lat\nA,0,99\n", "row 2, column lat: 99.0 degrees cannot be"),
        ("id,lon,lat\n", ": The file has no rows. Write one row for each place."),
        ("", ": Row 1 has no column names."),
        ("id,Longitude,lat\nA,70,0\n", "row 1, column lon: The column is missing. Rename column"),
        (
            "ID,lon,lat\nA,70,0\n",
            "row 1, column id: There is no column with the codes of the places. Rename",
        ),
        ("village,lon,lat\nA,70,0\n", "Name it id, facility_id, candidate_id, site_id, settlement_id."),
        ("id,lon,lat\nA,70,5,0,1\n", "row 2: The row has 5 cells, row 1 has 3."),
        ("id,lon,lat,lon\nA,70,0,70\n", "row 1, column lon: The column lon stands twice."),
    ],
)
def test_a_fault_is_told_once_with_place_and_remedy(text, fault, run, folder, capsys):
    (folder / "B.csv").write_text(text, encoding="utf-8")
    assert run() == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("error B.csv")
    assert fault in lines[0]
    assert not (folder / "M.csv").exists()


def test_faults_of_all_files_come_together(run, folder, capsys):
    (folder / "A.csv").write_text("id,lon,lat\nA,70,0\nA,70,east\n", encoding="utf-8")
    (folder / "B.csv").write_bytes("id,lon,lat\nЖ,70,0\n".encode("cp1251"))
    assert run("--pbf", "none.osm.pbf", "--speeds", "none.csv") == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 5
    for start in ("A.csv, row 3, column id", "A.csv, row 3, column lat", "B.csv: The file is not written in UTF-8"):
        assert any(line.startswith(f"error {start}") for line in lines), start
    assert [line for line in lines if "The file does not exist. Correct its name." in line] == lines[-2:]


@pytest.mark.parametrize(("n", "told"), [(1, 1), (3, 3), (4, 1)])
def test_swapped_coordinates_are_found_by_the_extract(n, told, run, folder, capsys):
    rows = "".join(f"p{k},0.0{k},70.1\n" for k in range(n))
    (folder / "B.csv").write_text(f"id,lon,lat\n{rows}ok,70.1,0\n", encoding="utf-8")
    assert run() == 1
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error")]
    assert len(lines) == told
    assert "B.csv, row 2, column lon" in lines[0]
    assert "Swap lon and lat" in lines[0]


def test_columns_that_are_not_used_are_named(run, folder, capsys):
    (folder / "B.csv").write_text("facility_id,settlement_id,lon,lat,name\nB,x,70.1,0,b\n", encoding="utf-8")
    assert run() == 0
    assert "note B.csv, row 1: Columns that are not used: settlement_id, name." in capsys.readouterr().err
    assert set(table().index.get_level_values(1)) == {"B"}


def test_an_extract_without_roads(run, folder, capsys):
    (folder / "none.osm").write_text('<osm version="0.6"><node id="1" lat="0" lon="70"/></osm>', encoding="utf-8")
    assert run("--pbf", "none.osm") == 1
    assert "There are no roads in the extract" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "out", "message"),
    [
        ([], "M.xlsx", "M.xlsx has none of the endings .csv, .csv.gz, .parquet."),
        ([], "A.csv", "A.csv is one of the files that are read."),
        ([], "folder.csv", "folder.csv is a folder."),
        ([], "roads.osm/M.csv", "roads.osm is a file, not a folder."),
        (["--season", "summer"], "M.csv", "--season: there is no “summer”. Use one of: dry, winter, thaw."),
        (["--vehicle", "bike"], "M.csv", "Use one of: ambulance, car, school_bus, walk."),
        (["--borders", "ajar"], "M.csv", "Use one of: closed, open."),
        (["--leg-factor", "0.9"], "M.csv", "--leg-factor is a number, at least 1."),
        (["--max-walk-km", "nan"], "M.csv", "--max-walk-km is a number, at least 0."),
        (["--max-join-km", "0"], "M.csv", "--max-join-km is a number above zero."),
    ],
)
def test_a_call_that_cannot_be_is_refused_before_anything_is_written(words, out, message, run, folder, capsys):
    (folder / "folder.csv").mkdir()
    before = sorted(folder.rglob("*"))
    assert run(*words, out=out) == 2
    assert message in " ".join(capsys.readouterr().err.split())
    assert sorted(folder.rglob("*")) == before
    assert (folder / "A.csv").read_text(encoding="utf-8") == PLACES


def test_without_pyarrow_the_other_endings_are_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"pip install '.\[parquet\]', or write .csv, .csv.gz"):
        check_out(Path("M.parquet"), ())


def test_a_table_that_cannot_be_finished_leaves_the_older_one(run, folder, monkeypatch, capsys):
    assert run() == 0
    before = (folder / "M.csv").read_bytes()

    def full(*_words: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert run("--season", "winter") == 2
    assert "M.csv could not be written: No space left on device." in capsys.readouterr().err
    assert (folder / "M.csv").read_bytes() == before
    assert list(folder.glob(".*")) == []


def test_the_defaults_in_the_help_are_those_of_a_study(run, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["geo", "matrix", "--help"])
    with pytest.raises(SystemExit):
        main()
    shown = re.sub(r"[\s│]+", " ", capsys.readouterr().out)
    network = Network()
    for option, name in (
        ("--max-join-km", "max_join_km"),
        ("--max-walk-km", "max_walk_km"),
        ("--leg-factor", "leg_factor"),
        ("--within-settlement-minutes", "within_settlement_minutes"),
    ):
        assert re.search(rf"{option} <float> [^-]*default {getattr(network, name):g}\.", shown), option


@pytest.mark.parametrize(
    ("language", "words"), [("ru", "6 пар записано в M.csv."), ("kk", "6 жұп M.csv ішіне жазылды.")]
)
def test_the_last_screen_is_in_the_language_asked_for(language, words, run, capsys):
    assert run("--lang", language) == 0
    assert words in capsys.readouterr().out


def test_the_example_of_the_page_prints_and_writes_what_it_says(folder, monkeypatch, capsys):
    text = PAGE.read_text(encoding="utf-8")
    for name, content in re.findall(r"`([AB]\.csv)`:\n\n```csv\n(.*?)```", text, re.DOTALL):
        (folder / name).write_text(content, encoding="utf-8")
    (folder / "studies" / "finland").mkdir(parents=True)
    shutil.copy(FINLAND, folder / "studies" / "finland")
    ((command, printed),) = re.findall(r"```text\n\$ (geo matrix [^\n]*)\n(.*?)```", text, re.DOTALL)
    monkeypatch.setattr("sys.argv", shlex.split(command))
    with pytest.raises(SystemExit) as stopped:
        main()
    assert not stopped.value.code
    shown = capsys.readouterr()
    assert shown.out == printed
    for words in ("Columns that are not used: name.", "imputed-surface", "cut-way"):
        assert words in shown.err
    (written,) = re.findall(r"`M\.csv`:\n\n```csv\n(.*?)```", text, re.DOTALL)
    assert (folder / "M.csv").read_text(encoding="utf-8-sig") == written


def test_cells_of_a_real_extract_are_those_of_the_travel_package(shared, run, folder, monkeypatch):
    extract = shared / "sri-lanka-vavuniya" / "vavuniya.osm.pbf"
    (folder / "A.csv").write_text("id,lon,lat\nV,80.4971,8.7514\nN,80.40,8.90\n", encoding="utf-8")
    (folder / "B.csv").write_text("id,lon,lat\nS,80.55,8.70\nW,80.30,8.75\n", encoding="utf-8")
    read: list[OsmRoads] = []

    def read_once(*words: Any, **named: Any) -> OsmRoads:
        read.append(read_osm_roads(*words, **named))
        return read[-1]

    monkeypatch.setattr(matrix_job, "read_osm_roads", read_once)
    assert run("--pbf", str(extract), "--season", "winter", "--vehicle", "ambulance") == 0
    (origins, _faults), (ends, _found) = (read_places(Path(name)) for name in ("A.csv", "B.csv"))
    lon, lat = np.concatenate([origins.lon, ends.lon]), np.concatenate([origins.lat, ends.lat])
    places = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs=4326)
    network = build_network(read[0].roads, choose_crs(places, places))
    rules = season_rules(default_seasons()["winter"], borders_open=False)
    season = make_season(network, rules, packaged_speed_table(), "ambulance")
    points = [Points.from_lonlat(file.ids, file.lon, file.lat, network.crs) for file in (origins, ends)]
    joins = [find_joins(network, [season], point, LegRules()) for point in points]
    times = travel_times(network, season, points[0], joins[0], points[1], joins[1], LegRules(), 300_000)
    found = table()
    assert (np.rint(found["minutes"].to_numpy() * 60_000) == times.milliseconds.reshape(-1)).all()
    assert (np.rint(found["access_minutes"].to_numpy() * 60_000) == times.access_ms.reshape(-1)).all()
    assert found["origin_snap_metres"].tolist() == np.repeat(np.round(joins[0].nearest_road_metres, 1), 2).tolist()
