"""The page of questions: its sentences and headings stand on the pages of a fresh run."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from geo.report.hearing import hearing_page
from geo.report.page import report_page
from geo.report.settlement_sheets import settlements_page
from tests.bundled import RunBundled

PAGE = Path(__file__).resolve().parents[2] / "docs" / "questions.md"
TEXT = PAGE.read_text(encoding="utf-8")
QUOTES = re.findall(r"^> `([\w.]+)`: (.+)$", TEXT, re.MULTILINE)
#: Headings of the report that the page names in quotation marks.
HEADINGS = (
    "What is missing where",
    "How full facilities are",
    "Thresholds of size, now and projected",
    "Units side by side",
    "Today: beyond the norm in the worst season",
    "Today and with the plan",
    "Recommended",
    "Whose trip gets longer",
    "Other goals, other plans",
    "Who would be worse off",
    "What else than a building would serve",
    "People to come, 2024 to 2034",
    "Will the new buildings be needed as long as they last?",
    "How sure each site is",
    "Limits",
    "Data quality",
    "Norms",
)


def _words(page: str) -> str:
    without_code = re.sub(r"<style.*?</style>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", without_code)).split())


@pytest.fixture(scope="module")
def pages(run_bundled: RunBundled) -> dict[str, str]:
    """The pages of the synthetic district that the questions are answered for."""
    result = run_bundled("steppe", "7032")
    return {
        "report.html": report_page(result),
        "hearing.html": hearing_page(result),
        "settlements.html": settlements_page(result),
    }


def test_there_are_twelve_questions_each_with_a_place_or_a_plain_no():
    sections = re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]
    assert [section.split(".")[0] for section in sections] == [str(number) for number in range(1, 13)]
    for section in sections:
        body = section.partition("\n")[2]
        assert "`" in body or body.strip().startswith("Not answered yet")


@pytest.mark.parametrize(("page", "sentence"), QUOTES)
def test_quoted_sentences_stand_on_their_page(pages: dict[str, str], page: str, sentence: str):
    assert sentence in _words(pages[page])


@pytest.mark.parametrize("heading", HEADINGS)
def test_named_headings_are_headings_of_the_report(pages: dict[str, str], heading: str):
    assert f'"{heading}"' in TEXT
    headings = [_words(text) for text in re.findall(r"<h[23][^>]*>(.*?)</h[23]>", pages["report.html"])]
    assert heading in headings
