"""The six villages of the worked example and what pages stumble over, with their roads and times."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

SEASONS = ("dry", "winter", "thaw")
LIMIT_MINUTES = 30.0
#: settlement: (longitude, latitude, people or None, name_kk, name_ru, name_en)
PLACES = {
    "a": (66.00, 50.00, 3000, "Қарасу", "Карасу", "Karasu"),
    "b": (66.40, 50.05, 1200, "", "", "<script>alert(1)</script>"),
    "c": (66.65, 50.15, 450, "Үңгір", "Унгир", ""),
    "d": (66.80, 50.28, 180, "", "Степное", ""),
    "e": (66.95, 50.20, 40, "", "", "=cmd|' /C calc'!A0"),
    "f": (66.35, 50.30, 800, "Ақбұлақ", "Акбулак", "Akbulak"),
    "g": (66.10, 50.45, 25, "Өзен", "Озен", "Ozen"),
    "h": (66.20, 50.02, None, "", "Разъезд 14", ""),
}
#: (from, to, km, surface)
EDGES = (
    ("a", "b", 30, "asphalt"),
    ("b", "c", 24, "gravel"),
    ("c", "d", 15, "earth"),
    ("d", "e", 12, "earth"),
    ("b", "f", 40, "gravel"),
    ("f", "c", 20, "earth"),
    ("a", "h", 15, "asphalt"),
)
SPEEDS = {
    "dry": {"asphalt": 70, "gravel": 50, "earth": 30},
    "winter": {"asphalt": 56, "gravel": 35, "earth": 15},
    "thaw": {"asphalt": 70, "gravel": 35, "earth": 0},
}
CATEGORY = {"asphalt": "IV", "gravel": "V", "earth": "track"}


def minutes_between(season: str) -> pd.DataFrame:
    """Return all minutes between places, infinite where no road leads."""
    names = list(PLACES)
    table = pd.DataFrame(np.where(np.eye(len(names)) == 1, 0.0, np.inf), index=names, columns=names)
    for one, other, km, surface in EDGES:
        speed = SPEEDS[season][surface]
        if speed:
            table.loc[one, other] = table.loc[other, one] = 60 * km / speed
    for via, one, other in itertools.product(names, names, names):
        table.loc[one, other] = min(table.loc[one, other], table.loc[one, via] + table.loc[via, other])
    return table
