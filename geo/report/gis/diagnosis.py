"""Columns and styles of the diagnosis in the GeoPackage; what a study knows nothing about has no column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, Final

import geopandas as gpd

from geo.language import current
from geo.language import gettext as _
from geo.maps.colourings import (
    NOT_APPLICABLE,
    UNKNOWN,
    Look,
    access_rows,
    colouring_texts,
    colourings,
    gap_rows,
    profile_rows,
)
from geo.maps.layers.unit_types import FILLS
from geo.maps.sites import with_id
from geo.report.gis.qml import Label, Rule, SymbolLayer, document, fill, line, marker
from geo.study.diagnosis.words import UNIT_TYPES
from geo.study.result import BASELINE, WORST, StudyResult
from geo.study.wording import word
from geo.tables import OUTPUT_TABLES

_INK, _GREY, _WHITE = "#1a1a1a", "#6b6b6b", "#ffffff"
_PROFILE: Final = ("remoteness", "remoteness_class", "annual_growth", "growth", "served", "place_class")
_LOAD: Final = ("capacity", "load", "utilisation", "load_verdict", "wear_pct")
_UNIT: Final = ("unit_type", "rule", "remoteness", "below_norm_share")
_ROLLUP: Final = ("persons", "within_persons", "within_share", "beyond_persons", "unreachable_persons", "ede_minutes")
#: Columns of one service in layer `settlements`, by the table and column they come from.
_ACCESS: Final = ("n_within", "m2sfca")
_SHAPES: Final = {"circle": "circle", "up": "triangle", "down": "triangle"}
#: Shares of the people within the norm: upper ends of the classes of areas, and their colours from bad to good.
_SHARES: Final = (0.5, 0.75, 0.9, 0.95)
_SHARE_COLOURS: Final = ("#d7191c", "#fdae61", "#fee090", "#abd9e9", "#2c7bb6")


def add_settlement_columns(result: StudyResult, layer: gpd.GeoDataFrame) -> None:
    """Add remoteness, growth, and per service choice, supply and gap of the worst season to the settlements."""
    if len(result.tables["settlement_profile"]):
        rows = profile_rows(result)
        for name in _PROFILE:
            layer[name] = rows[name]
    for service in result.config.service:
        if len(result.table("access_indicators", service=service.name)):
            scores = access_rows(result, service.name, WORST)
            for name in _ACCESS:
                layer[f"{service.name}_{name}"] = scores[name]
        if len(result.table("norm_gaps", service=service.name)):
            gaps = gap_rows(result, service.name)
            # A blank gap is a requirement that is met, or none at all: the status tells them apart.
            layer[f"{service.name}_gap"] = gaps["gap"].where(gaps["status"] != "met", "met")


def with_load(result: StudyResult, sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the sites with capacity, users and verdict of the facilities among them."""
    rows = result.tables["facility_load"]
    if rows["capacity"].isna().all() and rows["load"].isna().all():
        return sites
    return sites.merge(rows[["service", "site_id", *_LOAD]], on=["service", "site_id"], how="left", sort=False)


def area_layer(result: StudyResult) -> gpd.GeoDataFrame | None:
    """Return the units with today's worst season added up from their settlements; None where nothing is known."""
    if result.tables["unit_profile"].empty and result.tables["rollups"].empty:
        return None
    names = ["unit_id", "name_kk", "name_ru", "name_en", "geometry"]
    layer = with_id(result.boundary, "unit_id")[names].copy()
    keys = layer["unit_id"].astype(str)
    profiles = result.tables["unit_profile"].set_index("area_id").reindex(keys)
    if profiles["unit_type"].notna().any():
        for name in _UNIT:
            layer[name] = profiles[name].to_numpy()
    for service in result.config.service:
        rows = result.table("rollups", service=service.name, plan=BASELINE, season=WORST)
        rows = rows[rows["tier"] == result.config.study.units].set_index("area_id").reindex(keys)
        if rows["persons"].notna().any():
            for name in _ROLLUP:
                layer[f"{service.name}_{name}"] = rows[name].array
    return layer if len(layer.columns) > len(names) else None


def settlement_styles(
    result: StudyResult, columns: Sequence[str], size: Callable[[str], str], label: Label, aliases: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Return a style per view of the map that the columns can tell: choice, supply, gap, remoteness, growth.

    Parameters
    ----------
    columns
        Of layer `settlements`.
    size
        Returns the expression of a symbol's size for a service.
    label, aliases
        As of the layer's other styles.
    """
    found: list[tuple[str, str]] = []
    for service in result.config.service:
        texts = colouring_texts(result, service.name)
        for key, one in colourings(result, service.name).items():
            column = _COLUMNS[key].format(service=service.name)
            name = texts[key]["title"]
            if key in _OF_SERVICE:
                name = _("{service}: {view}").format(service=service.label.in_language(current()), view=name)
            if column not in columns or any(name == other for other, _qml in found):
                continue
            conditions = _conditions(key, f'"{column}"', one.facts, sorted(one.looks))
            rules = [
                Rule(texts[key]["labels"][code], conditions[code], _symbol(look, size(service.name)))
                for code, look in one.looks.items()
            ]
            rules += _open_rules(key, f'"{column}"', texts[key]["labels"])
            order = f'"{service.name}_persons"'
            found.append((name, document("marker", rules, label, aliases, order_by=order)))
    return found


def _open_rules(key: str, column: str, labels: Mapping[str, str]) -> list[Rule]:
    """Return the rules of what is unknown, and of what no norm asks anything about."""
    diamond = (marker("diamond", _WHITE, 2.8, outline=_GREY, width_mm=0.4),)
    circle = (marker("circle", "", 2.8, outline=_GREY, width_mm=0.4),)
    if key == "gap":
        return [
            Rule(labels[NOT_APPLICABLE], f"{column} IS NULL", circle),
            Rule(labels[UNKNOWN], f"{column} = 'unknown'", diamond),
        ]
    words = {"remoteness": "''", "place_class": "'unknown'"}
    blank = f" OR {column} = {words[key]}" if key in words else ""
    return [Rule(labels[UNKNOWN], f"{column} IS NULL{blank}", diamond)]


_OF_SERVICE: Final = ("gap", "choice", "supply")
_COLUMNS: Final = {
    "gap": "{service}_gap",
    "choice": "{service}_n_within",
    "supply": "{service}_m2sfca",
    "remoteness": "remoteness_class",
    "place_class": "place_class",
}


def _conditions(key: str, column: str, facts: Mapping[str, Any], codes: Sequence[str]) -> dict[str, str]:
    """Return which settlements each class holds, by its letter."""
    if key in ("remoteness", "place_class"):
        return {code: f"{column} = '{name}'" for name, code in facts["classes"].items()}
    if key == "gap":
        return {code: f"{column} = '{gap}'" for code, gap in zip(codes, ("met", "lower", "none"), strict=True)}
    if key == "choice":
        return {code: f"{column} {'>=' if code == codes[-1] else '='} {code}" for code in codes}
    ends = [f"{value:g}" for value in facts["breaks"]]
    found = {"0": f"{column} = 0"}
    for number, (start, end) in enumerate(zip(["0", *ends], [*ends, ""], strict=True), start=1):
        found[str(number)] = f"{column} > {start}" + (f" AND {column} <= {end}" if end else "")
    return found


def _symbol(look: Look, size: str) -> tuple[SymbolLayer, ...]:
    angle = 180 if look.shape == "down" else 0
    symbol = marker(_SHAPES[look.shape], look.colour, 2.8, size=size, angle=angle)
    return (symbol, marker("circle", look.dot_colour, 0.9, width_mm=0)) if look.dot else (symbol,)


def load_style(condition: str, aliases: Mapping[str, str]) -> str:
    """Return the style of facilities by how full they are."""
    verdict = '"load_verdict"'
    kinds = (
        (_("overloaded"), f"{verdict} = 'overloaded'", marker("square", "#c4001a", 3.2, width_mm=0.4)),
        (_("fitting"), f"{verdict} = 'fitting'", marker("half_square", "#2c7bb6", 3.2, width_mm=0.4)),
        (_("near-empty"), f"{verdict} = 'near_empty'", marker("square", _WHITE, 3.2, outline="#b35806", width_mm=0.7)),
        (_("unknown"), f"{verdict} = 'unknown'", marker("square", "", 2.4, outline=_GREY, dash=True, width_mm=0.4)),
    )
    rules = [Rule(text, f"{condition} AND {test}" if condition else test, (symbol,)) for text, test, symbol in kinds]
    return document("marker", rules, None, aliases)


def area_styles(
    result: StudyResult, columns: Sequence[str], label: Label, aliases: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Return a style of areas per service, by the share of people within the norm, and one by the type of unit."""
    found = []
    for service in result.config.service:
        column = f"{service.name}_within_share"
        if column in columns:
            name = _("{service}: {view}").format(
                service=service.label.in_language(current()), view=_("within the norm, worst season")
            )
            found.append((name, document("fill", _share_rules(f'"{column}"'), label, aliases)))
    if "unit_type" in columns:
        rules = [
            Rule(word(UNIT_TYPES, code), f"\"unit_type\" = '{code}'", (fill(colour), line(_GREY, 0.3)))
            for code, colour in FILLS.items()
        ]
        found.append((_("Types of units"), document("fill", rules, label, aliases)))
    return found


def _share_rules(column: str) -> list[Rule]:
    percent = [f"{100 * share:g}" for share in _SHARES]
    labels = [
        _("up to {end} %").format(end=percent[0]),
        *(_("{start} to {end} %").format(start=a, end=b) for a, b in pairwise(percent)),
        _("over {start} %").format(start=percent[-1]),
    ]
    ends = [f"{share:g}" for share in _SHARES]
    tests = [
        f"{column} <= {ends[0]}",
        *(f"{column} > {a} AND {column} <= {b}" for a, b in pairwise(ends)),
        f"{column} > {ends[-1]}",
    ]
    rules = [
        Rule(text, test, (fill(colour), line(_GREY, 0.3)))
        for text, test, colour in zip(labels, tests, _SHARE_COLOURS, strict=True)
    ]
    return [*rules, Rule(_("unknown"), f"{column} IS NULL", (line(_GREY, 0.3, dashed=True),))]


def diagnosis_aliases(result: StudyResult, columns: Sequence[str]) -> dict[str, str]:
    """Return what attribute tables call the columns of the diagnosis."""
    titles = partial(_titles, columns=columns)
    found = titles("settlement_profile", _PROFILE) | titles("facility_load", _LOAD) | titles("unit_profile", _UNIT)
    for service in result.config.service:
        tables = {"access_indicators": _ACCESS, "norm_gaps": ("gap",), "rollups": _ROLLUP}
        for table, names in tables.items():
            found |= {
                f"{service.name}_{name}": _("{service}: {fact}").format(
                    service=service.label.in_language(current()), fact=title
                )
                for name, title in _titles(table, names, names).items()
                if f"{service.name}_{name}" in columns
            }
    return found


def _titles(table: str, names: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    return {name: OUTPUT_TABLES[table].column(name).title for name in names if name in columns}
