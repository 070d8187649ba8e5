"""The programme on one sheet of the hearing pack: what comes when, what it costs, who loses, what is no promise."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from geo.language import gettext as _
from geo.language import ngettext, numbers
from geo.report.sections.content import Head, TextTable, text_table
from geo.study.programme import sentences
from geo.study.programme.place_words import named_losses
from geo.study.result import StudyResult
from geo.study.wording import by_what_counts

#: One sheet holds no more: the rest is counted, and stands in the report.
_MOST_LOSSES: Final = 6
_MOST_REFUSALS: Final = 4
_MOST_DECLARED: Final = 5


def programme_sheet(result: StudyResult) -> dict[str, Any] | None:
    """Return what the sheet on the programme says; None where the study asks for none."""
    if result.config.programme is None or not len(result.tables["programme_years"]):
        return None
    return {
        "short": sentences.in_short(result),
        "years": _years(result),
        "proof": sentences.proof(result),
        "losers": sentences.losers(result),
        "losses": _first(named_losses(result), _MOST_LOSSES),
        "refusals": _first(sentences.refusals(result), _MOST_REFUSALS),
        "declared": sentences.declared(result),
        "unfunded": _unfunded(result),
        "grounds": sentences.grounds(result),
        "caveat": sentences.caveat(result),
    }


def _years(result: StudyResult) -> TextTable:
    """Return what is done in every year, its cost, and who is below a norm at its end."""
    items, years = result.tables["programme_items"], result.tables["programme_years"]
    by_money = bool(years["budget"].notna().any())
    rows = []
    for row in years.to_dict("records"):
        own = [sentences.item(result, one) for one in items[items["year"] == row["year"]].to_dict("records")]
        spent = sentences.amount(result, row["spent_access"] + row["spent_renewal"]) if by_money else ""
        cells = (str(int(row["year"])), sentences.items_listed(own) or _("nothing is planned"))
        rows.append((*cells, *([spent] if by_money else []), sentences.below(row, "unmet", alone=True)))
    below = by_what_counts(result.config, _("People below a norm at its end"), _("Settlements below a norm"))
    heads: tuple[str | Head, ...] = (
        Head(_("Year")),
        _("What is done"),
        *([Head(_("Cost"), number=True)] if by_money else []),
        Head(below, number=True),
    )
    return text_table(_("What is built when"), heads, rows)


def _unfunded(result: StudyResult) -> list[str]:
    """Return the items without money, the most useful first."""
    items = result.tables["programme_items"]
    rows = items[items["lacks"].str.split().map(lambda codes: "money" in codes) & items["year"].isna()]
    texts = []
    for row in rows.to_dict("records"):
        text = _("{item}: {amount}")
        cost = _("no price known") if pd.isna(row["capex"]) else sentences.amount(result, row["capex"])
        texts.append(text.format(item=sentences.item(result, row), amount=cost))
    return _first(texts, _MOST_DECLARED)


def _first(texts: list[str], most: int) -> list[str]:
    """Return the first of some lines, and how many more stand in the report."""
    rest = len(texts) - most
    if rest <= 0:
        return texts
    more = ngettext("{n} more stands in the report.", "{n} more stand in the report.", rest)
    return [*texts[:most], more.format(n=numbers.persons(rest))]
