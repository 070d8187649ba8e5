"""The user's loop at country scale: from the extract to times from door to door, a new season, and indicators again."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from dataclasses import replace

import numpy as np
import pyproj

from geo.access.coverage import weighted_quantile
from geo.network.access_legs import LegRules, Points
from geo.network.seasons import make_season
from geo.network.speeds import SpeedRow
from geo.network.topology import build_network
from geo.read.osm import read_osm
from geo.travel import travel_times
from geo.travel.choice import find_joins
from geo.units import MS_PER_MINUTE, minutes_to_ms
from tests.benchmarks.instances.country import SEASONS, packaged_table
from tests.benchmarks.travel_cases.graphs import COUNTRY_CRS, country_extract

_WITHIN_MS = minutes_to_ms(5.0)


def main() -> None:
    """Measure, and print one JSON object."""
    figures: dict[str, float] = {}
    clock = time.perf_counter()

    def lap(name: str) -> None:
        nonlocal clock
        figures[name] = time.perf_counter() - clock
        clock = time.perf_counter()

    extract = read_osm(country_extract(), "country")
    lap("read_extract_s")
    network = build_network(extract.roads, pyproj.CRS(COUNTRY_CRS))
    lap("network_s")
    places = extract.places
    ids = tuple(str(i) for i in places.index)
    points = Points.from_lonlat(ids, places.geometry.x.to_numpy(), places.geometry.y.to_numpy(), network.crs)
    persons = places["population_persons"].fillna(0).to_numpy(dtype=np.int64)
    speeds, legs = packaged_table(), LegRules()
    os.environ["GEO_CACHE"] = ""
    _country_times(network, {"dry": make_season(network, SEASONS["dry"], speeds, "car")}, points, legs, persons)
    lap("first_season_with_ordering_s")
    _all_seasons(network, speeds, points, legs, persons)
    lap("two_seasons_s")
    slower = speeds.with_changes([SpeedRow("IV", "any", "any", "car", "any", 40.0, "changed")])
    _all_seasons(network, slower, points, legs, persons)
    lap("one_speed_changed_s")
    trunk = extract.roads.index[extract.roads["road_category"] == "II"][0]
    _all_seasons(network, speeds, points, legs, persons, closed=(str(trunk),))
    lap("one_road_closed_s")
    figures |= {"n_edges": network.n_edges, "n_settlements": len(points)}
    figures["peak_rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps(figures) + "\n")


def _all_seasons(network, speeds, points, legs, persons, closed=()):
    seasons = {
        name: make_season(network, replace(rules), speeds, "car", closed_road_ids=closed)
        for name, rules in SEASONS.items()
    }
    return _country_times(network, seasons, points, legs, persons)


def _country_times(network, seasons, points, legs, persons):
    """Minutes to every tenth settlement, as if it had the facility: people within an hour, median, P90."""
    joins = find_joins(network, tuple(seasons.values()), points, legs)
    found = {}
    for name, season in seasons.items():
        times = travel_times(network, season, points, joins, points, joins, legs, _WITHIN_MS)
        nearest = times.milliseconds[:, ::10].min(axis=1) / MS_PER_MINUTE
        found[name] = (persons[nearest <= 60].sum(), *(weighted_quantile(nearest, persons, q) for q in (0.5, 0.9)))
    return found


if __name__ == "__main__":
    main()
