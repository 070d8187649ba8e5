"""Sections about what the result stands on: data quality, assumptions, norms, distances."""

from __future__ import annotations

import csv
import io
from typing import Final

import pandas as pd

from geo.language import current, mark, numbers
from geo.language import gettext as _
from geo.maps.access import season_months
from geo.maps.words import SEVERITY
from geo.network.speeds import ANY, WALK, packaged_speeds
from geo.report.sections.content import Head, TextTable, text_table
from geo.study import explain
from geo.study.config import SeasonConfig
from geo.study.figures import tenths
from geo.study.result import StudyResult
from geo.study.wording import LEVELS, word

#: Longest list of findings that is printed; the workbook has the rest.
MOST_FINDINGS: Final = 100
_SEVERITY_ORDER: Final = {severity: order for order, severity in enumerate(SEVERITY)}
ROADS: Final = {
    "I": mark("category I"),
    "II": mark("category II"),
    "III": mark("category III"),
    "IV": mark("category IV"),
    "V": mark("category V"),
    "winter_road": mark("winter road"),
    "ferry": mark("ferry"),
    "street": mark("street"),
    "track": mark("track"),
    "path": mark("path for walkers"),
}
SURFACES: Final = {
    "asphalt": mark("asphalt"),
    "gravel": mark("gravel"),
    "earth": mark("earth"),
    "snow_ice": mark("snow or ice"),
    "unknown": mark("surface unknown"),
    "any": mark("any"),
}
CONDITIONS: Final = {
    "good": mark("good"),
    "satisfactory": mark("satisfactory"),
    "poor": mark("poor"),
    "unknown": mark("condition unknown"),
    "any": mark("any"),
}


def data_quality(result: StudyResult) -> TextTable:
    """Return what was found wrong or doubtful in the data, the gravest first."""
    table = result.tables["data_quality"]
    order = table["severity"].map(_SEVERITY_ORDER).sort_values(kind="stable")
    rows = [
        (word(SEVERITY, row["severity"]), _place_of(row), str(row["message"]), str(row["remedy"]))
        for _number, row in table.loc[order.index].head(MOST_FINDINGS).iterrows()
    ]
    more = len(table) - len(rows)
    note = _("{count} more findings are in tables.xlsx.").format(count=numbers.persons(more)) if more else ""
    heads = (_("Kind"), _("Where"), _("Finding"), _("What to do"))
    return text_table(_("Data quality"), heads, rows, _("Nothing was found wrong with the data."), note, "data_quality")


def _place_of(row: pd.Series) -> str:
    parts = [str(row["file"])]
    if not pd.isna(row["row"]) and int(row["row"]):
        parts.append(_("row {row}").format(row=int(row["row"])))
    if not pd.isna(row["column"]) and row["column"]:
        parts.append(str(row["column"]))
    return ", ".join(parts)


def seasons(result: StudyResult) -> TextTable:
    """Return the study's seasons and what each does to roads."""
    rows = [
        (
            explain.season_label(result, season.name),
            season_months(season),
            _("{percent} %").format(percent=numbers.decimal(100 * season.weight, 1)),
            _passable(season.fords),
            _passable(season.winter_roads),
            _passable(season.flood_prone),
        )
        for season in result.config.season
    ]
    heads = (
        _("Season"),
        _("Months"),
        Head(_("Share of the year"), number=True),
        _("Fords"),
        _("Winter roads"),
        _("Roads that may be flooded"),
    )
    return text_table(_("Seasons"), heads, rows)


def _passable(state: str) -> str:
    return _("open") if state == "open" else _("closed")


def speeds(result: StudyResult) -> TextTable:
    """Return the package's speeds for the kinds of road that the unit has; a study's own file is named instead."""
    own = result.config.inputs.speeds
    if own is not None:
        return text_table(_("Speeds"), (), (), _("Speeds come from the study's own table, {file}.").format(file=own))
    vehicle = result.config.network.vehicle
    used = {*result.roads["road_category"].astype(str), ANY, "offroad"}
    found: dict[tuple[str, str, str], dict[str, str]] = {}
    for row in csv.DictReader(io.StringIO(packaged_speeds())):
        if row["vehicle"] == vehicle and row["road_category"] in used:
            kind = (row["road_category"], row["surface"], row["condition"])
            found.setdefault(kind, {})[row["season"]] = row["speed_kmh"]
    seasons_shown = result.config.season
    rows = [
        (_road_kind(kind), *(_speed(by_season, season) for season in seasons_shown))
        for kind, by_season in found.items()
    ]
    labels = [Head(explain.season_label(result, season.name), number=True) for season in seasons_shown]
    heads: list[str | Head] = [_("Road, surface, condition"), *labels]
    note = _("The most specific row counts. Speeds are proposals, not measurements; a road service should review them.")
    return text_table(_("Speeds in km/h"), heads, rows, _("No speed applies."), note)


def _road_kind(kind: tuple[str, str, str]) -> str:
    category, surface, condition = kind
    road = {"offroad": _("off the road"), ANY: _("any road")}.get(category) or word(ROADS, category)
    parts = [road]
    if surface != ANY:
        parts.append(word(SURFACES, surface))
    if condition != ANY:
        parts.append(word(CONDITIONS, condition))
    return ", ".join(parts)


def _speed(by_season: dict[str, str], season: SeasonConfig) -> str:
    text = by_season.get(season.speeds_of or season.name, by_season.get(ANY))
    if text is None:
        return ""
    return numbers.decimal(float(text), 0) if float(text) else _("closed")


def joining_rules(result: StudyResult) -> list[str]:
    """Return how settlements and facilities are joined to roads, one sentence per rule."""
    network = result.config.network
    far = (
        _("A place farther than that is called unreachable, and its people stay in every count.")
        if network.beyond_join == "unreachable"
        else _("A place farther than that is not assessable, and is listed.")
    )
    return [
        _("A place uses every road within {km} km.").format(km=numbers.decimal(network.max_join_km, 0)) + " " + far,
        _("The way to the road is {factor} times the straight line.").format(
            factor=numbers.decimal(network.leg_factor, 1)
        ),
        _("The way to the road is gone on foot.")
        if network.vehicle == WALK
        else _("On foot at most {km} km; beyond that, by car off the road, where the season allows it.").format(
            km=numbers.decimal(network.max_walk_km, 0)
        ),
        _("{minutes} are added to every trip for the way within the settlement.").format(
            minutes=numbers.minutes(network.within_settlement_minutes)
        ),
        _("Roads and facilities up to {km} km beyond the border are used.").format(
            km=numbers.decimal(network.buffer_km, 0)
        ),
    ]


def demand_rules(result: StudyResult) -> list[str]:
    """Return how people were counted where nobody counted them."""
    rules = []
    text = _("{service}: {percent} % of the people are taken to need it; such counts carry a ≈.")
    population = result.config.population
    if population.from_buildings:
        rules.append(
            _(
                "Where people are unknown, buildings are counted, {people} people in each; such counts carry a ≈."
            ).format(people=numbers.decimal(population.persons_per_building, 1))
        )
    return rules + [
        text.format(
            service=service.label.in_language(current()), percent=numbers.decimal(100 * service.demand_share, 1)
        )
        for service in result.config.service
        if service.demand_share < 1
    ]


def plan_cost(result: StudyResult, service: str) -> str:
    """Return what the plan costs altogether, with price year and size; empty where no price is known."""
    opened = result.table("recommendations", service=service, action="open")["cost"]
    prices = result.manifest.get("prices", {}).get(service)
    if not prices or opened.isna().all():
        return ""
    currency, year, _source, size = prices
    money = numbers.money(float(opened.sum()), currency, int(year))
    unpriced = int(opened.isna().sum())
    parts = [_("Cost of the plan: {money}, prices not verified.").format(money=money)]
    if size is not None:
        parts.append(_("Each site is priced for {n} places.").format(n=numbers.persons(float(size))))
    if unpriced:
        parts.append(_("Sites without a price, not included: {n}.").format(n=numbers.persons(unpriced)))
    return " ".join(parts)


def price_rules(result: StudyResult) -> list[str]:
    """Return where the prices come from, one sentence per service that has any."""
    prices = result.manifest.get("prices", {})
    text = _("{service}, prices: {source}. They were not verified.")
    return [
        text.format(service=service.label.in_language(current()), source=str(prices[service.name][2]).rstrip("."))
        for service in result.config.service
        if prices.get(service.name)
    ]


def norms(result: StudyResult) -> TextTable:
    """Return the norms that siting answers, with their sources."""
    rows = [
        (
            result.service(service).label.in_language(current()),
            norm.title(current()),
            word(LEVELS, norm.level),
            ", ".join(_(part) for part in (norm.source, norm.legal_ref) if part),
            _("yes") if norm.verified else _("norm not legally verified"),
        )
        for service, norm in result.norms.items()
    ]
    heads = (_("Service"), _("Norm"), _("Lowest level that counts"), _("Source"), _("Verified"))
    return text_table(_("Norms"), heads, rows)


def _percent(share: float) -> str:
    return "" if pd.isna(share) else _("{percent} %").format(percent=numbers.decimal(100 * share, 1))


def distance_check(result: StudyResult) -> TextTable:
    """Return network distances beside published ones."""
    rows = [
        (
            _("{start} to {end}").format(
                start=explain.settlement_name(result, str(row["from_id"])),
                end=explain.settlement_name(result, str(row["to_id"])),
            ),
            tenths(row["network_km"]),
            tenths(row["published_km"]),
            _percent(row["difference_share"]),
            str(row["source"]),
        )
        for _number, row in result.tables["distance_check"].iterrows()
    ]
    heads = (
        _("Trip"),
        Head(_("On the study's roads (km)"), number=True),
        Head(_("Published (km)"), number=True),
        Head(_("Difference"), number=True),
        _("Source"),
    )
    return text_table(_("Distances compared"), heads, rows, table="distance_check")
