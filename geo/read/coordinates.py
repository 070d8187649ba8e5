"""Coordinates as maps and phones write them: degrees, minutes and seconds, with the letters of either hemisphere."""

from __future__ import annotations

import re
from typing import Final

#: Letters and words of a hemisphere, the sign they give, and whether they belong to a longitude.
_SIDES: Final = {
    **dict.fromkeys(("n", "с", "с ш", "сш", "с е", "се"), (1, False)),
    **dict.fromkeys(("s", "ю", "ю ш", "юш", "о е", "ое"), (-1, False)),
    **dict.fromkeys(("e", "в", "в д", "вд", "ш б", "шб"), (1, True)),
    **dict.fromkeys(("w", "з", "з д", "зд", "б б", "бб"), (-1, True)),
}
_SIDE: Final = r"(?P<{name}>[a-zа-яё]\.?(?:\s*[a-zа-яё]\.?)?)?"
_NUMBER: Final = r"\d+(?:[.,]\d+)?"
_DEGREES: Final = re.compile(
    _SIDE.format(name="before")
    + rf"\s*(?P<sign>[-−+])?\s*(?P<degrees>{_NUMBER})\s*(?:[°˚º*]|\s|гр\.?|deg)?\s*"
    + rf"(?:(?P<minutes>{_NUMBER})\s*(?:['′’‘`´]|мин\.?|\s)?\s*)?"
    + rf"(?:(?P<seconds>{_NUMBER})\s*(?:[\"″”“]|['′’‘]{{2}}|сек\.?)?\s*)?"
    + _SIDE.format(name="behind"),
    re.IGNORECASE,
)


def degrees(text: str, *, is_longitude: bool) -> float | None:
    """Return a coordinate in degrees; None where the text is none, or is of the other axis.

    Parameters
    ----------
    text
        Such as ``51°14'``, ``51° 14' 30" с.ш.``, ``51.23N``, ``51,23``, ``51 14 30``.
    is_longitude
        Whether the column is one of longitudes.
    """
    found = _DEGREES.fullmatch(text.strip())
    if found is None:
        return None
    sides = [
        _SIDES.get(re.sub(r"[.\s]+", " ", side.lower()).strip()) for side in found.group("before", "behind") if side
    ]
    if any(side is None or side[1] != is_longitude for side in sides) or len(sides) > 1:
        return None
    parts = [float(part.replace(",", ".")) for part in found.group("degrees", "minutes", "seconds") if part is not None]
    if any(part >= 60 for part in parts[1:]) or any(not part.is_integer() for part in parts[:-1]):
        return None
    sign = -1 if found["sign"] in {"-", "−"} else 1
    value = sum(part / 60**power for power, part in enumerate(parts))
    side = sides[0][0] if sides and sides[0] else 1
    return round(float(sign * side * value), 7)
