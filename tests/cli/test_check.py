"""`geo check`: everything at once, as text, JSON or a page; nothing is changed but what is asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo.cli import main
from tests.study.bad_input import CHANGES, clean


@pytest.fixture
def geo(monkeypatch, capsys):
    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["geo", *words])
        with pytest.raises(SystemExit) as stopped:
            main()
        printed = capsys.readouterr()
        return int(stopped.value.code or 0), printed.out, printed.err

    return run


def spoilt(folder: Path, *cases: int) -> Path:
    made = clean()
    for case in cases:
        CHANGES[case][1](made)
    return made.write(folder)


def test_warnings_count_as_errors_only_where_asked(tmp_path, geo):
    folder = str(spoilt(tmp_path, 31))
    code, out, err = geo("check", folder)
    assert code == 0
    assert "No errors: 7 settlements" in out
    code, _out, err = geo("check", folder, "--strict")
    assert code == 1
    assert "1 warning, which counts as an error." in err


def test_json_is_all_that_is_printed(tmp_path, geo):
    code, out, err = geo("check", str(spoilt(tmp_path, 18, 31)), "--json")
    content = json.loads(out)
    assert (code, err) == (1, "")
    assert content["counts"] == {"error": 1, "warning": 1, "repaired": 0, "note": 0}
    first = content["findings"][0]
    assert (first["code"], first["case"], first["file"], first["row"]) == ("negative-value", 18, "settlements.csv", 8)
    assert (first["lon"], first["lat"]) == (51.25, 51.02)
    assert set(first) == {"severity", "code", "case", "file", "row", "column", "message", "remedy", "lon", "lat"}


def test_a_study_file_that_cannot_be_understood_is_json_too(tmp_path, geo):
    folder = spoilt(tmp_path)
    (folder / "study.toml").write_text("[study\n", encoding="utf-8")
    code, out, _err = geo("check", str(folder), "--json")
    assert code == 1
    assert json.loads(out)["findings"][0]["severity"] == "error"


def test_the_page_stands_alone_and_shows_names_as_text(tmp_path, geo):
    made = clean()
    made.settle("273250100", 51.80, 51.00, pop_total=0, pop_6_9=0, pop_10_14=0, pop_15_17=0)
    made.settle("273251100", 51.55, 51.20, name_ru="<img src=x onerror=alert(1)>")
    made.settle("273252100", 51.65, 51.21, name_ru="<img src=x onerror=alert(1)>")
    page = tmp_path / "pages" / "found.html"
    for lang, word in (("ru", "предупреждение"), ("en", "warning")):
        code, _out, _err = geo("check", str(made.write(tmp_path / "study")), "--html", str(page), "--lang", lang)
        text = page.read_text(encoding="utf-8")
        assert code == 0
        assert word in text
    assert 'src="http' not in text
    assert "<img src=x" not in text
    assert "nobody-lives-here" in text
    assert '"lon":51.8' in text


def test_repaired_tables_go_where_they_are_wanted_and_nowhere_else(tmp_path, geo):
    folder = spoilt(tmp_path / "study", 17, 20)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    code, _out, _err = geo("check", str(folder), "--write-repaired", str(tmp_path / "clean"))
    assert code == 0
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert sorted(path.name for path in (tmp_path / "clean").iterdir()) == [
        "costs.csv",
        "facilities.csv",
        "settlements.csv",
    ]
    text = (tmp_path / "clean" / "settlements.csv").read_text(encoding="utf-8")
    assert "1234," in text
    assert "Всего" not in text


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_layer_without_crs_is_read_as_the_planner_says_and_listed(tmp_path, geo):
    folder = str(spoilt(tmp_path, 6))
    assert geo("check", folder)[0] == 1
    code, _out, err = geo("check", folder, "--assume-crs", "EPSG:4326")
    assert code == 0
    assert "[assumed-crs]" in err
    assert geo("check", folder, "--assume-crs", "EPSG:nothing")[0] == 1


@pytest.mark.parametrize("inside", [".", "clean"])
def test_repaired_tables_never_go_into_the_study(tmp_path, geo, inside):
    folder = spoilt(tmp_path / "study")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    code, _out, err = geo("check", str(folder), "--write-repaired", str(folder / inside))
    assert code == 2
    assert "the study's own folder or lies in it" in err
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_nothing_that_is_there_is_replaced(tmp_path, geo):
    folder = spoilt(tmp_path / "study")
    (tmp_path / "out").mkdir()
    for name, option in (("out/settlements.csv", "--write-repaired"), ("letter.html", "--html")):
        file = tmp_path / name
        file.write_text("Dear akim", encoding="utf-8")
        target = file.parent if option == "--write-repaired" else file
        code, _out, err = geo("check", str(folder), option, str(target))
        assert code == 2
        assert f"{file} " in err.replace("\n", "")
        assert file.read_text(encoding="utf-8") == "Dear akim"
