"""The words a planner reads: gettext catalogs for Kazakh, Russian and English, and each language's numbers.

English is the source language. `ru.po` and `kk.po` beside this file are read as they are, so that a translator edits
one text file and sees the change at the next run. A message without translation is shown in English with the sign
`UNTRANSLATED` behind it, so that a reader sees the gap; a test counts such messages.
"""

from __future__ import annotations

import gettext as _gettext
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from typing import Final

from geo.errors import UsageError

LANGUAGES: Final = ("en", "ru", "kk")
#: Stands behind a message that has no translation yet.
UNTRANSLATED: Final = "\u00a0(en)"
#: Environment variable that chooses the language where the command line does not.
VARIABLE: Final = "GEO_LANG"
#: The environment's own variables for it, the first one set decides.
_LOCALE_VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")

_current: ContextVar[str] = ContextVar("language", default="en")


class _Untranslated(_gettext.NullTranslations):
    """What is shown for messages that a catalog lacks."""

    def gettext(self, message: str) -> str:
        return message + UNTRANSLATED

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return super().ngettext(msgid1, msgid2, n) + UNTRANSLATED


@lru_cache(maxsize=len(LANGUAGES))
def _catalog(language: str) -> _gettext.NullTranslations:
    if language == "en":
        return _gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    source = resources.files("geo.language").joinpath(f"{language}.po").read_bytes()
    messages = read_po(io.BytesIO(source), locale=language)
    for message in messages:
        # A message of which one plural form is blank counts as untranslated: nobody may read a blank.
        if isinstance(message.string, tuple) and not all(message.string):
            message.string = ""
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    catalog = _gettext.GNUTranslations(compiled)
    catalog.add_fallback(_Untranslated())
    return catalog


def use(language: str) -> None:
    """Make every following message of this context appear in a language.

    Raises
    ------
    UsageError
        If the language is none of `LANGUAGES`.
    """
    if language not in LANGUAGES:
        text = gettext("No such language: {language}. Use one of {known}.")
        raise UsageError(text.format(language=language, known=", ".join(LANGUAGES)))
    _current.set(language)


def preferred(words: Sequence[str], environment: Mapping[str, str]) -> str:
    """Return the language that a command line asks for, else its environment, else its locale, else English.

    Parameters
    ----------
    words
        The command line; ``--lang X`` or ``--lang=X`` counts wherever it stands. A language that does not exist is
        passed over here: the command itself refuses it.
    environment
        Environment variables: `VARIABLE`, then those of the locale.
    """
    asked = [value for word, value in pairwise(words) if word == "--lang"]
    asked += [word.removeprefix("--lang=") for word in words if word.startswith("--lang=")]
    locale = next((environment[name] for name in _LOCALE_VARIABLES if environment.get(name)), "")
    for language in (*asked, environment.get(VARIABLE, ""), locale[:2]):
        if language in LANGUAGES:
            return language
    return "en"


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
