"""What hearing pack, sheets of the settlements and the page of the study tell of the programme."""

from __future__ import annotations

import dataclasses
import html
import re
from pathlib import Path

import pandas as pd
import pytest

from geo.report import index_entry, write_index
from geo.report.hearing import hearing_page
from geo.report.settlement_sheets import settlements_page
from geo.study.programme import sentences
from geo.study.programme.place_words import in_one_line, programme_by_place
from geo.study.result import StudyResult
from geo.study.tabulate import typed
from tests.bundled import RunBundled
from tests.sample import sample_result

pytestmark = pytest.mark.xdist_group("questions")


@pytest.fixture(scope="module")
def result(run_bundled: RunBundled) -> StudyResult:
    return run_bundled("steppe", "7032")


@pytest.fixture(scope="module")
def harmed(result: StudyResult) -> StudyResult:
    """The same district as if Burkitkol's children, and a village next door, had to travel farther."""
    lost = pd.DataFrame(
        [
            ("school", "basic", "", "703230200", "thaw", 2028, 40, 5.0, 61.2, 56.2),
            ("school", "basic", "", "703230200", "dry", 2028, 40, 5.0, 31.0, 26.0),
            ("phc", "fap", "", "999", "thaw", 2027, 12, 5.0, None, None),
        ],
        columns=list(result.tables["programme_losers"].columns),
    )
    elsewhere = {"999": {"en": "Next door", "ru": "Рядом", "kk": "Қасында"}}
    tables = {**result.tables, "programme_losers": typed("programme_losers", lost)}
    return dataclasses.replace(result, tables=tables, elsewhere=elsewhere)


def _text(page: str) -> str:
    without_code = re.sub(r"<style.*?</style>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", without_code)).split())


def _sheet(page: str, name: str) -> str:
    return next(_text(part) for part in page.split('<section class="sheet"') if f"<h2>{name}" in part)


def test_the_last_sheet_of_the_hearing_pack_is_the_programme_s(result: StudyResult) -> None:
    sheet = _text(hearing_page(result).split('<section class="sheet"')[-1])
    assert "7. What is built when, and for how much?" in sheet
    years = result.tables["programme_years"]
    for row in years.to_dict("records"):
        cost = sentences.amount(result, row["spent_access"] + row["spent_renewal"])
        assert " ".join(f"{cost} {row['unmet_persons']:,}".split()) in sheet
    assert "Nobody's trip gets longer, in any season and any service" in sheet
    assert "is refused: it is protected" in sheet
    unfunded = result.tables["programme_items"]["year"].isna().sum()
    assert f"{unfunded} of them without money. They are no promise." in sheet
    assert f"{unfunded - 5} more stand in the report." in sheet


def test_whoever_is_worse_off_is_named_on_every_page(harmed: StudyResult) -> None:
    own = "Basic school: today 5 min, then 62 min (thaw, 2028; people: 40)"
    sheet = _text(hearing_page(harmed).split('<section class="sheet"')[-1])
    assert f"Burkitkol: {own}" in sheet
    assert (
        "Next door: Primary care, feldsher point: today 5 min, then no way any more (thaw, 2027; people: 12)" in sheet
    )
    pages = settlements_page(harmed)
    assert f"Worse off with the programme: {own}." in _sheet(pages, "Burkitkol")
    assert pages.count("Worse off with the programme") == 1
    assert in_one_line(harmed).endswith("; people worse off: 52.")


def test_a_sheet_says_what_comes_and_when(result: StudyResult) -> None:
    pages = settlements_page(result)
    places = result.tables["programme_places"]
    place = places[places["service"] == "school"].dropna(subset="within_from_year").iloc[0]
    told = programme_by_place(result)[place["settlement_id"]]
    assert any(f"{int(place['within_from_year'])} (" in text for text in told)
    sheet = _sheet(pages, "Qyzghaldaqkol")
    assert (
        "The programme here: 2028: medical point raised to feldsher point; 2030: new basic school (declarative:"
        in sheet
    )
    assert "Within the norm from the end of 2028 (feldsher point), 2030 (primary school, basic school)." in sheet
    assert "Primary care, form of provision with the plan: visiting team; besides" in sheet
    assert "The programme builds nothing here." in _sheet(pages, "Koktyrnazhon")


def test_the_page_of_the_study_has_the_programme_in_a_line(result: StudyResult, tmp_path: Path) -> None:
    n = result.tables["programme_items"]["year"].notna().sum()
    write_index([index_entry(result)], tmp_path / "index.html", result.config)
    text = _text((tmp_path / "index.html").read_text(encoding="utf-8"))
    assert f"Programme 2027-2030: {n} items with money, 3.3B KZT of 4B KZT; nobody is worse off." in text


def test_a_study_without_a_programme_says_nothing_of_one() -> None:
    plain = sample_result()
    assert "The programme" not in hearing_page(plain)
    assert "programme" not in _text(settlements_page(plain))
    assert index_entry(plain).programme == ""
