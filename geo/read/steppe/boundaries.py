"""Boundaries of the synthetic steppe: okrugs around their centres, districts, the oblast, and the salt-dust zone.

Okrugs are the Voronoi parts of their district. All rings are cut at the same corners and bent by the same function, so
that neighbours share every vertex; districts and the oblast are what is left when shared sides cancel.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any, Final

import numpy as np

from geo.read.steppe.places import DISTRICT_IDS, REGION_ID, Name, Place, names
from geo.read.steppe.plan import DISTRICTS, HAZARD_CENTRE, HAZARD_RADIUS_KM, Point
from geo.read.steppe.shapes import Coordinates, distance_km, to_degrees

_SIDE_KM: Final = 2.5
_SAME_KM: Final = 1e-5
VALID_FROM: Final = "2024-01-01"

Ring = list[Point]
Feature = dict[str, Any]


def boundary_features(places: list[Place]) -> list[Feature]:
    """Return GeoJSON features of the oblast, the districts and the okrugs, sorted by level and code."""
    hubs = [p for p in places if p.kind in ("centre", "okrug")]
    cells = _shared_corners([_cell(hub, hubs) for hub in hubs])
    rings = [_dense(cell) for cell in cells]
    features = [_feature(REGION_ID, "oblast", "", names("oblast")[0], _outline(rings))]
    for number, (district_id, name) in enumerate(zip(DISTRICT_IDS, names("district"), strict=True)):
        own = [ring for ring, hub in zip(rings, hubs, strict=True) if hub.district == number]
        features.append(_feature(district_id, "district", REGION_ID, name, _outline(own)))
    for hub, ring in sorted(zip(hubs, rings, strict=True), key=lambda pair: pair[0].okrug_id):
        name = Name(f"{hub.name.kk} ауылдық округі", f"{hub.name.ru} сельский округ", f"{hub.name.en} rural okrug")
        features.append(_feature(hub.okrug_id, "okrug", DISTRICT_IDS[hub.district], name, ring))
    return features


def hazard_features() -> list[Feature]:
    """Return the salt-dust zone as a GeoJSON feature."""
    turns = 2 * math.pi * np.arange(48) / 48
    radii = HAZARD_RADIUS_KM * (1 + 0.12 * np.sin(2 * turns + 0.4) + 0.07 * np.sin(5 * turns))
    ring = np.column_stack([HAZARD_CENTRE[0] + radii * np.cos(turns), HAZARD_CENTRE[1] + radii * np.sin(turns)])
    name = names("hazard")[0]
    properties = {
        "hazard_id": "H1", "kind": "salt_dust", "effect": "exclude", "buffer_km": 0,
        "name_kk": name.kk, "name_ru": name.ru, "name_en": name.en,
    }  # fmt: skip
    return [{"type": "Feature", "properties": properties, "geometry": _polygon(ring)}]


def _feature(unit_id: str, level: str, parent_id: str, name: Name, ring: Ring) -> Feature:
    properties = {
        "unit_id": unit_id, "level": level, "parent_id": parent_id,
        "name_kk": name.kk, "name_ru": name.ru, "name_en": name.en,
        "valid_from": VALID_FROM, "valid_to": "",
    }  # fmt: skip
    return {"type": "Feature", "properties": properties, "geometry": _polygon(np.array(ring))}


def _polygon(ring: Coordinates) -> dict[str, Any]:
    """Return a GeoJSON polygon in degrees, closed."""
    degrees = to_degrees(ring).tolist()
    return {"type": "Polygon", "coordinates": [[*degrees, degrees[0]]]}


def _cell(hub: Place, hubs: list[Place]) -> Ring:
    """Return the part of the district that is nearer to a hub than to the district's other hubs."""
    ring = list(DISTRICTS[hub.district])
    for other in hubs:
        if other.district == hub.district and other is not hub:
            ring = _clipped(ring, hub.at, other.at)
    return ring


def _clipped(ring: Ring, near: Point, far: Point) -> Ring:
    """Cut a convex ring to the side of the perpendicular bisector where `near` lies."""
    normal = (far[0] - near[0], far[1] - near[1])
    middle = ((far[0] + near[0]) / 2, (far[1] + near[1]) / 2)
    sides = [normal[0] * (x - middle[0]) + normal[1] * (y - middle[1]) for x, y in ring]
    kept: Ring = []
    for k, (point, side) in enumerate(zip(ring, sides, strict=True)):
        after, after_side = ring[(k + 1) % len(ring)], sides[(k + 1) % len(ring)]
        if side <= 0:
            kept.append(point)
        if (side < 0 < after_side) or (after_side < 0 < side):
            share = side / (side - after_side)
            kept.append((point[0] + share * (after[0] - point[0]), point[1] + share * (after[1] - point[1])))
    return kept


def _shared_corners(cells: list[Ring]) -> list[Ring]:
    """Make equal corners equal, and give every cell the corners of its neighbours that lie on its sides."""
    corners: Ring = []
    for cell in cells:
        for point in cell:
            if all(distance_km(point, corner) > _SAME_KM for corner in corners):
                corners.append(point)
    shared: list[Ring] = []
    for cell in cells:
        ring = [min(corners, key=partial(distance_km, point)) for point in cell]
        ring = [point for k, point in enumerate(ring) if point != ring[k - 1]]
        whole: Ring = []
        for start, end in zip(ring, ring[1:] + ring[:1], strict=True):
            length = distance_km(start, end)
            between = [
                corner
                for corner in corners
                if corner not in (start, end)
                and distance_km(start, corner) + distance_km(corner, end) - length < 1e-9 * length + 1e-9
            ]
            whole += [start, *sorted(between, key=partial(distance_km, start))]
        shared.append(whole)
    return shared


def _dense(ring: Ring) -> Ring:
    """Return the ring with a vertex every few km, the same ones from both sides of a border."""
    dense: Ring = []
    for start, end in zip(ring, ring[1:] + ring[:1], strict=True):
        low, high = min(start, end), max(start, end)
        n_steps = max(1, math.ceil(distance_km(low, high) / _SIDE_KM))
        inner = [
            (low[0] + (high[0] - low[0]) * k / n_steps, low[1] + (high[1] - low[1]) * k / n_steps)
            for k in range(1, n_steps)
        ]
        dense += [start, *(inner if start == low else inner[::-1])]
    return dense


def _outline(rings: list[Ring]) -> Ring:
    """Return the ring around several rings that share their sides."""
    sides = {side for ring in rings for side in zip(ring, ring[1:] + ring[:1], strict=True)}
    after = {start: end for start, end in sides if (end, start) not in sides}
    outline = [min(after)]
    while (following := after[outline[-1]]) != outline[0]:
        outline.append(following)
    return outline
