"""Travel times and persons to indicators, compliance and equity."""

from geo.access.registry import INDICATORS

__all__ = ["INDICATORS"]
