"""How many people the settlements of the synthetic steppe had ten years before: an assumption, not a measurement."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from geo.read.steppe.places import Place
from geo.read.steppe.plan import Kind

POP_BEFORE_YEAR: Final = 2014
#: Yearly growth of each kind, its mean and its spread: centres gain from villages, small places lose most.
_GROWTH: Final[dict[Kind, tuple[float, float]]] = {
    "centre": (0.008, 0.003),
    "okrug": (-0.006, 0.007),
    "village": (-0.024, 0.018),
    "hamlet": (-0.035, 0.005),
}
#: Planted villages that people leave fast enough to be fewer than 50 within ten years.
_LEFT: Final = {"near_empty_school": -0.095, "winter": -0.095}


def persons_before(places: list[Place], years: int, seed: int) -> list[int | None]:
    """Return the inhabitants of each settlement some years before; None for camps, which nobody counted then.

    Parameters
    ----------
    places
        Settlements with the people of today.
    years
        How long before.
    seed
        Seed of the random numbers, a stream of their own: nothing else of the steppe depends on them.
    """
    rng = np.random.Generator(np.random.PCG64([seed, 7]))
    found: list[int | None] = []
    for place in places:
        chance = float(rng.normal())
        if place.kind == "camp":
            found.append(None)
            continue
        mean, spread = _GROWTH[place.kind]
        growth = _LEFT.get(place.code, mean + spread * chance)
        found.append(round(place.persons * math.exp(-growth * years)))
    return found
