"""The command line as a planner meets it: help, exit codes, messages, what is written and what is not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from geo.cli import main
from tests.study.folders import settlements_frame, write_toy

HEAVY = ("geopandas", "numba", "osmnx", "folium", "pandas", "numpy", "sklearn", "osmium")


def geo(*words: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run the command line in this process and return its exit code."""
    monkeypatch.setattr("sys.argv", ["geo", *words])
    with pytest.raises(SystemExit) as stopped:
        main()
    return int(stopped.value.code or 0)


@pytest.mark.parametrize("words", ["--help", "run --help", "norms --help"])
def test_help_loads_no_heavy_library(words):
    program = (
        "import sys\nfrom geo.cli import main\n"
        f"sys.argv = ['geo', *{words.split()!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_shows_examples(monkeypatch, capsys):
    for command in ("run", "check", "demo", "tables", "norms"):
        assert geo(command, "--help", monkeypatch=monkeypatch) == 0
        assert f"geo {command}" in capsys.readouterr().out


def test_wrong_usage_exits_with_2(monkeypatch, capsys):
    assert geo("run", monkeypatch=monkeypatch) == 2
    assert geo("run", "nowhere", "--lang", "fr", monkeypatch=monkeypatch) == 2
    assert "fr" in capsys.readouterr().err


def test_no_study_exits_with_1_and_a_remedy(tmp_path, monkeypatch, capsys):
    assert geo("run", str(tmp_path), monkeypatch=monkeypatch) == 1
    message = capsys.readouterr().err
    assert "study.toml" in message
    assert "Traceback" not in message


def test_a_faulty_study_writes_nothing(tmp_path, monkeypatch, capsys):
    table = settlements_frame()
    table.loc[0, "pop_total"] = -1
    folder = write_toy(tmp_path / "study", settlements=table, service="open = 1\nopne = 1")
    assert geo("run", str(folder), "--out", str(tmp_path / "out"), monkeypatch=monkeypatch) == 1
    message = capsys.readouterr().err
    assert "settlements.csv, row 2, column pop_total" in message
    assert "Did you mean open?" in message
    assert not (tmp_path / "out").exists()


def test_check_lists_findings_and_changes_nothing(tmp_path, monkeypatch, capsys):
    folder = write_toy(tmp_path / "study")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    assert geo("check", str(folder / "study.toml"), monkeypatch=monkeypatch) == 0
    assert "6 settlements, 1 facilities" in capsys.readouterr().out
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_run_writes_every_file_of_a_unit_and_a_short_last_screen(tmp_path, monkeypatch, capsys):
    folder = write_toy(tmp_path / "study")
    out = tmp_path / "out"
    assert geo("run", str(folder), "--out", str(out), monkeypatch=monkeypatch) == 0
    screen = capsys.readouterr().out.splitlines()
    assert len(screen) <= 20
    assert any("synthetic" in line for line in screen)
    assert str(out / "index.html") in "\n".join(screen)
    files = {"map.html", "report.html", "tables.xlsx", "results.gpkg", "manifest.json"}
    for unit in ("T1", "all"):
        assert files <= {path.name for path in (out / unit).iterdir()}
        assert len(list((out / unit / "tables").glob("*.csv"))) >= 11
    assert (out / "index.html").is_file()


def test_the_same_inputs_give_the_same_bytes(tmp_path, monkeypatch):
    folder = write_toy(tmp_path / "study")
    for name in ("one", "two"):
        assert geo("run", str(folder), "--district", "T1", "--out", str(tmp_path / name), monkeypatch=monkeypatch) == 0
    for path in sorted((tmp_path / "one" / "T1").rglob("*")):
        if path.suffix in {".csv", ".xlsx", ".html", ".json"}:
            assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes(), path.name


def test_an_unknown_district_is_refused_with_the_known_ones(tmp_path, monkeypatch, capsys):
    folder = write_toy(tmp_path / "study")
    arguments = ("run", str(folder), "--district", "T9", "--out", str(tmp_path / "out"))
    assert geo(*arguments, monkeypatch=monkeypatch) == 1
    assert "T1 (Toy district), all" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_tables_prints_the_data_dictionary(monkeypatch, capsys):
    assert geo("tables", monkeypatch=monkeypatch) == 0
    assert "| `pop_total` | whole number | persons |" in capsys.readouterr().out


def test_norms_prints_source_and_that_nothing_is_verified(monkeypatch, capsys):
    assert geo("norms", monkeypatch=monkeypatch) == 0
    printed = capsys.readouterr().out
    assert "kz-sparse" in printed
    assert "yes" not in printed.split()
