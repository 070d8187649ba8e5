"""Declared tables: every column of every file with its unit, rule and meaning, and the check at the door."""

from geo.tables.inputs import (
    BOUNDARIES,
    CANDIDATES,
    CLOSURES,
    COSTS,
    FACILITIES,
    HAZARDS,
    INPUT_TABLES,
    OBSERVED_TRIPS,
    OVERRIDES,
    REFERENCE_DISTANCES,
    RENAMED_CODES,
    ROADS,
    SETTLEMENTS,
    SPEEDS,
    VEHICLES,
    WALK,
)
from geo.tables.outputs import OUTPUT_TABLES
from geo.tables.people import AGES
from geo.tables.proposals import PROPOSALS
from geo.tables.schema import Column, Table

__all__ = [
    "AGES",
    "BOUNDARIES",
    "CANDIDATES",
    "CLOSURES",
    "COSTS",
    "FACILITIES",
    "HAZARDS",
    "INPUT_TABLES",
    "OBSERVED_TRIPS",
    "OUTPUT_TABLES",
    "OVERRIDES",
    "PROPOSALS",
    "REFERENCE_DISTANCES",
    "RENAMED_CODES",
    "ROADS",
    "SETTLEMENTS",
    "SPEEDS",
    "VEHICLES",
    "WALK",
    "Column",
    "Table",
]
