"""How many people every settlement will have, year by year, as multiples of today's: what all projections rest on.

A settlement whose ages were counted twice goes by age (`geo.planning.cohorts`), any other by its growth
(`geo.planning.demand`), shrunk towards its unit's. One without an earlier count takes its unit's growth, which is the
same shrinkage with no year of its own; where the unit has none either, its people of later years are unknown. Units
with control totals are raked to them (`geo.planning.raking`). Counts of every year stand for the first year, the latest
that a settlement states.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.planning.cohorts import change_ratios, persons_of_ages, project_cohorts
from geo.planning.demand import growth_rate, shrunken_rate, unit_growth
from geo.planning.raking import largest_remainder, raking_factors
from geo.study.ages import AgeCounts, age_counts
from geo.study.config import ServiceConfig
from geo.study.config_projection import Projection
from geo.study.load import StudyData
from geo.study.values import numbers_of
from geo.tables import SETTLEMENTS

Floats = npt.NDArray[np.float64]

#: How a settlement is projected: by age, by its own growth, by its unit's, or not at all.
METHODS: Final = ("cohorts", "growth", "unit_growth", "unknown")
#: Ages in columns of the settlements table; all others move with everybody.
AGES_OF: Final[Mapping[str, tuple[int, int | None]]] = {
    "pop_0_5": (0, 5),
    "pop_6_9": (6, 9),
    "pop_10_14": (10, 14),
    "pop_15_17": (15, 17),
    "pop_18_62": (18, 62),
    "pop_63p": (63, None),
    "wcba": (15, 49),
}


@dataclass(frozen=True, eq=False)
class Outlook:
    """Multiples of today's people, by year and settlement; the first year's are 1.

    Parameters
    ----------
    ids
        Settlements of the study.
    unit_ids
        The unit of each.
    years
        Years, increasing; the first is the one that today's counts stand for.
    method
        One of `METHODS` for each settlement.
    growth : float64 (n,)
        Shrunken growth a year, NaN = unknown. Those who go by age have theirs, though it is not used.
    spread : float64 (n,)
        Standard deviation of growth in the settlement's unit; NaN = fewer than two are known.
    everybody : float64 (n_years, n)
        Of all people; NaN = unknown.
    by_column
        Of columns of the settlements table that are about ages, where they differ from everybody's.
    raked : bool (n,)
        Settlements of units that keep to control totals.
    refused
        Units with control totals that could not be raked, because people there are unknown.
    """

    ids: pd.Index
    unit_ids: npt.NDArray[np.object_]
    years: tuple[int, ...]
    method: npt.NDArray[np.object_]
    growth: Floats
    spread: Floats
    everybody: Floats
    by_column: Mapping[str, Floats]
    raked: npt.NDArray[np.bool_]
    refused: tuple[str, ...]

    def apart(self, sign: int) -> Floats:
        """Return what multiples are multiplied with at one standard deviation less growth (-1) or more (1).

        Returns
        -------
        float64 (n_years, n)
            NaN after the first year where the spread is unknown.
        """
        after = np.asarray(self.years) - self.years[0]
        apart: Floats = np.exp(sign * self.spread * after[:, None])
        apart[0] = 1.0
        return apart


def first_year_of(study: StudyData) -> int | None:
    """Return the year that today's counts stand for; None where no settlement states one."""
    rules = study.config.projection
    if rules is not None and rules.first_year is not None:
        return rules.first_year
    stated = numbers_of(study.settlements["pop_year"])
    known = stated[np.isfinite(stated)]
    return int(known.max()) if known.size else None


def look_ahead(study: StudyData, years: Sequence[int]) -> Outlook:
    """Return what becomes of every settlement of a study.

    Parameters
    ----------
    years
        Increasing; today's counts stand for the first.
    """
    rules = study.config.projection or Projection()
    settlements = study.settlements
    before, now, first, last = (
        numbers_of(settlements[name])
        for name in ("population_before_persons", "population_persons", "pop_before_year", "pop_year")
    )
    # Control totals of years that nobody asked for pull the years around them, too.
    when = sorted({*years, *(control.year for control in rules.control if control.year > years[0])})
    after = np.asarray(when, dtype=np.int64) - when[0]
    units = settlements["unit_id"].to_numpy(dtype=object)
    n = len(settlements)
    growth, spread = np.full(n, np.nan), np.full(n, np.nan)
    method = np.full(n, "unknown", dtype=object)
    everybody = np.full((len(after), n), np.nan)
    by_column = {name: np.full((len(after), n), np.nan) for name in AGES_OF}
    ages = age_counts(study.ages, settlements.index)
    for rows in rows_of_units(units):
        own = growth_rate(before[rows], now[rows], (last - first)[rows])
        of_unit, spread[rows] = unit_growth(before[rows], now[rows], (last - first)[rows])
        shrunken = shrunken_rate(own, (last - first)[rows], of_unit, rules.prior_years)
        growth[rows] = np.where(np.isfinite(own), shrunken, of_unit)
        method[rows] = np.where(np.isfinite(own), "growth", "unit_growth" if np.isfinite(of_unit) else "unknown")
        everybody[:, rows] = np.exp(growth[rows] * after[:, None])
        if ages is not None:
            _by_age(ages, rows, after, rules.prior_persons, everybody, by_column, method)
    raking, raked, refused = _raking(rules, when, units, now, everybody)
    asked = np.isin(when, years)
    return Outlook(
        settlements.index,
        units,
        tuple(years),
        method,
        growth,
        spread,
        (everybody * raking)[asked],
        {name: (np.where(np.isfinite(own), own, everybody) * raking)[asked] for name, own in by_column.items()},
        raked,
        refused,
    )


def rows_of_units(units: npt.NDArray[np.object_]) -> list[npt.NDArray[np.intp]]:
    """Return the positions of the settlements of every unit, units in the order of their codes."""
    return [np.flatnonzero(units == unit) for unit in sorted(set(units), key=str)]


def _by_age(
    ages: AgeCounts,
    rows: npt.NDArray[np.intp],
    after: npt.NDArray[np.int64],
    prior_persons: float,
    everybody: Floats,
    by_column: Mapping[str, Floats],
    method: npt.NDArray[np.object_],
) -> None:
    """Fill in the settlements of a unit whose ages were counted twice, in place."""
    ratios = change_ratios(ages.before[rows], ages.now[rows], prior_persons)
    counted = rows[np.isfinite(ratios.children) & (ages.now[rows].sum(axis=1) > 0)]
    if not counted.size:
        return
    kept = np.isin(rows, counted)
    people = project_cohorts(
        ages.now[counted], type(ratios)(ratios.change[kept], ratios.children[kept]), after.tolist()
    )
    totals = people.sum(axis=2)
    everybody[:, counted] = totals / totals[0]
    method[counted] = "cohorts"
    for name, (youngest, oldest) in AGES_OF.items():
        group = persons_of_ages(people, youngest, oldest)
        # Nobody of an age today: no multiple of nobody; they move with everybody.
        by_column[name][:, counted] = np.divide(group, group[0], out=np.full_like(group, np.nan), where=group[0] > 0)


def _raking(
    rules: Projection, years: Sequence[int], units: npt.NDArray[np.object_], now: Floats, everybody: Floats
) -> tuple[Floats, npt.NDArray[np.bool_], tuple[str, ...]]:
    """Return what all multiples are multiplied with, whose settlements that is, and the units where it cannot be."""
    factors, raked, refused = np.ones_like(everybody), np.zeros(len(units), dtype=np.bool_), []
    for unit in sorted({control.unit for control in rules.control}):
        rows = np.flatnonzero(units == unit)
        controls = {control.year: float(control.persons) for control in rules.control if control.unit == unit}
        sums = (now[rows] * everybody[:, rows]).sum(axis=1)
        if not rows.size or not (sums > 0).all():  # nobody, or somebody unknown
            refused.append(unit)
            continue
        factors[:, rows] = raking_factors(sums, years, controls)[:, None]
        raked[rows] = True
    return factors, raked, tuple(refused)


def service_multiples(study: StudyData, outlook: Outlook, service: ServiceConfig) -> Floats:
    """Return multiples of today's people who need a service, (n_years, n); NaN = unknown.

    Those of an age move with that age where ages were counted; all others, and all where they were not, keep their
    share of the settlement's people.
    """
    settlements = study.settlements
    parts, weights = [], []
    for name in service.demand:
        today = numbers_of(settlements[SETTLEMENTS.column(name).code_name])
        weights.append(np.nan_to_num(today))
        parts.append(outlook.by_column.get(name, outlook.everybody))
    weight, part = np.stack(weights), np.stack(parts)
    total = weight.sum(axis=0)
    mixed = (weight[:, None, :] * np.nan_to_num(part)).sum(axis=0)
    multiples: Floats = outlook.everybody.copy()
    np.divide(mixed, total, out=multiples, where=np.broadcast_to(total > 0, mixed.shape))
    multiples[:, np.isnan(outlook.everybody).any(axis=0)] = np.nan
    return multiples


def whole_persons(today: Floats, multiples: Floats, unit_ids: npt.NDArray[np.object_]) -> npt.NDArray[np.int64]:
    """Return whole people (n_years, n) that add up, per unit and year, to the rounded sum of all.

    Parameters
    ----------
    today : (n,)
        People today; NaN = unknown, which counts as 0 here.
    multiples : (n_years, n)
        Multiples of today's; where NaN, today's people stay.
    unit_ids : (n,)
        Unit of each settlement.
    """
    people = np.nan_to_num(today) * np.where(np.isfinite(multiples), multiples, 1.0)
    found = np.zeros(people.shape, dtype=np.int64)
    for rows in rows_of_units(unit_ids):
        for year in range(len(people)):
            found[year, rows] = largest_remainder(people[year, rows])
    return found


def persons_by_year(
    study: StudyData,
    settlements: gpd.GeoDataFrame,
    service: ServiceConfig,
    years: Sequence[int],
    today: pd.Series | None = None,
) -> npt.NDArray[np.int64]:
    """Return the people who need a service in every year, whole persons that add up per unit.

    Parameters
    ----------
    settlements
        Settlements of the study, the rows of the result's columns.
    service
        Its `demand` says with which ages its people move.
    years
        Calendar years, increasing. Today's counts are of the year of `first_year_of`; they stand for it and for any
        year before. Where no settlement states a year they are of the first of these.
    today
        People who need it today by settlement of the study; those of the service if absent.

    Returns
    -------
    int64 (n_years, n_settlements)
        The numbers of `projection` for the same years. Unknown people count as 0, as in `geo.study.plans.unit_service`.
        Today's people stay for every year where the study has no ``[projection]``, where it counts settlements, and
        where nothing tells how a settlement grows.
    """
    counted = numbers_of(study.settlements[f"{service.name}_persons"] if today is None else today)
    if study.config.projection is None or study.config.demand.counts == "settlements":
        steady = np.ones((len(years), len(counted)))
        people = whole_persons(counted, steady, study.settlements["unit_id"].to_numpy(dtype=object))
    else:
        stated = first_year_of(study)
        first = years[0] if stated is None else stated
        outlook = look_ahead(study, sorted({first, *(year for year in years if year > first)}))
        rows = [outlook.years.index(max(year, first)) for year in years]
        people = whole_persons(counted, service_multiples(study, outlook, service)[rows], outlook.unit_ids)
    return people[:, study.settlements.index.get_indexer(settlements.index)]
