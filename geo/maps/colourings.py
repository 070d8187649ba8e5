"""What circles may be coloured by beside minutes and norms: remoteness, growth, choice, supply, what is missing.

All are of today. Python decides every settlement's class; the page only counts and draws.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pandas as pd

from geo.language import gettext as _
from geo.language import mark, numbers
from geo.maps.services import season_choices
from geo.norms import remoteness_classes
from geo.study.diagnosis.groups import EVERYBODY
from geo.study.diagnosis.words import PLACE_CLASSES, SUPPLY_UNITS, remoteness_title
from geo.study.result import WORST, StudyResult, once_per_result
from geo.study.wording import word

UNKNOWN: Final = "k"
NOT_APPLICABLE: Final = "a"
#: From light to dark: read without colour, too. White dots on the dark ones.
_SEQUENCE: Final = ("#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494")
_WITHIN, _BARELY, _BEYOND, _NONE = "#2c7bb6", "#abd9e9", "#fdae61", "#d7191c"
_INK, _WHITE = "#1a1a1a", "#ffffff"
#: Growth by colour (light where served, full and dotted where not) and, for print and for whoever sees colours
#: otherwise, by shape.
_GROWTH: Final = {
    "growing": ("#a8ddc9", "#12805c", "up"),
    "stable": ("#e6e6e6", "#949494", "circle"),
    "declining": ("#fbd7a8", "#dd7a10", "down"),
}
_GAPS: Final = {"lower": "1", "none": "2", "unknown": UNKNOWN}
#: Of several norms that ask something of a settlement, the page shows the one that is farthest from being met.
_GAP_ORDER: Final = ("none", "lower", "unknown", "")
_MOST_CHOICE: Final = 3
#: Scores of supply above 0 are cut into so many classes of about equally many settlements.
_SUPPLY_CLASSES: Final = 4
#: People per which the tables give scores, and per which the page may show them.
_SCORE_BASE: Final = 1_000
_BASES: Final = (1_000, 10_000, 100_000, 1_000_000)


@dataclass(frozen=True)
class Look:
    """How a class is drawn: colour, shape (circle, up, down), size of its dot as a share of it, colour of the dot."""

    colour: str
    shape: str = "circle"
    dot: float = 0.0
    dot_colour: str = _INK


@dataclass(frozen=True)
class Colouring:
    """One thing that circles may be coloured by.

    Parameters
    ----------
    looks
        By the letter of each class, in the order of the legend. Letters `k` (unknown) and `a` (does not apply) have
        fixed looks and are in no list.
    codes
        A letter per settlement, by season; under an empty name where seasons make no difference.
    facts
        What `labels` needs to put the classes into words: breaks, unit.
    listed
        Letters of the classes whose places the page lists; empty = it lists those below the norm as it does anyway.
    """

    looks: Mapping[str, Look]
    codes: Mapping[str, str]
    facts: Mapping[str, Any] = field(default_factory=dict)
    listed: str = ""


@once_per_result
def colourings(result: StudyResult, service: str) -> dict[str, Colouring]:
    """Return what a service's circles may be coloured by; what nothing is known about is left out."""
    found = {name: build(result, service) for name, build in _BUILDERS.items()}
    return {name: one for name, one in found.items() if one}


def colouring_data(result: StudyResult, service: str) -> list[dict[str, Any]]:
    """Return the colourings of a service for the page's data block."""
    return [
        {
            "key": key,
            "codes": one.codes,
            "looks": {code: [look.colour, look.shape, look.dot, look.dot_colour] for code, look in one.looks.items()},
            "listed": one.listed,
        }
        for key, one in colourings(result, service).items()
    ]


def colouring_texts(result: StudyResult, service: str) -> dict[str, Any]:
    """Return title and class labels of each colouring in the language in use."""
    fixed = {UNKNOWN: _("unknown"), NOT_APPLICABLE: _("does not apply here")}
    return {
        key: {"title": _title(key, one), "labels": fixed | _LABELS[key](one)}
        for key, one in colourings(result, service).items()
    }


def profile_rows(result: StudyResult) -> pd.DataFrame:
    """Return `settlement_profile` in the order of the unit's settlements; blank where a settlement has no row."""
    return result.table("settlement_profile").set_index("settlement_id").reindex(result.settlements.index)


def gap_rows(result: StudyResult, service: str) -> pd.DataFrame:
    """Return one row of `norm_gaps` per settlement in the unit's order: of several, what is farthest from being met."""
    rows = result.table("norm_gaps", service=service)
    order = rows["gap"].fillna("").map({gap: number for number, gap in enumerate(_GAP_ORDER)})
    rows = rows.assign(order=order).sort_values("order", kind="stable").drop_duplicates("settlement_id")
    return rows.set_index("settlement_id").reindex(result.settlements.index)


def access_rows(result: StudyResult, service: str, season: str) -> pd.DataFrame:
    """Return everybody's `access_indicators` of a season in the order of the unit's settlements."""
    rows = result.table("access_indicators", service=service, demand_group=EVERYBODY, season=season)
    return rows.set_index("settlement_id").reindex(result.settlements.index)


def _remoteness(result: StudyResult, _service: str) -> Colouring | None:
    rows = profile_rows(result)
    found = rows["remoteness_class"].replace("", None)
    if found.isna().all():
        return None
    classes = [one.code for one in remoteness_classes()]
    if not found.dropna().isin(classes).all():
        # Of a pack of one's own only the classes that occur are known here; their scores put them into order.
        classes = rows.groupby(found)["remoteness"].min().sort_values(kind="stable").index.astype(str).tolist()
    letters = {name: str(number) for number, name in enumerate(classes)}
    spread = np.linspace(0, len(_SEQUENCE) - 1, len(classes)).round().astype(int)
    dots = np.linspace(0, 0.45, len(classes))
    looks = {
        letters[name]: Look(_SEQUENCE[at], dot=round(float(dot), 2) if at > 2 else 0.0, dot_colour=_WHITE)
        for name, at, dot in zip(classes, spread, dots, strict=True)
    }
    return Colouring(looks, {"": _letters(found, letters)}, {"classes": letters})


def _place_class(result: StudyResult, _service: str) -> Colouring | None:
    found = profile_rows(result)["place_class"]
    classes = [name for name in PLACE_CLASSES if name != "unknown"]
    if not found.isin(classes).any():
        return None
    letters = {name: str(number) for number, name in enumerate(classes)}
    looks = {}
    for name in classes:
        growth, _hyphen, served = name.partition("-")
        light, full, shape = _GROWTH[growth]
        looks[letters[name]] = Look(full, shape, 0.4) if served == "unserved" else Look(light, shape)
    listed = "".join(letters[name] for name in classes if name.endswith("-unserved"))
    return Colouring(looks, {"": _letters(found, letters)}, {"classes": letters}, listed)


def _choice(result: StudyResult, service: str) -> Colouring | None:
    if result.table("access_indicators", service=service).empty:
        return None
    letters = {number: str(number) for number in range(_MOST_CHOICE + 1)}
    codes = {
        season: _letters(access_rows(result, service, season)["n_within"].clip(upper=_MOST_CHOICE), letters)
        for season in season_choices(result, service)
    }
    looks = {"0": Look(_NONE, dot=0.45), "1": Look(_BEYOND, dot=0.25), "2": Look(_BARELY), "3": Look(_WITHIN)}
    return Colouring(looks, codes, listed="0")


def _supply(result: StudyResult, service: str) -> Colouring | None:
    rows = result.table("access_indicators", service=service, demand_group=EVERYBODY)
    if rows.empty:
        return None
    breaks = _supply_breaks(rows.loc[rows["season"] == WORST, "m2sfca"])

    def coded(scores: pd.Series[float]) -> str:
        step = 1 + np.searchsorted(breaks, scores.to_numpy(dtype=float), side="left")
        known = pd.Series(np.where(scores == 0, 0, step)).where(scores.notna().to_numpy())
        return _letters(known, {number: str(number) for number in range(len(breaks) + 2)})

    codes = {
        season: coded(access_rows(result, service, season)["m2sfca"]) for season in season_choices(result, service)
    }
    spread = np.linspace(0, len(_SEQUENCE) - 1, len(breaks) + 1).round().astype(int)
    looks = {"0": Look(_NONE, dot=0.45)}
    looks |= {str(number): Look(_SEQUENCE[at]) for number, at in enumerate(spread, start=1)}
    facts = {"breaks": breaks, "unit": str(rows["supply_unit"].iloc[0]), "base": _supply_base(breaks)}
    return Colouring(looks, codes, facts, listed="0")


def _supply_base(breaks: list[float]) -> int:
    """Return the number of people per which supply is shown: one hospital for many reads badly per 1,000."""
    least = min(breaks, default=1.0)
    return next((base for base in _BASES if least * base / _SCORE_BASE >= 1), _BASES[-1])


def _supply_breaks(scores: pd.Series[float]) -> list[float]:
    """Return upper ends of all classes but the last: quantiles of the scores above 0 in two digits, the same always."""
    above = scores[scores > 0].to_numpy(dtype=float)
    if not len(above):
        return []
    found = np.quantile(above, np.arange(1, _SUPPLY_CLASSES) / _SUPPLY_CLASSES)
    return sorted({float(f"{value:.2g}") for value in found})


def _gap(result: StudyResult, service: str) -> Colouring | None:
    rows = gap_rows(result, service)
    if not rows["status"].isin(("met", "unmet")).any():
        return None
    gaps = rows["gap"].fillna("")
    codes = "".join(
        NOT_APPLICABLE if pd.isna(status) else _GAPS.get(gap, "0" if status == "met" else UNKNOWN)
        for status, gap in zip(rows["status"], gaps, strict=True)
    )
    looks = {"0": Look(_WITHIN), "1": Look(_BEYOND, dot=0.25), "2": Look(_NONE, dot=0.45)}
    return Colouring(looks, {"": codes}, listed="21")


def _letters(values: pd.Series[Any], letters: Mapping[Any, str]) -> str:
    return "".join(UNKNOWN if pd.isna(value) else letters.get(value, UNKNOWN) for value in values.tolist())


def _title(key: str, one: Colouring) -> str:
    if key != "supply":
        return _(_TITLES[key])
    unit, base = word(SUPPLY_UNITS, one.facts["unit"]), numbers.persons(one.facts["base"])
    return _(_TITLES[key]).format(unit=unit, base=base)


def _supply_labels(one: Colouring) -> dict[str, str]:
    ends = [_short(value * one.facts["base"] / _SCORE_BASE) for value in one.facts["breaks"]]
    labels = {"0": _("no access (0)")}
    if not ends:
        return labels | {"1": _("over {start}").format(start=0)}
    labels["1"] = _("up to {end}").format(end=ends[0])
    for number, (start, end) in enumerate(pairwise(ends), start=2):
        labels[str(number)] = _("{start} to {end}").format(start=start, end=end)
    return labels | {str(len(ends) + 1): _("over {start}").format(start=ends[-1])}


def _short(value: float) -> str:
    """Return a number of two digits without needless decimals."""
    return numbers.decimal(value, 0 if value >= 10 or value == round(value) else 1)


def _named(speak: Callable[[str], str]) -> Callable[[Colouring], dict[str, str]]:
    return lambda one: {letter: speak(name) for name, letter in one.facts["classes"].items()}


_BUILDERS: Final[Mapping[str, Callable[[StudyResult, str], Colouring | None]]] = {
    "gap": _gap,
    "choice": _choice,
    "supply": _supply,
    "remoteness": _remoteness,
    "place_class": _place_class,
}
_TITLES: Final = {
    "gap": mark("What is missing by the norms"),
    "choice": mark("Choice: facilities within the norm"),
    "supply": mark("Supply per {base} people ({unit}; M2SFCA)"),
    "remoteness": mark("Remoteness class"),
    "place_class": mark("Growth and service"),
}
_LABELS: Final[Mapping[str, Callable[[Colouring], dict[str, str]]]] = {
    "gap": lambda _one: {
        "0": _("has what it should"),
        "1": _("a lower level stands here"),
        "2": _("nothing stands here"),
    },
    "choice": lambda _one: {"0": _("none"), "1": "1", "2": "2", "3": _("3 or more")},
    "supply": _supply_labels,
    "remoteness": _named(remoteness_title),
    "place_class": _named(lambda name: word(PLACE_CLASSES, name)),
}
