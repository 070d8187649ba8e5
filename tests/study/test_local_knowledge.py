"""Joining by name within a district, renamed codes, overrides: what is applied, what is listed, what is refused."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point, box

from geo.errors import DataError, Fault
from geo.study.conditions import make_seasons, study_network
from geo.study.load import StudyData, load_study
from geo.study.prepare import prepare, verify
from geo.study.supply import find_sites
from tests import toy
from tests.study.bad_input import NORTH, PLACES, SOUTH, Folder, clean
from tests.study.folders import settlements_frame, write_toy

HEADER = "kind,edge_id,season,speed_kmh,settlement_id,settlement_name,district_name,facility_id,active,source\n"


def faults(folder: Path) -> list[Fault]:
    with pytest.raises(DataError) as raised:
        load_study(folder)
    return list(raised.value.faults)


def named(name: str, **changed: object) -> Folder:
    folder = clean()
    folder.settle("273251100", 51.55, 51.20, name_ru="Жамбыл")
    folder.settle("103651100", 51.60, 51.45, NORTH, name_ru="Жамбыл")
    folder.supply("clinic-1", "phc", "", settlement_name=name, **changed)
    return folder


@pytest.mark.parametrize(
    ("name", "district", "joined"),
    [
        ("Жамбыл", {"district_id": SOUTH}, "273251100"),
        ("с. ЖАМБЫЛ", {"district_name": "Северный р-н"}, None),
        ("село Жамбыл", {"district_name": "северный район"}, "103651100"),
        ("Мойынқұм", {"district_name": "Северный"}, PLACES["E"][0]),
    ],
)
def test_a_name_is_joined_within_its_district(tmp_path, name, district, joined):
    folder = named(name, **district).write(tmp_path)
    if joined is None:
        assert [fault.code for fault in faults(folder)] == ["unknown-district"]
    else:
        assert load_study(folder).facilities.loc["clinic-1", "settlement_id"] == joined


def test_an_ambiguous_name_lists_its_matches_with_their_districts(tmp_path):
    (fault,) = faults(named("Жамбыл").write(tmp_path))
    assert (fault.file, fault.column, fault.code) == ("facilities.csv", "settlement_name", "ambiguous-settlement")
    assert "273251100 (Жамбыл, 2732)" in fault.message
    assert "103651100 (Жамбыл, 1036)" in fault.message


def of_one_oblast(folder: Folder, *, stated: bool) -> Folder:
    """Make one oblast of both districts the unit of the study; settlements state their district, or nothing."""
    folder.study = folder.study.replace("[study]", '[study]\nunits = "oblast"')
    for row in folder.boundaries:
        row["parent_id"] = "27"
    whole = box(51.0, 50.7, 52.6, 51.9)
    folder.boundaries.append({"unit_id": "27", "level": "oblast", "name_ru": "Область", "geometry": whole})
    if not stated:
        for row in folder.settlements:
            row["district_id"] = ""
    return folder


@pytest.mark.parametrize("stated", [True, False])
@pytest.mark.parametrize("district", [{"district_id": NORTH}, {"district_name": "Северный"}])
def test_districts_are_those_of_the_boundaries_whatever_the_units_of_the_study(tmp_path, stated, district):
    folder = of_one_oblast(named("Жамбыл", **district), stated=stated)
    assert load_study(folder.write(tmp_path)).facilities.loc["clinic-1", "settlement_id"] == "103651100"


@pytest.mark.parametrize("stated", [True, False])
def test_a_name_without_a_district_is_not_joined_in_a_study_of_several_districts_in_one_unit(tmp_path, stated):
    folder = of_one_oblast(named("Теректі"), stated=stated)
    assert [fault.code for fault in faults(folder.write(tmp_path))] == ["no-district"]


def test_a_name_without_a_district_is_not_joined_where_nobody_knows_the_districts(tmp_path):
    folder = of_one_oblast(named("Теректі"), stated=False)
    del folder.boundaries[:2]
    assert [fault.code for fault in faults(folder.write(tmp_path))] == ["no-district"]


def of_one_district(folder: Folder) -> Folder:
    """Keep the southern district only; the villages of the north are neighbours that the study leaves out."""
    folder.study = folder.study.replace("[study]", '[study]\noutside = "exclude"')
    del folder.boundaries[1]
    for row in folder.settlements:
        row["district_id"] = ""
    return folder


def test_neighbours_beyond_the_border_do_not_make_several_districts(tmp_path):
    study = load_study(of_one_district(named("Теректі")).write(tmp_path))
    assert study.facilities.loc["clinic-1", "settlement_id"] == PLACES["B"][0]


@pytest.mark.parametrize(("name", "code"), [("Шалқар", "no-district"), ("Жамбыл", "ambiguous-settlement")])
def test_a_name_without_a_district_is_never_joined_to_a_neighbour(tmp_path, name, code):
    assert [fault.code for fault in faults(of_one_district(named(name)).write(tmp_path))] == [code]


@pytest.mark.parametrize(
    ("name", "district", "code"),
    [
        ("Жамбыл", {}, "ambiguous-settlement"),
        ("Теректі", {}, "no-district"),
        ("Нигде", {"district_id": SOUTH}, "unknown-settlement"),
        ("Жамбыл", {"district_name": "Западный"}, "unknown-district"),
    ],
)
def test_a_facility_with_a_position_of_its_own_keeps_it_whatever_its_name_says(tmp_path, name, district, code):
    study = load_study(named(name, lon=51.9, lat=51.0, **district).write(tmp_path))
    facility = study.facilities.loc["clinic-1"]
    assert (facility.geometry, facility.isna()["settlement_id"]) == (Point(51.9, 51.0), True)
    fault = next(fault for fault in study.faults if fault.code == code)
    assert (fault.severity, fault.file, fault.column) == (
        "warning",
        "facilities.csv",
        "district_name" if code == "unknown-district" else "settlement_name",
    )


@pytest.mark.parametrize("broken", ["boundaries.geojson", "settlements.csv"])
def test_names_are_not_blamed_for_what_another_file_lacks(tmp_path, broken):
    folder = named("Мойынқұм", district_name="Северный")
    if broken == "settlements.csv":
        for row in folder.settlements:
            row["pop_total"] = -5 if row["name_kk"] == "Мойынқұм" else row["pop_total"]
    folder.write(tmp_path)
    if broken == "boundaries.geojson":
        (tmp_path / broken).write_text("{", encoding="utf-8")
    assert {fault.file for fault in faults(tmp_path)} == {broken}


def test_one_match_without_a_district_is_suggested_and_not_joined(tmp_path):
    (fault,) = faults(named("Теректі").write(tmp_path))
    assert fault.code == "no-district"
    assert f"{PLACES['B'][0]} (Теректі, 2732)" in fault.message


@pytest.mark.parametrize("name", ["Teректы", "Terekty", "Теректы-1"])
def test_what_only_sounds_alike_is_suggested_and_not_joined(tmp_path, name):
    (fault,) = faults(named(name, district_id=SOUTH).write(tmp_path))
    assert fault.code == "unknown-settlement"
    assert PLACES["B"][0] in fault.remedy


def test_a_code_counts_more_than_a_name(tmp_path):
    folder = clean()
    folder.supply("clinic-1", "phc", PLACES["B"][0], settlement_name="Шалқар")
    study = load_study(folder.write(tmp_path))
    assert study.facilities.loc["clinic-1", "settlement_id"] == PLACES["B"][0]
    assert [fault.code for fault in study.faults] == ["name-differs"]


def test_renamed_codes_join_and_are_listed(tmp_path):
    folder = clean()
    folder.study = folder.study.replace("[inputs]", '[inputs]\nrenamed_codes = "codes.csv"')
    folder.supply("clinic-1", "phc", "633610100")
    folder.write(tmp_path)
    (tmp_path / "codes.csv").write_text(f"old_id,new_id\n633610100,{PLACES['D'][0]}\n", encoding="utf-8")
    study = load_study(tmp_path)
    assert study.facilities.loc["clinic-1", "settlement_id"] == PLACES["D"][0]
    note = next(fault for fault in study.faults if fault.code == "renamed-code")
    assert (note.severity, "633610100" in note.message) == ("repaired", True)


@pytest.mark.parametrize(
    ("key", "heads", "values"),
    [
        ("observed_trips", "minutes,season,vehicle", "30,{season},car"),
        ("reference_distances", "published_km,source", "25,atlas"),
    ],
)
def test_renamed_codes_reach_trips_and_distances(tmp_path, key, heads, values):
    folder = clean()
    folder.study = folder.study.replace("[inputs]", f'[inputs]\nrenamed_codes = "codes.csv"\n{key} = "pairs.csv"')
    folder.write(tmp_path)
    (tmp_path / "codes.csv").write_text(f"old_id,new_id\n633610100,{PLACES['D'][0]}\n", encoding="utf-8")
    season = load_study(clean().write(tmp_path / "plain")).config.season[0].name
    row = f"633610100,{PLACES['A'][0]},{values.format(season=season)}"
    (tmp_path / "pairs.csv").write_text(f"from_id,to_id,{heads}\n{row}\n", encoding="utf-8")
    study = load_study(tmp_path)
    assert list(getattr(study, key)["from_id"]) == [PLACES["D"][0]]
    (note,) = (fault for fault in study.faults if fault.code == "renamed-code")
    assert (note.file, note.row, note.column) == ("pairs.csv", 2, "from_id")


@pytest.mark.parametrize("broken", ["", "old,new\n"])
def test_no_code_is_called_unknown_where_the_renamed_ones_cannot_be_read(tmp_path, broken):
    folder = clean()
    inputs = '[inputs]\nrenamed_codes = "codes.csv"\nobserved_trips = "trips.csv"\noverrides = "overrides.csv"'
    folder.study = folder.study.replace("[inputs]", inputs)
    folder.supply("clinic-1", "phc", "633610100")
    folder.write(tmp_path)
    (tmp_path / "codes.csv").write_text(broken, encoding="utf-8")
    trip = f"633610100,{PLACES['A'][0]},30,{{season}},car"
    (tmp_path / "overrides.csv").write_text(HEADER + "uses,,,,633610100,,,clinic-1,yes,us\n", encoding="utf-8")
    season = load_study(clean().write(tmp_path / "plain")).config.season[0].name
    text = f"from_id,to_id,minutes,season,vehicle\n{trip.format(season=season)}\n"
    (tmp_path / "trips.csv").write_text(text, encoding="utf-8")
    assert {fault.file for fault in faults(tmp_path)} == {"codes.csv"}


def overridden(folder: Path, *rows: str, **changed: object) -> Path:
    write_toy(folder, **changed)  # type: ignore[arg-type]
    study = folder / "study.toml"
    text = study.read_text(encoding="utf-8").replace("[inputs]", '[inputs]\noverrides = "overrides.csv"')
    study.write_text(text, encoding="utf-8")
    (folder / "overrides.csv").write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return folder


def notes(study: StudyData) -> dict[str, str]:
    return {fault.code: fault.message for fault in study.faults if fault.file == "overrides.csv"}


def kph(study: StudyData, road: str) -> dict[str, float]:
    network = study_network(study)
    number = network.roads.index.get_loc(road)
    return {s.name: 3600 / s.road_ms_per_metre[number] for s in make_seasons(study, network)}


def test_a_known_speed_counts_in_its_season_and_is_listed_old_to_new(tmp_path):
    study = load_study(overridden(tmp_path, "speed,BC,winter,12,,,,,yes,road service"))
    assert kph(study, "BC") == pytest.approx({"dry": 50, "winter": 12, "thaw": 35})
    assert notes(study) == {"override-speed": "Speed of road BC, winter: 35 → 12 km/h (road service)."}


def test_a_speed_opens_no_closed_road(tmp_path):
    study = load_study(overridden(tmp_path, "speed,CD,thaw,12,,,,,yes,road service"))
    assert kph(study, "CD")["thaw"] == 0
    assert "closed there" in notes(study)["override-speed"]


def test_a_closure_without_season_closes_all_year(tmp_path):
    study = load_study(overridden(tmp_path, "closed,AB,,,,,,,yes,akim"))
    assert set(kph(study, "AB").values()) == {0}
    closed = [fault.message for fault in study.faults if fault.code == "override-closed"]
    assert "Road AB, dry: as the tables say → closed (akim)." in closed


def test_a_row_that_is_switched_off_does_nothing(tmp_path):
    study = load_study(overridden(tmp_path, "closed,AB,,,,,,,no,akim"))
    assert kph(study, "AB")["dry"] == pytest.approx(70)
    assert list(notes(study)) == ["override-off"]


def test_people_count_where_they_are_known_to_go_and_the_nearest_stands_beside(tmp_path):
    rows = ["uses,,,,,Village B,Toy district,clinic-D,yes,register"]
    prepared = prepare(load_study(overridden(tmp_path, *rows, facilities=("A", "D"))))
    loads = prepared.loads.set_index("site_id")["nearest_persons"]
    plain = prepare(load_study(write_toy(tmp_path / "plain", facilities=("A", "D")))).loads
    before = plain.set_index("site_id")["nearest_persons"]
    moved = int(toy.PERSONS[1])
    assert (loads - before).to_dict() == {"clinic-A": -moved, "clinic-D": moved}
    found = notes(prepared.study)
    assert found["override-uses"].startswith("People of B use clinic-D for phc")
    assert found["override-not-nearest"].startswith("dry: the nearest to B is clinic-A (25.7 min)")


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("speed,XY,dry,12,,,,,yes,x", "unknown-road", "edge_id"),
        ("speed,AB,spring,12,,,,,yes,x", "unknown-season", "season"),
        ("speed,AB,dry,,,,,,yes,x", "blank-value", "speed_kmh"),
        ("uses,,,,Z,,,clinic-A,yes,x", "unknown-settlement", "settlement_id"),
        ("uses,,,,B,,,clinic-Z,yes,x", "unknown-facility", "facility_id"),
        ("closed,AB,dry,,,,,,yes,x\nclosed,AB,,,,,,,yes,y", "override-twice", "kind"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, row, code, column):
    (fault,) = faults(overridden(tmp_path, row))
    assert (fault.file, fault.code, fault.column) == ("overrides.csv", code, column)


@pytest.mark.parametrize("broken", ["facilities.csv", "settlements.csv"])
def test_overrides_are_not_blamed_for_facilities_that_cannot_be_read(tmp_path, broken):
    row = "uses,,,,D,,,clinic-A,yes,register"
    settlements = settlements_frame()
    if broken == "settlements.csv":  # then nobody can tell where the clinic of A stands
        settlements["pop_total"] = settlements["pop_total"].where(settlements["settlement_id"] != "A", -5)
    overridden(tmp_path, row, settlements=settlements)
    if broken == "facilities.csv":
        (tmp_path / broken).write_text("", encoding="utf-8")
    assert {fault.file for fault in faults(tmp_path)} == {broken}


def test_villages_are_not_called_disconnected_for_a_road_with_an_error(tmp_path):
    folder = clean()
    next(road for road in folder.roads if road["edge_id"] == "AD")["oneway"] = "perhaps"  # it joins north and south
    with pytest.raises(DataError) as raised:
        load_study(folder.write(tmp_path))
    assert {fault.file for fault in [*raised.value.faults, *raised.value.also]} == {"roads.geojson"}
    assert len(raised.value.faults) == 1
    assert raised.value.also == ()


def test_overrides_are_not_blamed_for_a_road_with_an_error(tmp_path):
    lines = toy.raw_roads()
    lines["oneway"] = ["perhaps", *["no"] * (len(lines) - 1)]
    rows = ["closed,AB,dry,,,,,,yes,akim", "speed,AB,spring,12,,,,,yes,road service"]
    found = [(fault.file, fault.code) for fault in faults(overridden(tmp_path, *rows, roads=lines))]
    assert len(found) == 2
    assert found[0] == ("overrides.csv", "unknown-season")  # which no road has to tell
    assert found[1][0] == "roads.geojson"


def test_where_settlements_count_one_where_nobody_lives_counts_nothing(tmp_path):
    settlements = settlements_frame()
    settlements["pop_total"] = [40, 0, None, 30, 20, 10]
    folder = write_toy(tmp_path, study='[demand]\ncounts = "settlements"', settlements=settlements)
    study = load_study(folder)
    assert study.settlements["phc_persons"].tolist() == [1, 0, 1, 1, 1, 1]
    sites = find_sites(study)
    candidates = sites.loc[sites["kind"] == "candidate", "settlement_id"]
    assert candidates.tolist() == ["C", "D", "E", "F"]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("Школа закрытого типа", "open"),
        ("Мектеп (жабық типтегі)", "open"),
        ("Школа-интернат закрытая", "open"),
        ("ФАП закрыт", "unknown"),
        ("Школа (закрыта на ремонт)", "unknown"),
        ("Отделение закрыто", "unknown"),
        ("Мектеп (жабық)", "unknown"),
        ("Недостроенная школа", "unknown"),
    ],
)
def test_only_a_name_that_says_so_makes_a_facility_doubtful(tmp_path, name, status):
    folder = clean()
    folder.supply("clinic-1", "phc", PLACES["B"][0], name_ru=name, status="")
    assert load_study(folder.write(tmp_path)).facilities.loc["clinic-1", "status"] == status


def test_road_ends_are_joined_only_as_near_as_the_study_says(tmp_path):
    lines = toy.raw_roads()
    lines.loc[0, "geometry"] = toy.line_of_length(toy.PLACES["A"], (66.3597, 49.08), 29_978)
    folder = write_toy(tmp_path, roads=lines)
    assert len(load_study(folder).faults) == 1  # nobody says where the data come from
    study = folder / "study.toml"
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace("[network]", "[network]\nsnap_metres = 30"), encoding="utf-8")
    snapped = load_study(folder)
    fault = next(fault for fault in snapped.faults if fault.code == "snapped-end")
    assert (fault.severity, fault.file) == ("repaired", "roads.geojson")
    assert "Road AB ended 2" in fault.message
    assert set(study_network(snapped).component) == {0}
    assert set(study_network(load_study(write_toy(tmp_path / "loose", roads=lines))).component) == {0, 1}


def test_a_district_that_two_share_is_no_answer(tmp_path):
    folder = named("Жамбыл", district_name="Южный район")
    folder.boundaries[1]["name_ru"] = "Южный район"
    assert [fault.code for fault in faults(folder.write(tmp_path))] == ["ambiguous-district"]


def test_a_missing_source_of_local_knowledge_is_an_error(tmp_path):
    found = faults(overridden(tmp_path, "closed,AB,dry,,,,,,yes,"))
    assert [(fault.code, fault.column) for fault in found] == [("blank-value", "source")]
    assert pd.notna(found[0].remedy)


def test_roads_that_meet_at_vertices_are_told_where_they_cross_without_one(tmp_path):
    lines = toy.raw_roads()
    over = toy.line_of_length((66.1, 48.9), (66.1, 49.3), 60_000)
    lines = gpd.GeoDataFrame(
        pd.concat([lines, lines.iloc[[0]].assign(edge_id="over", geometry=[over])], ignore_index=True), crs=lines.crs
    )
    folder = write_toy(tmp_path, roads=lines)
    study = folder / "study.toml"
    assert "crossing-without-node" not in {fault.code for fault in verify(load_study(folder))}
    study.write_text(study.read_text("utf-8") + '\n[road_layer]\nmeet = "vertices"\n', encoding="utf-8")
    crossings = [fault for fault in verify(load_study(folder)) if fault.code == "crossing-without-node"]
    assert any("over" in fault.message for fault in crossings)
