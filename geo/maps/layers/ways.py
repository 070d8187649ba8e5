"""Sites that planning from the centres and planning from the villages would open, in their order."""

from __future__ import annotations

from typing import Any, Final

from geo.language import gettext as _
from geo.language import mark, ngettext, numbers
from geo.maps.layers.layer import Layer
from geo.maps.shapes import position
from geo.study.programme.choice_words import site_reason
from geo.study.result import StudyResult
from geo.study.wording import names_of

#: Ways that are drawn: each to its end, and which of its sites the headline plan's number or money allows.
_WAYS: Final = {"top_down_whole": "top_down", "bottom_up_whole": "bottom_up"}


def _shown(result: StudyResult) -> list[dict[Any, Any]]:
    """Return the rows of `ways_sites` of the two ways, each to its end, whose site is known."""
    rows = result.tables["ways_sites"]
    return rows[rows["way"].isin(_WAYS) & rows["site_id"].isin(result.sites["site_id"])].to_dict("records")


def _ways(result: StudyResult) -> list[dict[str, Any]]:
    """Return service, way, order, place and whether the number or money of the headline plan is enough for the site."""
    table = result.tables["ways_sites"]
    affordable = set(zip(table["service"], table["way"], table["site_id"], strict=True))
    sites = result.sites.drop_duplicates("site_id").set_index("site_id").geometry
    return [
        {
            "service": str(row["service"]),
            "way": _WAYS[row["way"]],
            "order": int(row["order"]),
            "position": position(sites[row["site_id"]]),
            "within": (row["service"], _WAYS[row["way"]], row["site_id"]) in affordable,
        }
        for row in _shown(result)
    ]


def _texts(result: StudyResult) -> list[str]:
    """Return per site why the way opens it and how many would use it."""
    names = dict(zip(result.settlements.index, names_of(result.settlements), strict=True))
    return [_text(row, names) for row in _shown(result)]


def _text(row: dict[Any, Any], names: dict[Any, str]) -> str:
    users = ngettext(
        "{n} user within the norm",
        "{n} users within the norm",
        int(row["users"]),
    ).format(n=numbers.persons(row["users"]))
    text = _("{reason}; {users}") if row["viable"] else _("{reason}; {users}, too few for a site to last")
    return text.format(reason=site_reason(row, names), users=users)


WAYS: Final = Layer(mark("From the centres, from the villages"), _ways, shown=False, words=_texts)
