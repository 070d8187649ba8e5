"""Shortest longest time, after the fewest unserved persons. It ignores how many people travel: a bound, not a plan.

References
----------
Hakimi (1964), Operations Research 12:450-459; Minieka (1970), SIAM Review 12:138-139 (one covering decision per
candidate time, which is how it is solved here).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.siting import goals
from geo.siting.objectives.base import Objective

if TYPE_CHECKING:
    from geo.siting.problem import SitingProblem


def _goals(problem: SitingProblem) -> tuple[goals.Goal, ...]:
    return goals.Unserved(problem), goals.LargestTime(problem)


OBJECTIVE = Objective("p-center", _goals, main=1)
