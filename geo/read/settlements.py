"""Read the populated places of a study."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import geopandas as gpd
import pandas as pd

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.read.database import Location
from geo.read.tabular import read_table
from geo.tables import SETTLEMENTS
from geo.tables.check import FILE_ROW, Findings, as_text, check, is_blank

#: Age groups may differ from the total by this share (domain brief, 6.1).
_AGE_TOLERANCE: Final = 0.02
_AGE_GROUPS: Final = tuple(column.code_name for column in SETTLEMENTS.columns if column.code_name.startswith("aged_"))
#: So many settlements on one spot come from a geocoder, not from a map (domain brief, 6.3, case 3).
_SHARED_POSITION: Final = 3
_SHOWN: Final = 5


def read_settlements(
    path: Location, name: str, layer: str | None = None, headings: Mapping[str, str] | None = None
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Read settlements from a spreadsheet or a point layer.

    Parameters
    ----------
    path
        File, see `geo.read.tabular.read_table`.
    name
        Name for messages, relative to the study folder.
    layer
        Sheet or layer; the first one by default.
    headings
        The study's own meanings of headings.

    Returns
    -------
    GeoDataFrame
        Table SETTLEMENTS in WGS 84, sorted and indexed by `settlement_id`; `population_imputed` is False throughout.
    list of Fault
        Every fault, located.

    Raises
    ------
    DataError
        If the file is missing or cannot be read at all.
    """
    frame, faults = check(SETTLEMENTS, read_table(SETTLEMENTS, path, name, layer, headings), name)
    frame["population_imputed"] = False
    found = Findings(name)
    _warn_of_populations(frame, found)
    _warn_of_shared_positions(frame, found)
    return frame, [*faults, *found.faults]


def stated_codes(path: Location, name: str, headings: Mapping[str, str] | None = None) -> frozenset[str] | None:
    """Return the codes in a settlements file, those of faulty rows included; None where they cannot be told."""
    try:
        raw = read_table(SETTLEMENTS, path, name, headings=headings)
    except DataError:
        return None
    if SETTLEMENTS.key not in raw.columns:
        return None
    return frozenset(as_text(value) for value in raw[SETTLEMENTS.key] if not is_blank(value)) or None


def _warn_of_populations(frame: gpd.GeoDataFrame, found: Findings) -> None:
    ages = frame[list(_AGE_GROUPS)]
    sums, complete = ages.sum(axis=1, skipna=True), ages.notna().all(axis=1)
    for row, total, aged, whole in zip(frame[FILE_ROW], frame["population_persons"], sums, complete, strict=True):
        if pd.isna(total):
            continue
        if total == 0:
            found.add(
                int(row),
                "pop_total",
                "nobody-lives-here",
                _("The population is 0."),
                _("Leave it blank if it is unknown."),
                "warning",
            )
        if aged > total * (1 + _AGE_TOLERANCE) or (whole and aged < total * (1 - _AGE_TOLERANCE)):
            found.add(
                int(row),
                "pop_total",
                "ages-do-not-add-up",
                _("The age groups add up to {sum} people, pop_total is {total}.").format(
                    sum=int(aged), total=int(total)
                ),
                _("Correct the groups or the total."),
                "warning",
            )


def _warn_of_shared_positions(frame: gpd.GeoDataFrame, found: Findings) -> None:
    for _position, group in frame.groupby(["lon", "lat"], sort=True):
        if len(group) < _SHARED_POSITION:
            continue
        found.add(
            int(group[FILE_ROW].min()),
            "lon",
            "shared-position",
            _("{n} settlements stand on one spot: {ids}.").format(
                n=len(group), ids=", ".join(group.index[:_SHOWN]) + (" …" if len(group) > _SHOWN else "")
            ),
            _("Give each its own position: a map service often answers with the district's centre."),
            "warning",
        )
