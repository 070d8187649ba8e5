"""Golden values A.7: a country's box cannot find swapped coordinates in the west."""

from __future__ import annotations

import pytest

from geo.read.positions import inside_box, swap_shift_km

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
