"""Least equally-distributed equivalent of travel times, after the fewest unserved persons.

References
----------
Kolm (1976), Journal of Economic Theory 12:416-442; Pollak (1971), Review of Economic Studies 38:401-414; Horton,
Logan, Murrell, Skipper and Speakman, arXiv 2401.15452.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.siting import goals
from geo.siting.objectives.base import Objective

if TYPE_CHECKING:
    from geo.siting.problem import SitingProblem


def _goals(problem: SitingProblem) -> tuple[goals.Goal, ...]:
    return goals.Unserved(problem), goals.EqualEquivalent(problem)


OBJECTIVE = Objective("kolm-pollak", _goals, main=1, needs_kappa=True)
