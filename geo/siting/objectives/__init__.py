"""Objectives by name. A new one is a module of its own and a line here; the tests run over all of them."""

from __future__ import annotations

from geo.siting.objectives import (
    backup_cover,
    kolm_pollak,
    lexicographic,
    max_cover,
    minimax_regret,
    p_center,
    p_median,
    set_cover,
)
from geo.siting.objectives.base import Objective
from geo.siting.objectives.capacitated import PLACED, PlacedObjective

__all__ = ["OBJECTIVES", "PLACED", "Objective", "PlacedObjective"]

OBJECTIVES: dict[str, Objective] = {
    module.OBJECTIVE.name: module.OBJECTIVE
    for module in (
        lexicographic,
        p_median,
        kolm_pollak,
        max_cover,
        set_cover,
        p_center,
        backup_cover,
        minimax_regret,
    )
}
