"""Run a study: every unit, then the whole, one result each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from geo.errors import DataError, Fault
from geo.language import current
from geo.language import gettext as _
from geo.read.proposals import Proposal
from geo.study.load import StudyData
from geo.study.prepare import PREPARED_SHARE, Prepared, Progress, prepare, runnable_units
from geo.study.result import WHOLE_STUDY, StudyResult
from geo.study.unit import run_unit, unit_names


def run_study(
    study: StudyData,
    units: Sequence[str] = (),
    progress: Progress = lambda _text, _share: None,
    proposal: Proposal | None = None,
) -> Iterator[StudyResult]:
    """Run a study unit by unit.

    Parameters
    ----------
    study
        From `load_study`.
    units
        Units to run; all of them and the whole study by default. `WHOLE_STUDY` may be among them.
    progress
        Told in words what is being done, and which share of the run lies behind.
    proposal
        From `geo.study.proposal.load_proposal`; measured beside the plans of its unit.

    Yields
    ------
    StudyResult
        Every unit that has enough assessable settlements, then the whole study.

    Raises
    ------
    DataError
        If a unit does not exist.
    """
    check_units(study, units)
    prepared = prepare(study, progress)
    chosen = units or runnable_units(prepared)
    for number, unit_id in enumerate(chosen):
        share = PREPARED_SHARE + (1 - PREPARED_SHARE) * number / len(chosen)
        progress(_("Plans and pages: {unit}").format(unit=unit_id), share)
        yield run_unit(prepared, unit_id, proposal_for(proposal, unit_id))


def proposal_for(proposal: Proposal | None, unit_id: str) -> Proposal | None:
    """Return a proposal where it is about this unit."""
    return proposal if proposal is not None and proposal.unit == unit_id else None


def check_units(study: StudyData, units: Sequence[str]) -> None:
    """Make sure that units exist.

    Raises
    ------
    DataError
        If one does not; names the units there are.
    """
    known = [*study.units.index, WHOLE_STUDY]
    missing = [unit for unit in units if unit not in known]
    if missing:
        message = _("There is no unit {units}.").format(units=", ".join(missing))
        named = [f"{unit} ({unit_names(study, unit)[current()]})" for unit in known]
        remedy = _("Use one of: {choices}.").format(choices=", ".join(named))
        raise DataError([Fault("--district", 0, "", "unknown-unit", message, remedy)])


__all__ = ["Prepared", "check_units", "prepare", "run_study", "run_unit", "runnable_units"]
