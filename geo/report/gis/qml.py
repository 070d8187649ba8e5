"""Styles of QGIS as XML: symbols, rules, labels. Written for QGIS 3.22 and later; knows nothing about results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

_DOCTYPE: Final = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_VERSION: Final = "3.22.0"
_GEOMETRIES: Final = {"marker": "0", "line": "1", "fill": "2"}
#: Places around a point in the order in which they are tried.
_AROUND: Final = "TR,TL,BR,BL,R,L,TSR,BSR"
_INK: Final = "#1a1a1a"


@dataclass(frozen=True)
class SymbolLayer:
    """One layer of a symbol.

    Parameters
    ----------
    kind
        QGIS's class of symbol layer.
    options
        Its settings.
    expressions
        Settings that an expression gives for each feature, by QGIS's name of the property.
    """

    kind: str
    options: Mapping[str, str]
    expressions: Mapping[str, str]


@dataclass(frozen=True)
class Rule:
    """A rule of a renderer: which features it draws, how, and what the legend says."""

    label: str
    condition: str
    layers: tuple[SymbolLayer, ...]
    shown: bool = True


@dataclass(frozen=True)
class Label:
    """Labels of a layer.

    Parameters
    ----------
    expression
        Text of each feature's label.
    points
        Size of the letters in points.
    colour
        Of the letters.
    on_symbol
        The text stands on its symbol and is never left out; otherwise around it, where there is room.
    priority
        Expression from 0 to 10: whose label wins where there is no room for all.
    """

    expression: str
    points: float = 8
    colour: str = _INK
    on_symbol: bool = False
    priority: str = ""


def colour(hexadecimal: str) -> str:
    """Return a colour as QGIS writes it."""
    parts = [str(int(hexadecimal[start : start + 2], 16)) for start in (1, 3, 5)]
    return ",".join([*parts, "255"])


def marker(
    shape: str,
    fill: str,
    size_mm: float,
    *,
    outline: str = _INK,
    width_mm: float = 0.3,
    size: str = "",
    dash: bool = False,
    angle: int = 0,
) -> SymbolLayer:
    """Return a symbol of a point; an empty `fill` leaves it hollow, `size` is an expression in millimetres."""
    options = {
        "name": shape,
        "color": colour(fill) if fill else "255,255,255,0",
        "outline_color": colour(outline),
        "outline_style": "dot" if dash else "solid",
        "outline_width": f"{width_mm:g}",
        "outline_width_unit": "MM",
        "size": f"{size_mm:g}",
        "size_unit": "MM",
        "angle": str(angle),
    }
    return SymbolLayer("SimpleMarker", options, {"size": size} if size else {})


def line(stroke: str, width_mm: float, *, dashed: bool = False, width: str = "") -> SymbolLayer:
    """Return a symbol of a line; `width` is an expression in millimetres."""
    options = {
        "line_color": colour(stroke),
        "line_style": "dash" if dashed else "solid",
        "line_width": f"{width_mm:g}",
        "line_width_unit": "MM",
        "capstyle": "flat" if dashed else "round",
        "joinstyle": "round",
    }
    return SymbolLayer("SimpleLine", options, {"outlineWidth": width} if width else {})


def fill(inside: str) -> SymbolLayer:
    """Return a symbol of an area without an outline."""
    options = {"color": colour(inside), "style": "solid", "outline_style": "no"}
    return SymbolLayer("SimpleFill", options, {})


def document(
    geometry: str, rules: Sequence[Rule], label: Label | None, aliases: Mapping[str, str], order_by: str = ""
) -> str:
    """Return a style as QGIS keeps it.

    Parameters
    ----------
    geometry
        ``marker``, ``line`` or ``fill``.
    rules
        In the order of the legend.
    label
        Labels of the features; None leaves them out.
    aliases
        What the attribute table calls each column, in the order of the columns.
    order_by
        Expression: features with the largest value are drawn first, the others over them.
    """
    categories = "Symbology|Labeling|Fields"
    root = Element("qgis", version=_VERSION, styleCategories=categories, labelsEnabled="1" if label else "0")
    root.append(_renderer(geometry, rules, order_by))
    if label:
        root.append(_labeling(label))
    names = SubElement(root, "aliases")
    for number, (field, name) in enumerate(aliases.items()):
        SubElement(names, "alias", index=str(number), field=field, name=name)
    SubElement(root, "layerGeometryType").text = _GEOMETRIES[geometry]
    indent(root, " ")
    return _DOCTYPE + tostring(root, encoding="unicode")


def _renderer(geometry: str, rules: Sequence[Rule], order_by: str) -> Element:
    order = "1" if order_by else "0"
    renderer = Element("renderer-v2", type="RuleRenderer", symbollevels="0", forceraster="0", enableorderby=order)
    tree = SubElement(renderer, "rules", key="root")
    symbols = SubElement(renderer, "symbols")
    for number, rule in enumerate(rules):
        attributes = {"key": f"rule-{number}", "symbol": str(number), "filter": rule.condition, "label": rule.label}
        SubElement(tree, "rule", attributes | ({} if rule.shown else {"checkstate": "0"}))
        symbol = SubElement(symbols, "symbol", name=str(number), type=geometry, alpha="1", clip_to_extent="1")
        for layer in rule.layers:
            symbol.append(_symbol_layer(layer))
    if order_by:
        clauses = SubElement(renderer, "orderby")
        SubElement(clauses, "orderByClause", asc="0", nullsFirst="0").text = order_by
    return renderer


def _symbol_layer(layer: SymbolLayer) -> Element:
    element = Element("layer", {"class": layer.kind, "enabled": "1", "locked": "0", "pass": "0"})
    options = SubElement(element, "Option", type="Map")
    for name, value in layer.options.items():
        SubElement(options, "Option", name=name, value=value, type="QString")
    SubElement(element, "data_defined_properties").append(_expressions(layer.expressions.items()))
    return element


def _expressions(expressions: Iterable[tuple[str, str]]) -> Element:
    """Return settings that expressions give, as QGIS's nested maps."""
    whole = Element("Option", type="Map")
    SubElement(whole, "Option", name="name", value="", type="QString")
    properties = SubElement(whole, "Option", name="properties", type="Map")
    for name, expression in expressions:
        one = SubElement(properties, "Option", name=name, type="Map")
        SubElement(one, "Option", name="active", value="true", type="bool")
        SubElement(one, "Option", name="expression", value=expression, type="QString")
        # Three is QGIS's number for a property that an expression gives.
        SubElement(one, "Option", name="type", value="3", type="int")
    SubElement(whole, "Option", name="type", value="collection", type="QString")
    return whole


def _labeling(label: Label) -> Element:
    labeling = Element("labeling", type="simple")
    settings = SubElement(labeling, "settings", calloutType="simple")
    style = SubElement(
        settings,
        "text-style",
        fieldName=label.expression,
        isExpression="1",
        fontSize=f"{label.points:g}",
        fontSizeUnit="Point",
        fontWeight="75" if label.on_symbol else "50",
        textColor=colour(label.colour),
        textOpacity="1",
    )
    if not label.on_symbol:
        white = {"bufferDraw": "1", "bufferSize": "0.8", "bufferSizeUnits": "MM", "bufferColor": "255,255,255,255"}
        SubElement(style, "text-buffer", {**white, "bufferOpacity": "1", "bufferNoFill": "1"})
    around = {"placement": "6", "predefinedPositionOrder": _AROUND, "dist": "0.6", "distUnits": "MM", "offsetType": "1"}
    SubElement(settings, "placement", {"placement": "1", "quadOffset": "4"} if label.on_symbol else around)
    SubElement(settings, "rendering", drawLabels="1", obstacle="1", displayAll="1" if label.on_symbol else "0")
    priority = [("Priority", label.priority)] if label.priority else []
    SubElement(settings, "dd_properties").append(_expressions(priority))
    return labeling
