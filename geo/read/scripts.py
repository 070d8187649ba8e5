"""One name in three alphabets: what it sounds like, which letters only look right, and how near two names are.

Nothing here changes a name that anybody sees. `plain_name` is what names are compared by; `sound` and `similarity`
serve suggestions only, because two different villages can sound alike.

References
----------
Russian letters: GOST 7.79-2000 (ISO 9), system B. Kazakh letters: BGN/PCGN 1979 for Kazakh Cyrillic, and the Latin
alphabet of decree 637 of the President of Kazakhstan (2018; its draft of 2021 writes the same sounds with Ä, Ö, Ü, Ū,
Ğ, Ñ, Ş). What those spell differently is folded to one letter here: Қостанай, Костанай, Qostanai and Qostanay are one.
Letters that look alike: Unicode Technical Standard 39, confusables, as far as both alphabets have them.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from functools import lru_cache
from typing import Final

#: Cyrillic letter -> Latin letters that it sounds like, Kazakh ones folded onto the nearest Russian one.
_CYRILLIC: Final = {
    **dict(zip("абвгдезиклмнопрстуфыэ", "abvgdeziklmnoprstufie", strict=True)),
    "ё": "e",
    "ж": "j",
    "й": "i",
    "х": "h",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "sh",
    "ъ": "",
    "ь": "",
    "ю": "iu",
    "я": "ia",
    "ә": "a",
    "ғ": "g",
    "қ": "k",
    "ң": "n",
    "ө": "o",
    "ұ": "u",
    "ү": "u",
    "һ": "h",
    "і": "i",
}
#: Latin spellings of one sound, longest first; marks above letters are taken off before.
_LATIN: Final = (
    ("shch", "sh"),
    ("dzh", "j"),
    ("yo", "e"),
    ("yu", "iu"),
    ("ya", "ia"),
    ("zh", "j"),
    ("kh", "h"),
    ("gh", "g"),
    ("ng", "n"),
    ("ck", "k"),
    ("q", "k"),
    ("w", "u"),
    ("y", "i"),
    ("ı", "i"),
)
#: Latin letters that look like a Cyrillic one.
_LOOK_ALIKES: Final = dict(zip("aceiopxyABCEHIKMOPTXY", "асеіорхуАВСЕНІКМОРТХУ", strict=True))
_TO_LATIN: Final = {cyrillic: latin for latin, cyrillic in _LOOK_ALIKES.items()}
_IS_LATIN: Final = re.compile("[A-Za-z]")
_IS_CYRILLIC: Final = re.compile("[\u0400-\u04ff]")
_WORD: Final = re.compile(r"[^\W\d_]+")
_NOT_IN_NAMES: Final = re.compile(r"[«»„“”\"'’ʼ`]")
_HYPHENS: Final = re.compile(r"\s*[-‐‑–—]\s*")
#: Words for "village" that lists put before or behind a name; a station or town of that name is another place.
_VILLAGE: Final = frozenset(("с", "с.", "село", "аул", "ауыл", "ауылы", "а.", "village", "auyl", "auyly", "aul"))
#: Names of at least this similarity are worth a suggestion.
SIMILAR: Final = 0.85


@lru_cache(maxsize=100_000)
def plain_name(name: str) -> str:
    """Return what a name is compared by: small letters, single spaces, no quotes, no word for "village"."""
    text = unicodedata.normalize("NFKC", name).casefold().replace("ё", "е")
    text = _HYPHENS.sub("-", _NOT_IN_NAMES.sub("", text))
    words = text.split()
    kept = [word for word in words if word not in _VILLAGE]
    return " ".join(kept or words)


@lru_cache(maxsize=100_000)
def sound(name: str) -> str:
    """Return a name in plain Latin letters, the same for every alphabet that it is written in."""
    text = "".join(_CYRILLIC.get(letter, letter) for letter in plain_name(without_look_alikes(name)))
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    for written, heard in _LATIN:
        text = text.replace(written, heard)
    return re.sub(r"([a-z])\1+", r"\1", text)


def similarity(one: str, other: str) -> float:
    """Return how alike two names sound, from 0 to 1; 0 where they hold different numbers (Razezd 14, Razezd 15)."""
    first, second = sound(one), sound(other)
    if re.findall(r"\d+", first) != re.findall(r"\d+", second):
        return 0.0
    return difflib.SequenceMatcher(None, first, second, autojunk=False).ratio()


def mixed_words(name: str) -> tuple[str, ...]:
    """Return the words of a name that mix Latin and Cyrillic letters."""
    return tuple(word for word in _WORD.findall(name) if _IS_LATIN.search(word) and _IS_CYRILLIC.search(word))


@lru_cache(maxsize=100_000)
def without_look_alikes(name: str) -> str:
    """Return a name whose mixed words are written in one alphabet, where the other's letters are look-alikes."""
    for word in mixed_words(name):
        n_cyrillic = len(_IS_CYRILLIC.findall(word))
        other, table = (_IS_LATIN, _LOOK_ALIKES) if 2 * n_cyrillic >= len(word) else (_IS_CYRILLIC, _TO_LATIN)
        if all(letter in table for letter in other.findall(word)):
            name = name.replace(word, "".join(table.get(letter, letter) for letter in word))
    return name
