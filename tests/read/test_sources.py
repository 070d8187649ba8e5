from __future__ import annotations

from pathlib import Path

import pytest

from geo.errors import DataError
from geo.read.sources import Source, read_sources, sha256_of, with_openstreetmap

TABLE = """
title = "Two data sets"
synthetic = false

[[source]]
name = "roads"
producer = "OpenStreetMap contributors"
package = "somewhere"
version = "1.0"
licence = "ODbL 1.0"
attribution = "© OpenStreetMap contributors"
data_date = 2024-04-19
files = ["roads.csv"]
done = "Cut."
limits = ["One.", "Two."]
colour = "blue"

[[source]]
name = "people"
producer = "this project"
licence = "CC0 1.0"
synthetic = true
file = "people.csv"
sha256 = "{digest}"

[[file]]
name = "roads.csv"
sha256 = "{other}"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "SOURCE.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_sources_and_checksums(tmp_path: Path) -> None:
    for name in ("roads.csv", "people.csv"):
        (tmp_path / name).write_bytes(name.encode())
    digests = {"digest": sha256_of(tmp_path / "people.csv"), "other": sha256_of(tmp_path / "roads.csv").upper()}
    sources, faults = read_sources(write(tmp_path, TABLE.format(**digests)), "SOURCE.toml")
    assert faults == []
    assert sources[0] == Source(
        title="roads",
        producer="OpenStreetMap contributors",
        licence="ODbL 1.0",
        attribution="© OpenStreetMap contributors",
        date="2024-04-19",
        origin="somewhere 1.0",
        notes="Cut. One. Two.",
        files=("roads.csv",),
    )
    assert (sources[1].title, sources[1].files, sources[1].synthetic) == ("people", ("people.csv",), True)


def test_changed_and_missing_files_are_told(tmp_path: Path) -> None:
    (tmp_path / "roads.csv").write_bytes(b"other")
    _sources, faults = read_sources(write(tmp_path, TABLE.format(digest="00", other="00")), "SOURCE.toml")
    assert [(fault.code, fault.severity) for fault in faults] == [
        ("missing-file", "warning"),
        ("wrong-checksum", "warning"),
    ]
    assert sha256_of(tmp_path / "roads.csv") in faults[1].remedy


def test_a_file_without_tables_is_one_source(tmp_path: Path) -> None:
    text = 'title = "Steppe"\nproducer = "us"\nlicence = "CC0-1.0"\ndate = "2026-11-22"\n'
    text += 'synthetic = true\nnote = "Invented."'
    sources, faults = read_sources(write(tmp_path, text), "SOURCE.toml")
    assert sources == (Source("Steppe", "us", "CC0-1.0", date="2026-11-22", notes="Invented.", synthetic=True),)
    assert faults == []


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    _sources, faults = read_sources(write(tmp_path, '[[source]]\nname = "x"\n'), "SOURCE.toml")
    assert [(fault.column, fault.code) for fault in faults] == [("producer", "blank-value"), ("licence", "blank-value")]


def test_broken_toml_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_sources(write(tmp_path, "= nothing"), "SOURCE.toml")
    with pytest.raises(DataError, match="does not exist"):
        read_sources(tmp_path / "none.toml", "none.toml")


def test_every_source_file_of_the_checkout_is_sound() -> None:
    root = Path(__file__).resolve().parents[2]
    files = sorted([*root.glob("studies/*/SOURCE.toml"), *root.glob("boundaries/*/SOURCE.toml")])
    assert files
    for path in files:
        sources, faults = read_sources(path, path.parent.name)
        assert all(source.licence for source in sources)
        assert [str(fault) for fault in faults] == []


def test_data_of_openstreetmap_are_credited_where_the_study_says_nothing() -> None:
    census = Source("Census", "Statistics", "CC0 1.0")
    found = with_openstreetmap((census,), ["a.osm.pbf", "roads.graphml"])
    assert found[0] == census
    assert found[1].attribution == "© OpenStreetMap contributors"
    assert (found[1].licence, found[1].files) == ("ODbL 1.0", ("a.osm.pbf", "roads.graphml"))


@pytest.mark.parametrize(
    "declared", [Source("roads", "OpenStreetMap contributors"), Source("map", "us", notes="openstreetmap.org")]
)
def test_the_studys_own_credit_stays(declared: Source) -> None:
    assert with_openstreetmap((declared,), ["a.osm.pbf"]) == (declared,)


def test_nothing_is_credited_to_openstreetmap_that_is_not_its() -> None:
    assert with_openstreetmap((), []) == ()
