"""School buses: who lives beyond the walking norm of the headline plan, and the routes that bring them to school.

Every pupil attends one school all year: the one that the plan gives the settlement in the season of most weight in
which it reaches any. Ways and routes are planned in the season of most weight in which the roads from the stop to that
school are open to a bus (`geo.study.bus_roads`); what becomes of them in the other seasons is told beside them.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from shapely.geometry import LineString

from geo.errors import Fault, StudyFileError
from geo.language import gettext as _
from geo.network.seasons import Season
from geo.planning import BusRoute, BusRules, SchoolRun, plan_routes, rides_ms, router_is_installed
from geo.siting.solution import Evaluation, SitingSolution
from geo.study.bus_roads import BusRoads
from geo.study.config import STUDY_FILE, StudyConfig, Transport
from geo.study.plans import UnitService, site_attended
from geo.study.result import no_routes
from geo.tables.check import WGS84
from geo.travel.paths import Paths
from geo.units import METRES_PER_KM, MS_PER_MINUTE, UNREACHABLE_MS, minutes_to_ms

if TYPE_CHECKING:
    from geo.study.prepare import Prepared

Ints = npt.NDArray[np.int64]
Rows = list[dict[str, object]]

#: Outcome of those whose way has to be looked at.
TO_DECIDE: Final = ""


@dataclass(frozen=True)
class BusPlan:
    """School buses of one service in one unit.

    Parameters
    ----------
    tables
        Rows of `transport_pupils`, `transport_routes` and `transport_seasons`; without any where no bus is asked for.
    routes
        Courses of the routes, as in `StudyResult.routes`.
    """

    tables: Mapping[str, pd.DataFrame]
    routes: gpd.GeoDataFrame


def require_router(config: StudyConfig) -> None:
    """Make sure that routes can be computed where the study asks for them.

    Raises
    ------
    StudyFileError
        If the extra `transport` is not installed.
    """
    wanted = [f"service.{service.name}.transport" for service in config.service if service.transport is not None]
    if config.provision is not None and any("mobile" in service.forms for service in config.provision.service):
        wanted.append("provision.service")
    if not wanted or router_is_installed():
        return
    message = _("Bus routes need the program PyVRP, which is not installed.")
    remedy = _("Run: pip install 'geo-placement[transport]', or take this table out of the study.")
    raise StudyFileError([Fault(STUDY_FILE, 0, place, "no-router", message, remedy) for place in wanted])


def plan_transport(
    prepared: Prepared, part: UnitService, solution: Evaluation, schools: Collection[str] | None = None
) -> BusPlan:
    """Plan the school buses of one service in one unit.

    Parameters
    ----------
    prepared
        Roads and seasons of the study.
    part
        The unit's service.
    solution
        Headline plan, or sites that are open.
    schools
        Schools that routes are planned for; None for all. The rest of their pupils are left out.

    Returns
    -------
    BusPlan
        Empty where the study asks for no buses, or no plan exists.
    """
    config = part.service.transport
    if config is None or (isinstance(solution, SitingSolution) and solution.status == "infeasible"):
        return BusPlan({}, no_routes())
    pupils = pupils_of(part, solution, prepared.seasons)
    riders = pupils[pupils["outcome"] == TO_DECIDE]
    if schools is not None:
        riders = riders[riders["site_id"].isin(list(schools))]
    roads = BusRoads.of(prepared, config, list(riders["settlement_id"]), sorted(set(riders["site_id"])))
    rules = BusRules(
        seats=config.seats,
        max_ride_ms=minutes_to_ms(config.max_ride_minutes),
        stop_ms=minutes_to_ms(config.stop_minutes),
        iterations=config.iterations,
        seed=prepared.study.config.study.seed,
    )
    site_settlement = part.sites.set_index("site_id")["settlement_id"]
    decided: Rows = []
    found = _Found([], [], [], [])
    for site_id, group in riders.groupby("site_id", sort=True):
        school = _School.of(roads, str(site_id), group)
        outcomes = school.outcomes(config, rules)
        decided += outcomes
        carried = [number for number, row in enumerate(outcomes, start=1) if row["outcome"] == "carried"]
        for season, route in school.routes(carried, rules):
            found.add(school, season, route, rules, site_settlement[site_id])
    known = pupils[pupils["outcome"] != TO_DECIDE]
    everybody = pd.concat([known, pd.DataFrame(decided)]) if decided else known
    tables = {
        "transport_pupils": everybody.sort_values("settlement_id", kind="stable", ignore_index=True),
        "transport_routes": pd.DataFrame(found.stops),
        "transport_seasons": pd.DataFrame(found.seasons),
    }
    named = {name: frame.assign(service=part.service.name) for name, frame in tables.items()}
    layer = gpd.GeoDataFrame({"route": found.numbers}, geometry=found.courses, crs=WGS84)
    return BusPlan(named, layer.assign(service=part.service.name))


def pupils_of(part: UnitService, solution: Evaluation, seasons: Sequence[Season]) -> pd.DataFrame:
    """Return every settlement with pupils, its school, and how they come where that needs no look at the roads."""
    # Here and for the roads, of seasons of equal weight the study's first comes first.
    site = site_attended(solution.assignment, [season.weight for season in seasons])
    ids = part.problem.settlement_ids
    school = pd.Series([part.problem.site_ids[j] if j >= 0 else None for j in site], index=ids, dtype="object")
    stands_in = part.sites.set_index("site_id")["settlement_id"]
    rows: Rows = []
    for settlement_id, count in part.persons.items():
        site_id = school.get(settlement_id)
        if pd.notna(count) and count <= 0:
            continue
        if settlement_id not in school.index:
            outcome = "no-road"
        elif site_id is None:
            outcome = "no-school"
        elif stands_in[site_id] == settlement_id:
            outcome = "own-school"
        elif pd.isna(count):
            outcome = "unknown"
        else:
            outcome = TO_DECIDE
        rows.append({"settlement_id": settlement_id, "site_id": site_id, "pupils": count, "outcome": outcome})
    columns = ["settlement_id", "site_id", "pupils", "outcome"]
    return pd.DataFrame(rows, columns=columns).astype("object")


@dataclass(frozen=True)
class _School:
    """One school with the stops of its pupils: place 0 is the school.

    `ways` has the ways between all places for every season of `roads`; `season` is the one each place is planned for,
    -1 where no road is open in any.
    """

    roads: BusRoads
    site_id: str
    settlement_ids: tuple[str, ...]
    pupils: Ints
    points: tuple[int, ...]
    ways: tuple[Paths, ...]
    season: Ints

    @classmethod
    def of(cls, roads: BusRoads, site_id: str, group: pd.DataFrame) -> _School:
        """Find all ways between a school and the stops of its pupils."""
        ids = tuple(str(settlement_id) for settlement_id in group["settlement_id"])
        points = (roads.schools[site_id], *(roads.stops[settlement_id] for settlement_id in ids))
        ways = tuple(graph.between(points) for graph in roads.graphs)
        is_open = np.stack([way.ms[:, 0] < UNREACHABLE_MS for way in ways])
        season = np.where(is_open.any(axis=0), is_open.argmax(axis=0), -1)
        pupils = np.array([0, *group["pupils"]], dtype=np.int64)
        return cls(roads, site_id, ids, pupils, points, ways, season)

    def outcomes(self, config: Transport, rules: BusRules) -> Rows:
        """Return one row of `transport_pupils` per stop."""
        rows: Rows = []
        for place, settlement_id in enumerate(self.settlement_ids, start=1):
            on_foot = self.roads.straight_km(self.points[place], self.points[0])
            season = int(self.season[place])
            row: dict[str, object] = {
                "settlement_id": settlement_id,
                "site_id": self.site_id,
                "pupils": int(self.pupils[place]),
                "outcome": "walks" if on_foot <= config.walk_km else "no-road",
            }
            if season >= 0:
                km = self.ways[season].metres(place, 0) / METRES_PER_KM
                alone_ms = rides_ms(self.ways[season].ms, (place,), rules.stop_ms)[0]
                row |= {"km": km, "alone_minutes": alone_ms / MS_PER_MINUTE, "season": self.roads.seasons[season].name}
                if min(km, on_foot) > config.walk_km:
                    row["outcome"] = "carried" if alone_ms <= rules.max_ride_ms else "beyond-cap"
                else:
                    row["outcome"] = "walks"
            rows.append(row)
        return rows

    def routes(self, carried: Sequence[int], rules: BusRules) -> Iterator[tuple[int, BusRoute]]:
        """Yield the season and the stops, as places of this school, of every route."""
        chosen = np.array(carried, dtype=np.int64)
        for season in sorted(set(self.season[chosen].tolist())):
            places = np.array([0, *chosen[self.season[chosen] == season]])
            ms = self.ways[season].ms[np.ix_(places, places)]
            plan = plan_routes(SchoolRun(self.pupils[places], ms), rules)
            for route in plan.routes:
                yield season, replace(route, stops=tuple(places[list(route.stops)].tolist()))

    def rides(self, season: int, stops: Sequence[int], stop_ms: int) -> list[int]:
        """Return the ride from every stop of a route in a season; stops that are cut off then are left out of it."""
        ms = self.ways[season].ms
        served = [stop for stop in stops if ms[stop, 0] < UNREACHABLE_MS]
        rides = dict(zip(served, rides_ms(ms, served, stop_ms), strict=True))
        return [min(rides.get(stop, UNREACHABLE_MS), UNREACHABLE_MS) for stop in stops]


@dataclass(frozen=True)
class _Found:
    """Rows and courses of routes while they are gathered."""

    stops: Rows
    seasons: Rows
    numbers: list[str]
    courses: list[LineString]

    def add(self, school: _School, season: int, route: BusRoute, rules: BusRules, settlement_id: object) -> None:
        """Add a route; the school stands in the settlement given, if in any."""
        number = str(len(self.numbers) + 1)
        ways, way = school.ways[season], (*route.stops, 0)
        legs = list(itertools.pairwise(way))
        self.numbers.append(number)
        self.courses.append(LineString(np.concatenate([ways.course(*leg) for leg in legs])))
        leg_km = [0.0, *(ways.metres(*leg) / METRES_PER_KM for leg in legs)]
        leg_ms = [0, *(int(ways.ms[leg]) for leg in legs)]
        rides = [*school.rides(season, route.stops, rules.stop_ms), 0]
        by_season = [school.rides(s, route.stops, rules.stop_ms) for s in range(len(school.ways))]
        shared: dict[str, object] = {
            "route": number,
            "site_id": school.site_id,
            "season": school.roads.seasons[season].name,
        }
        shared |= {"seats": route.seats, "empty_km": ways.metres(0, route.stops[0]) / METRES_PER_KM}
        names = [item.name for item in school.roads.seasons]
        for i, place in enumerate(way):
            at_school = i == len(route.stops)
            here = [] if at_school else [rides_in_season[i] for rides_in_season in by_season]
            own = {"stop": i + 1, "settlement_id": settlement_id if at_school else school.settlement_ids[place - 1]}
            self.stops.append(
                shared
                | own
                | {
                    "pupils": route.n_pupils if at_school else route.boarding[i],
                    "leg_km": leg_km[i],
                    "total_km": sum(leg_km[: i + 1]),
                    "leg_minutes": leg_ms[i] / MS_PER_MINUTE,
                    "total_minutes": (rides[0] - rides[i]) / MS_PER_MINUTE,
                    "ride_minutes": rides[i] / MS_PER_MINUTE,
                    "closed_seasons": _names(names, [ride >= UNREACHABLE_MS for ride in here]),
                    "beyond_cap_seasons": _names(names, [rules.max_ride_ms < r < UNREACHABLE_MS for r in here]),
                }
            )
            for name, ride in zip(names, here, strict=False):
                minutes = ride / MS_PER_MINUTE if ride < UNREACHABLE_MS else None
                self.seasons.append({"route": number, **own, "season": name, "ride_minutes": minutes})


def _names(names: Sequence[str], chosen: Sequence[bool]) -> str:
    return " ".join(name for name, is_chosen in zip(names, chosen, strict=False) if is_chosen)
