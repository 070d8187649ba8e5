"""Laws of lines, caps, frontiers and ways of planning, on random districts of two okrugs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.planning.borders import allot, border_penalty, dividend
from geo.planning.caps import capped
from geo.planning.ways import NOWHERE, SATELLITE, affordable, bottom_up, top_down, users_of
from geo.siting.frontier import frontier
from geo.siting.measure import evaluate, mask_of
from geo.siting.problem import SitingProblem
from geo.siting.solve import solve
from geo.units import UNREACHABLE_MS

N = 9
HERE = tuple(range(N))
SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=6, deadline=None)


def random_district(seed: int) -> tuple[SitingProblem, tuple[str, ...]]:
    """Return nine villages in two okrugs, two with a facility; the second season is slower and cuts some ways."""
    rng = np.random.default_rng(seed)
    spots = rng.uniform(0, 100, size=(N, 2))
    minutes = np.hypot(*(spots[:, None] - spots[None, :]).transpose(2, 0, 1))
    times = np.stack([minutes, minutes * rng.uniform(1, 2)])
    ms = np.round(times * 60_000).astype(np.int32)
    cut = rng.random((N, N)) < 0.15
    np.fill_diagonal(cut, val=False)
    ms[1][cut | cut.T] = UNREACHABLE_MS
    existing = np.arange(N) < 2
    problem = SitingProblem(
        settlement_ids=tuple("ABCDEFGHI"),
        site_ids=tuple("ABCDEFGHI"),
        season_names=("dry", "thaw"),
        milliseconds=ms,
        persons=rng.integers(1, 500, size=N),
        status=tuple("open" if one else "candidate" for one in existing),
        existing=existing,
        limit_ms=30 * 60_000,
        opening_cost=np.where(existing, 0.0, rng.integers(50, 150, size=N)),
        n_open=4,
        kappa=-0.02,
    )
    return problem, tuple("east" if x > 50 else "west" for x in spots[:, 0])


@FEW
@given(seed=SEEDS)
def test_a_line_never_helps(seed):
    problem, areas = random_district(seed)
    found = border_penalty(problem, areas, areas)
    assert found.today_persons >= 0
    least, most = found.plan_persons
    assert 0 <= least <= most
    assert found.today_closed.ede_minutes >= found.today_open.ede_minutes - 1e-9
    assert found.plan_closed.ede_minutes >= found.same_sites_open.ede_minutes - 1e-9
    if found.plan_open.status == found.plan_closed.status == "optimal":
        assert least == most == found.plan_closed.persons_beyond_limit - found.plan_open.persons_beyond_limit


@FEW
@given(seed=SEEDS, total=st.integers(0, 4))
def test_planning_together_is_never_worse_than_apart(seed, total):
    problem, areas = random_district(seed)
    problem = replace(problem, n_open=2 + total)
    candidates = [area for area, word in zip(areas, problem.status, strict=True) if word == "candidate"]
    room = {area: candidates.count(area) for area in dict.fromkeys(candidates)}
    need = {area: float(problem.persons[np.array(areas) == area].sum()) for area in room}
    shares = allot(total, need, room)
    assert sum(shares.values()) == min(total, len(candidates))
    found = dividend(problem, areas, areas, shares)
    assert found.persons >= 0
    assert found.most_persons >= found.persons
    # Appendix A.6: nor than the sum of what each leaves of its own people.
    alone = 0
    for area in dict.fromkeys(areas):
        rows = np.array(areas) == area
        own = evaluate(problem, [0, 1, *found.opened.get(area, ())]).milliseconds_after.max(axis=0)
        alone += int(problem.persons[rows & (own > problem.limit_ms)].sum())
    assert found.joint.persons_beyond_limit <= found.separate.persons_beyond_limit <= alone


@FEW
@given(seed=SEEDS, by_money=st.booleans())
def test_a_share_of_money_is_kept(seed, by_money):
    problem, areas = random_district(seed)
    if by_money:
        problem = replace(problem, n_open=None, budget=250.0)
    shares = {"east": 125.0, "west": 125.0} if by_money else {"east": 1, "west": 1}
    found = dividend(problem, areas, areas, shares)
    for area, sites in found.opened.items():
        spent = problem.opening[list(sites)].sum() if by_money else len(sites)
        assert spent <= shares[area]
    assert not found.separate.breaches
    assert not found.joint.breaches


@FEW
@given(seed=SEEDS)
@pytest.mark.parametrize(
    ("first", "second"),
    [("persons-beyond-limit", "cost"), ("equally-distributed-equivalent", "capped-person-time")],
)
def test_no_point_of_a_frontier_beats_another(first, second, seed):
    problem, _areas = random_district(seed)
    if second == "cost":
        problem = replace(problem, n_open=N)
    found = frontier(problem, first, second, 4)
    values = [point.solution.goals for point in found.points]
    for one in values:
        for other in values:
            assert one == other or one[0] < other[0] or one[1] < other[1]


@FEW
@given(seed=SEEDS)
def test_the_capped_mean_of_a_frontier_is_that_of_no_better_plan(seed):
    """Every pair of sites is looked at: none beats a point by both goals."""
    problem, _areas = random_district(seed)
    found = frontier(problem, "capped-person-time", "persons-beyond-limit")
    assert found.complete
    values = [point.solution.goals for point in found.points]
    for first in range(2, N):
        for second in range(first, N):
            plan = evaluate(problem, {0, 1, first, second})
            worst = plan.milliseconds_after.max(axis=0).astype(np.int64)
            time = int(problem.persons @ np.minimum(worst, problem.cap_ms))
            assert any(a <= time and b <= plan.persons_beyond_limit for a, b in values)


@FEW
@given(seed=SEEDS, low=st.floats(0.05, 3), more=st.floats(0, 3))
def test_a_larger_cap_never_worsens_the_first_goal_and_caps_are_kept(seed, low, more):
    problem, _areas = random_district(seed)
    tight, loose = (capped(problem, cap, None) for cap in (low, low + more))
    plans = [solve(one) for one in (tight, loose, problem)]
    beyond = [plan.persons_beyond_limit for plan in plans]
    assert beyond == sorted(beyond, reverse=True)
    today = evaluate(problem, [0, 1]).persons_beyond_limit
    for site in plans[0].opened:
        helped = today - evaluate(problem, [0, 1, site]).persons_beyond_limit
        assert problem.opening[site] <= low * helped * (1 + 1e-12)


@FEW
@given(seed=SEEDS, viable=st.integers(1, 1500))
def test_groups_share_villages_out_and_are_served_within_the_norm(seed, viable):
    problem, _areas = random_district(seed)
    found = bottom_up(problem, HERE, viable)
    worst = problem.milliseconds.max(axis=0)
    every = [member for group in (*found.viable, *found.left) for member in group.settlements]
    beyond = worst[:, :2].min(axis=1) > problem.limit_ms
    assert sorted(every) == np.flatnonzero(beyond).tolist()
    for group in found.viable:
        assert group.persons >= viable
        assert group.site in group.settlements
        assert (worst[list(group.settlements), group.site] <= problem.limit_ms).all()
    assert all(group.persons < viable or group.site == NOWHERE for group in found.left)


@FEW
@given(seed=SEEDS)
def test_planning_from_the_centres_ends_with_everybody_in_reach_and_beats_no_proven_plan(seed):
    problem, _areas = random_district(seed)
    tiers = tuple(1 if settlement in (0, 4) else SATELLITE for settlement in range(N))
    whole = [step.site for step in top_down(problem, HERE, tiers)]
    assert evaluate(problem, {0, 1, *whole}).persons_beyond_limit == 0
    some = affordable(problem, whole)
    plan = evaluate(problem, {0, 1, *some})
    assert not plan.breaches
    assert plan.persons_beyond_limit >= solve(problem).persons_beyond_limit
    users = users_of(problem, mask_of(problem, plan.open_sites))
    assert users.sum() == plan.persons_within_limit
