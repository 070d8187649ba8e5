"""The folder of results: who may write into it, what may be replaced in it, and what stands in it already."""

from __future__ import annotations

import contextlib
import errno
import json
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from geo.errors import UsageError
from geo.language import gettext as _

MANIFEST: Final = "manifest.json"
INDEX: Final = "index.html"
LOCK: Final = ".geo-run.lock"
#: The program's own manifest holds these; a folder without it is somebody else's.
_OWN_KEYS: Final = ("study", "unit")


def manifest_of(folder: Path) -> dict[str, Any] | None:
    """Return the manifest that this program left in a folder; None where there is none."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and all(isinstance(found.get(key), str) for key in _OWN_KEYS) else None


def check_target(target: Path, study_folder: Path | None = None) -> None:
    """Make sure that a unit's folder may be written, and that whatever it replaces is this program's own.

    Parameters
    ----------
    target
        Folder of the unit.
    study_folder
        Folder of the study's inputs; it must neither be the target nor lie in it.

    Raises
    ------
    UsageError
        If something else stands there: a file, a link, a folder without this program's manifest, the study.
    """
    remedy = _("Nothing was written. Move it away, or choose another folder with --out.")
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        found = _("{path} is a file or a link; the results of a unit need a folder of that name.").format(path=target)
        raise UsageError(f"{found} {remedy}")
    if study_folder is not None and study_folder.resolve().is_relative_to(target.resolve()):
        found = _("The study stands in {path}, which results of the same name would replace.").format(path=target)
        raise UsageError(f"{found} {remedy}")
    try:
        foreign = target.is_dir() and any(target.iterdir()) and manifest_of(target) is None
    except OSError as error:
        raise UsageError(why_not_written(error, target)) from error
    if foreign:
        found = _("{path} holds files that this program did not write, and would be replaced.").format(path=target)
        raise UsageError(f"{found} {remedy}")


@contextmanager
def held(out_dir: Path) -> Iterator[None]:
    """Make the folder of the results and keep other runs out of it for as long as this one lasts.

    Parameters
    ----------
    out_dir
        Folder of the results; made if it does not exist.

    Raises
    ------
    UsageError
        If the folder cannot be made or written, if its index page is a folder, or if another run is at work in it.
    """
    _check_way(out_dir)
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
        lock = _take_lock(out_dir / LOCK)
    except OSError as error:
        raise UsageError(why_not_written(error, out_dir)) from error
    try:
        if (out_dir / INDEX).is_dir():
            text = _("{path} is a folder; the index page needs that name. Move it away, or choose another --out.")
            raise UsageError(text.format(path=out_dir / INDEX))
        yield
    finally:
        os.close(lock)
        with contextlib.suppress(OSError):
            (out_dir / LOCK).unlink()


def _check_way(out_dir: Path) -> None:
    """Name the file that stands where the folder, or one above it, should be."""
    for path in (out_dir, *out_dir.parents):
        if (path.exists() and not path.is_dir()) or (path.is_symlink() and not path.exists()):
            text = _("{path} is a file, not a folder. Choose another folder with --out.")
            raise UsageError(text.format(path=path))


def _take_lock(path: Path) -> int:
    """Return the open lock file, which holds this process's id; one that a dead process left is taken over."""
    try:
        lock = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except FileExistsError:
        _release_stale(path)
        lock = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    try:
        os.write(lock, str(os.getpid()).encode("ascii"))
    except OSError:
        os.close(lock)
        path.unlink()
        raise
    return lock


def _release_stale(path: Path) -> None:
    """Remove a lock whose process is gone.

    Raises
    ------
    UsageError
        If its process still runs.
    """
    text = _("Another run is writing into {folder}. Wait for it or choose another --out; if none runs, delete {path}.")
    try:
        holder = int(path.read_text(encoding="ascii"))
        if _runs(holder):
            raise UsageError(text.format(folder=path.parent, path=path))
        # Windows refuses to remove a file that its holder keeps open: there this alone tells the living from the dead.
        path.unlink(missing_ok=True)
    except (ValueError, PermissionError) as error:
        raise UsageError(text.format(folder=path.parent, path=path)) from error


def _runs(process: int) -> bool:
    """Return whether another process of this id runs; always False on Windows, where asking would end it."""
    if os.name == "nt" or process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def why_not_written(error: OSError, path: Path) -> str:
    """Return in words why something could not be written, with its path and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _("The disk is full: {path} could not be written. Make room and run again.").format(path=path)
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        text = _("No permission to write {path}. Close programs that use it, or choose another folder with --out.")
        return text.format(path=path)
    text = _("{path} could not be written: {reason}. Choose another folder with --out, or run again.")
    return text.format(path=path, reason=error.strerror or str(error))


def earlier_folders(out_dir: Path, study: str, known: Collection[str]) -> dict[str, str]:
    """Return the folders that earlier runs of a study left.

    Parameters
    ----------
    out_dir
        Folder of the results.
    study
        Short name of the study.
    known
        Units that the study has today.

    Returns
    -------
    dict
        Folder by unit, in the order of the folders' names.
    """
    found = {}
    for folder in sorted(path for path in out_dir.iterdir() if path.is_dir() and not path.name.startswith(".")):
        manifest = manifest_of(folder)
        if manifest is not None and manifest["study"] == study and manifest["unit"] in known:
            found[str(manifest["unit"])] = folder.name
    return found
