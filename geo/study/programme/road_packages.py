"""Roads worth building better: what keeps a settlement below a norm on its way to the nearest facility.

A package is a set of whole roads that get a better surface and stay open in every season. It is found on the way that
leads to the nearest facility in the season of most weight in which there is one, and kept where the same way would
then be within the norm in every season; all times are then computed anew, as for a scenario, on the same junctions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.network.seasons import Season
from geo.planning.modality import Price
from geo.study.conditions import make_seasons
from geo.study.config import RoadUpgrade, Scenario
from geo.study.config_base import Names
from geo.study.config_provision import Provision
from geo.study.programme.provision_prices import Prices
from geo.travel.paths import Paths
from geo.travel.repeated import Milliseconds
from geo.units import METRES_PER_KM, UNREACHABLE_MS, minutes_to_ms

if TYPE_CHECKING:
    from geo.study.prepare import Prepared

Surface = Literal["gravel", "asphalt"]
#: Surfaces that count as worse than another.
_WORSE: Final[Mapping[str, tuple[str, ...]]] = {
    "gravel": ("earth", "unknown"),
    "asphalt": ("earth", "unknown", "gravel"),
}
#: Categories that no surface makes a road of.
_NO_ROADS: Final = ("ferry", "winter_road")


@dataclass(frozen=True)
class RoadPackage:
    """Roads that are built better together.

    Parameters
    ----------
    package_id
        Unique within the study.
    surface
        What they get; they are open in every season then.
    roads
        Their codes, sorted.
    km
        Their length, each road in full.
    unit_ids
        Units of the settlements that it was found for; empty where the study names it.
    price
        None where no complete price is known.
    seasons
        The study's seasons with it.
    times : int32 (n_settlements, n_sites) each
        Per season, all times with it, of `Prepared.places`.
    label
        Name on pages, where the study gives one.
    """

    package_id: str
    surface: Surface
    roads: tuple[str, ...]
    km: float
    unit_ids: tuple[str, ...]
    price: Price | None
    seasons: tuple[Season, ...]
    times: Mapping[str, Milliseconds]
    label: Names | None = None


def road_packages(prepared: Prepared) -> tuple[RoadPackage, ...]:
    """Return the packages that the study names, then those found, those for most people first; none where not asked."""
    config = prepared.study.config.provision
    if config is None or not any("road" in service.forms for service in config.service):
        return ()
    upgraded = upgraded_roads(prepared, config)
    wanted: list[_Wanted] = [
        _Wanted(f"own-{number}", road.surface, tuple(sorted(road.roads)), (), road.label)
        for number, road in enumerate(config.road, start=1)
    ]
    if config.find_roads:
        wanted += _found(prepared, config, upgraded)
    km, prices = road_km(prepared), Prices(prepared.study)
    found = []
    for own in wanted:
        length = float(km[list(own.roads)].sum())
        seasons = _seasons(prepared, upgraded[own.surface], own.roads)
        found.append(
            RoadPackage(
                package_id=own.package_id,
                surface=own.surface,
                roads=own.roads,
                km=length,
                unit_ids=own.unit_ids,
                price=prices.road(own.surface, length),
                seasons=seasons,
                times=_times(prepared, seasons),
                label=own.label,
            )
        )
    return tuple(found)


def times_with(prepared: Prepared, packages: Sequence[RoadPackage]) -> dict[str, Milliseconds]:
    """Return per season all times with several packages at once: every road is as the fastest of them has it."""
    seasons = prepared.seasons
    for package in packages:
        seasons = tuple(_faster(now, then) for now, then in zip(seasons, package.seasons, strict=True))
    return _times(prepared, seasons)


def _faster(now: Season, then: Season) -> Season:
    """Return a season in which every road is as fast as in the faster of two."""
    return replace(
        now,
        road_ms_per_metre=np.minimum(now.road_ms_per_metre, then.road_ms_per_metre),
        edge_ms=np.minimum(now.edge_ms, then.edge_ms),
    )


def road_km(prepared: Prepared) -> pd.Series:
    """Return the length of every road on the network, by its code."""
    network = prepared.network
    metres = np.bincount(network.edge_road, weights=network.edge_metres, minlength=len(network.roads))
    return pd.Series(metres / METRES_PER_KM, index=network.roads.index)


@dataclass(frozen=True)
class _Wanted:
    """A package before it is priced and its times are known; see `RoadPackage`."""

    package_id: str
    surface: Surface
    roads: tuple[str, ...]
    unit_ids: tuple[str, ...]
    label: Names | None = None


@dataclass(frozen=True)
class Upgraded:
    """All roads with a better surface.

    Parameters
    ----------
    needy : bool (n_roads,)
        Roads worse than that surface, or closed in some season; ferries and snow roads are none.
    seasons
        The study's seasons if all needy roads, and those that the study names, had it.
    """

    needy: npt.NDArray[np.bool_]
    seasons: tuple[Season, ...]


def upgraded_roads(prepared: Prepared, config: Provision) -> dict[Surface, Upgraded]:
    """Return for every surface that is asked for the roads that could get it."""
    roads = prepared.network.roads
    closed = np.stack([season.closed_roads for season in prepared.seasons]).any(axis=0)
    found: dict[Surface, Upgraded] = {}
    for surface in dict.fromkeys((*config.surfaces, *(own.surface for own in config.road))):
        worse = (roads["surface"].isin(_WORSE[surface]).to_numpy() | closed) & ~roads["road_category"].isin(
            _NO_ROADS
        ).to_numpy()
        named = {road for own in config.road if own.surface == surface for road in own.roads}
        changed = tuple(str(road) for road in roads.index[worse | roads.index.isin(named)])
        scenario = Scenario(name="roads", upgrade_roads=_upgrades(prepared, changed, surface))
        found[surface] = Upgraded(worse, make_seasons(prepared.study, prepared.network, scenario))
    return found


def _upgrades(prepared: Prepared, roads: Sequence[str], surface: Surface) -> tuple[RoadUpgrade, ...]:
    """Return what becomes of roads: the surface, in good condition, open all year; tracks become roads."""
    category = prepared.network.roads["road_category"]
    tracks = tuple(road for road in roads if category[road] == "track")
    others = tuple(road for road in roads if category[road] != "track")
    found = []
    if others:
        found.append(RoadUpgrade(roads=others, surface=surface, condition="good", all_year=True))
    if tracks:
        found.append(RoadUpgrade(roads=tracks, road_category="V", surface=surface, condition="good", all_year=True))
    return tuple(found)


def _seasons(prepared: Prepared, upgraded: Upgraded, roads: Sequence[str]) -> tuple[Season, ...]:
    """Return the study's seasons with some roads upgraded; a road never becomes slower than it is known to be."""
    chosen = prepared.network.roads.index.isin(list(roads))
    on_edge = chosen[prepared.network.edge_road]
    return tuple(
        _faster(
            now,
            replace(
                then,
                road_ms_per_metre=np.where(chosen, then.road_ms_per_metre, np.inf),
                edge_ms=np.where(on_edge, then.edge_ms, UNREACHABLE_MS),
            ),
        )
        for now, then in zip(prepared.seasons, upgraded.seasons, strict=True)
    )


def _times(prepared: Prepared, seasons: tuple[Season, ...]) -> dict[str, Milliseconds]:
    return {season.name: prepared.times_in_any_season.table(season) for season in seasons}


def _found(prepared: Prepared, config: Provision, upgraded: Mapping[Surface, Upgraded]) -> list[_Wanted]:
    """Return the packages worth a look, those for most people first, and not too many per unit."""
    seasons = tuple(sorted(range(len(prepared.seasons)), key=lambda number: -prepared.seasons[number].weight))
    wishes: dict[tuple[Surface, tuple[str, ...]], dict[tuple[str, str], int]] = {}
    for surface in config.surfaces:
        for service in prepared.study.config.service:
            if not any(own.name == service.name and "road" in own.forms for own in config.service):
                continue
            limit_ms = minutes_to_ms(prepared.study.siting_norms[service.name].value)
            persons = prepared.study.settlements[f"{service.name}_persons"].fillna(0)
            for settlement_id, roads in _on_the_way(prepared, service.name, upgraded[surface], limit_ms, seasons):
                own_wishes = wishes.setdefault((surface, roads), {})
                own_wishes[service.name, settlement_id] = int(persons[settlement_id])
    units = prepared.study.settlements["unit_id"].astype(str)
    # Whoever wants part of a package gains by the whole of it.
    gains = {
        key: {who: n for other, own in wishes.items() if other[0] == key[0] and set(other[1]) <= set(key[1])
              for who, n in own.items()}
        for key in wishes
    }  # fmt: skip
    order = sorted(wishes, key=lambda key: (-sum(gains[key].values()), key))
    taken: dict[str, int] = {}
    found: list[_Wanted] = []
    for surface, roads in order:
        own_units = tuple(sorted({units[settlement_id] for _service, settlement_id in wishes[surface, roads]}))
        if all(taken.get(unit, 0) >= config.most_packages for unit in own_units):
            continue
        for unit in own_units:
            taken[unit] = taken.get(unit, 0) + 1
        found.append(_Wanted(f"road-{len(found) + 1}", surface, roads, own_units))
    return found


def _on_the_way(
    prepared: Prepared, service: str, better: Upgraded, limit_ms: int, seasons: Sequence[int]
) -> list[tuple[str, tuple[str, ...]]]:
    """Return every settlement below the norm whose way would be within it, with the roads to be changed."""
    sites = prepared.sites
    chosen = (sites["service"] == service) & sites["serves"] & (sites["kind"] == "existing")
    site_ids = list(sites.loc[chosen, "site_id"])
    rows = tuple(prepared.study.settlements.index[prepared.assessed.reindex(prepared.study.settlements.index)])
    if not site_ids or not rows:
        return []
    base = prepared.times["base"]
    ms = np.stack([base[season.name].select(rows, tuple(site_ids)).milliseconds for season in prepared.seasons])
    nearest = ms.min(axis=2)
    settlement_at = {name: place for place, name in enumerate(prepared.places.settlements.ids)}
    site_at = {name: len(settlement_at) + place for place, name in enumerate(prepared.places.sites.ids)}
    found = []
    for number in seasons:
        below = np.flatnonzero((nearest.max(axis=0) > limit_ms) & _first(nearest, seasons, number))
        if not len(below):
            continue
        points = [settlement_at[rows[place]] for place in below] + [site_at[site_id] for site_id in site_ids]
        ways = prepared.path_graphs[number].between(points)
        for row, place in enumerate(below.tolist()):
            column = len(below) + int(ways.ms[row, len(below) :].argmin())
            if ways.ms[row, column] < UNREACHABLE_MS:
                roads = _worth(prepared, ways, (row, column), number, better, limit_ms)
                if roads:
                    found.append((str(rows[place]), roads))
    return found


def _first(nearest: npt.NDArray[np.int32], seasons: Sequence[int], number: int) -> npt.NDArray[np.bool_]:
    """Return who reaches a facility in a season, and in none that weighs more."""
    earlier = list(seasons[: list(seasons).index(number)])
    reaches = nearest < UNREACHABLE_MS
    return np.asarray(reaches[number] & ~reaches[earlier].any(axis=0), dtype=np.bool_)


def _worth(
    prepared: Prepared, ways: Paths, way: tuple[int, int], season: int, better: Upgraded, limit_ms: int
) -> tuple[str, ...]:
    """Return the roads of a way to be changed; none where the way would be too long in some season all the same."""
    arcs = ways.arcs(*way)
    edge, on_road = ways.graph.road_ms(arcs)
    road = prepared.network.edge_road[edge]
    legs = sum(ways.graph.legs_ms(arcs)) + minutes_to_ms(prepared.study.config.network.within_settlement_minutes)
    metres = on_road / prepared.seasons[season].road_ms_per_metre[road]
    slowness = np.stack([own.road_ms_per_metre for own in better.seasons])[:, road]
    then = np.where(metres > 0, metres * slowness, 0.0).sum(axis=1)
    changed = np.unique(road[better.needy[road] & (on_road > 0)])
    if not len(changed) or then.max() + legs > limit_ms:
        return ()
    return tuple(sorted(str(code) for code in prepared.network.roads.index[changed]))
