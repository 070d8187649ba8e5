"""Doubts about facilities: more users than people, loads above places, one school in several rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import Fault
from geo.language import gettext as _
from geo.language import mark
from geo.read.facilities import NEAR_METRES
from geo.read.joining import NAMES
from geo.read.positions import utm_zone
from geo.read.scripts import plain_name
from geo.study.config import StudyConfig
from geo.tables.check import FILE_ROW, is_blank

#: A load of more than so many times the places is doubtful (domain brief, 6.1); two shifts fill a school twice.
_MOST_LOAD: Final = 1.5
#: Pupils may come from farther than the settlements nearest to their school; more than so many are doubtful (proposed).
_MOST_PUPILS_AROUND: Final = 1.5


@dataclass(frozen=True)
class _Users:
    """What the users of a service must be among.

    Parameters
    ----------
    columns
        People who can be users.
    factor
        How far users of a district may exceed them (domain brief, 6.3, cases 22 and 23).
    nested
        Each level counts everybody again: a hospital those who are attached to a clinic, too.
    """

    columns: tuple[str, ...]
    factor: float
    nested: bool
    code: str
    message: str
    remedy: str


_USERS: Final = {
    "school": _Users(
        ("aged_6_9_persons", "aged_10_14_persons", "aged_15_17_persons"),
        1.02,
        nested=False,
        code="more-pupils-than-children",
        message=mark("{n} pupils, but {people} children of 6 to 17 years ({place})."),
        remedy=mark("Compare both lists; pupils may come from farther away, or board."),
    ),
    "phc": _Users(
        ("population_persons",),
        1.3,
        nested=True,
        code="more-attached-than-residents",
        message=mark("{n} people attached, but {people} residents ({place})."),
        remedy=mark("Choose one source for both: registers keep people who have moved away."),
    ),
}
#: What names of buildings and shifts of one school add to its name.
_PART: Final = re.compile(
    r"[\s,;(]*(?:[№n]?\s*\d+\s*(?:смена|корпус|ауысым|ғимарат)|(?:смена|корпус|ауысым|ғимарат|building|shift|corpus)"
    r"\s*[№n]?\s*\d+)[)\s]*$"
)


def facility_doubts(facilities: gpd.GeoDataFrame, settlements: gpd.GeoDataFrame, config: StudyConfig) -> list[Fault]:
    """Return what is doubtful about the facilities of a table; nothing about OpenStreetMap's, which has no figures."""
    file = config.inputs.facilities
    if file is None or not len(facilities):
        return []
    return [
        *_without_places(facilities, file),
        *_overfull(facilities, file),
        *_same_names(facilities, file),
        *_more_users_than_people(facilities, settlements, config, file),
        *_swapped(facilities, settlements, file),
    ]


def _fault(
    facilities: gpd.GeoDataFrame, position: int, file: str, column: str, code: str, message: str, remedy: str
) -> Fault:
    row = int(facilities[FILE_ROW].iloc[position]) if FILE_ROW in facilities else 0
    point = facilities.geometry.iloc[position]
    return Fault(file, row, column, code, message, remedy, "warning", (float(point.x), float(point.y)))


def _without_places(facilities: gpd.GeoDataFrame, file: str) -> Iterator[Fault]:
    none = (facilities["capacity_persons"] == 0).fillna(value=False).to_numpy(dtype=bool)
    for position in np.flatnonzero(none & (facilities["status"] == "open").to_numpy()).tolist():
        message = _("The facility is open and has a capacity of 0.")
        yield _fault(facilities, position, file, "capacity", "no-capacity", message, _("Leave it blank if unknown."))


def _overfull(facilities: gpd.GeoDataFrame, file: str) -> Iterator[Fault]:
    places = facilities["capacity_persons"].astype("Float64").fillna(0).to_numpy(dtype=float)
    load = facilities["load_persons"].astype("Float64").fillna(0).to_numpy(dtype=float)
    for position in np.flatnonzero((places > 0) & (load > _MOST_LOAD * places)).tolist():
        message = _("{load} users in {places} places.").format(load=int(load[position]), places=int(places[position]))
        remedy = _("Check whether load and capacity are swapped, or whether it works in several shifts.")
        yield _fault(facilities, position, file, "load", "load-over-capacity", message, remedy)


def _same_names(facilities: gpd.GeoDataFrame, file: str) -> Iterator[Fault]:
    """Yield a warning for rows of one service and settlement whose names differ by building or shift at most."""
    metric = facilities.geometry.to_crs(utm_zone(facilities)).to_numpy()
    first: dict[tuple[str, str, str], int] = {}
    columns = ["service", "settlement_id", "status", *NAMES]
    for position, (service, settlement, status, *names) in enumerate(facilities[columns].itertuples(index=False)):
        if is_blank(settlement) or status != "open":
            continue
        keys = [
            (str(service), str(settlement), _PART.sub("", plain_name(str(name))))
            for name in names
            if not is_blank(name)
        ]
        earlier = next((first[key] for key in keys if key in first), None)
        for key in keys:
            first.setdefault(key, position)
        # Within this distance the readers have told it already.
        if earlier is None or metric[earlier].distance(metric[position]) <= NEAR_METRES:
            continue
        message = _(
            "{one} and {other} have one name, service and settlement: perhaps a building or shift each."
        ).format(one=facilities.index[earlier], other=facilities.index[position])
        remedy = _("Make them one row with their sums, or give them their own names.")
        yield _fault(facilities, position, file, "name_ru", "double-facility", message, remedy)


def _more_users_than_people(
    facilities: gpd.GeoDataFrame, settlements: gpd.GeoDataFrame, config: StudyConfig, file: str
) -> Iterator[Fault]:
    """Compare users with the people of their district, and pupils also with the children around their school."""
    for service in config.service:
        rule = _USERS.get(service.name)
        own = facilities[(facilities["service"] == service.name) & (facilities["status"] == "open")]
        own = own[own["settlement_id"].isin(settlements.index) & own["load_persons"].notna()]
        if rule is None or not len(own):
            continue
        people = settlements[list(rule.columns)].astype("Float64").sum(axis=1, min_count=len(rule.columns))
        found = list(_by_district(own, settlements, people, rule))
        found += [] if found or rule.nested else list(_by_nearest(own, settlements, people))
        for facility, load, known, place in found:
            message = _(rule.message).format(n=load, people=known, place=place)
            position = facilities.index.get_loc(facility)
            yield _fault(facilities, position, file, "load", rule.code, message, _(rule.remedy))


def _by_district(
    own: gpd.GeoDataFrame, settlements: gpd.GeoDataFrame, people: pd.Series, rule: _Users
) -> Iterator[tuple[str, int, int, str]]:
    """Yield the first facility, users, people and name of each district with more users than people."""
    district = settlements.get("unit_id", settlements["district_id"])
    known = people.groupby(district).sum(min_count=1).where(people.notna().groupby(district).all())
    level = own["level"].fillna("") if rule.nested else pd.Series("", index=own.index)
    unit = own["settlement_id"].map(district)
    for (name, _level), group in own.groupby([unit, level], sort=True):
        load, total = int(group["load_persons"].sum()), known.get(name, pd.NA)
        if not pd.isna(total) and load > rule.factor * total:
            yield str(group.index[0]), load, int(total), _("unit {unit}").format(unit=name)


def _by_nearest(
    own: gpd.GeoDataFrame, settlements: gpd.GeoDataFrame, people: pd.Series
) -> Iterator[tuple[str, int, int, str]]:
    """Yield the same for settlements with schools and those to which they are the nearest with any."""
    spots = settlements.geometry.to_crs(utm_zone(settlements)).to_numpy()
    loads = own.groupby("settlement_id")["load_persons"].sum()
    nearest = shapely.STRtree(spots[settlements.index.get_indexer(loads.index)]).nearest(spots)
    groups = people.reset_index(drop=True).groupby(nearest)
    around, whole = groups.sum(), groups.agg(lambda values: bool(values.notna().all()))
    for number, (settlement, load) in enumerate(loads.items()):
        if number in around.index and whole[number] and load > _MOST_PUPILS_AROUND * around[number]:
            first = str(own.index[own["settlement_id"] == settlement][0])
            place = _("settlements nearest to the schools of {settlement}").format(settlement=settlement)
            yield first, int(load), int(around[number]), place


#: A facility this far from its settlement is not in it; one this near can be.
_FAR_METRES: Final = 10_000.0


def _swapped(facilities: gpd.GeoDataFrame, settlements: gpd.GeoDataFrame, file: str) -> Iterator[Fault]:
    """Yield an error for facilities that stand in their settlement once lon and lat are swapped."""
    placed = facilities[facilities["settlement_id"].isin(settlements.index)]
    lon, lat = placed.geometry.x.to_numpy(), placed.geometry.y.to_numpy()
    crs = utm_zone(settlements)
    swapped = gpd.GeoSeries(gpd.points_from_xy(lat, np.clip(lon, -90, 90)), index=placed.index, crs=placed.crs)
    home = settlements.geometry.to_crs(crs).reindex(placed["settlement_id"])
    before = shapely.distance(placed.geometry.to_crs(crs).to_numpy(), home.to_numpy())
    after = shapely.distance(swapped.to_crs(crs).to_numpy(), home.to_numpy())
    for i in np.flatnonzero((before > _FAR_METRES) & (after < _FAR_METRES)).tolist():
        message = _(
            "The facility stands {before} km from its settlement; with lon and lat swapped, {after} km."
        ).format(before=round(before[i] / 1000, 1), after=round(after[i] / 1000, 1))
        row = int(placed[FILE_ROW].iloc[i]) if FILE_ROW in placed else 0
        place = (float(lon[i]), float(lat[i]))
        yield Fault(file, row, "lon", "swapped-coordinates", message, _("Swap lon and lat."), place=place)
