"""Writing a unit's folder: whole, or not at all."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from geo.language import using
from geo.maps import write_map
from geo.report.index import folder_name
from geo.report.page import write_report
from geo.report.workbook import write_layers, write_tables
from geo.study.result import StudyResult

MANIFEST = "manifest.json"


def deliver(result: StudyResult, out_dir: Path, language: str) -> Path:
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

    Returns
    -------
    Path
        The unit's folder.
    """
    name = folder_name(result.unit_id)
    target, new, old = out_dir / name, out_dir / f".{name}.new", out_dir / f".{name}.old"
    out_dir.mkdir(parents=True, exist_ok=True)
    # What an interrupted run left: the old folder is the better one as long as nothing has taken its place.
    if old.exists() and not target.exists():
        old.rename(target)
    for left_over in (new, old):
        if left_over.exists():
            shutil.rmtree(left_over)
    new.mkdir()
    try:
        with using(language):
            _write(result, new, language)
        _replace(target, new, old)
    finally:
        if new.exists():
            shutil.rmtree(new)
    return target


def _replace(target: Path, new: Path, old: Path) -> None:
    """Put the new folder in the target's place; put the old one back if that fails."""
    if not target.exists():
        new.rename(target)
        return
    target.rename(old)
    try:
        new.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old)


def _write(result: StudyResult, folder: Path, language: str) -> None:
    write_map(result, folder / "map.html")
    write_report(result, folder / "report.html")
    write_tables(result, folder)
    write_layers(result, folder / "results.gpkg")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    digests = {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    manifest = {**result.manifest, "language": language, "outputs": digests}
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")
