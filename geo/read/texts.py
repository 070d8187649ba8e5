"""Texts, codes and days as people and spreadsheets write them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from geo.errors import Severity
from geo.language import gettext as _
from geo.read import letters
from geo.tables.check import is_blank
from geo.tables.formulas import unmarked
from geo.tables.schema import Column


@dataclass(frozen=True)
class Told:
    """What is told of one cell."""

    code: str
    message: str
    remedy: str
    severity: Severity = "repaired"


#: What a cell becomes, and what is told of it.
Result = tuple[Any, tuple[Told, ...]]

#: Columns that hold days, as text.
DATES: Final = frozenset(("valid_from", "valid_to", "source_date", "date"))
#: What spreadsheets write where a value cannot be computed, or its column is too narrow.
ERROR_VALUE: Final = re.compile(
    r"#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|Н/Д|ЗНАЧ!|ДЕЛ/0!|ИМЯ\?|ЧИСЛО!|ПУСТО!|ССЫЛКА!)|#{3,}|=…|Err:\d+",
    re.IGNORECASE,
)
_CODE_FRACTION: Final = re.compile(r"\d+[.,]0+")
_CODE_SPACED: Final = re.compile(r"'?\d[\d\s\u00a0\u202f]*\d")
#: Only a spreadsheet writes a code so; 1E5 may well be one.
_CODE_E: Final = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)
_KATO_DIGITS: Final = 9
_DAY_TEXT: Final = re.compile(
    r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:\s*(?:г\.?|года|ж\.?|жыл\w*))?(?:\s+0{1,2}:00(?::00)?)?"
)
_ISO_MIDNIGHT: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]00:00(:00(\.0+)?)?")
_DAY_SERIAL: Final = re.compile(r"\d{5}(?:[.,]0+)?")
#: Days that a serial number may mean: 1954 to 2119. A year is none of them.
SERIALS: Final = range(20_000, 80_001)
_FIRST_DAY: Final = datetime.date(1899, 12, 30)
_FORMULA: Final = re.compile(r"[=@]|[+-](?![\d\s])|[^<]*<\s*[a-zA-Z!/?]")


def text_repairer(column: Column) -> Callable[[Any], Result]:
    """Return what repairs a cell of a column of text."""
    is_name = column.name.startswith("name_")
    is_code = column.name.endswith("_id")
    is_day = column.name in DATES

    def repair(value: Any) -> Result:
        # A null date of a database or layer counts as a date, too.
        if isinstance(value, datetime.date) and not is_blank(value):
            return _iso(value), ()
        if is_day:
            return _day(value)
        if (
            not isinstance(value, str)
            or (value.isdecimal() if is_code else letters.are_plain(value))
            or is_blank(value)
        ):
            return value, ()
        if ERROR_VALUE.fullmatch(value.strip()):
            return None, (lost_value(value),)
        value, told = _lettered(value, is_name=is_name, is_plain=is_name or is_code or bool(column.choices))
        if is_code:
            value, more = _code(value)
            return value, (*told, *more)
        return value, told

    return repair


def lost_value(value: str) -> Told:
    """Return what is told of a cell that a spreadsheet could not compute."""
    message = _("“{value}” stands where a value was: it is lost.").format(value=value)
    return Told("spreadsheet-error", message, _("Open the file in a spreadsheet program and mend the cell."), "error")


def changed(code: str, old: object, new: object, remedy: str = "") -> Told:
    """Return what is told of a value that was changed."""
    message = _("“{old}” was read as “{new}”.").format(old=old, new=new)
    return Told(code, message, remedy or _("Correct it in the file if that is wrong."))


def _lettered(value: str, *, is_name: bool, is_plain: bool) -> Result:
    """Return a text with its letters as they were meant; names and codes without what cannot be seen."""
    told = []
    if again := letters.decoded_again(value):
        told.append(changed("mojibake", value, again, _("Save the file again as “CSV UTF-8”.")))
        value = again
    if letters.are_lost(value, is_name=is_name):
        message = _("Letters of “{value}” are lost.").format(value=value)
        remedy = _("Export it again as “CSV UTF-8” from where it is still right.")
        return value, (*told, Told("lost-letters", message, remedy, "error"))
    value = unmarked(value)
    if is_plain and letters.has_hidden(value.strip()):
        bare = letters.seen(value)
        shown = letters.shown(value.strip())
        told.append(changed("hidden-characters", shown, bare, _("Type the text anew in the file.")))
        value = bare
    if (whole := letters.composed(value)) != value:
        told.append(changed("split-letters", value, whole))
        value = whole
    if _FORMULA.match(value.strip()):
        message = _("“{value}” looks like a formula or like markup; it is shown as plain text.").format(
            value=value.strip()
        )
        told.append(Told("formula-or-markup", message, _("Correct it if it is no name."), "warning"))
    return value, tuple(told)


def _code(value: str) -> Result:
    """Return a code without what a spreadsheet adds to it: ``101033102.0``, ``101 033 102``."""
    text = value.strip()
    if _CODE_E.fullmatch(text):
        message = _("The code “{value}” has lost digits: a spreadsheet took it for a large number.").format(value=text)
        remedy = _("Format the column as text in the source, and export it again.")
        return value, (Told("code-in-e-notation", message, remedy, "error"),)
    bare = text
    if _CODE_FRACTION.fullmatch(text):
        bare = re.split("[.,]", text)[0]
    elif _CODE_SPACED.fullmatch(text) and not text.isdecimal():
        digits = re.sub(r"\D", "", text)
        bare = digits if len(digits) == _KATO_DIGITS or text.startswith("'") else text
    return (value, ()) if bare == text else (bare, (changed("damaged-code", text, bare),))


def _day(value: Any) -> Result:
    """Return a day as ISO date: written as in Kazakhstan, or as a spreadsheet counts days."""
    if is_blank(value):
        return value, ()
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    if ERROR_VALUE.fullmatch(text):
        return None, (lost_value(text),)
    if _ISO_MIDNIGHT.fullmatch(text):
        return text[:10], ()
    if _DAY_TEXT.fullmatch(text):
        return _day_of_calendar(value, text)
    if _DAY_SERIAL.fullmatch(text) and int(text[:5]) in SERIALS:
        iso = serial_day(int(text[:5])).isoformat()
        return iso, (changed("date-as-number", text, iso),)
    return value, ()


def _day_of_calendar(value: Any, text: str) -> Result:
    day = day_of(text)
    if day is None:
        message = _("“{value}” is no day of the calendar.").format(value=text)
        return value, (Told("no-such-day", message, _("Write the day as 2024-09-01."), "error"),)
    return day.isoformat(), (changed("date-as-text", text, day.isoformat()),)


def serial_day(serial: int) -> datetime.date:
    """Return the day that a spreadsheet counts as a number."""
    return _FIRST_DAY + datetime.timedelta(days=serial)


def day_of(text: str) -> datetime.date | None:
    """Return the day that a text such as 01.09.2024 names, if there is such a day."""
    found = _DAY_TEXT.fullmatch(text)
    if found is None:
        return None
    day, month, year = map(int, found.groups())
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _iso(value: datetime.date) -> str:
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(sep=" ")
    return value.isoformat()
