"""Laws that every programme keeps: money helps, nobody is harmed, people come before money, and together is better."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.planning.case import PlanningCase
from geo.planning.choices import Choices, Plan
from geo.planning.goals import UNMET, Goals, is_allowed
from geo.planning.programme import solve_programme
from geo.units import UNREACHABLE_MS
from tests.planning.small_cases import small_case

SEEDS = st.integers(0, 10_000)


def first(programme) -> float:
    return programme.stages[0].value


@settings(deadline=None, max_examples=12)
@given(seed=SEEDS, more=st.floats(1.0, 3.0), year=st.integers(0, 1))
def test_more_money_never_worsens_the_first_goal(seed, more, year):
    case = small_case(seed)
    budget, running = case.budget.copy(), case.running_budget.copy()
    budget[year] *= more
    running[year] *= more
    less, rich = solve_programme(case), solve_programme(replace(case, budget=budget, running_budget=running))
    assert first(rich) <= first(less) + 1e-9


@settings(deadline=None, max_examples=12)
@given(seed=SEEDS)
def test_without_tolerance_no_trip_gets_longer(seed):
    case = small_case(seed, max_worsening_ms=0)
    programme = solve_programme(case)
    assert programme.losers == ((), ())
    today = solve_programme(replace(case, options=tuple(o for o in case.options if o.action == "keep"))).years[0].ms
    for year in programme.years:
        assert (year.ms <= today).all()


@settings(deadline=None, max_examples=12)
@given(seed=SEEDS, minutes=st.integers(1, 60))
def test_nobody_is_harmed_beyond_the_tolerance(seed, minutes):
    case = small_case(seed, max_worsening_ms=minutes * 60_000)
    for of_year in solve_programme(case).losers:
        assert all(one.before_ms < one.after_ms <= one.before_ms + minutes * 60_000 for one in of_year)


@settings(deadline=None, max_examples=10)
@given(seed=SEEDS, draws=st.integers(0, 10_000))
def test_a_cheaper_plan_with_more_unmet_people_never_outranks(seed, draws):
    case = small_case(seed, max_worsening_ms=None)
    goals = Goals(choices := Choices.of(case, {}))
    programme = solve_programme(case)
    best = {goals.names[k]: stage.value for k, stage in enumerate(programme.stages)}
    rng = np.random.default_rng(draws)
    for _one in range(10):
        plan = random_plan(choices, rng)
        if is_allowed(choices, plan):
            values = goals.values(plan)
            assert values[UNMET] >= best[UNMET] - 1e-9
            dear = {**values, UNMET: values[UNMET] + 1.0, "discounted-cost": 0.0}
            assert not goals.is_better(dear, values)


def random_plan(choices: Choices, rng: np.random.Generator) -> Plan:
    n_places = len(choices.case.place_ids)
    options, years = np.full(n_places, -1, dtype=np.int64), np.zeros(n_places, dtype=np.int64)
    for place, own in enumerate(choices.of_place):
        if own.size and rng.random() < 0.5:
            options[place], years[place] = choices.options[rng.choice(own)], rng.integers(0, choices.n_years)
    return Plan(options, years)


def parts(case: PlanningCase) -> tuple[PlanningCase, PlanningCase]:
    """Return the two halves of a region, each with its own needs, places and half of the money."""
    return part(case, case.settlement_ids[:2]), part(case, case.settlement_ids[2:])


def part(case: PlanningCase, names: tuple[str, ...]) -> PlanningCase:
    rows = [case.settlement_ids.index(name) for name in names]
    needs = [k for k, need in enumerate(case.needs) if need.settlement_id in names]
    return replace(
        case,
        settlement_ids=names,
        place_ids=names,
        place_ms=case.place_ms[:, rows][:, :, rows],
        needs=tuple(case.needs[k] for k in needs),
        options=tuple(option for option in case.options if option.place_id in names),
        persons=case.persons[:, needs],
        limit_ms=case.limit_ms[needs],
        weight=case.weight[needs],
        budget=case.budget / 2,
        running_budget=case.running_budget / 2,
        protected=case.protected[rows],
    )


@settings(deadline=None, max_examples=12)
@given(seed=SEEDS)
def test_together_is_never_worse_than_apart(seed):
    # With every closure allowed the two plans side by side are a plan of the whole.
    case = small_case(seed, max_worsening_ms=None)
    one, other = parts(case)
    assert first(solve_programme(case)) <= first(solve_programme(one)) + first(solve_programme(other)) + 1e-6


@settings(deadline=None, max_examples=12)
@given(seed=SEEDS)
def test_twice_the_people_is_the_same_plan(seed):
    case = small_case(seed)
    one, twice = solve_programme(case), solve_programme(replace(case, persons=case.persons * 2))
    assert first(twice) == pytest.approx(2 * first(one))
    assert twice.stages[-1].value == pytest.approx(one.stages[-1].value, rel=1e-9)
    if case.persons.any():
        assert twice.stages[1].value == pytest.approx(one.stages[1].value, rel=1e-9, abs=1e-9)
    assert twice.items == one.items or same_worth(case, one, twice)


def same_worth(case, one, other) -> bool:
    """Return whether two programmes differ only where all goals are the same."""
    goals = Goals(choices := Choices.of(case, {}))
    values = [goals.values(plan_of(choices, programme)) for programme in (one, other)]
    return not goals.is_better(values[0], values[1]) and not goals.is_better(values[1], values[0])


def plan_of(choices: Choices, programme) -> Plan:
    plan = Plan.nothing(len(choices.case.place_ids))
    for item in programme.items:
        plan.option[item.place], plan.year[item.place] = item.option, item.year
    return plan


@settings(deadline=None, max_examples=8)
@given(seed=SEEDS)
def test_an_option_more_never_worsens_the_first_goal(seed):
    case = small_case(seed, max_worsening_ms=None)
    fewer = replace(case, options=tuple(o for o in case.options if o.action != "open"))
    assert first(solve_programme(case)) <= first(solve_programme(fewer)) + 1e-9


@settings(deadline=None, max_examples=8)
@given(seed=SEEDS)
def test_bounds_are_below_values_and_unreachable_people_count(seed):
    case = small_case(seed)
    ms = np.array(case.place_ms)
    ms[:] = UNREACHABLE_MS
    cut_off = solve_programme(replace(case, place_ms=ms))
    assert first(cut_off) == pytest.approx(float((case.persons * case.weight).sum()))
    for stage in (*solve_programme(case).stages, *cut_off.stages):
        assert stage.bound <= stage.value
        assert stage.gap <= 1e-9
