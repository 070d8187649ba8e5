"""A unit with its plans, as the parts of a programme find it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

if TYPE_CHECKING:
    from geo.study.diagnosis.tables import Planned
    from geo.study.prepare import Prepared


@dataclass(frozen=True)
class PlannedUnit:
    """A unit with its plans.

    Parameters
    ----------
    prepared
        What all units share.
    unit_id
        The unit.
    settlements, sites
        Settlements of the unit, and the sites that it sees.
    services
        Every service with its plans by name.
    tables
        Tables of the unit so far, those of the parts before included.
    """

    prepared: Prepared
    unit_id: str
    settlements: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    services: Sequence[Planned]
    tables: Mapping[str, pd.DataFrame]


#: Rows of tables by name; nothing where the study does not ask for the part.
Part = Callable[[PlannedUnit], Mapping[str, pd.DataFrame]]
