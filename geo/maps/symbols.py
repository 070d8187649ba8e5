"""Symbols of the printed map and its legend: the same shapes and colours as the map in the browser."""

from __future__ import annotations

from html import escape
from typing import Final

from geo.maps.classes import CODES, COLOURS, CUT_OFF, NOT_ASSESSABLE

#: Symbols and colours as in page/state.js, so that map and print show the same thing in the same way.
STAR: Final = "M0-13 3.8-5.2 12.4-4 6.2 2 7.6 10.5 0 6.5-7.6 10.5-6.2 2-12.4-4-3.8-5.2Z"
CROSSED: Final = "M-9-9H9V9H-9ZM-9-9L9 9M9-9L-9 9"
PURPLE: Final = "#5e3c99"
INK: Final = "#1a1a1a"
RED: Final = "#c4001a"
ROAD: Final = "#6e6259"
ROAD_WIDTHS: Final = {"I": 4.0, "II": 3.4, "III": 2.8, "IV": 2.2, "V": 1.6}
#: Beyond the norm a centre dot: it grows with the class, so that a greyscale print can be read.
DOTS: Final = {"3": 0.16, "4": 0.3, "5": 0.45}
_GREY: Final = "#6b6b6b"


def place_symbol(code: str, x: float, y: float, radius: float) -> str:
    """Return the symbol of a settlement of a class, also for legends."""
    centre = f'cx="{x:.1f}" cy="{y:.1f}"'
    if code == CUT_OFF:
        arm = max(4.5, 0.7 * radius)
        left, right, top, foot = f"{x - arm:.1f}", f"{x + arm:.1f}", f"{y - arm:.1f}", f"{y + arm:.1f}"
        path = f"M{left} {top}L{right} {foot}M{right} {top}L{left} {foot}"
        return "".join(
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>'
            for colour, width in (("#fff", 5.5), ("#000", 2.6))
        )
    if code == NOT_ASSESSABLE:
        r = f"{radius:.1f}"
        path = f"M{x:.1f} {y - radius:.1f}l{r} {r}l-{r} {r}l-{r} -{r}Z"
        return f'<path d="{path}" fill="#fff" stroke="{_GREY}" stroke-width="2"/>'
    colour = dict(zip(CODES, COLOURS, strict=False)).get(code)
    if colour is None:
        return f'<circle {centre} r="{radius:.1f}" fill="none" stroke="{_GREY}" stroke-width="2"/>'
    circle = f'<circle {centre} r="{radius:.1f}" fill="{colour}" stroke="{INK}"/>'
    dot = DOTS.get(code, 0) * radius
    return circle + (f'<circle {centre} r="{dot:.1f}" fill="{INK}"/>' if dot else "")


def square_symbol(x: float, y: float, side: float = 10.0, colour: str = INK) -> str:
    """Return the symbol of an existing facility, also for legends."""
    corner = f'x="{x - side / 2:.1f}" y="{y - side / 2:.1f}" width="{side:g}" height="{side:g}"'
    return f'<rect {corner} fill="{colour}" stroke="#fff"/>'


def star_symbol(x: float, y: float, number: str = "", scale: float = 1.0) -> str:
    """Return the star of a recommended site with its number, or the hollow one of a second best."""
    fill = PURPLE if number else "#fff"
    style = f'fill="{fill}" stroke="{PURPLE if not number else "#fff"}" stroke-width="1.5" stroke-linejoin="round"'
    star = f'<path d="{STAR}" {style}/>'
    style = 'text-anchor="middle" font-size="11" font-weight="700" fill="#fff"'
    text = f'<text y="4" {style}>{escape(number)}</text>' if number else ""
    return f'<g transform="translate({x:.1f} {y:.1f}) scale({scale:g})">{star}{text}</g>'


def closed_symbol(x: float, y: float) -> str:
    """Return the crossed square of a facility that the plan closes, also for legends."""
    style = f'fill="#fff" stroke="{INK}" stroke-width="2.5"'
    return f'<path transform="translate({x:.1f} {y:.1f}) scale(.8)" d="{CROSSED}" {style}/>'


def line_symbol(colour: str, width: float, dash: str = "") -> str:
    """Return a short line for legends."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="M-13 0H13" fill="none" stroke="{colour}" stroke-width="{width:g}"{dashes}/>'


def legend_box(symbol: str, wide: float = 28, high: float = 20) -> str:
    """Return a symbol drawn around the origin as a small picture for legends."""
    box = f'viewBox="{-wide / 2:g} {-high / 2:g} {wide:g} {high:g}" width="{wide:g}" height="{high:g}"'
    return f'<svg {box} aria-hidden="true">{symbol}</svg>'
