from __future__ import annotations

import base64
import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from geo.report import deliver, index_entry, write_index
from tests.browser.axe import violations
from tests.sample import PLACES, sample_config, sample_result

Open = Callable[..., Page]
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("map-pages")]

PEOPLE = sum(place[2] or 0 for place in PLACES.values())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out")
    result = sample_result()
    # Two services: the switch is shown.
    write_index([index_entry(result)], out / "index.html", sample_config())
    return deliver(_with_two_services(), out, "en")


def _with_two_services() -> object:
    """The sample with a second service that has the same times and no plan."""
    result = sample_result()
    service = result.config.service[0]
    second = service.model_copy(update={"name": "school", "label": service.label.model_copy(update={"en": "School"})})
    tables = {}
    for name, table in result.tables.items():
        if "service" not in table:
            tables[name] = table
            continue
        copy = table.assign(service="school")
        if "plan" in table:
            copy = copy[copy["plan"] != "headline"] if name.startswith("access") else copy.iloc[:1]
        if name == "plans":
            copy = copy.assign(status="infeasible")
        if name in ("recommendations", "before_after"):
            copy = copy.iloc[:0]
        tables[name] = type(table)(_stack(table, copy))
    return dataclasses.replace(
        result,
        config=result.config.model_copy(update={"service": (service, second)}),
        norms={**result.norms, "school": result.norms["phc"]},
        settlements=result.settlements.assign(school_persons=result.settlements["phc_persons"]),
        tables=tables,
    )


def _stack(one: object, other: object) -> object:
    import pandas as pd

    return pd.concat([one, other], ignore_index=True)


def _choose(page: Page, season: str | None = None, plan: str | None = None) -> None:
    if season:
        page.select_option("#season", season)
    if plan:
        page.locator(f'#plan input[value="{plan}"]').check(force=True)


def _legend(page: Page) -> dict[str, tuple[int, int]]:
    rows = page.locator("#legend tbody tr").all()
    counts = {}
    for row in rows:
        places, people = row.locator("td.number").all_inner_texts()
        counts[str(row.get_attribute("data-class"))] = (
            int(places),
            0 if people == "?" else int(people.replace(",", "")),
        )
    return counts


def _legend_labels(page: Page) -> list[str]:
    return [text.replace("\u00a0", " ") for text in page.locator("#legend tbody th").all_inner_texts()]


def test_golden_classes_of_the_six_villages(folder: Path, open_page: Open) -> None:
    page = open_page(folder / "map.html")
    # Minutes to A: dry 0, 25.7, 54.5, 84.5, 108.5, 73.7; in the thaw D and E have no way. G never has one.
    # Nobody counted H.
    _choose(page, "dry")
    people = {code: count for code, (_places, count) in _legend(page).items()}
    assert people == {"1": 3000, "2": 1200, "3": 0, "4": 450, "5": 1020, "x": 25, "u": 0}
    _choose(page, "thaw")
    people = {code: count for code, (_places, count) in _legend(page).items()}
    assert people == {"1": 3000, "2": 1200, "3": 0, "4": 0, "5": 1250, "x": 245, "u": 0}
    _choose(page, "worst", "headline")
    people = {code: count for code, (_places, count) in _legend(page).items()}
    assert people == {"1": 5000, "2": 0, "3": 450, "4": 0, "5": 0, "x": 245, "u": 0}


def test_the_norm_view_shows_statuses_and_adds_up(folder: Path, open_page: Open) -> None:
    page = open_page(folder / "map.html")
    page.select_option("#show", "kz-sparse/phc-30")
    assert _legend(page) == {"m": (1, 3000), "b": (6, 2695), "k": (1, 0)}
    assert _legend_labels(page) == ["met", "not met", "unknown"]
    assert page.locator("#season").is_disabled()
    page.select_option("#show", "minutes")
    assert page.locator("#season").is_enabled()


def test_another_norm_changes_classes_and_the_table(folder: Path, open_page: Open) -> None:
    page = open_page(folder / "map.html")
    page.fill("#norm", "60")
    # In winter B is 32.1 minutes away and C 73.3: with 60 minutes only the latter is below the norm.
    assert _legend_labels(page)[:2] == ["up to 30 min", "30 min to 60 min, your norm"]
    names = page.locator("#below .pick").all_inner_texts()
    assert "<script>alert(1)</script>" not in names
    assert "Унгир" in names


@pytest.mark.parametrize(("language", "name", "season"), [("ru", "Унгир", "зима"), ("kk", "Үңгір", "winter")])
def test_the_language_of_the_whole_page_changes(
    folder: Path, open_page: Open, language: str, name: str, season: str
) -> None:
    page = open_page(folder / "map.html", link="#season=winter")
    page.select_option("#language", language)
    page.wait_for_selector(f'html[lang="{language}"][data-ready]')
    assert name in page.locator("#below .pick").all_inner_texts()
    assert season in page.locator("#shown").inner_text()
    assert page.locator("#language").input_value() == language
    page.select_option("#language", "en")
    page.wait_for_selector('html[lang="en"][data-ready]')
    assert page.locator("#season").input_value() == "winter"


def test_a_place_is_found_by_the_beginning_of_its_name(folder: Path, open_page: Open) -> None:
    page = open_page(folder / "map.html")
    page.fill("#find", "akb")
    page.keyboard.press("Enter")
    assert page.locator(".leaflet-popup h3").inner_text() == "Akbulak"
    assert "place=f" in page.url


def test_a_popup_says_which_norms_of_the_packs_are_met(folder: Path, open_page: Open) -> None:
    page = open_page(folder / "map.html", link="#place=b")
    page.locator(".popup details summary").click()
    assert page.locator(".popup details li").all_inner_texts() == ["kz-sparse/phc-30: not met"]


def test_the_online_map_asks_only_for_tiles(folder: Path, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 900, "height": 700})
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(content_type="image/png", body=base64.b64decode(_PIXEL))

    context.route("**/*", lambda route: route.continue_() if route.request.url.startswith("file:") else answer(route))
    page = context.new_page()
    page.goto((folder / "map-online.html").as_uri())
    page.wait_for_selector("html[data-ready]")
    page.wait_for_selector("img.leaflet-tile-loaded")
    context.close()
    assert asked
    assert all(url.startswith("https://tile.openstreetmap.org/") for url in asked)


#: A PNG of one grey pixel.
_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="


def test_the_worst_season_today_is_shown_first(folder: Path, open_page: Open) -> None:
    page = open_page(folder / "map.html")
    assert page.locator("html").get_attribute("lang") == "en"
    assert (
        page.locator("#season option").first.inner_text() == "every place in its worst season, mostly winter (Nov–Feb)"
    )
    shown = page.locator("#shown").inner_text()
    assert shown == "Primary care: every place in its worst season, mostly winter (Nov–Feb), today"
    assert page.locator(".answer:visible").count() == 1


@pytest.mark.parametrize("season", ["worst", "dry", "winter", "thaw"])
@pytest.mark.parametrize("plan", ["baseline", "headline"])
def test_legend_adds_up_in_every_view(folder: Path, open_page: Open, season: str, plan: str) -> None:
    page = open_page(folder / "map.html")
    _choose(page, season, plan)
    counts = _legend(page)
    assert [sum(column) for column in zip(*counts.values(), strict=True)] == [len(PLACES), PEOPLE]
    assert page.locator("#legend tfoot td.number").all_inner_texts() == [str(len(PLACES)), f"{PEOPLE:,}"]


def test_season_and_plan_change_the_map(folder: Path, open_page: Open) -> None:
    page = open_page(folder / "map.html")
    _choose(page, "thaw")
    assert _legend(page)["x"] == (3, 245)
    assert "road closed: thaw (Mar–Apr)" in page.locator("#legend").inner_text()
    assert "thaw (Mar–Apr), today" in page.locator("#shown").inner_text()
    _choose(page, "dry", "headline")
    assert _legend(page)["x"] == (1, 25)
    assert "road closed" not in page.locator("#legend").inner_text().replace("road closed in another season", "")


def test_service_switch_shows_the_other_answer_without_a_plan(folder: Path, open_page: Open) -> None:
    page = open_page(folder / "map.html")
    page.select_option("#service", "school")
    assert page.locator('#plan input[value="headline"]').is_hidden()
    assert page.locator("#shown").inner_text().startswith("School: ")
    assert page.get_by_text("No site is recommended.").is_visible()
    assert _legend(page)["x"] == (3, 245)


def test_layers_can_be_switched(folder: Path, open_page: Open) -> None:
    page = open_page(folder / "map.html")
    page.locator("summary").click()
    boxes = page.locator("#layers input").all()
    assert len(boxes) == 17
    # Today the two recommended stars stand beside the villages' own symbols; the rest of the plan is not shown.
    assert page.locator(".leaflet-marker-pane .symbol").count() == 2
    today = set(page.locator("#legend li").all_inner_texts())
    assert {"recommended", "second best", "to be closed"} & today == {"recommended"}
    _choose(page, plan="headline")
    assert {"recommended", "second best", "to be closed"} <= set(page.locator("#legend li").all_inner_texts())
    assert page.locator(".leaflet-marker-pane .symbol").count() == 4
    page.locator('[data-layer="recommended"]').uncheck()
    assert page.locator(".leaflet-marker-pane .symbol").count() == 2
    assert "who goes where" not in page.locator("#legend").inner_text().lower()
    page.locator('[data-layer="assignment"]').check()
    assert "who goes where" in page.locator("#legend").inner_text().lower()


@pytest.mark.parametrize("plan", ["baseline", "headline"])
def test_places_of_the_plan_are_always_labelled(folder: Path, open_page: Open, plan: str) -> None:
    page = open_page(folder / "map.html", width=360, height=800)
    _choose(page, plan=plan)
    labels = page.locator(".place-label").all_inner_texts()
    # Recommended are B and F, closed is a facility in A.
    assert {"<script>alert(1)</scrip…", "Akbulak", "Karasu"} <= set(labels)


def test_markup_in_a_name_is_shown_as_text(folder: Path, open_page: Open) -> None:
    page = open_page(folder / "map.html")
    page.locator("#below .pick", has_text="<script>alert(1)</script>").click()
    popup = page.locator(".leaflet-popup")
    assert popup.locator("h3").inner_text() == "<script>alert(1)</script>"
    assert popup.locator("script").count() == 0
    assert "People: 1,200" in popup.inner_text()
    assert "within 30 min" in popup.inner_text().replace("\u00a0", " ")
    minutes = popup.locator("tbody tr").filter(has_text="dry").locator("td").all_inner_texts()
    assert [text.replace("\u00a0", " ") for text in minutes] == ["26 min", "0 min"]


def test_places_can_be_chosen_with_the_keyboard_and_escape_returns(folder: Path, open_page: Open) -> None:
    page = open_page(folder / "map.html")
    button = page.locator("#below .pick").first
    button.focus()
    page.keyboard.press("Enter")
    assert page.locator(".leaflet-popup").is_visible()
    assert page.evaluate("document.activeElement.className") == "popup"
    page.keyboard.press("Escape")
    assert page.locator(".leaflet-popup").count() == 0
    assert page.evaluate("document.activeElement.textContent") == button.inner_text()


def test_every_control_is_reached_by_tab(folder: Path, open_page: Open) -> None:
    page = open_page(folder / "map.html")
    reached = set()
    for _step in range(45):
        page.keyboard.press("Tab")
        active = "document.activeElement"
        reached.add(page.evaluate(f"{active}.id || {active}.name || {active}.className || {active}.tagName"))
    assert {"service", "season", "plan", "SUMMARY", "pick", "leaflet-control-zoom-in"} <= reached


def test_a_click_on_a_circle_opens_its_place(folder: Path, open_page: Open) -> None:
    page = open_page(folder / "map.html")
    label = page.locator(".place-label", has_text="Унгир").bounding_box()
    assert label is not None
    point = page.evaluate(
        "(position) => { const p = geoMap.latLngToContainerPoint(position);"
        " const m = geoMap.getContainer().getBoundingClientRect(); return [m.x + p.x, m.y + p.y]; }",
        [PLACES["c"][1], PLACES["c"][0]],
    )
    page.mouse.click(point[0], point[1])
    assert page.locator(".leaflet-popup h3").inner_text() == "Унгир"


def test_the_map_prints_its_roads(folder: Path, open_page: Open) -> None:
    page = open_page(folder / "map.html")
    # A browser prints a canvas as if it were opaque: everything must be on one.
    assert page.locator("canvas").count() == 1
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    size = page.evaluate("(({ x, y }) => [x, y])(geoMap.getSize())")
    assert size == pytest.approx([180 / 25.4 * 96, 125 / 25.4 * 96], abs=3)
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("geoMap.getSize().x") < page.viewport_size["width"]
    assert page.evaluate("document.body.classList.contains('printing')") is False


def test_star_numbers_are_those_of_the_report(folder: Path, open_page: Open) -> None:
    stars = {}
    page = open_page(folder / "map.html")
    _choose(page, plan="headline")
    for marker in page.locator(".leaflet-marker-pane .symbol", has=page.locator("text")).all():
        title = str(marker.get_attribute("title"))
        stars[title.partition(": ")[0]] = marker.locator("text").text_content()
    report = open_page(folder / "report.html")
    for item in report.locator(".recommended li", has=report.locator("text")).all():
        assert stars[item.locator("strong").inner_text()] == item.locator("text").text_content()
    assert sorted(filter(None, stars.values())) == ["1", "2"]


def test_sorting_by_people_and_by_name(folder: Path, open_page: Open) -> None:
    page = open_page(folder / "map.html")
    names = page.locator("#below .pick")
    assert names.first.inner_text() == "<script>alert(1)</script>"
    page.locator('#below button[data-key="people"]').click()
    assert names.first.inner_text() == "Ozen"
    assert page.locator('#below th[aria-sort="ascending"]').count() == 1
    page.locator('#below button[data-key="baseline"]').click()
    assert page.locator("#below tbody tr").first.locator("td").nth(1).inner_text() == "no way"


@pytest.mark.parametrize("name", ["map.html", "report.html", "../index.html"])
def test_nothing_is_wider_than_a_telephone(folder: Path, open_page: Open, name: str) -> None:
    page = open_page(folder / name, width=360, height=800)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("width", [360, 1400])
@pytest.mark.parametrize("name", ["map.html", "report.html", "../index.html"])
def test_axe_finds_no_violation(folder: Path, open_page: Open, name: str, width: int) -> None:
    page = open_page(folder / name, width=width, height=900)
    if name == "map.html":
        page.locator("#below .pick").first.click()
    assert violations(page) == []
