"""From one OpenStreetMap extract to a study folder: `geo init`."""

from geo.study.init.request import InitRequest, Outline
from geo.study.init.run import Initialised, init_study

__all__ = ["InitRequest", "Initialised", "Outline", "init_study"]
