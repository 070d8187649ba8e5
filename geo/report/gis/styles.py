"""How QGIS draws the layers of a result: the colours, classes and signs of the maps, with names and legend in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import pandas as pd

from geo.language import current
from geo.language import gettext as _
from geo.maps.classes import BREAKS, COLOURS, CUT_OFF, NOT_ASSESSABLE, PEOPLE_UNKNOWN, class_labels
from geo.report.gis.diagnosis import area_styles, diagnosis_aliases, load_style, settlement_styles
from geo.report.gis.qml import Label, Rule, SymbolLayer, document, line, marker
from geo.report.workbook.places import PLACES
from geo.report.workbook.places import SITES as SITE_TABLE
from geo.study import explain
from geo.study.result import StudyResult
from geo.study.wording import counted
from geo.tables import ROADS as ROAD_TABLE
from geo.tables.schema import Table

#: Table in which QGIS looks for styles, and the name that a GeoPackage's geometry has there.
STYLE_TABLE: Final = "layer_styles"
_GEOMETRY: Final = "geom"
_TIME: Final = "1980-01-01T00:00:00Z"
_INK, _GREY, _WHITE, _RED, _PURPLE = "#1a1a1a", "#6b6b6b", "#ffffff", "#b00000", "#5e3c99"
_SMALLEST_MM: Final = 2.8
_LARGEST_MM: Final = 14.0
#: Diameter in millimetres over the square root of people, where the largest place leaves room for it.
_MM_PER_ROOT: Final = 0.2
_ROAD_MM: Final = {"I": 1.4, "II": 1.2, "III": 1.0, "IV": 0.8, "V": 0.6}
_OTHER_ROAD_MM: Final = 0.4
_NAME_ORDER: Final = ("ru", "kk", "en")
#: What opens is drawn over what stands in the same place.
_OPEN_LAST: Final = "CASE WHEN \"action\" = 'open' THEN 0 ELSE 1 END"


@dataclass(frozen=True)
class Style:
    """A style of a layer; the default one is what QGIS opens the layer with."""

    layer: str
    name: str
    qml: str
    default: bool


def style_table(styles: Sequence[Style]) -> pd.DataFrame:
    """Return the rows of the table in which QGIS looks for styles."""
    return pd.DataFrame(
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": [style.layer for style in styles],
            "f_geometry_column": _GEOMETRY,
            "styleName": [style.name for style in styles],
            "styleQML": [style.qml for style in styles],
            "styleSLD": "",
            "useAsDefault": [style.default for style in styles],
            "description": [style.name for style in styles],
            "owner": "",
            "ui": "",
            "update_time": pd.Timestamp(_TIME),
        }
    )


def layer_styles(result: StudyResult, columns: Mapping[str, Sequence[str]]) -> list[Style]:
    """Return every style of every layer; the first one of a layer is its default.

    Parameters
    ----------
    result
        Results of a unit.
    columns
        Columns of each layer that is written.
    """
    found = {
        "settlements": _settlement_styles(result, columns["settlements"]),
        "sites": _site_styles(result, columns["sites"]),
        "roads": [(_("Roads"), _roads(result, _road_aliases(result, columns["roads"])))],
        "boundary": [(_("Boundary"), _boundary())],
        "areas": _area_styles(result, columns.get("areas", ())),
    }
    return [
        Style(layer, name, qml, default=number == 0)
        for layer, styles in found.items()
        for number, (name, qml) in enumerate(styles)
    ]


def _settlement_styles(result: StudyResult, columns: Sequence[str]) -> list[tuple[str, str]]:
    plans = {"today": _("today"), "plan": _("with the plan")}
    aliases = _settlement_aliases(result, columns)
    of_today = settlement_styles(result, columns, partial(_size, result), Label(_name()), aliases)
    return [
        (
            _("{service}: {plan}").format(service=service.label.in_language(current()), plan=words),
            _settlements(result, service.name, plan, aliases),
        )
        for service in result.config.service
        for plan, words in plans.items()
    ] + of_today


def _settlements(result: StudyResult, service: str, plan: str, aliases: Mapping[str, str]) -> str:
    limit = result.norms[service].value
    persons, minutes, verdict = (f'"{service}_{name}"' for name in ("persons", f"minutes_{plan}", f"verdict_{plan}"))
    most = _most_persons(result, service)
    labels = class_labels(limit)
    conditions = _class_conditions(persons, minutes, verdict, limit)
    symbols = _class_symbols(_size(result, service))
    rules = [Rule(labels[code], conditions[code], symbols[code]) for code in conditions]
    largest_wins = f"scale_linear(sqrt(coalesce({persons}, 0)), 0, {max(most, 1) ** 0.5:.1f}, 1, 9)"
    return document("marker", rules, Label(_name(), priority=largest_wins), aliases, order_by=persons)


def _most_persons(result: StudyResult, service: str) -> float:
    """Return the people of a service's largest settlement; 0 where nobody is counted anywhere."""
    return float(result.settlements[f"{service}_persons"].fillna(0).max()) if len(result.settlements) else 0.0


def _size(result: StudyResult, service: str) -> str:
    """Return the expression of a symbol's size in millimetres: its area follows the people of a service."""
    most = _most_persons(result, service)
    scale = _MM_PER_ROOT if most <= 0 else min(_MM_PER_ROOT, _LARGEST_MM / most**0.5)
    return f'max({_SMALLEST_MM:g}, {scale:.5f} * sqrt("{service}_persons"))'


def _class_conditions(persons: str, minutes: str, verdict: str, limit: float) -> dict[str, str]:
    """Return which settlements each class of the maps holds; every settlement is in exactly one."""
    ends = [f"{share * limit:g}" for share in BREAKS]
    within = f"{persons} IS NOT NULL AND {verdict} = 'within'"
    beyond = f"{persons} IS NOT NULL AND {verdict} = 'beyond'"
    assessed = f"{verdict} IN ('within', 'beyond', 'unreachable')"
    return {
        "1": f"{within} AND {minutes} <= {ends[0]}",
        "2": f"{within} AND {minutes} > {ends[0]}",
        "3": f"{beyond} AND {minutes} <= {ends[2]}",
        "4": f"{beyond} AND {minutes} > {ends[2]} AND {minutes} <= {ends[3]}",
        "5": f"{beyond} AND {minutes} > {ends[3]}",
        CUT_OFF: f"{persons} IS NOT NULL AND {verdict} = 'unreachable'",
        NOT_ASSESSABLE: f"{verdict} IS NULL OR NOT {assessed}",
        PEOPLE_UNKNOWN: f"{persons} IS NULL AND {assessed}",
    }


def _class_symbols(size: str) -> dict[str, tuple[SymbolLayer, ...]]:
    circles = {
        str(number): (marker("circle", fill, _SMALLEST_MM, size=size),) for number, fill in enumerate(COLOURS, start=1)
    }
    # Beyond the norm a dot in the middle, as on the maps: the classes stay apart in greyscale print.
    dot = marker("circle", _INK, 0.9, width_mm=0)
    return {
        **{code: (*layers, dot) if code > "2" else layers for code, layers in circles.items()},
        CUT_OFF: (
            marker("cross2", "", 3, outline=_WHITE, width_mm=1.4, size=f"max(3, {size})"),
            marker("cross2", "", 3, outline=_INK, width_mm=0.7, size=f"max(3, {size})"),
        ),
        NOT_ASSESSABLE: (marker("circle", "", _SMALLEST_MM, outline=_GREY, dash=True, width_mm=0.4),),
        PEOPLE_UNKNOWN: (marker("circle", "", _SMALLEST_MM, outline=_GREY, width_mm=0.4),),
    }


def _area_styles(result: StudyResult, columns: Sequence[str]) -> list[tuple[str, str]]:
    aliases = {column: "" for column in columns if column != "geometry"} | diagnosis_aliases(result, columns)
    return area_styles(result, columns, Label(_name()), aliases)


def _site_styles(result: StudyResult, columns: Sequence[str]) -> list[tuple[str, str]]:
    aliases = _aliases(SITE_TABLE, columns) | diagnosis_aliases(result, columns)
    services = [
        (service.label.in_language(current()), f"\"service\" = '{service.name}'") for service in result.config.service
    ]
    several = [(_("All services"), "")] if len(services) > 1 else []
    found = [(name, _sites(condition, aliases)) for name, condition in (*services, *several)]
    if "load_verdict" not in columns:
        return found
    view = _("Load of facilities")
    return found + [
        (_("{service}: {view}").format(service=name, view=view), load_style(condition, aliases))
        for name, condition in services
    ]


def _sites(of_service: str, aliases: Mapping[str, str]) -> str:
    existing = "\"kind\" = 'existing'"
    stays = f"{existing} AND \"action\" <> 'close'"
    square = marker("square", _INK, 1.6, outline=_WHITE, width_mm=0.2)
    low = marker("square", _WHITE, 1.2, outline=_INK, width_mm=0.25)
    outside = marker("square", _GREY, 1.6, outline=_WHITE, width_mm=0.2)
    closed = (
        marker("square", _WHITE, 3.4, outline=_RED, width_mm=0.6),
        marker("cross2", "", 3.4, outline=_RED, width_mm=0.6),
    )
    kinds = (
        (_("existing"), f'{stays} AND "serves" AND "in_unit"', (square,), True),
        (_("existing, its level is too low"), f'{stays} AND NOT "serves" AND "in_unit"', (low,), True),
        (_("existing, outside the unit"), f'{stays} AND NOT "in_unit"', (outside,), True),
        (_("to be closed"), "\"action\" = 'close'", closed, True),
        (
            _("second best"),
            "\"kind\" = 'candidate' AND \"action\" = 'second_best'",
            (marker("star", _WHITE, 5, outline=_PURPLE, width_mm=0.5),),
            True,
        ),
        (_("recommended"), "\"action\" = 'open'", (marker("star", _PURPLE, 8, outline=_WHITE, width_mm=0.4),), True),
        (
            _("candidate that was not chosen"),
            "\"kind\" = 'candidate' AND \"action\" = 'none'",
            (marker("circle", _GREY, 1.2, outline=_WHITE, width_mm=0.2),),
            False,
        ),
    )
    rules = [
        Rule(label, f"{of_service} AND {condition}" if of_service else condition, layers, shown)
        for label, condition, layers, shown in kinds
    ]
    number = f'CASE WHEN "action" = \'open\'{f" AND {of_service}" if of_service else ""} THEN to_string("rank") END'
    label = Label(number, points=7, colour=_WHITE, on_symbol=True)
    return document("marker", rules, label, aliases, order_by=_OPEN_LAST)


def _roads(result: StudyResult, aliases: Mapping[str, str]) -> str:
    """Return the style of roads: red where closed in the season that is hardest for the first service."""
    hardest = explain.worst_season(result, result.config.service[0].name)
    closed = f'"closed_{hardest}"'
    others = [f'"closed_{season.name}"' for season in result.config.season if season.name != hardest]
    cases = " ".join(f"WHEN '{category}' THEN {width:g}" for category, width in _ROAD_MM.items())
    width = f'CASE "road_category" {cases} ELSE {_OTHER_ROAD_MM:g} END'
    rules = [Rule(_("road; wider is a higher class"), "ELSE", (line(_GREY, _OTHER_ROAD_MM, width=width),))]
    if others:
        seasonal = f"NOT {closed} AND ({' OR '.join(others)})"
        dashed = line(_GREY, _OTHER_ROAD_MM, dashed=True, width=width)
        rules.append(Rule(_("road closed in another season"), seasonal, (dashed,)))
    red = line(_RED, _OTHER_ROAD_MM, dashed=True, width=width)
    label = _("road closed: {season}").format(season=explain.season_label(result, hardest))
    rules.append(Rule(label, closed, (red,)))
    return document("line", rules, None, aliases)


def _boundary() -> str:
    outline = line(_INK, 0.6, dashed=True)
    return document("fill", [Rule(_("Boundary"), "", (outline,))], None, {})


def _name() -> str:
    """Return the expression of a place's name in the language in use, else in another."""
    order = dict.fromkeys((current(), *_NAME_ORDER))
    names = [f"nullif(\"name_{language}\", '')" for language in order]
    return f"coalesce({', '.join(names)})"


def _aliases(table: Table, columns: Sequence[str]) -> dict[str, str]:
    """Return what the attribute table calls the columns of a layer that are declared in a table."""
    titles = {column.name: column.title for column in table.columns}
    return {column: titles.get(column, "") for column in columns if column != "geometry"}


def _settlement_aliases(result: StudyResult, columns: Sequence[str]) -> dict[str, str]:
    named = _aliases(PLACES, columns)
    facts = {
        "persons": counted(result.config),
        "minutes_today": _("Minutes today"),
        "verdict_today": _("Verdict today"),
        "minutes_plan": _("Minutes with the plan"),
        "verdict_plan": _("Verdict with the plan"),
    }
    for service in result.config.service:
        label = service.label.in_language(current())
        for fact, words in facts.items():
            named[f"{service.name}_{fact}"] = _("{service}: {fact}").format(service=label, fact=words)
    return named | diagnosis_aliases(result, columns)


def _road_aliases(result: StudyResult, columns: Sequence[str]) -> dict[str, str]:
    named = _aliases(ROAD_TABLE, columns)
    for season in result.config.season:
        text = _("Closed: {season}").format(season=explain.season_label(result, season.name))
        named[f"closed_{season.name}"] = text
    return named
