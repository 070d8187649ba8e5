"""Cox's Bazar: an extract whose roads fall into many parts, and schools in UTM without a map of theirs."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import Geod, Transformer

from geo.read.facilities import Places, read_facilities
from geo.report.init_page import init_page
from geo.study import load_study
from geo.study.conditions import study_network
from geo.study.init import InitRequest, init_study

pytestmark = pytest.mark.shared


def test_lost_parts_are_reported_and_facilities_land_in_the_right_place(shared: Path, tmp_path: Path):
    data = shared / "bangladesh-coxsbazar"
    folder = tmp_path / "study"
    request = InitRequest(folder, data / "bangladesh_clip.osm.pbf", services=("school",))
    done = init_study(request, page=init_page)
    study = load_study(folder)
    network = study_network(study)
    n_parts = int(network.component.max()) + 1
    assert n_parts > 100
    told = [fault.message for fault in done.faults if fault.code == "disconnected-settlement"]
    part = network.component[network.edge_from]
    settlements = study.settlements
    spots = settlements.geometry.to_crs(network.crs).to_numpy()
    nearest = network.tree.nearest(spots)
    # A settlement with a road of the main part within a kilometre is not lost.
    main = shapely.union_all(np.asarray(network.tree.geometries)[part == 0])
    lost = settlements.index[(part[nearest] != 0) & (shapely.distance(spots, main) > 1_000)]
    assert len(lost)
    assert all(any(f"({place})" in message for message in told) for place in lost)
    page = (folder / "data-quality.html").read_text(encoding="utf-8")
    assert all(place in page for place in lost)

    schools = gpd.read_file(f"/vsizip/{data / 'education_cxb.zip'}")
    table = gpd.GeoDataFrame(
        {
            "facility_id": [f"s{number}" for number in range(len(schools))],
            "name_en": schools["SCH_NAME"],
            "service": "school",
            "level": "primary",
        },
        geometry=schools.geometry,
        crs=schools.crs,
    )
    assert schools.crs.to_epsg() == 32646
    table.to_file(folder / "schools.gpkg", driver="GPKG")
    places = Places.of(study.settlements)
    levels = {"school": ("primary",)}
    placed, _faults = read_facilities(folder / "schools.gpkg", "schools.gpkg", places, levels, ("school",))
    placed = placed.loc[table["facility_id"]]
    assert len(placed) == 788
    geod = Geod(ellps="WGS84")
    # Where UTM zone 46 puts them, computed apart from the program.
    to_degrees = Transformer.from_crs("EPSG:32646", "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(schools.geometry.x.to_numpy(), schools.geometry.y.to_numpy())
    assert max(geod.inv(lon, lat, placed["lon"].to_numpy(), placed["lat"].to_numpy())[2]) < 0.01
    # The surveyors wrote degrees beside them, in another datum: some 400 m away, and not in another country.
    given = schools[["X_LOC", "Y_LOC"]].to_numpy()
    stated = (given[:, 0] > 90) & (given[:, 1] > 20)
    assert stated.sum() > 700
    metres = geod.inv(lon[stated], lat[stated], given[stated, 0], given[stated, 1])[2]
    assert np.median(metres) < 500
