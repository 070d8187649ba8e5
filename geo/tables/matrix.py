"""The tables of `geo matrix`: places in, times out. They belong to no study."""

from __future__ import annotations

from typing import Final

from geo.language import mark
from geo.tables.columns import minutes, text
from geo.tables.schema import Column, Table

#: Columns that may hold the codes of places, the first that a file has counts: facilities and candidates name the
#: settlement they stand in besides their own code.
ID_COLUMNS: Final = ("id", "facility_id", "candidate_id", "site_id", "settlement_id")

POINTS: Final = Table(
    "points",
    mark("Places that `geo matrix` computes times from and to"),
    (
        Column(
            "id",
            "text",
            mark("Code of the place; may also be called facility_id, candidate_id, site_id or settlement_id"),
            required=True,
        ),
        Column("lon", "number", mark("Longitude, WGS 84"), unit="degrees", required=True, low=-180, high=180),
        Column("lat", "number", mark("Latitude, WGS 84"), unit="degrees", required=True, low=-90, high=90),
    ),
    key="id",
)


MATRIX: Final = Table(
    "matrix",
    mark("What `geo matrix` writes: times of one vehicle in one season; minutes are whole milliseconds to 5 decimals"),
    (
        text("origin_id", mark("From"), mark("Place where the trip begins")),
        text("destination_id", mark("To"), mark("Place where the trip ends")),
        minutes("minutes", mark("Minutes"), mark("Time from door to door; blank = no way")),
        minutes(
            "access_minutes",
            mark("Of it to the road"),
            mark("Part to the road, or the whole way across country; blank = no way"),
        ),
        minutes("network_minutes", mark("Of it on the road"), mark("Part on the road; blank = no way")),
        minutes(
            "egress_minutes",
            mark("Of it at the end"),
            mark("Part from the road, and within the settlement; blank = no way"),
        ),
        Column(
            "origin_snap_metres",
            "number",
            mark("Straight distance from the origin to the nearest road; blank = no road"),
            unit="m",
        ),
        Column(
            "destination_snap_metres",
            "number",
            mark("Straight distance from the destination to the nearest road; blank = no road"),
            unit="m",
        ),
    ),
)

#: In the order of the data dictionary.
MATRIX_TABLES: Final = (POINTS, MATRIX)
