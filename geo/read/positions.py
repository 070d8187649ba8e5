"""Coordinates that were given the wrong way round, and the metric reference system of those that were not."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import geopandas as gpd
import pyproj

from geo.tables.check import WGS84
from geo.units import METRES_PER_KM

#: Kazakhstan: west, south, east, north in degrees (domain brief, A.7).
KAZAKHSTAN_BOX: Final = (46.4, 40.5, 87.4, 55.5)

_GEOD = pyproj.Geod(ellps="WGS84")


def swap_shift_km(lon: float, lat: float) -> float:
    """Return how far a point moves when its longitude and latitude are swapped.

    Parameters
    ----------
    lon, lat
        Degrees; both must be able to stand for a latitude.
    """
    _azimuth, _back, metres = _GEOD.inv(lon, lat, lat, lon)
    return float(metres) / METRES_PER_KM


def inside_box(lon: float, lat: float, box: tuple[float, float, float, float] = KAZAKHSTAN_BOX) -> bool:
    """Return whether a point lies in a box of degrees.

    In the west of Kazakhstan a swapped point stays in the country's box (Uralsk, Atyrau), so the box proves nothing:
    judge by the settlement's own district.
    """
    west, south, east, north = box
    return west <= lon <= east and south <= lat <= north


def utm_zone(layer: gpd.GeoDataFrame | gpd.GeoSeries) -> pyproj.CRS:
    """Return the UTM zone of the middle of a layer in degrees."""
    west, south, east, north = layer.total_bounds
    return _utm_zone(int(((west + east) / 2 + 180) // 6) % 60, north=south + north >= 0)


@lru_cache(maxsize=120)
def _utm_zone(number: int, *, north: bool) -> pyproj.CRS:
    """Return a UTM zone, counted from 0; to look through all the systems there are takes a tenth of a second."""
    middle = gpd.GeoSeries.from_xy([number * 6 - 177], [45 if north else -45], crs=WGS84)
    return pyproj.CRS(middle.estimate_utm_crs())
