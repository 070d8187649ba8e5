"""The section about a planner's proposal: today, the plan and the proposal side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from geo.language import gettext as _
from geo.language import numbers
from geo.report.sections.content import Head, TextTable, text_table
from geo.report.sections.effects import INDICATORS, losers
from geo.report.sections.names import SettlementNames
from geo.report.sections.proposal_words import measured, money_of, sentences
from geo.study import explain
from geo.study.figures import people, tenths
from geo.study.result import BASELINE, HEADLINE, PROPOSAL, WORST, StudyResult
from geo.study.wording import counted

#: Places that gain and are listed; the workbook has the rest.
MOST_GAINERS: Final = 15


@dataclass(frozen=True)
class ProposalSection:
    """What the report says of a proposal about one service.

    Parameters
    ----------
    title
        With what its author calls it.
    sentences
        What it does, what comes of it, how far it is from the best, what of the study it breaks.
    figures
        Indicator by indicator: today, the plan, the proposal.
    gainers, losers
        Whose trip gets shorter in their worst season; whose gets longer in any season.
    """

    title: str
    sentences: tuple[str, ...]
    figures: TextTable
    gainers: TextTable
    losers: TextTable


def proposal_section(result: StudyResult, service: str) -> ProposalSection | None:
    """Return the section about a proposal; None where there is none about this service."""
    if service not in result.proposal:
        return None
    title = str(result.manifest[PROPOSAL]["title"])
    return ProposalSection(
        title=_("The proposal beside the plan: “{title}”").format(title=title)
        if title
        else _("The proposal beside the plan"),
        sentences=sentences(result, service),
        figures=_figures(result, service),
        gainers=_gainers(result, service),
        losers=losers(result, service, PROPOSAL),
    )


def _figures(result: StudyResult, service: str) -> TextTable:
    """Return every indicator in the worst season, the people beyond the norm in each season, sites and cost."""
    plans = measured(result, service)
    rows = [
        (_(title), *(_cell(indicator, row) for row in plans.values()))
        for indicator, title in INDICATORS.items()
        if any(pd.notna(row[indicator]) for row in plans.values())
    ]
    seasons = [season.name for season in result.config.season] if len(result.config.season) > 1 else []
    for season in seasons:
        by_plan = result.table("access_district", service=service, season=season).set_index("plan")["beyond_persons"]
        title = _("People not within the norm, {season}").format(season=explain.season_label(result, season))
        rows.append((title, *(people(by_plan[plan]) for plan in plans)))
    rows.append((_("New sites"), *(_count(result, service, plan, "open_sites") for plan in plans)))
    rows.append((_("Closed sites"), *(_count(result, service, plan, "closed_sites") for plan in plans)))
    costs = ["" if plan == BASELINE else money_of(result, service, plan) for plan in plans]
    if any(costs):
        rows.append((_("Cost of new sites"), *costs))
    labels = {BASELINE: _("Today"), HEADLINE: _("The plan"), PROPOSAL: _("The proposal")}
    heads: list[str | Head] = [_("Indicator"), *(Head(labels[plan], number=True) for plan in plans)]
    note = _("Here and above, what names no season is counted in every place's own worst season.") if seasons else ""
    return text_table(_("Today, the plan and the proposal"), heads, rows, note=note, table="access_district")


def _cell(indicator: str, row: pd.Series) -> str:
    """Return one figure; what cannot count the people cut off stands with their number."""
    if indicator.endswith("_persons"):
        return people(row[indicator])
    text, cut_off = tenths(row[indicator]), int(row["unreachable_persons"])
    if cut_off and indicator == "mean_minutes":
        return _("{mean} (excluding {people} people with no road)").format(mean=text, people=people(cut_off))
    if cut_off and indicator == "max_minutes":
        return _("{minutes} ({people} people have no way)").format(minutes=text, people=people(cut_off))
    return text


def _count(result: StudyResult, service: str, plan: str, column: str) -> str:
    if plan == BASELINE:
        return numbers.persons(0)
    return numbers.persons(len(str(result.row("plans", service=service, plan=plan)[column]).split()))


def _gainers(result: StudyResult, service: str) -> TextTable:
    """Return whose trip gets shorter in their worst season, the most person-minutes first."""
    rows = result.table("access_settlement", service=service, season=WORST).set_index("settlement_id")
    before, after = (rows[rows["plan"] == plan] for plan in (BASELINE, PROPOSAL))
    minutes = pd.DataFrame({"today": before["minutes"], "then": after["minutes"], "persons": before["persons"]})
    minutes = minutes[minutes["then"].notna()].assign(today=minutes["today"].fillna(float("inf")))
    gain = (minutes["today"] - minutes["then"]) * minutes["persons"].fillna(0)
    order = gain[minutes["then"] < minutes["today"]].sort_values(ascending=False, kind="stable").index
    names = SettlementNames(result)
    cells = [
        (
            names[place],
            people(minutes.loc[place, "persons"]),
            tenths(before.loc[place, "minutes"]),
            tenths(minutes.loc[place, "then"]),
            _("yes") if after.loc[place, "verdict"] == "within" and before.loc[place, "verdict"] != "within" else "",
        )
        for place in order[:MOST_GAINERS]
    ]
    heads = (
        _("Place"),
        Head(counted(result.config), number=True),
        Head(_("Today (min)"), number=True),
        Head(_("With the proposal (min)"), number=True),
        _("Comes within the norm"),
    )
    rest = len(order) - len(cells)
    note = (
        _("Places with a shorter trip that are not listed here: {n}.").format(n=numbers.persons(rest)) if rest else ""
    )
    nothing = _("Nobody's trip gets shorter in their worst season.")
    return text_table(_("Whose trip gets shorter"), heads, cells, nothing, note, "access_settlement")
