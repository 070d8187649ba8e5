"""Parts of the diagnosis about norms: what is missing where, and how many places and people meet each norm."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geo.language import gettext as _
from geo.language import ngettext, numbers
from geo.report.sections.content import MOST_ROWS, Head, Part, TextTable, long_table, people, percent, places_and_people
from geo.report.sections.first_page import pack_words
from geo.report.sections.names import NormTitles, SettlementNames, SiteNames, service_name
from geo.report.workbook.norm_codes import NORM_WORDS
from geo.study.result import StudyResult
from geo.study.wording import LEVELS, word


def missing(result: StudyResult) -> Part:
    """Return what each settlement should have by the norms and has not: the list a ministry makes by hand."""
    table = result.tables["norm_gaps"]
    below, unknown = (table[table["status"] == status] for status in ("unmet", "unknown"))
    return Part("missing", _("What is missing where"), _gap_sentences(table, below, unknown), (_gaps(result, table),))


def _gap_sentences(table: pd.DataFrame, below: pd.DataFrame, unknown: pd.DataFrame) -> tuple[str, ...]:
    if not len(table):
        return (_("No norm pack of the study says what a settlement of a given size must have."),)
    text = ngettext(
        "What the norms ask for by the size of a settlement and is not there: {n} gap, {people} people.",
        "What the norms ask for by the size of a settlement and is not there: {n} gaps, {people} people.",
        len(below),
    )
    found = [text.format(n=numbers.persons(len(below)), people=people(below["persons"].fillna(0).sum()))]
    if len(unknown):
        more = ngettext("{n} row cannot be told.", "{n} rows cannot be told.", len(unknown))
        found.append(more.format(n=numbers.persons(len(unknown))))
    return (" ".join(found),)


def _gaps(result: StudyResult, table: pd.DataFrame) -> TextTable:
    names, sites = SettlementNames(result), SiteNames(result)
    rows = [
        (
            names[row["settlement_id"]],
            service_name(result, row["service"]),
            people(row["persons"]),
            word(LEVELS, row["required_level"]) or _("unknown"),
            word(LEVELS, row["present_level"]) or (_("nothing") if row["gap"] == "none" else _("unknown")),
            *_nearest(row, sites),
        )
        for row in table[table["status"].isin(("unmet", "unknown"))].to_dict("records")
    ]
    heads = (
        _("Place"),
        _("Service"),
        Head(_("People"), number=True),
        _("Should have"),
        _("Has"),
        _("Nearest of that level"),
        Head(_("Worst season (min)"), number=True),
    )
    packs = ", ".join(dict.fromkeys(pack_words(pack) for pack in table["pack"]))
    note = _("By: {packs}. What is missing first, then what cannot be told; most people first.").format(packs=packs)
    nothing = _("Nothing is missing by these norms.") if len(table) else ""
    return long_table(_("What is missing where"), heads, rows, nothing, note, "norm_gaps", MOST_ROWS)


def _nearest(row: dict[Any, Any], sites: SiteNames) -> tuple[str, str]:
    if not row["site_id"] or pd.isna(row["site_id"]):
        return "", _("no way")
    minutes = row["minutes"]
    return sites[row["site_id"]], _("no way") if pd.isna(minutes) else numbers.decimal(float(minutes), 1)


def norms(result: StudyResult) -> Part:
    """Return every norm with the places and people that meet it, and whether its target share is reached."""
    table = result.tables["norm_summary"]
    if not len(table):
        return Part("norms-met", _("Norms met and not met"), (_("No norm pack was applied."),))
    not_met = int((table["unmet_settlements"] > 0).sum())
    verified = int(table["verified"].fillna(value=False).astype(bool).sum())
    text = _("Norms checked: {n}; not met everywhere: {not_met}; legally verified: {verified}.")
    sentence = text.format(n=len(table), not_met=not_met, verified=verified)
    return Part("norms-met", _("Norms met and not met"), (sentence,), (norm_summary(result),))


def norm_summary(result: StudyResult) -> TextTable:
    """Return table `norm_summary` in words: places, and in brackets their people, of every status."""
    titles = NormTitles(result)
    table = result.tables["norm_summary"]
    # A column of the same word in every row would push the table over the edge of the sheet; the sentence says it.
    several = len(set(table["verified"].fillna(value=False))) > 1
    rows = [
        (
            titles.title(row["pack"], row["norm_id"]),
            pack_words(row["pack"]),
            *(
                places_and_people(row[f"{status}_settlements"], row[f"{status}_persons"])
                for status in ("met", "unmet", "not_applicable", "unknown")
            ),
            percent(row["share_met"]),
            _target(row),
            *([_("yes") if row["verified"] else _("no")] if several else []),
        )
        for row in table.to_dict("records")
    ]
    heads: tuple[str | Head, ...] = (
        _("Norm"),
        _("Norm pack"),
        Head(_("Met"), number=True),
        Head(_("Not met"), number=True),
        Head(_("Does not apply"), number=True),
        Head(_("Unknown"), number=True),
        Head(_("Share met"), number=True),
        _("Target share"),
        *([_("Legally verified")] if several else []),
    )
    note = _(
        "Places, and in brackets their people. The share met counts people for whom the norm is met or not met; it is "
        "unknown where there are none."
    )
    return long_table(_("Norms met and not met"), heads, rows, "", note, "norm_summary", MOST_ROWS)


def _target(row: dict[Any, Any]) -> str:
    if pd.isna(row["coverage_target"]):
        return _("everybody")
    text = _("{percent}: {reached}")
    reached = word(NORM_WORDS["target_met"], row["target_met"])
    return text.format(percent=percent(row["coverage_target"]), reached=reached)
