"""A study's roads under one set of assumptions: seasons, and the times between settlements and sites."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.network.access_legs import Joins, LegRules, Points, join_points
from geo.network.seasons import Season, SeasonRules, make_season
from geo.network.speeds import SpeedRow
from geo.network.topology import RoadNetwork, build_network
from geo.study.config import Scenario, SeasonConfig
from geo.study.load import StudyData
from geo.study.road_upgrades import kept_open, with_upgrades
from geo.tables.check import WGS84
from geo.travel import TravelTimes, travel_times
from geo.travel.choice import find_joins, is_small
from geo.travel.nearest import choose
from geo.travel.repeated import RepeatedTimes
from geo.units import METRES_PER_KM, minutes_to_ms

#: Rows and columns, as `numpy.ix_` gives them.
Cells = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]

#: From this chance in a year on, a closure counts as closed.
LIKELY: Final = 0.5


@dataclass(frozen=True)
class Places:
    """Settlements and sites joined to the network; the same under every assumption."""

    settlements: Points
    settlement_joins: Joins
    sites: Points
    site_joins: Joins

    def cells(self, settlement_ids: Sequence[str], site_ids: Sequence[str]) -> Cells:
        """Return where some settlements and sites are in a table of all.

        Raises
        ------
        KeyError
            If one of them is not among these places.
        """
        rows, columns = np.ix_(_positions(self.settlements.ids, settlement_ids), _positions(self.sites.ids, site_ids))
        return rows, columns

    def choose(self, settlement_ids: Sequence[str], site_ids: Sequence[str]) -> Places:
        """Return some of the places with their joins, in the order asked for; errors as of `cells`."""
        settlements = _positions(self.settlements.ids, settlement_ids).tolist()
        sites = _positions(self.sites.ids, site_ids).tolist()
        return Places(
            *choose(self.settlements, self.settlement_joins, settlements), *choose(self.sites, self.site_joins, sites)
        )


def _positions(of: Sequence[str], wanted: Sequence[str]) -> npt.NDArray[np.intp]:
    number = {name: place for place, name in enumerate(of)}
    return np.array([number[name] for name in wanted], dtype=np.intp)


def leg_rules(study: StudyData) -> LegRules:
    """Return the study's contract of legs."""
    network = study.config.network
    return LegRules(
        network.max_join_km * METRES_PER_KM,
        network.max_walk_km * METRES_PER_KM,
        network.leg_factor,
        study.obstacles if network.legs_blocked_by else None,
    )


def join_places(
    study: StudyData,
    network: RoadNetwork,
    seasons: Sequence[Season],
    settlements: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
) -> Places:
    """Join settlements and sites to the network, for use in some seasons.

    Sites of several services at one place are joined once.
    """
    rules = leg_rules(study)
    rows = points_of(study, settlements.index, settlements.geometry)
    unique = sites.drop_duplicates("site_id").sort_values("site_id")
    columns = points_of(study, pd.Index(unique["site_id"]), unique.geometry)
    joins = [find_joins(network, seasons, points, rules, n_origins=len(rows)) for points in (rows, columns)]
    return Places(rows, joins[0], columns, joins[1])


def with_every_join(study: StudyData, network: RoadNetwork, places: Places) -> Places:
    """Return places with all joins within reach, for seasons other than those that `join_places` was told of.

    Under other speeds, roads and closures, joins may be needed that are of no use in the seasons of the study.
    """
    if is_small(len(places.settlements), network.n_edges):
        return places  # Nothing was left out.
    rules = leg_rules(study)
    settlement_joins, site_joins = (join_points(network, own, rules) for own in (places.settlements, places.sites))
    return Places(places.settlements, settlement_joins, places.sites, site_joins)


def points_of(study: StudyData, ids: pd.Index, geometry: gpd.GeoSeries) -> Points:
    """Return points of a layer, ready to be joined to the network."""
    lon, lat = geometry.x.to_numpy(), geometry.y.to_numpy()
    return Points.from_lonlat(tuple(str(i) for i in ids), lon, lat, study.crs)


def study_network(study: StudyData) -> RoadNetwork:
    """Build the network of the whole study, so that every unit sees its neighbours' roads."""
    return build_network(study.roads, study.crs, use_stated_lengths=study.config.network.lengths == "stated")


def make_seasons(
    study: StudyData, network: RoadNetwork, scenario: Scenario | None = None, *, closed_from: float = LIKELY
) -> tuple[Season, ...]:
    """Weigh the network for every season of the study, with a scenario's changes.

    Closures of the table count from the chance in a year `closed_from` on.
    """
    speeds = study.speeds
    closed: tuple[str, ...] = ()
    kept: set[str] = set()
    rebuilt: set[str] = set()
    if scenario is not None:
        changes = [
            SpeedRow(
                c.road_category, c.surface, c.condition, c.vehicle, c.season, c.speed_kmh, f"scenario {scenario.name}"
            )
            for c in scenario.speeds
        ]
        speeds = speeds.with_changes(changes)
        closed, kept = scenario.close_roads, kept_open(scenario)
        rebuilt = {road for upgrade in scenario.upgrade_roads for road in upgrade.roads}
        network = with_upgrades(network, scenario)
    seasons = []
    for season in study.config.season:
        likely = (study.closures["season"] == season.name) & (
            study.closures["probability"].astype(float) >= closed_from
        )
        ids = {*closed, *(set(study.closures.loc[likely, "road_id"]) - kept)}
        rules = season_rules(season, borders_open=study.config.network.borders == "open")
        # Nobody has driven on a road as it would be built.
        known = {road: kph for road, kph in study.overrides.speeds_in(season.name).items() if road not in rebuilt}
        seasons.append(make_season(network, rules, speeds, study.config.network.vehicle, ids, known))
    return tuple(seasons)


def season_rules(season: SeasonConfig, *, borders_open: bool) -> SeasonRules:
    """Return what a season of the study file does to roads."""
    return SeasonRules(
        name=season.name,
        weight=season.weight,
        months=season.months,
        fords_open=season.fords == "open",
        winter_roads_open=season.winter_roads == "open",
        flood_prone_open=season.flood_prone == "open",
        speeds_of=season.speeds_of or season.name,
        borders_open=borders_open,
        waters_open=season.waters == "open",
    )


def all_times(
    study: StudyData,
    network: RoadNetwork,
    seasons: tuple[Season, ...],
    places: Places,
    progress: Callable[[int, str], None] = lambda _number, _season: None,
) -> dict[str, TravelTimes]:
    """Return door-to-door times from every settlement to every site, per season."""
    within_ms = minutes_to_ms(study.config.network.within_settlement_minutes)
    rules = leg_rules(study)
    times = {}
    for number, season in enumerate(seasons):
        progress(number, season.name)
        times[season.name] = travel_times(
            network,
            season,
            places.settlements,
            places.settlement_joins,
            places.sites,
            places.site_joins,
            rules,
            within_ms,
        )
    return times


def repeated_times(study: StudyData, network: RoadNetwork, places: Places, n_tables: int) -> RepeatedTimes:
    """Prepare for times between places in seasons that are not the study's own.

    Parameters
    ----------
    study, network
        What is asked about.
    places
        With every join within reach (`with_every_join`): other speeds may need what today's do not.
    n_tables
        How many will be asked for; no result depends on it.
    """
    return RepeatedTimes.of(
        network,
        *(places.settlements, places.settlement_joins, places.sites, places.site_joins),
        leg_rules(study),
        minutes_to_ms(study.config.network.within_settlement_minutes),
        n_tables=n_tables,
    )


def nearest_road_lines(places: Places) -> gpd.GeoDataFrame:
    """Return the straight line from each settlement to its nearest road, with its length."""
    points, joins = places.settlements, places.settlement_joins
    has_road = np.isfinite(joins.nearest_road_metres)
    ends: npt.NDArray[np.float64] = np.stack(
        [np.column_stack([points.lon, points.lat]), np.column_stack([joins.nearest_lon, joins.nearest_lat])], axis=1
    )
    lines = np.full(len(points), None, dtype=object)
    lines[has_road] = shapely.linestrings(ends[has_road])
    frame = {"settlement_id": list(points.ids), "length_km": joins.nearest_road_metres / METRES_PER_KM}
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(lines, crs=WGS84), index=pd.Index(points.ids))
