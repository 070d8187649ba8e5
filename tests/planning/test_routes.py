"""School buses against every possible plan of tiny cases, and against the laws that hold for all."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from geo.errors import SolverError
from geo.planning import BusRoute, BusRules, RoutePlan, SchoolRun, check_plan, plan_routes, rides_ms
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS

pytest.importorskip("pyvrp", reason="the extra 'transport' is not installed")

RULES = BusRules(seats=(16, 30), max_ride_ms=45 * MS_PER_MINUTE, stop_ms=MS_PER_MINUTE, iterations=300, seed=3)


def random_run(seed: int, n_stops: int, most_pupils: int = 14) -> SchoolRun:
    """Stops in a plane, up to about 35 minutes from the school, with slightly different times there and back."""
    draw = np.random.default_rng(seed)
    places = draw.uniform(-25, 25, (n_stops + 1, 2))
    places[0] = 0
    apart = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    minutes = apart * draw.uniform(1.0, 1.1, apart.shape)
    pupils = draw.integers(1, most_pupils + 1, n_stops + 1)
    pupils[0] = 0
    return SchoolRun(pupils, np.rint(minutes * MS_PER_MINUTE).astype(np.int64))


def cost(run: SchoolRun, orders: tuple[tuple[int, ...], ...]) -> tuple[int, int]:
    """Buses, then all driving, the empty run from the school included."""
    driving = 0
    for order in orders:
        way = (0, *order, 0)
        driving += sum(int(run.ms[a, b]) for a, b in itertools.pairwise(way))
    return len(orders), driving


def partitions(stops: tuple[int, ...]):
    if not stops:
        yield ()
        return
    first, rest = stops[0], stops[1:]
    for n in range(len(rest) + 1):
        for others in itertools.combinations(rest, n):
            left = tuple(stop for stop in rest if stop not in others)
            for further in partitions(left):
                yield ((first, *others), *further)


def best_cost(run: SchoolRun, rules: BusRules) -> tuple[int, int]:
    """Return the best buses and driving of all plans, found by looking at every one."""
    found = []
    for groups in partitions(tuple(range(1, len(run.pupils)))):
        if any(sum(int(run.pupils[stop]) for stop in group) > rules.most_seats for group in groups):
            continue
        choices = []
        for group in groups:
            orders = itertools.permutations(group)
            choices.append([o for o in orders if max(rides_ms(run.ms, o, rules.stop_ms)) <= rules.max_ride_ms])
        if all(choices):
            best = tuple(min(options, key=lambda order: cost(run, (order,))) for options in choices)
            found.append(cost(run, best))
    return min(found)


@pytest.mark.parametrize("seed", range(12))
def test_tiny_cases_have_the_best_of_all_plans(seed):
    run = random_run(seed, 2 + seed % 4)
    plan = plan_routes(run, RULES)
    assert plan.beyond_cap == ()
    assert cost(run, tuple(route.stops for route in plan.routes)) == best_cost(run, RULES)


@pytest.mark.parametrize("seed", range(6))
def test_one_bus_drives_the_best_order(seed):
    roomy = replace(RULES, seats=(200,), max_ride_ms=600 * MS_PER_MINUTE)
    run = random_run(seed, 5)
    (route,) = plan_routes(run, roomy).routes
    assert cost(run, (route.stops,)) == min(cost(run, (order,)) for order in itertools.permutations(range(1, 6)))


@pytest.mark.parametrize("seed", range(8))
def test_every_pupil_is_on_one_bus_with_a_seat_and_in_time(seed):
    run = random_run(seed, 14, most_pupils=70)
    plan = plan_routes(run, RULES)
    carried: Counter[int] = Counter()
    for route in plan.routes:
        carried.update(dict(zip(route.stops, route.boarding, strict=True)))
        assert route.n_pupils <= route.seats
        assert route.seats == min(seats for seats in RULES.seats if seats >= route.n_pupils)
        legs = [int(run.ms[a, b]) for a, b in itertools.pairwise((*route.stops, 0))]
        assert sum(legs) + len(legs) * RULES.stop_ms == rides_ms(run.ms, route.stops, RULES.stop_ms)[0]
        assert sum(legs) + len(legs) * RULES.stop_ms <= RULES.max_ride_ms
    assert [carried[stop] for stop in range(1, 15)] == run.pupils[1:].tolist()
    assert plan == plan_routes(run, RULES)


def test_a_stop_that_is_too_far_alone_is_named_and_the_others_are_carried():
    ms = np.full((4, 4), 10 * MS_PER_MINUTE)
    np.fill_diagonal(ms, 0)
    ms[3, 0], ms[2, 0] = 44 * MS_PER_MINUTE + 1, 44 * MS_PER_MINUTE
    ms[3, 1:3] = ms[1:3, 3] = UNREACHABLE_MS
    run = SchoolRun(np.array([0, 5, 5, 5]), ms)
    plan = plan_routes(run, RULES)
    assert plan.beyond_cap == (3,)
    assert [route.stops for route in plan.routes] == [(2, 1)]


def test_a_large_stop_fills_buses_and_sends_the_rest_along():
    ms = np.full((3, 3), 10 * MS_PER_MINUTE)
    np.fill_diagonal(ms, 0)
    plan = plan_routes(SchoolRun(np.array([0, 65, 9]), ms), RULES)
    assert [(route.n_pupils, route.seats) for route in plan.routes] == [(30, 30), (30, 30), (14, 16)]
    assert set(plan.routes[-1].stops) == {1, 2}


def test_a_stop_of_full_buses_needs_no_other():
    run = SchoolRun(np.array([0, 60]), np.array([[0, 60_000], [60_000, 0]]))
    assert [route.n_pupils for route in plan_routes(run, RULES).routes] == [30, 30]


@pytest.mark.parametrize(
    "wrong",
    [
        RoutePlan((BusRoute((1, 2), (20, 12), 30),), ()),  # overfull
        RoutePlan((BusRoute((1,), (20,), 30),), ()),  # one stop forgotten
        RoutePlan((BusRoute((1,), (20,), 25), BusRoute((2,), (12,), 16)), ()),  # no such bus
        RoutePlan((BusRoute((1,), (20,), 30), BusRoute((2, 1), (12, 1), 16)), ()),  # one pupil twice
        RoutePlan((BusRoute((1,), (20,), 30),), (2,)),  # wrongly called too far
    ],
)
def test_the_check_refuses_wrong_plans(wrong):
    ms = np.full((3, 3), 10 * MS_PER_MINUTE)
    np.fill_diagonal(ms, 0)
    run = SchoolRun(np.array([0, 20, 12]), ms)
    check_plan(run, RULES, RoutePlan((BusRoute((1,), (20,), 30), BusRoute((2,), (12,), 16)), ()))
    with pytest.raises(SolverError):
        check_plan(run, RULES, wrong)


def test_the_check_refuses_a_ride_that_is_too_long():
    run = SchoolRun(np.array([0, 5, 5]), np.array([[0, 1, 1], [30, 0, 30], [30, 30, 0]]) * MS_PER_MINUTE)
    with pytest.raises(SolverError):
        check_plan(run, RULES, RoutePlan((BusRoute((1, 2), (5, 5), 16),), ()))


def test_wrong_input_is_refused():
    with pytest.raises(ValueError, match="seat"):
        BusRules((), 1, 1)
    with pytest.raises(ValueError, match="shape"):
        SchoolRun(np.array([0, 1]), np.zeros((3, 3), np.int64))
    with pytest.raises(ValueError, match="pupils"):
        SchoolRun(np.array([0, 0]), np.zeros((2, 2), np.int64))
