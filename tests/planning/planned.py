"""Programmes for the six-village district: medical points and schools, with the prices of `tests.planning.district`.

Minutes of one road at a time (dry / winter / thaw), from appendix A: A-B 25.71 / 32.14 / 25.71, B-C 28.80 / 41.14 /
41.14, C-D 30 / 60 / closed, D-E 24 / 48 / closed, B-F 48 / 68.57 / 68.57, F-C 40 / 80 / closed. People: A 3000, B 1200,
C 450, D 180, E 40, F 800.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from geo.planning.case import Need, Option, PlanningCase
from geo.units import minutes_to_ms
from tests.planning.district import CAPEX, OPEX, PERSONS, SEASONS, VILLAGES, times_ms

FAP = {"phc": 1}


def kept(village: str, serves: dict[str, int], opex_year: float = 0.0, languages: tuple[str, ...] = ()) -> Option:
    return Option(f"{village}-keep", village, "keep", serves, languages, opex_year=opex_year)


def fap(village: str) -> Option:
    return Option(f"{village}-fap", village, "open", FAP, capex=CAPEX["phc", "fap"], opex_year=OPEX["phc", "fap"])


def ambulatory_in_a() -> Option:
    return kept("A", {"phc": 2}, OPEX["phc", "ambulatory"])


def clinics(options: Sequence[Option], *, minutes: float = 45, n_years: int = 3, **more: Any) -> PlanningCase:
    """Return the district where everybody needs at least a feldsher point within the minutes in every season."""
    return district([Need(v, "phc", 1) for v in VILLAGES], PERSONS, [minutes] * 6, options, n_years, **more)


def district(
    needs: Sequence[Need], persons: Any, minutes: Sequence[float], options: Sequence[Option], n_years: int, **more: Any
) -> PlanningCase:
    return PlanningCase(
        settlement_ids=tuple(VILLAGES),
        place_ids=tuple(VILLAGES),
        season_names=SEASONS,
        place_ms=times_ms(),
        needs=tuple(needs),
        options=tuple(options),
        years=tuple(range(2026, 2026 + n_years)),
        persons=np.tile(np.asarray(persons), (n_years, 1)),
        limit_ms=np.array([minutes_to_ms(m) for m in minutes], dtype=np.int32),
        **more,
    )
