"""What communities propose, in words: the same on the report and on the map."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from geo.language import current, numbers
from geo.language import gettext as _
from geo.study.figures import at_least, percent, tenths
from geo.study.programme import sentences
from geo.study.programme.people_words import BREAKS_TOLERANCE, MEASURED, SCORE_STATUS
from geo.study.result import StudyResult
from geo.study.wording import listed, names_of, word

#: Minutes that one decimal can show.
_SHOWN_MINUTES: Final = 0.05


class ProposalWords:
    """What a result's proposals and sites are called, and what comes of a proposal, in the language in use."""

    def __init__(self, result: StudyResult) -> None:
        self._result = result
        sites = result.sites
        self._settlements: dict[str, str] = dict(
            zip(result.settlements.index, names_of(result.settlements), strict=True)
        )
        self._sites: dict[str, str] = dict(zip(sites["site_id"].astype(str), names_of(sites), strict=True))

    def entry(self, row: dict[Any, Any]) -> str:
        """Return what a row is called: a proposal's title and place, or the solver's site."""
        if row["entry"] == "candidate":
            return self.site(str(row["open_sites"]))
        place = self._settlements.get(row["settlement_id"], "")
        title = str(row["proposal_title"] or row["proposal_id"])
        return _("“{title}”, {place}").format(title=title, place=place) if place else _("“{title}”").format(title=title)

    def site(self, code: str) -> str:
        """Return the name of a facility or candidate; of a proposal's own place its code."""
        return self._sites.get(code, code)

    def sentence(self, row: dict[Any, Any]) -> str:
        """Return what comes of a proposal."""
        facts = {
            "proposal": self.entry(row),
            "service": self._result.service(row["service"]).label.in_language(current()),
            "proposer": row["proposer"],
        }
        if not is_measured(row):
            text = _("{proposal} ({service}; proposed by {proposer}): {why}.")
            return text.format(why=word(SCORE_STATUS, row["score_status"]), **facts)
        facts |= {
            "rank": numbers.persons(row["rank"]),
            "all": numbers.persons(row["n_ranked"]),
            "gained": numbers.persons(row["gained_persons"]),
            "best": numbers.persons(row["optimum_persons"]),
            "share": percent(row["optimum_share"], missing="", digits=0),
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
        loser_people = at_least(row["loser_persons"], some_unknown=bool(row["loser_unknown_settlements"]))
        facts = {"names": listed(names), "people": loser_people}
        if self._result.config.demand.counts == "settlements":
            return _("Worse off: {names}.").format(**facts)
        if pd.isna(row["loser_minutes"]):
            return _("Worse off: {names} ({people} people), who would have no way any more.").format(**facts)
        text = _("Worse off: {names} ({people} people), by up to {minutes} min.")
        return text.format(minutes=tenths(row["loser_minutes"]), **facts)

    def _no_gain(self, row: dict[Any, Any]) -> str:
        shorter = row["ede_gained_minutes"]
        if pd.isna(shorter) or shorter < _SHOWN_MINUTES:
            return _("It brings nobody within the norm.")
        text = _("It brings nobody within the norm; the equivalent trip gets {minutes} min shorter.")
        return text.format(minutes=tenths(shorter))


def is_measured(row: dict[Any, Any]) -> bool:
    """Say whether a proposal is measured, whatever comes of it."""
    return row["score_status"] in (MEASURED, BREAKS_TOLERANCE)


def harms(row: dict[Any, Any]) -> bool:
    """Say whether a proposal makes anybody's trip longer."""
    return is_measured(row) and (row["score_status"] == BREAKS_TOLERANCE or int(row["losers"]) > 0)


def cost_sentence(result: StudyResult, row: dict[Any, Any]) -> str:
    """Return what a proposal costs and what its authors bring along; empty where it is not measured."""
    if not is_measured(row):
        return ""
    cost = sentences.amount(result, row["cost"])
    prices = result.manifest.get("prices", {}).get(row["service"])
    text = _("Cost: {cost}.")
    if prices and pd.notna(row["cost"]):
        text = _("Cost: {cost} ({year} prices, not verified).")
    texts = [text.format(cost=cost, year=int(prices[1]) if prices else "")]
    if pd.notna(row["co_funding"]) and row["co_funding"] > 0:
        brought = _("The community brings {amount}; this moves nobody up.")
        texts.append(brought.format(amount=sentences.amount(result, row["co_funding"])))
    return " ".join(texts)
