"""The page of a whole country: 6,500 settlements, two services, three seasons. Times are printed, never asserted."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from geo.maps import write_map
from geo.study.result import StudyResult
from tests.browser.country import country_result
from tests.browser.frames import load_ms, open_watched, pan, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("country-page")]
MOST_BYTES = 10_000_000


@pytest.fixture(scope="module")
def country() -> StudyResult:
    return country_result()


@pytest.fixture(scope="module")
def page_file(country: StudyResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("country") / "map.html"
    write_map(country, path)
    return path


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def test_the_page_of_a_country_stays_below_its_size(country: StudyResult, page_file: Path) -> None:
    assert len(country.settlements) == 6500
    assert page_file.stat().st_size < MOST_BYTES


def test_the_legend_adds_up_to_all_places_and_all_people(
    country: StudyResult, page_file: Path, open_page: Callable[..., Page]
) -> None:
    page = open_page(page_file)
    persons = int(country.settlements["population_persons"].sum())
    rows = page.locator("#legend tbody tr, #legend tfoot tr").all()
    counts = [[_number(cell.inner_text()) for cell in row.locator("td").all()[-2:]] for row in rows]
    assert counts[-1] == [6500, persons]
    assert [sum(column) for column in zip(*counts[:-1], strict=True)] == [6500, persons]


def test_a_wheel_and_a_drag_move_the_map_of_a_country(page_file: Path, open_page: Callable[..., Page]) -> None:
    # Console errors and requests fail in the fixture.
    page = open_page(page_file)
    box = page.locator(".folium-map").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    zoom = page.evaluate("geoMap.getZoom()")
    page.mouse.move(*middle)
    # A drag that begins while the zoom is still moving would be ignored.
    page.evaluate("geoMap.once('zoomend', () => { window.hasZoomed = true; }).getZoom()")
    page.mouse.wheel(0, -400)
    wait_until(page, "window.hasZoomed === true")
    assert page.evaluate("geoMap.getZoom()") > zoom
    centre = page.evaluate("geoMap.getCenter().lng")
    page.mouse.down()
    page.mouse.move(middle[0] - 200, middle[1], steps=5)
    page.mouse.up()
    wait_until(page, f"geoMap.getCenter().lng > {centre}")


def test_how_fast_it_opens_and_pans(page_file: Path, chromium: Browser) -> None:
    page = open_watched(chromium, page_file)
    frames = [frame for step in pan(page, 5) for frame in step]
    sys.stdout.write(
        f"{page_file.stat().st_size / 1e6:.1f} MB, open after {load_ms(page):.0f} ms,"
        f" a frame while panning {statistics.median(frames):.0f} ms (median)\n"
    )
    page.context.close()
    assert len(frames) >= 5
