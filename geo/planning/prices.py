"""Prices of people and money: a bound that needs no trust in a solver, and what cannot be in any plan as good.

The rows of a model (events, money, tolerance, held goals) get prices, those of the linear relaxation for instance. What
is left falls apart into places: each takes its best choice and year, or none, at these prices. The sum is a lower bound
for every plan whatever the prices are, and a place that takes something else costs at least the difference more: where
that exceeds a known plan, the choice in that year, or its absence, is in no better plan.

References
----------
Geoffrion (1974), Mathematical Programming Study 2:82-114 (Lagrangian relaxation); Beasley (1993), in Reeves (ed.),
Modern Heuristic Techniques for Combinatorial Problems, ch. 6 (reduction by its bounds).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.planning.case import Floats, Mask
from geo.planning.choices import Choices
from geo.siting.model import Sparse


@dataclass(frozen=True, eq=False)
class Prices:
    """What a set of prices proves.

    Parameters
    ----------
    bound
        Lower bound on the objective of the model, for every plan.
    start_cost
        float (n_choices, n_years), what the bound grows by at least if a choice starts in a year.
    """

    bound: float
    start_cost: Floats

    def possible(self, most: float) -> Mask:
        """Return the choices in years that a plan of at most this objective can start (n_choices, n_years)."""
        return np.asarray(self.bound + self.start_cost <= most)


def price(choices: Choices, model: Sparse, n_own: int, duals: Floats) -> Prices:
    """Return what prices of the rows of a model prove.

    Parameters
    ----------
    choices
        What may change.
    model
        A model whose first columns are choices by year, and whose first rows say that phases stay and that a place has
        one choice.
    n_own
        Number of those first rows; places see to them themselves, so that they have no price.
    duals
        Prices (n_rows,), of any kind: those of the wrong sign count as 0.
    """
    lower, upper = model.row_lower, model.row_upper
    y = np.where(np.isfinite(lower), np.maximum(duals, 0.0), 0.0)
    y += np.where(np.isfinite(upper), np.minimum(duals, 0.0), 0.0)
    y[:n_own] = 0.0
    total = float(np.sum(np.where(y > 0, y * np.where(y > 0, lower, 0.0), y * np.where(y < 0, upper, 0.0))))
    row_of = np.repeat(np.arange(len(lower)), np.diff(model.starts))
    left = model.costs - np.bincount(model.columns, weights=model.values * y[row_of], minlength=len(model.costs))
    n_x = choices.n_choices * choices.n_years
    total += float((np.minimum(left[n_x:], 0.0) * model.upper[n_x:]).sum())
    by_year = left[:n_x].reshape(choices.n_choices, choices.n_years)
    start = np.cumsum(by_year[:, ::-1], axis=1)[:, ::-1]
    best = np.zeros(len(choices.case.place_ids))
    np.minimum.at(best, choices.place, start.min(axis=1, initial=0.0))
    forced = np.flatnonzero(np.isin(choices.options, [option for option in choices.forced.values() if option >= 0]))
    best[choices.place[forced]] = start[forced].min(axis=1)
    return Prices(total + float(best.sum()), start - best[choices.place][:, np.newaxis])
