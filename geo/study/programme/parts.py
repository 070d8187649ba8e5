"""The parts of a programme: each answers one question of a unit with tables of its own, where the study asks for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pandas as pd

from geo.study.programme.planned import Part, PlannedUnit
from geo.study.programme.robustness import robustness

#: In the order in which they are worked out: later ones may look at the tables of earlier ones.
PARTS: Final[dict[str, Part]] = {"robustness": robustness}


def programme_tables(unit: PlannedUnit) -> dict[str, pd.DataFrame]:
    """Return the tables of every part that the study asks for."""
    found: dict[str, pd.DataFrame] = {}
    for part in PARTS.values():
        found |= part(replace(unit, tables={**unit.tables, **found}))
    return found
