"""Which district each settlement lies in, whatever tier the study's units are of: names are joined within one only."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd

from geo.read.joining import NAMES
from geo.tables.check import is_blank

_DISTRICT = "district"
#: Tiers that hold several districts: their code says nothing about which one.
_WIDER = ("country", "oblast")


def districts_of(settlements: gpd.GeoDataFrame, boundaries: gpd.GeoDataFrame | None) -> dict[str, str]:
    """Return the district of each settlement: the one that it states or, where it states none, lies in.

    Parameters
    ----------
    settlements
        Table SETTLEMENTS, also those outside every unit of the study.
    boundaries
        Table BOUNDARIES of all tiers; None where it could not be read.

    Returns
    -------
    dict
        Empty text where nobody knows the district. Without a layer of districts the stated codes count as they are,
        but for those of wider units.
    """
    stated = {str(one): str(code) for one, code in settlements["district_id"].items() if not is_blank(code)}
    if boundaries is None or boundaries["hull"].all():
        named = stated
    else:
        named = {one: _district_above(code, boundaries) for one, code in stated.items()}
    around = {} if boundaries is None else _around(settlements, boundaries[boundaries["level"] == _DISTRICT])
    return {str(one): named.get(str(one)) or around.get(str(one), "") for one in settlements.index}


def district_names(boundaries: gpd.GeoDataFrame | None) -> Mapping[str, tuple[str, ...]]:
    """Return the names of each district in every language."""
    if boundaries is None:
        return {}
    own = boundaries[boundaries["level"] == _DISTRICT]
    rows = zip(own.index, own[list(NAMES)].itertuples(index=False), strict=True)
    return {str(unit): tuple(str(name) for name in names if not is_blank(name)) for unit, names in rows}


def _district_above(code: str, boundaries: gpd.GeoDataFrame) -> str:
    """Return the district that a code is, or belongs to; the code itself where there is no layer of districts."""
    levels, parents = boundaries["level"], boundaries["parent_id"]
    if not (levels == _DISTRICT).any():
        return "" if levels.get(code) in _WIDER else code
    at = code
    for _step in range(len(boundaries)):  # a chain that runs in a circle ends here
        if at not in levels.index:
            return ""
        if levels[at] == _DISTRICT:
            return at
        at = parents[at]
    return ""


def _around(settlements: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> dict[str, str]:
    """Return the district that each settlement lies in; at a common border the first by code."""
    point, district = districts.sindex.query(settlements.geometry, predicate="intersects")
    found: dict[str, str] = {}
    for i, j in sorted(zip(point.tolist(), district.tolist(), strict=True)):
        found.setdefault(str(settlements.index[i]), str(districts.index[j]))
    return found
