"""Help in three languages."""

from __future__ import annotations

import re

import pytest

from geo.cli import main
from geo.language import UNTRANSLATED

COMMANDS = ("run", "init", "watch", "check", "solve", "matrix", "demo", "tables", "norms")
#: Words of help that are no English: names of commands, options, files, values and kinds of values.
LATIN = {
    *COMMANDS,
    *(
        "ARGS",
        "C",
        "COMMAND",
        "Ctrl",
        "GEO_LANG",
        "JSON",
        "OPTIONS",
        "PDF",
        "WeasyPrint",
        "all",
        "bool",
        "dictionary",
        "data",
        "district",
        "html",
        "unit",
    ),
    # geo init
    *(
        "District",
        "Geofabrik",
        "Karkaraly",
        "Kazakhstan",
        "buffer",
        "building",
        "cache",
        "country",
        "folder",
        "hospital",
    ),
    *("kazakhstan", "my", "per", "persons", "phc", "place", "population", "school", "services", "tif"),
    # geo check
    *("EPSG", "assume", "crs", "findings", "repaired", "strict", "write"),
    *(
        "en",
        "finland",
        "geo",
        "help",
        "kk",
        "lang",
        "list",
        "md",
        "or",
        "out",
        "outputs",
        "path",
        "pdf",
        "proposal",
        "results",
    ),
    *("ru", "steppe", "str", "studies", "study", "toml"),
    # geo solve
    *(
        "A",
        "CSV",
        "D",
        "M",
        "aversion",
        "budget",
        "capacitated",
        "capacity",
        "center",
        "cost",
        "cover",
        "csv",
        "demand",
        "fixed",
        "float",
        "int",
        "json",
        "kappa",
        "kolm",
        "limit",
        "matrix",
        "max",
        "median",
        "min_load",
        "minutes",
        "objective",
        "open",
        "p",
        "pollak",
        "seed",
        "set",
        "settlement_id",
        "site_id",
        "split",
        "sites",
        "status",
    ),
    # geo matrix
    *(
        "B",
        "OpenStreetMap",
        "ambulance",
        "borders",
        "car",
        "closed",
        "destinations",
        "docs",
        "dry",
        "factor",
        "gz",
        "id",
        "join",
        "km",
        "lat",
        "leg",
        "lon",
        "origins",
        "osm",
        "parquet",
        "pbf",
        "roads",
        "school_bus",
        "season",
        "settlement",
        "speeds",
        "thaw",
        "vehicle",
        "walk",
        "winter",
        "within",
    ),
}


def help_of(words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    monkeypatch.setattr("sys.argv", ["geo", *words])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert not stopped.value.code
    return capsys.readouterr().out


@pytest.mark.parametrize("language", ["ru", "kk"])
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_in_the_language_that_is_asked_for(language, command, monkeypatch, capsys):
    text = help_of([*command.split(), "--help", "--lang", language], monkeypatch, capsys)
    assert UNTRANSLATED.strip() not in text
    assert set(re.findall("[A-Za-z_]+", text)) <= LATIN


@pytest.mark.parametrize(("language", "usage"), [("en", "Usage:"), ("ru", "Использование:"), ("kk", "Қолданылуы:")])
def test_the_environment_chooses_where_the_command_line_does_not(language, usage, monkeypatch, capsys):
    monkeypatch.setenv("GEO_LANG", language)
    assert usage in help_of(["run", "--help"], monkeypatch, capsys)


def test_tables_speaks_the_language_that_is_asked_for(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["geo", "tables", "--lang", "kk"])
    with pytest.raises(SystemExit):
        main()
    text = capsys.readouterr().out
    assert "| `pop_total` |" in text
    assert "тұрғын" in text


@pytest.mark.parametrize(("language", "warned"), [("de", 1), ("ru", 0), ("", 0)])
def test_a_language_of_the_environment_that_does_not_exist_is_warned_about_once(language, warned, monkeypatch, capsys):
    monkeypatch.setenv("GEO_LANG", language)
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setattr("sys.argv", ["geo", "norms"])
    with pytest.raises(SystemExit):
        main()
    assert capsys.readouterr().err.count("GEO_LANG: no such language") == warned
