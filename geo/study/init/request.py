"""What `geo init` is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import shapely

from geo.errors import UsageError
from geo.language import gettext as _
from geo.study.init.services import TEMPLATES

#: Roads and facilities this far beyond the border are kept, as far as a run looks by default.
BUFFER_KM: Final = 60.0
VEHICLES: Final = ("car", "walk")


@dataclass(frozen=True)
class Outline:
    """The outline of a place that does not come from the extract.

    Parameters
    ----------
    unit_id
        Code of the unit.
    name
        What it is called.
    shape
        Polygon or multipolygon in WGS 84.
    source
        Where the outline comes from, in words.
    """

    unit_id: str
    name: str
    shape: shapely.Geometry
    source: str


@dataclass(frozen=True)
class InitRequest:
    """What `geo init` is asked for.

    Parameters
    ----------
    folder
        Folder to make; an existing one keeps all its files.
    extract
        OpenStreetMap file.
    district
        Name or OSM id of the administrative unit to study; None = everything in the extract.
    outline
        The unit instead of `district`, where its outline is known otherwise.
    services
        Services to study; empty = those of which the extract has a facility.
    population
        Raster of people per cell, for settlements whose population nobody tagged.
    persons_per_building
        People assumed in each building, for the same settlements.
    buffer_km
        How far beyond the border roads, settlements and facilities are kept.
    vehicle
        Whose roads and times.
    origin
        Where the extract comes from, in words; its file name by default.
    date
        State of the data; what the file says of itself by default.
    """

    folder: Path
    extract: Path
    district: str | None = None
    outline: Outline | None = None
    services: tuple[str, ...] = ()
    population: Path | None = None
    persons_per_building: float | None = None
    buffer_km: float = BUFFER_KM
    vehicle: str = "car"
    origin: str = ""
    date: str = ""

    def __post_init__(self) -> None:
        for service in self.services:
            if service not in TEMPLATES:
                text = _("--services: there is no service “{service}”. Use one or more of: {choices}.")
                raise UsageError(text.format(service=service, choices=", ".join(TEMPLATES)))
        if self.vehicle not in VEHICLES:
            text = _("--vehicle: “{vehicle}” is not possible here. Use one of: {choices}.")
            raise UsageError(text.format(vehicle=self.vehicle, choices=", ".join(VEHICLES)))
        if self.population is not None and self.persons_per_building is not None:
            raise UsageError(_("Give --population or --persons-per-building, not both."))
        if self.persons_per_building is not None and not 0 < self.persons_per_building <= 100:
            raise UsageError(_("--persons-per-building must be above 0 and at most 100."))
        if not 0 <= self.buffer_km <= 1000:
            raise UsageError(_("--buffer-km must be from 0 to 1000."))
