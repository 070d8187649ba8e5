"""Which area a new study is about: a district of the extract, an outline from elsewhere, or all that is there."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.read.boundaries import hull_boundary
from geo.read.osm import OsmExtract
from geo.read.positions import utm_zone
from geo.study.init.request import InitRequest
from geo.tables import BOUNDARIES
from geo.tables.check import WGS84, check
from geo.units import METRES_PER_KM

#: OpenStreetMap's admin_level -> tier. Countries differ; the levels of Kazakhstan (4, 6, 8) are among them.
ADMIN_LEVELS: Final = {
    2: "country",
    **dict.fromkeys((3, 4), "oblast"),
    **dict.fromkeys((5, 6, 7), "district"),
    **dict.fromkeys((8, 9, 10), "okrug"),
}
#: Districts are the units of a study of everything if they hold at least this share of its places.
_COVERED_SHARE: Final = 0.95
#: Districts that share more than this of their area are of two tiers of the country.
_OVERLAP_SHARE: Final = 0.01
_HULL_BUFFER_METRES: Final = 2_000.0
_NAMES: Final = ("name_kk", "name_ru", "name_en")
_SHOWN: Final = 12


@dataclass(frozen=True)
class Area:
    """What a study is about.

    Parameters
    ----------
    boundaries
        Table BOUNDARIES of tier ``district``: the units.
    seen
        Where roads, settlements and facilities are kept, in WGS 84; None = everywhere.
    name
        Name of the place in kk, ru and en, as far as known; for titles.
    """

    boundaries: gpd.GeoDataFrame
    seen: shapely.Geometry | None
    name: dict[str, str]

    @property
    def shape(self) -> shapely.Geometry:
        """All units together."""
        return shapely.union_all(self.boundaries.geometry.to_numpy())

    @property
    def is_hull(self) -> bool:
        """Whether the boundary is drawn around the data."""
        return bool(self.boundaries["hull"].all())

    def within(self, layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Return the rows of a layer that touch what is seen, whole."""
        if self.seen is None:
            return layer
        shapely.prepare(self.seen)
        return layer[shapely.intersects(self.seen, layer.geometry.to_numpy())]

    def inside(self, points: gpd.GeoDataFrame) -> np.ndarray:
        """Return which points lie inside the units."""
        shape = self.shape
        shapely.prepare(shape)
        inside: np.ndarray = shapely.intersects(shape, points.geometry.to_numpy())
        return inside


def choose_area(request: InitRequest, extract: OsmExtract, title: str) -> Area:
    """Return the area of a request.

    Raises
    ------
    DataError
        If the district is not in the extract, or several are meant.
    """
    if request.outline is not None:
        return _of_outline(request)
    if request.district is not None:
        unit = _find(request.district, extract, request.extract.name)
        own = extract.boundaries.loc[[unit]].assign(level="district", parent_id=None)
        names = {column[-2:]: own[column].iloc[0] for column in _NAMES if own[column].iloc[0]}
        return Area(own, _around(own, request.buffer_km), names)
    return Area(_all_districts(extract, title, request), None, {"en": title})


def _of_outline(request: InitRequest) -> Area:
    outline = request.outline
    assert outline is not None  # noqa: S101 - the caller has asked
    raw = gpd.GeoDataFrame(
        {"unit_id": [outline.unit_id], "level": ["district"], "name_en": [outline.name]},
        geometry=[outline.shape],
        crs=WGS84,
    )
    frame, _faults = check(BOUNDARIES, raw, "boundaries")
    return Area(frame, _around(frame, request.buffer_km), {"en": outline.name})


def _around(units: gpd.GeoDataFrame, buffer_km: float) -> shapely.Geometry:
    metric = units.geometry.to_crs(utm_zone(units))
    widened = gpd.GeoSeries([metric.union_all().buffer(buffer_km * METRES_PER_KM)], crs=metric.crs)
    return widened.to_crs(WGS84).iloc[0]


def _all_districts(extract: OsmExtract, title: str, request: InitRequest) -> gpd.GeoDataFrame:
    """Return the districts of an extract if they hold its places and do not overlap; else a hull around the data."""
    districts = extract.boundaries[extract.boundaries["level"] == "district"]
    if len(districts) and _covers(districts, extract.places):
        return districts
    known = [extract.places.geometry, extract.facilities.geometry]
    if request.persons_per_building is not None:
        known.append(extract.buildings.geometry)
    points = gpd.GeoSeries(pd.concat(known, ignore_index=True), crs=WGS84)
    if not len(points):
        message = _("The extract has neither places nor facilities.")
        remedy = _("Use an extract of the right area; with --persons-per-building its buildings become settlements.")
        raise DataError([Fault(request.extract.name, 0, "", "no-settlements", message, remedy)])
    hull = hull_boundary(points, _HULL_BUFFER_METRES, "hull")
    return hull.assign(name_en=title)


def _covers(districts: gpd.GeoDataFrame, places: gpd.GeoDataFrame) -> bool:
    metric = districts.geometry.to_crs(utm_zone(districts)).to_numpy()
    together = shapely.union_all(metric)
    if shapely.area(metric).sum() - together.area > _OVERLAP_SHARE * together.area:
        return False
    whole = shapely.union_all(districts.geometry.to_numpy())
    shapely.prepare(whole)
    held = shapely.intersects(whole, places.geometry.to_numpy())
    return bool(len(held) and held.mean() >= _COVERED_SHARE)


def _find(wanted: str, extract: OsmExtract, file: str) -> str:
    """Return the unit that a name or id means."""
    units = extract.boundaries
    if wanted in units.index:
        return wanted
    names = {str(unit): [str(row[column]) for column in _NAMES if row[column]] for unit, row in units.iterrows()}
    same = [unit for unit, own in names.items() if _plain(wanted) in map(_plain, own)]
    found = same or [unit for unit, own in names.items() if any(_has_words(name, wanted) for name in own)]
    if len(found) == 1:
        return found[0]
    if found:
        message = _("“{wanted}” may mean several units: {units}.").format(
            wanted=wanted, units=_listed(found, names, units)
        )
        remedy = _("Give the id in place of the name, e.g. --district {id}.").format(id=found[0])
        raise DataError([Fault(file, 0, "", "unclear-district", message, remedy)])
    raise DataError([_missing(wanted, extract, names, file)])


def _missing(wanted: str, extract: OsmExtract, names: dict[str, list[str]], file: str) -> Fault:
    cut = [name for name in extract.incomplete.values() if _plain(wanted) == _plain(name) or _has_words(name, wanted)]
    if cut:
        message = _("The boundary of “{name}” is not complete in the extract.").format(name=cut[0])
        remedy = _("Take a larger extract, or leave --district out: a hull around the data stands in.")
        return Fault(file, 0, "", "incomplete-boundary", message, remedy)
    message = _("The extract has no complete boundary called “{wanted}”.").format(wanted=wanted)
    known = [name for own in names.values() for name in own]
    near = difflib.get_close_matches(wanted, known, n=3)
    if near:
        remedy = _("Did you mean {near}?").format(near=f" {_('or')} ".join(near))
    elif known:
        remedy = _("Use one of: {choices}.").format(choices=_listed(names, names, extract.boundaries))
    else:
        remedy = _("Leave --district out: a hull around the data stands in. Bring the boundary as a layer soon.")
    return Fault(file, 0, "", "unknown-district", message, remedy)


def _listed(ids: Iterable[str], names: dict[str, list[str]], units: gpd.GeoDataFrame) -> str:
    shown = [f"{unit} ({', '.join([*names[unit][:1], str(units['level'][unit])])})" for unit in ids]
    more = f" … (+{len(shown) - _SHOWN})" if len(shown) > _SHOWN else ""
    return ", ".join(shown[:_SHOWN]) + more


def _plain(name: str) -> str:
    return " ".join(re.findall(r"\w+", name.casefold()))


def _has_words(name: str, wanted: str) -> bool:
    """Return whether the words of `wanted` stand in a name one after the other: Karkaraly in Karkaraly District."""
    return bool(_plain(wanted)) and f" {_plain(wanted)} " in f" {_plain(name)} "
