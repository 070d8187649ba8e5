"""`geo matrix`: times between two files of places on the roads of one extract, without a study."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.network.access_legs import LegRules, Points
from geo.network.seasons import Season, make_season
from geo.network.speeds import SpeedTable
from geo.network.topology import RoadNetwork, build_network
from geo.read.osm_roads import read_osm_roads
from geo.read.point_files import PlaceFile, read_places, require_named
from geo.read.positions import inside_box
from geo.read.tabular import read_declared
from geo.study.conditions import season_rules
from geo.study.inputs import packaged_speed_table, road_vehicles
from geo.study.load import choose_crs
from geo.study.matrix_request import MatrixRequest, check_choice, default_seasons
from geo.study.matrix_table import Ends, Rows, TableWriter, table_writer
from geo.tables import SPEEDS
from geo.tables.check import WGS84
from geo.travel import TravelTimes, travel_times
from geo.travel.choice import find_joins
from geo.travel.nearest import choose
from geo.units import METRES_PER_KM, UNREACHABLE_MS, minutes_to_ms

Tell = Callable[[str, float], None]

#: Pairs whose times are held at a time, and of them, pairs that are put into words at a time; both bound memory.
_PAIRS_AT_A_TIME: Final = 8_000_000
_ROWS_AT_A_TIME: Final = 500_000
#: More swapped rows than these are one mistake, and one fault.
_MANY_ROWS: Final = 3
_KM_PER_DEGREE: Final = 111.0
#: Shares of the whole that lie behind when roads are read, when they are joined, and when all is computed.
_READ, _JOINED, _DONE = 0.3, 0.5, 1.0


@dataclass(frozen=True)
class MatrixDone:
    """What was written, for the last screen.

    Parameters
    ----------
    out
        The table.
    n_pairs, n_unreachable, n_rows
        Pairs asked for, those among them without a way, and rows in the table.
    farthest
        Place that is farthest from a road, and metres.
    beyond
        Places farther from any road than the longest leg.
    max_join_km
        Longest leg to a road.
    notes
        What was found in the files and is no error.
    """

    out: Path
    n_pairs: int
    n_unreachable: int
    n_rows: int
    farthest: tuple[str, float]
    beyond: tuple[str, ...]
    max_join_km: float
    notes: tuple[Fault, ...]


def write_matrix(request: MatrixRequest, tell: Tell = lambda _text, _share: None) -> MatrixDone:
    """Compute the times that are asked for and write them.

    Raises
    ------
    DataError
        With every error of the files of places and speeds, else with those of the extract.
    UsageError
        If the vehicle has no speeds, or the table cannot be written.
    """
    tell(_("Reading"), 0.0)
    given = _Given(request)
    check_choice("--vehicle", request.vehicle, tuple(given.speeds.vehicles))
    roads, notes = _read_roads(request, given)
    job = _Job(request, given, roads, tell)
    with table_writer(request.out, *(job.ends(number) for number in (0, 1))) as writer:
        n_unreachable, n_rows = job.write(writer)
    return MatrixDone(
        out=request.out,
        n_pairs=len(given.origins.ids) * len(given.destinations.ids),
        n_unreachable=n_unreachable,
        n_rows=n_rows,
        farthest=job.farthest(),
        beyond=job.beyond(),
        max_join_km=request.network.max_join_km,
        notes=(*given.notes, *notes),
    )


class _Given:
    """The files that are not roads, read; every error of all of them is raised at once."""

    def __init__(self, request: MatrixRequest) -> None:
        self._faults: list[Fault] = []
        self._read(lambda: (require_named(request.pbf), []))
        self.origins: PlaceFile = self._read(lambda: read_places(request.origins))
        self.same = request.origins.resolve() == request.destinations.resolve()
        self.destinations: PlaceFile = (
            self.origins if self.same else self._read(lambda: read_places(request.destinations))
        )
        self.speeds: SpeedTable = self._read(lambda: _read_speeds(request.speeds))
        if any(fault.severity == "error" for fault in self._faults):
            raise DataError(fault for fault in self._faults if fault.severity == "error")
        self.notes = tuple(self._faults)

    def _read(self, read: Callable[[], tuple[Any, list[Fault]]]) -> Any:
        """Return what a reader reads, None where it cannot be read at all; keep its faults."""
        try:
            content, faults = read()
        except DataError as error:
            self._faults += error.faults
            return None
        self._faults += faults
        return content

    @property
    def files(self) -> tuple[PlaceFile, ...]:
        """Every file of places once."""
        return (self.origins,) if self.same else (self.origins, self.destinations)


def _read_speeds(path: Path | None) -> tuple[SpeedTable, list[Fault]]:
    if path is None:
        return packaged_speed_table(), []
    name = require_named(path)
    frame, faults = read_declared(SPEEDS, path, name)
    return SpeedTable.from_frame(frame, name), faults


def _read_roads(request: MatrixRequest, given: _Given) -> tuple[gpd.GeoDataFrame, tuple[Fault, ...]]:
    """Return the roads of the extract and what was noticed; places that lie among them the other way round are refused.

    Raises
    ------
    DataError
        If there are no roads, or if places have longitude and latitude swapped.
    """
    name = str(request.pbf)
    extract = read_osm_roads(request.pbf, name, vehicles=road_vehicles(request.vehicle))
    if not len(extract.roads):
        message = _("There are no roads in the extract that a vehicle of this kind may use.")
        raise DataError([Fault(name, 0, "", "no-roads", message, _("Use an extract of the right area."))])
    box = _around(extract.roads, request.network.max_join_km)
    swapped = [fault for file in given.files for fault in _swapped(file, box)]
    if swapped:
        raise DataError(swapped)
    return extract.roads, extract.faults


def _around(roads: gpd.GeoDataFrame, km: float) -> tuple[float, float, float, float]:
    """Return the box of degrees around all roads and places near them."""
    west, south, east, north = roads.total_bounds
    high = km / _KM_PER_DEGREE
    wide = high / max(math.cos(math.radians(max(abs(south), abs(north)))), 0.01)
    return west - wide, south - high, east + wide, north + high


def _swapped(file: PlaceFile, box: tuple[float, float, float, float]) -> list[Fault]:
    """Return a fault for each place that lies among the roads only the other way round; one for all of many."""
    positions = zip(file.rows, file.lon.tolist(), file.lat.tolist(), strict=True)
    rows = [row for row, lon, lat in positions if not inside_box(lon, lat, box) and inside_box(lat, lon, box)]
    if len(rows) > _MANY_ROWS:
        message = _("Places that lie far outside the extract: {n}, this one being the first.").format(n=len(rows))
        remedy = _("Swap lon and lat: then they lie inside.")
        return [Fault(file.file, rows[0], "lon", "swapped-position", message, remedy)]
    message, remedy = _("The place lies far outside the extract."), _("Swap lon and lat: then it lies inside.")
    return [Fault(file.file, row, "lon", "swapped-position", message, remedy) for row in rows]


class _Job:
    """Places joined to the roads of one season."""

    def __init__(self, request: MatrixRequest, given: _Given, roads: gpd.GeoDataFrame, tell: Tell) -> None:
        network = request.network
        tell(_("Roads"), _READ)
        self._request, self._given, self._tell = request, given, tell
        layers = [gpd.GeoSeries.from_xy(file.lon, file.lat, crs=WGS84) for file in given.files]
        places = gpd.GeoDataFrame(geometry=np.concatenate([layer.to_numpy() for layer in layers]), crs=WGS84)
        crs = choose_crs(places, places)
        self._network: RoadNetwork = build_network(roads, crs)
        rules = season_rules(default_seasons()[request.season], borders_open=network.borders == "open")
        self._season: Season = make_season(self._network, rules, given.speeds, request.vehicle)
        self._rules = LegRules(
            network.max_join_km * METRES_PER_KM, network.max_walk_km * METRES_PER_KM, network.leg_factor
        )
        self._within_ms = minutes_to_ms(network.within_settlement_minutes)
        self._points = [Points.from_lonlat(file.ids, file.lon, file.lat, crs) for file in given.files]
        n_origins, seasons = len(self._points[0]), [self._season]
        self._joins = [
            find_joins(self._network, seasons, points, self._rules, n_origins=n_origins) for points in self._points
        ]

    def ends(self, number: int) -> Ends:
        """Return origins (0) or destinations (1) with their distances to the nearest road."""
        at = min(number, len(self._points) - 1)
        return Ends(self._points[at].ids, self._joins[at].nearest_road_metres)

    def write(self, writer: TableWriter) -> tuple[int, int]:
        """Write all rows; return how many pairs have no way, and how many rows were written."""
        limit = self._request.max_minutes
        # Without a limit, pairs without a way are rows, too: nobody disappears.
        most_ms = UNREACHABLE_MS if limit is None else min(minutes_to_ms(limit), UNREACHABLE_MS - 1)
        n_unreachable = n_rows = 0
        for first, times in self._times():
            n_unreachable += int((times.milliseconds >= UNREACHABLE_MS).sum())
            for rows in _rows(first, times, most_ms):
                n_rows += len(rows.total)
                writer.write(rows)
        return n_unreachable, n_rows

    def _times(self) -> Iterator[tuple[int, TravelTimes]]:
        """Yield the times of some origins after the other, with the position of the first one."""
        origins, destinations = self._points[0], self._points[-1]
        step = max(1, _PAIRS_AT_A_TIME // max(1, len(destinations)))
        for first in range(0, len(origins), step):
            share = _JOINED + (_DONE - _JOINED) * first / len(origins)
            self._tell(_("Times, {season}").format(season=self._request.season), share)
            chosen, joins = choose(origins, self._joins[0], range(first, min(first + step, len(origins))))
            ends = (chosen, joins, destinations, self._joins[-1])
            yield first, travel_times(self._network, self._season, *ends, self._rules, self._within_ms)

    def farthest(self) -> tuple[str, float]:
        """Return the place that is farthest from a road, the first of equals."""
        found = [
            (float(joins.nearest_road_metres.max()), points.ids[int(joins.nearest_road_metres.argmax())])
            for points, joins in zip(self._points, self._joins, strict=True)
        ]
        metres, code = max(found, key=lambda item: item[0])
        return code, metres

    def beyond(self) -> tuple[str, ...]:
        """Return the places farther from any road than a leg may be, in the order of their files, each once."""
        far = (
            points.ids[at]
            for points, joins in zip(self._points, self._joins, strict=True)
            for at in np.flatnonzero(joins.nearest_road_metres > self._rules.max_join_metres).tolist()
        )
        return tuple(dict.fromkeys(far))


def _rows(first: int, times: TravelTimes, most_ms: int) -> Iterator[Rows]:
    """Yield the rows of the table in the order of the files, without those of longer times."""
    n_columns = len(times.site_ids)
    step = max(1, _ROWS_AT_A_TIME // max(1, n_columns))
    for begin in range(0, len(times.settlement_ids), step):
        part = slice(begin, begin + step)
        total = times.milliseconds[part].astype(np.int64).reshape(-1)
        at = np.flatnonzero(total <= most_ms)
        total = total[at]
        access, egress = (
            values[part].reshape(-1)[at].astype(np.int64) for values in (times.access_ms, times.egress_ms)
        )
        origin = first + begin + at // n_columns
        yield Rows(origin, at % n_columns, total, access, total - access - egress, egress)
