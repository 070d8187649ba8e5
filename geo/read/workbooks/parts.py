"""XML inside zip archives, read piece by piece, so that what unpacks to gigabytes is never unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Final, Protocol
from xml.parsers import expat

from geo.language import gettext as _
from geo.read.workbooks.sheet import MOST_BYTES, BadWorkbookError, LockedError, TooLargeError

_PIECE: Final = 1 << 16
#: Members of an archive; the largest workbooks have some hundreds.
_MOST_MEMBERS: Final = 10_000
_BROKEN: Final = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError, IndexError),
    *(NotImplementedError, OverflowError, LookupError),
)


class Handler(Protocol):
    """What is done with the elements of a part; names come without their prefixes."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the beginning of an element."""

    def end(self, name: str) -> None:
        """Take the end of an element."""

    def text(self, text: str) -> None:
        """Take text, or a part of it."""


class Parts:
    """The parts of a workbook that is a zip archive."""

    def __init__(self, content: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except _BROKEN as error:
            raise BadWorkbookError(_("it is no zip archive, or only a part of one")) from error
        self._names = {info.filename: info for info in self._archive.infolist()}
        self._left = MOST_BYTES
        if len(self._names) > _MOST_MEMBERS:
            raise TooLargeError

    def __enter__(self) -> Parts:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._archive.close()

    def __contains__(self, part: str) -> bool:
        return part in self._names

    def parse(self, part: str, handler: Handler) -> None:
        """Hand the elements of a part to a handler.

        Raises
        ------
        BadWorkbookError
            If the part is missing or is no sound XML.
        TooLargeError
            If the parts read so far unpack to more than `MOST_BYTES`.
        LockedError
            If the archive asks for a password.
        """
        info = self._names.get(part)
        if info is None:
            raise BadWorkbookError(_("its part {part} is missing").format(part=part))
        if info.flag_bits & 1:
            raise LockedError
        parser = _parser(handler)
        try:
            with self._archive.open(info) as stream:
                while piece := stream.read(_PIECE):
                    self._left -= len(piece)
                    if self._left < 0:
                        raise TooLargeError
                    parser.Parse(piece, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, RuntimeError, *_BROKEN) as error:
            raise BadWorkbookError(_("its part {part} is broken").format(part=part)) from error


def _parser(handler: Handler) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    starts: Callable[[str, Mapping[str, str]], None] = handler.start

    def start(name: str, attributes: dict[str, str]) -> None:
        starts(name.rpartition(":")[2], attributes)

    def end(name: str) -> None:
        handler.end(name.rpartition(":")[2])

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = _refuse_entities
    return parser


def _refuse_entities(*_declaration: object) -> None:
    """Refuse a document type: no workbook has one, and its entities can unpack to any size."""
    raise BadWorkbookError(_("it declares a document type, which no workbook does"))
