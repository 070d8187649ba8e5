"""Cells as people write them, made what their column expects. What is changed is told, what is lost is an error."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import pandas as pd

from geo.language import gettext as _
from geo.read.coordinates import degrees
from geo.read.texts import ERROR_VALUE, SERIALS, Result, Told, changed, day_of, lost_value, serial_day, text_repairer
from geo.tables.check import FILE_ROW, Findings, has_ambiguous_thousands, is_blank, parse_number
from geo.tables.schema import Column, Table

_YEARS: Final = frozenset(("pop_year", "pop_before_year", "year_built", "price_year"))
_PLAIN_NUMBER: Final = re.compile(r"[+-]?(\d+([.]\d*)?|[.]\d+)([eE][+-]?\d+)?")
#: What people write where they have no figure; the check knows the commonest ones already.
_NO_DATA: Final = frozenset(
    (
        *("x", "х", "…", "...", "..", "?", "нет", "жоқ", "б/д", "нд", "н.д.", "н.д", "n.d.", "нет сведений"),
        *("нет свед.", "неизвестно", "белгісіз", "unknown", "no data", "мәлімет жоқ", "данных нет"),
    )
)
_FOOTNOTE: Final = re.compile(r"(.*\d)(\s*\*+|\s*[¹²³⁴-⁹]+|\s+\d\))")
_ABOUT: Final = re.compile(
    r"(?:около|примерно|приблизительно|порядка|ок\.?|шамамен|жуық|about|approx\.?|ca\.?|~|≈)\s*(\d.*)", re.IGNORECASE
)
_COUNTED: Final = re.compile(r"([\d\s.,\u00a0\u202f]*\d)\s*([^\W\d_][^\d]*|%)")
_HOUSEHOLDS: Final = re.compile(r"двор|хозяйств|домовладен|шаңырақ|үй\b|household", re.IGNORECASE)
_YEAR: Final = "year"
_UNIT_WORDS: Final[Mapping[str, re.Pattern[str]]] = {
    unit: re.compile(words, re.IGNORECASE)
    for unit, words in {
        "persons": r"(чел|жит|уч|мест|коек|койк|адам|тұрғын|оқушы|орын|төсек|persons?|people|places|beds)\w*\.?",
        "km": r"(км|km|шақырым)\.?",
        "min": r"(мин|min)\w*\.?",
        "KZT": r"(тг|тенге|теңге|kzt)\.?",
        "%": r"%",
        "km/h": r"(км/ч|км/сағ|km/h)\.?",
        _YEAR: r"(г|год|года|ж|жыл|жылы)\.?",
    }.items()
}


def repair_cells(table: Table, frame: pd.DataFrame, found: Findings) -> pd.DataFrame:
    """Return a raw table with its declared columns repaired, each change told by row and column.

    Parameters
    ----------
    table
        Declaration.
    frame
        Rows under declared names, values as read, with column `file_row`.
    found
        Takes the faults.
    """
    rows = frame[FILE_ROW].tolist()
    repaired = {}
    for column in table.columns:
        if column.name not in frame.columns:
            continue
        repair = text_repairer(column) if column.kind == "text" else number_repairer(column)
        results = _each(frame[column.name].tolist(), repair)
        if results is None:
            continue
        for row, (_value, told) in zip(rows, results, strict=True):
            for item in told:
                found.add(row, column.name, item.code, item.message, item.remedy, item.severity)
        repaired[column.name] = pd.Series([value for value, _told in results], index=frame.index, dtype="object")
    return frame.assign(**repaired) if repaired else frame


def _each(values: Sequence[Any], repair: Callable[[Any], Result]) -> list[Result] | None:
    """Return what becomes of each value; None where nothing does. Equal texts are looked at once."""
    known: dict[str, Result] = {}
    results, is_changed = [], False
    for value in values:
        if isinstance(value, str):
            if value not in known:
                known[value] = repair(value)
            result = known[value]
        else:
            result = repair(value)
        is_changed |= bool(result[1]) or result[0] is not value
        results.append(result)
    return results if is_changed else None


def number_repairer(column: Column) -> Callable[[Any], Result]:
    """Return what repairs a cell of a column of numbers, or of yes and no."""
    is_position = column.unit == "degrees"
    is_year = column.name in _YEARS

    def repair(value: Any) -> Result:
        if is_year and (day := _day_of(value)) is not None:
            return str(day.year), (changed("year-as-date", _shown(value), day.year),)
        if not isinstance(value, str) or _PLAIN_NUMBER.fullmatch(value) or is_blank(value):
            return value, ()
        text = value.strip()
        if ERROR_VALUE.fullmatch(text):
            return None, (lost_value(text),)
        if column.kind == "boolean" or _PLAIN_NUMBER.fullmatch(text):
            return value, ()
        return _position(column, value, text) if is_position else _number(column, value, text)

    return repair


def _position(column: Column, value: str, text: str) -> Result:
    number = degrees(text, is_longitude=column.name == "lon")
    if number is None:
        return value, ()
    return f"{number:.7f}".rstrip("0").rstrip("."), (changed("coordinate-notation", text, f"{number:g}"),)


def _number(column: Column, value: str, text: str) -> Result:
    """Return a number without what stands around it; the value itself where no number can be told."""
    if text.lower() in _NO_DATA:
        message = _("“{value}” was read as unknown, not as 0.").format(value=text)
        return None, (Told("no-data-word", message, _("Leave the cell blank, or fill in the figure.")),)
    code, rest = "number-notation", text
    if found := _FOOTNOTE.fullmatch(text):
        code, rest = "footnote-mark", found[1]
    elif found := _ABOUT.fullmatch(text):
        code, rest = "approximate-number", found[1]
    if found := _COUNTED.fullmatch(rest):
        words = found[2].strip()
        if column.unit == "persons" and _HOUSEHOLDS.search(words):
            message = _("“{value}” counts households, not people; the number of people is unknown.").format(value=text)
            return None, (Told("households", message, _("Fill in the people, or leave it blank."), "warning"),)
        unit = _UNIT_WORDS.get(_YEAR if column.name in _YEARS else column.unit)
        if unit is None or not unit.fullmatch(words):
            return value, ()
        code, rest = "number-with-unit" if code == "number-notation" else code, found[1]
    if column.kind == "integer" and has_ambiguous_thousands(rest):
        # The check calls it an error; here it only loses what stands around it.
        return (value, ()) if rest == text else (rest, (changed(code, text, rest),))
    try:
        number = parse_number(rest)
    except ValueError:
        return value, ()
    plain = f"{number:.15g}"
    return plain, (changed(code, text, plain),)


def _day_of(value: Any) -> datetime.date | None:
    """Return the day that stands where a year is asked for, if one does."""
    if is_blank(value):
        return None
    if isinstance(value, datetime.date):
        return value
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    if len(text) == 4:
        return None
    if text.isdecimal() and len(text) == 5 and int(text) in SERIALS:
        return serial_day(int(text))
    return day_of(text)


def _shown(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime.date) else str(value).strip()
