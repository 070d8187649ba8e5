"""Access of areas, added up from settlements alone: rural okrug, district, oblast, whole study.

No area has figures of its own, so that what two tiers say can never disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.access.coverage import measure_coverage

#: Tier and area of the row about everybody.
WHOLE_TIER: Final = "study"
WHOLE_AREA: Final = "all"
#: Area of the settlements that belong to none of a tier.
UNASSIGNED: Final = ""

_COUNTS: Final = (
    "persons",
    "within_persons",
    "beyond_persons",
    "unreachable_persons",
    "capped_persons",
)


def roll_up(
    tiers: pd.DataFrame,
    persons: pd.Series,
    minutes: npt.NDArray[np.float64],
    within: npt.NDArray[np.bool_],
    kappa: float,
    cap_minutes: float,
) -> pd.DataFrame:
    """Add settlements up to every area of every tier, and to the whole.

    Parameters
    ----------
    tiers
        One row per settlement; one column per tier, named after it, with the code of the settlement's area. A missing
        or empty code is the area `UNASSIGNED`. Codes must be unique within their tier: codes, not names.
    persons : Int64 series (n,)
        With the index of `tiers`; missing = unknown.
    minutes : float64 (n,)
        To the nearest facility; infinite = unreachable.
    within : bool (n,)
        Whether the norm is met, decided on exact milliseconds.
    kappa, cap_minutes
        As in `measure_coverage`; one kappa for all areas.

    Returns
    -------
    DataFrame
        Tiers in the order given, areas in order of code, last the whole. Columns `tier`, `area_id`,
        `unknown_settlements` (people unknown) and the fields of `Coverage` with `within_share`. Counts of people are
        missing where no settlement's people are known; times are NaN where nobody is counted, infinite where too many
        are cut off.

    Raises
    ------
    ValueError
        If the inputs are not about the same settlements.
    """
    n = len(tiers)
    if not persons.index.equals(tiers.index) or minutes.shape != (n,) or within.shape != (n,):
        raise ValueError("tiers, persons, minutes and within must be about the same settlements, in one order")
    known = persons.notna().to_numpy(dtype=np.bool_)
    counted = persons.fillna(0).to_numpy(dtype=np.int64)
    rows: list[dict[str, Any]] = []
    for tier, area, members in _areas(tiers):
        measured = measure_coverage(minutes[members], counted[members], within[members], kappa, cap_minutes)
        unknown = int((~known[members]).sum())
        figures: dict[str, Any] = {**measured.__dict__, "within_share": measured.within_share}
        if unknown == len(members):
            figures.update(dict.fromkeys(_COUNTS, pd.NA))
        rows.append({"tier": tier, "area_id": area, "unknown_settlements": unknown, **figures})
    result = pd.DataFrame(rows)
    return result.astype(dict.fromkeys(_COUNTS, "Int64"))


def _areas(tiers: pd.DataFrame) -> Iterator[tuple[str, str, npt.NDArray[np.intp]]]:
    """Yield tier, area and the positions of its settlements, ascending."""
    for tier in tiers.columns:
        codes = tiers[tier].astype("string").fillna(UNASSIGNED).to_numpy(dtype=object)
        areas, at = np.unique(codes.astype(np.str_), return_inverse=True)
        order = np.argsort(at, kind="stable")
        ends = np.cumsum(np.bincount(at, minlength=len(areas)))[:-1]
        for area, members in zip(areas.tolist(), np.split(order, ends), strict=False):
            yield str(tier), area, members
    yield WHOLE_TIER, WHOLE_AREA, np.arange(len(tiers))
