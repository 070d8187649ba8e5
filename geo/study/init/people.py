"""Where the people of a new study come from: tags, else a raster or buildings, and only where that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import pandas as pd

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.read.osm import OsmExtract
from geo.read.population import settlements_from_buildings
from geo.read.raster import settlements_from_raster
from geo.study.init.area import Area
from geo.study.init.request import InitRequest

#: With a known population in fewer of the settlements, figures of people would speak of the few and hide the rest.
_KNOWN_SHARE: Final = 0.5


@dataclass(frozen=True)
class People:
    """The settlements of a new study.

    Parameters
    ----------
    settlements
        Table SETTLEMENTS: those inside the units and, beyond the border, those that are seen.
    counts_people
        Whether figures count people, as they do wherever a raster or buildings were asked for; otherwise every
        settlement counts as one.
    faults
        What was assumed.
    n_inside, n_tagged, n_imputed, n_unknown, n_new
        Settlements inside the units: all of them, with a tagged population, with an imputed one, with none, and those
        that no place names.
    """

    settlements: gpd.GeoDataFrame
    counts_people: bool
    faults: tuple[Fault, ...]
    n_inside: int
    n_tagged: int
    n_imputed: int
    n_unknown: int
    n_new: int


def find_people(
    request: InitRequest, extract: OsmExtract, area: Area, progress: Callable[[float], None] = lambda _share: None
) -> People:
    """Return the settlements with their people.

    Raises
    ------
    DataError
        If there is no settlement, or the raster cannot be used.
    """
    places = area.within(extract.places)
    inside = area.inside(places)
    own, neighbours = places[inside], places[~inside]
    faults: list[Fault] = []
    n_places = len(own)
    if request.population is not None:
        name = request.population.name
        own, faults, _sums = settlements_from_raster(request.population, name, own, area=area.shape, progress=progress)
        if errors := [fault for fault in faults if fault.severity == "error"]:
            raise DataError(errors)
    elif request.persons_per_building is not None:
        buildings = extract.buildings[area.inside(extract.buildings)]
        own, faults = settlements_from_buildings(
            buildings, own, request.persons_per_building, name=request.extract.name
        )
    if not len(own):
        raise DataError([_nowhere(request)])
    known, imputed = own["population_persons"].notna(), own["population_imputed"].astype(bool)
    asked = request.population is not None or request.persons_per_building is not None
    settlements = pd.concat([own, neighbours]) if len(neighbours) else own
    return People(
        settlements=settlements.sort_index(),
        counts_people=asked or bool(known.mean() >= _KNOWN_SHARE),
        faults=tuple(faults),
        n_inside=len(own),
        n_tagged=int((known & ~imputed).sum()),
        n_imputed=int((known & imputed).sum()),
        n_unknown=int((~known).sum()),
        n_new=len(own) - n_places,
    )


def _nowhere(request: InitRequest) -> Fault:
    message = _("There are no settlements in the area.")
    remedy = _("Use another extract, or let --persons-per-building or --population show where people live.")
    return Fault(request.extract.name, 0, "", "no-settlements", message, remedy)
