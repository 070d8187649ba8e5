"""Counts by age of a study: two of them, five years apart, as arrays for the projection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import Fault
from geo.language import gettext as _
from geo.planning.cohorts import GROUP_YEARS
from geo.tables.check import FILE_ROW

Floats = npt.NDArray[np.float64]

#: The open group begins here at the earliest: the ages of parents, 15 to 49, are groups of their own.
_EARLIEST_OPEN = 50


@dataclass(frozen=True, eq=False)
class AgeCounts:
    """People by five-year groups, the last one open, in two years five years apart.

    Parameters
    ----------
    years
        The earlier and the later.
    before, now : float64 (n, n_groups)
        Rows are the settlements asked for; NaN where one lacks a group in either year.
    """

    years: tuple[int, int]
    before: Floats
    now: Floats


def age_counts(ages: pd.DataFrame, ids: pd.Index) -> AgeCounts | None:
    """Return the last two counts of a checked table `ages`; None where it has no row."""
    if not len(ages):
        return None
    last = int(ages["year"].max())
    n_groups = int(ages["age_from"].max()) // GROUP_YEARS + 1
    found = []
    for year in (last - GROUP_YEARS, last):
        own = ages[ages["year"] == year]
        counts = np.full((len(ids), n_groups), np.nan)
        rows = ids.get_indexer(pd.Index(own["settlement_id"]))
        counts[rows, own["age_from"].to_numpy(dtype=np.int64) // GROUP_YEARS] = own["persons"].to_numpy(dtype=float)
        found.append(counts)
    return AgeCounts((last - GROUP_YEARS, last), *found)


def check_ages(ages: pd.DataFrame, ids: pd.Index, file: str) -> list[Fault]:
    """Check a table of ages: settlements that exist, five-year groups, nothing twice, two counts five years apart."""
    if not len(ages):
        return []
    faults = []
    open_group = int(ages["age_from"].max())
    seen: set[tuple[str, int, int]] = set()
    columns = (ages[name] for name in ("settlement_id", "year", "age_from", "age_to", FILE_ROW))
    for settlement_id, year, first, last, row in zip(*columns, strict=True):
        key = (str(settlement_id), int(year), int(first))
        if settlement_id not in ids:
            message = _("There is no settlement “{settlement}”.").format(settlement=settlement_id)
            faults.append(Fault(file, int(row), "settlement_id", "unknown-settlement", message, _("Correct the code.")))
        elif first % GROUP_YEARS or not _ends_well(int(first), last, open_group):
            message = _("Ages {first} to {last} are no five-year group.").format(
                first=first, last="–" if pd.isna(last) else last
            )
            remedy = _("Use 0-4, 5-9, ..., and one open group from 50 years or later, the same in every row.")
            faults.append(Fault(file, int(row), "age_from", "no-five-year-group", message, remedy))
        elif key in seen:
            message = _("The age group from {first} of {settlement} stands twice for {year}.").format(
                first=first, settlement=settlement_id, year=year
            )
            faults.append(Fault(file, int(row), "age_from", "duplicate-age", message, _("Keep one of the rows.")))
        seen.add(key)
    return faults + ([] if faults else _two_counts(ages, file))


def _ends_well(first: int, last: Any, open_group: int) -> bool:
    if first == open_group:
        return bool(pd.isna(last)) and first >= _EARLIEST_OPEN
    return not pd.isna(last) and last == first + GROUP_YEARS - 1


def _two_counts(ages: pd.DataFrame, file: str) -> list[Fault]:
    """Refuse a table without two counts five years apart; name settlements that lack a group."""
    last = int(ages["year"].max())
    if not (ages["year"] == last - GROUP_YEARS).any():
        message = _("There is no count of {before}, five years before the last one of {last}.").format(
            before=last - GROUP_YEARS, last=last
        )
        remedy = _("Add it, or leave the table out: people are then projected by their growth.")
        return [Fault(file, 0, "year", "no-earlier-ages", message, remedy)]
    n_groups = int(ages["age_from"].max()) // GROUP_YEARS + 1
    used = ages[ages["year"].isin([last - GROUP_YEARS, last])]
    counts = used.groupby("settlement_id", sort=True).size()
    gaps = [str(settlement_id) for settlement_id in counts.index[counts < 2 * n_groups]]
    if not gaps:
        return []
    message = _("Age groups are missing for {n} settlements, the first being {first}.").format(
        n=len(gaps), first=gaps[0]
    )
    remedy = _("Fill them in; until then these are projected by their growth.")
    return [Fault(file, 0, "age_from", "ages-missing", message, remedy, "warning")]
