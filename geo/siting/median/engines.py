"""Which engine works on a problem: the number of settlements alone decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.siting import sizes
from geo.siting.median import plain

if TYPE_CHECKING:
    from geo.siting.median.types import Engine
    from geo.siting.problem import SitingProblem


def engine_for(problem: SitingProblem) -> Engine:
    """Return whole arrays for small problems, compiled functions for large ones."""
    if problem.n_settlements <= sizes.SMALL_SETTLEMENTS:
        return plain
    from geo.compiled import say_if_new
    from geo.siting.median import fast, swap

    say_if_new(swap.iterate)
    return fast
