"""Parts of the diagnosis about norms: what is missing where, and how many places and people meet each norm."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geo.language import gettext as _
from geo.language import ngettext, numbers
from geo.report.sections.content import MOST_ROWS, Head, Part, TextTable, long_table, places_and_people
from geo.report.sections.first_page import pack_words, uncounted_places
from geo.report.sections.names import NormTitles, SettlementNames, SiteNames, service_name
from geo.report.workbook.norm_codes import NORM_WORDS
from geo.study.compliance.gaps import BY_LOAD, BY_SIZE, VISITS
from geo.study.diagnosis.sentences import at_least
from geo.study.figures import people, percent
from geo.study.result import StudyResult
from geo.study.wording import LEVELS, word


def missing(result: StudyResult) -> Part:
    """Return what each settlement should have by the norms and has not: the list a ministry makes by hand.

    What a settlement's own pupils would carry is listed apart: no norm asks for it.
    """
    every = result.tables["norm_gaps"]
    asked, carried = (every[every["basis"] == basis] for basis in (BY_SIZE, BY_LOAD))
    tables = [_gaps(result, asked, _("What the norms ask for"), _asked_notes(asked), _nothing(asked))]
    texts = [_gap_sentence(asked)]
    if len(carried):
        texts.append(
            _(
                "What size would carry is listed apart: the level of school for which a settlement has pupils enough. "
                "No norm asks for it."
            )
        )
        note = _("No norm asks for these; most people first.")
        tables.append(
            _gaps(result, carried, _("What size would carry"), note, _("Everything that it would carry is there."))
        )
    return Part("missing", _("What is missing where"), tuple(texts), tuple(tables))


def _gap_sentence(table: pd.DataFrame) -> str:
    below, unknown = (table[table["status"] == status] for status in ("unmet", "unknown"))
    if not len(table):
        return _("No norm pack of the study says what a settlement of a given size must have.")
    text = ngettext(
        "What the norms ask for by the size of a settlement and is not there: {n} gap, {people} people.",
        "What the norms ask for by the size of a settlement and is not there: {n} gaps, {people} people.",
        len(below),
    )
    persons = at_least(people(below["persons"].fillna(0).sum()), below["persons"])
    found = [text.format(n=numbers.persons(len(below)), people=persons)]
    if len(unknown):
        more = ngettext("{n} row cannot be told.", "{n} rows cannot be told.", len(unknown))
        found.append(more.format(n=numbers.persons(len(unknown))))
    visits = int(_untold_visits(table).sum())
    if visits:
        more = ngettext(
            "{n} of them is a place that a medical worker should visit: whether anybody does is not recorded. It is "
            "not listed here.",
            "{n} of them are places that a medical worker should visit: whether anybody does is not recorded. They are "
            "not listed here.",
            visits,
        )
        found.append(more.format(n=numbers.persons(visits)))
    return " ".join(found)


def _untold_visits(table: pd.DataFrame) -> pd.Series:
    """Return the rows that say of one place after another that its visits are unknown: a count says as much."""
    return (table["status"] == "unknown") & (table["required_level"] == VISITS)


def _asked_notes(table: pd.DataFrame) -> str:
    packs = ", ".join(dict.fromkeys(pack_words(pack) for pack in table["pack"]))
    return _("By: {packs}. What is missing first, then what cannot be told; most people first.").format(packs=packs)


def _nothing(table: pd.DataFrame) -> str:
    return _("Nothing is missing by these norms.") if len(table) else ""


def _gaps(result: StudyResult, table: pd.DataFrame, title: str, note: str, nothing: str) -> TextTable:
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
        for row in table[table["status"].isin(("unmet", "unknown")) & ~_untold_visits(table)].to_dict("records")
    ]
    several = len(result.config.season) > 1
    heads = (
        _("Place"),
        _("Service"),
        Head(_("People"), number=True),
        _("Should have"),
        _("Has"),
        _("Nearest of that level"),
        Head(_("Worst season (min)") if several else _("Minutes"), number=True),
    )
    return long_table(title, heads, rows, nothing, note, "norm_gaps", MOST_ROWS)


def _nearest(row: dict[Any, Any], sites: SiteNames) -> tuple[str, str]:
    # Nobody knows how far a level is of which it is not known whether it is asked for.
    if not row["required_level"] or pd.isna(row["persons"]):
        return "", _("unknown")
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
    uncounted = uncounted_places(result)
    # A column of the same word in every row would push the table over the edge of the sheet; the sentence says it.
    several = len(set(table["verified"].fillna(value=False))) > 1
    rows = [
        (
            titles.title(row["pack"], row["norm_id"]),
            pack_words(row["pack"]),
            *(
                places_and_people(
                    row[f"{status}_settlements"],
                    row[f"{status}_persons"],
                    uncounted[row["pack"], row["norm_id"], status],
                )
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
    reached = word(NORM_WORDS["target_met"], row["target_met"])
    target = percent(row["coverage_target"], digits=0 if (100 * float(row["coverage_target"])) % 1 == 0 else 1)
    if row["target_met"] in ("met", "unmet"):
        return _("{percent}: {reached}").format(percent=target, reached=reached)
    return _("target {percent}: cannot be told").format(percent=target)
