"""The part about communities' proposals: one list with the solver's own sites."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from geo.language import gettext as _
from geo.language import numbers
from geo.report.sections.content import Head, Part, TextTable, people, percent, tenths, text_table
from geo.report.sections.names import SettlementNames, SiteNames, service_name
from geo.study.programme.people_words import BREAKS_TOLERANCE, ENTRIES, MEASURED, SCORE_STATUS
from geo.study.result import StudyResult
from geo.study.wording import listed, word

#: The solver's own sites that stand beside the proposals; the workbook has all.
MOST_SITES: Final = 5


def proposals(result: StudyResult) -> Part | None:
    """Return every proposal in words, and beside the best single sites of the solver; None where there is none."""
    rows = result.tables["proposal_scores"]
    if not len(rows):
        return None
    names = _Names(result)
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


class _Names:
    """What a result's proposals and sites are called."""

    def __init__(self, result: StudyResult) -> None:
        self._result = result
        self._settlements = SettlementNames(result)
        self._sites = SiteNames(result)

    def entry(self, row: dict[Any, Any]) -> str:
        """Return what a row is called: a proposal's title and place, or the solver's site."""
        if row["entry"] == "candidate":
            return self._sites[row["open_sites"]]
        place = self._settlements.get(row["settlement_id"], "")
        title = row["proposal_title"] or row["proposal_id"]
        return _("“{title}”, {place}").format(title=title, place=place) if place else _("“{title}”").format(title=title)

    def sentence(self, row: dict[Any, Any]) -> str:
        """Return what comes of a proposal."""
        facts = {
            "proposal": self.entry(row),
            "service": service_name(self._result, row["service"]),
            "proposer": row["proposer"],
        }
        if row["score_status"] not in (MEASURED, BREAKS_TOLERANCE):
            text = _("{proposal} ({service}; proposed by {proposer}): {why}.")
            return text.format(why=word(SCORE_STATUS, row["score_status"]), **facts)
        facts |= {
            "rank": numbers.persons(row["rank"]),
            "all": numbers.persons(row["n_ranked"]),
            "gained": people(row["gained_persons"]),
            "best": people(row["optimum_persons"]),
            "share": percent(row["optimum_share"], digits=0),
        }
        text = _("{proposal} ({service}; proposed by {proposer}): number {rank} of {all} with as many new sites.")
        parts = [text.format(**facts)]
        if row["score_status"] == BREAKS_TOLERANCE:
            parts.append(_("It makes trips longer than the study allows, so that it stands behind all that do not."))
        if row["gained_persons"] > 0 and pd.notna(row["optimum_share"]):
            gain = _(
                "It brings {gained} people within the norm, {share} of what the best plan with as many new sites does "
                "({best})."
            )
            parts.append(gain.format(**facts))
        elif row["gained_persons"] > 0:
            parts.append(_("It brings {gained} people within the norm.").format(**facts))
        else:
            parts.append(self._no_gain(row))
        worse = [self._settlements.get(code, code) for code in str(row["loser_ids"]).split()]
        if worse:
            parts.append(self._worse(row, worse))
        return " ".join(parts)

    def _worse(self, row: dict[Any, Any], names: list[str]) -> str:
        """Return who is worse off, how many people live there, and by how much."""
        facts = {"names": listed(names), "people": self._loser_people(row)}
        if self._result.config.demand.counts == "settlements":
            return _("Worse off: {names}.").format(**facts)
        if pd.isna(row["loser_minutes"]):
            return _("Worse off: {names} ({people} people), who would have no way any more.").format(**facts)
        text = _("Worse off: {names} ({people} people), by up to {minutes} min.")
        return text.format(minutes=tenths(row["loser_minutes"]), **facts)

    def _loser_people(self, row: dict[Any, Any]) -> str:
        """Return how many people are worse off: at least, or an unknown number, where a place's are unknown."""
        shown = people(row["loser_persons"])
        if not row["loser_unknown_settlements"]:
            return shown
        return _("at least {people}").format(people=shown) if row["loser_persons"] else _("an unknown number of")

    def _no_gain(self, row: dict[Any, Any]) -> str:
        shorter = row["ede_gained_minutes"]
        if pd.isna(shorter) or shorter < _SHOWN_MINUTES:
            return _("It brings nobody within the norm.")
        text = _("It brings nobody within the norm; the equivalent trip gets {minutes} min shorter.")
        return text.format(minutes=tenths(shorter))


#: Minutes that one decimal can show.
_SHOWN_MINUTES: Final = 0.05


def _list(result: StudyResult, rows: pd.DataFrame, service: str, names: _Names) -> TextTable:
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
