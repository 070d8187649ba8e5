"""`geo run --proposal`: what is written, what is said on the last screen, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo.cli import main
from geo.read.sources import sha256_of
from tests.study.folders import settlements_frame, write_toy


def run(*words: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.argv", ["geo", "run", *words])
    with pytest.raises(SystemExit) as stopped:
        main()
    return int(stopped.value.code or 0)


def wish(folder: Path, **changes: object) -> Path:
    document = {
        "format": "geo-proposal-1",
        "study": "toy",
        "unit": "T1",
        "title": "<script>alert(1)</script>",
        "services": {"phc": {"open": ["new-F"], "close": []}},
    }
    path = folder / "wish.json"
    path.write_text(json.dumps(document | changes), encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path) -> Path:
    return write_toy(tmp_path / "toy")


def test_the_unit_of_the_proposal_is_run_and_its_figures_are_shown(folder, tmp_path, monkeypatch, capsys):
    path, out = wish(tmp_path), tmp_path / "out"
    assert run(str(folder), "--proposal", str(path), "--out", str(out), monkeypatch=monkeypatch) == 0
    screen = capsys.readouterr().out.replace("\u00a0", " ")
    assert "Proposal, Clinic: 670 people beyond 60 min; today 1,470, with the plan 670." in screen
    assert [unit.name for unit in out.iterdir() if unit.is_dir()] == ["T1"]
    report = (out / "T1" / "report.html").read_text(encoding="utf-8")
    assert "The proposal beside the plan" in report
    assert "<script>alert(1)" not in report
    assert "&lt;script&gt;alert(1)" in report
    manifest = json.loads((out / "T1" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["proposal"]["sha256"] == sha256_of(path)


def test_without_a_proposal_nothing_is_said_of_one(folder, tmp_path, monkeypatch, capsys):
    assert run(str(folder), "--district", "T1", "--out", str(tmp_path / "out"), monkeypatch=monkeypatch) == 0
    assert "Proposal, " not in capsys.readouterr().out
    assert "The proposal" not in (tmp_path / "out" / "T1" / "report.html").read_text(encoding="utf-8")


def test_another_district_contradicts_it(folder, tmp_path, monkeypatch, capsys):
    words = (str(folder), "--proposal", str(wish(tmp_path)), "--out", str(tmp_path / "out"))
    assert run(*words, "--district", "all", monkeypatch=monkeypatch) == 2
    assert "T1" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert run(*words, "--district", "T1", monkeypatch=monkeypatch) == 0


def test_faults_are_listed_with_place_and_remedy_and_nothing_is_written(tmp_path, monkeypatch, capsys):
    table = settlements_frame().assign(protected_reason=["border village", "", "", "", "", ""])
    folder = write_toy(tmp_path / "toy", settlements=table)
    path = wish(tmp_path, services={"phc": {"open": ["new-G"], "close": ["clinic-A"]}})
    out = tmp_path / "out"
    assert run(str(folder), "--proposal", str(path), "--out", str(out), monkeypatch=monkeypatch) == 1
    message = capsys.readouterr().err
    assert "services.phc.open[0]" in message
    assert "Did you mean new-" in message
    assert "border village" in message
    assert "Traceback" not in message
    assert not out.exists()
