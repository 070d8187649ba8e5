"""What a layer of the map is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from geo.study.result import StudyResult


def _no_words(_result: StudyResult) -> list[str]:
    return []


def derived(_result: StudyResult) -> None:
    """Build nothing: the page derives the layer from what others embed."""


@dataclass(frozen=True)
class Layer:
    """One layer: its words, and what page/layers.js needs to draw it.

    Parameters
    ----------
    title
        English words beside the check box; translated where they are shown.
    build
        Returns what is embedded in the page, ready for JSON and the same in every language; None for a layer that the
        page derives from others. Whatever it returns is drawn by the function in `drawers` of page/layers.js that has
        the layer's name in the registry.
    shown
        Whether the page starts with the layer.
    words
        Returns words of the layer in the language in use, e.g. for its legend.
    """

    title: str
    build: Callable[[StudyResult], Any]
    shown: bool = True
    words: Callable[[StudyResult], list[str]] = _no_words
