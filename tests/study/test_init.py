"""`geo init`: one extract becomes a folder that is whole, checked, and loses nothing."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
from rasterio.transform import Affine

from geo.errors import DataError, UsageError
from geo.read.osm import read_osm
from geo.report.init_page import init_page
from geo.study import load_study
from geo.study.init import Initialised, InitRequest, init_study, people
from geo.study.prepare import prepare
from tests.study.two_districts import write_two_districts


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    return write_two_districts(tmp_path / "two-districts.osm.pbf")


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the study of the whole extract, which stands beside it."""
    extract = write_two_districts(tmp_path_factory.mktemp("init") / "two-districts.osm.pbf")
    made(extract)
    return extract.parent / "study"


def made(extract: Path, **wishes: object) -> Initialised:
    folder = extract.parent / "study"
    return init_study(InitRequest(folder, extract, **wishes), page=init_page)  # type: ignore[arg-type]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def codes(error: pytest.ExceptionInfo[DataError]) -> list[str]:
    return [fault.code for fault in error.value.faults]


class TestRoundTrip:
    def test_roads_read_from_the_table_are_those_of_the_extract_column_by_column(self, everything):
        extract = everything.parent / "two-districts.osm.pbf"
        roads = read_osm(extract, extract.name, vehicles=("car",)).roads
        again = load_study(everything).roads
        pd.testing.assert_frame_equal(
            pd.DataFrame(again.drop(columns=["geometry", "file_row"])),
            pd.DataFrame(roads.drop(columns=["geometry", "file_row"])),
        )
        assert [line.wkb for line in again.geometry] == [line.wkb for line in roads.geometry]
        # What the round trip is about is there at all.
        assert again.loc["n3", "border_crossing"]
        assert again.loc["w5", "closed_to"] == "ambulance:1,2,3,11,12 car:1,2,3,11,12 school_bus:1,2,3,11,12"
        assert again.loc["w6", "duration_minutes"] == 20
        assert again.loc["w4", ["winter_road", "ford"]].tolist() == [True, True]
        assert again.loc["w7", "bridge"]
        assert again.loc[["w1-1", "w2"], "surface_imputed"].tolist() == [False, True]

    def test_times_are_those_of_a_study_that_reads_the_extract_itself(self, everything):
        folder = everything
        text = (folder / "study.toml").read_text(encoding="utf-8")
        # The same study, with everything but the boundary and the settlements' unit left to the extract.
        for line in ('settlements = "settlements.csv"', 'facilities = "facilities.csv"', 'roads = "roads.gpkg"'):
            assert line in text
            text = text.replace(line, "")
        text = text.replace("[inputs]", '[inputs]\nosm = "two-districts.osm.pbf"')
        own = folder.parent / "own"
        own.mkdir()
        shutil.copy(folder.parent / "two-districts.osm.pbf", own)
        (own / "study.toml").write_text(text, encoding="utf-8")
        (own / "boundaries.geojson").write_bytes((folder / "boundaries.geojson").read_bytes())
        ours, theirs = prepare(load_study(folder)), prepare(load_study(own))
        assert list(ours.sites["site_id"]) == list(theirs.sites["site_id"])
        for season, times in ours.times["base"].items():
            np.testing.assert_array_equal(times.minutes, theirs.times["base"][season].minutes)
        assert np.isfinite(ours.times["base"]["dry"].minutes).any()

    def test_what_was_suspected_and_assumed_stays_marked(self, extract):
        made(extract, persons_per_building=4.0)
        study = load_study(extract.parent / "study")
        assert study.facilities.index[study.facilities["suspected"]].tolist() == ["n52"]
        assert not study.boundaries["hull"].any()
        assert {"suspected-mistag", "imputed-surface"} <= {fault.code for fault in study.faults}

    def test_the_same_extract_gives_the_same_bytes(self, everything, extract):
        made(extract)
        assert contents(extract.parent / "study") == contents(everything)


class TestArea:
    def test_all_districts_of_an_extract_are_units(self, everything):
        study = load_study(everything)
        assert study.units.index.tolist() == ["r80", "r81"]
        assert {norm.key.split("/")[0] for norm in study.norms} == {"kz-national", "kz-sparse"}
        assert [season.name for season in study.config.season] == ["dry", "winter", "thaw"]

    @pytest.mark.parametrize("name", ["шығыс ауданы", "East"])
    def test_a_district_sees_its_neighbours(self, extract, name):
        made(extract, district=name)
        study = load_study(extract.parent / "study")
        assert study.units.index.tolist() == ["r81"]
        assert study.settlements.index.tolist() == ["n43"]
        # Beyond the border: the road, the school and the villages, which the table keeps and the study names.
        assert "w3" in study.roads.index
        assert "n50" in study.facilities.index
        outside = [fault for fault in study.faults if fault.code == "outside-every-unit"]
        assert len(outside) == 3

    def test_far_beyond_the_border_nothing_is_kept(self, extract):
        done = made(extract, district="East District", buffer_km=2)
        assert sorted(done.roads.index[done.roads.index.str.startswith("w")]) == ["w1-2", "w2", "w5", "w6"]
        assert done.facilities.index.tolist() == ["n51"]

    def test_an_unclear_district_is_refused_with_the_matches(self, extract):
        with pytest.raises(DataError) as error:
            made(extract, district="District")
        assert codes(error) == ["unclear-district"]
        assert "r80 (" in str(error.value)
        assert "r81 (" in str(error.value)

    def test_a_misspelt_district_is_refused_with_the_nearest(self, extract):
        with pytest.raises(DataError, match="Did you mean East District") as error:
            made(extract, district="Est Distric")
        assert codes(error) == ["unknown-district"]
        assert not (extract.parent / "study").exists()

    def test_without_a_boundary_a_hull_stands_in_and_says_so(self, tiny_osm):
        done = init_study(InitRequest(tiny_osm.parent / "study", tiny_osm), page=init_page)
        assert done.area.is_hull
        study = load_study(tiny_osm.parent / "study")
        assert study.boundaries["hull"].all()
        page = (tiny_osm.parent / "study" / "data-quality.html").read_text(encoding="utf-8")
        assert "it is not an official one" in page

    def test_a_boundary_that_is_cut_off_is_named(self, tiny_osm):
        with pytest.raises(DataError, match="not complete in the extract") as error:
            init_study(InitRequest(tiny_osm.parent / "study", tiny_osm, district="Далалық аудан"))
        assert codes(error) == ["incomplete-boundary"]


class TestPeople:
    def test_unknown_populations_stay_blank_unless_asked_for(self, everything):
        study = load_study(everything)
        people = study.settlements["population_persons"]
        assert people.dropna().to_dict() == {"n40": 300, "n41": 120, "n43": 80}
        assert people.isna().to_dict()["n42"]
        assert study.config.demand.counts == "people"
        page = (everything / "data-quality.html").read_text(encoding="utf-8")
        assert "Settlements: 4. Population from tags: 3, imputed: 0, unknown: 1." in page

    def test_where_hardly_anybody_is_known_settlements_count_and_every_page_says_so(self, tiny_osm):
        path = tiny_osm.parent / "nobody.osm"
        path.write_text(tiny_osm.read_text(encoding="utf-8").replace("population", "note"), encoding="utf-8")
        done = init_study(InitRequest(tiny_osm.parent / "study", path), page=init_page)
        assert not done.people.counts_people
        study = load_study(tiny_osm.parent / "study")
        assert study.settlements["population_persons"].isna().all()
        assert study.settlements["school_persons"].tolist() == [1] * len(study.settlements)
        assert "settlements-counted" in {fault.code for fault in study.faults}
        page = (tiny_osm.parent / "study" / "data-quality.html").read_text(encoding="utf-8")
        assert "settlements are counted, not people" in page

    def test_a_raster_that_reaches_few_of_the_settlements_counts_people_all_the_same(self, extract, monkeypatch):
        monkeypatch.setattr(people, "_KNOWN_SHARE", 1.1)
        raster = extract.parent / "people.tif"
        write_raster(raster, people_of_the_west())
        assert made(extract, population=raster).people.counts_people
        assert load_study(extract.parent / "study").config.demand.counts == "people"

    def test_a_raster_fills_in_what_no_tag_says(self, extract):
        raster = extract.parent / "people.tif"
        write_raster(raster, people_of_the_west())
        done = made(extract, population=raster)
        table = pd.read_csv(extract.parent / "study" / "settlements.csv", index_col="settlement_id")
        assert table.loc["n42", ["pop_total", "pop_imputed", "pop_source"]].tolist() == [70, "yes", "people.tif"]
        assert table.loc["n40", ["pop_total", "pop_imputed"]].tolist() == [300, "no"]
        assert done.people.n_imputed == 1
        sources = tomllib.loads((extract.parent / "study" / "SOURCE.toml").read_text(encoding="utf-8"))["source"]
        assert [source["name"] for source in sources][1] == "Population raster: people.tif"
        assert "imputed-population" in {fault.code for fault in load_study(extract.parent / "study").faults}


def people_of_the_west() -> np.ndarray:
    cells = np.zeros((20, 40), dtype=np.float32)
    cells[18, 8] = 70  # at 69.98 E, 50.015 N: the hamlet that has no population
    return cells


def write_raster(path: Path, cells: np.ndarray) -> None:
    with rasterio.open(
        path, "w", driver="GTiff", width=cells.shape[1], height=cells.shape[0], count=1, dtype="float32",
        crs="EPSG:4326", transform=Affine(0.01, 0, 69.9, 0, -0.01, 50.2), nodata=-99999,
    ) as raster:  # fmt: skip
        raster.write(cells, 1)


class TestServices:
    def test_those_that_the_extract_has_are_studied(self, everything):
        assert [service.name for service in load_study(everything).config.service] == ["school", "phc"]

    def test_a_service_without_a_facility_is_studied_where_asked_and_named(self, extract):
        done = made(extract, services=("hospital",))
        assert done.setting.services == ("hospital",)
        page = (extract.parent / "study" / "data-quality.html").read_text(encoding="utf-8")
        assert "Studied, though no facility of it is known: Hospital." in page
        assert "In the extract and not studied: Primary care, School." in page

    def test_an_unknown_service_is_refused(self, extract):
        with pytest.raises(UsageError, match="post_office"):
            made(extract, services=("post_office",))


class TestFolder:
    def test_a_file_is_never_overwritten(self, extract):
        folder = extract.parent / "study"
        folder.mkdir()
        (folder / "facilities.csv").write_text("mine", encoding="utf-8")
        with pytest.raises(DataError, match=r"facilities\.csv") as error:
            made(extract)
        assert codes(error) == ["file-exists"]
        assert contents(folder) == {"facilities.csv": b"mine"}

    def test_an_existing_folder_keeps_its_files(self, extract):
        folder = extract.parent / "study"
        folder.mkdir()
        (folder / "list.xlsx").write_bytes(b"mine")
        made(extract)
        assert (folder / "list.xlsx").read_bytes() == b"mine"
        assert (folder / "study.toml").is_file()

    def test_nothing_is_left_behind_by_a_failure(self, extract, monkeypatch):
        def fails(*_args: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("geo.study.init.run.tables.write_facilities", fails)
        with pytest.raises(DataError, match="No space left on device"):
            made(extract)
        assert [path.name for path in extract.parent.iterdir()] == [extract.name]

    def test_a_folder_filled_halfway_is_emptied_again(self, extract, monkeypatch):
        folder = extract.parent / "study"
        folder.mkdir()
        (folder / "list.xlsx").write_bytes(b"mine")
        rename, moved = Path.rename, []

        def breaks(path: Path, target: Path) -> Path:
            moved.append(path.name)
            if len(moved) == 4:
                raise OSError(5, "Input/output error")
            return rename(path, target)

        monkeypatch.setattr(Path, "rename", breaks)
        with pytest.raises(DataError, match="Input/output error"):
            made(extract)
        assert contents(folder) == {"list.xlsx": b"mine"}

    def test_names_are_text_on_the_page_and_in_the_tables(self, everything):
        page = (everything / "data-quality.html").read_text(encoding="utf-8")
        assert "<b>bay</b>" not in page
        # A spreadsheet would compute this village's name; a space in front keeps it a name, and is not read back.
        assert ",'=1+1," in (everything / "settlements.csv").read_text(encoding="utf-8-sig")
        assert load_study(everything).settlements.loc["n42", "name_en"] == "=1+1"
        features = json.loads((everything / "boundaries.geojson").read_text(encoding="utf-8"))["features"]
        assert [feature["properties"]["name_en"] for feature in features] == ["West District", "East District"]
        assert [feature["properties"]["name_kk"] for feature in features] == [None, "Шығыс ауданы"]
