"""Texts that a spreadsheet would compute: one rule for all files that are written, and for reading them back."""

from __future__ import annotations

from typing import Final

#: A text that begins with one of these is a formula to a spreadsheet; East Asian Excel takes the wide signs, too.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Set before such a text, which a spreadsheet then shows as it is.
MARK: Final = "'"


def is_formula(value: object) -> bool:
    """Return whether a spreadsheet would take a value for a formula."""
    return isinstance(value, str) and value.startswith(FORMULA_STARTS)


def harmless(value: object) -> object:
    """Return a value for CSV: an apostrophe before a text that would be a formula; spreadsheets show it as text."""
    return f"{MARK}{value}" if is_formula(value) else value


def unmarked(text: str) -> str:
    """Return a text without the apostrophe that `harmless` sets."""
    return text[1:] if text.startswith(MARK) and is_formula(text[1:]) else text
