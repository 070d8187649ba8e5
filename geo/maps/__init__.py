"""The map of a unit: one file that opens from disk, draws its own background and asks nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from geo.language import LANGUAGES
from geo.maps.base import MapPage, OfflineMap
from geo.maps.content import in_languages, page_data, times_blocks
from geo.maps.credits import credit_lines
from geo.maps.first_screen import first_screen
from geo.maps.html import CONTENT_SECURITY_POLICY, json_block, package_text
from geo.maps.sites import can_try
from geo.study import explain
from geo.study.programme.frontier_words import trades
from geo.study.result import StudyResult

__all__ = ["map_page", "write_map", "write_maps"]

#: Files of the page's program, in the order in which they run; all of them share one scope.
PROGRAM = (
    "state.js",
    "times.js",
    "whatif.js",
    "colourings.js",
    "layers.js",
    "facts.js",
    "programme.js",
    "choices.js",
    "rounds.js",
    "labels.js",
    "legend.js",
    "panel.js",
    "start.js",
)


def map_page(result: StudyResult, languages: Sequence[str] = LANGUAGES) -> str:
    """Return the map of a unit as one page that opens in the language in use and can switch to the others."""
    return next(_pages(result, online=False, languages=languages))


def _pages(result: StudyResult, *, online: bool, languages: Sequence[str] = LANGUAGES) -> Iterator[str]:
    """Yield the page that asks nothing from elsewhere and, if wanted, the same with tiles from the internet."""
    shells = in_languages(lambda: _shell(result), languages)
    data = page_data(result, languages)
    content = {
        "languages": languages,
        "times": times_blocks(result),
        "choose_language": package_text("geo.maps", "page", "language.js"),
        "program": _program(),
    }
    yield _page(shells, content | {"policy": CONTENT_SECURITY_POLICY, "data": json_block(data)})
    if online:
        tiles = {"url": result.config.maps.tiles, "credit": result.config.maps.tiles_credit}
        yield _page(shells, content | {"policy": _policy(result), "data": json_block(data | {"tiles": tiles})})


def _page(shells: dict[str, dict[str, Any]], content: dict[str, Any]) -> str:
    page = MapPage(shells, content)
    OfflineMap().add_to(page)
    return str(page.render())


def _shell(result: StudyResult) -> dict[str, Any]:
    """Return what the page says around its map, in the language in use."""
    return first_screen(result) | {
        "sources": credit_lines(result),
        "closing": explain.closing_sentence(),
        "can_try": can_try(result),
        "trades": {service.name: trades(result, service.name) for service in result.config.service},
    }


def _policy(result: StudyResult) -> str:
    """Return the security policy of the page with tiles: images from their server, and nothing else."""
    address = urlsplit(result.config.maps.tiles)
    # A server's name may itself be a pattern, {s}, for several names.
    server = f"{address.scheme}://{address.netloc.replace('{s}', '*')}"
    return CONTENT_SECURITY_POLICY.replace("img-src data:", f"img-src data: {server}")


def _program() -> str:
    return "(function () {\n" + "".join(package_text("geo.maps", "page", name) for name in PROGRAM) + "})();\n"


def write_map(result: StudyResult, path: Path, languages: Sequence[str] = LANGUAGES) -> None:
    """Write the map of a unit as one self-contained page.

    Parameters
    ----------
    result
        Results of the unit.
    path
        File to write, usually ``map.html``.
    languages
        Those that the page can switch to; the one in use is among them.
    """
    path.write_text(map_page(result, languages), encoding="utf-8", newline="\n")


def write_maps(result: StudyResult, folder: Path) -> None:
    """Write `map.html`, and `map-online.html`: the same over background tiles that the internet has to give.

    Parameters
    ----------
    result
        Results of the unit.
    folder
        Existing folder.
    """
    for name, page in zip(("map.html", "map-online.html"), _pages(result, online=True), strict=True):
        (folder / name).write_text(page, encoding="utf-8", newline="\n")
