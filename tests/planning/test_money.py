"""Money over years, worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geo.planning.case import Option
from geo.planning.money import (
    PlacePrices,
    annual_cost,
    capital_recovery_factor,
    net_present_value,
)
from geo.read.bundled import bundled_folder


def test_capital_recovery_factor():
    # r (1 + r)^n / ((1 + r)^n - 1) = 0.10 x 1.21 / 0.21 = 0.576190...: 100 now are 57.62 a year for two years,
    # since 57.619 / 1.1 + 57.619 / 1.21 = 52.381 + 47.619 = 100.
    assert capital_recovery_factor(0.10, 2) == pytest.approx(0.121 / 0.21)
    assert capital_recovery_factor(0.0, 40) == 1 / 40
    # Almost no interest is almost no interest, not a loss of digits.
    assert capital_recovery_factor(1e-12, 40) == pytest.approx(1 / 40, rel=1e-9)
    # In one year everything is paid back with a year's interest.
    assert capital_recovery_factor(0.06, 1) == pytest.approx(1.06)


@pytest.mark.parametrize(("rate", "years"), [(-0.01, 10), (0.05, 0), (0.05, -3)])
def test_no_recovery_over_nothing(rate, years):
    with pytest.raises(ValueError, match="no recovery"):
        capital_recovery_factor(rate, years)


def test_net_present_value():
    # 100 + 110 / 1.1 + 121 / 1.21 = 300.
    assert net_present_value([100, 110, 121], 0.10) == pytest.approx(300)
    assert net_present_value([], 0.10) == 0


def test_annual_cost_of_an_option():
    # A feldsher point of 130 over 40 years at 6 %: 130 x 0.0664615 = 8.640, and 15 a year to run.
    option = Option("fap", "B", "open", {"phc": 1}, capex=130, opex_year=15, lifetime_years=40)
    assert annual_cost(option, 0.06) == pytest.approx(8.640 + 15, abs=1e-3)
    assert annual_cost(option, 0.0) == 130 / 40 + 15


def test_prices_between_points_run_over_the_logarithm():
    prices = PlacePrices((100, 400), (8.0, 4.0))
    # 200 is half-way between 100 and 400 by ratio.
    assert prices.price(200) == pytest.approx(6.0)
    assert prices.price([50, 100, 400, 1000]) == pytest.approx([8, 8, 4, 4])
    assert prices.total([0, 50, 100, 200, 1000]) == pytest.approx([0, 400, 800, 1200, 4000])


def test_a_larger_building_never_costs_less():
    # 2,000 places at 4.2 are 8,400; by the points 2,500 at 3.6 are 9,000, but 2,050 at 4.07 would be 8,340.
    # The figures of the news item of 2022 in the steppe study, in million KZT.
    costs = pd.read_csv(bundled_folder("studies") / "steppe" / "costs.csv")
    rows = costs[costs["item"].str.startswith("school/secondary@")]
    sizes = rows["item"].str.partition("@")[2].astype(float)
    prices = PlacePrices(tuple(sizes), tuple(rows["value"] / 1e6))
    sizes = np.arange(0, 3000)
    assert (np.diff(prices.total(sizes)) >= 0).all()
    assert prices.total(300) == pytest.approx(300 * 8.3)
    assert prices.price(600) == pytest.approx(6.8)
    falling = PlacePrices((100, 110), (10.0, 8.0))
    assert falling.total([100, 110, 130]) == pytest.approx([1000, 1000, 1040])


@pytest.mark.parametrize(
    ("places", "prices"), [((), ()), ((1, 2), (1,)), ((2, 1), (1, 1)), ((0, 1), (1, 1)), ((1,), (0,))]
)
def test_impossible_prices(places, prices):
    with pytest.raises(ValueError, match=r"size|price"):
        PlacePrices(places, prices)
