"""Norms in a study: the six villages worked by hand, and the gap list of a steppe district."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.norms import load_pack
from geo.study import StudyResult, load_study, run_study
from geo.study.compliance.check import Checked
from geo.study.compliance.facts import group_persons, settlement_facts
from geo.study.compliance.tables import norm_summary
from geo.study.density import unit_density
from tests.bundled import RunBundled
from tests.study.folders import facilities_frame, settlements_frame, write_toy

STEPPE = Path(__file__).resolve().parents[2] / "studies" / "steppe"
#: A has a clinic with a feldsher, C a medical point; A 3,000, B 1,200, C 450, D 180, E 40, F 800 people.
PACK = """
pack = "own"
title = "Every metric"
"""
COMMON = {"level": '"fap"', "title_en": '"Norm"', "source": '"us"', "confidence": '"L"', "verified": "false"}
NORMS = {
    "visits": {
        "metric": '"visits"',
        "value": 1,
        "unit": '"visits"',
        "level": '"medpunkt"',
        "applies_if": "{ pop_max = 50 }",
    },
    "point": {
        "metric": '"in_settlement"',
        "value": 1,
        "unit": '"facility"',
        "level": '"medpunkt"',
        "applies_if": "{ pop_min = 50, pop_max = 500 }",
    },
    "fap": {
        "metric": '"in_settlement"',
        "value": 1,
        "unit": '"facility"',
        "applies_if": "{ pop_min = 500, pop_max = 2000 }",
    },
    "road": {"metric": '"km"', "value": 54, "unit": '"km"', "season_rule": '"dry"'},
    "sharers": {"metric": '"persons_per_unit"', "value": 5000, "unit": '"persons"', "season_rule": '"dry"'},
    "thaw-road": {"metric": '"km"', "value": 54, "unit": '"km"', "season_rule": '"thaw"', "priority": 2},
    "users": {"metric": '"min_load"', "value": 100, "unit": '"persons"'},
    "people": {
        "service": '"settlement"',
        "level": '"settlement"',
        "metric": '"min_persons"',
        "value": 50,
        "unit": '"persons"',
    },
    "polyclinic": {"metric": '"minutes"', "value": 60, "unit": '"min"', "level": '"polyclinic"'},
    "ambulance": {"service": '"ambulance"', "metric": '"minutes"', "value": 25, "unit": '"min"'},
    "near": {"metric": '"minutes"', "value": 60, "unit": '"min"', "coverage_target": 0.8, "season_rule": '"dry"'},
}


def clinics() -> pd.DataFrame:
    return facilities_frame("A", "C").assign(level=["fap", "medpunkt"], load=[90, 12])


def toy_folder(folder: Path, norms: dict[str, dict[str, object]] = NORMS, **changes: object) -> Path:
    folder = write_toy(folder, **({"facilities_table": clinics()} | changes))
    text = (folder / "study.toml").read_text(encoding="utf-8")
    text = text.replace('packs = ["who-lancet"]', 'packs = ["own"]')
    text = text.replace('levels = ["fap", "hospital"]', 'levels = ["medpunkt", "fap", "hospital"]')
    (folder / "study.toml").write_text(text, encoding="utf-8")
    (folder / "norms").mkdir()
    blocks = [
        "\n[[norm]]\n"
        + "".join(f"{k} = {v}\n" for k, v in ({"norm_id": f'"{name}"', "service": '"phc"'} | COMMON | own).items())
        for name, own in norms.items()
    ]
    (folder / "norms" / "own.toml").write_text(PACK + "".join(blocks), encoding="utf-8")
    return folder


def run(folder: Path) -> StudyResult:
    return next(iter(run_study(load_study(folder), ["T1"])))


@pytest.fixture(scope="module")
def toy_result(tmp_path_factory) -> StudyResult:
    return run(toy_folder(tmp_path_factory.mktemp("toy")))


@pytest.fixture(scope="module")
def steppe(run_bundled: RunBundled) -> StudyResult:
    return run_bundled("steppe", "7032")


def rows(result: StudyResult, norm_id: str) -> pd.DataFrame:
    return result.table("norm_compliance", norm_id=norm_id).set_index("settlement_id")


def statuses(result: StudyResult, norm_id: str) -> str:
    """Statuses of A to F as letters."""
    letters = {"met": "m", "unmet": "u", "not_applicable": "-", "unknown": "?"}
    return "".join(rows(result, norm_id)["status"].map(letters))


def test_every_metric_in_the_toy_district(toy_result):
    """By road from A: B 30, C 54, D 69, E 81, F 70 km; in thaw nothing but the road to C is open (earth is closed)."""
    found = {norm_id: statuses(toy_result, norm_id) for norm_id in NORMS if norm_id != "ambulance"}
    assert found == {
        "visits": "?---?-",
        "point": "?-mu--",
        "fap": "?u---u",
        "road": "mmmuuu",
        "thaw-road": "mmmuuu",
        "sharers": "uuuuuu",
        "users": "u-----",
        "people": "mmmmum",
        "polyclinic": "??????",
        "near": "mmmuuu",
    }
    assert not len(toy_result.table("norm_compliance", norm_id="ambulance"))


def test_kilometres_by_road_are_those_of_the_toy_district(toy_result):
    km = rows(toy_result, "road")["value"]
    assert km.to_dict() == pytest.approx({"A": 0, "B": 30, "C": 54, "D": 69, "E": 81, "F": 70}, abs=1e-3)
    assert rows(toy_result, "thaw-road").loc["D", "reason"] == "no-way"


def test_all_the_district_shares_its_only_clinic(toy_result):
    found = rows(toy_result, "sharers")
    assert (found["value"] == 5670).all()
    assert (found["shortfall"] == 670).all()


def test_reasons_are_told(toy_result):
    assert rows(toy_result, "visits").loc[["A", "E"], "reason"].tolist() == ["no-band", "visits-unknown"]
    assert set(rows(toy_result, "polyclinic")["reason"]) == {"level-not-studied"}
    assert rows(toy_result, "users").loc["A", "shortfall"] == 10


def test_the_gap_list_of_the_toy_district(toy_result):
    gaps = toy_result.tables["norm_gaps"]
    columns = ["settlement_id", "required_level", "present_level", "status", "gap", "site_id"]
    assert gaps[columns].to_numpy().tolist() == [
        ["B", "fap", "", "unmet", "none", "clinic-A"],
        ["F", "fap", "", "unmet", "none", "clinic-A"],
        ["D", "medpunkt", "", "unmet", "none", "clinic-C"],
        ["A", "", "fap", "unknown", "unknown", ""],
        ["E", "visits", "", "unknown", "unknown", "clinic-C"],
        ["C", "medpunkt", "medpunkt", "met", "", "clinic-C"],
    ]
    minutes = gaps.set_index("settlement_id")["minutes"]
    assert minutes["B"] == pytest.approx(32.1429, abs=1e-4)
    # D has no way in thaw: the nearest is named, but no time is promised.
    assert np.isnan(minutes["D"])


def test_a_lower_level_is_told_from_nothing(tmp_path):
    people = settlements_frame()
    people.loc[2, "pop_total"] = 600
    gaps = run(toy_folder(tmp_path, settlements=people)).row("norm_gaps", settlement_id="C")
    assert (gaps["required_level"], gaps["present_level"], gaps["gap"]) == ("fap", "medpunkt", "lower")


def test_unknown_people_leave_the_level_unknown(tmp_path):
    people = settlements_frame().astype({"pop_total": "Int64"})
    people.loc[3, "pop_total"] = pd.NA
    result = run(toy_folder(tmp_path, settlements=people))
    row = result.row("norm_gaps", settlement_id="D")
    assert (row["required_level"], row["status"], row["gap"]) == ("", "unknown", "unknown")
    assert rows(result, "point").loc["D", ["status", "reason"]].tolist() == ["unknown", "size-unknown"]
    assert rows(result, "people").loc["D", "status"] == "unknown"
    # 5,490 people are known: over the limit already, whatever D adds.
    assert statuses(result, "sharers") == "uuuuuu"


def test_a_facility_of_unknown_level_leaves_what_it_might_decide_unknown(tmp_path):
    table = facilities_frame("A", "B").assign(level=["fap", ""], load=[90, 12])
    result = run(toy_folder(tmp_path, facilities_table=table))
    assert rows(result, "fap").loc["B", ["status", "reason"]].tolist() == ["unknown", "level-unknown"]
    assert rows(result, "users").loc["B", "status"] == "unknown"
    row = result.row("norm_gaps", settlement_id="B")
    assert (row["present_level"], row["gap"]) == ("", "unknown")


def test_two_clinics_that_are_equally_near_share_the_people(tmp_path):
    table = facilities_frame("A", "A").assign(facility_id=["one", "two"], level="fap")
    result = run(toy_folder(tmp_path, facilities_table=table))
    assert (rows(result, "sharers")["value"] == 5670 / 2).all()


def test_the_summary_adds_up_and_says_whether_the_target_is_reached(toy_result):
    summary = toy_result.tables["norm_summary"].set_index("norm_id")
    counts = summary[[f"{s}_settlements" for s in ("met", "unmet", "not_applicable", "unknown")]]
    assert (counts.sum(axis=1) == 6).all()
    near = summary.loc["near"]
    assert (near["met_persons"], near["unmet_persons"]) == (4650, 1020)
    assert near["share_met"] == pytest.approx(0.8201, abs=5e-5)
    assert (near["coverage_target"], near["target_met"]) == (0.8, "met")
    assert near["largest_shortfall"] == pytest.approx(108.5143 - 60, abs=1e-4)
    assert (summary.loc["road", "target_met"], summary.loc["road", "largest_shortfall"]) == ("", pytest.approx(27))
    assert np.isnan(summary.loc["polyclinic", "share_met"])


@pytest.mark.parametrize(
    ("status", "people", "share", "reached"),
    [
        (["met", "unmet"], [80, 20], 0.8, "met"),
        (["met", "unmet"], [79, 21], 0.79, "unmet"),
        (["met", "unmet", "unknown"], [80, 5, 15], 80 / 85, "met"),
        (["met", "unmet", "unknown"], [75, 5, 20], 75 / 80, "unknown"),
        (["met", "unmet", "unknown"], [10, 80, 10], 10 / 90, "unmet"),
        (["met", "unmet"], [90, None], None, "unknown"),
        (["not_applicable"], [90], None, ""),
        (["met", "not_applicable"], [90, 5000], 1.0, "met"),
    ],
)
def test_unknown_people_never_help_a_target_to_be_reached(status, people, share, reached):
    norm = next(norm for norm in load_pack("who-lancet") if norm.coverage_target == 0.8)
    frame = pd.DataFrame({"status": status, "persons": people, "shortfall": np.nan}).astype("object")
    row = norm_summary([Checked(norm, frame)]).iloc[0]
    assert row["target_met"] == reached
    assert row["share_met"] == pytest.approx(share) if share is not None else pd.isna(row["share_met"])


def test_density_is_the_people_of_the_unit_over_its_area(tmp_path):
    study = load_study(toy_folder(tmp_path))
    density = float(unit_density(study)["T1"])
    # 1.6 degrees at 49 N are about 117 km, 0.8 degrees of latitude 89 km.
    assert density == pytest.approx(5670 / (117 * 89), rel=0.02)
    facts = settlement_facts(study, study.settlements)
    assert (facts.density == density).all()
    assert facts.hazards == {}
    assert facts.border.isna().all()


def test_density_is_unknown_where_people_are(tmp_path):
    people = settlements_frame().astype({"pop_total": "Int64"})
    people.loc[4, "pop_total"] = pd.NA
    assert unit_density(load_study(toy_folder(tmp_path, settlements=people))).isna().all()


def test_hazard_zones_reach_as_far_as_their_buffer_and_the_border_is_read(tmp_path):
    people = settlements_frame().assign(border=["", "yes", "no", "", "", ""])
    folder = toy_folder(tmp_path, settlements=people)
    lon, lat = people.loc[3, ["lon", "lat"]]
    zone = gpd.GeoDataFrame(
        {"hazard_id": ["h"], "kind": ["flood"], "effect": ["note"], "buffer_km": [2]},
        geometry=[shapely.box(lon + 0.02, lat - 0.01, lon + 0.03, lat + 0.01)],
        crs=4326,
    )
    zone.to_file(folder / "hazards.geojson", driver="GeoJSON")
    text = (folder / "study.toml").read_text(encoding="utf-8")
    (folder / "study.toml").write_text(text.replace("[inputs]", '[inputs]\nhazards = "hazards.geojson"'), "utf-8")
    study = load_study(folder)
    facts = settlement_facts(study, study.settlements)
    assert facts.hazards["flood"].tolist() == [False, False, False, True, False, False]
    assert facts.border.tolist()[:3] == [pd.NA, True, False]


def test_a_group_of_people_is_read_from_its_column(tmp_path):
    people = settlements_frame().assign(wcba=[700, 300, 100, 40, 9, 200])
    norms = {"women": NORMS["near"] | {"demand_group": '"wcba"'}}
    result = run(toy_folder(tmp_path, norms, settlements=people))
    assert rows(result, "women")["persons"].tolist() == [700, 300, 100, 40, 9, 200]
    norm = load_study(tmp_path).norms[0]
    assert group_persons(result.settlements.drop(columns="wcba_persons"), norm).isna().all()


def test_the_steppe_list_asks_by_size_and_by_pupils(steppe):
    gaps = steppe.tables["norm_gaps"]
    assert set(gaps["service"]) == {"phc", "school"}
    assert len(gaps) == 2 * len(steppe.settlements)
    clinics, schools = (gaps[gaps["service"] == service] for service in ("phc", "school"))
    bands = [(0, 50, "visits"), (50, 500, "medpunkt"), (500, 1500, "fap"), (1500, 5000, "ambulatory")]
    for low, high, level in bands:
        asked = clinics[(clinics["persons"] >= low) & (clinics["persons"] < high)]
        assert set(asked["required_level"]) == {level}
    assert set(clinics["basis"]) == {"size"}
    assert set(schools["basis"]) == {"viability"}  # no norm asks for it: its pupils would carry it
    young = steppe.settlements["aged_6_9_persons"].reindex(schools["settlement_id"]).to_numpy()
    small = schools[schools["persons"] < 41].assign(young=young[schools["persons"] < 41])
    assert set(small.loc[small["young"] >= 5, "required_level"]) == {"primary"}
    assert set(small.loc[small["young"] < 5, "required_level"]) == {""}
    for low, high, level in [(41, 81, "basic"), (81, 10**6, "secondary")]:
        asked = schools[(schools["persons"] >= low) & (schools["persons"] < high)]
        assert set(asked["required_level"]) == {level}
    assert (schools[schools["required_level"] == ""]["status"] == "met").all()


def test_the_steppe_list_begins_with_what_is_missing_for_most_people(steppe):
    gaps = steppe.tables["norm_gaps"]
    order = gaps["status"].map({"unmet": 0, "unknown": 1, "met": 2})
    assert order.is_monotonic_increasing
    for status in ("unmet", "unknown", "met"):
        assert gaps[gaps["status"] == status]["persons"].is_monotonic_decreasing
    unmet = gaps[gaps["status"] == "unmet"]
    assert len(unmet) > 0
    assert set(unmet["gap"]) <= {"none", "lower"}
    assert (gaps[gaps["status"] == "met"]["gap"] == "").all()


def test_the_list_agrees_with_the_norms(steppe):
    compliance = steppe.tables["norm_compliance"]
    bands = compliance[compliance["norm_id"].str.startswith("phc-") & (compliance["pack"] == "kz-national")]
    below = bands[bands["status"] == "unmet"]
    gaps = steppe.tables["norm_gaps"]
    listed = gaps[(gaps["service"] == "phc") & (gaps["status"] == "unmet")]
    assert set(below["settlement_id"]) == set(listed["settlement_id"])
    assert set(below["reason"]) == {""}


def test_kilometres_of_the_steppe_fit_their_minutes(steppe):
    """Nobody drives faster than the fastest road, and whoever has no road has no minutes either by vehicle."""
    km = rows(steppe, "school-3-km")
    minutes = rows(steppe, "school-45-minutes")
    both = km["value"].gt(0) & (km["season"] == minutes["season"]) & minutes["value"].notna()
    assert both.any()
    assert (km["value"][both] / (minutes["value"][both] / 60) < 110).all()
    assert (km["value"][minutes["value"].isna()].isna()).all()
