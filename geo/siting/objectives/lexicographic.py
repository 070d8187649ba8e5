"""The headline plan: fewest persons beyond the norm, then least unequal burden, then lowest cost.

References
----------
Church and ReVelle (1974), Papers of the Regional Science Association 32:101-118 (the first goal); Horton, Logan,
Murrell, Skipper and Speakman, arXiv 2401.15452 (the second); Marsh and Schilling (1994), European Journal of
Operational Research 74:1-17 (why equity is a goal of its own and is not mixed into the others).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.siting import goals
from geo.siting.objectives.base import Objective

if TYPE_CHECKING:
    from geo.siting.problem import SitingProblem


def _goals(problem: SitingProblem) -> tuple[goals.Goal, ...]:
    return goals.BeyondLimit(problem), goals.EqualEquivalent(problem), goals.cost(problem)


OBJECTIVE = Objective("lexicographic", _goals, main=0, needs_kappa=True)
