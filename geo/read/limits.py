"""Speed limits as OpenStreetMap writes them: numbers with units, zones of a country, lists.

Zones are in `osm_speed_zones.csv` beside this file, each with its source, none of them verified.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from geo.read.values import load_rows, meaning, values_of

#: Tags that state a limit; the next group counts where the one before is not tagged.
_STATED: Final = (("maxspeed",), ("maxspeed:forward", "maxspeed:backward"))
#: Tags that name the zone a limit comes from; other values tell who put it there, such as ``sign``.
_ZONES: Final = ("maxspeed:type", "source:maxspeed", "zone:maxspeed", "zone:traffic")
LIMIT_KEYS: Final = (*(key for group in _STATED for key in group), *_ZONES)
_KPH_PER: Final = {"mph": 1.609344, "knots": 1.852}
_SLOWEST_KPH: Final = 1.0
_FASTEST_KPH: Final = 150.0
_SPEED: Final = re.compile(r"(\d+(?:[.,]\d+)?)\s*(km/?h|kmh|kph|mph|knots)?")
_ZONE: Final = re.compile(r"([a-z]{2}(?:-[a-z]+)?):(.+)")
_NUMBERED: Final = re.compile(r"(?:zone:?)?(\d{1,3})")


@lru_cache(maxsize=1)
def _zones() -> Mapping[tuple[str, str], float]:
    rows = load_rows("osm_speed_zones.csv")
    return {(row["country"].lower(), row["zone"]): float(row["kmh"]) for row in rows}


def limit_kph(tags: Mapping[str, str], unread: list[str]) -> float | None:
    """Return the lowest speed limit tagged; what cannot be read is added to `unread`."""
    for keys in _STATED:
        if any(key in tags for key in keys):
            limits = [_one(key, value, unread) for key in keys for value in values_of(tags.get(key, ""))]
            return min((limit for limit in limits if limit is not None), default=None)
    for key in _ZONES:
        for value in values_of(tags.get(key, "")):
            if _ZONE.fullmatch(value):
                return _one(key, value, unread)
    return None


def _one(key: str, value: str, unread: list[str]) -> float | None:
    """Return one limit; None where there is none, or where it cannot be read."""
    word = meaning("maxspeed", value)
    if word == "none":
        return None
    limit = float(word) if word else (_number(value) or _of_zone(value) or 0.0)
    if _SLOWEST_KPH <= limit <= _FASTEST_KPH:
        return limit
    unread.append(f"{key}={value}")
    return None


def _number(value: str) -> float | None:
    speed = _SPEED.fullmatch(value)
    return float(speed[1].replace(",", ".")) * _KPH_PER.get(speed[2], 1.0) if speed else None


def _of_zone(value: str) -> float | None:
    """Return the limit of a zone such as ``kz:rural``, or of one that carries its number, such as ``de:zone:30``."""
    zone = _ZONE.fullmatch(value)
    if zone is None:
        return None
    numbered = _NUMBERED.fullmatch(zone[2])
    return float(numbered[1]) if numbered else _zones().get((zone[1], zone[2]))
