"""What more of one goal costs in another, in sentences: the report's, and the map's."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geo.language import current, ngettext, numbers
from geo.language import gettext as _
from geo.study.figures import people, tenths
from geo.study.programme.choice_words import frontier_in_words
from geo.study.result import StudyResult
from geo.study.wording import by_what_counts

Rows = list[dict[Any, Any]]
#: A sentence and what stands in its gaps.
Words = tuple[str, dict[str, str]]


def money(result: StudyResult, service: str, amount: Any) -> str:
    """Return an amount with its currency and price year where the study knows them; a missing one is unknown."""
    if amount is None or pd.isna(amount):
        return _("no price known")
    prices = result.manifest.get("prices", {}).get(service)
    if prices is None:
        return numbers.persons(float(amount))
    return numbers.money(float(amount), prices[0], int(prices[1]))


def too_large() -> str:
    """Return why a part of the programme is missing for a service."""
    return _(
        "{service}: left out here, because there are more settlements and candidates than most_times in the study file "
        "allows; the pages of the smaller units have it."
    )


def headline_row(own: Rows) -> dict[Any, Any] | None:
    """Return the headline plan among the rows of a frontier; None where it is not there."""
    return next((row for row in own if row["point_role"] in ("headline", "both")), None)


def trade_sentence(result: StudyResult, service: str, name: str, own: Rows) -> str:
    """Return what one goal costs in another, by the plans of a frontier of a service, and how sure that is."""
    label = result.service(service).label.in_language(current())
    if own[0]["left_out"]:
        goals_ = frontier_in_words(result.config, name)
        return too_large().format(service=_("{service} ({goals})").format(service=label, goals=goals_))
    points = [row for row in own if pd.notna(row["point"])]
    text, facts = {"cost": _cost_words, "norm": _norm_words, "equity": _equity_words}[name](
        result, service, own, points
    )
    return " ".join(part for part in (text.format(service=label, **facts), _proof(points)) if part)


def _proof(points: Rows) -> str:
    """Return how sure the points are."""
    gaps = [float(row["gap"]) for row in points if row["status"] != "optimal" and pd.notna(row["gap"])]
    if gaps:
        text = _("Not every plan is proven: at most {gap} % better could exist.")
        return text.format(gap=numbers.decimal(100 * max(gaps), 1))
    if len(points) > 1 and not points[0]["complete"]:
        return _("Each plan is proven: none is better by both goals. Others may lie between them.")
    return (
        _("Proven: no plan is better by both goals, and no other plan lies between these.") if len(points) > 1 else ""
    )


def _cost_words(result: StudyResult, service: str, _own: Rows, points: Rows) -> Words:
    steps = [row for row in points if pd.notna(row["step_cost"])]
    if not steps:
        return _("{service}: no site that could open brings anybody within the norm."), {}
    first, last = steps[0], steps[-1]
    if pd.isna(first["cost"]):
        n = int(first["new_sites"])
        text = by_what_counts(
            result.config,
            ngettext(
                "{service}: the first new site brings {gained} people within the norm; with {all} in all {left} people "
                "stay beyond it.",
                "{service}: the first {n} new sites bring {gained} people within the norm; with {all} in all {left} "
                "people stay beyond it.",
                n,
            ),
            ngettext(
                "{service}: settlements within the norm by the first new site: {gained}; beyond it with {all} in all: "
                "{left}.",
                "{service}: settlements within the norm by the first {n} new sites: {gained}; beyond it with {all} in "
                "all: {left}.",
                n,
            ),
        )
        return text, {
            "n": numbers.persons(first["new_sites"]),
            "gained": people(points[0]["beyond_persons"] - first["beyond_persons"]),
            "all": numbers.persons(last["new_sites"]),
            "left": people(last["beyond_persons"]),
        }
    text = by_what_counts(
        result.config,
        _(
            "{service}: the first step brings people within the norm at {first} each, the last one at {last} each; "
            "with {cost} in all {left} people stay beyond it."
        ),
        _(
            "{service}: the first step brings settlements within the norm at {first} each, the last one at {last} "
            "each; settlements that stay beyond it with {cost} in all: {left}."
        ),
    )
    return text, {
        "first": money(result, service, first["step_cost"]),
        "last": money(result, service, last["step_cost"]),
        "cost": money(result, service, last["cost"]),
        "left": people(last["beyond_persons"]),
    }


def _norm_words(result: StudyResult, _service: str, own: Rows, points: Rows) -> Words:
    if len(points) == 1:
        alone = by_what_counts(
            result.config,
            _(
                "{service}: with as many new sites nothing has to be given up: no plan has a shorter mean trip than "
                "the one that brings most people within the norm."
            ),
            _(
                "{service}: with as many new sites nothing has to be given up: no plan has a shorter mean trip than "
                "the one that brings most settlements within the norm."
            ),
        )
        return alone, {}
    headline, other = headline_row(own) or points[0], points[-1]
    text = by_what_counts(
        result.config,
        _(
            "{service}: with as many new sites the mean trip could be {other} instead of {mean} min if {more} more "
            "people stayed beyond the norm; the order of goals does not allow it."
        ),
        _(
            "{service}: with as many new sites the mean trip could be {other} instead of {mean} min, and more "
            "settlements would stay beyond the norm: {more}; the order of goals does not allow it."
        ),
    )
    return text, {
        "other": tenths(other["mean_minutes"]),
        "mean": tenths(headline["mean_minutes"]),
        "more": people(other["beyond_persons"] - headline["beyond_persons"]),
    }


def _equity_words(_result: StudyResult, _service: str, _own: Rows, points: Rows) -> Words:
    if len(points) == 1:
        return _(
            "{service}: efficiency and equity agree: the plan with the shortest mean trip is the least unequal one."
        ), {}
    short, equal = points[0], points[-1]
    text = _(
        "{service}: the shortest mean trip is {mean} min with unequal trips as bad as {ede} min for everybody (EDE); "
        "the least unequal plan has {other_mean} and {other_ede} min."
    )
    return text, {
        "mean": tenths(short["mean_minutes"]),
        "ede": tenths(short["ede_minutes"]),
        "other_mean": tenths(equal["mean_minutes"]),
        "other_ede": tenths(equal["ede_minutes"]),
    }


def trades(result: StudyResult, service: str) -> list[str]:
    """Return what more people within the norm and less unequal trips cost; nothing where the study does not ask."""
    if result.config.equity is None:
        return []
    found = []
    for name in ("cost", "equity"):
        own: Rows = result.table("frontier", service=service, frontier=name).to_dict("records")
        if own and not own[0]["left_out"]:
            found.append(trade_sentence(result, service, name, own))
    return found
