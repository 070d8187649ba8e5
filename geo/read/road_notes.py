"""Tell which road tags were not used and which surfaces are assumed; the same words for every kind of file."""

from __future__ import annotations

from collections import Counter
from typing import Final

import geopandas as gpd

from geo.language import gettext as _
from geo.language import mark
from geo.tables.check import Findings

#: Values that a message names.
_SHOWN: Final = 5
_CORRECT: Final = mark("Correct them in OpenStreetMap if they matter.")
#: Code of `RoadTags.told` -> column, message, remedy.
_TOLD: Final = {
    "not-cleared": (
        "open_months",
        mark("Roads that nobody clears of snow, taken to be closed to vehicles from November to March: {n}."),
        mark("If they are driven in winter, correct snowplowing or winter_service in OpenStreetMap."),
    ),
    "reversible": (
        "oneway",
        mark("Roads whose direction changes by the hour, taken to be closed to vehicles: {n}."),
        _CORRECT,
    ),
    "alternating": (
        "oneway",
        mark("Narrow places where the directions take turns: {n}; waiting there is not counted."),
        mark("Nothing to do unless waiting is long."),
    ),
}


def note_unread(unread: Counter[str], found: Findings) -> None:
    """Name the road tags that could not be used, one note per key."""
    by_key: dict[str, Counter[str]] = {}
    for tag, n in unread.items():
        by_key.setdefault(tag.split("=", 1)[0], Counter())[tag] = n
    for key, tags in sorted(by_key.items()):
        listed = ", ".join(f"{tag} ({n})" for tag, n in sorted(tags.most_common(_SHOWN)))
        found.add(
            0,
            key,
            "unread-tag",
            _("Values of {key} that are not used: {values}; roads with them: {n}.").format(
                key=key, n=sum(tags.values()), values=listed
            ),
            _(_CORRECT),
            "note",
        )


def note_told(told: Counter[str], found: Findings) -> None:
    """Tell how many roads were read in a way that a planner should know of, one note per code."""
    for code, n in sorted(told.items()):
        column, message, remedy = _TOLD[code]
        found.add(0, column, code, _(message).format(n=n), _(remedy), "note")


def note_barriers(n: int, ids: str, found: Findings) -> None:
    """Tell where roads are cut by something that stops a vehicle."""
    found.add(
        0,
        "closed_to",
        "barrier",
        _("Barriers on roads that stop a vehicle, or stand on the state border: {n} ({ids}).").format(n=n, ids=ids),
        _("If one can be passed, add its access tags in OpenStreetMap."),
        "note",
    )


def note_imputed_surface(roads: gpd.GeoDataFrame, found: Findings) -> None:
    """Warn that surfaces are assumed from the class of the road."""
    found.add(
        0,
        "surface",
        "imputed-surface",
        _("Roads without a known surface: {n} of {total}; the usual one of their class is assumed.").format(
            n=int(roads["surface_imputed"].sum()), total=len(roads)
        ),
        _("Results in thaw depend on it: add surfaces where they are known."),
        "warning",
    )
