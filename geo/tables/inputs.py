"""The tables a planner brings, as declared data. The data dictionary is printed from here (`geo tables`)."""

from __future__ import annotations

from typing import Final

from geo.language import mark
from geo.tables.people import AGES
from geo.tables.proposals import PROPOSALS
from geo.tables.schema import Column, Table

_NAMES = (
    Column("name_kk", "text", mark("Name in Kazakh")),
    Column("name_ru", "text", mark("Name in Russian")),
    Column("name_en", "text", mark("Name in English or Latin letters")),
)
_ANY_NAME = ("name_kk", "name_ru", "name_en")
#: Vehicles that roads distinguish; other vehicles of a speed table go where a car goes.
VEHICLES: Final = ("ambulance", "car", "school_bus", "walk")
WALK: Final = "walk"
_POSITION = (
    Column("lon", "number", mark("Longitude, WGS 84"), unit="degrees", low=-180, high=180),
    Column("lat", "number", mark("Latitude, WGS 84"), unit="degrees", low=-90, high=90),
)
#: What may stand in for `settlement_id`: a name is joined within its district only.
_BY_NAME = (
    Column("settlement_name", "text", mark("Name of that settlement, where settlement_id is blank")),
    Column("district_id", "text", mark("District of that settlement: a name is joined within it only")),
    Column("district_name", "text", mark("Name of that district, where district_id is blank")),
)


def _persons(name: str, meaning: str, code: str = "", *, required: bool = False, unknown: bool = False) -> Column:
    return Column(name, "integer", meaning, unit="persons", code=code, required=required, unknown=unknown, low=0)


BOUNDARIES: Final = Table(
    "boundaries",
    mark("Administrative units: oblasts, districts, rural okrugs"),
    (
        Column("unit_id", "text", mark("Code of the unit; KATO recommended"), required=True),
        Column(
            "level", "text", mark("Tier of the unit"), required=True, choices=("country", "oblast", "district", "okrug")
        ),
        Column("parent_id", "text", mark("Unit of the tier above")),
        *_NAMES,
        Column("valid_from", "text", mark("First day on which the unit exists (ISO date)")),
        Column("valid_to", "text", mark("Last day on which the unit exists (ISO date)")),
        Column("hull", "boolean", mark("Drawn around the data, no official boundary"), default=False),
    ),
    key="unit_id",
    geometry="Polygon",
    one_of=(_ANY_NAME,),
    needs_rows=True,
)

SETTLEMENTS: Final = Table(
    "settlements",
    mark("Populated places: the demand points"),
    (
        Column("settlement_id", "text", mark("Code of the settlement; nine-digit KATO recommended"), required=True),
        *_NAMES,
        *_POSITION,
        Column("district_id", "text", mark("Unit the settlement belongs to; found by position where absent")),
        Column("okrug_id", "text", mark("Rural okrug the settlement belongs to")),
        Column(
            "settlement_class",
            "text",
            mark("Role of the settlement; blank = unknown"),
            choices=(
                "national_city",
                "oblast_centre",
                "district_centre",
                "okrug_centre",
                "supporting",
                "satellite",
                "other",
                "winter_camp",
                "city",
            ),
        ),
        _persons("pop_total", mark("All inhabitants"), code="population_persons", required=True, unknown=True),
        Column("pop_year", "integer", mark("Year of the count"), low=1990, high=2100),
        Column("pop_source", "text", mark("Who counted: stat, attached, akimat, census, or a data set's name")),
        Column(
            "pop_imputed",
            "boolean",
            mark("pop_total was worked out from buildings or a raster, not counted"),
            code="population_imputed",
            default=False,
        ),
        _persons("pop_before", mark("All inhabitants in an earlier year"), code="population_before_persons"),
        Column("pop_before_year", "integer", mark("Year of the earlier count"), low=1900, high=2100),
        _persons("pop_0_5", mark("Children of 0 to 5 years"), code="aged_0_5_persons"),
        _persons("pop_6_9", mark("Children of 6 to 9 years"), code="aged_6_9_persons"),
        _persons("pop_10_14", mark("Children of 10 to 14 years"), code="aged_10_14_persons"),
        _persons("pop_15_17", mark("Young people of 15 to 17 years"), code="aged_15_17_persons"),
        _persons("pop_18_62", mark("Adults of 18 to 62 years"), code="aged_18_62_persons"),
        _persons("pop_63p", mark("People of 63 years and over"), code="aged_63_over_persons"),
        _persons("wcba", mark("Women of child-bearing age"), code="wcba_persons"),
        Column("share_kk", "number", mark("Share that learns in Kazakh"), unit="0..1", low=0, high=1),
        Column("share_ru", "number", mark("Share that learns in Russian"), unit="0..1", low=0, high=1),
        Column("vulnerability", "number", mark("Weight of need of the settlement"), low=0, high=3, default=1.0),
        Column("protected_reason", "text", mark("Why facilities here may not be closed")),
        Column("border", "boolean", mark("Border settlement under special criteria")),
    ),
    key="settlement_id",
    geometry="Point",
    one_of=(_ANY_NAME,),
    needs_rows=True,
)

FACILITIES: Final = Table(
    "facilities",
    mark("Places that supply a service today"),
    (
        Column("facility_id", "text", mark("Code of the facility"), required=True),
        *_NAMES,
        *_POSITION,
        Column(
            "settlement_id", "text", mark("Settlement it stands in; gives the position where lon and lat are blank")
        ),
        Column("service", "text", mark("Service supplied: school, phc, hospital, ..."), required=True),
        Column("level", "text", mark("Level of the service, one of the study's levels"), required=True, unknown=True),
        Column(
            "capacity",
            "integer",
            mark("Design places, attached people or beds"),
            unit="persons",
            code="capacity_persons",
            low=0,
        ),
        Column(
            "load", "integer", mark("Pupils enrolled or people attached"), unit="persons", code="load_persons", low=0
        ),
        Column("staffed", "boolean", mark("Has its staff"), default=True),
        Column("staff_posts", "number", mark("Staff posts"), unit="posts", low=0),
        Column("instruction_lang", "text", mark("Language of instruction"), choices=("kk", "ru", "mixed", "other")),
        Column("ownership", "text", mark("Owner"), choices=("public", "private", "mixed"), default="public"),
        Column("condition", "text", mark("State of the building"), choices=("good", "satisfactory", "poor")),
        Column("wear_pct", "number", mark("Wear of the building"), unit="%", code="wear_percent", low=0, high=100),
        Column("year_built", "integer", mark("Year of construction"), low=1900, high=2100),
        Column("closable", "boolean", mark("The study may propose to close it"), default=False),
        Column(
            "status",
            "text",
            mark("Open today, closed, being built, or unknown: only what is open counts"),
            choices=("open", "closed", "building", "unknown"),
            default="open",
        ),
        *_BY_NAME,
        Column("suspected", "boolean", mark("Probably no such facility: check it"), default=False),
    ),
    key="facility_id",
    geometry="Point",
)

CANDIDATES: Final = Table(
    "candidates",
    mark("Places where something may open; where absent, every inhabited settlement outside exclusion zones"),
    (
        Column("candidate_id", "text", mark("Code of the candidate"), required=True),
        Column("settlement_id", "text", mark("Settlement it stands in")),
        *_POSITION,
        Column("service", "text", mark("Service that may open here"), required=True),
        Column("level", "text", mark("Level that may open here")),
        Column(
            "kind",
            "text",
            mark("What would be done"),
            choices=("new", "upgrade", "renovate", "vacant_building", "mobile_base"),
            default="new",
        ),
        Column("capex", "number", mark("Cost of opening"), unit="KZT", code="opening_cost", low=0),
        Column("opex_year", "number", mark("Cost of a year's running"), unit="KZT", code="running_cost_year", low=0),
        Column(
            "capacity",
            "integer",
            mark("Design places or attached people"),
            unit="persons",
            code="capacity_persons",
            low=0,
        ),
        Column("land_ok", "boolean", mark("The plot is available"), default=True),
        Column("note", "text", mark("Remark")),
        *_BY_NAME,
    ),
    key="candidate_id",
    geometry="Point",
)

ROADS: Final = Table(
    "roads",
    mark("Road sections with what decides speed and passability"),
    (
        Column("edge_id", "text", mark("Code of the section"), code="road_id", required=True),
        Column("name", "text", mark("Name or number of the road")),
        Column(
            "road_category",
            "text",
            mark("Technical category, or the kind of way"),
            required=True,
            choices=("I", "II", "III", "IV", "V", "street", "track", "path", "ferry", "winter_road"),
        ),
        Column(
            "surface",
            "text",
            mark("Surface"),
            choices=("asphalt", "gravel", "earth", "snow_ice", "unknown"),
            default="unknown",
        ),
        Column("surface_imputed", "boolean", mark("Surface assumed from the class of the road"), default=False),
        Column(
            "condition",
            "text",
            mark("State of the road"),
            choices=("good", "satisfactory", "poor", "unknown"),
            default="unknown",
        ),
        Column(
            "length_km",
            "number",
            mark("Length; checked against the geometry"),
            unit="km",
            code="length_metres",
            factor=1000,
            low=0,
            high=250,
        ),
        Column(
            "maxspeed_kmh",
            "number",
            mark("Speed limit; caps the table's speed"),
            unit="km/h",
            code="limit_kph",
            low=1,
            high=150,
        ),
        Column("oneway", "text", mark("Direction of traffic"), choices=("no", "forward", "backward"), default="no"),
        Column("oneway_walk", "text", mark("Direction on foot"), choices=("no", "forward", "backward"), default="no"),
        Column("bridge", "boolean", mark("Is a bridge"), default=False),
        Column("ford", "boolean", mark("Crosses water without a bridge"), default=False),
        Column("duration_minutes", "number", mark("Crossing time of a ferry"), unit="min", low=0),
        Column("flood_prone", "boolean", mark("May be flooded"), default=False),
        Column("winter_road", "boolean", mark("Passable in winter only (snow or ice road)"), default=False),
        Column("closed_seasons", "text", mark("Seasons of the study in which it is closed, separated by spaces")),
        Column("open_months", "text", mark("Months (1-12) in which it is open, separated by spaces; blank = all year")),
        Column(
            "closed_to",
            "text",
            mark(
                "Vehicles that may not use it (car, school_bus, ambulance, walk), separated by spaces; car:4,5 = "
                "only in these months"
            ),
        ),
        Column("owner", "text", mark("Who keeps the road"), choices=("republic", "oblast", "district", "local")),
        Column("border_crossing", "boolean", mark("Crosses the state border"), default=False),
        Column("source", "text", mark("Where the row comes from")),
        Column("source_date", "text", mark("Date of the source")),
    ),
    key="edge_id",
    geometry="LineString",
    needs_rows=True,
)

HAZARDS: Final = Table(
    "hazards",
    mark("Zones where nothing may be built, or only at a price; the people inside stay counted"),
    (
        Column("hazard_id", "text", mark("Code of the zone")),
        Column(
            "kind",
            "text",
            mark("Kind of hazard"),
            required=True,
            choices=("radiation", "salt_dust", "flood", "industrial", "protected"),
        ),
        Column(
            "effect", "text", mark("What it does to candidates"), required=True, choices=("exclude", "penalise", "note")
        ),
        Column(
            "buffer_km",
            "number",
            mark("Distance added around the zone"),
            unit="km",
            code="buffer_metres",
            factor=1000,
            low=0,
            default=0.0,
        ),
        *_NAMES,
    ),
    geometry="Polygon",
)

CLOSURES: Final = Table(
    "closures",
    mark("Roads closed in a season"),
    (
        Column("edge_id", "text", mark("Road section that is closed"), code="road_id", required=True),
        Column("season", "text", mark("Season of the study in which it is closed"), required=True),
        Column("reason", "text", mark("Why")),
        Column(
            "probability",
            "number",
            mark("Chance of the closure in a year; from 0.5 it counts as closed"),
            low=0,
            high=1,
            default=1.0,
        ),
    ),
)

COSTS: Final = Table(
    "costs",
    mark("Prices of things a plan can contain"),
    (
        Column(
            "item",
            "text",
            mark(
                "What is priced: service/level, service/level@600 (per place in a building of 600 places), "
                "road_km/surface, or another item of docs/provision.md"
            ),
            required=True,
        ),
        Column(
            "unit",
            "text",
            mark("Per what: object, place, km, bus_year, visit, vehicle_year, place_year, settlement_year"),
            required=True,
        ),
        Column("value", "number", mark("Price of one unit"), unit="KZT", required=True, low=0),
        Column(
            "opex_year",
            "number",
            mark("Running cost of one unit and year"),
            unit="KZT",
            code="running_cost_year",
            low=0,
        ),
        Column("currency", "text", mark("Currency"), default="KZT"),
        Column("price_year", "integer", mark("Year of the price"), required=True, low=1990, high=2100),
        Column("economies", "text", mark("How the price falls with size")),
        Column("lifetime_years", "number", mark("Years until renewal"), unit="years", low=0),
        Column("source", "text", mark("Where the price comes from"), required=True),
    ),
    key="item",
)

SPEEDS: Final = Table(
    "speeds",
    mark("Driving and walking speeds; `any` stands for every value, the most specific row counts"),
    (
        Column("road_category", "text", mark("Category of the road, or offroad"), required=True),
        Column("surface", "text", mark("Surface, or any"), required=True),
        Column("condition", "text", mark("State of the road, or any"), required=True),
        Column("vehicle", "text", mark("Vehicle: car, walk, ..."), required=True),
        Column("season", "text", mark("Season of the study, or any"), required=True),
        Column(
            "speed_kmh",
            "number",
            mark("Speed; 0 = closed"),
            unit="km/h",
            code="speed_kph",
            required=True,
            low=0,
            high=150,
        ),
        Column("source", "text", mark("Where the value comes from"), required=True),
    ),
    needs_rows=True,
)

REFERENCE_DISTANCES: Final = Table(
    "reference_distances",
    mark("Published road distances that the network is compared with"),
    (
        Column("from_id", "text", mark("Settlement where the trip begins"), required=True),
        Column("to_id", "text", mark("Settlement where the trip ends"), required=True),
        Column("published_km", "number", mark("Published distance"), unit="km", required=True, low=0),
        Column("source", "text", mark("Where it is published"), required=True),
    ),
)

OBSERVED_TRIPS: Final = Table(
    "observed_trips",
    mark("Trips somebody made and timed, door to door; computed times are compared with them"),
    (
        Column("from_id", "text", mark("Settlement where the trip began"), required=True),
        Column("to_id", "text", mark("Settlement where the trip ended"), required=True),
        Column("minutes", "number", mark("Time from door to door"), unit="min", required=True, low=0.1, high=1440),
        Column("season", "text", mark("Season of the study in which it was made"), required=True),
        Column("vehicle", "text", mark("Vehicle: car, walk, ..."), required=True),
        Column("date", "text", mark("Day of the trip (ISO date)")),
    ),
)

OVERRIDES: Final = Table(
    "overrides",
    mark("What people on the spot know better: speeds, closures, and which facility a village really uses"),
    (
        Column(
            "kind",
            "text",
            mark("What is known better: the speed of a road, that it is closed, or which facility people use"),
            required=True,
            choices=("speed", "closed", "uses"),
        ),
        Column("edge_id", "text", mark("Road section, for speed and closed"), code="road_id"),
        Column("season", "text", mark("Season of the study; blank = every season")),
        Column("speed_kmh", "number", mark("Real speed on the road"), unit="km/h", code="speed_kph", low=1, high=150),
        Column("settlement_id", "text", mark("Settlement whose people use the facility")),
        *_BY_NAME,
        Column("service", "text", mark("Service that they use there; blank = that of the facility")),
        Column("facility_id", "text", mark("Facility that they use")),
        Column("active", "boolean", mark("Whether the row counts; no = it is kept and does nothing"), default=True),
        Column("source", "text", mark("Who says so, and when"), required=True),
    ),
)

RENAMED_CODES: Final = Table(
    "renamed_codes",
    mark("Codes of settlements that have changed, e.g. KATO codes after the regions of 2022"),
    (
        Column("old_id", "text", mark("Old code"), required=True),
        Column("new_id", "text", mark("New code"), required=True),
    ),
    key="old_id",
)

INPUT_TABLES: Final = {
    table.name: table
    for table in (
        BOUNDARIES,
        SETTLEMENTS,
        FACILITIES,
        CANDIDATES,
        ROADS,
        HAZARDS,
        CLOSURES,
        COSTS,
        SPEEDS,
        REFERENCE_DISTANCES,
        OBSERVED_TRIPS,
        OVERRIDES,
        RENAMED_CODES,
        AGES,
        PROPOSALS,
    )
}
