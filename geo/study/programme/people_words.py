"""Codes of the tables about people and proposals in words, marked for translation; pages and workbook share them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from geo.language import mark

METHODS: Final = {
    "cohorts": mark("by age"),
    "growth": mark("own growth, shrunk towards the unit's"),
    "unit_growth": mark("the unit's growth, as no earlier count is known"),
    "unknown": mark("unknown"),
}
WARNINGS: Final = {"closure_spiral": mark("families may leave with it")}
ASSET_VERDICTS: Final = {
    "lasting": mark("enough people to the end"),
    "falls_short": mark("too few in the second half of its lifetime"),
    "stranded": mark("too few before half of its lifetime"),
    "no_threshold": mark("no norm asks for a number"),
    "unknown": mark("unknown"),
}
OPENED_BY: Final = {"programme": mark("the programme"), "headline": mark("headline plan")}
ENTRIES: Final = {"proposal": mark("community"), "candidate": mark("solver")}
MEASURED: Final = "measured"
BREAKS_TOLERANCE: Final = "breaks_tolerance"
SCORE_STATUS: Final = {
    MEASURED: mark("measured"),
    BREAKS_TOLERANCE: mark("measured, but trips get longer than the study allows"),
    "hazard_zone": mark("not measured: nothing may be built in this zone"),
    "does_not_serve": mark("not measured: its level is too low to serve"),
    "not_assessable": mark("not measured: too far from known roads"),
}
HAZARDS: Final = {
    "radiation": mark("radiation"),
    "salt_dust": mark("salt and dust"),
    "flood": mark("flood"),
    "industrial": mark("industry"),
    "protected": mark("protected area"),
}
EFFECTS: Final = {
    "exclude": mark("nothing may be built"),
    "penalise": mark("building costs more"),
    "note": mark("noted only"),
}
#: By column.
PEOPLE_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "method": METHODS,
    "warning": WARNINGS,
    "asset_verdict": ASSET_VERDICTS,
    "opened_by": OPENED_BY,
    "entry": ENTRIES,
    "score_status": SCORE_STATUS,
    "hazard_kind": HAZARDS,
    "effect": EFFECTS,
}
