"""Checks of one file against another: prices and services, demand and population, parts that hold nothing."""

from __future__ import annotations

import difflib
import math
import re

import geopandas as gpd
import pandas as pd

from geo.errors import Fault
from geo.language import gettext as _
from geo.network.speeds import SpeedTable
from geo.study.config import STUDY_FILE, ServiceConfig, StudyConfig
from geo.study.price_list import OF_SIZE
from geo.tables import SETTLEMENTS
from geo.tables.check import FILE_ROW

#: A settlement that changes by more a year was counted differently, or one of the counts is wrong.
_LARGEST_GROWTH = 0.3
#: Prices of things that are no service.
_OTHER_ITEMS = ("road_km/", "bus_year/", "visit/", "vehicle_year/", "boarding/", "floor/")
#: Sizes of buildings in items of prices by size.
_SIZE = re.compile(r"[1-9]\d{0,5}")
#: Works on a place that may have prices of their own, as service/level/work.
_WORKS = ("upgrade", "downgrade", "renovate", "replace", "close", "language")


def check_costs(costs: pd.DataFrame, config: StudyConfig) -> list[Fault]:
    """Warn of prices that no service of the study can use, e.g. because its name is misspelt."""
    known = [f"{service.name}/{level}" for service in config.service for level in service.levels]
    works = {f"{item}/{work}" for item in known for work in _WORKS}
    faults = []
    for item, row in zip(costs["item"], costs.get(FILE_ROW, pd.Series(dtype=int)), strict=True):
        if item in known or item in works or str(item).startswith(_OTHER_ITEMS):
            continue
        priced, of_size, size = str(item).partition(OF_SIZE)
        if of_size and priced in known:
            if not _SIZE.fullmatch(size):
                message = _("“{size}” is no number of places, as in school/secondary@600.").format(size=size)
                remedy = _("Write the size of the building in whole places after the sign @.")
                faults.append(Fault(config.inputs.costs or "", int(row), "item", "bad-size", message, remedy))
            continue
        near = difflib.get_close_matches(str(item), known, n=1)
        message = _("“{item}” is no service and level of the study; the price is not used.").format(item=item)
        remedy = (
            _("Did you mean {near}?").format(near=near[0])
            if near
            else _("Items of this study: {items}.").format(items=", ".join(known))
        )
        faults.append(Fault(config.inputs.costs or "", int(row), "item", "unused-price", message, remedy, "warning"))
    return faults


def check_vehicle(speeds: SpeedTable, config: StudyConfig) -> list[Fault]:
    """Refuse a vehicle that the speed table does not know."""
    vehicle, known = config.network.vehicle, speeds.vehicles
    if vehicle in known:
        return []
    message = _("The speed table {file} has no vehicle “{vehicle}”.").format(file=speeds.file, vehicle=vehicle)
    remedy = _("Use one of: {choices}.").format(choices=", ".join(known))
    return [Fault(STUDY_FILE, 0, "network.vehicle", "unknown-vehicle", message, remedy)]


def check_trips(
    trips: pd.DataFrame, settlements: gpd.GeoDataFrame, config: StudyConfig, *, changes_known: bool = True
) -> list[Fault]:
    """Check observed trips: settlements and seasons that exist, ends that differ.

    Where it is not known which codes have changed, none is called unknown.
    """
    file = config.inputs.observed_trips or ""
    seasons = [season.name for season in config.season]
    faults = []
    columns = [trips[name] for name in ("from_id", "to_id", "season")]
    for start, end, season, row in zip(*columns, trips.get(FILE_ROW, pd.Series(dtype=int)), strict=True):
        for column, settlement_id in (("from_id", start), ("to_id", end)):
            if changes_known and settlement_id not in settlements.index:
                message = _("There is no settlement “{settlement}”.").format(settlement=settlement_id)
                faults.append(Fault(file, int(row), column, "unknown-settlement", message, _("Correct the code.")))
        if start == end:
            message = _("The trip begins and ends in “{settlement}”.").format(settlement=start)
            remedy = _("Give another end, or delete the row.")
            faults.append(Fault(file, int(row), "to_id", "same-settlement", message, remedy))
        if season not in seasons:
            message = _("The study has no season “{season}”.").format(season=season)
            remedy = _("Use one of: {choices}.").format(choices=", ".join(seasons))
            faults.append(Fault(file, int(row), "season", "unknown-season", message, remedy))
    return faults


def check_demand(settlements: gpd.GeoDataFrame, config: StudyConfig) -> list[Fault]:
    """Refuse services that nobody is known to need: every plan would be as good as any other."""
    file = config.inputs.settlements or config.inputs.osm or STUDY_FILE
    return [
        _nobody(service, file)
        for service in config.service
        if not settlements[f"{service.name}_persons"].fillna(0).gt(0).any()
    ]


def counted_settlements(config: StudyConfig) -> list[Fault]:
    """Warn that a study counts settlements, because nobody is known to have counted the people."""
    if config.demand.counts == "people":
        return []
    message = _("Every settlement counts as one: the figures of this study are settlements, not people.")
    remedy = _("Fill in pop_total, then delete counts = “settlements” from the study file.")
    return [Fault(STUDY_FILE, 0, "demand.counts", "settlements-counted", message, remedy, "warning")]


def _nobody(service: ServiceConfig, file: str) -> Fault:
    columns = ", ".join(service.demand)
    message = _("Nobody is known to need service “{service}”: {columns} is blank or 0 in every settlement.").format(
        service=service.name, columns=columns
    )
    remedy = _("Fill the column in, choose another one as demand, or let buildings stand in (from_buildings = true).")
    return Fault(file, 0, columns, "nobody-needs-it", message, remedy)


def check_languages(facilities: gpd.GeoDataFrame, config: StudyConfig) -> list[Fault]:
    """Warn where some facilities state their language of instruction and others do not: no figures by language then.

    Where the programme asks for languages it is said as well if none states it: such serve nobody of a stated language.
    """
    faults = []
    planned = () if config.programme is None else config.programme.languages
    for service in config.service:
        serving = service.levels[service.levels.index(service.serving_level) :]
        own = facilities[(facilities["service"] == service.name) & facilities["level"].isin(serving)]
        own = own[own["status"] == "open"]
        silent = own[own["instruction_lang"].isna()]
        if not len(silent) or (len(silent) == len(own) and service.name not in planned):
            continue
        message = _("The language of instruction of {n} facilities is not stated, the first being {first}.").format(
            n=len(silent), first=silent.index[0]
        )
        remedy = _("State it for all: until then no figures by language are given.")
        if service.name in planned:
            remedy += " " + _("The programme counts on them only for people whose language is not stated.")
        row = int(silent[FILE_ROW].iloc[0]) if FILE_ROW in silent else 0
        file = config.inputs.facilities or ""
        faults.append(Fault(file, row, "instruction_lang", "language-unknown", message, remedy, "warning"))
    return faults


def check_history(settlements: gpd.GeoDataFrame, config: StudyConfig) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Check the earlier counts of people against today's; one that cannot be is not used, and named.

    Returns
    -------
    GeoDataFrame
        Settlements without the earlier counts that are not used.
    list of Fault
        One warning per count.
    """
    columns = ("population_before_persons", "pop_before_year", "population_persons", "pop_year")
    before, first, now, last = (settlements[name].astype("Float64") for name in columns)
    stated = before.notna() | first.notna()
    years = (last - first).where(last > first)
    annual = (now / before.where(before > 0)).where(now > 0).map(math.log, na_action="ignore") / years
    jump = _("The people change by over {percent} % a year.").format(percent=round(100 * _LARGEST_GROWTH))
    incomplete = _("pop_before, pop_before_year and pop_year belong together.")
    judged = (
        ("history-incomplete", stated & (before.isna() | first.isna() | last.isna()), incomplete),
        ("history-order", stated & (first >= last), _("pop_before_year is not before pop_year.")),
        ("history-nobody", stated & (before == 0), _("pop_before is 0: nothing grows from nobody.")),
        ("history-jump", annual.abs() > _LARGEST_GROWTH, jump),
    )
    result, faults = settlements.copy(), []
    remedy = _("Correct the counts or their years; until then there is no projection for this settlement.")
    for code, wrong, message in judged:
        for settlement_id in settlements.index[wrong.fillna(value=False).astype(bool)]:
            row = int(settlements.loc[settlement_id, FILE_ROW]) if FILE_ROW in settlements else 0
            text = f"{settlement_id}: {message}"
            faults.append(Fault(config.inputs.settlements or "", row, "pop_before", code, text, remedy, "warning"))
            result.loc[settlement_id, "population_before_persons"] = pd.NA
    return result, faults


def check_okrugs(settlements: gpd.GeoDataFrame, boundaries: gpd.GeoDataFrame, config: StudyConfig) -> list[Fault]:
    """Warn of rural okrugs that the boundaries do not have, and of one code in several units."""
    stated = settlements["okrug_id"].dropna().astype(str)
    known = set(boundaries.index[boundaries["level"] == "okrug"])
    file = config.inputs.settlements or ""
    faults = []
    for okrug in sorted(set(stated) - known) if known else ():
        message = _("There is no rural okrug “{okrug}”; settlements with it: {n}.").format(
            okrug=okrug, n=int((stated == okrug).sum())
        )
        remedy = _("Use a unit_id of the boundaries; until then the okrug has no name.")
        faults.append(_of_okrug(settlements, stated, okrug, file, "unknown-okrug", message, remedy))
    units = settlements.loc[stated.index, "unit_id"].groupby(stated).nunique()
    for okrug in sorted(units.index[units > 1]):
        message = _("The rural okrug “{okrug}” has settlements in {n} units.").format(okrug=okrug, n=int(units[okrug]))
        remedy = _("Codes of okrugs must differ between units: what has one code is added up.")
        faults.append(_of_okrug(settlements, stated, str(okrug), file, "okrug-in-units", message, remedy))
    return faults


def _of_okrug(
    settlements: gpd.GeoDataFrame, stated: pd.Series, okrug: str, file: str, code: str, message: str, remedy: str
) -> Fault:
    first = stated.index[stated == okrug][0]
    row = int(settlements.loc[first, FILE_ROW]) if FILE_ROW in settlements else 0
    return Fault(file, row, "okrug_id", code, message, remedy, "warning")


def demand_persons(settlements: gpd.GeoDataFrame, service: ServiceConfig) -> pd.Series:
    """Return the people who need a service, per settlement; missing = unknown."""
    names = [SETTLEMENTS.column(name).code_name for name in service.demand]
    total: pd.Series = settlements[names].astype("Float64").sum(axis=1, min_count=len(names))
    persons: pd.Series = (total * service.demand_share).round().astype("Int64")
    return persons


def nothing_in_extract(part: str, file: str) -> Fault:
    """Return the fault of an OpenStreetMap extract that lacks a part which the study takes from it."""
    message = {
        "roads": _("There are no roads in the extract."),
        "settlements": _("There are no settlements in the extract."),
    }[part]
    remedy = _("Use an extract of the right area, or name a file of your own under [inputs].")
    return Fault(file, 0, "", f"no-{part}", message, remedy)


def no_sources(name: str) -> Fault:
    """Return the warning for data whose origin nobody states."""
    message = _("The file does not exist: nobody can see where the data come from.")
    return Fault(name, 0, "", "no-sources", message, _("Write one; docs/study-file.md shows how."), "warning")
