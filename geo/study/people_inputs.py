"""What a study brings about people, read and checked: counts by age, totals to be kept to, what communities propose."""

from __future__ import annotations

import difflib

import geopandas as gpd
import pandas as pd

from geo.errors import Fault
from geo.language import gettext as _
from geo.read.facilities import read_proposals
from geo.read.joining import Places
from geo.study.ages import check_ages
from geo.study.config import STUDY_FILE, StudyConfig
from geo.study.inputs import Reading, empty
from geo.tables import AGES, PROPOSALS


def ages_of(reading: Reading, settlements: gpd.GeoDataFrame | None) -> pd.DataFrame:
    """Return the counts by age; empty where the study names none. What is wrong with them is among the faults."""
    name = reading.config.inputs.ages
    ages: pd.DataFrame = reading.declared(AGES, name)
    inputs = reading.config.inputs
    if (
        settlements is not None
        and name is not None
        and not reading.failed(name)
        and not reading.failed(inputs.settlements)
    ):
        reading.faults.extend(check_ages(ages, settlements.index, name))
    return ages


def proposals_of(reading: Reading, places: Places) -> gpd.GeoDataFrame:
    """Return what communities propose about the study's services; empty where the study names no such table."""
    config = reading.config
    levels = {service.name: service.levels for service in config.service}
    proposals: gpd.GeoDataFrame | None = reading.file(
        config.inputs.proposals,
        lambda path, name: read_proposals(
            path, name, places, levels, tuple(levels), headings=config.columns.of("proposals")
        ),
    )
    return empty(PROPOSALS) if proposals is None else proposals


def check_projection(
    config: StudyConfig, settlements: gpd.GeoDataFrame | None, boundaries: gpd.GeoDataFrame | None
) -> list[Fault]:
    """Check `[projection]`: a year to start from, control totals of units that exist and of years to come."""
    rules = config.projection
    if rules is None or settlements is None or boundaries is None:
        return []
    stated = settlements["pop_year"].dropna()
    if rules.first_year is None and not len(stated):
        message = _("Nobody says which year today's counts are of.")
        remedy = _("Give projection.first_year, or fill in pop_year.")
        return [Fault(STUDY_FILE, 0, "projection.first_year", "no-first-year", message, remedy)]
    first = rules.first_year if rules.first_year is not None else int(stated.max())
    units = [str(unit) for unit in boundaries.index[boundaries["level"] == config.study.units]]
    faults = []
    for number, control in enumerate(rules.control):
        place = f"projection.control[{number}]"
        if control.unit not in units:
            message = _("The study has no unit “{unit}”.").format(unit=control.unit)
            near = difflib.get_close_matches(control.unit, units, n=1)
            remedy = _("Did you mean {near}?").format(near=near[0]) if near else _("Correct the code.")
            faults.append(Fault(STUDY_FILE, 0, f"{place}.unit", "unknown-unit", message, remedy))
        if control.year <= first:
            message = _("The control total of {year} is not after {first}, the year of today's counts.").format(
                year=control.year, first=first
            )
            remedy = _("Give a later year.")
            faults.append(Fault(STUDY_FILE, 0, f"{place}.year", "past-control-total", message, remedy))
    return faults
