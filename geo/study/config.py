"""`study.toml` as a strict, frozen model. An unknown key is an error that names the nearest known one."""

from __future__ import annotations

import difflib
from typing import Annotated, Literal

from pydantic import Field, model_validator

from geo.language import gettext as _
from geo.study.config_base import Fraction, Names, Part
from geo.study.config_equity import Equity, check_services
from geo.study.config_faults import inconsistent
from geo.study.config_inputs import FileInput, TableInput
from geo.study.config_programme import Programme, check_programme
from geo.study.config_projection import Projection
from geo.study.config_provision import Provision
from geo.study.config_robustness import Robustness
from geo.tables import INPUT_TABLES, SETTLEMENTS

STUDY_FILE = "study.toml"

Objective = Literal["p-median", "kolm-pollak", "max-cover", "set-cover", "p-center"]


class Study(Part):
    """What the study is about."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="Short name; also the output folder")
    title: Names = Field(description="Title of pages")
    question: Names | None = Field(default=None, description="The question in one sentence")
    synthetic: bool = Field(default=False, description="The data describe no real place; every page says so")
    seed: int = Field(default=0, description="Seed of every random choice")
    units: Literal["country", "oblast", "district"] = Field(
        default="district", description="Tier whose units get a folder each"
    )
    outside: Literal["error", "exclude"] = Field(
        default="error", description="Settlements outside every unit stop the run, or are left out and listed"
    )
    min_assessable_settlements: int = Field(
        default=1, ge=1, description="Units with fewer assessable settlements are named, not mapped"
    )
    reference_persons: int | None = Field(
        default=None, ge=1, description="Official population of the whole area, for the share assessed"
    )
    reference_source: str = Field(default="", description="Where that figure is published")
    notes: tuple[Names, ...] = Field(default=(), description="Limits the pages must state")


class Inputs(Part):
    """Files of the study, relative to its folder. What is not given comes from the OSM extract.

    All but `osm` and `sources` may be rows of a database instead (docs/databases.md).
    """

    osm: FileInput = Field(default=None, description="OpenStreetMap extract, .osm.pbf or .osm")
    roads: TableInput = Field(
        default=None,
        description="Road lines (.gpkg, .geojson, .shp), an OSMnx graph (.graphml), or an .osm file read with OSMnx",
    )
    settlements: TableInput = Field(default=None, description="Table of settlements")
    facilities: TableInput = Field(default=None, description="Table of facilities")
    boundaries: TableInput = Field(default=None, description="Layer of administrative units")
    candidates: TableInput = Field(default=None, description="Table of candidates")
    hazards: TableInput = Field(default=None, description="Layer of hazard zones")
    closures: TableInput = Field(default=None, description="Table of road closures")
    costs: TableInput = Field(default=None, description="Table of prices")
    speeds: TableInput = Field(default=None, description="Speed table; the package's own where absent")
    reference_distances: TableInput = Field(default=None, description="Published road distances to compare with")
    observed_trips: TableInput = Field(default=None, description="Trips somebody timed, to compare with")
    sources: FileInput = Field(default="SOURCE.toml", description="Where the data come from")
    assume_crs: str | None = Field(
        default=None, description="Reference system of layers that state none, e.g. EPSG:28412; never guessed"
    )
    overrides: TableInput = Field(default=None, description="Local knowledge: speeds, closures, who uses what")
    renamed_codes: TableInput = Field(default=None, description="Old and new codes of settlements (KATO of 2022)")
    ages: TableInput = Field(default=None, description="People by five-year age groups in two years")
    proposals: TableInput = Field(default=None, description="What communities propose (docs/community-proposals.md)")


class Columns(Part):
    """What headings mean that the program does not know, by table: `settlements = { "Heading" = "pop_total" }`."""

    settlements: dict[str, str] = Field(default={}, description="Headings of the table of settlements")
    facilities: dict[str, str] = Field(default={}, description="Headings of the table of facilities")
    candidates: dict[str, str] = Field(default={}, description="Headings of the table of candidates")
    closures: dict[str, str] = Field(default={}, description="Headings of the table of road closures")
    costs: dict[str, str] = Field(default={}, description="Headings of the table of prices")
    speeds: dict[str, str] = Field(default={}, description="Headings of the speed table")
    reference_distances: dict[str, str] = Field(default={}, description="Headings of the published road distances")
    observed_trips: dict[str, str] = Field(default={}, description="Headings of the timed trips")
    ages: dict[str, str] = Field(default={}, description="Headings of the table of ages")
    proposals: dict[str, str] = Field(default={}, description="Headings of the table of proposals")

    def of(self, table: str) -> dict[str, str]:
        """Return the headings of a table by its name; none for layers."""
        headings: dict[str, str] = getattr(self, table, {})
        return headings

    @model_validator(mode="after")
    def _declared(self) -> Columns:
        for table in type(self).model_fields:
            declared = [column.name for column in INPUT_TABLES[table].columns]
            for heading, column in self.of(table).items():
                if column not in declared:
                    near = difflib.get_close_matches(column, declared, n=1)
                    message = _("“{value}” is no column of the table {table}.").format(value=column, table=table)
                    remedy = (
                        _("Did you mean {near}?").format(near=near[0])
                        if near
                        else _("Use one of: {choices}.").format(choices=", ".join(declared))
                    )
                    raise inconsistent(message, remedy, (table, heading))
        return self


class Population(Part):
    """Demand where settlements have no population."""

    from_buildings: bool = Field(default=False, description="Count buildings of the extract where people are unknown")
    persons_per_building: float = Field(default=4.0, gt=0, description="People assumed in a building")


class Network(Part):
    """Joining settlements to roads (docs/methods.md)."""

    max_join_km: float = Field(default=20.0, gt=0, description="Farthest road a settlement may use")
    max_walk_km: float = Field(default=5.0, ge=0, description="Longest leg on foot")
    leg_factor: float = Field(default=1.3, ge=1, description="Length of a leg over the straight line")
    within_settlement_minutes: float = Field(default=5.0, ge=0, description="Added once per trip")
    buffer_km: float = Field(
        default=60.0, ge=0, description="How far beyond its border a unit sees roads and facilities"
    )
    beyond_join: Literal["unreachable", "not_assessable"] = Field(
        default="unreachable", description="Verdict for settlements farther from a road than max_join_km"
    )
    vehicle: str = Field(default="car", description="Vehicle of the speed table")
    paths: Literal["used", "left_out"] = Field(
        default="used", description="Whether those who walk may use OpenStreetMap's ways for walkers alone"
    )
    borders: Literal["closed", "open"] = Field(
        default="closed", description="Whether roads may be used that cross the state border"
    )
    legs_blocked_by: tuple[Literal["waters", "hazards"], ...] = Field(
        default=(),
        description="What legs across country do not cross: rivers and lakes of the extract, zones with effect exclude",
    )
    lengths: Literal["drawn", "stated"] = Field(
        default="drawn", description="Road lengths from the geometry, or length_km where the lines are chords"
    )
    snap_metres: float = Field(
        default=0.0, ge=0, le=50, description="Road ends this near to another road are joined to it, each one listed"
    )


class SeasonConfig(Part):
    """One season; its name is the study's own."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="Name of the season in tables and closures")
    weight: Fraction = Field(default=1.0, description="Share of the year; the weights of all seasons add up to 1")
    label: Names | None = Field(
        default=None, description="Name on pages; dry, winter, thaw and all_year have one already"
    )
    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = Field(
        default=(), description="A road that is not open in all of these months is closed in the season"
    )
    fords: Literal["open", "closed"] = Field(default="open", description="Roads that cross water without a bridge")
    winter_roads: Literal["open", "closed"] = Field(default="closed", description="Roads of snow or ice")
    flood_prone: Literal["open", "closed"] = Field(default="open", description="Roads that may be flooded")
    waters: Literal["open", "closed"] = Field(
        default="closed", description="Rivers and lakes for legs across country, where legs_blocked_by names waters"
    )
    speeds_of: str | None = Field(
        default=None, description="Season of the speed table to use; its own name where absent"
    )


class SpeedOverride(Part):
    """One changed speed; of several that fit a road the first counts."""

    road_category: str = Field(description="Category whose speed changes; any = all; offroad = legs across country")
    surface: str = Field(default="any", description="Surface whose speed changes")
    condition: str = Field(default="any", description="Condition whose speed changes")
    vehicle: str = Field(default="car", description="Vehicle whose speed changes")
    season: str = Field(default="any", description="Season of the speed table")
    speed_kmh: float = Field(ge=0, le=150, description="The new speed; 0 = closed")


class RoadUpgrade(Part):
    """Roads that are built better; what is not given stays as it is. Speed limits stay too."""

    roads: tuple[str, ...] = Field(min_length=1, description="Codes of the roads")
    road_category: Literal["I", "II", "III", "IV", "V", "street", "track"] | None = Field(
        default=None, description="The new category"
    )
    surface: Literal["asphalt", "gravel", "earth"] | None = Field(default=None, description="The new surface")
    condition: Literal["good", "satisfactory", "poor"] | None = Field(default=None, description="The new condition")
    bridge: bool = Field(default=False, description="A bridge instead of the ford")
    all_year: bool = Field(
        default=False,
        description="Open in every season: months, named seasons, snow roads, floods and the table of closures no "
        "longer close it (fords do, without a bridge)",
    )

    @model_validator(mode="after")
    def _consistent(self) -> RoadUpgrade:
        if not (self.road_category or self.surface or self.condition or self.bridge or self.all_year):
            message = _("The upgrade changes nothing.")
            remedy = _("Give surface, condition, road_category, bridge = true or all_year = true.")
            raise inconsistent(message, remedy, ("roads",))
        return self


class Scenario(Part):
    """Other assumptions under which the headline plan is computed again."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="Name of the scenario in tables")
    label: Names | None = Field(default=None, description="Name on pages")
    speeds: tuple[SpeedOverride, ...] = Field(default=(), description="Changed speeds")
    close_roads: tuple[str, ...] = Field(default=(), description="Codes of roads that are closed in every season")
    upgrade_roads: tuple[RoadUpgrade, ...] = Field(default=(), description="Roads that are built better")


class Transport(Part):
    """Buses that bring pupils to school; needs the extra `transport`. The values are proposals, not verified norms."""

    walk_km: float = Field(default=3.0, gt=0, description="Pupils with a longer way to the school are carried")
    max_ride_minutes: float = Field(default=45.0, gt=0, description="Longest time a pupil may spend aboard, one way")
    bus_speed_factor: float = Field(default=0.85, gt=0, le=1, description="Speed of a bus over that of the vehicle")
    bus_max_kmh: float = Field(default=60.0, gt=0, description="Highest speed of a bus with children")
    stop_minutes: float = Field(default=1.0, ge=0, description="Time at each stop")
    seats: tuple[Annotated[int, Field(ge=1)], ...] = Field(
        default=(16, 22, 30, 43), min_length=1, description="Sizes of bus there are, in seats for pupils"
    )
    iterations: int = Field(default=500, ge=1, description="Length of the search for routes to one school")


class ServiceConfig(Part):
    """One service whose places are studied."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="Service in the table of facilities, e.g. school")
    label: Names = Field(description="Name of the service on pages")
    site_label: Names = Field(description="What one new site is called, e.g. clinic")
    levels: tuple[str, ...] = Field(min_length=1, description="Levels from the lowest to the highest")
    serving_level: str = Field(description="Lowest level that serves; what a new site offers")
    default_level: str | None = Field(default=None, description="Level of facilities whose level is unknown")
    demand: tuple[str, ...] = Field(
        default=("pop_total",), description="Columns of the settlements table that are added up"
    )
    demand_share: float = Field(
        default=1.0,
        gt=0,
        le=1,
        description="Share of that sum who need the service; below 1 the people count as imputed",
    )
    norm: str = Field(description="Norm that siting answers, as pack/norm")
    open: int | None = Field(default=None, ge=0, description="How many sites may be added in one unit")
    open_all: int | None = Field(
        default=None, ge=0, description="How many in the whole study; default: as many as all units together"
    )
    budget: float | None = Field(default=None, ge=0, description="Money for opening, instead of a number")
    close: tuple[str, ...] = Field(default=(), description="Facilities that are to be closed")
    max_worsening_minutes: float | None = Field(
        default=0.0, ge=0, description="Longest extra time that a closure may cause anybody"
    )
    alternatives: tuple[Objective, ...] = Field(
        default=("max-cover", "p-median", "kolm-pollak", "p-center", "set-cover"),
        description="Other goals whose plans are shown beside the headline plan",
    )
    candidate_min_persons: int = Field(default=1, ge=0, description="Smallest settlement where something may open")
    capacity_persons: int | None = Field(default=None, ge=1, description="Size of a new site, for its price per place")
    competent_body: Names | None = Field(default=None, description="Who decides about it")
    transport: Transport | None = Field(default=None, description="Buses to the places of this service")

    @model_validator(mode="after")
    def _consistent(self) -> ServiceConfig:
        if self.open is None and self.budget is None:
            message = _("Neither open (a number of sites) nor budget (money) is given.")
            raise inconsistent(message, _("Give open or budget."), ("open",))
        if self.open is not None and self.budget is not None:
            message = _("Both open (a number of sites) and budget (money) are given.")
            raise inconsistent(message, _("Give one of them, not both."), ("budget",))
        for key in ("serving_level", "default_level"):
            level = getattr(self, key)
            if level is not None and level not in self.levels:
                message = _("“{value}” is not among the levels of the service.").format(value=level)
                raise inconsistent(message, _("Use one of: {choices}.").format(choices=", ".join(self.levels)), (key,))
        self._check_demand()
        return self

    def _check_demand(self) -> None:
        countable = [column.name for column in SETTLEMENTS.columns if column.unit == "persons"]
        for name in self.demand:
            if name in countable:
                continue
            near = difflib.get_close_matches(name, countable, n=1)
            remedy = (
                _("Did you mean {near}?").format(near=near[0])
                if near
                else _("Use one of: {choices}.").format(choices=", ".join(countable))
            )
            message = _("“{value}” is no column of the settlements table that counts people.").format(value=name)
            raise inconsistent(message, remedy, ("demand",))


class Siting(Part):
    """How plans are found."""

    season_rule: Literal["worst", "weighted"] = Field(
        default="worst", description="Every settlement's worst season, or the weighted mean"
    )
    aversion: float = Field(default=-1.0, lt=0, description="Inequality aversion of the Kolm-Pollak EDE")
    cap_minutes: float = Field(default=240.0, gt=0, description="Times are capped here in the EDE")
    seconds: float | None = Field(default=None, gt=0, description="Safety limit per plan; turns a proof into a gap")


class Norms(Part):
    """Norm packs whose compliance is reported."""

    packs: tuple[str, ...] = Field(
        default=("kz-national", "kz-sparse"),
        description="Packs that come with the program, or files norms/<pack>.toml of the study (docs/norms.md)",
    )
    leave_out: tuple[str, ...] = Field(
        default=(), description="Norms of these packs, as pack/norm, that are not about the study's facilities"
    )


class Typology(Part):
    """Thresholds of the types of units (docs/methods.md); proposals, tried in this order, none of them a norm."""

    density_below: float = Field(default=1.0, ge=0, description="Underdeveloped: fewer people per km2")
    hazard_share_above: Fraction = Field(default=0.2, description="Underdeveloped: more of the people in hazard zones")
    remoteness_above: float = Field(default=10.0, ge=0, le=15, description="Underdeveloped: remoter, of 15")
    depressed_change_below: float = Field(default=-0.1, description="Depressed: less growth in ten years")
    concentration_utilisation_above: float = Field(
        default=1.2, ge=0, description="Concentration: fuller facilities, users over capacity"
    )
    concentration_growth_above: float = Field(default=0.1, description="Concentration: more growth in ten years")
    agglomeration_minutes_at_most: float = Field(
        default=60.0, ge=0, description="Crisis in an agglomeration: as near to a national city"
    )
    agglomeration_growth_above: float = Field(
        default=0.15, description="Crisis in an agglomeration: more growth in ten years"
    )
    agglomeration_below_norm_above: Fraction = Field(
        default=0.0, description="Crisis in an agglomeration: more of the people below a norm"
    )


class Diagnosis(Part):
    """How access, load and places are judged before anything is planned (docs/methods.md)."""

    catchment_minutes: float = Field(
        default=60.0,
        gt=0,
        le=1440,
        description="Catchment of the floating-catchment indicators; a service whose norm is longer takes that",
    )
    overloaded_share: float = Field(
        default=1.0, gt=0, description="A facility with more users per place is overloaded (proposed)"
    )
    near_empty_share: float = Field(
        default=0.4, ge=0, description="A facility with fewer users per place is near-empty (proposed)"
    )
    horizon_years: int = Field(default=10, ge=1, le=50, description="How far people and pupils are projected")
    growth_share: float = Field(
        default=0.005, ge=0, description="Places that change by more a year grow or decline (proposed)"
    )
    remoteness_pack: str = Field(default="kz-sparse", description="Pack whose classes of remoteness are used")
    clusters: bool = Field(default=True, description="Whether units are also clustered, as an exploration")
    typology: Typology = Field(default=Typology(), description="Thresholds of the types of units")

    @model_validator(mode="after")
    def _consistent(self) -> Diagnosis:
        if self.near_empty_share > self.overloaded_share:
            message = _("A facility would be near-empty and overloaded at once.")
            raise inconsistent(message, _("Make near_empty_share the smaller one."), ("near_empty_share",))
        return self


class Maps(Part):
    """The page map-online.html, which alone asks the internet for something."""

    tiles: str = Field(
        default="https://tile.openstreetmap.org/{z}/{x}/{y}.png",
        pattern=r"^https?://[^\s;,'\"]+$",
        description="Address of the background tiles, with {z}, {x} and {y}",
    )
    tiles_credit: str = Field(default="© OpenStreetMap contributors", description="Credit that the tiles ask for")


class RoadLayer(Part):
    """How the lines of the layer under inputs.roads meet; OpenStreetMap's own roads always meet at shared points."""

    meet: Literal["crossings", "vertices"] = Field(
        default="crossings",
        description="Where lines cross or end on one another (bridges apart), or only where they share a vertex, as in "
        "layers made from OpenStreetMap",
    )


class Demand(Part):
    """Whom services are for."""

    counts: Literal["people", "settlements"] = Field(
        default="people",
        description="What figures count: people, or settlements, each as one, where hardly any population is known; "
        "then every page says so",
    )
    weight: Literal["none", "vulnerability"] = Field(
        default="none",
        description="Also show the plan that would be chosen if people counted by the column vulnerability; every "
        "figure stays people",
    )


class StudyConfig(Part):
    """A whole `study.toml`."""

    study: Study
    inputs: Inputs
    columns: Columns = Columns()
    population: Population = Population()
    network: Network = Network()
    norms: Norms = Norms()
    siting: Siting = Siting()
    diagnosis: Diagnosis = Diagnosis()
    robustness: Robustness | None = None
    maps: Maps = Maps()
    road_layer: RoadLayer = RoadLayer()
    demand: Demand = Demand()
    provision: Provision | None = None
    projection: Projection | None = None
    equity: Equity | None = None
    season: tuple[SeasonConfig, ...] = (
        SeasonConfig(name="dry", weight=0.5, months=(5, 6, 7, 8, 9, 10)),
        SeasonConfig(name="winter", weight=0.375, months=(11, 12, 1, 2), winter_roads="open", waters="open"),
        SeasonConfig(name="thaw", weight=0.125, months=(3, 4), fords="closed"),
    )
    scenario: tuple[Scenario, ...] = ()
    service: tuple[ServiceConfig, ...] = Field(min_length=1)
    programme: Programme | None = Field(default=None, description="What is built when; absent = no programme")

    @model_validator(mode="after")
    def _programme(self) -> StudyConfig:
        if self.programme is not None:
            check_programme(self.programme, {service.name: service.levels for service in self.service})
        return self

    @model_validator(mode="after")
    def _named_once(self) -> StudyConfig:
        for kind, parts in (("season", self.season), ("scenario", self.scenario), ("service", self.service)):
            names = [part.name for part in parts]
            for index, name in enumerate(names):
                if name in names[:index]:
                    message = _("The name “{name}” is used twice.").format(name=name)
                    raise inconsistent(message, _("Give every table its own name."), (kind, index, "name"))
        if self.provision is not None:
            self.provision.check_services({service.name: service.levels for service in self.service})
        check_services(self.equity, (service.name for service in self.service))
        total = sum(season.weight for season in self.season)
        if abs(total - 1) > 1e-6:
            message = _("The weights of the seasons add up to {sum}, not to 1.").format(sum=f"{total:g}")
            remedy = _("Change the weights; each is the season's share of the year.")
            raise inconsistent(message, remedy, ("season", 0, "weight") if self.season else ("season",))
        return self
