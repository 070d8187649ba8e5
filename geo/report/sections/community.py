"""The part about communities' proposals: one list with the solver's own sites."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from geo.language import gettext as _
from geo.language import numbers
from geo.report.sections.content import Head, Part, TextTable, text_table
from geo.report.sections.names import service_name
from geo.study.figures import people, percent, tenths
from geo.study.programme.people_words import BREAKS_TOLERANCE, ENTRIES, MEASURED
from geo.study.programme.proposal_words import ProposalWords
from geo.study.result import StudyResult
from geo.study.wording import word

#: The solver's own sites that stand beside the proposals; the workbook has all.
MOST_SITES: Final = 5


def proposals(result: StudyResult) -> Part | None:
    """Return every proposal in words, and beside the best single sites of the solver; None where there is none."""
    rows = result.tables["proposal_scores"]
    if not len(rows):
        return None
    names = ProposalWords(result)
    sentences = [names.sentence(row) for row in rows[rows["entry"] == "proposal"].to_dict("records")]
    services = [service.name for service in result.config.service if (rows["service"] == service.name).any()]
    tables = tuple(_list(result, rows[rows["service"] == service], service, names) for service in services)
    caveat = _(
        "Proposals are measured like the solver's own sites and ranked by the study's goals alone: people brought "
        "within the norm, then the least unequal trip, then the cost. The rank is among those with as many new sites; "
        "what makes trips longer than the study allows comes last. Signatures, letters and money that a community "
        "brings are shown and move nobody up."
    )
    return Part("proposals", _("What communities propose"), tuple(sentences), tables, caveat)


def _list(result: StudyResult, rows: pd.DataFrame, service: str, names: ProposalWords) -> TextTable:
    """Return the proposals of a service and the best sites of the solver, by rank; not measured ones last."""
    own = rows[rows["entry"] == "candidate"].sort_values(["rank", "open_sites"], kind="stable").head(MOST_SITES)
    shown = pd.concat([rows[rows["entry"] == "proposal"], own])
    keys = ["new_sites", "rank", "entry", "proposal_id", "open_sites"]
    shown = shown.sort_values(keys, ascending=[True, True, False, True, True])
    cells = [
        (
            "–" if pd.isna(row["rank"]) else numbers.persons(row["rank"]),
            names.entry(row),
            word(ENTRIES, row["entry"]),
            "–" if pd.isna(row["new_sites"]) else numbers.persons(row["new_sites"]),
            *_figures(result, row),
        )
        for row in shown.to_dict("records")
    ]
    heads = (
        Head(_("Rank"), number=True),
        _("What and where"),
        _("Whose"),
        Head(_("New sites"), number=True),
        Head(_("Brought within the norm"), number=True),
        Head(_("Of the best"), number=True),
        Head(_("Equivalent trip shorter by, min"), number=True),
        Head(_("Cost"), number=True),
        Head(_("Brought along"), number=True),
        Head(_("Signed"), number=True),
    )
    note = _("The solver's {n} best single sites stand beside them; tables.xlsx has all.").format(n=len(own))
    prices = result.manifest.get("prices", {}).get(service)
    if prices:
        text = _("Costs are the authors' where they state one, else prices of {year}; none is verified.")
        note = f"{note} {text.format(year=int(prices[1]))}"
    title = _("Proposals and sites: {service}").format(service=service_name(result, service))
    return text_table(title, heads, cells, note=note, table="proposal_scores")


def _figures(result: StudyResult, row: dict[Any, Any]) -> tuple[str, ...]:
    prices = result.manifest.get("prices", {}).get(row["service"])
    currency = str(prices[0]) if prices else "KZT"

    def money(amount: Any) -> str:
        return "–" if pd.isna(amount) else numbers.amount(float(amount), currency)

    if row["score_status"] not in (MEASURED, BREAKS_TOLERANCE):
        own = ("–", "–", "–", "–")
    else:
        own = (
            people(row["gained_persons"]),
            percent(row["optimum_share"], missing="–", digits=0),
            tenths(row["ede_gained_minutes"], missing="–"),
            money(row["cost"]),
        )
    brought = money(row["co_funding"]) if pd.notna(row["co_funding"]) and row["co_funding"] > 0 else "–"
    signed = "–" if pd.isna(row["supporters"]) else people(row["supporters"])
    return (*own, brought, signed)
