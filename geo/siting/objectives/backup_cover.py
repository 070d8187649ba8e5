"""Fewest persons beyond the limit, then fewest persons without a second open site within it (BACOP).

References
----------
Hogan and ReVelle (1986), Management Science 32:1434-1444; Church and ReVelle (1974), Papers of the Regional Science
Association 32:101-118 (the first goal).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.siting import goals
from geo.siting.objectives.base import Objective

if TYPE_CHECKING:
    from geo.siting.problem import SitingProblem


def _goals(problem: SitingProblem) -> tuple[goals.Goal, ...]:
    return goals.BeyondLimit(problem), goals.WithoutBackup(problem)


OBJECTIVE = Objective("backup-cover", _goals, main=1, nearest_only=False)
