"""The pages for paper in a real browser: how many sheets they take, what is cut off, how they read on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Page

from geo.language import LANGUAGES, using
from geo.report import write_report
from geo.report.hearing import write_hearing
from geo.report.settlement_sheets import write_settlements
from geo.study import StudyResult
from tests.browser.axe import violations
from tests.bundled import RunBundled
from tests.sample import sample_result

Open = Callable[..., Page]
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("report-pages")]

STEPPE = Path(__file__).resolve().parents[2] / "studies" / "steppe"
UNITS = ("7032", "7036", "7044")
WRITERS = {"report": write_report, "hearing": write_hearing, "settlements": write_settlements}


@pytest.fixture(scope="module")
def districts(run_bundled: RunBundled) -> dict[str, StudyResult]:
    """The districts of the synthetic study that comes with the package."""
    return {unit: run_bundled("steppe", unit) for unit in UNITS}


@pytest.fixture(scope="module")
def written(districts: dict[str, StudyResult], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Function of a district, page and language to the page, which is written once and only read."""
    folder = tmp_path_factory.mktemp("pages")

    @cache
    def write(unit: str, name: str, language: str) -> Path:
        own = folder / f"{unit}-{language}"
        own.mkdir(exist_ok=True)
        return _write(districts[unit], name, language, own)

    return write


def _write(result: StudyResult, name: str, language: str, folder: Path) -> Path:
    path = folder / f"{name}.html"
    with using(language):
        WRITERS[name](result, path)
    return path


def _n_pages(page: Page) -> int:
    """Return on how many sheets a page is printed, as the document's own page tree counts them."""
    content = page.pdf(prefer_css_page_size=True)
    counts = re.findall(rb"/Type\s*/Pages\b[^>]*?/Count\s+(\d+)|/Count\s+(\d+)[^>]*?/Type\s*/Pages\b", content)
    return max(int(one or other) for one, other in counts)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("unit", UNITS)
def test_the_hearing_pack_takes_two_sheets_per_service_and_one_for_the_programme(
    districts: dict[str, StudyResult], written: Callable[..., Path], open_page: Open, unit: str, language: str
) -> None:
    page = open_page(written(unit, "hearing", language))
    assert _n_pages(page) == 2 * len(districts[unit].config.service) + 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_settlement_takes_one_sheet_after_the_index(
    districts: dict[str, StudyResult], written: Callable[..., Path], open_page: Open, language: str
) -> None:
    page = open_page(written("7032", "settlements", language))
    assert _n_pages(page) == 1 + len(districts["7032"].settlements)


@pytest.mark.parametrize("language", LANGUAGES)
def test_today_and_the_answer_of_every_service_fit_one_sheet_each(
    districts: dict[str, StudyResult], written: Callable[..., Path], open_page: Open, tmp_path: Path, language: str
) -> None:
    path = tmp_path / "report.html"
    text = written("7032", "report", language).read_text(encoding="utf-8")
    start = text.index('<section class="details"')
    # Today, on its sheet, and the answers are left; the sheet that the last one asks for stays empty.
    path.write_text(text[:start] + "</main></body></html>", encoding="utf-8")
    assert _n_pages(open_page(path)) == 1 + len(districts["7032"].config.service)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", list(WRITERS))
def test_nothing_is_wider_than_the_sheet(
    written: Callable[..., Path], open_page: Open, name: str, language: str
) -> None:
    # 182 mm between the margins of A4 are 688 pixels; a wider page would be printed smaller.
    page = open_page(written("7032", name, language), width=688)
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= 688


@pytest.mark.parametrize("name", list(WRITERS))
@pytest.mark.parametrize("width", [360, 1200])
def test_pages_read_on_phone_and_screen_without_a_violation(
    open_page: Open, tmp_path: Path, name: str, width: int
) -> None:
    page = open_page(_write(sample_result(), name, "en", tmp_path), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []
