from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo.read.osm import read_osm
from geo.read.population import settlements_from_buildings
from geo.tables import SETTLEMENTS
from geo.tables.check import check

#: Degrees of latitude of one metre.
METRE = 1 / 111_195


def places(*rows: tuple[str, float, float, int | None]) -> gpd.GeoDataFrame:
    columns = ["settlement_id", "lon", "lat", "pop_total"]
    raw = pd.DataFrame(rows, columns=columns, dtype=object).assign(name_en=[f"Place {row[0]}" for row in rows])
    frame, _faults = check(SETTLEMENTS, raw, "places")
    return frame.assign(population_imputed=False)


def buildings(*groups: tuple[float, float, int]) -> gpd.GeoDataFrame:
    """Rows of buildings 50 m apart, northwards from a point: (lon, metres north of 50 degrees, how many)."""
    points = [(lon, 50 + (north + 50 * i) * METRE) for lon, north, n in groups for i in range(n)]
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(*zip(*points, strict=True)), crs="EPSG:4326")


def test_near_buildings_belong_to_the_nearest_place() -> None:
    two = places(("a", 70.0, 50.0, None), ("b", 70.0, 50.0 + 900 * METRE, None))
    frame, faults = settlements_from_buildings(buildings((70.0, 100, 3), (70.0, 500, 2)), two)
    assert frame["population_persons"].tolist() == [12, 8]
    assert frame["population_imputed"].tolist() == [True, True]
    assert frame["pop_source"].tolist() == ["buildings", "buildings"]
    assert [(fault.code, fault.severity) for fault in faults] == [("imputed-population", "warning")]


def test_a_known_population_is_kept_and_no_buildings_mean_unknown() -> None:
    two = places(("a", 70.0, 50.0, 777), ("b", 71.0, 50.0, None))
    frame, faults = settlements_from_buildings(buildings((70.0, 0, 4)), two)
    assert frame.loc["a", ["population_persons", "population_imputed"]].tolist() == [777, False]
    assert frame["population_persons"].isna().tolist() == [False, True]
    assert "whose population is known: 4." in faults[0].message


def test_other_buildings_form_settlements_at_their_middle_building() -> None:
    place = places(("a", 70.0, 50.0, None))
    far = buildings((70.5, 9000, 7), (70.5, 1000, 5))
    frame, _faults = settlements_from_buildings(far, place)
    assert list(frame.index) == ["a", "c0001", "c0002"]
    assert frame.loc[["c0001", "c0002"], "population_persons"].tolist() == [20, 28]
    assert frame.loc["c0001", "lat"] == pytest.approx(50 + 1100 * METRE)
    assert frame.loc["c0002", "name_en"] == "Place a (3)"


def test_stray_buildings_join_the_nearest_or_stand_alone() -> None:
    place = places(("a", 72.0, 50.0, None))
    frame, faults = settlements_from_buildings(buildings((70.0, 0, 6), (70.0, 1500, 1), (70.0, 9000, 2)), place)
    assert frame["population_persons"].dropna().tolist() == [28, 8]
    assert "or became one: 3." in faults[0].message


def test_a_long_row_of_houses_is_parted() -> None:
    frame, _faults = settlements_from_buildings(buildings((70.0, 0, 200)), places(("a", 72.0, 50.0, None)))
    assert frame["population_persons"].dropna().tolist() == [200, 200, 200, 200]


@pytest.mark.parametrize("each", [1.0, 3.3, 4.0, 4.7])
def test_nobody_is_lost(each: float) -> None:
    generator = np.random.default_rng(7)
    spots = generator.normal((70.0, 50.0), 0.05, (500, 2))
    houses = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*spots.T), crs="EPSG:4326")
    frame, _faults = settlements_from_buildings(houses, places(("a", 70.0, 50.0, None), ("b", 70.05, 50.0, None)), each)
    assert frame["population_persons"].sum() == pytest.approx(500 * each, abs=0.5)


def test_the_order_of_the_buildings_does_not_matter() -> None:
    houses = buildings((70.0, 0, 6), (70.3, 1500, 1), (70.1, 9000, 12))
    place = places(("a", 72.0, 50.0, None))
    one, _faults = settlements_from_buildings(houses, place)
    other, _faults = settlements_from_buildings(houses.iloc[::-1], place)
    assert one.equals(other)


def test_no_places_and_no_buildings() -> None:
    frame, _faults = settlements_from_buildings(buildings((70.0, 0, 6)), places(("a", 70, 50, None)).iloc[:0])
    assert frame[["settlement_id", "name_en"]].to_numpy().tolist() == [["c0001", "Houses 1"]]
    none = gpd.GeoDataFrame(geometry=[], crs="EPSG:4326")
    frame, _faults = settlements_from_buildings(none, places(("a", 70, 50, None)))
    assert frame["population_persons"].isna().tolist() == [True]


@pytest.mark.shared
def test_vavuniya(shared: Path) -> None:
    extract = read_osm(shared / "sri-lanka-vavuniya" / "vavuniya.osm.pbf", "vavuniya.osm.pbf")
    frame, faults = settlements_from_buildings(extract.buildings, extract.places)
    imputed = frame[frame["population_imputed"]]
    superseded = int(faults[0].message.rstrip(".").rsplit(" ", 1)[1])
    assert imputed["population_persons"].sum() == 4 * (len(extract.buildings) - superseded)
    assert frame.loc["n634182147", "population_persons"] == 99600
    assert frame.index.is_unique
