"""A programme from a study's files: the six villages worked out by hand, money, refusals, what is only declared."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from geo.errors import DataError
from geo.language import LANGUAGES, using
from geo.planning.measure import need_ms, unmet_needs
from geo.planning.programme import Item, programme_of, solve_programme
from geo.report.hearing import hearing_page
from geo.report.sections import programme as section
from geo.report.sections.chapter import programme_chapter
from geo.study import StudyResult, load_study, run_study
from geo.study.prepare import prepare
from geo.study.programme import sentences
from geo.study.programme.budget_words import other_sums
from geo.study.programme.case import UnitCase, unit_case
from geo.study.programme.debts import needed_remedies
from geo.study.programme.items import item_rows
from geo.study.programme.plan import programme_part
from geo.study.programme.planned import PlannedUnit
from geo.study.programme.renewal import changed_in
from geo.study.tabulate import typed
from geo.study.unit import _unit_settlements, _visible_sites
from tests.study.folders import facilities_frame, settlements_frame, write_toy

#: Made-up prices in million KZT.
COSTS = """item,unit,value,opex_year,currency,price_year,lifetime_years,source
phc/fap,object,130,15,KZT,2025,40,made up
phc/hospital,object,900,90,KZT,2025,50,made up
"""
#: One feldsher point a year, nothing for worn buildings.
PROGRAMME = """
[programme]
start_year = 2027
years = 3
budget = 130
renewal_share = 0
discount_rate = 0
"""
AUTHORITY = """
[[programme.authority]]
service = "phc"
competent_body = { en = "Health department", ru = "Управление здравоохранения", kk = "Денсаулық сақтау басқармасы" }
legal_basis = { en = "Order 1", ru = "Приказ 1", kk = "1-бұйрық" }
"""


#: Two hours instead of one.
LONG_NORM = {"norm": "who-lancet/surgery-120-minutes"}


def write(folder: Path, programme: str = PROGRAMME, *, costs: str | None = COSTS, norm: str = "", **toy_parts) -> Path:
    folder = write_toy(folder, **toy_parts)
    text = (folder / "study.toml").read_text(encoding="utf-8") + programme
    if norm:
        text = text.replace("who-lancet/phc-60-minutes", norm)
    if costs is not None:
        (folder / "costs.csv").write_text(costs, encoding="utf-8")
        text = text.replace("[network]", 'costs = "costs.csv"\n\n[network]')
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return folder


def run(folder: Path) -> StudyResult:
    return next(iter(run_study(load_study(folder), ["T1"])))


def planned_unit(folder: Path) -> PlannedUnit:
    study = load_study(folder)
    prepared = prepare(study)
    return PlannedUnit(prepared, "T1", _unit_settlements(study, "T1"), _visible_sites(prepared, "T1"), (), {})


def tables_of(folder: Path) -> dict[str, pd.DataFrame]:
    """Return the programme's tables alone, without the rest of the unit."""
    return {name: typed(name, frame) for name, frame in programme_part(planned_unit(folder)).items()}


def with_tables(result: StudyResult, tables: dict[str, pd.DataFrame]) -> StudyResult:
    return dataclasses.replace(result, tables={**result.tables, **tables})


def case_of(folder: Path) -> UnitCase:
    unit = planned_unit(folder)
    case = unit_case(unit.prepared, unit.prepared.study.config.programme, "T1", unit.settlements, unit.sites)
    assert case is not None
    return case


@pytest.fixture(scope="module")
def result(tmp_path_factory) -> StudyResult:
    return run(write(tmp_path_factory.mktemp("programme")))


def test_the_programme_of_the_six_villages_is_the_one_worked_out_by_hand(result):
    """60 minutes in every season, a clinic in A, one more a year; E with its 40 people is too small for a building.

    Beyond the norm today: C 450 (73 min in winter), F 800 (101 min in winter), D 180 and E 40 (no way in thaw).
    A clinic in F brings F within (800), in B or C brings C within (450: B-C is 41 min in winter; D-C is closed in
    thaw, F-B is 69 min), in D brings D within (180). So F, then B or C, then D: 670 + 220 + 40 = 930 person-years.
    B or C: kappa = -204,919 / 24,442,950 = -0.00838. With B: 1200 + 450 exp(0.00838 x 41.1) = 1835; with C:
    1200 exp(0.00838 x 32.1) + 450 = 2021. B makes trips less unequal.
    """
    items = result.tables["programme_items"]
    planned = items[items["year"].notna()]
    found = list(planned[["year", "site_id", "gained_persons"]].itertuples(index=False, name=None))
    assert found == [(2027, "new-F", 800), (2028, "new-B", 450), (2029, "new-D", 180)]
    assert list(planned["cost_per_person"]) == pytest.approx([130 / 800, 130 / 450, 130 / 180])
    years = result.tables["programme_years"]
    assert list(years["unmet_persons"]) == [670, 220, 40]
    assert set(years["unmet_before_persons"]) == {1470}
    assert list(years["running_growth"]) == [15, 30, 45]
    places = result.tables["programme_places"].sort_values("settlement_id")
    found = places.fillna({"within_from_year": 0})[["settlement_id", "persons", "below_today", "within_from_year"]]
    assert list(found.itertuples(index=False, name=None)) == [
        ("C", 450, True, 2028),
        ("D", 180, True, 2029),
        ("E", 40, True, 0),
        ("F", 800, True, 2027),
    ]
    goal = result.row("programme_goals", goal="unmet-person-years")
    assert (goal["value"], goal["bound"], goal["status"]) == (930, 930, "optimal")
    assert "Proven" in sentences.proof(result)


def test_the_money_of_no_year_is_exceeded_and_more_of_it_leaves_nobody_more_below_the_norm(tmp_path, result):
    rich = tables_of(write(tmp_path, PROGRAMME.replace("budget = 130", "budget = [130, 400, 0]")))
    for years in (result.tables["programme_years"], rich["programme_years"]):
        assert (years["spent_access"] + years["spent_renewal"] + years["left"] == years["budget"]).all()
        assert (years["left"] >= 0).all()
    assert list(rich["programme_years"]["unmet_persons"]) == [670, 40, 40]


def test_other_sums_are_compared_and_a_smaller_programme_may_be_the_beginning_of_the_larger(tmp_path, result):
    """Half of 130 a year builds nothing: 1470 a year. Twice: F and B in the first year, D in the next: 180 + 2 x 40.

    The money left makes trips less unequal: C, the last place that may have one. With 130 a year the first three come,
    one a year: 930 person-years, 40 people at the end.
    """
    text = PROGRAMME.replace("budget = 130", "budget = 130\nbudget_shares = [0.5, 2]")
    rows = tables_of(write(tmp_path, text))["programme_budgets"]
    columns = ["budget_share", "budget", "n_items", "unmet_person_years", "bound", "unmet_persons"]
    assert rows[columns].to_numpy().tolist() == [
        [0.5, 195, 0, 4410, 4410, 1470],
        [1, 390, 3, 930, 930, 40],
        [2, 780, 4, 300, 300, 40],
    ]
    assert rows["nested"].iloc[1:].tolist() == [True, True]
    spoken = " ".join(other_sums(with_tables(result, {"programme_budgets": rows})))
    assert "With 50 % of the money (195\xa0KZT): 1,470 below a norm at the end, instead of 40." in spoken
    assert spoken.count("is the beginning of the larger one") == 2
    assert not len(result.tables["programme_budgets"])
    assert other_sums(result) == []


def test_debts_fall_with_each_delivered_item_and_stay_where_nothing_is_done(result):
    """Today's debt: F 130, B 130 (as near to C as C itself, and first), D 130; E has no remedy.

    When only the 40 people of E are left, what they are owed is not known, and not 0.
    """
    norms = result.table("debt_ledger", kind="norms")
    assert list(norms["amount"].iloc[:2]) == [260, 130]
    assert pd.isna(norms["amount"].iloc[2])
    assert list(norms["amount_without"]) == [390, 390, 390]
    assert list(norms["unremedied_persons"]) == list(norms["unremedied_without_persons"]) == [40, 40, 40]
    assert pd.isna(result.tables["programme_years"]["debt"].iloc[-1])
    part = section.debts(result)
    assert part is not None
    assert any("For 40 people below a norm at the end of 2029" in text for text in part.sentences)
    assert [row[4] for row in part.tables[0].rows if row[1] == "norms not met"] == [
        "at least 390\N{NO-BREAK SPACE}KZT"
    ] * 3


def test_needs_that_a_closing_leaves_unmet_are_owed_too(tmp_path):
    """A and C are clinics; closing C takes C's 450 people, and others, beyond the norm who are within it today."""
    unit = case_of(write(tmp_path, facilities_table=closable("C")))
    case = unit.case
    place = case.place_ids.index("clinic-C")
    closing = next(n for n, o in enumerate(case.options) if o.place_id == "clinic-C" and o.action == "close")
    in_force = np.tile(case.today, (len(case.years), 1))
    in_force[:, place] = closing
    programme = programme_of(case, in_force)
    newly = programme.years[0].unmet & ~unmet_needs(case, need_ms(case, case.today))
    assert newly.any()
    met = np.any([remedy.met for remedy in needed_remedies(unit, programme)], axis=0)
    assert met[newly].all()


def test_only_what_mends_a_building_makes_it_good(tmp_path):
    """A hospital that becomes a feldsher point keeps its worn building; one that is closed or raised does not."""
    table = closable("A").assign(level=["hospital", "fap"])
    need = '[[programme.need]]\nservice = "phc"\nlevel = "hospital"\n'
    unit = case_of(write(tmp_path, PROGRAMME + "may_downgrade = true\n" + need, facilities_table=table))
    good = {}
    for number, option in enumerate(unit.case.options):
        if not option.place_id.startswith("new-"):
            item = Item(number, unit.case.place_ids.index(option.place_id), 1)
            good[option.option_id] = changed_in(unit, SimpleNamespace(items=(item,))) == {item.place: 1}
    assert good == {
        "clinic-A:keep": False,
        "clinic-A:downgrade:fap": False,
        "clinic-A:close:hospital": True,
        "clinic-C:keep": False,
        "clinic-C:upgrade:hospital": True,
    }


def test_what_an_unproven_programme_leaves_out_may_have_the_money(tmp_path):
    """Only where the first goal is proven is it certain that nothing left out could be paid for."""
    unit = case_of(write(tmp_path, PROGRAMME.replace("years = 3", "years = 1")))
    proven = solve_programme(unit.case)
    assert proven.unfunded
    unproven = dataclasses.replace(
        proven, stages=(dataclasses.replace(proven.stages[0], status="feasible"), *proven.stages[1:])
    )
    for programme, code in ((proven, "money"), (unproven, "proof")):
        rows = list(item_rows(load_study(tmp_path), unit, programme, ()))
        waiting = [row["lacks"].split() for row in rows if row["year"] is None]
        assert waiting
        assert all(code in lacks and len({"money", "proof"} & {*lacks}) == 1 for lacks in waiting)


def test_prices_that_grow_make_what_is_put_off_dearer(tmp_path):
    folder = write(tmp_path, PROGRAMME + "price_growth = 0.1\n")
    ledger = tables_of(folder)["debt_ledger"]
    assert list(ledger[ledger["kind"] == "norms"]["amount_without"]) == pytest.approx(
        [390 * 1.1, 390 * 1.21, 390 * 1.331]
    )


def test_without_a_ground_items_are_declarative_and_with_one_they_are_funded(tmp_path, result):
    items = result.tables["programme_items"]
    assert set(items["funding"]) == {"declarative"}
    assert set(items["lacks"]) == {"body basis"}
    texts = [text for part in programme_chapter(result) for text in part.sentences]
    assert any("no legal basis is named" in text for text in texts)
    folder = write(tmp_path, PROGRAMME.replace("years = 3", "years = 1") + AUTHORITY)
    short = dataclasses.replace(with_tables(result, tables_of(folder)), config=load_study(folder).config)
    rows = short.tables["programme_items"].set_index("site_id")
    assert tuple(rows.loc["new-F", ["funding", "lacks", "competent_body"]]) == ("funded", "", "Health department")
    unfunded = rows[rows["year"].isna()]
    assert set(unfunded["lacks"]) == {"money"}
    assert unfunded["gained_persons"].sum() == 450 + 180
    with using("ru"):
        assert "Управление здравоохранения; Приказ 1" in sentences.grounds(short)[0]


def closable(*villages: str, also: str = "") -> pd.DataFrame:
    return facilities_frame("A", "C").assign(closable=[village in villages for village in ("A", "C")])


def test_a_closing_is_refused_because_of_villages_by_name_with_minutes_and_season(tmp_path):
    """Without the clinic in C its people go to A: 73.3 min in winter.

    D and E travel as much on top of theirs; F, in the dry season, goes to A in 73.7 instead of to C in 40 minutes.
    """
    result = run(write(tmp_path, facilities_table=closable("C")))
    rows = result.tables["closure_refusals"]
    assert set(rows["harmed_settlement_id"]) == {"C", "D", "E", "F"}
    own = rows[(rows["harmed_settlement_id"] == "C") & (rows["season"] == "winter")].iloc[0]
    assert (own["before_minutes"], own["after_minutes"]) == pytest.approx((0, 73.2857), abs=1e-4)
    (sentence,) = sentences.refusals(result)
    assert sentence.startswith("Closing Clinic of C is refused.")
    plain = sentence.replace("\u00a0", " ")
    assert "Village C: 450 people would travel 74 min instead of 0 min (winter)" in plain
    assert "Village D: 180 people would travel 2 h 14 min instead of 60 min (winter)" in plain
    assert not (result.tables["programme_items"]["action"] == "close").any()
    assert not len(result.tables["programme_losers"])


def test_a_closing_that_the_study_allows_lists_everybody_who_is_worse_off(tmp_path):
    """Within two hours A serves C too, D and E are cut off in thaw either way: closing C saves 15 a year.

    It is allowed to lengthen trips by 100 minutes; everybody whose trip it lengthens is on the list.
    """
    programme = PROGRAMME.replace("budget = 130", "budget = 0") + "equity = false\nmax_worsening_minutes = 100\n"
    found = tables_of(write(tmp_path, programme, facilities_table=closable("C"), **LONG_NORM))
    items = found["programme_items"]
    assert list(items["site_id"][items["action"] == "close"]) == ["clinic-C"]
    assert list(items["opex_year"][items["action"] == "close"]) == [-15]
    losers = found["programme_losers"]
    assert set(losers["settlement_id"]) == {"C", "D", "E", "F"}
    assert losers["longer_minutes"].max() == pytest.approx(73.2857, abs=1e-4)


def test_a_protected_facility_is_refused_with_its_reason(tmp_path, result):
    villages = settlements_frame().assign(protected_reason=["", "", "border village", "", "", ""])
    found = tables_of(write(tmp_path, settlements=villages, facilities_table=closable("C")))
    rows = found["closure_refusals"]
    assert set(rows["refused_because"]) == {"protected"}
    assert "it is protected (border village)" in sentences.refusals(with_tables(result, found))[0]


def test_worn_buildings_are_renewed_with_the_money_kept_for_them_the_most_worn_first(tmp_path):
    """Half of 160 is kept: the other 80 is too little for a new clinic (130), so all of it is left for the buildings.

    A is worn 88 per cent: a new building for 130 in the first year. The 30 that are left then do not pay for
    renovating C (worn 72 per cent, 0.45 x 130 = 58.5): it follows in the second.
    """
    table = facilities_frame("A", "C").assign(wear_pct=[88, 72])
    programme = PROGRAMME.replace("budget = 130", "budget = 160").replace("renewal_share = 0", "renewal_share = 0.5")
    found = tables_of(write(tmp_path, programme, facilities_table=table))
    rows = found["programme_items"].set_index("site_id")
    assert tuple(rows.loc["clinic-A", ["action", "year", "capex"]]) == ("replace", 2027, 130)
    assert tuple(rows.loc["clinic-C", ["action", "year", "capex"]]) == ("renovate", 2028, 58.5)
    buildings = found["debt_ledger"][found["debt_ledger"]["kind"] == "buildings"]
    assert list(buildings["amount"]) == [58.5, 0, 0]
    assert list(buildings["amount_without"]) == [188.5, 188.5, 188.5]


def test_a_missing_price_is_a_fault_that_names_item_and_remedy(tmp_path):
    costs = "".join(line for line in COSTS.splitlines(keepends=True) if not line.startswith("phc/fap"))
    with pytest.raises(DataError, match="phc/fap") as raised:
        planned_unit(write(tmp_path, costs=costs))
    (fault,) = raised.value.faults
    assert fault.code == "missing-price"
    assert "opex_year" in fault.remedy


def test_without_prices_sites_are_counted_and_no_sum_of_money_is_written(tmp_path):
    programme = PROGRAMME.replace("budget = 130", "sites_per_year = 1")
    found = tables_of(write(tmp_path, programme, costs=None))
    items = found["programme_items"]
    assert list(items["site_id"].iloc[:3]) == ["new-F", "new-B", "new-D"]
    assert items[["capex", "opex_year", "cost_per_person"]].isna().all(axis=None)
    assert found["programme_years"][["budget", "spent_access", "left"]].isna().all(axis=None)
    assert set(found["programme_years"]["sites_budget"]) == {1}


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("sites_per_year = 1", "budget"),
        ("years = 2\nbudget = [1, 2, 3]", "budget"),
        ('services = ["clinic"]', "programme.services"),
        ("replace_above_wear = 10", "replace_above_wear"),
        ('examine_closing = ["nothing"]', "programme.examine_closing"),
    ],
)
def test_settings_that_do_not_fit_are_faults_with_their_place(tmp_path, line, named):
    keys = [part.split(" =")[0] for part in line.split("\n")]
    kept = [row for row in PROGRAMME.splitlines() if row.split(" =")[0] not in keys]
    with pytest.raises(DataError) as raised:
        planned_unit(write(tmp_path, "\n".join([*kept, line, ""])))
    assert any(named in fault.column for fault in raised.value.faults)


def test_the_same_study_gives_the_same_tables(tmp_path, result):
    for name, again in tables_of(write(tmp_path)).items():
        pd.testing.assert_frame_equal(result.tables[name], again)


def test_without_the_table_nothing_is_planned_and_nothing_said(tmp_path, result):
    assert tables_of(write(tmp_path, "", costs=None)) == {}
    without = dataclasses.replace(result, config=result.config.model_copy(update={"programme": None}))
    parts = programme_chapter(without)
    assert not any(part.anchor in ("programme", "declared", "harm", "debts") for part in parts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_speak_of_the_programme_in_every_language(result, language):
    with using(language):
        parts = {part.anchor: part for part in programme_chapter(result)}
        assert {"programme", "declared", "harm", "debts"} <= set(parts)
        text = " ".join(sentence for part in parts.values() for sentence in part.sentences)
        assert "nan" not in text.lower().split()
        assert "None" not in text
        assert hearing_page(result)


def test_where_settlements_are_counted_nobody_is_called_a_person(result):
    demand = result.config.demand.model_copy(update={"counts": "settlements"})
    places = dataclasses.replace(result, config=result.config.model_copy(update={"demand": demand}))
    with using("en"):
        for part in (section.programme(places), section.debts(places)):
            assert part is not None
            own = [text for text in part.sentences if "owed to those who live there" not in text]
            assert not any("people" in text.lower() for text in own)
            assert "People" not in {head.text for table in part.tables for head in table.heads}


def test_places_of_unknown_people_count_below_a_norm_in_both_tables(tmp_path):
    """Nobody knows how many live in E: it is below the norm all the same, by year and by need."""
    settlements = settlements_frame()
    settlements.loc[settlements["settlement_id"] == "E", "pop_total"] = None
    found = tables_of(write(tmp_path, settlements=settlements))
    years, needs = found["programme_years"], found["programme_needs"]
    assert list(needs["unknown_settlements"]) == [1, 1, 1]
    assert list(years["unmet_settlements"]) == list(needs["unmet_settlements"])
