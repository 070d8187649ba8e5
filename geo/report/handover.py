"""Run a study and hand over its folders: every unit whole or not at all, then the index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from geo.errors import GeoError, UsageError
from geo.language import current, ngettext, using
from geo.language import gettext as _
from geo.read.proposals import Proposal
from geo.report.delivery import deliver
from geo.report.folders import INDEX, check_target, earlier_folders, held, why_not_written
from geo.report.index import IndexEntry, folder_name, index_entry, write_index
from geo.report.pdf import check_pdf
from geo.report.sections.proposal_words import in_one_sentence
from geo.study import brief
from geo.study.load import StudyData
from geo.study.prepare import PREPARED_SHARE, Prepared, Progress, prepare, runnable_units, unmapped_units
from geo.study.result import WHOLE_STUDY, StudyResult
from geo.study.run import check_units, proposal_for
from geo.study.unit import run_unit, unit_names


@dataclass(frozen=True)
class HandedOver:
    """What a run has written, in words for the terminal.

    Parameters
    ----------
    title
        Title of the study.
    answer
        One sentence with the answer of the widest unit that was run.
    index
        The page that links everything.
    caveats
        What is synthetic, imputed or unverified.
    failures
        Units that could not be written, with the reason.
    proposal
        What a proposal comes to; empty without one.
    """

    title: str
    answer: str
    index: Path
    caveats: str
    failures: tuple[tuple[str, str], ...]
    proposal: str = ""


def hand_over(
    study: StudyData,
    units: Sequence[str],
    out_dir: Path,
    language: str,
    progress: Progress = lambda _text, _share: None,
    map_written: Callable[[Path], None] = lambda _path: None,
    proposal: Proposal | None = None,
    *,
    pdf: bool = False,
) -> HandedOver:
    """Run a study and write its results.

    Parameters
    ----------
    study
        From `geo.study.load_study`.
    units
        Units to run; all of them and the whole study by default.
    out_dir
        Folder of the results.
    language
        Language of the pages.
    progress
        Told in words what is being done, and which share of the run lies behind.
    map_written
        Told the path of the first map as soon as it is written.
    proposal
        From `geo.study.proposal.load_proposal`; its unit must be among those that are run.
    pdf
        Also write report and hearing pack of every unit as PDF.

    Raises
    ------
    DataError
        If a unit does not exist, or the study asks for the impossible.
    UsageError
        If the folder of the results cannot be written, another run is at work in it, or something in it that this
        program did not write would be replaced; or if PDF is asked for and cannot be made. Checked before anything is
        calculated.
    """
    if pdf:
        check_pdf()
    check_units(study, units)
    with using(language), held(out_dir):
        for unit_id in units or (*study.units.index, WHOLE_STUDY):
            check_target(out_dir / folder_name(str(unit_id)), study.folder)
        prepared = prepare(study, progress)
        run = _Run(prepared, out_dir, language, proposal, pdf)
        try:
            _write_units(run, units or runnable_units(prepared), progress, map_written)
            if not units:
                run.entries.update(_unmapped(prepared))
        finally:
            # An interrupted run, too, leaves an index of what it wrote.
            if run.entries:
                _write_index(run)
        return _summary(run)


@dataclass
class _Run:
    """What a run has written so far."""

    prepared: Prepared
    out_dir: Path
    language: str
    proposal: Proposal | None = None
    pdf: bool = False
    entries: dict[str, IndexEntry] = field(default_factory=dict)
    failures: list[tuple[str, str]] = field(default_factory=list)
    last: StudyResult | None = None


def _write_units(run: _Run, chosen: Sequence[str], progress: Progress, map_written: Callable[[Path], None]) -> None:
    """Run and write units one by one; one that cannot be written does not keep the others from it."""
    for number, unit_id in enumerate(chosen):
        name = unit_names(run.prepared.study, unit_id)[current()]
        share = PREPARED_SHARE + (1 - PREPARED_SHARE) * number / len(chosen)
        progress(_("Plans and pages: {unit}").format(unit=name), share)
        try:
            result = run_unit(run.prepared, unit_id, proposal_for(run.proposal, unit_id))
            folder = deliver(result, run.out_dir, run.language, pdf=run.pdf)
        except GeoError as error:
            run.failures.append((unit_id, str(error)))
            run.entries[unit_id] = IndexEntry(title=name, sentences=(str(error),))
            continue
        if run.last is None:
            map_written(folder / "map.html")
        run.last = result
        run.entries[unit_id] = index_entry(result)


def _write_index(run: _Run) -> None:
    """Write the index of this run's units, with the folders that earlier runs left of the others."""
    study = run.prepared.study
    index, new = run.out_dir / INDEX, run.out_dir / f".{INDEX}.new"
    known = {*map(str, study.units.index), WHOLE_STUDY}
    entries = dict(run.entries)
    try:
        for unit_id, folder in earlier_folders(run.out_dir, study.config.study.name, known).items():
            if unit_id not in entries:
                title = unit_names(study, unit_id)[current()]
                entries[unit_id] = IndexEntry(title, (_("From an earlier run."),), folder)
            elif not entries[unit_id].folder:
                sentences = (*entries[unit_id].sentences, _("The pages linked here are from an earlier run."))
                entries[unit_id] = replace(entries[unit_id], sentences=sentences, folder=folder)
        new.unlink(missing_ok=True)  # a link there would lead the page to another place
        write_index(entries.values(), new, study.config)
        new.replace(index)
    except OSError as error:
        raise UsageError(why_not_written(error, index)) from error


def _unmapped(prepared: Prepared) -> dict[str, IndexEntry]:
    """Name the units that are not mapped, with the reason."""
    least = prepared.study.config.study.min_assessable_settlements
    text = ngettext(
        "Not mapped: fewer than {n} settlement can be assessed here.",
        "Not mapped: fewer than {n} settlements can be assessed here.",
        least,
    ).format(n=least)
    names = {unit_id: unit_names(prepared.study, unit_id)[current()] for unit_id in unmapped_units(prepared)}
    return {unit_id: IndexEntry(title=name, sentences=(text,)) for unit_id, name in names.items()}


def _summary(run: _Run) -> HandedOver:
    """Return the last screen's words; units that failed come before the answer, which is then not the whole one."""
    last, failures, index = run.last, tuple(run.failures), run.out_dir / INDEX
    title = run.prepared.study.config.study.title.in_language(current())
    if last is None:
        return HandedOver(title, _("No unit could be written."), index, "", failures)
    name = "" if last.unit_id == WHOLE_STUDY else f"{last.unit_name[current()]}. "
    missing = ngettext("{n} unit could not be written.", "{n} units could not be written.", len(failures))
    incomplete = missing.format(n=len(failures)) + " " if failures else ""
    answer = incomplete + name + brief.answer(last)
    return HandedOver(title, answer, index, brief.caveats(last), failures, in_one_sentence(last))
