"""Local knowledge: real speeds, closures, and which facility a village uses. Applied, listed old -> new, reversible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.network.speeds import SpeedTable
from geo.read.joining import Places, join_names, rename_codes
from geo.study.config import StudyConfig
from geo.tables.check import FILE_ROW, Findings, is_blank

#: What each kind of row must state.
_NEEDED: Final = {"speed": ("road_id", "speed_kph"), "closed": ("road_id",), "uses": ("facility_id",)}
#: Names in the file of what the program calls otherwise.
_IN_FILE: Final = {"road_id": "edge_id", "speed_kph": "speed_kmh"}


@dataclass(frozen=True)
class Use:
    """People of a settlement who use a facility that need not be their nearest."""

    settlement_id: str
    service: str
    facility_id: str
    source: str
    row: int


@dataclass(frozen=True)
class Overrides:
    """What the active rows of table OVERRIDES say.

    Parameters
    ----------
    speeds
        Season, then road -> km/h.
    closures
        Rows of table CLOSURES.
    uses
        Sorted by settlement and service.
    """

    speeds: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    closures: pd.DataFrame = field(default_factory=pd.DataFrame)
    uses: tuple[Use, ...] = ()

    def speeds_in(self, season: str) -> Mapping[str, float]:
        """Return the real speeds that count in a season."""
        return self.speeds.get(season, {})

    def with_closures(self, closures: pd.DataFrame) -> pd.DataFrame:
        """Return the study's closures and these."""
        if not len(self.closures):
            return closures
        return pd.concat([closures, self.closures], ignore_index=True) if len(closures) else self.closures


@dataclass(frozen=True)
class Known:
    """What rows may speak of; None for a table that could not be read, about which nothing is said then."""

    roads: gpd.GeoDataFrame | None
    facilities: gpd.GeoDataFrame | None
    places: Places
    speeds: SpeedTable | None
    closures: pd.DataFrame
    config: StudyConfig


def read_overrides(frame: pd.DataFrame, known: Known) -> tuple[Overrides, list[Fault]]:
    """Return what the active rows of a checked table say, and a note for each, or what is wrong with it.

    Parameters
    ----------
    frame
        Table OVERRIDES.
    known
        What its codes must be among.
    """
    file = known.config.inputs.overrides or ""
    if not len(frame):
        return Overrides(), []
    found = Findings(file)
    frame = frame.copy()
    rename_codes(frame, known.places, found)
    join_names(frame, known.places, found)
    work = _Work(known, found)
    sound = frame[~frame[FILE_ROW].isin(found.bad_rows())]
    for values in sound.itertuples(index=False, name=None):
        row = dict(zip(sound.columns, values, strict=True))
        if not row["active"]:
            found.add(row[FILE_ROW], "active", "override-off", _("The row is switched off."), "", "note")
        elif work.complete(row):
            work.take(row)
    closures = pd.DataFrame(work.closures, columns=["road_id", "season", "reason", "probability", FILE_ROW])
    uses = sorted(work.uses, key=lambda use: (use.settlement_id, use.service))
    return Overrides(work.speeds, closures, tuple(uses)), found.faults


class _Work:
    """The rows while they are gone through."""

    def __init__(self, known: Known, found: Findings) -> None:
        self.known = known
        self.found = found
        self.seasons = [season.name for season in known.config.season]
        self.speeds: dict[str, dict[str, float]] = {}
        self.closures: list[tuple[str, str, str, float, int]] = []
        self.uses: list[Use] = []
        self.taken: dict[tuple[str, ...], int] = {}

    def complete(self, row: Mapping[str, Any]) -> bool:
        """Return whether a row states what its kind needs, of codes that exist; note what is missing."""
        needed = [*_NEEDED[row["kind"]], *(["settlement_id"] if row["kind"] == "uses" else [])]
        missing = [_IN_FILE.get(name, name) for name in needed if is_blank(row[name])]
        if missing:
            message = _("A row of kind {kind} needs {columns}.").format(kind=row["kind"], columns=", ".join(missing))
            self._refuse(row, missing[0], "blank-value", message, _("Fill it in."))
            return False
        if row["kind"] == "uses":
            return self._known_use(row)
        return self._known_road(row)

    def _known_road(self, row: Mapping[str, Any]) -> bool:
        roads = self.known.roads
        if roads is not None and row["road_id"] not in roads.index:
            message = _("There is no road “{road}”.").format(road=row["road_id"])
            self._refuse(row, "edge_id", "unknown-road", message, _("Correct the code."))
            return False
        if not is_blank(row["season"]) and row["season"] not in self.seasons:
            message = _("The study has no season “{season}”.").format(season=row["season"])
            remedy = _("Use one of: {choices}.").format(choices=", ".join(self.seasons))
            self._refuse(row, "season", "unknown-season", message, remedy)
            return False
        return roads is not None

    def _known_use(self, row: Mapping[str, Any]) -> bool:
        places, facilities = self.known.places, self.known.facilities
        settlement, facility = row["settlement_id"], row["facility_id"]
        if places.lack(settlement):
            message = _("There is no settlement “{settlement}”.").format(settlement=settlement)
            self._refuse(row, "settlement_id", "unknown-settlement", message, _("Correct the code."))
            return False
        if places.stated is None or settlement not in places.stated or facilities is None:
            return False
        if facility not in facilities.index:
            message = _("There is no facility “{facility}”.").format(facility=facility)
            self._refuse(row, "facility_id", "unknown-facility", message, _("Correct the code."))
            return False
        service = str(facilities.loc[facility, "service"])
        if not is_blank(row["service"]) and row["service"] != service:
            message = _("{facility} supplies “{service}”, not “{other}”.").format(
                facility=facility, service=service, other=row["service"]
            )
            self._refuse(row, "service", "other-service", message, _("Correct service or facility_id."))
            return False
        if not self._serves(str(facility), service):
            message = _("{facility} is not open, or its level does not supply “{service}”.").format(
                facility=facility, service=service
            )
            self._refuse(row, "facility_id", "does-not-serve", message, _("Correct the facility, or its row."))
            return False
        return True

    def _serves(self, facility: str, service: str) -> bool:
        facilities = self.known.facilities
        own = next(part for part in self.known.config.service if part.name == service)
        enough = own.levels[own.levels.index(own.serving_level) :]
        row = None if facilities is None else facilities.loc[facility]
        return row is not None and row["status"] == "open" and row["level"] in enough

    def take(self, row: Mapping[str, Any]) -> None:
        """Apply a row that is complete, and list what it changes."""
        if row["kind"] == "uses":
            service = str(self.known.facilities.loc[row["facility_id"], "service"])  # type: ignore[union-attr]
            if self._first(row, ("uses", str(row["settlement_id"]), service)):
                self._use(row, service)
            return
        seasons = self.seasons if is_blank(row["season"]) else [str(row["season"])]
        for season in seasons:
            if not self._first(row, (row["kind"], str(row["road_id"]), season)):
                return
            if row["kind"] == "speed":
                self._speed(row, season)
            else:
                self._closure(row, season)

    def _first(self, row: Mapping[str, Any], key: tuple[str, ...]) -> bool:
        """Return whether nothing else speaks of the same thing; two that do would make one of them silent."""
        if key not in self.taken:
            self.taken[key] = int(row[FILE_ROW])
            return True
        message = _("Row {row} already speaks of the same ({subject}).").format(
            row=self.taken[key], subject=", ".join(key[1:])
        )
        self._refuse(row, "kind", "override-twice", message, _("Delete one of them, or set active = no."))
        return False

    def _speed(self, row: Mapping[str, Any], season: str) -> None:
        road, new = str(row["road_id"]), float(row["speed_kph"])
        self.speeds.setdefault(season, {})[road] = new
        old = self._computed_speed(road, season)
        text = _("Speed of road {road}, {season}: {old} → {new} km/h ({source}).")
        shown = "?" if old is None else f"{old:g}"
        message = text.format(road=road, season=season, old=shown, new=f"{new:g}", source=row["source"])
        if old == 0:
            message += " " + _("The road is closed there, which a speed does not change.")
        self._note(row, "override-speed", message)

    def _computed_speed(self, road: str, season: str) -> float | None:
        roads, speeds = self.known.roads, self.known.speeds
        if roads is None or speeds is None:
            return None
        stated = next(part for part in self.known.config.season if part.name == season)
        one = roads.loc[[road]]
        try:
            kph = float(speeds.kph(one, self.known.config.network.vehicle, stated.speeds_of or season)[0])
        except DataError:  # told by geo check as a missing speed
            return None
        limit = float(one["limit_kph"].iloc[0])
        return float(np.fmin(kph, limit)) if limit > 0 else kph

    def _closure(self, row: Mapping[str, Any], season: str) -> None:
        road = str(row["road_id"])
        closures = self.known.closures
        already = bool(((closures["road_id"] == road) & (closures["season"] == season)).any())
        self.closures.append((road, season, str(row["source"]), 1.0, int(row[FILE_ROW])))
        text = _("Road {road}, {season}: {old} → closed ({source}).")
        old = _("closed") if already else _("as the tables say")
        self._note(row, "override-closed", text.format(road=road, season=season, old=old, source=row["source"]))

    def _use(self, row: Mapping[str, Any], service: str) -> None:
        settlement, facility, source = (str(row[name]) for name in ("settlement_id", "facility_id", "source"))
        self.uses.append(Use(settlement, service, facility, source, int(row[FILE_ROW])))
        text = _("People of {settlement} use {facility} for {service}: computed nearest → {facility} ({source}).")
        message = text.format(settlement=settlement, facility=facility, service=service, source=source)
        self._note(row, "override-uses", message)

    def _note(self, row: Mapping[str, Any], code: str, message: str) -> None:
        remedy = _("To undo it, delete the row or set active = no.")
        self.found.add(int(row[FILE_ROW]), "kind", code, message, remedy, "note")

    def _refuse(self, row: Mapping[str, Any], column: str, code: str, message: str, remedy: str) -> None:
        self.found.add(int(row[FILE_ROW]), column, code, message, remedy)


def uses_of(overrides: Overrides, service: str, settlements: Sequence[str]) -> dict[int, str]:
    """Return the facility that is used, by the position of the settlement, for one service."""
    position = {settlement: i for i, settlement in enumerate(settlements)}
    return {
        position[use.settlement_id]: use.facility_id
        for use in overrides.uses
        if use.service == service and use.settlement_id in position
    }
