"""Demand points around the settlements of the synthetic country, as sparse lists of the sites within reach.

Synthetic through and through: a settlement's people are spread over points in and around it (towns get more points, as
the square root of their people), four in five within its streets, the others up to some kilometres away. A point's time
to a site is its settlement's, corrected by how much nearer or farther the site is as the crow flies from the point; so
no two points have the same row, as they would if all of a settlement's points shared its times.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from geo.units import MS_PER_HOUR
from tests.benchmarks.instances.country import CountryTimes, country_times

Ints = npt.NDArray[np.int64]
Coordinates = npt.NDArray[np.float64]

SEED: Final = 20261123
#: Assumed: speed of the way from a point into its settlement, and how much longer it is than a straight line.
_LOCAL_KMH: Final = 20.0
_DETOUR: Final = 1.3
_LOCAL_MS_PER_KM: Final = _DETOUR * MS_PER_HOUR / _LOCAL_KMH
_FARM_SHARE: Final = 0.2
_FARM_KM: Final = (2.0, 8.0)


@dataclass(frozen=True, eq=False)
class DemandPoints:
    """People at points.

    Parameters
    ----------
    settlement : int64 (n_points,)
        Settlement of each point, ascending.
    persons : int64 (n_points,)
        People; they sum to those of the country.
    plan_km : float64 (n_points, 2)
        Where the points are.
    """

    settlement: Ints
    persons: Ints
    plan_km: Coordinates


@dataclass(frozen=True, eq=False)
class SparseTimes:
    """For each demand point the sites within a limit, nearest first, the lower number first of equals.

    Parameters
    ----------
    starts : int64 (n_points + 1,)
        Point i has the entries ``starts[i]:starts[i + 1]``.
    sites, ms : int32 (n_entries,)
        Site and milliseconds of each entry.
    n_sites : int
        Number of all sites.
    """

    starts: Ints
    sites: npt.NDArray[np.int32]
    ms: npt.NDArray[np.int32]
    n_sites: int


def demand_points(n_points: int, country: CountryTimes | None = None) -> DemandPoints:
    """Spread the country's people over points; every settlement has at least one.

    Parameters
    ----------
    n_points
        How many; at least as many as settlements.
    country
        Read if absent.
    """
    country = country_times() if country is None else country
    rng = np.random.Generator(np.random.PCG64([SEED, n_points]))
    persons = country.persons
    counts = 1 + _apportioned(np.sqrt(persons), n_points - len(persons))
    settlement = np.repeat(np.arange(len(persons)), counts)
    share = rng.lognormal(0.0, 0.7, n_points)
    share /= np.bincount(settlement, share)[settlement]
    own = _whole_shares(persons, counts, share)
    turn = rng.uniform(0, 2 * np.pi, n_points)
    town_km = 0.15 * 0.25 * persons**0.35
    radius = town_km[settlement] * np.sqrt(rng.random(n_points))
    is_farm = rng.random(n_points) < _FARM_SHARE
    radius = np.where(is_farm, rng.uniform(*_FARM_KM, n_points), radius)
    offset = radius[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
    return DemandPoints(settlement, own, country.plan_km[settlement] + offset)


def sparse_times(points: DemandPoints, limit_ms: int, country: CountryTimes | None = None) -> SparseTimes:
    """Return the sites within a limit of each point, one settlement's points at a time.

    Parameters
    ----------
    points
        What `demand_points` returned.
    limit_ms
        Longest time listed.
    country
        Read if absent.
    """
    country = country_times() if country is None else country
    site_km = country.plan_km
    bounds = np.searchsorted(points.settlement, np.arange(len(site_km) + 1))
    sites, times, counts = [], [], []
    for place, (begin, end) in enumerate(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)):
        at = points.plan_km[begin:end]
        local = _LOCAL_MS_PER_KM * np.hypot(*(at - site_km[place]).T)
        row = country.milliseconds[place]
        near = np.flatnonzero(row <= limit_ms + local.max()).astype(np.int32)
        from_point = np.hypot(*(at[:, None] - site_km[near][None]).transpose(2, 0, 1))
        from_centre = np.hypot(*(site_km[near] - site_km[place]).T)
        ms = row[near] + np.rint(_LOCAL_MS_PER_KM * (from_point - from_centre)).astype(np.int32)
        ms = np.maximum(ms, 0)
        order = np.argsort(ms, axis=1, kind="stable")
        ms = np.take_along_axis(ms, order, axis=1)
        within = ms <= limit_ms
        sites.append(near[order][within])
        times.append(ms[within])
        counts.append(within.sum(axis=1))
    starts = np.concatenate([[0], np.cumsum(np.concatenate(counts))])
    return SparseTimes(starts, np.concatenate(sites), np.concatenate(times), len(site_km))


def _apportioned(weights: Coordinates, total: int) -> Ints:
    """Return whole numbers in proportion to weights that sum to a total (largest remainders)."""
    exact = weights * (total / weights.sum())
    counts = np.floor(exact).astype(np.int64)
    rest = np.argsort(counts - exact, kind="stable")[: total - int(counts.sum())]
    counts[rest] += 1
    return counts


def _whole_shares(persons: Ints, counts: Ints, share: Coordinates) -> Ints:
    """Split each settlement's people over its points in whole persons; what remains goes to its first point."""
    settlement = np.repeat(np.arange(len(persons)), counts)
    own = np.floor(share * persons[settlement]).astype(np.int64)
    first = np.cumsum(counts) - counts
    own[first] += persons - np.bincount(settlement, own, minlength=len(persons)).astype(np.int64)
    return own
