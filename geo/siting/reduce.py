"""What is left to decide once sites that always stay open have given every settlement an upper bound on its time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from geo.siting import constraints, goals
from geo.siting.objectives import OBJECTIVES

if TYPE_CHECKING:
    from geo.siting.problem import Floats, Mask, Milliseconds, SitingProblem

Positions = npt.NDArray[np.intp]

#: Comparisons up to which dominated candidates are searched for.
MAX_COMPARISONS: Final = 200_000_000


@dataclass(frozen=True, eq=False)
class Reduced:
    """A problem without sites and times that cannot matter.

    Parameters
    ----------
    problem
        The whole problem.
    sites
        Positions of the sites left to decide about, ascending.
    ceiling_ms
        (n_seasons, n_settlements), time to the nearest site that stays open anyway.
    milliseconds
        (n_seasons, n_settlements, len(sites)), never above the ceiling.
    burden_limits
        What nobody's burden by the goal at hand can exceed in a plan as good as the known one: (1, n_settlements), or
        (n_seasons, n_settlements) in the weighted rule; None where nothing is known.
    """

    problem: SitingProblem
    sites: Positions
    ceiling_ms: Milliseconds
    milliseconds: Milliseconds
    burden_limits: Floats | None = None

    @property
    def best_ms(self) -> Milliseconds:
        """Time if every usable site were open (n_seasons, n_settlements): no plan is better anywhere."""
        nearest = self.milliseconds.min(axis=2, initial=np.iinfo(np.int32).max)
        return np.asarray(np.minimum(nearest, self.ceiling_ms))

    def optimistic(self, reach_ms: Milliseconds) -> Reduced:
        """Return the same as if nobody ever travelled longer than the reach (n_seasons, n_settlements).

        Burdens grow with time, so its optima are lower bounds, exact for plans that keep everybody within the reach.
        """
        ceiling = np.minimum(self.ceiling_ms, reach_ms)
        return replace(self, ceiling_ms=ceiling, milliseconds=np.minimum(self.milliseconds, ceiling[:, :, np.newaxis]))

    def mask(self, chosen: Mask) -> Mask:
        """Return all open sites (n_sites,) when these of ``sites`` are chosen."""
        is_open = self.problem.always.copy()
        is_open[self.sites[chosen]] = True
        return is_open


def reduce_problem(problem: SitingProblem) -> Reduced:
    """Return the problem without candidates that bring nobody closer or that another site dominates.

    A candidate is dominated if some other free site is at least as close to everybody in every season, at no higher
    cost. Only times below the ceiling are compared. Swapping a dominated candidate for the dominating site, or
    dropping it where both are open, keeps every constraint and worsens no goal; of equals the lowest index stays. That
    holds for goals that look at the nearest open site alone; where the objective has others, every free site stays.
    """
    objective = OBJECTIVES.get(problem.objective)
    if objective is not None and not objective.nearest_only:
        return with_every_site(problem)
    ceiling = constraints.nearest_ms(problem, problem.always)
    sites = np.flatnonzero(problem.free)
    clipped = np.minimum(problem.milliseconds[:, :, sites], ceiling[:, :, np.newaxis])
    keep = _undominated(problem, sites, clipped, ceiling)
    return Reduced(problem, sites[keep], ceiling, np.ascontiguousarray(clipped[:, :, keep]))


def with_every_site(problem: SitingProblem) -> Reduced:
    """Return the problem with all its free sites."""
    return restrict(problem, np.flatnonzero(problem.free), None)


def restrict(problem: SitingProblem, sites: Positions, burden_limits: Floats | None) -> Reduced:
    """Return the problem as if only these free sites (positions, ascending) could open or stay open."""
    ceiling = constraints.nearest_ms(problem, problem.always)
    clipped = np.minimum(problem.milliseconds[:, :, sites], ceiling[:, :, np.newaxis])
    return Reduced(problem, sites, ceiling, clipped, burden_limits)


def _undominated(problem: SitingProblem, sites: Positions, clipped: Milliseconds, ceiling: Milliseconds) -> Mask:
    is_candidate = ~problem.existing[sites]
    keep = ~is_candidate | (clipped < ceiling[:, :, np.newaxis]).any(axis=(0, 1))
    rows = clipped.reshape(ceiling.size, sites.size)
    nearer = (rows < ceiling.reshape(-1, 1)).any(axis=1)
    if int(nearer.sum()) * sites.size**2 > MAX_COMPARISONS:
        return keep
    rows = rows[nearer]
    spent: Floats = goals.spending(problem).per_site[sites]
    total: Floats = goals.cost(problem).per_site[sites]
    for position in np.flatnonzero(keep & is_candidate):
        others = np.flatnonzero(keep & (spent <= spent[position]) & (total <= total[position]))
        others = others[others != position]
        closer = others[(rows[:, others] <= rows[:, [position]]).all(axis=0)]
        if closer.size:
            keep[position] = not _beats(closer, position, rows, spent, total)
    return keep


def _beats(closer: Positions, position: np.intp, rows: Milliseconds, spent: Floats, total: Floats) -> bool:
    """Return whether one of the sites at least as close beats the position: strictly, or by its lower index."""
    same_times = (rows[:, closer] == rows[:, [position]]).all(axis=0)
    same = same_times & (spent[closer] == spent[position]) & (total[closer] == total[position])
    return bool((~same | (closer < position)).any())
