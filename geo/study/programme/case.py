"""From a study to a planning case: the places of a unit, what can be done with each, and the money of each year."""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from geo.access.equity import kolm_pollak_kappa
from geo.planning.case import PlanningCase
from geo.planning.measure import need_ms, worst_ms
from geo.study.config import ServiceConfig
from geo.study.config_programme import Programme
from geo.study.prepare import BASE_SCENARIO, Prepared, runnable_units
from geo.study.programme.bystanders import Bystanders, bystanders
from geo.study.programme.kinds import planned_services
from geo.study.programme.needs import Needs, unit_needs
from geo.study.programme.options import all_options
from geo.study.programme.places import Place, unit_places
from geo.study.programme.prices import PriceBook
from geo.study.result import WHOLE_STUDY
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS, minutes_to_ms

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class UnitCase:
    """A unit's question to the planner, and what its numbers are about.

    Parameters
    ----------
    case
        The question; its budget is what is left for access.
    settings
        Of the study.
    services
        Planned together.
    places
        By position in the case.
    needs
        Those that the goals count, by position in the case; after them the case has those of bystanders.
    people
        int64 (n_years, n_needs), people of every need of the case, bystanders' too, whom the case does not count.
    known
        bool (n_needs,), whether these are known: where not, `people` and the case have 0, which is no number of people.
    budget
        float (n_years,), all the money of each year; sites where the study counts sites.
    reserve
        float (n_years,), the part of it kept for worn buildings.
    book
        Prices.
    """

    case: PlanningCase
    settings: Programme
    services: tuple[ServiceConfig, ...]
    places: tuple[Place, ...]
    needs: Needs
    people: npt.NDArray[np.int64]
    known: npt.NDArray[np.bool_]
    budget: Floats
    reserve: Floats
    book: PriceBook

    def service(self, name: str) -> ServiceConfig:
        """Return the settings of a service."""
        return next(service for service in self.services if service.name == name)

    def people_of(self, need: int, year: int) -> int | None:
        """Return the people of a need in a year, both as positions; None where nobody knows how many live there."""
        return int(self.people[year, need]) if self.known[need] else None


def unit_case(
    prepared: Prepared, settings: Programme, unit_id: str, settlements: gpd.GeoDataFrame, sites: gpd.GeoDataFrame
) -> UnitCase | None:
    """Return the planning case of a unit; None where nobody can be assessed.

    Parameters
    ----------
    settlements, sites
        Settlements of the unit, and the sites that it sees.
    """
    study = prepared.study
    rows = settlements[prepared.assessed.reindex(settlements.index).to_numpy(dtype=bool)]
    if not len(rows):
        return None
    services = planned_services(study, settings)
    places = unit_places(study, settings, services, sites)
    book = PriceBook(study, settings)
    needs = unit_needs(study, settings, rows)
    beside = bystanders(prepared, settings, rows, places, needs)
    n_seen, n_beside = len(places), len(beside.needs)
    places = (*places, *beside.places)
    budget = unit_money(prepared, unit_id, settings.budget if book.has_money else settings.sites_per_year)
    if unit_id == WHOLE_STUDY and not book.has_money and settings.sites_per_year_all is not None:
        budget = np.full(settings.years, float(settings.sites_per_year_all))
    reserve = budget * settings.renewal_share if book.has_money else np.zeros_like(budget)
    running = unit_money(prepared, unit_id, settings.running_budget)
    worsening = settings.max_worsening_minutes
    case = PlanningCase(
        settlement_ids=(*(str(settlement_id) for settlement_id in rows.index), *beside.settlement_ids),
        place_ids=tuple(place.place_id for place in places),
        season_names=tuple(season.name for season in study.config.season),
        place_ms=_times(prepared, rows, beside, places, n_seen),
        needs=(*needs.needs, *beside.needs),
        options=all_options(study, settings, needs.kinds, places, book),
        years=settings.calendar,
        persons=np.pad(needs.persons, ((0, 0), (0, n_beside))),
        limit_ms=np.pad(needs.limit_ms, (0, n_beside), constant_values=UNREACHABLE_MS),
        weight=np.pad(needs.weight, (0, n_beside), constant_values=1.0),
        budget=budget - reserve,
        running_budget=running,
        discount_rate=settings.discount_rate,
        max_worsening_ms=None if worsening is None else minutes_to_ms(worsening),
        protected=np.array([bool(place.protected) for place in places], dtype=np.bool_),
        cap_ms=minutes_to_ms(study.config.siting.cap_minutes),
        seed=study.config.study.seed,
        seconds=settings.seconds,
    )
    if settings.equity:
        case = replace(case, kappa=_kappa(case, study.config.siting.aversion))
    people = np.concatenate([needs.persons, beside.people], axis=1)
    known = np.concatenate([needs.known, beside.known])
    return UnitCase(case, settings, services, places, needs, people, known, budget, reserve, book)


def unit_money(prepared: Prepared, unit_id: str, per_unit: float | tuple[float, ...] | None) -> npt.NDArray[np.float64]:
    """Return the money of a unit by year (n_years,); the whole study has that of all its units; infinite if None."""
    settings = prepared.study.config.programme
    n_years = settings.years if settings is not None else 0
    if per_unit is None:
        return np.full(n_years, np.inf)
    n_units = max(len(runnable_units(prepared)) - 1, 1) if unit_id == WHOLE_STUDY else 1
    return np.broadcast_to(np.asarray(per_unit, dtype=np.float64), (n_years,)) * n_units


def _times(
    prepared: Prepared, rows: gpd.GeoDataFrame, beside: Bystanders, places: tuple[Place, ...], n_seen: int
) -> npt.NDArray[np.int32]:
    """Return int32 (n_seasons, n_settlements, n_places); what the unit does not see is nothing to its own people."""
    times = prepared.times[BASE_SCENARIO]
    ids = (*(str(settlement_id) for settlement_id in rows.index), *beside.settlement_ids)
    own = tuple(place.place_id for place in places)
    found = np.stack([times[s.name].select(ids, own).milliseconds for s in prepared.study.config.season])
    found[:, : len(rows), n_seen:] = UNREACHABLE_MS
    return found


def _kappa(case: PlanningCase, aversion: float) -> float | None:
    """Return kappa of today: everybody's worst season to the nearest place that serves, capped; None without people."""
    persons = case.persons[0]
    if not persons.any():
        return None
    worst = np.minimum(worst_ms(need_ms(case, case.today)), min(case.cap_ms, UNREACHABLE_MS))
    return kolm_pollak_kappa(worst / MS_PER_MINUTE, persons, aversion)
