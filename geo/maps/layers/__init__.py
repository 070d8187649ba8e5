"""The map's layers, bottom to top. A new layer is a module here, a line below, and a drawer in page/layers.js."""

from typing import Final

from geo.maps.layers.assignment import ASSIGNMENT, CATCHMENTS
from geo.maps.layers.background import BOUNDARY, NEIGHBOURS, WATERS
from geo.maps.layers.facilities import CANDIDATES, CLOSED, FACILITIES, PROPOSED, RECOMMENDED, SECOND_BEST
from geo.maps.layers.hazards import HAZARDS
from geo.maps.layers.layer import Layer
from geo.maps.layers.legs import LEGS
from geo.maps.layers.load import LOAD
from geo.maps.layers.programme import PROGRAMME, WORSE_OFF
from geo.maps.layers.proposals import PROPOSALS
from geo.maps.layers.reach import REACH, ROAD_CATCHMENTS
from geo.maps.layers.roads import ROADS, SURFACES
from geo.maps.layers.rounds import ROUNDS
from geo.maps.layers.settlements import CUT_OFF, SETTLEMENTS
from geo.maps.layers.unit_types import UNIT_TYPES_LAYER
from geo.maps.layers.ways import WAYS

LAYERS: Final[dict[str, Layer]] = {
    "neighbours": NEIGHBOURS,
    "boundary": BOUNDARY,
    "unit_types": UNIT_TYPES_LAYER,
    "catchments": CATCHMENTS,
    "reach": REACH,
    "waters": WATERS,
    "hazards": HAZARDS,
    "roads": ROADS,
    "surfaces": SURFACES,
    "road_catchments": ROAD_CATCHMENTS,
    "legs": LEGS,
    "assignment": ASSIGNMENT,
    "rounds": ROUNDS,
    "settlements": SETTLEMENTS,
    "cut_off": CUT_OFF,
    "facilities": FACILITIES,
    "load": LOAD,
    "candidates": CANDIDATES,
    "closed": CLOSED,
    "second_best": SECOND_BEST,
    "recommended": RECOMMENDED,
    "proposed": PROPOSED,
    "ways": WAYS,
    "proposals": PROPOSALS,
    "programme": PROGRAMME,
    "worse_off": WORSE_OFF,
}

__all__ = ["LAYERS", "Layer"]
