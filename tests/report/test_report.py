from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pandas as pd
import pytest

from geo.maps.html import CONTENT_SECURITY_POLICY
from geo.report import IndexEntry, index_entry, write_index, write_report
from geo.report.charts import people_by_season
from geo.report.diagnosis import below_norm, compliance, unreachable
from geo.report.effects import alternatives, before_after, losers
from geo.report.index import folder_name
from geo.study.tabulate import typed
from tests.sample import sample_config, sample_result


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(sample_result(), path)
    return path.read_text(encoding="utf-8")


def test_report_says_what_the_pages_must_say(page: str) -> None:
    assert f'content="{CONTENT_SECURITY_POLICY}"'.replace("'", "&#39;") in page
    text = re.sub(r"<[^>]+>", " ", page)
    for words in (
        "SYNTHETIC - not a real place",
        "norm not legally verified",
        "Nobody&#39;s trip gets longer in any season.",
        "unreachable: nearest road 34 km",
        "A place uses every road within 20 km.",
        "road atlas",
        "Licence: CC0-1.0.",
        "This calculation supports a decision; it does not make one.",
    ):
        assert words in text
    assert "<script" not in page
    assert not re.search(r"\b(inf|nan|None|NaT)\b|&lt;NA&gt;", text)


def test_names_and_findings_are_never_markup(page: str) -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;b&gt;looks like markup&lt;/b&gt;" in page
    assert "Six villages &lt;made up&gt;" in page


def test_every_mean_stands_beside_the_people_left_out() -> None:
    rows = {row[0]: row[1:] for row in before_after(sample_result(), "phc").rows}
    left_out = [cell.partition(" (")[2] for cell in rows["Mean trip (min)"]]
    assert left_out == [f"excluding {people} people with no road)" for people in (245, 25, 25, 245)]
    # Golden: people within 30 min of A are 4,200 in dry and thaw, 3,000 in winter.
    assert [cell.split(" ")[0] for cell in rows["People within the norm"]] == ["3,000", "4,200", "3,000", "4,200"]


def test_losers_are_listed_with_season_and_minutes() -> None:
    result = sample_result()
    row = {"service": "phc", "plan": "headline", "settlement_id": "c", "season": "winter", "persons": 450}
    loser = pd.DataFrame([row | {"before_minutes": 41.1, "after_minutes": None, "longer_minutes": None}])
    worse = dataclasses.replace(result, tables={**result.tables, "losers": typed("losers", loser)})
    assert losers(worse, "phc").rows == (("Унгир", "winter", "450", "41.1", "no way", "access is lost"),)
    assert losers(result, "phc").rows == ()


def test_diagnosis_lists_most_people_first_and_the_cut_off_by_name() -> None:
    result = sample_result()
    assert [row[:3] for row in below_norm(result, "phc").rows] == [
        ("<script>alert(1)</script>", "1,200", "32.1"),
        ("Akbulak", "800", "100.7"),
        ("Унгир", "450", "73.3"),
    ]
    assert [(row[0], row[1], row[-1]) for row in unreachable(result, "phc").rows] == [
        ("Степное", "≈180", "0.1"),
        ("=cmd|' /C calc'!A0", "40", "0.1"),
        ("Ozen", "25", "34.0"),
    ]


def test_compliance_counts_places_and_people_of_every_status() -> None:
    (row,) = compliance(sample_result()).rows
    assert row[2:6] == ("1 (3,000)", "6 (2,695)", "0", "1 (unknown)")


def test_alternatives_say_how_good_and_who_is_in_the_way() -> None:
    headline, center, cover = alternatives(sample_result(), "phc").rows
    assert headline[1] == "<script>alert(1)</script>, Akbulak"
    assert center[-1] == "At most 3.1 % better could exist."
    assert cover[-1] == "No such plan exists. In the way: Ozen."


def test_bars_hold_everybody() -> None:
    picture = people_by_season(sample_result(), "phc")
    assert len(picture["bars"]) == 8
    widths = {round(sum(part["width"] for part in bar["parts"]), 0) for bar in picture["bars"]}
    assert len(widths) == 1
    assert picture["bars"][0]["parts"][0]["text"] == "3,000"


def test_a_study_without_a_plan_is_reported(tmp_path: Path) -> None:
    result = sample_result()
    tables = dict(result.tables)
    for name in ("access_settlement", "access_district"):
        tables[name] = tables[name][tables[name]["plan"] == "baseline"]
    for name in ("recommendations", "assignment", "before_after", "scenarios"):
        tables[name] = tables[name].iloc[:0]
    impossible = {"service": "phc", "plan": "headline", "objective": "lexicographic", "status": "infeasible"}
    tables["plans"] = typed("plans", pd.DataFrame([impossible | {"blockers": "g", "blocked_by": "tolerance"}]))
    write_report(dataclasses.replace(result, tables=tables), tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "No site is recommended." in text
    assert "There is no plan to compare with." in text


def test_index_links_every_unit_and_names_those_without_pages(tmp_path: Path) -> None:
    whole = dataclasses.replace(index_entry(sample_result()), folder="all", title="Everything")
    absent = IndexEntry("Empty <district>", ("Too few settlements can be assessed.",))
    write_index([index_entry(sample_result()), absent, whole], tmp_path / "index.html", sample_config())
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert text.index("Everything") < text.index("Six Villages") < text.index("Empty &lt;district&gt;")
    assert re.findall(r'href="([^"]+/map.html)"', text) == ["all/map.html", "391000000/map.html"]
    assert text.count("SYNTHETIC - not a real place") == 2  # on screen, and on every printed page


@pytest.mark.parametrize(
    ("unit", "folder"), [("391000000", "391000000"), ("a/b", "a_b"), ("..", "_.."), ("Ақ-көл", "Ақ-көл")]
)
def test_folder_names_stay_inside_the_output(unit: str, folder: str) -> None:
    assert folder_name(unit) == folder
