"""A seeded synthetic steppe country: what a page and a travel-time matrix of a whole country are measured on.

As large as Kazakhstan, and invented like the oblast of `geo.read.steppe`: nobody lives there. Land, settlements and
roads are made by the modules named ``country_*``; all of it is arrays, because there is a million of nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import osmium

from geo.read.steppe.country_land import N_DISTRICTS, Land, make_land, place_points, settlement_pull, to_degrees
from geo.read.steppe.country_places import (
    DISTRICT_CENTRE,
    OKRUG_CENTRE,
    VILLAGE,
    CountryFacilities,
    CountryPlaces,
    people_places,
    place_facilities,
)
from geo.read.steppe.country_roads import ROAD_CLASSES, CountryRoads, lay_country_roads, main_roads
from geo.read.steppe.ways import FIRST_NODE, FIRST_WAY, name_tags

SEED: Final = 20261122
#: At this distance between vertices there are about a million nodes on all roads.
VERTEX_KM: Final = 0.13


@dataclass(frozen=True, eq=False)
class Country:
    """The whole synthetic country, in plan km; `geo.read.steppe.country_land.to_degrees` gives WGS 84."""

    seed: int
    land: Land
    places: CountryPlaces
    facilities: tuple[CountryFacilities, ...]
    roads: CountryRoads


def build_country(seed: int = SEED, n_settlements: int = 6500, vertex_km: float = VERTEX_KM) -> Country:
    """Build the country; the same arguments give the same country.

    Parameters
    ----------
    seed
        Seed of all random numbers.
    n_settlements
        Settlements, the centres of the districts included.
    vertex_km
        Distance between vertices of roads; streets have one at each crossing.

    Raises
    ------
    ValueError
        If there are too few settlements for as many districts.
    """
    if n_settlements < 4 * N_DISTRICTS:
        raise ValueError(f"{n_settlements} settlements are too few for {N_DISTRICTS} districts")
    rng = [np.random.Generator(np.random.PCG64([seed, part])) for part in range(7)]
    land = make_land(rng[0])
    main = main_roads(land.towns, rng[1])
    points = place_points(land, settlement_pull(land, main.stations), n_settlements - N_DISTRICTS, rng[2])
    # Earlier people have a stream of their own, so that nothing else depends on them.
    places = people_places(land, points, rng[3], rng[6])
    facilities = place_facilities(places, rng[4])
    return Country(seed, land, places, facilities, lay_country_roads(places, main, vertex_km, rng[5]))


def write_country_extract(path: Path, country: Country) -> None:
    """Write roads, rivers and settlements as an ``.osm.pbf``, nodes and ways sorted, without dates.

    Parameters
    ----------
    path
        File to write; an older one is replaced.
    country
        What `build_country` returned.
    """
    roads, rivers = country.roads, country.land.rivers
    degrees = to_degrees(np.vstack([roads.points, *rivers, country.places.points]))
    first_place = len(degrees) - len(country.places.points)
    place_tags = dict(enumerate(_place_tags(country), start=first_place))
    no_tags: dict[str, str] = {}
    node, way = osmium.osm.mutable.Node, osmium.osm.mutable.Way
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for number, location in enumerate(map(tuple, degrees.tolist())):
            tags = place_tags.get(number, no_tags)
            writer.add_node(node(id=FIRST_NODE + number, version=1, location=location, tags=tags))
        nodes, starts = (roads.line_nodes + FIRST_NODE).tolist(), roads.line_start.tolist()
        class_tags = [{"highway": highway, "surface": surface} for highway, surface in ROAD_CLASSES]
        number = FIRST_WAY
        for start, end, road_class in zip(starts, starts[1:], roads.road_class.tolist(), strict=False):
            writer.add_way(way(id=number, version=1, nodes=nodes[start:end], tags=class_tags[road_class]))
            number += 1
        first = FIRST_NODE + len(roads.points)
        for river in rivers:
            course = list(range(first, first + len(river)))
            writer.add_way(way(id=number, version=1, nodes=course, tags={"waterway": "river"}))
            number, first = number + 1, first + len(river)


def _place_tags(country: Country) -> list[dict[str, str]]:
    """Return the tags of the settlements' place nodes."""
    values = dict.fromkeys(range(DISTRICT_CENTRE), "city")
    values |= {DISTRICT_CENTRE: "town", OKRUG_CENTRE: "village", VILLAGE: "village"}
    places = country.places
    return [
        {"place": values[kind], "population": str(persons), **name_tags(name)}
        for kind, persons, name in zip(places.kind.tolist(), places.persons.tolist(), places.names, strict=True)
    ]
