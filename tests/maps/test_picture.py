from __future__ import annotations

import itertools
import re
from importlib import resources

import numpy as np
import pytest
from shapely.geometry import LineString, Point, box

from geo.maps import symbols
from geo.maps.classes import COLOURS
from geo.maps.picture import Extent, Picture

UNIT = Extent(66.0, 50.0, 67.0, 50.5)


def test_north_is_up_and_east_is_right_with_longitudes_shortened() -> None:
    picture = Picture(UNIT, width_px=480)
    west, east, north = picture.at(66.0, 50.25), picture.at(67.0, 50.25), picture.at(66.5, 50.5)
    south = picture.at(66.5, 50.0)
    assert west[0] < east[0]
    assert north[1] < south[1]
    per_degree = (east[0] - west[0]) / ((south[1] - north[1]) * 2)
    assert per_degree == pytest.approx(np.cos(np.radians(50.25)), abs=1e-6)
    assert all(0 < value < picture.width_px for value in (west[0], east[0]))


def test_areas_of_circles_are_people() -> None:
    picture = Picture(UNIT, most_persons=10_000)
    assert picture.radius(8000) == pytest.approx(2 * picture.radius(2000))
    assert picture.radius(0) == picture.radius(1) == 2.0
    assert picture.radius(None) == 5.0


def test_names_are_never_markup() -> None:
    picture = Picture(UNIT)
    picture.label(66.5, 50.25, "<script>alert(1)</script>")
    text = picture.svg('"><b>')
    assert "<script" not in text
    assert "<b>" not in text
    assert "&lt;script&gt;" in text


def test_labels_keep_clear_of_symbols_and_of_each_other() -> None:
    picture = Picture(UNIT, width_px=480)
    for number in range(12):
        picture.place(66.5, 50.25 + number / 1000, 5000, "1")
        picture.label(66.5, 50.25 + number / 1000, f"Place {number}", picture.radius(5000))
    placed = re.findall(
        r'<text x="([\d.]+)" y="([\d.]+)" font-size="11" text-anchor="(\w+)" fill="#1a1a1a">Place', picture.svg("")
    )
    assert 1 <= len(placed) < 12
    assert len({(x, y) for x, y, _anchor in placed}) == len(placed)
    rows = sorted(float(y) for _x, y, anchor in placed if anchor == "start")
    assert all(later - earlier >= 12 for earlier, later in itertools.pairwise(rows))


def test_every_place_is_drawn_in_the_colour_of_its_class_and_readable_in_grey() -> None:
    picture = Picture(UNIT)
    for code in "12345xnu":
        picture.place(66.5, 50.2, 400, code)
    text = picture.svg("")
    assert all(text.count(f'fill="{colour}"') == 1 for colour in COLOURS)
    # Three classes beyond the norm carry a dot, the cut off a cross on a white rim.
    assert text.count(f'fill="{symbols.INK}"/>') == 3
    assert text.count('stroke="#000"') == 1


def test_what_lies_outside_the_frame_is_left_out_and_hair_lines_are_thinned() -> None:
    wave = LineString([(66 + step / 10_000, 50.2 + 1e-6 * (step % 2)) for step in range(10_000)])
    picture = Picture(UNIT, width_px=480)
    picture.lines(np.array([wave, LineString([(10, 10), (11, 11)])]), "#000", 1)
    picture.areas(np.array([box(0, 0, 1, 1)]), "#fff")
    assert len(picture.body()) < 1500


@pytest.mark.parametrize("degrees", [2.5, 0.25, 0.03])
def test_the_scale_bar_is_a_round_length(degrees: float) -> None:
    around = Extent.around(np.array([Point(66, 50), Point(66 + degrees, 50)]))
    text = Picture(around, width_px=480).svg("")
    number = re.search(r">([\d.,]+) km<", text)
    assert number is not None
    assert float(number[1].replace(",", "")) in {
        mantissa * 10.0**power for mantissa in (1, 2, 5) for power in range(-2, 4)
    }


def test_an_extent_needs_a_shape() -> None:
    with pytest.raises(ValueError, match="at least one shape"):
        Extent.around(np.array([]))


def test_symbols_are_those_of_the_map_in_the_browser() -> None:
    program = "".join(
        entry.read_text(encoding="utf-8")
        for entry in sorted(resources.files("geo.maps").joinpath("page").iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".js")
    )
    assert f'"{symbols.STAR}"' in program
    assert f'"{symbols.CROSSED}"' in program
    for colour in (symbols.PURPLE, symbols.INK, symbols.RED, symbols.ROAD):
        assert f'"{colour}"' in program


def _stars(svg: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"<g transform=\"translate\(([-\d.]+) ([-\d.]+)\)", svg)]


def test_a_star_hides_neither_its_own_place_nor_a_neighbour_and_its_name_is_there() -> None:
    picture = Picture(UNIT, width_px=480)
    places = [(66.5, 50.25), (66.53, 50.25), (66.5, 50.27), (66.47, 50.25), (66.5, 50.23)]
    for lon, lat in places:
        picture.place(lon, lat, 1200, "x")
    for number, (lon, lat) in enumerate(places[:2], start=1):
        picture.star(lon, lat, str(number), f"Star {number}", picture.radius(1200))
    picture.star(*places[2], "", "Second", picture.radius(1200))
    svg = picture.svg("")
    stars = _stars(svg)
    reach = [10.0, 10.0, 7.5]
    for (x, y), size in zip(stars, reach, strict=True):
        for place in places:
            a, b = picture.at(*place)
            assert max(abs(x - a), abs(y - b)) >= size + picture.radius(1200) - 0.2
    for one, other in itertools.combinations(range(3), 2):
        apart = max(abs(stars[one][axis] - stars[other][axis]) for axis in (0, 1))
        assert apart >= reach[one] + reach[other] - 0.2
    assert all(f">{name}</text>" in svg for name in ("Star 1", "Star 2", "Second"))


def test_the_name_of_a_star_is_shown_even_where_there_is_no_room() -> None:
    picture = Picture(UNIT, width_px=200)
    for step in range(400):
        picture.place(66 + (step % 20) / 20, 50 + (step // 20) / 40, 3000, "1")
    picture.star(66.5, 50.25, "1", "Wanted")
    picture.star(66.99, 50.25, "2", "A name of many letters")
    picture.label(66.5, 50.25, "Unwanted")
    svg = picture.svg("")
    assert ">Wanted</text>" in svg
    assert ">A name of many letters</text>" in svg
    assert ">Unwanted</text>" not in svg
