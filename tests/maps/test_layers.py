from __future__ import annotations

import dataclasses
import json
import re

import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import LineString, Polygon

from geo.maps.classes import class_codes, class_counts
from geo.maps.html import json_block, package_text
from geo.maps.layers import LAYERS
from geo.maps.shapes import line_steps, ring_steps, thinned
from tests.maps.diagnosed import LOADS, diagnosed
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
    empty = dataclasses.replace(
        full, what_if={}, reach=None, **{layer: getattr(full, layer).iloc[:0] for layer in layers}
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
