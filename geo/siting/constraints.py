"""What a plan may do at all: statuses, number of sites, budget, and nobody worse off than the tolerance allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from geo.siting import goals
from geo.units import UNREACHABLE_MS

if TYPE_CHECKING:
    from geo.siting.problem import Mask, Milliseconds, SitingProblem

#: Relative rounding error allowed in a sum of money.
MONEY_TOLERANCE: Final = 2e-9


def nearest_ms(problem: SitingProblem, is_open: Mask) -> Milliseconds:
    """Return milliseconds to the nearest open site (n_seasons, n_settlements)."""
    return problem.nearest_ms(is_open)


def latest_ms(problem: SitingProblem, max_worsening_ms: int | None) -> Milliseconds:
    """Return the longest time that each settlement may have in each season (n_seasons, n_settlements).

    Whoever reaches a site today must still reach one, however large the tolerance.
    """
    today = nearest_ms(problem, problem.existing)
    if max_worsening_ms is None:
        return np.full_like(today, UNREACHABLE_MS)
    worsened = np.minimum(today.astype(np.int64) + max_worsening_ms, UNREACHABLE_MS - 1)
    return np.where(today < UNREACHABLE_MS, worsened, UNREACHABLE_MS).astype(np.int32)


def within_budget(problem: SitingProblem, spent: float) -> bool:
    """Return whether spending fits the budget, up to rounding errors of sums."""
    if problem.budget is None:
        return True
    scale = max(problem.budget, float(problem.opening.max(initial=0.0)), float(problem.closing.max(initial=0.0)))
    return spent <= problem.budget + MONEY_TOLERANCE * scale


def breaches(problem: SitingProblem, is_open: Mask) -> tuple[str, ...]:
    """Return which constraints of the problem a set of open sites breaks (set cover's own limit is not among them)."""
    found = []
    if (problem.always & ~is_open).any() or (problem.having("forbidden") & is_open).any():
        found.append("status")
    after = nearest_ms(problem, is_open)
    if problem.n_open is not None and int(is_open.sum()) > problem.n_open:
        found.append("n-open")
    if not within_budget(problem, float(goals.spending(problem).linear(after, is_open))):
        found.append("budget")
    if (after > latest_ms(problem, problem.max_worsening_ms)).any():
        found.append("worsening")
    return tuple(found)
