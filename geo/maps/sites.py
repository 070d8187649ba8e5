"""The sites that pages show, numbered in one order that all layers refer to."""

from __future__ import annotations

from typing import Any, Final

import geopandas as gpd
import pandas as pd

from geo.maps.shapes import position
from geo.study.result import StudyResult, once_per_result

#: Most cells (settlements x sites x seasons, all services) that a page carries: about three megabytes of it.
#: Larger units say that sites are tried on the pages of their parts.
MOST_CELLS: Final = 900_000


def can_try(result: StudyResult) -> bool:
    """Return whether the unit's page can try other sites: its times are there, and few enough to be carried."""
    cells = sum(what_if.problem.milliseconds.size for what_if in result.what_if.values())
    return 0 < cells <= MOST_CELLS


def with_id(layer: gpd.GeoDataFrame, column: str) -> gpd.GeoDataFrame:
    """Return a layer with its identifier as a column, whether that was a column, the index, or both."""
    return layer.reset_index(drop=column in layer.columns)


def shown_sites(result: StudyResult) -> gpd.GeoDataFrame:
    """Return the sites of a page: existing facilities, all sites with a part in a plan, and what may be tried."""
    sites = with_id(result.sites, "site_id")
    shown = (sites["kind"] == "existing") | (sites["action"] != "none")
    for service, what_if in result.what_if.items():
        if can_try(result):
            shown |= (sites["service"] == service) & sites["site_id"].isin(what_if.problem.site_ids)
    return sites[shown].reset_index(drop=True)


@once_per_result
def site_numbers(result: StudyResult, service: str) -> dict[str, int]:
    """Return the number of each shown site of a service by its identifier."""
    sites = shown_sites(result)
    return {
        str(site): number
        for number, (site, of) in enumerate(zip(sites["site_id"], sites["service"], strict=True))
        if of == service
    }


def site_entries(result: StudyResult) -> list[dict[str, Any]]:
    """Return the shown sites for the page's data block; their names are among its texts."""
    places = {settlement: number for number, settlement in enumerate(result.settlements.index)}
    protected = result.settlements.get("protected_reason", pd.Series(dtype=object)).dropna().index
    sites = shown_sites(result)
    return [
        {
            "id": str(row["site_id"]),
            "service": str(row["service"]),
            "level": "" if pd.isna(row["level"]) else str(row["level"]),
            "existing": row["kind"] == "existing",
            "serves": bool(row["serves"]),
            "inUnit": bool(row["in_unit"]),
            "protected": row["settlement_id"] in protected,
            "rank": None if pd.isna(row["rank"]) else int(row["rank"]),
            "settlement": places.get(row["settlement_id"]),
            "position": position(row.geometry),
        }
        for _number, row in sites.iterrows()
    ]
