"""The page that links a study's units."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from geo.language import current
from geo.language import gettext as _
from geo.maps.credits import credit_lines
from geo.maps.first_screen import banners, study_banners, unit_name
from geo.maps.html import render
from geo.report.sections.answer import PAGES, unit_pages
from geo.study import explain
from geo.study.config import StudyConfig
from geo.study.diagnosis import sentences as diagnosis
from geo.study.programme.place_words import in_one_line
from geo.study.result import WHOLE_STUDY, StudyResult

_NOT_IN_FOLDER_NAMES = re.compile(r"[^\w.-]")


@dataclass(frozen=True)
class IndexEntry:
    """One unit on the index page.

    Parameters
    ----------
    title
        Name of the unit.
    sentences
        The answer, one sentence or paragraph per service; or why there is no answer.
    folder
        Folder of the unit's pages beside the index; empty for a unit that has none.
    banners
        Warnings that the unit's pages carry.
    sources
        Lines that credit the data.
    pages
        Files of the folder that are linked.
    today
        People below the norm today, one sentence per service, and the kind of unit; empty without results.
    programme
        The programme in one line: items with money, their sum, people worse off; empty where the study asks for none.
    """

    title: str
    sentences: tuple[str, ...]
    folder: str = ""
    banners: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    pages: tuple[str, ...] = ("map.html", "report.html", "tables.xlsx", "results.gpkg")
    today: tuple[str, ...] = ()
    programme: str = ""


def folder_name(unit_id: str) -> str:
    """Return the folder of a unit: its code, with an underscore for whatever a file system may refuse."""
    name = _NOT_IN_FOLDER_NAMES.sub("_", unit_id)
    return f"_{name}" if name.startswith(".") or not name else name


def index_entry(result: StudyResult) -> IndexEntry:
    """Return a unit's entry in the language in use."""
    return IndexEntry(
        title=unit_name(result),
        sentences=tuple(explain.headline(result, service.name) for service in result.config.service),
        folder=folder_name(result.unit_id),
        banners=tuple(banners(result)),
        sources=tuple(credit_lines(result)),
        pages=unit_pages(result),
        today=_today(result),
        programme=in_one_line(result),
    )


def _today(result: StudyResult) -> tuple[str, ...]:
    """Return people below the norm by service, and the kind of unit where the study has several."""
    text = _("{service}, today: {sentence}")
    found = [
        text.format(service=service.label.in_language(current()), sentence=diagnosis.below_today(result, service.name))
        for service in result.config.service
    ]
    kind = diagnosis.kind_of_unit(result)
    return (*found, kind) if kind else tuple(found)


def write_index(entries: Iterable[IndexEntry], path: Path, config: StudyConfig) -> None:
    """Write the page that links a study's units: the whole study first, then the units in the order given.

    Parameters
    ----------
    entries
        One per unit; units without a folder are named with their sentence.
    path
        File to write, usually ``index.html``.
    config
        The study file.
    """
    # The whole study comes first; sorting is stable, so the others keep their order.
    ordered = sorted(entries, key=lambda entry: entry.folder != WHOLE_STUDY)
    question = config.study.question
    title = config.study.title.in_language(current())
    page = render(
        "report/index.j2",
        title=title,
        question=question.in_language(current()) if question else "",
        notes=[note.in_language(current()) for note in config.study.notes],
        banners=list(dict.fromkeys([*study_banners(config), *(text for entry in ordered for text in entry.banners)])),
        entries=[_titled(entry, title) for entry in ordered],
        words={page: _(text) for page, text in PAGES.items()},
        sources=list(dict.fromkeys(line for entry in ordered for line in entry.sources)),
        closing=explain.closing_sentence(),
    )
    path.write_text(page, encoding="utf-8", newline="\n")


def _titled(entry: IndexEntry, page_title: str) -> IndexEntry:
    """Return an entry whose heading does not repeat the page's own."""
    return replace(entry, title=_("The whole study")) if entry.title == page_title else entry
