"""What lies within reach of a unit's facilities, and which one every road leads to: worked out when asked for.

Areas of several facilities are those of each together, and those of the worst season what lies in the areas of every
season: both follow from what "within reach" means, so that a plan that only opens sites adds their areas to today's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd
import shapely

from geo.network.access_legs import Joins, Points
from geo.network.seasons import Season
from geo.siting.solution import SitingSolution
from geo.study.conditions import leg_rules
from geo.study.plans import UnitService
from geo.study.result import BASELINE, HEADLINE, WORST
from geo.tables.check import WGS84
from geo.travel.catchment import catchments
from geo.travel.isochrone import reach_areas
from geo.travel.nearest import choose
from geo.units import minutes_to_ms

if TYPE_CHECKING:
    from geo.study.prepare import Prepared

#: Beyond so many corners of roads in sight no areas are drawn: they would take minutes, and the parts of such a unit
#: have maps of their own.
_MOST_CORNERS: Final = 300_000
#: Parts of the norm for which areas are drawn: those of the map's classes within the norm.
SHARES: Final = (0.5, 1.0)

Areas = dict[float, shapely.MultiPolygon]


def no_areas() -> gpd.GeoDataFrame:
    """Return the layer of areas of a unit without any."""
    columns = {name: pd.Series(dtype=object) for name in ("service", "plan", "season")}
    return gpd.GeoDataFrame({**columns, "minutes": pd.Series(dtype="float64")}, geometry=[], crs=WGS84)


def no_catchments() -> gpd.GeoDataFrame:
    """Return the layer of catchments of a unit without any."""
    columns = {name: pd.Series(dtype=object) for name in ("service", "plan", "season", "site_id")}
    return gpd.GeoDataFrame(columns, geometry=[], crs=WGS84)


class Reach:
    """Two layers of a unit, in WGS 84, each worked out when it is first asked for.

    Parameters
    ----------
    areas
        Makes the areas from which a trip to some facility takes up to `minutes`: `service`, `plan` (baseline |
        headline), `season` (``worst``: in every season), `minutes`, multi-polygons cut to the unit.
    catchments
        Makes the roads from which a facility is the nearest: `service`, `plan`, `season`, `site_id`, lines cut
        to the unit.
    """

    def __init__(
        self,
        areas: Callable[[], gpd.GeoDataFrame] = no_areas,
        catchments: Callable[[], gpd.GeoDataFrame] = no_catchments,
    ) -> None:
        self._areas = areas
        self._catchments = catchments

    def __reduce__(self) -> tuple[Callable[..., Reach], tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]]:
        """Carry the layers to another process, not the whole study they are made from."""
        return Reach.drawn, (self.areas, self.catchments)

    @classmethod
    def drawn(cls, areas: gpd.GeoDataFrame, catchments: gpd.GeoDataFrame) -> Reach:
        """Return layers that are worked out already."""
        return cls(lambda: areas, lambda: catchments)

    @cached_property
    def areas(self) -> gpd.GeoDataFrame:
        """Areas within reach."""
        return self._areas()

    @cached_property
    def catchments(self) -> gpd.GeoDataFrame:
        """Roads by nearest facility."""
        return self._catchments()


def unit_reach(
    prepared: Prepared,
    planned: Sequence[tuple[UnitService, Mapping[str, SitingSolution]]],
    roads: gpd.GeoDataFrame,
    boundary: gpd.GeoDataFrame,
) -> Reach:
    """Return the layers of a unit.

    Parameters
    ----------
    planned
        Services of the unit with their plans.
    roads
        Roads that the unit sees.
    boundary
        Polygons of the unit.
    """
    if shapely.get_num_coordinates(roads.geometry.to_numpy()).sum() > _MOST_CORNERS:
        return Reach()
    work = _Work(prepared, tuple((part, plans[HEADLINE]) for part, plans in planned), boundary)
    # Strips along the roads know nothing of waters; where legs may not cross any, they would show what is not true.
    blocked = leg_rules(prepared.study).obstacles is not None
    return Reach(no_areas if blocked else work.areas, work.catchments)


@dataclass(frozen=True)
class _Work:
    """What the layers of a unit are made from."""

    prepared: Prepared
    planned: tuple[tuple[UnitService, SitingSolution], ...]
    boundary: gpd.GeoDataFrame

    def areas(self) -> gpd.GeoDataFrame:
        """Draw the areas of every service, plan and season, and of the worst season."""
        shape = self.boundary.geometry.dropna().to_crs(self.prepared.study.crs)
        window = shape.union_all() if len(shape) else None
        rows: list[tuple[str, str, str, float, shapely.Geometry]] = []
        for part, headline in self.planned:
            limits = [share * part.norm.value for share in SHARES]
            found = {
                season.name: dict(self._plan_areas(part, headline, season, limits, window))
                for season in self.prepared.seasons
            }
            for plan in next(iter(found.values())):
                worst = {
                    limit: _polygons(shapely.intersection_all([own[plan][limit] for own in found.values()]))
                    for limit in limits
                }
                for season, areas in ((WORST, worst), *((season, own[plan]) for season, own in found.items())):
                    rows.extend((part.service.name, plan, season, limit, areas[limit]) for limit in limits)
        kept = [row for row in rows if not row[-1].is_empty]
        if not kept:
            return no_areas()
        columns = ("service", "plan", "season", "minutes", "geometry")
        return gpd.GeoDataFrame(pd.DataFrame(kept, columns=columns), geometry="geometry", crs=WGS84)

    def _plan_areas(
        self,
        part: UnitService,
        headline: SitingSolution,
        season: Season,
        limits: Sequence[float],
        window: shapely.Geometry | None,
    ) -> Iterator[tuple[str, Areas]]:
        """Yield the areas of today and of the headline plan; a plan that closes nothing adds to today's."""
        today = self._drawn(_existing(part), season, limits, window)
        yield BASELINE, today
        if headline.status == "infeasible":
            return
        if headline.closed:
            yield HEADLINE, self._drawn(_ids(part, headline.open_sites), season, limits, window)
            return
        added = self._drawn(_ids(part, headline.opened), season, limits, window)
        yield HEADLINE, {limit: _polygons(shapely.union(today[limit], added[limit])) for limit in limits}

    def _drawn(
        self, site_ids: Sequence[str], season: Season, limits: Sequence[float], window: shapely.Geometry | None
    ) -> Areas:
        return reach_areas(
            self.prepared.network,
            season,
            *self._chosen(site_ids),
            leg_rules(self.prepared.study),
            limits,
            within_settlement_ms=minutes_to_ms(self.prepared.study.config.network.within_settlement_minutes),
            window=window,
        )

    def catchments(self) -> gpd.GeoDataFrame:
        """Draw the catchments of every service, plan and season along the roads."""
        window = self.boundary.geometry.dropna().union_all() if len(self.boundary) else None
        parts = [no_catchments()]
        for part, headline in self.planned:
            plans = {BASELINE: _existing(part)}
            if headline.status != "infeasible":
                plans[HEADLINE] = _ids(part, headline.open_sites)
            for plan, site_ids in plans.items():
                for season in self.prepared.seasons:
                    own = catchments(
                        self.prepared.network, season, *self._chosen(site_ids), leg_rules(self.prepared.study)
                    ).rename(columns={"facility_id": "site_id"})
                    if window is not None:
                        own["geometry"] = own.geometry.intersection(window)
                    own = own[~own.geometry.is_empty]
                    parts.append(own.assign(service=part.service.name, plan=plan, season=season.name))
        filled = [part for part in parts if len(part)] or parts
        return gpd.GeoDataFrame(pd.concat(filled, ignore_index=True)[list(parts[0].columns)], crs=WGS84)

    def _chosen(self, site_ids: Sequence[str]) -> tuple[Points, Joins]:
        places = self.prepared.places
        number = {site_id: place for place, site_id in enumerate(places.sites.ids)}
        return choose(places.sites, places.site_joins, [number[site_id] for site_id in site_ids])


def _existing(part: UnitService) -> list[str]:
    return [site for site, exists in zip(part.problem.site_ids, part.problem.existing, strict=True) if exists]


def _ids(part: UnitService, sites: Sequence[int]) -> list[str]:
    return [part.problem.site_ids[site] for site in sites]


def _polygons(area: shapely.Geometry) -> shapely.MultiPolygon:
    """Return an area with nothing but its polygons."""
    parts = shapely.get_parts(area)
    return shapely.MultiPolygon(list(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]))
