"""Floating-catchment indicators: supply per person, where everybody within reach of a facility shares it.

Every score is in units of supply per person; 0 for a settlement without access, never NaN. A facility that nobody can
reach adds nothing to anybody. Times within the catchment include the catchment itself, on exact milliseconds.

References
----------
Luo, W. and Wang, F. (2003), Measures of spatial accessibility to health care in a GIS environment. Environment and
Planning B 30 (2SFCA).
Luo, W. and Qi, Y. (2009), An enhanced two-step floating catchment area method. Health & Place 15 (E2SFCA, zones).
Dai, D. (2010), Black residential segregation, disparities in spatial access to health care facilities, and late-stage
breast cancer diagnosis in metropolitan Detroit. Health & Place 16 (Gaussian).
Delamater, P. L. (2013), Spatial accessibility in suboptimally configured health care systems: a modified two-step
floating catchment area metric. Health & Place 24 (M2SFCA).
Wan, N., Zou, B. and Sternberg, T. (2012), A three-step floating catchment area method for analyzing spatial access to
health services. International Journal of Geographical Information Science 26 (3SFCA).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Protocol

import numpy as np

from geo.access.reach import Floats, Milliseconds, Reach, divide_or_zero
from geo.units import MS_PER_MINUTE, minutes_to_ms


class Decay(Protocol):
    """How much a facility is worth at a distance: 1 next door, 0 beyond the catchment."""

    @property
    def catchment_minutes(self) -> float:
        """The longest time that counts."""

    def weigh(self, ms: Milliseconds) -> Floats:
        """Return a weight between 0 and 1 for every time, all within the catchment."""


@dataclass(frozen=True)
class Uniform:
    """Everything within the catchment counts in full."""

    catchment_minutes: float

    def weigh(self, ms: Milliseconds) -> Floats:
        """Return 1 for every time."""
        return np.ones(len(ms))


@dataclass(frozen=True)
class Zones:
    """One weight per zone of travel time (Luo & Qi 2009).

    Parameters
    ----------
    uppers_minutes
        The last time of each zone, ascending; the last is the catchment.
    weights
        Of each zone, between 0 and 1.

    Raises
    ------
    ValueError
        If the zones are not ascending, or weights and zones do not pair up, or a weight is not between 0 and 1.
    """

    uppers_minutes: tuple[float, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        """Check the zones."""
        ascending = all(a < b for a, b in pairwise(self.uppers_minutes))
        if not self.uppers_minutes or not ascending or len(self.weights) != len(self.uppers_minutes):
            raise ValueError(f"zones {self.uppers_minutes} with weights {self.weights}")
        if not all(0 <= weight <= 1 for weight in self.weights):
            raise ValueError(f"weights {self.weights} are not all between 0 and 1")

    @property
    def catchment_minutes(self) -> float:
        """The end of the last zone."""
        return self.uppers_minutes[-1]

    def scaled_to(self, catchment_minutes: float) -> Zones:
        """Return the same zones stretched to another catchment."""
        stretched = tuple(upper * catchment_minutes / self.catchment_minutes for upper in self.uppers_minutes)
        return Zones(stretched, self.weights)

    def weigh(self, ms: Milliseconds) -> Floats:
        """Return the weight of the zone of every time; the last millisecond of a zone belongs to it."""
        uppers_ms = np.array([minutes_to_ms(upper) for upper in self.uppers_minutes], dtype=np.int32)
        weights: Floats = np.array(self.weights)[np.searchsorted(uppers_ms, ms, side="left")]
        return weights


@dataclass(frozen=True)
class Gaussian:
    """A bell curve that ends at 0 (Dai 2010): ``(exp(-(t/t0)^2 / 2) - exp(-1/2)) / (1 - exp(-1/2))``."""

    catchment_minutes: float

    def weigh(self, ms: Milliseconds) -> Floats:
        """Return the height of the curve at every time; at the catchment exactly 0."""
        end = np.exp(-0.5)
        relative = ms / (self.catchment_minutes * MS_PER_MINUTE)
        weights: Floats = np.maximum((np.exp(-0.5 * relative * relative) - end) / (1 - end), 0.0)
        return weights


#: Weights of Luo & Qi (2009), falling slowly and fast. Their zones were of ten minutes, in a city; these, for sparse
#: regions, are a proposal.
SLOW_DECAY: Final = Zones((20.0, 40.0, 60.0), (1.0, 0.68, 0.22))
FAST_DECAY: Final = Zones((20.0, 40.0, 60.0), (1.0, 0.42, 0.09))


def two_step(times: Milliseconds | Reach, persons: Floats, supply: Floats, catchment_minutes: float) -> Floats:
    """Return 2SFCA: ``R_j = S_j / sum(P_k in reach)``, ``A_i = sum(R_j in reach)``.

    Scores times people add up to the supply that anybody reaches.

    Parameters
    ----------
    times : int32 (n_settlements, n_facilities), or Reach
        Times, or the pairs within the catchment or a longer one.
    persons : float64 (n_settlements,)
        People who share a facility.
    supply : float64 (n_facilities,)
        What each facility offers. One that is unknown is the caller's matter.
    catchment_minutes
        A time equal to it is within.

    Returns
    -------
    float64 (n_settlements,)
        Supply per person.
    """
    return enhanced_two_step(times, persons, supply, Uniform(catchment_minutes))


def enhanced_two_step(
    times: Milliseconds | Reach, persons: Floats, supply: Floats, decay: Decay = SLOW_DECAY
) -> Floats:
    """Return E2SFCA: 2SFCA with weights ``f`` in both steps; see `two_step`.

    ``A_i = sum_j f_ij S_j / sum_k(f_kj P_k)``: everything is shared out, however far.
    """
    reach = Reach.of(times, minutes_to_ms(decay.catchment_minutes))
    return _share_out(reach, decay.weigh(reach.milliseconds), persons, supply)


def modified_two_step(
    times: Milliseconds | Reach, persons: Floats, supply: Floats, decay: Decay = SLOW_DECAY
) -> Floats:
    """Return M2SFCA: ``A_i = sum_j f_ij^2 S_j / sum_k(f_kj P_k)``; see `two_step`.

    Scores times people add up to the supply or less: what is far from all its users is partly wasted. Prefer it where
    settlements are sparse: if all users of a facility are equally far, E2SFCA scores 5 and 55 minutes alike.
    """
    reach = Reach.of(times, minutes_to_ms(decay.catchment_minutes))
    weights = decay.weigh(reach.milliseconds)
    per_person = divide_or_zero(supply, reach.by_facility(weights, persons))
    return reach.by_settlement(weights * weights, per_person)


def three_step(times: Milliseconds | Reach, persons: Floats, supply: Floats, decay: Decay = SLOW_DECAY) -> Floats:
    """Return 3SFCA: E2SFCA where people divide themselves between facilities; see `two_step`.

    With ``G_ij = f_ij / sum_k(f_ik)``: ``A_i = sum_j G_ij f_ij S_j / sum_k(G_kj f_kj P_k)``. The other methods count a
    person in full at every facility within reach. A poor facility next door can draw demand from a good one, so that
    one more facility may lower scores.
    """
    reach = Reach.of(times, minutes_to_ms(decay.catchment_minutes))
    weights = decay.weigh(reach.milliseconds)
    sums = reach.by_settlement(weights, np.ones(reach.shape[1]))
    chosen = weights * reach.spread(divide_or_zero(np.ones(len(sums)), sums))
    return _share_out(reach, chosen * weights, persons, supply)


def _share_out(reach: Reach, weights: Floats, persons: Floats, supply: Floats) -> Floats:
    per_person = divide_or_zero(supply, reach.by_facility(weights, persons))
    return reach.by_settlement(weights, per_person)
