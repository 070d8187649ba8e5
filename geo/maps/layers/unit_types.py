"""Types of the units of the whole study, each with the rule that gave it."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from geo.language import gettext as _
from geo.language import mark
from geo.maps.layers.layer import Layer
from geo.maps.shapes import owned_rings, position, thinned
from geo.study.diagnosis.words import FACTS, UNIT_TYPES, rule_in_words
from geo.study.result import StudyResult
from geo.study.wording import area_name, word

#: Light, so that everything above stays readable; the name of the type stands on the unit for whoever sees no colour.
FILLS: Final = {
    "underdeveloped": "#e0c9a6",
    "depressed": "#cdbfe0",
    "concentration": "#f2b8b0",
    "agglomeration_crisis": "#f0d98a",
    "stable": "#cfe5cf",
    "unknown": "#ffffff",
}


def _profiles(result: StudyResult) -> pd.DataFrame:
    """Return `unit_profile` of the units whose polygons the map has, in their order.

    Empty for a single unit, and where the type of none is known.
    """
    rows = result.tables["unit_profile"].set_index("area_id")
    rows = rows.reindex([str(unit) for unit in result.boundary.index])
    known = rows["unit_type"].map(_type_code) != "unknown"
    return rows if len(rows) > 1 and known.any() else rows.iloc[:0]


def _units(result: StudyResult) -> list[dict[str, Any]]:
    """Return the type of each unit, where its name stands, and which areas of layer `boundary` are its own."""
    rows = _profiles(result)
    if rows.empty:
        return []
    geometries = result.boundary.geometry
    owners = [owner for owner, _rings in owned_rings(thinned(geometries.dropna().to_numpy()))]
    numbered = {unit: number for number, unit in enumerate(geometries.dropna().index)}
    return [
        {
            "type": _type_code(row["unit_type"]),
            "fill": FILLS[_type_code(row["unit_type"])],
            "at": position(geometries[unit].representative_point()),
            "areas": [number for number, owner in enumerate(owners) if owner == numbered[unit]],
        }
        for unit, (_area, row) in zip(result.boundary.index, rows.iterrows(), strict=True)
        if unit in numbered
    ]


def _type_code(value: object) -> str:
    return value if isinstance(value, str) and value in UNIT_TYPES else "unknown"


def unit_texts(result: StudyResult) -> list[dict[str, str]]:
    """Return name, type and reason of each unit of the layer, in the language in use."""
    rows = _profiles(result)
    shown = result.boundary.geometry.notna().to_numpy() if len(rows) else []
    return [
        {"name": area_name(result, str(area)), "type": word(UNIT_TYPES, _type_code(row["unit_type"])), "why": _why(row)}
        for area, row in rows[shown].iterrows()
    ]


def _why(row: pd.Series[Any]) -> str:
    if isinstance(row["rule"], str) and row["rule"]:
        return rule_in_words(row["rule"])
    missing = row["unknown_facts"] if isinstance(row["unknown_facts"], str) else ""
    if missing:
        return _("not known: {facts}").format(facts=", ".join(word(FACTS, fact) for fact in missing.split()))
    return _("no rule of the other types holds")


UNIT_TYPES_LAYER: Final = Layer(mark("Types of units"), _units, shown=False)
