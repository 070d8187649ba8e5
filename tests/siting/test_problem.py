"""Malformed problems are refused by name; odd ones have a clear result."""

from __future__ import annotations

import numpy as np
import pytest

from geo.siting.objectives import OBJECTIVES
from geo.siting.problem import SitingProblem
from geo.siting.solve import solve
from geo.units import UNREACHABLE_MS, minutes_to_ms
from tests.siting.toy import milliseconds, names, problem

COSTS = np.full(6, 2.0)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"settlement_ids": tuple("AACDEF")}, "settlement_ids repeats"),
        ({"season_names": (), "milliseconds": np.zeros((0, 6, 6), dtype=np.int32)}, "season_names is empty"),
        ({"milliseconds": milliseconds("dry")[0]}, "milliseconds has shape"),
        ({"milliseconds": milliseconds("dry") / 60_000.0}, "milliseconds holds float64"),
        ({"milliseconds": -milliseconds("dry")}, "milliseconds holds a value below 0"),
        ({"milliseconds": milliseconds("dry") + UNREACHABLE_MS}, "above UNREACHABLE_MS"),
        ({"milliseconds": milliseconds("dry").astype(np.int64) + 2**40}, "does not fit int32"),
        ({"persons": np.array([1, 2, 3, 4, 5, -6])}, "persons holds a negative"),
        ({"persons": np.array([1.5, 2, 3, 4, 5, 6])}, "persons holds float64"),
        ({"persons": np.full(6, 2**31)}, "sums to more"),
        ({"persons": np.ones(5, dtype=int)}, "persons has shape"),
        ({"existing": np.zeros(6)}, "existing is not an array of true and false"),
        ({"status": ("open",) * 5}, "status has 5 entries for 6 sites"),
        ({"status": ("shut",) * 6}, "unknown status 'shut'"),
        ({"status": ("open",) * 6}, "'B' is 'open' but does not exist"),
        ({"status": ("candidate",) * 6}, "'A' is 'candidate' but exists"),
        ({"limit_ms": 30.5}, "limit_ms is 30.5"),
        ({"limit_ms": UNREACHABLE_MS}, "below UNREACHABLE_MS"),
        ({"cap_ms": 0}, "cap_ms is 0"),
        ({"max_worsening_ms": -1}, "max_worsening_ms is -1"),
        ({"n_open": -1}, "n_open is -1"),
        ({"n_open": True}, "n_open is True"),
        ({"n_open": None}, "needs n_open or budget"),
        ({"budget": 1.0}, "both given"),
        ({"n_open": None, "budget": float("nan")}, "budget is nan"),
        ({"seconds": -1.0}, "seconds is -1.0"),
        ({"opening_cost": np.array([1, 2, 3, 4, 5, np.nan])}, "opening_cost holds"),
        ({"running_cost": -COSTS}, "running_cost holds"),
        ({"closing_cost": COSTS[:5]}, "closing_cost has shape"),
        ({"kappa": None}, "needs kappa"),
        ({"kappa": 0.01}, "kappa is 0.01"),
        ({"kappa": -5.0}, "exceeds 500"),
        ({"objective": "best"}, "objective 'best' is unknown"),
        ({"season_rule": "mean"}, "season_rule is 'mean'"),
        ({"season_rule": "weighted"}, "needs season_weights"),
        ({"season_weights": (0.5, 0.5)}, "2 entries for 1 seasons"),
        ({"season_weights": (0.0,)}, "not all zero"),
    ],
)
def test_malformed_problems_are_refused(settings: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        problem(**({"n_open": 2} | settings))


def test_arrays_are_copied_and_read_only() -> None:
    persons = np.array([1, 2, 3, 4, 5, 6])
    made = problem(n_open=2, persons=persons)
    persons[0] = 99
    assert made.persons[0] == 1
    with pytest.raises(ValueError, match="read-only"):
        made.persons[0] = 5


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_no_site_at_all(objective: str) -> None:
    empty = SitingProblem(
        settlement_ids=("v",), site_ids=(), season_names=("all",), milliseconds=np.zeros((1, 1, 0), dtype=np.int32),
        persons=np.array([7]), status=(), existing=np.zeros(0, dtype=bool), objective=objective, n_open=3, kappa=-0.01,
    )  # fmt: skip
    solution = solve(empty)
    assert (solution.open_sites, solution.unserved, solution.persons_unserved) == ((), (0,), 7)
    assert solution.status == ("infeasible" if objective == "set-cover" else "optimal")


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_no_settlement_at_all(objective: str) -> None:
    solution = solve(
        problem(
            settlement_ids=(), milliseconds=np.zeros((1, 0, 6), dtype=np.int32), persons=np.zeros(0, dtype=int),
            objective=objective, n_open=3,
        )
    )  # fmt: skip
    assert (solution.status, solution.opened) == ("optimal", ())


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_nobody_lives_anywhere(objective: str) -> None:
    solution = solve(problem(persons=np.zeros(6, dtype=int), objective=objective, n_open=4))
    assert (solution.status, solution.opened) == ("optimal", ())


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_more_sites_allowed_than_there_are(objective: str) -> None:
    solution = solve(problem(objective=objective, n_open=99))
    assert solution.status == "optimal"
    assert solution.persons_beyond_limit == 0


def test_a_zero_budget_opens_only_what_is_free() -> None:
    free_c = np.array([2.0, 2.0, 0.0, 2.0, 2.0, 2.0])
    solution = solve(problem(objective="p-median", budget=0.0, opening_cost=free_c))
    assert (solution.status, names(solution.opened), solution.spending) == ("optimal", "C", 0.0)


def test_a_budget_is_met_exactly_in_spite_of_binary_fractions() -> None:
    solution = solve(problem(objective="p-median", budget=0.3, opening_cost=np.array([0, 0.1, 0.2, 1, 1, 0.2])))
    assert names(solution.opened) in ("BC", "BF")


def test_no_site_is_opened_that_gains_nothing() -> None:
    solution = solve(problem(objective="max-cover", n_open=6, limit_ms=minutes_to_ms(200)))
    assert (solution.opened, solution.persons_beyond_limit) == ((), 0)


def test_an_unreachable_row_is_named_and_nothing_else_suffers() -> None:
    cut_off = milliseconds("dry")
    cut_off[0, 4, :] = UNREACHABLE_MS
    solution = solve(problem(objective="p-median", n_open=2, milliseconds=cut_off))
    assert (solution.status, names(solution.unserved), solution.persons_unserved) == ("optimal", "E", 40)
    assert solution.assignment[0, 4] == -1
    assert names(solution.opened) == "F"


def test_a_set_cover_that_cannot_be_names_who_and_the_limit_that_would_do() -> None:
    forbidden = ("open", *("forbidden",) * 5)
    solution = solve(problem("dry", "winter", objective="set-cover", status=forbidden))
    assert solution.status == "infeasible"
    assert {(names((b.settlement,)), b.season) for b in solution.blockers if b.reason == "limit"} == {
        *((v, 0) for v in "CDEF"),
        *((v, 1) for v in "BCDEF"),
    }
    assert solution.smallest_limit_ms == int(milliseconds("winter")[0, :, 0].max())
    allowed = solve(problem("dry", "winter", objective="set-cover", status=forbidden, allow_unserved=True))
    assert (allowed.status, allowed.value, allowed.persons_beyond_limit) == ("optimal", 1, 2670)


def test_ties_in_assignment_go_to_the_lowest_site() -> None:
    times = np.full((1, 2, 3), 600_000, dtype=np.int32)
    made = SitingProblem(
        settlement_ids=("u", "v"), site_ids=("a", "b", "c"), season_names=("all",), milliseconds=times,
        persons=np.array([1, 1]), status=("candidate", "open", "open"), existing=np.array([False, True, True]),
        objective="p-median", n_open=3,
    )  # fmt: skip
    assert solve(made).assignment.tolist() == [[1, 1]]
