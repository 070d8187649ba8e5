"""Compound files ([MS-CFB]), in which Excel 97-2003 keeps a workbook and newer ones keep a locked one."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from geo.language import gettext as _
from geo.read.workbooks.sheet import BadWorkbookError

MARK: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER_SIZE: Final = 512
_HEADER_FAT: Final = 109
_LAST: Final = 0xFFFFFFFA  # above it are marks: free, end of a chain, FAT itself
_ENTRY_SIZE: Final = 128
_STREAM, _ROOT = 2, 5


class CompoundFile:
    """Streams of a compound file, by name."""

    def __init__(self, content: bytes) -> None:
        if len(content) < _HEADER_SIZE or not content.startswith(MARK):
            raise BadWorkbookError(_("it is only a part of a workbook"))
        shift, short_shift = struct.unpack_from("<HH", content, 30)
        if shift not in {9, 12} or short_shift != 6:
            raise BadWorkbookError(_("its structure is broken"))
        self._content, self._size, self._short_size = content, 1 << shift, 1 << short_shift
        self._n_sectors = -(-len(content) // self._size)
        folder, self._cutoff, short_fat = (struct.unpack_from("<I", content, at)[0] for at in (48, 56, 60))
        self._fat = self._table(self._fat_sectors())
        self._short_fat = self._table(self._chain(short_fat))
        self._entries = dict(self._read_folder(folder))
        self._shorts = b""
        if root := next((entry for entry in self._entries.values() if entry[0] == _ROOT), None):
            self._shorts = self._joined(root[1])

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._entries

    def stream(self, name: str) -> bytes:
        """Return the content of a stream."""
        _kind, start, size = self._entries[name.lower()]
        if size >= self._cutoff:
            return self._joined(start)[:size]
        pieces, at, step = [], start, self._short_size
        for _turn in range(len(self._short_fat)):
            if at >= len(self._short_fat):
                break
            pieces.append(self._shorts[at * step : (at + 1) * step])
            at = self._short_fat[at]
        return b"".join(pieces)[:size]

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self._size
        return self._content[at : at + self._size]

    def _fat_sectors(self) -> Iterator[int]:
        """Yield the sectors of the FAT: the first in the header, more in a chain of their own."""
        yield from (n for n in struct.unpack_from(f"<{_HEADER_FAT}I", self._content, 76) if n < _LAST)
        at = struct.unpack_from("<I", self._content, 68)[0]
        for _turn in range(self._n_sectors):
            numbers = _numbers(self._sector(at)) if at < self._n_sectors else ()
            if not numbers:
                return
            yield from (n for n in numbers[:-1] if n < _LAST)
            at = numbers[-1]

    def _table(self, sectors: Iterator[int]) -> list[int]:
        table: list[int] = []
        for number in sectors:
            table += _numbers(self._sector(number))
            if len(table) > self._n_sectors + self._size:
                break
        return table

    def _chain(self, start: int) -> Iterator[int]:
        """Yield the sectors of a stream; a chain that bites its tail ends when it is as long as the file."""
        at = start
        for _turn in range(self._n_sectors):
            if at >= len(self._fat) or at >= self._n_sectors:
                return
            yield at
            at = self._fat[at]

    def _joined(self, start: int) -> bytes:
        return b"".join(self._sector(number) for number in self._chain(start))

    def _read_folder(self, start: int) -> Iterator[tuple[str, tuple[int, int, int]]]:
        folder = self._joined(start)
        for at in range(0, len(folder) - _ENTRY_SIZE + 1, _ENTRY_SIZE):
            length, kind = struct.unpack_from("<HB", folder, at + 64)
            if kind in {_STREAM, _ROOT}:
                name = folder[at : at + min(max(length - 2, 0), 64)].decode("utf-16-le", "replace")
                begin, size = struct.unpack_from("<II", folder, at + 116)
                yield name.lower(), (kind, begin, size)


def _numbers(sector: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(sector) // 4}I", sector[: len(sector) // 4 * 4])
