"""Tell which road tags were not used and which surfaces are assumed; the same words for every kind of file."""

from __future__ import annotations

from collections import Counter
from typing import Final

import geopandas as gpd

from geo.language import gettext as _
from geo.tables.check import Findings

#: Values that a message names.
_SHOWN: Final = 5


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
            _("Correct them in OpenStreetMap if they matter."),
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
