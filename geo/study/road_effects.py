"""What roads do to access: links whose closure costs most, and what a scenario's roads change for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.network.access_legs import Joins, Points
from geo.network.seasons import Season
from geo.network.topology import RoadNetwork
from geo.study.conditions import Places, leg_rules
from geo.study.load import StudyData
from geo.study.plans import UnitService
from geo.study.result import WORST
from geo.travel import TravelTimes
from geo.travel.choice import is_small
from geo.travel.criticality import Closures, Departures, Trips, close_links, joins_for_closures
from geo.travel.nearest import choose
from geo.units import METRES_PER_KM, MS_PER_MINUTE, UNREACHABLE_MS

if TYPE_CHECKING:
    from geo.study.prepare import Prepared

Ints = npt.NDArray[np.int64]

#: Links that are listed per service and season; the number of all is listed with each.
N_LISTED: Final = 50


@dataclass(frozen=True)
class LinkClosures:
    """Who loses by the closure of each link, for one service in one season.

    Parameters
    ----------
    service, season
        Names.
    point_ms : int64 (n_settlements,)
        Time of each settlement of the study to its nearest facility, all roads being as they are; without the time
        within a settlement.
    closures
        Times with one link closed.
    """

    service: str
    season: str
    point_ms: Ints
    closures: Closures


def close_every_link(
    study: StudyData, network: RoadNetwork, seasons: Sequence[Season], places: Places, sites: gpd.GeoDataFrame
) -> tuple[LinkClosures, ...]:
    """Close every link that matters, for each service and season.

    Facilities of the whole study count, so that a link has the same effect in every unit's folder.
    """
    serving = set(sites.loc[sites["serves"] & (sites["kind"] == "existing"), "site_id"])
    today = [place for place, site_id in enumerate(places.sites.ids) if site_id in serving]
    places = Places(places.settlements, places.settlement_joins, *choose(places.sites, places.site_joins, today))
    names = [service.name for service in study.config.service]
    chosen = {name: _facilities(sites, name, places.sites) for name in names}
    trips = _all_trips(study, network, seasons, places, chosen)
    used: Mapping[tuple[str, str], Ints | None] = dict.fromkeys(trips)
    # Joins of larger studies leave out what others beat while all links are open.
    if not is_small(len(places.settlements), network.n_edges):
        used = {key: own.used_links for key, own in trips.items()}
        edges = np.unique(np.concatenate([own for own in used.values() if own is not None]))
        trips = _all_trips(study, network, seasons, _for_closures(study, network, seasons, places, edges), chosen)
    return tuple(
        LinkClosures(name, season.name, own.point_ms, close_links(own, used[name, season.name]))
        for name in names
        for season in seasons
        for own in [trips[name, season.name]]
    )


def _facilities(sites: gpd.GeoDataFrame, service: str, columns: Points) -> list[int]:
    """Return the columns of the facilities that serve today."""
    own = sites[(sites["service"] == service) & sites["serves"] & (sites["kind"] == "existing")]
    number = {site_id: place for place, site_id in enumerate(columns.ids)}
    return [number[site_id] for site_id in own["site_id"]]


def _all_trips(
    study: StudyData,
    network: RoadNetwork,
    seasons: Sequence[Season],
    places: Places,
    chosen: Mapping[str, list[int]],
) -> dict[tuple[str, str], Trips]:
    facilities = {name: choose(places.sites, places.site_joins, own) for name, own in chosen.items()}
    trips: dict[tuple[str, str], Trips] = {}
    for season in seasons:
        own = Departures.of(network, season, places.settlements, places.settlement_joins, leg_rules(study))
        trips |= {(name, season.name): own.trips_to(*at) for name, at in facilities.items()}
    return trips


def _for_closures(
    study: StudyData, network: RoadNetwork, seasons: Sequence[Season], places: Places, edges: Ints
) -> Places:
    """Add the joins that a closed link may call for."""

    def add(points: Points, joins: Joins) -> Joins:
        return joins_for_closures(network, seasons, points, joins, leg_rules(study), edges)

    return Places(
        places.settlements,
        add(places.settlements, places.settlement_joins),
        places.sites,
        add(places.sites, places.site_joins),
    )


def edge_criticality(prepared: Prepared, settlements: gpd.GeoDataFrame) -> pd.DataFrame:
    """Rows of `edge_criticality` for some settlements, all services and seasons."""
    assessed = prepared.assessed.reindex(settlements.index).to_numpy(dtype=bool)
    rows = settlements.index[assessed]
    inside = np.isin(np.array(prepared.places.settlements.ids, dtype=object), rows.to_numpy(dtype=object))
    return pd.concat([_links(prepared, own, inside) for own in prepared.link_closures], ignore_index=True)


def _persons(prepared: Prepared, service: str) -> Ints:
    """Return the people of every settlement who need a service; unknown ones are not counted."""
    known = prepared.study.settlements[f"{service}_persons"].reindex(list(prepared.places.settlements.ids))
    return np.asarray(known.fillna(0), dtype=np.int64)


@dataclass(frozen=True)
class _Pieces:
    """Pieces of road by what their closure does; (n_pieces,) each.

    Parameters
    ----------
    first, last : int64
        Edges, all those between included.
    begin, end : int64
        Rows of the closures of the first edge; those of the others are the same.
    """

    first: Ints
    last: Ints
    begin: Ints
    end: Ints


def _pieces(network: RoadNetwork, closures: Closures) -> _Pieces:
    """Merge edges that follow one another on one road and whose closures do the same."""
    edge, begin = np.unique(closures.edge, return_index=True)
    end = np.append(begin[1:], len(closures.edge))[: len(edge)]
    follows = np.zeros(len(edge), dtype=np.bool_)
    before, after = edge[:-1], edge[1:]
    follows[1:] = (
        (after == before + 1)
        & (network.edge_road[after] == network.edge_road[before])
        & (network.edge_from[after] == network.edge_to[before])
        & (np.diff(end - begin) == 0)
    )
    for k in np.flatnonzero(follows).tolist():
        here, there = slice(begin[k], end[k]), slice(begin[k - 1], end[k - 1])
        same = [np.array_equal(values[here], values[there]) for values in (closures.point, closures.ms)]
        follows[k] = all(same)
    new = np.flatnonzero(~follows)
    last = edge[np.append(new[1:], len(edge)) - 1] if len(new) else edge
    return _Pieces(edge[new], last, begin[new], end[new])


def _links(prepared: Prepared, own: LinkClosures, inside: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """Return the rows of one service and season, the worst link first."""
    network, ids = prepared.network, prepared.places.settlements.ids
    persons = _persons(prepared, own.service)
    mine = inside[own.closures.point]
    closures = Closures(own.closures.edge[mine], own.closures.point[mine], own.closures.ms[mine])
    pieces = _pieces(network, closures)
    lost = closures.ms >= UNREACHABLE_MS
    people = persons[closures.point]
    extra = np.where(lost, 0, closures.ms - own.point_ms[closures.point])

    def total(values: Ints) -> Ints:
        """Add up by piece."""
        sums = np.concatenate([[0], np.cumsum(values)])
        return np.asarray(sums[pieces.end] - sums[pieces.begin], dtype=np.int64)

    cut_off, longer = total(np.where(lost, people, 0)), total(extra * people)
    road = network.edge_road[pieces.first]
    # Roads are sorted by id, and edges along their road.
    order = np.lexsort((pieces.first, road, -longer, -cut_off))[:N_LISTED]
    worst = [part.start + _worst(lost[part], extra[part], people[part]) for part in _slices(pieces, order)]
    return pd.DataFrame(
        {
            "service": own.service,
            "season": own.season,
            "rank": np.arange(1, len(order) + 1),
            **_where(network, pieces, order),
            "settlements": (pieces.end - pieces.begin)[order],
            "persons": total(people)[order],
            "extra_person_minutes": longer[order] / MS_PER_MINUTE,
            "cut_off_settlements": total(lost.astype(np.int64))[order],
            "cut_off_persons": cut_off[order],
            "worst_settlement_id": [ids[place] for place in closures.point[worst].tolist()],
            "worst_extra_minutes": np.where(lost[worst], np.inf, extra[worst] / MS_PER_MINUTE),
            "n_links": len(pieces.first),
        },
        dtype=object,
    )


def _slices(pieces: _Pieces, order: Ints) -> list[slice]:
    return [slice(int(pieces.begin[k]), int(pieces.end[k])) for k in order]


def _worst(lost: npt.NDArray[np.bool_], extra: Ints, people: Ints) -> int:
    """Return who is hit worst: who is cut off, the most people first, else whose trip gets longest; first of equals."""
    return int(np.lexsort((-people, -extra, -(lost * people), ~lost))[0])


def _where(network: RoadNetwork, pieces: _Pieces, order: Ints) -> dict[str, object]:
    """Return which road some pieces are on, from where to where, and a place in the middle."""
    first, last = pieces.first[order], pieces.last[order]
    road = network.edge_road[first]
    begin, end = network.edge_start_metres[first], network.edge_end_metres[last]
    middle = np.empty((len(order), 2))
    for k in range(len(order)):
        own = slice(int(network.vertex_start[first[k]]), int(network.vertex_start[last[k] + 1]))
        metres, at = network.vertex_metres[own], (begin[k] + end[k]) / 2
        middle[k] = np.interp(at, metres, network.vertex_lon[own]), np.interp(at, metres, network.vertex_lat[own])
    return {
        "road_id": network.roads.index[road].astype(str).to_numpy(dtype=object),
        "road_name": network.roads["name"].to_numpy(dtype=object)[road],
        "from_km": begin / METRES_PER_KM,
        "length_km": (end - begin) / METRES_PER_KM,
        "lon": middle[:, 0],
        "lat": middle[:, 1],
    }


def scenario_effects(prepared: Prepared, part: UnitService) -> pd.DataFrame:
    """Rows of `scenario_effects` for one service of one unit: the facilities of today under each scenario."""
    problem = part.problem
    sites = tuple(np.array(problem.site_ids, dtype=object)[np.asarray(problem.existing)])
    today = _nearest(prepared.times["base"], problem.season_names, problem.settlement_ids, sites)
    rows = []
    for scenario in prepared.study.config.scenario:
        then = _nearest(prepared.times[scenario.name], problem.season_names, problem.settlement_ids, sites)
        for number, season in enumerate([*problem.season_names, WORST]):
            effect = _effect(today[number], then[number], problem.persons, problem.limit_ms)
            rows.append({"service": part.service.name, "scenario": scenario.name, "season": season, **effect})
    return pd.DataFrame(rows)


def _nearest(
    times: Mapping[str, TravelTimes], seasons: Sequence[str], settlement_ids: tuple[str, ...], site_ids: tuple[str, ...]
) -> Ints:
    """Return the time of settlements to the nearest of some sites, per season, and in each one's worst season."""
    own = [times[season].select(settlement_ids, site_ids).milliseconds for season in seasons]
    ms = np.stack(own).astype(np.int64).min(axis=2, initial=UNREACHABLE_MS)
    return np.concatenate([ms, ms.max(axis=0, keepdims=True)])


def _effect(today: Ints, then: Ints, persons: npt.NDArray[np.int64], limit_ms: int) -> dict[str, object]:
    """Return people within the norm and with a way, before and after, and what those with a way gain and lose."""
    had, has = today < UNREACHABLE_MS, then < UNREACHABLE_MS
    gained = np.where(had & has, today - then, 0)

    def people(chosen: npt.NDArray[np.bool_]) -> int:
        return int(persons[chosen].sum())

    return {
        "within_before_persons": people(today <= limit_ms),
        "within_after_persons": people(then <= limit_ms),
        "connected_persons": people(~had & has),
        "cut_off_persons": people(had & ~has),
        "gained_person_minutes": float((np.maximum(gained, 0) * persons).sum() / MS_PER_MINUTE),
        "lost_person_minutes": float((np.maximum(-gained, 0) * persons).sum() / MS_PER_MINUTE),
    }
