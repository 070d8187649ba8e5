"""Closing is refused or made within a tolerance, and whoever travels longer is always listed."""

from __future__ import annotations

import numpy as np
import pytest

from geo.siting.explain import evaluate
from geo.siting.solve import solve
from geo.units import UNREACHABLE_MS, minutes_to_ms
from tests.siting.toy import VILLAGES, milliseconds, names, problem


def _forced(village: str, facilities: str, **settings):
    """Return a problem in which one existing facility must close and nothing new may open."""
    status = tuple("forbidden" if v == village else ("open" if v in facilities else "forbidden") for v in VILLAGES)
    return problem(facilities=facilities, status=status, objective="p-median", n_open=5, **settings)


def test_a_closure_that_lengthens_a_trip_is_refused_by_name() -> None:
    solution = solve(_forced("B", "AB"))
    assert solution.status == "infeasible"
    assert (solution.value, solution.bound, solution.gap) == (None, None, None)
    blocked = {VILLAGES[blocker.settlement]: blocker for blocker in solution.blockers}
    assert set(blocked) == set("BCDEF")
    assert blocked["B"].reason == "tolerance"
    assert (blocked["B"].before_ms, blocked["B"].best_possible_ms) == (0, milliseconds("dry")[0, 1, 0])
    assert solution.smallest_worsening_ms == max(int(row[0] - min(row[0], row[1])) for row in milliseconds("dry")[0])
    assert names(solution.open_sites) == "AB"


def test_the_smallest_tolerance_named_is_indeed_the_smallest() -> None:
    smallest = solve(_forced("B", "AB")).smallest_worsening_ms
    assert solve(_forced("B", "AB", max_worsening_ms=smallest)).status == "optimal"
    assert solve(_forced("B", "AB", max_worsening_ms=smallest - 1)).status == "infeasible"


def test_within_a_tolerance_of_thirty_minutes_the_losers_are_listed() -> None:
    solution = solve(_forced("B", "AB", max_worsening_ms=minutes_to_ms(30)))
    before, after = milliseconds("dry")[0][:, :2].min(axis=1), milliseconds("dry")[0][:, 0]
    assert solution.status == "optimal"
    assert names(solution.closed) == "B"
    assert [(VILLAGES[x.settlement], x.before_ms, x.after_ms) for x in solution.losers] == [
        (v, before[i], after[i]) for i, v in enumerate(VILLAGES) if after[i] > before[i]
    ]
    assert len(solution.losers) == 5


def test_no_tolerance_lets_somebody_lose_all_access() -> None:
    solution = solve(
        _forced("D", "AD", season_names=("thaw",), milliseconds=milliseconds("thaw"), max_worsening_ms=2**29)
    )
    assert solution.status == "infeasible"
    assert {VILLAGES[blocker.settlement] for blocker in solution.blockers} == {"D"}
    assert solution.blockers[0].best_possible_ms == UNREACHABLE_MS
    assert solution.smallest_worsening_ms is None


def test_without_the_constraint_even_that_is_allowed_and_listed() -> None:
    solution = solve(
        _forced("D", "AD", season_names=("thaw",), milliseconds=milliseconds("thaw"), max_worsening_ms=None)
    )
    assert solution.status == "optimal"
    assert ("D", UNREACHABLE_MS) in [(VILLAGES[x.settlement], x.after_ms) for x in solution.losers]


def test_a_useless_closable_site_is_kept_unless_closing_gains_something() -> None:
    settings = {"facilities": "AB", "keep": False, "objective": "lexicographic", "max_worsening_ms": minutes_to_ms(240)}
    assert solve(problem(n_open=6, **settings)).closed == ()
    dear = np.where(np.array(list(VILLAGES)) == "A", 50.0, 0.0)
    kept = solve(problem(n_open=6, running_cost=dear, **settings))
    assert kept.persons_beyond_limit == 0


def test_too_few_sites_names_how_many_would_do() -> None:
    solution = solve(problem(facilities="AF", keep=False, objective="max-cover", n_open=1))
    assert solution.status == "infeasible"
    assert solution.smallest_n_open == 2
    assert {blocker.reason for blocker in solution.blockers} == {"tolerance-jointly"}
    assert solution.smallest_worsening_ms is not None
    assert (
        solve(
            problem(
                facilities="AF", keep=False, objective="max-cover", n_open=1,
                max_worsening_ms=solution.smallest_worsening_ms,
            )
        ).status
        == "optimal"
    )  # fmt: skip


def test_more_sites_fixed_than_allowed() -> None:
    solution = solve(problem(facilities="AB", objective="p-median", n_open=1))
    assert (solution.status, solution.smallest_n_open, solution.smallest_worsening_ms) == ("infeasible", 2, None)


def test_a_budget_below_forced_spending() -> None:
    status = ("fixed", "open", "candidate", "candidate", "candidate", "candidate")
    solution = solve(
        problem(facilities="B", status=status, objective="p-median", budget=3.0, opening_cost=np.full(6, 4.0))
    )
    assert (solution.status, solution.smallest_budget) == ("infeasible", 4.0)


def test_what_if_names_what_it_breaks() -> None:
    found = evaluate(problem(facilities="AB", objective="p-median", n_open=2), (0, 2, 3))
    assert found.breaches == ("status", "n-open", "worsening")
    assert found.closed == (1,)
    assert "B" in [VILLAGES[loser.settlement] for loser in found.losers]
    with pytest.raises(ValueError, match="position 6"):
        evaluate(problem(objective="p-median", n_open=2), (6,))
