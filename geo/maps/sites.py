"""The sites that pages show, numbered in one order that all layers refer to."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd

from geo.maps.shapes import position
from geo.study.explain import name_of
from geo.study.result import StudyResult


def with_id(layer: gpd.GeoDataFrame, column: str) -> gpd.GeoDataFrame:
    """Return a layer with its identifier as a column, whether that was a column, the index, or both."""
    return layer.reset_index(drop=column in layer.columns)


def shown_sites(result: StudyResult) -> gpd.GeoDataFrame:
    """Return existing facilities and all sites with a part in a plan; candidates without one are not shown."""
    sites = with_id(result.sites, "site_id")
    shown = (sites["kind"] == "existing") | (sites["action"] != "none")
    return sites[shown].reset_index(drop=True)


def site_numbers(result: StudyResult, service: str) -> dict[str, int]:
    """Return the number of each shown site of a service by its identifier."""
    sites = shown_sites(result)
    return {
        str(site): number
        for number, (site, of) in enumerate(zip(sites["site_id"], sites["service"], strict=True))
        if of == service
    }


def site_entries(result: StudyResult) -> list[dict[str, Any]]:
    """Return the shown sites for the page's data block."""
    places = {settlement: number for number, settlement in enumerate(result.settlements.index)}
    sites = shown_sites(result)
    return [
        {
            "service": str(row["service"]),
            "name": name_of(row),
            "level": "" if pd.isna(row["level"]) else str(row["level"]),
            "existing": row["kind"] == "existing",
            "serves": bool(row["serves"]),
            "inUnit": bool(row["in_unit"]),
            "rank": None if pd.isna(row["rank"]) else int(row["rank"]),
            "settlement": places.get(row["settlement_id"]),
            "position": position(row.geometry),
        }
        for _number, row in sites.iterrows()
    ]
