"""Golden values A.7: a country's box cannot find swapped coordinates in the west. Zones are those of the middle."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from geo.read.positions import inside_box, swap_shift_km, utm_zone

#: city: lat, lon, whether the swapped point stays in the box.
CITIES = {
    "Uralsk": (51.23, 51.37, True),
    "Atyrau": (47.11, 51.92, True),
    "Aktobe": (50.28, 57.17, False),
    "Kostanay": (53.21, 63.62, False),
    "Semey": (50.41, 80.23, False),
    "Aktau": (43.65, 51.15, False),
}


@pytest.mark.parametrize("city", CITIES)
def test_swapped_cities_in_the_box(city):
    lat, lon, stays = CITIES[city]
    assert inside_box(lon, lat)
    assert inside_box(lat, lon) == stays


@pytest.mark.parametrize(("city", "km"), [("Uralsk", 18), ("Atyrau", 637)])
def test_how_far_a_swap_moves_a_city(city, km):
    """The golden kilometres are on a sphere, ours on the ellipsoid."""
    lat, lon, _stays = CITIES[city]
    assert swap_shift_km(lon, lat) == pytest.approx(km, rel=0.003, abs=0.5)


@pytest.mark.parametrize(("box", "epsg"), [((65.7, 48.6, 67.3, 49.4), 32642), ((17.0, -34.5, 18.5, -33.0), 32733)])
def test_the_zone_is_the_one_that_geopandas_estimates(box, epsg):
    layer = gpd.GeoDataFrame(geometry=[shapely.box(*box)], crs="EPSG:4326")
    assert utm_zone(layer).to_epsg() == layer.estimate_utm_crs().to_epsg() == epsg
