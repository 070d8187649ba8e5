"""The map of a unit: one file that opens from disk, draws its own background and asks nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path

from geo.maps.base import MapPage, OfflineMap
from geo.maps.content import page_data
from geo.maps.credits import credit_lines
from geo.maps.first_screen import first_screen
from geo.maps.html import json_block, package_text
from geo.study import explain
from geo.study.result import StudyResult

__all__ = ["map_page", "write_map"]

#: Files of the page's program, in the order in which they run; all of them share one scope.
PROGRAM = ("state.js", "layers.js", "labels.js", "panel.js")


def map_page(result: StudyResult) -> str:
    """Return the map of a unit as one self-contained page in the language in use."""
    content = first_screen(result)
    page = MapPage(
        content
        | {
            "sources": credit_lines(result),
            "closing": explain.closing_sentence(),
            "data": json_block(page_data(result)),
            "program": _program(),
        }
    )
    OfflineMap(label=content["unit"]).add_to(page)
    return str(page.render())


def _program() -> str:
    return "(function () {\n" + "".join(package_text("geo.maps", "page", name) for name in PROGRAM) + "})();\n"


def write_map(result: StudyResult, path: Path) -> None:
    """Write the map of a unit as one self-contained page.

    Parameters
    ----------
    result
        Results of the unit.
    path
        File to write, usually ``map.html``.
    """
    path.write_text(map_page(result), encoding="utf-8", newline="\n")
