"""Two tables beside a run's own: settlements and sites with their names, so that codes can be looked up."""

from __future__ import annotations

from typing import Final

import pandas as pd

from geo.language import mark
from geo.maps.sites import with_id
from geo.study.result import StudyResult
from geo.tables.columns import NEAREST_ROAD
from geo.tables.schema import Column, Table

_NAMES: Final = (
    Column("name_kk", "text", mark("Name in Kazakh")),
    Column("name_ru", "text", mark("Name in Russian")),
    Column("name_en", "text", mark("Name in English or Latin letters"), label=mark("Name in Latin letters")),
)
_POSITION: Final = (
    Column("lon", "number", mark("Longitude, WGS 84"), unit="degrees", label=mark("Longitude")),
    Column("lat", "number", mark("Latitude, WGS 84"), unit="degrees", label=mark("Latitude")),
)

PLACES: Final = Table(
    "places",
    mark("Settlements of the unit: what the codes of the other tables are called"),
    (
        Column("settlement_id", "text", mark("Settlement"), label=mark("Settlement")),
        *_NAMES,
        Column(
            "population_persons",
            "integer",
            mark("All inhabitants; blank = unknown"),
            unit="persons",
            label=mark("All inhabitants"),
        ),
        Column(
            "population_imputed",
            "boolean",
            mark("The people were not counted but worked out"),
            label=mark("People imputed"),
        ),
        NEAREST_ROAD,
        *_POSITION,
    ),
    label=mark("Settlements"),
)
SITES: Final = Table(
    "sites",
    mark("Facilities and candidates that the unit sees"),
    (
        Column("site_id", "text", mark("Facility or candidate"), label=mark("Site")),
        Column("service", "text", mark("Service")),
        Column(
            "kind",
            "text",
            mark("Whether it stands today"),
            label=mark("Kind"),
            choices=("existing", "candidate"),
        ),
        Column("level", "text", mark("Level of the facility"), label=mark("Level")),
        Column("serves", "boolean", mark("Its level is enough")),
        Column("in_unit", "boolean", mark("It stands in the unit"), label=mark("In the unit")),
        Column(
            "action",
            "text",
            mark("What the headline plan does"),
            label=mark("Action"),
            choices=("keep", "open", "close", "second_best", "none"),
        ),
        Column("rank", "integer", mark("Number on the map"), label=mark("Number")),
        Column("settlement_id", "text", mark("Settlement it stands in"), label=mark("Settlement")),
        *_NAMES,
        *_POSITION,
    ),
    label=mark("Sites"),
)


def lookup_tables(result: StudyResult) -> dict[Table, pd.DataFrame]:
    """Return settlements and sites as tables."""
    layers = {PLACES: with_id(result.settlements, "settlement_id"), SITES: with_id(result.sites, "site_id")}
    return {
        table: pd.DataFrame(layer.assign(lon=layer.geometry.x, lat=layer.geometry.y))[[c.name for c in table.columns]]
        for table, layer in layers.items()
    }
