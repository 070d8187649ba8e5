"""The best plan where the choices are so few that every plan can be looked at: for the same question asked many times.

Looking at every plan is a proof, and for a handful of new sites it is quicker than any other. It serves studies of how
a choice changes with its assumptions, where hundreds of problems differ in their numbers and not in their sites.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from geo.siting import constraints, goals
from geo.siting.interchange import SAME
from geo.siting.measure import evaluate
from geo.siting.objectives import OBJECTIVES
from geo.siting.solve import solve

if TYPE_CHECKING:
    from geo.siting.problem import Floats, Mask, Milliseconds, SitingProblem

Positions = npt.NDArray[np.intp]

#: Times (plans x seasons x settlements) up to which every plan is looked at.
MOST_TIMES: Final = 12_000_000
#: Plans up to which all are looked at where their first goal counts people within the limit.
MOST_PLANS: Final = 300_000
#: Times that are held at a time; bounds memory.
_TIMES_AT_A_TIME: Final = 2_000_000


class TooManyPlansError(Exception):
    """Too many plans would have to be looked at."""


def _is_counted(problem: SitingProblem, goal: goals.Goal) -> bool:
    """Return whether a goal counts people beyond the limit in their worst season, which bits can do."""
    return isinstance(goal, goals.BeyondLimit) and problem.season_rule == "worst"


@dataclass(frozen=True, eq=False)
class EveryPlan:
    """All sets of free sites that may be open together.

    Parameters
    ----------
    free
        Positions of the sites that a plan decides about.
    chosen : (n_plans, n_together)
        Positions within `free`, the fewest sites first; ``len(free)`` where a plan opens fewer.
    kept : bool (n_sites,)
        Sites that could close, and are open in all of these plans.
    """

    free: Positions
    chosen: Positions
    kept: Mask

    @classmethod
    def of(cls, problem: SitingProblem) -> EveryPlan | None:
        """List the plans of a problem; None where they are too many, or the objective looks at more than plans.

        They are those of every problem with the same sites, statuses and number of open sites, whatever its numbers.
        Where they are too many because of sites that could close, those that close none are listed.
        """
        objective = OBJECTIVES.get(problem.objective)
        if objective is None or problem.pairs or objective.must_cover:
            return None
        closable = problem.having("closable")
        found = cls._listed(problem, np.zeros_like(closable))
        if found is None and closable.any() and problem.max_worsening_ms is not None:
            found = cls._listed(problem, closable)
        return found

    @classmethod
    def _listed(cls, problem: SitingProblem, kept: Mask) -> EveryPlan | None:
        free = np.flatnonzero(problem.free & ~kept)
        together = len(free)
        if problem.n_open is not None:
            together = max(0, min(len(free), problem.n_open - int((problem.always | kept).sum())))
        n_plans = sum(comb(len(free), size) for size in range(together + 1))
        first, *_others = OBJECTIVES[problem.objective].goals(problem)
        counted = _is_counted(problem, first) and n_plans <= MOST_PLANS and not problem.existing[free].any()
        if not counted and n_plans * problem.n_seasons * problem.n_settlements > MOST_TIMES:
            return None
        listed = [
            (*chosen, *[len(free)] * (together - size))
            for size in range(together + 1)
            for chosen in combinations(range(len(free)), size)
        ]
        return cls(free, np.array(listed, dtype=np.intp).reshape(len(listed), together), kept)

    def masks(self, problem: SitingProblem, plans: Positions) -> Mask:
        """Return the open sites of some plans (n, n_sites)."""
        is_open = np.zeros((len(plans), problem.n_sites + 1), dtype=np.bool_)
        is_open[:, :-1] = problem.always | self.kept
        sites = np.append(self.free, problem.n_sites)
        is_open[np.arange(len(plans))[:, np.newaxis], sites[self.chosen[plans]]] = True
        return is_open[:, :-1]

    def best(self, problem: SitingProblem, preferred: Mask) -> Mask | None:
        """Return the open sites of the best plan by the problem's goals in their order; None where none is allowed.

        Parameters
        ----------
        problem
            One with the sites and statuses of the plans.
        preferred : bool (n_sites,)
            A plan that is returned where no other is better; otherwise it is the first of the best, the fewest sites
            first.

        Raises
        ------
        TooManyPlansError
            If too many plans are equally good by the first goal to look at each by the others, or if one of the sites
            that are kept could close.
        """
        if not self._must_stay(problem):
            raise TooManyPlansError
        times = _Times.of(self, problem)
        left = np.arange(len(self.chosen), dtype=np.intp)
        left = left[self._allowed(problem, times, left)]
        for goal in OBJECTIVES[problem.objective].goals(problem):
            if len(left) <= 1:
                break
            value = self._values(problem, times, goal, left)
            least = value.min()
            left = left[value <= least if goal.integral else value <= least + SAME * max(1.0, abs(float(least)))]
        if not len(left):
            return None
        found = self.masks(problem, left)
        same = np.flatnonzero((found == preferred).all(axis=1))
        return np.asarray(found[same[0] if len(same) else 0])

    def _values(
        self, problem: SitingProblem, times: _Times, goal: goals.Goal, plans: Positions
    ) -> npt.NDArray[np.float64] | npt.NDArray[np.int64]:
        """Return the linear values of a goal (n,)."""
        if isinstance(goal, goals.SiteGoal):
            return goal.linear(np.empty(0), self.masks(problem, plans))
        if isinstance(goal, goals.BeyondLimit) and _is_counted(problem, goal):
            return times.persons_beyond(problem, self.chosen[plans], goal.limit_ms)
        if len(plans) * times.ms[0].size > MOST_TIMES:
            raise TooManyPlansError
        parts = [
            np.asarray(goal.linear(times.nearest(self.chosen[part]), self.masks(problem, part)))
            for part in times.blocks(plans)
        ]
        return np.concatenate(parts)

    def _must_stay(self, problem: SitingProblem) -> bool:
        """Return whether each of the kept sites must stay open: without it somebody is worse off than allowed."""
        latest = constraints.latest_ms(problem, problem.max_worsening_ms)
        usable = problem.always | problem.free
        for site in np.flatnonzero(self.kept):
            others = usable.copy()
            others[site] = False
            if (problem.nearest_ms(others) <= latest).all():
                return False
        return True

    def _allowed(self, problem: SitingProblem, times: _Times, plans: Positions) -> Mask:
        """Return which plans the problem's constraints allow."""
        allowed = np.ones(len(plans), dtype=np.bool_)
        if problem.n_open is not None:
            allowed &= (problem.always | self.kept).sum() + (self.chosen < len(self.free)).sum(axis=1) <= problem.n_open
        if problem.budget is not None:
            spent = goals.spending(problem).linear(np.empty(0), self.masks(problem, plans))
            allowed &= spent <= problem.budget * (1 + constraints.MONEY_TOLERANCE)
        # Only a site that closes makes anybody worse off.
        if (problem.existing & ~problem.always & ~self.kept).any() and problem.max_worsening_ms is not None:
            latest = constraints.latest_ms(problem, problem.max_worsening_ms)
            kept = [(times.nearest(self.chosen[part]) <= latest).all(axis=(1, 2)) for part in times.blocks(plans)]
            allowed &= np.concatenate(kept)
        return allowed


@dataclass(frozen=True, eq=False)
class _Times:
    """Times to each free site or one that is open anyway, and last to those alone; (len(free) + 1, seasons, people)."""

    ms: Milliseconds

    @classmethod
    def of(cls, plans: EveryPlan, problem: SitingProblem) -> _Times:
        always = problem.nearest_ms(problem.always | plans.kept)
        ms = np.concatenate([problem.milliseconds[:, :, plans.free].transpose(2, 0, 1), always[np.newaxis]])
        return cls(np.minimum(ms, always))

    def nearest(self, chosen: Positions) -> Milliseconds:
        """Return the times of some plans (n, seasons, people)."""
        found = np.repeat(self.ms[-1:], len(chosen), axis=0)
        for column in chosen.T:
            np.minimum(found, self.ms[column], out=found)
        return found

    def blocks(self, plans: Positions) -> Sequence[Positions]:
        """Return plans in parts of which the times can be held; at least one part."""
        step = max(1, _TIMES_AT_A_TIME // max(1, self.ms[0].size))
        return [plans[first : first + step] for first in range(0, max(len(plans), 1), step)]

    def persons_beyond(self, problem: SitingProblem, chosen: Positions, limit_ms: int) -> npt.NDArray[np.int64]:
        """Return the persons beyond a limit in their worst season (n,), eight settlements at a time."""
        within = np.packbits(self.ms <= limit_ms, axis=-1)
        covered = within[chosen[:, 0]] if chosen.shape[1] else np.repeat(within[-1:], len(chosen), axis=0)
        for column in chosen.T[1:]:
            covered |= within[column]
        always = np.bitwise_and.reduce(covered, axis=1)
        bits = np.unpackbits(np.arange(256, dtype=np.uint8)[:, np.newaxis], axis=1).astype(np.int64)
        padded = np.zeros(8 * always.shape[1], dtype=np.int64)
        padded[: len(problem.persons)] = problem.persons
        persons = padded.reshape(-1, 8) @ bits.T
        total = np.full(len(chosen), problem.persons.sum(), dtype=np.int64)
        for place, own in enumerate(persons):
            total -= own[always[:, place]]
        return total


def best_or_solved(problem: SitingProblem, plans: EveryPlan | None, preferred: Mask) -> Mask | None:
    """Return the open sites of a best plan: by looking at every plan where they are listed, else by the solver.

    Where the preferred plan is as good as the best, it is the answer, so that ties never count against it.

    Returns
    -------
    bool (n_sites,) or None
        None where no plan meets the constraints.
    """
    if plans is not None:
        with suppress(TooManyPlansError):
            return plans.best(problem, preferred)
    solution = solve(problem)
    if solution.status == "infeasible":
        return None
    own = evaluate(problem, np.flatnonzero(preferred))
    if not own.breaches and _as_good(np.array(own.goals), np.array(solution.goals)):
        return preferred
    is_open = np.zeros(problem.n_sites, dtype=np.bool_)
    is_open[list(solution.open_sites)] = True
    return is_open


def _as_good(own: Floats, best: Floats) -> bool:
    """Return whether the shown values of the goals are the same, but for the rounding of sums."""
    return bool(np.allclose(own, best, rtol=1e-9, atol=0.0))
