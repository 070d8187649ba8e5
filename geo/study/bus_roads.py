"""Roads as a school bus sees them: the study's own, driven more slowly, and reached from stops on foot at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geo.network.access_legs import Points, join_points, together
from geo.network.seasons import Season
from geo.network.topology import GEOD, RoadNetwork
from geo.study.conditions import leg_rules
from geo.study.config import Transport
from geo.travel.paths import PathGraph
from geo.units import METRES_PER_KM, UNREACHABLE_MS, ms_per_metre

if TYPE_CHECKING:
    from geo.study.prepare import Prepared


@dataclass(frozen=True)
class BusRoads:
    """Roads as a bus sees them, with the stops and schools of a unit.

    Parameters
    ----------
    seasons, graphs
        From the season of most weight to that of least.
    points
        Stops and schools.
    stops, schools
        Position of each settlement, and of each school, among the points.
    straight_factor
        Length of a way across country over the straight line.
    """

    seasons: tuple[Season, ...]
    graphs: tuple[PathGraph, ...]
    points: Points
    stops: Mapping[str, int]
    schools: Mapping[str, int]
    straight_factor: float

    @classmethod
    def of(
        cls, prepared: Prepared, config: Transport, settlement_ids: Sequence[str], site_ids: Sequence[str]
    ) -> BusRoads:
        """Join stops and schools to the roads; nobody walks farther to the road than to a school."""
        rules = leg_rules(prepared.study)
        places = prepared.places
        walked = replace(rules, max_join_metres=config.walk_km * METRES_PER_KM / rules.leg_factor)
        points, joins = together(
            *(
                (chosen, join_points(prepared.network, chosen, walked))
                for chosen in (places.settlements.choose(settlement_ids), places.sites.choose(site_ids))
            )
        )
        seasons = tuple(
            bus_season(prepared.network, season, config)
            for season in sorted(prepared.seasons, key=lambda season: -season.weight)
        )
        graphs = tuple(PathGraph(prepared.network, season, points, joins, rules) for season in seasons)
        stops = {settlement_id: i for i, settlement_id in enumerate(settlement_ids)}
        schools = {site_id: len(stops) + i for i, site_id in enumerate(site_ids)}
        return cls(seasons, graphs, points, stops, schools, rules.leg_factor)

    def straight_km(self, one: int, other: int) -> float:
        """Return the kilometres on foot across country between two points."""
        points = self.points
        ends = (points.lon[one], points.lat[one], points.lon[other], points.lat[other])
        return float(GEOD.inv(*ends)[2]) * self.straight_factor / METRES_PER_KM


def bus_season(network: RoadNetwork, season: Season, config: Transport) -> Season:
    """Return a season as a school bus sees it: slower than the study's vehicle by a factor, and up to a highest speed.

    Ferries keep their times, and what is closed stays closed.
    """
    least = ms_per_metre(config.bus_max_kmh)
    ferry = (network.roads["road_category"] == "ferry").to_numpy(dtype=bool)
    slower = np.maximum(season.road_ms_per_metre / config.bus_speed_factor, least)
    per_metre = np.where(ferry, season.road_ms_per_metre, slower)
    on_edge = per_metre[network.edge_road]
    is_open = np.isfinite(on_edge)
    usable = np.where(is_open, on_edge, 0.0)
    # As for cars: the pieces of one road add up exactly.
    ms = np.rint(network.edge_end_metres * usable) - np.rint(network.edge_start_metres * usable)
    return replace(
        season,
        road_ms_per_metre=per_metre,
        edge_ms=np.where(is_open, ms, UNREACHABLE_MS).astype(np.int64),
        drive_ms_per_metre=max(season.drive_ms_per_metre / config.bus_speed_factor, least),
    )
