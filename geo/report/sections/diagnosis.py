"""Sections about today: who is below the norm that siting answers, and who has no way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from geo.language import gettext as _
from geo.language import numbers
from geo.maps.first_screen import site_name
from geo.report.sections.content import MOST_ROWS, Head, TextTable, text_table
from geo.report.sections.effects import baseline_rows
from geo.report.sections.names import SettlementNames
from geo.study import explain
from geo.study.figures import people, tenths
from geo.study.result import HEADLINE, WORST, StudyResult
from geo.study.wording import counted, people_are_imputed


def _rest(n_rows: int) -> str:
    if n_rows <= MOST_ROWS:
        return ""
    return _("{count} more places are in tables.xlsx.").format(count=numbers.persons(n_rows - MOST_ROWS))


def people_shown(result: StudyResult, service: str) -> Callable[[pd.Series[Any]], str]:
    """Return how the people of a row of `access_settlement` are written: with the sign where they are imputed."""
    imputed = dict(zip(result.settlements.index, people_are_imputed(result, service), strict=True))
    return lambda row: people(row["persons"], imputed.get(row["settlement_id"], False))


def below_norm(result: StudyResult, service: str) -> TextTable:
    """Return the settlements beyond the norm in their worst season, most people first."""
    names = SettlementNames(result)
    shown = people_shown(result, service)
    rows = baseline_rows(result, service)
    rows = rows[rows["verdict"] == "beyond"].sort_values(["persons", "settlement_id"], ascending=[False, True])
    after = result.table("access_settlement", service=service, plan=HEADLINE, season=WORST).set_index("settlement_id")
    seasons = _season_minutes(result, service)
    cells = [
        (
            names[row["settlement_id"]],
            shown(row),
            tenths(row["minutes"]),
            *(tenths(minutes[row["settlement_id"]]) for minutes in seasons.values()),
            tenths(row["minutes"] - row["limit_minutes"]),
            site_name(result, row["site_id"]),
            tenths(after["minutes"].get(row["settlement_id"])) if len(after) else "",
        )
        for _number, row in rows.head(MOST_ROWS).iterrows()
    ]
    heads: tuple[str | Head, ...] = (
        _("Place"),
        Head(counted(result.config), number=True),
        Head(_("Today (min)"), number=True),
        *(Head(_("{season} (min)").format(season=season), number=True) for season in seasons),
        Head(_("Above the norm (min)"), number=True),
        _("Nearest today"),
        Head(_("With the plan (min)"), number=True),
    )
    title = _("Beyond the norm in the worst season") if seasons else _("Beyond the norm")
    return text_table(
        title,
        heads,
        cells,
        _("No place with a way is beyond the norm in any season.")
        if seasons
        else _("No place with a way is beyond it."),
        _rest(len(rows)),
        "access_settlement",
    )


def _season_minutes(result: StudyResult, service: str) -> dict[str, pd.Series[Any]]:
    """Return today's minutes by settlement for every season by its name; nothing where there is one season only."""
    if len(result.config.season) == 1:
        return {}
    return {
        explain.season_label(result, season.name): baseline_rows(result, service, season.name).set_index(
            "settlement_id"
        )["minutes"]
        for season in result.config.season
    }


def unreachable(result: StudyResult, service: str) -> TextTable:
    """Return the settlements without any way in some season, or that cannot be assessed, with the reason."""
    names = SettlementNames(result)
    shown = people_shown(result, service)
    rows = baseline_rows(result, service)
    rows = rows[~rows["verdict"].isin(("within", "beyond"))].sort_values(
        ["persons", "settlement_id"], ascending=[False, True]
    )
    seasons = _season_minutes(result, service)
    cells = [
        (
            names[row["settlement_id"]],
            shown(row),
            explain.verdict(row),
            *(tenths(minutes[row["settlement_id"]]) for minutes in seasons.values()),
            tenths(row["nearest_road_km"], missing=_("unknown")),
        )
        for _number, row in rows.head(MOST_ROWS).iterrows()
    ]
    heads: tuple[str | Head, ...] = (
        _("Place"),
        Head(counted(result.config), number=True),
        _("Why"),
        *(Head(_("{season} (min)").format(season=season), number=True) for season in seasons),
        Head(_("Nearest road (km)"), number=True),
    )
    title = _("Without a way in the worst season") if seasons else _("Without a way")
    nothing = _("Every place has a way in every season.") if seasons else _("Every place has a way.")
    return text_table(title, heads, cells, nothing, _rest(len(rows)), "access_settlement")
