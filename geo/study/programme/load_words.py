"""Which places have more people than room with the programme, in words."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from geo.language import gettext as _
from geo.language import ngettext, numbers
from geo.study.figures import at_least
from geo.study.result import StudyResult
from geo.study.wording import site_name

#: Places named before the rest is counted.
_NAMED: Final = 5


def overfull(result: StudyResult) -> str:
    """Return which places of known capacity are overfull in some year of the programme, and how many are unknown."""
    rows = result.tables["programme_loads"]
    if not len(rows):
        return ""
    over = rows[(rows["over_persons"] > 0).fillna(value=False)]
    silent = int(rows["capacity"].isna().sum())
    texts = []
    if len(over):
        texts.append(_over(result, over))
    elif silent < len(rows):
        texts.append(_("With the programme no place with a known capacity is overfull."))
    if silent:
        text = ngettext(
            "The capacity of {n} place is unknown: whether everybody fits in there cannot be told.",
            "The capacity of {n} places is unknown: whether everybody fits in there cannot be told.",
            silent,
        )
        texts.append(text.format(n=numbers.persons(silent)))
    texts.append(_("Capacity is looked at afterwards; it does not steer what the programme chooses."))
    return " ".join(texts)


def _over(result: StudyResult, over: pd.DataFrame) -> str:
    ordered = over.sort_values(["over_persons", "site_id"], ascending=[False, True], kind="stable")
    named = [_place(result, row) for row in ordered.head(_NAMED).to_dict("records")]
    rest = len(over) - _NAMED
    if rest > 0:
        named.append(ngettext("{n} more place", "{n} more places", rest).format(n=numbers.persons(rest)))
    text = ngettext(
        "With the programme {n} place has more people than room in its fullest year: {places}.",
        "With the programme {n} places have more people than room in their fullest year: {places}.",
        len(over),
    )
    sentence = text.format(n=numbers.persons(len(over)), places="; ".join(named))
    already = int((over["today_persons"] > over["capacity"]).sum())
    if not already:
        return sentence
    today = ngettext(
        "{n} of them is overfull today already, counted the same way.",
        "{n} of them are overfull today already, counted the same way.",
        already,
    )
    return f"{sentence} {today.format(n=numbers.persons(already))}"


def _place(result: StudyResult, row: dict[Any, Any]) -> str:
    text = _("{place} ({year}: {people} for {capacity}, today {today})")
    if not row["today_persons"]:
        text = _("{place} ({year}: {people} for {capacity}, today nobody at this level)")
    return text.format(
        place=site_name(result, str(row["service"]), str(row["site_id"])),
        year=int(row["year"]),
        people=at_least(row["persons"], some_unknown=bool(row["unknown_settlements"])),
        capacity=numbers.persons(row["capacity"]),
        today=numbers.persons(row["today_persons"]),
    )
