"""Tell how the letters of a text file are written: UTF-8, UTF-16, or one of the Cyrillic alphabets of Kazakhstan."""

from __future__ import annotations

import codecs
import re
from typing import Final

#: Eight-bit alphabets; of those that fit equally well the first counts: without Kazakh letters they are the same.
ALPHABETS: Final = ("cp1251", "kz1048", "ptcp154")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_KAZAKH: Final = "әғқңөұүһіӘҒҚҢӨҰҮҺІ"
_CYRILLIC: Final = "А-Яа-яЁё" + _KAZAKH
#: A Kazakh letter beside a letter of either alphabet.
_KAZAKH_IN_WORD: Final = re.compile(f"(?<=[{_CYRILLIC}])[{_KAZAKH}]|[{_KAZAKH}](?=[{_CYRILLIC}])")
#: What no text of Kazakhstan has: letters of other alphabets, signs inside words, capitals after small letters.
_STRANGE: Final = re.compile(
    f"[\u0400-\u040f\u0450-\u052f](?<![{_CYRILLIC}])"
    f"|(?<=[{_CYRILLIC}])[\u0080-\u00ac\u00ae-\u00bf\u2020-\u2022\u2030-\u203a\u20ac\u2122](?=[{_CYRILLIC}])"
    f"|(?<=[а-яёәғқңөұүһі])[А-ЯЁӘҒҚҢӨҰҮҺІ](?=[{_CYRILLIC}])|[\x80-\x9f]"
)
_WORD: Final = re.compile(f"[{_CYRILLIC}]{{2,}}")
_NOT_ASCII: Final = re.compile("[^\x00-\x7f]")
#: Text is no more than a sample of a long file: the rest is written in the same way.
_SAMPLE: Final = 1 << 20
#: A file is UTF-8 with broken bytes, not an eight-bit alphabet, where at most this share of its other bytes is broken.
_BROKEN_SHARE: Final = 0.1


def decode(content: bytes) -> tuple[str, str] | None:
    """Return a file's text, and the name of how it is written: empty for plain UTF-8; None where it cannot be told.

    An eight-bit alphabet is chosen by its Kazakh letters: each inside a word speaks for it, each letter of another
    alphabet and each sign inside a word speaks against it.
    """
    for mark, codec in _MARKS:
        if content.startswith(mark):
            text = _decoded(content, codec)
            return None if text is None or "\0" in text else (text, "" if codec == "utf-8-sig" else codec.upper())
    text = _decoded(content, "utf-8")
    if text is not None and "\0" not in text:
        return text, ""
    if b"\0" in content:
        return _without_mark(content)
    if _is_broken_utf_8(content):
        return None
    best, least = None, 0
    for codec in ALPHABETS:
        text = _decoded(content, codec)
        if text is not None and (best is None or _score(text) > least):
            best, least = (text, codec), _score(text)
    return best if best is not None and least >= 0 and _is_cyrillic(best[0]) else None


def _decoded(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except UnicodeDecodeError:
        return None


def _without_mark(content: bytes) -> tuple[str, str] | None:
    """Return a UTF-16 text that has no mark: what stands between the letters of names and numbers is a zero byte."""
    for codec, at in (("utf-16-le", 1), ("utf-16-be", 0)):
        text = _decoded(content, codec)
        has_lines = text is not None and "\0" not in text and "\n" in text.replace("\r", "\n")
        if text is not None and has_lines and content[at::2].count(0) > content[1 - at :: 2].count(0):
            return text, codec.upper()
    return None


def _is_broken_utf_8(content: bytes) -> bool:
    text = content.decode("utf-8", "replace")
    others = len(_NOT_ASCII.findall(text))
    return text.count("\ufffd") <= _BROKEN_SHARE * others


def _score(text: str) -> int:
    sample = text[:_SAMPLE]
    return len(_KAZAKH_IN_WORD.findall(sample)) - 2 * len(_STRANGE.findall(sample))


def _is_cyrillic(text: str) -> bool:
    """Return whether most of what is not English are Cyrillic words: else the letters are of another alphabet."""
    sample = text[:_SAMPLE]
    return 2 * sum(map(len, _WORD.findall(sample))) >= len(_NOT_ASCII.findall(sample))
