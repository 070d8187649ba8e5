"""The tables of access as the map needs them: one row per settlement, in the settlements' own order."""

from __future__ import annotations

from typing import Final

import pandas as pd
from babel.dates import get_month_names

from geo.language import current
from geo.language import gettext as _
from geo.study import explain
from geo.study.config import SeasonConfig
from geo.study.result import BASELINE, HEADLINE, WORST, StudyResult, once_per_result

PLANS: Final = (BASELINE, HEADLINE)


def plans_of(result: StudyResult, service: str) -> tuple[str, ...]:
    """Return the plans that can be shown: always today, and the headline plan where there is one."""
    known = set(result.table("access_settlement", service=service)["plan"])
    return tuple(plan for plan in PLANS if plan in known)


def seasons_of(result: StudyResult) -> tuple[str, ...]:
    """Return the season keys of the tables: every settlement's own worst, then the study's seasons."""
    return (WORST, *(season.name for season in result.config.season))


def printed_seasons(result: StudyResult) -> tuple[str, ...]:
    """Return the seasons worth a row of their own: with a single season, the worst is the same again."""
    seasons = seasons_of(result)
    return seasons if len(seasons) > 2 else seasons[1:]


@once_per_result
def rows_by_plan_and_season(result: StudyResult, service: str) -> list[tuple[str, str, pd.DataFrame]]:
    """Return plan, season and the rows of `access_settlement`, one per settlement of the unit in its order."""
    table = result.table("access_settlement", service=service)
    groups = dict(iter(table.groupby(["plan", "season"], sort=False)))
    return [
        (plan, season, groups[plan, season].set_index("settlement_id").reindex(result.settlements.index))
        for plan in plans_of(result, service)
        for season in seasons_of(result)
    ]


def service_persons(result: StudyResult, service: str) -> list[float | None]:
    """Return the people who need a service, per settlement; None = unknown."""
    return [None if pd.isna(value) else float(value) for value in result.settlements[f"{service}_persons"]]


def season_with_months(result: StudyResult, season: str) -> str:
    """Return a season in words, with its months where the study gives them."""
    label = explain.season_label(result, season)
    months = next((season_months(config) for config in result.config.season if config.name == season), "")
    return _("{season} ({months})").format(season=label, months=months) if months else label


def season_months(season: SeasonConfig) -> str:
    """Return a season's months, e.g. ``Nov–Feb``; runs over the turn of the year are kept together."""
    if not season.months:
        return ""
    names = get_month_names("abbreviated", context="stand-alone", locale=current())
    present = set(season.months)
    # December is followed by January: month % 12 + 1 is the month after.
    firsts = [month for month in season.months if (month - 2) % 12 + 1 not in present]
    runs = []
    for first in firsts:
        last = first
        while last % 12 + 1 in present:
            last = last % 12 + 1
        runs.append(names[first] if first == last else f"{names[first]}–{names[last]}")
    return ", ".join(runs) if runs else f"{names[1]}–{names[12]}"
