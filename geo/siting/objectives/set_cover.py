"""Fewest open sites, then lowest cost, so that everybody is within the limit (the set covering problem, LSCP).

References
----------
Toregas, Swain, ReVelle and Bergman (1971), Operations Research 19:1363-1373.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.siting import goals
from geo.siting.objectives.base import Objective

if TYPE_CHECKING:
    from geo.siting.problem import SitingProblem


def _goals(problem: SitingProblem) -> tuple[goals.Goal, ...]:
    return goals.BeyondLimit(problem), goals.open_count(problem), goals.cost(problem)


OBJECTIVE = Objective("set-cover", _goals, main=1, needs_resource=False, must_cover=True)
