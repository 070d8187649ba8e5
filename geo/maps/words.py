"""Codes of the tables in words. English here; translated where they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from geo.language import gettext as _
from geo.language import mark

LEVELS: Final = {
    "medpunkt": mark("medical point"),
    "fap": mark("feldsher point"),
    "ambulatory": mark("ambulatory"),
    "phc_centre": mark("primary-care centre"),
    "hospital": mark("hospital"),
    "primary": mark("primary school"),
    "basic": mark("basic school"),
    "secondary": mark("secondary school"),
    "clinic": mark("clinic"),
    "school": mark("school"),
}
PLAN_STATUS: Final = {
    "optimal": mark("proven best"),
    "feasible": mark("not proven best"),
    "infeasible": mark("no such plan exists"),
}
SEVERITY: Final = {
    "error": mark("error"),
    "warning": mark("warning"),
    "repaired": mark("repaired"),
    "note": mark("note"),
}


def word(words: Mapping[str, str], code: Any) -> str:
    """Return a code in words in the language in use; a code without words is shown with spaces for underscores."""
    if pd.isna(code):
        return ""
    text = str(code)
    return _(words[text]) if text in words else text.replace("_", " ")
