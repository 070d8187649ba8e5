"""How worn buildings are, now and later, and what each then needs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

from geo.study.config import ServiceConfig
from geo.study.programme.places import Place
from geo.study.programme.prices import PriceBook

Work = Literal["renovate", "replace"]
#: A building wears by its whole price over its lifetime.
_WHOLE_PERCENT: Final = 100.0


def wear_in(service: ServiceConfig, book: PriceBook, place: Place, years_on: int) -> float | None:
    """Return the wear of a building some years on, at most 100 per cent; None where it is unknown today."""
    if place.wear_percent is None or not place.existing:
        return None
    lifetime = book.lifetime(service, service.levels[place.levels[service.name]])
    return min(place.wear_percent + _WHOLE_PERCENT / lifetime * years_on, _WHOLE_PERCENT)


def work_on(
    services: Iterable[ServiceConfig], book: PriceBook, place: Place, years_on: int
) -> tuple[Work, float] | None:
    """Return what a building needs some years on, and what it costs; None where it is not worn, or not the unit's."""
    if not place.own or not place.existing:
        return None
    service = next(service for service in services if service.name in place.levels)
    wear = wear_in(service, book, place, years_on)
    if wear is None or wear < book.settings.renovate_above_wear:
        return None
    work: Work = "replace" if wear >= book.settings.replace_above_wear else "renovate"
    return work, book.price(service, service.levels[place.levels[service.name]], work, place.size).capex
