from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from geo.maps import map_page, write_map
from geo.maps.access import season_months
from geo.maps.base import leaflet_css, leaflet_js
from geo.maps.html import CONTENT_SECURITY_POLICY
from geo.study.config import SeasonConfig
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
    assert len(_Page(page).attributes("script")) == 4


def test_data_block_is_json_with_every_settlement(page: str) -> None:
    block = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert block is not None
    data = json.loads(block[1])
    settlements = next(layer["data"] for layer in data["layers"] if layer["name"] == "settlements")
    assert settlements["names"][1] == "<script>alert(1)</script>"
    assert settlements["services"]["phc"]["minutes"]["baseline"]["dry"] == [0, 26, 55, 85, 109, 74, None, 13]
    assert [season["name"] for season in data["services"][0]["seasons"]] == ["worst", "winter", "dry", "thaw"]


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
