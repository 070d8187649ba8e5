"""The words a planner reads: gettext catalogs for Kazakh, Russian and English, and each language's numbers.

English is the source language. `ru.po` and `kk.po` beside this file are read as they are, so that a translator edits
one text file and sees the change at the next run. A message without translation is shown in English; a test counts it.
"""

from __future__ import annotations

import gettext as _gettext
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from importlib import resources
from typing import Final

from geo.errors import UsageError

LANGUAGES: Final = ("en", "ru", "kk")

_current: ContextVar[str] = ContextVar("language", default="en")


@lru_cache(maxsize=len(LANGUAGES))
def _catalog(language: str) -> _gettext.NullTranslations:
    if language == "en":
        return _gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    source = resources.files("geo.language").joinpath(f"{language}.po").read_bytes()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source), locale=language))
    compiled.seek(0)
    return _gettext.GNUTranslations(compiled)


def use(language: str) -> None:
    """Make every following message of this context appear in a language.

    Raises
    ------
    UsageError
        If the language is none of `LANGUAGES`.
    """
    if language not in LANGUAGES:
        raise UsageError(f"No such language: {language}. Use one of {', '.join(LANGUAGES)}.")
    _current.set(language)


@contextmanager
def using(language: str) -> Iterator[None]:
    """Switch to a language for the length of a with block."""
    before = current()
    use(language)
    try:
        yield
    finally:
        use(before)


def current() -> str:
    """Return the code of the language in use."""
    return _current.get()


def gettext(message: str) -> str:
    """Return a message in the language in use."""
    return _catalog(current()).gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """Return the form of a message that fits the number `n` in the language in use."""
    return _catalog(current()).ngettext(singular, plural, n)


def mark(message: str) -> str:
    """Mark a message of a table for extraction; it is translated where it is shown."""
    return message
