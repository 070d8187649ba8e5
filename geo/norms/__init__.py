"""Norm packs: requirements as data, each with its source, its legal reference and whether a lawyer has checked it."""

from geo.norms.bands import series_of
from geo.norms.norm import PLACE_METRICS, SETTLEMENT_SERVICE, AppliesIf, Band, Metric, Norm, RemotenessClass
from geo.norms.pack import find_norm, load_pack, packs, remoteness_classes

__all__ = [
    "PLACE_METRICS",
    "SETTLEMENT_SERVICE",
    "AppliesIf",
    "Band",
    "Metric",
    "Norm",
    "RemotenessClass",
    "find_norm",
    "load_pack",
    "packs",
    "remoteness_classes",
    "series_of",
]
