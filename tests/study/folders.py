"""Tiny study folders written by the tests."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from tests import toy

STUDY = """
[study]
name = "toy"
title = {{ en = "Six villages" }}
synthetic = true
units = "district"
{study}

[inputs]
roads = "roads.geojson"
settlements = "settlements.csv"
facilities = "facilities.csv"
boundaries = "boundaries.geojson"
speeds = "speeds.csv"
sources = "none"

[network]
within_settlement_minutes = 0

[norms]
packs = ["who-lancet"]

[[season]]
name = "dry"
weight = 0.5
[[season]]
name = "winter"
weight = 0.375
[[season]]
name = "thaw"
weight = 0.125

[[service]]
name = "phc"
label = {{ en = "Clinic" }}
site_label = {{ en = "clinic" }}
levels = ["fap", "hospital"]
serving_level = "fap"
norm = "who-lancet/phc-60-minutes"
{service}
"""


def settlements_frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "settlement_id": list(toy.VILLAGES),
            "name_en": [f"Village {v}" for v in toy.VILLAGES],
            "lon": [toy.PLACES[v][0] for v in toy.VILLAGES],
            "lat": [toy.PLACES[v][1] for v in toy.VILLAGES],
            "district_id": "T1",
            "pop_total": toy.PERSONS,
        }
    )


def facilities_frame(*villages: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "facility_id": [f"clinic-{v}" for v in villages],
            "name_en": [f"Clinic of {v}" for v in villages],
            "settlement_id": list(villages),
            "service": "phc",
            "level": "fap",
            "closable": False,
        }
    )


def speeds_text() -> str:
    rows = ["road_category,surface,condition,vehicle,season,speed_kmh,source"]
    for row in toy.speed_table().rows:
        values = (row.road_category, row.surface, row.condition, row.vehicle, row.season, row.speed_kph, row.source)
        rows.append(",".join(str(value) for value in values))
    return "\n".join(rows) + "\n"


def boundary_frame() -> gpd.GeoDataFrame:
    box = shapely.box(65.7, 48.6, 67.3, 49.4)
    values = {"unit_id": ["T1"], "level": ["district"], "name_en": ["Toy district"]}
    return gpd.GeoDataFrame(values, geometry=[box], crs="EPSG:4326")


def write_toy(
    folder: Path,
    *,
    facilities: tuple[str, ...] = ("A",),
    service: str = "open = 1",
    study: str = "",
    settlements: pd.DataFrame | None = None,
    facilities_table: pd.DataFrame | None = None,
    roads: gpd.GeoDataFrame | None = None,
) -> Path:
    """The six-village district as a planner's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "study.toml").write_text(STUDY.format(service=service, study=study), encoding="utf-8")
    (folder / "speeds.csv").write_text(speeds_text(), encoding="utf-8")
    (settlements_frame() if settlements is None else settlements).to_csv(folder / "settlements.csv", index=False)
    table = facilities_frame(*facilities) if facilities_table is None else facilities_table
    table.to_csv(folder / "facilities.csv", index=False)
    (toy.raw_roads() if roads is None else roads).to_file(folder / "roads.geojson", driver="GeoJSON")
    boundary_frame().to_file(folder / "boundaries.geojson", driver="GeoJSON")
    return folder
