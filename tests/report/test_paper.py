"""Report, hearing pack and sheets of the settlements: what stands on them."""

from __future__ import annotations

import dataclasses
import html
import os
import re
import sys
from pathlib import Path
from unittest.mock import patch

import pandas as pd
import pytest

from geo.errors import UsageError
from geo.report import pdf
from geo.report.handover import hand_over
from geo.report.hearing import hearing_page
from geo.report.page import report_page
from geo.report.sections.answer import MOST_SHEETS, has_sheets, page_links
from geo.report.sections.chapter import _for_paper
from geo.report.sections.content import MOST_ROWS, Part, TextTable, text_table
from geo.report.sections.facts import gaining_places, gains_by_season, legal_basis, site_facts
from geo.report.sections.plan_map import report_map
from geo.report.settlement_sheets import settlements_page
from geo.study.result import StudyResult
from tests.sample import PLACES, sample_result

PEOPLE = sum(place[2] or 0 for place in PLACES.values())


@pytest.fixture(scope="module")
def result() -> StudyResult:
    return sample_result()


def _text(page: str) -> str:
    without_code = re.sub(r"<style.*?</style>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", without_code)).split())


def test_the_order_of_the_report_is_answer_first_method_last(result: StudyResult) -> None:
    page = report_page(result)
    # The list of contents names the chapters before.
    text = _text(page[page.index("<main>") :])
    heads = (
        "How sure",
        "People today, every place in its worst season",
        "Norm: A clinic within 30 minutes in every season",
        "No norm pack of the study says what a settlement of a given size must have.",
        "Today: beyond the norm in the worst season",
        "Open in ",
        "Today and with the plan Indicator",
        "Whose trip gets longer",
        "Other goals, other plans",
        "Under other assumptions",
        "Data quality",
        "A place uses every road within",
        "Lowest level that counts",
        "Roads become a network",
        "Sources and licences",
    )
    places = [text.index(head) for head in heads]
    assert places == sorted(places)


def test_figures_name_the_table_they_come_from(result: StudyResult) -> None:
    text = _text(report_page(result))
    named = set(re.findall(r"Table: [^(]+\((\w+)\)", text))
    assert {"access_settlement", "access_district", "recommendations", "before_after", "plans", "data_quality"} <= named
    assert named <= set(result.tables)


def test_the_legend_of_the_printed_map_adds_up(result: StudyResult) -> None:
    picture = report_map(result, "phc")
    places = sum(int(row["places"]) for row in picture["classes"])
    people = [row["people"].lstrip("≈").replace(",", "") for row in picture["classes"]]
    assert places == len(PLACES)
    assert sum(int(count) for count in people if count != "unknown") == PEOPLE
    assert picture["total"] == {"places": str(len(PLACES)), "people": f"≈{PEOPLE:,}"}


def test_stars_have_the_numbers_of_the_table_and_the_closure_its_square(result: StudyResult) -> None:
    svg = report_map(result, "phc")["svg"]
    assert re.findall(r'font-weight="700" fill="#fff">(\d+)</text>', svg) == ["1", "2"]
    assert svg.count("M-9-9H9V9H-9Z") == 1
    assert "&lt;script&gt;" in svg
    assert "<script" not in svg


def test_a_recommendation_says_what_it_rests_on(result: StudyResult) -> None:
    facts = dict(site_facts(result, "phc", 1))
    assert facts["Worse off with the whole plan"] == "Nobody's trip gets longer."
    assert facts["Legal basis"].startswith(
        "A clinic within 30 minutes in every season (norm not legally verified); kz-sparse/phc-30"
    )
    assert legal_basis(sample_result(verified=True), "phc").count("not legally verified") == 0


def test_people_gained_are_counted_in_every_season(result: StudyResult) -> None:
    # Golden: B itself is within 30 min of A but in winter; C is 28.8 min from B in the dry season only.
    text = gains_by_season(result, "phc", "phc-b")
    assert text == "People who come within the norm and then go here: dry: 450; winter: 1,200; thaw: 0."
    one_season = result.config.model_copy(update={"season": result.config.season[:1]})
    assert gains_by_season(dataclasses.replace(result, config=one_season), "phc", "phc-b") == ""


def test_who_gains_adds_up_to_the_headline(result: StudyResult) -> None:
    rows = result.table("access_district", service="phc", season="worst").set_index("plan")["beyond_persons"]
    gained = gaining_places(result, "phc")
    assert int(gained["persons"].sum()) == rows["baseline"] - rows["headline"]
    assert list(gained["persons"]) == sorted(gained["persons"], reverse=True)


def test_the_hearing_pack_answers_its_six_questions(result: StudyResult) -> None:
    page = hearing_page(result)
    assert re.findall(r"<h3>(\d)\. ", page) == list("123456")
    text = _text(page)
    assert "Nobody's trip gets longer in any season." in text
    assert "This calculation supports a decision; it does not make one." in text
    assert "SYNTHETIC - not a real place" in text
    assert "norm not legally verified" in text
    assert not re.search(r"\b(inf|nan|None|NaT|True|False)\b|<NA>|\{\w+\}", text)


def test_losers_are_named_aloud(result: StudyResult) -> None:
    row = {"service": "phc", "plan": "headline", "settlement_id": "c", "season": "winter", "persons": 450}
    rows = [row | {"before_minutes": 41.1, "after_minutes": 51.1, "longer_minutes": 10.0}]
    losers = pd.DataFrame(rows).astype({"persons": "Int64"})
    worse = dataclasses.replace(result, tables={**result.tables, "losers": losers})
    assert "Worse off: Унгир, by up to 10\u00a0min." in html.unescape(hearing_page(worse))


def test_every_settlement_has_its_sheet_and_its_link(result: StudyResult) -> None:
    page = settlements_page(result)
    anchors = re.findall(r'<section class="sheet" id="([\w-]+)"', page)
    assert len(anchors) == len(PLACES)
    assert sorted(re.findall(r'<a href="#([\w-]+)"', page)) == sorted(anchors)
    sheet = page[page.index(">Ozen <") : page.index("</section>", page.index(">Ozen <"))]
    text = _text(sheet)
    assert "Өзен · Озен" in text
    assert "People: 25." in text
    assert "unreachable: nearest road 34 km" in text
    assert "The plan gives this place no way." in text
    assert "<script>alert" not in page
    assert not re.search(r"\b(inf|nan|None|NaT|True|False)\b|<NA>|\{\w+\}", _text(page))


def test_a_sheet_says_what_changes_in_minutes(result: StudyResult) -> None:
    page = html.unescape(settlements_page(result))
    assert "With the plan: 0\u00a0min to Akbulak instead of 101\u00a0min." in page


def test_unknown_people_stay_unknown_on_their_sheet(result: StudyResult) -> None:
    text = _text(settlements_page(result))
    assert "Разъезд 14" in text
    assert "People: unknown." in text


def test_a_large_study_of_several_units_has_no_sheets_and_no_link_to_them(result: StudyResult) -> None:
    assert has_sheets(result)
    many = pd.concat([result.settlements] * (MOST_SHEETS // len(PLACES) + 1))
    units = pd.concat([result.boundary] * 2)
    large = dataclasses.replace(result, settlements=many, boundary=units)
    assert not has_sheets(large)
    assert "settlements.html" not in {link["href"] for link in page_links(large, "report.html")}
    assert "settlements.html" in {link["href"] for link in page_links(result, "report.html")}


def test_pages_without_a_plan_are_written(result: StudyResult) -> None:
    tables = dict(result.tables)
    for name in ("access_settlement", "access_district"):
        tables[name] = tables[name][tables[name]["plan"] == "baseline"]
    for name in ("recommendations", "assignment", "before_after", "scenarios"):
        tables[name] = tables[name].iloc[:0]
    plans = tables["plans"].iloc[:1].assign(plan="headline", status="infeasible", blockers="g", blocked_by="tolerance")
    bare = dataclasses.replace(result, tables={**tables, "plans": plans})
    assert "No site is recommended." in hearing_page(bare)
    assert "There is no plan to compare with." in settlements_page(bare)


def test_without_weasyprint_the_wish_for_pdf_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(UsageError, match="leave out --pdf"):
        pdf.check_pdf()


@pytest.fixture
def pango() -> None:
    """WeasyPrint with Pango; the test is skipped where they are missing, or fails with GEO_REQUIRE_ALL=1."""
    try:
        pdf.check_pdf()
    except UsageError as error:
        if os.environ.get("GEO_REQUIRE_ALL") == "1":
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.mark.usefixtures("pango")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_same_page_is_the_same_pdf(result: StudyResult, tmp_path: Path) -> None:
    page = hearing_page(result)
    for name in ("one.pdf", "two.pdf"):
        pdf.write_pdf(page, tmp_path / name)
    content = (tmp_path / "one.pdf").read_bytes()
    assert content == (tmp_path / "two.pdf").read_bytes()
    assert content.startswith(b"%PDF-")


def test_missing_weasyprint_is_said_before_anything_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(UsageError, match="leave out --pdf"):
        hand_over(None, [], tmp_path / "out", "en", pdf=True)  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def _table(name: str, n_rows: int, **settings: int) -> TextTable:
    rows = [(f"Place {n}", str(n)) for n in range(n_rows)]
    return text_table("Title", ("Place", "People"), rows, table=name, **settings)


def test_long_tables_of_the_programme_print_their_first_rows_and_those_of_harm_all() -> None:
    part = Part("any", "Any", (), (_table("frontier", 20), _table("programme_losers", 40), _table("tornado", 7)))
    cut, harm, short = _for_paper(part).tables
    assert (cut.on_paper, cut.off_paper, cut.shown) == (3, "17 more rows", MOST_ROWS)
    assert (harm.on_paper, harm.off_paper) == (40, "")
    # Two rows more cost no more than the line that says they are missing.
    assert (short.on_paper, short.off_paper) == (7, "")


def test_what_is_not_printed_is_said_with_the_sheet_of_the_workbook(result: StudyResult) -> None:
    programme = (_for_paper(Part("any", "Any", (), (_table("frontier", 20, shown=10),))),)
    with patch("geo.report.page.programme_chapter", lambda _result: programme):
        page = report_page(result)
    section = page[page.index('id="programme">') :]
    section = section[: section.index("</section>")]
    rows = re.findall(r"<tr( class=\"skip-print\")?><th scope=\"row\">Place \d+</th>", section)
    assert rows[:10] == [""] * 3 + [' class="skip-print"'] * 7
    assert "17 more rows in the workbook tables.xlsx, sheet “Goals against goals”." in _text(section)
