from __future__ import annotations

import dataclasses
import json
import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import LineString, Polygon

from geo.maps.classes import class_codes, class_counts
from geo.maps.html import json_block, package_text
from geo.maps.layers import LAYERS
from geo.maps.shapes import line_steps, ring_steps, thinned
from geo.study.tabulate import typed
from tests.maps.diagnosed import LOADS, diagnosed, programme_tables
from tests.sample import PLACES, sample_result


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_builds_json_and_has_a_drawer(name: str) -> None:
    built = json.loads(json_block(LAYERS[name].build(diagnosed())))
    assert built is None or built, "the sample has something for every layer"
    program = package_text("geo.maps", "page", "layers.js")
    drawers = program[program.index("var drawers = {") : program.index("var groups = {}")]
    assert re.search(rf"^  {name}: (background|function)", drawers, re.MULTILINE)


@pytest.mark.parametrize("name", [name for name in LAYERS if name != "settlements"])
def test_layers_of_a_study_without_anything_are_empty(name: str) -> None:
    full = diagnosed()
    layers = ("roads", "legs", "boundary", "neighbours", "waters", "hazards", "sites")
    programme = {name: full.tables[name].iloc[:0] for name in programme_tables()}
    empty = dataclasses.replace(
        full,
        what_if={},
        reach=None,
        tables={**full.tables, **programme},
        **{layer: getattr(full, layer).iloc[:0] for layer in layers},
    )
    built = LAYERS[name].build(empty)
    assert built in (None, [], {"areas": [], "lines": []})


def test_load_says_what_is_known_and_is_not_offered_without_any_capacity() -> None:
    result = diagnosed()
    rows = LAYERS["load"].build(result)
    assert [row[1:] for row in rows] == [
        ["o", 1000, 1300, 130, 62, "kk"],
        ["f", 500, 300, 60, None, ""],
        ["k", None, 40, None, 12, ""],
    ]
    blank = result.tables["facility_load"].assign(capacity=pd.array([None] * len(LOADS), dtype="Int64"))
    assert LAYERS["load"].build(dataclasses.replace(result, tables={**result.tables, "facility_load": blank})) == []


def test_areas_within_reach_are_drawn_after_those_that_hold_them_for_every_choice_of_the_page() -> None:
    entries = LAYERS["reach"].build(diagnosed())
    keys = [(entry["plan"], entry["season"], entry["ms"]) for entry in entries]
    assert len(set(keys)) == len(keys)
    assert {(plan, season) for plan, season, _ms in keys} >= {("baseline", "worst"), ("headline", "thaw")}
    assert [ms for _plan, _season, ms in keys] == sorted((ms for _p, _s, ms in keys), reverse=True)
    plan = next(entry for entry in entries if entry["plan"] == "headline")
    assert len(plan["areas"]) == 2


def test_a_proposal_stands_where_its_site_is_and_one_that_is_not_measured_where_it_asks() -> None:
    ours, swap, salt = LAYERS["proposals"].build(diagnosed())
    assert (ours["open"], ours["close"], ours["rank"], ours["harms"]) == ([list(PLACES["c"][:2])], [], 2, False)
    # Its own site before the place it names; a closing makes somebody worse off, and is marked.
    assert (swap["open"], swap["close"], swap["harms"]) == ([list(PLACES["f"][:2])], [[66.02, 49.98]], True)
    assert (salt["open"], salt["rank"], salt["harms"]) == ([[66.5, 50.25]], None, False)
    texts = LAYERS["proposals"].words(diagnosed())
    assert "number 2 of 3" in texts[0]
    assert "Cost: 134M\u00a0KZT. The community brings 12M\u00a0KZT" in texts[0]
    assert "It makes trips longer than the study allows" in texts[1]
    assert "Worse off: Степное (180 people), by up to 34.8 min." in texts[1]
    assert "nothing may be built in this zone" in texts[2]


def test_a_team_calls_at_its_stops_in_order() -> None:
    (day,) = LAYERS["rounds"].build(diagnosed())
    places = list(PLACES)
    assert (day["kind"], day["season"], day["stops"]) == ("visit", "thaw", [places.index("b"), places.index("c")])
    assert (day["at"], day["minutes"], day["km"], day["arrive"]) == ([66.0, 50.0], 401.0, 88.0, [26.0, 190.0])


def test_a_bus_is_drawn_along_its_road_and_not_offered_without_one() -> None:
    result = diagnosed()
    stops = [
        {"stop": 1, "settlement_id": "b", "pupils": 7, "total_km": 0.0, "ride_minutes": 31.0, "closed_seasons": "thaw"},
        {"stop": 2, "settlement_id": "a", "pupils": 7, "total_km": 24.0, "ride_minutes": 0.0, "beyond_cap_seasons": ""},
    ]
    rows = pd.DataFrame(stops).assign(service="phc", route=1, site_id="clinic-a", season="dry")
    course = gpd.GeoDataFrame(
        {"service": ["phc"], "route": [1]}, geometry=[LineString([(66.1, 50.1), (66.05, 50.08), (66, 50)])], crs=4326
    )
    tables = {**result.tables, "transport_routes": typed("transport_routes", rows)}
    bus, _visit = LAYERS["rounds"].build(dataclasses.replace(result, tables=tables, routes=course))
    assert (bus["kind"], bus["stops"], bus["pupils"], bus["minutes"], bus["km"]) == ("bus", [1], [7], 31.0, 24.0)
    assert (bus["closed"], bus["late"]) == (["thaw"], [])
    assert _points(bus["lines"][0]) == [(66.1, 50.1), (66.05, 50.08), (66.0, 50.0)]


def test_ways_say_in_which_order_and_whether_the_plan_s_means_are_enough() -> None:
    result = diagnosed()
    rows = LAYERS["ways"].build(result)
    assert [(row["way"], row["order"], row["within"]) for row in rows] == [
        ("top_down", 1, True),
        ("top_down", 2, False),
        ("bottom_up", 1, False),
    ]
    assert LAYERS["ways"].words(result) == [
        "satellite village of Karasu; 800 users within the norm",
        "centre; 1 user within the norm, too few for a site to last",
        "villages that merged: <script>alert(1)</script> and Унгир; 450 users within the norm",
    ]


def test_everybody_whom_the_programme_makes_worse_off_is_marked_from_the_start() -> None:
    result = diagnosed()
    layer = LAYERS["worse_off"]
    assert layer.shown
    # The worst season of D, once; Z lies in another unit, so that it is named and not drawn.
    assert layer.build(result) == [-1, list(PLACES).index("d")]
    abroad, own = layer.words(result)
    assert own == "Primary care, feldsher point: today 13\u00a0min, then 47\u00a0min (thaw, 2028; people: 180)"
    assert (
        abroad == "unnamed place z: Primary care, feldsher point: "
        "today 13\u00a0min, then no way any more (thaw, 2028; people: 5)"
    )


def test_a_catchment_that_seasons_share_is_embedded_once() -> None:
    result = diagnosed()
    today, planned = LAYERS["road_catchments"].build(result)
    assert today["views"] == [["baseline", season] for season in ("dry", "winter", "thaw")]
    assert planned["views"] == [["headline", season] for season in ("dry", "winter", "thaw")]
    assert today["site"] != planned["site"]


def test_areas_of_units_are_those_of_the_boundary_in_its_order() -> None:
    result = diagnosed()
    areas = LAYERS["boundary"].build(result)["areas"]
    units = LAYERS["unit_types"].build(result)
    assert [unit["areas"] for unit in units] == [[0], [1]]
    for unit, shape in zip(units, result.boundary.geometry, strict=True):
        (area,) = unit["areas"]
        assert (
            Polygon(_points(areas[area][0])).equals_exact(shape, 1e-4)
            or Polygon(_points(areas[area][0])).symmetric_difference(shape).area < 1e-6
        )


def test_catchment_cells_fill_the_unit_and_hold_their_settlement() -> None:
    result = sample_result()
    cells = [
        shapely.union_all([Polygon(_points(ring[0])) for ring in areas]) for areas in LAYERS["catchments"].build(result)
    ]
    assert len(cells) == len(PLACES)
    for cell, point in zip(cells, result.settlements.geometry, strict=True):
        assert cell.buffer(1e-4).contains(point)
    whole = result.boundary.geometry.iloc[0]
    assert sum(cell.area for cell in cells) == pytest.approx(whole.area, rel=1e-3)


def _rows(*rows: tuple[float | None, str, int | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["minutes", "verdict", "persons"])
    return frame.astype({"minutes": "float64", "persons": "Int64"})


def test_classes_follow_the_norm_and_the_verdict_decides_at_the_limit() -> None:
    rows = _rows(
        (0.0, "within", 1),
        (15.0, "within", 1),
        (15.1, "within", 1),
        (30.0, "within", 1),
        (30.0, "beyond", 1),  # a millisecond above the limit
        (45.0, "beyond", 1),
        (60.0, "beyond", 1),
        (60.1, "beyond", 1),
        (None, "unreachable", 1),
        (None, "not_assessable", None),
        (10.0, "within", None),
    )
    assert "".join(class_codes(rows, 30.0)) == "11223345xnu"


def test_unknown_people_are_in_no_count_of_people() -> None:
    counts = class_counts(np.array(["u", "1"]), pd.Series([None, 7], dtype="Int64"))
    assert counts["u"] == [1, 0]
    assert counts["1"] == [1, 7]


def _points(steps: list[int]) -> list[tuple[float, float]]:
    whole = np.cumsum(np.array(steps).reshape(-1, 2), axis=0)
    return [(float(x), float(y)) for x, y in whole / 100_000]


def test_steps_add_up_to_the_line_with_five_decimals() -> None:
    line = LineString([(66.123456, 50.0), (66.2, 50.1), (66.2, 50.1000001), (-1.0, 0.00001)])
    (steps,) = line_steps(np.array([line]))
    assert _points(steps) == [(66.12346, 50.0), (66.2, 50.1), (-1.0, 0.00001)]


def test_lines_that_touch_become_one_and_holes_stay() -> None:
    ends = [LineString([(0, 0), (1, 0)]), LineString([(1, 0), (2, 0)])]
    assert len(line_steps(np.array(ends))) == 1
    hole = Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(1, 1), (2, 1), (2, 2)]])
    (rings,) = ring_steps(np.array([hole]))
    assert [len(ring) // 2 for ring in rings] == [5, 4]


def test_thinning_keeps_a_whole_country_small() -> None:
    generator = np.random.default_rng(1)
    lines = np.array([LineString(generator.normal(scale=0.01, size=(500, 2)).cumsum(axis=0)) for _ in range(40)])
    corners = sum(len(line.coords) for line in thinned(lines, most_corners=2_000))
    assert corners <= 2_000


def test_json_cannot_end_its_script_and_refuses_what_pages_never_show() -> None:
    block = json_block({"name": "</script><!-- & \u2028"})
    assert not set("<>&\u2028") & set(block)
    assert json.loads(block)["name"] == "</script><!-- & \u2028"
    with pytest.raises(ValueError, match="Out of range"):
        json_block([float("nan")])
