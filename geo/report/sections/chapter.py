"""The chapters of the report: their parts in the order in which a planner asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from geo.report.sections import (
    areas,
    choices,
    community,
    district_lines,
    equity,
    loads,
    norm_gaps,
    people_to_come,
    places,
    programme,
    provision,
    robustness,
    transfer,
    two_ways,
    vulnerable,
)
from geo.report.sections.content import Part
from geo.study.result import StudyResult

#: Parts of the programme; each is None where the study does not ask for it.
_PROGRAMME: Final[tuple[Callable[[StudyResult], Part | None], ...]] = (
    people_to_come.people_to_come,
    people_to_come.lasting_sites,
    programme.programme,
    programme.declared,
    programme.harm,
    provision.provision,
    robustness.robustness,
    community.proposals,
    choices.goals,
    choices.caps,
    district_lines.lines,
    district_lines.together,
    two_ways.ways,
    vulnerable.vulnerable,
    people_to_come.zones,
    programme.referral,
    programme.debts,
)

#: Rows on paper of tables of the programme, where a sheet of a hearing has to say the most in the least room.
_FIRST_PRINTED: Final = 5
_PRINTED_ROWS: Final = {
    "programme_items": 10,
    # What sentences and drawings above them say already, or what nobody decides about.
    **dict.fromkeys(("frontier", "support_sites", "dividend_areas", "ways_sites", "projection", "referral"), 3),
}
#: Who is harmed, what is owed to whom and what every year costs is never cut.
_PRINTED_WHOLE: Final = ("programme_losers", "programme_years", "programme_needs", "debt_ledger")


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
    return tuple(_for_paper(part) for part in parts if part is not None)


def _for_paper(part: Part) -> Part:
    """Return a part whose long tables print their first rows only: the screen and the workbook have the others."""
    tables = tuple(
        one if one.table in _PRINTED_WHOLE else replace(one, printed=_PRINTED_ROWS.get(one.table, _FIRST_PRINTED))
        for one in part.tables
    )
    return replace(part, tables=tables)
