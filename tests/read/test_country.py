"""The synthetic country: reproducible, sound, like a steppe country, and readable as an extract."""

from __future__ import annotations

import csv
from importlib.resources import files
from pathlib import Path

import numpy as np
import osmium
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from geo.read.osm import read_osm
from geo.read.steppe.country import Country, build_country, write_country_extract
from geo.read.steppe.country_land import N_DISTRICTS, N_OBLASTS, to_degrees
from geo.read.steppe.country_places import CAPITAL, DISTRICT_CENTRE, OBLAST_CENTRE, OKRUG_CENTRE, VILLAGE
from geo.read.steppe.country_roads import ROAD_CLASSES, STREET
from geo.read.steppe.ways import FIRST_NODE

pytestmark = pytest.mark.xdist_group("country")


@pytest.fixture(scope="module")
def country() -> Country:
    return build_country()


@pytest.fixture(scope="module")
def small() -> Country:
    """As few settlements as the districts allow, and few vertices."""
    return build_country(n_settlements=700, vertex_km=2.0)


def figure(measure: str) -> float:
    """Return the Kazakh figure of a measure, with its source in the same file."""
    rows = csv.DictReader(files("geo.read.steppe").joinpath("figures.csv").read_text(encoding="utf-8").splitlines())
    return next(float(row["value"]) for row in rows if row["measure"] == measure)


def test_the_same_seed_gives_the_same_country_and_another_seed_another(small: Country) -> None:
    again, other = (build_country(seed, 700, 2.0) for seed in (small.seed, small.seed + 1))
    np.testing.assert_array_equal(again.roads.points, small.roads.points)
    np.testing.assert_array_equal(again.roads.line_nodes, small.roads.line_nodes)
    assert again.places.names == small.places.names
    assert not np.array_equal(other.places.persons, small.places.persons)


def test_fewer_settlements_than_districts_need_are_refused() -> None:
    with pytest.raises(ValueError, match="300 settlements are too few for 160 districts"):
        build_country(n_settlements=300)


@pytest.mark.parametrize("seed", [1, 2])
def test_another_seed_is_as_sound(seed: int) -> None:
    other = build_country(seed, 1500, 2.0)
    assert len(other.places.points) == 1500
    assert shapely.coverage_is_valid(other.land.districts)


def test_it_is_as_large_as_a_country(country: Country) -> None:
    width, height = np.ptp(country.land.outline.exterior.coords, axis=0)
    assert (width, height) == pytest.approx((2700, 1500))
    lon, lat = to_degrees(country.roads.points).T
    assert (lon.min(), lon.max(), lat.min(), lat.max()) == pytest.approx((49, 84, 41, 55), abs=2)


def test_districts_fill_the_country_without_overlap_and_hold_their_own_settlements(country: Country) -> None:
    land, places = country.land, country.places
    assert len(land.districts) == N_DISTRICTS
    assert shapely.coverage_is_valid(land.districts)
    assert set(shapely.get_type_id(land.districts)) == {shapely.GeometryType.POLYGON}
    assert shapely.area(land.districts).sum() == pytest.approx(land.outline.area, rel=1e-6)
    degrees = shapely.transform(land.districts, to_degrees)
    assert shapely.coverage_is_valid(degrees)
    inside = shapely.contains_xy(degrees[places.district], *to_degrees(places.points).T)
    assert inside.mean() > 0.999


def test_oblasts_are_whole_districts_with_their_own_centre_each(country: Country) -> None:
    assert np.bincount(country.land.oblast).min() >= 2
    assert country.land.oblast[:N_OBLASTS].tolist() == list(range(N_OBLASTS))


def test_the_hierarchy_of_settlements(country: Country) -> None:
    kinds = np.bincount(country.places.kind)
    assert kinds.sum() == 6500
    assert (kinds[CAPITAL], kinds[OBLAST_CENTRE], kinds[DISTRICT_CENTRE]) == (1, 16, 143)
    assert kinds[OKRUG_CENTRE] / kinds[VILLAGE] == pytest.approx(2169 / (6256 - 2169), rel=0.1)
    assert np.argmax(country.places.persons) == 0
    assert len(set(country.places.ids)) == 6500


def test_names_are_unique_within_a_district_and_return_in_others(country: Country) -> None:
    places = country.places
    pairs = set(zip(places.district.tolist(), places.names, strict=True))
    assert len(pairs) == len(places.names) > 10 * len(set(places.names))


@pytest.mark.parametrize(("level", "tolerance"), [(10, 0.5), (25, 0.3), (50, 0.25), (75, 0.25), (90, 0.35)])
def test_villages_are_as_large_as_kazakh_ones(country: Country, level: int, tolerance: float) -> None:
    persons = country.places.persons[country.places.kind >= OKRUG_CENTRE]
    assert np.percentile(persons, level) == pytest.approx(figure(f"village_persons_p{level}"), rel=tolerance)


def test_people_moved_from_villages_to_cities(country: Country) -> None:
    places = country.places
    grew = places.persons > places.persons_before
    assert grew[CAPITAL]
    assert grew[places.kind == OBLAST_CENTRE].mean() > 0.8
    assert 0.05 < grew[places.kind == VILLAGE].mean() < 0.2
    assert places.persons_before.min() > 0


@pytest.mark.parametrize(("level", "tolerance"), [(10, 0.8), (25, 0.4), (50, 0.25), (75, 0.2), (90, 0.2)])
def test_the_next_village_is_as_far_as_in_kazakhstan(country: Country, level: int, tolerance: float) -> None:
    km = KDTree(country.places.points).query(country.places.points, k=2)[0][:, 1]
    assert np.percentile(km, level) == pytest.approx(figure(f"neighbour_km_p{level}"), rel=tolerance)


def test_there_are_as_many_roads_as_in_kazakhstan(country: Country) -> None:
    km, road_class = country.roads.line_km, country.roads.road_class
    thousands_km2 = country.land.outline.area / 1000
    assert km[road_class <= 1].sum() / thousands_km2 == pytest.approx(figure("main_road_km_per_1000_km2"), rel=0.4)
    public = km[road_class < STREET].sum() / thousands_km2
    assert public == pytest.approx(figure("public_road_km_per_1000_km2"), rel=0.2)


def test_there_are_about_a_million_nodes_and_more_pieces_than_nodes(country: Country) -> None:
    roads = country.roads
    assert len(roads.points) == pytest.approx(1_000_000, rel=0.05)
    assert 2 * roads.n_segments == pytest.approx(2_300_000, rel=0.05)
    assert np.bincount(roads.line_nodes, minlength=len(roads.points)).min() == 1
    assert np.diff(roads.line_start).max() <= 2000


def test_one_network_reaches_all_but_a_few_small_villages(country: Country) -> None:
    part = _parts(country, np.ones(len(country.roads.road_class), dtype=bool))
    apart = part[country.roads.centre] != part[country.roads.centre[0]]
    assert 10 <= apart.sum() <= 0.01 * len(apart)
    assert country.places.persons[apart].max() < 300


def test_thaw_cuts_off_villages_but_no_town(country: Country) -> None:
    surfaces = np.array([surface for _highway, surface in ROAD_CLASSES])
    part = _parts(country, surfaces[country.roads.road_class] != "ground")
    cut = part[country.roads.centre] != part[country.roads.centre[0]]
    persons = country.places.persons
    assert not cut[country.places.kind <= DISTRICT_CENTRE].any()
    assert 0.005 < persons[cut].sum() / persons.sum() < 0.075


def _parts(country: Country, is_open: np.ndarray) -> np.ndarray:
    """Return the connected part of each node over open roads."""
    roads = country.roads
    line = np.repeat(np.arange(len(is_open)), np.diff(roads.line_start))
    kept = (line[1:] == line[:-1]) & is_open[line[1:]]
    ends = (roads.line_nodes[:-1][kept], roads.line_nodes[1:][kept])
    graph = coo_array((np.ones(kept.sum()), ends), shape=(len(roads.points),) * 2)
    return np.asarray(connected_components(graph, directed=False)[1])


def test_every_service_is_in_every_town_and_in_no_place_twice(country: Country) -> None:
    assert {facilities.service for facilities in country.facilities} == {"phc", "school"}
    for facilities in country.facilities:
        assert len(facilities.place) == len(facilities.level) == len(set(facilities.place)) == 1000
        assert set(range(N_DISTRICTS)) <= set(facilities.place)


def test_the_extract_is_the_country_and_reads_without_faults(small: Country, tmp_path: Path) -> None:
    path = tmp_path / "country.osm.pbf"
    write_country_extract(path, small)
    places = dict.fromkeys(("city", "town", "village"), 0)
    for thing in osmium.FileProcessor(str(path), osmium.osm.NODE):
        if "place" in thing.tags:
            places[thing.tags["place"]] += 1
    assert places == {"city": 17, "town": 143, "village": 540}
    read = read_osm(path, "country.osm.pbf")
    assert read.faults == ()
    assert len(read.places) == 700
    assert len(read.roads) >= len(small.roads.road_class)


def test_the_extract_has_the_same_bytes_every_time(small: Country, tmp_path: Path) -> None:
    for name in ("one.osm.pbf", "other.osm.pbf"):
        write_country_extract(tmp_path / name, small)
    assert (tmp_path / "one.osm.pbf").read_bytes() == (tmp_path / "other.osm.pbf").read_bytes()


def test_roads_share_their_nodes_in_the_extract(small: Country, tmp_path: Path) -> None:
    write_country_extract(tmp_path / "country.osm.pbf", small)
    used = np.bincount(small.roads.line_nodes)
    found = np.zeros_like(used)
    for way in osmium.FileProcessor(str(tmp_path / "country.osm.pbf"), osmium.osm.WAY):
        if "highway" in way.tags:
            for node in way.nodes:
                found[node.ref - FIRST_NODE] += 1
    np.testing.assert_array_equal(found, used)
    assert (used[small.roads.centre] == 2).all()
