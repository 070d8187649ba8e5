"""Two tables beside a run's own: settlements and sites with their names, so that codes can be looked up."""

from __future__ import annotations

from typing import Final

import pandas as pd

from geo.maps.sites import with_id
from geo.study.result import StudyResult
from geo.tables.schema import Column, Table

_NAMES: Final = (
    Column("name_kk", "text", "Name in Kazakh"),
    Column("name_ru", "text", "Name in Russian"),
    Column("name_en", "text", "Name in English or Latin letters"),
)
_POSITION: Final = (
    Column("lon", "number", "Longitude, WGS 84", unit="degrees"),
    Column("lat", "number", "Latitude, WGS 84", unit="degrees"),
)

PLACES: Final = Table(
    "places",
    "Settlements of the unit: what the codes of the other tables are called",
    (
        Column("settlement_id", "text", "Settlement"),
        *_NAMES,
        Column("population_persons", "integer", "All inhabitants; blank = unknown", unit="persons"),
        Column("population_imputed", "boolean", "The people were not counted but worked out"),
        Column("nearest_road_km", "number", "Straight distance to the nearest road", unit="km"),
        *_POSITION,
    ),
)
SITES: Final = Table(
    "sites",
    "Facilities and candidates that the unit sees",
    (
        Column("site_id", "text", "Facility or candidate"),
        Column("service", "text", "Service"),
        Column("kind", "text", "existing | candidate"),
        Column("level", "text", "Level of the facility"),
        Column("serves", "boolean", "Its level is enough"),
        Column("in_unit", "boolean", "It stands in the unit"),
        Column("action", "text", "What the headline plan does: keep | open | close | second_best | none"),
        Column("rank", "integer", "Number on the map"),
        Column("settlement_id", "text", "Settlement it stands in"),
        *_NAMES,
        *_POSITION,
    ),
)


def lookup_tables(result: StudyResult) -> dict[Table, pd.DataFrame]:
    """Return settlements and sites as tables."""
    layers = {PLACES: with_id(result.settlements, "settlement_id"), SITES: with_id(result.sites, "site_id")}
    return {
        table: pd.DataFrame(layer.assign(lon=layer.geometry.x, lat=layer.geometry.y))[[c.name for c in table.columns]]
        for table, layer in layers.items()
    }
