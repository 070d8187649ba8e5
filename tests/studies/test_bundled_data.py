"""The committed data are what their SOURCE.toml says, and fit together."""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import osmium
import pytest
import shapely

ROOT = Path(__file__).resolve().parents[2]
KAZAKHSTAN = ROOT / "studies" / "kazakhstan"
REGIONS = ROOT / "boundaries" / "kazakhstan"
FINLAND = ROOT / "studies" / "finland"
FOLDERS = [KAZAKHSTAN, REGIONS, FINLAND]
#: Written in parts, because no file of the project names such a host.
REGISTRY_HOSTS = [b"py" + b"pi.org", b"python" + b"hosted.org", b"conda" + b".anaconda.org"]


def notes(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "SOURCE.toml").read_text(encoding="utf-8"))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def features(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["features"]
    return found


def counts(folder: Path, name: str) -> dict[str, int]:
    return next(dict(file["counts"]) for file in notes(folder)["file"] if file["name"] == name)


def shapes(path: Path) -> list[shapely.Geometry]:
    return [shapely.geometry.shape(feature["geometry"]) for feature in features(path)]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name + "-" + folder.name)
class TestNotes:
    def test_every_file_has_its_digest(self, folder: Path) -> None:
        for file in notes(folder)["file"]:
            assert hashlib.sha256((folder / file["name"]).read_bytes()).hexdigest() == file["sha256"], file["name"]

    def test_no_file_is_without_a_source(self, folder: Path) -> None:
        said = {file["name"] for file in notes(folder)["file"]}
        sourced = {name for source in notes(folder)["source"] for name in source["files"]}
        there = {path.name for path in folder.iterdir() if path.suffix in {".csv", ".geojson", ".pbf"}}
        assert there == said == sourced

    def test_every_source_says_whose_it_is_and_under_which_licence(self, folder: Path) -> None:
        for source in notes(folder)["source"]:
            for key in ("producer", "licence", "attribution", "data_date", "done", "limits"):
                assert source[key], f"{source['name']}: {key}"
            if "package" in source:
                assert len(source["package_sha256"]) == 64
                assert source["version"] in source["package_file"]

    def test_sources_page_names_every_file(self, folder: Path) -> None:
        page = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
        for file in notes(folder)["file"]:
            assert f"`{(folder / file['name']).relative_to(ROOT).as_posix()}`" in page

    def test_no_registry_and_no_machine_is_named(self, folder: Path) -> None:
        for path in [*folder.iterdir(), ROOT / "docs" / "sources.md"]:
            if path.is_file() and path.suffix in {".csv", ".geojson", ".py", ".toml", ".md"}:
                content = path.read_bytes()
                assert not [host for host in [*REGISTRY_HOSTS, b"/work/", b"/tmp/"] if host in content], path.name


class TestKazakhstan:
    def test_is_small(self) -> None:
        written = [*KAZAKHSTAN.glob("*.*"), *REGIONS.glob("*.*")]
        assert sum(path.stat().st_size for path in written) < 1_500_000

    def test_regions(self) -> None:
        units = [feature["properties"] for feature in features(REGIONS / "regions.geojson")]
        assert len({unit["unit_id"] for unit in units}) == len(units) == counts(REGIONS, "regions.geojson")["units"]
        codes = {row["unit_id"]: row for row in rows(REGIONS / "codes.csv")}
        assert len(codes) == counts(REGIONS, "codes.csv")["units"]
        for unit in units:
            assert unit["level"] == "oblast"
            assert unit["unit_id"] == "KZ" + codes[unit["unit_id"]]["kato_prefix"]
            assert all(unit[name] == codes[unit["unit_id"]][name] for name in ("name_kk", "name_ru", "name_en"))

    def test_region_outlines_are_valid_and_hardly_overlap(self) -> None:
        outlines = shapes(REGIONS / "regions.geojson")
        assert shapely.is_valid(outlines).all()
        apart = sum(outline.area for outline in outlines)
        assert apart - shapely.union_all(outlines).area < 1e-5 * apart

    def test_settlements(self) -> None:
        said = counts(KAZAKHSTAN, "settlements.csv")
        settlements = rows(KAZAKHSTAN / "settlements.csv")
        known = [int(row["pop_total"]) for row in settlements if row["pop_total"]]
        assert len(settlements) == said["rows"] == len({row["settlement_id"] for row in settlements})
        assert len(settlements) - len(known) == said["population_unknown"]
        assert sum(known) == said["population"] < notes(KAZAKHSTAN)["national_population"]
        assert min(known) > 0

    def test_settlements_lie_in_their_region(self) -> None:
        outlines = {
            feature["properties"]["unit_id"]: shapely.geometry.shape(feature["geometry"])
            for feature in features(REGIONS / "regions.geojson")
        }
        strays = [
            row["settlement_id"]
            for row in rows(KAZAKHSTAN / "settlements.csv")
            if not outlines[row["district_id"]].covers(shapely.Point(float(row["lon"]), float(row["lat"])))
        ]
        assert strays == []

    def test_roads(self) -> None:
        said = counts(KAZAKHSTAN, "roads.geojson")
        sections = [feature["properties"] for feature in features(KAZAKHSTAN / "roads.geojson")]
        edges = {tuple(section["edge_id"][1:].split("-")[:2]) for section in sections}
        assert len(sections) == said["sections"] == len({section["edge_id"] for section in sections})
        assert len(edges) == said["edges"]
        assert len({node for edge in edges for node in edge}) == said["nodes"]
        assert sum(section.get("border_crossing", False) for section in sections) == said["border_crossing"]
        assert all(0 < section["length_km"] <= 250 for section in sections)
        assert {(section["road_category"], section["surface"]) for section in sections} == {("II", "asphalt")}

    def test_pieces_of_a_long_edge_meet(self) -> None:
        pieces: dict[str, list[Any]] = {}
        for feature in features(KAZAKHSTAN / "roads.geojson"):
            edge, _, number = feature["properties"]["edge_id"].rpartition("-")
            if "-" in edge:
                assert int(number) == len(pieces.setdefault(edge, [])) + 1
                pieces[edge].append(feature["geometry"]["coordinates"])
        assert len(pieces) == 13
        for lines in pieces.values():
            assert all(before[-1] == after[0] for before, after in itertools.pairwise(lines))

    def test_everything_lies_in_the_box(self) -> None:
        box = shapely.box(*notes(KAZAKHSTAN)["box"])
        points = [shapely.Point(float(r["lon"]), float(r["lat"])) for r in rows(KAZAKHSTAN / "settlements.csv")]
        assert box.covers(shapely.GeometryCollection([*points, *shapes(KAZAKHSTAN / "roads.geojson")]))
        outlines = shapes(REGIONS / "regions.geojson")
        assert shapely.box(*notes(REGIONS)["box"]).covers(shapely.GeometryCollection(outlines))

    def test_hubs_are_assumed_and_stand_in_the_capitals(self) -> None:
        hubs = rows(KAZAKHSTAN / "facilities.csv")
        settlements = rows(KAZAKHSTAN / "settlements.csv")
        cities = {row["settlement_id"]: row for row in settlements if row["settlement_class"]}
        assert len(hubs) == counts(KAZAKHSTAN, "facilities.csv")["rows"] == len({hub["facility_id"] for hub in hubs})
        assert {hub["settlement_id"] for hub in hubs} == set(cities)
        assert all("hub-" + cities[hub["settlement_id"]]["district_id"] == hub["facility_id"] for hub in hubs)
        assert {hub["assumed"] for hub in hubs} == {"true"}

    def test_three_national_cities_and_seventeen_oblast_centres(self) -> None:
        regions = {row["unit_id"]: row for row in rows(REGIONS / "codes.csv")}
        for row in rows(KAZAKHSTAN / "settlements.csv"):
            region = regions[row["district_id"]]
            is_capital = row["settlement_id"] == region["capital_id"]
            tier = "national_city" if region["kato_prefix"] in {"71", "75", "79"} else "oblast_centre"
            assert row["settlement_class"] == (tier if is_capital else ""), row["settlement_id"]

    def test_reference_distances_are_longer_than_the_straight_line(self) -> None:
        settlements = {row["settlement_id"]: row for row in rows(KAZAKHSTAN / "settlements.csv")}
        pairs = rows(KAZAKHSTAN / "reference_distances.csv")
        assert len(pairs) == counts(KAZAKHSTAN, "reference_distances.csv")["rows"]
        for pair in pairs:
            start, end = (settlements[pair[key]] for key in ("from_id", "to_id"))
            straight_km = great_circle_km(start, end)
            assert straight_km < float(pair["published_km"]) < 1.6 * straight_km, pair["from_name"]
            assert pair["confidence"] in {"high", "medium", "low"}
            assert pair["source"]


def great_circle_km(start: dict[str, str], end: dict[str, str]) -> float:
    metres: float = osmium.geom.haversine_distance(
        osmium.osm.Location(float(start["lon"]), float(start["lat"])),
        osmium.osm.Location(float(end["lon"]), float(end["lat"])),
    )
    return metres / 1000


class TestFinland:
    def test_counts(self) -> None:
        found: Counter[str] = Counter()
        for item in osmium.FileProcessor(str(FINLAND / "test.osm.pbf")):
            tags = dict(item.tags)
            kind = type(item).__name__.lower() + "s"
            found[kind] += 1
            found["highway_ways"] += kind == "ways" and "highway" in tags
            found["building_ways"] += kind == "ways" and "building" in tags
            found["schools"] += tags.get("amenity") == "school"
            found["kindergartens"] += tags.get("amenity") == "kindergarten"
            found["places"] += "place" in tags
            found["places_with_population"] += "place" in tags and "population" in tags
            found["admin_boundaries"] += tags.get("boundary") == "administrative"
        assert dict(found) == counts(FINLAND, "test.osm.pbf")

    def test_every_node_lies_in_the_box(self) -> None:
        west, south, east, north = notes(FINLAND)["box"]
        lons, lats = [], []
        for item in osmium.FileProcessor(str(FINLAND / "test.osm.pbf"), osmium.osm.NODE):
            if isinstance(item, osmium.osm.Node):
                lons.append(item.location.lon)
                lats.append(item.location.lat)
        assert len(lons) == counts(FINLAND, "test.osm.pbf")["nodes"]
        assert west <= min(lons) < max(lons) <= east
        assert south <= min(lats) < max(lats) <= north
