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
        By position in the case.
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
    budget: Floats
    reserve: Floats
    book: PriceBook

    def service(self, name: str) -> ServiceConfig:
        """Return the settings of a service."""
        return next(service for service in self.services if service.name == name)


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
    budget = unit_money(prepared, unit_id, settings.budget if book.has_money else settings.sites_per_year)
    if unit_id == WHOLE_STUDY and not book.has_money and settings.sites_per_year_all is not None:
        budget = np.full(settings.years, float(settings.sites_per_year_all))
    reserve = budget * settings.renewal_share if book.has_money else np.zeros_like(budget)
    running = unit_money(prepared, unit_id, settings.running_budget)
    worsening = settings.max_worsening_minutes
    case = PlanningCase(
        settlement_ids=tuple(str(settlement_id) for settlement_id in rows.index),
        place_ids=tuple(place.place_id for place in places),
        season_names=tuple(season.name for season in study.config.season),
        place_ms=_times(prepared, rows, places),
        needs=needs.needs,
        options=all_options(study, settings, needs.kinds, places, book),
        years=settings.calendar,
        persons=needs.persons,
        limit_ms=needs.limit_ms,
        weight=needs.weight,
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
    return UnitCase(case, settings, services, places, needs, budget, reserve, book)


def unit_money(prepared: Prepared, unit_id: str, per_unit: float | tuple[float, ...] | None) -> npt.NDArray[np.float64]:
    """Return the money of a unit by year (n_years,); the whole study has that of all its units; infinite if None."""
    settings = prepared.study.config.programme
    n_years = settings.years if settings is not None else 0
    if per_unit is None:
        return np.full(n_years, np.inf)
    n_units = max(len(runnable_units(prepared)) - 1, 1) if unit_id == WHOLE_STUDY else 1
    return np.broadcast_to(np.asarray(per_unit, dtype=np.float64), (n_years,)) * n_units


def _times(prepared: Prepared, rows: gpd.GeoDataFrame, places: tuple[Place, ...]) -> npt.NDArray[np.int32]:
    """Return int32 (n_seasons, n_settlements, n_places)."""
    times = prepared.times[BASE_SCENARIO]
    ids = tuple(str(settlement_id) for settlement_id in rows.index)
    own = tuple(place.place_id for place in places)
    return np.stack([times[s.name].select(ids, own).milliseconds for s in prepared.study.config.season])


def _kappa(case: PlanningCase, aversion: float) -> float | None:
    """Return kappa of today: everybody's worst season to the nearest place that serves, capped; None without people."""
    persons = case.persons[0]
    if not persons.any():
        return None
    worst = np.minimum(worst_ms(need_ms(case, case.today)), min(case.cap_ms, UNREACHABLE_MS))
    return kolm_pollak_kappa(worst / MS_PER_MINUTE, persons, aversion)
