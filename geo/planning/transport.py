"""School buses of one school: what is asked, what a plan of routes is, and an independent check of it.

Places are positions: 0 is the school, 1, 2, ... are stops. Times are whole milliseconds of a bus in the morning,
towards the school; the afternoon is the same the other way round.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.errors import SolverError
from geo.units import UNREACHABLE_MS

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class BusRules:
    """What holds for every bus.

    Parameters
    ----------
    seats : tuple of int
        Sizes of bus there are, in seats for pupils.
    max_ride_ms : int
        Longest time that any pupil may spend aboard.
    stop_ms : int
        Time at each stop; those who board there wait it aboard.
    iterations : int
        Length of the search.
    seed : int
        Seed of the search.

    Raises
    ------
    ValueError
        If there is no bus with a seat.
    """

    seats: tuple[int, ...]
    max_ride_ms: int
    stop_ms: int
    iterations: int = 500
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.seats or min(self.seats) < 1:
            raise ValueError("every bus needs at least one seat")

    @property
    def most_seats(self) -> int:
        """Seats of the largest bus."""
        return max(self.seats)

    def smallest_bus(self, n_pupils: int) -> int:
        """Return the seats of the smallest bus that holds the pupils."""
        return min(seats for seats in self.seats if seats >= n_pupils)


@dataclass(frozen=True)
class SchoolRun:
    """Who has to be brought to one school.

    Parameters
    ----------
    pupils : int64 (1 + n_stops,)
        Pupils who board at each place; 0 at the school, at least 1 at a stop.
    ms : int64 (1 + n_stops, 1 + n_stops)
        Driving time from row to column; `UNREACHABLE_MS` where there is no way.

    Raises
    ------
    ValueError
        If shapes disagree or a stop has no pupil.
    """

    pupils: Ints
    ms: Ints

    def __post_init__(self) -> None:
        if self.ms.shape != (len(self.pupils), len(self.pupils)):
            raise ValueError(f"times of shape {self.ms.shape} for {len(self.pupils)} places")
        if self.pupils[0] or (self.pupils[1:] < 1).any():
            raise ValueError("pupils board at stops, not at the school, and every stop has some")
        for values in (self.pupils, self.ms):
            values.flags.writeable = False


@dataclass(frozen=True)
class BusRoute:
    """One bus in the morning.

    Parameters
    ----------
    stops : tuple of int
        Places in the order in which the bus calls at them; then it drives to the school.
    boarding : tuple of int
        Pupils who board at each.
    seats : int
        Size of the bus.
    """

    stops: tuple[int, ...]
    boarding: tuple[int, ...]
    seats: int

    @property
    def n_pupils(self) -> int:
        """Pupils carried."""
        return sum(self.boarding)


@dataclass(frozen=True)
class RoutePlan:
    """Routes to one school, those with most pupils first.

    Parameters
    ----------
    routes
        Every pupil of every other stop is on exactly one of them.
    beyond_cap : tuple of int
        Stops from which even a bus of their own needs longer than the rules allow.
    """

    routes: tuple[BusRoute, ...]
    beyond_cap: tuple[int, ...]


def rides_ms(ms: Ints, stops: Sequence[int], stop_ms: int) -> tuple[int, ...]:
    """Return the time aboard from each stop to the school, its own boarding time included.

    Parameters
    ----------
    ms : int64 (n_places, n_places)
        Driving times; the school is place 0.
    stops
        Places in the order of the route.
    stop_ms
        Time at each stop.

    Returns
    -------
    tuple of int
        At least `UNREACHABLE_MS` from where the way is closed.
    """
    rides: list[int] = []
    aboard, following = 0, 0
    for stop in reversed(stops):
        aboard += stop_ms + int(ms[stop, following])
        rides.append(aboard)
        following = stop
    return tuple(reversed(rides))


def check_plan(run: SchoolRun, rules: BusRules, plan: RoutePlan) -> None:
    """Make sure of a plan by its definition alone, whoever made it.

    Raises
    ------
    SolverError
        If a bus is overfull, a ride too long, or a pupil left behind, carried twice or wrongly called too far.
    """
    carried: Counter[int] = Counter()
    for route in plan.routes:
        carried.update(dict(zip(route.stops, route.boarding, strict=True)))
        if route.n_pupils > route.seats or route.seats not in rules.seats:
            raise SolverError(f"a bus of {route.seats} seats carries {route.n_pupils} pupils")
        longest = max(rides_ms(run.ms, route.stops, rules.stop_ms))
        if longest > rules.max_ride_ms or longest >= UNREACHABLE_MS:
            raise SolverError(f"a ride takes {longest} ms, more than {rules.max_ride_ms} ms")
    for stop in range(1, len(run.pupils)):
        too_far = alone_ms(run, stop, rules) > rules.max_ride_ms
        expected = 0 if too_far else int(run.pupils[stop])
        if carried[stop] != expected or too_far != (stop in plan.beyond_cap):
            raise SolverError(f"{carried[stop]} of {run.pupils[stop]} pupils of stop {stop} are carried")


def alone_ms(run: SchoolRun, stop: int, rules: BusRules) -> int:
    """Return the ride from a stop in a bus of its own."""
    return rides_ms(run.ms, (stop,), rules.stop_ms)[0]
