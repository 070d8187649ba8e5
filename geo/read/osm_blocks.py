"""Look through the blocks of an .osm.pbf before libosmium does: it takes texts that hold a zero byte, and crashes.

libosmium keeps the tags of an object as texts that end in a zero byte, one after the other. A zero inside a text shifts
all that follow, and reading them leaves the object's memory (seen with pyosmium 4: a fault of the whole process). No
sound file holds one.

References
----------
wiki.openstreetmap.org/wiki/PBF_Format
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from geo.language import gettext as _

#: Limits of the format itself.
_MAX_HEADER_BYTES: Final = 64 * 1024
_MAX_BLOB_BYTES: Final = 32 * 1024 * 1024


def check_blocks(path: Path) -> None:
    """Refuse a file with a text that holds a zero byte; what else is wrong with it libosmium finds itself.

    Raises
    ------
    ValueError
        If there is one, or if a block cannot be taken apart.
    """
    with path.open("rb") as file:
        for kind, blob in _blobs(file):
            if kind == b"OSMData":
                for number, text_table in _fields(_unpacked(blob)):
                    if number == 1 and isinstance(text_table, memoryview):
                        _check_texts(text_table)


def _blobs(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and content of every block."""
    while size := file.read(4):
        length = struct.unpack(">I", size)[0] if len(size) == 4 else _MAX_HEADER_BYTES + 1
        if length > _MAX_HEADER_BYTES:
            raise ValueError(_("a block has no sound header"))
        header = dict(_fields(file.read(length)))
        n_bytes, kind = header.get(3), header.get(1)
        if not isinstance(n_bytes, int) or n_bytes > _MAX_BLOB_BYTES or not isinstance(kind, memoryview):
            raise ValueError(_("a block has no sound header"))
        yield bytes(kind), file.read(n_bytes)


def _unpacked(blob: bytes) -> bytes:
    """Return the content of a block; nothing where it is packed in a way that is not looked into."""
    fields = dict(_fields(blob))
    if isinstance(raw := fields.get(1), memoryview):
        return bytes(raw)
    if isinstance(packed := fields.get(3), memoryview):
        try:
            return zlib.decompressobj().decompress(packed, _MAX_BLOB_BYTES)
        except zlib.error as error:
            raise ValueError(_("a block cannot be unpacked")) from error
    if fields:
        raise ValueError(_("a block is packed in a way that is not supported"))
    return b""


def _fields(message: bytes) -> Iterator[tuple[int, int | memoryview]]:
    """Yield number and value of each field of a protocol buffer."""
    view, at, end = memoryview(message), 0, len(message)
    while at < end:
        key, at = _number(view, at)
        if key & 7 == 0:
            value, at = _number(view, at)
            yield key >> 3, value
            continue
        if key & 7 == 2:
            length, at = _number(view, at)
        elif key & 7 in (1, 5):
            length = 8 if key & 7 == 1 else 4
        else:
            raise ValueError(_("a block cannot be taken apart"))
        if at + length > end:
            raise ValueError(_("a block ends too early"))
        yield key >> 3, view[at : at + length]
        at += length


def _number(view: memoryview, at: int) -> tuple[int, int]:
    """Return a number of variable length, and where it ends."""
    result = 0
    for shift in range(0, 70, 7):
        if at >= len(view):
            break
        byte = view[at]
        at += 1
        result |= (byte & 127) << shift
        if byte < 128:
            return result, at
    raise ValueError(_("a block ends too early"))


def _check_texts(table: memoryview) -> None:
    content = bytes(table)
    # The first text is empty by rule; its length is the only zero of nearly every table.
    n_zeros = content.count(0)
    if n_zeros == 0 or (n_zeros == 1 and content.startswith(b"\n\0")):
        return
    if any(isinstance(text, memoryview) and 0 in bytes(text) for _number_of_field, text in _fields(content)):
        raise ValueError(_("a text holds a zero byte"))
