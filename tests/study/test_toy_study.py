"""The six-village district from a folder of files to results: golden values, closures, laws planners rely on."""

from __future__ import annotations

import pickle

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from geo.errors import DataError
from geo.maps.credits import credit_lines
from geo.study import StudyResult, explain, load_study, run_study
from tests import toy
from tests.study.folders import facilities_frame, settlements_frame, write_toy


def run(folder) -> StudyResult:
    return next(iter(run_study(load_study(folder), ["T1"])))


def district(result: StudyResult, plan: str, season: str) -> pd.Series:
    return result.row("access_district", service="phc", plan=plan, season=season)


def minutes(result: StudyResult, plan: str, season: str) -> dict[str, float]:
    rows = result.table("access_settlement", plan=plan, season=season)
    return dict(zip(rows["settlement_id"], rows["minutes"], strict=True))


@pytest.fixture(scope="module")
def result(tmp_path_factory) -> StudyResult:
    return run(write_toy(tmp_path_factory.mktemp("toy")))


def test_baseline_minutes_and_shares_are_the_golden_ones(result):
    assert minutes(result, "baseline", "winter")["E"] == pytest.approx(181.2857, abs=1e-4)
    shares = {season: district(result, "baseline", season)["within_share"] for season in toy.SEASONS}
    assert shares == pytest.approx({"dry": 0.8201, "winter": 0.7407, "thaw": 0.7407}, abs=5e-5)
    means = {season: district(result, "baseline", season)["mean_minutes"] for season in toy.SEASONS}
    assert means == pytest.approx({"dry": 23.6178, "winter": 32.3394, "thaw": 25.0223}, abs=5e-5)


def test_the_unreachable_stay_in_every_denominator(result):
    thaw = district(result, "baseline", "thaw")
    assert (thaw["persons"], thaw["unreachable_persons"]) == (5670, 220)
    assert thaw["within_persons"] + thaw["beyond_persons"] == 5670
    rows = result.table("access_settlement", plan="baseline", season="thaw").set_index("settlement_id")
    assert list(rows.loc[["D", "E"], "verdict"]) == ["unreachable", "unreachable"]
    assert rows.loc[["D", "E"], "minutes"].isna().all()


def test_parts_of_every_trip_add_up(result):
    rows = result.table("access_settlement")
    parts = rows["access_minutes"] + rows["network_minutes"] + rows["egress_minutes"]
    reached = rows["minutes"].notna()
    np.testing.assert_allclose(parts[reached], rows["minutes"][reached], atol=1e-9)
    assert parts[~reached].isna().all()


def test_plans_of_a_dry_study_are_the_golden_ones(tmp_path):
    folder = write_toy(tmp_path)
    text = (folder / "study.toml").read_text(encoding="utf-8")
    head, _dry, *_rest = text.split("[[season]]")
    service = text[text.index("[[service]]") :]
    only_dry = f'{head}[[season]]\nname = "dry"\nweight = 1.0\n{service}'
    (folder / "study.toml").write_text(only_dry, encoding="utf-8")
    result = run(folder)
    opened = {row["plan"]: row["open_sites"] for _i, row in result.tables["plans"].iterrows()}
    assert opened["p-median"] == "new-F"
    assert opened["max-cover"] == "new-C"
    assert opened["p-center"] == "new-C"
    assert opened["kolm-pollak"] == "new-C"
    assert opened["headline"] == "new-C"
    assert district(result, "kolm-pollak", "dry")["ede_minutes"] == pytest.approx(14.6528, abs=5e-5)
    assert district(result, "p-median", "dry")["mean_minutes"] == pytest.approx(11.5021, abs=5e-5)
    assert district(result, "baseline", "dry")["ede_minutes"] == pytest.approx(31.8198, abs=5e-5)
    assert (result.tables["plans"]["status"] == "optimal").all()


def test_closing_a_road_in_thaw_changes_only_thaw(tmp_path, result):
    roads = toy.raw_roads().assign(closed_seasons=["", "thaw", "", "", "", ""])
    closed = run(write_toy(tmp_path, roads=roads))
    for season in ("dry", "winter"):
        assert minutes(closed, "baseline", season) == minutes(result, "baseline", season)
    assert minutes(closed, "baseline", "thaw")["B"] == minutes(result, "baseline", "thaw")["B"]
    assert np.isnan(minutes(closed, "baseline", "thaw")["C"])


def test_adding_a_road_never_lengthens_a_trip(tmp_path, result):
    line = shapely.LineString([toy.PLACES["A"], toy.PLACES["F"]])
    extra = gpd.GeoDataFrame(
        {"edge_id": ["AF"], "road_category": "IV", "surface": "gravel", "condition": "good"}, geometry=[line], crs=4326
    )
    roads = gpd.GeoDataFrame(pd.concat([toy.raw_roads(), extra], ignore_index=True), crs="EPSG:4326")
    after = run(write_toy(tmp_path, roads=roads))
    for season in toy.SEASONS:
        before = minutes(result, "baseline", season)
        now = minutes(after, "baseline", season)
        assert all(np.isnan(before[v]) or now[v] <= before[v] for v in toy.VILLAGES)
    assert minutes(after, "baseline", "dry")["F"] < minutes(result, "baseline", "dry")["F"]


def closing(folder, tolerance: str) -> StudyResult:
    table = facilities_frame("A", "C")
    table["closable"] = [False, True]
    service = f'open = 0\nclose = ["clinic-C"]\nmax_worsening_minutes = {tolerance}'
    return run(write_toy(folder, facilities_table=table, service=service))


def test_a_closure_beyond_the_tolerance_is_refused_with_the_names(tmp_path):
    result = closing(tmp_path, "20")
    plan = result.row("plans", plan="headline")
    assert plan["status"] == "infeasible"
    sentence = explain.headline(result, "phc")
    assert "refused" in sentence
    assert "Village C by more than 20" in sentence.replace("\u00a0", " ")
    assert "Clinic of C" in sentence
    assert not len(result.tables["recommendations"])


def test_a_closure_within_the_tolerance_lists_the_losers(tmp_path):
    """With roads mended, closing C costs D and E at most 30 minutes more in every season."""
    table = facilities_frame("A", "B", "C")
    service = 'open = 0\nclose = ["clinic-C"]\nmax_worsening_minutes = 45'
    result = run(write_toy(tmp_path, facilities_table=table, service=service, roads=toy.raw_roads(repaired=True)))
    assert result.row("plans", plan="headline")["status"] == "optimal"
    losers = result.table("losers", plan="headline")
    assert {"C", "D", "E"} <= set(losers["settlement_id"])
    assert (losers["longer_minutes"] > 0).all()
    assert losers["longer_minutes"].max() <= 45
    assert "Worse off" in explain.headline(result, "phc")


def test_with_tolerance_30_the_losers_are_listed_and_beyond_it_refused(tmp_path):
    table = facilities_frame("A", "B", "F")
    service = 'open = 0\nclose = ["clinic-B"]\nmax_worsening_minutes = {}'
    allowed = run(write_toy(tmp_path / "a", facilities_table=table, service=service.format(35)))
    losers = allowed.table("losers", plan="headline", season="winter").set_index("settlement_id")
    assert losers.loc["B", "longer_minutes"] == pytest.approx(32.1429, abs=1e-4)
    refused = run(write_toy(tmp_path / "b", facilities_table=table, service=service.format(30)))
    plan = refused.row("plans", plan="headline")
    assert plan["status"] == "infeasible"
    assert "B" in plan["blockers"].split()
    assert plan["smallest_worsening_minutes"] == pytest.approx(32.1429, abs=1e-4)


def test_a_settlement_far_from_any_road_is_reported_and_never_moved(tmp_path):
    far = settlements_frame()
    far.loc[5, ["lon", "lat"]] = [66.62, 47.25]
    boundary = 'outside = "exclude"'
    folder = write_toy(tmp_path, settlements=far, study=boundary)
    box = gpd.GeoDataFrame(
        {"unit_id": ["T1"], "level": ["district"], "name_en": ["Toy"]}, geometry=[shapely.box(65, 47, 68, 50)], crs=4326
    )
    box.to_file(folder / "boundaries.geojson", driver="GeoJSON")
    result = run(folder)
    row = result.table("access_settlement", plan="baseline", season="dry", settlement_id="F").iloc[0]
    assert (row["verdict"], row["reason"]) == ("unreachable", "far-from-road")
    assert row["nearest_road_km"] > 160
    assert f"nearest road {row['nearest_road_km']:.0f} km" in explain.verdict(row)
    assert (result.settlements.loc["F", "lon"], result.settlements.loc["F", "lat"]) == (66.62, 47.25)


def test_unknown_people_are_unknown_not_zero(tmp_path):
    table = settlements_frame()
    table["pop_total"] = table["pop_total"].astype("Int64")
    table.loc[4, "pop_total"] = pd.NA
    result = run(write_toy(tmp_path, settlements=table))
    row = district(result, "baseline", "dry")
    assert (row["persons"], row["unknown_settlements"]) == (5630, 1)
    rows = result.table("access_settlement", plan="baseline", season="dry", settlement_id="E")
    assert rows["persons"].isna().all()
    compliance = result.table("norm_compliance", settlement_id="E", norm_id="phc-60-minutes").iloc[0]
    assert compliance["status"] == "unmet"
    assert pd.isna(compliance["persons"])


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_five_faults_are_reported_in_one_go_each_with_its_place(tmp_path):
    table = pd.concat([settlements_frame(), settlements_frame().iloc[[1]]], ignore_index=True)
    table.loc[2, "pop_total"] = -450
    table.loc[5, ["lon", "lat"]] = [80.0, 49.0]
    folder = write_toy(tmp_path, settlements=table, service="open = 1\nopne = 2")
    lines = toy.raw_roads().set_crs(None, allow_override=True)
    lines.rename(columns={"road_category": "category"}).to_file(folder / "roads.shp")
    text = (folder / "study.toml").read_text(encoding="utf-8")
    (folder / "study.toml").write_text(text.replace("roads.geojson", "roads.shp"), encoding="utf-8")
    with pytest.raises(DataError) as raised:
        load_study(folder)
    found = {fault.code: fault for fault in raised.value.faults}
    assert {"unknown-key", "outside-own-unit", "no-crs", "negative-value", "duplicate-id"} <= set(found)
    assert "open" in found["unknown-key"].remedy
    assert found["unknown-key"].row > 0
    assert (found["negative-value"].file, found["negative-value"].row) == ("settlements.csv", 4)
    assert found["negative-value"].column == "pop_total"
    assert (found["duplicate-id"].row, found["duplicate-id"].column) == (8, "settlement_id")
    assert found["outside-own-unit"].row == 7
    assert found["no-crs"].file == "roads.shp"


def test_same_inputs_give_the_same_tables(tmp_path, result):
    again = run(write_toy(tmp_path))
    for name, table in result.tables.items():
        pd.testing.assert_frame_equal(table, again.tables[name])


def test_a_protected_facility_cannot_be_closed(tmp_path):
    table = settlements_frame().assign(protected_reason=["", "", "border village", "", "", ""])
    folder = write_toy(
        tmp_path,
        settlements=table,
        facilities=("A", "C"),
        service='open = 0\nclose = ["clinic-C"]\nmax_worsening_minutes = 999',
    )
    with pytest.raises(DataError, match="border village"):
        run(folder)


def compliance(result: StudyResult) -> dict[str, str]:
    rows = result.table("norm_compliance", norm_id="phc-60-minutes")
    return dict(zip(rows["settlement_id"], rows["status"], strict=True))


def test_a_facility_of_unknown_level_makes_compliance_unknown_not_unmet(tmp_path, result):
    assert compliance(result)["C"] == "unmet"
    table = facilities_frame("A", "C")
    table.loc[1, "level"] = ""
    unclear = compliance(run(write_toy(tmp_path, facilities_table=table)))
    assert unclear["A"] == "met"
    assert unclear["C"] == "unknown"


def test_without_any_known_facility_compliance_is_unknown_and_the_pages_say_so(tmp_path):
    table = facilities_frame("A").assign(status="closed")
    result = run(write_toy(tmp_path, facilities_table=table))
    assert set(compliance(result).values()) == {"unknown"}
    assert any("no facility is known" in text for text in explain.limits(result))


def test_a_long_way_to_the_road_is_warned_about(tmp_path):
    table = settlements_frame()
    table.loc[4, ["lon", "lat"]] = [66.9, 49.16]
    result = run(write_toy(tmp_path, settlements=table))
    found = result.table("data_quality", code="far-from-road")
    assert list(found["row"]) == [6]
    assert "Village E is 7." in found["message"].iloc[0]


def test_set_cover_counts_new_sites_only(tmp_path):
    row = run(write_toy(tmp_path)).row("plans", plan="set-cover")
    names = str(row["open_sites"]).split()
    assert row["status"] == "optimal"
    assert row["value"] == row["bound"] == len(names) > 0
    assert row["gap"] == 0


@pytest.mark.parametrize(("synthetic", "credited"), [("true", False), ("false", True)])
def test_an_extract_of_openstreetmap_is_credited_on_every_page(tmp_path, synthetic, credited):
    folder = write_toy(tmp_path)
    (folder / "extract.osm").write_text('<osm version="0.6"></osm>', encoding="utf-8")
    text = (folder / "study.toml").read_text(encoding="utf-8")
    text = text.replace("synthetic = true", f"synthetic = {synthetic}")
    (folder / "study.toml").write_text(text.replace("[inputs]", '[inputs]\nosm = "extract.osm"'), encoding="utf-8")
    lines = credit_lines(run(folder))
    assert any("© OpenStreetMap contributors" in line and "ODbL 1.0" in line for line in lines) == credited


def test_villages_lie_in_the_area_of_the_norm_if_and_only_if_they_are_within_it(result):
    rows = result.reach.areas[lambda areas: areas["minutes"] == areas["minutes"].max()]
    assert len(rows) == 2 * (len(toy.SEASONS) + 1)
    for _index, row in rows.iterrows():
        table = result.table("access_settlement", plan=row["plan"], season=row["season"]).set_index("settlement_id")
        within = table["verdict"].reindex(result.settlements.index) == "within"
        assert result.settlements.within(row["geometry"]).tolist() == within.tolist(), (row["plan"], row["season"])


def test_roads_lead_to_the_facility_that_the_villages_beside_them_use(result):
    table = result.table("access_settlement", plan="headline", season="dry").set_index("settlement_id")
    rows, spots = result.reach.catchments, result.settlements.geometry.to_crs(toy.CRS)
    rows = rows[(rows["plan"] == "headline") & (rows["season"] == "dry")].set_index("site_id")
    for village, site in table["site_id"].items():
        distances = rows.to_crs(toy.CRS).distance(spots[village])
        assert site in distances.index[distances < 1], village


def test_a_result_carried_to_another_process_has_its_layers_and_not_the_whole_study(result):
    packed = pickle.dumps(result)
    carried = pickle.loads(packed)
    assert len(carried.reach.areas)
    assert_geodataframe_equal(carried.reach.areas, result.reach.areas)
    assert_geodataframe_equal(carried.reach.catchments, result.reach.catchments)
    assert b"geo.study.prepare" not in packed
