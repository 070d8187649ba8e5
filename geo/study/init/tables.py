"""Writing the tables of a new study: the same rows, the same bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from geo.tables import BOUNDARIES, FACILITIES, ROADS, SETTLEMENTS
from geo.tables.formulas import harmless
from geo.tables.schema import Table
from geo.tables.write import as_file

BOUNDARIES_FILE: Final = "boundaries.geojson"
ROADS_FILE: Final = "roads.gpkg"
SETTLEMENTS_FILE: Final = "settlements.csv"
FACILITIES_FILE: Final = "facilities.csv"
#: GDAL writes the time of the last change into a GeoPackage; the clock is no part of a study.
_TIME: Final = "1980-01-01T00:00:00.000Z"
_VERSION: Final = "1.2"
#: Columns that a planner fills in first, and finds there although they are empty.
_TO_FILL_IN: Final = {
    "settlements": ("district_id", "pop_year", "pop_source"),
    "facilities": ("settlement_id", "capacity", "load", "closable"),
}


def write_boundaries(boundaries: gpd.GeoDataFrame, path: Path) -> None:
    """Write the units as GeoJSON, one a line."""
    rows = as_file(BOUNDARIES, boundaries).astype(object)
    rows = rows.where(rows.notna(), None)
    features = [
        {"type": "Feature", "properties": row, "geometry": json.loads(shapely.to_geojson(shape))}
        for row, shape in zip(rows.to_dict("records"), boundaries.geometry, strict=True)
    ]
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    path.write_text(f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n', encoding="utf-8", newline="\n")


def write_roads(roads: gpd.GeoDataFrame, path: Path) -> None:
    """Write the roads as a GeoPackage; every vertex keeps its exact place, for there roads meet."""
    layer = gpd.GeoDataFrame(as_file(ROADS, roads), geometry=roads.geometry.to_numpy(), crs=roads.crs)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _TIME})
    try:
        pyogrio.write_dataframe(
            layer, path, layer="roads", driver="GPKG", promote_to_multi=False, dataset_options={"VERSION": _VERSION}
        )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def write_settlements(settlements: gpd.GeoDataFrame, path: Path) -> None:
    """Write the settlements as CSV that Excel opens with its letters right."""
    _write_csv(SETTLEMENTS, settlements, path)


def write_facilities(facilities: gpd.GeoDataFrame, path: Path) -> None:
    """Write the facilities as CSV that Excel opens with its letters right."""
    _write_csv(FACILITIES, facilities, path)


def _write_csv(table: Table, frame: pd.DataFrame, path: Path) -> None:
    rows = as_file(table, frame)
    wanted = [column.name for column in table.columns if column.name in {*rows, *_TO_FILL_IN[table.name]}]
    rows = rows.reindex(columns=wanted)
    for column in rows.columns:
        if table.column(column).kind == "boolean":
            rows[column] = rows[column].map({True: "yes", False: "no"})
        elif table.column(column).kind == "text":
            rows[column] = rows[column].map(harmless, na_action="ignore")
    rows.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")
