"""Names from OpenStreetMap's tags: which language a plain name is in, and whether two names mean the same thing."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Final

_KAZAKH: Final = re.compile("[әғқңөұүһі]", re.IGNORECASE)
_CYRILLIC: Final = re.compile("[а-яё]", re.IGNORECASE)
#: Names that are at least this similar (difflib's ratio) count as one name written twice.
_SAME_NAME_RATIO: Final = 0.75


def name_columns(tags: Mapping[str, str]) -> dict[str, str | None]:
    """Return the columns name_kk, name_ru, name_en.

    A plain `name` goes to the language of its letters where that language has no name of its own: Cyrillic with Kazakh
    letters is Kazakh, other Cyrillic Russian, everything else English.
    """
    names = {language: tags.get(f"name:{language}", "").strip() or None for language in ("kk", "ru", "en")}
    plain = (tags.get("name") or tags.get("int_name") or "").strip()
    if plain:
        language = "kk" if _KAZAKH.search(plain) else "ru" if _CYRILLIC.search(plain) else "en"
        names[language] = names[language] or plain
    return {f"name_{language}": name for language, name in names.items()}


def all_names(tags: Mapping[str, str]) -> list[str]:
    """Return every name a feature goes by, in any language."""
    return [
        value
        for key, value in sorted(tags.items())
        if key in {"name", "alt_name", "official_name", "short_name", "int_name"}
        or key.startswith(("name:", "alt_name:", "official_name:"))
    ]


def same_name(first: Mapping[str, str], second: Mapping[str, str]) -> bool:
    """Return whether any two names of two features are the same but for spelling."""
    return any(
        difflib.SequenceMatcher(None, one.casefold(), other.casefold()).ratio() >= _SAME_NAME_RATIO
        for one in all_names(first)
        for other in all_names(second)
    )
