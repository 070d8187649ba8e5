"""The transportation problem: whole people to whole places, as many as possible, then in the fewest minutes.

References
----------
Hitchcock, F. L. (1941), The distribution of a product from several sources to numerous localities. Journal of
Mathematics and Physics 20.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack
from scipy.sparse.csgraph import maximum_flow

from geo.errors import SolverError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Milliseconds = npt.NDArray[np.int32]

#: A solution is whole if no value is further than this from a whole number.
_WHOLE: Final = 1e-6


def without_needless(
    ms: Milliseconds, row: Ints, column: Ints, wanted: Ints, places: Floats
) -> tuple[Ints, Ints, Floats]:
    """Leave out what no best plan needs: a facility that all its askers fit in is unbounded, and ends their search.

    Parameters
    ----------
    ms : int32 (n, m)
        Times to facilities.
    row, column : int64 (k,)
        Settlement and facility of each option.
    wanted : int64 (n,)
        People of each settlement.
    places : float64 (m,)
        Whole places of each facility; infinite = no bound.

    Returns
    -------
    row, column
        The options that are left.
    binding : float64 (m,)
        Places of the facilities that may fill up; infinite for the others.
    """
    binding = places.copy()
    while True:
        asking = np.bincount(column, weights=wanted[row], minlength=len(places))
        binding[asking <= binding] = np.inf
        sure = np.isinf(binding[column])
        time = ms[row, column].astype(np.float64)
        first_sure = np.full(len(wanted), np.inf)
        np.minimum.at(first_sure, row[sure], time[sure])
        # Of equally near sure ones the first column stays.
        first_column = np.full(len(wanted), len(places))
        at_first = sure & (time == first_sure[row])
        np.minimum.at(first_column, row[at_first], column[at_first])
        kept = (time < first_sure[row]) | (at_first & (column == first_column[row]))
        if kept.all():
            return row, column, binding
        row, column = row[kept], column[kept]


def transport(minutes: Floats, row: Ints, column: Ints, wanted: Ints, binding: Floats) -> Ints:
    """Return the whole people on each option: as many as can be placed, then the fewest person-minutes.

    Those who cannot be placed go to one more facility, which takes exactly so many and costs nothing.

    Parameters
    ----------
    minutes : float64 (k,)
        Time of each option.
    row, column : int64 (k,)
        Settlement and facility of each option; no pair twice.
    wanted : int64 (n,)
        People of each settlement.
    binding : float64 (m,)
        Whole places of each facility; infinite = no bound.

    Raises
    ------
    SolverError
        If no vertex of whole people was found.
    """
    if not len(row):
        return np.zeros(0, dtype=np.int64)
    rows, row_of = np.unique(row, return_inverse=True)
    places = np.minimum(binding, wanted.sum()).astype(np.int64)
    short = int(wanted[rows].sum()) - _most_placed(row_of, column, wanted[rows], places)
    options, bounded = np.arange(len(row)), np.flatnonzero(np.isfinite(binding[column]))
    full, full_of = np.unique(column[bounded], return_inverse=True)
    left_out = len(row) + np.arange(len(rows))
    n_variables = len(row) + len(rows)

    def sums(of: Ints, variables: Ints, n_sums: int) -> csr_array:
        return csr_array((np.ones(len(of)), (of, variables)), shape=(n_sums, n_variables))

    everybody = sums(np.append(row_of, np.arange(len(rows))), np.append(options, left_out), len(rows))
    all_left_out = sums(np.zeros(len(rows), dtype=np.int64), left_out, 1)
    # The interior point ends in a vertex, sooner than the dual simplex does; the latter cannot end anywhere else.
    for method in ("highs-ipm", "highs-ds"):
        found = linprog(
            np.append(minutes, np.zeros(len(rows))),
            A_ub=sums(full_of, bounded, len(full)),
            b_ub=places[full],
            A_eq=vstack([everybody, all_left_out], format="csr"),
            b_eq=np.append(wanted[rows], short),
            method=method,
        )
        if found.status == 0 and np.abs(found.x - np.rint(found.x)).max() < _WHOLE:
            whole: Ints = np.rint(found.x[: len(row)]).astype(np.int64)
            return whole
    raise SolverError(f"no whole people on {len(row)} options: {found.message}")


def _most_placed(row_of: Ints, column: Ints, wanted: Ints, places: Ints) -> int:
    """Return how many people there are places for: the largest flow from settlements through options to facilities."""
    first, last = len(wanted), len(wanted) + len(places)
    source, sink = last, last + 1
    start = np.concatenate([np.full(len(wanted), source), row_of, first + np.arange(len(places))])
    end = np.concatenate([np.arange(len(wanted)), first + column, np.full(len(places), sink)])
    most = np.concatenate([wanted, wanted[row_of], places]).astype(np.int32)
    # Equal pairs would be added up; there are none, since options differ.
    return int(maximum_flow(csr_array((most, (start, end)), shape=(sink + 1, sink + 1)), source, sink).flow_value)
