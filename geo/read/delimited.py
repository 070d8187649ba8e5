"""Read text tables: UTF-8 or another of the alphabets in use, separated by comma, semicolon or tab."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from geo.errors import DataError
from geo.language import gettext as _
from geo.read.encodings import decode
from geo.read.files import refusal, too_large, unreadable_file
from geo.tables.check import Findings

#: Bytes of a table; that of a country's settlements has some two million.
_MOST_BYTES: Final = 128 * 2**20
#: Ends of the names of text tables.
TEXTS: Final = frozenset((".csv", ".tsv", ".txt"))
_SEPARATORS: Final = ",;\t"
#: A cell in quotes, whichever the separator is.
_QUOTED: Final = r'(?<![^,;\t])"[^"]*(?:""[^"]*)*"(?![^,;\t\r\n])'
_FIRST_RECORD: Final = re.compile(rf"(?:{_QUOTED}|[^\r\n])*")
#: The line by which Excel is told the separator.
_SEPARATOR_LINE: Final = re.compile(r'"?sep=([,;\t|])"?[ ]*(?:\r\n|\r|\n|$)', re.IGNORECASE)
#: Characters of the first row that tell the separator.
_HEADER_CHARACTERS: Final = 1 << 20
#: Titles above a table are not longer.
_TITLE_CHARACTERS: Final = 4096
#: How a zip archive begins, and so an Excel workbook.
_ZIP_MARK: Final = b"PK\x03\x04"
#: How a workbook of Excel 97-2003 begins.
_XLS_MARK: Final = b"\xd0\xcf\x11\xe0"


def note_wrong_length(record: Sequence[str], n_columns: int, row: int, found: Findings) -> None:
    """Note a row that has more or fewer cells than row 1 has columns; blank cells beyond them do not count."""
    n_cells = len(record)
    while n_cells > n_columns and not record[n_cells - 1].strip():
        n_cells -= 1
    message = _("The row has {n} cells, row 1 has {columns}.").format(n=n_cells, columns=n_columns)
    remedy = _("Write one cell for each column of row 1, and decimal commas in quotes.")
    found.add(row, "", "wrong-length", message, remedy)


def text_records(
    path: Path, name: str, *, instead: str = "", found: Findings | None = None
) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a CSV file as they stand, the header first: separated by comma, semicolon or tab.

    Parameters
    ----------
    path
        File. A first line ``sep=;`` names the separator and is left out.
    name
        Name for messages.
    instead
        What to do with a workbook; by default to save it as CSV.
    found
        Takes a note of the alphabet where it is not UTF-8, and bounds the size of the file; without it any other
        alphabet is an error.

    Yields
    ------
    tuple of int and list of str
        Row of the file, the first being 1, and its cells.

    Raises
    ------
    DataError
        If the file cannot be read as text, at the latest when the row that is broken is asked for.
    """
    if found is not None and path.stat().st_size > _MOST_BYTES:
        raise too_large(name)
    content = path.read_bytes()
    if content.startswith((_ZIP_MARK, _XLS_MARK)):
        raise unreadable_file(
            name,
            _("it is an Excel workbook or a zip archive, not text"),
            instead or _("Save it as “CSV UTF-8”."),
        )
    text = _utf_8(content, name) if found is None else _any_alphabet(content, name, found)
    separator, start = _separator(text)
    lines = io.StringIO(text, newline="")
    lines.seek(start)
    try:
        yield from enumerate(csv.reader(lines, delimiter=separator), start=2 if start else 1)
    except csv.Error as error:
        raise unreadable_file(name, error) from error


def _utf_8(content: bytes, name: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_utf_8(name, error.start) from error
    if "\0" in text:  # UTF-16 without a mark decodes as UTF-8 where the text is English
        raise _not_utf_8(name, content.index(b"\0"))
    return text


def _any_alphabet(content: bytes, name: str, found: Findings) -> str:
    decoded = decode(content)
    if decoded is None:
        return _utf_8(content, name)
    text, alphabet = decoded
    if alphabet:
        message = _("The file is written in {alphabet}, not in UTF-8, and was read so.").format(alphabet=alphabet)
        found.add(0, "", "encoding", message, _("Check a name with Kazakh letters; save it as “CSV UTF-8”."), "note")
    return text


def _separator(text: str) -> tuple[str, int]:
    """Return the separator of a CSV file, and where its header begins.

    The first line that has any decides: a title above the table may have none.
    """
    if stated := _SEPARATOR_LINE.match(text):
        return stated[1], stated.end()
    first = _FIRST_RECORD.match(text, 0, _HEADER_CHARACTERS)
    header = re.sub(_QUOTED, "", first[0] if first else "")
    if not any(separator in header for separator in _SEPARATORS):
        lines = text[:_TITLE_CHARACTERS].splitlines()
        header = next((line for line in lines if any(separator in line for separator in ";\t")), header)
    return max(_SEPARATORS, key=header.count), 0


def _not_utf_8(name: str, position: int) -> DataError:
    return refusal(
        name,
        "not-utf-8",
        _("The file is not written in UTF-8 (byte {byte}).").format(byte=position + 1),
        _("Save it as “CSV UTF-8”."),
    )
