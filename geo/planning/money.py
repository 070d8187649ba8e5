"""Money over years: what a sum is worth later, what a building costs a year, and why a large one is cheaper a place.

References
----------
Capital recovery factor ``r (1 + r)^n / ((1 + r)^n - 1)``: Newnan, Eschenbach and Lavelle (2011), Engineering Economic
Analysis, ch. 4. School networks over years with discounted costs: Antunes and Peeters (2001), European Journal of
Operational Research 128:306-318.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.planning.case import Floats, Option


def capital_recovery_factor(rate: float, years: float) -> float:
    """Return the equal yearly payment over `years` that repays 1 spent now, at a discount rate per year.

    Raises
    ------
    ValueError
        If the rate is negative or the years are not above zero.
    """
    if rate < 0 or not years > 0:
        raise ValueError(f"no recovery over {years} years at a rate of {rate}")
    # expm1 and log1p keep the digits of rates close to zero, where the factor becomes 1 / years.
    return 1.0 / years if rate == 0 else float(rate / -np.expm1(-years * np.log1p(rate)))


def net_present_value(money: npt.ArrayLike, rate: float) -> float:
    """Return what yearly sums (n_years,) are worth in the first year; sums of the first year count in full."""
    sums = np.asarray(money, dtype=np.float64)
    return float(np.sum(sums * (1.0 + rate) ** -np.arange(sums.size, dtype=np.float64)))


def annual_cost(option: Option, rate: float) -> float:
    """Return what an option costs a year: its capex spread over its lifetime, plus its running cost."""
    return option.capex * capital_recovery_factor(rate, option.lifetime_years) + option.opex_year


@dataclass(frozen=True, eq=False)
class PlacePrices:
    """What one place costs in a building of some size.

    Parameters
    ----------
    places
        Sizes, ascending, above zero.
    prices
        Money per place at these sizes, above zero. In between, the price runs straight over the logarithm of the size;
        below the smallest and above the largest size it stays as there.
    """

    places: tuple[float, ...]
    prices: tuple[float, ...]

    def __post_init__(self) -> None:
        places, prices = np.asarray(self.places), np.asarray(self.prices)
        if not places.size or places.shape != prices.shape:
            raise ValueError("place prices need one price for each size")
        if not (np.diff(places) > 0).all() or not (places > 0).all() or not (prices > 0).all():
            raise ValueError("sizes ascend, and sizes and prices are above zero")

    def price(self, places: npt.ArrayLike) -> Floats:
        """Return money per place for buildings of these sizes (...)."""
        sizes = np.maximum(np.asarray(places, dtype=np.float64), 1.0)
        return np.asarray(np.interp(np.log(sizes), np.log(self.places), self.prices))

    def total(self, places: npt.ArrayLike) -> Floats:
        """Return money for whole buildings of these sizes (...); 0 for no places, never less than a smaller one's."""
        sizes = np.asarray(places, dtype=np.float64)
        money = np.where(sizes > 0, sizes * self.price(sizes), 0.0)
        for size, price in zip(self.places, self.prices, strict=True):
            money = np.where(sizes >= size, np.maximum(money, size * price), money)
        return money
