"""The page of `geo check`: every finding in a list and, where its place is known, on a map. One file, offline."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import shapely

from geo.language import current
from geo.language import gettext as _
from geo.maps.base import leaflet_css, leaflet_js
from geo.maps.html import check_page, json_block, package_text, render
from geo.maps.words import SEVERITY
from geo.study.checks.cases import case_of
from geo.study.inspect import SEVERITIES, Inspection

#: Colours and shapes of severities on the map and in the list; they differ in lightness, too.
COLOURS: Final = {"error": "#a50026", "warning": "#d95f02", "repaired": "#1f78b4", "note": "#6e6259"}
#: The background is drawn this coarsely, in degrees: some fifty metres.
_COARSE: Final = 0.0005
_DECIMALS: Final = 4


def findings_page(found: Inspection, *, strict: bool = False) -> str:
    """Return the page in the language in use.

    Parameters
    ----------
    found
        What was found.
    strict
        Whether warnings count as errors.
    """
    title = found.study.config.study.title.in_language(current()) if found.study else found.folder.resolve().name
    counts = [(_(SEVERITY[name]), found.count(name), COLOURS[name]) for name in SEVERITIES if found.count(name)]
    return render(
        "maps/findings.j2",
        title=title,
        verdict=_verdict(found, strict),
        counts=counts,
        rows=[_row(number, fault) for number, fault in enumerate(found.faults)],
        placed=any(fault.place for fault in found.faults),
        leaflet_css=leaflet_css(),
        leaflet_js=leaflet_js(),
        data=json_block(_map_data(found)),
        program=package_text("geo.maps", "page", "findings.js"),
    )


def write_findings(found: Inspection, path: Path, *, strict: bool = False) -> None:
    """Write the page to a file, whose folder is made if it is not there."""
    check_page(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(findings_page(found, strict=strict), encoding="utf-8", newline="\n")


def _verdict(found: Inspection, strict: bool) -> str:
    if found.count("error"):
        return _("The study cannot be run until the errors are mended.")
    if strict and found.count("warning"):
        return _("There are warnings, and they count as errors.")
    return _("The study can be run.")


def _row(number: int, fault: Any) -> dict[str, Any]:
    return {
        "number": number,
        "severity": _(SEVERITY[fault.severity]),
        "colour": COLOURS[fault.severity],
        "fault": fault,
        "case": case_of(fault.code),
    }


def _map_data(found: Inspection) -> dict[str, Any]:
    spots = [
        {
            "number": number,
            "lat": round(fault.place[1], 6),
            "lon": round(fault.place[0], 6),
            "colour": COLOURS[fault.severity],
            "text": f"{fault.file}{f', {fault.row}' if fault.row else ''}: {fault.message}",
        }
        for number, fault in enumerate(found.faults)
        if fault.place
    ]
    study = found.study
    if study is None:
        return {"spots": spots, "units": [], "roads": []}
    return {"spots": spots, "units": _lines(study.units.geometry.boundary), "roads": _lines(study.roads.geometry)}


def _lines(shapes: gpd.GeoSeries) -> list[list[list[float]]]:
    """Return lines as latitudes and longitudes, coarsely."""
    parts = shapely.get_parts(shapely.simplify(shapes.dropna().to_numpy(), _COARSE))
    return [
        [[round(y, _DECIMALS), round(x, _DECIMALS)] for x, y in shapely.get_coordinates(part).tolist()]
        for part in parts
        if not shapely.is_empty(part)
    ]
