"""Read the populated places of a study."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from geo.errors import Fault
from geo.read.tabular import read_raw
from geo.tables import SETTLEMENTS
from geo.tables.check import check


def read_settlements(path: Path, name: str, layer: str | None = None) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Read settlements from a spreadsheet or a point layer.

    Parameters
    ----------
    path
        File, see `geo.read.tabular.read_raw`.
    name
        Name for messages, relative to the study folder.
    layer
        Sheet or layer; the first one by default.

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
    frame, faults = check(SETTLEMENTS, read_raw(path, name, layer), name)
    frame["population_imputed"] = False
    return frame, faults
