"""Crossing times of ferries in every spelling that OpenStreetMap's mappers use."""

from __future__ import annotations

import re
from typing import Final

_CLOCK: Final = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?")
_NUMBER: Final = r"(\d+(?:[.,]\d+)?)"
_ISO: Final = re.compile(rf"p(?:{_NUMBER}d)?(?:t(?:{_NUMBER}h)?(?:{_NUMBER}m)?(?:{_NUMBER}s)?)?")
_WORDS: Final = re.compile(rf"(?:{_NUMBER}\s*h(?:ours?|rs?)?)?\s*(?:{_NUMBER}\s*m(?:in(?:ute)?s?\.?)?)?")


def minutes_of(value: str | None, unread: list[str]) -> float | None:
    """Return a crossing time in minutes: ``1:30``, ``01:30:00``, ``45``, ``PT1H30M``, ``1 h 30 min``.

    What cannot be read, or takes no time, is added to `unread` as ``duration=value``.
    """
    if value is None:
        return None
    text = value.strip().lower()
    iso, words = _parts(_ISO, (24 * 60, 60, 1, 1 / 60), text), _parts(_WORDS, (60, 1), text)
    minutes = _clock(text) or _plain(text) or iso or words
    if not minutes:
        unread.append(f"duration={value}")
    return minutes or None


def _clock(text: str) -> float:
    found = _CLOCK.fullmatch(text)
    return int(found[1]) * 60 + int(found[2]) + int(found[3] or 0) / 60 if found else 0.0


def _plain(text: str) -> float:
    return _decimal(text) if re.fullmatch(_NUMBER, text) else 0.0


def _parts(pattern: re.Pattern[str], minutes_per: tuple[float, ...], text: str) -> float:
    found = pattern.fullmatch(text)
    groups = found.groups() if found else ()
    return sum(_decimal(group) * per for group, per in zip(groups, minutes_per, strict=False) if group)


def _decimal(text: str) -> float:
    return float(text.replace(",", "."))
