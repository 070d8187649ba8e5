"""Most persons within the limit (the maximal covering location problem, MCLP).

References
----------
Church and ReVelle (1974), Papers of the Regional Science Association 32:101-118.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.siting import goals
from geo.siting.objectives.base import Objective

if TYPE_CHECKING:
    from geo.siting.problem import SitingProblem


def _goals(problem: SitingProblem) -> tuple[goals.Goal, ...]:
    return (goals.WithinLimit(problem),)


OBJECTIVE = Objective("max-cover", _goals, main=0)
