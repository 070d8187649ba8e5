"""One printed page per settlement: what it has today, what plan and programme change, which norms it meets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from geo.language import current, mark, numbers
from geo.language import gettext as _
from geo.maps.access import printed_seasons
from geo.maps.first_screen import first_screen
from geo.maps.picture import Picture
from geo.maps.sites import with_id
from geo.norms import load_pack, packs
from geo.report.sections.answer import page_links, print_page
from geo.report.sections.content import Head, TextTable, text_table
from geo.report.sections.plan_map import draw_ground, unit_extent
from geo.study import explain
from geo.study.diagnosis.sentences import place_in_words
from geo.study.figures import people, tenths
from geo.study.programme.place_words import forms_by_place, programme_by_place
from geo.study.result import BASELINE, HEADLINE, WORST, StudyResult
from geo.study.wording import people_are_imputed, word

STATUS_WORDS: Final = {
    "met": mark("Met"),
    "unmet": mark("Not met"),
    "not_applicable": mark("Does not apply"),
    "unknown": mark("Unknown"),
}
#: Size of the drawing that shows where in the unit the settlement lies: width, most height.
_LOCATOR_PX: Final = (220, 150)
#: Where the sheet of a settlement begins, for the links of the first page.
_ANCHOR: Final = "place-{number}"
#: Trips that differ by less read the same.
_SAME_MINUTES: Final = 0.05

#: Rows of `access_settlement` by service, settlement, plan and season.
Access = dict[tuple[str, str, str, str], dict[str, Any]]


def settlements_page(result: StudyResult) -> str:
    """Return the sheets of all settlements of a unit as one page: an index with links, then one A4 page each."""
    first = first_screen(result)
    picture = Picture(unit_extent(result), *_LOCATOR_PX)
    draw_ground(picture, result, result.config.service[0].name)
    sheets = list(_sheets(result, picture))
    return print_page(
        "report/settlements.j2",
        **{key: first[key] for key in ("title", "unit", "banners")},
        links=page_links(result, "settlements.html"),
        ground={"body": picture.body(), "width": picture.width_px, "height": picture.height_px},
        sheets=sheets,
        index=sorted(sheets, key=lambda sheet: (sheet["name"].casefold(), sheet["anchor"])),
        closing=explain.closing_sentence(),
    )


def write_settlements(result: StudyResult, path: Path) -> None:
    """Write one page per settlement of a unit.

    Parameters
    ----------
    result
        Results of the unit.
    path
        File to write, usually ``settlements.html``.
    """
    path.write_text(settlements_page(result), encoding="utf-8", newline="\n")


def _sheets(result: StudyResult, picture: Picture) -> Iterator[dict[str, Any]]:
    access = _by_key(result.tables["access_settlement"])
    norms = dict(iter(result.tables["norm_compliance"].groupby("settlement_id", sort=False)))
    titles = _norm_titles(result)
    sites = with_id(result.sites, "site_id").drop_duplicates("site_id").set_index("site_id")
    site_names = {str(site): explain.name_of(row) for site, row in sites.iterrows()}
    imputed = {service.name: people_are_imputed(result, service.name) for service in result.config.service}
    programme, forms = programme_by_place(result), forms_by_place(result)
    for number, (settlement, row) in enumerate(result.settlements.iterrows()):
        x, y = picture.at(row.geometry.x, row.geometry.y)
        services = [
            _service(result, service.name, str(settlement), access, site_names, imputed[service.name][number])
            for service in result.config.service
        ]
        yield {
            "anchor": _ANCHOR.format(number=number + 1),
            "name": explain.name_of(row),
            "other_names": _other_names(row),
            "people": people(row["population_persons"], bool(row["population_imputed"])),
            "kind": place_in_words(result, str(settlement)),
            "road": tenths(row["nearest_road_km"], missing=_("unknown")),
            "x": round(x, 1),
            "y": round(y, 1),
            "services": services,
            "programme": programme.get(str(settlement), []),
            "forms": forms.get(str(settlement), []),
            "norms": _norms(norms.get(settlement), titles),
        }


def _by_key(table: pd.DataFrame) -> Access:
    keys = ("service", "settlement_id", "plan", "season")
    return {tuple(str(row[key]) for key in keys): row for row in table.to_dict("records")}  # type: ignore[misc]


def _other_names(row: pd.Series[Any]) -> list[str]:
    """Return the settlement's names in the other languages, each once."""
    own = explain.name_of(row.drop(f"shown_{current()}", errors="ignore"))
    found = (row.get(f"name_{language}") for language in ("kk", "ru", "en"))
    return [name for name in dict.fromkeys(found) if isinstance(name, str) and name and name != own]


def _service(
    result: StudyResult, service: str, settlement: str, access: Access, site_names: dict[str, str], imputed: bool
) -> dict[str, Any]:
    today = access[service, settlement, BASELINE, WORST]
    config = result.service(service)
    several = len(result.config.season) > 1
    said = _("Today, in the worst season: {verdict}.") if several else _("Today: {verdict}.")
    return {
        "label": config.label.in_language(current()),
        "people": people(today["persons"], imputed),
        "times": _times(result, service, settlement, access, site_names),
        "verdict": said.format(verdict=explain.verdict(pd.Series(today))),
        "change": _change(result, service, settlement, access, site_names),
        "part": _part_in_the_plan(result, service, settlement),
    }


def _times(result: StudyResult, service: str, settlement: str, access: Access, site_names: dict[str, str]) -> TextTable:
    """Return minutes and nearest facility in every season, today and with the plan."""
    rows = []
    for season in printed_seasons(result):
        today = access[service, settlement, BASELINE, season]
        planned = access.get((service, settlement, HEADLINE, season))
        cells = [explain.season_label(result, season), _trip(today), _nearest(today, site_names)]
        rows.append((*cells, *((_trip(planned), _nearest(planned, site_names)) if planned else ("", ""))))
    heads = (
        _("Season"),
        Head(_("Today (min)"), number=True),
        _("Nearest today"),
        Head(_("With the plan (min)"), number=True),
        _("Nearest with the plan"),
    )
    return text_table(_("Trips"), heads, rows)


def _trip(row: dict[str, Any]) -> str:
    return tenths(row["minutes"])


def _nearest(row: dict[str, Any], site_names: dict[str, str]) -> str:
    return site_names.get(str(row["site_id"]), "") if pd.notna(row["minutes"]) else ""


def _change(result: StudyResult, service: str, settlement: str, access: Access, site_names: dict[str, str]) -> str:
    """Return what the plan changes for the settlement: in its worst season, else in the others, in one sentence."""
    today = access[service, settlement, BASELINE, WORST]
    planned = access.get((service, settlement, HEADLINE, WORST))
    if planned is None:
        return _("There is no plan to compare with.")
    before, after = today["minutes"], planned["minutes"]
    if pd.isna(after):
        return _no_way_then(result, service, settlement, access)
    site = site_names.get(str(planned["site_id"]), "")
    if pd.isna(before):
        text = _("With the plan: {after} to {site}.")
        return text.format(after=numbers.minutes(after), site=site)
    if abs(after - before) < _SAME_MINUTES:
        if _shorter_in_a_season(result, service, settlement, access):
            return _("In the worst season the trip stays as it is; in another season it gets shorter.")
        return _("The plan changes nothing here.")
    text = _("With the plan: {after} to {site} instead of {before}.")
    return text.format(after=numbers.minutes(after), before=numbers.minutes(before), site=site)


def _no_way_then(result: StudyResult, service: str, settlement: str, access: Access) -> str:
    """Return what the plan changes for a settlement that has no way in its worst season with it."""
    if pd.notna(access[service, settlement, BASELINE, WORST]["minutes"]):
        return _("With the plan: access is lost.")
    if not _shorter_in_a_season(result, service, settlement, access):
        return _("The plan gives this place no way.")
    closed = [
        explain.season_label(result, season.name)
        for season in result.config.season
        if pd.isna(access[service, settlement, HEADLINE, season.name]["minutes"])
    ]
    text = _("Still no way in the season “{season}”; in other seasons the trip gets shorter.")
    return text.format(season=", ".join(closed))


def _shorter_in_a_season(result: StudyResult, service: str, settlement: str, access: Access) -> bool:
    """Return whether the trip gets shorter in any season, or possible at all."""
    for season in result.config.season:
        before, after = (access[service, settlement, plan, season.name]["minutes"] for plan in (BASELINE, HEADLINE))
        if pd.notna(after) and (pd.isna(before) or after < before - _SAME_MINUTES):
            return True
    return False


def _part_in_the_plan(result: StudyResult, service: str, settlement: str) -> list[str]:
    """Return what the plan does here: opens, closes, or would have opened as second choice."""
    rows = result.table("recommendations", service=service)
    texts = [
        explain.recommendation(result, service, int(rank))
        for rank in rows.loc[(rows["settlement_id"] == settlement) & rows["rank"].notna(), "rank"].sort_values()
    ]
    here = _sites_in(result.sites, service, settlement)
    for _number, row in rows[rows["second_best_site_id"].isin(here)].sort_values("rank").iterrows():
        reason = explain.second_best(result, service, row)
        place = explain.settlement_or_site(result, row)
        texts.append(_("Second choice after {place}: {reason}").format(place=place, reason=reason))
    return texts


def _sites_in(sites: gpd.GeoDataFrame, service: str, settlement: str) -> set[str]:
    rows = with_id(sites, "site_id")
    return set(rows.loc[(rows["service"] == service) & (rows["settlement_id"] == settlement), "site_id"])


def _norm_titles(result: StudyResult) -> dict[tuple[str, str], str]:
    used = set(result.tables["norm_compliance"]["pack"])
    return {(pack, norm.norm_id): norm.title(current()) for pack in packs() if pack in used for norm in load_pack(pack)}


def _norms(rows: pd.DataFrame | None, titles: dict[tuple[str, str], str]) -> TextTable:
    """Return every norm of the packs with what was found here."""
    every = [] if rows is None else rows.to_dict("records")
    # Where no norm was checked, one line says it: in every row it would push the sheet over its end.
    some = any(row["verified"] for row in every)
    cells = [
        (
            titles.get((str(row["pack"]), str(row["norm_id"])), str(row["norm_id"])),
            word(STATUS_WORDS, row["status"]),
            *(_measured(row[name], str(row["unit"])) if applies else "" for name in ("value", "limit")),
            *([_("yes") if row["verified"] else _("not legally verified")] if some else []),
        )
        for row in every
        for applies in [row["status"] != "not_applicable"]
    ]
    heads: tuple[str | Head, ...] = (
        _("Norm"),
        _("Result"),
        Head(_("Found"), number=True),
        Head(_("Limit"), number=True),
        *([_("Verified")] if some else []),
    )
    note = "" if some else _("These norms are not legally verified.")
    return text_table(_("Norm packs"), heads, cells, _("No norm pack was applied."), note)


def _measured(value: Any, unit: str) -> str:
    """Return a value of a norm with its unit, yes or no for what is there or is not; blank where there is none."""
    if pd.isna(value):
        return ""
    if unit == "persons":
        return numbers.persons(value)
    text = {"min": _("{minutes} min"), "km": _("{km} km")}.get(unit)
    if text is None:
        return _("yes") if value else _("no")
    return text.format(minutes=tenths(value), km=tenths(value)).replace(" ", numbers.NO_BREAK_SPACE)
