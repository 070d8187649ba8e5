"""The data files of OpenStreetMap's values beside this module: what each value means to this program."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources


def load_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a data file beside this module."""
    text = resources.files("geo.read").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@lru_cache(maxsize=1)
def _meanings() -> Mapping[tuple[str, str], str]:
    return {(row["key"], row["value"]): row["means"] for row in load_rows("osm_values.csv")}


def meaning(key: str, value: str | None) -> str | None:
    """Return what a tag's value means to this program; None if it means nothing. A row ``*`` stands for every value."""
    if value is None:
        return None
    known = _meanings()
    return known.get((key, value)) or known.get((key, "*"))


def values_of(text: str) -> list[str]:
    """Return the values of a list such as ``60; 80``, in small letters."""
    return [part.strip().lower() for part in re.split(r"[;|]", text) if part.strip()]
