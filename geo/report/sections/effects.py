"""Sections about what the plan changes: before and after, losers, other plans, scenarios."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from geo.language import current, mark, numbers
from geo.language import gettext as _
from geo.maps.access import printed_seasons
from geo.maps.first_screen import site_name
from geo.maps.words import PLAN_STATUS
from geo.report.sections.content import Head, TextTable, text_table
from geo.report.sections.names import SettlementNames
from geo.study import explain
from geo.study.figures import people, tenths
from geo.study.result import BASELINE, HEADLINE, PROPOSAL, WORST, StudyResult
from geo.study.wording import counted, word

#: A value today and with the plan.
Change = tuple[float, float]

#: Columns of `access_district` in the order of the report.
INDICATORS: Final = {
    "within_persons": mark("People within the norm"),
    "beyond_persons": mark("People not within the norm"),
    "unreachable_persons": mark("People cut off"),
    "median_minutes": mark("Median trip (min)"),
    "p90_minutes": mark("Nine in ten people travel at most (min)"),
    "mean_minutes": mark("Mean trip (min)"),
    "max_minutes": mark("Longest trip of those with a way (min)"),
    "ede_minutes": mark("Equally-distributed equivalent trip (min)"),
}


#: What cannot count the people without any way; stands beside their number.
LEAVES_OUT: Final = ("mean_minutes", "max_minutes")


def before_after(result: StudyResult, service: str) -> TextTable:
    """Return every indicator in every season, today and with the plan."""
    table = result.table("before_after", service=service)
    changes: dict[tuple[str, str], Change] = {
        (str(indicator), str(season)): (before, after)
        for indicator, season, before, after in zip(
            table["indicator"], table["season"], table["before"], table["after"], strict=True
        )
    }
    seasons = printed_seasons(result)
    rows = [
        (_(title), *(_change(changes, indicator, season) for season in seasons))
        for indicator, title in INDICATORS.items()
        if all((indicator, season) in changes for season in seasons)
    ]
    labels = [Head(explain.season_label(result, season), number=True) for season in seasons]
    heads: list[str | Head] = [_("Indicator"), *labels]
    note = _(
        "Mean and longest trip leave out the people cut off: where more people are cut off, they can look better "
        "though things are worse. Every other row counts everybody."
    )
    some = any(max(pair) > 0 for (indicator, _season), pair in changes.items() if indicator == "unreachable_persons")
    nothing = _("There is no plan to compare with.")
    return text_table(_("Today and with the plan"), heads, rows, nothing, note if some else "", "before_after")


def _change(changes: dict[tuple[str, str], Change], indicator: str, season: str) -> str:
    before, after = changes[indicator, season]
    show = people if indicator.endswith("_persons") else tenths
    text = _("{before} → {after}").format(before=show(before), after=show(after))
    if indicator not in LEAVES_OUT:
        return text
    left_out_before, left_out_after = changes["unreachable_persons", season]
    if indicator == "max_minutes":
        return _longest(text, left_out_before, left_out_after)
    if left_out_before == left_out_after:
        return _("{mean} (excluding {people} people with no road)").format(mean=text, people=people(left_out_after))
    return _("{mean} (excluding {before} → {after} people with no road)").format(
        mean=text, before=people(left_out_before), after=people(left_out_after)
    )


def _longest(text: str, before: float, after: float) -> str:
    """Return the longest trips with the people who have none: without them the worst season would look best."""
    if before == after:
        return _("{minutes} ({people} people have no way)").format(minutes=text, people=people(after))
    return _("{minutes} ({before} → {after} people have no way)").format(
        minutes=text, before=people(before), after=people(after)
    )


def losers(result: StudyResult, service: str, plan: str = HEADLINE) -> TextTable:
    """Return everybody whose trip a plan makes longer; there is a sentence where nobody's gets longer."""
    names = SettlementNames(result)
    rows = result.table("losers", service=service, plan=plan)
    cells = [
        (
            names[row["settlement_id"]],
            explain.season_label(result, row["season"]),
            people(row["persons"]),
            tenths(row["before_minutes"]),
            tenths(row["after_minutes"]),
            tenths(row["longer_minutes"], missing=_("access is lost")),
        )
        for _number, row in rows.iterrows()
    ]
    heads = (
        _("Place"),
        _("Season"),
        Head(counted(result.config), number=True),
        Head(_("Today (min)"), number=True),
        Head(_("With the proposal (min)") if plan == PROPOSAL else _("With the plan (min)"), number=True),
        Head(_("Longer (min)"), number=True),
    )
    return text_table(
        _("Whose trip gets longer"), heads, cells, _("Nobody's trip gets longer in any season."), table="losers"
    )


def site_names(result: StudyResult, identifiers: str) -> str:
    """Return the names of sites given as identifiers separated by spaces."""
    named = (site_name(result, site) for site in str(identifiers).split())
    return ", ".join(name for name in named if name)


def alternatives(result: StudyResult, service: str) -> TextTable:
    """Return every plan with its own goal beside the headline plan."""
    plans = result.table("plans", service=service)
    # A proposal is no answer to a goal; it has a section of its own.
    plans = plans[plans["plan"] != PROPOSAL]
    rows = [_plan_row(result, service, row) for _number, row in plans.iterrows()]
    heads = (
        _("Goal"),
        _("Sites"),
        Head(_("People not within the norm"), number=True),
        Head(_("Cut off"), number=True),
        Head(_("Longest trip (min)"), number=True),
        Head(_("Equivalent trip (min)"), number=True),
        Head(_("Places with a longer trip"), number=True),
        _("How good"),
    )
    return text_table(
        _("Other goals, other plans"),
        heads,
        rows,
        _("No plan was computed."),
        _("Each plan is the best for its own goal; goals are never merged into one score."),
        "plans",
    )


def _plan_row(result: StudyResult, service: str, row: pd.Series[Any]) -> tuple[str, ...]:
    plan = str(row["plan"])
    goal = explain.goal(str(row["objective"]))
    title = _("Headline plan: {goal}").format(goal=goal) if plan == HEADLINE else goal
    if row["status"] == "infeasible":
        return (title, "", "", "", "", "", "", _impossible(result, row))
    losing = "" if pd.isna(row["losers"]) else numbers.persons(float(row["losers"]))
    return (
        title,
        site_names(result, row["open_sites"]),
        people(row["beyond_persons"]),
        people(row["unreachable_persons"]),
        tenths(row["max_minutes"]),
        tenths(row["ede_minutes"], missing=""),
        losing,
        # The sentence of proof stands on the first page; six times in a narrow column it would fill a sheet.
        word(PLAN_STATUS, row["status"]) if row["status"] == "optimal" else explain.proof(result, service, plan),
    )


def _impossible(result: StudyResult, row: pd.Series[Any]) -> str:
    """Return why there is no such plan: who stands in its way, and what would do."""
    parts = [_("No such plan exists.")]
    blockers = [explain.settlement_name(result, settlement) for settlement in str(row["blockers"]).split()]
    if blockers:
        parts.append(_("In the way: {names}.").format(names=explain.listed(blockers)))
    if pd.notna(row["smallest_limit_minutes"]):
        limit = numbers.minutes(float(row["smallest_limit_minutes"]))
        parts.append(_("A norm of {limit} could be kept.").format(limit=limit))
    if pd.notna(row["smallest_open"]):
        parts.append(_("{n} open sites would do.").format(n=numbers.persons(float(row["smallest_open"]))))
    return " ".join(parts)


def scenarios(result: StudyResult, service: str) -> TextTable:
    """Return the headline plan under the study's other assumptions."""
    labels = {"base": _("as the study is")} | {
        one.name: one.label.in_language(current()) if one.label else one.name for one in result.config.scenario
    }
    rows = [
        (
            labels.get(str(row["scenario"]), str(row["scenario"])),
            word(PLAN_STATUS, row["status"]),
            site_names(result, row["open_sites"]),
            site_names(result, row["same_sites"]) or _("none"),
            people(row["within_persons"]),
            people(row["beyond_persons"]),
        )
        for _number, row in result.table("scenarios", service=service).iterrows()
    ]
    heads = (
        _("Assumption"),
        _("Plan"),
        _("Sites"),
        _("Also in the headline plan"),
        Head(_("Within the norm"), number=True),
        Head(_("Not within the norm"), number=True),
    )
    return text_table(_("Under other assumptions"), heads, rows, table="scenarios")


def has_plan(result: StudyResult, service: str) -> bool:
    """Return whether a headline plan was found."""
    return not result.table("access_settlement", service=service, plan=HEADLINE, season=WORST).empty


def baseline_rows(result: StudyResult, service: str, season: str = WORST) -> pd.DataFrame:
    """Return today's access of every settlement in a season."""
    return result.table("access_settlement", service=service, plan=BASELINE, season=season)
