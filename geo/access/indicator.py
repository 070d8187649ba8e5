"""What an indicator of access is, and the laws it may obey (domain brief, appendix A.6).

Every registered indicator declares its laws; the tests run each declared law on random instances, and look for a
counterexample to each law that is not declared where one is known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from geo.access.equity import kolm_pollak_kappa
from geo.access.reach import Reach
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS, minutes_to_ms

Milliseconds = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Law = Literal[
    "order-free",
    "no-access-scores-zero",
    "doubling-people-changes-nothing",
    "doubling-people-halves",
    "another-facility-never-worsens",
    "slower-roads-never-improve",
    "supply-is-shared-out",
    "supply-is-never-exceeded",
    "unit-free",
    "in-minutes",
    "shifts-with-everybody",
]
LAWS: Final[dict[Law, str]] = {
    "order-free": "Another order of settlements or of facilities permutes the scores and changes none.",
    "no-access-scores-zero": "A settlement that no facility can be reached from scores 0.",
    "doubling-people-changes-nothing": "Twice the people everywhere leave the value as it is.",
    "doubling-people-halves": "Twice the people everywhere halve the score: supply per head.",
    "another-facility-never-worsens": "One more facility never makes the value worse, for any settlement.",
    "slower-roads-never-improve": "Longer times, or a way lost, never make the value better, for any settlement.",
    "supply-is-shared-out": "Scores times people add up to the supply that anybody can reach.",
    "supply-is-never-exceeded": "Scores times people never add up to more than the supply.",
    "unit-free": "Times in hours give the same value as times in minutes.",
    "in-minutes": "The value is a time: times in hours give a sixtieth of it.",
    "shifts-with-everybody": "Five minutes more for everybody add exactly five to it (Kolm-Pollak, kappa kept).",
}


@dataclass(frozen=True)
class AccessData:
    """Everything an indicator may look at, in one season.

    Parameters
    ----------
    milliseconds : int32 (n_settlements, n_facilities)
        Door-to-door times; `UNREACHABLE_MS` where there is no way.
    persons : float64 (n_settlements,)
        People who need the service.
    supply : float64 (n_facilities,)
        What each facility offers: places, posts, beds; 1 where only its existence counts.
    limit_minutes
        The norm, which is also the catchment of floating-catchment indicators.
    cap_minutes
        Indices of inequality count longer and unreachable times as this one.
    kappa
        Aversion of the Kolm-Pollak equivalent, per minute, from the baseline; None = of these data.
    """

    milliseconds: Milliseconds
    persons: Floats
    supply: Floats
    limit_minutes: float
    cap_minutes: float = 240.0
    kappa: float | None = None

    def __post_init__(self) -> None:
        """Check the shapes.

        Raises
        ------
        ValueError
            If persons or supply do not fit the times.
        """
        if self.milliseconds.shape != (len(self.persons), len(self.supply)):
            raise ValueError(
                f"times are {self.milliseconds.shape}, persons {len(self.persons)}, supply {len(self.supply)}"
            )

    @cached_property
    def nearest_minutes(self) -> Floats:
        """Minutes to the nearest facility, (n_settlements,); infinite where there is no way."""
        nearest = self.milliseconds.min(axis=1, initial=UNREACHABLE_MS)
        return np.where(nearest < UNREACHABLE_MS, nearest / MS_PER_MINUTE, np.inf)

    @cached_property
    def capped_minutes(self) -> Floats:
        """Minutes to the nearest facility, (n_settlements,); at most `cap_minutes`, so that nobody is left out."""
        return np.minimum(self.nearest_minutes, self.cap_minutes)

    @cached_property
    def reach(self) -> Reach:
        """The pairs within the limit, gathered once for all indicators."""
        return Reach.of(self.milliseconds, minutes_to_ms(self.limit_minutes))

    @cached_property
    def baseline_kappa(self) -> float:
        """`kappa`, or with an aversion of -1 the one of these data."""
        return kolm_pollak_kappa(self.capped_minutes, self.persons, -1.0) if self.kappa is None else self.kappa


@dataclass(frozen=True)
class Indicator:
    """A registered indicator.

    Parameters
    ----------
    measure
        Returns one value per settlement, (n_settlements,), or one for all, a float.
    laws
        Laws of `LAWS` that it obeys.
    better
        Whether a higher value, a lower one, or neither is better.
    """

    measure: Callable[[AccessData], Floats | float]
    laws: frozenset[Law]
    better: Literal["more", "less", "neither"]
