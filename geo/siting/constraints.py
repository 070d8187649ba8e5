"""What a plan may do at all: statuses, number of sites, budget, and nobody worse off than the tolerance allows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.siting import goals
from geo.units import UNREACHABLE_MS

if TYPE_CHECKING:
    from geo.siting.problem import Mask, Milliseconds, SitingProblem

#: Share of a budget by which a sum of money may exceed it, because models cannot tell more; a single cost may not.
MONEY_TOLERANCE: Final = 2e-9
ROUNDING: Final = 1e-12


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
    return problem.budget is None or spent <= problem.budget * (1 + MONEY_TOLERANCE)


def within_means(problem: SitingProblem) -> SitingProblem:
    """Return the problem without the choices of which one alone costs more than the budget.

    They cannot be part of any plan, and their sums would drown what the others cost.
    """
    if problem.budget is None:
        return problem
    most = problem.budget * (1 + ROUNDING)
    status = np.array(problem.status, dtype=object)
    status[problem.having("candidate") & (problem.opening > most)] = "forbidden"
    status[problem.having("closable") & (problem.closing > most)] = "open"
    return problem if tuple(status) == problem.status else replace(problem, status=tuple(status))


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
