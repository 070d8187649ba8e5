"""Roads of a few vertices for the tests of this folder."""

from __future__ import annotations

import geopandas as gpd
import pyproj
import shapely

from geo.network.speeds import SpeedRow, SpeedTable
from geo.tables import ROADS
from geo.tables.check import check

CRS = pyproj.CRS("EPSG:32642")
Spot = tuple[float, float]


def road_table(lines: dict[str, list[Spot]], **columns: list[object]) -> gpd.GeoDataFrame:
    """The declared road table of lines by id; columns are in the order of the lines, under their file names."""
    raw = gpd.GeoDataFrame(
        {"edge_id": list(lines), "road_category": "IV", "surface": "asphalt", "condition": "good", **columns},
        geometry=[shapely.LineString(line) for line in lines.values()],
        crs="EPSG:4326",
    )
    table, faults = check(ROADS, raw, "roads.geojson")
    assert not [fault for fault in faults if fault.severity == "error"], faults
    return table


def speed_table(*rows: tuple[str, str, str, str, str, float]) -> SpeedTable:
    """A table of (category, surface, condition, vehicle, season, km/h), besides 12 km/h off the road and 4 on foot."""
    always = [("offroad", "any", "any", "car", "any", 12.0), ("offroad", "any", "any", "walk", "any", 4.0)]
    return SpeedTable(tuple(SpeedRow(*row, "test") for row in (*rows, *always)), "speeds.csv")
