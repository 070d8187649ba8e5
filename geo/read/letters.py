"""Letters that were spoilt on the way: lost, read in the wrong alphabet, invisible, or in pieces."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from geo.tables.hidden import HIDDEN, with_hidden_shown

_SPACES: Final = re.compile("[\u00a0\u2007\u202f\u2028\u2029\t\n\r\x0b\x0c\x85]+")
_LOST_IN_NAME: Final = re.compile(r"\ufffd|\?(?=\w)|(?<=\w)\?")
#: Alphabets through which UTF-8 is misread.
_MISREAD: Final = ("cp1251", "kz1048", "cp1252")
_LEAST_MISREAD: Final = 2
#: What the two bytes of a Cyrillic letter in UTF-8 are misread as; plain words hardly ever have such a pair.
_MISREAD_PAIR: Final = re.compile(
    "[{}][{}]".format(
        *(
            re.escape("".join(bytes(of).decode(codec, "replace") for codec in (*_MISREAD, "latin-1")))
            for of in (range(0xD0, 0xD4), range(0x80, 0xC0))
        )
    )
)
#: What most names are: nothing in them can be spoilt.
_PLAIN: Final = re.compile(r"\w[\w .,()/№«»–-]*")


def are_plain(text: str) -> bool:
    """Return whether a text is nothing but letters, figures and common signs, and not misread."""
    return bool(_PLAIN.fullmatch(text)) and not _MISREAD_PAIR.search(text)


def seen(text: str) -> str:
    """Return a text with what cannot be seen in it left out, and one plain space for each gap."""
    return " ".join(HIDDEN.sub("", _SPACES.sub(" ", text)).split(" ")).strip()


def shown(text: str) -> str:
    """Return a text in which what cannot be seen, and spaces that look like others, are named: ``<U+200B>``."""
    return re.sub("[\u00a0\u2007\u202f]", lambda found: f"<U+{ord(found[0]):04X}>", with_hidden_shown(text))


def has_hidden(text: str) -> bool:
    """Return whether a text holds characters that cannot be seen."""
    return bool(HIDDEN.search(text) or _SPACES.search(text))


def composed(text: str) -> str:
    """Return a text whose letters are in one piece each (NFC): the й of a Mac is и and a breve."""
    return unicodedata.normalize("NFC", text)


def are_lost(text: str, *, is_name: bool) -> bool:
    """Return whether letters of a text are lost: in a name also those that became question marks."""
    return "\ufffd" in text or (is_name and bool(_LOST_IN_NAME.search(text)))


def decoded_again(text: str) -> str | None:
    """Return what a text said before UTF-8 was read in another alphabet (``ТљРѕСЃ``); None where it was not.

    A text of words practically never is sound UTF-8 by chance; two letters at least must come of it.
    """
    if text.isascii() or not _MISREAD_PAIR.search(text):
        return None
    for codec in _MISREAD:
        content = bytes(_bytes_of(text, codec))
        try:
            again = content.decode("utf-8")
        except UnicodeDecodeError:
            continue
        letters = sum(letter.isalpha() and not letter.isascii() for letter in again)
        if letters >= _LEAST_MISREAD and not HIDDEN.search(again):
            return again
    return None


def _bytes_of(text: str, codec: str) -> Iterator[int]:
    """Yield the bytes that were misread as a text; one that is in no alphabet ends what can be sound UTF-8."""
    for letter in text:
        try:
            yield from letter.encode(codec)
        except UnicodeEncodeError:
            yield ord(letter) if ord(letter) < 0x100 else 0xFF
