from __future__ import annotations

import dataclasses
import math
import re
from pathlib import Path

import pandas as pd
import pytest

from geo.maps import map_page
from geo.maps.first_screen import banners, figures, ranked
from geo.maps.html import CONTENT_SECURITY_POLICY
from geo.report import IndexEntry, index_entry, write_index, write_report
from geo.report.index import folder_name
from geo.report.sections.charts import people_by_season
from geo.report.sections.content import Head
from geo.report.sections.diagnosis import below_norm, unreachable
from geo.report.sections.effects import alternatives, before_after, losers
from geo.report.sections.grounds import plan_cost
from geo.study.result import StudyResult
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


def _with_prices(source: str = "price list 2024", size: int | None = 300) -> StudyResult:
    result = sample_result()
    plan = result.tables["recommendations"]
    plan = plan.assign(cost=[100e6 if action == "open" else None for action in plan["action"]])
    prices = {"prices": {"phc": ["KZT", 2022, source, size]}}
    return dataclasses.replace(
        result, tables={**result.tables, "recommendations": plan}, manifest={**result.manifest, **prices}
    )


def test_the_plan_costs_once_with_year_size_and_source(tmp_path: Path) -> None:
    write_report(_with_prices(), tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Cost of the plan: 200M KZT (2022 prices), prices not verified. Each site is priced for 300 places." in text
    assert "Primary care, prices: price list 2024. They were not verified." in text
    assert plan_cost(sample_result(), "phc") == ""
    assert "places" not in plan_cost(_with_prices(size=None), "phc")


def test_a_closure_is_the_studys_wish_and_no_recommendation(page: str) -> None:
    recommended = page[page.index('<ol class="recommended">') : page.index("</ol>")]
    assert recommended.count("<li>") == 2
    assert "Old clinic" not in recommended
    closed = page[page.index("<h3>Closed by the study&#39;s wish</h3>") :]
    cells = re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", closed[: closed.index("</table>")])
    assert cells[-4:] == ["Old clinic (feldsher point)", "3,000", "0\u00a0min", "0\u00a0min"]


def test_what_opens_has_the_studys_word_and_the_norm_is_said_once(page: str) -> None:
    recommended = page[page.index('<ol class="recommended">') : page.index("</ol>")]
    assert recommended.count('<span class="note">clinic</span>') == 2
    assert "Norm:" not in recommended
    assert page.count("Norm: A clinic within 30 minutes in every season") == 1


def test_the_longest_trip_stands_beside_those_who_have_none() -> None:
    table = before_after(sample_result(), "phc")
    rows = {row[0]: row[1:] for row in table.rows}
    ends = [cell.partition(" (")[2] for cell in rows["Longest trip of those with a way (min)"]]
    assert ends == [f"{people} people have no way)" for people in (245, 25, 25, 245)]
    assert table.note.startswith("Mean and longest trip leave out the people cut off")


def test_imputed_people_carry_the_sign_on_the_first_screen() -> None:
    result = sample_result()
    assert [figure.value[0] for figure in figures(result, "phc")] == ["≈", "≈", "≈"]
    assert "people imputed" in banners(result)
    # Only D is imputed, and it stays cut off: nobody counted there gains.
    assert [row["gained"] for row in ranked(result, "phc")] == ["1,200", "800"]
    counted = dataclasses.replace(result, settlements=result.settlements.assign(population_imputed=False))
    assert "≈" not in "".join(figure.value for figure in figures(counted, "phc"))
    assert "people imputed" not in banners(counted)
    everybody = result.settlements.assign(population_imputed=True)
    assert ranked(dataclasses.replace(result, settlements=everybody), "phc")[0]["gained"] == "≈1,200"


def test_an_assumed_share_of_the_people_is_said_on_the_first_screen(tmp_path: Path) -> None:
    result = sample_result()
    service = result.config.service[0].model_copy(update={"demand_share": 0.15})
    shared = dataclasses.replace(result, config=result.config.model_copy(update={"service": (service,)}))
    write_report(shared, tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    head = text[: text.index("<figure>")]
    assert "≈Primary care: the people who need it are assumed to be 15 % of all." in head


def test_the_first_heading_of_the_index_does_not_repeat_the_title(tmp_path: Path) -> None:
    title = sample_config().study.title.en
    write_index([IndexEntry(title, ("Answer.",), "all")], tmp_path / "index.html", sample_config())
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"<h[12]>([^<]*)</h[12]>", text)[:2] == [title, "The whole study"]


def test_a_study_of_one_season_has_no_worst_season(tmp_path: Path) -> None:
    result = sample_result()
    config = result.config.model_copy(update={"season": result.config.season[:1]})
    tables = {
        name: table[table["season"].isin(("dry", "worst"))] if "season" in table else table
        for name, table in result.tables.items()
    }
    page = map_page(dataclasses.replace(result, config=config, tables=tables))
    assert "Minutes, worst season" not in page
    assert '<th scope="col" class="number">Minutes</th>' in page
    assert "Today, worst season" not in page


def test_every_season_is_answered_on_paper() -> None:
    result = sample_result()
    codes = {"Akbulak": "f", "Степное": "d"}
    for place, table in (("Akbulak", below_norm(result, "phc")), ("Степное", unreachable(result, "phc"))):
        heads = [head.text if isinstance(head, Head) else head for head in table.heads]
        cells = dict(zip(heads, next(row for row in table.rows if row[0] == place), strict=True))
        for season in ("dry", "winter", "thaw"):
            minutes = result.row("access_settlement", plan="baseline", season=season, settlement_id=codes[place])[
                "minutes"
            ]
            assert cells[f"{season} (min)"] == ("no way" if math.isnan(minutes) else f"{minutes:.1f}")
