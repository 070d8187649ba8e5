"""What facilities can take and have, who would come, and what falls below the thresholds of norms, now and later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.access.load import catchment_capacity, catchment_gravity, catchment_nearest, utilisation, verdicts
from geo.norms import Norm
from geo.planning.demand import first_step_below, project, shrunken_rate, unit_growth
from geo.study.load import StudyData
from geo.study.outlook import first_year_of, look_ahead, service_multiples
from geo.study.overrides import uses_of
from geo.study.values import numbers_of
from geo.travel import TravelTimes

Floats = npt.NDArray[np.float64]

#: Metrics of norms that are thresholds: the least load of a facility, the least people of a settlement.
FACILITY_THRESHOLD: Final = "min_load"
SETTLEMENT_THRESHOLD: Final = "min_persons"


def facility_load(study: StudyData, sites: gpd.GeoDataFrame, times: TravelTimes, season: str) -> pd.DataFrame:
    """Rows of `facility_load` for every facility of the study; catchments are of people of the whole study.

    Parameters
    ----------
    sites
        From `geo.study.supply.find_sites`.
    times
        In the season named, for all settlements and sites.
    """
    frames = []
    for service in study.config.service:
        own = sites[(sites["service"] == service.name) & (sites["kind"] == "existing")]
        if len(own):
            persons = _counts(study.settlements[f"{service.name}_persons"])
            uses = uses_of(study.overrides, service.name, list(study.settlements.index))
            frames.append(_service_load(study, own, persons, times, uses).assign(service=service.name, season=season))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _service_load(
    study: StudyData,
    own: gpd.GeoDataFrame,
    persons: npt.NDArray[np.int64],
    times: TravelTimes,
    uses: Mapping[int, str],
) -> pd.DataFrame:
    rules = study.config.diagnosis
    facilities = study.facilities.reindex(own["site_id"])
    capacity, load = numbers_of(facilities["capacity_persons"]), numbers_of(facilities["load_persons"])
    used = utilisation(load, capacity)
    frame = pd.DataFrame(
        {
            "site_id": own["site_id"].to_numpy(dtype=object),
            "level": own["level"].to_numpy(dtype=object),
            "settlement_id": own["settlement_id"].to_numpy(dtype=object),
            "instruction_lang": facilities["instruction_lang"].to_numpy(dtype=object),
            "capacity": capacity,
            "load": load,
            "utilisation": used,
            # No places at all and yet users: overloaded, though no share can be given.
            "load_verdict": np.where(
                (capacity == 0) & (load > 0),
                "overloaded",
                verdicts(used, rules.overloaded_share, rules.near_empty_share),
            ),
            "wear_pct": numbers_of(facilities["wear_percent"]),
        }
    )
    serves = own["serves"].to_numpy(dtype=bool)
    columns = tuple(own["site_id"][serves])
    ms = times.select(tuple(study.settlements.index), columns).milliseconds
    offered = capacity[serves]
    limited = np.where(np.isnan(offered), np.inf, offered)
    # Size attracts; where it is not known, a facility counts as one of middling size.
    size = np.where(np.isnan(offered), np.nanmedian(offered) if np.isfinite(offered).any() else 1.0, offered)
    # Whose facility somebody knows goes there; the others go to the nearest.
    by_distance = persons.copy()
    by_distance[list(uses)] = 0
    nearest = _shared(catchment_nearest(ms, by_distance).load_persons, frame.loc[serves, "settlement_id"], size)
    nearest = nearest.copy()
    for row, facility in uses.items():
        nearest[columns.index(facility)] += persons[row]
    catchments: dict[str, npt.NDArray[np.generic]] = {
        "nearest_persons": nearest,
        "gravity_persons": catchment_gravity(ms, persons, size).load_persons,
    }
    if np.isfinite(limited).any():
        catchments["capacity_persons"] = catchment_capacity(ms, persons, limited).load_persons
    frame["capacity_persons"] = np.nan
    for name, loads in catchments.items():
        frame[name] = np.nan
        frame.loc[serves, name] = loads
    return frame


def _shared(load: Floats, settlement: pd.Series, size: Floats) -> Floats:
    """Return loads with those of one settlement shared out by size: which of a town's schools is nearest is chance."""
    place = settlement.fillna("").to_numpy(dtype=object)
    alone = place == ""
    key = np.where(alone, np.arange(len(place)).astype(str), "place " + place.astype(str))
    frame = pd.DataFrame({"key": key, "load": load, "size": np.maximum(size, 1.0)})
    total = frame.groupby("key")[["load", "size"]].transform("sum")
    return np.asarray(total["load"] * frame["size"] / total["size"])


def _counts(values: pd.Series) -> npt.NDArray[np.int64]:
    return values.fillna(0).to_numpy(dtype=np.int64)


def viability(study: StudyData, surroundings: pd.DataFrame, loads: pd.DataFrame) -> pd.DataFrame:
    """Rows of `viability`: settlements and facilities of the study beside every threshold of its norms.

    With ``[projection]`` people go as it says (`geo.study.outlook`), a facility's users as those of its settlement who
    need the service. Without it, people go by their growth, shrunk towards that of all places of the unit with an
    earlier count, and a facility's users with the growth of the settlement it stands in. Both assume that every place
    sends its own.

    Parameters
    ----------
    surroundings
        From `surroundings`.
    loads
        Rows of `facility_load` of the study.
    """
    settlements = study.settlements
    course = _course_of(study, surroundings)
    frames = []
    for norm in study.norms:
        if norm.metric == SETTLEMENT_THRESHOLD:
            subjects = pd.DataFrame(
                {
                    "subject": "settlement",
                    "settlement_id": settlements.index,
                    "now": numbers_of(settlements["population_persons"]),
                }
            )
        elif norm.metric == FACILITY_THRESHOLD and len(loads):
            own = loads[(loads["service"] == norm.service) & (loads["level"] == norm.level)]
            subjects = own[["settlement_id", "site_id", "level"]].assign(subject="facility", now=own["load"])
        else:
            continue
        frames.append(_beside(norm, subjects, course))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


@dataclass(frozen=True, eq=False)
class _Course:
    """What becomes of settlements: the year of today's count (n,), growth (n,), and multiples of it year by year.

    `everybody` are the multiples of all people (n_years + 1, n), `of_service` those of the people who need a service
    where they differ; `spread` (n,) is the standard deviation of growth.
    """

    ids: pd.Index
    year: Floats
    growth: Floats
    spread: Floats
    everybody: Floats
    of_service: Mapping[str, Floats]


def _course_of(study: StudyData, surroundings: pd.DataFrame) -> _Course:
    settlements, rules = study.settlements, study.config.projection
    first = first_year_of(study)
    if rules is not None and first is not None:
        outlook = look_ahead(study, range(first, first + rules.horizon_years + 1))
        return _Course(
            settlements.index,
            np.full(len(settlements), float(first)),
            outlook.growth,
            outlook.spread,
            outlook.everybody,
            {service.name: service_multiples(study, outlook, service) for service in study.config.service},
        )
    units = [own for _unit, own in settlements.groupby("unit_id", sort=True)]
    growth = pd.concat([_growth(own, surroundings.loc[own.index]) for own in units]).reindex(settlements.index)
    rate, spread, year = (growth[name].to_numpy(dtype=np.float64) for name in ("rate", "spread", "year"))
    ahead = np.arange(study.config.diagnosis.horizon_years + 1)
    return _Course(settlements.index, year, rate, spread, project(1.0, rate, ahead[:, None]), {})


def load_norms(study: StudyData, service: str, level: str) -> list[Norm]:
    """Return the norms that ask a facility of a level for a least number of users, in the order of the packs.

    Which of them counts where is `geo.study.programme.thresholds.least_loads`.
    """
    return [
        norm
        for norm in study.norms
        if norm.metric == FACILITY_THRESHOLD and norm.service == service and norm.level == level
    ]


def people_to_come(study: StudyData, surroundings: pd.DataFrame, service: str) -> pd.Series:
    """Return the people who need a service at the end of the horizon, as a multiple of today's; NaN = unknown."""
    course = _course_of(study, surroundings)
    return pd.Series(course.of_service.get(service, course.everybody)[-1], index=course.ids)


def _growth(settlements: gpd.GeoDataFrame, surroundings: pd.DataFrame) -> pd.DataFrame:
    """Return per settlement its shrunken rate, how far the unit's rates spread, and the year of its count."""
    of_unit, spread = unit_growth(
        numbers_of(settlements["population_before_persons"]),
        numbers_of(settlements["population_persons"]),
        surroundings["growth_years"].to_numpy(),
    )
    rates = shrunken_rate(surroundings["annual_growth"].to_numpy(), surroundings["growth_years"].to_numpy(), of_unit)
    return pd.DataFrame(
        {"rate": rates, "spread": spread, "year": numbers_of(settlements["pop_year"])}, index=settlements.index
    )


def _beside(norm: Norm, subjects: pd.DataFrame, course: _Course) -> pd.DataFrame:
    """Return subjects beside one threshold, now and projected; what is not known stays blank."""
    now = subjects["now"].to_numpy(dtype=np.float64)
    at = course.ids.get_indexer(pd.Index(subjects["settlement_id"]))
    year, growth, spread = (_taken(values, at) for values in (course.year, course.growth, course.spread))
    people = now * _taken(course.of_service.get(norm.service, course.everybody), at)
    ahead = len(people) - 1
    known = np.isfinite(people[-1]) & np.isfinite(year)
    status = np.where(np.isnan(now), "unknown", np.where(now >= norm.value, "met", "unmet"))
    rows = subjects.assign(
        service=norm.service,
        pack=norm.pack,
        norm_id=norm.norm_id,
        threshold=norm.value,
        status=status,
        annual_growth=growth,
        year=np.where(known, year + ahead, np.nan),
    )
    for name, sign in (("low", -1), ("base", 0), ("high", 1)):
        # Without a spread the base is known all the same.
        apart = sign * spread if sign else 0 * growth
        varied = people * np.exp(apart * np.arange(ahead + 1)[:, None])
        varied[0] = now
        first = year + first_step_below(varied, norm.value)
        rows[name] = np.where(known, varied[-1], np.nan)
        rows[f"year_{name}"] = np.where(known & np.isfinite(first), first, np.nan)
    return rows


def _taken(values: Floats, at: npt.NDArray[np.intp]) -> Floats:
    """Return values of settlements by their position along the last axis, NaN where there is none."""
    found: Floats = np.where(at >= 0, values[..., at], np.nan)
    return found
