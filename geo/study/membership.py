"""Which unit each settlement belongs to, checked against its position; and roads against the seasons of the study."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import Fault, Severity
from geo.language import gettext as _
from geo.read.positions import utm_zone
from geo.study.config import StudyConfig
from geo.tables import VEHICLES
from geo.tables.check import FILE_ROW, WGS84
from geo.units import METRES_PER_KM

#: A settlement this far outside its own unit is a border matter; farther is an error (domain brief, 6.1).
_BORDER_METRES = 2_000.0
_UNKNOWN_SURFACE_SHARE = 0.3
#: More unknown codes than this are one mistake, e.g. codes of another list, and one fault.
_MANY_CODES = 3


def assign_units(
    settlements: gpd.GeoDataFrame, boundaries: gpd.GeoDataFrame, config: StudyConfig
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Give every settlement the unit it lies in and check the unit it states.

    Returns
    -------
    GeoDataFrame
        Settlements with `unit_id`. Those outside every unit are left out.
    list of Fault
        Errors where the study's `outside` is ``error``, notes where it is ``exclude``; warnings near borders.
    """
    units = boundaries[boundaries["level"] == config.study.units]
    file = config.inputs.settlements or config.inputs.osm or ""
    if not len(units):
        message = _("There is no unit of tier “{level}”.").format(level=config.study.units)
        remedy = _("Change study.units or the column level.")
        return settlements, [Fault(config.inputs.boundaries or file, 0, "level", "no-units", message, remedy)]
    crs = utm_zone(units)
    tiers = _Tiers(file, config, boundaries.geometry.to_crs(crs), units.index, _ancestors(boundaries, units.index))
    spots = settlements.geometry.to_crs(crs)
    swapped = gpd.GeoSeries(
        gpd.points_from_xy(settlements["lat"], settlements["lon"].clip(-90, 90)), index=settlements.index, crs=WGS84
    ).to_crs(crs)
    lies_in = _containing(spots, tiers.shapes[units.index])
    # Without a layer of boundaries there is nothing that a stated code could be compared with.
    codes = settlements["district_id"].where(np.full(len(settlements), not boundaries["hull"].all()))
    faults: list[Fault] = []
    unknown: dict[str, list[int]] = {}
    unit_ids: list[str | None] = []
    columns = (settlements.index, settlements[FILE_ROW], lies_in, spots, swapped)
    for stated, values in zip(codes, zip(*columns, strict=True), strict=True):
        settlement_id, row, inside, spot, other_spot = values
        place = _Place(str(settlement_id), int(row), inside, spot, other_spot)
        if not pd.isna(stated) and stated not in boundaries.index:
            unknown.setdefault(str(stated), []).append(place.row)
            unit_ids.append(place.inside)
            continue
        unit_id, fault = tiers.without_unit(place) if pd.isna(stated) else tiers.with_unit(place, str(stated))
        unit_ids.append(unit_id)
        faults.extend([fault] if fault else [])
    faults.extend(_unknown_units(file, unknown, config))
    result = settlements.copy()
    result["unit_id"] = pd.Series(unit_ids, index=result.index, dtype="object")
    return result[result["unit_id"].notna()], faults


def _ancestors(boundaries: gpd.GeoDataFrame, units: pd.Index) -> dict[str, str]:
    """Return the unit of the study's tier above each unit, where the chain of parents leads to one."""
    parents = {str(unit): parent for unit, parent in boundaries["parent_id"].items() if not pd.isna(parent)}
    found: dict[str, str] = {}
    for unit in boundaries.index:
        at: str | None = str(unit)
        for _step in range(len(boundaries)):  # a chain that runs in a circle ends here
            if at is None or at in units:
                break
            at = parents.get(at)
        if at is not None and at in units:
            found[str(unit)] = at
    return found


def _unknown_units(file: str, unknown: dict[str, list[int]], config: StudyConfig) -> list[Fault]:
    """Return one fault per code that no boundary has, at its first row; one for all where they are many."""
    boundaries = config.inputs.boundaries or config.inputs.osm or ""
    if len(unknown) > _MANY_CODES:
        rows = [row for of_unit in unknown.values() for row in of_unit]
        message = _("{n} settlements state units that are not among the boundaries: {units} …").format(
            n=len(rows), units=", ".join(sorted(unknown)[:_MANY_CODES])
        )
        remedy = _("Use codes of {boundaries}, or leave the column blank: then the position decides.")
        return [Fault(file, min(rows), "district_id", "unknown-unit", message, remedy.format(boundaries=boundaries))]
    faults = []
    for unit, rows in sorted(unknown.items()):
        message = _("There is no unit “{unit}”.").format(unit=unit)
        if len(rows) > 1:
            message += " " + _("Rows with it: {n}.").format(n=len(rows))
        faults.append(
            Fault(file, min(rows), "district_id", "unknown-unit", message, _("Use a unit_id of the boundaries."))
        )
    return faults


def _containing(spots: gpd.GeoSeries, shapes: gpd.GeoSeries) -> list[str | None]:
    found: list[str | None] = [None] * len(spots)
    point, unit = shapes.sindex.query(spots, predicate="intersects")
    for i, j in sorted(zip(point.tolist(), unit.tolist(), strict=True), reverse=True):
        found[i] = str(shapes.index[j])
    return found


@dataclass(frozen=True)
class _Place:
    """One settlement: its row, the unit it lies in, and its position in metres, as given and swapped."""

    settlement_id: str
    row: int
    inside: str | None
    spot: shapely.Point
    swapped: shapely.Point


@dataclass(frozen=True)
class _Tiers:
    """The units of every tier in metres, those of the study's tier, and the one above each unit."""

    file: str
    config: StudyConfig
    shapes: gpd.GeoSeries
    units: pd.Index
    above: dict[str, str]

    def without_unit(self, place: _Place) -> tuple[str | None, Fault | None]:
        """Judge a settlement by its position alone."""
        if place.inside:
            return place.inside, None
        around = [unit for unit in self.units if self.shapes[unit].covers(place.swapped)]
        if len(around) == 1 and self.config.study.outside == "error":
            metres = float(self.shapes[around[0]].distance(place.spot))
            if metres > _BORDER_METRES:
                return None, self._swapped(place, str(around[0]), metres)
        return None, self._outside(place)

    def with_unit(self, place: _Place, stated: str) -> tuple[str | None, Fault | None]:
        """Judge a settlement that states its unit, of the study's tier or of another one."""
        unit_id = self.above.get(stated, place.inside)
        metres = float(self.shapes[stated].distance(place.spot))
        if unit_id is None and metres <= _BORDER_METRES:
            return None, self._outside(place)
        if metres == 0:
            return unit_id, None
        near = metres <= _BORDER_METRES
        swapped = not near and self.shapes[stated].covers(place.swapped)
        if not near and not swapped and place.inside is None and self.config.study.outside == "exclude":
            return None, self._outside(place)
        message = self._away(place, stated, metres)
        if near:
            return unit_id, Fault(
                self.file, place.row, "lon", "near-border", message, _("Check the border."), "warning"
            )
        if swapped:
            return unit_id, self._swapped(place, stated, metres)
        remedy = _("Correct lon, lat or district_id.")
        return unit_id, Fault(self.file, place.row, "lon", "outside-own-unit", message, remedy)

    def _swapped(self, place: _Place, unit: str, metres: float) -> Fault:
        """Return the error of a settlement that lies in its unit once lon and lat are swapped.

        In the west of Kazakhstan a swapped place stays in the country (Uralsk moves by 18 km), so that has a code of
        its own: nothing but the settlement's district can tell.
        """
        west, south, east, north = self.shapes[self.units].total_bounds
        inside = west <= place.spot.x <= east and south <= place.spot.y <= north
        text = _(
            "The settlement lies {before} km outside its own unit {unit}. With lon and lat swapped it lies inside, "
            "{after} km from the border."
        )
        message = text.format(
            before=round(metres / METRES_PER_KM, 1),
            unit=unit,
            after=round(float(self.shapes[unit].boundary.distance(place.swapped)) / METRES_PER_KM, 1),
        )
        code = "swapped-inside" if inside else "swapped-coordinates"
        return Fault(self.file, place.row, "lon", code, message, _("Swap lon and lat."))

    def _away(self, place: _Place, stated: str, metres: float) -> str:
        text = (
            _("The settlement lies {km} km outside its own unit {unit} (inside {other}).")
            if place.inside
            else _("The settlement lies {km} km outside its own unit {unit}.")
        )
        return text.format(km=round(metres / METRES_PER_KM, 1), unit=stated, other=place.inside)

    def _outside(self, place: _Place) -> Fault:
        excluded = self.config.study.outside == "exclude"
        severity: Severity = "note" if excluded else "error"
        metres = float(self.shapes[self.units].distance(place.spot).min())
        message = _("{settlement} lies outside every unit, {km} km from the nearest.").format(
            settlement=place.settlement_id, km=round(metres / METRES_PER_KM, 1)
        )
        remedy = (
            _("It is left out.")
            if excluded
            else _('Correct lon and lat, or set outside = "exclude" in the study file.')
        )
        return Fault(self.file, place.row, "lon", "outside-every-unit", message, remedy, severity)


def check_roads(
    roads: gpd.GeoDataFrame, closures: pd.DataFrame, config: StudyConfig, *, complete: bool = True
) -> list[Fault]:
    """Check what the generic check cannot: closures of roads and seasons that exist, unknown surfaces.

    Parameters
    ----------
    roads, closures, config
        Checked tables and the study file.
    complete
        Every row of the roads was sound. Otherwise a closed road that is not there may be one of the faulty rows, and
        nothing is said about it.
    """
    file = config.inputs.roads or config.inputs.osm or ""
    faults = _check_closures(roads, closures, config, complete=complete)
    faults += _check_vehicles_and_months(roads, config, file)
    unknown = (roads["surface"] == "unknown").mean() if len(roads) else 0.0
    if unknown > _UNKNOWN_SURFACE_SHARE:
        message = _("The surface of {percent} % of the roads is unknown.").format(percent=round(100 * unknown))
        faults.append(
            Fault(
                file, 0, "surface", "unknown-surface", message, _("Speeds there follow the road's category."), "warning"
            )
        )
    return faults


_MONTH: Final = re.compile(r"0?[1-9]|1[0-2]")


def _check_vehicles_and_months(roads: gpd.GeoDataFrame, config: StudyConfig, file: str) -> list[Fault]:
    """Refuse vehicles and months that cannot be: a road would stay open, or nothing would say why it closed."""
    known = sorted({*VEHICLES, config.network.vehicle})
    faults = []
    given = roads[["closed_to", "open_months", FILE_ROW]].dropna(subset=["closed_to", "open_months"], how="all")
    for closed_to, open_months, row in given.fillna("").itertuples(index=False, name=None):
        for token in str(closed_to).split():
            vehicle, colon, months = token.partition(":")
            if vehicle not in known:
                message = _("“{value}” is no vehicle.").format(value=vehicle)
                remedy = _("Use one of: {choices}.").format(choices=", ".join(known))
                faults.append(Fault(file, int(row), "closed_to", "unknown-vehicle", message, remedy))
            if colon and not all(_MONTH.fullmatch(month) for month in months.split(",")):
                faults.append(_no_months(file, row, "closed_to", months))
        wrong = [month for month in str(open_months).split() if not _MONTH.fullmatch(month)]
        faults += [_no_months(file, row, "open_months", month) for month in wrong]
    return faults


def _no_months(file: str, row: int, column: str, value: str) -> Fault:
    message = _("“{value}” is no month.").format(value=value)
    return Fault(file, int(row), column, "unknown-month", message, _("Write months as numbers from 1 to 12."))


def _check_closures(
    roads: gpd.GeoDataFrame, closures: pd.DataFrame, config: StudyConfig, *, complete: bool
) -> list[Fault]:
    file = config.inputs.closures or ""
    seasons = [season.name for season in config.season]
    faults = []
    for road_id, season, row in zip(
        closures["road_id"], closures["season"], closures.get(FILE_ROW, pd.Series(dtype=int)), strict=True
    ):
        if complete and road_id not in roads.index:
            message = _("There is no road “{road}”.").format(road=road_id)
            faults.append(Fault(file, int(row), "edge_id", "unknown-road", message, _("Correct the code.")))
        if season not in seasons:
            message = _("The study has no season “{season}”.").format(season=season)
            remedy = _("Use one of: {choices}.").format(choices=", ".join(seasons))
            faults.append(Fault(file, int(row), "season", "unknown-season", message, remedy))
    return faults
