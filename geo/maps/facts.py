"""What popups say about a place beside its times: how remote, growing or not, what is missing."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from geo.language import gettext as _
from geo.maps.colourings import gap_rows, profile_rows
from geo.study.diagnosis.words import GROWTH, remoteness_title
from geo.study.programme.provision_words import form_line, is_partial
from geo.study.result import StudyResult, once_per_result
from geo.study.wording import LEVELS, word

#: Columns of `provision_chosen` that the line of a settlement is made of.
_FORM_COLUMNS: Final = ("form", "safeguard", "cut_off_seasons", "served_persons", "persons")
_FormKey = tuple[str, str, str, int, int]
_GROWTH_LETTERS: Final = {"growing": "g", "stable": "s", "declining": "d", "unknown": "k"}


def profile_data(result: StudyResult) -> dict[str, Any] | None:
    """Return scores of remoteness, growth in percent a year and numbers of their classes; None where there are none."""
    if result.tables["settlement_profile"].empty:
        return None
    rows = profile_rows(result)
    classes = {name: number for number, name in enumerate(_remoteness_names(result))}
    return {
        "remoteness": [tenths(value) for value in rows["remoteness"]],
        "remotenessClass": [classes.get(name) for name in rows["remoteness_class"]],
        "growth": [tenths(100 * value) for value in rows["annual_growth"]],
        "growthClass": "".join(_GROWTH_LETTERS.get(name, "k") for name in rows["growth"]),
    }


def profile_texts(result: StudyResult) -> dict[str, Any]:
    """Return the classes of `profile_data` in words."""
    return {
        "remoteness": [remoteness_title(name) for name in _remoteness_names(result)],
        "growth": {letter: word(GROWTH, name) for name, letter in _GROWTH_LETTERS.items()},
    }


def gap_numbers(result: StudyResult, service: str) -> list[int | None]:
    """Return per settlement the number of its text in `gap_texts`; None where nothing is missing or it is unknown."""
    numbered = {gap: number for number, gap in enumerate(_gaps(result, service))}
    return [numbered[gap] if gap else None for gap in _gap_keys(result, service)]


def gap_texts(result: StudyResult, service: str) -> list[str]:
    """Return every gap of a service's settlements in words, in the language in use."""
    return [
        _("{required}; here: {present}").format(required=word(LEVELS, required), present=word(LEVELS, present))
        if present
        else word(LEVELS, required)
        for required, present in _gaps(result, service)
    ]


def form_numbers(result: StudyResult, service: str) -> list[int | None]:
    """Return per settlement the number of its text in `form_texts`; None where it has none: it is within the norm."""
    numbered = {row: number for number, row in enumerate(_forms(result, service))}
    return [None if row is None else numbered[row] for row in _form_keys(result, service)]


def form_texts(result: StudyResult, service: str) -> list[str]:
    """Return every form of provision of a service's settlements in words, in the language in use."""
    return [form_line(result, pd.Series(dict(zip(_FORM_COLUMNS, row, strict=True)))) for row in _forms(result, service)]


def last_year(result: StudyResult) -> int | None:
    """Return the last year of the programme; None where there is none."""
    years = result.tables["programme_years"]["year"]
    return int(years.max()) if len(years) else None


def within_years(result: StudyResult, service: str) -> list[int | None]:
    """Return per settlement the year from which the programme keeps it within every norm of a service.

    0 where it is below one at the end; None where it is below none today or later, or there is no programme.
    """
    found: dict[object, int] = {}
    rows = result.table("programme_places", service=service)
    for settlement, year in zip(rows["settlement_id"], rows["within_from_year"], strict=True):
        before, own = found.get(settlement), 0 if pd.isna(year) else int(year)
        found[settlement] = own if before is None else 0 if 0 in (own, before) else max(own, before)
    return [found.get(settlement) for settlement in result.settlements.index]


def _forms(result: StudyResult, service: str) -> list[_FormKey]:
    return sorted({row for row in _form_keys(result, service) if row is not None})


@once_per_result
def _form_keys(result: StudyResult, service: str) -> list[_FormKey | None]:
    """Return per settlement what its line is made of, nothing else; None within the norm."""
    found: dict[object, _FormKey] = {}
    for _number, row in result.table("provision_chosen", service=service).iterrows():
        if row["form"] == "met":
            continue
        partial = is_partial(row)
        served, persons = (int(row[name]) if partial else 0 for name in ("served_persons", "persons"))
        cut_off = str(row["cut_off_seasons"]) if row["safeguard"] else ""
        found[row["settlement_id"]] = (str(row["form"]), str(row["safeguard"]), cut_off, served, persons)
    return [found.get(settlement_id) for settlement_id in result.settlements.index]


def _gaps(result: StudyResult, service: str) -> list[tuple[str, str]]:
    return sorted({gap for gap in _gap_keys(result, service) if gap})


@once_per_result
def _gap_keys(result: StudyResult, service: str) -> list[tuple[str, str] | None]:
    """Return per settlement the level it should have and the one it has; None where nothing is known to be missing."""
    rows = gap_rows(result, service)
    texts = rows[["gap", "required_level", "present_level"]].astype(object).where(rows.notna(), "")
    return [
        (required, present) if gap in ("none", "lower") and required else None
        for gap, required, present in texts.itertuples(index=False)
    ]


def _remoteness_names(result: StudyResult) -> list[str]:
    return sorted(set(profile_rows(result)["remoteness_class"].dropna().astype(str)) - {""})


def tenths(value: Any) -> float | None:
    """Return a number with one decimal for the page's program; None where it is unknown."""
    return None if pd.isna(value) else round(float(value), 1)
