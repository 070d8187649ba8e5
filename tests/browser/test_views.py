"""What circles are coloured by beside minutes, facilities' load and types of units, counted against the tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page

from geo.maps import write_map
from geo.study.result import StudyResult
from tests.browser.axe import violations
from tests.bundled import RunBundled
from tests.maps.diagnosed import diagnosed
from tests.sample import sample_result

Open = Callable[..., Page]
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("views")]
STEPPE = Path(__file__).parents[2] / "studies" / "steppe"
VIEWS = ("gap", "choice", "supply", "remoteness", "place_class")


@pytest.fixture(scope="module")
def steppe(run_bundled: RunBundled) -> StudyResult:
    return run_bundled("steppe", "7032")


@pytest.fixture(scope="module")
def steppe_map(steppe: StudyResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("views") / "map.html"
    write_map(steppe, path)
    return path


@pytest.fixture(scope="module")
def units_map(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("units") / "map.html"
    write_map(diagnosed(), path)
    return path


def _legend(page: Page) -> dict[str, tuple[int, int]]:
    """Places and people of the legend's classes by their labels; classes of nobody left out."""
    counts = {}
    for row in page.locator("#legend tbody tr").all():
        places, people = (int(text.replace(",", "")) for text in row.locator("td.number").all_inner_texts())
        if places:
            counts[row.locator("th").inner_text()] = (places, people)
    return counts


def _counted(result: StudyResult, service: str, codes: pd.Series) -> dict[object, tuple[int, int]]:
    """Places and people of the unit by a column of a table that is indexed by settlement."""
    codes = codes.reindex(result.settlements.index)
    persons = result.settlements[f"{service}_persons"].fillna(0)
    return {code: (len(part), int(part.sum())) for code, part in persons.groupby(codes, dropna=False)}


def _by_size(counts: dict[object, tuple[int, int]]) -> list[tuple[int, int]]:
    return sorted(counts.values())


@pytest.mark.parametrize("service", ["phc", "school"])
def test_remoteness_and_growth_are_counted_as_in_the_tables(
    steppe: StudyResult, steppe_map: Path, open_page: Open, service: str
) -> None:
    profile = steppe.tables["settlement_profile"].set_index("settlement_id")
    page = open_page(steppe_map, link=f"#service={service}")
    for view, column in (("remoteness", "remoteness_class"), ("place_class", "place_class")):
        page.select_option("#show", view)
        assert _by_size(_legend(page)) == _by_size(_counted(steppe, service, profile[column]))
        assert page.locator("#season").is_disabled()
        assert page.locator("#plan input").first.is_disabled()
        assert page.locator("#legend thead th").first.inner_text().endswith(", today")


@pytest.mark.parametrize("season", ["worst", "dry", "thaw"])
def test_choice_and_supply_follow_season_and_service(
    steppe: StudyResult, steppe_map: Path, open_page: Open, season: str
) -> None:
    page: Page | None = None
    for service in ("phc", "school"):
        rows = steppe.table("access_indicators", service=service, demand_group="all", season=season)
        rows = rows.set_index("settlement_id")
        link = f"#service={service}&season={season}&show=choice"
        page = open_page(steppe_map, link=link, instead_of=page)
        assert page.locator("#season").input_value() == season
        choice = _counted(steppe, service, rows["n_within"].clip(upper=3))
        names = {0: "none", 1: "1", 2: "2", 3: "3 or more"}
        assert _legend(page) == {names[int(n)]: count for n, count in choice.items()}
        page.select_option("#show", "supply")
        legend = _legend(page)
        nothing = _counted(steppe, service, rows["m2sfca"] == 0)
        assert legend.pop("no access (0)") == nothing[True]
        assert tuple(map(sum, zip(*legend.values(), strict=True))) == nothing[False]
        unit = {"places": "places", "posts": "staff posts", "facilities": "facilities"}[rows["supply_unit"].iloc[0]]
        assert f"({unit};" in page.locator("#legend thead").inner_text()


def test_what_is_missing_is_counted_and_listed_as_in_the_table(
    steppe: StudyResult, steppe_map: Path, open_page: Open
) -> None:
    rows = steppe.table("norm_gaps", service="phc").set_index("settlement_id")
    state = rows["gap"].where(rows["status"] != "met", "met")
    names = {
        "met": "has what it should",
        "lower": "a lower level stands here",
        "none": "nothing stands here",
        "unknown": "unknown",
    }
    counts = _counted(steppe, "phc", state.map(names).reindex(steppe.settlements.index).fillna("does not apply here"))
    page = open_page(steppe_map, link="#show=gap")
    assert _legend(page) == counts
    wanted = counts[names["lower"]][0] + counts[names["none"]][0]
    assert page.locator("#below tbody tr").count() == wanted
    assert f"{wanted} places" in page.locator("#below-count").inner_text()


@pytest.mark.parametrize("view", VIEWS)
def test_classes_add_up_to_everybody_and_the_switch_is_kept_in_the_link(
    steppe: StudyResult, steppe_map: Path, open_page: Open, view: str
) -> None:
    page = open_page(steppe_map)
    # By keyboard alone: the list is reached by Tab, the view by its first letters or the arrows.
    page.locator("#find").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "show"
    page.select_option("#show", view)
    totals = tuple(map(sum, zip(*_legend(page).values(), strict=True)))
    assert totals == (len(steppe.settlements), int(steppe.settlements["phc_persons"].sum()))
    again = open_page(steppe_map, link="#" + page.url.partition("#")[2], instead_of=page)
    assert again.locator("#show").input_value() == view
    again.select_option("#show", "minutes")
    assert again.locator("#plan input").first.is_enabled()


def test_a_view_of_today_ignores_a_plan_in_the_link(steppe_map: Path, open_page: Open) -> None:
    page = open_page(steppe_map, link="#plan=headline&show=choice")
    assert page.locator('#plan input[value="baseline"]').is_checked()
    assert "today" in page.locator("#shown").inner_text()


def test_popups_tell_what_kind_of_place_it_is(steppe: StudyResult, steppe_map: Path, open_page: Open) -> None:
    gaps = steppe.table("norm_gaps", service="phc", gap="lower")
    place = str(gaps["settlement_id"].iloc[0])
    row = steppe.tables["settlement_profile"].set_index("settlement_id").loc[place]
    page = open_page(steppe_map, link=f"#place={place}")
    text = page.locator(".leaflet-popup").inner_text()
    assert f"({row['remoteness']:.1f} of 15)" in text
    assert f"{abs(100 * row['annual_growth']):.1f} % a year" in text
    assert "Missing by the norms: " in text
    unknown = steppe.tables["settlement_profile"].set_index("settlement_id")["growth"] == "unknown"
    page = open_page(steppe_map, link=f"#place={unknown.idxmax()}", instead_of=page)
    assert "Growth:" not in page.locator(".leaflet-popup").inner_text()


def test_load_of_facilities_is_counted_as_in_the_table(steppe: StudyResult, steppe_map: Path, open_page: Open) -> None:
    page = open_page(steppe_map)
    page.locator(".layer-list summary").click()
    box = page.locator('[data-layer="load"]')
    assert not box.is_checked()
    box.focus()
    page.keyboard.press("Space")
    for service in ("phc", "school"):
        page.select_option("#service", service)
        verdicts = steppe.table("facility_load", service=service)["load_verdict"].value_counts()
        letters = {"overloaded": "o", "fitting": "f", "near_empty": "n", "unknown": "k"}
        for verdict, letter in letters.items():
            entry = page.locator(f'#legend li[data-load="{letter}"]')
            assert entry.count() == (1 if verdict in verdicts else 0)
            if verdict in verdicts:
                assert entry.inner_text().endswith(f": {verdicts[verdict]}")


def test_a_facility_says_how_full_it_is(units_map: Path, open_page: Open) -> None:
    page = open_page(units_map, link="#layers=load")
    point = page.evaluate(
        "() => { const p = geoMap.latLngToContainerPoint([50.0, 66.0]);"
        " const m = geoMap.getContainer().getBoundingClientRect(); return [m.x + p.x, m.y + p.y]; }"
    )
    page.mouse.click(point[0], point[1])
    text = page.locator(".leaflet-popup").inner_text()
    assert "Load: 1,300 users, capacity 1,000 (130 %): overloaded" in text
    assert "Wear of the building: 62 %" in text
    assert "Language of instruction: Kazakh" in text


def test_layers_of_the_programme_have_legend_and_popups(units_map: Path, open_page: Open) -> None:
    page = open_page(units_map, link="#layers=proposals+rounds+ways&place=c&season=thaw")
    legend = page.locator("#legend").inner_text()
    for text in (
        "proposal of a community; the number is its rank among as many new sites: 1",
        "proposal of a community that makes trips longer: 1",
        "proposal of a community that is not measured: 1",
        "a community proposes to close this",
        "day trips of visiting teams, thaw (Mar–Apr); drawn straight, not along the roads: 1",
        "planned from the centres down, within the plan's number of sites or money: 1",
        "worse off with the programme, settlements: 1",
        "Worse off with the programme: unnamed place z",
    ):
        assert text in legend, text
    text = page.locator(".leaflet-popup").inner_text()
    assert "Visiting team, day 1 of the round, vehicle 1: from Karasu clinic" in text
    assert "Programme: within the norm from the end of 2028" in text
    # By keyboard: the symbol of a proposal opens what comes of it.
    page.keyboard.press("Escape")
    page.locator('.symbol[title*="A clinic"]').focus()
    page.keyboard.press("Enter")
    assert "number 2 of 3 with as many new sites" in page.locator(".leaflet-popup").inner_text()
    page.select_option("#season", "dry")
    assert "visiting teams" not in page.locator("#legend").inner_text()


def test_a_line_of_a_round_opens_its_stops(units_map: Path, open_page: Open) -> None:
    page = open_page(units_map, link="#layers=rounds&season=thaw")
    point = page.evaluate(
        # Half-way from B to C.
        "() => { const p = geoMap.latLngToContainerPoint([50.1, 66.525]);"
        " const m = geoMap.getContainer().getBoundingClientRect(); return [m.x + p.x, m.y + p.y]; }"
    )
    page.mouse.click(point[0], point[1])
    text = page.locator(".leaflet-popup").inner_text().replace("\u00a0", " ")
    assert "Karasu clinic → <script>alert(1)</script> (arrives after 26 min) → Унгир (arrives after 3 h 10 min)" in text
    assert "Back after 6 h 41 min, way 88.0 km by road" in text


def test_a_loss_is_marked_whatever_is_shown(units_map: Path, open_page: Open) -> None:
    page = open_page(units_map, link="#place=d&layers=worse_off")
    assert page.locator('[data-layer="worse_off"]').count() == 0, "nobody can switch it off"
    assert page.locator(".leaflet-popup .loss").inner_text() == (
        "Worse off with the programme: Primary care, feldsher point: "
        "today 13\u00a0min, then 47\u00a0min (thaw, 2028; people: 180)"
    )
    page.keyboard.press("Escape")
    page.locator('.symbol[title^="Степное"]').click()
    assert page.locator(".leaflet-popup h3").inner_text() == "Степное"


def test_what_more_would_cost_stands_beside_the_map(steppe: StudyResult, steppe_map: Path, open_page: Open) -> None:
    page = open_page(steppe_map)
    part = page.locator('#tables section[data-service="phc"]', has_text="What more would cost")
    assert "the first step brings people within the norm at 248.1K KZT" in part.inner_text()
    assert part.locator("a").get_attribute("href") == "report.html#goals"


def test_types_of_units_have_their_rule_in_the_legend_and_a_popup(units_map: Path, open_page: Open) -> None:
    page = open_page(units_map, link="#layers=unit_types")
    rule = "utilisation above 120 % and change in 10 years above 10 %"
    legend = page.locator("#legend").inner_text()
    assert f"excessive concentration ({rule}): West" in legend
    assert "unknown (not known: share in hazard zones): East" in legend
    assert page.locator(".unit-label").all_inner_texts() == ["excessive concentration"]
    point = page.evaluate(
        "() => { const p = geoMap.latLngToContainerPoint([50.55, 65.85]);"
        " const m = geoMap.getContainer().getBoundingClientRect(); return [m.x + p.x, m.y + p.y]; }"
    )
    page.mouse.click(point[0], point[1])
    assert page.locator(".leaflet-popup h3").inner_text() == "West"
    assert rule in page.locator(".leaflet-popup").inner_text()


def test_nothing_is_offered_where_nothing_is_known(tmp_path: Path, open_page: Open, steppe_map: Path) -> None:
    write_map(sample_result(), tmp_path / "map.html")
    page = open_page(tmp_path / "map.html", link="#show=choice")
    values = page.locator("#show option").evaluate_all("options => options.map((one) => one.value)")
    assert not set(VIEWS) & set(values)
    assert page.locator("#show").input_value() == "minutes"
    page.locator(".layer-list summary").click()
    assert page.locator('[data-layer="load"], [data-layer="unit_types"]').count() == 0
    # One district of a study has its own type only: the layer compares.
    district = open_page(steppe_map, instead_of=page)
    assert district.locator('[data-layer="unit_types"]').count() == 0


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_in_every_language_on_a_telephone(
    units_map: Path, open_page: Open, language: str, view: str
) -> None:
    page = open_page(
        units_map, width=360, link=f"#lang={language}&show={view}&layers=load+unit_types+proposals+rounds+ways"
    )
    assert page.locator("#show").input_value() == view
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert "{" not in page.locator("main").inner_text()


def test_axe_finds_no_violation(units_map: Path, open_page: Open) -> None:
    page: Page | None = None
    for view in VIEWS:
        page = open_page(
            units_map, link=f"#show={view}&layers=load+unit_types+proposals+rounds+ways&place=d", instead_of=page
        )
        assert violations(page) == [], view


def test_the_diagnosis_keeps_a_district_small(steppe: StudyResult, steppe_map: Path, tmp_path: Path) -> None:
    names = ("access_indicators", "settlement_profile", "facility_load", "unit_profile", "norm_gaps")
    bare = replace(steppe, tables={**steppe.tables, **{name: steppe.tables[name].iloc[:0] for name in names}})
    write_map(bare, tmp_path / "map.html")
    assert steppe_map.stat().st_size - (tmp_path / "map.html").stat().st_size < 60_000
