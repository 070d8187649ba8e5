"""Laws of appendix A.6 that plans and whole runs must keep."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.access.equity import kolm_pollak_ede, kolm_pollak_kappa
from geo.siting.problem import SitingProblem
from geo.siting.solve import solve
from geo.study import load_study, run_study
from geo.units import UNREACHABLE_MS
from tests import toy
from tests.property.test_roads import PAIRS, minutes
from tests.study.folders import facilities_frame, settlements_frame, write_toy

OBJECTIVES = ("p-median", "max-cover")


def random_problem(seed: int, objective: str) -> tuple[SitingProblem, np.ndarray]:
    """Return eight settlements, each a candidate, in two okrugs of four, with times of a plane."""
    rng = np.random.default_rng(seed)
    spots = rng.uniform(0, 100, size=(8, 2))
    minutes_between = np.hypot(*(spots[:, None] - spots[None, :]).transpose(2, 0, 1))
    problem = SitingProblem(
        settlement_ids=tuple("ABCDEFGH"),
        site_ids=tuple("ABCDEFGH"),
        season_names=("dry",),
        milliseconds=np.round(minutes_between * 60_000).astype(np.int32)[None],
        persons=rng.integers(1, 500, size=8),
        status=("candidate",) * 8,
        existing=np.zeros(8, dtype=bool),
        limit_ms=30 * 60_000,
        objective=objective,
        n_open=2,
    )
    return problem, np.arange(8) < 4


def part_of(problem: SitingProblem, rows: np.ndarray, sites: np.ndarray, n_open: int) -> SitingProblem:
    return replace(
        problem,
        settlement_ids=tuple(np.array(problem.settlement_ids)[rows]),
        site_ids=tuple(np.array(problem.site_ids)[sites]),
        milliseconds=problem.milliseconds[:, rows][:, :, sites],
        persons=problem.persons[rows],
        status=("candidate",) * int(sites.sum()),
        existing=np.zeros(int(sites.sum()), dtype=bool),
        opening_cost=None,
        closing_cost=None,
        running_cost=None,
        n_open=n_open,
    )


def burden(problem: SitingProblem) -> float:
    """Return person-milliseconds, or people who are not covered: less is better for both."""
    value = solve(problem).value
    assert value is not None
    return value if problem.objective == "p-median" else float(problem.persons.sum()) - value


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("seed", range(25))
def test_okrugs_that_plan_together_do_no_worse_than_alone(objective: str, seed: int) -> None:
    problem, first = random_problem(seed, objective)
    apart = sum(burden(part_of(problem, own, own, 1)) for own in (first, ~first))
    assert burden(problem) <= apart


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("seed", range(25))
def test_a_border_never_helps(objective: str, seed: int) -> None:
    problem, first = random_problem(seed, objective)
    everything = np.ones(8, dtype=bool)
    behind_border = burden(part_of(problem, first, first, 2))
    assert burden(part_of(problem, first, everything, 2)) <= behind_border


@settings(max_examples=15)
@given(st.data())
def test_more_closed_roads_reach_no_more_places(data: st.DataObject) -> None:
    pairs = data.draw(st.lists(st.sampled_from(PAIRS), min_size=4, max_size=20, unique=True))
    kept = data.draw(st.lists(st.sampled_from(pairs), unique=True, max_size=len(pairs)))
    spots = [(66.01, 49.01), (66.2, 49.1), (66.1, 49.05)]
    roads = [(a, b, "asphalt", "no") for a, b in pairs]
    fewer = [road for road in roads if (road[0], road[1]) in kept] or roads[:1]
    reached_by_fewer = minutes(fewer, spots, "dry") < UNREACHABLE_MS
    assert (minutes(roads, spots, "dry")[reached_by_fewer] < UNREACHABLE_MS).all()


@given(
    st.lists(st.tuples(st.floats(1, 300), st.integers(1, 5000)), min_size=2, max_size=12),
    st.sampled_from([-0.5, -1.0, -2.0]),
)
def test_hours_need_a_kappa_of_their_own(places: list[tuple[float, int]], aversion: float) -> None:
    times, people = (np.array(values, dtype=float) for values in zip(*places, strict=True))
    kappa = kolm_pollak_kappa(times, people, aversion)
    hours = kolm_pollak_ede(times / 60, people, kappa * 60)
    assert hours * 60 == pytest.approx(kolm_pollak_ede(times, people, kappa), rel=1e-12)
    assert kolm_pollak_kappa(times / 60, people, aversion) == pytest.approx(kappa * 60, rel=1e-12)


def test_another_order_of_rows_changes_no_table(tmp_path: Path) -> None:
    settlements = settlements_frame()
    settlements["okrug_id"] = ["g0", "g0", "g1", "g1", "g1", "g0"]
    facilities = facilities_frame("A", "F")
    straight = write_toy(tmp_path / "straight", settlements=settlements, facilities_table=facilities)
    shuffled = write_toy(
        tmp_path / "shuffled",
        settlements=settlements.sample(frac=1, random_state=3),
        facilities_table=facilities[::-1],
        roads=toy.raw_roads()[::-1],
    )
    one, other = (next(iter(run_study(load_study(folder), ["T1"]))).tables for folder in (straight, shuffled))
    assert set(one) == set(other)
    for name in sorted(set(one) - {"data_quality"}):  # that one names rows of files
        pd.testing.assert_frame_equal(one[name], other[name], obj=name)


def test_twice_the_people_leave_the_equivalent_trip_as_it_is(tmp_path: Path) -> None:
    doubled = settlements_frame()
    doubled["pop_total"] *= 2
    folders = (write_toy(tmp_path / "once"), write_toy(tmp_path / "twice", settlements=doubled))
    once, twice = (next(iter(run_study(load_study(folder), ["T1"]))).tables for folder in folders)
    pd.testing.assert_series_equal(once["access_district"]["ede_minutes"], twice["access_district"]["ede_minutes"])
    relative = ["gini", "theil_t", "theil_within", "theil_between", "hoover", "p80_p20"]
    pd.testing.assert_frame_equal(once["equity"][relative], twice["equity"][relative])
    pd.testing.assert_series_equal(once["access_indicators"]["m2sfca"], 2 * twice["access_indicators"]["m2sfca"])
