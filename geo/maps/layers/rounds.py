"""Routes of school buses and circuits of visiting teams: a line through the stops in their order, one colour each.

Buses are drawn along the roads, as the run found their courses. Of a visiting team only the order of stops is kept, so
that its lines are straight; the legend says so.
"""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from geo.language import mark
from geo.maps.facts import tenths
from geo.maps.layers.layer import Layer
from geo.maps.shapes import line_steps, position, thinned
from geo.maps.sites import site_numbers
from geo.study.result import StudyResult

#: All routes of a page have at most so many corners.
_MOST_CORNERS: Final = 4_000


def _rounds(result: StudyResult) -> list[dict[str, Any]]:
    """Return buses, then circuits: service, season, stops by number, base, minutes, km and, of buses, the line."""
    places = {settlement: number for number, settlement in enumerate(result.settlements.index)}
    return [*_buses(result, places), *_visits(result, places)]


def _buses(result: StudyResult, places: dict[Any, int]) -> list[dict[str, Any]]:
    rows, courses = result.tables["transport_routes"], result.routes
    lines = dict(
        zip(
            zip(courses["service"], courses["route"].astype(int), strict=True),
            thinned(courses.geometry.to_numpy(), _MOST_CORNERS),
            strict=True,
        )
    )
    found = []
    for (service, route), stops in rows.groupby(["service", "route"], sort=False):
        first, last = stops.iloc[0], stops.iloc[-1]
        line = lines.get((service, int(str(route))))
        found.append(
            {
                "kind": "bus",
                "service": str(service),
                "season": str(first["season"]),
                "number": int(str(route)),
                "base": site_numbers(result, str(service)).get(str(first["site_id"])),
                "stops": [places.get(code) for code in stops["settlement_id"].iloc[:-1]],
                "pupils": [int(value) for value in stops["pupils"].iloc[:-1]],
                "minutes": tenths(first["ride_minutes"]),
                "km": tenths(last["total_km"]),
                "closed": _seasons(stops["closed_seasons"]),
                "late": _seasons(stops["beyond_cap_seasons"]),
                "lines": [] if line is None else line_steps([line]),
            }
        )
    return found


def _visits(result: StudyResult, places: dict[Any, int]) -> list[dict[str, Any]]:
    rows = result.tables["mobile_circuits"]
    sites = result.sites.drop_duplicates("site_id").set_index("site_id").geometry
    found = []
    for (service, season, site_id, circuit), stops in rows.groupby(
        ["service", "season", "site_id", "circuit"], sort=False
    ):
        first = stops.iloc[0]
        if site_id not in sites.index:
            continue
        found.append(
            {
                "kind": "visit",
                "service": str(service),
                "season": str(season),
                "number": int(str(circuit)),
                "day": int(first["day"]),
                "vehicle": int(first["vehicle"]),
                "base": site_numbers(result, str(service)).get(str(site_id)),
                "at": position(sites[site_id]),
                "stops": [places.get(code) for code in stops["settlement_id"]],
                "arrive": [tenths(value) for value in stops["arrive_minutes"]],
                "minutes": tenths(first["day_minutes"]),
                "km": tenths(first["day_km"]),
            }
        )
    return found


def _seasons(column: pd.Series[Any]) -> list[str]:
    """Return the seasons that any stop of a route names, each once."""
    return list(dict.fromkeys(season for text in column.fillna("") for season in str(text).split()))


ROUNDS: Final = Layer(mark("School buses and visiting teams"), _rounds, shown=False)
