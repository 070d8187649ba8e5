"""Times that a user brings: the files of `geo solve` joined by id. Ids become positions here, as in `travel.matrix`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt

from geo.errors import Fault
from geo.language import gettext as _
from geo.read.matrix_files import MOST_FAULTS, SETTLEMENT, SITE, LongMatrix, WideMatrix
from geo.units import UNREACHABLE_MS


@dataclass(frozen=True, eq=False)
class GivenTimes:
    """Times between settlements (rows) and sites (columns), both sorted by id.

    Parameters
    ----------
    settlement_ids, site_ids : tuple of str
        What rows and columns are.
    milliseconds : int32 (n_settlements, n_sites)
        `UNREACHABLE_MS` where there is no way.
    """

    settlement_ids: tuple[str, ...]
    site_ids: tuple[str, ...]
    milliseconds: npt.NDArray[np.int32]

    @property
    def n_unreachable_pairs(self) -> int:
        """Pairs without a way."""
        return int((self.milliseconds >= UNREACHABLE_MS).sum())


@dataclass(frozen=True)
class Listed:
    """Ids that another file lists, with the row of each.

    Parameters
    ----------
    file
        Name for messages.
    rows
        Row of the file by id.
    """

    file: str
    rows: Mapping[str, int]


def give_times(matrix: WideMatrix | LongMatrix) -> GivenTimes:
    """Return a matrix as it was read in the order of ids: the order of a file decides nothing."""
    settlements, sites = sorted(set(matrix.settlement_ids)), sorted(set(matrix.site_ids))
    row_at, column_at = ({name: k for k, name in enumerate(names)} for names in (settlements, sites))
    rows = np.array([row_at[name] for name in matrix.settlement_ids], dtype=np.int64)
    columns = np.array([column_at[name] for name in matrix.site_ids], dtype=np.int64)
    milliseconds = np.full((len(settlements), len(sites)), UNREACHABLE_MS, dtype=np.int32)
    if isinstance(matrix, WideMatrix):
        milliseconds[np.ix_(rows, columns)] = matrix.milliseconds
    else:
        milliseconds[rows, columns] = matrix.milliseconds
    milliseconds.flags.writeable = False
    return GivenTimes(tuple(settlements), tuple(sites), milliseconds)


def unmatched(matrix: WideMatrix | LongMatrix, demand: Listed, sites: Listed | None) -> list[Fault]:
    """Return a fault for every id that one file has and another lacks; no more than `MOST_FAULTS`.

    Parameters
    ----------
    matrix
        As read.
    demand
        Settlements that the file of demand lists.
    sites
        Sites that the file of sites lists; None without such a file.
    """
    in_matrix = _first_rows(matrix.settlement_ids, matrix.rows)
    faults = [
        *_missing(
            Listed(matrix.file, in_matrix),
            demand,
            SETTLEMENT,
            _("Add it there with its demand, 0 if there is none; or delete the row here."),
        ),
        *_missing(
            demand,
            Listed(matrix.file, in_matrix),
            SETTLEMENT,
            _("Add it there, with blank cells where there is no way; or delete the row here."),
        ),
    ]
    if sites is not None:
        site_rows = dict.fromkeys(matrix.site_ids, 1)
        if isinstance(matrix, LongMatrix):
            site_rows = _first_rows(matrix.site_ids, matrix.rows)
        columns = Listed(matrix.file, site_rows)
        faults += _missing(columns, sites, SITE, _("Add it there; with status forbidden it stays out."))
        faults += _missing(sites, columns, SITE, _("Correct the code, or delete the row."))
    return list(islice(faults, MOST_FAULTS))


def _first_rows(ids: Iterable[str], rows: Iterable[int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, row in zip(ids, rows, strict=True):
        found.setdefault(name, row)
    return found


def _missing(here: Listed, there: Listed, column: str, remedy: str) -> list[Fault]:
    """Return a fault for every id that stands in one file and not in the other."""
    message = _("{value} is not in {file}.")
    return [
        Fault(here.file, row, column, "unknown-id", message.format(value=name, file=there.file), remedy)
        for name, row in here.rows.items()
        if name not in there.rows
    ]
