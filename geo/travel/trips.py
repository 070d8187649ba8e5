"""The fastest trip between two points from door to door: its course, and the minutes on each class of road."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.network.access_legs import Joins, LegRules, Points, together
from geo.network.seasons import Season
from geo.network.topology import GEOD, RoadNetwork
from geo.travel.paths import PathGraph
from geo.units import UNREACHABLE_MS

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Trip:
    """One trip; its milliseconds are those of `geo.travel.travel_times`, to the last one.

    Parameters
    ----------
    access_ms, egress_ms : int
        From the door to the road, and from the road to the door with the time within the settlement. A trip wholly
        across country counts as access.
    road_ms : mapping of str to int
        By category of road.
    metres : float
        Length of roads and legs, a leg being `leg_factor` times as long as drawn.
    course : float64 (n, 2)
        Longitude and latitude from door to door.
    """

    access_ms: int
    egress_ms: int
    road_ms: Mapping[str, int]
    metres: float
    course: Floats

    @property
    def ms(self) -> int:
        """Milliseconds from door to door."""
        return self.access_ms + sum(self.road_ms.values()) + self.egress_ms


def find_trip(
    network: RoadNetwork,
    season: Season,
    ends: tuple[Points, Points],
    joins: tuple[Joins, Joins],
    rules: LegRules,
    within_settlement_ms: int = 0,
) -> Trip | None:
    """Find the fastest trip from one point to another.

    Parameters
    ----------
    network, season
        Roads and their weights.
    ends, joins
        Where the trip begins and where it ends, a single point each, and their joins to the network.
    rules, within_settlement_ms
        As for `geo.travel.travel_times`.

    Returns
    -------
    Trip or None
        None where there is no way.
    """
    points, both = together((ends[0], joins[0]), (ends[1], joins[1]))
    lon, lat = points.lon, points.lat
    straight = np.asarray([GEOD.inv(lon[0], lat[0], lon[1], lat[1])[2]])
    across = UNREACHABLE_MS
    if straight[0] <= rules.max_join_metres:
        begin, end = (np.column_stack([point.x, point.y]) for point in ends)
        across = int(rules.leg_ms(straight, season, rules.crossed(begin, end))[0])
    graph = PathGraph(network, season, points, both, rules)
    way = graph.between((0, 1))
    by_road = int(way.ms[0, 1])
    if min(across, by_road) >= UNREACHABLE_MS:
        return None
    if across < by_road:
        course = np.column_stack([lon, lat])
        return Trip(across, within_settlement_ms, {}, float(straight[0]) * rules.leg_factor, course)
    arcs = way.arcs(0, 1)
    access, egress = graph.legs_ms(arcs)
    edges, ms = graph.road_ms(arcs)
    categories = network.roads["road_category"].to_numpy()[network.edge_road[edges]]
    on_roads = {str(name): int(ms[categories == name].sum()) for name in sorted(set(categories.tolist()))}
    return Trip(access, egress + within_settlement_ms, on_roads, way.metres(0, 1), way.course(0, 1))
