"""The toy district of the worked example: six villages, dry, winter and thaw roads, minutes by Floyd and Warshall."""

from __future__ import annotations

from typing import Any

import numpy as np

from geo.siting.problem import SitingProblem
from geo.units import UNREACHABLE_MS, minutes_to_ms

VILLAGES = "ABCDEF"
PERSONS = (3000, 1200, 450, 180, 40, 800)
#: Kilometres and surface of each road.
ROADS = (
    ("A", "B", 30, "asphalt"),
    ("B", "C", 24, "gravel"),
    ("C", "D", 15, "earth"),
    ("D", "E", 12, "earth"),
    ("B", "F", 40, "gravel"),
    ("F", "C", 20, "earth"),
)
#: km/h by surface; 0 is closed.
SPEEDS = {
    "dry": {"asphalt": 70, "gravel": 50, "earth": 30},
    "winter": {"asphalt": 56, "gravel": 35, "earth": 15},
    "thaw": {"asphalt": 70, "gravel": 35, "earth": 0},
}
#: Aversion -1 from the dry minutes to A, with A's own time 0.
KAPPA = -0.0162624


def milliseconds(*seasons: str) -> np.ndarray:
    """Return whole milliseconds between all villages (n_seasons, 6, 6)."""
    matrices = []
    for season in seasons:
        minutes = np.full((6, 6), np.inf)
        np.fill_diagonal(minutes, 0.0)
        for start, end, km, surface in ROADS:
            speed = SPEEDS[season][surface]
            if speed:
                i, j = VILLAGES.index(start), VILLAGES.index(end)
                minutes[i, j] = minutes[j, i] = 60 * km / speed
        for k in range(6):
            minutes = np.minimum(minutes, minutes[:, [k]] + minutes[[k], :])
        matrices.append([[minutes_to_ms(x) if x < np.inf else UNREACHABLE_MS for x in row] for row in minutes])
    return np.array(matrices, dtype=np.int32)


def problem(*seasons: str, facilities: str = "A", keep: bool = True, **settings: Any) -> SitingProblem:
    """Return a toy problem: facilities exist today and stay open unless ``keep`` is false; others are candidates."""
    chosen = {
        "settlement_ids": tuple(VILLAGES),
        "site_ids": tuple(VILLAGES),
        "season_names": seasons or ("dry",),
        "milliseconds": milliseconds(*(seasons or ("dry",))),
        "persons": np.array(PERSONS),
        "status": tuple(("open" if keep else "closable") if v in facilities else "candidate" for v in VILLAGES),
        "existing": np.array([v in facilities for v in VILLAGES]),
        "limit_ms": minutes_to_ms(30),
        "kappa": KAPPA,
    }
    return SitingProblem(**(chosen | settings))


def names(positions: tuple[int, ...]) -> str:
    """Return the villages at these positions."""
    return "".join(VILLAGES[position] for position in positions)
