from __future__ import annotations

from pathlib import Path

import osmium
import pytest

from geo.errors import DataError
from geo.read.lines import geodesic_lengths
from geo.read.osm import OsmExtract, read_osm


@pytest.fixture
def tiny(tiny_osm: Path) -> OsmExtract:
    return read_osm(tiny_osm, "tiny.osm")


def codes(extract: OsmExtract) -> set[str]:
    return {fault.code for fault in extract.faults}


def messages(extract: OsmExtract, code: str) -> list[str]:
    return [fault.message for fault in extract.faults if fault.code == code]


def test_roads_are_the_ways_that_cars_may_use(tiny: OsmExtract) -> None:
    assert list(tiny.roads.index) == ["w1", "w2", "w3", "w4-1", "w4-2", "w7"]
    assert tiny.counts["closed_ways"] == 1


def test_road_columns_say_what_the_tags_say(tiny: OsmExtract) -> None:
    roads = tiny.roads
    assert roads.loc["w1", ["road_category", "surface", "limit_kph", "oneway", "surface_imputed"]].tolist() == [
        "IV",
        "asphalt",
        50.0,
        "no",
        False,
    ]
    assert roads.loc["w2", ["road_category", "surface", "oneway", "surface_imputed"]].tolist() == [
        "street",
        "gravel",
        "backward",
        True,
    ]
    assert roads.loc["w3", ["surface", "condition", "ford", "open_months"]].tolist() == [
        "earth",
        "poor",
        True,
        "12 1 2 3",
    ]
    assert roads.loc["w7", ["road_category", "duration_minutes"]].tolist() == ["ferry", 45.0]


def test_roads_that_share_a_node_share_its_exact_coordinates(tiny: OsmExtract) -> None:
    assert tiny.roads.geometry["w1"].coords[1] == (70.0100001, 50.0)
    assert tiny.roads.geometry["w2"].coords[1] == (70.0100001, 50.0)
    assert tiny.roads.geometry["w3"].coords[0] == (70.0100001, 50.0)


def test_a_way_is_cut_where_a_node_is_missing(tiny: OsmExtract) -> None:
    assert list(tiny.roads.geometry["w4-1"].coords) == [(70.0, 50.03), (70.01, 50.03)]
    assert list(tiny.roads.geometry["w4-2"].coords) == [(70.03, 50.03), (70.04, 50.03)]
    assert messages(tiny, "cut-way") == ["Roads cut where their nodes are not in the file: 1 (w4)."]


def test_unknown_surfaces_are_imputed_and_named(tiny: OsmExtract) -> None:
    assert tiny.counts["surface_imputed"] == 3
    assert "surface=moon_dust (2)" in messages(tiny, "unread-tag")[0]


def test_places_have_names_by_language_and_one_row_each(tiny: OsmExtract) -> None:
    places = tiny.places
    assert list(places.index) == ["n50", "n51"]
    assert places.loc["n50", ["name_kk", "name_ru", "name_en"]].tolist() == ["Ақкөл", "Акколь", None]
    assert places.loc["n50", ["population_persons", "pop_year", "pop_source"]].tolist() == [1200, 2021, "OpenStreetMap"]
    assert places.loc["n51", "name_en"] == "Unnamed isolated dwelling n51"
    assert places["population_persons"].isna().tolist() == [False, True]
    assert not places["population_imputed"].any()


def test_a_school_node_inside_its_ground_is_dropped(tiny: OsmExtract) -> None:
    assert list(tiny.facilities.index) == ["n61", "n62", "w30"]
    assert tiny.facilities["service"].tolist() == ["phc", "phc", "school"]
    assert tiny.counts["school_tagged"] == 2
    assert "n60 and w30 are one and the same; w30 is kept." in messages(tiny, "duplicate-feature")


def test_a_place_of_worship_is_suspected(tiny: OsmExtract) -> None:
    assert tiny.facilities.index[tiny.facilities["suspected"]].tolist() == ["n61"]
    fault = next(fault for fault in tiny.faults if fault.code == "suspected-mistag")
    assert fault.severity == "warning"
    assert "n61" in fault.message
    assert "Мешіт Нұр" in fault.message


def test_complete_boundaries_are_assembled_and_others_named(tiny: OsmExtract) -> None:
    assert tiny.boundaries[["level", "name_kk"]].to_numpy().tolist() == [["okrug", "Ақкөл ауылдық округі"]]
    assert tiny.boundaries.geometry["r70"].bounds == (70.005, 49.995, 70.015, 50.005)
    assert "r71 Далалық аудан" in messages(tiny, "incomplete-boundary")[0]


def test_a_school_at_the_edge_stands_where_its_known_corners_are(tiny_osm: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.osm"
    lines = tiny_osm.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line for line in lines if 'node id="34"' not in line), encoding="utf-8")
    cut = read_osm(path, "cut.osm")
    assert cut.facilities.loc["w30", ["lon", "lat"]].tolist() == pytest.approx([70 + 0.035 / 3, 50 + 0.004 / 3])
    assert len(cut.waters) == 0
    assert "Areas that are not complete in the file: 2 (w30, w42)." in messages(cut, "incomplete-area")[0]


def test_buildings_that_nobody_lives_in_are_left_out(tiny: OsmExtract) -> None:
    assert list(tiny.buildings.index) == ["w40"]
    assert (tiny.counts["buildings_tagged"], tiny.counts["buildings"]) == (2, 1)
    assert tiny.waters["kind"].tolist() == ["water"]


@pytest.mark.parametrize("tag", ['k="amenity" v="school"', 'k="place" v="village"', 'k="building" v="house"'])
def test_an_outline_that_encloses_nothing_is_a_point(tiny_osm: Path, tmp_path: Path, tag: str) -> None:
    """A line drawn there and back: found by 100,000 changed extracts, of which three ended in a traceback."""
    way = f'<way id="90"><nd ref="7"/><nd ref="8"/><nd ref="9"/><nd ref="8"/><nd ref="7"/><tag {tag}/></way>'
    text = tiny_osm.read_text(encoding="utf-8")
    path = tmp_path / "there-and-back.osm"
    path.write_text(text.replace("</osm>", f"{way}</osm>"), encoding="utf-8")
    extract = read_osm(path, path.name)
    if "building" in tag:
        assert len(extract.buildings) == len(read_osm(tiny_osm, "tiny.osm").buildings) + 1
        assert not extract.buildings.geometry.is_empty.any()
    else:
        found = extract.facilities if "school" in tag else extract.places
        assert found.loc["w90", ["lon", "lat"]].tolist() == pytest.approx([70.015, 50.03])


def test_admin_levels_of_another_country(tiny_osm: Path) -> None:
    assert read_osm(tiny_osm, "tiny.osm", admin_levels={8: "district"}).boundaries["level"].tolist() == ["district"]
    left_out = read_osm(tiny_osm, "tiny.osm", admin_levels={4: "oblast"})
    assert len(left_out.boundaries) == 0
    assert "unknown-admin-level" in codes(left_out)


def test_pbf_and_xml_say_the_same(tiny: OsmExtract, tiny_osm: Path, tmp_path: Path) -> None:
    target = tmp_path / "tiny.osm.pbf"
    with osmium.SimpleWriter(str(target)) as writer:
        for item in osmium.FileProcessor(str(tiny_osm)):
            writer.add(item)
    again = read_osm(target, "tiny.osm")
    assert again.faults == tiny.faults
    assert again.roads.equals(tiny.roads)
    assert again.facilities.equals(tiny.facilities)


def test_a_missing_and_a_broken_file_are_errors(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"x\.osm\.pbf: The file does not exist"):
        read_osm(tmp_path / "x.osm.pbf", "x.osm.pbf")
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(b"no map")
    with pytest.raises(DataError, match="cannot be read"):
        read_osm(broken, "broken.osm.pbf")


def test_an_empty_extract_gives_empty_tables(tmp_path: Path) -> None:
    path = tmp_path / "empty.osm"
    path.write_text('<osm version="0.6"></osm>', encoding="utf-8")
    extract = read_osm(path, "empty.osm")
    tables = (extract.roads, extract.places, extract.facilities, extract.boundaries, extract.buildings, extract.waters)
    assert [len(table) for table in tables] == [0] * 6
    assert "surface_imputed" in extract.roads.columns


FERRY = """<osm version="0.6">
 <node id="1" lat="50.0" lon="70.00"/><node id="2" lat="50.0" lon="70.01"/><node id="3" lat="50.0" lon="70.02"/>
 <way id="1"><nd ref="1"/><nd ref="2"/>{own}</way>
 <way id="2"><nd ref="2"/><nd ref="3"/><tag k="highway" v="service"/></way>
 <relation id="9"><member type="way" ref="1" role=""/>{more}
  <tag k="type" v="route"/><tag k="route" v="ferry"/><tag k="duration" v="0:20"/><tag k="foot" v="no"/></relation>
</osm>
"""


@pytest.mark.parametrize(
    ("own", "more", "category", "minutes"),
    [
        ("", "", "ferry", 20.0),
        ('<tag k="duration" v="25 min"/>', "", "ferry", 25.0),
        ("", '<member type="way" ref="2" role=""/>', "ferry", None),
        ('<tag k="highway" v="track"/>', "", "track", None),
    ],
)
def test_ways_of_a_ferry_relation_are_ferries_unless_they_say_otherwise(tmp_path, own, more, category, minutes) -> None:
    path = tmp_path / "ferry.osm"
    path.write_text(FERRY.format(own=own, more=more), encoding="utf-8")
    roads = read_osm(path, "ferry.osm").roads
    assert list(roads.index) == ["w1", "w2"]
    assert roads["road_category"].tolist() == [category, "street"]
    assert roads["closed_to"].tolist() == ["walk" if category == "ferry" else None, None]
    assert roads["duration_minutes"].dropna().tolist() == ([] if minutes is None else [minutes])


def test_whose_roads_are_read(tiny_osm: Path) -> None:
    drawn = {
        vehicles: {
            road_id.partition("-")[0] for road_id in read_osm(tiny_osm, "tiny.osm", vehicles=vehicles).roads.index
        }
        for vehicles in (("car",), ("walk",), ("ambulance",), ("car", "walk"))
    }
    cars = {"w1", "w2", "w3", "w4", "w7"}
    assert drawn == {
        ("car",): cars,
        ("walk",): cars | {"w5"},
        ("ambulance",): cars | {"w6"},
        ("car", "walk"): cars | {"w5"},
    }
    assert "w5" not in read_osm(tiny_osm, "tiny.osm", vehicles=("walk",), paths=False).roads.index


def test_roads_that_nobody_clears_are_told(tiny_osm: Path, tmp_path: Path) -> None:
    path = tmp_path / "snow.osm"
    text = tiny_osm.read_text(encoding="utf-8")
    path.write_text(text.replace('v="secondary"/>', 'v="secondary"/><tag k="snowplowing" v="no"/>'), encoding="utf-8")
    extract = read_osm(path, "snow.osm")
    assert extract.roads.loc["w1", "closed_to"] == "ambulance:1,2,3,11,12 car:1,2,3,11,12 school_bus:1,2,3,11,12"
    (message,) = messages(extract, "not-cleared")
    assert message == "Roads that nobody clears of snow, taken to be closed to vehicles from November to March: 1."


@pytest.mark.shared
def test_vavuniya(shared: Path) -> None:
    extract = read_osm(shared / "sri-lanka-vavuniya" / "vavuniya.osm.pbf", "vavuniya.osm.pbf")
    counts = extract.counts
    # 2,337 ways and 1,173.8 km are drivable by class; three of them (4.1 km) are closed to cars by their access tags.
    assert (counts["road_ways"], counts["closed_ways"], counts["roads"]) == (2337, 3, 2334)
    assert geodesic_lengths(extract.roads.geometry).sum() / 1000 == pytest.approx(1169.7, abs=0.1)
    # 95 schools are tagged; single buildings and nodes inside a school's ground are not schools of their own.
    assert (counts["school_tagged"], counts["hospital_tagged"], counts["phc_tagged"]) == (95, 7, 3)
    # 36 place nodes, one of them a locality, where nobody lives; three villages are drawn as areas.
    assert counts["places"] == 38
    nodes = extract.places[extract.places.index.str.startswith("n")]
    assert (len(nodes), nodes["population_persons"].notna().sum()) == (35, 4)
    # 20,287 objects carry building=*; one of them is a way that is not closed.
    assert counts["buildings_tagged"] == 20286
    # The temple among the hospitals, and nothing else.
    assert extract.facilities.index[extract.facilities["suspected"]].tolist() == ["w169929855"]
    assert counts["incomplete_boundaries"] == 4
    assert len(extract.boundaries) == 0


@pytest.mark.shared
def test_andorra_parishes(shared: Path) -> None:
    extract = read_osm(shared / "andorra" / "andorra.osm.pbf", "andorra.osm.pbf", admin_levels={7: "okrug"})
    assert len(extract.boundaries) == 6
    assert extract.boundaries.geometry.is_valid.all()


@pytest.mark.shared
def test_beatty(shared: Path) -> None:
    extract = read_osm(shared / "usa-beatty-nv" / "beatty.osm", "beatty.osm")
    assert geodesic_lengths(extract.roads.geometry).sum() / 1000 == pytest.approx(247, abs=0.5)
    assert (len(extract.places), extract.counts["school_tagged"], extract.counts["phc_tagged"]) == (3, 3, 1)
