"""The synthetic steppe: reproducible, sound, like a steppe district, and with every planted difficulty in place."""

from __future__ import annotations

import csv
import itertools
import json
import math
import tomllib
from collections import Counter
from collections.abc import Set
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import osmium
import pytest
import shapely

from geo.errors import Fault
from geo.read.boundaries import read_boundaries
from geo.read.facilities import Places, read_facilities
from geo.read.osm import read_osm
from geo.read.settlements import read_settlements
from geo.read.sources import read_sources
from geo.read.steppe.measures import RoadWay, WrittenSteppe, circuities, read_steppe, road_km
from geo.read.steppe.plan import DIFFICULTIES
from geo.read.steppe.realism import realism_markdown
from geo.read.steppe.services import clinic_level, school_level
from geo.read.steppe.study import SEED, write_steppe
from geo.read.tabular import read_declared
from geo.tables.inputs import CLOSURES, COSTS, HAZARDS

#: To write a study takes ten seconds: once for all tests of this file.
pytestmark = pytest.mark.xdist_group("steppe-files")

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "studies" / "steppe"
REAL_PLACES = ROOT.parent / "shared/data/kazakhstan/settlements/hotosm_kaz_populated_places_points_geojson.geojson"
LEVELS = {"school": ("primary", "basic", "secondary"), "phc": ("medpunkt", "fap", "ambulatory", "hospital")}
TEXTS = ("settlements.csv", "boundaries.geojson", "hazards.geojson", "closures.csv", "costs.csv", "SOURCE.toml")
DISTRICT_OF_NEIGHBOUR = {"over_border": "7036", "through_neighbour": "7036"}


@pytest.fixture(scope="module")
def other_seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("steppe") / "other"
    write_steppe(folder, seed=SEED + 1)
    return folder


@pytest.fixture(scope="module", params=["committed", "other seed"])
def folder(request: pytest.FixtureRequest) -> Path:
    return COMMITTED if request.param == "committed" else request.getfixturevalue("other_seed")


@pytest.fixture(scope="module")
def steppe(folder: Path) -> WrittenSteppe:
    return read_steppe(folder)


@pytest.fixture(scope="module")
def ids(folder: Path) -> dict[str, str]:
    return {entry["code"]: entry["settlement_id"] for entry in source(folder)["difficulty"]}


@pytest.fixture(scope="module")
def number(steppe: WrittenSteppe, ids: dict[str, str]) -> dict[str, int]:
    """Position of each planted settlement."""
    order = [row["settlement_id"] for row in steppe.settlements]
    return {code: order.index(settlement_id) for code, settlement_id in ids.items()}


def source(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "SOURCE.toml").read_text(encoding="utf-8"))


def own_roads(folder: Path, code: str) -> set[str]:
    return {road for entry in source(folder)["difficulty"] if entry["code"] == code for road in entry["road_ids"]}


def objects(path: Path) -> list[tuple[Any, ...]]:
    """Decode an extract: nodes with position, ways with nodes, both with tags."""
    found: list[tuple[Any, ...]] = []
    for item in osmium.FileProcessor(str(path)):
        tags = tuple((tag.k, tag.v) for tag in item.tags)
        if isinstance(item, osmium.osm.Node):
            found.append(("n", item.id, round(item.location.lon, 7), round(item.location.lat, 7), tags))
        elif isinstance(item, osmium.osm.Way):
            found.append(("w", item.id, tuple(node.ref for node in item.nodes), tags))
    return found


def sheet(path: Path) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True))


def facilities_of(steppe: WrittenSteppe, settlement_id: str, service: str) -> list[dict[str, Any]]:
    return [row for row in steppe.facilities if row["settlement_id"] == settlement_id and row["service"] == service]


def road_distances(
    steppe: WrittenSteppe, start: int, season: str = "dry", closed: Set[str] = frozenset()
) -> np.ndarray:
    """Km by road from one settlement to all."""
    shut = {*steppe.closed(season), *closed}
    return steppe.extract.distances_km([int(steppe.node[start])], season, shut)[0][steppe.node]


def reaches_a_centre(steppe: WrittenSteppe, extract_ways: list[RoadWay], start: int, season: str) -> bool:
    changed = type(steppe.extract)(steppe.extract.lonlat, extract_ways)
    distances = changed.distances_km([int(steppe.node[start])], season, steppe.closed(season))[0]
    return bool(np.isfinite(distances[steppe.node[steppe.of_class("district_centre")]]).any())


def mended(steppe: WrittenSteppe, roads: set[str], **tags: str) -> list[RoadWay]:
    """Return the ways with other tags on some roads."""
    return [
        RoadWay(w.road_id, w.nodes, {**w.tags, **tags}, w.step_km, w.street) if w.road_id in roads else w
        for w in steppe.extract.ways
    ]


class TestCommitted:
    def test_the_same_seed_writes_the_committed_content(self, tmp_path: Path) -> None:
        write_steppe(tmp_path)
        for name in TEXTS:
            assert (tmp_path / name).read_text(encoding="utf-8") == (COMMITTED / name).read_text(encoding="utf-8"), name
        assert objects(tmp_path / "steppe.osm.pbf") == objects(COMMITTED / "steppe.osm.pbf")
        assert sheet(tmp_path / "facilities.xlsx") == sheet(COMMITTED / "facilities.xlsx")

    def test_the_realism_page_is_what_the_files_measure(self) -> None:
        assert realism_markdown(COMMITTED) == (ROOT / "docs/steppe-realism.md").read_text(encoding="utf-8")

    def test_every_kazakh_figure_is_used_and_sourced(self) -> None:
        with (ROOT / "geo/read/steppe/figures.csv").open(encoding="utf-8", newline="") as stream:
            figures = list(csv.DictReader(stream))
        page = (ROOT / "docs/steppe-realism.md").read_text(encoding="utf-8")
        assert [f["measure"] for f in figures if len(f["source"]) < 10 or f["source"] not in page] == []

    def test_a_small_download(self) -> None:
        assert sum(path.stat().st_size for path in COMMITTED.iterdir()) < 3_000_000

    def test_counts_stated_are_counts_written(self) -> None:
        stated = source(COMMITTED)["counts"]
        steppe = read_steppe(COMMITTED)
        assert stated["settlements"] == len(steppe.settlements)
        assert stated["persons"] == int(np.nansum(steppe.persons()))
        assert stated["schools"] + stated["clinics"] == len(steppe.facilities)
        assert stated["ways"] == sum(kind == "w" for kind, *_ in objects(COMMITTED / "steppe.osm.pbf"))

    def test_another_seed_gives_another_steppe(self, other_seed: Path) -> None:
        assert (other_seed / "settlements.csv").read_bytes() != (COMMITTED / "settlements.csv").read_bytes()

    @pytest.mark.shared
    def test_no_name_is_a_real_place_s(self) -> None:
        if not REAL_PLACES.is_file():
            pytest.skip(f"{REAL_PLACES} is absent")
        real = set()
        for feature in json.loads(REAL_PLACES.read_text(encoding="utf-8"))["features"]:
            real |= {str(v).casefold() for k, v in feature["properties"].items() if k.startswith("name") and v}
        rows = read_steppe(COMMITTED).settlements
        named = {row[column].casefold() for row in rows for column in ("name_kk", "name_ru", "name_en")}
        assert named & real == set()


class TestValidInput:
    def test_every_reader_accepts_it(self, folder: Path) -> None:
        faults: list[Fault] = []
        settlements, found = read_settlements(folder / "settlements.csv", "settlements.csv")
        faults += found
        places = Places.of(settlements)
        faults += read_facilities(folder / "facilities.xlsx", "facilities.xlsx", places, LEVELS, tuple(LEVELS))[1]
        faults += read_boundaries(folder / "boundaries.geojson", "boundaries.geojson")[1]
        faults += read_sources(folder / "SOURCE.toml", "SOURCE.toml")[1]
        for table, name in ((HAZARDS, "hazards.geojson"), (CLOSURES, "closures.csv"), (COSTS, "costs.csv")):
            faults += read_declared(table, folder / name, name)[1]
        extract = read_osm(folder / "steppe.osm.pbf", "steppe.osm.pbf")
        faults += extract.faults
        assert [str(fault) for fault in faults if fault.severity == "error"] == []
        assert Counter(fault.severity for fault in faults) == {"warning": 2}, "one unknown population, in two files"
        closures = read_declared(CLOSURES, folder / "closures.csv", "closures.csv")[0]
        assert set(closures["road_id"]) <= set(extract.roads.index)

    def test_codes_agree_with_the_units(self, steppe: WrittenSteppe) -> None:
        units = {unit["properties"]["unit_id"]: unit["properties"] for unit in steppe.units}
        assert Counter(unit["level"] for unit in units.values()) == {"oblast": 1, "district": 3, "okrug": 33}
        for row in steppe.settlements:
            assert row["settlement_id"][:4] == row["district_id"]
            assert row["settlement_id"][:6] == row["okrug_id"]
            assert units[row["okrug_id"]]["parent_id"] == row["district_id"]

    def test_settlements_lie_in_their_units(self, steppe: WrittenSteppe) -> None:
        shapes = {u["properties"]["unit_id"]: shapely.geometry.shape(u["geometry"]) for u in steppe.units}
        for row in steppe.settlements:
            point = shapely.Point(float(row["lon"]), float(row["lat"]))
            assert shapes[row["okrug_id"]].contains(point)
            assert shapes[row["district_id"]].contains(point)

    def test_units_tile_their_parents(self, steppe: WrittenSteppe) -> None:
        shapes = {u["properties"]["unit_id"]: shapely.geometry.shape(u["geometry"]) for u in steppe.units}
        for unit in steppe.units:
            parts = [
                shapes[u["properties"]["unit_id"]]
                for u in steppe.units
                if u["properties"]["parent_id"] == unit["properties"]["unit_id"]
            ]
            whole = shapes[unit["properties"]["unit_id"]]
            assert whole.is_valid
            if parts:
                assert sum(part.area for part in parts) == pytest.approx(whole.area, rel=1e-9)
                assert shapely.union_all(parts).symmetric_difference(whole).area < 1e-9 * whole.area

    def test_ages_add_up(self, steppe: WrittenSteppe) -> None:
        ages = ("pop_0_5", "pop_6_9", "pop_10_14", "pop_15_17", "pop_18_62", "pop_63p")
        for row in steppe.settlements:
            if row["pop_total"]:
                assert sum(int(row[age]) for age in ages) == int(row["pop_total"])
                assert int(row["wcba"]) <= int(row["pop_total"])
                assert 0.9 <= float(row["share_kk"]) + float(row["share_ru"]) <= 1.0

    def test_most_villages_were_larger_and_centres_smaller_ten_years_before(self, steppe: WrittenSteppe) -> None:
        before, now = steppe.persons("pop_before"), steppe.persons()
        villages = steppe.of_class("other")
        assert 0.7 < np.nanmean((before > now)[villages]) < 1
        assert (before < now)[steppe.of_class("district_centre")].sum() >= 2
        assert -0.15 < np.nansum(now[before > 0]) / np.nansum(before) - 1 < 0

    def test_an_earlier_count_is_unknown_for_camps_alone(self, steppe: WrittenSteppe) -> None:
        assert set(np.flatnonzero(np.isnan(steppe.persons("pop_before")))) == set(steppe.of_class("winter_camp"))
        for row in steppe.settlements:
            assert row["pop_before_year"] == ("2014" if row["pop_before"] else "")

    def test_some_villages_were_left_fast_enough_to_be_fewer_than_fifty_in_ten_years(
        self, steppe: WrittenSteppe, number: dict[str, int]
    ) -> None:
        now, again = steppe.persons(), steppe.persons() ** 2 / steppe.persons("pop_before")
        for code in ("near_empty_school", "winter"):
            assert again[number[code]] < 50 < now[number[code]]

    def test_names_are_distinct_but_for_the_planted_namesakes(self, steppe: WrittenSteppe, ids: dict[str, str]) -> None:
        for column in ("name_kk", "name_ru", "name_en"):
            by_name = Counter(row[column] for row in steppe.settlements)
            shared = {name for name, n in by_name.items() if n > 1}
            owners = {row["settlement_id"] for row in steppe.settlements if row[column] in shared}
            assert owners == {ids["same_name_a"], ids["same_name_c"]}

    def test_kazakh_russian_and_latin_letters(self, steppe: WrittenSteppe) -> None:
        kazakh = set("әғқңөұүһі")
        assert any(kazakh & set(row["name_kk"].lower()) for row in steppe.settlements)
        assert not any(kazakh & set(row["name_ru"].lower()) for row in steppe.settlements)
        assert all(row["name_en"].isascii() for row in steppe.settlements)


class TestRoads:
    def test_all_but_two_settlements_are_joined_in_dry_season(
        self, steppe: WrittenSteppe, number: dict[str, int]
    ) -> None:
        assert set(np.flatnonzero(steppe.cut_off("dry"))) == {number["winter"], number["remote"]}

    def test_no_roads_cross_without_a_common_node(self, steppe: WrittenSteppe) -> None:
        lines = [shapely.LineString(steppe.extract.lonlat[list(way.nodes)]) for way in steppe.extract.ways]
        tree = shapely.STRtree(lines)
        for one, other in tree.query(lines, predicate="crosses").T:
            shared = set(steppe.extract.ways[one].nodes) & set(steppe.extract.ways[other].nodes)
            meeting = lines[one].intersection(lines[other])
            at = {tuple(steppe.extract.lonlat[node]) for node in shared}
            assert {point.coords[0] for point in getattr(meeting, "geoms", [meeting])} <= at

    def test_bends_are_gentle_and_vertices_evenly_spaced(self, steppe: WrittenSteppe) -> None:
        steps = np.concatenate([w.step_km for w in steppe.extract.ways if not w.street])
        assert 0.4 < np.median(steps) < 0.7
        assert np.quantile(steps, 0.95) < 0.8
        turns = []
        for way in (w for w in steppe.extract.ways if not w.street):
            line = steppe.extract.lonlat[list(way.nodes)] * (math.cos(math.radians(49)), 1.0)
            for a, b, c in zip(line, line[1:], line[2:], strict=False):
                turn = np.arctan2(*(c - b)[::-1]) - np.arctan2(*(b - a)[::-1])
                turns.append(abs((math.degrees(turn) + 180) % 360 - 180))
        assert np.quantile(turns, 0.97) < 20

    def test_like_a_rural_network(self, steppe: WrittenSteppe) -> None:
        assert 1.2 <= np.median(circuities(steppe, "district_centre", "okrug_centre")) <= 1.45
        assert 30 <= road_km(steppe) / 36 <= 45

    def test_five_to_twelve_per_cent_are_cut_off_in_thaw(self, steppe: WrittenSteppe) -> None:
        persons = np.nan_to_num(steppe.persons())
        share = persons[steppe.cut_off("thaw")].sum() / persons.sum()
        assert 0.05 <= share <= 0.12

    def test_only_villages_and_camps_are_cut_off(self, steppe: WrittenSteppe) -> None:
        classes = {steppe.settlements[k]["settlement_class"] for k in np.flatnonzero(steppe.cut_off("thaw"))}
        assert classes == {"other", "winter_camp"}

    def test_kinds_of_road_and_crossing(self, steppe: WrittenSteppe) -> None:
        highways = Counter(way.tags.get("highway") for way in steppe.extract.ways)
        wanted = {"trunk", "primary", "secondary", "tertiary", "unclassified", "track", "residential"}
        assert wanted <= set(highways)
        for tag in ("bridge", "ford", "oneway", "winter_road", "ice_road", "tracktype", "smoothness", "maxspeed"):
            assert any(tag in way.tags for way in steppe.extract.ways), tag
        assert sum(way.tags.get("route") == "ferry" for way in steppe.extract.ways) == 1


class TestPlanted:
    def test_every_difficulty_is_listed(self, folder: Path) -> None:
        assert [entry["code"] for entry in source(folder)["difficulty"]] == [code for code, _ in DIFFICULTIES]

    @pytest.mark.parametrize("code", ["ford", "gap_near", "gap_far", "winter", "flooded", "remote"])
    def test_cut_off_in_thaw(self, steppe: WrittenSteppe, number: dict[str, int], code: str) -> None:
        assert steppe.cut_off("thaw")[number[code]]

    def test_no_other_planted_village_is_cut_off(self, steppe: WrittenSteppe, number: dict[str, int]) -> None:
        spared = set(number) - {"ford", "gap_near", "gap_far", "winter", "flooded", "remote"}
        cut = steppe.cut_off("thaw")
        assert [code for code in sorted(spared) if cut[number[code]]] == []

    def test_the_ford_alone_cuts_off(self, folder: Path, steppe: WrittenSteppe, number: dict[str, int]) -> None:
        bridged = mended(steppe, own_roads(folder, "ford"), ford="no")
        assert reaches_a_centre(steppe, bridged, number["ford"], "thaw")

    def test_mending_one_short_link_frees_two_villages(
        self, folder: Path, steppe: WrittenSteppe, number: dict[str, int]
    ) -> None:
        earth = {
            way.road_id
            for way in steppe.extract.ways
            if way.road_id in own_roads(folder, "gap_near") and way.tags["surface"] == "earth"
        }
        km = sum(way.length_km for way in steppe.extract.ways if way.road_id in earth)
        assert 1.0 < km < 2.0
        for code in ("gap_near", "gap_far"):
            assert reaches_a_centre(steppe, mended(steppe, earth, surface="gravel"), number[code], "thaw")

    def test_the_short_link_costs_less_than_two_clinics(self, folder: Path) -> None:
        with (folder / "costs.csv").open(encoding="utf-8", newline="") as stream:
            price = {row["item"]: float(row["value"]) for row in csv.DictReader(stream)}
        assert 1.6 * price["road_km/gravel"] < 2 * price["phc/fap"]

    def test_a_winter_road_only(self, folder: Path, steppe: WrittenSteppe, number: dict[str, int]) -> None:
        assert [bool(steppe.cut_off(s)[number["winter"]]) for s in ("dry", "winter", "thaw")] == [True, False, True]
        tags = [way.tags for way in steppe.extract.ways if way.road_id in own_roads(folder, "winter")]
        assert all(t["winter_road"] == "yes" for t in tags)
        roads = read_osm(folder / "steppe.osm.pbf", "steppe.osm.pbf").roads
        assert roads.loc[sorted(own_roads(folder, "winter")), "open_months"].isna().all(), "the season's rule decides"
        assert sum(t.get("ice_road") == "yes" for t in tags) == 1

    def test_the_flooded_road_is_closed_by_the_table(self, folder: Path, steppe: WrittenSteppe) -> None:
        assert own_roads(folder, "flooded") <= set(steppe.closed("thaw"))
        assert not own_roads(folder, "flooded") & set(steppe.closed("dry"))

    def test_remote(self, steppe: WrittenSteppe, number: dict[str, int]) -> None:
        assert 24.5 <= steppe.node_km[number["remote"]] <= 27.5
        others = np.delete(steppe.apart_km[number["remote"]], number["remote"])
        assert others.min() > 20, "no other settlement within reach off the road"

    def test_the_nearest_clinic_is_over_the_border(self, steppe: WrittenSteppe, number: dict[str, int]) -> None:
        clinics = {row["settlement_id"] for row in steppe.facilities if row["service"] == "phc"}
        km = road_distances(steppe, number["over_border"])
        hosts = [k for k, row in enumerate(steppe.settlements) if row["settlement_id"] in clinics]
        nearest = min(hosts, key=lambda k: km[k])
        own = steppe.settlements[number["over_border"]]["district_id"]
        assert steppe.settlements[nearest]["district_id"] == "7036" != own
        within = min(km[k] for k in hosts if steppe.settlements[k]["district_id"] == own)
        assert within > km[nearest] + 3

    def test_reached_through_the_neighbour_only(self, steppe: WrittenSteppe, number: dict[str, int]) -> None:
        neighbour = next(
            shapely.geometry.shape(u["geometry"]) for u in steppe.units if u["properties"]["unit_id"] == "7036"
        )
        inside = shapely.contains_xy(neighbour, *steppe.extract.lonlat.T)
        abroad = {way.road_id for way in steppe.extract.ways if inside[list(way.nodes)].any()}
        start = number["through_neighbour"]
        own = next(k for k in steppe.of_class("district_centre") if steppe.settlements[k]["district_id"] == "7044")
        assert np.isfinite(road_distances(steppe, start)[own])
        assert not np.isfinite(road_distances(steppe, start, closed=abroad)[own])

    def test_the_ferry_is_a_short_cut(self) -> None:
        folder, steppe = COMMITTED, read_steppe(COMMITTED)
        order = [row["settlement_id"] for row in steppe.settlements]
        start = order.index(next(e["settlement_id"] for e in source(folder)["difficulty"] if e["code"] == "ferry"))
        own = next(k for k in steppe.of_class("district_centre") if steppe.settlements[k]["district_id"] == "7032")
        with_ferry = road_distances(steppe, start)[own]
        without_ferry = road_distances(steppe, start, closed=own_roads(folder, "ferry"))[own]
        assert with_ferry + 10 < without_ferry < np.inf

    def test_schools(self, steppe: WrittenSteppe, ids: dict[str, str], number: dict[str, int]) -> None:
        russian = facilities_of(steppe, ids["russian_school"], "school")
        assert [row["instruction_lang"] for row in russian] == ["ru"]
        assert float(steppe.settlements[number["russian_school"]]["share_kk"]) > 0.4
        (overloaded,) = facilities_of(steppe, ids["overloaded_school"], "school")
        assert 1.2 < overloaded["load"] / overloaded["capacity"] <= 1.5
        (empty,) = facilities_of(steppe, ids["near_empty_school"], "school")
        assert empty["load"] / empty["capacity"] < 0.2
        assert empty["closable"] is True
        (border,) = facilities_of(steppe, ids["border_school"], "school")
        assert school_level(border["load"]) != border["level"], "below its level's threshold"
        assert border["closable"] is False
        assert steppe.settlements[number["border_school"]]["protected_reason"]

    def test_schools_of_every_load(self, steppe: WrittenSteppe) -> None:
        schools = [row for row in steppe.facilities if row["service"] == "school"]
        shares = [row["load"] / row["capacity"] for row in schools if row["capacity"]]
        assert sum(share > 1.2 for share in shares) >= 4
        assert sum(share < 0.4 for share in shares) >= 3
        assert {row["instruction_lang"] for row in schools} == {"kk", "ru", "mixed"}
        below = {row["level"] for row in schools if school_level(row["load"]) != row["level"]}
        assert {"basic", "secondary"} <= below

    def test_one_capacity_is_unknown(self, steppe: WrittenSteppe, ids: dict[str, str]) -> None:
        (school,) = facilities_of(steppe, ids["unknown_capacity"], "school")
        assert [row for row in steppe.facilities if row["capacity"] is None] == [school]

    def test_a_growing_centre_teaches_in_two_shifts(self, steppe: WrittenSteppe, ids: dict[str, str]) -> None:
        schools = facilities_of(steppe, ids["1"], "school")
        assert len(schools) >= 3
        assert all(1.2 < row["load"] / row["capacity"] <= 1.5 for row in schools)

    def test_clinics(self, steppe: WrittenSteppe, ids: dict[str, str], number: dict[str, int]) -> None:
        (worn,) = facilities_of(steppe, ids["worn_clinic"], "phc")
        assert (worn["condition"], worn["wear_pct"]) == ("poor", 93)
        hosts = {row["settlement_id"] for row in steppe.facilities if row["service"] == "phc"}
        next_km = {}
        for code in ("twin_clinic_b", "harmful_closure"):
            (clinic,) = facilities_of(steppe, ids[code], "phc")
            assert (clinic["closable"], clinic["level"]) == (True, "fap")
            km = road_distances(steppe, number[code])
            others = [k for k, r in enumerate(steppe.settlements) if r["settlement_id"] in hosts - {ids[code]}]
            next_km[code] = min(km[k] for k in others)
        assert next_km["twin_clinic_b"] < 8
        assert next_km["harmful_closure"] > 12

    def test_one_village_inside_the_zone(self, folder: Path, steppe: WrittenSteppe, ids: dict[str, str]) -> None:
        zone = json.loads((folder / "hazards.geojson").read_text(encoding="utf-8"))["features"][0]
        shape = shapely.geometry.shape(zone["geometry"])
        inside = [
            row["settlement_id"]
            for row in steppe.settlements
            if shape.contains(shapely.Point(float(row["lon"]), float(row["lat"])))
        ]
        assert inside == [ids["hazard"]]
        assert zone["properties"]["effect"] == "exclude"

    def test_one_population_is_unknown(self, steppe: WrittenSteppe, number: dict[str, int]) -> None:
        assert set(np.flatnonzero(np.isnan(steppe.persons()))) == {number["missing_population"]}

    def test_some_villages_lack_the_clinic_they_are_due(self, steppe: WrittenSteppe) -> None:
        hosts = {row["settlement_id"] for row in steppe.facilities if row["service"] == "phc"}
        due = [r for r in steppe.settlements if r["settlement_class"] in ("other", "okrug_centre") and r["pop_total"]]
        due = [row for row in due if clinic_level(int(row["pop_total"]))]
        lacking = sum(row["settlement_id"] not in hosts for row in due)
        assert 0.08 <= lacking / len(due) <= 0.25


@pytest.mark.parametrize(
    ("persons", "level"),
    [(49, ""), (50, "medpunkt"), (499, "medpunkt"), (500, "fap"), (1500, "ambulatory"), (5000, "hospital")],
)
def test_clinic_levels_follow_the_order(persons: int, level: str) -> None:
    assert clinic_level(persons) == level


@pytest.mark.parametrize(
    ("pupils", "level"), [(4, ""), (5, "primary"), (40, "primary"), (41, "basic"), (80, "basic"), (81, "secondary")]
)
def test_school_levels_follow_the_thresholds(pupils: int, level: str) -> None:
    assert school_level(pupils) == level


def test_every_street_grid_is_small() -> None:
    steppe = read_steppe(COMMITTED)
    streets = [way for way in steppe.extract.ways if way.street]
    assert max(len(way.nodes) for way in streets) < 20
    assert all(step < 0.3 for way in streets for step in itertools.chain(way.step_km))
