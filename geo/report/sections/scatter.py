"""A chart of points between two goals as plain numbers; the template draws it as SVG inside the page."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

_WIDTH: Final = 720
_HEIGHT: Final = 290
_LEFT: Final = 84
_RIGHT: Final = 700
_TOP: Final = 24
_BOTTOM: Final = 248
_TICKS: Final = 5
#: Share of an axis that stays free beyond the outermost values.
_ROOM: Final = 0.06
#: Distances of a star's points and corners from its middle.
_STAR: Final = (9.0, 3.8)
_ROOM_FOR_NAME: Final = 130


@dataclass(frozen=True)
class Axis:
    """One goal of a chart.

    Parameters
    ----------
    title
        Goal with its unit.
    show
        Writes a value.
    """

    title: str
    show: Callable[[float], str]


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float
    first: float
    last: float

    def at(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.first + share * (self.last - self.first), 1)

    def ticks(self, show: Callable[[float], str]) -> list[dict[str, Any]]:
        """Return round values inside the scale, those that read alike only once."""
        step = _round_step((self.high - self.low) / _TICKS)
        values = [number * step for number in range(math.ceil(self.low / step), math.floor(self.high / step) + 1)]
        texts = [show(value) for value in values]
        return [
            {"at": self.at(value), "text": text}
            for number, (value, text) in enumerate(zip(values, texts, strict=True))
            if text not in texts[:number]
        ]


def _round_step(least: float) -> float:
    """Return 1, 2 or 5 times a power of ten, at least this much."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * (1 - 1e-9))


def _scale(values: Sequence[float], first: float, last: float) -> _Scale:
    low, high = min(values), max(values)
    room = _ROOM * (high - low) or max(1.0, abs(high) * _ROOM)
    # Nothing that is counted or timed falls below nothing.
    return _Scale(max(0.0, low - room) if low >= 0 else low - room, high + room, first, last)


def scatter(
    title: str,
    x_axis: Axis,
    y_axis: Axis,
    points: Sequence[tuple[float, float]],
    star: tuple[float, float] | None,
    star_label: str,
) -> dict[str, Any]:
    """Return points joined by a line, and a star among or beside them.

    Parameters
    ----------
    title
        What is drawn, for the caption and for screen readers.
    x_axis, y_axis
        The goals.
    points
        Values of the points in their order; at least one.
    star, star_label
        Values of one point that stands out, and its name.
    """
    every = [*points, star] if star else list(points)
    across = _scale([x for x, _y in every], _LEFT, _RIGHT)
    up = _scale([y for _x, y in every], _BOTTOM, _TOP)
    drawn = [{"x": across.at(x), "y": up.at(y), "text": f"{x_axis.show(x)}; {y_axis.show(y)}"} for x, y in points]
    return {
        "title": title,
        "width": _WIDTH,
        "height": _HEIGHT,
        "left": _LEFT,
        "right": _RIGHT,
        "top": _TOP,
        "bottom": _BOTTOM,
        "x_title": x_axis.title,
        "y_title": y_axis.title,
        "x_ticks": across.ticks(x_axis.show),
        "y_ticks": up.ticks(y_axis.show),
        "points": drawn,
        "line": " ".join(f"{point['x']},{point['y']}" for point in drawn),
        "star": _star(across.at(star[0]), up.at(star[1]), star_label) if star else None,
    }


def _star(x: float, y: float, label: str) -> dict[str, Any]:
    corners = []
    for number in range(10):
        angle, radius = math.pi * (number / 5 - 0.5), _STAR[number % 2]
        corners.append(f"{x + radius * math.cos(angle):.1f},{y + radius * math.sin(angle):.1f}")
    # Curves fall to the right, so that names have room above and to the right of them.
    side = 1 if x < _RIGHT - _ROOM_FOR_NAME else -1
    return {"x": x, "y": y, "shape": " ".join(corners), "text": label, "label": label, "side": side}
