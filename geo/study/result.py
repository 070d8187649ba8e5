"""What a run of one unit finds: the tables it writes and the layers a map is drawn from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import geopandas as gpd
import pandas as pd

from geo.norms import Norm
from geo.read.sources import Source
from geo.study.config import ServiceConfig, StudyConfig

if TYPE_CHECKING:
    from geo.study.proposal import Proposed
    from geo.study.reach import Reach
    from geo.study.whatif import WhatIf

#: Folder and identifier of the unit that is the whole study.
WHOLE_STUDY = "all"
#: Season name that stands for every settlement's own worst season.
WORST = "worst"
BASELINE = "baseline"
HEADLINE = "headline"
PROPOSAL = "proposal"


def no_routes() -> gpd.GeoDataFrame:
    """Return the layer of bus routes of a unit that has none."""
    return gpd.GeoDataFrame({"service": [], "route": []}, geometry=[], crs=4326)


@dataclass(frozen=True)
class StudyResult:
    """Results of one unit. Layers are in WGS 84.

    Parameters
    ----------
    config
        The study file.
    unit_id, unit_name
        Unit, and its names by language (``en``, ``ru``, ``kk``; a missing one falls back to another).
    norms
        Per service name, the norm that siting answered.
    settlements
        Settlements of the unit, indexed by `settlement_id`: names, `population_persons` (missing = unknown),
        `population_imputed`, `settlement_class`, `nearest_road_km`, per service ``<service>_persons``, point geometry.
    sites
        Facilities and candidates of all services that the unit sees, neighbours' included: `site_id`, `service`,
        `kind` (existing | candidate), `level`, `serves` (its level is enough), `in_unit`, `action` (keep | open |
        close | second_best | none), `rank` (number on the map of opened sites), `settlement_id`, names, point geometry.
    roads
        Roads the unit sees: `road_category`, `surface`, `condition`, `bridge`, `ford`, `winter_road`, and for each
        season ``closed_<season>``; line geometry.
    legs
        Straight lines from settlements to the nearest road: `settlement_id`, `length_km`, line geometry.
    boundary, neighbours
        Polygons of the unit (for the whole study: of all units) and of the units around it.
    waters, hazards
        Background layers; may be empty.
    tables
        Every table of `geo.tables.OUTPUT_TABLES` by name.
    sources
        Origin and licence of the data.
    manifest
        Digests, versions, settings and seed: what makes the run repeatable.
    what_if
        Per service name, what the map needs to try other sites.
    proposal
        Per service name, what a proposal file opens and closes; empty without one.
    routes
        Courses of the bus routes of table `transport_routes`: `service`, `route`, line geometry; may be empty.
    reach
        Areas within reach of the facilities, and roads by nearest facility; None where nobody worked them out.
    areas
        Names of administrative areas of every tier by their code, each by language as in `unit_name`.
    elsewhere
        Names of settlements of other units that tables of harm speak of, with their unit's, by code and language.
    """

    config: StudyConfig
    unit_id: str
    unit_name: Mapping[str, str]
    norms: Mapping[str, Norm]
    settlements: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    legs: gpd.GeoDataFrame
    boundary: gpd.GeoDataFrame
    neighbours: gpd.GeoDataFrame
    waters: gpd.GeoDataFrame
    hazards: gpd.GeoDataFrame
    tables: Mapping[str, pd.DataFrame]
    sources: tuple[Source, ...]
    manifest: Mapping[str, Any] = field(default_factory=dict)
    what_if: Mapping[str, WhatIf] = field(default_factory=dict)
    proposal: Mapping[str, Proposed] = field(default_factory=dict)
    routes: gpd.GeoDataFrame = field(default_factory=no_routes)
    reach: Reach | None = None
    areas: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    elsewhere: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    _parts: dict[tuple[object, ...], pd.DataFrame] = field(default_factory=dict, init=False, repr=False, compare=False)
    _known: dict[tuple[object, ...], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def service(self, name: str) -> ServiceConfig:
        """Return the study file's settings of a service."""
        return next(service for service in self.config.service if service.name == name)

    def table(self, name: str, **equal: object) -> pd.DataFrame:
        """Return the rows of a table whose columns have the given values."""
        key = (name, *sorted(equal.items()))
        if key not in self._parts:
            rows = self.tables[name]
            for column, value in equal.items():
                rows = rows[rows[column] == value]
            self._parts[key] = rows
        # Pages ask for the same rows again and again; each gets a frame of its own over the same data.
        return self._parts[key].copy(deep=False)

    def row(self, name: str, **equal: object) -> pd.Series:
        """Return the one row of a table whose columns have the given values.

        Raises
        ------
        LookupError
            If there is no such row, or more than one.
        """
        rows = self.table(name, **equal)
        if len(rows) != 1:
            raise LookupError(f"{len(rows)} rows of {name} have {equal}")
        return rows.iloc[0]


Known = TypeVar("Known")


def once_per_result(function: Callable[[StudyResult, str], Known]) -> Callable[[StudyResult, str], Known]:
    """Work out what a function of a result and a name gives when first asked for: pages ask in every language.

    For functions whose answer is the same in every language and is not changed by those who ask.
    """

    @wraps(function)
    def answer(result: StudyResult, name: str) -> Known:
        key = (function.__module__, function.__qualname__, name)
        if key not in result._known:
            result._known[key] = function(result, name)
        found: Known = result._known[key]
        return found

    return answer
