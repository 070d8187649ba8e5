"""Sites and roads chosen together: golden plans of the six-village district, and the law that a road never hurts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.planning.roads_or_sites import MOST_PACKAGES, combinations, joint_choice
from geo.siting.problem import SitingProblem
from geo.units import UNREACHABLE_MS, minutes_to_ms
from tests.planning.district import times_ms
from tests.toy import PERSONS, SEASONS, VILLAGES

KAPPA = -0.0162624


def district(limit_minutes: float, site_cost: float) -> SitingProblem:
    """A facility in A, a plot in every other village."""
    n = len(VILLAGES)
    return SitingProblem(
        settlement_ids=tuple(VILLAGES),
        site_ids=tuple(VILLAGES),
        season_names=SEASONS,
        milliseconds=times_ms(),
        persons=PERSONS,
        status=("open", *["candidate"] * (n - 1)),
        existing=np.array([True] + [False] * (n - 1)),
        limit_ms=minutes_to_ms(limit_minutes),
        budget=0.0,
        opening_cost=np.array([0.0] + [site_cost] * (n - 1)),
        kappa=KAPPA,
    )


def with_road(_combination: tuple[int, ...]) -> np.ndarray:
    return times_ms(repaired=True)


def test_a_dear_building_loses_against_the_road() -> None:
    # Norm 120 minutes: today D and E (220 people) are below it. Money 2,700: the road brings both within it. At 1,500
    # a building there is money for one: in D it leaves the 40 of E below the norm. So the road, although it costs more.
    found = joint_choice(district(120, site_cost=1500), 2700, [2700.0], with_road)
    assert found is not None
    assert found.is_proven
    assert found.without_roads.solution.persons_beyond_limit == 40
    assert [found.chosen.packages, found.chosen.solution.persons_beyond_limit, found.chosen.cost] == [(0,), 0, 2700]


def test_cheap_buildings_win_against_the_road() -> None:
    # At 130 a building, D and E get one each for 260: nobody is below the norm, ways are shorter than by the road.
    found = joint_choice(district(120, site_cost=130), 2700, [2700.0], with_road)
    assert found is not None
    assert found.chosen.packages == ()
    assert {"D", "E"} <= {VILLAGES[site] for site in found.chosen.solution.open_sites}


def test_a_road_beyond_the_money_is_not_tried() -> None:
    found = joint_choice(district(120, site_cost=1500), 2000, [2700.0], with_road)
    assert found is not None
    assert len(found.plans) == 1


def test_combinations_and_limits() -> None:
    assert combinations(3, 2) == [(), (0,), (1,), (2,), (0, 1), (0, 2), (1, 2)]
    with pytest.raises(ValueError, match="more than"):
        joint_choice(district(120, 1.0), 1, [1.0] * (MOST_PACKAGES + 1), with_road)
    with pytest.raises(ValueError, match="negative"):
        joint_choice(district(120, 1.0), -1, [], with_road)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), budget=st.integers(0, 6))
def test_the_option_of_a_road_never_worsens_a_plan(seed: int, budget: int) -> None:
    draw = np.random.default_rng(seed)
    n = 5
    ms = draw.integers(1, 60, (2, n, n)).astype(np.int32) * 60_000
    ms[:, draw.random((n, n)) < 0.3] = UNREACHABLE_MS
    problem = SitingProblem(
        settlement_ids=tuple("abcde"),
        site_ids=tuple("abcde"),
        season_names=("dry", "thaw"),
        milliseconds=ms,
        persons=draw.integers(0, 50, n),
        status=("open", *["candidate"] * (n - 1)),
        existing=np.array([True] + [False] * (n - 1)),
        limit_ms=minutes_to_ms(30),
        budget=0.0,
        opening_cost=np.array([0.0, 1, 2, 2, 3]),
        kappa=-0.01,
    )
    faster = [np.minimum(ms, draw.integers(1, 60, ms.shape).astype(np.int32) * 60_000) for _package in range(2)]

    def milliseconds(combination: tuple[int, ...]) -> np.ndarray:
        return np.minimum.reduce([faster[number] for number in combination])

    found = joint_choice(problem, float(budget), [1.0, 2.0], milliseconds)
    assert found is not None
    assert found.chosen.rank[:3] <= found.without_roads.rank[:3]
    assert found.chosen.cost <= budget
    # The choice between what was tried is the best of it.
    assert all(found.chosen.rank <= plan.rank for plan in found.plans)
