"""How unequal times are, relative to their mean: the indices that reviewers of a study expect.

They mislead for burdens such as minutes: helping the best-off raises them and halving everybody's time leaves them as
they are (domain brief, appendix A.4). Plans are therefore chosen by `geo.access.equity`, and these stand beside it.

Every function takes finite minutes of at least 0 (callers cap the unreachable, and print how many) and people of at
least 0. Places without people do not count. Where nobody is counted the value is NaN; where nobody travels at all,
everybody is equal and the value is 0, unless said otherwise. All are O(n log n).

References
----------
Gini, C. (1912), Variabilità e mutabilità.
Theil, H. (1967), Economics and information theory. Chapter 4.
Shorrocks, A. F. (1980), The class of additively decomposable inequality measures. Econometrica 48.
Atkinson, A. B. (1970), On the measurement of inequality. Journal of Economic Theory 2.
Hoover, E. M. (1936), The measurement of industrial localization. Review of Economics and Statistics 18.
Kakwani, N., Wagstaff, A., van Doorslaer, E. (1997), Socioeconomic inequalities in health. Journal of Econometrics 77.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from geo.access.coverage import weighted_quantile
from geo.access.indicator import AccessData, Indicator, Law

Floats = npt.NDArray[np.float64]


def gini(minutes: npt.ArrayLike, persons: npt.ArrayLike) -> float:
    """Return the Gini coefficient: half the mean difference between two people's times, over the mean time.

    Parameters
    ----------
    minutes : (n,)
        Finite times.
    persons : (n,)
        Weights.

    Returns
    -------
    float
        0 (equal) to less than 1.

    Raises
    ------
    ValueError
        If a time is not finite, a time or a weight is below 0, or shapes differ.
    """
    return _concentration(*_counted(minutes, persons, minutes))


def concentration_index(minutes: npt.ArrayLike, persons: npt.ArrayLike, deprivation: npt.ArrayLike) -> float:
    """Return the concentration index of times over people ordered from the least to the most deprived.

    Above 0: the more deprived travel longer. People of equal deprivation share the middle of their ranks.

    Parameters
    ----------
    minutes, persons : (n,)
        As in `gini`.
    deprivation : (n,)
        Only its order matters; more = more deprived. Leave out places where it is unknown.

    Returns
    -------
    float
        -1 to 1. Ordered by time itself it is the Gini coefficient. NaN where all are equally deprived: no order.

    Raises
    ------
    ValueError
        As `gini`, and if a deprivation is not finite.
    """
    x, w, rank_by = _counted(minutes, persons, deprivation)
    return _concentration(x, w, rank_by) if len(np.unique(rank_by)) > 1 else float("nan")


def _concentration(x: Floats, w: Floats, rank_by: Floats) -> float:
    total_minutes = float(np.sum(w * x))
    if total_minutes <= 0:
        return _without_minutes(w)
    values, at = np.unique(rank_by, return_inverse=True)
    tied = np.bincount(at, weights=w, minlength=len(values))
    middle = np.cumsum(tied) - tied / 2
    return float(np.sum(w * x * (2 * middle[at] / w.sum() - 1))) / total_minutes


def theil_t(minutes: npt.ArrayLike, persons: npt.ArrayLike) -> float:
    """Return Theil's T, ``sum (w/W) (x/mu) ln(x/mu)``; a time of 0 contributes 0. See `gini` for parameters."""
    x, w = _counted(minutes, persons)
    mean = _mean(x, w)
    if not mean > 0:
        return _without_minutes(w)
    ratio = x / mean
    logs = np.log(ratio, out=np.zeros_like(ratio), where=ratio > 0)
    return max(0.0, float(np.sum(w * ratio * logs)) / float(w.sum()))


def theil_l(minutes: npt.ArrayLike, persons: npt.ArrayLike) -> float:
    """Return Theil's L, the mean log deviation ``sum (w/W) ln(mu/x)``. See `gini` for parameters.

    Returns
    -------
    float
        NaN where somebody's time is 0: add the minutes within the settlement first.
    """
    x, w = _counted(minutes, persons)
    if not x.size or x.min() <= 0:
        return float("nan")
    return max(0.0, float(np.sum(w * np.log(_mean(x, w) / x))) / float(w.sum()))


def atkinson(minutes: npt.ArrayLike, persons: npt.ArrayLike, epsilon: float) -> float:
    """Return Atkinson's index, ``1 - (mean of x^(1-epsilon))^(1/(1-epsilon)) / mu``; geometric mean at epsilon 1.

    Made for goods: it weighs *short* times most. See `gini` for the other parameters.

    Parameters
    ----------
    epsilon
        Aversion to inequality, above 0.

    Returns
    -------
    float
        0 to 1. NaN where somebody's time is 0 and epsilon at least 1: it would be 1 whatever the others have.

    Raises
    ------
    ValueError
        As `gini`, and if epsilon is not above 0.
    """
    if not epsilon > 0:
        raise ValueError(f"epsilon must be above 0, not {epsilon}")
    x, w = _counted(minutes, persons)
    if epsilon >= 1 and x.size and x.min() <= 0:
        return float("nan")
    mean = _mean(x, w)
    if not mean > 0:
        return _without_minutes(w)
    travels = x > 0
    logs, share = np.log(x[travels] / mean), w[travels] / w.sum()
    power = 1 - epsilon
    if power == 0:
        return max(0.0, 1 - float(np.exp(np.sum(share * logs))))
    # By log-sum-exp: a large epsilon would overflow.
    top = float((power * logs).max())
    log_mean = top + float(np.log(np.sum(share * np.exp(power * logs - top))))
    return max(0.0, 1 - float(np.exp(log_mean / power)))


def hoover(minutes: npt.ArrayLike, persons: npt.ArrayLike) -> float:
    """Return Hoover's index: the share of all minutes that would have to change hands. See `gini` for parameters."""
    x, w = _counted(minutes, persons)
    total_minutes = float(np.sum(w * x))
    if total_minutes <= 0:
        return _without_minutes(w)
    return 0.5 * float(np.abs(w * x / total_minutes - w / w.sum()).sum())


def quantile_ratio(minutes: npt.ArrayLike, persons: npt.ArrayLike, upper: float = 0.8, lower: float = 0.2) -> float:
    """Return the time that 80 % of people do not exceed over the one that 20 % do not. See `gini` for parameters.

    Returns
    -------
    float
        At least 1. Infinite where the lower time alone is 0, NaN where both are.
    """
    x, w = _counted(minutes, persons)
    weights: npt.NDArray[Any] = w
    high, low = weighted_quantile(x, weights, upper), weighted_quantile(x, weights, lower)
    if low > 0:
        return high / low
    return float("inf") if high > 0 else float("nan")


@dataclass(frozen=True)
class TheilGroup:
    """One group of a split.

    Parameters
    ----------
    group
        Its code.
    share
        Weight of the group: its share of all minutes (T) or of all people (L).
    index
        The index inside the group.
    mean_minutes
        Weighted mean time.
    within, between
        What the group adds to the two parts; `between` is below 0 where a group is better off (T) or worse off (L).
    """

    group: str
    share: float
    index: float
    mean_minutes: float
    within: float
    between: float


@dataclass(frozen=True)
class TheilSplit:
    """A Theil index split: ``within + between = total``, each computed by its own definition."""

    total: float
    within: float
    between: float
    groups: tuple[TheilGroup, ...]


def theil_split(
    minutes: npt.ArrayLike, persons: npt.ArrayLike, group: npt.ArrayLike, index: Literal["T", "L"] = "T"
) -> TheilSplit:
    """Split Theil's T or L into inequality within groups and between them.

    Parameters
    ----------
    minutes, persons : (n,)
        As in `gini`.
    group : (n,)
        Code of each place's group, e.g. its district; compared as text.
    index
        Which of the two.

    Returns
    -------
    TheilSplit
        Groups in order of code; those without people are left out. All NaN where the index is undefined.

    Raises
    ------
    ValueError
        As `gini`.
    """
    measure = theil_t if index == "T" else theil_l
    codes = np.asarray(group).astype(np.str_)
    names, at = np.unique(codes, return_inverse=True)
    x, w, place = _counted(minutes, persons, at.astype(np.float64))
    total, overall = measure(x, w), _mean(x, w)
    parts = []
    for number in np.unique(place):
        inside = place == number
        parts.append(_part(str(names[int(number)]), x[inside], w[inside], overall, float(w.sum()), index))
    within, between = (float(sum(getattr(p, name) for p in parts)) for name in ("within", "between"))
    undefined = float("nan")
    return TheilSplit(total, *((within, between) if np.isfinite(total) else (undefined, undefined)), tuple(parts))


def _part(name: str, x: Floats, w: Floats, overall: float, everybody: float, index: Literal["T", "L"]) -> TheilGroup:
    mean, people = _mean(x, w), float(w.sum()) / everybody
    inside = theil_t(x, w) if index == "T" else theil_l(x, w)
    share = people if index == "L" else people * mean / overall if overall > 0 else 0.0
    # A group without minutes adds nothing to T, as one place without them; to L it would add without bound.
    if mean > 0:
        gap = float(np.log(mean / overall)) * (1 if index == "T" else -1)
    else:
        gap = 0.0 if index == "T" else float("nan")
    return TheilGroup(name, share, inside, mean, share * inside, share * gap)


def _counted(minutes: npt.ArrayLike, persons: npt.ArrayLike, *beside: npt.ArrayLike) -> tuple[Floats, ...]:
    """Return the arrays without the places where nobody lives."""
    arrays = [np.asarray(values, dtype=np.float64) for values in (minutes, persons, *beside)]
    x, w = arrays[:2]
    if x.ndim != 1 or any(values.shape != x.shape for values in arrays):
        raise ValueError("minutes, persons and what stands beside them must be of one length")
    if not all(np.isfinite(values).all() for values in arrays):
        raise ValueError("times and people must be finite: cap the unreachable first")
    if (x < 0).any() or (w < 0).any():
        raise ValueError("times and people cannot be below 0")
    return tuple(values[w > 0] for values in arrays)


def _mean(x: Floats, w: Floats) -> float:
    return float(np.sum(w * x) / w.sum()) if w.size else float("nan")


def _without_minutes(w: Floats) -> float:
    return 0.0 if w.size else float("nan")


def _measure(index: Callable[[npt.ArrayLike, npt.ArrayLike], float]) -> Callable[[AccessData], float]:
    def measure(data: AccessData) -> float:
        return index(data.capped_minutes, data.persons)

    return measure


#: Neither more nor less is better, and no law about better access is obeyed: that is why they mislead (A.4).
_RELATIVE: Final[frozenset[Law]] = frozenset({"order-free", "doubling-people-changes-nothing", "unit-free"})

#: The indices by name, of the capped time to the nearest facility. The concentration index needs a deprivation, which
#: `AccessData` has not.
INEQUALITY: Final[dict[str, Indicator]] = {
    name: Indicator(_measure(index), _RELATIVE, "neither")
    for name, index in {
        "gini": gini,
        "theil_t": theil_t,
        "theil_l": theil_l,
        "atkinson_half": lambda x, w: atkinson(x, w, 0.5),
        "atkinson_one": lambda x, w: atkinson(x, w, 1.0),
        "hoover": hoover,
        "p80_p20": quantile_ratio,
    }.items()
}
