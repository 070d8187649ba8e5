"""One comparison, one figure that has nothing to be compared with, and a row of figures of one case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Case:
    """Two calls that give the same answer; `check` raises if they do not."""

    name: str
    peer_name: str
    ours: Callable[[], object]
    peer: Callable[[], object]
    check: Callable[[], None]


@dataclass(frozen=True)
class Measured:
    """A figure without a peer, in `unit`."""

    name: str
    value: float
    unit: str


@dataclass(frozen=True)
class Row:
    """Figures of one case by name; the unit is the last word of a name, as in the program."""

    name: str
    figures: dict[str, Any]

    def __str__(self) -> str:
        """Return one line."""
        return f"{self.name}: " + ", ".join(f"{key} {_short(value)}" for key, value in self.figures.items())


def _short(value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    return (
        f"{value:.0f}"
        if value.is_integer() and abs(value) < 1e15
        else f"{value:.4g}"
        if abs(value) < 1e4
        else f"{value:.2f}"
    )
