from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo.read.boundaries import hull_boundary, read_boundaries

BOWTIE = shapely.Polygon([(70, 50), (71, 51), (71, 50), (70, 51)])
SQUARE = shapely.box(72, 50, 73, 51)


def layer(path: Path, shapes: list[shapely.Geometry], crs: str | None = "EPSG:4326") -> Path:
    values = {"unit_id": ["b", "a"][: len(shapes)], "level": "district", "name_en": ["B", "A"][: len(shapes)]}
    gpd.GeoDataFrame(values, geometry=shapes, crs=crs).to_file(path)
    return path


def test_an_invalid_polygon_is_mended_and_named(tmp_path: Path) -> None:
    frame, faults = read_boundaries(layer(tmp_path / "b.gpkg", [BOWTIE, SQUARE]), "b.gpkg")
    assert list(frame.index) == ["a", "b"]
    assert frame.geometry.is_valid.all()
    assert frame.geometry["b"].area == pytest.approx(0.5)
    assert frame.geometry["a"].equals(SQUARE)
    assert [(fault.row, fault.code, fault.severity) for fault in faults] == [(2, "invalid-polygon", "repaired")]
    assert "unit b" in faults[0].message
    assert not frame["hull"].any()


def test_points_are_no_boundaries(tmp_path: Path) -> None:
    _frame, faults = read_boundaries(layer(tmp_path / "b.gpkg", [shapely.Point(70, 50)]), "b.gpkg")
    assert [(fault.row, fault.code) for fault in faults] == [(2, "wrong-geometry")]


def test_a_layer_without_crs_is_an_error(tmp_path: Path) -> None:
    path = layer(tmp_path / "b.shp", [SQUARE])
    (tmp_path / "b.prj").unlink()
    assert ("no-crs", "error") in {(fault.code, fault.severity) for fault in read_boundaries(path, "b.shp")[1]}


def test_the_hull_holds_everything_and_says_what_it_is() -> None:
    known = gpd.GeoSeries([shapely.Point(70, 50), shapely.LineString([(70, 50), (70.2, 50.1)]), None], crs="EPSG:4326")
    hull = hull_boundary(known, 1000.0, "u1")
    assert hull["hull"].tolist() == [True]
    assert list(hull.index) == ["u1"]
    metric = hull.to_crs(hull.estimate_utm_crs()).geometry.iloc[0]
    assert metric.contains(known.iloc[:2].to_crs(hull.estimate_utm_crs()).union_all().buffer(990))
    assert not metric.contains(known.iloc[:1].to_crs(hull.estimate_utm_crs()).iloc[0].buffer(1010))


@pytest.mark.shared
def test_one_district_of_kazakhstan_needs_mending(shared: Path, tmp_path: Path) -> None:
    source = gpd.read_file(shared / "kazakhstan" / "boundaries" / "kaz_admbnda_adm2_2024.shp")
    values = {"unit_id": [f"u{i:03d}" for i in range(len(source))], "level": "district", "name_en": "x"}
    path = tmp_path / "districts.gpkg"
    gpd.GeoDataFrame(values, geometry=source.geometry, crs=source.crs).to_file(path)
    frame, faults = read_boundaries(path, "districts.gpkg")
    assert len(frame) == 224
    assert [fault.severity for fault in faults] == ["repaired"]
    assert frame.geometry.is_valid.all()
