"""Least total travel time, after the fewest unserved persons.

References
----------
Hakimi (1964), Operations Research 12:450-459; ReVelle and Swain (1970), Geographical Analysis 2:30-42.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.siting import goals
from geo.siting.objectives.base import Objective

if TYPE_CHECKING:
    from geo.siting.problem import SitingProblem


def _goals(problem: SitingProblem) -> tuple[goals.Goal, ...]:
    return goals.Unserved(problem), goals.TotalTime(problem)


OBJECTIVE = Objective("p-median", _goals, main=1)
