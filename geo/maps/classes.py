"""Classes of the map's circles: breaks tied to the norm, the same in every season, before and after."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.language import gettext as _
from geo.language import numbers

#: Upper ends of the classes, as multiples of the norm; the last class has none.
BREAKS: Final = (0.5, 1.0, 1.5, 2.0)
#: Within the norm two blues, beyond it three warm colours, which carry a centre dot for greyscale print.
COLOURS: Final = ("#2c7bb6", "#abd9e9", "#fee090", "#fdae61", "#d7191c")
CUT_OFF: Final = "x"
NOT_ASSESSABLE: Final = "n"
PEOPLE_UNKNOWN: Final = "u"
#: Every class by its one-letter code, in the order of the legend.
CODES: Final = ("1", "2", "3", "4", "5", CUT_OFF, NOT_ASSESSABLE, PEOPLE_UNKNOWN)


def class_codes(rows: pd.DataFrame, limit_minutes: float) -> npt.NDArray[np.str_]:
    """Return the class of every row of `access_settlement`.

    The verdict, which was reached on exact milliseconds, decides what is within; rounded minutes only choose the shade.

    Parameters
    ----------
    rows
        Columns `minutes`, `verdict`, `persons`.
    limit_minutes
        The norm.
    """
    minutes = rows["minutes"].to_numpy(dtype=float, na_value=np.nan)
    verdict = rows["verdict"].to_numpy(dtype=object)
    step = 1 + np.searchsorted(np.array(BREAKS) * limit_minutes, minutes, side="left")
    step = np.where(verdict == "within", np.clip(step, 1, 2), np.clip(step, 3, 5))
    codes = step.astype("U1")
    codes[(verdict == "unreachable")] = CUT_OFF
    codes[rows["persons"].isna().to_numpy()] = PEOPLE_UNKNOWN
    codes[(verdict != "within") & (verdict != "beyond") & (verdict != "unreachable")] = NOT_ASSESSABLE
    return codes


def class_labels(limit_minutes: float) -> dict[str, str]:
    """Return what each class means, in minutes."""
    ends = [numbers.minutes(share * limit_minutes) for share in BREAKS]
    return {
        "1": _("up to {end}").format(end=ends[0]),
        "2": _("{start} to {end}, the norm").format(start=ends[0], end=ends[1]),
        "3": _("{start} to {end}").format(start=ends[1], end=ends[2]),
        "4": _("{start} to {end}").format(start=ends[2], end=ends[3]),
        "5": _("over {start}").format(start=ends[3]),
        CUT_OFF: _("cut off: no way in this season"),
        NOT_ASSESSABLE: _("not assessable"),
        PEOPLE_UNKNOWN: _("people unknown"),
    }


def class_counts(codes: npt.NDArray[np.str_], persons: pd.Series[int]) -> dict[str, list[int]]:
    """Return places and people of every class; they add up to the unit's."""
    people = persons.fillna(0).to_numpy(dtype=float)
    return {code: [int((codes == code).sum()), round(float(people[codes == code].sum()))] for code in CODES}
