"""Writing a unit's folder: whole, or not at all."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from geo.errors import UsageError
from geo.language import using
from geo.maps import write_maps
from geo.report.annex.page import write_annex
from geo.report.folders import MANIFEST, check_target, why_not_written
from geo.report.gis.layers import write_layers
from geo.report.hearing import write_hearing
from geo.report.index import folder_name
from geo.report.page import write_report
from geo.report.pdf import write_pdf
from geo.report.sections.answer import has_sheets, has_transport
from geo.report.settlement_sheets import write_settlements
from geo.report.workbook.writer import write_tables
from geo.study.result import StudyResult


def deliver(result: StudyResult, out_dir: Path, language: str, *, pdf: bool = False) -> Path:
    """Write a unit's pages, tables, layers and manifest.

    They are written into a new folder beside the target, which then takes the target's place. When anything goes wrong
    the folder that was there before is still there, and nothing new is.

    Parameters
    ----------
    result
        Results of the unit.
    out_dir
        Folder of the study's results; made if it does not exist.
    language
        Language of pages and messages.
    pdf
        Also write report and hearing pack as PDF.

    Returns
    -------
    Path
        The unit's folder.

    Raises
    ------
    UsageError
        If something that this program did not write stands in the target's place, or it cannot be written.
    """
    name = folder_name(result.unit_id)
    target, new, old = out_dir / name, out_dir / f".{name}.new", out_dir / f".{name}.old"
    for path in (target, old):
        check_target(path)
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
        _clear(target, new, old)
        try:
            new.mkdir()
            with using(language):
                _write(result, new, language, pdf=pdf)
            _replace(target, new, old)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    except OSError as error:
        raise UsageError(why_not_written(error, target)) from error
    return target


def _clear(target: Path, new: Path, old: Path) -> None:
    """Remove what an interrupted run left: its old folder is the better one until something takes its place."""
    if old.exists() and not target.exists():
        old.rename(target)
    for left_over in (new, old):
        if left_over.exists():
            shutil.rmtree(left_over)


def _replace(target: Path, new: Path, old: Path) -> None:
    """Put the new folder in the target's place; put the old one back if that fails or is interrupted."""
    try:
        if target.exists():
            target.rename(old)
        new.rename(target)
    finally:
        if old.exists() and not target.exists():
            old.rename(target)
    if old.exists():
        shutil.rmtree(old)


def _write(result: StudyResult, folder: Path, language: str, *, pdf: bool) -> None:
    write_maps(result, folder)
    write_report(result, folder / "report.html")
    write_hearing(result, folder / "hearing.html")
    if has_sheets(result):
        write_settlements(result, folder / "settlements.html")
    for name in ("report", "hearing") if pdf else ():
        write_pdf((folder / f"{name}.html").read_text(encoding="utf-8"), folder / f"{name}.pdf")
    if has_transport(result):
        write_annex(result, folder / "transport.html")
    write_tables(result, folder)
    write_layers(result, folder / "results.gpkg")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    digests = {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    own = {"study": result.config.study.name, "unit": result.unit_id}
    manifest = {**result.manifest, **own, "language": language, "outputs": digests}
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")
