"""Prices of buildings by size, and what is wrong with them."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from geo.study.cross_check import check_costs
from geo.study.price_list import PriceList

COSTS = pd.DataFrame(
    {
        "item": ["school/secondary", "school/secondary@600", "school/secondary@300", "school/basic", "phc/fap"],
        "unit": ["place", "place", "place", "place", "object"],
        "value": [9.9, 6.0, 8.0, 5.0, 130.0],
        "file_row": [2, 3, 4, 5, 6],
    }
)
PRICES = PriceList(COSTS)
CONFIG = SimpleNamespace(
    service=(
        SimpleNamespace(name="school", levels=("basic", "secondary")),
        SimpleNamespace(name="phc", levels=("fap",)),
    ),
    inputs=SimpleNamespace(costs="costs.csv"),
)


@pytest.mark.parametrize(
    ("item", "places", "money"),
    [
        ("school/secondary", 100, 800),  # as in the smallest size known, 8.0 each
        ("school/secondary", 300, 2400),
        # Half-way between 300 and 600 on a logarithmic scale, 424.26 places, the price is half-way too: 7.0 each.
        ("school/secondary", 300 * 2**0.5, 300 * 2**0.5 * 7),
        ("school/secondary", 600, 3600),
        ("school/secondary", 1000, 6000),
        ("school/basic", 40, 200),  # no sizes: the price of the row
        ("phc/fap", 1000, 130),  # a price per object
    ],
)
def test_a_building_costs_by_its_size(item, places, money):
    assert PRICES.building_cost(PRICES.row(item), places) == pytest.approx(money)


def test_sizes_are_whole_places_of_a_level_that_the_study_has():
    assert check_costs(COSTS, CONFIG) == []
    wrong = COSTS.assign(
        item=["school/secondary@big", "school/secondary@0", "school/evening@300", "school/basic", "phc/fap"]
    )
    faults = check_costs(wrong, CONFIG)
    assert [(fault.row, fault.code, fault.severity) for fault in faults] == [
        (2, "bad-size", "error"),
        (3, "bad-size", "error"),
        (4, "unused-price", "warning"),
    ]
    assert faults[0].message == "“big” is no number of places, as in school/secondary@600."
