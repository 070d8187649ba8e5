"""The styles inside the GeoPackage, read as QGIS reads them."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

from geo.language import LANGUAGES, using
from geo.maps.classes import CODES, class_codes
from geo.maps.colourings import colouring_texts, colourings
from geo.report import write_layers
from geo.report.gis.styles import STYLE_TABLE
from geo.study.result import BASELINE, WORST
from tests.maps.diagnosed import diagnosed
from tests.sample import LIMIT_MINUTES, sample_result

LAYERS = ("settlements", "sites", "roads", "boundary")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("layers") / "results.gpkg"
    write_layers(sample_result(), path)
    return path


def _styles(path: Path) -> pd.DataFrame:
    return pyogrio.read_dataframe(path, layer=STYLE_TABLE)


def _rules(qml: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(qml).iter("rule"))


def test_every_layer_opens_with_exactly_one_style(package):
    _check_defaults(package, LAYERS)


def _check_defaults(package: Path, layers: tuple[str, ...]) -> None:
    styles = _styles(package)
    defaults = styles[styles["useAsDefault"]]
    assert sorted(defaults["f_table_name"]) == sorted(layers)
    assert set(styles["f_geometry_column"]) == {"geom"}
    assert pyogrio.read_info(package, layer="settlements")["geometry_name"] == "geom"
    # QGIS looks for an empty schema; a missing one would not be found.
    assert (styles[["f_table_catalog", "f_table_schema"]] == "").all(axis=None)


def test_settlements_have_a_style_for_today_and_for_the_plan(package):
    styles = _styles(package)
    names = styles.loc[styles["f_table_name"] == "settlements", "styleName"].tolist()
    assert names == ["Primary care: today", "Primary care: with the plan"]


def test_expressions_refer_to_columns_of_their_layer(package):
    for _number, style in _styles(package).iterrows():
        root = ElementTree.fromstring(style["styleQML"])
        texts = [rule.get("filter") for rule in root.iter("rule")]
        texts += [text.get("fieldName") for text in root.iter("text-style")]
        texts += [option.get("value") for option in root.iter("Option") if option.get("name") == "expression"]
        texts += [clause.text for clause in root.iter("orderByClause")]
        used = set(re.findall(r'"(\w+)"', " ".join(filter(None, texts))))
        columns = set(pyogrio.read_info(package, layer=style["f_table_name"])["fields"])
        assert used <= columns, style["styleName"]
        assert style["f_table_name"] == "boundary" or used


def test_every_rule_has_its_symbol(package):
    for qml in _styles(package)["styleQML"]:
        root = ElementTree.fromstring(qml)
        assert [rule.get("symbol") for rule in root.iter("rule")] == [one.get("name") for one in root.iter("symbol")]
        assert all(rule.get("label") for rule in root.iter("rule"))


def _holds(condition: str, rows: gpd.GeoDataFrame) -> list[bool]:
    """Return where a condition of a rule holds, as QGIS has it: what is compared with nothing does not hold."""
    text = re.sub(r'"(\w+)" IS NOT NULL', r"(not missing(row.\1))", condition)
    text = re.sub(r'"(\w+)" IS NULL', r"missing(row.\1)", text)
    text = re.sub(r'"(\w+)"', r"row.\1", text)
    for sql, python in ((" AND ", " and "), (" OR ", " or "), ("NOT ", "not "), (" IN ", " in "), (" = ", " == ")):
        text = text.replace(sql, python)
    return [bool(eval(text, {"row": row, "missing": pd.isna})) for row in rows.itertuples()]


def test_classes_are_those_of_the_maps(package):
    result = sample_result()
    rows = gpd.read_file(package, layer="settlements")
    qml = _styles(package)["styleQML"].iloc[0]
    access = result.table("access_settlement", plan=BASELINE, season=WORST).set_index("settlement_id")
    codes = class_codes(access.loc[rows["settlement_id"]], LIMIT_MINUTES)
    for code, rule in zip(CODES, _rules(qml), strict=True):
        assert _holds(rule.get("filter"), rows) == list(codes == code), rule.get("label")


def test_roads_are_red_in_the_season_that_is_hardest(package):
    styles = _styles(package)
    rules = _rules(styles.loc[styles["f_table_name"] == "roads", "styleQML"].iloc[0])
    assert [rule.get("filter") for rule in rules] == [
        "ELSE",
        'NOT "closed_winter" AND ("closed_dry" OR "closed_thaw")',
        '"closed_winter"',
    ]
    assert rules[-1].get("label") == "road closed: winter"


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_begin_with_the_language_in_use(language, tmp_path):
    with using(language):
        write_layers(sample_result(), tmp_path / "results.gpkg")
    label = next(ElementTree.fromstring(_styles(tmp_path / "results.gpkg")["styleQML"].iloc[0]).iter("text-style"))
    assert label.get("fieldName").startswith(f"coalesce(nullif(\"name_{language}\", '')")


def test_a_label_with_signs_of_markup_stays_text(tmp_path):
    result = sample_result()
    result.config.service[0].label.__dict__["en"] = "Care & <cure>"
    write_layers(result, tmp_path / "results.gpkg")
    styles = _styles(tmp_path / "results.gpkg")
    assert styles["styleName"].iloc[0] == "Care & <cure>: today"
    assert all(ElementTree.fromstring(qml).tag == "qgis" for qml in styles["styleQML"])


@pytest.fixture(scope="module")
def diagnosed_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("diagnosed") / "results.gpkg"
    write_layers(diagnosed(), path)
    return path


def test_the_diagnosis_brings_columns_and_styles_of_its_own(diagnosed_package):
    rows = gpd.read_file(diagnosed_package, layer="settlements").set_index("settlement_id")
    assert rows.loc["b", ["phc_gap", "place_class"]].tolist() == ["lower", "stable-unserved"]
    assert rows.loc["a", ["phc_n_within", "phc_m2sfca"]].tolist() == [4, 8.0]  # everybody's, worst season
    assert rows.loc["e", ["remoteness", "phc_gap", "phc_n_within"]].isna().all()
    sites = gpd.read_file(diagnosed_package, layer="sites").set_index("site_id")
    assert sites.loc["clinic-a", ["capacity", "load", "load_verdict"]].tolist() == [1000, 1300, "overloaded"]
    assert pd.isna(sites.loc["phc-b", "load_verdict"])
    areas = gpd.read_file(diagnosed_package, layer="areas").set_index("unit_id")
    assert areas.loc["w", "phc_within_share"] == pytest.approx(3000 / 4200)
    assert areas["unit_type"].tolist() == ["concentration", "unknown"]
    names = _styles(diagnosed_package).groupby("f_table_name")["styleName"].agg(list)
    assert names["settlements"][2:] == [
        "Primary care: What is missing by the norms",
        "Primary care: Choice: facilities within the norm",
        "Primary care: Supply per 1,000 people (staff posts; M2SFCA)",
        "Remoteness class",
        "Growth and service",
    ]
    assert names["sites"] == ["Primary care", "Primary care: Load of facilities"]
    assert names["areas"] == ["Primary care: within the norm, worst season", "Types of units"]


def test_expressions_and_symbols_of_the_diagnosis_hold_too(diagnosed_package):
    test_expressions_refer_to_columns_of_their_layer(diagnosed_package)
    test_every_rule_has_its_symbol(diagnosed_package)
    _check_defaults(diagnosed_package, (*LAYERS, "areas"))


def test_every_settlement_is_in_the_class_that_the_map_shows(diagnosed_package):
    rows = gpd.read_file(diagnosed_package, layer="settlements")
    styles = _styles(diagnosed_package).set_index("styleName")["styleQML"]
    for key, one in colourings(diagnosed(), "phc").items():
        text = colouring_texts(diagnosed(), "phc")[key]
        qml = next(styles[name] for name in styles.index if name.endswith(text["title"]))
        found = {
            place: rule.get("label")
            for rule in _rules(qml)
            for place, holds in zip(rows["settlement_id"], _holds(rule.get("filter"), rows), strict=True)
            if holds
        }
        codes = one.codes.get("") or one.codes["worst"]
        assert found == {
            place: text["labels"][code] for place, code in zip(diagnosed().settlements.index, codes, strict=True)
        }


def test_shares_of_areas_are_each_in_one_class(diagnosed_package):
    styles = _styles(diagnosed_package).set_index("styleName")["styleQML"]
    rules = _rules(styles["Primary care: within the norm, worst season"])
    shares = gpd.GeoDataFrame({"phc_within_share": [0.0, 0.5, 0.501, 0.75, 0.9, 0.95, 0.951, 1.0, None]})
    found = [[i for i, rule in enumerate(rules) if _holds(rule.get("filter"), shares)[row]] for row in range(9)]
    assert found == [[0], [0], [1], [1], [2], [3], [4], [4], [5]]
