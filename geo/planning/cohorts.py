"""People by age in later years: the Hamilton-Perry method, with ratios of tiny villages shrunk towards their unit's.

Two counts by five-year groups, five years apart, say how many of an age group are there five years later (births left
out, deaths and migration together), and how many small children there are per adult. Carried on, they give the next
five years. A village of 40 has age groups of two people; their ratios are noise, so the unit's count along.

References
----------
Hamilton, C. H. & Perry, J. (1962), A short method for projecting population by age from one decennial census to
another. Social Forces 41: 163-170.
Smith, S. K., Tayman, J. & Swanson, D. A. (2013), A Practitioner's Guide to State and Local Population Projections,
ch. 7.2: cohort change ratios, the child-woman ratio, the open last group. Tables here do not tell women from men, so
that small children stand beside all adults of 15 to 49 years (child-adult ratio).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Years of a group, and between the two counts.
GROUP_YEARS: Final = 5
#: Persons of an age group that the unit's ratio counts for (proposed).
PRIOR_PERSONS: Final = 50.0
#: Groups of 15 to 49 years, whose children the youngest are.
_PARENTS: Final = slice(3, 10)
#: 0-4 to 45-49, and an open group after them.
_FEWEST_GROUPS: Final = 11


@dataclass(frozen=True, eq=False)
class Ratios:
    """What five years do to the age groups of n settlements.

    Parameters
    ----------
    change : float64 (n, n_groups - 1)
        Persons of group g + 1 per person of group g five years before; the last column is for the open group, per
        person of the last two.
    children : float64 (n,)
        Children of 0 to 4 years per person of 15 to 49.
    """

    change: Floats
    children: Floats


def change_ratios(before: npt.ArrayLike, now: npt.ArrayLike, prior_persons: float = PRIOR_PERSONS) -> Ratios:
    """Return the ratios of the settlements of one unit, shrunk towards those of all of them together.

    A ratio is ``(persons now + prior_persons * unit's ratio) / (persons before + prior_persons)``. Where nobody was in
    a group, it is the unit's; where nobody of the unit was either, 1.

    Parameters
    ----------
    before, now : (n, n_groups)
        Persons by five-year groups from 0, the last one open, in counts five years apart. A settlement with a group
        that is NaN is unknown: it has no ratios and counts for nobody else's.
    prior_persons
        Persons before that the unit's ratio counts for; 0 = the own ratio alone.

    Raises
    ------
    ValueError
        If shapes differ, or groups do not go beyond 49 years.
    """
    old, new = np.asarray(before, dtype=np.float64), np.asarray(now, dtype=np.float64)
    if old.ndim != 2 or old.shape != new.shape or old.shape[1] < _FEWEST_GROUPS:
        raise ValueError(f"{old.shape} and {new.shape} are no two counts by at least {_FEWEST_GROUPS} age groups")
    known = np.isfinite(np.hstack([old, new]).sum(axis=1))
    exposed = np.column_stack([old[:, :-2], old[:, -2:].sum(axis=1)])
    change = _shrunken(new[:, 1:], exposed, known, prior_persons)
    children = _shrunken(new[:, :1], new[:, _PARENTS].sum(axis=1, keepdims=True), known, prior_persons)
    return Ratios(change, children[:, 0])


def _shrunken(persons: Floats, exposed: Floats, known: npt.NDArray[np.bool_], prior: float) -> Floats:
    """Return persons per exposed, (n, m), shrunk towards the ratio of the sums; NaN where not known."""
    total = exposed[known].sum(axis=0)
    of_unit = np.divide(persons[known].sum(axis=0), total, out=np.ones_like(total), where=total > 0)
    own = np.broadcast_to(of_unit, exposed.shape).copy()
    np.divide(persons + prior * of_unit, exposed + prior, out=own, where=exposed > 0)
    own[~known] = np.nan
    return own


def project_cohorts(now: npt.ArrayLike, ratios: Ratios, years_ahead: Sequence[int]) -> Floats:
    """Return the people by age after so many years.

    Parameters
    ----------
    now : (n, n_groups)
        Persons by five-year groups; NaN = unknown.
    ratios
        From `change_ratios`.
    years_ahead
        Years after the count of `now`, none negative. Between two steps of five years every group changes evenly.

    Returns
    -------
    float64 (n_years, n, n_groups)
        Persons, fractions left in; NaN for settlements that are unknown.
    """
    ahead = np.asarray(years_ahead, dtype=np.int64)
    if (ahead < 0).any():
        raise ValueError("years ahead are not negative")
    steps = [np.asarray(now, dtype=np.float64)]
    for _step in range(-(-int(ahead.max(initial=0)) // GROUP_YEARS)):
        steps.append(_five_years_on(steps[-1], ratios))
    steps.append(steps[-1])
    whole, part = ahead // GROUP_YEARS, (ahead % GROUP_YEARS) / GROUP_YEARS
    stacked = np.stack(steps)
    later: Floats = stacked[whole] + part[:, None, None] * (stacked[whole + 1] - stacked[whole])
    return later


def _five_years_on(people: Floats, ratios: Ratios) -> Floats:
    exposed = np.column_stack([people[:, :-2], people[:, -2:].sum(axis=1)])
    later = np.column_stack([np.zeros(len(people)), exposed * ratios.change])
    later[:, 0] = later[:, _PARENTS].sum(axis=1) * ratios.children
    return later


def persons_of_ages(people: npt.ArrayLike, first: int, last: int | None) -> Floats:
    """Return the persons of an age range, a group being spread evenly over its five years.

    Parameters
    ----------
    people : (..., n_groups)
        Persons by five-year groups, the last one open.
    first, last
        Youngest and oldest age in whole years; None = no oldest. What begins or ends inside the open group counts all
        of it.

    Returns
    -------
    float64 (...,)
        Persons.
    """
    groups = np.asarray(people, dtype=np.float64)
    starts = np.arange(groups.shape[-1]) * GROUP_YEARS
    ends = starts + GROUP_YEARS
    end = np.inf if last is None else last + 1
    share = np.clip(np.minimum(ends, end) - np.maximum(starts, first), 0, GROUP_YEARS) / GROUP_YEARS
    share[-1] = float(end > starts[-1])
    counted: Floats = np.asarray(groups @ share, dtype=np.float64)
    return counted
