"""The command `geo init`."""

from __future__ import annotations

import pytest

from geo.cli import main


def run(*words: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.argv", ["geo", *words])
    with pytest.raises(SystemExit) as stopped:
        main()
    return int(stopped.value.code or 0)


def test_a_folder_is_made_and_what_is_assumed_is_said(tiny_osm, monkeypatch, capsys):
    folder = tiny_osm.parent / "study"
    assert run("init", str(folder), "--pbf", str(tiny_osm), monkeypatch=monkeypatch) == 0
    shown = capsys.readouterr()
    assert "Made from tiny.osm." in shown.out
    assert "it is not an official one" in shown.out
    assert f"Next:  geo run {folder}" in shown.out
    assert "data-quality.html" in shown.err
    assert sorted(path.name for path in folder.iterdir()) == [
        "SOURCE.toml", "boundaries.geojson", "data-quality.html", "facilities.csv", "roads.gpkg", "settlements.csv",
        "study.toml",
    ]  # fmt: skip
    assert run("check", str(folder), monkeypatch=monkeypatch) == 0
    assert run("init", str(folder), "--pbf", str(tiny_osm), monkeypatch=monkeypatch) == 1
    assert "study.toml: The file exists already." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), "Say where the data come from"),
        (("--pbf", "a.pbf", "--country", "kazakhstan"), "one of them"),
        (("--place", "Karkaraly", "--district", "r1"), "leave --district out"),
        (("--pbf", "a.pbf", "--services", "bakery"), "there is no service “bakery”"),
        (("--pbf", "a.pbf", "--vehicle", "horse"), "“horse” is not possible here"),
        (("--pbf", "a.pbf", "--persons-per-building", "0"), "must be above 0"),
        (("--pbf", "a.pbf", "--population", "a.tif", "--persons-per-building", "4"), "not both"),
    ],
)
def test_contradictions_are_refused_before_anything_is_read(tmp_path, monkeypatch, capsys, words, expected):
    assert run("init", str(tmp_path / "study"), *words, monkeypatch=monkeypatch) == 2
    assert expected in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_missing_extract_is_one_sentence(tmp_path, monkeypatch, capsys):
    assert run("init", str(tmp_path / "study"), "--pbf", str(tmp_path / "no.pbf"), monkeypatch=monkeypatch) == 1
    assert "The file does not exist" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
