"""What tables give away about each other: doubles, old codes, loads that cannot be, layers that overlap, broken roads.

Nothing here changes a table; `geo.study.checks.cases` lists the kinds of bad input and where each is found.
"""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd

from geo.errors import Fault
from geo.study.checks.boundaries import boundary_doubts
from geo.study.checks.facilities import facility_doubts
from geo.study.checks.settlements import settlement_doubts
from geo.study.config import StudyConfig

__all__ = ["doubts"]


def doubts(
    config: StudyConfig,
    settlements: gpd.GeoDataFrame | None,
    boundaries: gpd.GeoDataFrame | None,
    facilities: gpd.GeoDataFrame,
    renamed: Mapping[str, str],
) -> list[Fault]:
    """Return what is doubtful in the tables that could be read.

    Parameters
    ----------
    settlements
        With `unit_id` where boundaries could be read; None where the table could not.
    boundaries
        None where they could not be read.
    facilities
        Maybe empty.
    renamed
        New code of each settlement whose code has changed.
    """
    faults: list[Fault] = []
    if settlements is not None and len(settlements):
        faults += settlement_doubts(settlements, boundaries, config, renamed)
        faults += facility_doubts(facilities, settlements, config)
    if boundaries is not None and len(boundaries):
        faults += boundary_doubts(boundaries, config)
    return faults
