"""Which unit each settlement belongs to, checked against its position; and roads against the seasons of the study."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from geo.errors import Fault, Severity
from geo.language import gettext as _
from geo.study.config import StudyConfig
from geo.tables.check import FILE_ROW, WGS84

#: A settlement this far outside its own unit is a border matter; farther is an error (domain brief, 6.1).
_BORDER_METRES = 2_000.0
_UNKNOWN_SURFACE_SHARE = 0.3


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
    crs = units.estimate_utm_crs()
    shapes = units.geometry.to_crs(crs)
    spots = settlements.geometry.to_crs(crs)
    swapped = gpd.GeoSeries(
        gpd.points_from_xy(settlements["lat"], settlements["lon"].clip(-90, 90)), index=settlements.index, crs=WGS84
    ).to_crs(crs)
    lies_in = _containing(spots, shapes)
    faults: list[Fault] = []
    unit_ids: list[str | None] = []
    for position, settlement_id in enumerate(settlements.index):
        stated = settlements["district_id"].iloc[position]
        row = int(settlements[FILE_ROW].iloc[position])
        inside = lies_in[position]
        if stated is None or pd.isna(stated) or stated == inside:
            unit_ids.append(inside)
            if inside is None:
                faults.append(
                    _outside(file, row, settlement_id, float(shapes.distance(spots.iloc[position]).min()), config)
                )
            continue
        unit_id, fault = _stated_unit(
            file, row, str(stated), inside, spots.iloc[position], swapped.iloc[position], shapes
        )
        unit_ids.append(unit_id)
        faults.append(fault)
    result = settlements.copy()
    result["unit_id"] = pd.Series(unit_ids, index=result.index, dtype="object")
    return result[result["unit_id"].notna()], faults


def _containing(spots: gpd.GeoSeries, shapes: gpd.GeoSeries) -> list[str | None]:
    found: list[str | None] = [None] * len(spots)
    point, unit = shapes.sindex.query(spots, predicate="intersects")
    for i, j in sorted(zip(point.tolist(), unit.tolist(), strict=True), reverse=True):
        found[i] = str(shapes.index[j])
    return found


def _outside(file: str, row: int, settlement_id: str, metres: float, config: StudyConfig) -> Fault:
    excluded = config.study.outside == "exclude"
    severity: Severity = "note" if excluded else "error"
    message = _("{settlement} lies outside every unit, {km} km from the nearest.").format(
        settlement=settlement_id, km=round(metres / 1000, 1)
    )
    remedy = (
        _("It is left out.") if excluded else _('Correct lon and lat, or set outside = "exclude" in the study file.')
    )
    return Fault(file, row, "lon", "outside-every-unit", message, remedy, severity)


def _stated_unit(
    file: str,
    row: int,
    stated: str,
    inside: str | None,
    spot: shapely.Point,
    swapped: shapely.Point,
    shapes: gpd.GeoSeries,
) -> tuple[str | None, Fault]:
    if stated not in shapes.index:
        message = _("There is no unit “{unit}”.").format(unit=stated)
        return inside, Fault(file, row, "district_id", "unknown-unit", message, _("Use a unit_id of the boundaries."))
    metres = float(shapes[stated].distance(spot))
    near = metres <= _BORDER_METRES
    text = (
        _("The settlement lies {km} km outside its own unit {unit} (inside {other}).")
        if inside
        else _("The settlement lies {km} km outside its own unit {unit}.")
    )
    message = text.format(km=round(metres / 1000, 1), unit=stated, other=inside)
    code = "near-border" if near else "outside-own-unit"
    severity: Severity = "warning" if near else "error"
    if near:
        remedy = _("Check the border.")
    elif shapes[stated].covers(swapped):
        remedy = _("Swap lon and lat: then it lies inside.")
    else:
        remedy = _("Correct lon, lat or district_id.")
    return stated, Fault(file, row, "lon", code, message, remedy, severity)


def check_roads(roads: gpd.GeoDataFrame, closures: pd.DataFrame, config: StudyConfig) -> list[Fault]:
    """Check what the generic check cannot: closures of roads and seasons that exist, unknown surfaces."""
    file = config.inputs.roads or config.inputs.osm or ""
    faults = _check_closures(roads, closures, config)
    unknown = (roads["surface"] == "unknown").mean() if len(roads) else 0.0
    if unknown > _UNKNOWN_SURFACE_SHARE:
        message = _("The surface of {percent} % of the roads is unknown.").format(percent=round(100 * unknown))
        faults.append(
            Fault(
                file, 0, "surface", "unknown-surface", message, _("Speeds there follow the road's category."), "warning"
            )
        )
    return faults


def _check_closures(roads: gpd.GeoDataFrame, closures: pd.DataFrame, config: StudyConfig) -> list[Fault]:
    file = config.inputs.closures or ""
    seasons = [season.name for season in config.season]
    faults = []
    for road_id, season, row in zip(
        closures["road_id"], closures["season"], closures.get(FILE_ROW, pd.Series(dtype=int)), strict=True
    ):
        if road_id not in roads.index:
            message = _("There is no road “{road}”.").format(road=road_id)
            faults.append(Fault(file, int(row), "edge_id", "unknown-road", message, _("Correct the code.")))
        if season not in seasons:
            message = _("The study has no season “{season}”.").format(season=season)
            remedy = _("Use one of: {choices}.").format(choices=", ".join(seasons))
            faults.append(Fault(file, int(row), "season", "unknown-season", message, remedy))
    return faults
