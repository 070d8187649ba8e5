"""Problems at the edge of sense, by every objective: a clear result or a clear error, never a wrong optimum."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from geo.siting.measure import evaluate
from geo.siting.objectives import OBJECTIVES, PLACED
from geo.siting.problem import SitingProblem
from geo.siting.solution import SitingSolution
from geo.siting.solve import solve
from geo.units import UNREACHABLE_MS, minutes_to_ms

ALL = (*OBJECTIVES, *PLACED)
SEASONS = ("dry", "thaw")


def _problem(objective: str, **settings: Any) -> SitingProblem:
    """Return four villages in a row, ten minutes apart; each may be a site, the first one is one already."""
    places = np.arange(4)
    minutes = 10 * np.abs(places[:, np.newaxis] - places)
    chosen: dict[str, Any] = {
        "settlement_ids": tuple("abcd"),
        "site_ids": tuple("ABCD"),
        "season_names": SEASONS,
        "milliseconds": np.stack([minutes, 2 * minutes]) * 60_000,
        "persons": np.array([400, 300, 200, 100]),
        "status": ("open", "candidate", "candidate", "candidate"),
        "existing": np.array([True, False, False, False]),
        "limit_ms": minutes_to_ms(20),
        "n_open": 2,
        "kappa": -0.02,
    }
    return SitingProblem(objective=objective, **(chosen | settings))


def _cut_off(*settlements: int) -> np.ndarray:
    """Return the times where these settlements have no way to any site in thaw."""
    milliseconds = _problem("p-median").milliseconds.copy()
    milliseconds[1, list(settlements)] = UNREACHABLE_MS
    return milliseconds


def _is_certain(solution: SitingSolution) -> bool:
    return solution.status == "optimal" and all(stage.gap <= 1e-9 for stage in solution.stages)


@pytest.mark.parametrize("objective", ALL)
def test_somebody_whom_nothing_reaches_is_counted_and_named(objective: str) -> None:
    solution = solve(_problem(objective, milliseconds=_cut_off(3), max_worsening_ms=None))
    assert solution.persons_unserved == 100
    assert solution.unserved == (3,)
    if objective == "set-cover":
        assert solution.status == "infeasible"
        assert [(b.settlement, b.season, b.reason) for b in solution.blockers] == [(3, 1, "limit")]
        assert solution.smallest_limit_ms is None
    else:
        assert _is_certain(solution)
        assert solution.stages[0].value == {"max-cover": 900}.get(objective, 100)


@pytest.mark.parametrize("objective", ALL)
def test_a_budget_of_nothing_opens_nothing_that_costs(objective: str) -> None:
    made = _problem(objective, n_open=None, budget=0.0, opening_cost=np.ones(4))
    solution = solve(made)
    assert solution.opened == ()
    if objective == "set-cover":
        assert (solution.status, solution.smallest_budget) == ("infeasible", 1.0)
        assert solution.smallest_limit_ms == minutes_to_ms(60)
    else:
        assert _is_certain(solution)
        assert solution.goals == evaluate(made, (0,)).goals


@pytest.mark.parametrize("objective", ALL)
def test_more_sites_than_there_are_open_what_is_of_use(objective: str) -> None:
    made = _problem(objective, n_open=1_000)
    solution = solve(made)
    assert _is_certain(solution)
    everything = evaluate(made, range(4))
    travel = {"lexicographic": 2, "set-cover": 1, "fixed-charge": 1}.get(objective, len(solution.goals))
    assert solution.goals[:travel] == everything.goals[:travel]


@pytest.mark.parametrize("objective", ALL)
def test_without_persons_nothing_is_to_be_gained(objective: str) -> None:
    solution = solve(_problem(objective, persons=np.zeros(4, dtype=np.int64)))
    assert _is_certain(solution)
    assert solution.opened == ()
    assert solution.persons_unserved == solution.persons_beyond_limit == 0
    assert solution.value == (1 if objective == "set-cover" else 0)


@pytest.mark.parametrize("objective", ALL)
def test_where_nobody_reaches_anything_all_are_unserved(objective: str) -> None:
    times = np.full((2, 4, 4), UNREACHABLE_MS)
    solution = solve(_problem(objective, milliseconds=times))
    assert solution.persons_unserved == solution.persons_beyond_limit == 1_000
    assert (solution.assignment == -1).all()
    if objective == "set-cover":
        assert solution.status == "infeasible"
        assert {blocker.settlement for blocker in solution.blockers} == {0, 1, 2, 3}
    else:
        assert _is_certain(solution)
        assert solution.opened == ()


@pytest.mark.parametrize("objective", ALL)
@pytest.mark.parametrize("word", ["open", "forbidden"])
def test_without_candidates_there_is_nothing_to_choose(objective: str, word: str) -> None:
    status = (word,) * 4
    exists = np.full(4, word == "open")
    solution = solve(_problem(objective, status=status, existing=exists, n_open=4))
    assert solution.open_sites == ((0, 1, 2, 3) if word == "open" else ())
    if objective == "set-cover" and word == "forbidden":
        assert solution.status == "infeasible"
    else:
        assert _is_certain(solution)


@pytest.mark.parametrize("objective", ALL)
def test_too_few_sites_for_those_that_must_be_open_say_how_many_would_do(objective: str) -> None:
    made = _problem(objective, status=("open", "fixed", "fixed", "candidate"), n_open=2)
    solution = solve(made)
    assert (solution.status, solution.value, solution.bound) == ("infeasible", None, None)
    assert solution.smallest_n_open == 3
    assert solve(_problem(objective, status=made.status, n_open=3)).status != "infeasible"


@pytest.mark.parametrize("objective", ALL)
def test_a_closure_that_nothing_makes_up_for_names_who_is_in_the_way(objective: str) -> None:
    made = _problem(objective, status=("forbidden", "candidate", "candidate", "candidate"), n_open=1)
    solution = solve(made)
    assert solution.status == "infeasible"
    assert {blocker.settlement for blocker in solution.blockers} == {0}
    assert {blocker.reason for blocker in solution.blockers} == {"tolerance"}
    if objective in OBJECTIVES:
        assert solution.smallest_worsening_ms == minutes_to_ms(20)


@pytest.mark.parametrize("objective", ALL)
@pytest.mark.parametrize(
    "settings",
    [
        {"milliseconds": np.full((2, 4, 4), np.nan)},
        {"persons": np.array([1, 2, 3, -4])},
        {"persons": np.array([1.5, 2, 3, 4])},
        {"n_open": -1},
        {"n_open": None, "budget": np.nan},
        {"n_open": 1, "budget": 1.0},
    ],
)
def test_what_makes_no_sense_is_refused(objective: str, settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(settings)) if settings.get("budget") is None else "budget"):
        _problem(objective, **settings)
