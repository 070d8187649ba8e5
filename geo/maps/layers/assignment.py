"""Lines from each settlement to the facility it would use."""

from __future__ import annotations

from typing import Any, Final

from geo.language import mark
from geo.maps.access import rows_by_plan_and_season
from geo.maps.layers.layer import Layer
from geo.maps.sites import site_numbers
from geo.study.result import StudyResult


def _assignment(result: StudyResult) -> dict[str, Any]:
    """Return per service, plan and season the number of each settlement's nearest site, or None."""
    nearest: dict[str, dict[str, dict[str, list[int | None]]]] = {}
    for service in result.config.service:
        numbers = site_numbers(result, service.name)
        plans = nearest.setdefault(service.name, {})
        for plan, season, rows in rows_by_plan_and_season(result, service.name):
            sites = rows["site_id"].astype(object)
            plans.setdefault(plan, {})[season] = [numbers.get(site) for site in sites]
    return nearest


ASSIGNMENT: Final = Layer(mark("Who goes where"), _assignment, shown=False)
