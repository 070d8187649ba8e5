"""Workbooks of Excel 5 to 2003 ([MS-XLS], BIFF5 and BIFF8): .xls."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from geo.language import gettext as _
from geo.read.workbooks.compound import CompoundFile
from geo.read.workbooks.sheet import BadWorkbookError, Cells, LockedError, Sheet, as_date, as_number, is_date_format

_BOF, _EOF, _CONTINUE, _FILEPASS, _CODEPAGE, _DATEMODE = 0x0809, 0x000A, 0x003C, 0x002F, 0x0042, 0x0022
_BOUNDSHEET, _FORMAT, _XF, _SST = 0x0085, 0x041E, 0x00E0, 0x00FC
_NUMBER, _RK, _MULRK, _LABELSST, _BOOLERR, _MERGED, _STRING = 0x0203, 0x027E, 0x00BD, 0x00FD, 0x0205, 0x00E5, 0x0207
_LABELS: Final = {0x0204, 0x00D6}
_FORMULAS: Final = {0x0006, 0x0206, 0x0406}
_BIFF8: Final = 0x0600
_BIFF5: Final = 0x0500
_ERRORS: Final = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_BROKEN: Final = (struct.error, IndexError, LookupError, ValueError, OverflowError)


class _Strings:
    """The texts that cells share. A text goes on in the next record, where the width of its characters may change."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces, self._piece, self._at = pieces, 0, 0

    def read(self) -> list[str]:
        """Return every text; those behind a break in the records are missing."""
        found: list[str] = []
        try:
            n = struct.unpack("<4xI", self._take(8))[0]
            while len(found) < n:
                found.append(self._text())
        except EOFError:
            pass
        return found

    def _take(self, n: int) -> bytes:
        taken = b""
        while len(taken) < n:
            if self._piece >= len(self._pieces):
                raise EOFError
            rest = self._pieces[self._piece][self._at : self._at + n - len(taken)]
            taken += rest
            self._at += len(rest)
            if len(taken) < n:
                self._piece, self._at = self._piece + 1, 0
        return taken

    def _text(self) -> str:
        length, flags = struct.unpack("<HB", self._take(3))
        n_runs = struct.unpack("<H", self._take(2))[0] if flags & 8 else 0
        n_extra = struct.unpack("<I", self._take(4))[0] if flags & 4 else 0
        parts, is_wide = [], bool(flags & 1)
        while length:
            if self._piece >= len(self._pieces):
                raise EOFError
            here = self._pieces[self._piece][self._at :]
            if not here:
                self._piece, self._at = self._piece + 1, 0
                is_wide = bool(self._take(1)[0] & 1)
                continue
            n = min(length, len(here) // (2 if is_wide else 1))
            parts.append(_characters(here, n, is_wide=is_wide))
            length -= n
            self._at += n * (2 if is_wide else 1) if n else len(here)
        self._skip(4 * n_runs + n_extra)
        return "".join(parts)

    def _skip(self, n: int) -> None:
        while n > 0:
            if self._piece >= len(self._pieces):
                raise EOFError
            step = min(n, len(self._pieces[self._piece]) - self._at)
            self._at += step
            n -= step
            if n:
                self._piece, self._at = self._piece + 1, 0


class _Book:
    """The records before the sheets: titles, texts, formats."""

    def __init__(self, stream: bytes) -> None:
        self.stream = stream
        self.sheets: list[tuple[str, int]] = []
        self.since_1904 = False
        self.codec = "cp1251"
        self.strings: list[str] = []
        self._codes: dict[int, str] = {}
        self._formats: list[int] = []
        if len(stream) < 8 or struct.unpack_from("<H", stream)[0] != _BOF:
            raise BadWorkbookError(_("it is a workbook of a kind that is not read"))
        self.version = struct.unpack_from("<H", stream, 4)[0]
        if self.version not in {_BIFF5, _BIFF8}:
            raise BadWorkbookError(_("it is a workbook of a kind that is not read"))
        self._read()

    def _read(self) -> None:
        texts: list[bytes] = []
        last = 0
        for kind, body in records(self.stream, 0):
            if kind == _FILEPASS:
                raise LockedError
            if kind == _SST or (kind == _CONTINUE and last == _SST):
                texts.append(body)
                last = _SST
                continue
            last = kind
            if kind == _BOUNDSHEET:
                self.sheets.append((self.text(body, 6, wide_count=False), struct.unpack_from("<I", body)[0]))
            elif kind == _DATEMODE:
                self.since_1904 = body[:1] == b"\1"
            elif kind == _CODEPAGE:
                self.codec = f"cp{struct.unpack_from('<H', body)[0]}"
            elif kind == _FORMAT:
                self._codes[struct.unpack_from("<H", body)[0]] = self.text(body, 2, wide_count=self.version == _BIFF8)
            elif kind == _XF:
                self._formats.append(struct.unpack_from("<H", body, 2)[0])
        self.strings = _Strings(texts).read()
        self._dates = [is_date_format(number, self._codes.get(number, "")) for number in self._formats]

    def text(self, body: bytes, at: int, *, wide_count: bool = True) -> str:
        """Return a text inside one record; its length is in two bytes, or in one."""
        length = struct.unpack_from("<H" if wide_count else "<B", body, at)[0]
        at += 2 if wide_count else 1
        if self.version == _BIFF8:
            return _characters(body[at + 1 :], length, is_wide=bool(body[at] & 1)) if length else ""
        return body[at : at + length].decode(self.codec, "replace")

    def number(self, value: float, style: int) -> Any:
        """Return a number, or the day that it means."""
        is_date = style < len(self._dates) and self._dates[style]
        return as_date(value, since_1904=self.since_1904) if is_date else as_number(value)


def records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield kind and body of the records from one place to the end of what begins there; inner parts are left out."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        at += 4
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, stream[at : at + size]
        at += size


def titles_and_sheet(content: bytes, choose: Callable[[Sequence[str]], str]) -> Sheet:
    """Return the sheet that `choose` picks by its title among the titles of all."""
    try:
        file = CompoundFile(content)
        if "EncryptedPackage" in file:
            raise LockedError
        name = next((name for name in ("Workbook", "Book") if name in file), None)
        if name is None:
            raise BadWorkbookError(_("it is no workbook"))
        book = _Book(file.stream(name))
        title = choose([title for title, _at in book.sheets])
        cells = Cells()
        place = (0, 0)
        for kind, body in records(book.stream, dict(reversed(book.sheets))[title]):
            place = _put(kind, body, book, cells, place)
    except _BROKEN as error:
        raise BadWorkbookError(_("its structure is broken")) from error
    return cells.sheet(title)


def _put(kind: int, body: bytes, book: _Book, cells: Cells, place: tuple[int, int]) -> tuple[int, int]:
    """Take the cells of one record; return the place of the last formula, whose text may follow."""
    if kind == _MERGED:
        for at in range(2, len(body) - 7, 8):
            top, bottom, left, right = struct.unpack_from("<HHHH", body, at)
            cells.merge((top, left, bottom, right))
    elif kind == _STRING:
        cells.put(*place, book.text(body, 0))
    elif kind == _MULRK:
        row, first = struct.unpack_from("<HH", body)
        for step, at in enumerate(range(4, len(body) - 7, 6)):
            style, packed = struct.unpack_from("<HI", body, at)
            cells.put(row, first + step, book.number(_unpacked(packed), style))
    elif kind in {_NUMBER, _RK, _LABELSST, _BOOLERR} | _LABELS | _FORMULAS:
        row, column, style = struct.unpack_from("<HHH", body)
        place = (row, column)
        _put_one(kind, body, book, cells, (row, column, style))
    return place


def _put_one(kind: int, body: bytes, book: _Book, cells: Cells, place: tuple[int, int, int]) -> None:
    row, column, style = place
    if kind == _NUMBER:
        cells.put(row, column, book.number(_double(body), style))
    elif kind == _RK:
        cells.put(row, column, book.number(_unpacked(struct.unpack_from("<I", body, 6)[0]), style))
    elif kind == _LABELSST:
        at = struct.unpack_from("<I", body, 6)[0]
        if at >= len(book.strings):
            raise BadWorkbookError(_("a cell names a text that is not in it"))
        cells.put(row, column, book.strings[at])
    elif kind in _LABELS:
        cells.put(row, column, book.text(body, 6))
    elif kind == _BOOLERR:
        _put_flag(body[6], body[7], cells, row, column)
    elif body[12:14] != b"\xff\xff":
        cells.put(row, column, book.number(_double(body), style))
    elif body[6] in {1, 2}:
        _put_flag(body[8], body[6] - 1, cells, row, column)


def _put_flag(value: int, is_error: int, cells: Cells, row: int, column: int) -> None:
    if is_error:
        cells.lose(row, column, _ERRORS.get(value, "#N/A"))
    else:
        cells.put(row, column, bool(value))


def _double(body: bytes) -> float:
    value: float = struct.unpack_from("<d", body, 6)[0]
    return value


def _unpacked(packed: int) -> float:
    """Return a number that Excel packed into four bytes ([MS-XLS], 2.5.217)."""
    if packed & 2:
        value = float((packed >> 2) - (1 << 30) if packed >> 31 else packed >> 2)
    else:
        value = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    return value / 100 if packed & 1 else value


def _characters(content: bytes, n: int, *, is_wide: bool) -> str:
    return content[: 2 * n].decode("utf-16-le", "replace") if is_wide else content[:n].decode("latin-1")
