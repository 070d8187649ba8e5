"""Every place, district and highway of the country as one study: what is outside, broken or unknown is named."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo.study import load_study
from geo.study.load import StudyData
from geo.study.prepare import verify

pytestmark = pytest.mark.shared

STUDY = """
[study]
name = "districts"
title = { en = "Kazakhstan by districts" }
outside = "exclude"

[inputs]
settlements = "settlements.csv"
facilities = "facilities.csv"
boundaries = "boundaries.geojson"
roads = "roads.geojson"

[network]
beyond_join = "not_assessable"
borders = "open"

[norms]
packs = ["kz-national", "kz-sparse"]

[[season]]
name = "all_year"
speeds_of = "dry"

[[service]]
name = "hospital"
label = { en = "Hospital" }
site_label = { en = "hospital" }
levels = ["hospital"]
serving_level = "hospital"
norm = "kz-sparse/hospital-120-minutes"
open = 5
"""


@lru_cache(maxsize=1)
def places(shared: Path) -> gpd.GeoDataFrame:
    """The places; one without a name is called by what it is, as in an extract."""
    points = gpd.read_file(shared / "kazakhstan/settlements/hotosm_kaz_populated_places_points_geojson.geojson")
    ids = "n" + points["osm_id"].astype(str)
    # A plain name may be in any language: it stands where the others are missing.
    names = {f"name_{language}": points[f"name:{language}"] for language in ("kk", "ru", "en")}
    nameless = pd.concat([points["name"], *names.values()], axis=1).isna().all(axis=1)
    unnamed = "Unnamed " + points["place"].str.replace("_", " ") + " " + ids
    names["name_ru"] = names["name_ru"].fillna(points["name"])
    names["name_en"] = names["name_en"].where(~nameless, unnamed)
    return gpd.GeoDataFrame(
        {
            "settlement_id": ids,
            **names,
            "lon": points.geometry.x,
            "lat": points.geometry.y,
            "settlement_class": np.where(points["place"] == "city", "city", "other"),
            "pop_total": pd.to_numeric(points["population"]).astype("Int64"),
            "kind": points["place"],
        },
        geometry=points.geometry,
    )


@lru_cache(maxsize=1)
def districts(shared: Path) -> gpd.GeoDataFrame:
    """The districts of January 2024, as drawn: one of them crosses itself."""
    layer = gpd.read_file(shared / "kazakhstan/boundaries/kaz_admbnda_adm2_2024.shp")
    return gpd.GeoDataFrame(
        {
            "unit_id": layer["KATO"],
            "level": "district",
            **{f"name_{language}": layer[f"ADM2_{language.upper()}"] for language in ("kk", "ru", "en")},
        },
        geometry=layer.geometry,
    )


def highways(shared: Path) -> gpd.GeoDataFrame:
    lines = gpd.read_file(shared / "kazakhstan/roads/kz_highways_scgraph.geojson")
    return gpd.GeoDataFrame(
        {
            "edge_id": [f"e{u}-{v}" for u, v in zip(lines["u"], lines["v"], strict=True)],
            "road_category": "II",
            "surface": "asphalt",
        },
        geometry=lines.geometry,
    )


@pytest.fixture
def study(shared: Path, tmp_path: Path) -> StudyData:
    table = places(shared)
    hospitals = table[table["kind"] == "city"]
    table.drop(columns=["geometry", "kind"]).to_csv(tmp_path / "settlements.csv", index=False)
    pd.DataFrame(
        {
            "facility_id": "h-" + hospitals["settlement_id"],
            "settlement_id": hospitals["settlement_id"],
            "service": "hospital",
            "level": "hospital",
        }
    ).to_csv(tmp_path / "facilities.csv", index=False)
    districts(shared).to_file(tmp_path / "boundaries.geojson", driver="GeoJSON")
    highways(shared).to_file(tmp_path / "roads.geojson", driver="GeoJSON")
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    return load_study(tmp_path)


def test_the_country_becomes_a_study(study, shared):
    verify(study)
    table = places(shared).set_index("settlement_id")
    assert len(table) == 9899
    assert len(study.units) == 224
    assert len(study.roads) == 2573
    # Places outside every district are left out and named, one by one; nobody else is.
    outside = [fault for fault in study.faults if fault.code == "outside-every-unit"]
    named = {fault.message.split(" ")[0] for fault in outside}
    assert named == set(table.index) - set(study.settlements.index)
    assert {fault.severity for fault in outside} == {"note"}
    assert (table.loc[sorted(named), "kind"] != "isolated_dwelling").sum() == 380
    # The polygon that crosses itself is named and mended.
    broken = [fault for fault in study.faults if fault.code == "invalid-polygon"]
    assert len(broken) == 1
    assert broken[0].severity == "repaired"
    invalid = districts(shared)[~districts(shared).is_valid]["unit_id"].tolist()
    assert invalid[0] in broken[0].message
    # Nobody asked for it: what is unknown stays unknown, and what is known is as it was.
    people = study.settlements["population_persons"]
    expected = table["pop_total"].reindex(study.settlements.index)
    pd.testing.assert_series_equal(people, expected, check_names=False)
    assert people.isna().sum() == expected.isna().sum() > 5000
    assert not study.settlements["population_imputed"].any()
