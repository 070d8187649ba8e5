"""Smallest largest regret of a season, after the fewest unserved persons.

The regret of a season is how much more its people travel than in the plan that would be best for that season alone.

References
----------
Savage (1951), Journal of the American Statistical Association 46:55-67; Serra and Marianov (1998), Location Science
6:383-394 (the p-median under scenarios).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.siting import goals
from geo.siting.objectives.base import Objective

if TYPE_CHECKING:
    from geo.siting.problem import SitingProblem


def _goals(problem: SitingProblem) -> tuple[goals.Goal, ...]:
    # The least times of the seasons are the results of searches, which know the objectives.
    from geo.siting.regret import LargestRegret

    return goals.Unserved(problem), LargestRegret(problem)


OBJECTIVE = Objective("minimax-regret", _goals, main=1)
