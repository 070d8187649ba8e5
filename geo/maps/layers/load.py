"""How full facilities are: one entry per facility that anything is known about, popups included."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from geo.language import gettext as _
from geo.language import mark, numbers
from geo.maps.layers.layer import Layer
from geo.maps.sites import site_numbers
from geo.study.diagnosis.words import LANGUAGES, LOADS
from geo.study.result import StudyResult
from geo.study.wording import word

#: Letters of the verdicts, in the order of the legend.
VERDICTS: Final = {"overloaded": "o", "fitting": "f", "near_empty": "n", "unknown": "k"}


def _load(result: StudyResult) -> list[list[Any]]:
    """Return number, verdict, capacity, users, utilisation and wear in percent, language of every facility.

    Nothing where the capacity of no facility is known: a layer of unknowns says nothing.
    """
    rows = result.tables["facility_load"]
    if rows["capacity"].isna().all():
        return []
    entries: list[list[Any]] = []
    for service in result.config.service:
        numbered = site_numbers(result, service.name)
        own = rows[(rows["service"] == service.name) & rows["site_id"].isin(numbered)]
        entries.extend([numbered[row["site_id"]], *_facts(row)] for _number, row in own.iterrows())
    return sorted(entries, key=lambda entry: entry[0])


def _facts(row: pd.Series[Any]) -> list[Any]:
    language = row["instruction_lang"]
    return [
        VERDICTS[row["load_verdict"]],
        *(_whole(row[name]) for name in ("capacity", "load")),
        _whole(100 * row["utilisation"]),
        _whole(row["wear_pct"]),
        language if isinstance(language, str) else "",
    ]


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else round(float(value))


def _titles(result: StudyResult) -> list[str]:
    """Return the verdicts with their thresholds, in the order of `VERDICTS`."""
    limits = result.config.diagnosis
    most, least = numbers.decimal(100 * limits.overloaded_share, 0), numbers.decimal(100 * limits.near_empty_share, 0)
    return [
        _("overloaded (users above {percent} % of capacity)").format(percent=most),
        _("fitting (users {least} to {most} % of capacity)").format(least=least, most=most),
        _("near-empty (users below {percent} % of capacity)").format(percent=least),
        _("load unknown"),
    ]


def load_words() -> dict[str, dict[str, str]]:
    """Return verdicts by letter and languages by code, as popups call them."""
    return {
        "verdicts": {letter: word(LOADS, verdict) for verdict, letter in VERDICTS.items()},
        "languages": {code: word(LANGUAGES, code) for code in LANGUAGES},
    }


LOAD: Final = Layer(mark("Load of facilities"), _load, shown=False, words=_titles)
