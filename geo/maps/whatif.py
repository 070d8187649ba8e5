"""What a page needs to try other sites: all times, packed, and the best that any plan could reach."""

from __future__ import annotations

import base64
import zlib
from typing import Any

from geo.maps.sites import can_try, site_numbers
from geo.study.result import StudyResult


def try_data(result: StudyResult, service: str) -> dict[str, Any] | None:
    """Return what the page knows of a service's siting problem; None where sites cannot be tried."""
    if not can_try(result) or service not in result.what_if:
        return None
    what_if = result.what_if[service]
    problem = what_if.problem
    numbers = site_numbers(result, service)
    rows = {settlement: number for number, settlement in enumerate(result.settlements.index)}
    optima: dict[str, list[list[float | int | bool | None]]] = {}
    for best in what_if.optima:
        optima.setdefault(best.season, []).append(
            [best.n_added, best.persons_beyond, best.persons_beyond_bound, best.ede_minutes, best.proven]
        )
    return {
        "rows": [rows[settlement] for settlement in problem.settlement_ids],
        "columns": [numbers[site] for site in problem.site_ids],
        "seasons": list(problem.season_names),
        "costs": [round(float(cost), 2) for cost in problem.opening] if problem.opening.any() else None,
        "optima": optima,
    }


def packed_times(result: StudyResult, service: str) -> str:
    """Return all times of a service: int32, little-endian, season by season, row by row; deflated, as base64."""
    milliseconds = result.what_if[service].problem.milliseconds
    return base64.b64encode(zlib.compress(milliseconds.astype("<i4").tobytes(), 9)).decode("ascii")
