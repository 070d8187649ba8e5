"""Circuits of a visiting team: every village once per round, from a base and back within a working day.

As few days as possible, then as little driving as possible. The search is PyVRP's, seeded and with a limited number of
iterations (`geo.planning.routes`); nothing proves that no better circuits exist, and every plan is checked by its
definition alone before it is given away. Places are positions: 0 is the base, 1, 2, ... are villages.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.errors import SolverError
from geo.planning.routes import fewest_tours
from geo.units import UNREACHABLE_MS

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class VisitRound:
    """Who has to be visited from one base.

    Parameters
    ----------
    ms : int64 (1 + n_villages, 1 + n_villages)
        Driving time from row to column; `UNREACHABLE_MS` where there is no way.
    visit_ms : int64 (1 + n_villages,)
        Time in each village; 0 at the base.
    day_ms : int
        Longest time from leaving the base to being back.

    Raises
    ------
    ValueError
        If shapes disagree, or there is a visit at the base.
    """

    ms: Ints
    visit_ms: Ints
    day_ms: int

    def __post_init__(self) -> None:
        if self.ms.shape != (len(self.visit_ms), len(self.visit_ms)):
            raise ValueError(f"times of shape {self.ms.shape} for {len(self.visit_ms)} places")
        if self.visit_ms[0] or (self.visit_ms < 0).any():
            raise ValueError("visits take place in villages, and take time")
        for values in (self.ms, self.visit_ms):
            values.flags.writeable = False

    def duration_ms(self, stops: Sequence[int]) -> int:
        """Return the time of a day's circuit; at least `UNREACHABLE_MS` where a way is closed."""
        way = [0, *stops, 0]
        driving = sum(int(self.ms[here, there]) for here, there in itertools.pairwise(way))
        return driving + int(self.visit_ms[list(stops)].sum())

    def calls_ms(self, stops: Sequence[int]) -> list[tuple[int, int]]:
        """Return arrival and departure at each stop, counted from leaving the base."""
        found, clock, here = [], 0, 0
        for stop in stops:
            clock += int(self.ms[here, stop])
            found.append((clock, clock + int(self.visit_ms[stop])))
            clock, here = found[-1][1], stop
        return found


@dataclass(frozen=True)
class CircuitPlan:
    """The days of one round.

    Parameters
    ----------
    days
        Villages of each day in the order of the way; those with the first village first.
    beyond_day
        Villages that cannot be visited and left again within a working day, or have no way.
    """

    days: tuple[tuple[int, ...], ...]
    beyond_day: tuple[int, ...]


def plan_circuits(visits: VisitRound, iterations: int = 200, seed: int = 0) -> CircuitPlan:
    """Plan one round from one base.

    Parameters
    ----------
    visits
        Times and limits.
    iterations, seed
        Of the search.

    Returns
    -------
    CircuitPlan
        Checked by `check_circuits`.

    Raises
    ------
    SolverError
        If the plan does not survive its check.
    """
    villages = range(1, len(visits.visit_ms))
    far = tuple(village for village in villages if visits.duration_ms((village,)) > visits.day_ms)
    near = [village for village in villages if village not in far]
    plan = CircuitPlan(tuple(sorted(_days(visits, near, iterations, seed))), far)
    check_circuits(visits, plan)
    return plan


def _days(visits: VisitRound, near: list[int], iterations: int, seed: int) -> list[tuple[int, ...]]:
    places = np.array([0, *near])
    driven = visits.ms[np.ix_(places, places)]
    service_ms = [int(visits.visit_ms[village]) for village in near]
    days = fewest_tours(driven, driven, service_ms, visits.day_ms, (iterations, seed))
    return [tuple(near[client] for client in day) for day in days]


def check_circuits(visits: VisitRound, plan: CircuitPlan) -> None:
    """Make sure of a plan by its definition alone, whoever made it.

    Raises
    ------
    SolverError
        If a village is left out, visited twice or wrongly called too far, or a day is too long.
    """
    visited = [village for day in plan.days for village in day]
    expected = [v for v in range(1, len(visits.visit_ms)) if visits.duration_ms((v,)) <= visits.day_ms]
    if sorted(visited) != expected:
        raise SolverError(f"villages {sorted(visited)} are visited, not {expected}")
    if set(plan.beyond_day) != set(range(1, len(visits.visit_ms))) - set(expected):
        raise SolverError(f"villages {plan.beyond_day} are wrongly called too far")
    for day in plan.days:
        duration = visits.duration_ms(day)
        if not day or duration > visits.day_ms or duration >= UNREACHABLE_MS:
            raise SolverError(f"a day takes {duration} ms, more than {visits.day_ms} ms")


def vehicles_needed(n_days: int, working_days: int) -> int:
    """Return how many vehicles with their teams complete a round of some days within the working days that it has."""
    if working_days < 1:
        raise ValueError("a round has no working day")
    return math.ceil(n_days / working_days)


def circuits_cost(visits_year: float, n_vehicles: int, visit_price: float, vehicle_year: float) -> float:
    """Return the money per year for visits and for vehicles; driving is in the price of a vehicle."""
    return visits_year * visit_price + n_vehicles * vehicle_year
