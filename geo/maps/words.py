"""Codes of the tables in words. English here; translated where they are shown."""

from __future__ import annotations

from typing import Final

from geo.language import mark

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
