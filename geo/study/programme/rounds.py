"""Circuits of the teams that visit villages of a unit, in every season, and what the teams cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from geo.planning.circuits import circuits_cost, plan_circuits, vehicles_needed
from geo.study.programme.offers import DAYS_A_YEAR
from geo.study.programme.unmet import Unmet
from geo.units import METRES_PER_KM, MS_PER_MINUTE, minutes_to_ms

Rows = list[dict[str, Any]]


def circuits(unmet: Unmet, places: Sequence[int]) -> Rows:
    """Return rows of `mobile_circuits` for the settlements that are visited, given by their positions.

    Each is visited from the facility that is nearest in the season; who has no way then is on no circuit of it.
    """
    if not places:
        return []
    village_of = {place: number for number, place in enumerate(np.flatnonzero(unmet.below).tolist())}
    villages = [village_of[place] for place in places]
    bases, _ms = unmet.visit_driving
    rows: Rows = []
    for season, name in enumerate(unmet.part.problem.season_names):
        for base in sorted({int(bases[season, village]) for village in villages} - {-1}):
            own = [village for village in villages if bases[season, village] == base]
            rows += _round(unmet, season, name, base, own)
    return rows


def _round(unmet: Unmet, season: int, name: str, base: int, villages: list[int]) -> Rows:
    config, ways = unmet.config, unmet.visit_ways
    visit_ms, day_ms = minutes_to_ms(config.visit_minutes), minutes_to_ms(config.day_minutes)
    visits = ways.round(season, base, villages, visit_ms, day_ms)
    plan = plan_circuits(visits, config.iterations, unmet.prepared.study.config.study.seed)
    rows: Rows = []
    for number, stops in enumerate(plan.days):
        vehicle, day = divmod(number, config.working_days())
        shared = {
            "service": unmet.part.service.name,
            "season": name,
            "site_id": ways.base_ids[base],
            "circuit": number + 1,
            "vehicle": vehicle + 1,
            "day": day + 1,
            "day_minutes": visits.duration_ms(stops) / MS_PER_MINUTE,
            "day_km": ways.metres(season, base, [villages[stop - 1] for stop in stops]) / METRES_PER_KM,
        }
        for order, (stop, (arrive, leave)) in enumerate(zip(stops, visits.calls_ms(stops), strict=True), start=1):
            rows.append(
                shared
                | {
                    "stop": order,
                    "settlement_id": ways.village_ids[villages[stop - 1]],
                    "arrive_minutes": arrive / MS_PER_MINUTE,
                    "leave_minutes": leave / MS_PER_MINUTE,
                }
            )
    return rows


def teams(unmet: Unmet, rows: Rows) -> Rows:
    """Return rows of `mobile_teams`: per base the villages, days and vehicles of its hardest season, and the cost."""
    service = unmet.part.service.name
    own = [row for row in rows if row["service"] == service]
    visit, vehicle = (unmet.prices.yearly(f"{item}/{service}") for item in ("visit", "vehicle_year"))
    weight = dict(zip(unmet.part.problem.season_names, unmet.weights.tolist(), strict=True))
    found: Rows = []
    for site_id in sorted({row["site_id"] for row in own}):
        mine = [row for row in own if row["site_id"] == site_id]
        n_days = max(sum(row["stop"] == 1 for row in mine if row["season"] == season) for season in weight)
        n_vehicles = vehicles_needed(n_days, unmet.config.working_days())
        rounds = {season: share * DAYS_A_YEAR / unmet.config.visit_interval_days for season, share in weight.items()}
        visits_year = sum(rounds[row["season"]] for row in mine)
        known = visit is not None and vehicle is not None
        cost = circuits_cost(visits_year, n_vehicles, visit or 0.0, vehicle or 0.0) if known else None
        found.append(
            {
                "service": service,
                "site_id": site_id,
                "settlements": len({row["settlement_id"] for row in mine}),
                "days": n_days,
                "vehicles": n_vehicles,
                "visits_year": visits_year,
                "annual_cost": cost,
            }
        )
    return found
