"""Surfaces of the synthetic roads, and who is cut off in thaw because of them."""

from __future__ import annotations

from typing import Final

import numpy as np

from geo.read.steppe.network import Road
from geo.read.steppe.plan import PLANNED
from geo.read.steppe.roads import RoadPlan
from geo.read.steppe.shapes import distances_km

#: Village roads become earth until this share of people is cut off in thaw; no more than the second share ever is.
_CUT_OFF_SHARE: Final = 0.075
_CUT_OFF_MOST: Final = 0.095
#: A village nearer than this to an open road could be walked to (5 km at 1.3 times the straight line).
_WALK_KM: Final = 4.3
_CLOSED_IN_THAW: Final = ("ford", "ice", "ferry")
_CUT_OFF_ON_PURPOSE: Final = frozenset({"ford", "gap_near", "gap_far", "winter", "flooded", "remote"})
#: Share of asphalt by class; the rest is gravel.
_ASPHALT: Final = {"trunk": 1.0, "primary": 1.0, "secondary": 0.62, "tertiary": 0.25, "unclassified": 0.06}


def surface_roads(plan: RoadPlan, seed: int) -> None:
    """Give every road its surface; turn village roads to earth until the wanted share of people is cut off in thaw."""
    rng = np.random.Generator(np.random.PCG64([seed, 4]))
    for road in plan.network.roads:
        if road.purpose == "street":
            continue
        paved = rng.random() < _ASPHALT.get(road.highway, 0.0) and not road.protected
        road.surface = "ground" if road.highway == "track" else "asphalt" if paved else "gravel"
        if road.crossing == "ice":
            road.surface = "snow"
    _turn_to_earth(plan, rng)
    for road in plan.network.roads:
        if road.purpose == "street":
            road.surface = _street_surface(plan, road)
    for road in plan.network.roads:
        road.tags = {**_tags(road, rng), **road.tags}


def closed_in_thaw(plan: RoadPlan) -> set[int]:
    """Return the numbers of the roads that cannot be driven through in thaw."""
    flooded = plan.number_of("flooded")
    return {
        number
        for number, road in enumerate(plan.network.roads)
        if road.surface in ("ground", "earth")
        or road.crossing in _CLOSED_IN_THAW
        or road.earth_km is not None
        or (road.place == flooded and road.protected)
    }


def cut_off(plan: RoadPlan, closed: set[int]) -> set[int]:
    """Return the settlements that reach no district centre without the closed roads."""
    centres = [plan.gates[plan.number_of(code)][0] for code in ("0", "1", "2")]
    nearest = plan.network.distances_from(centres, closed).min(axis=0)
    return {k for k in range(len(plan.places)) if not np.isfinite(nearest[plan.gates[k]]).any()}


def _turn_to_earth(plan: RoadPlan, rng: np.random.Generator) -> None:
    """Turn links of small villages to earth, as long as nobody is cut off who must not be."""
    roads = plan.network.roads
    links = [
        number
        for number, road in enumerate(roads)
        if road.purpose == "link" and not road.protected and plan.places[road.place].kind == "village"
    ]
    weights = {number: plan.places[roads[number].place].persons * float(rng.random()) for number in links}
    total = sum(place.persons for place in plan.places)
    n_earth = 0
    for number in sorted(links, key=lambda k: weights[k]):
        if plan.network.length_km(roads[number]) < 4.5:
            continue
        before = (roads[number].surface, roads[number].highway)
        roads[number].surface = "earth" if n_earth % 2 else "ground"
        roads[number].highway = "unclassified" if n_earth % 2 else "track"
        closed = closed_in_thaw(plan)
        cut = cut_off(plan, closed)
        share = sum(plan.places[k].persons for k in cut) / total
        if share > _CUT_OFF_MOST or not _acceptable(plan, cut, closed):
            roads[number].surface, roads[number].highway = before
            continue
        n_earth += 1
        if share >= _CUT_OFF_SHARE:
            return


def _acceptable(plan: RoadPlan, cut: set[int], closed: set[int]) -> bool:
    """Say whether only villages and camps are cut off, none planted for another reason, none within a walk."""
    spared = {planned.code for planned in PLANNED} - _CUT_OFF_ON_PURPOSE - {""}
    if any(plan.places[k].kind in ("centre", "okrug") or plan.places[k].code in spared for k in cut):
        return False
    open_nodes = sorted(
        {n for k, r in enumerate(plan.network.roads) if k not in closed and r.purpose != "street" for n in r.nodes}
    )
    centre = plan.gates[plan.number_of("1")][0]
    reached = np.isfinite(plan.network.distances_from([centre], closed)[0])
    spots = plan.network.points[[n for n in open_nodes if reached[n]]]
    villages = [k for k in cut if plan.places[k].kind == "village"]
    return all(distances_km(plan.places[k].at, spots).min() > _WALK_KM for k in villages)


def _street_surface(plan: RoadPlan, street: Road) -> str:
    """Return the surface of a street: as good as the settlement is large, and earth where only earth leads there."""
    place = plan.places[street.place]
    gates = set(plan.gates[street.place])
    entering = [r for r in plan.network.roads if r.purpose != "street" and gates & set(r.nodes)]
    if entering and all(r.surface in ("ground", "earth") for r in entering):
        return "ground"
    if place.kind == "centre" or street.highway in ("trunk", "primary"):
        return "asphalt"
    if street.highway == "secondary":
        return "asphalt" if any(r.surface == "asphalt" for r in entering) else "gravel"
    return "gravel" if place.kind == "okrug" else "compacted"


def _tags(road: Road, rng: np.random.Generator) -> dict[str, str]:
    """Return smoothness, track type and speed limit of a road."""
    draw = float(rng.random())
    if road.surface == "snow":
        return {}
    if road.highway == "track":
        return {"tracktype": ("grade3", "grade4", "grade5")[int(draw * 3)]}
    if road.surface == "earth":
        return {"smoothness": "very_bad" if draw < 0.6 else "bad"}
    tags: dict[str, str] = {}
    if road.highway in ("trunk", "primary"):
        tags = {
            "smoothness": "good" if draw < 0.6 else "intermediate",
            "maxspeed": "100" if road.highway == "trunk" else "90",
        }
    elif road.surface == "asphalt" and road.purpose != "street":
        tags = {"smoothness": "intermediate" if draw < 0.55 else "bad"}
    elif road.purpose != "street":
        tags = {"smoothness": "intermediate" if draw < 0.25 else "bad" if draw < 0.85 else "very_bad"}
    if road.purpose == "street":
        tags["maxspeed"] = "60" if road.highway in ("trunk", "primary") else "40"
    return tags
