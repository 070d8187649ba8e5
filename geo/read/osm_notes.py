"""What is told of an OpenStreetMap file: there are no rows to point at, so messages name OSM ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import Severity
from geo.language import gettext as _
from geo.tables.check import WGS84, Findings, check
from geo.tables.schema import Table

#: Ids that a message names before it says how many more there are.
_SHOWN: Final = 5


def listed(ids: Iterable[str]) -> str:
    """Return the first ids, and how many more there are."""
    names = list(ids)
    more = f" … (+{len(names) - _SHOWN})" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def tell(found: Findings, code: str, message: str, remedy: str, severity: Severity = "note") -> None:
    """Note something about the whole file."""
    found.add(0, "", code, message, remedy, severity)


def note_cut_ways(ids: Sequence[str], found: Findings) -> None:
    """Tell which roads lack nodes."""
    if ids:
        tell(
            found,
            "cut-way",
            _("Roads cut where their nodes are not in the file: {n} ({ids}).").format(n=len(ids), ids=listed(ids)),
            _("Use an extract with complete ways if the edge matters."),
        )


def check_columns(
    table: Table,
    columns: Mapping[str, Sequence[Any]],
    shapes: Sequence[Any] | npt.NDArray[np.object_] | None,
    found: Findings,
) -> gpd.GeoDataFrame:
    """Check columns made from tags; what the check finds is told with the OSM id.

    Parameters
    ----------
    table
        Declaration.
    columns
        Values under file names, the key among them.
    shapes
        Geometries; None where the table has columns for the position.
    found
        Takes what was found.
    """
    raw = pd.DataFrame(dict(columns), dtype=object)
    if shapes is not None:
        raw = gpd.GeoDataFrame(raw, geometry=gpd.GeoSeries(shapes, crs=WGS84))
    frame, faults = check(table, raw, found.file)
    for fault in faults:
        if fault.row > 1 and fault.code != "unknown-value":
            osm_id = columns[table.key][fault.row - 2]
            found.add(0, fault.column, fault.code, f"{osm_id}: {fault.message}", fault.remedy, "warning")
    return frame


def check_rows(
    table: Table, rows: Sequence[Mapping[str, Any]], shapes: Sequence[Any] | None, found: Findings
) -> gpd.GeoDataFrame:
    """Check rows made from tags, as `check_columns` does."""
    names = list(rows[0]) if rows else [column.name for column in table.columns]
    return check_columns(table, {name: [row[name] for row in rows] for name in names}, shapes, found)
