"""Objectives in which sites have places: whoever finds none at the nearest site goes to another one.

They stand beside the other objectives, whose goals depend on the time to the nearest open site alone.

References
----------
Mulvey and Beck (1984), European Journal of Operational Research 18:339-348 (the capacitated p-median); Balinski (1965),
Management Science 12:253-313 (fixed charges).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class PlacedObjective:
    """A named goal over who holds a place where, after the fewest persons whom no usable site reaches.

    Parameters
    ----------
    name
        Key in the registry.
    goal, unit
        Name and unit of the value.
    in_money
        Whether sites, places and travel are counted in money instead of travel in time.
    needs_resource
        Whether the number of sites or a budget must be limited.
    """

    name: str
    goal: str
    unit: str
    in_money: bool
    needs_resource: bool


PLACED: Final[dict[str, PlacedObjective]] = {
    objective.name: objective
    for objective in (
        PlacedObjective("capacitated", "person-time", "person-milliseconds", in_money=False, needs_resource=True),
        PlacedObjective("fixed-charge", "total-cost", "money", in_money=True, needs_resource=False),
    )
}
