"""The map of the answer as one drawing for paper: who is below the norm today, and where the plan opens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from geo.language import gettext as _
from geo.language import numbers
from geo.maps.access import season_with_months, service_persons
from geo.maps.classes import CODES, CUT_OFF, NOT_ASSESSABLE, PEOPLE_UNKNOWN, class_codes, class_counts, class_labels
from geo.maps.picture import Extent, Picture
from geo.maps.services import one_worst_season
from geo.maps.sites import shown_sites
from geo.maps.symbols import (
    INK,
    RED,
    ROAD,
    ROAD_WIDTHS,
    closed_symbol,
    legend_box,
    line_symbol,
    place_symbol,
    square_symbol,
    star_symbol,
)
from geo.study import explain
from geo.study.result import BASELINE, WORST, StudyResult
from geo.study.wording import counted, people_are_imputed

#: Sizes of circles that the legend shows, in people.
_SIZES: Final = (50, 500, 5000)
#: Most places that are labelled beside the recommended ones.
_MOST_LABELS: Final = 14
_ROAD_DASH: Final = "5 3"
#: Pixels of a drawing that are a millimetre on paper, so that its words have the size of a footnote there.
PIXELS_PER_MM: Final = 4
#: Facilities outside the unit.
GREY: Final = "#757575"
#: Roads of the printed map are thinner than on screen.
_ROAD_SHARE: Final = 0.5


def unit_extent(result: StudyResult) -> Extent:
    """Return the part of the world where a unit and its settlements lie."""
    return Extent.around(result.boundary.geometry.to_numpy(), result.settlements.geometry.to_numpy())


def draw_ground(picture: Picture, result: StudyResult, service: str) -> None:
    """Add neighbours, the unit, waters and roads as they are in the worst season of a service."""
    picture.areas(result.neighbours.geometry.to_numpy(), "#e9e9e9", "#a8a8a8", 0.8)
    picture.areas(result.boundary.geometry.to_numpy(), "#ffffff", "#3d3d3d", 1.4)
    waters = result.waters.geometry.to_numpy()
    picture.areas(waters, "#cfe6f2", "#5b9dbd", 0.6)
    picture.lines(waters, "#5b9dbd", 0.8)
    shapes, closed = result.roads.geometry.to_numpy(), closed_roads(result, service)
    category = result.roads["road_category"].astype(str).to_numpy(dtype=object)
    for name in sorted(set(category), key=lambda name: (_road_width(name), name)):
        width = _road_width(name)
        picture.lines(shapes[(category == name) & ~closed], ROAD, width)
        picture.lines(shapes[(category == name) & closed], RED, max(width, 1.1), _ROAD_DASH)


def _road_width(category: str) -> float:
    return _ROAD_SHARE * ROAD_WIDTHS.get(category, 1.2)


def closed_roads(result: StudyResult, service: str) -> Any:
    """Return which roads are closed in the season that a printed map shows.

    Where places differ in their worst season, a road closed in any season matters to somebody.
    """
    hardest = explain.worst_season(result, service)
    one = one_worst_season(result, service, hardest)
    names = [hardest] if one else [season.name for season in result.config.season]
    return result.roads[[f"closed_{name}" for name in names]].to_numpy(dtype=bool).any(axis=1)


def shown_season(result: StudyResult, service: str) -> str:
    """Return in words the season that a printed map shows."""
    hardest = explain.worst_season(result, service)
    season = season_with_months(result, hardest)
    if len(result.config.season) == 1:
        return season
    if one_worst_season(result, service, hardest):
        return _("worst season: {season}").format(season=season)
    return _("every place in its worst season, mostly {season}").format(season=season)


def report_map(result: StudyResult, service: str, width_px: int = 480, height_px: int = 400) -> dict[str, Any]:
    """Return the picture of the answer with its legend.

    Circles have the class of today in the worst season; the numbered stars are what the plan opens.

    Parameters
    ----------
    result
        Results of the unit.
    service
        Which service.
    width_px, height_px
        Size of the drawing; four pixels are a millimetre on the printed page.

    Returns
    -------
    dict
        ``svg`` (markup), ``width_mm`` (on paper), ``caption``; ``counted``, ``classes``, ``total``,
        ``symbols``, ``sizes``.
    """
    persons = service_persons(result, service)
    rows = result.table("access_settlement", service=service, plan=BASELINE, season=WORST)
    rows = rows.set_index("settlement_id").reindex(result.settlements.index)
    codes = class_codes(rows, result.norms[service].value)
    most = max((value for value in persons if value is not None), default=0.0)
    picture = Picture(unit_extent(result), width_px, height_px, most)
    draw_ground(picture, result, service)
    _draw_places(picture, result, persons, codes)
    sites = shown_sites(result)
    sites = sites[sites["service"] == service]
    radii = {
        str(place): max(picture.radius(count), 5.0)
        for place, count in zip(result.settlements.index, persons, strict=True)
    }
    draw_sites(picture, sites, radii)
    _ask_for_labels(picture, result, sites, persons)
    caption = _("People today, {season}; stars: what the plan opens.").format(season=shown_season(result, service))
    legend = _legend(result, service, codes, rows["persons"], sites, picture)
    width_mm = round(picture.width_px / PIXELS_PER_MM)
    return {"svg": picture.svg(caption), "width_mm": width_mm, "caption": caption, **legend}


def _draw_places(picture: Picture, result: StudyResult, persons: list[float | None], codes: Any) -> None:
    """Draw the largest circles first, so that no small one hides; what is known lies above what is not."""
    height = {NOT_ASSESSABLE: 0, PEOPLE_UNKNOWN: 0, CUT_OFF: 2}
    order = sorted(range(len(persons)), key=lambda at: (height.get(codes[at], 1), -(persons[at] or 0), at))
    points = list(result.settlements.geometry)
    for number in order:
        picture.place(points[number].x, points[number].y, persons[number], codes[number])


def draw_sites(picture: Picture, sites: gpd.GeoDataFrame, radii: Mapping[str, float]) -> None:
    """Draw facilities, then what opens in the order of the ranks, then second-best places, each beside its place.

    Parameters
    ----------
    picture
        Holds the places already.
    sites
        Sites of one service.
    radii
        Pixels that the symbol of each settlement reaches.
    """
    for _number, row in sites[sites["kind"] == "existing"].iterrows():
        point = row.geometry
        if row["action"] == "close":
            picture.crossed_square(point.x, point.y)
        else:
            # One of a lower level leaves its place beyond the norm: the place's own symbol must stay visible.
            size, beside = (7.0, 0.0) if row["serves"] else (4.5, 5.0)
            picture.square(point.x, point.y, size, INK if row["in_unit"] else GREY, beside)
    for action in ("open", "second_best"):
        for _number, row in sites[sites["action"] == action].sort_values(["rank", "site_id"]).iterrows():
            number = numbers.persons(float(row["rank"])) if action == "open" else ""
            room = radii.get(str(row["settlement_id"]), 0.0)
            picture.star(row.geometry.x, row.geometry.y, number, explain.name_of(row), room)


def _ask_for_labels(
    picture: Picture, result: StudyResult, sites: gpd.GeoDataFrame, persons: list[float | None]
) -> None:
    """Label the largest places; stars bring their own names."""
    settlements = result.settlements
    order = sorted(range(len(persons)), key=lambda number: (-(persons[number] or 0), number))[:_MOST_LABELS]
    known = set(sites.loc[sites["action"].isin(("open", "second_best")), "settlement_id"].dropna())
    for number in order:
        row = settlements.iloc[number]
        if settlements.index[number] not in known:
            picture.label(row.geometry.x, row.geometry.y, explain.name_of(row), max(picture.radius(persons[number]), 4))


def _legend(
    result: StudyResult, service: str, codes: Any, persons: pd.Series[Any], sites: gpd.GeoDataFrame, picture: Picture
) -> dict[str, Any]:
    counts = class_counts(codes, persons)
    labels = class_labels(result.norms[service].value)
    sign = _("≈{people}") if any(people_are_imputed(result, service)) else "{people}"
    shown = [code for code in CODES if counts[code][0]]
    return {
        "counted": counted(result.config),
        "classes": [
            {
                "symbol": legend_box(place_symbol(code, 0, 0, 7)),
                "label": labels[code],
                "places": numbers.persons(counts[code][0]),
                "people": _people(code, counts[code][1], sign),
            }
            for code in shown
        ],
        "total": {
            "places": numbers.persons(sum(places for places, _people_there in counts.values())),
            "people": sign.format(people=numbers.persons(sum(there for _places, there in counts.values()))),
        },
        "symbols": _symbols(result, service, sites),
        "sizes": [_size(people, picture) for people in _SIZES if picture.radius(people) < 22],
    }


def _people(code: str, count: int, sign: str) -> str:
    if code == PEOPLE_UNKNOWN:
        return _("unknown")
    return sign.format(people=numbers.persons(count)) if count else "0"


def _size(people: int, picture: Picture) -> dict[str, str]:
    side = 2 * picture.radius(people) + 3
    circle = f'<circle r="{picture.radius(people):.1f}" fill="none" stroke="#1a1a1a"/>'
    return {"symbol": legend_box(circle, side, side), "label": numbers.persons(people)}


def _symbols(result: StudyResult, service: str, sites: gpd.GeoDataFrame) -> list[dict[str, str]]:
    """Return the symbols that the picture uses, each with its meaning."""
    existing = sites[(sites["kind"] == "existing") & (sites["action"] != "close")]
    closed = closed_roads(result, service)
    uses = (
        (star_symbol(0, 0, "1"), _("recommended, number as in the table"), (sites["action"] == "open").any()),
        (star_symbol(0, 0), _("second best"), (sites["action"] == "second_best").any()),
        (square_symbol(0, 0), _("existing"), (existing["serves"] & existing["in_unit"]).any()),
        (square_symbol(0, 0, 6), _("existing, its level is too low"), (~existing["serves"].astype(bool)).any()),
        (
            square_symbol(0, 0, 10, GREY),
            _("existing, outside the unit"),
            (~existing["in_unit"].astype(bool)).any(),
        ),
        (closed_symbol(0, 0), _("to be closed"), (sites["action"] == "close").any()),
        (line_symbol(ROAD, 1.6), _("road, wider for a higher class"), bool((~closed).any())),
        (line_symbol(RED, 1.6, _ROAD_DASH), _("road closed in this season"), bool(closed.any())),
    )
    return [{"symbol": legend_box(symbol), "label": label} for symbol, label, used in uses if bool(used)]
