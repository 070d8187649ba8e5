"""Routes of vehicles: as few as possible, then as little driving as possible; for school buses the smallest then.

The search is PyVRP's (Wouda, Lan and Kool 2024, INFORMS Journal on Computing 36(4)), an optional part of the package.
It is seeded and stops after a number of iterations; nothing proves that no better routes exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Final

import numpy as np

from geo.planning.transport import BusRoute, BusRules, Ints, RoutePlan, SchoolRun, alone_ms, check_plan

#: Solutions after which the search weighs broken limits anew; few, because a school has few stops.
_UPDATE_EVERY: Final = 20
#: A broken limit never has to weigh more than this many vehicles.
_MOST_VEHICLES: Final = 1000


def router_is_installed() -> bool:
    """Return whether PyVRP can be imported."""
    return find_spec("pyvrp") is not None


def plan_routes(run: SchoolRun, rules: BusRules) -> RoutePlan:
    """Plan the morning routes to one school.

    A stop with more pupils than the largest bus fills as many buses as it can, each straight to the school; the rest
    are routed with the other stops. A stop from which even that is longer than allowed is set apart.

    Parameters
    ----------
    run
        Pupils and times.
    rules
        Buses and limits.

    Returns
    -------
    RoutePlan
        Checked by `check_plan`.

    Raises
    ------
    SolverError
        If the plan does not survive its check.
    """
    stops = range(1, len(run.pupils))
    too_far = tuple(stop for stop in stops if alone_ms(run, stop, rules) > rules.max_ride_ms)
    near = [stop for stop in stops if stop not in too_far]
    routes = [
        BusRoute((stop,), (rules.most_seats,), rules.most_seats)
        for stop in near
        for _bus in range(int(run.pupils[stop]) // rules.most_seats)
    ]
    left = {stop: rest for stop in near if (rest := int(run.pupils[stop]) % rules.most_seats)}
    for order in _orders(run, rules, left):
        boarding = tuple(left[stop] for stop in order)
        routes.append(BusRoute(order, boarding, rules.smallest_bus(sum(boarding))))
    routes.sort(key=lambda route: (-route.n_pupils, route.stops))
    plan = RoutePlan(tuple(routes), too_far)
    check_plan(run, rules, plan)
    return plan


def _orders(run: SchoolRun, rules: BusRules, pupils: dict[int, int]) -> list[tuple[int, ...]]:
    """Return the stops of each route in order; every stop alone is within the limit, and fits a bus."""
    stops = list(pupils)
    places = np.array([0, *stops])
    driven = run.ms[np.ix_(places, places)]
    aboard = driven.copy()
    # The bus leaves the school empty: that costs driving, but nobody's time.
    aboard[0] = 0
    service_ms = [rules.stop_ms] * len(stops)
    load = Load([pupils[stop] for stop in stops], rules.most_seats)
    tours = fewest_tours(driven, aboard, service_ms, rules.max_ride_ms, (rules.iterations, rules.seed), load)
    return [tuple(stops[client] for client in tour) for tour in tours]


@dataclass(frozen=True)
class Load:
    """What is taken aboard at each client, and how much of it a vehicle holds."""

    of_client: Sequence[int]
    capacity: int


def fewest_tours(
    driven: Ints,
    timed: Ints,
    service_ms: Sequence[int],
    limit_ms: int,
    search: tuple[int, int],
    load: Load | None = None,
) -> list[tuple[int, ...]]:
    """Return tours from a depot that call at every client once: as few as possible, then with little driving.

    Parameters
    ----------
    driven, timed : int64 (1 + n_clients, 1 + n_clients)
        Driving that costs, and driving that counts against the limit; the depot first.
    service_ms
        Time at each client.
    limit_ms
        Longest time of a tour; every client alone is within it.
    search
        Iterations and seed.
    load
        What vehicles carry; None where nothing limits it.

    Returns
    -------
    list of tuple
        Positions of clients, from 0, in the order of each tour; each client alone where nothing better was found.
    """
    alone: list[tuple[int, ...]] = [(client,) for client in range(len(service_ms))]
    if len(alone) < 2:
        return alone
    from pyvrp import Client, Depot, Location, PenaltyParams, ProblemData, SolveParams, VehicleType, solve
    from pyvrp.stop import MaxIterations

    # Dearer than all driving of the worst plan, so that no driving saved is worth another tour.
    tour_cost = 1 + int((driven[0] + driven[:, 0]).sum())
    vehicle = VehicleType(
        num_available=len(alone),
        capacity=[] if load is None else [load.capacity],
        fixed_cost=tour_cost,
        shift_duration=limit_ms,
    )
    taken: list[list[int]] = [[] for _client in alone] if load is None else [[own] for own in load.of_client]
    # The stubs of PyVRP ask for a shape that no array has.
    matrices: tuple[list[Any], list[Any]] = ([driven], [timed])
    data = ProblemData(
        # Positions only name the places: all times come from the matrices.
        [Location(place, 0) for place in range(1 + len(alone))],
        [
            Client(number, pickup=own, service_duration=int(ms))
            for number, (own, ms) in enumerate(zip(taken, service_ms, strict=True), start=1)
        ],
        [Depot(0)],
        [vehicle],
        *matrices,
    )
    params = SolveParams()
    if load is not None:
        # Costs are milliseconds: one too many aboard must soon cost more than a vehicle, or overfull ones stay.
        most = _MOST_VEHICLES * float(tour_cost)
        params = SolveParams(penalty=PenaltyParams(solutions_between_updates=_UPDATE_EVERY, max_penalty=most))
    iterations, seed = search
    result = solve(data, MaxIterations(iterations), seed=seed, collect_stats=False, params=params)
    if not result.is_feasible():
        return alone
    return [tuple(activity.idx for activity in route if activity.is_client()) for route in result.best.routes()]
