"""Checks of one file against another: prices and services, demand and population, parts that hold nothing."""

from __future__ import annotations

import difflib

import geopandas as gpd
import pandas as pd

from geo.errors import Fault
from geo.language import gettext as _
from geo.study.config import STUDY_FILE, ServiceConfig, StudyConfig
from geo.tables import SETTLEMENTS
from geo.tables.check import FILE_ROW

#: Prices of things that are no service.
_OTHER_ITEMS = ("road_km/",)


def check_costs(costs: pd.DataFrame, config: StudyConfig) -> list[Fault]:
    """Warn of prices that no service of the study can use, e.g. because its name is misspelt."""
    known = [f"{service.name}/{level}" for service in config.service for level in service.levels]
    faults = []
    for item, row in zip(costs["item"], costs.get(FILE_ROW, pd.Series(dtype=int)), strict=True):
        if item in known or str(item).startswith(_OTHER_ITEMS):
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


def check_demand(settlements: gpd.GeoDataFrame, config: StudyConfig) -> list[Fault]:
    """Refuse services that nobody is known to need: every plan would be as good as any other."""
    file = config.inputs.settlements or config.inputs.osm or STUDY_FILE
    return [
        _nobody(service, file)
        for service in config.service
        if not settlements[f"{service.name}_persons"].fillna(0).gt(0).any()
    ]


def _nobody(service: ServiceConfig, file: str) -> Fault:
    columns = ", ".join(service.demand)
    message = _("Nobody is known to need service “{service}”: {columns} is blank or 0 in every settlement.").format(
        service=service.name, columns=columns
    )
    remedy = _("Fill the column in, choose another one as demand, or let buildings stand in (from_buildings = true).")
    return Fault(file, 0, columns, "nobody-needs-it", message, remedy)


def check_languages(facilities: gpd.GeoDataFrame, config: StudyConfig) -> list[Fault]:
    """Warn where some facilities state their language of instruction and others do not: no figures by language then."""
    faults = []
    for service in config.service:
        serving = service.levels[service.levels.index(service.serving_level) :]
        own = facilities[(facilities["service"] == service.name) & facilities["level"].isin(serving)]
        silent = own[own["instruction_lang"].isna() & (own["status"] == "open")]
        if not len(silent) or len(silent) == len(own):
            continue
        message = _("The language of instruction of {n} facilities is not stated, the first being {first}.").format(
            n=len(silent), first=silent.index[0]
        )
        remedy = _("State it for all: until then no figures by language are given.")
        row = int(silent[FILE_ROW].iloc[0]) if FILE_ROW in silent else 0
        file = config.inputs.facilities or ""
        faults.append(Fault(file, row, "instruction_lang", "language-unknown", message, remedy, "warning"))
    return faults


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
