"""OpenStreetMap places and facilities -> rows of SETTLEMENTS and FACILITIES."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import shapely

from geo.read.names import all_names, name_columns, same_name
from geo.read.osm_scan import Feature, facility_service
from geo.read.values import meaning

_GROUPED: Final = re.compile(r"[~≈]?\s*(\d{1,3}(?:[ \u00a0\u202f,.']\d{3})+|\d+)\b.*")
_YEAR: Final = re.compile(r"(\d{4})\b.*")
#: Words in a name that say that a facility is no longer in use.
_CLOSED_WORDS: Final = re.compile(r"\b(closed|закрыт\w*|жабылған|жабық)\b", re.IGNORECASE)


def drop_duplicates(
    features: Sequence[Feature], kind: Callable[[Feature], str | None], *, keep_inner: bool
) -> tuple[list[Feature], list[tuple[str, str]]]:
    """Drop features that stand inside an area of the same kind and mean the same thing.

    Two features mean the same if their names are the same but for spelling, or if one of them has no name; the one with
    a name is kept.

    Parameters
    ----------
    features
        Nodes and areas.
    kind
        What a feature is; only features of one kind can mean the same.
    keep_inner
        Of two with the same name keep the inner one (the label of a place), else the outer one (the school's ground).

    Returns
    -------
    list of Feature
        Those kept, in their order.
    list of (str, str)
        OSM id dropped, OSM id kept in its stead.
    """
    shapes = np.array([feature.shape for feature in features], dtype=object)
    points = shapely.point_on_surface(shapes)
    inner, outer = shapely.STRtree(shapes).query(points, predicate="within")
    size = shapely.area(shapes)
    dropped: dict[int, int] = {}
    for i, j in sorted(zip(inner.tolist(), outer.tolist(), strict=True)):
        one, other = features[i], features[j]
        if (size[i], -i) >= (size[j], -j) or kind(one) != kind(other) or i in dropped or j in dropped:
            continue
        named, other_named = bool(all_names(one.tags)), bool(all_names(other.tags))
        if named and other_named and not same_name(one.tags, other.tags):
            continue
        keep_one = named and (keep_inner or not other_named)
        dropped[j if keep_one else i] = i if keep_one else j
    kept = [feature for position, feature in enumerate(features) if position not in dropped]
    return kept, [(features[i].osm_id, features[j].osm_id) for i, j in sorted(dropped.items())]


def place_row(place: Feature) -> dict[str, Any]:
    """Return a row of SETTLEMENTS under file names. A place without a name is called by its kind and its OSM id."""
    tags = place.tags
    names = name_columns(tags)
    if not any(names.values()):
        names["name_en"] = f"Unnamed {tags['place'].replace('_', ' ')} {place.osm_id}"
    year = _YEAR.fullmatch(tags.get("population:date", ""))
    persons = population(tags)
    return {
        "settlement_id": place.osm_id,
        **names,
        **position(place.shape),
        "settlement_class": meaning("place", tags["place"]),
        "pop_total": persons,
        "pop_year": int(year[1]) if year and persons is not None else None,
        "pop_source": "OpenStreetMap" if persons is not None else None,
    }


def population(tags: Mapping[str, str]) -> int | None:
    """Return the tagged population: ``1200``, ``1 200``, ``~1,200 (2009)``; None if it is absent or no number."""
    number = _GROUPED.fullmatch(tags.get("population", "").strip())
    return int(re.sub(r"\D", "", number[1])) if number else None


def facility_row(facility: Feature) -> dict[str, Any]:
    """Return a row of FACILITIES under file names; the level is for the study to say."""
    tags = facility.tags
    gone = "yes" in {tags.get("disused"), tags.get("abandoned")} or any(map(_CLOSED_WORDS.search, all_names(tags)))
    capacity = tags.get("capacity") or tags.get("beds") or ""
    owner = tags.get("operator:type")
    return {
        "facility_id": facility.osm_id,
        **name_columns(tags),
        **position(facility.shape),
        "service": facility_service(tags),
        "level": None,
        "capacity": int(capacity) if capacity.isdecimal() else None,
        "ownership": "private" if owner == "private" else "public",
        "status": "closed" if gone else "open",
    }


def position(shape: shapely.Geometry) -> dict[str, float]:
    """Return lon and lat of a point, or of a point inside an area."""
    point = shapely.point_on_surface(shape)
    return {"lon": point.x, "lat": point.y}
