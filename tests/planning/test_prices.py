"""Prices of any kind bound every plan; those of the linear relaxation bound well."""

from __future__ import annotations

import numpy as np
import pytest

from geo.planning.choices import Choices, Plan
from geo.planning.events import Events, latest_events, unmet_stakes
from geo.planning.goals import UNMET, Goals
from geo.planning.model import ProgrammeModel
from geo.planning.prices import price
from geo.siting.model import Deadline, solve_sparse
from tests.planning import brute
from tests.planning.small_cases import small_case


def priced(case, duals_of):
    choices = Choices.of(case, {})
    events = Events(choices)
    model = ProgrammeModel(choices, events, latest_events(events))
    value = Goals(choices).values(Plan.nothing(len(case.place_ids)))[UNMET]
    base, scale = model.minimise(unmet_stakes(events), value)
    relaxed = model.model.relaxed()
    prices = price(choices, relaxed, model.n_own, duals_of(relaxed))
    return choices, prices, lambda number: base + scale * number, lambda number: (number - base) / scale


@pytest.mark.parametrize("seed", range(6))
def test_any_prices_bound_every_plan(seed):
    case = small_case(seed)
    rng = np.random.default_rng(seed)
    allowed = [c for c in brute.all_changes(case) if brute.is_allowed(case, c)]
    values = [brute.goals(case, changes)[0] for changes in allowed]
    for size in (0.0, 1.0, 100.0):
        choices, prices, shown, linear = priced(case, lambda lp, size=size: rng.normal(0, size, len(lp.row_lower)))
        assert shown(prices.bound) <= min(values) + 1e-6
        position = {int(option): number for number, option in enumerate(choices.options)}
        for changes, value in zip(allowed, values, strict=True):
            possible = prices.possible(linear(value + 1e-6))
            assert all(possible[position[change[0]], change[1]] for change in changes if change is not None)


@pytest.mark.parametrize("seed", range(6))
def test_prices_of_the_relaxation_prove_its_value(seed):
    case = small_case(seed)
    found = {}

    def duals_of(relaxed):
        outcome = solve_sparse(relaxed, 0, Deadline(None))
        found["bound"] = outcome.bound
        return outcome.duals

    _choices, prices, _shown, _linear = priced(case, duals_of)
    assert prices.bound == pytest.approx(found["bound"], rel=1e-6, abs=1e-6)
