"""What the programme means for single settlements, in words: map, sheets and hearing pack say the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from geo.language import current, numbers
from geo.language import gettext as _
from geo.study.figures import at_least, people
from geo.study.programme import sentences
from geo.study.programme.provision_words import form_line
from geo.study.result import StudyResult
from geo.study.wording import LEVELS, by_what_counts, season_label, settlement_name, word


def item_with_lacks(result: StudyResult, row: Mapping[Any, Any]) -> str:
    """Return what an item is, with its place, and why it is only declared where it is."""
    return _with_lacks(sentences.item(result, dict(row)), row)


def _with_lacks(what: str, row: Mapping[Any, Any]) -> str:
    lacking = sentences.lacks(dict(row))
    return _("{item} (declarative: {lacks})").format(item=what, lacks=lacking) if lacking else what


def loss(result: StudyResult, row: Mapping[Any, Any]) -> str:
    """Return how much longer the way of a row of `programme_losers` gets: today, then, season, year, people."""
    facts = {
        "service": _service(result, row),
        "before": numbers.minutes(float(row["before_minutes"])),
        "after": _("no way any more")
        if pd.isna(row["after_minutes"])
        else numbers.minutes(float(row["after_minutes"])),
        "season": season_label(result, str(row["season"])),
        "year": int(row["year"]),
        "people": people(row["persons"]),
    }
    text = by_what_counts(
        result.config,
        _("{service}: today {before}, then {after} ({season}, {year}; people: {people})"),
        _("{service}: today {before}, then {after} ({season}, {year})"),
    )
    return text.format(**facts)


def _service(result: StudyResult, row: Mapping[Any, Any]) -> str:
    """Return a service with its level where that says more, and the language of instruction where it matters."""
    text, level = result.service(str(row["service"])).label.in_language(current()), word(LEVELS, row["level"])
    if level.casefold() != text.casefold():
        text = _("{service}, {level}").format(service=text, level=level)
    if not row["language"]:
        return text
    spoken = word(sentences.LANGUAGES, row["language"])
    return _("{service} ({language})").format(service=text, language=spoken)


def worst_losses(result: StudyResult) -> list[dict[Any, Any]]:
    """Return the rows of `programme_losers` that pages name: per settlement and service the one that grows most."""
    rows = result.tables["programme_losers"]
    longer = rows["longer_minutes"].astype("float64").fillna(float("inf"))
    order = rows.assign(_longer=longer).sort_values("_longer", ascending=False, kind="stable")
    chosen = order.drop_duplicates(["settlement_id", "service"])
    return chosen.drop(columns="_longer").to_dict("records")


def named_losses(result: StudyResult) -> list[str]:
    """Return everybody who is worse off by name, with the loss, the longest first; neighbours' places too."""
    text = _("{place}: {loss}")
    return [
        text.format(place=settlement_name(result, str(row["settlement_id"])), loss=loss(result, row))
        for row in worst_losses(result)
    ]


def in_one_line(result: StudyResult) -> str:
    """Return the programme in a line: items with money, their sum, people worse off; empty where there is none."""
    years, items = result.tables["programme_years"], result.tables["programme_items"]
    if result.config.programme is None or not len(years):
        return ""
    facts = {
        "first": int(years["year"].min()),
        "last": int(years["year"].max()),
        "n": numbers.persons(int(items["year"].notna().sum())),
        "worse": _worse_off(result),
    }
    if years["budget"].isna().all():
        text = _("Programme {first}-{last}: {n} items, no price is known; {worse}.")
        return text.format(**facts)
    spent = float(years["spent_access"].sum() + years["spent_renewal"].sum())
    text = _("Programme {first}-{last}: {n} items with money, {spent} of {budget}; {worse}.")
    budget = sentences.amount(result, years["budget"].sum())
    return text.format(spent=sentences.amount(result, spent), budget=budget, **facts)


def _worse_off(result: StudyResult) -> str:
    """Return how many people are worse off in some year, each settlement once."""
    rows = result.tables["programme_losers"]
    if not len(rows):
        return _("nobody is worse off")
    most = rows.groupby("settlement_id")["persons"].max()
    text = by_what_counts(result.config, _("people worse off: {n}"), _("settlements worse off: {n}"))
    if result.config.demand.counts == "settlements":
        return text.format(n=numbers.persons(len(most)))
    return text.format(n=at_least(int(most.fillna(0).sum()), some_unknown=bool(most.isna().any()), alone=True))


def programme_by_place(result: StudyResult) -> dict[str, list[str]]:
    """Return per settlement what it loses, what is built there and when it comes within the norms; {} without any."""
    years = result.tables["programme_years"]
    if result.config.programme is None or not len(years):
        return {}
    items, lost, within = (_grouped(rows) for rows in (_items(result), worst_losses(result), _places(result)))
    found = {}
    for settlement in map(str, result.settlements.index):
        texts = [_here(result, items.get(settlement, []))]
        if settlement in within:
            texts.append(_within(within[settlement], int(years["year"].max())))
        if settlement in lost:
            text = _("Worse off with the programme: {losses}.")
            texts.insert(0, text.format(losses="; ".join(loss(result, row) for row in lost[settlement])))
        found[settlement] = texts
    return found


def _items(result: StudyResult) -> list[dict[Any, Any]]:
    return result.tables["programme_items"].to_dict("records")


def _places(result: StudyResult) -> list[dict[Any, Any]]:
    return result.tables["programme_places"].to_dict("records")


def _grouped(rows: list[dict[Any, Any]]) -> dict[str, list[dict[Any, Any]]]:
    found: dict[str, list[dict[Any, Any]]] = {}
    for row in rows:
        found.setdefault(str(row["settlement_id"]), []).append(row)
    return found


def _here(result: StudyResult, rows: list[dict[Any, Any]]) -> str:
    """Return what is built in a settlement, year by year."""
    if not rows:
        return _("The programme builds nothing here.")
    texts = [
        _("{year}: {item}").format(
            year=_("no year") if pd.isna(row["year"]) else str(int(row["year"])),
            item=_with_lacks(sentences.what(result, row), row),
        )
        for row in rows
    ]
    return _("The programme here: {items}.").format(items="; ".join(texts))


def _within(rows: list[dict[Any, Any]], last: int) -> str:
    """Return from when a settlement is within which norms, and which it is below at the end, by level."""
    levels: dict[int, list[str]] = {}
    for row in rows:
        year = 0 if pd.isna(row["within_from_year"]) else int(row["within_from_year"])
        levels.setdefault(year, []).append(word(LEVELS, row["level"]))
    below = ", ".join(levels.pop(0, []))
    texts = []
    if levels:
        one = _("{year} ({levels})")
        years = ", ".join(one.format(year=year, levels=", ".join(levels[year])) for year in sorted(levels))
        texts.append(_("Within the norm from the end of {years}.").format(years=years))
    if below:
        texts.append(_("Still below the norm at the end of {last}: {levels}.").format(last=last, levels=below))
    return " ".join(texts)


def forms_by_place(result: StudyResult) -> dict[str, list[str]]:
    """Return per settlement below the norm its form of provision, one line per service; {} where none is asked for."""
    text = _("{service}, form of provision with the plan: {form}.")
    found: dict[str, list[str]] = {}
    rows = result.tables["provision_chosen"]
    for _number, row in rows[rows["form"] != "met"].iterrows():
        label = result.service(str(row["service"])).label.in_language(current())
        found.setdefault(str(row["settlement_id"]), []).append(text.format(service=label, form=form_line(result, row)))
    return found
