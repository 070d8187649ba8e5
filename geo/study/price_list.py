"""The study's table of prices, asked item by item: what one unit costs, and what a building of a size costs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pandas as pd

from geo.planning.money import PlacePrices

#: What stands before the size in items of prices by size, e.g. ``school/secondary@600``.
OF_SIZE: Final = "@"


@dataclass(frozen=True, eq=False)
class PriceList:
    """Prices by item.

    Parameters
    ----------
    costs
        The table of prices, as `geo.tables.COSTS` declares it.
    """

    costs: pd.DataFrame

    def row(self, item: str) -> pd.Series | None:
        """Return the row of an item, e.g. ``phc/fap``; None where there is none."""
        return self._rows.get(item)

    def building_cost(self, price: pd.Series, places: float) -> float:
        """Return what a building of a size costs, with the economies of scale that the table states.

        Parameters
        ----------
        price
            Row of an item. Where its price is one per place, rows of items such as ``school/secondary@600`` state the
            price per place in a building of 600 places: between two sizes it runs straight over the logarithm of the
            size, and it stays as there beyond the smallest and the largest of them. A larger building never costs
            less than a smaller one.
        places
            Size of the building; of no account where the price is one per object.
        """
        if price["unit"] != "place":
            return float(price["value"])
        of_size = self._by_size.get(str(price["item"]))
        return float(price["value"]) * places if of_size is None else float(of_size.total(places))

    @cached_property
    def _rows(self) -> dict[str, pd.Series]:
        """First row of every item."""
        items = self.costs["item"].tolist()
        return {item: self.costs.iloc[number] for number, item in reversed(list(enumerate(items)))}

    @cached_property
    def _by_size(self) -> dict[str, PlacePrices]:
        """Prices per place by size of building, of the items that have such rows."""
        points: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for item, row in self._rows.items():
            priced, of_size, size = str(item).partition(OF_SIZE)
            if of_size:
                points[priced].append((float(size), float(row["value"])))
        return {item: PlacePrices(*zip(*sorted(own), strict=True)) for item, own in points.items()}
