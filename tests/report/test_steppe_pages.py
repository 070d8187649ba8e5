from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from geo.maps import map_page
from geo.report import write_report, write_tables
from geo.study import StudyResult
from geo.study.result import WHOLE_STUDY
from tests.bundled import RunBundled

pytestmark = pytest.mark.xdist_group("steppe-pages")


@pytest.fixture(scope="module")
def whole(run_bundled: RunBundled) -> StudyResult:
    """The whole of the synthetic study that comes with the package."""
    return run_bundled("steppe", WHOLE_STUDY)


@pytest.fixture(scope="module")
def report(whole: StudyResult, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the report of the whole shows."""
    path = tmp_path_factory.mktemp("whole") / "report.html"
    write_report(whole, path)
    return _text(path.read_text(encoding="utf-8"))


def _text(page: str) -> str:
    without_code = re.sub(r"<(script|style).*?</\1>", " ", page, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " ", without_code))


def test_pages_of_a_whole_study_never_show_what_is_not_a_word(whole: StudyResult, report: str) -> None:
    for text in (_text(map_page(whole)), report):
        assert "SYNTHETIC - not a real place" in text
        assert not re.search(r"\b(inf|nan|None|NaT|True|False)\b|<NA>|\{\w+\}", text)


def test_no_settlement_is_shown_by_its_code(whole: StudyResult, report: str) -> None:
    codes = set(re.findall(r"\b\d{9}\b", report))
    assert codes & set(whole.settlements.index) == set()


def test_every_settlement_below_the_norm_is_in_the_report(whole: StudyResult, report: str) -> None:
    rows = whole.table("access_settlement", plan="baseline", season="worst")
    below = whole.settlements.loc[rows[rows["verdict"] != "within"]["settlement_id"].unique()]
    assert len(below) > 20
    assert [name for name in below["name_en"] if isinstance(name, str) and name not in report] == []


def test_workbook_of_a_whole_study_has_every_row(whole: StudyResult, tmp_path: Path) -> None:
    write_tables(whole, tmp_path)
    lines = (tmp_path / "tables" / "access_settlement.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 1 + len(whole.tables["access_settlement"])
