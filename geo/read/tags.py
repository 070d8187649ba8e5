"""What OpenStreetMap's road tags mean in the ROADS table. One mapping for extracts, line layers and OSMnx graphs.

The values are in `osm_classes.csv` and `osm_values.csv` beside this file, each with its source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from geo.read.access import ACCESS_KEYS, DRIVEN, HIERARCHIES, read_access, write_access
from geo.read.durations import minutes_of
from geo.read.limits import LIMIT_KEYS, limit_kph
from geo.read.months import ALL_YEAR, NEVER, Months, opening_months, seasonal_months
from geo.read.values import load_rows, meaning, values_of
from geo.tables.inputs import VEHICLES, WALK

#: From the general to the particular; the most particular one that is tagged counts.
_ONEWAY_KEYS: Final = ("oneway", "oneway:vehicle", "oneway:motor_vehicle", "oneway:motorcar")
#: Tags that name a road and decide nothing.
NAME_KEYS: Final = frozenset({"name", "ref"})
#: Every tag that decides a column of ROADS.
ROAD_KEYS: Final = (
    *("highway", "route", "name", "ref", "surface", "smoothness", "tracktype", "junction", "motorroad", "bridge"),
    *("ford", "barrier", "duration", "opening_hours", "winter_road", "ice_road", "seasonal", "snowplowing"),
    *("winter_service", *_ONEWAY_KEYS, "oneway:foot", "oneway:conditional", *LIMIT_KEYS, *ACCESS_KEYS),
)
_ROAD_KEYS: Final = frozenset(ROAD_KEYS)
#: Combinations of tags that are remembered; a country has some ten thousand.
_REMEMBERED: Final = 65_536
#: The worst surface of a list counts.
_WORST_FIRST: Final = ("snow_ice", "earth", "gravel", "asphalt")
_DIRECTIONS: Final = {
    **dict.fromkeys(("yes", "1", "true"), "forward"),
    **dict.fromkeys(("-1", "reverse"), "backward"),
    **dict.fromkeys(("no", "0", "false"), "no"),
}
#: A road that nobody clears of snow is taken to be closed in these months (OpenStreetMap wiki, Key:winter_service:
#: it "might not be usable in wintertime with normal vehicles"; the months are assumed, unverified).
_SNOW: Final[Months] = frozenset({11, 12, 1, 2, 3})


@dataclass(frozen=True)
class RoadTags:
    """A road's columns of the ROADS table, under file names.

    Parameters
    ----------
    columns
        File name of the column -> value.
    open_to
        Vehicles that may use it in some month.
    surface_imputed
        The surface is the usual one of the road's class, because none is tagged.
    unread
        Tags that mean something and could not be used, as ``key=value``.
    told
        Codes of `geo.read.road_notes`: readings that a planner should know of.
    """

    columns: Mapping[str, Any]
    open_to: frozenset[str]
    surface_imputed: bool = False
    unread: tuple[str, ...] = field(default=())
    told: tuple[str, ...] = field(default=())


@dataclass
class _Notes:
    """What is noticed while tags are read."""

    unread: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


@lru_cache(maxsize=1)
def road_classes() -> Mapping[str, tuple[str, str, frozenset[str]]]:
    """Return highway value -> (road category, default surface, vehicles that it is closed to)."""
    return {
        row["highway"]: (row["road_category"], row["default_surface"], frozenset(row["closed_to"].split()))
        for row in load_rows("osm_classes.csv")
    }


def is_road(tags: Mapping[str, str], *, paths: bool = False) -> bool:
    """Return whether a way is a road or a ferry, or with `paths` a way for walkers alone; building sites are not."""
    known = road_classes().get(tags.get("highway", ""))
    if known is None:
        return tags.get("route") == "ferry"
    return paths or known[0] != "path"


def road_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the tags that decide a column of ROADS."""
    return {key: value for key, value in tags.items() if key in _ROAD_KEYS}


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
    return _read(tuple(sorted(item for item in tags.items() if item[0] in _ROAD_KEYS and item[0] not in NAME_KEYS)))


def road_name(tags: Mapping[str, str]) -> str | None:
    """Return the name of a road, or its number."""
    return tags.get("name") or tags.get("ref")


@lru_cache(maxsize=_REMEMBERED)
def _read(items: tuple[tuple[str, str], ...]) -> RoadTags:
    """Read the tags that decide something; the same few combinations come again and again."""
    tags = dict(items)
    notes = _Notes()
    is_ferry = tags.get("route") == "ferry"
    usual = ("ferry", "unknown", frozenset[str]())
    category, default_surface, closed_to = usual if is_ferry else road_classes().get(tags.get("highway", ""), usual)
    winter = category == "winter_road" or "yes" in {tags.get("winter_road"), tags.get("ice_road")}
    if winter:
        category, default_surface = "winter_road", "snow_ice"
    surface = _surface(tags, notes)
    ford = meaning("ford", tags.get("ford")) or "none"
    oneway = _direction(tags, _ONEWAY_KEYS, notes)
    if oneway is None:
        implied = tags.get("junction") in {"roundabout", "circular"} or tags.get("highway") == "motorway"
        oneway = "forward" if implied else "no"
    months = _months(tags, closed_to, ford, winter=winter, is_ferry=is_ferry, notes=notes)
    written, closed = write_access(months)
    columns = {
        "road_category": category,
        "surface": surface or default_surface,
        "condition": _condition(tags, notes),
        "maxspeed_kmh": limit_kph(tags, notes.unread),
        "oneway": oneway,
        "oneway_walk": _direction(tags, ("oneway:foot",), notes) or "no",
        "bridge": tags.get("bridge", "no") != "no",
        "ford": ford != "none",
        "duration_minutes": minutes_of(tags.get("duration"), notes.unread) if is_ferry else None,
        "winter_road": winter,
        "open_months": written,
        "closed_to": closed,
        "border_crossing": tags.get("barrier") == "border_control",
    }
    return RoadTags(
        columns,
        frozenset(vehicle for vehicle, open_in in months.items() if open_in),
        surface is None and default_surface != "unknown",
        tuple(dict.fromkeys(notes.unread)),
        tuple(dict.fromkeys(notes.told)),
    )


def _months(
    tags: Mapping[str, str], closed_to: frozenset[str], ford: str, *, winter: bool, is_ferry: bool, notes: _Notes
) -> dict[str, Months]:
    """Return the months in which each vehicle may and can pass."""
    by_class = closed_to | ({WALK} if tags.get("motorroad") == "yes" else set())
    changing = "reversible" in {tags.get(key) for key in _ONEWAY_KEYS}
    season, unread_season = _season(tags, is_ferry=is_ferry)
    cleared = not _uncleared(tags) or winter or (season is not None and bool(season & _SNOW))
    found = {}
    for vehicle in VEHICLES:
        if vehicle not in by_class:
            access = read_access(tags, vehicle, ALL_YEAR, HIERARCHIES[vehicle], notes.unread)
        else:
            # What is closed by its class is opened by the particular key of walkers only, never by a general one.
            own = ("foot",) if vehicle == WALK else ()
            access = read_access(tags, vehicle, NEVER, own, notes.unread)
        months = access.months if season is None or access.by_month else access.months & season
        if vehicle in DRIVEN:
            if changing or ford == "on_foot" or meaning("smoothness", tags.get("smoothness")) == "impassable":
                months = NEVER
            if not cleared:
                months -= _SNOW
        found[vehicle] = NEVER if ford == "boat" else months
    notes.unread += unread_season
    if not cleared and closed_to.isdisjoint(DRIVEN):
        notes.told.append("not-cleared")
    if changing:
        notes.told.append("reversible")
    return found


def _uncleared(tags: Mapping[str, str]) -> bool:
    return "no" in {tags.get("snowplowing"), tags.get("winter_service")}


def _season(tags: Mapping[str, str], *, is_ferry: bool) -> tuple[Months | None, list[str]]:
    """Return the months named by `seasonal`, or for a ferry by `opening_hours`, and what could not be read."""
    unread: list[str] = []
    for key, read in (("seasonal", seasonal_months), ("opening_hours", opening_months if is_ferry else None)):
        value = tags.get(key, "no")
        if read is None or value in {"no", "24/7"}:
            continue
        months = read(value)
        if months is not None:
            return months, unread
        unread.append(f"{key}={value}")
    return None, unread


def _surface(tags: Mapping[str, str], notes: _Notes) -> str | None:
    """Return the worst surface tagged; the kind of track where no surface is tagged; None where nothing is."""
    groups = []
    for value in values_of(tags.get("surface", "")):
        group = meaning("surface", value)
        groups.append(group)
        if group is None:
            notes.unread.append(f"surface={value}")
    known = [group for group in _WORST_FIRST if group in groups]
    return known[0] if known else meaning("tracktype_surface", tags.get("tracktype"))


def _condition(tags: Mapping[str, str], notes: _Notes) -> str:
    for key in ("smoothness", "tracktype"):
        value = tags.get(key)
        state = meaning(key, value)
        if state is not None:
            return "poor" if state == "impassable" else state
        if value is not None:
            notes.unread.append(f"{key}={value}")
    return "unknown"


def _direction(tags: Mapping[str, str], keys: tuple[str, ...], notes: _Notes) -> str | None:
    """Return the direction that the most particular key states; None where none does.

    Where directions take turns (``alternating``) both are open, and waiting is not counted; where the direction changes
    by the hour (``reversible``) nobody is sent there (OpenStreetMap wiki, Key:oneway).
    """
    found = None
    for key in keys:
        value = tags.get(key)
        if value in _DIRECTIONS:
            found = _DIRECTIONS[value]
        elif value in {"alternating", "reversible"}:
            found = "no"
            notes.told += ["alternating"] if value == "alternating" else []
        elif value is not None:
            notes.unread.append(f"{key}={value}")
    if "oneway:conditional" in tags and "oneway" in keys:
        notes.unread.append(f"oneway:conditional={tags['oneway:conditional']}")
    return found
