"""People to come in the six-village district: today's counts first, by age or growth, kept to a total, thresholds."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from geo.errors import DataError
from geo.norms import load_pack
from geo.planning.cohorts import change_ratios, persons_of_ages, project_cohorts
from geo.planning.demand import growth_rate, shrunken_rate, unit_growth
from geo.report.sections import people_to_come
from geo.study import load_study
from geo.study.config_projection import Control, Projection
from geo.study.load import StudyData
from geo.study.outlook import look_ahead, persons_by_year, service_multiples
from geo.study.programme.asset_life import judged, stranded_sites
from geo.study.programme.people import projection_rows
from tests import toy
from tests.planning.district import AGES_BEFORE, AGES_NOW
from tests.study.folders import settlements_frame, write_toy

YEARS = tuple(range(2024, 2035))
#: Made up: ten years before. Nobody counted F.
BEFORE = np.array([2900, 1250, 600, 300, 80, np.nan])


def history() -> pd.DataFrame:
    return settlements_frame().assign(
        pop_year=2024, pop_before=pd.array(BEFORE, dtype="Float64").astype("Int64"), pop_before_year=2014
    )


def ages_frame(villages: str = "ABCDEF") -> pd.DataFrame:
    rows = []
    for year, counts in ((2019, AGES_BEFORE), (2024, AGES_NOW)):
        for village in villages:
            for group, persons in enumerate(np.rint(counts[toy.VILLAGES.index(village)]).astype(int)):
                last = 5 * group + 4 if group < 17 else None
                rows.append((village, year, 5 * group, last, persons))
    frame = pd.DataFrame(rows, columns=["settlement_id", "year", "age_from", "age_to", "persons"])
    return frame.astype({"age_to": "Int64"})


def make(folder, ages: pd.DataFrame | None = None, projection: str = "[projection]") -> StudyData:
    write_toy(folder, settlements=history())
    text = (folder / "study.toml").read_text()
    if ages is not None:
        ages.to_csv(folder / "ages.csv", index=False)
        text = text.replace("[inputs]\n", '[inputs]\nages = "ages.csv"\n')
    (folder / "study.toml").write_text(f"{text}\n{projection}\n", encoding="utf-8")
    return load_study(folder)


def with_rules(study: StudyData, **rules: object) -> StudyData:
    return replace(study, config=study.config.model_copy(update={"projection": Projection(**rules)}))


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> StudyData:
    return make(tmp_path_factory.mktemp("growth"))


@pytest.fixture(scope="module")
def aged(tmp_path_factory) -> StudyData:
    return make(tmp_path_factory.mktemp("ages"), ages_frame())


def total_of(study: StudyData, years=YEARS) -> np.ndarray:
    return persons_by_year(study, study.settlements, study.config.service[0], years)


class TestPersonsByYear:
    def test_the_first_row_is_today(self, study, aged):
        for one in (study, aged):
            found = total_of(one)
            assert found.dtype == np.int64
            assert found.shape == (11, 6)
            assert found[0].tolist() == toy.PERSONS.tolist()

    def test_without_a_projection_everybody_stays(self, study):
        steady = replace(study, config=study.config.model_copy(update={"projection": None}))
        assert (total_of(steady) == toy.PERSONS).all()

    def test_growth_is_the_shrunken_one_and_f_takes_its_district_s(self, study):
        of_unit, _spread = unit_growth(BEFORE, toy.PERSONS, 10)
        own = shrunken_rate(growth_rate(BEFORE, toy.PERSONS, 10), 10, of_unit)
        expected = toy.PERSONS * np.exp(10 * np.where(np.isnan(own), of_unit, own))
        assert np.abs(total_of(study)[-1] - expected).max() < 1
        assert total_of(study)[-1].sum() == round(expected.sum())

    def test_any_rows_in_any_order(self, study):
        some = study.settlements.loc[["E", "A"]]
        found = persons_by_year(study, some, study.config.service[0], YEARS)
        np.testing.assert_array_equal(found, total_of(study)[:, [4, 0]])

    def test_unknown_people_count_as_none_here(self, study):
        settlements = study.settlements.copy()
        settlements.loc["E", ["population_persons", "phc_persons"]] = pd.NA
        found = total_of(replace(study, settlements=settlements))
        assert (found[:, 4] == 0).all()
        assert found[0, 3] == 180

    def test_years_that_begin_after_the_counts_have_the_people_of_those_years(self, study):
        # Counts of 2024: a programme of 2027 to 2029 has the projection's fourth to sixth year, not today's again.
        assert study.settlements["pop_year"].unique().tolist() == [2024]
        np.testing.assert_array_equal(total_of(study, (2027, 2028, 2029)), total_of(study)[3:6])
        assert total_of(study, (2027,))[0].tolist() != toy.PERSONS.tolist()

    def test_years_before_the_counts_have_those_of_the_counts(self, study):
        found = total_of(study, (2022, 2023, 2024, 2025))
        assert (found[:3] == toy.PERSONS).all()
        np.testing.assert_array_equal(found[3], total_of(study)[1])


class TestControls:
    def test_settlements_add_up_to_the_total_in_its_year(self, study):
        kept = with_rules(study, control=(Control(unit="T1", year=2034, persons=5000, source="made up"),))
        found = total_of(kept)
        assert found[-1].sum() == 5000
        assert found[0].tolist() == toy.PERSONS.tolist()

    def test_a_shorter_look_ahead_sees_the_same_way(self, study):
        kept = with_rules(study, control=(Control(unit="T1", year=2034, persons=9000, source="made up"),))
        np.testing.assert_array_equal(total_of(kept, YEARS[:4]), total_of(kept)[:4])

    def test_a_total_between_the_counts_and_the_first_year_asked_for_holds(self, study):
        kept = with_rules(study, control=(Control(unit="T1", year=2026, persons=9000, source="made up"),))
        np.testing.assert_array_equal(total_of(kept, YEARS[3:6]), total_of(kept)[3:6])
        assert total_of(kept)[2].sum() == 9000

    def test_a_unit_with_unknown_people_is_not_kept_to_it(self, study):
        settlements = study.settlements.copy()
        settlements.loc["E", ["population_persons", "phc_persons"]] = pd.NA
        control = (Control(unit="T1", year=2034, persons=5000, source="made up"),)
        outlook = look_ahead(with_rules(replace(study, settlements=settlements), control=control), YEARS)
        assert outlook.refused == ("T1",)
        assert not outlook.raked.any()


class TestByAge:
    def test_all_go_by_age(self, aged):
        outlook = look_ahead(aged, YEARS)
        assert set(outlook.method) == {"cohorts"}
        counts = [np.rint(ages) for ages in (AGES_BEFORE, AGES_NOW)]
        people = project_cohorts(counts[1], change_ratios(*counts), range(11)).sum(axis=2)
        np.testing.assert_allclose(outlook.everybody, people / people[0])

    def test_pupils_move_with_their_age(self, aged):
        pupils = aged.config.service[0].model_copy(update={"demand": ("pop_10_14",)})
        settlements = aged.settlements.assign(aged_10_14_persons=pd.array([240, 96, 36, 14, 3, 64], dtype="Int64"))
        changed = replace(aged, settlements=settlements)
        outlook = look_ahead(changed, YEARS)
        counts = [np.rint(ages) for ages in (AGES_BEFORE, AGES_NOW)]
        children = persons_of_ages(project_cohorts(counts[1], change_ratios(*counts), range(11)), 10, 14)
        np.testing.assert_allclose(service_multiples(changed, outlook, pupils), children / children[0])

    def test_where_a_group_is_missing_growth_is_used_and_it_is_said(self, tmp_path):
        ages = ages_frame()
        found = make(tmp_path, ages[~((ages["settlement_id"] == "E") & (ages["age_from"] == 20))])
        assert dict(zip(toy.VILLAGES, look_ahead(found, YEARS).method, strict=True))["E"] == "growth"
        (fault,) = [fault for fault in found.faults if fault.code == "ages-missing"]
        assert "E" in fault.message


class TestTable:
    def test_low_and_high_lie_around_and_the_first_year_is_today(self, study):
        rows = projection_rows(study, look_ahead(study, YEARS), study.settlements.index)
        assert ((rows["low"] <= rows["base"]) & (rows["base"] <= rows["high"])).all()
        first = rows[rows["year"] == 2024]
        assert (first["low"] == first["high"]).all()
        assert len(rows) == 2 * 6 * 11, "everybody, and those who need a clinic"

    def test_a_unit_without_any_history_is_unknown_and_not_steady(self, study):
        settlements = study.settlements.assign(population_before_persons=pd.array([None] * 6, dtype="Int64"))
        silent = replace(study, settlements=settlements)
        rows = projection_rows(silent, look_ahead(silent, YEARS), settlements.index)
        assert rows.loc[rows["year"] > 2024, "base"].isna().all()
        assert set(rows["method"]) == {"unknown"}


class TestSentences:
    """Two made-up districts' worth of rows: A and B grow, C has people today and nothing tells how it grows."""

    @staticmethod
    def rows(then: dict[str, tuple[float, float, float]], need: str = "", now: float = 100) -> pd.DataFrame:
        found = []
        for village, (low, base, high) in then.items():
            found += [(village, need, 2024, now, now, now), (village, need, 2034, low, base, high)]
        return pd.DataFrame(found, columns=["settlement_id", "need", "year", "low", "base", "high"]).astype(
            dict.fromkeys(("low", "base", "high"), "Float64")
        )

    def test_nothing_projected_is_unknown_and_not_nobody(self):
        text = people_to_come._total(self.rows({"A": (np.nan,) * 3, "B": (np.nan,) * 3}), 2024, 2034)
        assert text.startswith("200 people live here in 2024; how many in 2034 is unknown")

    def test_now_and_then_are_of_the_same_settlements(self):
        rows = self.rows({"A": (80, 90, 110), "B": (70, 80, 95), "C": (np.nan,) * 3})
        text = people_to_come._total(rows, 2024, 2034)
        assert "200 people live there in 2024, and 170 by the projection in 2034: 150 if" in text
        assert "205 if by one more" in text
        assert "1 settlement is in none of these sums (100 people in 2024)" in text

    def test_a_range_of_some_is_not_put_beside_the_sum_of_all(self):
        # 90 + 80 = 170 of both, but the range of A only: 80 to 110 beside 170 would put high below base.
        text = people_to_come._total(self.rows({"A": (80, 90, 110), "B": (np.nan, 80, np.nan)}), 2024, 2034)
        first, second = text.split(". ")
        assert first == "200 people live here in 2024, and 170 by the projection in 2034"
        assert second.startswith("A range is known for 1 of these settlements: 90 people there in 2034, 80 if")

    def test_people_of_a_service_are_compared_in_the_same_settlements(self, study):
        result = SimpleNamespace(service=lambda name: study.config.service[0])
        known = self.rows({"A": (80, 90, 110), "C": (np.nan,) * 3}, "phc")
        text = people_to_come._of_service(result, known, "phc", 2024, 2034)
        assert "100 people need it in 2024, 90 in 2034, without the 100 people in 2024 of 1 settlement that" in text
        silent = people_to_come._of_service(result, self.rows({"A": (np.nan,) * 3}, "phc"), "phc", 2024, 2034)
        assert silent.endswith("100 people need it in 2024; how many in 2034 is unknown.")

    @pytest.mark.parametrize(
        ("verdicts", "said"),
        [
            (["lasting", "falls_short"], ["By the projection no new site falls below"]),
            (["no_threshold", "no_threshold"], ["2 new sites cannot be judged: no norm"]),
            (["unknown"], ["1 new site cannot be judged: how many people"]),
            (
                ["lasting", "no_threshold", "unknown"],
                ["By the projection no new site that can be judged", "1 new site cannot", "1 new site cannot"],
            ),
            (["stranded", "lasting"], []),
        ],
    )
    def test_that_new_sites_last_is_said_of_those_that_were_judged(self, verdicts, said):
        found = people_to_come._not_stranded(pd.Series(verdicts))
        assert [text[: len(start)] for text, start in zip(found, said, strict=True)] == said


class TestAssetLife:
    NORM = next(norm for norm in load_pack("kz-national") if norm.norm_id == "school-basic-pupils")

    def course(self, first: float, rate: float, years: int) -> dict[str, np.ndarray]:
        ahead = np.arange(years + 1)
        return {
            name: first * np.exp((rate + step) * ahead) for name, step in (("low", -0.01), ("base", 0), ("high", 0.01))
        }

    @pytest.mark.parametrize(
        ("pupils", "rate", "verdict", "year"),
        [
            (60, 0.0, "lasting", None),
            # 60 exp(-0.02 t) < 41 from t = ln(60 / 41) / 0.02 = 19.04 on: 2044, before 2049.
            (60, -0.02, "stranded", 2044),
            # At -0.0095 from t = 40.08 on: 2065, after half of 50 years (2049), before 2074.
            (60, -0.0095, "falls_short", 2065),
            (40, 0.01, "stranded", 2024),
        ],
    )
    def test_half_of_the_lifetime_decides(self, pupils, rate, verdict, year):
        found = judged(self.course(pupils, rate, 50), 2024, 50, self.NORM)
        assert found["asset_verdict"] == verdict
        assert (None if np.isnan(found["year_base"]) else found["year_base"]) == year
        assert (found["half_life"], found["ends"]) == (2049, 2074)

    def test_without_a_threshold_there_is_no_verdict(self):
        assert judged(self.course(60, -0.1, 40), 2024, 40, None)["asset_verdict"] == "no_threshold"

    def test_unknown_people_are_not_enough_people(self):
        unknown = {name: np.array([60.0, np.nan, np.nan]) for name in ("low", "base", "high")}
        assert judged(unknown, 2024, 2, self.NORM)["asset_verdict"] == "unknown"


class TestSteppe:
    """The bundled study, whose schools shrink."""

    @pytest.fixture
    def tables(self, run_bundled):
        return run_bundled("steppe", "7032").tables

    def test_stranded_sites_are_named_for_whoever_ranks_robustness(self, tables):
        assert stranded_sites(tables) == {("school", "new-703214200"), ("school", "new-703246150")}

    def test_a_site_of_the_programme_is_there_from_the_year_of_its_item(self, tables):
        rows, items = tables["asset_life"], tables["programme_items"]
        by_item = rows[rows["opened_by"] == "programme"]
        built = items[items["action"].isin(["open", "upgrade"]) & items["year"].notna()]
        year = {
            (service, row.settlement_id): int(row.year)
            for row in built.itertuples()
            for service in str(row.services).split()
        }
        assert len(by_item)
        keys = list(zip(by_item["service"], by_item["settlement_id"], strict=True))
        assert [year[key] for key in keys] == by_item["opens"].tolist()
        assert (by_item["half_life"] == by_item["opens"] + by_item["lifetime_years"] / 2).all()
        # What no item opens is of the headline plan, from the programme's first year on, not from that of the counts.
        others = rows[rows["opened_by"] == "headline"]
        assert set(others["opens"]) == {tables["programme_years"]["year"].min()}
        assert not set(zip(others["service"], others["settlement_id"], strict=True)) & set(year)

    def test_a_programme_has_the_people_of_the_projection_in_each_of_its_years(self, tables):
        # Counts of 2024, a programme from 2027 on: before, its 2027 had the counts of 2024.
        rows = tables["projection"]
        projected = rows[rows["need"] == "school"].groupby("year")["base"].sum()
        needs = tables["programme_needs"]
        own = needs[needs["service"] == "school"].groupby("year")["persons"].max()
        assert own.index[0] > rows["year"].min()
        assert own.tolist() == projected[own.index].tolist()

    def test_a_warning_keeps_to_its_rule(self, tables):
        rows = tables["projection_events"]
        warned = rows[rows["warning"] == "closure_spiral"]
        assert len(warned)
        assert warned["only_here"].all()
        assert warned["year_base"].notna().all()
        assert (warned["growth"] < -0.005).all()
        assert not (rows.loc[rows["subject"] == "settlement", "warning"] != "").any(), "no village is warned of"

    def test_events_are_those_of_the_thresholds(self, tables):
        rows, beside = tables["projection_events"], tables["viability"]
        known = beside[beside[["year_low", "year_base", "year_high"]].notna().any(axis=1)]
        key = ["settlement_id", "site_id", "norm_id", "year_base"]
        pd.testing.assert_frame_equal(
            rows[key].sort_values(key, ignore_index=True), known[key].sort_values(key, ignore_index=True)
        )


class TestFaults:
    def codes(self, tmp_path, *args) -> list[str]:
        with pytest.raises(DataError) as error:
            make(tmp_path, *args)
        return [fault.code for fault in error.value.faults]

    def test_controls_of_nobody_and_of_the_past(self, tmp_path):
        control = '[[projection.control]]\nunit = "{}"\nyear = {}\npersons = 5000\nsource = "made up"\n'
        text = "[projection]\n" + control.format("T9", 2034) + control.format("T1", 2024)
        assert self.codes(tmp_path, None, text) == ["unknown-unit", "past-control-total"]

    def test_two_totals_for_one_year(self, tmp_path):
        control = '[[projection.control]]\nunit = "T1"\nyear = 2034\npersons = 5000\nsource = "made up"\n'
        assert self.codes(tmp_path, None, "[projection]\n" + 2 * control) == ["bad-setting"]

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"settlement_id": "Z"}, "unknown-settlement"),
            ({"age_to": 9}, "no-five-year-group"),
            ({"age_from": 5, "age_to": 9}, "duplicate-age"),
        ],
    )
    def test_wrong_rows_of_ages(self, tmp_path, change, code):
        ages = ages_frame()
        for column, value in change.items():
            ages.loc[0, column] = value
        assert code in self.codes(tmp_path, ages)

    def test_one_count_is_no_change(self, tmp_path):
        ages = ages_frame()
        assert self.codes(tmp_path, ages[ages["year"] == 2024]) == ["no-earlier-ages"]
