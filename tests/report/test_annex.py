"""The annex of school buses on the steppe study: everything a resolution needs, escaped, in three languages."""

from __future__ import annotations

import dataclasses
import html
import re
from pathlib import Path

import pytest

from geo.language import numbers, using
from geo.maps.html import CONTENT_SECURITY_POLICY
from geo.report.annex.page import annex_page, write_annex
from geo.report.annex.sketch import route_sketch
from geo.report.sections.answer import has_transport, page_links
from geo.study import StudyResult
from tests.bundled import RunBundled
from tests.sample import sample_result

pytest.importorskip("pyvrp", reason="the extra 'transport' is not installed")

STEPPE = Path(__file__).resolve().parents[2] / "studies" / "steppe"


@pytest.fixture(scope="module")
def result(run_bundled: RunBundled) -> StudyResult:
    return run_bundled("steppe", "7044")


@pytest.fixture(scope="module")
def page(result, tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("annex") / "transport.html"
    write_annex(result, path)
    return path.read_text(encoding="utf-8")


def text_of(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<style.*?</style>", " ", page, flags=re.DOTALL)))


def test_the_page_says_what_it_is(page):
    assert f'content="{CONTENT_SECURITY_POLICY}"'.replace("'", "&#39;") in page
    text = text_of(page)
    for words in (
        "DRAFT - supports a decision",
        "SYNTHETIC - not a real place",
        "Annex to the resolution of the akimat",
        "not legally verified",
        "This calculation supports a decision; it does not make one.",
    ):
        assert words in text
    assert not re.search(r"\b(inf|nan|None|NaT|True|False)\b|<NA>|\{\w+\}", text)


def test_every_route_has_its_stops_in_order_its_sketch_and_its_seats(result, page):
    sections = page.split('<section class="route">')[1:]
    routes = result.tables["transport_routes"].groupby("route", sort=False)
    assert len(sections) == len(routes)
    for section, (_number, rows) in zip(sections, routes, strict=True):
        names = [result.settlements.loc[stop, "name_en"] for stop in rows["settlement_id"].iloc[:-1]]
        table = section[section.index("<table") :]
        assert [table.index(f"{n}. {name}") for n, name in enumerate(names, start=1)] == sorted(
            table.index(f"{n}. {name}") for n, name in enumerate(names, start=1)
        )
        assert section.count('<svg class="picture"') == 1
        assert f"{rows['seats'].iloc[0]} seats" in section
        assert len(re.findall(r"<circle", section)) == len(names)


def test_closed_seasons_and_long_rides_are_warned_of(result, page):
    routes = result.tables["transport_routes"]
    warnings = re.findall(r'<p class="warning">([^<]*)</p>', page)
    closed = routes[routes["closed_seasons"] != ""].groupby("route").ngroups
    assert sum("the roads are closed (thaw)" in text for text in warnings) == closed > 0
    over = routes[routes["beyond_cap_seasons"] != ""].groupby("route").ngroups
    assert sum("Over the limit" in text for text in warnings) == over > 0


def test_everybody_who_is_not_carried_is_named_with_the_reason(result, page):
    pupils = result.tables["transport_pupils"]
    left = pupils[~pupils["outcome"].isin(["own-school", "walks", "carried"])]
    assert len(left) >= 2
    part = page[page.index("Not carried, and why") : page.index('<section class="route">')]
    for _number, row in left.iterrows():
        assert result.settlements.loc[row["settlement_id"], "name_en"] in part
    assert part.count("boarding school or another form of provision") == (left["outcome"] == "beyond-cap").sum()
    carried = pupils.loc[pupils["outcome"] == "carried", "pupils"].sum()
    assert f"bring {numbers.persons(carried)} pupils" in text_of(page)


def test_names_are_never_markup(result):
    names = result.settlements["name_en"].where(
        ~result.settlements.index.isin(result.tables["transport_routes"]["settlement_id"]), "<script>alert(1)</script>"
    )
    hostile = dataclasses.replace(result, settlements=result.settlements.assign(name_en=names))
    page = annex_page(hostile)
    assert "<script" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_the_page_is_made_in_every_language(result, language):
    with using(language):
        text = text_of(annex_page(result))
    assert not re.search(r"\b(inf|nan|None)\b|\{\w+\}", text)


def test_a_sketch_is_the_same_every_time(result):
    stops = result.table("transport_routes", route="1").iloc[:-1]
    drawings = [route_sketch(result, "school", "1", stops, ["A & B"], "School").svg("Sketch") for _time in range(2)]
    assert drawings[0] == drawings[1]
    assert "A &amp; B" in drawings[0]


def test_units_without_buses_have_no_annex_and_no_link(result):
    assert has_transport(result)
    assert "transport.html" in [link["href"] for link in page_links(result, "report.html")]
    plain = sample_result()
    assert not has_transport(plain)
    assert "transport.html" not in [link["href"] for link in page_links(plain, "report.html")]
    with pytest.raises(LookupError):
        annex_page(plain)
