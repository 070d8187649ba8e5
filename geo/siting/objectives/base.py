"""What an objective is: an ordered list of goals, one of which is the headline value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geo.siting.goals import Goal
    from geo.siting.problem import SitingProblem


@dataclass(frozen=True)
class Objective:
    """A named order of goals: each is brought to its optimum and held there before the next one counts.

    Parameters
    ----------
    name
        Key in the registry.
    goals
        Makes the goals of a problem, the most important first. A ``LargestTime`` may only be the last.
    main
        Position of the goal whose value, bound and unit stand for the whole solution.
    needs_resource
        Whether the number of sites or a budget must be limited.
    needs_kappa
        Whether the aversion parameter must be given.
    must_cover
        Whether a plan that leaves anybody beyond the limit is no solution; the first goal then counts them.
    nearest_only
        Whether the goals look at the nearest open site alone, so that a site that is never the nearest is of no use.
    """

    name: str
    goals: Callable[[SitingProblem], tuple[Goal, ...]]
    main: int
    needs_resource: bool = True
    needs_kappa: bool = False
    must_cover: bool = False
    nearest_only: bool = True
