"""A folder that appears whole or not at all, and never costs anybody a file."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from geo.errors import DataError, Fault
from geo.language import gettext as _


def check_free(folder: Path, names: Iterable[str]) -> None:
    """Make sure that a folder can be made, or filled up without touching what is in it.

    Parameters
    ----------
    folder
        Folder to make or to fill up.
    names
        Files that are going to be written, relative to it.

    Raises
    ------
    DataError
        If the folder is a file, its parent is missing, or any of the names exists.
    """
    shown = str(folder)
    if os.path.lexists(folder) and not folder.is_dir():
        raise _refused(shown, "not-a-folder", _("This is a file, not a folder."), _("Give another name."))
    if not folder.absolute().parent.is_dir():
        message = _("The folder in which it should be made does not exist.")
        raise _refused(shown, "missing-folder", message, _("Make it first, or give another name."))
    remedy = _("Nothing is ever overwritten: give another folder, or move the file away.")
    taken = [name for name in names if os.path.lexists(folder / name)]
    faults = [Fault(str(folder / name), 0, "", "file-exists", _("The file exists already."), remedy) for name in taken]
    if faults:
        raise DataError(faults)


@contextmanager
def new_files(folder: Path) -> Iterator[Path]:
    """Give a temporary folder to fill; at the end its files appear in `folder`, all of them or none.

    Raises
    ------
    DataError
        If any of the files exists in the folder by then, or they cannot be put there.
    """
    parent = folder.absolute().parent
    try:
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.absolute().name}-", dir=parent))
    except OSError as error:
        raise _not_written(folder, error) from error
    try:
        yield draft
        names = sorted(path.relative_to(draft).as_posix() for path in draft.rglob("*") if path.is_file())
        check_free(folder, names)
        _publish(draft, folder, names)
    except OSError as error:
        raise _not_written(folder, error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _publish(draft: Path, folder: Path, names: list[str]) -> None:
    """Move the draft to its place in one step; file by file, and back again on failure, where the folder exists."""
    if not folder.exists():
        draft.chmod(0o777 & ~_umask())
        draft.rename(folder)
        return
    moved: list[Path] = []
    made: list[Path] = []
    try:
        for name in names:
            target = folder / name
            if not target.parent.exists():
                target.parent.mkdir()
                made.append(target.parent)
            (draft / name).rename(target)
            moved.append(target)
    except OSError:
        for path in moved:
            path.unlink(missing_ok=True)
        for path in made:
            with suppress(OSError):
                path.rmdir()
        raise


def _umask() -> int:
    """Return the mask of the process: a temporary folder is its owner's alone, a study is not."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _not_written(folder: Path, error: OSError) -> DataError:
    message = _("The folder could not be written: {reason}.").format(reason=error.strerror or str(error))
    return _refused(str(folder), "not-written", message, _("Nothing was left behind. Mend it and try again."))


def _refused(name: str, code: str, message: str, remedy: str) -> DataError:
    return DataError([Fault(name, 0, "", code, message, remedy)])
