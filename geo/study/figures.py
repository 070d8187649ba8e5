"""Figures as pages show them: people, minutes and shares, and what stands for one that is missing."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geo.language import gettext as _
from geo.language import numbers


def people(value: Any, imputed: bool = False) -> str:
    """Return people with separators; unknown in words, imputed with its sign."""
    if value is None or pd.isna(value):
        return _("unknown")
    text = numbers.persons(float(value))
    return _("≈{people}").format(people=text) if imputed else text


def at_least(persons: float, *, some_unknown: bool, alone: bool = False) -> str:
    """Return a sum of people: at least, where those of some settlements are unknown; of none that is known, unknown.

    Parameters
    ----------
    persons
        Sum of those that are known.
    some_unknown
        Whether there are settlements of unknown size besides.
    alone
        Whether no word for people follows.
    """
    if not some_unknown:
        return numbers.persons(persons)
    if not persons:
        return _("unknown") if alone else _("an unknown number of")
    return _("at least {people}").format(people=numbers.persons(persons))


def tenths(value: Any, missing: str | None = None) -> str:
    """Return a number with one decimal; a missing one is no way, unless said otherwise."""
    if value is None or pd.isna(value):
        return _("no way") if missing is None else missing
    return numbers.decimal(float(value), 1)


def percent(share: Any, missing: str | None = None, digits: int = 1) -> str:
    """Return a share as a percentage, with one decimal as a rule; a missing one is unknown, unless said otherwise."""
    if share is None or pd.isna(share):
        return _("unknown") if missing is None else missing
    text = _("{percent} %").format(percent=numbers.decimal(100 * float(share), digits))
    return text.replace(" ", numbers.NO_BREAK_SPACE)
