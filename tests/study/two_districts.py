"""A tiny extract with two districts."""

from __future__ import annotations

from pathlib import Path

import osmium

#: Two districts side by side: West from 69.9 E and East from 70.1 E, both from 50.0 to 50.2 N. A road runs through both
#: and has a border control; besides a ferry, a winter road with a ford, a road closed in winter, and a bridge over it.
NODES: dict[int, tuple[float, float, dict[str, str]]] = {
    1: (69.92, 50.10, {}), 2: (69.98, 50.10, {}), 3: (70.06, 50.10, {"barrier": "border_control"}),
    4: (70.12, 50.10, {}), 5: (70.18, 50.10, {}), 6: (69.98, 50.14, {}), 7: (69.98, 50.04, {"ford": "yes"}),
    8: (69.98, 50.01, {}), 9: (70.12, 50.15, {}), 10: (70.12, 50.05, {}),
    11: (70.00, 50.06, {}), 12: (70.00, 50.13, {}),
    20: (69.90, 50.00, {}), 21: (70.10, 50.00, {}), 22: (70.10, 50.20, {}), 23: (69.90, 50.20, {}),
    24: (70.30, 50.00, {}), 25: (70.30, 50.20, {}),
    40: (69.921, 50.101, {"place": "village", "name": "Қызыл", "name:ru": "Кызыл", "population": "300"}),
    41: (69.981, 50.139, {"place": "village", "name": "Ак-Су", "population": "120"}),
    42: (69.981, 50.012, {"place": "hamlet", "name": "=1+1"}),
    43: (70.119, 50.149, {"place": "village", "name": "East <b>bay</b>", "population": "80"}),
    50: (69.922, 50.102, {"amenity": "school", "name": "№1 мектеп"}),
    51: (70.118, 50.151, {"amenity": "school", "name": "East"}),
    52: (69.979, 50.138, {"amenity": "clinic", "name": "Мешіт Нұр"}),
}  # fmt: skip
WAYS: dict[int, tuple[list[int], dict[str, str]]] = {
    1: ([1, 2, 3, 4], {"highway": "secondary", "surface": "asphalt", "maxspeed": "60"}),
    2: ([4, 5], {"highway": "tertiary"}),
    3: ([2, 6], {"highway": "residential", "oneway": "yes"}),
    4: ([2, 7, 8], {"highway": "winter_road"}),
    5: ([4, 9], {"highway": "unclassified", "motor_vehicle:conditional": "no @ (Nov-Mar)"}),
    6: ([4, 10], {"route": "ferry", "duration": "00:20", "motor_vehicle": "yes"}),
    7: ([11, 12], {"highway": "primary", "bridge": "yes"}),
    30: ([20, 21, 22, 23, 20], {}),
    31: ([21, 24, 25, 22, 21], {}),
}
RELATIONS = {80: (30, "Батыс ауданы", "West District"), 81: (31, "Шығыс ауданы", "East District")}


def write_two_districts(path: Path) -> Path:
    """Write the extract, and return where it is."""
    new = osmium.osm.mutable
    with osmium.SimpleWriter(str(path)) as writer:
        for number, (lon, lat, tags) in NODES.items():
            writer.add_node(new.Node(id=number, version=1, location=(lon, lat), tags=tags))
        for number, (nodes, tags) in WAYS.items():
            writer.add_way(new.Way(id=number, version=1, nodes=nodes, tags=tags))
        for number, (way, kk, en) in RELATIONS.items():
            tags = {"type": "boundary", "boundary": "administrative", "admin_level": "6", "name": kk, "name:en": en}
            writer.add_relation(new.Relation(id=number, version=1, members=[("w", way, "outer")], tags=tags))
    return path
