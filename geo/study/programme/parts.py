"""The parts of a programme: each answers one question of a unit with tables of its own, where the study asks for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pandas as pd

from geo.study.programme.borders import border_tables
from geo.study.programme.equity import equity_tables
from geo.study.programme.people import people_to_come
from geo.study.programme.plan import programme_part
from geo.study.programme.planned import Part, PlannedUnit
from geo.study.programme.proposals import community_proposals
from geo.study.programme.provision import provision_tables
from geo.study.programme.robustness import robustness
from geo.study.programme.vulnerable import weighted_plans
from geo.study.programme.ways import ways_tables
from geo.study.programme.zones import people_in_zones

#: In the order in which they are worked out: later ones may look at the tables of earlier ones.
PARTS: Final[dict[str, Part]] = {
    "programme": programme_part,
    "people": people_to_come,
    "provision": provision_tables,
    "robustness": robustness,
    "proposals": community_proposals,
    "equity": equity_tables,
    "borders": border_tables,
    "ways": ways_tables,
    "vulnerable": weighted_plans,
    "zones": people_in_zones,
}


def programme_tables(unit: PlannedUnit) -> dict[str, pd.DataFrame]:
    """Return the tables of every part that the study asks for."""
    found: dict[str, pd.DataFrame] = {}
    for part in PARTS.values():
        found |= part(replace(unit, tables={**unit.tables, **found}))
    return found
