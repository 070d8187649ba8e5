"""Headline indicators of access. Everybody counts: the unreachable stay in every denominator."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.access.equity import kolm_pollak_ede

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Coverage:
    """Access of a group of people in one season; see `docs/methods.md` for each figure.

    Shares and quantiles count everybody, an unreachable time being infinite; mean and maximum cover the reachable and
    are never shown without the unreachable beside them.
    """

    n_settlements: int
    persons: int
    within_persons: int
    beyond_persons: int
    unreachable_persons: int
    median_minutes: float
    p90_minutes: float
    mean_minutes: float
    max_minutes: float
    ede_minutes: float
    capped_persons: int

    @property
    def within_share(self) -> float:
        """Share of all people who are within the norm; NaN where nobody is counted."""
        return self.within_persons / self.persons if self.persons else float("nan")


def measure_coverage(
    minutes: Floats, persons: npt.NDArray[np.int64], within: npt.NDArray[np.bool_], kappa: float, cap_minutes: float
) -> Coverage:
    """Measure the access of settlements.

    Parameters
    ----------
    minutes : float64 (n,)
        Time to the nearest facility; infinite = unreachable.
    persons : int64 (n,)
        People per settlement.
    within : bool (n,)
        Whether the norm is met, decided on exact milliseconds.
    kappa
        Of the baseline (`kolm_pollak_kappa`).
    cap_minutes
        Times are capped here in the EDE, reachable or not.
    """
    reachable = np.isfinite(minutes)
    counted = reachable & (persons > 0)
    total = int(persons.sum())
    return Coverage(
        n_settlements=len(minutes),
        persons=total,
        within_persons=int(persons[within].sum()),
        beyond_persons=int(persons[~within].sum()),
        unreachable_persons=int(persons[~reachable].sum()),
        median_minutes=weighted_quantile(minutes, persons, 0.5),
        p90_minutes=weighted_quantile(minutes, persons, 0.9),
        mean_minutes=float(np.average(minutes[counted], weights=persons[counted])) if counted.any() else float("nan"),
        max_minutes=float(minutes[counted].max()) if counted.any() else float("nan"),
        ede_minutes=kolm_pollak_ede(np.minimum(minutes, cap_minutes), persons, kappa),
        capped_persons=int(persons[minutes > cap_minutes].sum()),
    )


def weighted_quantile(minutes: Floats, persons: npt.NDArray[np.int64], share: float) -> float:
    """Return the smallest time that at least `share` of all people do not exceed; infinite if too many are unreachable.

    Returns
    -------
    float
        NaN where nobody is counted.
    """
    total = persons.sum()
    if total <= 0:
        return float("nan")
    order = np.argsort(minutes, kind="stable")
    reached = np.cumsum(persons[order])
    # A tolerance below one person: 0.9 * 10 must not round up to eleven.
    position = int(np.searchsorted(reached, share * total - 1e-9 * total))
    return float(minutes[order][min(position, len(order) - 1)])
