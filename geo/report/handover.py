"""Run a study and hand over its folders: every unit whole or not at all, then the index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from geo.errors import GeoError
from geo.language import current, ngettext, using
from geo.language import gettext as _
from geo.report.delivery import deliver
from geo.report.index import IndexEntry, index_entry, write_index
from geo.study import brief
from geo.study.load import StudyData
from geo.study.prepare import PREPARED_SHARE, Prepared, Progress, prepare, runnable_units, unmapped_units
from geo.study.result import WHOLE_STUDY, StudyResult
from geo.study.run import check_units
from geo.study.unit import run_unit, unit_names

INDEX = "index.html"


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
    """

    title: str
    answer: str
    index: Path
    caveats: str
    failures: tuple[tuple[str, str], ...]


def hand_over(
    study: StudyData,
    units: Sequence[str],
    out_dir: Path,
    language: str,
    progress: Progress = lambda _text, _share: None,
    map_written: Callable[[Path], None] = lambda _path: None,
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

    Raises
    ------
    DataError
        If a unit does not exist, or the study asks for the impossible.
    """
    check_units(study, units)
    with using(language):
        prepared = prepare(study, progress)
        entries: list[IndexEntry] = []
        failures: list[tuple[str, str]] = []
        last: StudyResult | None = None
        chosen = units or runnable_units(prepared)
        for number, unit_id in enumerate(chosen):
            name = unit_names(study, unit_id)[current()]
            share = PREPARED_SHARE + (1 - PREPARED_SHARE) * number / len(chosen)
            progress(_("Plans and pages: {unit}").format(unit=name), share)
            try:
                last = run_unit(prepared, unit_id)
                folder = deliver(last, out_dir, language)
            except (GeoError, OSError) as error:
                failures.append((unit_id, str(error)))
                entries.append(IndexEntry(title=name, sentences=(str(error),)))
                continue
            if len(entries) == len(failures):
                map_written(folder / "map.html")
            entries.append(index_entry(last))
        entries.extend(_unmapped(prepared) if not units else [])
        index = out_dir / INDEX
        out_dir.mkdir(parents=True, exist_ok=True)
        write_index(entries, index, study.config)
        return _summary(study, last, index, tuple(failures))


def _unmapped(prepared: Prepared) -> list[IndexEntry]:
    """Name the units that are not mapped, with the reason."""
    least = prepared.study.config.study.min_assessable_settlements
    text = ngettext(
        "Not mapped: fewer than {n} settlement can be assessed here.",
        "Not mapped: fewer than {n} settlements can be assessed here.",
        least,
    ).format(n=least)
    names = [unit_names(prepared.study, unit_id)[current()] for unit_id in unmapped_units(prepared)]
    return [IndexEntry(title=name, sentences=(text,)) for name in names]


def _summary(
    study: StudyData, last: StudyResult | None, index: Path, failures: tuple[tuple[str, str], ...]
) -> HandedOver:
    title = study.config.study.title.in_language(current())
    if last is None:
        return HandedOver(title, _("No unit could be written."), index, "", failures)
    name = "" if last.unit_id == WHOLE_STUDY else f"{last.unit_name[current()]}. "
    return HandedOver(title, name + brief.answer(last), index, brief.caveats(last), failures)
