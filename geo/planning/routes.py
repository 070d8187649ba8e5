"""Routes of school buses: as few buses as possible, then as little driving as possible, then the smallest bus.

The search is PyVRP's (Wouda, Lan and Kool 2024, INFORMS Journal on Computing 36(4)), an optional part of the package.
It is seeded and stops after a number of iterations; nothing proves that no better routes exist.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

import numpy as np

from geo.planning.transport import BusRoute, BusRules, RoutePlan, SchoolRun, alone_ms, check_plan

#: Solutions after which the search weighs broken limits anew; few, because a school has few stops.
_UPDATE_EVERY: Final = 20
#: A broken limit never has to weigh more than this many buses.
_MOST_BUSES: Final = 1000


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
    if len(stops) < 2:
        return [(stop,) for stop in stops]
    from pyvrp import Client, Depot, Location, PenaltyParams, ProblemData, SolveParams, VehicleType, solve
    from pyvrp.stop import MaxIterations

    places = np.array([0, *stops])
    driven = run.ms[np.ix_(places, places)]
    aboard = driven.copy()
    # The bus leaves the school empty: that costs driving, but nobody's time.
    aboard[0] = 0
    # Dearer than all driving of the worst plan, so that no driving saved is worth another bus.
    bus_cost = 1 + int((driven[0] + driven[:, 0]).sum())
    bus = VehicleType(
        num_available=len(stops),
        capacity=[rules.most_seats],
        fixed_cost=bus_cost,
        shift_duration=rules.max_ride_ms,
    )
    data = ProblemData(
        # Positions only name the places: all times come from the matrices.
        [Location(place, 0) for place in range(len(places))],
        [
            Client(number, pickup=[pupils[stop]], service_duration=rules.stop_ms)
            for number, stop in enumerate(stops, start=1)
        ],
        [Depot(0)],
        [bus],
        [driven],
        [aboard],
    )
    # Costs are milliseconds: one pupil too many must soon cost more than a bus, or the search stays with overfull ones.
    penalty = PenaltyParams(solutions_between_updates=_UPDATE_EVERY, max_penalty=_MOST_BUSES * float(bus_cost))
    params = SolveParams(penalty=penalty)
    result = solve(data, MaxIterations(rules.iterations), seed=rules.seed, collect_stats=False, params=params)
    if not result.is_feasible():
        return [(stop,) for stop in stops]
    return [tuple(stops[activity.idx] for activity in route if activity.is_client()) for route in result.best.routes()]
