"""Parts of the diagnosis about areas and groups of people: who is below the norm, added up from settlements."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geo.language import gettext as _
from geo.language import ngettext, numbers
from geo.report.sections.content import Head, Part, TextTable, long_table
from geo.report.sections.names import service_name
from geo.study.diagnosis.groups import EVERYBODY
from geo.study.diagnosis.sentences import tier_of_areas
from geo.study.diagnosis.words import GROUPS, TIERS
from geo.study.figures import people, percent, tenths
from geo.study.headline import worst_season
from geo.study.result import BASELINE, WORST, StudyResult
from geo.study.wording import area_name, counted, season_label, word


def areas(result: StudyResult) -> Part:
    """Return the areas below, or within, the unit with the people who are not within the norm."""
    tables = [
        _areas(result, service.name, tier) for service in result.config.service for tier in _tiers(result, service.name)
    ]
    if not tables:
        text = _("The data name no areas within this unit, or a single one.")
        return Part("areas", _("Areas"), (text,))
    text = _("Where the people below the norm live. Every number is added up from the settlements of the area.")
    if len(result.config.season) > 1:
        text = _(
            "Where the people below the norm live. Every number is added up from the settlements of the area, each in "
            "its worst season; most people below first."
        )
    return Part("areas", _("Areas"), (text,), tuple(tables))


def _tiers(result: StudyResult, service: str) -> list[str]:
    """Return the tiers with several areas, the one that the first page names first."""
    rows = result.table("rollups", service=service, plan=BASELINE, season=WORST)
    n_areas = rows.groupby("tier", sort=False)["area_id"].nunique()
    first = tier_of_areas(result, service)
    return sorted((str(tier) for tier, count in n_areas.items() if count > 1), key=lambda tier: tier != first)


def _areas(result: StudyResult, service: str, tier: str) -> TextTable:
    rows = result.table("rollups", service=service, plan=BASELINE, season=WORST, tier=tier)
    rows = rows.sort_values(["beyond_persons", "area_id"], ascending=[False, True])
    cells = [
        (
            area_name(result, str(row["area_id"])),
            people(row["persons"]),
            people(row["beyond_persons"]),
            percent(row["within_share"], missing=_("nobody counted")),
            people(row["unreachable_persons"]),
            mean_with_cut_off(row["mean_minutes"], row["unreachable_persons"]),
            tenths(row["ede_minutes"], missing=_("unknown")),
        )
        for row in rows.to_dict("records")
    ]
    heads = (
        _("Area"),
        Head(counted(result.config), number=True),
        Head(_("Not within the norm"), number=True),
        Head(_("Share within the norm"), number=True),
        Head(_("Cut off"), number=True),
        Head(_("Mean trip (min)"), number=True),
        Head(_("Equivalent trip (min)"), number=True),
    )
    title = _("{service}, by {tier}").format(service=service_name(result, service), tier=word(TIERS, tier))
    return long_table(title, heads, cells, table="rollups")


def mean_with_cut_off(minutes: Any, cut_off: Any) -> str:
    """Return a mean trip, never without the people whom it leaves out."""
    if pd.isna(minutes):
        return _("no way")
    if not cut_off:
        return tenths(minutes)
    text = ngettext(
        "{mean} (excluding {people} person with no road)",
        "{mean} (excluding {people} people with no road)",
        int(cut_off),
    )
    return text.format(mean=tenths(minutes), people=people(cut_off))


def groups(result: StudyResult) -> Part:
    """Return access by age and by language of instruction, and who has two facilities to choose between."""
    several = len(set(result.tables["group_access"]["demand_group"])) > 1
    text = _("The data do not tell groups of people apart: neither ages nor languages of instruction are known.")
    if several:
        text = _("The same norm for each group of people, as far as the data tell them apart; today.")
        if len(result.config.season) > 1:
            text = _("The same norm for each group of people, as far as the data tell them apart; today, worst season.")
    tables = tuple(_groups(result, service.name) for service in result.config.service)
    return Part("groups", _("Groups of people"), (text,), tables)


def _groups(result: StudyResult, service: str) -> TextTable:
    rows = result.table("group_access", service=service, plan=BASELINE, season=WORST)
    season = worst_season(result, service)
    choice = result.table("group_access", service=service, plan=BASELINE, season=season)
    two = choice.set_index("demand_group")["two_options_share"]
    ordered = rows.assign(_first=rows["demand_group"] != EVERYBODY).sort_values("_first", kind="stable")
    cells = [
        (
            word(GROUPS, row["demand_group"]),
            people(row["persons"]),
            people(row["beyond_persons"]),
            percent(row["within_share"], missing=_("nobody counted")),
            people(row["unreachable_persons"]),
            percent(two.get(row["demand_group"])),
            tenths(row["p90_minutes"]),
            numbers.persons(row["unknown_settlements"]),
        )
        for row in ordered.to_dict("records")
    ]
    heads = (
        _("Group"),
        Head(counted(result.config), number=True),
        Head(_("Not within the norm"), number=True),
        Head(_("Share within the norm"), number=True),
        Head(_("Cut off"), number=True),
        Head(_("With two options"), number=True),
        Head(_("Nine in ten travel at most (min)"), number=True),
        Head(_("Places where the group is unknown"), number=True),
    )
    note = _("With two options: share with at least two facilities within the norm.")
    if len(result.config.season) > 1:
        note = _("With two options: share with at least two facilities within the norm, {season}.")
    note = note.format(season=season_label(result, season))
    return long_table(service_name(result, service), heads, cells, note=note, table="group_access", shown=12)
