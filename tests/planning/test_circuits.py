"""Circuits of visiting teams: the six-village district by hand, every plan of tiny cases, and the laws for all."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from geo.errors import SolverError
from geo.planning.circuits import (
    CircuitPlan,
    VisitRound,
    check_circuits,
    circuits_cost,
    plan_circuits,
    vehicles_needed,
)
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS, minutes_to_ms
from tests.planning.district import times_ms
from tests.toy import VILLAGES

pytest.importorskip("pyvrp", reason="the extra 'transport' is not installed")


def district_round(season: int, day_minutes: float, villages: str = "CDE") -> VisitRound:
    """A team from B with two hours in each village."""
    places = [VILLAGES.index(name) for name in ("B", *villages)]
    ms = times_ms()[season][np.ix_(places, places)].astype(np.int64)
    visits = np.array([0] + [minutes_to_ms(120)] * len(villages), dtype=np.int64)
    return VisitRound(ms, visits, minutes_to_ms(day_minutes))


def test_c_d_and_e_from_b_in_the_dry_season() -> None:
    # B-C 28.8, C-D 30, D-E 24 minutes: E and back is 165.6, with three visits of 120 a day of 525.6 minutes.
    plan = plan_circuits(district_round(0, 526))
    assert [sorted(day) for day in plan.days] == [[1, 2, 3]]
    assert district_round(0, 526).duration_ms(plan.days[0]) / MS_PER_MINUTE == pytest.approx(525.6, abs=1e-3)
    # One minute less than that: two days.
    assert len(plan_circuits(district_round(0, 525)).days) == 2
    # On the way B-C-D the team reaches C after 28.8 minutes, leaves at 148.8, and reaches D 30 minutes later.
    calls = np.array(district_round(0, 526).calls_ms((1, 2))) / MS_PER_MINUTE
    assert calls == pytest.approx(np.array([[28.8, 148.8], [178.8, 298.8]]), abs=1e-3)


def test_in_the_thaw_d_and_e_are_on_no_circuit() -> None:
    plan = plan_circuits(district_round(2, 526))
    assert plan == CircuitPlan(((1,),), (2, 3))


def test_vehicles_and_money() -> None:
    # 12 days of circuits, 10 working days: two vehicles. 26 rounds x 3 villages x 0.15 + 2 x 14 = 39.7.
    assert [vehicles_needed(days, 10) for days in (0, 1, 10, 11, 12)] == [0, 1, 1, 2, 2]
    assert circuits_cost(26 * 3, 2, 0.15, 14) == pytest.approx(39.7)
    with pytest.raises(ValueError, match="no working day"):
        vehicles_needed(1, 0)


def random_round(seed: int, n: int) -> VisitRound:
    draw = np.random.default_rng(seed)
    places = draw.uniform(-60, 60, (n + 1, 2))
    places[0] = 0
    apart = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    ms = np.rint(apart * draw.uniform(1, 1.1, apart.shape) * MS_PER_MINUTE).astype(np.int64)
    visits = np.array([0, *draw.integers(10, 90, n)], dtype=np.int64) * MS_PER_MINUTE
    return VisitRound(ms, visits, minutes_to_ms(240))


def partitions(villages: tuple[int, ...]):
    if not villages:
        yield ()
        return
    first, rest = villages[0], villages[1:]
    for n in range(len(rest) + 1):
        for others in itertools.combinations(rest, n):
            left = tuple(village for village in rest if village not in others)
            for further in partitions(left):
                yield ((first, *others), *further)


def best(visits: VisitRound, near: tuple[int, ...]) -> tuple[int, int]:
    """Days, then driving, of the best of all plans."""
    found = []
    for groups in partitions(near):
        lengths = [min(visits.duration_ms(order) for order in itertools.permutations(group)) for group in groups]
        if max(lengths, default=0) <= visits.day_ms:
            found.append((len(groups), sum(lengths)))
    return min(found)


@pytest.mark.parametrize("seed", range(6))
def test_against_every_plan(seed: int) -> None:
    visits = random_round(seed, 5)
    plan = plan_circuits(visits)
    near = tuple(sorted(village for day in plan.days for village in day))
    assert (len(plan.days), sum(visits.duration_ms(day) for day in plan.days)) == best(visits, near)


@pytest.mark.parametrize("seed", range(4))
def test_everybody_is_visited_exactly_once_per_round(seed: int) -> None:
    visits = random_round(seed + 100, 14)
    plan = plan_circuits(visits, iterations=60)
    visited = [village for day in plan.days for village in day]
    assert sorted([*visited, *plan.beyond_day]) == list(range(1, 15))
    assert all(visits.duration_ms(day) <= visits.day_ms for day in plan.days)
    assert plan == plan_circuits(visits, iterations=60)


def test_wrong_plans_do_not_survive_the_check() -> None:
    visits = district_round(0, 526)
    for days, beyond in [
        (((1, 2),), ()),  # 3 is left out
        (((1, 2, 3), (1,)), ()),  # 1 is visited twice
        (((1, 2),), (3,)),  # 3 is wrongly called too far
    ]:
        with pytest.raises(SolverError):
            check_circuits(visits, CircuitPlan(days, beyond))
    with pytest.raises(SolverError, match="a day takes"):
        check_circuits(district_round(0, 400), CircuitPlan(((1, 2, 3),), ()))


def test_impossible_rounds_are_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        VisitRound(np.zeros((2, 2), dtype=np.int64), np.zeros(3, dtype=np.int64), 1)
    with pytest.raises(ValueError, match="in villages"):
        VisitRound(np.zeros((1, 1), dtype=np.int64), np.ones(1, dtype=np.int64), 1)
    assert plan_circuits(VisitRound(np.zeros((1, 1), dtype=np.int64), np.zeros(1, dtype=np.int64), 1)).days == ()
    alone = np.array([[0, UNREACHABLE_MS], [5, 0]], dtype=np.int64)
    assert plan_circuits(VisitRound(alone, np.array([0, 1]), 100)).beyond_day == (1,)
