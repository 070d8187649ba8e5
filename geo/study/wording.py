"""Names of places, seasons, goals and verdicts in the language in use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from geo.language import current, mark, ngettext, numbers
from geo.language import gettext as _
from geo.study.config import StudyConfig
from geo.study.result import HEADLINE, PROPOSAL, WHOLE_STUDY, WORST, StudyResult

#: Names spelled out in a sentence before the rest is counted.
_NAMES_SHOWN = 4
#: Columns ``shown_<language>`` of a layer hold the names that tell namesakes apart (`geo.study.naming`).
SHOWN: Final = "shown"
LEVELS: Final = {
    "medpunkt": mark("medical point"),
    "fap": mark("feldsher point"),
    "ambulatory": mark("ambulatory"),
    "phc_centre": mark("primary-care centre"),
    "hospital": mark("hospital"),
    "primary": mark("primary school"),
    "basic": mark("basic school"),
    "secondary": mark("secondary school"),
    "clinic": mark("clinic"),
    "school": mark("school"),
    "visits": mark("visits by a medical worker"),
    "ambulance": mark("ambulance post"),
    "settlement": mark("settlement"),
}


def word(words: Mapping[str, str], code: Any) -> str:
    """Return a code in words in the language in use; a code without words is shown with spaces for underscores."""
    if pd.isna(code):
        return ""
    text = str(code)
    return _(words[text]) if text in words else text.replace("_", " ")


def name_of(row: pd.Series) -> str:
    """Return the name of a settlement, site or unit in the language in use, else in another; never a bare id."""
    names = [row.get(f"{SHOWN}_{current()}"), *(row.get(f"name_{language}") for language in _order())]
    return _first(names, row.name if isinstance(row.name, str) else row.get("site_id", ""))


def names_of(layer: pd.DataFrame) -> list[str]:
    """Return the names of settlements or sites as `name_of` does, all at once."""
    order = [f"{SHOWN}_{current()}", *(f"name_{language}" for language in _order())]
    columns = [layer[column].tolist() for column in order if column in layer]
    ids = layer["site_id"].tolist() if "site_id" in layer else layer.index.tolist()
    return [_first(names, own) for own, *names in zip(ids, *columns, strict=True)]


def _order() -> tuple[str, ...]:
    return (current(), "ru", "kk", "en") if current() != "en" else ("en", "ru", "kk")


def _first(names: Sequence[object], own: object) -> str:
    known = next((name for name in names if isinstance(name, str) and name), None)
    return known if known is not None else _("unnamed place {id}").format(id=own)


def settlement_name(result: StudyResult, settlement_id: str) -> str:
    """Return a settlement's name; one outside the unit has its unit's beside it, or is named by its code."""
    if settlement_id in result.settlements.index:
        return name_of(result.settlements.loc[settlement_id])
    if settlement_id in result.elsewhere:
        return result.elsewhere[settlement_id][current()]
    return _("unnamed place {id}").format(id=settlement_id)


def area_name(result: StudyResult, code: str) -> str:
    """Return the name of an administrative area; the whole study has the unit's, an unknown area its code."""
    if code == WHOLE_STUDY:
        return result.unit_name[current()]
    if not code:
        return _("in no area")
    return result.areas[code][current()] if code in result.areas else code


def site_name(result: StudyResult, service: str, site_id: str) -> str:
    """Return the name of a facility or candidate."""
    rows = result.sites[(result.sites["service"] == service) & (result.sites["site_id"] == site_id)]
    return name_of(rows.iloc[0]) if len(rows) else _("unnamed place {id}").format(id=site_id)


def counted(config: StudyConfig) -> str:
    """Return what a study counts, as the head of a column."""
    return _("Settlements") if config.demand.counts == "settlements" else _("People")


def by_what_counts(config: StudyConfig, people: str, settlements: str) -> str:
    """Return a text about people, or the one about settlements where the study counts settlements."""
    return settlements if config.demand.counts == "settlements" else people


def people_are_imputed(result: StudyResult, service: str) -> list[bool]:
    """Return which settlements' people were not counted but worked out."""
    if result.service(service).demand_share < 1 or result.config.demand.counts == "settlements":
        return [True] * len(result.settlements)
    return [bool(value) for value in result.settlements["population_imputed"].fillna(value=False)]


def season_label(result: StudyResult, season: str) -> str:
    """Return the name of a season in the language in use."""
    if season == WORST:
        return _("worst season")
    config = next(item for item in result.config.season if item.name == season)
    if config.label is not None:
        return config.label.in_language(current())
    known = {"dry": _("dry season"), "winter": _("winter"), "thaw": _("thaw"), "all_year": _("all year")}
    return known.get(season, season.replace("_", " "))


def listed(names: Sequence[str], shown: int = _NAMES_SHOWN) -> str:
    """Return names as a list in words: all of them, or the first ones and how many more."""
    if len(names) > shown + 1:
        rest = len(names) - shown
        more = ngettext("{n} more place", "{n} more places", rest).format(n=rest)
        return _("{names} and {last}").format(names=", ".join(names[:shown]), last=more)
    if len(names) < 2:
        return "".join(names)
    return _("{names} and {last}").format(names=", ".join(names[:-1]), last=names[-1])


def settlement_or_site(result: StudyResult, row: pd.Series) -> str:
    """Return the name of the settlement a recommendation is about, or of the site where it stands in none."""
    if row["settlement_id"]:
        return settlement_name(result, str(row["settlement_id"]))
    return site_name(result, str(row["service"]), str(row["site_id"]))


def goal(name: str) -> str:
    """Return the name of a plan's goal in words."""
    return {
        HEADLINE: _("fewest people below the norm, then least unequal, then cheapest"),
        "lexicographic": _("fewest people below the norm, then least unequal, then cheapest"),
        "max-cover": _("most people within the norm"),
        "p-median": _("shortest mean trip"),
        "kolm-pollak": _("least unequal (equally-distributed time)"),
        "p-center": _("shortest worst trip"),
        "set-cover": _("fewest sites that bring everybody within the norm"),
        PROPOSAL: _("proposal"),
    }.get(name, name)


def verdict(row: pd.Series) -> str:
    """Return the verdict of one row of `access_settlement` in words."""
    limit = numbers.minutes(float(row["limit_minutes"]))
    if row["verdict"] == "within":
        return _("within {limit}").format(limit=limit)
    if row["verdict"] == "beyond":
        return _("beyond {limit}").format(limit=limit)
    km = numbers.decimal(float(row["nearest_road_km"]), 0) if pd.notna(row["nearest_road_km"]) else None
    if row["verdict"] == "not_assessable":
        return (
            _("not assessable: nearest known road {km} km").format(km=km) if km else _("not assessable: no road known")
        )
    if row["reason"] == "far-from-road":
        return _("unreachable: nearest road {km} km").format(km=km) if km else _("unreachable: no road")
    return {
        "no-facility": _("unreachable: no facility is known"),
        "closed-in-season": _("unreachable: its roads are closed in this season"),
    }.get(str(row["reason"]), _("unreachable: no road leads to a facility in any season"))
