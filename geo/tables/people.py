"""Tables about the people to come: counts by age that a study may bring, and what a run works out from them."""

from __future__ import annotations

from typing import Final

from geo.language import mark
from geo.tables.schema import Column, Table

AGES: Final = Table(
    "ages",
    mark("People by five-year age groups in two years that lie five years apart, for the projection by age"),
    (
        Column("settlement_id", "text", mark("Code of the settlement"), required=True),
        Column("year", "integer", mark("Year of the count"), required=True, low=1900, high=2100),
        Column("age_from", "integer", mark("Youngest age of the group: 0, 5, 10, ..."), required=True, low=0, high=120),
        Column("age_to", "integer", mark("Oldest age of the group; blank = the open last group"), low=0, high=130),
        Column("persons", "integer", mark("People of the group"), unit="persons", required=True, low=0),
    ),
)
