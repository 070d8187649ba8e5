"""Existing facilities, proposed sites, second-best sites, facilities to be closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from geo.language import mark
from geo.maps.layers.layer import Layer, derived
from geo.maps.sites import shown_sites
from geo.study.result import StudyResult


def _with_action(*actions: str, existing: bool | None = None) -> Callable[[StudyResult], list[int]]:
    """Return a builder of the numbers of the sites that have one of the actions."""

    def build(result: StudyResult) -> list[int]:
        sites = shown_sites(result)
        chosen = sites["action"].isin(actions)
        if existing is not None:
            chosen &= (sites["kind"] == "existing") == existing
        return [int(number) for number in chosen.to_numpy().nonzero()[0]]

    return build


FACILITIES: Final = Layer(mark("Existing facilities"), _with_action("keep", "none", "second_best", existing=True))
RECOMMENDED: Final = Layer(mark("Recommended"), _with_action("open"))
SECOND_BEST: Final = Layer(mark("Second best"), _with_action("second_best", existing=False))
CLOSED: Final = Layer(mark("To be closed"), _with_action("close"))
CANDIDATES: Final = Layer(mark("Where one may open"), derived)
PROPOSED: Final = Layer(mark("Your proposal"), derived)
