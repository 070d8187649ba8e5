"""The tables of the diagnosis: golden values through a whole run, and sums that can be checked by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo.access.equity import kolm_pollak_ede
from geo.errors import DataError
from geo.study import StudyResult, load_study, run_study
from geo.study.cross_check import check_okrugs
from geo.study.result import BASELINE, HEADLINE, WORST
from tests.bundled import PrepareBundled, RunBundled
from tests.study.folders import facilities_frame, settlements_frame, write_toy
from tests.toy import raw_roads

SERVICES = ("phc", "school")
KEYS = ("settlement_id", "site_id", "norm_id", "service", "demand_group", "season")


@pytest.fixture(scope="module")
def whole(run_bundled: RunBundled) -> StudyResult:
    """The whole of the synthetic study."""
    return run_bundled("steppe", "all")


@pytest.fixture(scope="module")
def district(run_bundled: RunBundled) -> StudyResult:
    """One district of the synthetic study."""
    return run_bundled("steppe", "7032")


def run_toy(folder: Path, **options: object) -> StudyResult:
    return next(iter(run_study(load_study(write_toy(folder, **options)), ["T1"])))


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> StudyResult:
    settlements = settlements_frame()
    settlements["okrug_id"] = ["g0", "g0", "g1", "g1", "g1", "g0"]
    facilities = facilities_frame("A", "F")
    facilities["staff_posts"] = [6, 2]
    return run_toy(tmp_path_factory.mktemp("toy"), settlements=settlements, facilities_table=facilities)


@pytest.fixture(scope="module")
def toy_with_one(tmp_path_factory: pytest.TempPathFactory) -> StudyResult:
    settlements = settlements_frame()
    settlements["okrug_id"] = ["g0", "g0", "g1", "g1", "g1", "g0"]
    return run_toy(tmp_path_factory.mktemp("one"), settlements=settlements)


def test_catchment_scores_are_the_golden_ones(toy: StudyResult) -> None:
    rows = toy.table("access_indicators", season="dry", demand_group="all").set_index("settlement_id")
    assert set(rows["supply_unit"]) == {"posts"}
    golden = {
        "two_step": {"A": 1.290323, "B": 2.106649, "C": 2.106649, "D": 0, "E": 0, "F": 0.816327},
        "e2sfca": {"A": 1.532567, "B": 1.363313, "C": 1.329865, "D": 0, "E": 0, "F": 1.459854},
        "m2sfca": {"A": 1.532567, "B": 0.779316, "C": 0.749213, "D": 0, "E": 0, "F": 1.459854},
    }
    for name, wanted in golden.items():
        assert rows[name].round(6).to_dict() == pytest.approx(wanted, abs=1.1e-6), name


def test_equity_is_the_golden_one(toy_with_one: StudyResult) -> None:
    row = toy_with_one.row("equity", service="phc", plan=BASELINE, season="dry", demand_group="all")
    assert row["group_tier"] == "okrug"
    found = {name: round(row[name], 6) for name in ("gini", "theil_t", "theil_within", "theil_between", "hoover")}
    assert found == {
        "gini": 0.649559,
        "theil_t": 0.868312,
        "theil_within": 0.714504,
        "theil_between": 0.153808,
        "hoover": 0.529101,
    }
    assert pd.isna(row["theil_l"])  # A's own time is 0 here
    assert pd.isna(row["concentration"])  # nobody's need is known to differ


def test_an_unreachable_place_scores_zero_and_is_capped_not_dropped(toy_with_one: StudyResult) -> None:
    rows = toy_with_one.table("access_indicators", season="thaw").set_index("settlement_id")
    assert rows.loc["D", ["two_step", "m2sfca", "gravity", "spar", "n_within"]].tolist() == [0, 0, 0, 0, 0]
    assert rows.loc[["D"], "nearest_minutes"].isna().all()
    row = toy_with_one.row("equity", plan=BASELINE, season="thaw", demand_group="all", service="phc")
    assert (row["persons"], row["capped_persons"]) == (5670, 220)


def test_places_are_counted_where_all_are_known_and_facilities_where_one_is_not(tmp_path: Path) -> None:
    facilities = facilities_frame("A", "F")
    facilities["capacity"] = [3000, None]
    partly = run_toy(tmp_path / "partly", facilities_table=facilities)
    assert set(partly.tables["access_indicators"]["supply_unit"]) == {"facilities"}
    load = partly.tables["facility_load"].set_index("site_id")
    assert load.loc["clinic-F", "load_verdict"] == "unknown"
    assert pd.isna(load.loc["clinic-F", "utilisation"])


def test_catchments_hold_everybody_who_has_a_way(tmp_path: Path) -> None:
    facilities = facilities_frame("A", "F")
    facilities["capacity"] = [4000, 1000]
    facilities["load"] = [4100, 200]
    load = run_toy(tmp_path, facilities_table=facilities).tables["facility_load"].set_index("site_id")
    assert load["nearest_persons"].to_dict() == {"clinic-A": 4200, "clinic-F": 1470}
    assert load["capacity_persons"].to_dict() == {"clinic-A": 4000, "clinic-F": 1000}
    assert load["gravity_persons"].sum() == pytest.approx(5670, abs=1)
    assert load["load_verdict"].to_dict() == {"clinic-A": "overloaded", "clinic-F": "near_empty"}


def test_a_pupil_is_not_served_by_a_school_of_another_language(tmp_path: Path) -> None:
    settlements, facilities = settlements_frame(), facilities_frame("A", "F")
    settlements["share_kk"], settlements["share_ru"] = 0.75, 0.25
    facilities["instruction_lang"] = ["kk", "ru"]
    result = run_toy(tmp_path, settlements=settlements, facilities_table=facilities)
    rows = result.table("access_indicators", season="dry").set_index(["demand_group", "settlement_id"])
    assert rows.loc[("kk", "F"), "nearest_minutes"] == pytest.approx(73.7143, abs=1e-4)
    assert rows.loc[("ru", "F"), "nearest_minutes"] == 0
    assert rows.loc[("all", "F"), "nearest_minutes"] == 0
    access = result.table("group_access", season="dry", plan=BASELINE).set_index("demand_group")
    assert access.loc["kk", "persons"] == 2250 + 900 + 338 + 135 + 30 + 600
    assert access.loc["kk", "within_persons"] == 2250 + 900 + 338
    assert set(result.table("group_access", plan=HEADLINE)["demand_group"]) == {"all"}


def test_a_language_that_is_not_known_makes_no_group(tmp_path: Path) -> None:
    settlements, facilities = settlements_frame(), facilities_frame("A", "F")
    settlements["share_kk"] = 0.75
    facilities["instruction_lang"] = ["kk", None]
    result = run_toy(tmp_path, settlements=settlements, facilities_table=facilities)
    assert set(result.tables["group_access"]["demand_group"]) == {"all"}
    finding = result.row("data_quality", code="language-unknown")
    assert (finding["file"], finding["row"], finding["severity"]) == ("facilities.csv", 3, "warning")
    assert "clinic-F" in finding["message"]


def test_a_norm_that_is_left_out_is_not_applied(tmp_path: Path) -> None:
    folder = write_toy(tmp_path)
    text = (folder / "study.toml").read_text(encoding="utf-8")
    left_out = text.replace('packs = ["who-lancet"]', 'packs = ["who-lancet"]\nleave_out = ["who-lancet/{norm}"]')
    (folder / "study.toml").write_text(left_out.replace("{norm}", "emoc-120-minutes"), encoding="utf-8")
    result = next(iter(run_study(load_study(folder), ["T1"])))
    assert "phc-60-minutes" in set(result.tables["norm_summary"]["norm_id"])
    assert "emoc-120-minutes" not in set(result.tables["norm_summary"]["norm_id"])
    (folder / "study.toml").write_text(left_out.replace("{norm}", "emoc-99"), encoding="utf-8")
    with pytest.raises(DataError, match="who-lancet/emoc-99"):
        load_study(folder)


def test_growth_needs_an_earlier_count(tmp_path: Path) -> None:
    settlements = settlements_frame()
    settlements["pop_year"] = 2023
    settlements["pop_before_year"] = 2020
    settlements["pop_before"] = [3000, 1100, 500, None, 86, 0]
    result = run_toy(tmp_path, settlements=settlements)
    profile = result.tables["settlement_profile"].set_index("settlement_id")
    assert profile["growth"].to_dict() == {
        "A": "stable",
        "B": "growing",
        "C": "declining",
        "D": "unknown",
        "E": "declining",
        "F": "unknown",
    }
    assert profile.loc["E", "annual_growth"] == pytest.approx(np.log(40 / 86) / 3)
    assert profile.loc["D", "place_class"] == "unknown"


@pytest.mark.parametrize("plan", [BASELINE, HEADLINE])
def test_areas_are_the_sums_of_their_settlements(plan: str, whole: StudyResult) -> None:
    okrugs = whole.settlements["okrug_id"]
    for service in SERVICES:
        kappa = whole.what_if[service].problem.kappa
        rows = whole.table("access_settlement", service=service, plan=plan, season=WORST).set_index("settlement_id")
        rolled = whole.table("rollups", service=service, plan=plan, season=WORST)
        by_okrug = rolled[rolled["tier"] == "okrug"].set_index("area_id")
        assert by_okrug["persons"].sum() == rows["persons"].sum()
        for okrug, members in rows.groupby(okrugs.reindex(rows.index)):
            area, persons = by_okrug.loc[okrug], members["persons"].fillna(0).astype(int)
            assert area["within_persons"] == persons[members["verdict"] == "within"].sum()
            assert area["unreachable_persons"] == persons[members["verdict"] == "unreachable"].sum()
            minutes = members["minutes"].fillna(np.inf).clip(upper=240)
            if persons.sum():
                assert area["ede_minutes"] == pytest.approx(kolm_pollak_ede(minutes, persons, kappa), abs=1e-9)
        total = rolled[rolled["tier"] == "study"].iloc[0]
        unit = whole.row("access_district", service=service, plan=plan, season=WORST)
        for name in ("persons", "within_persons", "beyond_persons", "unreachable_persons"):
            assert rolled[rolled["tier"] == "district"][name].sum() == total[name] == unit[name]
        assert total["ede_minutes"] == pytest.approx(unit["ede_minutes"], abs=1e-9)


def test_theil_within_and_between_add_up(whole: StudyResult) -> None:
    rows = whole.tables["equity"]
    assert (rows["group_tier"] == "district").all()
    np.testing.assert_allclose(rows["theil_within"] + rows["theil_between"], rows["theil_t"], atol=1e-9)


def test_transfer_need_is_the_sum_of_its_settlements_interventions(whole: StudyResult) -> None:
    units = whole.settlements["unit_id"]
    own = whole.tables["interventions"]
    for _number, row in whole.tables["transfer_need"].iterrows():
        mine = own[
            (own["service"] == row["service"])
            & (own["basis"] == row["basis"])
            & (own["pack"] == row["pack"])
            & (own["settlement_id"].map(units) == row["area_id"])
        ]
        assert row["capex"] == pytest.approx(mine["capex"].sum())
        assert row["n_priced"] == mine["capex"].notna().sum()
        assert 0 <= row["self_containment"] <= 1
    access = whole.tables["transfer_need"].query("basis == 'access'").groupby("service")["below_persons"].sum()
    for service in SERVICES:
        unit = whole.row("access_district", service=service, plan=BASELINE, season=WORST)
        assert access[service] == unit["beyond_persons"]


def test_sites_for_access_bring_everybody_within_who_can_be(district: StudyResult) -> None:
    own = district.table("interventions", basis="access", service="phc")
    fewest = district.row("plans", service="phc", plan="set-cover")
    assert (own["remedy"] == "open").sum() == len(fewest["open_sites"].split())
    assert not (own["remedy"] == "other_form").any()


def test_a_unit_sees_itself_beside_the_others_with_the_same_figures(whole: StudyResult, district: StudyResult) -> None:
    pd.testing.assert_frame_equal(district.tables["unit_profile"], whole.tables["unit_profile"])
    profile = whole.tables["unit_profile"].set_index("area_id")
    population = whole.settlements.groupby("unit_id")["population_persons"].sum()
    assert profile["population"].to_dict() == population.to_dict()
    assert (profile["density"] * profile["area_km2"]).round().to_dict() == population.to_dict()


def test_remoteness_grows_with_distance_from_centres(whole: StudyResult) -> None:
    rows = whole.tables["settlement_profile"].set_index("settlement_id")
    centres = whole.settlements["settlement_class"] == "district_centre"
    assert (rows.loc[centres, "remoteness"] == 0).all()
    assert (rows.loc[centres, "coefficient"] == 1).all()
    assert rows["coefficient"].is_monotonic_increasing == rows["remoteness"].is_monotonic_increasing
    ordered = rows.sort_values(["remoteness", "coefficient"])
    assert ordered["coefficient"].is_monotonic_increasing
    assert rows["remoteness"].between(0, 15).all()


def test_thresholds_look_ahead_from_the_year_of_the_count(whole: StudyResult) -> None:
    rows = whole.table("viability", subject="settlement")
    assert len(rows) == len(whole.settlements)
    unknown = whole.settlements.index[whole.settlements["population_persons"].isna()]
    assert set(rows.loc[rows["settlement_id"].isin(unknown), "status"]) == {"unknown"}
    known = rows[rows["now"].notna()]
    assert ((known["now"] >= 50) == (known["status"] == "met")).all()
    falling = known[(known["status"] == "met") & known["year_base"].notna()]
    assert len(falling) > 0
    assert (falling["base"] <= 50).all()
    assert (falling["year_base"].between(2025, 2034)).all()
    assert (known["low"].fillna(0) <= known["high"].fillna(0)).all()


@pytest.mark.parametrize("unit", ["7032", "all"])
def test_unknown_people_are_in_no_count_and_named(unit: str, run_bundled: RunBundled) -> None:
    result = run_bundled("steppe", unit)
    n_unknown = int(result.settlements["population_persons"].isna().sum())
    rows = result.table("group_access", service="phc", demand_group="all")
    assert set(rows["unknown_settlements"]) == {n_unknown}
    assert (rows["within_persons"] + rows["beyond_persons"] == rows["persons"]).all()


def test_earlier_counts_that_cannot_be_are_named_and_not_used(tmp_path: Path) -> None:
    settlements = settlements_frame()
    settlements["pop_year"] = [2023, 2023, 2023, 2023, 2023, None]
    settlements["pop_before_year"] = [2020, 2023, 2020, 2020, None, 2020]
    settlements["pop_before"] = [3100, 1200, 0, 2000, 40, 800]
    result = run_toy(tmp_path, settlements=settlements)
    findings = result.tables["data_quality"]
    found = findings[findings["code"].str.startswith("history-")].set_index("code")["row"].to_dict()
    assert found == {"history-order": 3, "history-nobody": 4, "history-jump": 5, "history-incomplete": 7}
    profile = result.tables["settlement_profile"].set_index("settlement_id")
    assert profile["growth"].to_dict() == {"A": "declining"} | dict.fromkeys("BCDEF", "unknown")


def test_okrugs_that_the_boundaries_do_not_have_are_named(prepare_bundled: PrepareBundled) -> None:
    study = prepare_bundled("steppe").study
    wrong = study.settlements.assign(okrug_id="999999")
    faults = check_okrugs(wrong, study.boundaries, study.config)
    assert {fault.code for fault in faults} == {"unknown-okrug", "okrug-in-units"}
    assert check_okrugs(study.settlements, study.boundaries, study.config) == []


def test_a_change_of_all_people_is_not_the_mean_of_the_villages(whole: StudyResult) -> None:
    rows = whole.tables["unit_profile"].set_index("area_id")
    both = whole.settlements.dropna(subset=["population_before_persons", "population_persons"])
    sums = both.groupby("unit_id")[["population_before_persons", "population_persons"]].sum()
    wanted = sums["population_persons"] / sums["population_before_persons"] - 1
    assert rows["change_10_years"].to_dict() == pytest.approx(wanted.astype(float).to_dict())


@pytest.mark.parametrize("table", ["access_indicators", "viability", "facility_load"])
def test_a_place_has_the_same_figures_in_every_folder(table: str, whole: StudyResult, district: StudyResult) -> None:
    own, everything = district.tables[table], whole.tables[table]
    keys = [name for name in KEYS if name in own]
    shared = everything.merge(own[keys], on=keys)[own.columns]
    assert len(own) > 0
    pd.testing.assert_frame_equal(own.sort_values(keys, ignore_index=True), shared.sort_values(keys, ignore_index=True))


def test_without_any_facility_nothing_is_told(tmp_path: Path) -> None:
    facilities = facilities_frame("A").iloc[:0]
    result = run_toy(tmp_path, facilities_table=facilities)
    assert result.tables["access_indicators"].empty
    assert result.tables["unit_profile"]["below_norm_share"].isna().all()
    need = result.row("transfer_need", basis="access")
    assert pd.isna(need["capex"])
    assert (need["below_settlements"], need["unknown_settlements"]) == (0, 6)


@pytest.mark.parametrize(
    ("line", "place", "words"),
    [
        ('remoteness_pack = "nope"', "diagnosis.remoteness_pack", "nope"),
        ('remoteness_pack = "iiep"', "diagnosis.remoteness_pack", "iiep"),
    ],
)
def test_a_pack_without_classes_is_refused(tmp_path: Path, line: str, place: str, words: str) -> None:
    folder = write_toy(tmp_path)
    with (folder / "study.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[diagnosis]\n{line}\n")
    with pytest.raises(DataError) as caught:
        load_study(folder)
    (fault,) = caught.value.faults
    assert fault.column == place
    assert words in fault.message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ('season_rule = "any"', "not about every season"),
        ("applies_if = { pop_min = 50 }", "some settlements only"),
    ],
)
def test_siting_refuses_a_norm_that_it_cannot_answer(tmp_path: Path, change: str, words: str) -> None:
    folder = write_toy(tmp_path)
    (folder / "norms").mkdir()
    (folder / "norms" / "own.toml").write_text(
        'pack = "own"\ntitle = "Own"\n[[norm]]\nnorm_id = "near"\nservice = "phc"\nlevel = "fap"\nmetric = "minutes"\n'
        f'value = 30\nunit = "min"\n{change}\ntitle_en = "Near"\nsource = "test"\nconfidence = "H"\nverified = false\n',
        encoding="utf-8",
    )
    text = (folder / "study.toml").read_text(encoding="utf-8")
    (folder / "study.toml").write_text(text.replace("who-lancet/phc-60-minutes", "own/near"), encoding="utf-8")
    with pytest.raises(DataError, match=words):
        load_study(folder)


def test_a_site_outside_every_settlement_is_paid_for_by_its_unit(tmp_path: Path) -> None:
    folder = write_toy(tmp_path, facilities_table=facilities_frame("A"))
    lon, lat = raw_roads().set_index("edge_id").geometry["BC"].coords[1]  # half way between two villages
    candidates = f"candidate_id,lon,lat,service,kind,capex\njunction,{lon},{lat},phc,new,5000000\n"
    (folder / "candidates.csv").write_text(candidates, encoding="utf-8")
    text = (folder / "study.toml").read_text(encoding="utf-8")
    text = text.replace('speeds = "speeds.csv"', 'speeds = "speeds.csv"\ncandidates = "candidates.csv"')
    (folder / "study.toml").write_text(text, encoding="utf-8")
    result = next(iter(run_study(load_study(folder), ["T1"])))
    own = result.table("interventions", basis="access", remedy="open")
    need = result.row("transfer_need", basis="access")
    assert own["settlement_id"].tolist() == [""]
    assert (need["capex"], need["n_priced"]) == (5_000_000, 1)
