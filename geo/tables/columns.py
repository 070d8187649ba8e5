"""Columns that output tables share, and short ways to declare the common kinds."""

from __future__ import annotations

from typing import Final

from geo.language import mark
from geo.tables.schema import SHARE, Column


def text(name: str, label: str, meaning: str, *choices: str) -> Column:
    """Return a column of text; `choices` are the codes it may hold."""
    return Column(name, "text", meaning, label=label, choices=choices)


def minutes(name: str, label: str, meaning: str) -> Column:
    """Return a column of minutes."""
    return Column(name, "number", meaning, unit="min", label=label)


def people(name: str, label: str, meaning: str) -> Column:
    """Return a column that counts people."""
    return Column(name, "integer", meaning, unit="persons", label=label)


def share(name: str, label: str, meaning: str) -> Column:
    """Return a column of shares, 0..1."""
    return Column(name, "number", meaning, unit=SHARE, label=label)


def money(name: str, label: str, meaning: str) -> Column:
    """Return a column of money."""
    return Column(name, "number", meaning, unit="KZT", label=label)


def count(name: str, unit: str, label: str, meaning: str) -> Column:
    """Return a column that counts something of a unit."""
    return Column(name, "integer", meaning, unit=unit, label=label)


def settlements(name: str, label: str, meaning: str) -> Column:
    """Return a column that counts settlements."""
    return count(name, "settlements", label, meaning)


SERVICE: Final = text("service", mark("Service"), mark("Service the row is about"))
SEASON: Final = text(
    "season", mark("Season"), mark("Season of the study; `worst` = every settlement in its own worst season")
)
PLAN: Final = text("plan", mark("Plan"), mark("`baseline` = today; otherwise the name of a plan of table `plans`"))
TIED_NORMS: Final = text(
    "tied_norms",
    mark("Norms that ask for more"),
    mark("Norms with the same right that name a larger number, separated by spaces; the smallest counts"),
)
SETTLEMENT: Final = text("settlement_id", mark("Settlement"), mark("Settlement the row is about"))
SITE: Final = text("site_id", mark("Site"), mark("Facility or candidate"))
PERSONS: Final = people("persons", mark("People"), mark("People who need the service; blank = unknown"))
OPEN_SITES: Final = text("open_sites", mark("Opened"), mark("Sites opened, separated by spaces"))
PLAN_STATUS: Final = text(
    "status", mark("How good"), mark("Whether the plan is proven to be the best"), "optimal", "feasible", "infeasible"
)
COST: Final = money("cost", mark("Cost"), mark("Opening cost, where prices are known"))
MAX_MINUTES: Final = minutes(
    "max_minutes", mark("Longest trip"), mark("Worst time among the reachable; blank = no way")
)
NEAREST_ROAD: Final = Column(
    "nearest_road_km",
    "number",
    mark("Straight distance to the nearest road"),
    unit="km",
    label=mark("To the nearest road"),
)
