"""The chapter of the diagnosis: its parts in the order in which a planner asks."""

from __future__ import annotations

from geo.report.sections import areas, equity, loads, norm_gaps, places, transfer
from geo.report.sections.content import Part
from geo.study.result import StudyResult


def diagnosis_chapter(result: StudyResult) -> tuple[Part, ...]:
    """Return what is missing, for whom, how unequally, how full, what kind of place, and what the standard costs."""
    parts = (
        norm_gaps.missing(result),
        norm_gaps.norms(result),
        areas.areas(result),
        areas.groups(result),
        equity.equity(result),
        equity.scores(result),
        loads.loads(result),
        loads.thresholds(result),
        places.places(result),
        places.units(result),
        transfer.transfer(result),
    )
    return tuple(part for part in parts if part is not None)
