"""First page and diagnosis of the report: their counts, their caveat, and what is unknown."""

from __future__ import annotations

import dataclasses
import html
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from geo.report.delivery import deliver
from geo.report.hearing import hearing_page
from geo.report.index import index_entry
from geo.report.page import report_page
from geo.report.sections.areas import mean_with_cut_off
from geo.report.sections.chapter import diagnosis_chapter
from geo.report.sections.content import MOST_ROWS, long_table, places_and_people
from geo.report.sections.equity import caveat
from geo.report.sections.first_page import first_page, norms_of_service, packs_side_by_side
from geo.report.sections.loads import loads, thresholds
from geo.report.sections.names import NormTitles
from geo.report.sections.norm_gaps import _nearest, _target, missing, norm_summary
from geo.report.sections.places import places, units
from geo.report.sections.transfer import transfer
from geo.report.settlement_sheets import settlements_page
from geo.study import StudyResult, load_study, run_study
from geo.study.diagnosis import sentences
from tests.bundled import RunBundled
from tests.sample import sample_result

STEPPE = Path(__file__).resolve().parents[2] / "studies" / "steppe"


@pytest.fixture(scope="module")
def result(run_bundled: RunBundled) -> StudyResult:
    """One district of the synthetic study that comes with the package."""
    return run_bundled("steppe", "7032")


@pytest.fixture(scope="module")
def text(result: StudyResult) -> str:
    return _text(report_page(result))


def _text(page: str) -> str:
    without_code = re.sub(r"<(script|style).*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", without_code)).split())


def _first_number(text: str) -> int:
    return int(text.replace(",", "").replace("≈", ""))


def test_the_first_page_comes_before_the_recommendation_and_the_diagnosis_before_its_details(text: str) -> None:
    heads = ("Who is below which norm today", "The answer: Primary care", "Diagnosis What is missing", "in detail")
    # The list of contents names some of them before; what counts is the last time.
    found = [text.rindex(head) for head in heads]
    assert found == sorted(found)


@pytest.mark.parametrize("service", ["phc", "school"])
def test_people_below_are_those_of_the_settlements(result: StudyResult, text: str, service: str) -> None:
    rows = result.tables["access_settlement"]
    rows = rows[(rows["service"] == service) & (rows["plan"] == "baseline") & (rows["season"] == "worst")]
    below = rows[rows["verdict"].isin(("beyond", "unreachable"))]
    people, total = int(below["persons"].sum()), int(rows["persons"].sum())
    sentence = sentences.below_today(result, service)
    assert f"({people:,} of {total:,}) of the people, in {len(below)} places, are not within" in sentence
    cut_off = int(rows.loc[rows["verdict"] == "unreachable", "persons"].sum())
    assert f"{cut_off:,} of them have no way at all." in sentence
    assert " ".join(sentence.split()) in text


def test_people_of_the_areas_add_up_to_the_people_below(result: StudyResult) -> None:
    rows = result.tables["access_settlement"]
    rows = rows[(rows["service"] == "phc") & (rows["plan"] == "baseline") & (rows["season"] == "worst")]
    below = int(rows.loc[rows["verdict"].isin(("beyond", "unreachable")), "persons"].sum())
    *named, more = sentences.where(result, "phc").rstrip(".").split("; ")
    assert len(named) == sentences.MOST_AREAS
    assert sum(_first_number(part.rsplit(" ", 1)[1]) for part in (*named, more)) == below


def test_counts_of_every_norm_are_those_of_its_settlements(result: StudyResult) -> None:
    checked = result.tables["norm_compliance"]
    for row, shown in zip(result.tables["norm_summary"].to_dict("records"), norm_summary(result).rows, strict=True):
        own = checked[(checked["pack"] == row["pack"]) & (checked["norm_id"] == row["norm_id"])]
        for status, cell in zip(("met", "unmet", "not_applicable", "unknown"), shown[2:6], strict=True):
            rows = own[own["status"] == status]
            assert cell == places_and_people(len(rows), rows["persons"].sum())


def test_thresholds_are_no_norms_that_people_are_below(result: StudyResult) -> None:
    titles = NormTitles(result)
    assert titles.is_threshold("kz-national", "settlement-50-people")
    assert not titles.is_threshold("kz-sparse", "phc-30-minutes")
    shown = [row[0] for service in ("phc", "school") for row in norms_of_service(result, service, titles).rows]
    assert shown
    assert not [title for title in shown if "pupils" in title]


def test_packs_stand_side_by_side_and_the_unknown_are_in_neither(result: StudyResult) -> None:
    rows = {row[0]: row[1:] for row in packs_side_by_side(result, NormTitles(result)).rows}
    gaps, checked = result.tables["norm_gaps"], result.tables["norm_compliance"]
    own = pd.concat(
        [frame[(frame["service"] == "phc") & (frame["pack"] == "kz-national")] for frame in (gaps, checked)]
    )
    worst = {place: set(part["status"]) for place, part in own.groupby("settlement_id")}
    persons = checked[checked["norm_id"] == "phc-30-minutes"].set_index("settlement_id")["persons"]
    unmet = sum(int(persons[place]) for place, found in worst.items() if "unmet" in found)
    unknown = sum(int(persons[place]) for place, found in worst.items() if "unknown" in found and "unmet" not in found)
    assert unknown > 0
    told = int(persons.sum()) - unknown
    assert rows["Primary care"][0].endswith(f"({told - unmet:,} of {told:,})")
    assert rows["Primary care"][1].endswith("(22,870 of 25,934)")


def test_the_caveat_stands_wherever_gini_is(result: StudyResult, text: str) -> None:
    part = next(part for part in diagnosis_chapter(result) if part.anchor == "equity")
    assert part.caveat == caveat()
    assert [row[0] for row in part.tables[0].rows][:3] == [
        "Equivalent trip, EDE (min)",
        "Mean trip, capped (min)",
        "Gini",
    ]
    for match in re.finditer(r"Measure Today", text):
        assert "mislead for burdens such as travel time" in text[: match.start()]
    assert "Gini" not in _text(hearing_page(result))


def test_what_is_missing_comes_first_then_what_cannot_be_told(result: StudyResult) -> None:
    table = result.tables["norm_gaps"]
    table = table[table["basis"] == "size"]
    shown, _carried = missing(result).tables
    visits = (table["status"] == "unknown") & (table["required_level"] == "visits")
    status = table.loc[(table["status"] != "met") & ~visits, "status"]
    assert len(shown.rows) == len(status)
    assert f"{visits.sum()} of them are places that a medical worker should visit" in missing(result).sentences[0]
    assert [row[4] == "unknown" for row in shown.rows] == [one == "unknown" for one in status]
    people = int(table.loc[table["status"] == "unmet", "persons"].sum())
    assert f"{(table['status'] == 'unmet').sum()} gaps, {people:,} people" in missing(result).sentences[0]


def test_loads_and_thresholds_list_every_facility_of_their_kind(result: StudyResult) -> None:
    table = result.tables["facility_load"]
    full, empty, *_rest = loads(result).tables
    assert len(full.rows) == (table["load_verdict"] == "overloaded").sum() > 0
    assert len(empty.rows) == (table["load_verdict"] == "near_empty").sum() > 0
    viability = result.tables["viability"]
    for shown, subject in zip(thresholds(result).tables, ("settlement", "facility"), strict=True):
        rows = viability[viability["subject"] == subject]
        told = rows["now"].notna() & ((rows["status"] == "unmet") | rows["year_base"].notna())
        assert len(shown.rows) == told.sum() > 0
        already = (told & (rows["status"] == "unmet")).sum()
        assert [row[-1] for row in shown.rows].count("today already") == already


def test_kinds_of_places_hold_everybody(result: StudyResult) -> None:
    kinds = places(result).tables[0]
    cells = [cell for row in kinds.rows for cell in row[1:]]
    counts = [re.match(r"([\d,]+)(?:\s\(([\d,]+)\))?", cell) for cell in cells]
    assert sum(_first_number(found[1]) for found in counts if found) == len(result.settlements)
    people = sum(_first_number(found[2]) for found in counts if found and found[2])
    assert people == int(result.settlements["population_persons"].sum())


def test_units_are_left_out_where_there_is_one_and_the_own_is_marked(result: StudyResult) -> None:
    side_by_side = units(result)
    assert side_by_side is not None
    assert [row[0] for row in side_by_side.tables[0].rows if "this unit" in row[0]] == [
        "► Seleuli District (this unit)"
    ]
    alone = dataclasses.replace(result, tables={**result.tables, "unit_profile": result.tables["unit_profile"].head(1)})
    assert units(alone) is None


def test_the_standard_costs_what_its_interventions_cost(result: StudyResult) -> None:
    costs, shown = transfer(result).tables
    own = result.tables["interventions"]
    assert len(shown.rows) == (own["remedy"] != "unknown").sum()
    assert costs.rows[0][5] == "200M KZT (2022 prices); 134M KZT (2025 prices)"
    sums = own[(own["service"] == "phc") & (own["basis"] == "provision")].groupby("price_year")["capex"].sum()
    assert sums.tolist() == [200e6, 134e6]
    assert not [cell for row in costs.rows for cell in row if cell in ("", "nan")]


def test_a_result_without_any_of_the_tables_says_so_in_sentences() -> None:
    result = sample_result()
    text = _text(report_page(result))
    for sentence in (
        "No norm pack of the study says what a settlement of a given size must have.",
        "The data name no areas within this unit, or a single one.",
        "Nobody could be counted.",
        "No facility stands in this unit.",
        "Nothing was costed.",
    ):
        assert sentence in text
    assert not re.search(r"\b(inf|nan|None|NaT|True|False)\b|<NA>|\{\w+\}", text)
    assert first_page(result)["packs"].rows == ()


def test_unknown_people_are_said_on_the_first_page() -> None:
    assert sentences.how_sure(sample_result(), "phc").startswith("people of 1 place unknown; imputed people: ")


def test_long_lists_are_folded_and_the_workbook_has_the_rest() -> None:
    table = long_table("List", ("Place",), [(str(number),) for number in range(MOST_ROWS + 7)])
    assert len(table.rows) == MOST_ROWS
    assert table.more == "190 more rows"
    assert table.note == "7 more rows are in tables.xlsx."
    assert long_table("List", ("Place",), [("a",)] * 12).more == ""


def test_index_sheets_and_hearing_carry_the_diagnosis(result: StudyResult) -> None:
    entry = index_entry(result)
    assert entry.today[-1] == "Kind of unit by rules (proposed): steady."
    assert "3,064 of 25,934" in entry.today[0]
    assert "population: losing people; norms of access that siting answers: not all met." in _text(
        settlements_page(result)
    )
    assert "How sure: every place is assessed" in _text(hearing_page(result))


def test_what_size_would_carry_is_listed_apart_and_no_pack_is_said_to_ask_for_it(result: StudyResult) -> None:
    table = result.tables["norm_gaps"]
    carried = table[(table["basis"] == "viability") & table["status"].isin(("unmet", "unknown"))]
    part = missing(result)
    assert len(part.tables[1].rows) == len(carried) > 0
    assert "No norm asks for it." in part.sentences[1]
    rows = {row[0]: row[1:] for row in packs_side_by_side(result, NormTitles(result)).rows}
    assert rows["Basic school"][0] == "asks for nothing"


def test_minutes_to_a_level_nobody_knows_are_unknown() -> None:
    row = {"required_level": "", "persons": None, "site_id": "", "minutes": None}
    assert _nearest(row, {}) == ("", "unknown")
    assert _nearest(row | {"required_level": "fap", "persons": 3}, {}) == ("", "no way")


def test_a_target_that_cannot_be_told_does_not_read_as_a_result() -> None:
    assert (
        _target({"coverage_target": 0.8, "target_met": "unknown"}).replace("\xa0", " ") == "target 80 %: cannot be told"
    )
    assert _target({"coverage_target": 0.8, "target_met": "met"}).replace("\xa0", " ") == "80 %: met"


@pytest.mark.parametrize(("cut_off", "words"), [(1, "1 person with"), (2, "2 people with")])
def test_people_without_a_road_are_counted_in_words_that_fit(cut_off: int, words: str) -> None:
    assert mean_with_cut_off(5.0, cut_off) == f"5.0 (excluding {words} no road)"


def test_how_near_the_answer_is_to_the_limit(result: StudyResult) -> None:
    rows = result.table("access_settlement", service="phc", plan="baseline", season="worst")
    minutes = rows["minutes"].astype(float).fillna(float("inf"))
    longer, less = (int(rows.loc[minutes * factor > 30, "persons"].sum()) for factor in (1.1, 0.9))
    assert less < 3064 < longer
    assert f"10 % longer: {longer:,}; 10 % less: {less:,}." in sentences.how_sure(result, "phc")


def test_counts_with_unknown_people_are_at_least(result: StudyResult) -> None:
    access = result.tables["access_settlement"].copy()
    below = access[(access["service"] == "phc") & (access["verdict"] == "unreachable")]["settlement_id"].iloc[0]
    access.loc[access["settlement_id"] == below, "persons"] = pd.NA
    changed = dataclasses.replace(result, tables={**result.tables, "access_settlement": access})
    assert sentences.below_today(changed, "phc").startswith("At least 12\xa0% (")
    assert " At least 1,755 of them have no way" in sentences.below_today(changed, "phc")


def test_where_no_facility_is_known_nobody_is_said_to_be_cut_off(result: StudyResult) -> None:
    access = result.tables["access_settlement"].copy()
    here = access["service"] == "phc"
    access.loc[here, ["verdict", "reason", "minutes"]] = ["unreachable", "no-facility", None]
    changed = dataclasses.replace(result, tables={**result.tables, "access_settlement": access})
    text = " ".join(f(changed, "phc") for f in (sentences.below_today, sentences.by_season, sentences.where))
    assert text.startswith("No facility of this service that counts is known in these data")
    assert "season" not in text
    assert "no way" not in text
    assert sentences.how_sure(changed, "phc").startswith("no facility of this service that counts is known")


def test_a_unit_in_which_nobody_is_counted_is_delivered(tmp_path: Path) -> None:
    study = tmp_path / "steppe"
    shutil.copytree(STEPPE, study)
    table = pd.read_csv(study / "settlements.csv", dtype=str)
    ours = table["district_id"] == "7032"
    table.loc[ours, ["pop_total", "pop_6_9", "pop_10_14", "pop_15_17"]] = ""
    table.to_csv(study / "settlements.csv", index=False)
    (unit,) = run_study(load_study(study), ["7032"])
    folder = deliver(unit, tmp_path / "out", "en")
    assert {"map.html", "report.html", "hearing.html", "settlements.html", "tables.xlsx", "results.gpkg"} <= {
        path.name for path in folder.iterdir()
    }
    text = _text((folder / "report.html").read_text(encoding="utf-8"))
    assert "22 places are not within 30 min; how many people live there is unknown." in text
    assert not re.search(r"\b(inf|nan|None|NaT)\b|<NA>", text)
