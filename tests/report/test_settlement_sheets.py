"""Sentences of the sheets of settlements."""

from __future__ import annotations

import math
from typing import Any

import pytest

from geo.report.settlement_sheets import _change
from geo.study.result import BASELINE, HEADLINE, WORST
from tests.sample import sample_result

NO_WAY = float("nan")


def sentence(before: dict[str, float], after: dict[str, float]) -> str:
    access: dict[tuple[str, str, str, str], dict[str, Any]] = {}
    for plan, minutes in ((BASELINE, before), (HEADLINE, after)):
        worst = NO_WAY if any(map(math.isnan, minutes.values())) else max(minutes.values())
        for season, value in {**minutes, WORST: worst}.items():
            access["phc", "d", plan, season] = {"minutes": value, "site_id": "phc-c"}
    return _change(sample_result(), "phc", "d", access, {"phc-c": "Clinic C"})


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ((60, 70, NO_WAY), (20, 30, NO_WAY), "Still no way in the season “thaw”; in other seasons"),
        ((60, 70, NO_WAY), (60, 70, NO_WAY), "gives this place no way"),
        ((60, NO_WAY, NO_WAY), (60, 70, NO_WAY), "Still no way in the season “thaw”; in other seasons"),
        ((60, 70, 90), (20, 70, 90), "In the worst season the trip stays as it is; in another season"),
        ((60, 70, 90), (60, 70, 90), "changes nothing here"),
        ((60, 70, 90), (60, 70, NO_WAY), "access is lost"),
    ],
)
def test_what_changes_in_any_season_is_said(before, after, words):
    seasons = ("dry", "winter", "thaw")
    text = sentence(dict(zip(seasons, before, strict=True)), dict(zip(seasons, after, strict=True)))
    assert words in text
