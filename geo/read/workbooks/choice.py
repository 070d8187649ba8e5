"""Read a sheet of a workbook of whatever kind; what is wrong with it is one clear error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from geo.errors import DataError
from geo.language import gettext as _
from geo.read.files import no_layer, refusal, too_large, unreadable_file
from geo.read.workbooks import ods, xls, xlsx
from geo.read.workbooks.compound import MARK
from geo.read.workbooks.parts import Parts
from geo.read.workbooks.sheet import MOST_BYTES, BadWorkbookError, LockedError, Sheet, TooLargeError

#: Ends of the names of workbooks.
BOOKS: Final = frozenset((".xlsx", ".xlsm", ".xls", ".ods"))
_ZIP_MARK: Final = b"PK\x03\x04"


def read_sheet(path: Path, name: str, title: str | None = None) -> Sheet:
    """Read one sheet; what kind of workbook it is, its content says.

    Parameters
    ----------
    path
        Workbook of type .xlsx, .xlsm, .xls or .ods.
    name
        Name for messages.
    title
        Name of the sheet; the first one by default.

    Raises
    ------
    DataError
        If the file is no such workbook, is broken, is locked, holds no such sheet, or is larger than
        `geo.read.workbooks.sheet` allows.
    """

    def choose(titles: Sequence[str]) -> str:
        if not titles:
            raise BadWorkbookError(_("it has no sheet"))
        if title is not None and title not in titles:
            raise no_layer(name, title, titles)
        return titles[0] if title is None else title

    try:
        return _read(path, choose)
    except BadWorkbookError as error:
        remedy = _("Open it in a spreadsheet program and save it as .xlsx or as “CSV UTF-8”.")
        raise unreadable_file(name, error, remedy) from error
    except (LockedError, TooLargeError) as error:
        raise _refused(name, error) from error


def _read(path: Path, choose: Callable[[Sequence[str]], str]) -> Sheet:
    if path.stat().st_size > MOST_BYTES:
        raise TooLargeError
    content = path.read_bytes()
    if content.startswith(MARK):
        return xls.titles_and_sheet(content, choose)
    if not content.startswith(_ZIP_MARK):
        raise BadWorkbookError(_("it is no workbook of type .xlsx, .xls or .ods"))
    with Parts(content) as parts:
        is_ods = ods.CONTENT in parts and xlsx.MAIN_PART not in parts
        return ods.titles_and_sheet(parts, choose) if is_ods else xlsx.titles_and_sheet(parts, choose)


def _refused(name: str, error: LockedError | TooLargeError) -> DataError:
    if isinstance(error, LockedError):
        message = _("The workbook is locked with a password.")
        return refusal(name, "locked-workbook", message, _("Save it without a password."))
    return too_large(name)
