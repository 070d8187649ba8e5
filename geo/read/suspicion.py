"""Tell places of worship that are tagged as schools or hospitals by mistake.

The rule weighs words and tags, because neither alone is enough: "Church of Ceylon College" is a school, and faith
schools rightly carry `religion=*`. The words are in `facility_words.csv` beside this file.

A facility is suspected where nothing in its names speaks of a service and

1. a name holds a word of worship ("Kali Kovil"), or
2. a tag says that it is a place of worship (`building=temple`, `amenity=place_of_worship;hospital`), or
3. it is a hospital or clinic and carries `religion=*` or `denomination=*`; schools are exempt from this one.

A facility that bears a word of service in any of its names is never suspected.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from geo.read.names import all_names
from geo.read.values import load_rows

_TOKEN: Final = re.compile(r"[^\s\d.,;:()\[\]/\"'’«»„“”\-–—_№]+")
_WORSHIP_BUILDINGS: Final = frozenset(
    ("temple", "church", "chapel", "cathedral", "mosque", "shrine", "synagogue", "monastery", "religious")
)
_WORSHIP_KEYS: Final = ("place_of_worship", "place_of_worship:type")
_FAITH_KEYS: Final = ("religion", "denomination")


@lru_cache(maxsize=1)
def _words() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return kind -> how a word is compared -> words."""
    table: dict[str, dict[str, list[str]]] = {}
    for row in load_rows("facility_words.csv"):
        table.setdefault(row["kind"], {}).setdefault(row["match"], []).append(row["word"])
    return {kind: {how: tuple(words) for how, words in rules.items()} for kind, rules in table.items()}


def _speaks_of(kind: str, tokens: list[str]) -> str | None:
    """Return the first token that is a word of a kind."""
    rules = _words()[kind]
    for token in tokens:
        if token in rules["token"] or token.startswith(rules["prefix"]) or token.endswith(rules["suffix"]):
            return token
    return None


def suspect(service: str, tags: Mapping[str, str]) -> str | None:
    """Return why a facility is probably none, as the word or tag that says so; None if nothing does.

    Parameters
    ----------
    service
        Service it is tagged with: school, phc or hospital.
    tags
        Its tags, names included.
    """
    tokens = [token for name in all_names(tags) for token in _TOKEN.findall(name.casefold())]
    if _speaks_of("service", tokens):
        return None
    word = _speaks_of("worship", tokens)
    if word:
        return f"“{word}”"
    if tags.get("building") in _WORSHIP_BUILDINGS:
        return f"building={tags['building']}"
    if "place_of_worship" in tags.get("amenity", ""):
        return f"amenity={tags['amenity']}"
    keys = _WORSHIP_KEYS if service == "school" else (*_WORSHIP_KEYS, *_FAITH_KEYS)
    return next((f"{key}={tags[key]}" for key in keys if key in tags), None)
