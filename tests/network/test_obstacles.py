from __future__ import annotations

import numpy as np
import shapely

from geo.network.obstacles import HAZARDS, WATERS, Obstacles


def test_legs_cross_rivers_lakes_and_zones_but_may_begin_or_end_in_an_area() -> None:
    river = shapely.LineString([(5, -10), (5, 10)])
    lake = shapely.box(20, -1, 22, 1)
    zone = shapely.box(30, -1, 40, 1)
    obstacles = Obstacles(np.array([river, lake], dtype=object), np.array([zone], dtype=object))
    begin = np.array([(0, 0), (0, 0), (0, 0), (21, 0), (6, 5), (35, 0), (25, 0), (0, 20)], dtype=float)
    end = np.array([(4, 0), (6, 0), (45, 0), (25, 0), (19, 5), (36, 0), (35, 0), (45, 20)], dtype=float)
    assert obstacles.crossed(begin, end).tolist() == [0, WATERS, WATERS + HAZARDS, 0, 0, 0, 0, 0]


def test_nothing_is_crossed_where_there_is_nothing() -> None:
    nothing = np.empty(0, dtype=object)
    ends = np.zeros((3, 2)), np.ones((3, 2))
    assert Obstacles(nothing, nothing).crossed(*ends).tolist() == [0, 0, 0]
