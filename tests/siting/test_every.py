"""Looking at every plan gives what brute force and the solver give, for any objective that it takes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.siting import every
from geo.siting.every import EveryPlan, best_or_solved
from geo.siting.objectives import OBJECTIVES
from geo.siting.solve import solve
from geo.units import minutes_to_ms
from tests.siting import toy
from tests.siting.brute import best, goal_values, is_allowed, random_problem

TAKEN = [name for name, objective in OBJECTIVES.items() if not objective.must_cover]


def chosen(mask: np.ndarray) -> tuple[int, ...]:
    return tuple(np.flatnonzero(mask).tolist())


@pytest.mark.parametrize("objective", TAKEN)
def test_agrees_with_brute_force(objective):
    outcomes = []
    for seed in range(40):
        problem = random_problem(objective, seed)
        plans = EveryPlan.of(problem)
        assert plans is not None
        expected, found = best(problem), plans.best(problem, problem.existing)
        outcomes.append(expected is not None)
        if expected is None:
            assert found is None
            continue
        assert is_allowed(problem, chosen(found))
        assert goal_values(problem, chosen(found)) == pytest.approx(expected, rel=2e-9, abs=1e-9)
    assert set(outcomes) == {True, False}


def test_a_preferred_plan_that_is_as_good_is_the_answer():
    # Nobody lives anywhere, and a new site costs nothing more than no site: only the number of new sites tells.
    problem = toy.problem(n_open=2, objective="p-median", kappa=None, persons=np.zeros(6, dtype=np.int64))
    for site in range(1, 6):
        preferred = np.array([place in (0, site) for place in range(6)])
        assert chosen(EveryPlan.of(problem).best(problem, preferred)) == (0, site)
        assert chosen(best_or_solved(problem, None, preferred)) == (0, site)


def test_the_solver_is_asked_where_plans_are_too_many(monkeypatch):
    problem = toy.problem(n_open=2, objective="lexicographic")
    monkeypatch.setattr(every, "MOST_TIMES", 5)
    monkeypatch.setattr(every, "MOST_PLANS", 5)
    assert EveryPlan.of(problem) is None
    found = best_or_solved(problem, None, problem.existing)
    assert chosen(found) == solve(problem).open_sites


def test_too_many_ties_are_left_to_the_solver(monkeypatch):
    problem = toy.problem(n_open=3, objective="lexicographic", limit_ms=minutes_to_ms(500))
    plans = EveryPlan.of(problem)
    monkeypatch.setattr(every, "MOST_TIMES", 5)
    with pytest.raises(every.TooManyPlansError):
        plans.best(problem, problem.existing)
    assert chosen(best_or_solved(problem, plans, problem.existing)) == solve(problem).open_sites


def test_plans_serve_problems_with_other_numbers():
    problem = toy.problem("dry", "winter", n_open=2, objective="lexicographic")
    plans = EveryPlan.of(problem)
    for minutes in (20, 45, 90):
        other = replace(problem, limit_ms=minutes_to_ms(minutes), persons=problem.persons[::-1].copy())
        assert chosen(plans.best(other, problem.existing)) == solve(other).open_sites


def test_sites_that_could_close_are_kept_where_listing_them_is_too_much(monkeypatch):
    """A and F have clinics that could close; nobody may be worse off, so both stay."""
    problem = toy.problem("dry", facilities="AF", keep=False, n_open=3, objective="lexicographic")
    monkeypatch.setattr(every, "MOST_TIMES", 60)
    plans = EveryPlan.of(problem)
    assert plans.kept.tolist() == [True, False, False, False, False, True]
    assert len(plans.chosen) == 1 + 4
    monkeypatch.setattr(every, "MOST_TIMES", 10**6)
    assert chosen(plans.best(problem, problem.existing)) == solve(problem).open_sites
    # Whoever may be five hours worse off needs neither: then the solver must be asked.
    lax = replace(problem, max_worsening_ms=minutes_to_ms(300))
    with pytest.raises(every.TooManyPlansError):
        plans.best(lax, lax.existing)
    assert chosen(best_or_solved(lax, plans, lax.existing)) == solve(lax).open_sites
