"""The map's layers, bottom to top. A new layer is a module here, a line below, and a drawer in page/layers.js."""

from typing import Final

from geo.maps.layers.assignment import ASSIGNMENT
from geo.maps.layers.background import BOUNDARY, NEIGHBOURS, WATERS
from geo.maps.layers.facilities import CLOSED, FACILITIES, RECOMMENDED, SECOND_BEST
from geo.maps.layers.hazards import HAZARDS
from geo.maps.layers.layer import Layer
from geo.maps.layers.legs import LEGS
from geo.maps.layers.roads import ROADS
from geo.maps.layers.settlements import SETTLEMENTS

LAYERS: Final[dict[str, Layer]] = {
    "neighbours": NEIGHBOURS,
    "boundary": BOUNDARY,
    "waters": WATERS,
    "hazards": HAZARDS,
    "roads": ROADS,
    "legs": LEGS,
    "assignment": ASSIGNMENT,
    "settlements": SETTLEMENTS,
    "facilities": FACILITIES,
    "closed": CLOSED,
    "second_best": SECOND_BEST,
    "recommended": RECOMMENDED,
}

__all__ = ["LAYERS", "Layer"]
