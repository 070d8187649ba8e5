"""Studies whose inputs are rows of a database: what the study file may say, and that the results are those of files."""

from __future__ import annotations

import json

import geopandas as gpd
import pandas as pd
import pytest

from geo.errors import DataError
from geo.study.config_file import read_config
from geo.study.inspect import inspect_study, write_repaired_tables
from geo.study.load import load_study
from geo.study.manifest import make_manifest
from tests.postgis import PASSWORD, Cluster
from tests.study.folders import write_toy

URL = "postgresql://reader@db.example/geo"


def edit(folder, key, value):
    file = folder / "study.toml"
    lines = [
        f"{key} = {value}" if line.startswith(f"{key} =") else line for line in file.read_text("utf-8").splitlines()
    ]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def faults_of(folder):
    with pytest.raises(DataError) as caught:
        load_study(folder)
    return caught.value.faults


@pytest.mark.parametrize(
    "value",
    [
        f'{{ url = "{URL}", query = "SELECT * FROM places" }}',
        f'{{ url = "{URL}?sslmode=require", query = "SELECT 1", max_rows = 5, timeout_seconds = 2.5 }}',
        f'"{URL}?table=geo.places"',
        f'"{URL}?query=SELECT * FROM places"',
    ],
)
def test_a_database_may_stand_where_a_file_may(tmp_path, value):
    config, faults = read_config(edit(write_toy(tmp_path), "settlements", value))
    assert not faults
    assert config.inputs.settlements == "settlements (database)"
    dumped = config.model_dump(mode="json")["inputs"]
    assert dumped["settlements"]["url"].startswith(URL)
    assert dumped["settlements"]["query"].startswith("SELECT")
    assert dumped["roads"] == "roads.geojson"


@pytest.mark.parametrize(
    ("value", "part"),
    [
        (f'{{ url = "{URL}", querry = "SELECT 1" }}', "Did you mean query?"),
        (f'{{ url = "{URL}" }}', "There is no query"),
        (f'"{URL}"', "There is no query"),
        (f'{{ url = "{URL}?table=a", query = "SELECT 1" }}', "Two queries"),
        (f'{{ url = "{URL}", query = "SELECT 1", max_rows = 0 }}', "at least 1"),
        (f'{{ url = "{URL}", query = "SELECT 1", timeout_seconds = "x" }}', "is not a number"),
        ('{ query = "SELECT 1" }', "“url” is missing"),
        ('{ url = "reader@db.example/geo", query = "SELECT 1" }', "Only postgresql://"),
        ("{}", "“url” is missing"),
        ("3", "is not text in quotes"),
    ],
)
def test_what_is_wrong_with_it_is_said_at_its_line(tmp_path, value, part):
    folder = edit(write_toy(tmp_path), "settlements", value)
    (fault,) = faults_of(folder)
    lines = (folder / "study.toml").read_text("utf-8").splitlines()
    assert lines[fault.row - 1].startswith("settlements =")
    assert part in str(fault)


@pytest.mark.parametrize("key", ["settlements", "roads", "speeds", "osm", "sources"])
@pytest.mark.parametrize(
    "value",
    [
        '"postgresql://reader:Geheim@db.example/geo?table=a"',
        '{ url = "postgresql://reader:Geheim@db.example/geo", query = "SELECT 1" }',
        '{ url = "postgresql://reader@db.example/geo?password=Geheim", query = "SELECT 1", nonsense = 1 }',
        '" postgres://reader:Geheim@db.example:x/geo"',
    ],
)
def test_a_password_in_the_study_file_is_an_error_that_does_not_repeat_it(tmp_path, key, value):
    folder = edit(write_toy(tmp_path), key, value)
    if key == "osm":
        file = folder / "study.toml"
        file.write_text(file.read_text("utf-8").replace("[inputs]", f"[inputs]\nosm = {value}"), "utf-8")
    faults = faults_of(folder)
    assert [fault.code for fault in faults] == ["bad-setting"]
    assert "Geheim" not in "\n".join(map(str, faults))


@pytest.mark.xdist_group("postgis")
def test_a_study_from_a_database_is_the_study_from_files(tmp_path, postgis: Cluster, monkeypatch):
    monkeypatch.setenv("GEO_DB_PASSWORD", PASSWORD)
    folder = write_toy(tmp_path)
    from_files = load_study(folder)
    copied = ("settlements", "facilities", "roads", "boundaries", "speeds")
    for key in copied:
        file = next(folder.glob(f"{key}.*"))
        postgis.sql(_table(key, pd.read_csv(file) if file.suffix == ".csv" else gpd.read_file(file)))
        edit(folder, key, f'{{ url = "{postgis.url}", query = "SELECT * FROM toy.{key}" }}')
        file.unlink()
    study = load_study(folder)
    for key in ("settlements", "facilities", "roads", "boundaries"):
        ours, theirs = (
            frame.drop(columns="file_row", errors="ignore") for frame in (getattr(study, key), getattr(from_files, key))
        )
        pd.testing.assert_frame_equal(ours, theirs, check_dtype=False)
    assert sorted(study.speeds.rows, key=str) == sorted(from_files.speeds.rows, key=str)
    manifest = json.dumps(make_manifest(study, "T1", []), ensure_ascii=False)
    assert PASSWORD not in manifest
    assert {f"{key} (database)" for key in copied} < set(json.loads(manifest)["files"])
    assert load_study(folder).digests == study.digests
    postgis.sql("UPDATE toy.settlements SET pop_total = pop_total + 1 WHERE settlement_id = 'A'")
    changed = load_study(folder).digests
    assert [name for name in study.digests if changed[name] != study.digests[name]] == ["settlements (database)"]
    postgis.sql("UPDATE toy.settlements SET pop_total = -1 WHERE settlement_id = 'A'")
    (fault,) = faults_of(folder)
    assert str(fault).startswith("settlements (database), row 2, column pop_total: ")


def _table(name, frame):
    """SQL that makes a table of rows, with its geometry in degrees."""
    kinds = {"i": "bigint", "f": "double precision", "b": "boolean"}
    columns = [f'"{c}" {kinds.get(frame[c].dtype.kind, "text")}' for c in frame.columns if c != "geometry"]
    columns += ["geom geometry(Geometry, 4326)"] if "geometry" in frame.columns else []
    rows = []
    for row in frame.itertuples(index=False):
        values = [_literal(getattr(value, "wkb_hex", value)) for value in row]
        if "geometry" in frame.columns:
            values[-1] = f"ST_SetSRID({values[-1]}::geometry, 4326)"
        rows.append(f"({', '.join(values)})")
    return f"CREATE SCHEMA IF NOT EXISTS toy; CREATE TABLE toy.{name} ({', '.join(columns)}); " + (
        f"INSERT INTO toy.{name} VALUES {', '.join(rows)}"
    )


def _literal(value):
    return "NULL" if pd.isna(value) else "'" + str(value).replace("'", "''") + "'"


def test_a_check_asks_a_database_once(tmp_path, monkeypatch):
    folder = edit(write_toy(tmp_path / "toy"), "settlements", f'{{ url = "{URL}", query = "SELECT 1" }}')
    asked = []

    def rows(query):
        asked.append(query)
        frame = pd.read_csv(folder / "settlements.csv")
        frame["pop_total"] = frame["pop_total"].where(frame["pop_total"] > 500, -1)
        return frame.assign(file_row=range(2, len(frame) + 2))

    monkeypatch.setattr("geo.read.database_rows.read_rows", rows)
    found = inspect_study(folder)
    assert any(fault.place for fault in found.faults if fault.file == "settlements (database)")
    write_repaired_tables(found, tmp_path / "repaired")
    assert len(asked) == 1
