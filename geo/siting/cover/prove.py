"""Goals of a siting problem that are coverings at heart: the longest time, and the number of open sites.

Every settlement in every season is a client of its own, since the worst season's time is the largest of them. That
holds as long as it is known who is served: when nobody is left out but those whom no usable site could serve.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geo.siting import constraints, goals
from geo.siting.cover.center import solve_center
from geo.siting.cover.setcover import cover
from geo.siting.sizes import SMALL_SETTLEMENTS
from geo.units import UNREACHABLE_MS

if TYPE_CHECKING:
    from geo.siting.cover.merge import Starts
    from geo.siting.exact import Held
    from geo.siting.model import Deadline
    from geo.siting.problem import Mask, Milliseconds
    from geo.siting.reduce import Reduced


class CoveringProof(NamedTuple):
    """The best plan known for a goal and a lower bound on the goal's linear value, with the work of HiGHS."""

    is_open: Mask
    value: float
    bound: float
    iterations: int
    nodes: int


def prove_by_covering(
    reduced: Reduced, goal: goals.Goal, held: Sequence[Held], start: Mask, deadline: Deadline
) -> CoveringProof | None:
    """Return the proof of a goal among the plans that keep the held goals; None where it is not a covering.

    Parameters
    ----------
    reduced
        What is left to decide about.
    goal
        What to minimise: the longest time after the unserved, or the number of open sites after a coverage.
    held
        The earlier goals with their values.
    start
        A plan that meets every constraint and the held goals.
    deadline
        Safety in seconds.
    """
    if reduced.problem.season_rule != "worst" or reduced.problem.budget is not None or len(held) != 1:
        return None
    coverage = held[0].goal
    if not isinstance(coverage, goals.BeyondLimit):
        return None
    reachable = reduced.best_ms.max(axis=0) <= coverage.limit_ms
    if held[0].value != coverage.linear(reduced.best_ms, start).item():
        return None
    required = (reduced.problem.persons > 0) & reachable
    found = None
    if isinstance(goal, goals.LargestTime) and isinstance(coverage, goals.Unserved):
        found = _longest_time(reduced, required, start, deadline)
    elif goal.name == goals.open_count(reduced.problem).name:
        found = _open_sites(reduced, required, coverage.limit_ms, start, deadline)
    return found if found is None or not constraints.breaches(reduced.problem, found.is_open) else None


def _longest_time(reduced: Reduced, required: Mask, start: Mask, deadline: Deadline) -> CoveringProof | None:
    """Solve the p-center of the required settlements; the others only keep what the closure tolerance grants them."""
    problem = reduced.problem
    if problem.n_open is None:
        return None
    latest = constraints.latest_ms(problem, problem.max_worsening_ms).ravel()
    counted = np.broadcast_to(required, reduced.ceiling_ms.shape).ravel()
    times, ceiling = reduced.milliseconds.reshape(latest.size, -1), reduced.ceiling_ms.ravel()
    clients = counted | (ceiling > latest)
    if not clients.all():
        times, ceiling, latest, counted = times[clients], ceiling[clients], latest[clients], counted[clients]
    if not counted.all():
        # Whoever does not count is as good as there once the tolerance is kept.
        others = ~counted
        ceiling = np.where(others, _kept(ceiling, latest), ceiling)
        times = times.copy()
        times[others] = _kept(times[others], latest[others, np.newaxis])
    found = solve_center(
        times,
        ceiling,
        problem.n_open - int(problem.always.sum()),
        latest=latest,
        start=_positions(reduced, start),
        seed=problem.seed,
        deadline=deadline,
        small=problem.n_settlements <= SMALL_SETTLEMENTS,
    )
    if found.chosen is None or found.value is None:
        return None
    return CoveringProof(
        _opened(reduced, found.chosen), found.value, min(found.bound, found.value), found.iterations, found.nodes
    )


def _open_sites(reduced: Reduced, required: Mask, limit_ms: int, start: Mask, deadline: Deadline) -> CoveringProof:
    """Solve the set cover of the required settlements, and of all others within the closure tolerance."""
    problem = reduced.problem
    limits = constraints.latest_ms(problem, problem.max_worsening_ms)
    limits = np.where(required, np.minimum(limits, limit_ms), limits)
    seasons, settlements = np.nonzero(reduced.ceiling_ms > limits)
    within = reduced.milliseconds[seasons, settlements] <= limits[seasons, settlements, np.newaxis]
    starts = np.zeros(len(within) + 1, dtype=np.int64)
    np.cumsum(within.sum(axis=1), out=starts[1:])
    found = cover(
        starts,
        np.nonzero(within)[1].astype(np.int32),
        np.ones(reduced.sites.size),
        seed=problem.seed,
        deadline=deadline,
        small=problem.n_settlements <= SMALL_SETTLEMENTS,
    )
    n_always, is_open = int(problem.always.sum()), start
    if found.chosen is not None and found.value + n_always < start.sum():
        is_open = _opened(reduced, found.chosen)
    value = float(is_open.sum())
    return CoveringProof(is_open, value, min(found.bound + n_always, value), found.iterations, found.nodes)


def _kept(milliseconds: Milliseconds, latest: Milliseconds) -> Milliseconds:
    return np.where(milliseconds <= latest, 0, UNREACHABLE_MS).astype(np.int32)


def _positions(reduced: Reduced, start: Mask) -> Starts | None:
    """Return which of the free sites left a plan opens; None if it opens others too."""
    chosen = np.flatnonzero(start[reduced.sites])
    return chosen if len(chosen) == int((start & ~reduced.problem.always).sum()) else None


def _opened(reduced: Reduced, chosen: Starts) -> Mask:
    is_chosen = np.zeros(reduced.sites.size, dtype=np.bool_)
    is_chosen[chosen] = True
    return reduced.mask(is_chosen)
