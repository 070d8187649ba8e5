"""What every reader of files says: the file is missing, is a folder, cannot be read, has no such layer."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.tables.study_files import short

#: What libraries raise on files that are broken or meant to break them; only calls of libraries are guarded by it.
BROKEN: Final = (
    *(ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, MemoryError, NotImplementedError),
    *(NameError, OSError, RuntimeError, SyntaxError, TypeError, ValueError),
)


def unreadable_file(name: str, reason: object, remedy: str = "") -> DataError:
    """Return the error for a file that exists and cannot be read.

    Parameters
    ----------
    name
        Name for messages.
    reason
        What is wrong, as the library says it.
    remedy
        What to do; by default to save the file again.
    """
    return refusal(
        name,
        "unreadable-file",
        _("The file cannot be read: {reason}.").format(reason=short(reason, 200).rstrip(".")),
        remedy or _("Save it again in the program it comes from."),
    )


def require_file(path: Path, name: str) -> None:
    """Raise a `DataError` if a file is missing or is a folder."""
    try:
        is_folder, is_file = path.is_dir(), path.is_file()
    except OSError:  # a name longer than file systems allow
        is_folder = is_file = False
    if is_folder:
        raise refusal(name, "folder", _("This is a folder, not a file."), _("Name a file inside the folder."))
    if not is_file:
        missing = _("The file does not exist.")
        raise refusal(short(name), "missing-file", missing, _("Check the name in the study file."))


def refusal(name: str, code: str, message: str, remedy: str) -> DataError:
    """Return the error for a whole file."""
    return DataError([Fault(name, 0, "", code, message, remedy)])


def no_layer(name: str, layer: str, layers: Iterable[str]) -> DataError:
    """Return the error for a sheet or layer that is not in the file."""
    return refusal(
        name,
        "no-layer",
        _("There is no sheet or layer “{layer}”.").format(layer=layer),
        _("Use one of: {choices}.").format(choices=", ".join(layers)),
    )


def too_large(name: str) -> DataError:
    """Return the error for a table that is larger than is read."""
    message = _("The table is larger than is read: a hundred thousand rows of twenty columns, or 128 MB of text.")
    return refusal(name, "too-large", message, _("Keep only the table itself, and save it as “CSV UTF-8”."))
