"""Published instances and parts of the synthetic country as siting problems."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from geo.siting.pairs import SparseTimes
from geo.siting.problem import SitingProblem
from geo.units import UNREACHABLE_MS, minutes_to_ms
from tests.benchmarks.instances.country import CountryTimes, country_times
from tests.benchmarks.instances.demand import demand_points, sparse_times
from tests.siting import orlib

#: Sizes of a part of the country: an oblast and a district, around a town of the synthetic country.
SIZES: Final = {"region": 900, "district": 150}
_TOWN: Final = 3
#: Aversion to inequality per minute, about that of the worked example (docs/methods.md).
KAPPA: Final = -0.0163
LIMIT_MINUTES: Final = {"max-cover": 30, "set-cover": 60, "lexicographic": 30}


def free_problem(
    milliseconds: npt.NDArray[np.int32], persons: npt.ArrayLike, objective: str, **asked: Any
) -> SitingProblem:
    """Return a problem of one season in which every column is a candidate."""
    n_settlements, n_sites = milliseconds.shape
    return SitingProblem(
        settlement_ids=_names("v", n_settlements),
        site_ids=_names("s", n_sites),
        season_names=("dry",),
        milliseconds=milliseconds[np.newaxis],
        persons=np.asarray(persons, dtype=np.int64),
        status=("candidate",) * n_sites,
        existing=np.zeros(n_sites, dtype=np.bool_),
        objective=objective,
        **asked,
    )


def sparse_problem(times: SparseTimes, persons: npt.NDArray[np.int64], objective: str, **asked: Any) -> SitingProblem:
    """Return a problem of which only the pairs within reach are known."""
    return SitingProblem(
        settlement_ids=_names("v", times.n_settlements),
        site_ids=_names("s", times.n_sites),
        season_names=("dry",),
        pairs=(times,),
        persons=persons,
        status=("candidate",) * times.n_sites,
        existing=np.zeros(times.n_sites, dtype=np.bool_),
        objective=objective,
        **asked,
    )


def pmed_problem(name: str, objective: str) -> SitingProblem:
    """Return one of pmed1-40: its costs are the milliseconds, everybody is one person."""
    instance = orlib.read_pmed(name)
    return free_problem(
        instance.costs.astype(np.int32), np.ones(len(instance.costs)), objective, n_open=instance.n_open
    )


@cache
def tsplib_costs(name: str) -> npt.NDArray[np.int32]:
    """Return the costs of a TSPLIB instance, read-only, so that no problem copies them."""
    costs = orlib.read_tsplib(name).astype(np.int32)
    costs.flags.writeable = False
    return costs


def part_of_country(part: str) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """Return times and persons of the whole country, or of the settlements that are nearest to one of its towns."""
    country = _country()
    if part == "country":
        return country.milliseconds, country.persons
    apart = np.hypot(*(country.plan_km - country.plan_km[_TOWN]).T)
    own = np.sort(np.argsort(apart, kind="stable")[: SIZES[part]])
    return np.ascontiguousarray(country.milliseconds[np.ix_(own, own)]), country.persons[own]


def country_problem(part: str, objective: str, n_open: int | None) -> SitingProblem:
    """Return a problem of the country or a part of it."""
    milliseconds, persons = part_of_country(part)
    asked: dict[str, Any] = {"n_open": n_open}
    if objective in LIMIT_MINUTES:
        asked["limit_ms"] = minutes_to_ms(LIMIT_MINUTES[objective])
    if objective in ("kolm-pollak", "lexicographic"):
        asked["kappa"] = KAPPA
    return free_problem(milliseconds, persons, objective, **asked)


def demand_problem(n_points: int, limit_minutes: int, objective: str, n_open: int) -> SitingProblem:
    """Return a problem of many demand points around the country's settlements; only pairs within the limit count."""
    country = _country()
    points = demand_points(n_points, country)
    limit_ms = minutes_to_ms(limit_minutes)
    near = sparse_times(points, limit_ms, country)
    times = SparseTimes(near.starts, near.sites, near.ms, near.n_sites)
    return sparse_problem(times, points.persons, objective, n_open=n_open, limit_ms=limit_ms)


def warm_up(objective: str) -> SitingProblem:
    """Return a small problem on the path of the large ones: compiled code is loaded before the clock runs."""
    rng = np.random.default_rng(1)
    spots = rng.uniform(0, 100, (260, 2))
    ms = np.rint(60_000 * np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1))).astype(np.int32)
    ms[rng.random(ms.shape) < 0.01] = UNREACHABLE_MS
    np.fill_diagonal(ms, 0)
    asked: dict[str, Any] = {} if objective == "set-cover" else {"n_open": 12}
    if objective in ("kolm-pollak", "lexicographic"):
        asked["kappa"] = KAPPA
    return free_problem(ms, rng.integers(1, 900, 260), objective, limit_ms=minutes_to_ms(20), **asked)


@cache
def _country() -> CountryTimes:
    return country_times()


@cache
def _names(prefix: str, n: int) -> tuple[str, ...]:
    return tuple(f"{prefix}{k}" for k in range(n))
