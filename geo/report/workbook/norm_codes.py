"""Codes of the tables of norms in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from geo.language import gettext as _
from geo.language import mark
from geo.study.wording import LEVELS

#: Tables whose rows are about norms.
NORM_TABLES: Final = ("norm_compliance", "norm_summary", "norm_gaps", "viability")
_STATUS: Final = {
    "met": mark("met"),
    "unmet": mark("not met"),
    "not_applicable": mark("does not apply"),
    "unknown": mark("unknown"),
}
_REASONS: Final = {
    "size-unknown": mark("people not known"),
    "density-unknown": mark("density of population not known"),
    "class-unknown": mark("role of the settlement not known"),
    "border-unknown": mark("not known whether a border settlement"),
    "no-band": mark("the pack says nothing about this size"),
    "supply-unknown": mark("facilities of the service not known"),
    "level-unknown": mark("level of a facility not known"),
    "level-not-studied": mark("the study does not list this level"),
    "load-unknown": mark("number of users not known"),
    "people-unknown": mark("people who go to the facility not all known"),
    "visits-unknown": mark("visits are not recorded"),
    "not-assessable": mark("too far from known roads to assess"),
    "no-season": mark("the study has no such season"),
    "no-way": mark("no way"),
}
_GAPS: Final = {
    "none": mark("nothing stands here"),
    "lower": mark("a lower level stands here"),
    "unknown": mark("unknown"),
}
_GAP_BASES: Final = {
    "size": mark("a norm asks for it by size"),
    "viability": mark("size would carry it, no norm asks"),
}
#: Words of those tables by column; other tables have other codes under the same heads.
NORM_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "status": _STATUS,
    "target_met": _STATUS,
    "reason": _REASONS,
    "gap": _GAPS,
    "basis": _GAP_BASES,
    "required_level": LEVELS,
    "present_level": LEVELS,
}


def about_settlements() -> str:
    """Return what stands for the service where a norm is about the settlement itself."""
    return _("settlement")
