"""Every indicator of access by name, with the laws it obeys. Units are in `docs/methods.md`.

What the steps of a floating catchment are follows from the norm: three zones of a third of it each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from geo.access.coverage import weighted_quantile
from geo.access.equity import kolm_pollak_ede
from geo.access.floating_catchment import (
    SLOW_DECAY,
    Gaussian,
    Zones,
    enhanced_two_step,
    modified_two_step,
    three_step,
    two_step,
)
from geo.access.gravity import hansen_potential, joseph_bantock, spatial_access_ratio
from geo.access.indicator import AccessData, Floats, Indicator, Law
from geo.access.inequality import INEQUALITY
from geo.access.nearest import share_with_options, supply_within
from geo.units import minutes_to_ms


def _zones(data: AccessData) -> Zones:
    return SLOW_DECAY.scaled_to(data.limit_minutes)


def _gravity_share(data: AccessData) -> Floats:
    return joseph_bantock(data.milliseconds, data.persons, data.supply)


def _counted(data: AccessData) -> npt.NDArray[np.bool_]:
    """Return the inhabited settlements with a way: the ones of a mean and a maximum."""
    return np.isfinite(data.nearest_minutes) & (data.persons > 0)


def _mean_minutes(data: AccessData) -> float:
    counted = _counted(data)
    if not counted.any():
        return float("nan")
    return float(np.average(data.nearest_minutes[counted], weights=data.persons[counted]))


def _max_minutes(data: AccessData) -> float:
    counted = _counted(data)
    return float(data.nearest_minutes[counted].max()) if counted.any() else float("nan")


def _quantile(share: float) -> Callable[[AccessData], float]:
    def measure(data: AccessData) -> float:
        persons: npt.NDArray[Any] = data.persons
        return weighted_quantile(data.nearest_minutes, persons, share)

    return measure


def _share_with(n_options: int) -> Callable[[AccessData], float]:
    def measure(data: AccessData) -> float:
        return share_with_options(data.milliseconds, data.persons, minutes_to_ms(data.limit_minutes), n_options)

    return measure


_ANY: Final[frozenset[Law]] = frozenset({"order-free"})
_MONOTONE: Final[frozenset[Law]] = frozenset({"another-facility-never-worsens", "slower-roads-never-improve"})
_PEOPLE_FREE: Final[frozenset[Law]] = frozenset({"doubling-people-changes-nothing"})
_ZERO: Final[frozenset[Law]] = frozenset({"no-access-scores-zero"})
_UNIT_FREE: Final[frozenset[Law]] = frozenset({"unit-free"})
_TIME: Final[frozenset[Law]] = frozenset({"in-minutes", "shifts-with-everybody"})
_PER_HEAD: Final[frozenset[Law]] = _ANY | _ZERO | frozenset({"doubling-people-halves", "supply-is-never-exceeded"})
_SHARED_OUT: Final[frozenset[Law]] = _PER_HEAD | frozenset({"supply-is-shared-out"})
#: Competition: a neighbour who is cut off leaves more for the others, so slower roads may improve a score.
_MORE_HELPS: Final[frozenset[Law]] = frozenset({"another-facility-never-worsens"})

ACCESS: Final[dict[str, Indicator]] = {
    "nearest_minutes": Indicator(lambda d: d.nearest_minutes, _ANY | _PEOPLE_FREE | _MONOTONE | _TIME, "less"),
    "n_within": Indicator(
        lambda d: d.reach.n_within.astype(np.float64), _ANY | _ZERO | _PEOPLE_FREE | _MONOTONE | _UNIT_FREE, "more"
    ),
    "supply_within": Indicator(
        lambda d: supply_within(d.reach, d.supply, d.reach.limit_ms),
        _ANY | _ZERO | _PEOPLE_FREE | _MONOTONE | _UNIT_FREE,
        "more",
    ),
    "two_step": Indicator(
        lambda d: two_step(d.reach, d.persons, d.supply, d.limit_minutes),
        _SHARED_OUT | _MORE_HELPS | _UNIT_FREE,
        "more",
    ),
    "e2sfca_steps": Indicator(
        lambda d: enhanced_two_step(d.reach, d.persons, d.supply, _zones(d)),
        _SHARED_OUT | _MORE_HELPS | _UNIT_FREE,
        "more",
    ),
    "e2sfca_gauss": Indicator(
        lambda d: enhanced_two_step(d.reach, d.persons, d.supply, Gaussian(d.limit_minutes)),
        _SHARED_OUT | _MORE_HELPS | _UNIT_FREE,
        "more",
    ),
    "m2sfca": Indicator(
        lambda d: modified_two_step(d.reach, d.persons, d.supply, _zones(d)),
        _PER_HEAD | _MORE_HELPS | _UNIT_FREE,
        "more",
    ),
    "three_step": Indicator(
        lambda d: three_step(d.reach, d.persons, d.supply, _zones(d)), _SHARED_OUT | _UNIT_FREE, "more"
    ),
    "hansen": Indicator(
        lambda d: hansen_potential(d.milliseconds, d.supply), _ANY | _ZERO | _PEOPLE_FREE | _MONOTONE, "more"
    ),
    "joseph_bantock": Indicator(_gravity_share, _SHARED_OUT | _MORE_HELPS, "more"),
    "spar": Indicator(
        lambda d: spatial_access_ratio(_gravity_share(d), d.persons), _ANY | _ZERO | _PEOPLE_FREE, "more"
    ),
    "within_share": Indicator(_share_with(1), _ANY | _PEOPLE_FREE | _MONOTONE | _UNIT_FREE, "more"),
    "share_with_two": Indicator(_share_with(2), _ANY | _PEOPLE_FREE | _MONOTONE | _UNIT_FREE, "more"),
    "mean_minutes": Indicator(_mean_minutes, _ANY | _PEOPLE_FREE | _TIME, "less"),
    "median_minutes": Indicator(_quantile(0.5), _ANY | _PEOPLE_FREE | _MONOTONE | _TIME, "less"),
    "p90_minutes": Indicator(_quantile(0.9), _ANY | _PEOPLE_FREE | _MONOTONE | _TIME, "less"),
    "max_minutes": Indicator(_max_minutes, _ANY | _PEOPLE_FREE | _TIME, "less"),
    "kolm_pollak_ede": Indicator(
        lambda d: kolm_pollak_ede(d.capped_minutes, d.persons, d.baseline_kappa),
        _ANY | _PEOPLE_FREE | _MONOTONE | _TIME,
        "less",
    ),
}
#: All of them; the tests iterate this.
INDICATORS: Final[dict[str, Indicator]] = ACCESS | INEQUALITY
