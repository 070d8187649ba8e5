"""Numbers, times and shares as `docs/pages.md` and each language want them. No page ever shows "inf" or "NaN"."""

from __future__ import annotations

import datetime
import math

from babel.dates import format_date
from babel.numbers import format_compact_decimal, format_decimal

from geo.language import current
from geo.language import gettext as _

#: Less than a millisecond, so that a float just above a whole minute does not become the next one.
_MINUTES_TOLERANCE = 1e-6

NO_BREAK_SPACE = "\u00a0"


def persons(count: float) -> str:
    """Return a whole number with the separators of the language in use, e.g. ``1,240``."""
    if not math.isfinite(count):
        return _("unknown")
    return str(format_decimal(round(count), locale=current()))


def decimal(value: float, digits: int = 1) -> str:
    """Return a number with a fixed count of decimals in the language in use."""
    if not math.isfinite(value):
        return _("unknown")
    return str(format_decimal(value, format=f"#,##0.{'0' * digits}" if digits else "#,##0", locale=current()))


def whole_minutes(value: float) -> int:
    """Return whole minutes, rounded up: a trip beyond a norm of whole minutes never reads as one within it."""
    return math.ceil(value - _MINUTES_TOLERANCE)


def minutes(value: float) -> str:
    """Return whole minutes, e.g. ``85 min``, above two hours ``2 h 25 min``; infinite reads as no way."""
    if math.isnan(value):
        return _("unknown")
    if math.isinf(value):
        return _("no way")
    whole = whole_minutes(value)
    if whole <= 120:
        return _("{minutes} min").format(minutes=whole).replace(" ", NO_BREAK_SPACE)
    hours, rest = divmod(whole, 60)
    text = (
        _("{hours} h {minutes} min").format(hours=hours, minutes=rest) if rest else _("{hours} h").format(hours=hours)
    )
    return text.replace(" ", NO_BREAK_SPACE)


def share(part: float, whole: float) -> str:
    """Return a share with its counts, e.g. ``61 % (3,460 of 5,670)``; neither some nor all is rounded away."""
    if not whole:
        return _("nobody counted")
    rounded = math.floor(100 * part / whole + 0.5)
    shown = "<1" if rounded == 0 < part else ">99" if rounded == 100 and part < whole else str(rounded)
    percent = _("{percent} %").format(percent=shown).replace(" ", NO_BREAK_SPACE)
    return _("{percent} ({part} of {whole})").format(percent=percent, part=persons(part), whole=persons(whole))


def date(text: str) -> str:
    """Return an ISO date as the language in use writes it, e.g. ``1 January 2026``; any other text stays."""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return text
    text = str(format_date(day, format="d MMMM y" if current() == "en" else "long", locale=current()))
    return text.replace("\u202f", NO_BREAK_SPACE)


def money(amount: float, currency: str, price_year: int) -> str:
    """Return an amount with its currency and price year, e.g. ``134M KZT (2022 prices)``."""
    number = format_compact_decimal(amount, locale=current(), fraction_digits=1)
    return _("{amount} {currency} ({year} prices)").format(amount=number, currency=currency, year=price_year)


def amount(value: float, currency: str) -> str:
    """Return an amount of money without its price year, e.g. ``134M KZT``; the year must stand nearby."""
    number = format_compact_decimal(value, locale=current(), fraction_digits=1)
    return _("{amount} {currency}").format(amount=number, currency=currency).replace(" ", NO_BREAK_SPACE)
