"""Robustness of a study from files to sentences: golden shares, common random numbers, and what the pages say."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from geo.language import using
from geo.planning.robustness import Draws, around_one
from geo.report.sections.robustness import robustness as report_part
from geo.study import StudyResult, explain, load_study, unit
from geo.study.config_robustness import Robustness
from geo.study.prepare import Prepared, prepare
from geo.study.programme import robustness as part
from geo.study.programme.planned import PlannedUnit
from geo.study.programme.sensitivity import Sensitivity
from geo.study.result import WHOLE_STUDY
from geo.study.robust_words import percent_of_runs, robustness_sentence
from geo.study.tabulate import typed
from geo.study.unit import run_unit
from tests.study.folders import write_toy

RUNS = 40
#: Nothing is varied but what a test adds.
NOTHING = Robustness(
    runs=RUNS,
    runs_all=20,
    speed_sigma=0,
    closures=False,
    population=False,
    norm_share=0,
    price_share=0,
    budget_share=0,
)


def toy_study(folder, service: str = "open = 1", closures: str = "") -> Prepared:
    """The six villages in the dry season, with a clinic in A and a norm of 60 minutes."""
    write_toy(folder, service=service)
    text = (folder / "study.toml").read_text(encoding="utf-8")
    head, _dry, *_rest = text.split("[[season]]")
    if closures:
        (folder / "closures.csv").write_text(f"edge_id,season,reason,probability\n{closures}", encoding="utf-8")
        head = head.replace('sources = "none"', 'sources = "none"\nclosures = "closures.csv"')
    service_text = text[text.index("[[service]]") :]
    only_dry = f'{head}[[season]]\nname = "dry"\nweight = 1.0\n{service_text}\n[robustness]\nruns = {RUNS}\n'
    (folder / "study.toml").write_text(only_dry, encoding="utf-8")
    return prepare(load_study(folder))


@pytest.fixture(scope="module")
def toy_prepared(tmp_path_factory) -> Prepared:
    return toy_study(tmp_path_factory.mktemp("toy"))


def varied(prepared: Prepared, settings: Robustness | None = NOTHING, **changes: object) -> Prepared:
    """The same study with other settings."""
    chosen = settings if settings is None else settings.model_copy(update=changes)
    config = prepared.study.config.model_copy(update={"robustness": chosen})
    return replace(prepared, study=replace(prepared.study, config=config))


def planned(prepared: Prepared, unit_id: str = "T1", tables: dict[str, pd.DataFrame] | None = None) -> PlannedUnit:
    settlements = unit._unit_settlements(prepared.study, unit_id)
    sites = unit._visible_sites(prepared, unit_id)
    own = unit._part(prepared, prepared.study.config.service[0], unit_id, settlements, sites, "base")
    return PlannedUnit(prepared, unit_id, settlements, sites, [(own, own.plans(alternatives=False))], tables or {})


def tables_of(prepared: Prepared, unit_id: str = "T1") -> dict[str, pd.DataFrame]:
    return {name: typed(name, rows) for name, rows in part.robustness(planned(prepared, unit_id)).items()}


def shares(tables: dict[str, pd.DataFrame]) -> dict[str, float]:
    return dict(zip(tables["robustness"]["site_id"], tables["robustness"]["chosen_share"], strict=True))


@pytest.fixture(scope="module")
def norm_only(toy_prepared) -> StudyResult:
    """The norm alone is varied: 30 to 90 minutes."""
    return run_unit(varied(toy_prepared, norm_share=0.5), "T1")


def test_nothing_varied_leaves_every_site_of_the_plan_in_all_runs(toy_prepared):
    tables = tables_of(varied(toy_prepared))
    assert shares(tables) == {"new-C": 1.0}
    row = tables["robustness"].iloc[0]
    assert (row["runs"], row["chosen_runs"], row["robustness_label"], row["assumption"]) == (RUNS, RUNS, "robust", "")
    runs = tables["robustness_runs"]
    assert runs["same_plan"].all()
    assert (runs["regret_persons"] == 0).all()
    # 60 minutes with clinics in A and C leave out nobody: B 25.7, D 30, E 54, F 40.
    assert (runs["plan_persons"] == 5670).all()
    assert not len(tables["tornado"])


def test_the_norm_decides_between_c_and_f_at_forty_minutes(norm_only):
    # 60 min give or take a half; F is best below 40 min, which is (40 - 30) / (90 - 30) = 1 run in 6.
    factor = around_one(Draws(0, RUNS).uniform("norm"), 0.5)[:, 0]
    expected = float((60 * factor >= 40).mean())
    assert shares(norm_only.tables) == pytest.approx({"new-C": expected, "new-F": 1 - expected})
    assert 0.7 < expected < 1
    rows = norm_only.tables["robustness"].set_index("site_id")
    assert list(rows["assumption"]) == ["norm", "norm"]
    assert list(rows["direction"]) == ["more", "less"]
    assert (rows["share_low"] < rows["chosen_share"]).all()
    assert (rows["share_high"] > rows["chosen_share"]).all()
    assert rows.loc["new-F", "robustness_label"] == "weak"
    runs = norm_only.tables["robustness_runs"]
    assert list(runs["open_sites"]) == ["new-C" if 60 * one >= 40 else "new-F" for one in factor]


def test_the_tornado_of_the_norm_is_worked_out_by_hand(norm_only):
    (row,) = norm_only.tables["tornado"].to_dict("records")
    # 30 min with clinics in A and C: E (54 min) and F (40 min) are beyond, 40 + 800 people; F would be opened instead.
    # 90 min: nobody.
    assert (row["assumption"], row["low_value"], row["high_value"]) == ("norm", 0.5, 1.5)
    assert (row["low_persons"], row["base_persons"], row["high_persons"]) == (840, 0, 0)
    assert (row["low_sites"], row["high_sites"]) == ("new-F", "")


def test_a_budget_and_prices_count_only_where_money_is_limited(tmp_path, norm_only):
    assert set(norm_only.tables["tornado"]["assumption"]) == {"norm"}
    tables = tables_of(varied(toy_study(tmp_path, service="budget = 0"), budget_share=0.3))
    assert list(tables["tornado"]["assumption"]) == ["budget"]


def test_a_closure_by_chance_closes_its_road_as_often_as_it_says(tmp_path):
    # The road B-C is closed in 3 years of 10, then C, D, E go round by F: B-F 48, F-C 40 min.
    tables = tables_of(varied(toy_study(tmp_path, closures="BC,dry,ice,0.3\n"), closures=True))
    numbers = Draws(0, RUNS).uniform("closure:dry:ice")[:, 0]
    draws = tables["robustness_runs"]["draws"]
    assert ["=1.000" in text for text in draws] == (numbers < 0.3).tolist()
    assert tables["robustness_runs"]["plan_persons"].nunique() <= 2
    row = tables["tornado"].iloc[0]
    assert (row["assumption"], row["assumption_about"]) == ("closure", "dry:ice")


def test_a_run_with_nothing_changed_has_the_times_of_the_study(tmp_path):
    # The road B-C counts as closed in the study, as it is in 7 years of 10; the road A-B counts as open.
    prepared = varied(toy_study(tmp_path, closures="BC,dry,ice,0.7\nAB,dry,snow,0.4\n"), closures=True)
    assumptions, ((own, plans),) = prepared.assumptions, planned(prepared).services
    assert [event.name.about for event in assumptions.events] == ["dry:ice", "dry:snow"]
    mask = np.isin(np.arange(own.problem.n_sites), plans["headline"].open_sites)
    sensitivity = Sensitivity(prepared, assumptions, [own], [mask], 1)
    runs = assumptions.as_planned()
    problem = sensitivity.problem(0, sensitivity.times(runs, 0), runs, 0)
    np.testing.assert_array_equal(problem.milliseconds, own.problem.milliseconds)
    np.testing.assert_array_equal(problem.persons, own.problem.persons)
    assert (problem.limit_ms, problem.n_open) == (own.problem.limit_ms, own.problem.n_open)
    (outcome,) = sensitivity.outcomes(runs)
    np.testing.assert_array_equal(outcome.best[0], mask)


def test_run_k_sees_the_same_draws_when_another_assumption_is_switched_on(toy_prepared, norm_only):
    both = varied(toy_prepared, norm_share=0.5, speed_sigma=0.2, population=True)
    texts = tables_of(both)["robustness_runs"]["draws"]
    norm = [re.search(r"norm=([\d.]+)", text)[1] for text in texts]
    alone = [re.search(r"norm=([\d.]+)", text)[1] for text in norm_only.tables["robustness_runs"]["draws"]]
    assert norm == alone
    assert all("speed:" in text and "population" in text for text in texts)


def test_the_same_seed_gives_the_same_tables_and_another_one_others(toy_prepared):
    settings = {"runs": 20, "speed_sigma": 0.3, "population": True, "norm_share": 0.3}
    once, twice, other = (tables_of(varied(toy_prepared, **settings, **more)) for more in ({}, {}, {"seed": 5}))
    for name in ("robustness", "robustness_runs", "tornado"):
        assert_frame_equal(once[name], twice[name])
    assert list(once["robustness_runs"]["draws"]) != list(other["robustness_runs"]["draws"])


def test_shares_are_shares_and_the_headline_never_beats_the_best(toy_prepared):
    tables = tables_of(varied(toy_prepared, Robustness(runs=20, speed_sigma=0.5, norm_share=0.5)))
    table, runs = tables["robustness"], tables["robustness_runs"]
    assert table["chosen_share"].between(0, 1).all()
    assert (table["chosen_runs"] <= table["runs"]).all()
    assert (table["share_low"] <= table["chosen_share"]).all()
    assert (table["share_high"] >= table["chosen_share"]).all()
    assert (runs["regret_persons"] >= 0).all()
    assert (runs.loc[runs["same_plan"].astype(bool), "regret_persons"] == 0).all()


def test_no_runs_without_the_key_in_a_draft_and_where_there_are_too_many_settlements(toy_prepared, norm_only):
    prepared = varied(toy_prepared, most_settlements=5)
    assert part.robustness(planned(prepared)) == {}
    empty = {name: typed(name, pd.DataFrame()) for name in ("robustness", "robustness_runs", "tornado")}
    result = replace(norm_only, config=prepared.study.config, tables=dict(norm_only.tables) | empty)
    with using("en"):
        assert "at most 5 settlements" in report_part(result).sentences[0]
        assert robustness_sentence(result, "phc", "new-C") == ""
    without = varied(toy_prepared, None)
    assert part.robustness(planned(without)) == {}
    assert report_part(replace(result, config=without.study.config)) is None
    assert not len(run_unit(toy_prepared, "T1", draft=True).tables["robustness"])


def test_the_whole_study_makes_its_own_number_of_runs(toy_prepared):
    tables = tables_of(varied(toy_prepared), WHOLE_STUDY)
    assert len(tables["robustness_runs"]) == 20


def test_words_about_a_site(norm_only):
    with using("en"):
        sentence = robustness_sentence(norm_only, "phc", "new-C")
        assert re.fullmatch(
            r"Chosen in \d+ % of 40 sensitivity runs: robust\. "
            r"Depends most on: the norm \(chosen more often where it allows more time\)\.",
            sentence,
        )
        assert sentence in explain.recommendation(norm_only, "phc", 1)
        assert "check this before deciding" in robustness_sentence(norm_only, "phc", "new-F")


def test_only_what_was_varied_is_named(norm_only):
    with using("en"):
        (done, between) = report_part(norm_only).sentences
        assert done == "The plan was worked out again in 40 runs with other norms."
        assert "of the people are within the norm" in between
        demand = norm_only.config.demand.model_copy(update={"counts": "settlements"})
        places = replace(norm_only, config=norm_only.config.model_copy(update={"demand": demand}))
        assert "of the settlements are within the norm" in report_part(places).sentences[1]


def test_percentages_never_round_a_weak_site_to_a_sure_one():
    with using("en"):
        found = [percent_of_runs(part, 200) for part in (0, 1, 99, 100, 159, 160, 199, 200)]
    assert found == ["0", "1", "49.5", "50", "79.5", "80", ">99", "100"]


def test_a_stranded_site_is_never_robust(toy_prepared):
    life = pd.DataFrame({"service": ["phc"], "site_id": ["new-C"], "asset_verdict": ["stranded"]})
    found = part.robustness(planned(varied(toy_prepared), tables={"asset_life": life}))
    row = found["robustness"].iloc[0]
    assert (row["chosen_share"], row["stranded"], row["robustness_label"]) == (1.0, True, "moderate")


def test_the_report_of_the_steppe_names_a_weak_site_in_plain_words(run_bundled):
    result = run_bundled("steppe", "7036")
    rows = result.tables["robustness"]
    weak = rows[rows["in_headline"].astype(bool) & (rows["robustness_label"] == "weak")]
    assert len(weak)
    assert set(rows["runs"]) == {200}
    with using("en"):
        part_of_report = report_part(result)
        text = " ".join(part_of_report.sentences)
        assert "worked out again in 200 runs" in text
        assert "Weak choice" in text
        for site in weak["site_id"]:
            assert explain.site_name(result, "phc", str(site)) in text
        assert "proposed" in part_of_report.caveat
    assert len(part_of_report.charts) == 2
    for chart in part_of_report.charts:
        inside = [one["x"] >= 0 and one["x"] + one["width"] <= chart["width"] for one in chart["rects"]]
        assert all(inside)
        assert len({one["y"] for one in chart["rects"]}) == len(chart["rects"]) - 1


def test_people_of_runs_stay_whole_and_near_those_of_the_study(run_bundled):
    runs = run_bundled("steppe", "7036").tables["robustness_runs"]
    assert (runs["plan_persons"] <= runs["run_persons"]).all()
    assert np.isfinite(runs["run_persons"].astype(float)).all()
