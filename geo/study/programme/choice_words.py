"""Codes of the tables of choices in words, and which of their columns list places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from geo.language import gettext as _
from geo.language import mark
from geo.study.config import StudyConfig
from geo.study.wording import by_what_counts, listed, word

FRONTIERS: Final = {
    "cost": mark("people beyond the norm, and cost"),
    "norm": mark("mean trip, and people beyond the norm"),
    "equity": mark("unequal trips, and mean trip"),
}
CAPS: Final = {
    "per_head": mark("money per person helped"),
    "per_place": mark("money per place"),
}
WAYS: Final = {
    "today": mark("today"),
    "solver": mark("headline plan"),
    "top_down": mark("from the centres down"),
    "bottom_up": mark("from the villages up"),
    "top_down_whole": mark("from the centres down, to the end"),
    "bottom_up_whole": mark("from the villages up, to the end"),
}
WORDS: Final = {
    "frontier": FRONTIERS,
    "point_role": {
        "point": mark("plan between the goals"),
        "headline": mark("headline plan"),
        "both": mark("headline plan, and one between the goals"),
    },
    "cap": CAPS,
    "excluded_by": CAPS,
    "moment": {"today": mark("today"), "plan": mark("with the best plan")},
    "share_of": {"sites": mark("new sites"), "money": mark("money")},
    "who_plans": {
        "local": mark("the local plans stand"),
        "together": mark("one plan for all"),
        "no-difference": mark("no difference"),
    },
    "way": WAYS,
    "site_role": {
        "hub": mark("centre"),
        "satellite": mark("satellite village"),
        "catchment": mark("villages that merged"),
        "chosen": mark("chosen by the solver"),
    },
}
#: Columns that list settlements or sites, separated by spaces.
SETTLEMENT_LISTS: Final = ("helped_without", "only_too_dear", "over_line", "lost", "members")
SITE_LISTS: Final = ("separate_sites", "joint_sites")


def site_reason(row: Mapping[Any, Any], names: Mapping[Any, str]) -> str:
    """Return why a way of planning opens a site, by a row of `ways_sites`: which hub it belongs to, what merged there.

    Parameters
    ----------
    row
        A row of `ways_sites`.
    names
        Names of the unit's settlements by code.
    """
    role = word(WORDS["site_role"], row["site_role"])
    if row["parent_settlement_id"] in names:
        return _("{role} of {place}").format(role=role, place=names[row["parent_settlement_id"]])
    if row["members"]:
        return _("{role}: {places}").format(role=role, places=listed([names[code] for code in row["members"].split()]))
    return role


def frontier_in_words(config: StudyConfig, name: object) -> str:
    """Return two goals set against each other in words: of people, or of settlements where the study counts these."""
    settlements = {
        "cost": _("settlements beyond the norm, and cost"),
        "norm": _("mean trip, and settlements beyond the norm"),
    }
    return by_what_counts(config, word(FRONTIERS, name), settlements.get(str(name)) or word(FRONTIERS, name))
