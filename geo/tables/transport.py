"""Tables of school transport: how pupils come, the routes, and what becomes of them in every season."""

from __future__ import annotations

from typing import Final

from geo.language import mark
from geo.tables.columns import SEASON, SERVICE, SETTLEMENT, minutes, people, text
from geo.tables.schema import Column, Table

_ROUTE: Final = text("route", mark("Route"), mark("Number of the bus route within the unit and service"))
_STOP: Final = Column(
    "stop", "integer", mark("Place in the order of the route; the last one is the school"), label=mark("Stop")
)

TRANSPORT_PUPILS: Final = Table(
    "transport_pupils",
    mark(
        "How the pupils of every settlement come to school with the headline plan; only where the study asks for buses"
    ),
    (
        SERVICE,
        SETTLEMENT,
        text("site_id", mark("School"), mark("School they attend; blank = no way to any")),
        people("pupils", mark("Pupils"), mark("Pupils of the settlement; blank = unknown")),
        text(
            "outcome",
            mark("How they come"),
            mark("How the pupils come to school, or why no bus is planned"),
            "own-school",
            "walks",
            "carried",
            "beyond-cap",
            "no-road",
            "no-school",
            "unknown",
        ),
        Column("km", "number", mark("Way to the school on the roads"), unit="km", label=mark("Way to school")),
        minutes("alone_minutes", mark("Ride alone"), mark("Ride in a bus that calls nowhere else, the stop included")),
        text("season", mark("Season"), mark("Season the way and the route are planned for")),
    ),
    label=mark("Pupils and school"),
)

TRANSPORT_ROUTES: Final = Table(
    "transport_routes",
    mark("School bus routes in the morning, stop by stop; the last row of a route is the school"),
    (
        SERVICE,
        _ROUTE,
        text("site_id", mark("School"), mark("School the route leads to")),
        text("season", mark("Season"), mark("Season the way and the route are planned for")),
        _STOP,
        SETTLEMENT,
        people("pupils", mark("Pupils"), mark("Pupils who board; at the school those who get off")),
        Column("leg_km", "number", mark("Way from the stop before"), unit="km", label=mark("From the stop before")),
        Column("total_km", "number", mark("Way from the first stop"), unit="km", label=mark("From the first stop")),
        minutes("leg_minutes", mark("Driving"), mark("Driving from the stop before")),
        minutes("total_minutes", mark("Arrival"), mark("Arrival after the bus reaches its first stop, stops included")),
        minutes(
            "ride_minutes", mark("Ride to school"), mark("Time aboard from here to the school, this stop included")
        ),
        Column("seats", "integer", mark("Seats of the bus"), unit="seats", label=mark("Seats")),
        Column(
            "empty_km",
            "number",
            mark("Way of the empty bus from the school to its first stop"),
            unit="km",
            label=mark("Empty run"),
        ),
        text("closed_seasons", mark("No bus in"), mark("Seasons without an open way from this stop to the school")),
        text(
            "beyond_cap_seasons",
            mark("Over the limit in"),
            mark("Seasons in which the ride from here exceeds the limit"),
        ),
    ),
    label=mark("Bus routes"),
)

TRANSPORT_SEASONS: Final = Table(
    "transport_seasons",
    mark(
        "Ride to school from every stop in every season; stops that are cut off in a season are left out of the route"
    ),
    (
        SERVICE,
        _ROUTE,
        _STOP,
        SETTLEMENT,
        SEASON,
        minutes("ride_minutes", mark("Ride to school"), mark("Time aboard; blank = no open way")),
    ),
    label=mark("Bus rides by season"),
)
