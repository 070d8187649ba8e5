"""From one OpenStreetMap extract to a school study, as one command."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest

from geo.cli import main
from geo.read.bundled import bundled_folder
from geo.study import load_study, run_study

STUDY = """
[study]
name = "vavuniya"
title = { en = "Vavuniya, Sri Lanka: schools" }
units = "district"

[inputs]
osm = "vavuniya.osm.pbf"

[population]
from_buildings = true

[network]
vehicle = "walk"
max_join_km = 5

[[season]]
name = "all_year"
weight = 1.0
speeds_of = "dry"

[norms]
packs = ["iiep"]

[[service]]
name = "school"
label = { en = "School" }
site_label = { en = "school" }
levels = ["primary", "basic", "secondary"]
serving_level = "primary"
default_level = "primary"
demand_share = 0.2
norm = "iiep/walk-45-minutes"
open = 3
"""


def run_command(*words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["geo", *words])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code in (0, None)


def test_the_finnish_extract_becomes_a_school_study():
    study = load_study(bundled_folder("studies") / "finland")
    result = next(iter(run_study(study, ["all"])))
    schools = result.sites[result.sites["kind"] == "existing"]
    assert list(schools["site_id"]) == ["w180464603"]
    assert result.settlements["population_imputed"].all()
    assert result.settlements["population_persons"].sum() == 4 * len(buildings_of(study))
    plan = result.row("plans", plan="headline")
    assert plan["status"] == "optimal"
    assert plan["open_sites"]
    before, after = (
        result.row("access_district", plan=name, season="worst")["beyond_persons"] for name in ("baseline", "headline")
    )
    assert before > after


def buildings_of(study) -> pd.DataFrame:
    from geo.read.osm import read_osm

    return read_osm(study.folder / "test.osm.pbf", "test.osm.pbf").buildings


@pytest.mark.shared
def test_vavuniya_from_the_raw_extract_recommends_school_sites(shared, tmp_path, monkeypatch, capsys):
    folder = tmp_path / "study"
    folder.mkdir()
    shutil.copy(shared / "sri-lanka-vavuniya" / "vavuniya.osm.pbf", folder)
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    run_command("run", str(folder), "--district", "all", "--out", str(tmp_path / "out"), monkeypatch=monkeypatch)
    assert len(capsys.readouterr().out.splitlines()) <= 20
    unit = tmp_path / "out" / "all"
    opened = pd.read_csv(unit / "tables" / "recommendations.csv", encoding="utf-8-sig")
    assert len(opened) == 3
    plans = pd.read_csv(unit / "tables" / "plans.csv", encoding="utf-8-sig").set_index("plan")
    assert plans.loc["headline", "status"] == "optimal"
    assert plans.loc["headline", "beyond_persons"] == 0
    quality = pd.read_csv(unit / "tables" / "data_quality.csv", encoding="utf-8-sig")
    assert {"imputed-population", "suspected-mistag", "imputed-surface"} <= set(quality["code"])
    assert quality.loc[quality["code"] == "suspected-mistag", "message"].str.contains("Kovil").all()
    report = (unit / "report.html").read_text(encoding="utf-8")
    assert "imputed" in report
    assert "Kovil" in report
    manifest = json.loads((unit / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["study"] == "vavuniya"
