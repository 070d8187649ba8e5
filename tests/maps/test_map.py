from __future__ import annotations

import base64
import json
import math
import re
import zlib
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from geo.maps import map_page, write_map, write_maps
from geo.maps.access import season_months
from geo.maps.base import leaflet_css, leaflet_js
from geo.maps.html import CONTENT_SECURITY_POLICY
from geo.maps.services import service_data
from geo.maps.whatif import packed_times
from geo.study.config import SeasonConfig
from geo.units import UNREACHABLE_MS
from tests.sample import sample_result


class _Page(HTMLParser):
    """Gathers elements that could fetch something, and the script blocks."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def page() -> str:
    return map_page(sample_result())


def test_page_fetches_nothing(page: str) -> None:
    parsed = _Page(page)
    addresses = [a.get(name) for _tag, a in parsed.tags for name in ("src", "href") if a.get(name)]
    assert [address for address in addresses if not address.startswith(("#", "data:"))] == []
    assert re.findall(r"url\((?!data:)[^)]*\)", re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)) == []
    for library in ("jquery", "bootstrap", "jsdelivr", "cdnjs", "awesome"):
        assert library not in page.lower()


def test_policy_comes_before_anything_that_could_run(page: str) -> None:
    parsed = _Page(page)
    policies = [a["content"] for a in parsed.attributes("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies == [CONTENT_SECURITY_POLICY]
    assert page.index("Content-Security-Policy") < page.index("<style") < page.index("<script")
    assert "default-src 'none'" in CONTENT_SECURITY_POLICY


def test_names_are_never_markup(page: str) -> None:
    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert len(_Page(page).attributes("script")) == 6


def test_data_block_is_json_with_every_settlement(page: str) -> None:
    block = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert block is not None
    data = json.loads(block[1])
    assert data["texts"]["en"]["places"][1] == "<script>alert(1)</script>"
    assert data["texts"]["kk"]["places"][2] == "Үңгір"
    times = data["services"][0]["times"]["baseline"]["dry"]
    assert [None if ms is None else math.ceil(ms / 60_000) for ms in times] == [0, 26, 55, 85, 109, 74, None, 13]
    assert data["services"][0]["seasons"] == ["worst", "winter", "dry", "thaw"]


def test_packed_times_are_the_problems_own() -> None:
    result = sample_result()
    milliseconds = result.what_if["phc"].problem.milliseconds
    unpacked = zlib.decompress(base64.b64decode(packed_times(result, "phc")))
    assert (np.frombuffer(unpacked, dtype="<i4").reshape(milliseconds.shape) == milliseconds).all()


def test_times_of_the_tables_are_whole_milliseconds() -> None:
    result = sample_result()
    problem = result.what_if["phc"].problem
    nearest = problem.milliseconds[:, :, problem.existing].min(axis=2)
    own = service_data(result, result.config.service[0])["times"]["baseline"]
    for season, ms in zip(problem.season_names, nearest, strict=True):
        assert own[season] == [None if value == UNREACHABLE_MS else value for value in ms.tolist()]


def test_a_page_of_too_many_places_does_not_offer_to_try_sites(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.maps.sites.MOST_CELLS", 10)
    text = map_page(sample_result())
    assert "do it on the pages of its parts" in text
    assert 'id="times-phc"' not in text
    assert json.loads(_block(text))["services"][0]["try"] is None


def _block(page: str) -> str:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return found[1]


def test_only_the_online_page_may_ask_the_tile_server(tmp_path: Path) -> None:
    write_maps(sample_result(), tmp_path)
    online = (tmp_path / "map-online.html").read_text(encoding="utf-8")
    assert (tmp_path / "map.html").read_text(encoding="utf-8") == map_page(sample_result())
    policy = next(a["content"] for a in _Page(online).attributes("meta") if a.get("http-equiv"))
    assert policy == CONTENT_SECURITY_POLICY.replace("data:", "data: https://tile.openstreetmap.org")
    assert json.loads(_block(online))["tiles"]["credit"] == "© OpenStreetMap contributors"
    assert json.loads(_block(map_page(sample_result())))["tiles"] is None


def test_every_language_has_the_same_words(page: str) -> None:
    texts = json.loads(_block(page))["texts"]
    assert sorted(texts) == ["en", "kk", "ru"]
    for other in ("kk", "ru"):
        assert texts[other]["words"].keys() == texts["en"]["words"].keys()
        assert f'<template id="shell-{other}">' in page
    holes = re.compile(r"\{\w+\}")
    for key, english in texts["en"]["words"].items():
        for other in ("kk", "ru"):
            assert sorted(holes.findall(texts[other]["words"][key])) == sorted(holes.findall(english)), key


@pytest.mark.parametrize(("synthetic", "verified"), [(True, False), (False, True)])
def test_banners_follow_the_study(synthetic: bool, verified: bool) -> None:
    text = map_page(sample_result(synthetic=synthetic, verified=verified))
    assert ("SYNTHETIC - not a real place" in text) is synthetic
    assert ("norm not legally verified" in text) is not verified


def test_same_result_same_bytes(tmp_path: Path) -> None:
    for name in ("one.html", "two.html"):
        write_map(sample_result(), tmp_path / name)
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()
    assert b"\r\n" not in (tmp_path / "one.html").read_bytes()


def test_leaflet_is_whole_inside_the_page() -> None:
    assert "1.9.4" in leaflet_js()[:200]
    assert "sourceMappingURL" not in leaflet_js()
    assert leaflet_css().count("url(data:image/png;base64,") == 3


@pytest.mark.parametrize(
    ("months", "text"),
    [((3, 4), "Mar–Apr"), ((11, 12, 1, 2), "Nov–Feb"), ((5,), "May"), ((5, 9, 10), "May, Sep–Oct"), ((), "")],
)
def test_months_run_over_the_turn_of_the_year(months: tuple[int, ...], text: str) -> None:
    assert season_months(SeasonConfig(name="any_season", months=months)) == text


def test_months_of_a_whole_year_are_its_ends() -> None:
    assert season_months(SeasonConfig(name="all_year", months=tuple(range(1, 13)))) == "Jan–Dec"
