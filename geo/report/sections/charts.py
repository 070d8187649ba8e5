"""Charts as plain numbers; the template draws them as SVG inside the page."""

from __future__ import annotations

from typing import Any, Final

from geo.language import gettext as _
from geo.language import numbers
from geo.maps.access import plans_of, printed_seasons
from geo.maps.classes import COLOURS
from geo.study import explain
from geo.study.result import BASELINE, StudyResult

_WIDTH: Final = 720
_LABEL_WIDTH: Final = 230
_BAR_STEP: Final = 24
#: Narrowest part, in drawing units, that can hold a number of five digits.
_ROOM_FOR_TEXT: Final = 44
#: Parts of a bar: column, fill, ink. Dark, light and black also in greyscale.
_PARTS: Final = (
    ("within_persons", COLOURS[0], "#ffffff"),
    ("over_persons", COLOURS[3], "#1a1a1a"),
    ("unreachable_persons", "#1a1a1a", "#ffffff"),
)


def people_by_season(result: StudyResult, service: str) -> dict[str, Any]:
    """Return bars of people within the norm, beyond it and cut off: per season, today and with the plan."""
    labels = {season: explain.season_label(result, season) for season in printed_seasons(result)}
    bars: list[dict[str, Any]] = []
    y = 4
    for season, label in labels.items():
        for plan in plans_of(result, service):
            row = result.row("access_district", service=service, plan=plan, season=season)
            when = _("today") if plan == BASELINE else _("with the plan")
            counts = {name: float(row[name]) for name in ("within_persons", "unreachable_persons")}
            counts["over_persons"] = float(row["beyond_persons"]) - counts["unreachable_persons"]
            text = _("{season}, {plan}").format(season=label, plan=when)
            bars.append({"y": y, "label": text, "parts": _parts(counts, float(row["persons"]))})
            y += _BAR_STEP
        y += _BAR_STEP // 2
    words = (_("within the norm"), _("beyond the norm"), _("cut off"))
    legend = [
        {"x": _LABEL_WIDTH + 170 * number, "colour": part[1], "text": text}
        for number, (part, text) in enumerate(zip(_PARTS, words, strict=True))
    ]
    return {
        "title": _("People within the norm, beyond it and cut off, per season, today and with the plan"),
        "width": _WIDTH,
        "height": y + 20,
        "bars": bars,
        "legend": legend,
    }


def _parts(counts: dict[str, float], persons: float) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    x = float(_LABEL_WIDTH)
    for column, colour, ink in _PARTS:
        people = counts[column]
        width = round((_WIDTH - _LABEL_WIDTH - 1) * people / persons, 1) if persons else 0.0
        if people > 0:
            text = numbers.persons(people) if width >= _ROOM_FOR_TEXT else ""
            parts.append({"x": round(x, 1), "width": width, "colour": colour, "ink": ink, "text": text})
        x += width
    return parts
