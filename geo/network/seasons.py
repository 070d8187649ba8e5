"""One season: what every road and every leg across country costs, or that it is closed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.network.obstacles import HAZARDS, WATERS
from geo.network.speeds import WALK, SpeedTable
from geo.network.topology import RoadNetwork
from geo.read.access import closed_months
from geo.read.months import ALL_YEAR
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS, ms_per_metre

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class SeasonRules:
    """What a season does to roads, apart from speeds.

    Parameters
    ----------
    name
        The study's own name.
    weight
        Share of the year.
    months
        Months of the season; a road that is not open in all of them is closed in the season.
    fords_open, winter_roads_open, flood_prone_open, borders_open
        Whether such roads can be used; borders are crossings of the state border.
    speeds_of
        Season of the speed table.
    waters_open
        Whether legs across country may cross rivers and lakes: on the ice.
    """

    name: str
    weight: float
    months: tuple[int, ...]
    fords_open: bool
    winter_roads_open: bool
    flood_prone_open: bool
    speeds_of: str
    borders_open: bool = False
    waters_open: bool = False


@dataclass(frozen=True)
class Season:
    """Weights of a network in one season.

    Parameters
    ----------
    name, weight
        As in the study.
    road_ms_per_metre : float64 (n_roads,)
        Slowness of each road; infinite where closed.
    edge_ms : int64 (n_edges,)
        Whole milliseconds of each edge; `UNREACHABLE_MS` where closed. Pieces of one road add up exactly.
    forward, backward : bool (n_edges,)
        Whether the vehicle may use each edge as drawn, and against it, where it is open.
    drive_ms_per_metre, walk_ms_per_metre : float
        Slowness of legs across country; infinite where closed.
    obstacles
        Kinds of obstacles (`geo.network.obstacles`) that legs do not cross, added up.
    """

    name: str
    weight: float
    road_ms_per_metre: Floats
    edge_ms: npt.NDArray[np.int64]
    forward: Bools
    backward: Bools
    drive_ms_per_metre: float
    walk_ms_per_metre: float
    obstacles: int = WATERS + HAZARDS

    @property
    def closed_roads(self) -> Bools:
        """Which roads cannot be used."""
        return np.isinf(self.road_ms_per_metre)


def make_season(
    network: RoadNetwork,
    rules: SeasonRules,
    speeds: SpeedTable,
    vehicle: str,
    closed_road_ids: Collection[str] = (),
    known_kph: Mapping[str, float] | None = None,
) -> Season:
    """Weigh a network for one season.

    Parameters
    ----------
    network
        Topology.
    rules
        What the season closes.
    speeds
        Speed table; a speed of 0 closes a road.
    vehicle
        Vehicle of the speed table.
    closed_road_ids
        Roads that are closed in this season besides.
    known_kph
        Real speeds of some roads, which count instead of table and limit. They open no road that is closed.

    Raises
    ------
    DataError
        If the speed table lacks a combination that occurs.
    """
    roads = network.roads
    kph = speeds.kph(roads, vehicle, rules.speeds_of)
    limit = roads["limit_kph"].to_numpy(dtype=np.float64)
    kph = np.where(limit > 0, np.fmin(kph, limit), kph)
    if known_kph:
        known = roads.index.to_series().map(known_kph).to_numpy(dtype=np.float64)
        kph = np.where(np.isfinite(known) & (kph > 0), known, kph)
    closed = (kph <= 0) | _closed_by_rule(roads, rules) | roads.index.isin(list(closed_road_ids))
    closed |= _closed_to(roads, vehicle, rules)
    with np.errstate(divide="ignore"):
        slowness = np.where(closed, np.inf, 3600.0 / np.where(closed, 1.0, kph))
    slowness = _with_ferry_durations(network, slowness, closed)
    oneway = roads["oneway_walk" if vehicle == WALK else "oneway"].to_numpy()[network.edge_road]
    return Season(
        name=rules.name,
        weight=rules.weight,
        road_ms_per_metre=slowness,
        edge_ms=_edge_ms(network, slowness),
        forward=np.asarray(oneway != "backward", dtype=np.bool_),
        backward=np.asarray(oneway != "forward", dtype=np.bool_),
        drive_ms_per_metre=_slowness(speeds.offroad_kph(vehicle, rules.speeds_of)),
        walk_ms_per_metre=_slowness(speeds.offroad_kph(WALK, rules.speeds_of)),
        obstacles=HAZARDS if rules.waters_open else WATERS + HAZARDS,
    )


def with_speeds(
    network: RoadNetwork, season: Season, road_factor: Floats, leg_factor: float, closed: Bools | None = None
) -> Season:
    """Return a season with other speeds, and with some roads closed besides.

    Parameters
    ----------
    network, season
        Roads, and their weights.
    road_factor : float64 (n_roads,)
        New speed over that of the season, above 0; 1 leaves every time as it is, to the millisecond.
    leg_factor : float
        The same for legs across country, on foot too.
    closed : bool (n_roads,)
        Roads that are closed; those closed in the season stay closed.
    """
    slowness = season.road_ms_per_metre / road_factor
    if closed is not None:
        slowness = np.where(closed, np.inf, slowness)
    return replace(
        season,
        road_ms_per_metre=slowness,
        edge_ms=_edge_ms(network, slowness),
        drive_ms_per_metre=season.drive_ms_per_metre / leg_factor,
        walk_ms_per_metre=season.walk_ms_per_metre / leg_factor,
    )


def _edge_ms(network: RoadNetwork, slowness: Floats) -> npt.NDArray[np.int64]:
    """Return whole milliseconds of each edge, such that pieces of one road add up exactly."""
    start, end = network.edge_start_metres, network.edge_end_metres
    per_metre = slowness[network.edge_road]
    is_open = np.isfinite(per_metre)
    usable = np.where(is_open, per_metre, 0.0)
    ms = np.where(is_open, np.rint(end * usable) - np.rint(start * usable), UNREACHABLE_MS)
    return np.asarray(ms, dtype=np.int64)


def _slowness(kph: float) -> float:
    return ms_per_metre(kph) if kph > 0 else np.inf


def _closed_by_rule(roads: pd.DataFrame, rules: SeasonRules) -> Bools:
    closed = np.zeros(len(roads), dtype=np.bool_)
    if not rules.fords_open:
        closed |= roads["ford"].to_numpy(dtype=bool)
    if not rules.winter_roads_open:
        closed |= roads["winter_road"].to_numpy(dtype=bool)
    if not rules.borders_open:
        closed |= roads["border_crossing"].to_numpy(dtype=bool)
    if not rules.flood_prone_open:
        closed |= roads["flood_prone"].to_numpy(dtype=bool)
    named = roads["closed_seasons"].fillna("").astype(str)
    closed |= np.fromiter((rules.name in text.split() for text in named), dtype=np.bool_, count=len(roads))
    months = roads["open_months"].fillna("").astype(str)
    closed |= np.fromiter(
        (bool(text.strip()) and not set(rules.months) <= {int(m) for m in text.split()} for text in months),
        dtype=np.bool_,
        count=len(roads),
    )
    return closed


def _closed_to(roads: pd.DataFrame, vehicle: str, rules: SeasonRules) -> Bools:
    """Return which roads the vehicle may not use in some month of the season; whole-year closures need no months."""
    codes, texts = pd.factorize(roads["closed_to"].fillna("").astype(str))
    shut = [closed_months(text, vehicle) for text in texts]
    found = [months == ALL_YEAR or not months.isdisjoint(rules.months) for months in shut]
    return np.asarray(found, dtype=np.bool_)[codes] if found else np.zeros(len(roads), dtype=np.bool_)


def _with_ferry_durations(network: RoadNetwork, slowness: Floats, closed: Bools) -> Floats:
    """Replace the speed of ferries that state their crossing time."""
    minutes = network.roads["duration_minutes"].to_numpy(dtype=np.float64)
    stated = (network.roads["road_category"] == "ferry").to_numpy(dtype=bool) & (minutes > 0) & ~closed
    metres = np.bincount(network.edge_road, weights=network.edge_metres, minlength=len(minutes))
    stated &= metres > 0
    slowness = slowness.copy()
    slowness[stated] = minutes[stated] * MS_PER_MINUTE / metres[stated]
    return slowness
