"""`geo watch`: a map that follows the files of its study, on the six villages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from geo.cli import main
from tests.study.folders import write_toy

SPEEDS = Path("study/speeds.csv")


@pytest.fixture(autouse=True)
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_toy(tmp_path / "study")


def watch(monkeypatch: pytest.MonkeyPatch, changes: Sequence[Callable[[], object]], *words: str) -> None:
    """Run the command; whenever it waits, the next change is made, and after the last one Ctrl+C pressed."""
    waiting = iter(changes)

    def wait(_seconds: float) -> None:
        change = next(waiting, None)
        if change is None:
            raise KeyboardInterrupt
        change()

    monkeypatch.setattr("time.sleep", wait)
    monkeypatch.setattr("sys.argv", ["geo", "watch", "study", "--district", "T1", *words])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code in (0, None)


def minutes_of_e(page: Path) -> float:
    """Return the minutes of village E today, in the dry season, as the page says them."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.read_text("utf-8"), re.DOTALL)
    assert found
    data = json.loads(found[1])
    return float(data["services"][0]["times"]["baseline"]["dry"][4]) / 60_000


def test_the_map_follows_a_changed_speed(monkeypatch, capsys):
    page = Path("outputs/toy/watch-T1.html")
    seen: list[float] = []

    def double_the_speed_on_earth() -> None:
        seen.append(minutes_of_e(page))
        text = SPEEDS.read_text("utf-8")
        assert ",earth,any,car,dry,30" in text
        SPEEDS.write_text(text.replace(",earth,any,car,dry,30", ",earth,any,car,dry,60"), "utf-8")

    watch(monkeypatch, [double_the_speed_on_earth])
    seen.append(minutes_of_e(page))
    # 54.0 minutes of the way from A are on earth roads (domain brief, A.1), half of them now.
    assert seen[0] == pytest.approx(108.5143, abs=1e-3)
    assert seen[1] == pytest.approx(108.5143 - 27.0, abs=1e-3)
    lines = capsys.readouterr().out.splitlines()
    assert str(page) in lines[0]
    assert [line.split(" s: ")[1] for line in lines[1:]] == [
        "map drawn; areas and best plans follow.",
        "map complete.",
    ] * 2
    assert not list(page.parent.glob(".*"))


def test_the_draft_says_what_the_whole_map_says_but_for_what_takes_long(tmp_path):
    from geo.report.redraw import Watch

    watched = Watch(Path("study"), "T1", tmp_path / "page.html", "en")
    minutes = []
    for stage in watched.draw():
        text = watched.target.read_text("utf-8")
        minutes.append(minutes_of_e(watched.target))
        data = json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])
        layers = {layer["name"]: layer["data"] for layer in data["layers"]}
        assert bool(layers["reach"]) == (stage == "whole")
        assert bool(data["services"][0]["try"]["optima"]) == (stage == "whole")
    assert len(minutes) == 2
    assert minutes[0] == minutes[1]


def test_an_error_is_told_and_the_map_stays_until_it_is_mended(monkeypatch, capsys):
    page = Path("page.html")
    before: list[bytes] = []
    sound = SPEEDS.read_bytes()

    def break_it() -> None:
        before.append(page.read_bytes())
        SPEEDS.write_text("road_category\n", "utf-8")

    def mend_it() -> None:
        assert page.read_bytes() == before[0]
        SPEEDS.write_bytes(sound)

    watch(monkeypatch, [break_it, mend_it], "--out", "page.html")
    told = capsys.readouterr()
    assert "speeds.csv" in told.err
    assert "The map stays as it was" in told.err
    assert told.out.count("map complete") == 2
    assert page.read_bytes() == before[0]


def test_a_study_file_that_is_away_for_a_moment_is_waited_for(monkeypatch, capsys):
    file = Path("study/study.toml")
    sound = file.read_bytes()
    watch(monkeypatch, [file.unlink, lambda: file.write_bytes(sound)], "--out", "page.html")
    told = capsys.readouterr()
    assert "There is no study here." in told.err
    assert told.out.count("map complete") == 2


def test_a_unit_that_does_not_exist_ends_it(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["geo", "watch", "study", "--district", "T9"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 1
    assert "There is no unit T9." in capsys.readouterr().err


def test_a_page_of_somebody_else_is_not_replaced(monkeypatch, capsys):
    page = Path("letter.html")
    page.write_text("<p>Dear akim</p>", "utf-8")
    monkeypatch.setattr("sys.argv", ["geo", "watch", "study", "--district", "T1", "--out", "letter.html"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert "letter.html was not written by this program" in capsys.readouterr().err
    assert page.read_text("utf-8") == "<p>Dear akim</p>"
