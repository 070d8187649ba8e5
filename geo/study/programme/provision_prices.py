"""Prices of forms of provision from the table of costs; what has no complete price has none, and never costs 0."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from geo.planning.modality import Price
from geo.study.config import ServiceConfig
from geo.study.load import StudyData
from geo.study.supply import price_of


@dataclass(frozen=True, eq=False)
class Prices:
    """Prices of one study."""

    study: StudyData

    def yearly(self, item: str) -> float | None:
        """Return the price of one unit of what is paid for every year, e.g. a bus; None where none is known."""
        row = self.study.prices.row(item)
        return None if row is None else float(row["value"])

    def road(self, surface: str, km: float) -> Price | None:
        """Return what a road of some length costs."""
        row = self.study.prices.row(f"road_km/{surface}")
        return None if row is None else _built(row, float(row["value"]) * km, km)

    def building(self, service: ServiceConfig) -> Price | None:
        """Return what a new site of a service costs."""
        row = price_of(self.study, service, service.serving_level)
        if row is None or (row["unit"] == "place" and not service.capacity_persons):
            return None
        amount = float(service.capacity_persons or 1) if row["unit"] == "place" else 1.0
        return _built(row, self.study.prices.building_cost(row, amount), amount)

    def currency(self) -> str:
        """Return the currency of the prices; that of the tables where there are none."""
        known = self.study.costs["currency"].dropna()
        return str(known.iloc[0]) if len(known) else "KZT"


def _built(row: pd.Series, capex: float, amount: float) -> Price | None:
    """Return the price of what costs so much to build; None where the running cost or the lifetime is not known."""
    if pd.isna(row["lifetime_years"]) or not row["lifetime_years"] > 0 or pd.isna(row["running_cost_year"]):
        return None
    return Price(capex, float(row["lifetime_years"]), float(row["running_cost_year"]) * amount)
