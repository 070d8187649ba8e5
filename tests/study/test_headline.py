"""The answer in words: openings, closures, both, neither, and why nothing can be done."""

from __future__ import annotations

import re
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.errors import DataError
from geo.language import using
from geo.report.sections.grounds import joining_rules
from geo.study import StudyResult, brief, explain, load_study, run_study
from tests import toy
from tests.sample import sample_result
from tests.study.folders import facilities_frame, settlements_frame, write_toy

COSTS = "item,unit,value,price_year,source\nphc/fap,object,100,2025,test\n"


def run(folder) -> StudyResult:
    return next(iter(run_study(load_study(folder), ["T1"])))


def run_all(folder) -> StudyResult:
    return next(iter(run_study(load_study(folder), ["all"])))


def words(result: StudyResult) -> str:
    return explain.headline(result, "phc").replace("\u00a0", " ")


def test_an_opening_says_who_gains_and_who_stays(tmp_path):
    result = run(write_toy(tmp_path))
    text = words(result)
    assert text.startswith("Clinic: opening in Village ")
    assert "people now beyond 60 min in the worst season (thaw) within the norm" in text
    assert "Nobody's trip gets longer." in text


def test_a_closure_alone_says_what_is_closed_and_how_many_are_then_beyond(tmp_path):
    service = 'open = 0\nclose = ["clinic-F"]\nmax_worsening_minutes = 200'
    result = run(write_toy(tmp_path, facilities=("A", "F"), service=service))
    before = int(result.row("access_district", plan="baseline", season="worst")["beyond_persons"])
    after = int(result.row("access_district", plan="headline", season="worst")["beyond_persons"])
    assert after > before
    text = words(result)
    assert f"with Clinic of F closed, {after:,} people are beyond 60 min" in text
    assert f"today it is {before:,}" in text
    assert "Worse off: " in text
    assert "1 closed" in brief.answer(result)


def test_an_opening_with_a_closure_never_brings_a_negative_number(tmp_path):
    service = 'open = 1\nclose = ["clinic-B"]\nmax_worsening_minutes = 200'
    text = words(run(write_toy(tmp_path, facilities=("A", "B"), service=service)))
    assert "-" not in text.replace("equally-distributed", "")
    assert "with Clinic of B closed and Village " in text


def test_without_candidates_the_reason_is_given_and_no_proof_is_claimed(tmp_path):
    result = run(write_toy(tmp_path, service="open = 1\ncandidate_min_persons = 100000"))
    assert "There is no place where one could open" in words(result)
    assert "No other choice of 0" not in explain.proof(result, "phc")


def test_a_budget_below_one_site_is_said(tmp_path):
    folder = write_toy(tmp_path, service="budget = 50")
    (folder / "costs.csv").write_text(COSTS, encoding="utf-8")
    text = (folder / "study.toml").read_text(encoding="utf-8")
    (folder / "study.toml").write_text(text.replace('speeds = "', 'costs = "costs.csv"\nspeeds = "'), encoding="utf-8")
    assert "The budget is below the price of one site." in words(run(folder))


def test_a_plan_that_cannot_be_blames_no_budget_that_was_not_set(tmp_path):
    service = 'open = 0\nclose = ["clinic-A"]\nmax_worsening_minutes = 1000'
    text = words(run(write_toy(tmp_path, service=service)))
    assert "budget" not in text.lower()
    assert "refused" in text or "no plan meets these limits" in text


@pytest.mark.parametrize(
    ("facility", "reason"), [(("A",), "its roads are closed in this season"), ((), "no facility is known")]
)
def test_the_cut_off_have_a_reason(tmp_path, facility, reason):
    table = facilities_frame("A") if facility else facilities_frame("A").assign(status="closed")
    result = run(write_toy(tmp_path, facilities_table=table))
    row = result.table("access_settlement", plan="baseline", season="thaw", settlement_id="D").iloc[0]
    assert reason in explain.verdict(row)


def test_a_village_whose_roads_never_lead_to_a_facility_is_told_apart(tmp_path):
    table = settlements_frame()
    table.loc[5, ["lon", "lat"]] = [66.62, 48.62]
    roads = toy.raw_roads()
    roads = roads[~roads["edge_id"].isin(["BF", "FC"])]
    island = gpd.GeoDataFrame(
        {"edge_id": ["island"], "road_category": "IV", "surface": "asphalt", "condition": "good"},
        geometry=[shapely.LineString([(66.6, 48.62), (66.64, 48.62)])],
        crs=4326,
    )
    joined = gpd.GeoDataFrame(pd.concat([roads, island], ignore_index=True), crs="EPSG:4326")
    result = run(write_toy(tmp_path, settlements=table, roads=joined))
    row = result.table("access_settlement", plan="baseline", season="dry", settlement_id="F").iloc[0]
    assert (row["verdict"], row["reason"]) == ("unreachable", "not-connected")
    assert "no road leads to a facility in any season" in explain.verdict(row)


def test_sites_that_only_shorten_trips_are_not_called_needed(tmp_path):
    """Two more clinics than the norm needs: with D's place alone nobody is beyond four hours but the cut off."""
    result = run(write_toy(tmp_path, service="open = 5"))
    ranked = result.table("recommendations", action="open")
    assert (ranked["gained_persons"] == 0).any()
    assert "of the sites are enough for that; the others shorten trips." in words(result)
    assert "enough for that" not in words(run(write_toy(tmp_path / "one")))


def test_people_who_were_not_counted_carry_a_sign_in_the_headline(tmp_path):
    assert "≈" not in words(run(write_toy(tmp_path / "counted")))
    text = words(run(write_toy(tmp_path / "assumed", service="open = 1\ndemand_share = 0.5")))
    assert re.search(r"brings ≈\d+ of the ≈\d+ people", text)
    assert "≈0" not in text


def test_the_rest_of_the_country_is_named(tmp_path):
    text = words(run_all(write_toy(tmp_path, study="reference_persons = 10000")))
    assert text.startswith(
        "Assessed: 57 % (5,670 of 10,000) people. 4,330 people live in places that are not in these data."
    )
    assert "not in these data" not in words(run_all(write_toy(tmp_path / "b", study="reference_persons = 5670")))


def test_unit_names_in_messages_are_in_the_language_in_use(tmp_path):
    folder = write_toy(tmp_path)
    units = gpd.read_file(folder / "boundaries.geojson").assign(name_ru="Игрушечный район")
    units.to_file(folder / "boundaries.geojson", driver="GeoJSON")
    with using("ru"), pytest.raises(DataError, match="Игрушечный район"):
        list(run_study(load_study(folder), ["T9"]))


def test_a_study_on_foot_says_nothing_of_cars():
    result = sample_result()
    network = result.config.network.model_copy(update={"vehicle": "walk"})
    on_foot = replace(result, config=result.config.model_copy(update={"network": network}))
    assert any("by car" in rule for rule in joining_rules(result))
    assert not any("by car" in rule for rule in joining_rules(on_foot))
