"""What all units of a study share: sites, roads and times, computed once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import geopandas as gpd
import pandas as pd

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.network.access_legs import together
from geo.network.seasons import Season
from geo.network.topology import RoadNetwork
from geo.study.calibration import Calibration, calibrate
from geo.study.checks.roads import road_doubts
from geo.study.community import what_if_files
from geo.study.conditions import (
    Places,
    all_times,
    join_places,
    leg_rules,
    make_seasons,
    nearest_road_lines,
    repeated_times,
    study_network,
    with_every_join,
)
from geo.study.diagnosis.access import study_indicators
from geo.study.diagnosis.areas import unit_profile
from geo.study.diagnosis.loads import facility_load, viability
from geo.study.diagnosis.surroundings import surroundings, usual
from geo.study.distances import distance_check
from geo.study.load import StudyData
from geo.study.programme.assumptions import Assumptions, assumptions_of
from geo.study.programme.checks import check_programme_data
from geo.study.programme.road_packages import RoadPackage, road_packages
from geo.study.result import WHOLE_STUDY
from geo.study.road_effects import LinkClosures, close_every_link
from geo.study.supply import find_sites
from geo.study.transport import require_router
from geo.study.uses import beside_nearest
from geo.study.wording import name_of
from geo.tables.check import FILE_ROW
from geo.travel import TravelTimes
from geo.travel.paths import PathGraph
from geo.travel.repeated import RepeatedTimes

#: Told what is being done, in words, and which share of the run lies behind (0..1).
Progress = Callable[[str, float], None]
#: Name of the study as it is, among its scenarios.
BASE_SCENARIO: Final = "base"
#: A longer way to the road than this is worth a look: a road may be missing, or the position wrong.
_FAR_KM: Final = 5.0


@dataclass(frozen=True)
class Prepared:
    """What all units of a study share: sites, network, and times under every scenario.

    Parameters
    ----------
    study, sites, network, places
        Inputs joined to the roads.
    seasons
        Of the study as it is.
    times
        By scenario name, then season; ``base`` is the study as it is.
    legs
        Nearest road of every settlement.
    distances
        Rows of `distance_check`; the same for every unit.
    calibration
        Observed trips beside computed times; what it found is among the study's faults.
    surroundings
        What surrounds every settlement (`geo.study.diagnosis.surroundings`).
    loads, indicators, thresholds, units
        Rows of `facility_load`, `access_indicators`, `viability` and `unit_profile` of the whole study, so that a
        settlement or facility has the same figures in every folder.
    """

    study: StudyData
    sites: gpd.GeoDataFrame
    network: RoadNetwork
    places: Places
    seasons: tuple[Season, ...]
    times: Mapping[str, Mapping[str, TravelTimes]]
    legs: gpd.GeoDataFrame
    distances: pd.DataFrame
    calibration: Calibration
    surroundings: pd.DataFrame
    loads: pd.DataFrame
    indicators: pd.DataFrame
    thresholds: pd.DataFrame
    units: pd.DataFrame

    @cached_property
    def link_closures(self) -> tuple[LinkClosures, ...]:
        """What closing each link that matters does, per service and season; worked out when asked for."""
        return close_every_link(self.study, self.network, self.seasons, self.places, self.sites)

    @cached_property
    def assumptions(self) -> Assumptions | None:
        """What the study's sensitivity runs vary; None where it asks for none."""
        return assumptions_of(self.study, self.network, self.seasons)

    @cached_property
    def places_in_any_season(self) -> Places:
        """The places with every join within reach, for seasons that are not the study's own."""
        return with_every_join(self.study, self.network, self.places)

    @cached_property
    def times_in_any_season(self) -> RepeatedTimes:
        """Times from all settlements to all sites, in seasons that are not the study's own."""
        n_tables = _LIKELY_PACKAGES * len(self.seasons)
        return repeated_times(self.study, self.network, self.places_in_any_season, n_tables)

    @cached_property
    def path_graphs(self) -> tuple[PathGraph, ...]:
        """Per season, the roads to be searched for ways between settlements (first) and sites, made when asked for."""
        places = self.places
        own = together((places.settlements, places.settlement_joins), (places.sites, places.site_joins))
        rules = leg_rules(self.study)
        return tuple(PathGraph(self.network, season, *own, rules) for season in self.seasons)

    @cached_property
    def road_packages(self) -> tuple[RoadPackage, ...]:
        """Roads that forms of provision are compared with, and times with each; worked out when asked for."""
        return road_packages(self)

    @property
    def joined(self) -> pd.Series:
        """Per settlement, whether a road is within reach."""
        return pd.Series(self.legs["length_km"] <= self.study.config.network.max_join_km)

    @property
    def assessed(self) -> pd.Series:
        """Per settlement, whether its times mean anything."""
        return assessable(self.study, self.legs)


def assessable(study: StudyData, legs: gpd.GeoDataFrame) -> pd.Series:
    """Return per settlement whether its times mean anything."""
    network = study.config.network
    return pd.Series(legs["length_km"] <= network.max_join_km) | (network.beyond_join == "unreachable")


#: Road packages, and combinations of them, that a study looks at more or less.
_LIKELY_PACKAGES: Final = 20
#: Share of a run that goes into what all units need.
PREPARED_SHARE: Final = 0.4


def prepare(study: StudyData, progress: Progress = lambda _text, _share: None) -> Prepared:
    """Find sites, build the network, and compute all times."""
    require_router(study.config)
    progress(_("Sites"), 0.0)
    sites = find_sites(study)
    check_programme_data(study, sites)
    what_if_files(study)
    progress(_("Roads"), 0.05)
    network = study_network(study)
    seasons = make_seasons(study, network)
    changed = {scenario.name: make_seasons(study, network, scenario) for scenario in study.config.scenario}
    every_season = (*seasons, *(season for own in changed.values() for season in own))
    places = join_places(study, network, every_season, study.settlements, sites)
    legs = nearest_road_lines(places)
    n_matrices = len(seasons) * (1 + len(study.config.scenario))
    first = 0.15

    def tell(n_done: int, text: str) -> None:
        progress(text, first + (PREPARED_SHARE - first) * n_done / n_matrices)

    def tell_season(n_done: int, season: str) -> None:
        tell(n_done, _("Times, {season}").format(season=season))

    times = {BASE_SCENARIO: all_times(study, network, seasons, places, tell_season)}
    for number, (name, own) in enumerate(changed.items(), start=1):
        tell(number * len(seasons), _("Times, scenario {name}").format(name=name))
        times[name] = all_times(study, network, own, places)
    distances = distance_check(study, network, places, seasons)
    calibration = calibrate(study, network, seasons)
    season = usual(seasons).name
    found = (
        *calibration.faults,
        *road_doubts(study.config, study.settlements, network),
        *beside_nearest(study, sites, times[BASE_SCENARIO][season], season),
    )
    study = replace(study, faults=tuple(sorted(dict.fromkeys((*study.faults, *found)))))
    assessed = assessable(study, legs)
    around = surroundings(study, network, places, seasons, assessed)
    loads = facility_load(study, sites, times[BASE_SCENARIO][season], season)
    prepared = Prepared(
        study=study,
        sites=sites,
        network=network,
        places=places,
        seasons=seasons,
        times=times,
        legs=legs,
        distances=distances,
        calibration=calibration,
        surroundings=around,
        loads=loads,
        indicators=study_indicators(study, sites, times[BASE_SCENARIO], assessed),
        thresholds=viability(study, around, loads),
        units=unit_profile(study, sites, times[BASE_SCENARIO], around, loads, assessed),
    )
    if study.config.network.beyond_join == "unreachable":
        return prepared
    return _without_unassessable_sites(prepared)


def verify(study: StudyData) -> list[Fault]:
    """Find what only shows when a study is put together: closures that cannot be, speeds that are missing.

    Returns
    -------
    list of Fault
        Doubts about the roads.

    Raises
    ------
    DataError
        With every error found.
    """
    faults: list[Fault] = []
    network = study_network(study)
    doubts = road_doubts(study.config, study.settlements, network)
    steps: tuple[Callable[[], object], ...] = (
        lambda: check_programme_data(study, find_sites(study)),
        lambda: make_seasons(study, network),
        lambda: what_if_files(study),
    )
    for step in steps:
        try:
            step()
        except DataError as error:
            faults.extend(error.faults)
    if faults:
        raise DataError(faults, also=doubts)
    return doubts


def _without_unassessable_sites(prepared: Prepared) -> Prepared:
    """Leave out candidates in settlements that cannot be assessed."""
    far = set(prepared.legs.index[~prepared.assessed])
    drop = (prepared.sites["kind"] == "candidate") & prepared.sites["settlement_id"].isin(far)
    return replace(prepared, sites=prepared.sites[~drop].reset_index(drop=True))


def runnable_units(prepared: Prepared) -> list[str]:
    """Return the units with enough assessable settlements, and the whole study."""
    settlements = prepared.study.settlements
    counts = settlements[prepared.assessed.reindex(settlements.index)].groupby("unit_id").size()
    least = prepared.study.config.study.min_assessable_settlements
    enough = [str(unit) for unit in prepared.study.units.index if counts.get(unit, 0) >= least]
    return [*enough, WHOLE_STUDY]


def unmapped_units(prepared: Prepared) -> list[str]:
    """Return the units that are named but not mapped, because too few of their settlements can be assessed."""
    runnable = set(runnable_units(prepared))
    return [str(unit) for unit in prepared.study.units.index if unit not in runnable]


def far_from_roads(prepared: Prepared, settlements: gpd.GeoDataFrame) -> list[Fault]:
    """Return a warning for every settlement that is far from the nearest road."""
    study = prepared.study
    file = study.config.inputs.settlements or study.config.inputs.osm or ""
    faults = []
    for settlement_id, km in prepared.legs["length_km"].reindex(settlements.index).items():
        if km <= _FAR_KM:
            continue
        row = settlements.loc[str(settlement_id)]
        message = _("{name} is {km} km from the nearest road.").format(name=name_of(row), km=round(float(km), 1))
        remedy = _("Check the position, and whether a road is missing.")
        faults.append(Fault(file, int(row[FILE_ROW]), "lon", "far-from-road", message, remedy, "warning"))
    return faults
