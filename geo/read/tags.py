"""What OpenStreetMap's road tags mean in the ROADS table. One mapping for extracts, line layers and OSMnx graphs.

The values are in `osm_classes.csv` and `osm_values.csv` beside this file, each with its source.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any, Final, Literal

from geo.read.months import conditional_months, seasonal_months, write_months

#: From the general to the particular; the most particular one that is tagged counts (OpenStreetMap wiki, Key:access).
ACCESS_KEYS: Final = ("access", "vehicle", "motor_vehicle", "motorcar")
#: Every tag that decides a column of ROADS.
ROAD_KEYS: Final = (
    *("highway", "route", "name", "ref", "surface", "smoothness", "tracktype", "maxspeed", "maxspeed:forward"),
    *("maxspeed:backward", "oneway", "junction", "bridge", "ford", "duration", "winter_road", "ice_road", "seasonal"),
    *ACCESS_KEYS,
    *(f"{key}:conditional" for key in ACCESS_KEYS),
)
_KPH_PER_MPH: Final = 1.609344
_SLOWEST_KPH: Final = 1.0
_FASTEST_KPH: Final = 150.0
#: The worst surface of a list counts.
_WORST_FIRST: Final = ("snow_ice", "earth", "gravel", "asphalt")
_SPEED: Final = re.compile(r"(\d+(?:[.,]\d+)?)\s*(km/?h|kmh|kph|mph)?")
_CLOCK: Final = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?")
_ISO: Final = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?")
_DIRECTIONS: Final = {
    **dict.fromkeys(("yes", "1", "true"), "forward"),
    **dict.fromkeys(("-1", "reverse"), "backward"),
    **dict.fromkeys(("no", "0", "false"), "no"),
}


@dataclass(frozen=True)
class RoadTags:
    """A road's columns of the ROADS table, under file names.

    Parameters
    ----------
    columns
        File name of the column -> value.
    surface_imputed
        The surface is the usual one of the road's class, because none is tagged.
    unread
        Tags that mean something and could not be used, as ``key=value``.
    """

    columns: Mapping[str, Any]
    surface_imputed: bool = False
    unread: tuple[str, ...] = field(default=())


def load_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a data file beside this module."""
    text = resources.files("geo.read").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@lru_cache(maxsize=1)
def road_classes() -> Mapping[str, tuple[str, str]]:
    """Return highway value -> (road category, default surface)."""
    return {row["highway"]: (row["road_category"], row["default_surface"]) for row in load_rows("osm_classes.csv")}


@lru_cache(maxsize=1)
def _meanings() -> Mapping[tuple[str, str], str]:
    return {(row["key"], row["value"]): row["means"] for row in load_rows("osm_values.csv")}


def meaning(key: str, value: str | None) -> str | None:
    """Return what a tag's value means to this program; None if it means nothing. A row ``*`` stands for every value."""
    if value is None:
        return None
    known = _meanings()
    return known.get((key, value)) or known.get((key, "*"))


def is_road(tags: Mapping[str, str]) -> bool:
    """Return whether a way is a road or a ferry at all: footways, cycleways, steps and building sites are not."""
    return tags.get("highway") in road_classes() or tags.get("route") == "ferry"


def open_to_cars(tags: Mapping[str, str]) -> Literal["yes", "no", "months"]:
    """Return whether a car may and can pass: always, never, or in the months of `open_months`."""
    if meaning("smoothness", tags.get("smoothness")) == "impassable":
        return "no"
    months, _unread = _open_months(tags)
    if months is not None and len(months) < 12:
        return "months" if months else "no"
    return "no" if months is None and _closed(tags) else "yes"


def read_road_tags(tags: Mapping[str, str]) -> RoadTags:
    """Return what a road's tags say.

    Parameters
    ----------
    tags
        Tags of a way for which `is_road` holds.

    Returns
    -------
    RoadTags
        Values that cannot be read are left at their defaults and named in `unread`.
    """
    unread: list[str] = []
    category, default_surface = road_classes().get(tags.get("highway", ""), ("ferry", "unknown"))
    winter = category == "winter_road" or "yes" in {tags.get("winter_road"), tags.get("ice_road")}
    if winter:
        category, default_surface = "winter_road", "snow_ice"
    surface = _surface(tags, unread)
    months, not_months = _open_months(tags)
    unread += not_months
    columns = {
        "name": tags.get("name") or tags.get("ref"),
        "road_category": category,
        "surface": surface or default_surface,
        "condition": _condition(tags, unread),
        "maxspeed_kmh": _limit_kph(tags, unread),
        "oneway": _direction(tags, unread),
        "bridge": tags.get("bridge", "no") != "no",
        "ford": tags.get("ford", "no") != "no",
        "duration_minutes": _duration_minutes(tags, unread),
        "winter_road": winter,
        "open_months": write_months(months) if months else None,
    }
    return RoadTags(columns, surface is None and default_surface != "unknown", tuple(unread))


def _values(text: str) -> list[str]:
    return [part.strip().lower() for part in re.split(r"[;|]", text) if part.strip()]


def _closed(tags: Mapping[str, str]) -> bool:
    stated = [tags[key] for key in ACCESS_KEYS if key in tags]
    return bool(stated) and meaning("access", stated[-1]) == "closed"


def _open_months(tags: Mapping[str, str]) -> tuple[frozenset[int] | None, list[str]]:
    """Return the open months, None where no tag speaks of months, and the tags that could not be read."""
    unread = []
    months: frozenset[int] | None = None
    conditions = [f"{key}:conditional" for key in ACCESS_KEYS if f"{key}:conditional" in tags]
    if conditions:
        months = conditional_months(tags[conditions[-1]], closed=_closed(tags))
        if months is None:
            unread.append(f"{conditions[-1]}={tags[conditions[-1]]}")
    seasonal = tags.get("seasonal", "no")
    if months is None and seasonal != "no":
        months = seasonal_months(seasonal)
        if months is None:
            unread.append(f"seasonal={seasonal}")
        elif _closed(tags):
            months = None
    return months, unread


def _surface(tags: Mapping[str, str], unread: list[str]) -> str | None:
    """Return the worst surface tagged; the kind of track where no surface is tagged; None where nothing is."""
    groups = []
    for value in _values(tags.get("surface", "")):
        group = meaning("surface", value)
        groups.append(group)
        if group is None:
            unread.append(f"surface={value}")
    known = [group for group in _WORST_FIRST if group in groups]
    return known[0] if known else meaning("tracktype_surface", tags.get("tracktype"))


def _condition(tags: Mapping[str, str], unread: list[str]) -> str:
    for key in ("smoothness", "tracktype"):
        value = tags.get(key)
        state = meaning(key, value)
        if state is not None:
            return "poor" if state == "impassable" else state
        if value is not None:
            unread.append(f"{key}={value}")
    return "unknown"


def _limit_kph(tags: Mapping[str, str], unread: list[str]) -> float | None:
    """Return the lowest speed limit tagged; limits by zone (``KZ:rural``) follow from the class and are not used."""
    keys = ("maxspeed",) if "maxspeed" in tags else ("maxspeed:forward", "maxspeed:backward")
    limits = []
    for key in keys:
        for value in _values(tags.get(key, "")):
            if value == "none":
                continue
            speed = _SPEED.fullmatch(value)
            limit = float(speed[1].replace(",", ".")) * (_KPH_PER_MPH if speed[2] == "mph" else 1.0) if speed else 0.0
            if _SLOWEST_KPH <= limit <= _FASTEST_KPH:
                limits.append(limit)
            else:
                unread.append(f"{key}={value}")
    return min(limits, default=None)


def _direction(tags: Mapping[str, str], unread: list[str]) -> str:
    value = tags.get("oneway")
    if value in _DIRECTIONS:
        return _DIRECTIONS[value]
    if value is not None:
        unread.append(f"oneway={value}")
    one_way = tags.get("junction") in {"roundabout", "circular"} or tags.get("highway") == "motorway"
    return "forward" if one_way else "no"


def _duration_minutes(tags: Mapping[str, str], unread: list[str]) -> float | None:
    """Return a ferry's crossing time: ``1:30``, ``01:30:00``, ``45`` (minutes) or ``PT1H30M``."""
    value = tags.get("duration")
    if value is None or tags.get("route") != "ferry":
        return None
    if clock := _CLOCK.fullmatch(value):
        return int(clock[1]) * 60 + int(clock[2]) + int(clock[3] or 0) / 60
    if value.isdecimal():
        return float(value)
    iso = _ISO.fullmatch(value)
    if iso and (iso[1] or iso[2]):
        return int(iso[1] or 0) * 60.0 + int(iso[2] or 0)
    unread.append(f"duration={value}")
    return None
