"""The speed table: km/h per category, surface, condition, vehicle and season. 0 means closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import resources

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.tables import inputs

ANY = "any"
OFFROAD = "offroad"
WALK = inputs.WALK
PACKAGED_FILE = "speeds.csv"


@dataclass(frozen=True)
class SpeedRow:
    """One row: `any` stands for every value."""

    road_category: str
    surface: str
    condition: str
    vehicle: str
    season: str
    speed_kph: float
    source: str

    def fits(self, road_category: str, surface: str, condition: str, vehicle: str, season: str) -> bool:
        """Return whether the row is about this combination."""
        pairs = (
            (self.road_category, road_category),
            (self.surface, surface),
            (self.condition, condition),
            (self.season, season),
        )
        return self.vehicle == vehicle and all(own in (ANY, asked) for own, asked in pairs)

    @property
    def precision(self) -> tuple[bool, bool, bool, bool]:
        """Sort key: a named category counts more than a named surface, then condition, then season."""
        return (self.road_category != ANY, self.surface != ANY, self.condition != ANY, self.season != ANY)


@dataclass(frozen=True)
class SpeedTable:
    """All rows of a speed file, and the changes of a scenario."""

    rows: tuple[SpeedRow, ...]
    file: str
    changes: tuple[SpeedRow, ...] = ()

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, file: str) -> SpeedTable:
        """Make a table from the checked rows of the declared table `SPEEDS`."""
        names = ("road_category", "surface", "condition", "vehicle", "season", "speed_kph", "source")
        return cls(tuple(SpeedRow(*row) for row in frame[list(names)].itertuples(index=False)), file)

    @property
    def vehicles(self) -> list[str]:
        """Vehicles that the table knows, in alphabetical order."""
        return sorted({row.vehicle for row in self.rows})

    def with_changes(self, changes: Sequence[SpeedRow]) -> SpeedTable:
        """Return a table in which each change counts for every combination it is about, before any row."""
        return replace(self, changes=(*changes, *self.changes))

    def find(self, road_category: str, surface: str, condition: str, vehicle: str, season: str) -> SpeedRow | None:
        """Return the first change for a combination, else its most precise row, the first of equals."""
        asked = (road_category, surface, condition, vehicle, season)
        change = next((change for change in self.changes if change.fits(*asked)), None)
        fitting = [row for row in self.rows if row.fits(*asked)]
        return change or max(fitting, key=lambda row: row.precision, default=None)

    def kph(self, roads: pd.DataFrame, vehicle: str, season: str) -> npt.NDArray[np.float64]:
        """Return the speed on every road.

        Raises
        ------
        DataError
            If a combination that occurs is not in the table; names every such combination.
        """
        keys = ["road_category", "surface", "condition"]
        speeds = np.empty(len(roads))
        faults = []
        combinations = pd.MultiIndex.from_frame(roads[keys].astype(str))
        codes, unique = combinations.factorize(sort=True)
        for code, (category, surface, condition) in enumerate(unique):
            row = self.find(category, surface, condition, vehicle, season)
            if row is None:
                faults.append(self._missing(category, surface, condition, vehicle, season))
                continue
            speeds[codes == code] = row.speed_kph
        if faults:
            raise DataError(faults)
        return speeds

    def offroad_kph(self, vehicle: str, season: str) -> float:
        """Return the speed of a leg across country.

        Raises
        ------
        DataError
            If the table does not say.
        """
        row = self.find(OFFROAD, ANY, ANY, vehicle, season)
        if row is None:
            raise DataError([self._missing(OFFROAD, ANY, ANY, vehicle, season)])
        return row.speed_kph

    def _missing(self, category: str, surface: str, condition: str, vehicle: str, season: str) -> Fault:
        message = _(
            "No speed for category {category}, surface {surface}, condition {condition}, {vehicle}, season {season}."
        )
        text = message.format(category=category, surface=surface, condition=condition, vehicle=vehicle, season=season)
        return Fault(self.file, 0, "speed_kmh", "missing-speed", text, _("Add a row; 0 means closed."))


def packaged_speeds() -> str:
    """Return the text of the speed table that comes with the package."""
    return resources.files("geo.network").joinpath(PACKAGED_FILE).read_text(encoding="utf-8")
