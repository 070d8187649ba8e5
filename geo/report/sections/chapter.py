"""The chapters of the report: their parts in the order in which a planner asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from geo.report.sections import (
    areas,
    community,
    equity,
    loads,
    norm_gaps,
    people_to_come,
    places,
    programme,
    transfer,
    vulnerable,
)
from geo.report.sections.content import Part
from geo.study.result import StudyResult

#: Parts of the programme; each is None where the study does not ask for it.
_PROGRAMME: Final[tuple[Callable[[StudyResult], Part | None], ...]] = (
    people_to_come.people_to_come,
    programme.programme,
    programme.declared,
    programme.harm,
    programme.debts,
    programme.referral,
    people_to_come.lasting_sites,
    people_to_come.zones,
    vulnerable.vulnerable,
    community.proposals,
)


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


def programme_chapter(result: StudyResult) -> tuple[Part, ...]:
    """Return who will live where, what is done when and by whom, what else would serve, and how sure it is."""
    parts = (part(result) for part in _PROGRAMME)
    return tuple(part for part in parts if part is not None)
