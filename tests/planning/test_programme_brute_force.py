"""The programme against every possible sequence of changes, on small regions with everything in them."""

from __future__ import annotations

import numpy as np
import pytest

from geo.planning.case import NOTHING
from geo.planning.programme import Programme, solve_programme
from geo.planning.stages import SMALL
from tests.planning import brute
from tests.planning.small_cases import small_case


def changes_of(programme: Programme, n_places: int) -> brute.Changes:
    found: list[tuple[int, int] | None] = [None] * n_places
    for item in programme.items:
        assert found[item.place] is None
        found[item.place] = (item.option, item.year)
    return tuple(found)


@pytest.mark.parametrize("seed", range(16))
def test_programme_is_the_best_of_all(seed):
    case = small_case(seed, max_worsening_ms=(0, 600_000, None)[seed % 3])
    programme = solve_programme(case)
    assert programme.status == "optimal"
    changes = changes_of(programme, len(case.place_ids))
    assert brute.is_allowed(case, changes)
    assert [stage.value for stage in programme.stages] == pytest.approx(brute.goals(case, changes), rel=1e-9)
    assert [stage.value for stage in programme.stages] == pytest.approx(brute.best(case), rel=1e-8)
    assert [stage.bound for stage in programme.stages] == pytest.approx(brute.best(case), rel=1e-8)
    assert [list(row) for row in programme.in_force] == [brute.state(case, changes, y) for y in range(2)]


@pytest.mark.parametrize("seed", range(6))
def test_prices_lose_no_plan(seed, monkeypatch):
    # With every model counted as large, prices and the core decide what is looked at; the answer stays.
    monkeypatch.setattr("geo.planning.stages.SMALL", 0)
    monkeypatch.setattr("geo.planning.stages.CORE_STARTS", 3)
    monkeypatch.setattr("geo.planning.stages.CORE_TIMES", 1)
    assert SMALL > 0
    case = small_case(seed, n_years=3, n_villages=3, max_worsening_ms=(0, None)[seed % 2])
    programme = solve_programme(case)
    assert programme.status == "optimal"
    assert [stage.value for stage in programme.stages] == pytest.approx(brute.best(case), rel=1e-8)


@pytest.mark.parametrize("seed", range(8))
def test_what_must_be_is_there_or_nothing_is(seed):
    case = small_case(seed)
    option = case.options[seed % len(case.options)]
    must = {option.place_id: option.option_id}
    programme, best = solve_programme(case, must=must), brute.best(case, must)
    if best is None:
        assert programme.status == "infeasible"
        assert not programme.items
        assert not programme.stages
        assert (programme.in_force == case.today).all()
        return
    assert programme.status == "optimal"
    assert case.options[programme.in_force[-1, case.place_ids.index(option.place_id)]] == option
    assert [stage.value for stage in programme.stages] == pytest.approx(best, rel=1e-8)


def test_both_answers_occur():
    # The test above would be empty if nothing were ever impossible, or nothing ever possible.
    found = set()
    for seed in range(8):
        case = small_case(seed)
        option = case.options[seed % len(case.options)]
        found.add(solve_programme(case, must={option.place_id: option.option_id}).status)
    assert found == {"optimal", "infeasible"}


@pytest.mark.parametrize("seed", range(4))
def test_same_input_same_bytes(seed):
    case = small_case(seed, n_villages=5)
    one, other = solve_programme(case), solve_programme(case)
    assert one.items == other.items
    assert one.log == other.log
    assert one.stages == other.stages
    assert np.array_equal(one.in_force, other.in_force)


def test_nothing_to_choose():
    case = small_case(3)
    kept = tuple(option for option in case.options if option.action == "keep")
    from dataclasses import replace

    programme = solve_programme(replace(case, options=kept))
    assert programme.status == "optimal"
    assert not programme.items
    assert not programme.unfunded
    assert set(np.unique(programme.in_force)) <= {NOTHING, *range(len(kept))}
