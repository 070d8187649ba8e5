"""A map as one static drawing: no program, no tiles, sharp on paper and readable in grey.

Positions are degrees; the drawing is equirectangular with the longitudes shortened by the cosine of the middle
latitude, which no planner can tell from a projection at the size of a district.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import numpy as np
import shapely

from geo.language import gettext as _
from geo.language import numbers
from geo.maps.classes import CUT_OFF
from geo.maps.symbols import INK, PURPLE, closed_symbol, place_symbol, square_symbol, star_symbol

#: Kilometres along a degree of a meridian; the scale bar is rounded to 1, 2 or 5 anyway.
_KM_PER_DEGREE: Final = 111.2
_SMALLEST_RADIUS: Final = 2.0
#: Corners closer to the straight line than this, in pixels, cannot be seen.
_TOLERANCE: Final = 0.4
#: Width of a letter as a share of the size of the type; Cyrillic capitals are wide.
_LETTER: Final = 0.6
_LABEL_SIZE: Final = 11
_SMALL_LABEL_SIZE: Final = 9
#: Symbols of a smaller radius may be written over by what matters most.
_LARGE_PX: Final = 5.0
#: Half the width of the numbered star and of the hollow one.
_STAR_PX: Final = (10.0, 7.5)
#: Space between a place and its star, tried in this order; from the second on a line leads to it.
_STAR_GAPS: Final = (1.0, 7.0, 14.0, 22.0, 32.0, 44.0)
#: The eight sides of a place, the ones a reader expects first.
_SIDES: Final = ((1, 0), (0, -1), (-1, 0), (0, 1), (0.71, -0.71), (-0.71, -0.71), (0.71, 0.71), (-0.71, 0.71))
#: Space between what is drawn and the frame.
_EDGE_PX: Final = 3.0
#: How far from its symbol a label that must be shown may stand.
_LABEL_GAPS: Final = (0.0, 8.0, 18.0, 30.0)

Box = tuple[float, float, float, float]
#: Where a label stands: its box, the anchor of its text, and the anchor's position.
Spot = tuple[Box, str, float, float]


@dataclass(frozen=True)
class Extent:
    """The part of the world that a picture shows, in degrees."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def around(cls, *layers: Any) -> Extent:
        """Return what holds every shape of some arrays of geometries.

        Raises
        ------
        ValueError
            If there is no shape at all.
        """
        boxes = np.array([shapely.total_bounds(layer) for layer in layers if len(layer)])
        if not np.isfinite(boxes).any():
            raise ValueError("a picture needs at least one shape")
        west, south = np.nanmin(boxes, axis=0)[:2]
        east, north = np.nanmax(boxes, axis=0)[2:]
        return cls(float(west), float(south), float(east), float(north))

    def around_point(self, lon: float, lat: float, share: float) -> Extent:
        """Return the surroundings of a place: a share of this extent's longer side in every direction."""
        shrink = math.cos(math.radians(lat))
        half = share * max((self.east - self.west) * shrink, self.north - self.south, 0.02) / 2
        return Extent(lon - half / shrink, lat - half, lon + half / shrink, lat + half)


@dataclass(frozen=True)
class _Label:
    text: str
    x: float
    y: float
    room: float
    bold: bool
    size: int = _LABEL_SIZE
    must: bool = False


class Picture:
    """A drawing that grows layer by layer; what is added later lies above.

    Parameters
    ----------
    extent
        What is to be seen.
    width_px
        Width of the drawing, in pixels.
    height_px
        Most height, in pixels: a taller extent gets room at its sides.
    most_persons
        People of the largest circle that will be drawn; sets the scale of all circles.
    """

    def __init__(self, extent: Extent, width_px: int = 720, height_px: int = 620, most_persons: float = 0.0) -> None:
        middle = (extent.south + extent.north) / 2
        self._shrink = math.cos(math.radians(middle))
        margin = 0.05 * width_px
        wide = max((extent.east - extent.west) * self._shrink, 1e-3)
        high = max(extent.north - extent.south, 1e-3)
        self._scale = min((width_px - 2 * margin) / wide, (height_px - 2 * margin) / high)
        # A tall unit takes a narrow drawing: the legend has its room beside it.
        self.width_px = round(min(width_px, max(wide * self._scale + 4 * margin, 0.6 * width_px)))
        self.height_px = round(max(high * self._scale + 2 * margin, 0.45 * width_px))
        self._middle = ((extent.west + extent.east) / 2, middle)
        # Where every settlement counts as one, all are of one size that can be seen.
        self._all_alike = 0 < most_persons <= 1
        self._radius_scale = min(0.42, width_px / 22 / math.sqrt(max(most_persons, 50.0)))
        self._parts: list[str] = []
        self._labels: list[_Label] = []
        self._taken: list[Box] = []
        self._small: list[Box] = []

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """Return the pixels of a position, from the upper left corner."""
        x = self.width_px / 2 + (lon - self._middle[0]) * self._shrink * self._scale
        return x, self.height_px / 2 - (lat - self._middle[1]) * self._scale

    def radius(self, persons: float | None) -> float:
        """Return the radius in pixels of a circle whose area stands for people; unknown people get a fixed one."""
        return (
            5.0
            if persons is None or self._all_alike
            else max(_SMALLEST_RADIUS, self._radius_scale * math.sqrt(persons))
        )

    def areas(self, geometries: Any, fill: str, stroke: str = "none", width: float = 1.0) -> None:
        """Add polygons."""
        shapes = self._in_pixels(geometries)
        polygons = shapes[shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON]
        rings = shapely.get_rings(polygons) if len(polygons) else ()
        path = "".join(_path(shapely.get_coordinates(ring), closed=True) for ring in rings)
        if path:
            style = f'fill="{fill}" fill-rule="evenodd" stroke="{stroke}" stroke-width="{width:g}"'
            self._parts.append(f'<path d="{path}" {style}/>')

    def lines(self, geometries: Any, colour: str, width: float, dash: str = "") -> None:
        """Add lines, joined end to end where nothing branches so that dashes run on."""
        shapes = self._in_pixels(geometries)
        lines = shapes[shapely.get_type_id(shapes) == shapely.GeometryType.LINESTRING]
        if not len(lines):
            return
        joined = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))
        path = "".join(_path(shapely.get_coordinates(line)) for line in shapely.simplify(joined, _TOLERANCE))
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        style = f'fill="none" stroke="{colour}" stroke-width="{width:g}" stroke-linejoin="round"'
        self._parts.append(f'<path d="{path}" {style}{dashes}/>')

    def place(self, lon: float, lat: float, persons: float | None, code: str) -> None:
        """Add a settlement: a circle whose area is its people, in the colour of its class."""
        x, y = self.at(lon, lat)
        radius = self.radius(persons)
        self._parts.append(place_symbol(code, x, y, radius))
        self._take(x, y, max(radius, 5.0) if code == CUT_OFF else radius)

    def square(self, lon: float, lat: float, side_px: float = 10.0, colour: str = INK, beside_px: float = 0.0) -> None:
        """Add an existing facility, where wanted a little below and to the right of its position."""
        x, y = (value + beside_px for value in self.at(lon, lat))
        self._parts.append(square_symbol(x, y, side_px, colour))
        self._take(x, y, side_px / 2)

    def crossed_square(self, lon: float, lat: float) -> None:
        """Add a facility that the plan closes."""
        x, y = self.at(lon, lat)
        self._parts.append(closed_symbol(x, y))
        self._take(x, y, 9)

    def star(self, lon: float, lat: float, number: str = "", name: str = "", room_px: float = 0.0) -> None:
        """Add a recommended site with its number; without one, the hollow star of a second best.

        It stands on a free side of its place, where needed at the end of a short line, so that neither its own place
        nor a neighbour is hidden. Its name is never left out.

        Parameters
        ----------
        lon, lat
            Position, in degrees.
        number
            Number of the recommendation.
        name
            Its name.
        room_px
            Radius of the symbol of its own place, which it must keep clear of; 0 = there is none.
        """
        own, size = self.at(lon, lat), _STAR_PX[0 if number else 1]
        x, y = self._free_side(own, size, room_px)
        if math.dist(own, (x, y)) > room_px + size + _STAR_GAPS[0] + 1:
            line = f'<path d="M{own[0]:.1f} {own[1]:.1f}L{x:.1f} {y:.1f}" stroke="{PURPLE}" stroke-width="1.2"/>'
            self._parts.append(line)
        self._parts.append(star_symbol(x, y, number, 0.8 if number else 0.6))
        self._taken.append((x - size, y - size, x + size, y + size))
        if name:
            letters = _LABEL_SIZE if number else _SMALL_LABEL_SIZE
            self._labels.append(_Label(name, x, y, size, bold=bool(number), size=letters, must=True))

    def _free_side(self, own: tuple[float, float], size: float, room: float) -> tuple[float, float]:
        """Return where a star stands: the first free spot, else the one that hides least."""
        spots = [] if room else [own]
        spots += [
            (own[0] + dx * (room + size + gap), own[1] + dy * (room + size + gap))
            for gap in _STAR_GAPS
            for dx, dy in _SIDES
        ]
        taken = [*self._taken, *self._small, self._scale_box()]
        boxes = [(x - size, y - size, x + size, y + size) for x, y in spots]
        hidden = [_hidden(box, taken) if self._inside(box) else math.inf for box in boxes]
        return spots[int(np.argmin(hidden))]

    def ring(self, lon: float, lat: float, radius_px: float) -> None:
        """Add a ring that points out one place."""
        x, y = self.at(lon, lat)
        circle = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius_px:.1f}" fill="none"'
        self._parts.append(f'{circle} stroke="#fff" stroke-width="6"/>{circle} stroke="{PURPLE}" stroke-width="3"/>')
        self._take(x, y, radius_px)

    def label(self, lon: float, lat: float, text: str, room_px: float = 6.0, *, bold: bool = False) -> None:
        """Ask for a label beside a position. The first asked for is placed first; what finds no room is left out.

        Parameters
        ----------
        lon, lat
            Position, in degrees.
        text
            What to write.
        room_px
            Radius of the symbol there, which the label must keep clear of.
        bold
            For what matters most.
        """
        if text:
            self._labels.append(_Label(text, *self.at(lon, lat), room_px, bold))

    def body(self) -> str:
        """Return the drawing without its frame: layers, then as many labels as find room, then the scale bar."""
        scale = self._scale_bar()
        taken = [*self._taken, self._scale_box()]
        labels = []
        for label in self._labels:
            spot = self._spot_for(label, taken)
            if spot is not None:
                box, anchor, x, y = spot
                taken.append(box)
                labels.append(_text(x, y, label.text, anchor=anchor, bold=label.bold, size=label.size))
        return "".join((*self._parts, *labels, scale))

    def svg(self, label: str) -> str:
        """Return the drawing as an SVG element; screen readers hear the label."""
        return self.framed(self.body(), label)

    def framed(self, body: str, label: str) -> str:
        """Return an SVG element of this picture's size around a drawing."""
        size = f"0 0 {self.width_px} {self.height_px}"
        own = f'width="{self.width_px}" height="{self.height_px}"'
        ground = f'<rect {own} fill="#fbfaf7"/>'
        frame = f'<rect {own} fill="none" stroke="#8a8a8a"/>'
        name = escape(label)
        # An inner drawing ends at its own frame; the outer one fills whatever room the page gives it.
        inner = f"<svg {own}>{ground}{body}{frame}</svg>"
        return f'<svg class="picture" viewBox="{size}" role="img" aria-label="{name}">{inner}</svg>'

    def _in_pixels(self, geometries: Any) -> Any:
        """Return single shapes in pixels: clipped to the frame, without corners that cannot be seen."""
        shapes = np.asarray(geometries, dtype=object)
        shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
        if not len(shapes):
            return shapes
        factor = np.array([self._shrink * self._scale, -self._scale])
        shift = np.array([self.width_px / 2, self.height_px / 2]) - np.array(self._middle) * factor
        drawn = shapely.simplify(shapely.transform(shapes, lambda points: points * factor + shift), _TOLERANCE)
        clipped = shapely.clip_by_rect(drawn, -10, -10, self.width_px + 10, self.height_px + 10)
        return shapely.get_parts(shapely.get_parts(clipped[~shapely.is_empty(clipped)]))

    def _take(self, x: float, y: float, radius: float) -> None:
        kept = self._taken if radius >= _LARGE_PX else self._small
        kept.append((x - radius, y - radius, x + radius, y + radius))

    def _spot_for(self, label: _Label, taken: Sequence[Box]) -> Spot | None:
        """Return where a label stands: where it crosses nothing, else, if it matters most, where it hides least."""
        everything = [*taken, *self._small]
        for gap in _LABEL_GAPS if label.must else _LABEL_GAPS[:1]:
            for kept_clear in (everything, taken) if label.bold or label.must else (everything,):
                free = next((spot for spot in self._spots(label, gap) if not _hidden(spot[0], kept_clear)), None)
                if free is not None:
                    return free
        if not label.must:
            return None
        spots = [spot for gap in _LABEL_GAPS for spot in self._spots(label, gap)]
        return min(spots, key=lambda spot: _hidden(spot[0], taken), default=None)

    def _spots(self, label: _Label, gap: float) -> Iterator[Spot]:
        """Yield the spots around a symbol where a label lies wholly in the picture, the best first."""
        wide = _LETTER * label.size * len(label.text) * (1.08 if label.bold else 1.0)
        away = label.room + 3 + gap
        for anchor, dx, dy in (
            ("start", away, 4), ("end", -away, 4), ("middle", 0, -away), ("middle", 0, away + 9),
            ("start", 0.7 * away, -0.7 * away), ("start", 0.7 * away, 0.7 * away + 8),
            ("end", -0.7 * away, -0.7 * away), ("end", -0.7 * away, 0.7 * away + 8),
        ):  # fmt: skip
            x, y = label.x + dx, label.y + dy
            left = {"start": x, "middle": x - wide / 2, "end": x - wide}[anchor]
            if label.must and anchor == "middle":
                # A long name beside a border moves inwards, above or below its symbol.
                left = min(max(left, _EDGE_PX), max(_EDGE_PX, self.width_px - _EDGE_PX - wide))
                x = left + wide / 2
            box = (left, y - 9, left + wide, y + 3)
            if self._inside(box):
                yield box, anchor, x, y

    def _inside(self, box: Box) -> bool:
        right, foot = self.width_px - _EDGE_PX, self.height_px - _EDGE_PX
        return box[0] >= _EDGE_PX and box[1] >= _EDGE_PX and box[2] <= right and box[3] <= foot

    def _scale_box(self) -> Box:
        """Return the corner that the scale bar needs."""
        return 6, self.height_px - 30, 16 + self.width_px / 4, self.height_px

    def _scale_bar(self) -> str:
        km_per_pixel = _KM_PER_DEGREE / self._scale
        most = km_per_pixel * self.width_px / 5
        power = 10.0 ** math.floor(math.log10(most))
        km = next(step * power for step in (5, 2, 1) if step * power <= most)
        length, y = km / km_per_pixel, self.height_px - 10
        text = numbers.decimal(km, 0 if km >= 1 else 1)
        bar = f'<path d="M10 {y - 5}V{y}H{10 + length:.1f}V{y - 5}" fill="none" stroke="{INK}" stroke-width="1.5"/>'
        return bar + _text(14, y - 4, f"{text} {_('km')}")


def _path(points: Any, *, closed: bool = False) -> str:
    rounded = np.round(points, 1)
    keep = np.ones(len(rounded), dtype=bool)
    keep[1:] = np.any(rounded[1:] != rounded[:-1], axis=1)
    rounded = rounded[keep]
    if len(rounded) < (3 if closed else 2):
        return ""
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in rounded) + ("Z" if closed else "")


def _text(x: float, y: float, text: str, *, anchor: str = "start", bold: bool = False, size: int = _LABEL_SIZE) -> str:
    """Return text with a white rim, drawn twice because not every printer knows the order of painting."""
    weight = ' font-weight="700"' if bold else ""
    common = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"{weight}'
    words = escape(text)
    rim = f'<text {common} fill="#fff" stroke="#fff" stroke-width="3" stroke-linejoin="round" aria-hidden="true">'
    return f'{rim}{words}</text><text {common} fill="{INK}">{words}</text>'


def _hidden(box: Box, others: Sequence[Box]) -> float:
    """Return how many square pixels of other symbols and names a box would cover; 0 = it crosses nothing."""
    widths = ((min(box[2], other[2]) - max(box[0], other[0]), other) for other in others)
    return sum(wide * max(0.0, min(box[3], other[3]) - max(box[1], other[1])) for wide, other in widths if wide > 0)
