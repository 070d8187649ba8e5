"""What it costs to build, renew and run a place, from the study's prices; a missing price is a fault, not 0."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

import pandas as pd

from geo.errors import Fault
from geo.language import gettext as _
from geo.study.config import ServiceConfig
from geo.study.config_programme import Programme
from geo.study.load import StudyData

Work = Literal["open", "upgrade", "downgrade", "renovate", "replace", "close"]

#: Works that may have an item of their own in the table of prices, as service/level/work.
PRICED_WORKS: Final[tuple[Work, ...]] = ("upgrade", "downgrade", "renovate", "replace", "close")
#: Years until renewal where the table names none; proposed.
DEFAULT_LIFETIME_YEARS: Final = 40.0


@dataclass(frozen=True)
class Price:
    """Money of one work, and for a year of running what it leaves behind."""

    capex: float
    opex_year: float
    lifetime_years: float = DEFAULT_LIFETIME_YEARS


@dataclass
class PriceBook:
    """Prices of a study. What is asked for and not known is remembered, so that all of it is told in one go.

    Parameters
    ----------
    study, settings
        Where prices stand, and the shares that stand in for prices of renovations.
    missing
        Items that were asked for and are not known, with what would mend it.
    """

    study: StudyData
    settings: Programme
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def has_money(self) -> bool:
        """Whether money decides; else sites are counted, each as one."""
        return self.settings.budget is not None

    def price(self, service: ServiceConfig, level: str, work: Work, places: float | None) -> Price:
        """Return what bringing a place to a level costs.

        A work with an item of its own (``phc/fap/renovate``) has its price. Otherwise opening, replacing and raising
        cost what a new object of the level costs, renovating the settings' share of it, lowering and closing nothing.

        Parameters
        ----------
        places
            Size of the place, for prices per place; None where nobody knows it.
        """
        if not self.has_money:
            counted = work in ("open", "upgrade", "replace")
            return Price(1.0 if counted else 0.0, 0.0)
        item = f"{service.name}/{level}"
        own = self.study.prices.row(f"{item}/{work}") if work in PRICED_WORKS else None
        row = self.study.prices.row(item)
        if row is None:
            self.missing[item] = _("Add the item to the table of prices: unit object or place, value, opex_year.")
            return Price(0.0, 0.0)
        share = {"renovate": self.settings.renovation_share, "downgrade": 0.0, "close": 0.0}.get(work, 1.0)
        built = self._amount(row, "value", item, service, places) * share
        if own is not None:
            built = self._amount(own, "value", f"{item}/{work}", service, places)
        return Price(built, self.running(service, level, places), self.lifetime(service, level))

    def lifetime(self, service: ServiceConfig, level: str) -> float:
        """Return the years until an object of a level must be renewed; a proposed number where the table has none."""
        row = self.study.prices.row(f"{service.name}/{level}")
        return DEFAULT_LIFETIME_YEARS if row is None or pd.isna(row["lifetime_years"]) else float(row["lifetime_years"])

    def running(self, service: ServiceConfig, level: str, places: float | None) -> float:
        """Return what a year of running an object of a level costs."""
        if not self.has_money:
            return 0.0
        item = f"{service.name}/{level}"
        row = self.study.prices.row(item)
        if row is None:
            self.missing[item] = _("Add the item to the table of prices: unit object or place, value, opex_year.")
            return 0.0
        return self._amount(row, "running_cost_year", item, service, places)

    def language_price(self, service: ServiceConfig, level: str) -> float | None:
        """Return what adding a language of instruction to a school costs; None where the table does not say."""
        row = self.study.prices.row(f"{service.name}/{level}/language")
        return None if row is None else float(row["value"])

    def faults(self) -> list[Fault]:
        """Return one fault per item that was asked for and is not known."""
        file = self.study.config.inputs.costs or "study.toml"
        found = []
        for item, remedy in sorted(self.missing.items()):
            message = _("The programme needs a price that the study does not have: {item}.").format(item=item)
            found.append(Fault(file, 0, "item", "missing-price", message, remedy))
        return found

    def _amount(self, row: pd.Series, column: str, item: str, service: ServiceConfig, places: float | None) -> float:
        if pd.isna(row[column]):
            self.missing[f"{item}, opex_year"] = _("Give the running cost of a year in the column opex_year.")
            return 0.0
        if row["unit"] != "place":
            return float(row[column])
        size = places if places is not None else service.capacity_persons
        if size is None:
            self.missing[f"{item}, places"] = _(
                "The price is one per place: give capacity_persons to the service, or the capacity of its facilities."
            )
            return 0.0
        return self.study.prices.building_cost(row, size) if column == "value" else float(row[column]) * size
