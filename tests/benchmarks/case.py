"""One comparison, and one figure that has nothing to be compared with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


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
