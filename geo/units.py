"""Named conversions and constants. Units are metres, kilometres per hour, milliseconds and persons."""

from __future__ import annotations

from typing import Final

MS_PER_MINUTE: Final = 60_000
MS_PER_HOUR: Final = 3_600_000
METRES_PER_KM: Final = 1_000.0

#: Milliseconds that stand for "no way" in integer matrices. Sums of two stay inside int32.
UNREACHABLE_MS: Final = 2**30


def ms_per_metre(speed_kph: float) -> float:
    """Return the milliseconds that one metre takes at a speed above zero, in km/h."""
    return MS_PER_HOUR / (speed_kph * METRES_PER_KM)


def minutes_to_ms(minutes: float) -> int:
    """Return whole milliseconds for minutes."""
    return round(minutes * MS_PER_MINUTE)
