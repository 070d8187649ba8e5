"""The six-village district of the golden values (tests/toy.py), with ages, buildings and prices for a programme.

All of it is made up. Minutes are those of appendix A: whole milliseconds of the door-to-door times without a
within-settlement part, between every two villages, in three seasons.
"""

from __future__ import annotations

import heapq
from functools import cache

import numpy as np

from geo.units import UNREACHABLE_MS, minutes_to_ms
from tests.toy import EDGES, PERSONS, SEASONS, SPEEDS, VILLAGES

__all__ = ["PERSONS", "SEASONS", "VILLAGES", "times_ms"]

#: Children of 6 to 17 years and their persons by age group, per village.
PUPILS = np.array([540, 216, 81, 30, 6, 144], dtype=np.int64)
#: Ages 0-4, 5-9, ..., 80-84, 85 and over: per village the persons of the base year and of five years before.
AGE_SHARES_NOW = np.array([8, 8, 8, 7, 6, 6, 7, 7, 7, 6, 6, 6, 5, 4, 3, 3, 2, 1]) / 100
#: Five years before, as shares of today's people. In A, B and F everybody stayed: a group is the next one of today, and
#: of the two last groups together half are left. In C, D and E half of those of 15 to 19 years have left since.
_STAYED = [8, 8, 7, 6, 6, 7, 7, 7, 6, 6, 6, 5, 4, 3, 3, 2, 1, 1]
_LEFT = [8, 8, 7, 12, 6, 7, 7, 7, 6, 6, 6, 5, 4, 3, 3, 2, 1, 1]
AGE_SHARES_BEFORE = np.array([_LEFT if village in "CDE" else _STAYED for village in VILLAGES]) / 100
AGES_NOW = PERSONS[:, None] * AGE_SHARES_NOW
AGES_BEFORE = PERSONS[:, None] * AGE_SHARES_BEFORE
#: Million KZT to build, and per year to run, by service and level.
CAPEX = {
    ("phc", "medpunkt"): 50.0,
    ("phc", "fap"): 130.0,
    ("phc", "ambulatory"): 170.0,
    ("school", "primary"): 90.0,
    ("school", "basic"): 240.0,
    ("school", "secondary"): 600.0,
    ("road_km", "gravel"): 100.0,
}
OPEX = {
    ("phc", "medpunkt"): 6.0,
    ("phc", "fap"): 15.0,
    ("phc", "ambulatory"): 30.0,
    ("school", "primary"): 20.0,
    ("school", "basic"): 45.0,
    ("school", "secondary"): 90.0,
    ("bus_year", "bus"): 9.0,
    ("visit", "phc"): 0.15,
    ("boarding", "place_year"): 0.9,
}
LIFETIME_YEARS = {"phc": 40.0, "school": 50.0, "road_km": 15.0}


@cache
def times_ms(repaired: bool = False) -> np.ndarray:
    """Return int32 (n_seasons, n_villages, n_villages), read-only; `repaired` = C-D and D-E are gravel."""
    found = np.full((len(SEASONS), len(VILLAGES), len(VILLAGES)), UNREACHABLE_MS, dtype=np.int32)
    for season in range(len(SEASONS)):
        roads: dict[str, list[tuple[str, int]]] = {village: [] for village in VILLAGES}
        for start, end, km, surface in EDGES:
            kph = SPEEDS["gravel" if repaired and start + end in {"CD", "DE"} else surface][season]
            if kph:
                ms = minutes_to_ms(60 * km / kph)
                roads[start].append((end, ms))
                roads[end].append((start, ms))
        for row, village in enumerate(VILLAGES):
            for other, ms in _from(village, roads).items():
                found[season, row, VILLAGES.index(other)] = ms
    found.flags.writeable = False
    return found


def _from(village: str, roads: dict[str, list[tuple[str, int]]]) -> dict[str, int]:
    known: dict[str, int] = {}
    heap = [(0, village)]
    while heap:
        ms, place = heapq.heappop(heap)
        if place in known:
            continue
        known[place] = ms
        for other, more in roads[place]:
            heapq.heappush(heap, (ms + more, other))
    return known
