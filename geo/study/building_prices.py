"""What a building costs by its size: a place in a large school is cheaper than one in a small school."""

from __future__ import annotations

from typing import Final

import pandas as pd

from geo.planning.money import PlacePrices

#: What stands before the size in items of prices by size, e.g. ``school/secondary@600``.
OF_SIZE: Final = "@"


def building_cost(costs: pd.DataFrame, price: pd.Series, places: float) -> float:
    """Return what a building of a size costs, with the economies of scale that the table of prices states.

    Parameters
    ----------
    costs
        The table of prices.
    price
        Its row of an item, e.g. ``school/secondary``. Where its price is one per place, rows of items such as
        ``school/secondary@600`` state the price per place in a building of 600 places: between two sizes it runs
        straight over the logarithm of the size, and it stays as there beyond the smallest and the largest of them. A
        larger building never costs less than a smaller one.
    places
        Size of the building; of no account where the price is one per object.
    """
    if price["unit"] != "place":
        return float(price["value"])
    of_size = _prices_by_size(costs, str(price["item"]))
    return float(price["value"]) * places if of_size is None else float(of_size.total(places))


def _prices_by_size(costs: pd.DataFrame, item: str) -> PlacePrices | None:
    """Return the prices per place of an item by size of building; None where the table has none."""
    rows = costs[costs["item"].astype(str).str.startswith(f"{item}{OF_SIZE}")]
    if not len(rows):
        return None
    sizes = rows["item"].astype(str).str.partition(OF_SIZE)[2].astype(float)
    ordered = rows.assign(size=sizes).sort_values("size", kind="stable")
    return PlacePrices(tuple(ordered["size"]), tuple(ordered["value"].astype(float)))
