"""People from a raster: sums are kept, whatever its reference system, its holes and its strips."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from rasterio.transform import Affine

from geo.errors import DataError
from geo.read import raster as module
from geo.read.raster import settlements_from_raster
from geo.tables import SETTLEMENTS
from geo.tables.check import check

WGS84 = "EPSG:4326"
#: Cells of 0.01 degrees from 70 E, 50.3 N.
DEGREES = Affine(0.01, 0, 70, 0, -0.01, 50.3)


def write(
    path: Path, cells: Any, crs: str | None = WGS84, transform: Affine = DEGREES, nodata: float | None = -1
) -> Path:
    values = np.atleast_3d(np.asarray(cells, dtype=np.float32))
    with rasterio.open(
        path, "w", driver="GTiff", height=values.shape[0], width=values.shape[1], count=values.shape[2],
        dtype="float32", crs=crs, transform=transform, nodata=nodata,
    ) as file:  # fmt: skip
        file.write(np.moveaxis(values, 2, 0))
    return path


def places(*rows: tuple[str, float, float, int | None]) -> gpd.GeoDataFrame:
    columns = list(zip(*rows, strict=True)) if rows else [(), (), (), ()]
    raw = pd.DataFrame(dict(zip(("settlement_id", "lon", "lat", "pop_total"), columns, strict=True)), dtype=object)
    frame, _faults = check(SETTLEMENTS, raw.assign(name_en="Place"), "places")
    return frame


def cells_with(values: dict[tuple[int, int], float], shape: tuple[int, int] = (30, 40)) -> np.ndarray:
    cells = np.full(shape, -1.0)
    for place, value in values.items():
        cells[place] = value
    return cells


def code(error: pytest.ExceptionInfo[DataError]) -> str:
    return error.value.faults[0].code


class TestSums:
    def test_cells_go_to_the_nearest_place_and_the_rest_is_counted(self, tmp_path):
        # Cell (10, 10) lies at 70.105, 50.195; each is 0.7 km wide and 1.1 km high.
        path = write(
            tmp_path / "p.tif",
            cells_with({(10, 10): 40.4, (10, 11): 20.2, (10, 15): 7.5, (25, 36): 12.25, (25, 37): 3, (2, 38): 4.5}),
        )
        table = places(("a", 70.105, 50.195, None), ("b", 70.16, 50.195, 500))
        frame, faults, sums = settlements_from_raster(path, "p.tif", table)
        assert frame.loc["a", ["population_persons", "population_imputed", "pop_source"]].tolist() == [
            61,
            True,
            "p.tif",
        ]
        assert frame.loc["b", ["population_persons", "population_imputed"]].tolist() == [500, False]
        # Twelve and three people stand together, far from every place; four and a half stand alone.
        assert frame.loc["p0001", "population_persons"] == 15
        assert frame.loc["p0001", ["lon", "lat"]].tolist() == pytest.approx([70.365, 50.045])
        assert (sums.superseded, sums.unplaced, sums.outside, sums.n_new) == (7.5, 4.5, 0.0, 1)
        assert sums.given + sums.superseded + sums.unplaced + sums.outside == pytest.approx(sums.total)
        assert [fault.code for fault in faults] == ["imputed-population"]
        assert "76 of 88" in faults[0].message

    @pytest.mark.parametrize("strip_cells", [1, 45, 10_000])
    def test_strips_change_nothing(self, tmp_path, monkeypatch, strip_cells):
        cells = np.random.default_rng(3).gamma(0.3, 4, (30, 40))
        path = write(tmp_path / "p.tif", cells)
        table = places(("a", 70.1, 50.2, None), ("b", 70.3, 50.05, None))
        whole, _faults, expected = settlements_from_raster(path, "p.tif", table)
        monkeypatch.setattr(module, "_STRIP_CELLS", strip_cells)
        parted, _faults, sums = settlements_from_raster(path, "p.tif", table)
        pd.testing.assert_frame_equal(pd.DataFrame(parted), pd.DataFrame(whole))
        assert sums.total == pytest.approx(expected.total, rel=1e-12)
        assert sums.total == pytest.approx(float(cells.astype(np.float32).sum(dtype=np.float64)))

    def test_the_same_people_in_another_reference_system(self, tmp_path):
        # A cell of 200 m around the place in UTM, one far away.
        metres = Affine(200, 0, 500_000, 0, -200, 5_550_000)
        path = write(tmp_path / "p.tif", cells_with({(10, 10): 30, (29, 39): 20}), "EPSG:32642", metres)
        lon, lat = gpd.GeoSeries.from_xy([502_100], [5_547_900], crs="EPSG:32642").to_crs(WGS84).iloc[0].coords[0]
        frame, _faults, sums = settlements_from_raster(
            path, "p.tif", places(("a", lon, lat, None)), place_radius_metres=150
        )
        assert frame["population_persons"].tolist() == [30, 20]
        assert sums.total == 50

    def test_no_data_nan_and_undeclared_negatives_are_nobody(self, tmp_path):
        path = write(tmp_path / "p.tif", [[5, -99999], [np.nan, -3]], nodata=-99999)
        frame, faults, sums = settlements_from_raster(path, "p.tif", places(("a", 70.005, 50.295, None)))
        assert frame["population_persons"].tolist() == [5]
        assert (sums.total, sums.n_negative) == (5, 1)
        assert "negative-cells" in [fault.code for fault in faults]

    def test_only_the_area_counts_and_what_is_outside_is_told(self, tmp_path):
        path = write(tmp_path / "p.tif", cells_with({(10, 10): 40, (10, 12): 20}))
        area = shapely.box(70.09, 50.18, 70.115, 50.21)
        frame, _faults, sums = settlements_from_raster(path, "p.tif", places(("a", 70.105, 50.195, None)), area=area)
        assert frame["population_persons"].tolist() == [40]
        # The window is the area's own box, so that a country's raster is not read for a district.
        assert sums.total == 40
        wider = shapely.union(area, shapely.box(70.13, 50.18, 70.14, 50.19))
        _frame, _faults, sums = settlements_from_raster(path, "p.tif", places(("a", 70.105, 50.195, None)), area=wider)
        assert (sums.total, sums.outside) == (60, 20)

    def test_without_any_place_the_raster_shows_where_people_live(self, tmp_path):
        path = write(tmp_path / "p.tif", cells_with({(5, 5): 40, (25, 30): 30}))
        frame, _faults, sums = settlements_from_raster(path, "p.tif", places())
        assert frame["population_persons"].tolist() == [30, 40]
        assert frame["name_en"].tolist() == ["Unnamed settlement 1", "Unnamed settlement 2"]
        assert sums.n_new == 2

    def test_a_raster_of_somewhere_else_is_an_error(self, tmp_path):
        path = write(tmp_path / "p.tif", cells_with({(5, 5): 40}))
        area = shapely.box(10, 10, 11, 11)
        _frame, faults, _sums = settlements_from_raster(path, "p.tif", places(("a", 10.5, 10.5, None)), area=area)
        assert [fault.code for fault in faults if fault.severity == "error"] == ["empty-raster"]


class TestRefused:
    @pytest.mark.parametrize(
        ("expected", "wishes"),
        [
            ("no-crs", {"crs": None}),
            ("rotated-raster", {"transform": Affine(0.01, 0.002, 70, 0.002, -0.01, 50.3)}),
        ],
    )
    def test_cells_that_cannot_be_placed(self, tmp_path, expected, wishes):
        path = write(tmp_path / "p.tif", cells_with({(5, 5): 40}), **wishes)
        with pytest.raises(DataError) as error:
            settlements_from_raster(path, "p.tif", places())
        assert code(error) == expected

    def test_several_bands(self, tmp_path):
        path = write(tmp_path / "p.tif", np.ones((3, 3, 2)))
        with pytest.raises(DataError) as error:
            settlements_from_raster(path, "p.tif", places())
        assert code(error) == "several-bands"

    @pytest.mark.parametrize("content", [b"", b"no raster", b"II*\x00\x08\x00\x00\x00"])
    def test_what_is_no_raster(self, tmp_path, content):
        (tmp_path / "p.tif").write_bytes(content)
        with pytest.raises(DataError) as error:
            settlements_from_raster(tmp_path / "p.tif", "p.tif", places())
        assert code(error) == "unreadable-file"
        assert str(tmp_path) not in str(error.value)


@pytest.mark.shared
def test_worldpop_is_read_to_a_thousandth_of_its_own_total(shared):
    path = shared / "germany-ahrtal" / "wpop_ahrvalley.tif"
    with rasterio.open(path) as file:
        total = float(file.read(1, masked=True).sum(dtype=np.float64))
    assert round(total) == 191_420
    frame, _faults, sums = settlements_from_raster(path, path.name, places(("a", 7.1, 50.54, None)))
    assert sums.total == pytest.approx(total, rel=1e-9)
    assert frame["population_persons"].sum() == pytest.approx(total, rel=1e-3)
    assert sums.given + sums.unplaced == pytest.approx(total, rel=1e-9)
